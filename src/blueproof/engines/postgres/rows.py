"""Small random rows in every table of a scratch database, as its powerless owner.

Whatever may run a person's code (conditions, defaults, domains) runs as the guest. Triggers are
off meanwhile. Rows that a condition refuses are left out; a table that stays empty is named.
"""

import contextlib
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from blueproof.engines.postgres.domains import Domain, Wishes, read_domains
from blueproof.engines.postgres.linking import Links, close_cycles, links_of, parents_first
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import STOPPED, Session
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Schema, Table

_NULLS = 0.2
_FAVOURED = 0.4  # of the rows have what the queries want, so that all conditions meet in some
_WANTED = 0.9  # of the columns in those rows
_SELDOM = 0.2  # and in the others
_COPIES = 0.2  # of rows in a table that has no key
_SPARE = 4  # candidates for a row where conditions may refuse many
_CHECK = re.compile(r"^CHECK \((.*)\)(?: NO INHERIT| NOT VALID| NOT ENFORCED)*$", re.DOTALL)
_TRIGGERS = """
SELECT DISTINCT t.tgrelid::regclass::text FROM pg_trigger t
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' ORDER BY 1
"""
VIEWS = "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'm' ORDER BY c.oid"

Row = dict[str, str | None]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """How many rows each table has, and which tables could be given none."""

    rows: tuple[tuple[str, int], ...]
    empty: tuple[str, ...]


def fill(  # noqa: PLR0913 (one call says all there is to say of the rows)
    guest: Session,
    schema: Schema,
    *,
    seed: int,
    rows_per_table: int = 40,
    literals: tuple[str, ...] = (),
    never_null: frozenset[str] = frozenset(),
    wanted: Mapping[str, tuple[str, ...]] | None = None,
    few_values: bool = False,
) -> Filled:
    """Fill every table; the same seed gives the same rows.

    `literals` are tried in every column whose type takes them, `wanted` ("table.column" to
    values) in that column; `never_null` names columns too. `few_values` makes most rows agree.
    Joins the transaction that is open, or makes one of its own and commits it. Raises the
    refusal only where the person's code ended the connection, and all rows with it.
    """
    wishes = Wishes(
        literals=literals,
        by_column=_passed_on(wanted or {}, schema),
        never_null=never_null,
        few=few_values,
    )
    own = _begin(guest)
    try:
        filled = _fill(guest, schema, wishes, seed, rows_per_table)
    except BaseException:
        if own:
            with contextlib.suppress(ServerRefusal):
                guest.run("ROLLBACK")
        raise
    if own:
        guest.run("COMMIT")
    return filled


def _passed_on(
    wanted: Mapping[str, tuple[str, ...]], schema: Schema
) -> Mapping[str, tuple[str, ...]]:
    """What is wanted, also of the columns that a column with a wish refers to."""
    found = dict(wanted)
    for key in schema.foreign_keys:
        for mine, theirs in zip(key.columns, key.referenced, strict=True):
            asked = found.get(f"{key.table}.{mine}", ())
            there = f"{key.references}.{theirs}"
            found[there] = tuple(dict.fromkeys((*found.get(there, ()), *asked)))
    return found


def _begin(guest: Session) -> bool:
    """Open a transaction unless one is open; True if this one is ours to end."""
    if attempt(guest, "SELECT 1"):
        return False
    guest.begin()
    return True


def attempt(guest: Session, sql: str) -> bool:
    """Run SQL of ours so that its failure leaves the transaction as it was; False if it fails."""
    return _refusal(guest, sql) is None


def _refusal(guest: Session, sql: str) -> ServerRefusal | None:
    before = guest.renewed
    try:
        guest.run("SAVEPOINT attempt")
    except ServerRefusal as refusal:
        return refusal
    try:
        guest.run(sql)
    except ServerRefusal as refusal:
        if guest.renewed != before:
            raise  # the transaction is gone with the connection
        guest.run("ROLLBACK TO attempt; RELEASE attempt")
        return refusal
    guest.run("RELEASE attempt")
    return None


def _fill(guest: Session, schema: Schema, wishes: Wishes, seed: int, count: int) -> Filled:
    rng = random.Random(seed)  # noqa: S311 (test data, and the same each time)
    domains = read_domains(guest, schema, wishes, rng, count)
    order, late = parents_first(schema)
    views = {name for (name,) in guest.run(VIEWS)}
    order = tuple(t for t in order if quote_table(t.name) not in views)
    undo = _quiet(guest, schema)
    for key in late:
        if all(_must(domains, key.table, column) for column in key.columns):
            attempt(
                guest, f"ALTER TABLE {quote_table(key.table)} DROP CONSTRAINT {quote(key.name)}"
            )
    for table in order if count else ():
        links = links_of(guest, schema, table, tuple(k for k in schema.foreign_keys
                                                     if k not in late))  # fmt: skip
        late_columns = frozenset(c for k in late if k.table == table.name for c in k.columns)
        maker = _Maker(domains[table.name], links, late_columns, rng)
        _insert(guest, schema, table, maker, count)
    if count:
        close_cycles(guest, schema, late, {t: _open(d) for t, d in domains.items()}, rng)
    _refresh(guest)
    for statement in undo:
        attempt(guest, statement)
    return _counted(guest, order)


def _must(domains: dict[str, dict[str, Domain]], table: str, column: str) -> bool:
    domain = domains.get(table, {}).get(column)
    return domain is not None and not domain.nullable


def _open(domains: dict[str, Domain]) -> dict[str, tuple[str, bool]]:
    """Of each column its type and whether it may be NULL."""
    return {name: (d.type, d.nullable) for name, d in domains.items()}


