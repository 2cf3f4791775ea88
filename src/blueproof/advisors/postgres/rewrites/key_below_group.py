"""Group only the rows that the join asks for.

JOIN (SELECT customer_id, sum(total) FROM orders GROUP BY customer_id) groups every order, although
only a few customers are joined: PostgreSQL does not carry a join's condition into a subquery that
groups. With LATERAL the condition stands inside, and an index finds each customer's rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Source, aliases, all_of, conjuncts
from blueproof.sql.selected import (
    has_star,
    identifier,
    inner_select,
    is_closed,
    is_exact,
    is_merging,
    meant,
    name_of,
    outputs,
    without_unread,
)
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-table-expressions.html",
    checked=date(2026, 11, 29),
    says="without LATERAL each subquery in FROM is evaluated independently of the other relations; "
    "with it, for each of their rows",
)
_SIDES = {"", "LEFT"}


@dataclass(frozen=True, kw_only=True)
class _Joined:
    """A grouping subquery, the outer column that its key is compared with, and the key inside."""

    source: Source
    inner: exp.Select
    outer: exp.Column
    key: exp.Column


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each grouping subquery or CTE in FROM that is joined by what it groups by."""
    for tree, select in asked.selects():
        for joined in _joined(asked, select):
            because = (
                f"{asked.query.name} groups by {brief(joined.key)} over the whole table, then "
                f"keeps what is joined to {brief(joined.outer)}"
            )
            _put_inside(select, joined)
            yield Rewrite(
                title=f"Group only the rows of {joined.source.alias} that are joined",
                text=write_tree(without_unread(tree)),
                because=(because,),
            )
            break  # the tree is changed; another is found in the text as it is then


def _joined(asked: Asked, select: exp.Select) -> Iterator[_Joined]:
    sources = asked.scopes.sources(select)
    joins = [s.join for s in sources if s.join is not None]
    if any(is_merging(j) for j in joins) or any(s.side not in _SIDES for s in sources):
        return
    pair = len(sources[1:]) == 1 and not sources[1].side and not has_star(select)
    for at, source in enumerate(sources):
        inner = inner_select(select, source.node) if source.table is None else None
        if inner is None or not (at or pair) or not is_closed(inner, asked.scopes):
            continue
        before = sources[:at] if at else sources[1:]
        for condition in _compared(select, source, sources[at or 1 :]):
            found = _read(asked, source, before, inner, condition)
            if found:
                yield found


def _compared(select: exp.Select, source: Source, later: tuple[Source, ...]) -> Iterator[exp.EQ]:
    """The equalities that hold for each row of this relation that is joined."""
    where = select.args.get("where")
    inner = [] if source.side else [s.join.args.get("on") for s in later if s.join and not s.side]
    own = [source.join.args.get("on")] if source.side and source.join is not None else inner
    held = [*own, where.this if where and not source.side else None]
    yield from (c for each in held for c in conjuncts(each) if isinstance(c, exp.EQ))


def _read(
    asked: Asked,
    source: Source,
    before: tuple[Source, ...],
    inner: exp.Select,
    condition: exp.EQ,
) -> _Joined | None:
    mine, other = condition.this, condition.expression
    if not isinstance(mine, exp.Column) or not isinstance(other, exp.Column):
        return None
    if asked.scopes.owner(other) == source:
        mine, other = other, mine
    owner, theirs = asked.scopes.owner(mine), asked.scopes.owner(other)
    if owner != source or theirs is None or not other.table or theirs not in before:
        return None
    key = _grouped(asked, inner, name_of(mine))
    if key is None or name_of(other.args["table"]) in aliases(inner):
        return None
    return _Joined(source=source, inner=inner, outer=other, key=key)


def _grouped(asked: Asked, inner: exp.Select, name: str) -> exp.Column | None:
    """The column behind an output if rows of different values of it never meet in the SELECT."""
    given = [o for o in outputs(inner, asked.scopes) if o.name == name]
    value = given[0].value if len(given) == 1 else None
    if not isinstance(value, exp.Column):
        return None
    found = asked.scopes.column(value)
    if found is None or not is_exact(found[0].table, found[1].name):
        return None
    if any(inner.args.get(k) for k in ("limit", "offset", "locks", "windows", "with_")):
        return None
    return value if _is_apart(asked, inner, value) else None


