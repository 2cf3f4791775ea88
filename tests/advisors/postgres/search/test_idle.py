"""An index that the planner likes stays only if a query that reads it is faster on rows."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from blueproof.advisors.postgres.choice import Chosen
from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.advisors.postgres.search import weigh
from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.queries import EPOCH, read_queries
from blueproof.sql.ran import Ran, Run
from blueproof.sql.rowcounts import count_rows, read_counts
from blueproof.sql.statistics import assume

DDL = "CREATE TABLE jobs (id bigint PRIMARY KEY, owner bigint NOT NULL, note text NOT NULL);"
QUERY = "SELECT * FROM jobs WHERE owner = $1"


@dataclass(kw_only=True)
class StoppedClock:
    """A copy on which a query takes so many milliseconds, with an index and without any."""

    bare: float
    indexed: float
    name: str = "copy"
    refused: dict[str, str] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()

    def build(self, definitions: Iterable[str]) -> dict[str, int]:
        """Build whatever is asked for."""
        return dict.fromkeys(definitions, 1)

    def time(self, queries: dict[str, float], shown: frozenset[str]) -> dict[str, Run]:
        """How the queries run with what is shown."""
        with self.changed(shown):
            return {query: self.run(query, most) for query, most in queries.items()}

    def run(self, query: str, most: float) -> Run:
        """The time of a query now."""
        assert query, most
        taken = self.indexed if self.shown else self.bare
        return Run(milliseconds=taken, used=self.shown, plan=Ran(node="Scan"), runs=1)

    @contextlib.contextmanager
    def changed(self, shown: frozenset[str], settings: str = "") -> Iterator[None]:
        """Only this is there meanwhile."""
        assert not settings
        before, self.shown = self.shown, shown
        yield
        self.shown = before


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with Twin(server, DDL) as twin:
        statistics = assume(twin.schema, count_rows(twin.schema, read_counts(("jobs=1M",))), EPOCH)
        twin.set_statistics(statistics)
        ((query,), _) = read_queries(f"{QUERY};", path="q.sql")
        asked = Planned(query=query, excerpt=Excerpt(text=query.written, name=query.name))
        yield Database(
            schema=twin.schema,
            statistics=statistics,
            queries=(plan_query(twin, asked),),
            planner=twin,
            measured=True,
        )


def weighed(database: Database, bare: float, indexed: float) -> Chosen:
    return weigh(replace(database, clock=StoppedClock(bare=bare, indexed=indexed)))


def test_an_index_that_makes_its_query_faster_is_taken(database: Database) -> None:
    assert [c.index.short for c in weighed(database, 100.0, 5.0).taken] == ["jobs (owner)"]


@pytest.mark.parametrize("indexed", [100.0, 97.0])
def test_one_that_does_not_is_refused_with_what_it_took(database: Database, indexed: float) -> None:
    found = weighed(database, 100.0, indexed)
    assert found.taken == ()
    (given_up,) = [g for g in found.refused if g[0].short == "jobs (owner)"]
    assert [(s.before, s.after) for s in given_up[1]] == [(100.0, indexed)]
