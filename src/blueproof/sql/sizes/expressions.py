"""Statistics of an indexed expression, from those of the columns inside it.

ANALYZE has none before the index exists. Where nothing follows from the columns, the number of
different values is the planner's own guess, DEFAULT_NUM_DISTINCT of src/include/utils/selfuncs.h.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from blueproof.sql.bounds import SPREAD_DAYS
from blueproof.sql.rowcounts import RowCount
from blueproof.sql.schema import Column, Schema, Slot, Table
from blueproof.sql.sizes.pieces import distinct, stored_width
from blueproof.sql.statistics import ColumnStatistics, TableStatistics, assume

_GUESSED = 200.0
_DAY = 86_400.0
_SECONDS = {
    "second": 1.0, "minute": 60.0, "hour": 3_600.0, "day": _DAY, "week": 7 * _DAY,
    "month": 30.44 * _DAY, "quarter": 91.31 * _DAY, "year": 365.24 * _DAY,
}  # fmt: skip
# How many values a field of a time can have; years are counted from the span.
_FIELDS = {
    "second": 60, "minute": 60, "hour": 24, "day": 31, "dow": 7, "isodow": 7, "doy": 366,
    "week": 53, "month": 12, "quarter": 4,
}  # fmt: skip
_LENGTHS = 200  # texts have few different lengths
_SIGNS = 3
_WHOLE = ("smallint", "int", "bigint")
_SAME_WIDTH = (exp.Lower, exp.Upper, exp.Trim, exp.Paren, exp.Initcap, exp.Reverse, exp.AtTimeZone,
               exp.Neg)  # fmt: skip
_FIELD = (exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar)
_HASHES: dict[type[exp.Expr], int] = {exp.MD5: 32, exp.SHA: 40}
_HASH_OF = "0"

_Answer = Callable[[exp.Expr, TableStatistics], ColumnStatistics]
_Kinds = type[exp.Expr] | tuple[type[exp.Expr], ...]
_Answers = tuple[tuple[_Kinds, _Answer], ...]


def statistics_of(part: str, slot: Slot, table: TableStatistics) -> ColumnStatistics:
    """Statistics of a column or expression of an index on the table."""
    known = table.by_name.get(part) or described(part, table)
    if known:
        return replace(known, column=part)
    found = _of(_parsed(part), table)
    if slot.type == "boolean" and not found.common:
        found = _counted(found, 2, table)
    return replace(found, column=part, width=slot.length if slot.length > 0 else found.width)


def described(part: str, table: TableStatistics) -> ColumnStatistics | None:
    """What was counted of an expression itself, however its parentheses are set."""
    wanted = _flat(part) if table.expressions else None
    found = (c for c in table.expressions if wanted is not None and _flat(c.column) == wanted)
    return next(found, None)


@lru_cache(maxsize=1024)
def _flat(part: str) -> exp.Expr | None:
    """The expression's tree without parentheses, which say nothing that the tree does not."""
    tree = _parsed(part)
    if tree is None:
        return None
    whole = exp.Tuple(expressions=[tree.copy()])  # so that the outermost can be taken off, too
    for paren in list(whole.find_all(exp.Paren)):
        paren.replace(paren.this)
    return whole


