"""The relations of a SELECT that multiply its rows: children that are joined to a row by its key.

FROM users u LEFT JOIN memberships m ON m.user_id = u.id gives a user's row once for each of its
memberships, and once for each pair where a second child is joined beside it.
"""

from dataclasses import dataclass, replace

from sqlglot import exp

from blueproof.sql.distinctness import are_different
from blueproof.sql.schema import Table
from blueproof.sql.scopes import Scopes, Source, conjuncts
from blueproof.sql.selected import (
    Output,
    has,
    is_exact,
    is_merging,
    is_of,
    is_strict_key,
    is_whole,
    meant,
    name_of,
)

_MORE = ("cube", "rollup", "grouping_sets", "all")
_LOOKED_AT = ("group", "distinct", "having", "order", "limit", "offset", "with_")


@dataclass(frozen=True, kw_only=True)
class Child:
    """A table joined by `key` = `outer`, a column of the relations that stay.

    `rest` are the other conditions that its rows must meet, on its own columns alone.
    """

    source: Source
    table: Table
    join: exp.Join
    key: str
    outer: exp.Column
    rest: tuple[exp.Expr, ...]

    @property
    def inner(self) -> bool:
        """Whether a row that has no such child is left out."""
        return not self.source.side


@dataclass(frozen=True, kw_only=True)
class Multiplied:
    """A SELECT taken apart: the relations that stay, the children, WHERE for the former alone."""

    kept: tuple[Source, ...]
    children: tuple[Child, ...]
    where: tuple[exp.Expr, ...]


def grouped_values(select: exp.Select, given: tuple[Output, ...]) -> list[exp.Expr]:
    """What GROUP BY or SELECT DISTINCT makes groups by; nothing where it is more than a list."""
    group, distinct = select.args.get("group"), select.args.get("distinct")
    if distinct and not group:
        return [] if distinct.args.get("on") else [o.value for o in given]
    if (
        group is None
        or distinct
        or any(group.args.get(k) for k in ("cube", "rollup", "grouping_sets", "all"))
    ):
        return []
    return [meant(each, given) for each in group.expressions]


def take_apart(scopes: Scopes, select: exp.Select, by: list[exp.Expr]) -> Multiplied | None:
    """The SELECT's relations, if a group by these values is one row of those that stay.

    None where something else is joined, or where it cannot be told.
    """
    sources = scopes.sources(select)
    merging = any(s.join is not None and is_merging(s.join) for s in sources)
    sides = all(s.side in {"", "LEFT"} for s in sources)
    if merging or not sides or has(select, *_LOOKED_AT) or not by:
        return None
    held = {o.alias for v in by for c in v.find_all(exp.Column) if (o := scopes.owner(c))}
    children = _children(scopes, select, sources, held)
    gone = {id(c.source.node) for c in children}
    kept = tuple(s for s in sources if id(s.node) not in gone)
    if not children or not are_different(scopes, select, by, among=kept):
        return None
    where = select.args.get("where")
    return _shared_out(scopes, kept, children, list(conjuncts(where.this)) if where else [])


def _children(
    scopes: Scopes, select: exp.Select, sources: tuple[Source, ...], held: set[str]
) -> tuple[Child, ...]:
    """The tables of no value in `held`, on which no other join's condition hangs."""
    found = [
        child
        for source in sources[1:]
        if source.alias not in held and (child := _child(scopes, sources, source)) is not None
    ]
    joins = select.args.get("joins") or []
    on = [j.args["on"] for j in joins if j.args.get("on") is not None]
    return tuple(
        child
        for child in found
        if not any(
            is_of(column, child.source, scopes)
            for condition in on
            if condition is not child.join.args.get("on")
            for column in condition.find_all(exp.Column)
        )
    )


def _child(scopes: Scopes, sources: tuple[Source, ...], source: Source) -> Child | None:
    join, table = source.join, source.table
    if join is None or table is None or not is_whole(source.node):
        return None
    parts = list(conjuncts(join.args.get("on")))
    rest = tuple(p for p in parts if is_about(scopes, p, source))
    ties = [p for p in parts if not is_about(scopes, p, source)]
    tie = _tie(scopes, sources, source, ties[0]) if len(ties) == 1 else None
    if tie is None:
        return None
    key, outer = tie
    if is_strict_key(table, (key,)):
        return None  # it is joined once at most
    return Child(source=source, table=table, join=join, key=key, outer=outer, rest=rest)


def _tie(
    scopes: Scopes, sources: tuple[Source, ...], source: Source, condition: exp.Expr
) -> tuple[str, exp.Column] | None:
    """The child's column and the other one of the equality that ties the two."""
    if not isinstance(condition, exp.EQ):
        return None
    mine, other = condition.this, condition.expression
    if not isinstance(mine, exp.Column) or not isinstance(other, exp.Column):
        return None
    if is_of(other, source, scopes):
        mine, other = other, mine
    found = scopes.column(other)
    here = found is not None and any(found[0].node is s.node for s in sources)
    if found is None or not here or found[0].node is source.node:
        return None
    exact = is_exact(source.table, name_of(mine)) and is_exact(found[0].table, found[1].name)
    return (name_of(mine), other) if exact and is_of(mine, source, scopes) else None


def is_about(scopes: Scopes, condition: exp.Expr, source: Source) -> bool:
    """Whether a condition asks of the columns of one relation alone."""
    named = list(condition.find_all(exp.Column))
    return (
        bool(named)
        and condition.find(exp.Query) is None
        and all(is_of(c, source, scopes) for c in named)
    )


def _shared_out(
    scopes: Scopes, kept: tuple[Source, ...], children: tuple[Child, ...], where: list[exp.Expr]
) -> Multiplied | None:
    """WHERE's conditions, each with the child that it is about; None where one is about more.

    What is asked of an outer join's rows after the join is another thing than before it.
    """
    stays: list[exp.Expr] = []
    for condition in where:
        named = list(condition.find_all(exp.Column))
        about = [c for c in children if any(is_of(n, c.source, scopes) for n in named)]
        if not about:
            stays.append(condition)
            continue
        first = about[0]
        if not first.inner or not is_about(scopes, condition, first.source):
            return None
        more = replace(first, rest=(*first.rest, condition))
        children = tuple(more if c is first else c for c in children)
    return Multiplied(kept=kept, children=children, where=tuple(stays))
