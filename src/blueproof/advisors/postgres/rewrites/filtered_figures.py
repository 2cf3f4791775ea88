"""Put into WHERE what every figure of a query asks for in its FILTER or CASE.

count(*) FILTER (WHERE ...), count(CASE WHEN ... THEN 1 END) and sum(CASE WHEN ... ELSE 0 END)
choose among rows that have been read already, so no index helps. Rows that no figure wants may
stay unread: what all figures ask, or one of them or another, belongs into WHERE.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import joined_by
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import all_of, conjuncts
from blueproof.sql.selected import has
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-AGGREGATES",
    checked=date(2026, 11, 29),
    says="with FILTER only the rows for which the condition is true are fed to the aggregate; "
    "other rows are discarded",
)
# They leave NULL out, so a CASE without ELSE is a condition on their rows.
_SKIP_NULL = (exp.Count, exp.Sum, exp.Min, exp.Max, exp.Avg)
_MOST = 4  # different sets of conditions that are joined by OR
_ZERO = "0"


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """An aggregate and the conditions that a row must meet to count in it.

    `whole` is the aggregate with its FILTER; `zero` is whether it adds 0 for every other row.
    """

    node: exp.AggFunc
    whole: exp.Expr
    asks: tuple[exp.Expr, ...]
    zero: bool = False


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT of nothing but such figures, with their conditions in WHERE."""
    for tree, select in asked.selects():
        figures = _figures(select)
        if not figures:
            continue
        common = _common(figures)
        wanted = common or _either(figures)
        if not wanted:
            continue
        _keep_zero(select, figures)
        for figure in figures:
            _take_out(figure, common)
        _add(select, wanted)
        yield Rewrite(
            title="Ask in WHERE what every figure asks for",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} reads every row and then leaves out those that are not "
                f"{brief(all_of(wanted) or exp.true())}",
            ),
        )


def _figures(select: exp.Select) -> list[_Figure]:
    """The figures of a SELECT that makes one row; none where one of them counts every row."""
    if has(select, "order") or not select.args.get("from_") or select.find(exp.Window):
        return []
    nodes = [n for n in select.find_all(exp.AggFunc) if n.find_ancestor(exp.Select) is select]
    found = [_figure(node) for node in nodes]
    figures = [f for f in found if f is not None]
    inside = {id(n) for f in figures for n in f.whole.walk()}
    known = all(
        id(n) in inside
        for item in select.expressions
        for n in item.find_all(exp.Column, exp.Star, exp.Anonymous)
    )  # else it may be an aggregate of somebody's own
    plain = all(_is_plain(c) for f in figures for c in f.asks)
    return figures if known and plain and len(figures) == len(nodes) else []


def _is_plain(condition: exp.Expr) -> bool:
    """Whether a condition says the same of a row wherever it stands: no call of who knows what."""
    return condition.find(exp.Query, exp.Anonymous) is None


def _figure(node: exp.AggFunc) -> _Figure | None:
    whole: exp.Expr = node
    while isinstance(whole.parent, exp.WithinGroup | exp.Filter) and whole.arg_key == "this":
        whole = whole.parent
        if isinstance(whole, exp.Filter):
            asks = tuple(conjuncts(whole.expression.this))
            return _Figure(node=node, whole=whole, asks=asks)
    case = _case(node)
    if case is None:
        return None
    (only,), default = case.args["ifs"], case.args.get("default")
    zero = isinstance(node, exp.Sum) and default is not None and brief(default) == _ZERO
    if not (default is None or isinstance(default, exp.Null) or zero):
        return None
    if zero and not isinstance(only.args["true"], exp.Literal):
        return None
    return _Figure(node=node, whole=whole, asks=tuple(conjuncts(only.this)), zero=zero)


def _case(node: exp.AggFunc) -> exp.Case | None:
    """The CASE of one condition that is all that is counted or added."""
    inner = node.this
    if isinstance(inner, exp.Distinct) and len(inner.expressions) == 1:
        inner = inner.expressions[0]
    alone = isinstance(node, _SKIP_NULL) and not node.args.get("expressions")
    if not alone or not isinstance(inner, exp.Case):
        return None
    return inner if inner.this is None and len(inner.args["ifs"]) == 1 else None


def _common(figures: list[_Figure]) -> tuple[exp.Expr, ...]:
    """The conditions of the first figure that every other one has as well."""
    others = [{brief(c) for c in f.asks} for f in figures[1:]]
    return tuple(c.copy() for c in figures[0].asks if all(brief(c) in o for o in others))


def _either(figures: list[_Figure]) -> tuple[exp.Expr, ...]:
    """That a row meets the conditions of one figure or another."""
    sets = {brief(whole): whole for f in figures if (whole := all_of(f.asks)) is not None}
    if not 1 < len(sets) <= _MOST:
        return ()
    return (joined_by(exp.Or, [each.copy() for each in sets.values()]),)


