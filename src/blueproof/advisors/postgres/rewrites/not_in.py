"""Ask NOT EXISTS instead of NOT IN (SELECT ...).

One NULL in the subquery makes NOT IN return no row at all, and because of that rule the planner
cannot turn it into an anti-join: a subquery too large to be hashed in memory is read again for
every row. NOT (x IN (SELECT ...)) and x <> ALL (SELECT ...) are the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.database import Planned
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.advice import Alternative
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, filters, put
from blueproof.sql.scopes import Scopes, aliases, all_of, certain, conjuncts, fresh, is_padded
from blueproof.sql.selected import (
    has,
    identifier,
    inner_select,
    name_of,
    only_table,
    outputs,
    qualify,
    read_column,
)
from blueproof.sql.trees import brief, write_tree

WIKI = Citation(
    url="https://wiki.postgresql.org/wiki/Don%27t_Do_This",
    checked=date(2026, 11, 24),
    says="NOT IN (SELECT ...) gives no rows once the subquery holds a NULL, and is not planned as "
    "an anti-join",
)


@dataclass(frozen=True, kw_only=True)
class _Excluded:
    """A NOT IN (SELECT ...): the condition, the columns before it, the query behind it.

    `values` are what the query gives for each column, where it is one SELECT; `unsure` are the
    schema's columns behind them that may be NULL.
    """

    node: exp.Expr
    columns: tuple[exp.Column, ...]
    query: exp.Query
    values: tuple[exp.Expr, ...]
    unsure: tuple[str, ...]


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each NOT IN over a subquery said as NOT EXISTS."""
    tree = asked.tree()
    unsure: list[str] = []
    said: list[str] = []
    for node in list(filters(tree)) if tree else []:
        found = _read(asked.scopes, node)
        new = _not_exists(asked.scopes, found) if found else None
        if found is None or new is None:
            continue
        unsure += found.unsure
        said += _because(asked.query, found)
        put(node, new)
    if tree is None or not said:
        return
    never_null = tuple(dict.fromkeys(unsure))
    yield Rewrite(
        title="Ask NOT EXISTS instead of NOT IN",
        text=write_tree(tree),
        because=tuple(dict.fromkeys(said)),
        instead_of=(
            Alternative(
                choice="keep NOT IN and add IS NOT NULL to the subquery",
                why_not="right answers, but still no anti-join: the planner keeps the subplan",
            ),
        ),
        trade_offs=_trade_offs(never_null),
        never_null=never_null,
        always=bool(never_null),
    )


def _read(scopes: Scopes, node: exp.Expr) -> _Excluded | None:
    left, query = _sides(node)
    columns = tuple(left.expressions) if isinstance(left, exp.Tuple) else (left,)
    if query is None or not all(isinstance(c, exp.Column) for c in columns):
        return None
    if len(columns) > 1 and not all(scopes.never_null(c) for c in columns):
        return None
    given = list(_given(scopes, query))
    if not given or any(len(values) != len(columns) for _, values in given):
        return None
    unsure: list[str] = []
    for select, values in given:
        for value in values:
            may_be = _may_be_null(scopes, select, value)
            if may_be is None:
                return None
            unsure += may_be
    simple = given[0][1] if isinstance(query, exp.Select) and not _is_whole(query) else ()
    return _Excluded(node=node, columns=columns, query=query, values=simple, unsure=tuple(unsure))


def _sides(node: exp.Expr) -> tuple[exp.Expr | None, exp.Query | None]:
    """What is not in which query."""
    inner = node.this.unnest() if isinstance(node, exp.Not) else None
    if isinstance(inner, exp.In) and inner.args.get("query"):
        query = inner.args["query"]
        return inner.this.unnest(), query.this if isinstance(query, exp.Subquery) else query
    for left, sign, right in compared(node):
        if sign == "<>" and isinstance(right, exp.All):
            query = right.this.unnest()
            query = query.this if isinstance(query, exp.Subquery) else query
            return left, query if isinstance(query, exp.Query) else None
    return None, None


def _given(scopes: Scopes, query: exp.Query) -> Iterator[tuple[exp.Select, tuple[exp.Expr, ...]]]:
    """Each SELECT of the query, and what it gives out."""
    if isinstance(query, exp.Select):
        yield query, tuple(i.unalias() for i in query.expressions)
    elif isinstance(query, exp.SetOperation):
        for side in (query.this, query.expression):
            bare = side.this if isinstance(side, exp.Subquery) else side
            yield from _given(scopes, bare)


def _is_whole(select: exp.Select) -> bool:
    """Whether a condition on its rows would change what the SELECT gives out."""
    figures = select.find_all(exp.AggFunc, exp.Window)
    own = any(f.find_ancestor(exp.Select) is select for f in figures)
    distinct = select.args.get("distinct")
    on = distinct is not None and distinct.args.get("on")
    return own or bool(on) or has(select, "order", "distinct")


