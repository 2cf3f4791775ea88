"""What each column may hold, as the server sees it: the values to draw from, all checked by it."""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from blueproof.engines.postgres import values
from blueproof.engines.postgres.putting import attempted, literal
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.sql.schema import Column, Schema, Table

_NAME = "CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END"
_TYPES = """
SELECT format_type(t.oid, NULL), t.typtype::text, format_type(t.typbasetype, t.typtypmod),
  t.typnotnull, ARRAY(SELECT e.enumlabel::text FROM pg_enum e
     WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder),
  ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
     WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.oid)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('d', 'e') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
_PARTITIONS = f"""
SELECT {_NAME}, pg_get_partkeydef(i.inhparent), pg_get_expr(p.relpartbound, p.oid)
FROM pg_class p JOIN pg_inherits i ON i.inhrelid = p.oid
JOIN pg_class c ON c.oid = pg_partition_root(p.oid)
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE p.relispartition AND p.relkind IN ('r', 'p') ORDER BY p.oid
"""
_PARTITION_KEY = re.compile(r'^(?:RANGE|LIST) \("?([^",()]+)"?\)$')
_FROM = re.compile(r"FROM \((.*?)\) TO")
# A column draws from a handful of values, so that rows agree and joins find partners.
_FEW = (1, 2)
_SOME = (3, 6)
_NULLS = 0.2
_UNEVEN_NULLS = (0.0, 0.0, 0.1, 0.3, 0.6, 0.9)


class Domain(NamedTuple):
    """What to put into a column: `wanted` by the queries, else `common`; `distinct` for keys.

    Some cells hold the `ends` of the type instead. A tuple, since each database draws one for each
    column.
    """

    type: str
    common: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    nullable: bool = True
    nulls: float = 0.2
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the queries would like to find: literals for any column, values for single ones.

    `by_column` goes by "table.column"; `never_null` holds such names too.
    """

    literals: tuple[str, ...] = ()
    by_column: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    never_null: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the rows of one database are like.

    `rows` is how many a table has at most. `few` makes most rows agree; `uneven` leaves some
    tables empty or nearly so, and some columns without NULL or full of them; `extreme` adds the
    ends of each type (largest, smallest, NaN, long texts), which may overflow; `infinite` adds
    days and moments that are infinite.
    """

    rows: int = 40
    few: bool = False
    uneven: bool = False
    extreme: bool = False
    infinite: bool = False


@dataclass(frozen=True, kw_only=True)
class _Type:
    """A domain or enum of the person's: what lies under it, its labels and its conditions."""

    under: str
    not_null: bool
    labels: tuple[str, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """Values offered to a column."""

    column: Column
    common: tuple[str, ...]
    literals: tuple[str, ...]
    wanted: tuple[str, ...]
    distinct: tuple[str, ...]
    extreme: tuple[str, ...]
    infinite: tuple[str, ...]
    nullable: bool

    @property
    def texts(self) -> tuple[str, ...]:
        """All values of the offer."""
        return (*self.common, *self.literals, *self.wanted, *self.distinct, *self.extreme,
                *self.infinite)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Offers:
    """The values offered to each column of each table, all of them checked by the server."""

    by_table: Mapping[str, tuple[_Offer, ...]]

    def draw(self, rng: random.Random, shape: Shape) -> dict[str, dict[str, Domain]]:
        """For each table, what each column that can be filled holds in one database."""
        return {
            name: {o.column.name: _domain(o, shape, rng) for o in offers}
            for name, offers in self.by_table.items()
        }


def read_offers(guest: Session, schema: Schema, wishes: Wishes, count: int) -> Offers:
    """What to draw from; at most `count` rows are planned for a table."""
    types = {row[0]: _Type(under=row[2], not_null=row[3], labels=tuple(row[4]),
                           checks=tuple(row[5])) for row in guest.run(_TYPES)}  # fmt: skip
    fixed = _partition_values(guest)
    offers = {
        table.name: [
            _offer(c, table, _Making(schema, types, wishes, fixed, count))
            for c in table.columns
            if not c.computed
        ]
        for table in schema.tables
        if not table.partition_of
    }
    valid = _valid(guest, chain.from_iterable(offers.values()))
    return Offers(
        by_table={
            name: tuple(_checked(offer, valid) for offer in columns)
            for name, columns in offers.items()
        }
    )


@dataclass(frozen=True)
class _Making:
    """What an offer is made from."""

    schema: Schema
    types: dict[str, _Type]
    wishes: Wishes
    fixed: dict[str, tuple[str, ...]]
    count: int


def _offer(column: Column, table: Table, making: _Making) -> _Offer:
    name = f"{table.name}.{column.name}"
    kind, not_null, checks = _resolved(column.type, making.types)
    conditions = [c for c in table.checks if re.search(rf"\b{re.escape(column.name)}\b", c)]
    from_checks = values.neighbours(values.literals_in(" ".join((*checks, *conditions))))
    labels = column.values or _labels(kind, making.types)
    wanted = making.wishes.by_column.get(name, ())
    common: tuple[str, ...]
    literals: tuple[str, ...]
    if name in making.fixed:
        common, literals, wanted = making.fixed[name], (), ()
    elif labels:
        common, literals = values.arrays(labels) if kind.endswith("[]") else labels, ()
    else:
        common, literals = values.pool(kind, from_checks), making.wishes.literals
        common = (*from_checks, *common)
        if kind.endswith("[]") or values.base(kind) in {"json", "jsonb"}:
            common = values.pool(kind, literals)
        literals = (*literals, *values.spans(kind, literals))
    closed = bool(labels) or name in making.fixed
    return _Offer(
        column=column,
        common=tuple(dict.fromkeys(common)),
        literals=literals,
        wanted=wanted,
        distinct=values.fresh(kind, making.count * 2) if _alone(column, table, making) else (),
        extreme=() if closed else values.extremes(kind),
        infinite=() if closed else values.infinite(kind),
        nullable=not (column.not_null or not_null or name in making.wishes.never_null)
        and column.name not in table.primary_key,
    )


def _resolved(kind: str, types: dict[str, _Type]) -> tuple[str, bool, tuple[str, ...]]:
    """The type under a domain, whether a domain on the way forbids NULL, and their conditions."""
    not_null, checks = False, list[str]()
    while kind in types and not types[kind].labels:
        not_null = not_null or types[kind].not_null
        checks += types[kind].checks
        kind = types[kind].under
    return kind, not_null, tuple(checks)


def _labels(kind: str, types: dict[str, _Type]) -> tuple[str, ...]:
    found = types.get(kind.removesuffix("[]"))
    return found.labels if found else ()


def _alone(column: Column, table: Table, making: _Making) -> bool:
    """Whether no two rows may agree in this column alone."""
    keys = {i.keys for i in making.schema.indexes_of(table.name) if i.unique and i.plain}
    return table.is_key((column.name,)) or (column.name,) in keys


def _partition_values(guest: Session) -> dict[str, tuple[str, ...]]:
    """The values of partition keys for which there is a partition."""
    found: dict[str, tuple[str, ...]] = {}
    for table, key, bound in guest.run(_PARTITIONS):
        column = _PARTITION_KEY.match(key or "")
        if column is None or not bound or bound == "DEFAULT":
            continue
        start = _FROM.search(bound)
        texts = values.literals_in(start[1])[:1] if start else values.literals_in(bound)
        name = f"{table}.{column[1]}"
        found[name] = (*found.get(name, ()), *_within(texts, ranged=start is not None))
    return found


def _within(texts: tuple[str, ...], *, ranged: bool) -> tuple[str, ...]:
    """The start of a partition and a little after it, or the values that a list names."""
    if not ranged:
        return texts
    return tuple(chain.from_iterable((t, *values.around(t)[2:4]) for t in texts))


def _valid(guest: Session, offers: Iterable[_Offer]) -> frozenset[tuple[str, str]]:
    """Which of the offered (type, text) the server takes as a value of the type."""
    by_type: dict[str, dict[str, None]] = {}
    for offer in offers:
        by_type.setdefault(offer.column.type, {}).update(dict.fromkeys(offer.texts))
    pairs = ", ".join(
        f"({literal(text)}, {literal(kind)})" for kind, texts in by_type.items() for text in texts
    )
    asked = f"SELECT k, v FROM (VALUES {pairs}) AS u (v, k) WHERE pg_input_is_valid(v, k)"
    found = attempted(guest, asked) if pairs else []
    if not isinstance(found, ServerRefusal):
        return frozenset((str(kind), str(text)) for kind, text in found)
    return frozenset(
        (kind, text) for kind, texts in by_type.items() for text in accepted(guest, kind, [*texts])
    )


def accepted(guest: Session, kind: str, texts: list[str]) -> list[str]:
    """Those of the texts that the server takes as values of the type; all if it cannot tell."""
    try:
        guest.run("SAVEPOINT accepted")
        rows = guest.run_one(
            "SELECT v FROM unnest($1::text[]) WITH ORDINALITY AS u (v, o) "
            "WHERE pg_input_is_valid(v, $2) ORDER BY o",
            (texts, kind),
        )
    except ServerRefusal:
        guest.run("ROLLBACK TO accepted")  # a domain's condition raised an error of its own
        return texts
    guest.run("RELEASE accepted")
    return [str(row[0]) for row in rows]


def _checked(offer: _Offer, valid: frozenset[tuple[str, str]]) -> _Offer:
    """The offer with what the server takes of it."""

    def taken(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t for t in texts if (offer.column.type, t) in valid))

    return replace(
        offer,
        common=taken(offer.common),
        literals=taken(offer.literals),
        wanted=taken(offer.wanted),
        distinct=taken((*offer.common, *offer.distinct)) if offer.distinct else (),
        extreme=taken(offer.extreme),
        infinite=taken(offer.infinite),
    )


def _domain(offer: _Offer, shape: Shape, rng: random.Random) -> Domain:
    size = rng.randint(*(_FEW if shape.few else _SOME))
    plain, literals = offer.common, offer.literals
    near = plain[: 2 * size]
    some = rng.sample(near, min(len(near), size)) + rng.sample(plain, min(len(plain), size // 2))
    asked = rng.sample(literals, min(len(literals), size))
    ends = offer.extreme if shape.extreme else offer.infinite if shape.infinite else ()
    return Domain(
        type=offer.column.type,
        common=tuple(dict.fromkeys((*some, *asked))),
        wanted=offer.wanted,
        distinct=(*offer.distinct, *ends) if offer.distinct else (),
        nullable=offer.nullable,
        ends=ends,
        nulls=rng.choice(_UNEVEN_NULLS) if shape.uneven or shape.few else _NULLS,
    )
