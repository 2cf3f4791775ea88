"""The planner twin: an empty database that plans as the full one would.

Built from DDL and statistics; see README.md beside this file for the method and its limits.
"""

import contextlib
import math
from collections.abc import Iterator
from typing import Self

from blueproof.core.errors import InputError
from blueproof.engines.postgres import catalog, extended, loading, pages
from blueproof.engines.postgres.answered import Answered
from blueproof.engines.postgres.catalog import Catalog
from blueproof.engines.postgres.explaining import Explainer, check_plannable
from blueproof.engines.postgres.keeping import Loaded
from blueproof.engines.postgres.recalling import Recalling, Recollection
from blueproof.engines.postgres.refusal import ServerRefusal, as_answer
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.stating import Stating
from blueproof.engines.postgres.trial import Trial
from blueproof.sql.plan import Plan, Refused
from blueproof.sql.schema import Index, Schema
from blueproof.sql.statistics import Statistics, TableStatistics

__all__ = ["Refused", "Twin", "built"]


class Twin:
    """An empty database on a private server, with another database's statistics.

    Make it with the schema's DDL, call `set_statistics`, then ask `plan`. `left_out` names what
    of the DDL is not in it, `refused` what of the statistics it could not take.
    Once the DDL has begun to run, nothing runs with more power than it.
    """

    def __init__(self, server: Server, ddl: str, *, path: str = "schema.sql") -> None:
        self._server = server
        loaded = server.take_loaded(ddl, path)
        self._name = loaded.name if loaded else server.create_database()
        self._guest = server.guest(self._name)
        self._admin: Session | None = None
        try:
            self.left_out = loaded.left_out if loaded else self._load(ddl, path)
            self._catalog, self._extended = _read_back(self._guest, path)
        except BaseException:
            self.close()
            raise
        self.schema = self._catalog.schema
        self._stating = Stating(
            guest=lambda: self._guest, files=self._server.data, known=self._catalog
        )
        self._asked = Explainer(session=lambda: self._guest, until=lambda: self.statistics.until)
        self._answered = Answered()
        self._recalled = Recollection()
        self._refused: tuple[loading.LeftOut, ...] = ()

    def _load(self, ddl: str, path: str) -> tuple[loading.LeftOut, ...]:
        with contextlib.closing(self._server.admin(self._name)) as admin:
            left_out = loading.load(ddl, path=path, guest=self._guest, admin=admin)
        self._server.forget_settings(self._name)
        self._guest.close()  # settings and temporary objects of the script end here
        self._server.keep_loaded(ddl, path, Loaded(name=self._name, left_out=left_out))
        self._guest = self._server.guest(self._name)
        return left_out

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the database and the connections to it."""
        self._guest.close()
        if self._admin is not None:
            self._admin.close()
        self._server.drop_database(self._name)

    @property
    def statistics(self) -> Statistics:
        """What the planner believes."""
        return self._stating.statistics

    @property
    def refused(self) -> tuple[loading.LeftOut, ...]:
        """What the planner was not given of the statistics of the tables asked about so far."""
        return (*self._refused, *self._stating.refused)

    def set_statistics(self, statistics: Statistics) -> None:
        """Have the planner see these rows, pages and columns; may be called again."""
        self._answered.forget()
        self._recalled.forget()
        self._refused = self._set_planner(statistics.settings)
        self._refused += self._extend(statistics)
        self._stating.begin(statistics)

    def restate(self, tables: tuple[TableStatistics, ...]) -> None:
        """Give these tables other rows, pages and columns, and leave the others as they are."""
        self._answered.forget()
        self._recalled.forget()
        self._stating.state(tables)

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

    def plan(self, query: str, changes: tuple[str, ...] = ()) -> Plan:
        """The plan of a query once the changes (DDL scripts) are made; nothing stays changed.

        Parameters ($1) are planned as a generic plan does. Raises Refused with the server's words.
        """
        known = self._answered.plan(query, changes)
        if known:
            return known
        check_plannable(query)
        while True:
            learnt = self._stating.learnt
            with self._changed(changes, query):
                plan = self._asked.explain(query, pristine=not changes)
            if not self._stating.settle_read((plan,)):
                if learnt == self._stating.learnt:
                    self._answered.keep_plan(query, changes, plan)
                return plan

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
        found = {query: self._answered.plan(query, changes) for query in queries}
        left = tuple(query for query, plan in found.items() if plan is None)
        while left:
            learnt = self._stating.learnt
            plans = self._until_refused(left, changes)
            if self._stating.settle_read(plans):
                continue
            for query, plan in zip(left, plans, strict=False):
                found[query] = plan
                if plan and learnt == self._stating.learnt:
                    self._answered.keep_plan(query, changes, plan)
            left = left[len(plans) :]
        return tuple(found[query] for query in queries)

    def parse(self, query: str) -> None:
        """Have the server read a query and find every name in it; Refused where it cannot."""
        with self._changed(()):
            self._asked.parse(query)

    @contextlib.contextmanager
    def trial(
        self, made: tuple[str, ...] = (), queries: tuple[str, ...] | None = None
    ) -> Iterator[Trial]:
        """Room to try many indexes at once, on top of those that `made` creates; gone at the end.

        Meanwhile this twin is asked through the trial alone, about these queries only if some are
        named.
        """
        if queries is None:
            self._stating.settle_all()
        else:
            self.plans(queries, made)
        if self._admin is None:
            self._admin = self._server.admin(self._name)
        else:
            self._admin.revive()
        room = Trial(
            admin=self._admin,
            guest=self._guest,
            make=lambda change, passing: self._make(change, passing=passing),
            explain=self._asked.briefly,
            explain_fully=lambda query: self._asked.explain(query, pristine=False),
        )
        try:
            room.keep(made)
            yield room
        finally:
            room.close()

    @contextlib.contextmanager
    def search(
        self, made: tuple[str, ...] = (), queries: tuple[str, ...] | None = None
    ) -> Iterator[Recalling]:
        """A trial that is not asked again what an earlier one of these has answered."""
        room = Recalling(
            known=self._recalled,
            open=lambda: self.trial(made, queries),
            made=made,
            concerning=self._concerning,
            learnt=lambda: self._stating.learnt,
        )
        try:
            yield room
        finally:
            room.close()

    def _concerning(self, changes: tuple[str, ...], texts: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the changes that are about a table that the texts name; all where views may."""
        if self.schema.views or self.schema.functions:
            return changes
        tables = self._stating.homes("\n".join(texts))
        return tuple(c for c in changes if tables & self._stating.homes(c))

    def index_bytes(self, change: str) -> int:
        """Estimated bytes on disk of the indexes that this DDL creates."""
        size = self._answered.bytes_of(change)
        if size is None:
            with self._changed((), change):
                size = self._stating.estimated(self._make(change)) * pages.PAGE
            self._answered.keep_bytes(change, size)
        return size

    def schema_after(self, *changes: str) -> Schema:
        """The schema as it would be after the changes; nothing stays changed."""
        with self._changed((), *changes):
            try:
                text = "\n;\n".join(changes)
                # What a partial index holds is asked as soon as it is met, by whoever meets it.
                (self._stating.make if "WHERE" in text.upper() else self._stating.run)(text)
                about = self._stating.concerned(text)
                return catalog.read_schema_after(self._guest, self._catalog, changes, about)
            except ServerRefusal as refusal:
                raise as_answer(refusal) from None

    @contextlib.contextmanager
    def _changed(self, changes: tuple[str, ...], *about: str) -> Iterator[None]:
        """A transaction in which the changes are made, and which is rolled back.

        What tables the changes and the texts mention have their statistics by then.
        """
        self._stating.settle("\n".join((*changes, *about)))
        with self._guest.rolled_back():
            if changes:
                self._make("\n;\n".join(changes))
            yield

    def _until_refused(
        self, queries: tuple[str, ...], changes: tuple[str, ...]
    ) -> list[Plan | None]:
        """Plans up to and with the first query that is refused: it ends the transaction."""
        found: list[Plan | None] = []
        with self._changed(changes, *queries):
            for query in queries:
                try:
                    found.append(self._asked.explain(query, pristine=not changes))
                except Refused:
                    return [*found, None]
        return found

    def _make(self, change: str, *, passing: bool = False) -> tuple[Index, ...]:
        """Run DDL inside the open transaction and give new indexes their size; returns them."""
        try:
            return self._stating.make(change, passing=passing)
        except ServerRefusal as refusal:
            raise as_answer(refusal) from None


def _read_back(guest: Session, path: str) -> tuple[Catalog, tuple[extended.Extended, ...]]:
    try:
        return catalog.read_catalog(guest), extended.read_extended(guest)
    except ServerRefusal as refusal:
        raise InputError(f"{path}: the schema cannot be read back: {refusal}") from None


@contextlib.contextmanager
def built(server: Server, ddl: str, statistics: Statistics | None = None) -> Iterator[Twin]:
    """A twin from DDL and statistics, gone at the end."""
    with Twin(server, ddl) as twin:
        if statistics is not None:
            twin.set_statistics(statistics)
        yield twin
