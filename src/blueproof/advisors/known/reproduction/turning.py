"""Other statements for the same rows, each of which lets an index end the work early.

The newest of each by look-ups, a least value by its order, and what is looked for in two tables in
each of them apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from blueproof.advisors.known.reproduction.searched import trigram_keys
from blueproof.sql.guessing.resolving import table_name
from blueproof.sql.names import quote, quote_table
from blueproof.sql.scopes import all_of, conjuncts, disjuncts
from blueproof.sql.selected import name_of
from blueproof.sql.trees import brief, read_part, write_tree

_BESIDE = ("group", "having", "with_", "distinct", "offset", "joins")


@dataclass(frozen=True, kw_only=True)
class Turned:
    """A statement in place of another, and the rows of each as queries, to be held against.

    `indexes` are what the new one needs, as CREATE INDEX says them after the name.
    """

    read: str
    compared: str
    checked: str
    indexes: tuple[str, ...] = ()


def newest_by_lookups(tree: exp.Expr) -> Turned | None:
    """DISTINCT ON (a) ... ORDER BY a, b DESC as one look-up for each a, found by skipping.

    None where it reads more than one table, or is sorted by anything else.
    """
    if not isinstance(tree, exp.Select) or tree.args.get("limit"):
        return None
    distinct, source, order = (tree.args.get(k) for k in ("distinct", "from_", "order"))
    on = distinct.args.get("on") if distinct is not None else None
    beside = any(tree.args.get(k) for k in _BESIDE if k != "distinct")
    if on is None or source is None or order is None or beside or not tree.is_star:
        return None
    keys = on.expressions if isinstance(on, exp.Tuple) else [on.unnest()]
    sorts = [s for s in order.expressions if isinstance(s.this, exp.Column)]
    if (
        len(keys) != 1
        or not isinstance(source.this, exp.Table)
        or len(sorts) != len(order.expressions)
    ):
        return None
    key = name_of(keys[0]) if isinstance(keys[0], exp.Column) else ""
    rest = sorts[1:]
    if not key or not rest or name_of(sorts[0].this) != key:
        return None
    return _by_lookups(tree, source.this, key, rest)


def _by_lookups(tree: exp.Select, source: exp.Table, key: str, rest: list[exp.Expr]) -> Turned:
    table, column = quote_table(table_name(source)), quote(key)
    where = tree.args.get("where")
    own = brief(_without_table(where.this)) if where is not None else ""
    mine, plain = (f" AND {own}", f"\nWHERE {own}") if own else ("", "")
    order = ", ".join(f"{quote(name_of(s.this))}{' DESC' * bool(s.args.get('desc'))}" for s in rest)
    keys = (
        f"WITH RECURSIVE found AS (\n"
        f"(SELECT {column} FROM {table}{plain}\nORDER BY {column} LIMIT 1)\nUNION ALL\n"
        f"SELECT (SELECT t.{column} FROM {table} AS t WHERE t.{column} > found.{column}{mine}"
        f" ORDER BY t.{column} LIMIT 1)\nFROM found WHERE found.{column} IS NOT NULL\n)\n"
    )
    lateral = (
        f"FROM found CROSS JOIN LATERAL (\nSELECT * FROM {table} AS t WHERE t.{column} = "
        f"found.{column}{mine}\nORDER BY {order} LIMIT 1\n) AS newest"
    )
    shown = ", ".join((column, *(quote(name_of(s.this)) for s in rest)))
    compared = (
        f"SELECT DISTINCT ON ({column}) {shown} FROM {table}{plain}\nORDER BY {column}, {order}"
    )
    given = ", ".join(f"newest.{part}" for part in shown.split(", "))
    return Turned(
        read=f"{keys}SELECT newest.* {lateral}",
        compared=compared,
        checked=f"{keys}SELECT {given} {lateral}",
        indexes=(f"ON {table} ({column}, {order})",),
    )


def _without_table(node: exp.Expr) -> exp.Expr:
    new = node.copy()
    for column in new.find_all(exp.Column):
        column.set("table", None)
    return new


def least_by_order(tree: exp.Expr) -> Turned | None:
    """SELECT min(a) over a join as the first row in the order of a; None for anything else."""
    if not isinstance(tree, exp.Select) or len(tree.selects) != 1 or not tree.args.get("joins"):
        return None
    item = tree.selects[0].unalias()
    if not isinstance(item, exp.Min | exp.Max) or not isinstance(item.this, exp.Column):
        return None
    if any(tree.args.get(k) for k in _BESIDE if k != "joins") or item.args.get("expressions"):
        return None
    inner = tree.copy()
    column = item.this.copy()
    inner.set("expressions", [column])
    inner = inner.where(read_part(f"{brief(column)} IS NOT NULL"))
    way = " DESC" * isinstance(item, exp.Max)
    ordered = inner.order_by(f"{brief(column)}{way}", dialect="postgres").limit(1)
    name = "max" if way else "min"
    read = f"SELECT ({write_tree(ordered)}) AS {name}"
    return Turned(read=read, compared=write_tree(tree), checked=read)


def apart_by_table(tree: exp.Expr) -> Turned | None:
    """A search in either of two joined tables as a UNION, each half with its own indexes.

    None where it is no inner join by the other's key, or gives more than the rows of the first.
    """
    joined = _joined(tree)
    if joined is None:
        return None
    select, first, other, column, key = joined
    mine, theirs = first.alias_or_name, other.alias_or_name
    parts = list(conjuncts(select.args["where"].this))
    split = next((p for p in parts if isinstance(p, exp.Or) and _names(p) >= {mine, theirs}), None)
    rest = [p for p in parts if p is not split]
    if split is None or any(_names(p) != {mine} for p in rest):
        return None
    either = list(disjuncts(split))
    own = [d for d in either if _names(d) == {mine}]
    far = [d for d in either if _names(d) == {theirs}]
    if len(own) + len(far) != len(either) or not far or not own:
        return None
    table, its = brief(first), brief(other)
    base = all_of([p.copy() for p in rest])
    also = f"{brief(base)} AND " if base is not None else ""
    inside = f"SELECT {quote(theirs)}.{quote(key)} FROM {its} WHERE {_any_of(far)}"
    halves = (
        f"SELECT {quote(mine)}.* FROM {table} WHERE {also}({_any_of(own)})"
        f"\nUNION\nSELECT {quote(mine)}.* FROM {table} WHERE {also}"
        f"{quote(mine)}.{quote(column)} IN ({inside})"
    )
    read = f"SELECT * FROM ({halves}) AS {quote(mine)}{_end(select)}"
    plain = select.copy()
    for clause in ("order", "limit", "offset"):
        plain.set(clause, None)
    indexes = [f"ON {quote_table(table_name(first))} ({quote(column)})"]
    if keys := trigram_keys(far):
        indexes.append(f"ON {quote_table(table_name(other))} USING gin ({keys})")
    return Turned(
        read=read,
        compared=write_tree(plain),
        checked=f"SELECT * FROM ({halves}) AS {quote(mine)}",
        indexes=tuple(indexes),
    )


def _joined(tree: exp.Expr) -> tuple[exp.Select, exp.Table, exp.Table, str, str] | None:
    """The select with its two tables, the column that refers, and the key that it refers to."""
    if not isinstance(tree, exp.Select) or not tree.args.get("where"):
        return None
    source, joins = tree.args.get("from_"), tree.args.get("joins") or []
    beside = any(tree.args.get(k) for k in ("group", "having", "with_", "distinct"))
    if source is None or len(joins) != 1 or beside or not isinstance(source.this, exp.Table):
        return None
    join, first = joins[0], source.this
    on = join.args.get("on")
    if join.side or join.kind == "CROSS" or not isinstance(join.this, exp.Table):
        return None
    items = tree.selects
    item = items[0] if len(items) == 1 else None
    whole = isinstance(item, exp.Column) and item.is_star and item.table == first.alias_or_name
    if not whole or not isinstance(on, exp.EQ):
        return None
    sides = {c.table: name_of(c) for c in (on.left, on.right) if isinstance(c, exp.Column)}
    column, key = sides.get(first.alias_or_name), sides.get(join.this.alias_or_name)
    if not column or key != "id":
        return None
    return tree, first, join.this, column, key


def _any_of(conditions: list[exp.Expr]) -> str:
    return " OR ".join(brief(c) for c in conditions)


def _names(node: exp.Expr) -> set[str]:
    return {c.table for c in node.find_all(exp.Column)}


def _end(select: exp.Select) -> str:
    """ORDER BY and LIMIT of a select, as they stand after its halves."""
    pieces: Iterator[str] = (
        brief(select.args[k]) for k in ("order", "limit", "offset") if select.args.get(k)
    )
    return "".join(f"\n{piece.strip()}" for piece in pieces)
