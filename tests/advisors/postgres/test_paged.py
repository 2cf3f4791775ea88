"""The index of a page leads with what one value is held against: nothing is walked past."""

import pytest

from blueproof.advisors.postgres.candidates import Candidate, candidates
from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.queries import EPOCH, read_queries
from blueproof.sql.rowcounts import count_rows, read_counts
from blueproof.sql.statistics import assume

DDL = """
CREATE TABLE parcels (
  id bigint PRIMARY KEY, depot_id bigint NOT NULL, state text NOT NULL, "Sent" timestamptz NOT NULL,
  weight numeric NOT NULL
);
"""
PAGE = "SELECT id FROM parcels WHERE {} ORDER BY {} LIMIT 40"
AFTER = '("Sent", id) < ($1, $2)'
NEWEST = '"Sent" DESC, id DESC'


def tried(server: Server, query: str) -> set[Candidate]:
    """Every B-tree that is worth trying for a query."""
    with Twin(server, DDL) as twin:
        counts = count_rows(twin.schema, read_counts(("parcels=30M",)))
        statistics = assume(twin.schema, counts, EPOCH)
        twin.set_statistics(statistics)
        ((read,), _) = read_queries(f"{query};", path="q.sql")
        planned = plan_query(twin, Planned(query=read, excerpt=Excerpt(text=read.written)))
        database = Database(
            schema=twin.schema, statistics=statistics, queries=(planned,), planner=twin
        )
        return {c for c in candidates(database, planned) if c.method == "btree"}


def walked(found: set[Candidate]) -> set[tuple[str, ...]]:
    """The key parts before the time of those that hold it."""
    return {
        c.keys[: [k.partition(" ")[0] for k in c.keys].index('"Sent"')]
        for c in found
        if any(k.startswith('"Sent"') for k in c.keys)
    }


@pytest.mark.parametrize(
    ("conditions", "leading"),
    [
        (f"depot_id = 7 AND {AFTER}", {("depot_id",)}),
        (f"depot_id = $3 AND state IN ('lost', 'held') AND {AFTER}",
         {("depot_id",), ("depot_id", "state"), ("state", "depot_id")}),
        ('depot_id = $2 AND "Sent" < $1', {("depot_id",)}),
        (f"depot_id = $3 AND state = $4 AND {AFTER}",
         {("depot_id", "state"), ("state", "depot_id")}),
        (AFTER, {()}),
        (f"state IN ('lost', 'held') AND {AFTER}", {(), ("state",)}),
        (f"depot_id = $3 AND state = ANY ($4) AND {AFTER}",
         {("depot_id",), ("depot_id", "state"), ("state", "depot_id")}),
    ],
    ids=["one value", "a list beside it", "a bound alone", "two values", "none", "a list alone",
         "a list that is sent"],
)  # fmt: skip
def test_one_value_leads_and_a_list_may(
    server: Server, conditions: str, leading: set[tuple[str, ...]]
) -> None:
    assert walked(tried(server, PAGE.format(conditions, NEWEST))) == leading


def test_the_whole_order_follows(server: Server) -> None:
    conditions = f"depot_id = $3 AND state IN ('lost', 'held') AND {AFTER}"
    keys = {(c.keys, bool(c.where)) for c in tried(server, PAGE.format(conditions, NEWEST))}
    assert (("depot_id", '"Sent" DESC', "id DESC"), True) in keys


def test_without_a_limit_the_bound_is_worth_an_index(server: Server) -> None:
    query = f'SELECT id FROM parcels WHERE depot_id = $1 AND "Sent" > $2 ORDER BY {NEWEST}'
    assert () in walked(tried(server, query))


def test_a_condition_of_the_index_is_no_filter(server: Server) -> None:
    conditions = f"depot_id = $3 AND state = 'lost' AND {AFTER}"
    found = tried(server, PAGE.format(conditions, NEWEST))
    assert (("depot_id", '"Sent" DESC', "id DESC"), True) in {
        (c.keys, bool(c.where)) for c in found
    }
    assert ("depot_id",) not in walked({c for c in found if not c.where})
