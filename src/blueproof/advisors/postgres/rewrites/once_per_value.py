"""Compute once for each value what many rows ask with the same one.

(SELECT count(*) FROM posts r WHERE r.root_id = coalesce(p.root_id, p.id)) is run for each row that
comes out, though whole threads ask for the same root: PostgreSQL does not remember what a subquery
gave. The values that come are few; each is looked up once, and its figure joined to its rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.names import quote
from blueproof.sql.scopes import Source, all_of, columns, conjuncts, fresh
from blueproof.sql.selected import (
    Output,
    has,
    identifier,
    is_of,
    is_whole,
    name_in_full,
    name_of,
    output_order,
    outputs,
    read_column,
    read_select,
    ref,
)
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-SCALAR-SUBQUERIES",
    checked=date(2026, 11, 29),
    says="a scalar subquery can name values of the outer query, which act as constants during any "
    "one evaluation of it",
)
_FIGURES = (exp.Count, exp.Sum, exp.Min, exp.Max)  # of no rows: 0, or NULL
_ENDS = ("order", "limit", "offset")


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """An output that is an aggregate over the rows whose column equals what the outer row gives."""

    output: Output
    node: exp.Expr
    select: exp.Select
    tie: exp.Expr
    value: exp.Expr


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The first such figure of each SELECT, looked up once for each value."""
    for tree, select in asked.selects():
        if not any(isinstance(_value(i), exp.Subquery) for i in select.expressions):
            continue
        name_in_full(select, asked.scopes)
        given = outputs(select, asked.scopes)
        figure = _figure(asked, select, given)
        order = output_order(select, given)
        if figure is None or not _is_simple(select, given, order):
            continue
        value = brief(figure.value)
        _look_up_once(tree, select, given, figure)
        yield Rewrite(
            title=f"Compute {figure.output.name} once for each {value}",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} computes {figure.output.name} for every row, though rows with "
                f"the same {value} get the same",
            ),
        )


def _value(item: exp.Expr) -> exp.Expr:
    return item.this if isinstance(item, exp.Alias) else item


def _is_simple(select: exp.Select, given: tuple[Output, ...], order: exp.Order | None) -> bool:
    """Whether it gives a row for each it reads, outputs have names, and the order goes by them."""
    own = any(n.parent_select is select for n in select.find_all(exp.AggFunc, exp.Window))
    names = {o.name for o in given}
    keys = [o.this for o in order.expressions] if order else []
    plain = all(isinstance(k, exp.Column) and not k.table and name_of(k) in names for k in keys)
    return not own and not has(select, *_ENDS) and len(names) == len(given) and plain


def _figure(asked: Asked, select: exp.Select, given: tuple[Output, ...]) -> _Figure | None:
    for output in given:
        node = output.value
        inner = node.this if isinstance(node, exp.Subquery) else None
        if not isinstance(inner, exp.Select) or has(inner) or len(inner.expressions) != 1:
            continue
        sources = asked.scopes.sources(inner)
        known = all(s.table is not None and is_whole(s.node) for s in sources)
        counted = inner.expressions[0].unalias()
        if not sources or not known or not isinstance(counted, _FIGURES) or inner.find(exp.Lambda):
            continue
        tie = _tie(asked, select, inner, sources)
        if tie is not None:
            return _Figure(output=output, node=node, select=inner, tie=tie[0], value=tie[1])
    return None


def _tie(
    asked: Asked, select: exp.Select, inner: exp.Select, sources: tuple[Source, ...]
) -> tuple[exp.Expr, exp.Expr] | None:
    """The one equality of WHERE that names the outer row, and its side that does."""
    where = inner.args.get("where")
    parts = list(conjuncts(where.this)) if where else []
    outside = [c for c in columns(inner) if not _is_inside(asked, c, sources)]
    tied = [p for p in parts if any(c in outside for c in columns(p))]
    if len(tied) != 1 or not isinstance(tied[0], exp.EQ) or inner.find(exp.Subquery):
        return None
    (tie,) = tied
    mine = {id(c) for c in columns(tie)}
    if any(id(c) not in mine for c in outside):
        return None
    for own, other in ((tie.this, tie.expression), (tie.expression, tie.this)):
        named = list(columns(other))
        inside = isinstance(own, exp.Column) and _is_inside(asked, own, sources)
        outer = [asked.scopes.owner(c) for c in named]
        here = asked.scopes.sources(select)
        all_outer = all(o is not None and any(o.node is s.node for s in here) for o in outer)
        plain = not other.find(exp.Anonymous, exp.Query, exp.AggFunc)
        if inside and named and all_outer and plain:
            return tie, other
    return None


def _is_inside(asked: Asked, column: exp.Column, sources: tuple[Source, ...]) -> bool:
    return any(is_of(column, s, asked.scopes) for s in sources)