def _may_be_null(scopes: Scopes, select: exp.Select, value: exp.Expr) -> tuple[str, ...] | None:
    """The columns through which a value may be NULL; none for never; None where it is not known."""
    if isinstance(value, exp.Literal | exp.Count):
        return ()
    source = scopes.owner(value) if isinstance(value, exp.Column) else None
    if source is None or not isinstance(value, exp.Column) or select.args.get("group"):
        return None
    where = select.args.get("where")
    if any(_keeps_nulls_out(c, value) for c in conjuncts(where.this if where else None)):
        return ()
    if is_padded(source, scopes.sources(select)):
        return None
    if source.table is None:
        return _behind(scopes, inner_select(select, source.node), name_of(value))
    known = source.table.by_name.get(name_of(value))
    place = (f"{source.table.name}.{known.name}",) if known is not None else None
    return () if known is not None and certain(source.table, known) else place


def _behind(scopes: Scopes, inner: exp.Select | None, name: str) -> tuple[str, ...] | None:
    """The same of what a subquery in FROM gives out by this name."""
    given = [o.value for o in outputs(inner, scopes) if o.name == name] if inner else []
    return _may_be_null(scopes, inner, given[0]) if inner and len(given) == 1 else None


def _keeps_nulls_out(condition: exp.Expr, column: exp.Column) -> bool:
    """Whether a condition is true of no NULL in a column."""
    if isinstance(condition, exp.Not) and isinstance(condition.this, exp.Is):
        told = condition.this
        return isinstance(told.expression, exp.Null) and told.this == column
    return any(left == column for left, _, right in compared(condition)) and not condition.find(
        exp.Any, exp.All
    )


def _not_exists(scopes: Scopes, found: _Excluded) -> exp.Expr | None:
    """The condition as NOT EXISTS; where a column before it may be NULL, nothing must be there."""
    root, inner, values = found.node.root(), found.query.copy(), found.values
    owners = [scopes.owner(c) for c in found.columns]
    if any(o is None for o in owners):
        return None
    outside = {o.alias for o in owners if o is not None}
    if not values:
        inner, values = _wrapped(root, found)
    elif outside & aliases(found.query):
        renamed = _renamed(scopes, root, found)
        if renamed is None:
            return None
        inner, values = renamed
    else:
        values = tuple(_in_full(scopes, v) for v in values)
    if not isinstance(inner, exp.Select):
        return None
    for clause in ("order", "distinct"):
        inner.set(clause, None)
    inner.set("expressions", [exp.Literal.number(1)])
    empty = exp.Not(this=exp.Exists(this=inner.copy()))
    equal = [
        exp.EQ(this=v.copy(), expression=read_column(o.alias, name_of(c)))
        for v, c, o in zip(values, found.columns, owners, strict=True)
        if o is not None
    ]
    where = inner.args.get("where")
    inner.set("where", exp.Where(this=all_of((*equal, *conjuncts(where.this if where else None)))))
    told: exp.Expr = exp.Not(this=exp.Exists(this=inner))
    if all(scopes.never_null(c) for c in found.columns):
        return told
    there = exp.Not(this=exp.Is(this=found.columns[0].copy(), expression=exp.Null()))
    return exp.and_(told, exp.Paren(this=exp.or_(there, empty)))


def _wrapped(root: exp.Expr, found: _Excluded) -> tuple[exp.Select, tuple[exp.Expr, ...]]:
    """A SELECT of what the query gives, by names of our own."""
    alias, names = fresh(root, "excluded"), [f"value_{n + 1}" for n in range(len(found.columns))]
    columns = [identifier(n) for n in names]
    told = exp.TableAlias(this=identifier(alias), columns=columns)
    whole = exp.Subquery(this=found.query.copy(), alias=told)
    return exp.select("1").from_(whole), tuple(read_column(alias, n) for n in names)


def _renamed(
    scopes: Scopes, root: exp.Expr, found: _Excluded
) -> tuple[exp.Select, tuple[exp.Expr, ...]] | None:
    """The query with its one table by another name, where outside there is one of the same."""
    if not isinstance(found.query, exp.Select):
        return None
    source = only_table(found.query, scopes)
    if source is None or source.table is None:
        return None
    alias = fresh(root, f"{source.alias}_other")
    inner = found.query.copy()
    assert isinstance(inner, exp.Select), "it is a copy of one"
    qualified = qualify(inner, alias)
    assert isinstance(qualified, exp.Select), "it is a copy of one"
    qualified.args["from_"].this.set("alias", exp.TableAlias(this=identifier(alias)))
    return qualified, tuple(qualify(v, alias) for v in found.values)


def _in_full(scopes: Scopes, value: exp.Expr) -> exp.Expr:
    owner = scopes.owner(value) if isinstance(value, exp.Column) else None
    return read_column(owner.alias, name_of(value)) if owner is not None else value


