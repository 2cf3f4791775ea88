"""The subject of every PostgreSQL rule: schema, statistics, queries with their plans, a planner."""

import math
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from blueproof.core.scene import Excerpt
from blueproof.sql.names import quote_table
from blueproof.sql.plan import ExtensionMissing, Plan, Refused
from blueproof.sql.queries import Query
from blueproof.sql.ran import Run
from blueproof.sql.schema import Schema
from blueproof.sql.statistics import Statistics
from blueproof.sql.uses import Use, read_uses


class Tried(Protocol):
    """What a query costs with some indexes shown, and which of those tried its plan reads."""

    @property
    def cost(self) -> float:
        """Total planner cost; infinite where the query cannot be planned."""

    @property
    def used(self) -> frozenset[str]:
        """The names of the tried indexes that the plan reads."""


class Room(Protocol):
    """Room to try many indexes: made once, each shown to the planner or hidden."""

    @property
    def asked(self) -> int:
        """How often the planner was asked so far."""

    def add(self, statements: dict[str, str]) -> dict[str, int]:
        """Make the indexes (name to CREATE INDEX), hidden; bytes of those that can be made."""

    def cost(self, query: str, shown: frozenset[str], among: frozenset[str]) -> Tried:
        """What the query costs if, of the indexes `among`, only those `shown` are there."""


