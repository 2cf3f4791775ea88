"""Where little is known the planner is asked about groups first, and no answer is changed by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from unittest.mock import create_autospec

import pytest

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.choice import worth
from blueproof.advisors.postgres.database import Database, Planned, Planner
from blueproof.advisors.postgres.search.costs import Costs, Names
from blueproof.advisors.postgres.search.guarded import choose_guarded
from blueproof.advisors.postgres.search.pool import Pool
from blueproof.advisors.postgres.search.standing import Standing
from blueproof.core.scene import Excerpt
from blueproof.sql.queries import EPOCH, read_queries
from blueproof.sql.schema import Column, Schema, Table
from blueproof.sql.statistics import Statistics

COLUMNS = tuple("abcdefgh")
NOTHING = 10_000.0
Plans = dict[frozenset[str], float]


@dataclass
class Tried:
    cost: float
    used: Names


@dataclass
class Room:
    """A planner that knows of each query which sets of indexes make it how dear."""

    plans: dict[str, Plans]
    questions: list[tuple[str, Names]] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return len(self.questions)

    def add(self, statements: dict[str, str]) -> dict[str, int]:
        return dict.fromkeys(statements, 1)

    def cost(self, query: str, shown: Names, among: Names) -> Tried:
        assert shown <= among
        self.questions.append((query, shown))
        possible = {used: cost for used, cost in self.plans[query].items() if used <= shown}
        used = min(possible, key=lambda each: possible[each], default=frozenset())
        return Tried(possible.get(used, NOTHING), used)


def planned(*names: str) -> tuple[Planned, ...]:
    text = "".join(f"-- name: {n}\nSELECT '{n}' FROM t;\n" for n in names)
    queries, _ = read_queries(text, path="q.sql")
    return tuple(Planned(query=q, excerpt=Excerpt(text=q.text)) for q in queries)


def pool(plans: Mapping[str, Plans], keys: Mapping[str, tuple[str, ...]]) -> tuple[Pool, Room]:
    queries = planned(*plans)
    room = Room({q.query.text: plans[q.name] for q in queries})
    every = frozenset(keys)
    costs = Costs(room=room, queries=queries, among=tuple(every for _ in queries))
    found = {name: Candidate(table="t", keys=parts) for name, parts in keys.items()}
    sizes = {name: 1000 * len(parts) for name, parts in keys.items()}
    return Pool(found=found, sizes=sizes, costs=costs, own=costs.among), room


@pytest.fixture
def database() -> Database:
    columns = tuple(Column(name=c, type="bigint") for c in COLUMNS)
    return Database(
        schema=Schema(tables=(Table(name="t", columns=columns),)),
        statistics=Statistics(tables=(), until=EPOCH),
        queries=(),
        planner=create_autospec(Planner, instance=True),  # the search asks the room alone
    )


def only(name: str) -> frozenset[str]:
    return frozenset({name})


def test_what_no_plan_reads_is_never_asked_about_alone(database: Database) -> None:
    keys = {c: (c,) for c in COLUMNS}
    made, room = pool({"one": {only("a"): 10.0, only("b"): 20.0}}, keys)
    choices = choose_guarded(database, made, float("inf"))
    assert [c.index.keys for c in choices] == [("a",)]
    alone = {next(iter(shown)) for _, shown in room.questions if len(shown) == 1}
    assert alone <= {"a", "b"}


def test_a_query_that_everything_together_does_not_halve_has_no_say() -> None:
    made, _ = pool({"one": {only("a"): NOTHING / worth() + 1}}, {"a": ("a",)})
    assert not Standing(pool=made).gains()


def test_an_index_that_helps_only_beside_another_is_found_after_it(database: Database) -> None:
    plans: Plans = {only("a"): 4000.0, frozenset({"a", "b"}): 100.0}
    made, _ = pool({"one": plans}, {"a": ("a",), "b": ("b",)})
    choices = choose_guarded(database, made, float("inf"))
    assert [c.index.keys for c in choices] == [("a",), ("b",)]


def test_an_index_that_another_begins_with_is_left_out(database: Database) -> None:
    keys = {"narrow": ("a",), "wide": ("a", "b")}
    plans: dict[str, Plans] = {
        **{f"many_{i}": {only("narrow"): 10.0, only("wide"): 20.0} for i in range(20)},
        "few": {only("narrow"): 3000.0, only("wide"): 10.0},
    }
    made, _ = pool(plans, keys)
    (choice,) = choose_guarded(database, made, float("inf"))
    assert choice.index.keys == ("a", "b")
    assert {g.query.name for g in choice.helped} == set(plans)


def test_the_room_for_indexes_is_kept(database: Database) -> None:
    plans: Plans = {only("a"): 10.0, only("b"): 20.0}
    keys = {"a": ("a", "c", "d"), "b": ("b",)}

    def taken(limit: float) -> list[tuple[str, ...]]:
        made, _ = pool({"one": plans}, keys)
        return [c.index.keys for c in choose_guarded(database, made, limit)]

    assert taken(1000.0) == [("b",)]
    assert taken(999.0) == []


def test_it_stays_where_the_wider_one_serves_a_query_far_worse(database: Database) -> None:
    keys = {"narrow": ("a",), "wide": ("a", "b")}
    plans: dict[str, Plans] = {
        "many": {only("narrow"): 10.0, only("wide"): 9_000.0},
        "few": {only("narrow"): 3000.0, only("wide"): 200.0},
    }
    made, _ = pool(plans, keys)
    choices = choose_guarded(database, made, float("inf"))
    assert [c.index.keys for c in choices] == [("a",), ("a", "b")]


def test_what_an_earlier_index_brings_is_not_laid_to_a_later_one(database: Database) -> None:
    plans: dict[str, Plans] = {
        "one": {only("a"): 100.0},
        "two": {only("a"): 6000.0, only("b"): 4000.0},
    }
    made, _ = pool(plans, {"a": ("a",), "b": ("b",)})
    choices = choose_guarded(database, made, float("inf"))
    assert [c.index.keys for c in choices] == [("a",)]


def several(plans: Plans, database: Database, limit: float = float("inf")) -> list[tuple[str, ...]]:
    keys = {c: (c,) for c in "abc"} | {"wide": ("b", "d", "e"), "idle": ("f",)}
    made, _ = pool({"one": plans}, keys)
    choices = choose_guarded(database, made, limit)
    for choice in choices:
        assert all(gain.factor >= worth() for gain in choice.helped)
    return [c.index.keys for c in choices]


def test_indexes_that_halve_the_cost_only_together_are_found(database: Database) -> None:
    half = {only(n): 5100.0 for n in "ab"}
    assert several({**half, frozenset("ab"): 10.0}, database) == [("a",), ("b",)]
    assert several(half, database) == []
    assert several({frozenset("ab"): 10.0}, database) == [("a",), ("b",)]


def test_three_reads_of_one_table_need_three_indexes(database: Database) -> None:
    thirds = {only(n): 6700.0 for n in "abc"}
    pairs = {frozenset(n): 3400.0 for n in ("ab", "ac", "bc")}
    whole = {**thirds, **pairs, frozenset("abc"): 10.0}
    assert several(whole, database) == [("a",), ("b",), ("c",)]


def test_of_several_each_is_the_smallest_that_serves_about_as_well(database: Database) -> None:
    plans: Plans = {frozenset({"a", "wide"}): 10.0, frozenset("ab"): 11.0}
    assert several(plans, database) == [("a",), ("b",)]
    plans = {frozenset({"a", "wide"}): 10.0, frozenset("ab"): 4000.0}
    assert several(plans, database) == [("a",), ("b", "d", "e")]


def test_one_of_several_that_brings_little_is_left_out(database: Database) -> None:
    plans: Plans = {frozenset({"a", "b", "idle"}): 10.0, frozenset("ab"): 14.0}
    assert several(plans, database) == [("a",), ("b",)]


def test_several_are_made_only_where_there_is_room_for_all(database: Database) -> None:
    plans: Plans = {frozenset("ab"): 10.0}
    assert several(plans, database, 2000.0) == [("a",), ("b",)]
    assert several(plans, database, 1999.0) == []


def test_what_each_of_several_brings_is_what_is_lost_without_it(database: Database) -> None:
    plans: Plans = {only("a"): 5100.0, only("b"): 6000.0, frozenset("ab"): 10.0}
    made, _ = pool({"one": plans, "two": {only("c"): 10.0}}, {c: (c,) for c in "abc"})
    found = {c.index.keys: c for c in choose_guarded(database, made, float("inf"))}
    assert [(g.before, g.after) for g in found[("a",)].helped] == [(6000.0, 10.0)]
    assert [(g.before, g.after) for g in found[("b",)].helped] == [(5100.0, 10.0)]
    assert {keys: choice.together for keys, choice in found.items()} == {
        ("a",): True, ("b",): True, ("c",): False,
    }  # fmt: skip