def _quiet(guest: Session, schema: Schema) -> list[str]:
    """Switch triggers and forced row security off; returns what switches them on again."""
    undo = ["SET CONSTRAINTS ALL IMMEDIATE"]
    for (name,) in guest.run(_TRIGGERS):
        if attempt(guest, f"ALTER TABLE {name} DISABLE TRIGGER USER"):
            undo.append(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    for table in schema.tables:
        name = quote_table(table.name)
        if table.owner_forced and attempt(guest, f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"):
            undo.append(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    return undo


def _refresh(guest: Session) -> None:
    for (name,) in guest.run(VIEWS):
        attempt(guest, f"REFRESH MATERIALIZED VIEW {name}")


def _counted(guest: Session, order: tuple[Table, ...]) -> Filled:
    names = [t.name for t in order]
    if not names:
        return Filled(rows=(), empty=())
    counts = guest.run(
        " UNION ALL ".join(
            f"SELECT {literal(n)}::text, (SELECT count(*) FROM {quote_table(n)})" for n in names
        )
    )
    rows = tuple((str(name), int(number)) for name, number in counts)
    return Filled(rows=rows, empty=tuple(name for name, number in rows if not number))


def literal(text: str | None, kind: str = "") -> str:
    """A value as SQL has it, with a cast where a type is given.

    >>> literal("it's", "text")
    "'it''s'::text"
    """
    bare = "NULL" if text is None else "'" + text.replace("'", "''") + "'"
    return f"{bare}::{kind}" if kind else bare


class _Maker:
    """Makes the rows of one table."""

    def __init__(
        self,
        domains: dict[str, Domain],
        links: Links,
        late: frozenset[str],
        rng: random.Random,
    ) -> None:
        self.columns = tuple(
            c
            for c, d in domains.items()
            if d.common or d.distinct or c in links.columns or (c in late and d.nullable)
        )
        self.domains = domains
        self._links = links
        self._late = late
        self._rng = rng
        self._left = {c: self._shuffled(domains[c]) for c in self.columns if domains[c].distinct}

    def row(self) -> Row | None:
        """A new row; None once a column that must differ in every row has run out of values."""
        chance = _WANTED if self._rng.random() < _FAVOURED else _SELDOM
        row = self._links.draw(self._rng, self.domains, chance)
        if row is None:
            return None
        for column in self.columns:
            if column in row:
                continue
            domain = self.domains[column]
            if domain.distinct and not self._left[column]:
                return None
            row[column] = self._value(column, domain, chance)
        return row

    def _value(self, column: str, domain: Domain, chance: float) -> str | None:
        nulls = _NULLS * (1 - chance) if domain.wanted else _NULLS
        if domain.nullable and (column in self._late or self._rng.random() < nulls):
            return None
        if domain.distinct:
            return self._left[column].pop()
        if not domain.common:
            return None
        wanted = domain.wanted and self._rng.random() < chance
        return self._rng.choice(domain.wanted if wanted else domain.common)

    def rows(self, count: int, *, copies: bool) -> list[Row]:
        """Up to so many rows, some of them twice where that is allowed."""
        made = [row for _ in range(count) if (row := self.row()) is not None]
        if copies and made:
            made[len(made) - int(len(made) * _COPIES) :] = [
                self._rng.choice(made) for _ in range(int(len(made) * _COPIES))
            ]
        return made

    def _shuffled(self, domain: Domain) -> list[str]:
        """All values in random order, those that the queries want to be taken first."""
        rest = [v for v in domain.distinct if v not in domain.wanted]
        self._rng.shuffle(rest)
        return [*rest, *domain.wanted]


def _insert(guest: Session, schema: Schema, table: Table, maker: _Maker, count: int) -> None:
    keyed = bool(table.primary_key or table.unique) or any(
        i.unique for i in schema.indexes_of(table.name)
    )
    spare = _SPARE if table.checks else 2 if keyed else 1
    rows = maker.rows(count * spare, copies=not keyed)
    maker_columns = maker.columns
    if not rows or not maker_columns:
        return
    types = {c: maker.domains[c].type for c in maker_columns}
    conditions = [f"({m[1]}) IS NOT FALSE" for c in table.checks if (m := _CHECK.match(c))]
    whole = _statement(table, types, rows, conditions, count)
    refused = _refusal(guest, whole)
    if refused is not None and refused.code != STOPPED:
        _insert_singly(guest, table, types, rows, count)


def _statement(
    table: Table, types: dict[str, str], rows: list[Row], conditions: list[str], count: int
) -> str:
    names = ", ".join(quote(c) for c in types)
    first = f"({', '.join(literal(rows[0][c], kind) for c, kind in types.items())})"
    others = (f"({', '.join(literal(row[c]) for c in types)})" for row in rows[1:])
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return (
        f"INSERT INTO {quote_table(table.name)} ({names}) OVERRIDING SYSTEM VALUE "
        f"SELECT * FROM (VALUES {', '.join((first, *others))}) AS v ({names}){where} "
        f"LIMIT {count} ON CONFLICT DO NOTHING"
    )


def _insert_singly(
    guest: Session, table: Table, types: dict[str, str], rows: list[Row], count: int
) -> None:
    """Insert one row after another, leaving out those that are refused."""
    names, made = ", ".join(quote(c) for c in types), 0
    for row in rows:
        if made == count:
            return
        cells = ", ".join(literal(row[c]) for c in types)
        refused = _refusal(
            guest,
            f"INSERT INTO {quote_table(table.name)} ({names}) OVERRIDING SYSTEM VALUE "
            f"VALUES ({cells})",
        )
        if refused is not None and refused.code == STOPPED:
            return
        made += refused is None
