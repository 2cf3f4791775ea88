"""What a plan on rows reads of a set: never an index that is there already and is alike another.

The copy names what it read by its definition, and a definition may be that of a candidate which is
not of the set: taken for one of it, the search would go on with what nobody chose.
"""

from dataclasses import dataclass

from test_idle import DDL, StoppedClock, made

from blueproof.advisors.postgres.search.clocked import Clocked
from blueproof.advisors.postgres.search.explore import Explorer
from blueproof.advisors.postgres.search.pool import definition, fill
from blueproof.engines.postgres.server import Server
from blueproof.sql.ran import Ran, Run

QUERY = "SELECT owner, note FROM jobs WHERE owner = $1 ORDER BY note LIMIT 5"


@dataclass(kw_only=True)
class WithIndexes(StoppedClock):
    """A copy whose plans read an index that was there before, besides what is shown."""

    before: frozenset[str] = frozenset()

    def run(self, query: str, most: float) -> Run:
        """The time of a query now, and all that it reads."""
        assert query, most
        taken = self.indexed if self.shown else self.bare
        used = self.shown | self.before
        return Run(milliseconds=taken, used=used, plan=Ran(node="Scan"), runs=1)


def test_an_index_that_was_there_is_none_of_the_set(server: Server) -> None:
    with made(server, DDL, QUERY) as database, database.planner.search() as room:
        pool = fill(database, room, database.queries)
        explorer = Explorer(pool=pool, limit=1e12)
        explorer.survey(0)
        assert len(explorer.names) > 1
        clock = WithIndexes(bare=100.0, indexed=5.0)
        clocked = Clocked(
            database=database, clock=clock, explorer=explorer, select=lambda kept, _gone: kept
        )
        clock.before = frozenset(definition(pool, name) for name in explorer.names)
        for chosen in (0, *(1 << at for at in range(len(explorer.names)))):
            assert clocked.reads(chosen) == [chosen]
