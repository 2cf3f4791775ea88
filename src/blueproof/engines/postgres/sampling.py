"""Values for a query's parameters, taken from the rows that they are compared with."""

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from blueproof.engines.postgres import values
from blueproof.engines.postgres.domains import Shape
from blueproof.engines.postgres.putting import attempted, literal
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.sql.elements import element_of, elements
from blueproof.sql.lexer import tokens
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Schema
from blueproof.sql.trees import spelled_apart

# The reader mistakes "$1,$2" for a string, so that parameters are read under names of ours.
_NAMED = "blueproof_parameter_"
_COMPARED = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.In, exp.Between),
    *(
        exp.NullSafeEQ,
        exp.NullSafeNEQ,
        exp.SimilarTo,
        exp.ArrayContainsAll,
        exp.ArrayOverlaps,
        exp.Overlaps,
    ),
)
_SAME = (exp.EQ, exp.In, exp.NullSafeEQ)
_NULLS = 0.06
_ENDS = 0.25  # of the values, where they may be the ends of their types
_VARIED = 0.15  # of the texts have another case, a space more
_TEXTUAL = frozenset({"text", "character varying", "character"})
_TYPED = 0.12  # of the values come from the type alone, though rows would offer some
_MOST_SAMPLES = 200
_ANY: tuple[object, ...] = ("a", "b", "1", 1, True, None)
_INTEGER = re.compile(r"-?[1-9]\d{0,14}")
_LIMITS = (1, 5)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """An expression over one table that something is held against."""

    table: str
    alias: str
    sql: str
    same: bool
    pattern: bool = False


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a query compares: its parameters with what, its columns with which literals.

    `tables` are all that it names; empty where the query could not be read.
    """

    parameters: Mapping[int, tuple[Compared, ...]] = field(default_factory=dict)
    limits: frozenset[int] = frozenset()
    offsets: frozenset[int] = frozenset()
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tables: frozenset[str] = frozenset()


def read(text: str, schema: Schema) -> Reading:
    """Read a query; what cannot be read is left out, as only the choice of values hangs on it."""
    named = "".join(
        f"{_NAMED}{t.text[1:]}" if t.kind == "parameter" else t.text for t in tokens(text)
    )
    try:
        tree = sqlglot.parse_one(spelled_apart(named), read="postgres")
    except (ParseError, TokenError):
        return Reading()
    return _Reader(tree, schema).reading()


class _Reader:
    """Walks a query's tree and books its comparisons."""

    def __init__(self, tree: exp.Expr, schema: Schema) -> None:
        self._tree = tree
        self._schema = schema
        self._tables = {
            t.alias_or_name: f"{t.db}.{t.name}" if t.db and t.db != "public" else t.name
            for t in tree.find_all(exp.Table)
        }
        self._made = {cte.alias for cte in tree.find_all(exp.CTE)}
        self._elements = dict(elements(tree))
        self._parameters: dict[int, list[Compared]] = {}
        self._wanted: dict[str, list[str]] = {}
        self._documents: dict[str, list[dict[str, object]]] = {}

    def reading(self) -> Reading:
        for node in self._tree.find_all(*_COMPARED):
            self._book(node)
        for insert in self._tree.find_all(exp.Insert):
            self._book_insert(insert)
        for name, documents in self._documents.items():
            together = {key: value for found in documents for key, value in found.items()}
            self._wanted.setdefault(name, []).extend(map(json.dumps, (together, *documents)))
        return Reading(
            parameters={n: tuple(c) for n, c in self._parameters.items()},
            limits=self._counts(exp.Limit, exp.Fetch),
            offsets=self._counts(exp.Offset),
            wanted={n: tuple(dict.fromkeys(v)) for n, v in self._wanted.items()},
            tables=frozenset(self._tables.values()) - self._made,
        )

    def _counts(self, *kinds: type[exp.Expr]) -> frozenset[int]:
        return frozenset(n for node in self._tree.find_all(*kinds) for n in _numbers(node))

    def _book(self, node: exp.Expr) -> None:
        for side, other in _pairs(node):
            compared = self._compared(side, node)
            if compared is None:
                continue
            for number in _numbers(other):
                self._parameters.setdefault(number, []).append(compared)
            self._want(side, other)

    def _compared(self, side: exp.Expr, node: exp.Expr) -> Compared | None:
        if isinstance(side, exp.Any):
            return self._of_array(side.this.unnest(), node)
        found = {self._alias_of(self._array(c) or c) for c in _columns(side)}
        if len(found) != 1 or _numbers(side) or side.find(exp.Select, exp.AggFunc):
            return None
        alias = found.pop()
        if alias is None:
            return None
        quoted = exp.to_identifier(alias, quoted=True)
        shown = side.copy()
        for column in _columns(shown):
            array = self._array(column)
            if array is None:
                column.set("table", quoted)
                continue
            shown = _put(shown, column, element_of(exp.column(array.this, table=quoted)))
        return Compared(
            table=self._tables[alias],
            alias=alias,
            sql=shown.sql("postgres"),
            same=isinstance(node, _SAME),
            pattern=isinstance(node, (exp.Like, exp.ILike)),
        )

    def _of_array(self, column: exp.Expr, node: exp.Expr) -> Compared | None:
        """What is held against an array's elements by = ANY (tags)."""
        alias = self._alias_of(column) if isinstance(column, exp.Column) else None
        if alias is None:
            return None
        array = exp.column(column.this.copy(), table=exp.to_identifier(alias, quoted=True))
        shown = element_of(array).sql("postgres")
        same = isinstance(node, _SAME)
        return Compared(table=self._tables[alias], alias=alias, sql=shown, same=same)

    def _array(self, column: exp.Column) -> exp.Column | None:
        """The array whose elements unnest() gives out under the column's name."""
        return self._elements.get((column.table, column.name))

    def _alias_of(self, column: exp.Column) -> str | None:
        """The alias of the table that the column is of; guessed by its name behind a WITH."""
        if column.table in self._tables and self._tables[column.table] not in self._made:
            return column.table
        return next(
            (
                alias
                for alias, table in self._tables.items()
                if table in self._schema.by_name
                and column.name in self._schema.by_name[table].by_name
            ),
            None,
        )

    def _want(self, side: exp.Expr, other: exp.Expr) -> None:
        column = side.find(exp.Column)
        alias = self._alias_of(column) if column else None
        if column is None or alias is None or other.find(exp.Select):
            return
        texts = [_without_wildcards(found.this) for found in other.find_all(exp.Literal)]
        name = f"{self._tables[alias]}.{column.name}"
        keys = [str(key.this) for key in side.find_all(exp.JSONPathKey)]
        if keys:
            self._documents.setdefault(name, []).extend(_documents(keys, texts))
        else:
            self._wanted.setdefault(name, []).extend(values.neighbours(texts))

    def _book_insert(self, node: exp.Insert) -> None:
        target, given = node.this, node.expression
        if not isinstance(target, exp.Schema) or not isinstance(given, exp.Values):
            return
        table = target.this.sql("postgres").replace('"', "")
        for line in given.expressions:
            for column, cell in zip(target.expressions, line.expressions, strict=False):
                compared = Compared(
                    table=table, alias="t", sql=f"t.{quote(column.name)}", same=False
                )
                for number in _numbers(cell):
                    self._parameters.setdefault(number, []).append(compared)