def _because(query: Planned, found: _Excluded) -> tuple[str, ...]:
    if found.unsure:
        place = " and ".join(dict.fromkeys(found.unsure))
        return (f"{place} may be NULL, and one NULL there makes {query.name} return no row at all",)
    told = ", ".join(brief(c) for c in found.columns)
    return (
        f"the planner cannot join over NOT IN, so {query.name} keeps what {told} must not be in "
        "as a subplan",
    )


def _trade_offs(unsure: tuple[str, ...]) -> tuple[str, ...]:
    if not unsure:
        return ()
    return (
        f"the rows are the same as long as {' and '.join(unsure)} "
        f"{'holds' if len(unsure) == 1 else 'hold'} no NULL; with one, the two differ, and NOT "
        "EXISTS is almost surely what you mean",
    )


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE bans (id bigint PRIMARY KEY, customer_id bigint{});
"""
_QUERY = """-- name: not_banned
SELECT id, email FROM customers WHERE id NOT IN (SELECT customer_id FROM bans);
"""
_NOT_NULL = _TABLES.format(" NOT NULL")

REWRITING = Rewriting(
    id="pg-not-in",
    title="Ask NOT EXISTS instead of NOT IN (SELECT ...)",
    guide=__doc__ or "",
    evidence=(WIKI,),
    turn=turn,
    cases=(
        Case(name="a large subquery", given=_NOT_NULL, queries=_QUERY),
        Case(name="a column that may be NULL", given=_TABLES.format(""), queries=_QUERY,
             rows=("bans=500",)),
        Case(name="a condition and a parameter in the subquery", given=_NOT_NULL,
             queries="SELECT c.id FROM customers c WHERE c.email = $1 OR c.id NOT IN "
             "(SELECT b.customer_id FROM bans b WHERE b.id > $2 OR b.id = $1::bigint);"),
        Case(name="rows to be deleted", given=_NOT_NULL,
             queries="DELETE FROM customers WHERE id NOT IN (SELECT customer_id FROM bans);"),
        Case(name="rows to be deleted, of a few", given=_NOT_NULL, fires=False,
             queries="DELETE FROM customers WHERE id NOT IN (SELECT customer_id FROM bans);",
             rows=("bans=500", "customers=50000")),
        Case(name="a small subquery without NULLs is hashed in memory", given=_NOT_NULL,
             queries=_QUERY, rows=("bans=500", "customers=50000"), fires=False),
        Case(name="the subquery leaves NULLs out itself", given=_TABLES.format(""),
             queries="SELECT id FROM customers WHERE id NOT IN "
             "(SELECT customer_id FROM bans WHERE customer_id IS NOT NULL);"),
        Case(name="the column before NOT IN may be NULL itself", given=_NOT_NULL,
             queries="SELECT id FROM customers c WHERE c.email = $1 AND (SELECT max(id) FROM bans) "
             "NOT IN (SELECT customer_id FROM bans);", fires=False),
        Case(name="as <> ALL, of one's own table", given=_NOT_NULL,
             queries="SELECT b.id FROM bans b JOIN customers c ON c.id = b.customer_id WHERE "
             "b.id <> ALL (SELECT b.customer_id FROM bans b WHERE b.id > $1);"),
        Case(name="NOT before IN, over a join", given=_NOT_NULL,
             rows=("bans=5M", "customers=5M"),
             queries="SELECT c.id FROM customers c WHERE NOT (c.id IN (SELECT "
             "b.customer_id FROM bans b JOIN customers o ON o.id = b.id WHERE o.id > 5));"),
        Case(name="two subqueries put together", given=_NOT_NULL,
             queries="WITH b AS (SELECT customer_id FROM bans) SELECT c.id FROM customers c WHERE "
             "c.id NOT IN (SELECT customer_id FROM b UNION ALL SELECT id FROM bans);"),
        Case(name="a column that may be NULL itself", given=_TABLES.format(" NOT NULL, by bigint"),
             queries="SELECT id FROM bans WHERE by NOT IN (SELECT id FROM customers "
             "WHERE email > $1);"),
        Case(name="the largest of each, of which one may be NULL", fires=False,
             given=_TABLES.format(""),
             queries="SELECT id FROM customers WHERE id NOT IN "
             "(SELECT max(customer_id) FROM bans GROUP BY id % 9);"),
        Case(name="a list of values", given=_NOT_NULL,
             queries="SELECT id FROM customers WHERE id NOT IN (1, 2, 3);", fires=False),
        Case(name="it already says NOT EXISTS", given=_NOT_NULL,
             queries="SELECT id FROM customers c WHERE NOT EXISTS "
             "(SELECT 1 FROM bans b WHERE b.customer_id = c.id);", fires=False),
    ),
)  # fmt: skip
