"""What a planner has answered is not asked again, until something changes that it answers by."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from noting import noted

from blueproof.engines.postgres.answered import Answered
from blueproof.engines.postgres.filling import Fillings, filling
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.plan import Plan, Refused
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.schema import Index, Slot
from blueproof.sql.statistics import Statistics, assume

DDL = """
CREATE TABLE t (id bigint PRIMARY KEY, a bigint NOT NULL, b bigint, state text NOT NULL);
CREATE TABLE u (id bigint PRIMARY KEY, t_id bigint NOT NULL);
CREATE FUNCTION shared(wanted bigint) RETURNS SETOF u LANGUAGE sql STABLE
  AS 'SELECT * FROM u WHERE t_id = wanted';
"""
ONE = "SELECT * FROM t WHERE a = $1"
OTHER = "SELECT * FROM t WHERE b = $1"
CALLED = "SELECT * FROM shared(7)"
BY_A, BY_B = "CREATE INDEX by_a ON t (a);", "CREATE INDEX by_b ON t (b);"
FEW = "CREATE INDEX few ON t (a) WHERE state = 'open';"
# Each way to tell the planner other figures, and a question that is then answered otherwise.
QUESTIONS: dict[str, Callable[[Twin], float]] = {
    "a plan": lambda twin: twin.plan(ONE).cost,
    "a plan on what a function reads": lambda twin: twin.plan(CALLED).cost,
    "a plan once an index is made": lambda twin: twin.plan(ONE, (BY_A,)).cost,
    "plans": lambda twin: sum(plan.cost for plan in twin.plans((ONE, OTHER)) if plan),
    "costs": lambda twin: twin.costs((ONE, OTHER), (BY_B,))[1],
    "the size of an index": lambda twin: twin.index_bytes(BY_A),
}


def known(twin: Twin, rows: int, settings: tuple[tuple[str, str], ...] = ()) -> Statistics:
    counts = count_rows(twin.schema, {"t": rows, "u": rows})
    return replace(assume(twin.schema, counts, date(2026, 1, 1)), settings=settings)


@pytest.fixture
def twin(server: Server) -> Iterator[Twin]:
    with Twin(server, DDL) as twin:
        twin.set_statistics(known(twin, 100_000))
        yield twin


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the guest's sessions are told to run."""
    return noted(monkeypatch)


@pytest.mark.parametrize("asked", QUESTIONS)
def test_other_rows_are_answered_anew(twin: Twin, asked: str) -> None:
    before = QUESTIONS[asked](twin)
    twin.restate(known(twin, 9_000_000).tables)
    much = QUESTIONS[asked](twin)
    assert much > before
    twin.restate(known(twin, 100_000).tables)
    assert QUESTIONS[asked](twin) == before


@pytest.mark.parametrize("asked", QUESTIONS)
def test_other_statistics_are_answered_anew(twin: Twin, asked: str) -> None:
    before = QUESTIONS[asked](twin)
    twin.set_statistics(known(twin, 9_000_000))
    assert QUESTIONS[asked](twin) > before


def test_other_settings_are_answered_anew(twin: Twin) -> None:
    before = twin.plan(ONE).cost
    twin.set_statistics(known(twin, 100_000, (("seq_page_cost", "7"),)))
    assert twin.plan(ONE).cost > before


@pytest.mark.parametrize("asked", QUESTIONS)
def test_the_same_is_not_asked_again(twin: Twin, said: list[str], asked: str) -> None:
    before = QUESTIONS[asked](twin)
    said.clear()
    assert QUESTIONS[asked](twin) == before
    assert not said


def test_changes_keep_answers_apart(twin: Twin) -> None:
    plain, with_a, with_both = (
        twin.plan(ONE, made).indexes for made in ((), (BY_A,), (BY_A, BY_B))
    )
    assert (plain, with_a, with_both) == ((), ("by_a",), ("by_a",))
    assert twin.plan(OTHER, (BY_A,)).indexes == ()
    assert twin.index_bytes(BY_A) != twin.index_bytes(BY_A + BY_B)


def test_what_was_refused_is_asked_again_and_refused_again(twin: Twin, said: list[str]) -> None:
    wrong = "SELECT nothing FROM t"
    assert twin.plans((ONE, wrong, OTHER))[1] is None
    for _ in range(2):
        said.clear()
        with pytest.raises(Refused):
            twin.plan(wrong)
        assert said
    with pytest.raises(Refused):
        twin.plan(ONE, ("CREATE INDEX ON t (nothing);",))


def test_a_plan_made_while_a_share_was_asked_for_is_not_kept(twin: Twin, said: list[str]) -> None:
    query = "SELECT * FROM t WHERE a = $1 AND state = 'open'"
    twin.plan(query, (FEW,))
    said.clear()
    twin.plan(query, (FEW,))
    assert any(text.startswith("EXPLAIN") for text in said)