class Clock(Protocol):
    """A copy of the database on whose rows queries are timed; what is built there is gone after.

    Queries are texts with $1, $2...; an index is known by what CREATE INDEX says after its name,
    extended statistics by "STATISTICS" and what CREATE STATISTICS says after theirs. Refused where
    the copy no longer answers.
    """

    @property
    def name(self) -> str:
        """Where the copy is, without a password."""

    @property
    def refused(self) -> Mapping[str, str]:
        """Why an index could not be built, or a query not be timed."""

    def described(self, expressions: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """What its rows say of each expression over a table, as comments of statistics."""

    def build(self, definitions: Iterable[str]) -> dict[str, int]:
        """Build indexes and statistics; bytes of those that are there."""

    def time(self, queries: dict[str, float], shown: frozenset[str]) -> dict[str, Run]:
        """How queries run, each with the milliseconds after which it is stopped."""

    def run(self, query: str, most: float) -> Run | None:
        """How one query runs as the copy is now."""

    def changed(self, shown: frozenset[str], settings: str = "") -> AbstractContextManager[None]:
        """Only these of what was built are there meanwhile, and this SQL has been run."""


class Planner(Protocol):
    """Something that plans queries with or without changes to the schema; costs in planner units.

    A change is a script of DDL. Each method raises the planner's refusal if a change cannot be
    made.
    """

    def costs(self, queries: tuple[str, ...], changes: tuple[str, ...] = ()) -> tuple[float, ...]:
        """Total cost of each query once the changes are made; infinite if it cannot be planned."""

    def plans(
        self, queries: tuple[str, ...], changes: tuple[str, ...] = ()
    ) -> tuple[Plan | None, ...]:
        """The plan of each query once the changes are made; None if it cannot be planned."""

    def index_bytes(self, change: str) -> int:
        """Estimated size on disk, in bytes, of the indexes that this DDL would create."""

    def search(
        self, made: tuple[str, ...] = (), queries: tuple[str, ...] | None = None
    ) -> AbstractContextManager[Room]:
        """Room to try many indexes for these queries, on top of those that `made` creates."""

    def plan(self, query: str, changes: tuple[str, ...] = ()) -> Plan:
        """The plan of a query once the changes are made; Refused with the planner's words."""

    def schema_after(self, *changes: str) -> Schema:
        """The schema as it would be after the changes."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A query, its plan and what it asks of each table; `refused` says why there is no plan.

    `excerpt` is where its text stands; `slot` the advice that rewrote it, if any did.
    """

    query: Query
    excerpt: Excerpt
    plan: Plan | None = None
    refused: str = ""
    slot: str = ""

    @property
    def name(self) -> str:
        """The query's name as the person knows it."""
        return self.query.name

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """How the query reads each table; empty if it cannot be planned."""
        return read_uses(self.plan) if self.plan else ()

    @property
    def cost(self) -> float:
        """Planner cost now; 0 if it cannot be planned."""
        return self.plan.cost if self.plan else 0.0


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that advice has made to the schema: its file, and the slot that decided it."""

    slot: str
    file: Excerpt


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database as advice has left it so far; `changes` came before, in this order.

    `doubtful` are tables of which something could not be made on the twin; `measured` is whether
    the statistics come from the database, `space` the bytes that new indexes may take, if limited.
    `ddl` is the schema as it was handed over, `untried` what was advised and cannot be made here.
    `clock` is a copy with rows, if the person allows one to be measured on; `set` are the slots of
    settings that advice has changed; `leader` is what the person calls who has power over others.
    """

    schema: Schema
    statistics: Statistics
    queries: tuple[Planned, ...]
    planner: Planner
    changes: tuple[Change, ...] = ()
    doubtful: frozenset[str] = frozenset()
    measured: bool = False
    space: int | None = None
    ddl: str = ""
    untried: tuple[Change, ...] = ()
    clock: Clock | None = None
    set: frozenset[str] = frozenset()
    leader: str = ""

    @property
    def made(self) -> tuple[str, ...]:
        """The texts of the changes made so far."""
        return tuple(change.file.text for change in self.changes)

    def changes_for(self, query: "Planned") -> tuple[Change, ...]:
        """The changes made so far to tables that the query reads."""
        tables = {quote_table(self.home(use.table)) for use in query.uses}
        return tuple(c for c in self.changes if any(f" {t} " in c.file.text for t in tables))

    def given(self, table: str) -> bool:
        """Whether the columns of a table are known from the database itself, not assumed."""
        return self.measured and table in self.statistics.by_name

    @property
    def room(self) -> float:
        """Bytes that further new indexes may take; infinite without a limit."""
        if self.space is None:
            return math.inf
        made = (c.file.text for c in self.changes if "CREATE INDEX" in c.file.text)
        return self.space - sum(self.planner.index_bytes(text) for text in made)

    def rows(self, table: str) -> int:
        """The rows of a table; 0 where nothing is known."""
        known = self.statistics.by_name.get(table)
        return known.rows if known else 0

    def home(self, table: str) -> str:
        """The table itself, or the partitioned table at the top whose partition it is."""
        return self.schema.home(table)

    def readers(self, table: str) -> tuple[Planned, ...]:
        """The planned queries that read a table, or a partition of it."""
        return tuple(q for q in self.queries if any(self.home(u.table) == table for u in q.uses))

    @property
    def index_names(self) -> frozenset[str]:
        """The names of all indexes, without their schemas."""
        return frozenset(i.name.rpartition(".")[2].strip('"') for i in self.schema.indexes)

    def after(self, changes: tuple[Change, ...], rewritten: dict[str, Planned]) -> "Database":
        """The database once the changes are made and the named queries have another text."""
        schema, possible = self._made_with(changes)
        changed = replace(
            self,
            changes=(*self.changes, *possible),
            untried=(*self.untried, *(c for c in changes if c not in possible)),
        )
        texts = tuple(rewritten.get(q.name, q) for q in self.queries)
        plans = self.planner.plans(tuple(q.query.text for q in texts), changed.made)
        queries = tuple(
            plan_query(self.planner, q, changed.made) if plan is None else _with_plan(q, plan)
            for q, plan in zip(texts, plans, strict=True)
        )
        return replace(changed, schema=schema, queries=queries)

    def _made_with(self, changes: tuple[Change, ...]) -> tuple[Schema, tuple[Change, ...]]:
        """The schema after all changes, or after those that need no extension missing here."""
        if not changes:
            return self.schema, ()
        made = self.made
        try:
            return self.planner.schema_after(*made, *(c.file.text for c in changes)), changes
        except ExtensionMissing:
            possible = tuple(c for c in changes if self._is_possible(c))
        return self.planner.schema_after(*made, *(c.file.text for c in possible)), possible

    def _is_possible(self, change: Change) -> bool:
        try:
            self.planner.schema_after(*self.made, change.file.text)
        except ExtensionMissing:
            return False
        return True


def _with_plan(query: Planned, plan: Plan) -> Planned:
    """The query with its plan; the very same, and what was read of its plan, where that is."""
    if query.plan == plan and not query.refused:
        return query
    return replace(query, plan=plan, refused="")


def plan_query(planner: Planner, query: Planned, changes: tuple[str, ...] = ()) -> Planned:
    """The query with its plan, or with the planner's reason for having none."""
    try:
        plan = planner.plan(query.query.text, changes)
    except Refused as refusal:
        return replace(query, plan=None, refused=refusal.reason)
    return replace(query, plan=plan, refused="")
