"""Statistics of many tables wait until somebody asks about a table, and then are all there."""

from collections.abc import Iterator
from datetime import date

import pytest

from blueproof.engines.postgres import stating
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.statistics import assume

# A view, a function that the planner reads through, partitions and a child: all under other names.
TABLES = "".join(
    f"CREATE TABLE t{n} (id bigint PRIMARY KEY, a int NOT NULL); CREATE INDEX ON t{n} (a);\n"
    for n in range(80)
)
DDL = f"""{TABLES}
CREATE VIEW shown AS SELECT t7.id, t8.a FROM t7 JOIN t8 USING (id);
CREATE FUNCTION found(wanted int) RETURNS SETOF t9 LANGUAGE sql STABLE
  AS 'SELECT * FROM t9 WHERE a = wanted';
CREATE TABLE logs (id bigint, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE early PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2025-06-01');
CREATE TABLE late PARTITION OF logs DEFAULT;
CREATE VIEW log_view AS SELECT * FROM logs;
CREATE TABLE parent (id bigint, name text);
CREATE TABLE child (more text) INHERITS (parent);
CREATE TABLE guarded (id bigint PRIMARY KEY, owner int);
CREATE TABLE owners (id int PRIMARY KEY, name text);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON guarded USING (owner IN (SELECT id FROM owners WHERE name = current_user));
"""
QUERIES = (
    "SELECT * FROM t1 WHERE a = $1",
    "SELECT * FROM shown WHERE a = 5",
    "SELECT * FROM found(3)",
    "SELECT count(*) FROM log_view WHERE day > '2025-07-01'",
    "SELECT count(*) FROM early",
    "SELECT * FROM parent WHERE id = 7",
    "SELECT * FROM guarded WHERE id < 100",
    "UPDATE t3 SET a = 1 FROM t4 WHERE t4.id = t3.id AND t4.a = 2",
    "WITH w AS (SELECT * FROM t5) SELECT * FROM w WHERE id IN (SELECT id FROM t6 WHERE a < 3)",
)
CHANGE = "CREATE INDEX added ON t7 (a, id);"
UNTIL = date(2026, 1, 1)


def told(twin: Twin) -> None:
    rows = {name: 1_000 * (3 + n) for n, name in enumerate(twin.schema.by_name)}
    twin.set_statistics(assume(twin.schema, count_rows(twin.schema, rows), UNTIL))


@pytest.fixture
def twin(server: Server) -> Iterator[Twin]:
    with Twin(server, DDL) as twin:
        told(twin)
        yield twin


@pytest.fixture(scope="module")
def at_once(server: Server) -> Iterator[Twin]:
    with Twin(server, DDL) as twin:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stating, "_MANY", 1_000)
            told(twin)
        yield twin


def test_what_nobody_asks_about_waits(twin: Twin) -> None:
    before = len(twin._stating._waiting)  # noqa: SLF001 (what it is about)
    twin.plan("SELECT * FROM t1")
    after = len(twin._stating._waiting)  # noqa: SLF001 (as above)
    assert (before, before - after) == (len(twin.schema.tables), 1)


@pytest.mark.parametrize("query", QUERIES)
def test_a_plan_is_that_of_statistics_stated_at_once(twin: Twin, at_once: Twin, query: str) -> None:
    waiting = [one._stating._waiting for one in (twin, at_once)]  # noqa: SLF001 (what is compared)
    assert [bool(each) for each in waiting] == [True, False]
    assert twin.plan(query) == at_once.plan(query)


def test_many_plans_and_their_changes_are_those_of_statistics_stated_at_once(
    twin: Twin, at_once: Twin
) -> None:
    asked = (*QUERIES[:4], "SELECT nothing FROM nowhere", *QUERIES[4:])
    assert twin.plans(asked, (CHANGE,)) == at_once.plans(asked, (CHANGE,))
    assert twin.plans(asked) == at_once.plans(asked)


def test_an_index_is_as_large(twin: Twin, at_once: Twin) -> None:
    assert twin.index_bytes(CHANGE) == at_once.index_bytes(CHANGE) > 0


def test_a_trial_costs_the_same(twin: Twin, at_once: Twin) -> None:
    shown = frozenset({"added"})
    costs = []
    for one in (twin, at_once):
        with one.trial((), QUERIES) as room:
            room.add({"added": CHANGE})
            costs.append([room.cost(query, shown, shown) for query in QUERIES])
    assert costs[0] == costs[1]


def test_what_is_said_later_of_a_waiting_table_holds(twin: Twin, at_once: Twin) -> None:
    twin.restate(tuple(t for t in at_once.statistics.tables if t.table == "t2"))
    twin.set_statistics(at_once.statistics)
    assert twin.plan("SELECT * FROM t2 WHERE a = 3") == at_once.plan("SELECT * FROM t2 WHERE a = 3")
