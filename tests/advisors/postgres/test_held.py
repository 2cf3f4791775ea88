"""What an index holds beside its keys: nothing whose values may be too long for one."""

import pytest

from blueproof.advisors.postgres.candidates.candidate import Candidate
from blueproof.advisors.postgres.candidates.covering import covering
from blueproof.advisors.postgres.database import Database
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.queries import EPOCH
from blueproof.sql.rowcounts import count_rows, read_counts
from blueproof.sql.statistics import assume
from blueproof.sql.uses import Use

DDL = """
CREATE TABLE hits (
  id bigint PRIMARY KEY, shop bigint NOT NULL, at timestamptz NOT NULL, more {} NOT NULL,
  agent text NOT NULL, referrer text NOT NULL, place text NOT NULL, device text NOT NULL,
  first uuid NOT NULL, second uuid NOT NULL, third uuid NOT NULL, fourth uuid NOT NULL,
  raw jsonb NOT NULL, headers jsonb NOT NULL, answer jsonb NOT NULL, other jsonb NOT NULL
);
"""


@pytest.mark.parametrize(("kind", "held"), [("jsonb", set()), ("bytea", set()), ("date", {"more"})])
def test_no_column_without_end_is_held(server: Server, kind: str, held: set[str]) -> None:
    with Twin(server, DDL.format(kind)) as twin:
        counts = count_rows(twin.schema, read_counts(("hits=5M",)))
        statistics = assume(twin.schema, counts, EPOCH)
        twin.set_statistics(statistics)
        use = Use(table="hits", alias="hits", node="Seq Scan", rows=10, needed=("shop", "more"))
        database = Database(schema=twin.schema, statistics=statistics, queries=(), planner=twin)
        whole = (Candidate(table="hits", keys=("shop",)),)
        table = twin.schema.by_name["hits"]
        found = {c for each in covering(database, use, table, whole) for c in each.include}
    assert found == held
