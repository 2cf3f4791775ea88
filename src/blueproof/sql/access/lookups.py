"""The sub-selects of row security policies: which table they ask about whoever asks.

Read from conditions as pg_get_expr prints them: each name is resolved there, so that a column that
was meant of the policy's own table and was caught by the inner one shows.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from blueproof.sql.schema import Policy

_IDENTITY = re.compile(
    r"\bauth\.(?:uid|jwt)\(\)|\bcurrent_setting\(|\bcurrent_user\b", re.IGNORECASE
)
_WRAPPERS = (exp.Paren, exp.Cast)


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A sub-select on one table: the columns by which it knows who asks, and of what row it is.

    `user` is the column held against the identity, `group` the one that is given out or held
    against the policy's row, `outer` that row's column; each "" where there is none. `caught` are
    two columns of the inner table held against each other; `extra` the other conditions, without
    the table's alias.
    """

    policy: Policy
    table: str
    user: str = ""
    group: str = ""
    outer: str = ""
    caught: tuple[str, str] = ("", "")
    extra: tuple[str, ...] = ()

    @property
    def always_true(self) -> bool:
        """Whether a column is held against itself."""
        return bool(self.caught[0]) and self.caught[0] == self.caught[1]


def asks_who(text: str) -> bool:
    """Whether the text asks who is signed in."""
    return bool(_IDENTITY.search(text))


def lookups(policy: Policy) -> tuple[Lookup, ...]:
    """The sub-selects of a policy on one table each, of both of its conditions."""
    trees = (tree for text in (policy.using, policy.check) if (tree := parsed(text)))
    found = (_lookup(select, policy) for tree in trees for select in tree.find_all(exp.Select))
    return tuple(dict.fromkeys(each for each in found if each))


def rewritten(text: str, policy: Policy, new: Callable[[Lookup], str]) -> str:
    """The condition with each sub-select replaced for which there is a new condition; "" if none.

    What is replaced is the whole comparison: column IN (SELECT ...), or EXISTS (SELECT ...).
    """
    tree = parsed(text)
    if tree is None:
        return ""
    changed = False
    for select in list(tree.find_all(exp.Select)):
        lookup = _lookup(select, policy)
        holder = _holder(select)
        made = new(lookup) if lookup and holder is not None else ""
        condition = parsed(made) if made else None
        if condition is not None and holder is not None:
            changed = True
            if holder is tree:
                tree = condition
            else:
                holder.replace(condition)
    return tree.sql(dialect="postgres") if changed else ""


def parsed(text: str) -> exp.Expr | None:
    """The condition as a tree; None where it cannot be read."""
    try:
        found = sqlglot.parse_one(text, dialect="postgres") if text else None
    except SqlglotError:
        return None
    return found


def bare(node: exp.Expr | None) -> exp.Expr | None:
    """The expression without the parentheses and casts around it."""
    while isinstance(node, _WRAPPERS):
        node = node.this
    return node


def _lookup(select: exp.Select, policy: Policy) -> Lookup | None:
    source = select.args.get("from_") or select.args.get("from")
    table = source.this if source else None
    where = select.args.get("where")
    if not isinstance(table, exp.Table) or select.args.get("joins") or where is None:
        return None
    alias, name = table.alias_or_name, _name(table)
    user = group = outer = ""
    caught, extra = ("", ""), []
    for part in _conjuncts(where.this):
        left, right = _sides(part)
        mine = [c for c in (left, right) if _is_of(c, alias)]
        both = left is not None and right is not None and mine == [left, right]
        if both:  # of the inner table
            caught = (str(mine[0].name), str(mine[1].name)) if mine[0] and mine[1] else caught
        elif len(mine) == 1 and asks_who(part.sql(dialect="postgres")):
            user = mine[0].name if mine[0] else user
        elif len(mine) == 1 and isinstance(left, exp.Column) and isinstance(right, exp.Column):
            other = right if mine[0] is left else left
            group, outer = (mine[0].name if mine[0] else ""), other.name
        else:
            extra.append(_without(part, alias))
    if caught[0] and not group:
        group = caught[0]
    group, outer = _given_out(select, alias, group, outer)
    return Lookup(
        policy=policy, table=name, user=user, group=group, outer=outer, caught=caught,
        extra=tuple(extra),
    )  # fmt: skip


def _given_out(select: exp.Select, alias: str, group: str, outer: str) -> tuple[str, str]:
    """The column that the sub-select gives out, and what it is held against outside."""
    holder = _holder(select)
    if not isinstance(holder, exp.In | exp.EQ) or len(select.expressions) != 1:
        return group, outer
    column = bare(select.expressions[0].unalias())
    against = bare(holder.this)
    if against is not None and (against is select or select in against.find_all(exp.Select)):
        against = bare(holder.expression)
    if not _is_of(column, alias) or not isinstance(against, exp.Column) or column is None:
        return group, outer
    return str(column.name), str(against.name)


def _holder(select: exp.Select) -> exp.Expr | None:
    """The condition that a sub-select stands in: an EXISTS, IN or comparison of its own."""
    node = select.parent
    while isinstance(node, exp.Subquery | exp.Paren | exp.Array | exp.Any | exp.Cast):
        node = node.parent
    return node if isinstance(node, exp.Exists | exp.In | exp.EQ) else None


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node


def _sides(part: exp.Expr) -> tuple[exp.Expr | None, exp.Expr | None]:
    if not isinstance(part, exp.EQ):
        return None, None
    return bare(part.this), bare(part.expression)


def _is_of(node: exp.Expr | None, alias: str) -> bool:
    return isinstance(node, exp.Column) and node.table in {alias, ""}


def _without(part: exp.Expr, alias: str) -> str:
    """The condition without the table's alias before its columns."""
    copy = part.copy()
    for column in copy.find_all(exp.Column):
        if column.table == alias:
            column.set("table", None)
    return copy.sql(dialect="postgres")


def _name(table: exp.Table) -> str:
    return f"{table.db}.{table.name}" if table.db and table.db != "public" else str(table.name)