def _look_up_once(
    tree: exp.Query, select: exp.Select, given: tuple[Output, ...], figure: _Figure
) -> None:
    """Keep the rows apart, look their different values up, and join what each gives."""
    rows, values, found = fresh(tree, "chosen"), fresh(tree, "vals"), fresh(tree, "looked_up")
    key, name = _free("val", given), figure.output.name
    inner = select.copy()
    order = output_order(select, given)
    for clause in _ENDS:
        inner.set(clause, None)
    others = [o for o in given if o.value is not figure.node]
    shown = [_shown(o) for o in others]
    inner.set("expressions", [*shown, exp.alias_(figure.value.copy(), identifier(key))])
    where = figure.select.args["where"]
    looked = figure.select.copy()
    told = [c for c in conjuncts(where.this) if c is not figure.tie]
    own = figure.tie.this if figure.tie.expression is figure.value else figure.tie.expression
    tie = exp.EQ(this=own.copy(), expression=read_column(values, key))
    looked.set("where", exp.Where(this=all_of((tie, *told))))
    number = exp.alias_(exp.Subquery(this=looked), identifier(name))
    each = read_select(
        f"SELECT {ref(values, key)} FROM (SELECT DISTINCT {ref(rows, key)} FROM {quote(rows)}) "
        f"AS {quote(values)}"
    )
    each.append("expressions", number)
    outer = read_select(
        f"SELECT 1 FROM {quote(rows)} LEFT JOIN (SELECT 1) AS {quote(found)} "
        f"ON {ref(found, key)} = {ref(rows, key)}"
    )
    outer.args["joins"][0].this.set("this", each)
    counts = isinstance(figure.select.expressions[0].unalias(), exp.Count)
    for clause in ("joins", "where", "laterals", "from_"):
        select.set(clause, outer.args.get(clause))
    value = ref(found, name)
    figured = read_select(
        f"SELECT coalesce({value}, 0) AS {quote(name)}" if counts else f"SELECT {value}"
    ).expressions[0]
    select.set(
        "expressions",
        [figured if o.value is figure.node else read_column(rows, o.name) for o in given],
    )
    select.set("order", order)
    cte = exp.CTE(this=inner, alias=exp.TableAlias(this=identifier(rows)), materialized=True)
    select.set("with_", exp.With(expressions=[cte]))


def _free(wish: str, given: tuple[Output, ...]) -> str:
    while wish in {o.name for o in given}:
        wish += "_"
    return wish


def _shown(output: Output) -> exp.Expr:
    value = output.value.copy()
    same = isinstance(value, exp.Column) and name_of(value) == output.name
    return value if same else exp.alias_(value, identifier(output.name))


_TABLES = """
CREATE TABLE posts (
  id bigint PRIMARY KEY, root_id bigint, author_id bigint NOT NULL, deleted boolean NOT NULL,
  score integer
);
CREATE INDEX ON posts (root_id);
CREATE INDEX ON posts (author_id);
"""
_ROWS = """
INSERT INTO posts SELECT i, CASE WHEN i % 20 <> 0 THEN i - i % 20 END, i % 3000, i % 41 = 0, i % 9
FROM generate_series(20, 20000) i;
INSERT INTO posts SELECT 100000 + i, 100000, i % 3000, false, i % 7 FROM generate_series(0, 900) i;
VACUUM ANALYZE posts;
"""
_THREAD = """-- name: thread
SELECT p.id, p.author_id, (SELECT {} FROM posts r
  WHERE r.root_id = coalesce(p.root_id, p.id) AND NOT r.deleted) AS figure
FROM posts p WHERE (p.id = 100000 OR p.root_id = 100000) {};
"""

REWRITING = Rewriting(
    id="pg-once-per-value",
    title="Compute once for each value what many rows ask",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="each post of a thread with the thread's replies", given=_TABLES, filled=_ROWS,
             queries=_THREAD.format("count(*)", "")),
        Case(name="sorted by it, a page", given=_TABLES, filled=_ROWS,
             queries=_THREAD.format("max(r.score)", "ORDER BY figure DESC, p.id LIMIT 500")),
        Case(name="in a subquery, the value stands first", given=_TABLES, filled=_ROWS,
             queries="SELECT x.id, x.replies FROM (SELECT posts.*, (SELECT count(r.score) "
             "FROM posts AS r WHERE posts.root_id = r.root_id) AS replies FROM posts "
             "WHERE root_id = 100000 OFFSET 0) x WHERE x.replies > 3;"),
        Case(name="a value of its own for each row", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT p.id, (SELECT count(*) FROM posts r WHERE r.root_id = p.id) AS n "
             "FROM posts p WHERE p.author_id < 30;"),
        Case(name="the row is asked for otherwise, too", given=_TABLES, filled=_ROWS, fires=False,
             queries=_THREAD.format("count(*)", "").replace(
                 "NOT r.deleted", "r.score > p.score")),
        Case(name="greater, not equal", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT p.id, (SELECT count(*) FROM posts r WHERE r.root_id > p.root_id) AS n "
             "FROM posts p WHERE p.id = 100900;"),
        Case(name="what is 1 where there is no reply", given=_TABLES, filled=_ROWS, fires=False,
             queries=_THREAD.format("coalesce(min(r.score), 1)", "")),
    ),
)  # fmt: skip
