"""Whether rows are all different, by the keys of what they are made from."""

from sqlglot import exp

from blueproof.sql.scopes import Scopes, Source, conjuncts
from blueproof.sql.selected import holds_key, is_merging, is_of, is_strict_key, is_whole, name_of


def are_different(
    scopes: Scopes, select: exp.Select, values: list[exp.Expr], *, among: tuple[Source, ...] = ()
) -> bool:
    """Whether no two rows of FROM (of these relations in it) have the same in all of these values.

    Each relation's row follows from them: they hold its key, or its key equals what they fix.
    """
    sources = among or scopes.sources(select)
    plain = all(s.table is not None and is_whole(s.node) for s in sources)
    merging = any(s.join is not None and is_merging(s.join) for s in sources)
    if not plain or merging or any(s.side not in {"", "LEFT"} for s in sources) or not values:
        return False
    fixed = [s for s in sources if holds_key(s, values, scopes)]
    left = [s for s in sources if not any(s.node is f.node for f in fixed)]
    while left:
        more = [s for s in left if _follows(scopes, select, s, fixed)]
        if not more:
            return False
        fixed += more
        left = [s for s in left if not any(s.node is m.node for m in more)]
    return True


def _follows(scopes: Scopes, select: exp.Select, source: Source, fixed: list[Source]) -> bool:
    """Whether at most one row of a relation goes with a row of each of those that are fixed."""
    where = select.args.get("where")
    own = source.join.args.get("on") if source.join is not None else None
    inner = [s.join.args.get("on") for s in scopes.sources(select) if s.join and not s.side]
    held = [own] if source.side else [own, *inner, where.this if where else None]
    told = set()
    for condition in (c for each in held for c in conjuncts(each)):
        if not isinstance(condition, exp.EQ):
            continue
        for mine, other in (
            (condition.this, condition.expression),
            (condition.expression, condition.this),
        ):
            known = isinstance(mine, exp.Column) and is_of(mine, source, scopes)
            if known and _is_fixed(scopes, other, fixed):
                told.add(name_of(mine))
    return source.table is not None and is_strict_key(source.table, told)


def _is_fixed(scopes: Scopes, value: exp.Expr, fixed: list[Source]) -> bool:
    """Whether a value is a constant, or a column of a relation whose row is fixed."""
    if isinstance(value, exp.Column):
        return any(is_of(value, f, scopes) for f in fixed)
    return isinstance(value, exp.Literal | exp.Parameter)
