"""Two columns that are the ends of a range, as PostgreSQL's range types say it.

A range's constructor fails where the lower end is above the upper one, and takes NULL for "without
end". So the ends are put in order unless a CHECK has seen to that.
"""

import re
from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.conditions import plain, unwrapped
from blueproof.sql.filters import integer, kind, string
from blueproof.sql.lexer import tokens
from blueproof.sql.schema import Table
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief
from blueproof.sql.uses import split_and

# By a column's type the range that holds it and the type of that range's ends: the next larger one
# for whole numbers, since a closed range of them ends at the number after, which may be too large.
_RANGES = {
    "timestamp with time zone": ("tstzrange", "timestamptz"),
    "timestamp without time zone": ("tsrange", "timestamp"),
    "date": ("daterange", "date"),
    "smallint": ("int8range", "bigint"),
    "integer": ("int8range", "bigint"),
    "bigint": ("numrange", "numeric"),
    "numeric": ("numrange", "numeric"),
}
CONSTRUCTORS = frozenset({"int4range", *(name for name, _ in _RANGES.values())})
_SPAN = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?")
_TIMES = ("timestamptz", "timestamp")
_PAIR = 2
_USUAL = "[)"  # what a constructor takes where nothing is said


@dataclass(frozen=True, kw_only=True)
class Ends:
    """A table's two columns that bound a range: the lower and the upper, as the query names them.

    `range` is the constructor, `element` the type of what the range holds; `ordered` is whether a
    CHECK keeps the lower end from lying above the upper.
    """

    lower: exp.Column
    upper: exp.Column
    range: str
    element: str
    ordered: bool

    def text(self, bounds: str = "[]") -> str:
        """The range of a row as SQL, the ends in order."""
        low, high = brief(self.lower), brief(self.upper)
        if not self.ordered:
            low, high = f"least({low}, {high})", f"greatest({low}, {high})"
        return f"{self.range}({low}, {high}{_said(bounds)})"

    def between(self, one: exp.Expr, other: exp.Expr) -> str:
        """The closed range between two values as SQL, whichever of them is the lower."""
        low, high = self.value(one), self.value(other)
        way = order(one, other)
        if way is None:
            low, high = f"least({low}, {high})", f"greatest({low}, {high})"
        elif way > 0:
            low, high = high, low
        return f"{self.range}({low}, {high}{_said('[]')})"

    def value(self, value: exp.Expr) -> str:
        """A value as SQL, in the type of the range's ends: of a bare one nobody could tell."""
        if isinstance(value, exp.Cast | exp.CurrentTimestamp) and _kind(value) == self.element:
            return brief(value)
        return f"CAST({brief(value)} AS {self.element})"

    def takes(self, value: exp.Expr) -> bool:
        """Whether a value is fixed and compared with the columns as one of their own type."""
        if self.element in {"bigint", "numeric"}:
            return integer(value) is not None or isinstance(value, exp.Parameter)
        found = _kind(value)
        dated = found == "date" and self.element in _TIMES
        return found in {"unknown", self.element} or dated


def read_ends(scopes: Scopes, lower: exp.Expr, upper: exp.Expr) -> Ends | None:
    """The range of two different columns of one table; None where no range type holds them."""
    if not (isinstance(lower, exp.Column) and isinstance(upper, exp.Column)):
        return None
    one, other = scopes.column(lower), scopes.column(upper)
    if one is None or other is None or one[0].node is not other[0].node or one[1] == other[1]:
        return None
    found = _RANGES.get(kind(scopes, lower))
    table = one[0].table
    if found is None or kind(scopes, lower) != kind(scopes, upper) or table is None:
        return None
    ordered = is_ordered(table, one[1].name, other[1].name)
    return Ends(lower=lower, upper=upper, range=found[0], element=found[1], ordered=ordered)


def is_ordered(table: Table, lower: str, upper: str) -> bool:
    """Whether a CHECK that all rows have met says that one column is not above the other."""
    wanted = {(lower, sign, upper) for sign in ("<", "<=")} | {
        (upper, sign, lower) for sign in (">", ">=")
    }
    texts = (c.removeprefix("CHECK ").removesuffix(" NO INHERIT") for c in table.checks)
    conjuncts = (unwrapped(part) for text in texts for part in split_and(unwrapped(text)))
    return any(_comparison(part) in wanted for part in conjuncts)


def _comparison(text: str) -> tuple[str, str, str] | None:
    """The two names and the sign of a condition that is nothing else."""
    found = [t for t in tokens(text) if t.kind != "space"]
    signs = [t.text for t in found if t.kind == "operator"]
    names = [t for t in found if t.kind != "operator"]
    if len(names) != _PAIR or not signs or [found[0], found[-1]] != names:
        return None
    return plain(names[0]), "".join(signs), plain(names[1])


def order(one: exp.Expr, other: exp.Expr) -> int | None:
    """Below 0 where one constant is the lower, 0 where they are equal, above 0; None: who knows."""
    if one == other:
        return 0
    numbers = integer(one), integer(other)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0] - numbers[1]
    texts = [string(v.this if isinstance(v, exp.Cast) else v) for v in (one, other)]
    kinds = {_kind(one), _kind(other)}
    if len(kinds) == 1 and all(t is not None and _SPAN.fullmatch(t) for t in texts):
        first, second = (str(t) for t in texts)
        return (first > second) - (first < second)
    return None


def _kind(value: exp.Expr) -> str:
    """The type of a value that is the same for every row, "unknown" where the other side decides.

    "" of everything else: a column, a function, what is computed from a value without a type.
    """
    if isinstance(value, exp.Parameter) or string(value) is not None:
        return "unknown"
    if isinstance(value, exp.Cast):
        inner = _kind(value.this.unnest())
        return value.to.sql("postgres").lower() if inner else ""
    if isinstance(value, exp.CurrentTimestamp):
        return "timestamptz"
    if isinstance(value, exp.CurrentDate):
        return "date"
    if isinstance(value, exp.Add | exp.Sub):
        left, right = _kind(value.this.unnest()), _kind(value.expression.unnest())
        return left if left in _TIMES and right == "interval" else ""
    return ""


def _said(bounds: str) -> str:
    return "" if bounds == _USUAL else f", '{bounds}'"
