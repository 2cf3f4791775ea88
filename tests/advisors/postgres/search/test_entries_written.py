"""What is said of entries and HOT updates is what a real PostgreSQL does.

Rows and entries are counted in records of its write-ahead log: one for each row, one for each entry
of a B-tree, and a few for pages that split.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from blueproof.advisors.postgres.search.written import (
    SUMMARIES,
    TableWrites,
    Update,
    added,
    columns_of,
    held,
)
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.written import read_written

DDL = """
CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int) WITH (fillfactor = 30);
CREATE INDEX t_c ON t (c);
"""
ROWS = 1000
SPLITS = 0.05  # of the records
INSERT = f"INSERT INTO t SELECT g, g, g, g FROM generate_series(1, {ROWS}) g"
SHAPES = {
    "a key": "CREATE INDEX new ON t (a)",
    "an included column": "CREATE INDEX new ON t (b) INCLUDE (a)",
    "a column of the predicate": "CREATE INDEX new ON t (b) WHERE a >= 0",
    "an expression": "CREATE INDEX new ON t ((a + 1))",
    "another column": "CREATE INDEX new ON t (b)",
    "a summary": "CREATE INDEX new ON t USING brin (a)",
}
UPDATES = {
    "its column": "UPDATE t SET a = a + 1",
    "no column of an index": "UPDATE t SET b = b + 1 WHERE id > 0",
    "a column of another index": "UPDATE t SET c = c + 1",
    "its column to what it is": "UPDATE t SET a = a",
}


@dataclass(frozen=True, kw_only=True)
class Done:
    """Rows written, how many updates among them were HOT, and records of the log."""

    inserted: int
    updated: int
    hot: int
    records: int


@pytest.fixture
def twin(server: Server) -> Iterator[Twin]:
    with Twin(server, DDL) as made:
        yield made


def session_of(twin: Twin) -> Session:
    return twin._guest  # noqa: SLF001 (rows are no business of a twin: the test makes them)


def counters(session: Session) -> tuple[int, int, int]:
    session.run("SELECT pg_stat_force_next_flush()")
    ((inserted, updated, hot),) = session.run(
        "SELECT n_tup_ins, n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 't'"
    )
    return inserted, updated, hot


def done(session: Session, sql: str) -> Done:
    before = counters(session)
    ((said,),) = session.run(f"EXPLAIN (ANALYZE, WAL, TIMING off, SUMMARY off, FORMAT JSON) {sql}")
    plan: Any = said if isinstance(said, list) else json.loads(said)
    inserted, updated, hot = (b - a for a, b in zip(before, counters(session), strict=True))
    records = plan[0]["Plan"]["WAL Records"]
    return Done(inserted=inserted, updated=updated, hot=hot, records=records)


def fresh(session: Session) -> Done:
    session.run("TRUNCATE t")
    return done(session, INSERT)


def entries(work: Done, indexes: int) -> float:
    """Entries by the log: what is left of its records once each row has had its own."""
    return (work.records - work.inserted - work.updated) / indexes


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
def test_what_is_foretold_of_an_index_is_what_the_server_does(
    twin: Twin, shape: str, update: str
) -> None:
    session = session_of(twin)
    before = (fresh(session), done(session, update))
    schema = twin.schema_after(shape)
    new = next(i for i in schema.indexes if i.name == "new")
    taken = frozenset[str]().union(*(held(twin.schema, i) for i in twin.schema.indexes_of("t")))
    columns = columns_of(schema.by_name["t"], (*new.keys, *new.include, new.predicate))
    sets = read_written(update)[0].columns
    writes = TableWrites(
        inserted=before[0].inserted,
        updated=before[1].updated,
        hot=before[1].hot,
        updates=(Update(columns=sets, rows=ROWS),),
    )
    partial = bool(new.predicate)
    foretold = added(writes, columns, new.method, taken, partial=partial)
    session.run(shape)
    after = (fresh(session), done(session, update))
    lost = before[1].hot - after[1].hot
    if update == UPDATES["its column to what it is"]:  # SET tells what may change, not what does
        assert 0 == lost <= foretold.lost[1]
        return
    assert foretold.lost == (lost, lost)
    if new.method in SUMMARIES:
        assert (lost, foretold.entries) == (0, (0, 0))
        return
    found = sum(entries(work, 3) for work in after)
    least, most = foretold.entries
    assert found == pytest.approx(most, rel=SPLITS)  # of a partial one too, which holds all rows
    assert least == (0 if partial else most)


def test_every_index_gets_an_entry_once_an_update_is_no_longer_hot(twin: Twin) -> None:
    session = session_of(twin)
    fresh(session)
    update = UPDATES["its column"]
    hot = done(session, update)
    assert (hot.updated, hot.hot, hot.records) == (ROWS, ROWS, ROWS)
    session.run(SHAPES["a key"])
    fresh(session)
    cold = done(session, update)
    assert (cold.updated, cold.hot) == (ROWS, 0)
    assert cold.records == pytest.approx(ROWS * (1 + 3), rel=SPLITS)