def test_a_room_answers_anew_once_it_holds_another_index(twin: Twin) -> None:
    with twin.trial() as room:
        name = room.add_script(BY_B)
        assert room.plan(ONE, frozenset()).indexes == ()
        room.keep((BY_A,))
        assert room.plan(ONE, frozenset()).indexes == ("by_a",)
        assert room.plan(OTHER, frozenset()).indexes == ()
        assert room.plan(OTHER, frozenset({name})).indexes == ("by_b",)


def test_a_room_is_not_asked_the_same_again(twin: Twin, said: list[str]) -> None:
    with twin.trial() as room:
        name = frozenset({room.add_script(BY_A)})
        plan = room.plan(ONE, name)
        said.clear()
        assert room.plan(ONE, name) == plan
        assert not said
        # What is shown meanwhile is another matter: the index must be there for the next question.
        assert room.cost(ONE, frozenset(), name).used == frozenset()
        assert room.cost(ONE, name, name).used == name


def test_so_many_answers_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blueproof.engines.postgres.answered._MOST", 2)
    answered, plan = Answered(), Plan(node="Result", cost=1.0, rows=1.0)
    for text in ("a", "b", "c"):
        answered.keep_plan(text, (), plan)
    assert [text for text in "abc" if answered.plan(text, ())] == ["c"]


def test_plans_come_whole_where_few_are_kept(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blueproof.engines.postgres.answered._MOST", 1)
    plans = twin.plans((ONE, OTHER, CALLED, ONE))
    assert all(plans)
    assert plans[0] == plans[3]


def index(name: str, **kept: Any) -> Index:
    definition = f"CREATE INDEX {name} ON public.t USING btree (a)"
    slots = (Slot(type="bigint"),)
    base = Index(name=name, table="t", keys=("a",), definition=definition, slots=slots)
    return replace(base, **kept)


def test_an_index_under_another_name_is_not_reckoned_again(
    twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = known(twin, 5_000_000).by_name["t"]
    reckoned = Fillings()
    first = reckoned.of(index("one"), table, None, 1.0)
    monkeypatch.delattr("blueproof.engines.postgres.filling.filling")
    assert reckoned.of(index("two"), table, None, 1.0) is first


@pytest.mark.parametrize(
    "other",
    [
        index("one", keys=("a", "id"), slots=(Slot(type="bigint"), Slot(type="bigint"))),
        index("one", include=("id",), slots=(Slot(type="bigint"), Slot(type="bigint"))),
        index("one", method="hash"),
        index("one", deduplicates=False),
        index(
            "one",
            definition="CREATE INDEX one ON public.t USING btree (a) WITH (fillfactor='30')",
        ),
    ],
    ids=["keys", "include", "method", "duplicates", "fillfactor"],
)
def test_another_index_is_reckoned_anew(twin: Twin, other: Index) -> None:
    table = known(twin, 5_000_000).by_name["t"]
    reckoned = Fillings()
    reckoned.of(index("one"), table, None, 1.0)
    assert reckoned.of(other, table, None, 1.0) == filling(other, table, None, 1.0)


def test_an_index_is_reckoned_anew_for_other_rows_and_another_share(twin: Twin) -> None:
    reckoned, one = Fillings(), index("one")
    few, many = (known(twin, rows).by_name["t"] for rows in (1_000, 5_000_000))
    sizes = [
        reckoned.of(one, few, None, 1.0).pages,
        reckoned.of(one, many, None, 1.0).pages,
        reckoned.of(one, many, None, 0.1).pages,
    ]
    assert len(set(sizes)) == len(sizes)


def test_one_that_is_refused_leaves_the_sizes_of_the_others(twin: Twin) -> None:
    wrong = {f"w{n}": f"CREATE INDEX w{n} ON t ((count(a + {n})))" for n in range(3)}
    right = {"x": "CREATE INDEX x ON t (a)", "y": "CREATE INDEX y ON t (b, a)"}
    with twin.trial() as room:
        alone = room.add(right)
    with twin.trial() as room:
        mixed = {"w0": wrong["w0"], **right, **wrong}
        assert room.add(mixed) == alone
        costs = [room.cost(ONE, frozenset(n), frozenset(right)).cost for n in ((), ("x",))]
    assert costs == [twin.plan(ONE).cost, twin.plan(ONE, (BY_A,)).cost]


def test_those_refused_are_not_looked_for_by_halves(twin: Twin, said: list[str]) -> None:
    texts = {f"n{n}": f"CREATE INDEX n{n} ON t (a, b)" for n in range(9)}
    texts["n4"] = "CREATE INDEX n4 ON t ((sum(a)))"
    with twin.trial() as room:
        said.clear()
        assert len(room.add(texts)) == len(texts) - 1
    made = sum(text.startswith("CREATE INDEX") for text in said)
    assert made == 5 + 9, "up to the one that is refused, then all with that one passed over"
