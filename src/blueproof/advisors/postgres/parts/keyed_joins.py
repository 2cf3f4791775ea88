"""Subqueries in FROM that are joined by a column in whose groups their rows are apart."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.schema import Column
from blueproof.sql.scopes import Scopes, Source, aliases, all_of, conjuncts
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
)

_SIDES = {"", "LEFT"}


@dataclass(frozen=True, kw_only=True)
class Joined:
    """A grouping subquery, the outer column that its key is compared with, and the key inside."""

    source: Source
    inner: exp.Select
    outer: exp.Column
    key: exp.Column


def keyed_joins(scopes: Scopes, select: exp.Select) -> Iterator[Joined]:
    """The subqueries and WITH queries of a FROM whose rows an outer column picks by their group."""
    sources = scopes.sources(select)
    joins = [s.join for s in sources if s.join is not None]
    if any(is_merging(j) for j in joins) or any(s.side not in _SIDES for s in sources):
        return
    pair = len(sources[1:]) == 1 and not sources[1].side and not has_star(select)
    for at, source in enumerate(sources):
        inner = inner_select(select, source.node) if source.table is None else None
        if inner is None or not (at or pair) or not is_closed(inner, scopes):
            continue
        before = sources[:at] if at else sources[1:]
        for condition in _compared(select, source, sources[at or 1 :]):
            found = _read(scopes, source, before, inner, condition)
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
    scopes: Scopes,
    source: Source,
    before: tuple[Source, ...],
    inner: exp.Select,
    condition: exp.EQ,
) -> Joined | None:
    mine, other = condition.this, condition.expression
    if not isinstance(mine, exp.Column) or not isinstance(other, exp.Column):
        return None
    if scopes.owner(other) == source:
        mine, other = other, mine
    owner, theirs = scopes.owner(mine), scopes.owner(other)
    if owner != source or theirs is None or not other.table or theirs not in before:
        return None
    key = _grouped(scopes, inner, name_of(mine))
    if key is None or name_of(other.args["table"]) in aliases(inner):
        return None
    return Joined(source=source, inner=inner, outer=other, key=key)


def _grouped(scopes: Scopes, inner: exp.Select, name: str) -> exp.Column | None:
    """The column behind an output if rows of different values of it never meet in the SELECT."""
    given = [o for o in outputs(inner, scopes) if o.name == name]
    value = given[0].value if len(given) == 1 else None
    if not isinstance(value, exp.Column):
        return None
    found = scopes.column(value)
    if found is None or not is_exact(found[0].table, found[1].name):
        return None
    if any(inner.args.get(k) for k in ("limit", "offset", "locks", "windows", "with_")):
        return None
    return value if _is_apart(scopes, inner, value) else None


def _is_apart(scopes: Scopes, inner: exp.Select, key: exp.Column) -> bool:
    """Whether every grouping, DISTINCT and window of the SELECT has the column among its keys."""
    group, distinct = inner.args.get("group"), inner.args.get("distinct")
    windows = [w for w in inner.find_all(exp.Window) if w.find_ancestor(exp.Select) is inner]
    lists: list[list[exp.Expr]] = [w.args.get("partition_by") or [] for w in windows]
    if group:
        if any(group.args.get(k) for k in ("cube", "rollup", "grouping_sets", "all")):
            return False
        given = outputs(inner, scopes)
        lists.append([meant(e, given) for e in group.expressions])
    if distinct and distinct.args.get("on"):
        on = distinct.args["on"]
        lists.append(on.expressions if isinstance(on, exp.Tuple) else [on.unnest()])
    if not (group or distinct or windows):
        return False
    wanted = scopes.column(key)
    return all(any(_same(scopes, e, wanted) for e in each) for each in lists)


def _same(scopes: Scopes, item: exp.Expr, wanted: tuple[Source, Column] | None) -> bool:
    found = scopes.column(item) if isinstance(item, exp.Column) else None
    return found is not None and found == wanted


def narrowed(joined: Joined) -> exp.Select:
    """The SELECT of the subquery, of the joined rows' group alone."""
    inner = joined.inner.copy()
    where = joined.inner.args.get("where")
    told = exp.EQ(this=joined.key.copy(), expression=joined.outer.copy())
    kept = all_of((*conjuncts(where.this if where else None), told))
    inner.set("where", exp.Where(this=kept))
    return inner


def put_inside(select: exp.Select, joined: Joined, inner: exp.Select) -> None:
    """Put a SELECT in the subquery's place, for each row that it is joined to."""
    source = joined.source
    lateral = exp.Lateral(
        this=exp.Subquery(this=inner), alias=exp.TableAlias(this=identifier(source.alias))
    )
    if source.join is not None:
        source.join.set("this", lateral)
    else:  # it stands first, and can refer only to what stands before it
        (join,) = select.args["joins"]
        select.args["from_"].set("this", join.this)
        join.set("this", lateral)
