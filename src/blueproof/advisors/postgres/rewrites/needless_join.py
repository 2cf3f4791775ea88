"""Leave out a table that is joined only by the key that refers to it.

A foreign key says that each row has its parent, so JOIN customers c ON c.id = o.customer_id keeps
every order: where nothing but c.id is asked of customers, o.customer_id says as much. PostgreSQL
leaves out LEFT JOINs of this kind by itself, inner ones never.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.schema import ForeignKey
from blueproof.sql.scopes import Source, all_of, certain, columns, conjuncts, is_padded
from blueproof.sql.selected import (
    identifier,
    is_merging,
    is_of,
    is_whole,
    name_of,
    parent_of,
    read_column,
)
from blueproof.sql.trees import write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/ddl-constraints.html",
    checked=date(2026, 11, 29),
    says="a foreign key says that the values in a column must match those in some row of another "
    "table",
)


@dataclass(frozen=True, kw_only=True)
class _Needless:
    """A parent that is joined by its key alone, the child that refers to it, and the condition."""

    parent: Source
    child: Source
    key: ForeignKey
    condition: exp.Expr


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The query without the parents of which nothing but the key is asked."""
    tree = asked.tree()
    if tree is None or "NOT VALID" in asked.database.ddl.upper():
        return
    left: list[_Needless] = []
    for select in list(tree.find_all(exp.Select)):
        while (found := next(_needless(asked, select), None)) is not None:
            _leave_out(asked, select, found)
            left.append(found)
    if left:
        names = " and ".join(dict.fromkeys(n.key.references for n in left))
        yield Rewrite(
            title=f"Leave out {names}",
            text=write_tree(tree),
            because=tuple(
                f"{asked.query.name} asks {n.key.references} only for its key, which "
                f"{n.key.table}.{n.key.columns[0]} holds: the foreign key says that it is there"
                for n in left
            ),
        )


def _needless(asked: Asked, select: exp.Select) -> Iterator[_Needless]:
    sources = asked.scopes.sources(select)
    inner = all(s.side in {"", "LEFT"} for s in sources)
    merging = any(s.join is not None and is_merging(s.join) for s in sources)
    if not inner or merging or select.args.get("locks"):
        return
    for parent in sources:
        if parent.table is None or parent.side or not is_whole(parent.node):
            continue
        for condition in _held(select, sources):
            found = _tie(asked, sources, parent, condition)
            if found and _is_only_key(asked, select, found):
                yield found


def _held(select: exp.Select, sources: tuple[Source, ...]) -> Iterator[exp.EQ]:
    """The equalities that every row fulfils."""
    where = select.args.get("where")
    on = [s.join.args.get("on") for s in sources if s.join is not None and not s.side]
    parts = [c for each in (*on, where.this if where else None) for c in conjuncts(each)]
    yield from (c for c in parts if isinstance(c, exp.EQ))


def _tie(
    asked: Asked, sources: tuple[Source, ...], parent: Source, condition: exp.EQ
) -> _Needless | None:
    """The condition as the foreign key's, if that is what it is."""
    mine, other = condition.this, condition.expression
    if not isinstance(mine, exp.Column) or not isinstance(other, exp.Column):
        return None
    if not is_of(mine, parent, asked.scopes):
        mine, other = other, mine
    child = asked.scopes.owner(other)
    if child is None or child.table is None or not is_of(mine, parent, asked.scopes):
        return None
    here = any(child.node is s.node for s in sources) and child.node is not parent.node
    if not here or is_padded(child, sources) or not is_of(other, child, asked.scopes):
        return None
    key = parent_of(asked.database.schema, child.table, name_of(other))
    assert parent.table is not None, "it was read as a table"
    if key is None or key.references != parent.table.name or key.referenced != (name_of(mine),):
        return None
    held, holding = parent.table.by_name[name_of(mine)], child.table.by_name[name_of(other)]
    if held.type != holding.type:
        return None
    return _Needless(parent=parent, child=child, key=key, condition=condition)


def _is_only_key(asked: Asked, select: exp.Select, found: _Needless) -> bool:
    """Whether no other column of the parent is named, and the parent can be taken out."""
    parent = found.parent
    if any(isinstance(i, exp.Star) for i in select.expressions):
        return False
    for column in columns(select):
        owner = asked.scopes.owner(column)
        if owner is None:
            return False
        if owner.node is parent.node and name_of(column) != found.key.referenced[0]:
            return False
    joins = select.args.get("joins") or []
    first_out = parent.join is None
    return not first_out or (
        bool(joins) and joins[0].this is found.child.node and not joins[0].side
    )