def _is_apart(asked: Asked, inner: exp.Select, key: exp.Column) -> bool:
    """Whether every grouping, DISTINCT and window of the SELECT has the column among its keys."""
    group, distinct = inner.args.get("group"), inner.args.get("distinct")
    windows = [w for w in inner.find_all(exp.Window) if w.find_ancestor(exp.Select) is inner]
    lists: list[list[exp.Expr]] = [w.args.get("partition_by") or [] for w in windows]
    if group:
        if any(group.args.get(k) for k in ("cube", "rollup", "grouping_sets", "all")):
            return False
        given = outputs(inner, asked.scopes)
        lists.append([meant(e, given) for e in group.expressions])
    if distinct and distinct.args.get("on"):
        on = distinct.args["on"]
        lists.append(on.expressions if isinstance(on, exp.Tuple) else [on.unnest()])
    if not (group or distinct or windows):
        return False
    wanted = asked.scopes.column(key)
    return all(any(_same(asked, e, wanted) for e in each) for each in lists)


def _same(asked: Asked, item: exp.Expr, wanted: object) -> bool:
    found = asked.scopes.column(item) if isinstance(item, exp.Column) else None
    return found is not None and found == wanted


def _put_inside(select: exp.Select, joined: _Joined) -> None:
    source, inner = joined.source, joined.inner.copy()
    where = joined.inner.args.get("where")
    told = exp.EQ(this=joined.key.copy(), expression=joined.outer.copy())
    kept = all_of((*conjuncts(where.this if where else None), told))
    inner.set("where", exp.Where(this=kept))
    lateral = exp.Lateral(
        this=exp.Subquery(this=inner), alias=exp.TableAlias(this=identifier(source.alias))
    )
    if source.join is not None:
        source.join.set("this", lateral)
    else:  # it stands first, and can refer only to what stands before it
        (join,) = select.args["joins"]
        select.args["from_"].set("this", join.this)
        join.set("this", lateral)


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, city text);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint REFERENCES customers,
  created_at timestamptz NOT NULL, total numeric NOT NULL, code text
);
"""
_TOTALS = "SELECT o.customer_id, sum(o.total) AS spent, count(*) AS orders FROM orders o"
_BY_EMAIL = """-- name: customer_page
SELECT c.id, c.email, t.spent, t.orders
FROM customers c {} JOIN ({} GROUP BY o.customer_id) t ON t.customer_id = c.id
WHERE c.email = $1;
"""
_LARGE = ("orders=2M", "customers=200k")

REWRITING = Rewriting(
    id="pg-key-below-group",
    title="Group only the rows that the join asks for",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the totals of one customer", given=_TABLES, rows=_LARGE,
             queries=_BY_EMAIL.format("", _TOTALS)),
        Case(name="customers without orders stay", given=_TABLES, rows=_LARGE,
             queries=_BY_EMAIL.format("LEFT", _TOTALS)),
        Case(name="a WITH query that stands first", given=_TABLES, rows=_LARGE,
             queries=f"WITH t AS ({_TOTALS} GROUP BY 1 HAVING sum(o.total) > $2) "
             "SELECT c.email, t.spent FROM t JOIN customers c ON c.id = t.customer_id "
             "WHERE c.email LIKE $1 AND c.city = $3 LIMIT 10;"),
        Case(name="a window over each customer's orders", given=_TABLES, rows=_LARGE,
             queries="SELECT c.email, w.id, w.part FROM customers c JOIN (SELECT id, customer_id, "
             "total / sum(total) OVER (PARTITION BY customer_id) AS part FROM orders "
             "WHERE total > 0) w ON w.customer_id = c.id WHERE c.email = $1;"),
        Case(name="every customer is joined", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BY_EMAIL.format("", _TOTALS).replace("WHERE c.email = $1", "")),
        Case(name="a window over all orders", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT c.email, w.place FROM customers c JOIN (SELECT customer_id, "
             "rank() OVER (ORDER BY total) AS place FROM orders) w "
             "ON w.customer_id = c.id WHERE c.email = $1;"),
        Case(name="the first ten groups are taken before the join", given=_TABLES, rows=_LARGE,
             queries=_BY_EMAIL.format("", _TOTALS).replace(
                 "GROUP BY o.customer_id", "GROUP BY o.customer_id ORDER BY 2 LIMIT 10"),
             fires=False),
        Case(name="the name of the outer table means another inside", given=_TABLES, rows=_LARGE,
             queries=_BY_EMAIL.format("", "SELECT o.customer_id, sum(o.total) AS spent, "
             "count(*) AS orders FROM orders o JOIN customers c ON c.id = o.id"), fires=False),
        Case(name="joined by what was counted", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BY_EMAIL.format("", _TOTALS).replace("ON t.customer_id", "ON t.orders")),
    ),
)  # fmt: skip