@lru_cache(maxsize=1024)
def _parsed(part: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(part, read="postgres")
    except SqlglotError:
        return None


def _of(tree: exp.Expr | None, table: TableStatistics) -> ColumnStatistics:
    """Statistics of an expression: as its argument's, changed by what its kind does to values."""
    if isinstance(tree, exp.Column):
        return table.by_name.get(tree.name) or _unknown(table)
    if isinstance(tree, exp.Literal):
        return ColumnStatistics(column="", distinct=1, common=(tree.name,), frequencies=(1.0,),
                                width=stored_width(tree.name, "text") or 4)  # fmt: skip
    if isinstance(tree, _SAME_WIDTH):
        return _of(tree.this, table)
    if isinstance(tree, _FIELD):
        return _field(tree, table)
    for kinds, answer in _ANSWERS:
        if isinstance(tree, kinds):
            return answer(tree, table)
    return _of_columns(tree, table)


def _unknown(table: TableStatistics) -> ColumnStatistics:
    return ColumnStatistics(column="", distinct=min(_GUESSED, max(1, table.rows)), width=16)


def _of_columns(tree: exp.Expr | None, table: TableStatistics) -> ColumnStatistics:
    """A function that we do not know: it has a value for each combination of its columns."""
    names = dict.fromkeys(c.name for c in tree.find_all(exp.Column)) if tree else {}
    inside = [table.by_name[name] for name in names if name in table.by_name]
    if not inside:
        return _unknown(table)
    several = 1.0
    for column in inside:
        several *= distinct(column, table.rows)
    if len(inside) == 1 and isinstance(tree, exp.Anonymous) and tree.name == "to_tsvector":
        return inside[0]  # its values are the texts whose words GIN will find
    if len(inside) == 1:
        return replace(inside[0], common=(), frequencies=(), histogram=())
    return _counted(replace(inside[0], width=max(c.width for c in inside)), several, table)


def _counted(column: ColumnStatistics, values: float, table: TableStatistics) -> ColumnStatistics:
    """The same with another number of values, about which nothing more is known."""
    few = max(1.0, min(values, table.rows * (1 - column.null_fraction)))
    return replace(column, distinct=few, common=(), frequencies=(), histogram=())


def _field(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    """A field of a document: as a text column of its name would be assumed to be."""
    document = _of(tree.this, table)
    literal = tree.expression.find(exp.Literal) if tree.expression else None
    name = literal.name.strip("{}").rpartition(",")[2] if literal else ""
    alike = Table(name=table.table, columns=(Column(name=name, type="text", not_null=True),))
    count = RowCount(table=table.table, rows=table.rows, basis="assumed")
    ((assumed,),) = (t.columns for t in assume(Schema(tables=(alike,)), (count,), date.max).tables)
    return replace(assumed, null_fraction=document.null_fraction)


def _cast(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    inside = _of(tree.this, table)
    if tree.args["to"].is_type("date") and not (
        inside.common or isinstance(tree.this, exp.Literal)
    ):
        return _dated(tree, table)
    if tree.args["to"].is_type(*_WHOLE):
        return _rounded(tree, table)
    return inside


def _dated(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    """A date: no more different ones than days lie between the first and the last moment."""
    inside = _of(tree.this, table)
    return _periods(inside, _DAY, table)


def _periods(inside: ColumnStatistics, seconds: float, table: TableStatistics) -> ColumnStatistics:
    """A moment cut down to the period that it lies in: never more of them than moments."""
    return _counted(inside, min(_span(inside, seconds), distinct(inside, table.rows)), table)


def _rounded(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    """A whole number: no more different ones than lie between the least and the largest."""
    inside = _of(tree.this, table)
    ends = {e for e in map(_number, (*inside.histogram, *inside.common)) if e is not None}
    if not ends or min(ends) == max(ends) or tree.args.get("decimals"):
        return inside
    several = max(ends) - min(ends) + 1
    return inside if several >= distinct(inside, table.rows) else _counted(inside, several, table)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _divided(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    """Whole numbers divided by one have so many times fewer values; fractions have as many."""
    inside = _of(tree.this, table)
    whole = all(end.lstrip("-").isdigit() for end in (*inside.histogram, *inside.common))
    by = tree.expression.name if isinstance(tree.expression, exp.Literal) else ""
    ends = {float(end) for end in (*inside.histogram, *inside.common)} if whole else set()
    if not ends or min(ends) == max(ends) or not by.isdigit() or not int(by):
        return _of_columns(tree, table)
    several = (max(ends) - min(ends)) / int(by) + 1
    return _counted(inside, min(several, distinct(inside, table.rows)), table)


def _chosen(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    """A CASE whose branches give constants has no more values than branches."""
    given = [branch.args["true"] for branch in tree.args["ifs"]]
    given += [each for each in (tree.args.get("default"),) if each]
    found = _of_columns(tree, table)
    if any(each.find(exp.Column) for each in given):
        return found
    return _counted(found, min(len(given), distinct(found, table.rows)), table)


def _signed(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    inside = _of(tree.this, table)
    return _counted(inside, min(_SIGNS, distinct(inside, table.rows)), table)


def _coalesce(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    """What was NULL has the value behind it, which is most often a constant."""
    inside = _of(tree.this, table)
    other = _of(tree.expressions[0], table)
    if inside.null_fraction == 0 or not other.common or other.distinct != 1:
        return replace(inside, null_fraction=inside.null_fraction * other.null_fraction)
    return replace(
        inside,
        null_fraction=0.0,
        distinct=inside.distinct + 1 if inside.distinct > 0 else inside.distinct,
        common=(*inside.common, other.common[0]),
        frequencies=(*inside.frequencies, inside.null_fraction),
        width=round(inside.width * (1 - inside.null_fraction) + other.width * inside.null_fraction),
    )


def _truncated(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    inside = _of(tree.this, table)
    return _periods(inside, _SECONDS.get(_unit(tree.args.get("unit")), _DAY), table)


def _extracted(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    """A field of a time, a numeric of at most four digits."""
    inside, unit = _of(tree.expression, table), _unit(tree.this)
    most = distinct(inside, table.rows)
    years = _span(inside, _SECONDS["year"])
    several = years if unit == "year" else _FIELDS.get(unit, most)
    return replace(_counted(inside, min(several, most), table), histogram=("2000", "2000"),
                   width=stored_width("2000", "numeric") or 0)  # fmt: skip


def _unit(node: exp.Expr | None) -> str:
    found = node.find(exp.Literal, exp.Var) if node else None
    return found.name.lower() if found else ""


def _span(column: ColumnStatistics, seconds: float) -> float:
    """How many units of time lie between the first and the last value; of two years if unknown."""
    ends = [e for e in map(_moment, (*column.histogram, *column.common)) if e]
    length = (max(ends) - min(ends)).total_seconds() if len(ends) > 1 else SPREAD_DAYS * _DAY
    return length / seconds + 1


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _hashed(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    inside = _of(tree.this, table)
    text = _HASH_OF * _HASHES[type(tree)]
    return replace(inside, common=tuple(text for _ in inside.common), histogram=(text, text),
                   width=stored_width(text, "text") or 0)  # fmt: skip


def _joined(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    """One text behind the other: widths add up, less the second header."""
    first, second = _of(tree.this, table), _of(tree.expression, table)
    several = distinct(first, table.rows) * distinct(second, table.rows)
    empty = 1 - (1 - first.null_fraction) * (1 - second.null_fraction)
    wide = first.width + second.width - 1
    return _counted(replace(first, null_fraction=empty, width=wide), several, table)


def _measured(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    inside = _of(tree.this, table)
    return _counted(inside, min(_LENGTHS, distinct(inside, table.rows)), table)


def _modulo(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    inside, by = _of(tree.this, table), tree.expression.find(exp.Literal)
    most = float(by.name) if by and by.name.isdigit() else distinct(inside, table.rows)
    return _counted(inside, min(most, distinct(inside, table.rows)), table)


def _cut(tree: exp.Expr, table: TableStatistics) -> ColumnStatistics:
    """The beginning of a text: as many values as the beginnings of those known let expect."""
    inside = _of(tree.this, table)
    literal = tree.args.get("length") or tree.expression
    size = int(literal.name) if isinstance(literal, exp.Literal) and literal.name.isdigit() else 0
    known = inside.histogram or inside.common
    if not size or not known:
        return inside
    begun = {_piece(tree, value, size) for value in known}
    ratio = len(begun) / len(set(known))
    values = distinct(inside, table.rows) if ratio == 1 else len(begun) / (1 - ratio)
    wide = min(inside.width, size + 1)
    return replace(_counted(inside, min(values, distinct(inside, table.rows)), table), width=wide)


def _piece(tree: exp.Expr, value: str, size: int) -> str:
    if isinstance(tree, exp.Right):
        return value[-size:]
    start = tree.args.get("start")
    first = int(start.name) - 1 if isinstance(start, exp.Literal) and start.name.isdigit() else 0
    return value[max(0, first) :][:size]


_ANSWERS: _Answers = (
    (exp.Cast, _cast),
    (exp.Date, _dated),
    ((exp.Floor, exp.Ceil, exp.Round, exp.Trunc), _rounded),
    (exp.Div, _divided),
    (exp.Case, _chosen),
    (exp.Sign, _signed),
    (exp.Coalesce, _coalesce),
    ((exp.TimestampTrunc, exp.DateTrunc), _truncated),
    (exp.Extract, _extracted),
    (tuple(_HASHES), _hashed),
    (exp.DPipe, _joined),
    (exp.Length, _measured),
    (exp.Mod, _modulo),
    ((exp.Left, exp.Right, exp.Substring), _cut),
)
