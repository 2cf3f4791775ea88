"""The tables of a wish as what its words may name: things, columns, times, money, states."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from blueproof.advisors.query.stems import parts, root, roots, singular
from blueproof.sql.schema import Column, ForeignKey, Schema, Table

_ALIKE = (
    frozenset("customer client buyer shopper".split()),
    frozenset("user member person account people player".split()),
    frozenset("order purchase buy".split()),
    frozenset("product item article good".split()),
    frozenset("payment transaction pay charge".split()),
    frozenset("employee staff worker colleague".split()),
    frozenset("login signin logon".split()),
    frozenset("company organization organisation firm business account tenant".split()),
    frozenset("movie film".split()),
    frozenset("invoice bill".split()),
    frozenset("trip ride journey".split()),
    frozenset("booking reservation appointment".split()),
    frozenset("student pupil learner".split()),
    frozenset("teacher instructor".split()),
    frozenset("doctor physician".split()),
    frozenset("picture photo image".split()),
    frozenset("visit session".split()),
    frozenset("review rating".split()),
)
_UNITS = frozenset(
    "id cents cent pence minor usd eur gbp at on date time timestamp ts ms sec secs uuid name key"
    " code pct micros total".split()
)
_MONEY = re.compile(
    r"(?:.*_)?(?:total|amount|price|revenue|fare|cost|fee|value|paid|subtotal|sales|charge|net"
    r"|gross|spend|donation|salary|payment|income|earnings)(?:_(?:cents?|usd|eur|gbp|pence|minor"
    r"|amount|total|price|value|paid|net|gross|micros))*"
)
_UNIT_PRICE = re.compile(r"(?:unit|item|list|sale|selling|each)?_?price(?:_\w+)?|.*price_each")
_QUANTITY = re.compile(r"(?:.*_)?(?:quantity|qty|units|pieces|amount_ordered|item_count)")
_NOT_WHEN = re.compile(
    r"(?:.*_)?(?:updated|modified|deleted|cancell?ed|verified|archived|expires?|expired|due|birth"
    r"|dob|birthday|ends?|ended|finish|finished|closed|resolved|refunded|delivered|completed"
    r"|returned|shipped|read|to|until)(?:_(?:at|on|date|time|day))?"
)
_STATE = re.compile(r"(?:.*_)?(?:status|state)")
_LABEL = re.compile(r"(?:.*_)?(?:name|title|username|label|handle|subject|email|code|sku|slug)")
_FIRST_LABELS = ("name", "title", "full_name", "username", "label", "subject")
_NUMERIC = ("bigint", "integer", "smallint", "numeric", "real", "double precision", "money")
_LONGEST = 4


@dataclass(frozen=True, kw_only=True)
class Named:
    """A place in the words that names a table, or a column of one."""

    table: str
    start: int
    end: int
    column: str = ""
    full: bool = True


def is_time(column: Column) -> bool:
    """Whether a column holds a day or a moment."""
    return column.type.startswith("timestamp") or column.type == "date"


def is_number(column: Column) -> bool:
    """Whether a column holds numbers."""
    return column.type.startswith(_NUMERIC)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    return any(
        {singular(one), singular(other)} <= group or {one, other} <= {root(w) for w in group}
        for group in _ALIKE
    )


@dataclass(frozen=True)
class Ground:
    """The schema, asked for what words name."""

    schema: Schema

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables that may be meant."""
        return tuple(t for t in self.schema.tables if not t.partition_of)

    def table(self, name: str) -> Table:
        """The table of that name; KeyError for none."""
        return self.schema.by_name[name]

    def type_of(self, table: str, column: str) -> str:
        """The type of a column as PostgreSQL prints it."""
        return self.table(table).by_name[column].type

    # -- tables

    def named_tables(self, text: str) -> Iterator[Named]:
        """The tables that a text names, in their order; the longest name at a place."""
        words = list(re.finditer(r"[A-Za-z_][\w]*", text))
        at = 0
        while at < len(words):
            found = None
            for n in range(min(_LONGEST, len(words) - at), 0, -1):
                run = words[at : at + n]
                name = self.table_called(tuple(w[0] for w in run))
                if name:
                    found = Named(table=name, start=run[0].start(), end=run[-1].end())
                    at += n
                    break
            if found:
                yield found
            else:
                at += 1

    def table_called(self, words: tuple[str, ...]) -> str:
        """The table that such words name; "" for none."""
        wanted = tuple(root(p) for w in words for p in (parts(w) or (w,)))
        if not wanted:
            return ""
        for table in self.tables:
            own = roots(table.name)
            if own == wanted or "".join(own) == "".join(wanted):
                return table.name
        ends = [
            t.name
            for t in self.tables
            if len(roots(t.name)) > len(wanted) and roots(t.name)[-len(wanted) :] == wanted
        ]
        if len(ends) == 1:
            return ends[0]
        if ends:  # of several the one that has the fewest words
            return min(ends, key=lambda n: (len(roots(n)), n))
        if len(words) == 1 and not any(self._is_column(wanted[0])):
            alike = [t.name for t in self.tables if len(parts(t.name)) == 1
                     and _same(parts(t.name)[0], words[0].lower())]  # fmt: skip
            return alike[0] if len(alike) == 1 else ""
        return ""

    def _is_column(self, wanted: str) -> Iterator[bool]:
        for table in self.tables:
            for column in table.columns:
                own = [r for r, p in zip(roots(column.name), parts(column.name), strict=True)
                       if p not in _UNITS]  # fmt: skip
                yield own == [wanted] and not is_time(column) and not column.name.endswith("_id")

    # -- columns

    def column_called(
        self, words: tuple[str, ...], tables: tuple[str, ...], *, numeric: bool = False
    ) -> Named | None:
        """The column that words name, looked for in these tables in this order."""
        wanted = tuple(root(p) for w in words for p in (parts(w) or (w,)))
        best: tuple[int, Named] | None = None
        for table in tables:
            for column in self.table(table).columns:
                if numeric and not is_number(column):
                    continue
                score = self._fit(table, column, wanted)
                if score and (best is None or score > best[0]):
                    best = (score, Named(table=table, column=column.name, start=0, end=0))
        return best[1] if best else None

    def _fit(self, table: str, column: Column, wanted: tuple[str, ...]) -> int:
        """How well words name a column: 4 all of it, 3 less its unit, 2 its last word."""
        own = roots(column.name)
        lean = tuple(r for r, p in zip(own, parts(column.name), strict=True) if p not in _UNITS)
        if wanted == own:
            return 5
        if lean and wanted == lean:
            return 4
        thing = roots(table)[-1:]
        if len(wanted) > 1 and wanted[:1] == thing and wanted[1:] in (own, lean):
            return 4
        if (
            len(wanted) > 1
            and lean == wanted[:-1]
            and wanted[-1] in {root(u) for u in (*_UNITS, "number", "day", "moment", "address")}
        ):
            return 3
        if lean and len(wanted) == 1 and len(lean) > 1 and wanted[0] == lean[-1]:
            return 2
        return 0

    def time_named(self, table: str, text: str) -> str:
        """The time column of a table that a verb or noun names ("signed up"); "" for none."""
        words = [root(w) for w in re.findall(r"[a-z]+", text.lower())]
        joined = {"".join(pair) for pair in pairwise(words)}
        for column in self.table(table).columns:
            if not is_time(column):
                continue
            lean = tuple(r for r, p in zip(roots(column.name), parts(column.name), strict=True)
                         if p not in _UNITS)  # fmt: skip
            if lean and (set(lean) <= set(words) or "".join(lean) in {*words, *joined}):
                return column.name
        return ""

    def time_of(self, table: str, words: str = "") -> str:
        """The column that says when a row of the table came to be; "" for none."""
        named = self.time_named(table, words) if words else ""
        if named:
            return named
        times = [c.name for c in self.table(table).columns if is_time(c)]
        own = [t for t in times if set(roots(t)) & set(roots(table))]
        plain = [t for t in times if not _NOT_WHEN.fullmatch(t)]
        known = [t for t in own or plain if t in plain]
        made = [t for t in plain if t in {"created_at", "created", "inserted_at"}]
        others = [t for t in plain if t not in made]
        if known and known[0] in others:
            return known[0]
        return next(iter((*others, *made, *times)), "")

    def states(self, table: str) -> tuple[Column, ...]:
        """The columns of a table that hold a state."""
        return tuple(c for c in self.table(table).columns if _STATE.fullmatch(c.name))

    def money_of(self, table: str) -> tuple[str, str] | None:
        """What a row of the table is worth, with `{t}` for the table, and how it is called."""
        columns = self.table(table).columns
        price = next((c for c in columns if _UNIT_PRICE.fullmatch(c.name) and is_number(c)), None)
        many = next((c for c in columns if _QUANTITY.fullmatch(c.name) and is_number(c)), None)
        whole = [c for c in columns if _MONEY.fullmatch(c.name) and is_number(c) and c != price
                 and not _UNIT_PRICE.fullmatch(c.name)]  # fmt: skip
        if (
            price
            and many
            and not any(c.name.startswith(("line", "total", "amount")) for c in whole)
        ):
            cast = "::bigint" if many.type in {"integer", "smallint"} else ""
            return f"{{t}}.{many.name}{cast} * {{t}}.{price.name}", f"{many.name} x {price.name}"
        dear = any(k.table == table for k in self.schema.foreign_keys) or not re.match(
            r"created|inserted", self.time_of(table)
        )
        if price and dear and not (whole or many) and self.time_of(table):
            return f"{{t}}.{price.name}", price.name
        if whole:
            best = min(
                whole,
                key=lambda c: (
                    not re.search(r"total|amount", c.name),
                    bool(re.search(r"tax|discount|fee|sub", c.name)),
                ),
            )
            return f"{{t}}.{best.name}", best.name
        return None

    def quantity_of(self, table: str) -> str:
        """The column that counts pieces; "" for none."""
        return next((c.name for c in self.table(table).columns
                     if _QUANTITY.fullmatch(c.name) and is_number(c)), "")  # fmt: skip

    def labels(self, table: str) -> tuple[str, ...]:
        """The columns by which people know a row of the table, its key not among them."""
        texts = [
            c.name
            for c in self.table(table).columns
            if c.type.startswith(("text", "character", "citext")) and _LABEL.fullmatch(c.name)
        ]
        first = [n for n in _FIRST_LABELS if n in texts]
        return tuple((first or texts)[:1])

    # -- joins

    def way(self, table: str, target: str) -> tuple[ForeignKey, ...] | None:
        """The foreign keys from a row to the one row of another table; None without a way."""
        seen, waiting = {table}, deque[tuple[str, tuple[ForeignKey, ...]]]([(table, ())])
        while waiting:
            at, path = waiting.popleft()
            if at == target:
                return path
            for key in self.schema.foreign_keys:
                if key.table == at and key.references not in seen and len(key.columns) == 1:
                    seen.add(key.references)
                    waiting.append((key.references, (*path, key)))
        return None

    def below(self, table: str) -> tuple[str, ...]:
        """The tables whose rows lead to one row of this table, the nearest first."""
        ways = ((w, t.name) for t in self.tables
                if t.name != table and (w := self.way(t.name, table)))  # fmt: skip
        return tuple(name for _, name in sorted(ways, key=lambda e: (len(e[0]), e[1])))

    def key(self, table: str) -> str:
        """The one column that a row of the table is known by; "" for none or several."""
        own = self.table(table).primary_key
        return own[0] if len(own) == 1 else ""
