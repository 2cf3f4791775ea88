"""Small random rows in every table of a scratch database, as its powerless owner.

Whatever may run a person's code (conditions, defaults, domains) runs as the guest. Triggers are
off meanwhile. Rows that a condition refuses are left out; a table that stays empty is named.
"""

import contextlib
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from blueproof.engines.postgres import linking
from blueproof.engines.postgres.domains import Domain, Shape, Wishes, read_offers
from blueproof.engines.postgres.linking import close_cycles, links_of, parents_first
from blueproof.engines.postgres.making import Maker
from blueproof.engines.postgres.putting import Batch, Row, attempt, literal, put, statement
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import ForeignKey, Schema, Table

_SPARE = 4  # candidates for a row where conditions may refuse many
_SOME_SPARE = 2  # and where rows may be in each other's way
_CHECK = re.compile(r"^CHECK \((.*)\)(?: NO INHERIT| NOT VALID| NOT ENFORCED)*$", re.DOTALL)
_TRIGGERS = """
SELECT DISTINCT t.tgrelid::regclass::text FROM pg_trigger t
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' ORDER BY 1
"""
_DEFERRABLE = "SELECT EXISTS (SELECT FROM pg_constraint WHERE condeferrable)"
VIEWS = "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'm' ORDER BY c.oid"

Domains = dict[str, dict[str, Domain]]


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
    wishes = Wishes(literals=literals, by_column=wanted or {}, never_null=never_null)
    own = _begin(guest)
    try:
        generator = Generator(guest, schema, wishes, rows_per_table)
        rng = random.Random(seed)  # noqa: S311 (test data, and the same each time)
        generator.fill(rng, Shape(rows=rows_per_table, few=few_values))
        filled = _counted(guest, generator.order)
    except BaseException:
        if own:
            with contextlib.suppress(ServerRefusal):
                guest.run("ROLLBACK")
        raise
    if own:
        guest.run("COMMIT")
    return filled


def _begin(guest: Session) -> bool:
    """Open a transaction unless one is open; True if this one is ours to end."""
    if attempt(guest, "SELECT 1"):
        return False
    guest.begin()
    return True