def _keep_zero(select: exp.Select, figures: list[_Figure]) -> None:
    """A sum of zeros is 0, that of no rows is NULL: 0 again where there are rows at all."""
    for figure in figures:
        if not figure.zero or _is_zero_anyway(figure.whole):
            continue
        rows = exp.select("1")
        for clause in ("from_", "joins", "where", "laterals"):
            held = select.args.get(clause)
            copy = [j.copy() for j in held] if isinstance(held, list) else held and held.copy()
            rows.set(clause, copy)
        zero = exp.Case(ifs=[exp.If(this=exp.Exists(this=rows), true=exp.Literal.number(0))])
        sum_ = figure.whole.copy()
        kept = exp.Coalesce(this=sum_, expressions=[zero])
        alone = figure.whole.parent is select
        figure.whole.replace(exp.alias_(kept, "sum") if alone else kept)


def _is_zero_anyway(whole: exp.Expr) -> bool:
    """Whether it stands in coalesce(..., 0)."""
    outer = whole.parent
    return isinstance(outer, exp.Coalesce) and [brief(e) for e in outer.expressions] == [_ZERO]


def _take_out(figure: _Figure, common: tuple[exp.Expr, ...]) -> None:
    """Take what WHERE asks out of a FILTER; a CASE stays, and is true of every row that is left."""
    if not isinstance(figure.whole, exp.Filter):
        return
    held = {brief(c) for c in common}
    rest = all_of(c for c in figure.asks if brief(c) not in held)
    if rest is None:
        figure.whole.replace(figure.whole.this)
    else:
        figure.whole.expression.set("this", rest)


def _add(select: exp.Select, wanted: tuple[exp.Expr, ...]) -> None:
    where = select.args.get("where")
    old = tuple(conjuncts(where.this)) if where is not None else ()
    parts = [exp.Paren(this=c) if isinstance(c, exp.Or) else c for c in (*old, *wanted)]
    select.set("where", exp.Where(this=all_of(parts)))


_TABLES = """
CREATE TABLE searches (
  id bigint PRIMARY KEY, created_at timestamptz NOT NULL, parent_id bigint, state text NOT NULL,
  price numeric(10, 2)
);
CREATE INDEX ON searches (created_at);
CREATE INDEX ON searches (parent_id);
"""
_DAY = "created_at >= '2025-10-12' AND created_at < '2025-10-13'"
_LARGE = ("searches=2M",)

REWRITING = Rewriting(
    id="pg-filtered-figures",
    title="Ask in WHERE what every figure asks for",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="one count with a FILTER", given=_TABLES, rows=_LARGE,
             queries=f"SELECT count(id) FILTER (WHERE {_DAY} AND parent_id IS NULL) AS n "
             "FROM searches;"),
        Case(name="figures of one day by state, one with CASE", given=_TABLES, rows=_LARGE,
             queries=f"SELECT count(*) FILTER (WHERE {_DAY}), max(price) FILTER (WHERE {_DAY} AND "
             f"state = 'new'), count(CASE WHEN {_DAY} AND state = $1 THEN 1 END) AS others "
             "FROM searches s;"),
        Case(name="of one parent or another", given=_TABLES, rows=_LARGE,
             queries="SELECT count(*) FILTER (WHERE parent_id = 7) AS a, "
             "string_agg(state, ',' ORDER BY id) FILTER (WHERE parent_id = 8) AS b "
             "FROM searches WHERE state <> 'gone' OR price > 5;"),
        Case(name="ones and zeros added up", given=_TABLES, rows=_LARGE,
             queries="SELECT sum(CASE WHEN parent_id = $1 THEN 1 ELSE 0 END), "
             "coalesce(sum(CASE WHEN parent_id = $1 THEN 2 ELSE 0 END), 0) AS twice "
             "FROM searches;"),
        Case(name="another figure counts every row", given=_TABLES, rows=_LARGE, fires=False,
             queries=f"SELECT count(*), count(*) FILTER (WHERE {_DAY}) FROM searches;"),
        Case(name="a group without such rows comes out too", given=_TABLES, rows=_LARGE,
             fires=False,
             queries=f"SELECT state, count(*) FILTER (WHERE {_DAY}) FROM searches GROUP BY state;"),
        Case(name="a CASE that gives the others a price", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT sum(CASE WHEN parent_id = 7 THEN price ELSE 1 END) FROM searches;"),
        Case(name="a price that may be NULL, and zeros", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT sum(CASE WHEN parent_id = 7 THEN price ELSE 0 END) FROM searches;"),
        Case(name="an aggregate of one's own counts every row", rows=_LARGE, fires=False,
             given=_TABLES + "CREATE AGGREGATE total (bigint) "
             "(sfunc = int8pl, stype = bigint, initcond = '0');",
             queries="SELECT count(*) FILTER (WHERE parent_id = 7), total(id) FROM searches;"),
        Case(name="arrays keep a NULL for each other row", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT array_agg(CASE WHEN parent_id = 7 THEN id END) FROM searches;"),
    ),
)  # fmt: skip
