"""The statistics of a twin's tables: put where its planner reads them, at once or when asked about.

Putting them there takes milliseconds a table, and of a large schema most tables are never asked
about. So those of many tables at once wait until a text mentions the table. A view or a function
may read tables that the text does not name: whoever has a plan shows it, and asks again if it reads
one that was waiting. What a plan reads does not depend on statistics, only how.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from blueproof.core.errors import EngineError
from blueproof.engines.postgres import catalog, estimating, loading, restoring, sizing
from blueproof.engines.postgres.catalog import Catalog
from blueproof.engines.postgres.filling import Fillings
from blueproof.engines.postgres.mentioning import mentions, words_of
from blueproof.engines.postgres.migrating import plain_ddl
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.sharing import Shares
from blueproof.engines.postgres.sizing import Relation
from blueproof.sql.names import quote
from blueproof.sql.plan import Plan
from blueproof.sql.schema import Index
from blueproof.sql.statistics import IndexStatistics, Statistics, TableStatistics

_AT_ONCE = 200  # indexes in one transaction; each takes a few of the server's locks
_MANY = 64  # tables at once from which on they wait to be asked about


class Stating:
    """What the planner of a twin believes of its tables: `statistics`, of which some may wait.

    `refused` is what the columns did not take of it. `guest` is the twin's session as it is now,
    `files` the folder of the server's data, `known` the twin's catalog.
    """

    def __init__(self, *, guest: Callable[[], Session], files: Path, known: Catalog) -> None:
        self.statistics = Statistics(tables=(), until=date.min)
        self.refused: tuple[loading.LeftOut, ...] = ()
        self._guest, self._files, self._catalog = guest, files, known
        self._names = {oid: name for name, oid in known.tables.items()}
        self._homes = {oid: known.schema.home(name) for oid, name in self._names.items()}
        self._mentions = mentions(known)
        self._shares = Shares()
        self._fillings = Fillings()
        self._waiting: dict[int, TableStatistics | None] = {}

    def begin(self, statistics: Statistics) -> None:
        """Forget what was believed, and believe this."""
        gone = set(self.statistics.by_name) - set(statistics.by_name)
        self.refused = ()
        self.statistics = replace(statistics, tables=())
        self._believe({self._catalog.tables[name]: None for name in gone})
        self.state(statistics.tables)

    def state(self, tables: tuple[TableStatistics, ...]) -> None:
        """Believe this of these tables, and of the others what was believed."""
        stated = {t.table: t for t in tables if t.table in self._catalog.tables}
        merged = {**self.statistics.by_name, **stated}
        self.statistics = replace(self.statistics, tables=tuple(merged.values()))
        self._believe({self._catalog.tables[name]: t for name, t in stated.items()})

    def _believe(self, stated: dict[int, TableStatistics | None]) -> None:
        self._waiting |= stated
        if len(stated) < _MANY:
            self._settle(stated)

    @property
    def learnt(self) -> int:
        """How often the planner was asked what a partial index holds.

        It has then looked at an index which is there and has no height yet, and plans with that.
        """
        return self._shares.learnt

    def settle(self, text: str) -> None:
        """Have the planner see what is believed of the tables that a text mentions."""
        if self._waiting:
            self._settle(self.concerned(text))

    def settle_all(self) -> None:
        """Have the planner see all that is believed."""
        self._settle(tuple(self._waiting))

    def settle_read(self, plans: Sequence[Plan | None]) -> bool:
        """Have the planner see what is believed of the tables that the plans read.

        True if it had not: then the plans are not to be trusted.
        """
        if not self._waiting:
            return False
        read = {n.relation for plan in plans if plan for n in plan.walk() if n.relation}
        return self._settle({self._catalog.tables[t] for t in read & self._catalog.tables.keys()})

    def _settle(self, oids: Iterable[int]) -> bool:
        """Whether there was something to settle of these tables, or of what they are parts of."""
        if not self._waiting:
            return False
        homes = {self._homes[oid] for oid in oids}
        now = {o: t for o, t in self._waiting.items() if self._homes[o] in homes}
        if now:
            self._waiting = {o: t for o, t in self._waiting.items() if o not in now}
            self._restore(now)
        return bool(now)

    def concerned(self, text: str) -> set[int]:
        """The tables whose names, or whose indexes' names, stand somewhere in the text."""
        return {oid for word in words_of(text) for oid in self._mentions.get(word, ())}

    def homes(self, text: str) -> set[str]:
        """The tables that a text names, or of which it names a partition."""
        return {self._homes[oid] for oid in self.concerned(text)}

    def estimated(self, indexes: Iterable[Index]) -> int:
        """The pages that indexes take, by what is believed of their tables."""
        stated = self.statistics.by_name
        return sum(
            estimating.index_pages(i, stated[i.table], self._shares.of(self._guest(), i))
            for i in indexes
            if i.table in stated
        )

    def make(self, change: str, *, passing: bool = False) -> tuple[Index, ...]:
        """Run DDL inside the open transaction and give new indexes their size; returns them.

        Raises ServerRefusal; `passing` passes over the statements that are refused.
        """
        before = self.run(change, passing=passing)
        after = self._relations({r.table for r in before.values()})
        self._size(after.values())
        known = {r.file for r in before.values()}
        fresh = [r for r in after.values() if r.is_index and r.file not in known]
        if not fresh:
            return ()
        indexes = catalog.read_indexes(self._guest(), self._names, [r.oid for r in fresh])
        self._raise(fresh, indexes)
        return tuple(indexes[r.oid] for r in fresh if r.oid not in before and r.oid in indexes)

    def run(self, change: str, *, passing: bool = False) -> dict[int, Relation]:
        """Run DDL inside the open transaction, sizes left aside; what it concerns, as it was."""
        before = self._relations(self.concerned(change))
        with self._short(before.values()):
            for sql in plain_ddl(change):
                if passing:
                    self._run_if_taken(sql)
                else:
                    self._guest().run_one(sql)
        return before

    def _run_if_taken(self, sql: str) -> None:
        """Run a statement, or leave the transaction as it was; ServerRefusal where that is lost."""
        self._guest().run("SAVEPOINT before_it")
        try:
            self._guest().run_one(sql)
        except ServerRefusal:
            self._guest().run("ROLLBACK TO SAVEPOINT before_it")

    @contextlib.contextmanager
    def _short(self, found: Iterable[Relation]) -> Iterator[None]:
        """Tables' files are empty meanwhile, so that building an index reads no sparse blocks.

        The server must forget which files of a large table it has open: from the last of them it
        would infer the size. Changing the table's row in the catalog makes it forget.
        """
        pages = self._pages()
        sizing.resize_tables(found, dict.fromkeys(pages, 0))
        empty = [restoring.of_nothing(r) for r in found if not r.is_index and r.oid in pages]
        restoring.restore_sizes(self._guest(), empty)
        try:
            yield
        finally:
            sizing.resize_tables(found, pages)

    def _size(self, found: Iterable[Relation]) -> None:
        """Give tables their rows and pages; a rewrite has given them new files and no figures."""
        stated = self.statistics.by_name
        tables = [r for r in found if not r.is_index and self._names[r.oid] in stated]
        sizing.resize_tables(tables, self._pages())
        sized = [restoring.of_table(r, stated[self._names[r.oid]]) for r in tables]
        restoring.restore_sizes(self._guest(), sized)

    def _relations(self, tables: Iterable[int]) -> dict[int, Relation]:
        return sizing.relations(self._guest(), tables, self._files)

    def _pages(self) -> dict[int, int]:
        return {self._catalog.tables[t.table]: t.pages for t in self.statistics.tables
                if t.table in self._catalog.tables}  # fmt: skip

    def _restore(self, stated: dict[int, TableStatistics | None]) -> None:
        """Have the planner see these statistics; None for a table of which nothing is known."""
        if not stated:
            return
        try:
            self._try_to_restore(stated)
        except ServerRefusal as refusal:
            self._guest().run("ROLLBACK")
            raise EngineError(f"the twin does not take the statistics: {refusal}") from None

    def _try_to_restore(self, stated: dict[int, TableStatistics | None]) -> None:
        found = self._relations(stated)
        restoring.clear(self._guest(), {*stated, *found})
        described = [
            d for oid, t in stated.items() if t for d in restoring.of_columns(found[oid], t)
        ]
        refused = restoring.restore_columns(self._guest(), described)
        why = "the twin's column does not take all of its statistics"
        partly = (loading.LeftOut(where="statistics", what=c, why=why) for c in refused)
        self.refused = tuple(dict.fromkeys((*self.refused, *partly)))
        self._find_shares(found.values(), {oid: t for oid, t in stated.items() if t})
        sizing.resize_tables(found.values(), dict.fromkeys(stated, 0))
        tables = [r for r in found.values() if not r.is_index]
        restoring.restore_sizes(self._guest(), [restoring.of_nothing(r) for r in tables])
        self._rebuild(found.values(), stated)
        restoring.restore_sizes(
            self._guest(), [restoring.of_table(r, stated[r.oid]) for r in tables]
        )
        sizing.resize_tables(tables, self._pages())

    def _rebuild(
        self, found: Iterable[Relation], stated: dict[int, TableStatistics | None]
    ) -> None:
        """Give the tables' indexes new files of the right size.

        The server may hold pages of the old files in memory, and would go on reading those. The
        new ones must be in place before the commit, which reads what it has not logged.
        """
        indexes = [r for r in found if r.is_index and r.file]
        for start in range(0, len(indexes), _AT_ONCE):
            part = indexes[start : start + _AT_ONCE]
            self._guest().begin()
            self._guest().run(";".join(f"REINDEX INDEX {_place(r)}" for r in part))
            oids = {r.oid for r in part}
            now = self._relations({r.table for r in part} & set(stated))
            self._raise([r for r in now.values() if r.oid in oids], self._catalog.indexes)
            self._guest().run("COMMIT")

    def _raise(self, fresh: list[Relation], indexes: dict[int, Index]) -> None:
        """Give new, empty indexes the size, height and statistics of full ones."""
        known = [
            (r, indexes[r.oid], self.statistics.by_name[self._names[r.table]])
            for r in fresh
            if r.oid in indexes and self._names[r.table] in self.statistics.by_name
        ]
        fillings = {
            r.oid: self._fillings.of(i, t, self._given(r, i, t), self._shares.of(self._guest(), i))
            for r, i, t in known
        }
        for relation, _, _ in known:
            if relation.file:
                one = fillings[relation.oid]
                sizing.resize_index(relation.file, relation.method, one.pages, one.height)
        sized = [restoring.of_index(r, fillings[r.oid]) for r, _, _ in known]
        restoring.restore_sizes(self._guest(), sized)
        derived = [one for one in known if set(one[1].keys) - set(one[2].by_name)]
        if derived:
            self._describe(derived)

    def _given(
        self, relation: Relation, index: Index, table: TableStatistics
    ) -> IndexStatistics | None:
        """What was found of this very index: not of one that a change makes under its name."""
        return table.by_index.get(index.name) if relation.oid in self._catalog.indexes else None

    def _describe(self, known: list[tuple[Relation, Index, TableStatistics]]) -> None:
        """Give indexes on expressions the statistics of those, as found or derived."""
        names = catalog.read_attributes(self._guest(), [r.oid for r, _, _ in known])
        described: list[restoring.Described] = []
        for relation, index, table in known:
            given = self._given(relation, index, table)
            if given is None:
                described += restoring.of_expressions(relation, index, table, names)
            else:
                described += restoring.of_given(relation, given, names)
        restoring.restore_columns(self._guest(), described)

    def _find_shares(self, found: Iterable[Relation], stated: dict[int, TableStatistics]) -> None:
        """What partial indexes hold, asked while the tables have their new statistics and size."""
        self._shares.forget(self._names[oid] for oid in stated)
        known = {o: i for o, i in self._catalog.indexes.items() if i.predicate}
        partial = [r for r in found if r.table in stated and r.oid in known]
        tables = {r.table for r in partial}
        sized = [r for r in found if r.oid in tables]
        sizing.resize_tables(sized, self._pages())
        restoring.restore_sizes(
            self._guest(), [restoring.of_table(r, stated[r.oid]) for r in sized]
        )
        if partial:
            self._shares.learn(self._guest(), [known[r.oid] for r in partial])


def _place(relation: Relation) -> str:
    return f"{quote(relation.schema)}.{quote(relation.name)}"