def _put(tree: exp.Expr, old: exp.Expr, new: exp.Expr) -> exp.Expr:
    """The tree with a part replaced, which may be all of it."""
    if tree is old:
        return new
    old.replace(new)
    return tree


def _pairs(node: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """What is held against what, both ways round, rows in parentheses column by column."""
    mine, theirs = node.this, node.args.get("expression")
    if isinstance(mine, exp.Tuple) and isinstance(theirs, exp.Tuple):
        pairs = list(zip(mine.expressions, theirs.expressions, strict=False))
    else:
        sides = [node.args.get(name) for name in ("expression", "low", "high")]
        pairs = [(mine, s) for s in (*sides, *(node.args.get("expressions") or ())) if s]
    for one, other in pairs:
        yield one, other
        yield other, one


def _without_wildcards(text: str) -> str:
    return text.replace("%", "").replace("_", "x") if "%" in text else text


def _documents(keys: list[str], texts: list[str]) -> list[dict[str, object]]:
    """Documents with such values (or a few others) below the keys, the innermost key first."""
    found: list[dict[str, object]] = []
    near = values.neighbours(texts)
    scalars = [int(text) for text in near if _INTEGER.fullmatch(text)]
    for value in (*near, *scalars) or _ANY:
        document: object = value
        for key in keys:
            document = {key: document}
        assert isinstance(document, dict), "there is a key"
        found.append(document)
    return found


def _columns(node: exp.Expr) -> list[exp.Column]:
    return [c for c in node.find_all(exp.Column) if not c.name.startswith(_NAMED)]


def _numbers(node: exp.Expr) -> list[int]:
    return [
        int(c.name.removeprefix(_NAMED))
        for c in node.find_all(exp.Column)
        if c.name.startswith(_NAMED)
    ]


@dataclass(frozen=True, kw_only=True)
class Drawer:
    """Draws values for parameters: `types` as the server inferred them, `readings` of queries."""

    types: Mapping[int, str]
    readings: tuple[Reading, ...]
    literals: tuple[str, ...]
    free: Mapping[int, list[str]] = field(default_factory=dict)
    ends: Mapping[int, list[str]] = field(default_factory=dict)
    infinite: Mapping[int, list[str]] = field(default_factory=dict)

    @property
    def limits(self) -> frozenset[int]:
        """The parameters that bound a number of rows."""
        return frozenset(n for r in self.readings for n in r.limits)

    @property
    def offsets(self) -> frozenset[int]:
        """The parameters that pass over a number of rows."""
        return frozenset(n for r in self.readings for n in r.offsets)

    def settled(self, guest: Session) -> "Drawer":
        """The same with what each type offers, which no rows change."""
        kinds = self.types.items()
        return replace(
            self,
            free={n: _taken(guest, k, (*values.pool(k)[:12], *self.literals)) for n, k in kinds},
            ends={n: _taken(guest, k, values.extremes(k)) for n, k in kinds},
            infinite={n: _taken(guest, k, values.infinite(k)) for n, k in kinds},
        )

    def offered(self, guest: Session, shape: Shape) -> "Offered":
        """What the rows that are there now offer; the ends of each type too where wanted."""
        ends = self.ends if shape.extreme else self.infinite if shape.infinite else {}
        places = self._places
        rows = {place: self._sample(guest, place, group) for place, group in places.items()}
        return Offered(
            rows=tuple((tuple(group), rows[place]) for place, group in places.items()),
            compared={n: c for group in places.values() for n, c in group.items()},
            drawer=self,
            ends=ends,
        )

    @cached_property
    def _places(self) -> dict[tuple[str, str], dict[int, Compared]]:
        """For each table, under each of its aliases, which parameters are held against it."""
        groups: dict[tuple[str, str], dict[int, Compared]] = {}
        for reading in self.readings:
            for number, compared in reading.parameters.items():
                if number in self.types:
                    first = compared[0]
                    groups.setdefault((first.table, first.alias), {}).setdefault(number, first)
        return groups

    def _sample(
        self, guest: Session, place: tuple[str, str], group: Mapping[int, Compared]
    ) -> list[tuple[str | None, ...]]:
        cells = []
        for number, compared in group.items():
            kind = self.types[number].removesuffix("[]")
            text = f"({compared.sql})::text"
            cells.append(
                f"CASE WHEN pg_input_is_valid({text}, {literal(kind)}) "
                f"THEN ({text})::{kind}::text END"
            )
        table, alias = place
        found = attempted(
            guest,
            f"SELECT {', '.join(cells)} FROM {quote_table(table)} AS {quote(alias)} "
            f"ORDER BY {', '.join(str(n + 1) for n in range(len(cells)))} LIMIT {_MOST_SAMPLES}",
        )
        return [] if isinstance(found, ServerRefusal) else found


def _taken(guest: Session, kind: str, texts: tuple[str, ...]) -> list[str]:
    """Those of the texts that are values of the type, as the server prints them."""
    if not texts:
        return []
    offered = ", ".join(f"({literal(text)})" for text in texts)
    found = attempted(
        guest,
        f"SELECT CASE WHEN pg_input_is_valid(v, {literal(kind)}) THEN v::{kind}::text END "
        f"FROM (VALUES {offered}) AS u (v)",
    )
    return [] if isinstance(found, ServerRefusal) else [str(v) for (v,) in found if v is not None]


@dataclass(frozen=True, kw_only=True)
class Offered:
    """Values to draw from: whole rows of samples, and those that the types offer."""

    rows: tuple[tuple[tuple[int, ...], list[tuple[str | None, ...]]], ...]
    compared: Mapping[int, Compared]
    drawer: Drawer
    ends: Mapping[int, list[str]]

    def draw(self, rng: random.Random, most_rows: int) -> dict[int, str | None]:
        """A value for each parameter; those held equal to one table's columns fit one row."""
        drawn: dict[int, str | None] = {}
        for numbers, rows in self.rows:
            anchor = rng.choice(rows) if rows else ()
            for place, number in enumerate(numbers):
                known = any(row[place] is not None for row in rows)
                if not known or rng.random() < _TYPED:
                    continue
                row = anchor if self.compared[number].same else rng.choice(rows)
                drawn[number] = self._shaped(number, row[place], rows, place, rng)
        for number in self.drawer.types:
            if number in self.drawer.offsets:
                near = rng.random() < 0.5  # noqa: PLR2004 (pages that surely exist, and others)
                drawn[number] = str(rng.randint(0, 4 if near else max(1, most_rows)))
            elif number in self.drawer.limits:
                drawn[number] = str(rng.randint(*_LIMITS))
            elif rng.random() < _NULLS:
                drawn[number] = None
            elif self.ends.get(number) and rng.random() < _ENDS:
                drawn[number] = rng.choice(self.ends[number])
            elif number not in drawn:
                free = self.drawer.free.get(number)
                drawn[number] = rng.choice(free) if free else None
        return drawn

    def _shaped(
        self,
        number: int,
        value: str | None,
        rows: list[tuple[str | None, ...]],
        place: int,
        rng: random.Random,
    ) -> str | None:
        """The value as the parameter takes it: some of them for an array, a pattern for LIKE."""
        if self.drawer.types[number].endswith("[]"):
            several = [rng.choice(rows)[place] for _ in range(rng.randint(0, 2))]
            return values.listed(v for v in (value, *several) if v is not None)
        if self.compared[number].pattern and value and rng.random() < 0.5:  # noqa: PLR2004 (with and without a wildcard)
            return re.sub(r"([%_\\])", r"\\\1", value[:2]) + "%"
        if value and self.drawer.types[number] in _TEXTUAL and rng.random() < _VARIED:
            return rng.choice(values.variants((value,)) or (value,))
        return value
