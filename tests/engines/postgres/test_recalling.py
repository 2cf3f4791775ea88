"""A search answers as an earlier one did, and asks the planner only what is new."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

import pytest
from noting import noted

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.trial import Outcome
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.statistics import Statistics, assume

DDL = """
CREATE TABLE t (id bigint PRIMARY KEY, a bigint NOT NULL, b bigint NOT NULL, c text NOT NULL);
CREATE TABLE u (id bigint PRIMARY KEY, t_id bigint NOT NULL, a bigint NOT NULL);
CREATE TABLE p (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
"""
VIEW = "CREATE VIEW seen AS SELECT t_id FROM u;"
ONE = "SELECT * FROM t WHERE a = 5 AND b = 6"
JOINED = "SELECT t.c FROM t JOIN u ON u.t_id = t.id WHERE u.a = 7 ORDER BY t.b LIMIT 5"
PARTS = "SELECT id FROM p WHERE at = '2025-03-04'"
ON_T = {
    "x1": "CREATE INDEX x1 ON t (a)",
    "x2": "CREATE INDEX x2 ON t (b, a)",
    "x3": "CREATE INDEX x3 ON t (b) WHERE a > 3",
}
ON_U = {"x4": "CREATE INDEX x4 ON u (a)", "x5": "CREATE INDEX x5 ON u (t_id)"}
ON_P = {"x6": "CREATE INDEX x6 ON p (at)"}
WRONG = {"x7": "CREATE INDEX x7 ON t ((a + random()))"}
BY_A, ELSEWHERE = "CREATE INDEX by_a ON t (a, b);", "CREATE INDEX elsewhere ON u (a);"


def known(twin: Twin, rows: int) -> Statistics:
    counts = count_rows(twin.schema, dict.fromkeys(("t", "u", "p", "p1"), rows))
    return assume(twin.schema, counts, date(2026, 1, 1))


@pytest.fixture
def twin(server: Server) -> Iterator[Twin]:
    with Twin(server, DDL) as twin:
        twin.set_statistics(known(twin, 300_000))
        yield twin


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the twin's sessions are told to run."""
    return noted(monkeypatch)


def searched(
    twin: Twin, made: tuple[str, ...] = (), *, query: str = ONE, on: dict[str, str] | None = None
) -> tuple[dict[str, int], list[Outcome], int]:
    """Sizes, what the query costs with each two indexes or fewer, and how often it was asked."""
    wanted = ON_T if on is None else on
    with twin.search(made, (query,)) as room:
        sizes = room.add(wanted)
        among = frozenset(sizes)
        pairs = [c for n in range(3) for c in combinations(sorted(sizes), n)]
        return sizes, [room.cost(query, frozenset(c), among) for c in pairs], room.asked


@pytest.mark.parametrize(("query", "on"), [(ONE, ON_T), (JOINED, {**ON_T, **ON_U}), (PARTS, ON_P)])
def test_it_answers_as_a_room_does_each_time(twin: Twin, query: str, on: dict[str, str]) -> None:
    searched(twin, query=query, on=on)  # what partial indexes hold is asked here
    with twin.trial((), (query,)) as room:
        sizes = room.add(on)
        pairs = [c for n in range(3) for c in combinations(sorted(sizes), n)]
        wanted = [room.cost(query, frozenset(c), frozenset(sizes)) for c in pairs]
    for _ in range(2):
        assert searched(twin, query=query, on=on) == (sizes, wanted, len(pairs))


def test_the_same_is_asked_of_nobody(twin: Twin, said: list[str]) -> None:
    searched(twin)  # what the partial index holds is asked here
    first = searched(twin)
    said.clear()
    assert searched(twin) == first
    assert not said


def test_an_answer_has_the_names_of_this_search(twin: Twin, said: list[str]) -> None:
    searched(twin)
    first = searched(twin)
    said.clear()
    other = {f"y{n}": t.replace(f" x{n} ", f" y{n} ") for n, t in enumerate(ON_T.values(), 1)}
    sizes, costs, _ = searched(twin, on=other)
    assert not said
    assert [*sizes.values()] == [*first[0].values()]
    renamed = [frozenset(n.replace("x", "y") for n in outcome.used) for outcome in first[1]]
    assert [outcome.used for outcome in costs] == renamed
    assert any(renamed)


def test_costs_of_a_room_that_learnt_what_an_index_holds_are_not_kept(
    twin: Twin, said: list[str]
) -> None:
    searched(twin)
    said.clear()
    searched(twin)
    assert any(text.startswith("EXPLAIN") for text in said)


def test_what_is_new_is_asked_with_all_that_was_made_before(twin: Twin) -> None:
    searched(twin)
    searched(twin)
    both = {**ON_T, "x8": "CREATE INDEX x8 ON t (a, b) INCLUDE (c)"}
    recalled = searched(twin, on=both)
    twin.set_statistics(twin.statistics)  # forgets
    searched(twin, on=both)
    assert searched(twin, on=both) == recalled


def test_an_index_that_stays_is_planned_with(twin: Twin) -> None:
    searched(twin)
    before = searched(twin)
    after = searched(twin, (BY_A,))
    assert after[1][0].cost < before[1][0].cost
    assert searched(twin) == before


def test_one_that_stays_on_another_table_changes_nothing(twin: Twin, said: list[str]) -> None:
    searched(twin)
    first = searched(twin)
    said.clear()
    assert searched(twin, (ELSEWHERE,)) == first
    assert not said


def test_one_that_stays_on_a_table_behind_a_view_is_planned_with(server: Server) -> None:
    with Twin(server, DDL + VIEW) as twin:
        twin.set_statistics(known(twin, 300_000))
        through = "SELECT count(*) FROM seen WHERE t_id = 3"
        costs = [
            searched(twin, made, query=through, on={})[1][0].cost
            for made in ((), ("CREATE INDEX behind ON u (t_id);",), ())
        ]
    assert costs[0] == costs[2] > costs[1]


def test_indexes_made_in_another_order_are_asked_about_anew(twin: Twin, said: list[str]) -> None:
    for _ in range(2):
        searched(twin)
    said.clear()
    searched(twin, on=dict(reversed(ON_T.items())))
    assert any(text.startswith("EXPLAIN") for text in said)


def test_other_rows_are_answered_anew(twin: Twin) -> None:
    searched(twin)
    before = searched(twin)
    twin.restate(known(twin, 9_000_000).tables)
    more = searched(twin)
    assert more[0]["x1"] > before[0]["x1"]
    assert more[1][0].cost > before[1][0].cost
    twin.set_statistics(known(twin, 300_000))
    searched(twin)
    assert searched(twin) == before


def test_what_the_server_refuses_is_not_tried_again(twin: Twin, said: list[str]) -> None:
    mixed = {**WRONG, **ON_T}
    searched(twin, on=mixed)
    first = searched(twin, on=mixed)
    assert set(first[0]) == set(ON_T)
    said.clear()
    assert searched(twin, on=mixed) == first
    assert not said


def test_nothing_stays_of_a_search(twin: Twin) -> None:
    before = twin.cost(ONE)
    searched(twin, (BY_A,))
    assert twin.cost(ONE) == before
    assert twin.schema_after() == twin.schema
