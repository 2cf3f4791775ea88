"""An index that the planner likes stays only if a query that reads it is faster on rows.

And what is slow on rows is helped, however cheap the planner takes it for.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from blueproof.advisors.postgres.choice import Chosen
from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.advisors.postgres.search import weigh
from blueproof.advisors.postgres.search.clocked import is_better
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

    def described(self, expressions: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """Nothing: there are no rows."""
        assert not tuple(expressions)
        return ()

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


@contextlib.contextmanager
def made(server: Server, ddl: str, query_text: str) -> Iterator[Database]:
    """A database with a million rows whose statistics count as its own, and one query."""
    with Twin(server, ddl) as twin:
        statistics = assume(twin.schema, count_rows(twin.schema, read_counts(("jobs=1M",))), EPOCH)
        twin.set_statistics(statistics)
        ((query,), _) = read_queries(f"{query_text};", path="q.sql")
        asked = Planned(query=query, excerpt=Excerpt(text=query.written, name=query.name))
        yield Database(
            schema=twin.schema,
            statistics=statistics,
            queries=(plan_query(twin, asked),),
            planner=twin,
            measured=True,
        )


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with made(server, DDL, QUERY) as found:
        yield found


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


STATES = """
CREATE TABLE jobs (
  id bigint PRIMARY KEY, note text NOT NULL,
  status text NOT NULL CHECK (status IN ('new', 'running', 'done', 'failed', 'gone'))
);
"""
LAST = "SELECT * FROM jobs WHERE status = 'failed' ORDER BY id DESC LIMIT 1"


@pytest.mark.parametrize(("bare", "several"), [(150.0, 1), (3.0, 0)])
def test_what_is_slow_on_rows_is_helped_however_cheap_the_planner_finds_it(
    server: Server, bare: float, several: int
) -> None:
    """Walked in order, the first match is foretold to come soon; on rows it comes last, or does."""
    with made(server, STATES, LAST) as database:
        assert database.queries[0].cost < 10
        taken = weighed(database, bare, 0.1).taken
    assert len(taken) == several
    assert all(choice.index.keys[-1] == "id" for choice in taken)


QUEUE = """
CREATE TABLE jobs (
  id bigint PRIMARY KEY, kind bigint, note text NOT NULL, open boolean NOT NULL
);
"""


@pytest.mark.parametrize(
    ("query", "key"),
    [("WHERE open", "id"), ("WHERE open AND kind IS NOT NULL ORDER BY kind", "kind")],
)
def test_of_two_that_serve_alike_the_far_smaller_is_taken(
    server: Server, query: str, key: str
) -> None:
    """Few of the jobs are open: an index on those alone is a few pages, one on all is 7 MB."""
    with made(server, QUEUE, f"SELECT * FROM jobs {query}") as database:
        table = database.statistics.by_name["jobs"]
        columns = tuple(
            replace(c, common=("f", "t"), frequencies=(0.9995, 0.0005)) if c.column == "open" else c
            for c in table.columns
        )
        known = replace(database.statistics, tables=(replace(table, columns=columns),))
        assert isinstance(database.planner, Twin)
        database.planner.set_statistics(known)
        planned = plan_query(database.planner, database.queries[0])
        found = weigh(replace(database, statistics=known, queries=(planned,)))
    assert [(c.index.keys, c.index.where) for c in found.taken] == [((key,), "open")]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(60.0, 2.0, "gain"), (260.0, 150.0, "gain"), (60.0, 40.0, ""), (15.0, 0.1, "")],
)
def test_a_gain_counts_from_twice_as_fast_on_or_where_people_notice(
    before: float, after: float, said: str
) -> None:
    runs = (Run(milliseconds=ms, used=frozenset(), plan=Ran(node="Scan")) for ms in (before, after))
    assert is_better(*runs) == bool(said)