class Generator:
    """Makes rows in every table, database after database; the catalog is read once.

    It joins the transaction that is open. `order` is that in which the tables are filled; a table
    has at most `most_rows`.
    """

    def __init__(self, guest: Session, schema: Schema, wishes: Wishes, most_rows: int) -> None:
        wishes = replace(wishes, by_column=_passed_on(wishes.by_column, schema))
        self._guest = guest
        self._schema = schema
        self.offers = read_offers(guest, schema, wishes, most_rows)
        order, self._late = parents_first(schema)
        self._early = tuple(k for k in schema.foreign_keys if k not in self._late)
        self._views = tuple(name for (name,) in guest.run(VIEWS))
        self.order = tuple(t for t in order if quote_table(t.name) not in self._views)
        self._loud = tuple(name for (name,) in guest.run(_TRIGGERS))
        self._deferrable = bool(guest.run(_DEFERRABLE)[0][0])

    def fill(self, rng: random.Random, shape: Shape) -> None:
        """Make the rows of one database; the same state of `rng` gives the same rows."""
        domains = self.offers.draw(rng, shape)
        with self._at_rest():
            for key in self._late:
                if all(_must(domains, key.table, column) for column in key.columns):
                    self._drop(key)
            if shape.rows:
                self._fill_all(domains, rng, shape)

    def put(
        self, database: Mapping[str, list[Row]], types: Mapping[str, Mapping[str, str]]
    ) -> bool:
        """Make exactly these rows, by table; False if the server refuses some.

        Keys that refer in a circle are not checked.
        """
        batches = [
            Batch(table=t.name, types=types[t.name], rows=rows, exact=True)
            for t in self.order
            if (rows := database.get(t.name))
        ]
        with self._at_rest():
            for key in self._late:
                self._drop(key)
            return attempt(self._guest, "; ".join(map(statement, batches)) or "SELECT 1")

    def _fill_all(self, domains: Domains, rng: random.Random, shape: Shape) -> None:
        kept: dict[str, list[Row]] = {}
        waiting: list[Batch] = []
        names = {t.name for t in self.order}
        for table in self.order:
            parents = {k.references for k in self._early if k.table == table.name}
            if parents & {b.table for b in waiting} or not parents <= names:
                kept |= put(self._guest, waiting)
                waiting = []
            count = rng.choice((0, 1, 2, *(shape.rows,) * 4)) if shape.uneven else shape.rows
            batch = self._batch(table, domains[table.name], kept, rng, count)
            if batch:
                waiting.append(batch)
            else:
                kept[table.name] = []
        put(self._guest, waiting)
        types = {t: {name: (d.type, d.nullable) for name, d in of.items()}
                 for t, of in domains.items()}  # fmt: skip
        close_cycles(self._guest, self._schema, self._late, types, rng)

    def _batch(
        self,
        table: Table,
        domains: dict[str, Domain],
        kept: Mapping[str, list[Row]],
        rng: random.Random,
        count: int,
    ) -> Batch | None:
        def targets(key: ForeignKey) -> list[linking.Key]:
            rows = kept.get(key.references)
            if rows is None:
                return linking.targets(self._guest, key)
            found = {tuple(row[c] for c in key.referenced) for row in rows}
            return sorted((k for k in found if None not in k), key=str)

        links = links_of(self._schema, table, self._early, targets)
        late = frozenset(c for k in self._late if k.table == table.name for c in k.columns)
        maker = Maker(domains, links, late, rng)
        rows = maker.rows(count * self._spare(table), copies=not self._keyed(table))
        if not rows or not maker.columns:
            return None
        referred = (c for k in self._early if k.references == table.name for c in k.referenced)
        return Batch(
            table=table.name,
            types={c: domains[c].type for c in maker.columns},
            rows=rows,
            most=count,
            conditions=tuple(f"({m[1]}) IS NOT FALSE" for c in table.checks
                             if (m := _CHECK.match(c))),
            returning=tuple(dict.fromkeys(referred)),
        )  # fmt: skip

    def _keyed(self, table: Table) -> bool:
        unique = any(i.unique for i in self._schema.indexes_of(table.name))
        return unique or bool(table.primary_key or table.unique)

    def _spare(self, table: Table) -> int:
        """How many candidates there are for each row that is wanted."""
        if not all(_met(check, table) for check in table.checks):
            return _SPARE
        alone = all(
            len(i.keys) == 1 and i.plain for i in self._schema.indexes_of(table.name) if i.unique
        )
        return 1 if alone else _SOME_SPARE

    def _drop(self, key: ForeignKey) -> None:
        """Do without a foreign key until the transaction is rolled back."""
        table, name = quote_table(key.table), quote(key.name)
        attempt(self._guest, f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    @contextlib.contextmanager
    def _at_rest(self) -> Iterator[None]:
        """Switch triggers and forced row security off, and on again; views are refreshed then."""
        guest, undo = self._guest, list[str]()
        for name in self._loud:
            if attempt(guest, f"ALTER TABLE {name} DISABLE TRIGGER USER"):
                undo.append(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        for table in self._schema.tables:
            name, force = quote_table(table.name), "FORCE ROW LEVEL SECURITY"
            if table.owner_forced and attempt(guest, f"ALTER TABLE {name} NO {force}"):
                undo.append(f"ALTER TABLE {name} {force}")
        yield
        for name in self._views:
            attempt(guest, f"REFRESH MATERIALIZED VIEW {name}")
        if self._deferrable:
            attempt(guest, "SET CONSTRAINTS ALL IMMEDIATE")
        for text in undo:
            attempt(guest, text)


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


def _must(domains: Domains, table: str, column: str) -> bool:
    domain = domains.get(table, {}).get(column)
    return domain is not None and not domain.nullable


def _met(check: str, table: Table) -> bool:
    """Whether what is drawn meets the condition anyway: it lists the values of one column."""
    named = [c for c in table.columns if re.search(rf"\b{re.escape(c.name)}\b", check)]
    return len(named) == 1 and bool(named[0].values)


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
