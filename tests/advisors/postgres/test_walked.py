"""An order that only the walked index shows is an order that a better index may serve."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from blueproof.advisors.postgres.candidates import candidates
from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.plan import Plan
from blueproof.sql.queries import EPOCH, read_queries
from blueproof.sql.rowcounts import count_rows, read_counts
from blueproof.sql.statistics import assume

DDL = """
CREATE TABLE readings (
  id bigint PRIMARY KEY, sensor bigint NOT NULL, at timestamptz NOT NULL, value numeric NOT NULL
);
CREATE INDEX "Readings At" ON readings (at {});
"""


def tried(
    server: Server, query: str, order: str = "", turned: Callable[[Plan], Plan] = lambda plan: plan
) -> set[tuple[str, ...]]:
    """The key parts of every candidate for a query."""
    with Twin(server, DDL.format(order)) as twin:
        counts = count_rows(twin.schema, read_counts(("readings=5M",)))
        statistics = assume(twin.schema, counts, EPOCH)
        twin.set_statistics(statistics)
        ((read,), _) = read_queries(f"{query};", path="q.sql")
        planned = plan_query(twin, Planned(query=read, excerpt=Excerpt(text=read.written)))
        assert planned.plan is not None
        planned = replace(planned, plan=turned(planned.plan))
        database = Database(
            schema=twin.schema, statistics=statistics, queries=(planned,), planner=twin
        )
        return {each.keys for each in candidates(database, planned)}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT max(at) FROM readings WHERE sensor = $1",
        "SELECT * FROM readings WHERE sensor = $1 ORDER BY at DESC LIMIT 1",
    ],
)
def test_the_filter_s_column_leads_and_the_order_follows(server: Server, query: str) -> None:
    assert ("sensor", "at") in tried(server, query)
    assert ("sensor", "at DESC") in tried(server, query, "DESC")


def test_without_a_limit_a_range_is_no_order(server: Server) -> None:
    assert ("sensor", "at DESC") not in tried(
        server, "SELECT value FROM readings WHERE sensor = $1 AND at > $2", "DESC"
    )


def test_without_a_filter_the_walk_is_right(server: Server) -> None:
    assert tried(server, "SELECT * FROM readings ORDER BY at DESC LIMIT 1") == set()


def test_workers_walk_too(server: Server) -> None:
    query = "SELECT * FROM readings WHERE sensor = $1 ORDER BY at DESC LIMIT 1"
    assert ("sensor", "at DESC") in tried(server, query, "DESC", of_workers)


def of_workers(plan: Plan) -> Plan:
    """The plan as several workers share its scans."""
    node = f"Parallel {plan.node}" if plan.relation else plan.node
    return replace(plan, node=node, children=tuple(map(of_workers, plan.children)))
