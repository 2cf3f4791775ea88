"""Look the keys up for each side of an OR where a side is a subquery.

WHERE id = $1 OR EXISTS (SELECT ...) can use no index: the subquery is asked for every row. Each
side by itself can begin at its own index; the keys that either finds are then looked up.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.schema import Table
from blueproof.sql.scopes import Scopes, Source, columns, conjuncts, disjuncts, is_padded
from blueproof.sql.selected import is_whole, named, read_column, read_select, ref
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-bitmap-scans.html",
    checked=date(2026, 11, 29),
    says="the system can combine indexes for conditions joined by OR only where an index of the "
    "table serves each of them",
)
_MOST_SIDES = 4


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The keys of each side of an OR, united, where all sides are about one table."""
    for tree, select in asked.selects():
        where = select.args.get("where")
        for part in list(conjuncts(where.this)) if where else []:
            sides = list(disjuncts(part))
            source = _about(asked.scopes, select, sides)
            table = source.table if source else None
            if source is None or table is None or not 1 < len(sides) <= _MOST_SIDES:
                continue
            because = (
                f"{asked.query.name} asks {brief(part)}: with a subquery in it, the OR is tried on "
                f"every row of {table.name}"
            )
            whole = part.parent if isinstance(part.parent, exp.Paren) else part
            whole.replace(_among(source, table, sides))
            yield Rewrite(
                title=f"Look up the keys of {table.name} for each side of the OR",
                text=write_tree(tree),
                because=(because,),
            )
            break  # the tree is changed


def _about(scopes: Scopes, select: exp.Select, sides: list[exp.Expr]) -> Source | None:
    """The one table with a key of one column that every side is about."""
    sources = scopes.sources(select)
    subqueries = [s for side in sides for s in side.find_all(exp.Select)]
    named_here: list[Source] = []
    for column in (c for side in sides for c in columns(side)):
        owner = scopes.owner(column)
        if owner is None:
            return None
        if any(owner.node is s.node for s in sources):
            named_here.append(owner)
        elif not any(_is_within(owner.node, s) for s in subqueries):
            return None  # of a query further out
    if not named_here or not subqueries:
        return None
    source = named_here[0]
    if any(o.node is not source.node for o in named_here):
        return None
    keyed = source.table is not None and len(source.table.primary_key) == 1
    plain = keyed and is_whole(source.node) and not is_padded(source, sources)
    return source if plain else None


def _is_within(node: exp.Expr, select: exp.Select) -> bool:
    found: exp.Expr | None = node
    while found is not None and found is not select:
        found = found.parent
    return found is select


def _among(source: Source, table: Table, sides: list[exp.Expr]) -> exp.Expr:
    """The table's key among those that one of the sides finds.

    Inside, the table goes by the same name: what the sides say of it is about the row there.
    """
    (key,) = table.primary_key
    arms = [
        read_select(
            f"SELECT {ref(source.alias, key)} FROM {named(table, source.alias)} WHERE {brief(s)}"
        )
        for s in sides
    ]
    union: exp.Query = arms[0]
    for arm in arms[1:]:
        union = exp.union(union, arm, distinct=True, copy=False)
    return exp.In(this=read_column(source.alias, key), query=exp.Subquery(this=union))


_TABLES = """
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, note text);
CREATE TABLE shares (
  id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, user_id bigint NOT NULL
);
CREATE INDEX ON shares (order_id);
"""
_MINE = """-- name: my_orders
SELECT o.id, o.note FROM orders o
WHERE {} OR EXISTS (SELECT 1 FROM shares s WHERE s.order_id = o.id AND s.user_id = $2);
"""
_LARGE = ("orders=2M", "shares=5M")

REWRITING = Rewriting(
    id="pg-or-subquery",
    title="Look the keys up for each side of an OR",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="my orders, and those shared with me", given=_TABLES, rows=_LARGE,
             queries=_MINE.format("o.customer_id = $1")),
        Case(name="in a list, beside another condition, counted", given=_TABLES, rows=_LARGE,
             queries="SELECT count(*) AS n FROM orders WHERE note IS NOT NULL AND "
             "(customer_id = $1 OR id IN (SELECT order_id FROM shares WHERE user_id = $1));"),
        Case(name="the table is joined to another", given=_TABLES, rows=_LARGE,
             queries="SELECT o.id, s.user_id FROM orders o JOIN shares s ON s.order_id = o.id "
             "WHERE o.customer_id = $1 OR o.id = ANY (SELECT order_id FROM shares x "
             "WHERE x.user_id = $2);"),
        Case(name="no subquery on either side", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM orders WHERE customer_id = $1 OR id = $2;"),
        Case(name="rows without a match come out, too", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT s.id FROM shares s LEFT JOIN orders o ON o.id = s.order_id WHERE "
             "o.id IS NULL OR o.id IN (SELECT order_id FROM shares x WHERE x.user_id = $1);"),
        Case(name="a table without a key", rows=_LARGE, fires=False,
             given=_TABLES.replace("PRIMARY KEY, customer", "UNIQUE, customer").replace(
                 "REFERENCES orders", "REFERENCES orders (id)"),
             queries=_MINE.format("o.customer_id = $1")),
    ),
)  # fmt: skip
