"""Look for the nearest value above and below, not for the smallest distance of all.

ORDER BY abs(price - 100) LIMIT 1 computes the distance of every row, and no index has that order.
The nearest rows are among the next ones above the value and the next ones below it: each is a place
in an index on the column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import integer, kind
from blueproof.sql.names import quote
from blueproof.sql.scopes import Source, all_of, columns, conjuncts
from blueproof.sql.selected import (
    has,
    has_star,
    is_of,
    is_whole,
    name_of,
    named,
    read_select,
    ref,
)
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-ordering.html",
    checked=date(2026, 11, 29),
    says="a B-tree can give its rows in order, forwards or backwards, so that ORDER BY with LIMIT "
    "reads the first rows only",
)
# Equal distances from a value mean equal values on either side of it, but for rounded ones.
_EXACT = frozenset({"smallint", "integer", "bigint", "numeric", "date"})
_ROUNDED = frozenset({"real", "double precision"})
_FLOATS = ("double", "float", "real")
_TIMES = frozenset({"timestamp without time zone", "timestamp with time zone"})
_SQUARE = 2


@dataclass(frozen=True, kw_only=True)
class _Distance:
    """What is sorted by: how far a column lies from a value."""

    source: Source
    column: exp.Column
    value: exp.Expr


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each few rows of one table with the smallest distance, taken from both sides."""
    for tree, select in asked.selects():
        distance = _distance(asked, select)
        if distance is None:
            continue
        what = brief(select.args["order"].expressions[0].this)
        _from_both_sides(asked, select, distance)
        yield Rewrite(
            title="Take the nearest from above and from below",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} computes {what} for every row; the nearest rows are the next "
                f"above and below {brief(distance.value)} in an index on {brief(distance.column)}",
            ),
        )


def _distance(asked: Asked, select: exp.Select) -> _Distance | None:
    """The distance that a SELECT of one table sorts by first, if the smallest are wanted."""
    sources = asked.scopes.sources(select)
    order, limit = select.args.get("order"), select.args.get("limit")
    single = len(sources) == 1 and sources[0].table is not None and is_whole(sources[0].node)
    if not single or order is None or not isinstance(limit, exp.Limit):
        return None
    if has(select, "order", "limit") or select.find(exp.Window) or not _is_fixed(limit.expression):
        return None
    first, *rest = order.expressions
    nulls_first = first.args.get("nulls_first")
    if first.args.get("desc") or nulls_first or select.find(exp.Select, bfs=True) is not select:
        return None
    pair = _apart(first.this.unnest())
    if pair is None or any(n.parent_select is select for n in select.find_all(exp.AggFunc)):
        return None
    (source,) = sources
    found = _of_column(asked, source, pair[0], pair[1], timed=pair[2])
    if found is None or (rest and _is_rounded(asked, first.this.unnest(), found)):
        return None
    return found if all(_is_own(asked, source, o, select) for o in rest) else None


def _is_rounded(asked: Asked, key: exp.Expr, found: _Distance) -> bool:
    """Whether two distances may come out equal that are not."""
    types = {brief(t).lower() for t in found.value.find_all(exp.DataType)}
    own = kind(asked.scopes, found.value)
    rounded = kind(asked.scopes, found.column) in _ROUNDED or own in _ROUNDED
    return rounded or isinstance(key, exp.Pow) or any(t.startswith(_FLOATS) for t in types)


def _is_fixed(limit: exp.Expr) -> bool:
    bare = limit.unnest()
    return integer(bare) is not None or isinstance(bare, exp.Parameter)


def _is_own(asked: Asked, source: Source, item: exp.Ordered, select: exp.Select) -> bool:
    """Whether a further sort key is a column of the table, and no output has its name."""
    column = item.this
    aliases = [i.args["alias"] for i in select.expressions if isinstance(i, exp.Alias)]
    if not isinstance(column, exp.Column) or not is_of(column, source, asked.scopes):
        return False
    return bool(column.table) or name_of(column) not in {name_of(a) for a in aliases}


def _apart(key: exp.Expr) -> tuple[exp.Expr, exp.Expr, bool] | None:
    """Both sides of abs(a - b), and whether it is abs(extract(epoch from a - b)).

    (a - b) * (a - b), (a - b)^2 and power(a - b, 2) have the same order.
    """
    timed = False
    if isinstance(key, exp.Abs):
        inner = key.this.unnest()
        timed = isinstance(inner, exp.Extract) and name_of(inner.this) == "epoch"
        inner = inner.expression.unnest() if timed else inner
    elif isinstance(key, exp.Pow | exp.Mul) and _is_square(key):
        inner = key.this.unnest()
    else:
        return None
    if not isinstance(inner, exp.Sub):
        return None
    return inner.this.unnest(), inner.expression.unnest(), timed


def _is_square(key: exp.Expr) -> bool:
    if isinstance(key, exp.Pow):
        return integer(key.expression) == _SQUARE
    return bool(key.this.unnest() == key.expression.unnest())


def _of_column(
    asked: Asked, source: Source, one: exp.Expr, other: exp.Expr, *, timed: bool
) -> _Distance | None:
    kinds = _TIMES if timed else _EXACT | _ROUNDED
    for column, value in ((one, other), (other, one)):
        mine = isinstance(column, exp.Column) and is_of(column, source, asked.scopes)
        if not mine or kind(asked.scopes, column) not in kinds:
            continue
        outer = [c for c in columns(value) if is_of(c, source, asked.scopes)]
        known = all(asked.scopes.owner(c) is not None for c in columns(value))
        calls = [f for f in value.find_all(exp.Func) if not isinstance(f, exp.Cast)]
        if not outer and known and not value.find(exp.Query) and not _unsteady(calls):
            assert isinstance(column, exp.Column), "it was looked at above"
            return _Distance(source=source, column=column, value=value)
    return None


