"""The planner twin: an empty database that plans as the full one would.

Built from DDL and statistics; see README.md beside this file for the method and its limits.
"""

import contextlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Self

from blueproof.core.errors import EngineError, InputError
from blueproof.engines.postgres import (
    catalog,
    estimating,
    extended,
    loading,
    pages,
    restoring,
    sizing,
)
from blueproof.engines.postgres.catalog import Catalog
from blueproof.engines.postgres.explaining import Explainer, check_plannable
from blueproof.engines.postgres.filling import filling
from blueproof.engines.postgres.mentioning import mentions, words_of
from blueproof.engines.postgres.migrating import plain_ddl
from blueproof.engines.postgres.refusal import ServerRefusal, as_answer
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.sharing import Shares
from blueproof.engines.postgres.sizing import Relation
from blueproof.engines.postgres.trial import Trial
from blueproof.sql.names import quote
from blueproof.sql.plan import Plan, Refused
from blueproof.sql.schema import Index, Schema
from blueproof.sql.statistics import IndexStatistics, Statistics, TableStatistics

__all__ = ["Refused", "Twin", "built"]

_AT_ONCE = 200  # indexes in one transaction; each takes a few of the server's locks


class Twin:
    """An empty database on a private server, with another database's statistics.

    Make it with the schema's DDL, call `set_statistics`, then ask `plan`. `left_out` names what
    of the DDL is not in it, `refused` what of the statistics it could not take.
    Once the DDL has begun to run, nothing runs with more power than it.
    """

    def __init__(self, server: Server, ddl: str, *, path: str = "schema.sql") -> None:
        self._server = server
        self._name = server.create_database()
        self._guest = server.guest(self._name)
        try:
            self.left_out = self._load(ddl, path)
            self._catalog, self._extended = _read_back(self._guest, path)
        except BaseException:
            self.close()
            raise
        self.schema = self._catalog.schema
        self.statistics = Statistics(tables=(), until=date.min)
        self.refused: tuple[loading.LeftOut, ...] = ()
        self._names = {oid: name for name, oid in self._catalog.tables.items()}
        self._mentions = mentions(self._catalog)
        self._asked = Explainer(session=lambda: self._guest, until=lambda: self.statistics.until)
        self._shares = Shares()

    def _load(self, ddl: str, path: str) -> tuple[loading.LeftOut, ...]:
        with contextlib.closing(self._server.admin(self._name)) as admin:
            left_out = loading.load(ddl, path=path, guest=self._guest, admin=admin)
        self._server.forget_settings(self._name)
        self._guest.close()  # settings and temporary objects of the script end here
        self._guest = self._server.guest(self._name)
        return left_out

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the database and the connection to it."""
        self._guest.close()
        self._server.drop_database(self._name)

    def set_statistics(self, statistics: Statistics) -> None:
        """Have the planner see these rows, pages and columns; may be called again."""
        gone = set(self.statistics.by_name) - set(statistics.by_name)
        self.refused = self._set_planner(statistics.settings)
        self.refused += self._extend(statistics)
        self.statistics = replace(statistics, tables=())
        self._state({self._catalog.tables[name]: None for name in gone})
        self.restate(statistics.tables)

    def _extend(self, statistics: Statistics) -> tuple[loading.LeftOut, ...]:
        """Have the planner see the extended statistics; returns what it will not see of them."""
        refused: tuple[loading.LeftOut, ...] = ()
        if statistics.extended or self.statistics.extended:
            with contextlib.closing(self._server.admin(self._name)) as admin:
                refused = extended.write_extended(
                    admin, self._guest, self._extended, statistics.extended
                )
        given = any(t.indexes is not None for t in statistics.tables)
        unknown = extended.missing(self._extended, statistics.extended) if given else ()
        return (*refused, *unknown)

    def _set_planner(self, settings: tuple[tuple[str, str], ...]) -> tuple[loading.LeftOut, ...]:
        """Have the planner of this database use these settings; returns those it refuses."""
        if settings == self.statistics.settings:
            return ()
        refused = self._server.set_planner(self._name, settings)
        self._guest.close()  # a session keeps the settings that it began with
        self._guest = self._server.guest(self._name)
        why = "PostgreSQL 18 does not know it"
        return tuple(loading.LeftOut(where="statistics", what=w, why=why) for w in refused)

    def restate(self, tables: tuple[TableStatistics, ...]) -> None:
        """Give these tables other rows, pages and columns, and leave the others as they are."""
        stated = {t.table: t for t in tables if t.table in self._catalog.tables}
        merged = {**self.statistics.by_name, **stated}
        self.statistics = replace(self.statistics, tables=tuple(merged.values()))
        self._state({self._catalog.tables[name]: t for name, t in stated.items()})

    def plan(self, query: str, changes: tuple[str, ...] = ()) -> Plan:
        """The plan of a query once the changes (DDL scripts) are made; nothing stays changed.

        Parameters ($1) are planned as a generic plan does. Raises Refused with the server's words.
        """
        check_plannable(query)
        with self._changed(changes):
            return self._asked.explain(query, pristine=not changes)

    def cost(self, query: str, changes: tuple[str, ...] = ()) -> float | None:
        """Total planner cost once the changes are made; None if it cannot be planned."""
        try:
            return self.plan(query, changes).cost
        except Refused:
            return None

    def costs(self, queries: tuple[str, ...], changes: tuple[str, ...] = ()) -> tuple[float, ...]:
        """Total cost of each query once the changes are made; infinite if it cannot be planned.

        Raises Refused if a change cannot be made.
        """
        return tuple(p.cost if p else math.inf for p in self.plans(queries, changes))

    def plans(
        self, queries: tuple[str, ...], changes: tuple[str, ...] = ()
    ) -> tuple[Plan | None, ...]:
        """The plan of each query once the changes are made; None if it cannot be planned.

        Raises Refused if a change cannot be made.
        """
        found: list[Plan | None] = []
        while len(found) < len(queries):
            found += self._until_refused(queries[len(found) :], changes)
        return tuple(found)

    def parse(self, query: str) -> None:
        """Have the server read a query and find every name in it; Refused where it cannot."""
        with self._changed(()):
            self._asked.parse(query)

    @contextlib.contextmanager
    def trial(self, made: tuple[str, ...] = ()) -> Iterator[Trial]:
        """Room to try many indexes at once, on top of those that `made` creates; gone at the end.

        Meanwhile this twin is asked through the trial alone.
        """
        with contextlib.closing(self._server.admin(self._name)) as admin:
            room = Trial(
                admin=admin,
                guest=self._guest,
                make=self._make,
                explain=self._asked.briefly,
                explain_fully=lambda query: self._asked.explain(query, pristine=False),
            )
            try:
                room.keep(made)
                yield room
            finally:
                room.close()

    def index_bytes(self, change: str) -> int:
        """Estimated bytes on disk of the indexes that this DDL creates."""
        stated = self.statistics.by_name
        with self._guest.rolled_back():
            sizes = [
                estimating.index_pages(i, stated[i.table], self._shares.of(self._guest, i))
                for i in self._make(change)
                if i.table in stated
            ]
        return sum(sizes) * pages.PAGE

    def schema_after(self, *changes: str) -> Schema:
        """The schema as it would be after the changes; nothing stays changed."""
        with self._changed(changes):
            try:
                about = self._concerned("\n".join(changes))
                return catalog.read_schema_after(self._guest, self._catalog, changes, about)
            except ServerRefusal as refusal:
                raise Refused(reason=str(refusal)) from None

    @contextlib.contextmanager
    def _changed(self, changes: tuple[str, ...]) -> Iterator[None]:
        """A transaction in which the changes are made, and which is rolled back."""
        with self._guest.rolled_back():
            if changes:
                self._make("\n;\n".join(changes))
            yield

    def _until_refused(
        self, queries: tuple[str, ...], changes: tuple[str, ...]
    ) -> list[Plan | None]:
        """Plans up to and with the first query that is refused: it ends the transaction."""
        found: list[Plan | None] = []
        with self._changed(changes):
            for query in queries:
                try:
                    found.append(self._asked.explain(query, pristine=not changes))
                except Refused:
                    return [*found, None]
        return found

    def _make(self, change: str) -> tuple[Index, ...]:
        """Run DDL inside the open transaction and give new indexes their size; returns them."""
        try:
            return self._try_to_make(change)
        except ServerRefusal as refusal:
            raise as_answer(refusal) from None

    def _try_to_make(self, change: str) -> tuple[Index, ...]:
        before = self._relations(self._concerned(change))
        with self._short(before.values()):
            for sql in plain_ddl(change):
                self._guest.run_one(sql)
        after = self._relations({r.table for r in before.values()})
        self._size(after.values())
        known = {r.file for r in before.values()}
        fresh = [r for r in after.values() if r.is_index and r.file not in known]
        if not fresh:
            return ()
        indexes = catalog.read_indexes(self._guest, self._names, [r.oid for r in fresh])
        self._raise(fresh, indexes)
        return tuple(indexes[r.oid] for r in fresh if r.oid not in before and r.oid in indexes)

    @contextlib.contextmanager
    def _short(self, found: Iterable[Relation]) -> Iterator[None]:
        """Tables' files are empty meanwhile, so that building an index reads no sparse blocks.

        The server must forget which files of a large table it has open: from the last of them it
        would infer the size. Changing the table's row in the catalog makes it forget.
        """
        pages = self._pages()
        sizing.resize_tables(found, dict.fromkeys(pages, 0))
        empty = [restoring.of_nothing(r) for r in found if not r.is_index and r.oid in pages]
        restoring.restore_sizes(self._guest, empty)
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
        restoring.restore_sizes(self._guest, sized)

    def _concerned(self, change: str) -> set[int]:
        """The tables whose names, or whose indexes' names, stand somewhere in the text."""
        return {oid for word in words_of(change) for oid in self._mentions.get(word, ())}

    def _relations(self, tables: Iterable[int]) -> dict[int, Relation]:
        return sizing.relations(self._guest, tables, self._server.data)

    def _pages(self) -> dict[int, int]:
        return {self._catalog.tables[t.table]: t.pages for t in self.statistics.tables
                if t.table in self._catalog.tables}  # fmt: skip

    def _state(self, stated: dict[int, TableStatistics | None]) -> None:
        """Have the planner see these statistics; None for a table of which nothing is known."""
        if not stated:
            return
        try:
            self._try_to_state(stated)
        except ServerRefusal as refusal:
            self._guest.run("ROLLBACK")
            raise EngineError(f"the twin does not take the statistics: {refusal}") from None

    def _try_to_state(self, stated: dict[int, TableStatistics | None]) -> None:
        found = self._relations(stated)
        restoring.clear(self._guest, {*stated, *found})
        described = [
            d for oid, t in stated.items() if t for d in restoring.of_columns(found[oid], t)
        ]
        refused = restoring.restore_columns(self._guest, described)
        why = "the twin's column does not take all of its statistics"
        partly = (loading.LeftOut(where="statistics", what=c, why=why) for c in refused)
        self.refused = tuple(dict.fromkeys((*self.refused, *partly)))
        self._find_shares(found.values(), {oid: t for oid, t in stated.items() if t})
        sizing.resize_tables(found.values(), dict.fromkeys(stated, 0))
        tables = [r for r in found.values() if not r.is_index]
        restoring.restore_sizes(self._guest, [restoring.of_nothing(r) for r in tables])
        self._rebuild(found.values(), stated)
        restoring.restore_sizes(self._guest, [restoring.of_table(r, stated[r.oid]) for r in tables])
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
            self._guest.begin()
            self._guest.run(";".join(f"REINDEX INDEX {_place(r)}" for r in part))
            oids = {r.oid for r in part}
            now = self._relations({r.table for r in part} & set(stated))
            self._raise([r for r in now.values() if r.oid in oids], self._catalog.indexes)
            self._guest.run("COMMIT")

    def _raise(self, fresh: list[Relation], indexes: dict[int, Index]) -> None:
        """Give new, empty indexes the size, height and statistics of full ones."""
        known = [
            (r, indexes[r.oid], self.statistics.by_name[self._names[r.table]])
            for r in fresh
            if r.oid in indexes and self._names[r.table] in self.statistics.by_name
        ]
        fillings = {
            r.oid: filling(i, t, self._given(r, i, t), self._shares.of(self._guest, i))
            for r, i, t in known
        }
        for relation, _, _ in known:
            if relation.file:
                one = fillings[relation.oid]
                sizing.resize_index(relation.file, relation.method, one.pages, one.height)
        sized = [restoring.of_index(r, fillings[r.oid]) for r, _, _ in known]
        restoring.restore_sizes(self._guest, sized)
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
        names = catalog.read_attributes(self._guest, [r.oid for r, _, _ in known])
        described: list[restoring.Described] = []
        for relation, index, table in known:
            given = self._given(relation, index, table)
            if given is None:
                described += restoring.of_expressions(relation, index, table, names)
            else:
                described += restoring.of_given(relation, given, names)
        restoring.restore_columns(self._guest, described)

    def _find_shares(self, found: Iterable[Relation], stated: dict[int, TableStatistics]) -> None:
        """What partial indexes hold, asked while the tables have their new statistics and size."""
        self._shares.forget(self._names[oid] for oid in stated)
        known = {o: i for o, i in self._catalog.indexes.items() if i.predicate}
        partial = [r for r in found if r.table in stated and r.oid in known]
        tables = {r.table for r in partial}
        sized = [r for r in found if r.oid in tables]
        sizing.resize_tables(sized, self._pages())
        restoring.restore_sizes(self._guest, [restoring.of_table(r, stated[r.oid]) for r in sized])
        if partial:
            self._shares.learn(self._guest, [known[r.oid] for r in partial])


def _read_back(guest: Session, path: str) -> tuple[Catalog, tuple[extended.Extended, ...]]:
    try:
        return catalog.read_catalog(guest), extended.read_extended(guest)
    except ServerRefusal as refusal:
        raise InputError(f"{path}: the schema cannot be read back: {refusal}") from None


def _place(relation: Relation) -> str:
    return f"{quote(relation.schema)}.{quote(relation.name)}"


@contextlib.contextmanager
def built(server: Server, ddl: str, statistics: Statistics | None = None) -> Iterator[Twin]:
    """A twin from DDL and statistics, gone at the end."""
    with Twin(server, ddl) as twin:
        if statistics is not None:
            twin.set_statistics(statistics)
        yield twin
