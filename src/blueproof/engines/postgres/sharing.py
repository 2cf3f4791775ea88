"""The part of a table's rows that meets a predicate, as the planner has it."""

from collections.abc import Iterable

from blueproof.engines.postgres import catalog
from blueproof.engines.postgres.session import Session
from blueproof.sql.names import quote_table
from blueproof.sql.plan import read_plan
from blueproof.sql.schema import Index


class Shares:
    """What partial indexes hold of their tables, asked once for each predicate.

    `learnt` counts how often the planner was asked.
    """

    def __init__(self) -> None:
        self.learnt = 0
        self._known: dict[tuple[str, str], float] = {}

    def forget(self, tables: Iterable[str]) -> None:
        """Ask anew for these tables: their statistics change."""
        gone = set(tables)
        self._known = {asked: s for asked, s in self._known.items() if asked[0] not in gone}

    def of(self, session: Session, index: Index) -> float:
        """The part of its table's rows that an index holds."""
        if not index.predicate:
            return 1.0
        asked = (index.table, index.predicate)
        if asked not in self._known:
            self.learn(session, (index,))
        return self._known[asked]

    def learn(self, session: Session, indexes: Iterable[Index]) -> None:
        """Ask for all of these that have a predicate, those known too."""
        with catalog.searching(session):
            for index in indexes:
                if index.predicate:
                    asked = (index.table, index.predicate)
                    self._known[asked] = _share(session, *asked)
                    self.learnt += 1


def _share(session: Session, table: str, predicate: str) -> float:
    """The share of a table's rows that meet a predicate; both counts are the planner's.

    The predicate is written as the catalog has it, and so read under the catalog's search path.
    """
    place = quote_table(table if "." in table else f"public.{table}")
    some = _rows(session, f"SELECT 1 FROM {place} WHERE {predicate}")
    everything = _rows(session, f"SELECT 1 FROM {place}")
    return min(1.0, some / everything) if everything > 0 else 1.0


def _rows(session: Session, query: str) -> float:
    return read_plan(session.run_one(f"EXPLAIN (FORMAT JSON) {query}")[0][0]).rows