def _unsteady(calls: list[exp.Func]) -> bool:
    return any(not isinstance(c, exp.CurrentTimestamp | exp.CurrentDate) for c in calls)


def _from_both_sides(asked: Asked, select: exp.Select, distance: _Distance) -> None:
    """Put the rows next to the value in the table's place; those without one come last."""
    source, name, value = distance.source, brief(distance.column), brief(distance.value)
    table = source.table
    assert table is not None, "it was read as a table"
    bound = value if isinstance(distance.value, exp.Column | exp.Literal) else f"({value})"
    arms = [
        _arm(select, source, f"{name} >= {bound}", f"{name}"),
        _arm(select, source, f"{name} < {bound}", f"{name} DESC"),
    ]
    null = "" if asked.scopes.never_null(distance.column) else f"{name} IS NULL"
    if null:
        arms.append(_arm(select, source, null, ""))
    if not _is_certain(asked, distance.value):  # from no value, every row is as far as another
        apart = f" AND {name} IS NOT NULL" if null else ""
        arms.append(_arm(select, source, f"{bound} IS NULL{apart}", ""))
    shown = (
        "*"
        if has_star(select)
        else ", ".join(ref(source.alias, c.name) for c in table.columns if c.name in _named(select))
    )
    union = " UNION ALL ".join(f"(SELECT {shown} {arm})" for arm in arms)
    both = read_select(f"SELECT 1 FROM ({union}) AS {quote(source.alias)}")
    select.set("from_", both.args["from_"])
    select.set("where", None)


def _is_certain(asked: Asked, value: exp.Expr) -> bool:
    """Whether the value cannot be NULL."""
    bare = value.this if isinstance(value, exp.Cast) else value
    column = isinstance(bare, exp.Column) and asked.scopes.never_null(bare)
    return isinstance(bare, exp.Literal) or column


def _arm(select: exp.Select, source: Source, condition: str, first: str) -> str:
    assert source.table is not None, "it was read as a table"
    where = select.args.get("where")
    met = all_of((*conjuncts(where.this), *conjuncts(_read(condition)))) if where else None
    rest = [brief(o) for o in select.args["order"].expressions[1:]]
    keys = ", ".join([first, *rest] if first else rest)
    return (
        f"FROM {named(source.table, source.alias)} WHERE {brief(met) if met else condition}"
        f"{f' ORDER BY {keys}' if keys else ''} {brief(select.args['limit']).strip()}"
    )


def _read(condition: str) -> exp.Expr:
    where = read_select(f"SELECT 1 WHERE {condition}").args["where"]
    inner: exp.Expr = where.this
    return inner


def _named(select: exp.Select) -> set[str]:
    return {name_of(c) for c in columns(select)}


_TABLES = """
CREATE TABLE offers (
  id bigint PRIMARY KEY, price integer NOT NULL, weight double precision, sold_on date,
  seen_at timestamptz NOT NULL, name text NOT NULL
);
CREATE INDEX ON offers (price);
CREATE INDEX ON offers (weight);
CREATE INDEX ON offers (seen_at);
CREATE TABLE wishes (id bigint PRIMARY KEY, price integer NOT NULL);
"""
_LARGE = ("offers=2M", "wishes=100")

REWRITING = Rewriting(
    id="pg-nearest-value",
    title="Look for the nearest value above and below",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the price that is nearest", given=_TABLES, rows=_LARGE,
             queries="SELECT id, price FROM offers ORDER BY abs(price - $1) LIMIT 1;"),
        Case(name="ten of them, squared, beside a condition and with every column", given=_TABLES,
             rows=_LARGE,
             queries="SELECT o.* FROM offers AS o WHERE o.name <> $1 OR o.id < 9 "
             "ORDER BY (100 - o.price) * (100 - o.price), o.id DESC LIMIT 10;"),
        Case(name="a column that may be NULL", given=_TABLES, rows=_LARGE,
             queries="SELECT id, weight AS kg FROM public.offers ORDER BY abs(weight - 12.5) "
             "LIMIT $1;"),
        Case(name="the nearest in time", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM offers ORDER BY "
             "abs(extract(epoch FROM seen_at - timestamptz '2025-05-01 12:00+00')) LIMIT 3;"),
        Case(name="for each of another table's rows", given=_TABLES, rows=_LARGE,
             queries="SELECT w.id, n.id AS offer FROM wishes w CROSS JOIN LATERAL (SELECT o.id "
             "FROM offers o ORDER BY abs(o.price - w.price), o.id LIMIT 2) n;"),
        Case(name="the farthest", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM offers ORDER BY abs(price - 100) DESC LIMIT 1;"),
        Case(name="all of them", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM offers ORDER BY abs(price - 100);"),
        Case(name="the distance of two columns", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM offers ORDER BY abs(price - weight) LIMIT 1;"),
        Case(name="rounded distances may be equal, and then another key counts", given=_TABLES,
             rows=_LARGE, fires=False,
             queries="SELECT id FROM offers ORDER BY abs(weight - 12.5), id LIMIT 3;"),
        Case(name="squares of large distances are rounded", given=_TABLES, rows=_LARGE,
             fires=False,
             queries="SELECT id FROM offers ORDER BY power(price - 12, 2), id LIMIT 3;"),
        Case(name="an output has the second key's name", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT price, name AS id FROM offers ORDER BY abs(price - 12), id LIMIT 3;"),
    ),
)  # fmt: skip