def _leave_out(asked: Asked, select: exp.Select, found: _Needless) -> None:
    """Name the child's column for the parent's key, and take the parent out of FROM."""
    parent, child, column = found.parent, found.child, found.key.columns[0]
    told = read_column(child.alias, column)
    for reference in [c for c in columns(select) if is_of(c, parent, asked.scopes)]:
        item = reference.parent is select and reference.arg_key == "expressions"
        name = identifier(name_of(reference))
        reference.replace(exp.alias_(told.copy(), name) if item else told.copy())
    found.condition.replace(exp.true())
    moved = _without(parent, child, select)
    assert child.table is not None, "it was read as a table"
    if not certain(child.table, child.table.by_name[column]):
        moved.append(exp.Is(this=told.copy(), expression=exp.Null(), negate=True))
    where = select.args.get("where")
    kept = [*moved, *conjuncts(where.this if where else None)]
    condition = all_of(c for c in kept if not _is_true(c))
    select.set("where", exp.Where(this=condition) if condition is not None else None)


def _without(parent: Source, child: Source, select: exp.Select) -> list[exp.Expr]:
    """Take the parent out of FROM; what its join asked beside the key is for WHERE."""
    joins = select.args["joins"]
    if parent.join is None:
        on = list(conjuncts(joins[0].args.get("on")))
        joins[0].pop()
        select.args["from_"].set("this", child.node)
    else:
        on = list(conjuncts(parent.join.args.get("on")))
        parent.join.pop()
    for join in select.args.get("joins") or []:
        told = [c for c in conjuncts(join.args.get("on")) if not _is_true(c)]
        if join.args.get("on") is not None:
            join.set("on", all_of(told) or exp.true())
    return on


def _is_true(condition: exp.Expr) -> bool:
    """Whether it says TRUE: what became of the join's own condition."""
    return isinstance(condition, exp.Boolean) and bool(condition.this)


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, blocked boolean NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, note text
);
CREATE TABLE items (
  order_id bigint NOT NULL REFERENCES orders, line integer NOT NULL, product_id bigint NOT NULL,
  PRIMARY KEY (order_id, line)
);
"""
_LINES = "SELECT {} FROM items i {} orders o ON o.id = i.order_id {};"
_NULLABLE = _TABLES.replace("order_id bigint NOT NULL", "order_id bigint").replace(
    "PRIMARY KEY (order_id, line)", "UNIQUE (order_id, line)"
)
_LARGE = ("items=10M", "orders=2M", "customers=500k")

REWRITING = Rewriting(
    id="pg-needless-join",
    title="Leave out a table that is joined only by its key",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="lines of orders are counted", given=_TABLES, rows=("items=2M", "orders=5M"),
             queries=_LINES.format("count(*) AS lines", "JOIN", "")),
        Case(name="the key comes out, and the reference may be NULL", given=_NULLABLE, rows=_LARGE,
             queries=_LINES.format("o.id, i.product_id", "JOIN", "WHERE i.line = 1")),
        Case(name="the parent stands first, a condition beside the key", given=_TABLES,
             rows=("orders=2M", "customers=3M"),
             queries="SELECT count(note) AS n FROM customers c JOIN orders o "
             "ON o.customer_id = c.id AND c.id > $1 WHERE o.id > 5;"),
        Case(name="another column is asked", given=_TABLES, rows=_LARGE, fires=False,
             queries=_LINES.format("count(*) AS lines", "JOIN", "WHERE o.note IS NULL")),
        Case(name="no foreign key", rows=_LARGE, fires=False,
             given=_TABLES.replace("NOT NULL REFERENCES orders", "NOT NULL"),
             queries=_LINES.format("count(*) AS lines", "JOIN", "")),
        Case(name="orders without a line are kept", given=_TABLES, rows=_LARGE, fires=False,
             queries=_LINES.format("count(*) AS lines", "RIGHT JOIN", "")),
        Case(name="a foreign key that was never validated", rows=_LARGE, fires=False,
             given=_TABLES.replace(" REFERENCES orders", "") + "ALTER TABLE items ADD CONSTRAINT o "
             "FOREIGN KEY (order_id) REFERENCES orders NOT VALID;",
             queries=_LINES.format("count(*) AS lines", "JOIN", "")),
    ),
)  # fmt: skip
