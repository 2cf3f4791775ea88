"""Ask for the greatest value instead of for rows that no other exceeds.

NOT EXISTS (SELECT ... WHERE n.device_id = r.device_id AND n.taken_at > r.taken_at) compares every
pair of rows of a group. The rows wanted are those at the group's max(taken_at), which one pass
finds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Scopes, Source, all_of, certain, columns, conjuncts, is_padded
from blueproof.sql.selected import (
    has,
    is_exact,
    is_of,
    is_whole,
    name_of,
    named,
    read_select,
    ref,
)
from blueproof.sql.trees import write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-aggregate.html",
    checked=date(2026, 11, 29),
    says="max and min give the greatest and the least of the values that are not NULL",
)


@dataclass(frozen=True, kw_only=True)
class _Newest:
    """Rows of a relation that no other row of their group, `inner`, exceeds in a column."""

    source: Source
    inner: Source
    group: str
    column: str
    function: str


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each NOT EXISTS of a row further on in the same group, said as the end of the group."""
    for tree, select in asked.selects():
        _say_not_exists(asked.scopes, select)
        where = select.args.get("where")
        for part in list(conjuncts(where.this)) if where else []:
            found = _read(asked.scopes, select, part)
            if found is None:
                continue
            part.replace(_at_the_end(found))
            table = name_of(found.source.node)
            yield Rewrite(
                title=f"Ask for {found.function}({found.column}) of each {found.group}",
                text=write_tree(tree),
                because=(
                    f"{asked.query.name} holds every row of {table} against all others of its "
                    f"{found.group}",
                ),
            )
            break  # the tree is changed


def _say_not_exists(scopes: Scopes, select: exp.Select) -> None:
    """A LEFT JOIN of which only the rows without a partner are kept, as NOT EXISTS."""
    where = select.args.get("where")
    parts = list(conjuncts(where.this)) if where else []
    for source in scopes.sources(select):
        on = source.join.args.get("on") if source.join is not None else None
        table, lonely = source.table, [p for p in parts if _is_missing(scopes, p, source)]
        named = {id(c) for p in (*lonely, on) if p is not None for c in columns(p)}
        others = [c for c in columns(select) if id(c) not in named]
        alone = all((o := scopes.owner(c)) and o.node is not source.node for c in others)
        if source.side != "LEFT" or table is None or on is None or not lonely or not alone:
            continue
        if on.find(exp.Select) or any(isinstance(i, exp.Star) for i in select.expressions):
            continue
        inner = read_select("SELECT 1 FROM x")
        inner.args["from_"].set("this", source.node.copy())
        inner.set("where", exp.Where(this=on.copy()))
        missing = exp.Not(this=exp.Exists(this=inner))
        kept = all_of((*(p for p in parts if p not in lonely), missing))
        select.set("joins", [j for j in select.args["joins"] if j is not source.join] or None)
        select.set("where", exp.Where(this=kept))
        return


def _is_missing(scopes: Scopes, part: exp.Expr, source: Source) -> bool:
    """Whether a condition says that a relation gave no row: one of its columns is NULL."""
    value = (
        part.this if isinstance(part, exp.Is) and isinstance(part.expression, exp.Null) else None
    )
    found = scopes.column(value) if isinstance(value, exp.Column) else None
    return found is not None and found[0].node is source.node and certain(found[0].table, found[1])


def _read(scopes: Scopes, select: exp.Select, part: exp.Expr) -> _Newest | None:
    exists = part.this.unnest() if isinstance(part, exp.Not) else None
    inner = exists.this if isinstance(exists, exp.Exists) else None
    sources = scopes.sources(inner) if isinstance(inner, exp.Select) else ()
    if not isinstance(inner, exp.Select) or len(sources) != 1 or has(inner):
        return None
    where = inner.args.get("where")
    conditions = list(conjuncts(where.this)) if where else []
    pairs = [_pair(scopes, c, sources[0]) for c in conditions]
    equal = [p for p in pairs if p and p[2] is exp.EQ]
    beyond = [p for p in pairs if p and p[2] is not exp.EQ]
    if len(pairs) != len(equal) + len(beyond) or len(equal) != 1 or len(beyond) != 1:
        return None
    group, column = equal[0], beyond[0]
    source = _outer(scopes, select, sources[0], (group, column))
    if source is None:
        return None
    further = "max" if column[2] is exp.GT else "min"
    return _Newest(
        source=source, inner=sources[0], group=group[0], column=column[0], function=further
    )


_Pair = tuple[str, exp.Column, type[exp.Expr]]
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.EQ, exp.GT: exp.LT, exp.LT: exp.GT,
}  # fmt: skip


def _pair(scopes: Scopes, condition: exp.Expr, inner: Source) -> _Pair | None:
    """The inner column, the outer one, and how the first is held against the second."""
    kind = type(condition)
    mine, other = condition.args.get("this"), condition.args.get("expression")
    if kind not in _MIRRORED or not isinstance(mine, exp.Column):
        return None
    if not isinstance(other, exp.Column):
        return None
    if not is_of(mine, inner, scopes):
        mine, other, kind = other, mine, _MIRRORED[kind]
    apart = is_of(mine, inner, scopes) and not is_of(other, inner, scopes)
    return (name_of(mine), other, kind) if apart else None


def _outer(
    scopes: Scopes, select: exp.Select, inner: Source, pairs: tuple[_Pair, ...]
) -> Source | None:
    """The relation of the same table that is held against itself, if none of it is NULL."""
    sources = scopes.sources(select)
    owner = scopes.owner(pairs[0][1])
    table = inner.table
    if owner is None or table is None or owner.table is not table or not is_whole(inner.node):
        return None
    here = any(owner.node is s.node for s in sources) and is_whole(owner.node)
    if not here or is_padded(owner, sources):
        return None
    same = all(is_of(o, owner, scopes) and name_of(o) == name for name, o, _ in pairs)
    sure = all(certain(table, table.by_name[name]) for name, _, _ in pairs)
    exact = all(is_exact(table, name) for name, _, _ in pairs)
    return owner if same and sure and exact else None


def _at_the_end(found: _Newest) -> exp.Expr:
    table, alias = found.source.table, found.inner.alias
    assert table is not None, "it was read as a table"
    group = ref(alias, found.group)
    condition: exp.Expr = read_select(
        f"SELECT ({ref(found.source.alias, found.group)}, {ref(found.source.alias, found.column)}) "
        f"IN (SELECT {group}, {found.function}({ref(alias, found.column)}) AS last "
        f"FROM {named(table, alias)} GROUP BY {group})"
    ).expressions[0]
    return condition


_TABLES = """
CREATE TABLE devices (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE readings (
  id bigint PRIMARY KEY, device_id bigint NOT NULL REFERENCES devices,
  taken_at timestamptz NOT NULL, value numeric
);
"""
_LAST = """-- name: last_readings
SELECT r.id, r.value FROM readings r WHERE NOT EXISTS
(SELECT 1 FROM readings n WHERE n.device_id = r.device_id AND {});
"""
_LARGE = ("readings=5M", "devices=2k")

REWRITING = Rewriting(
    id="pg-none-newer",
    title="Ask for the greatest value instead of for rows that no other exceeds",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the last reading of each device", given=_TABLES, rows=_LARGE,
             queries=_LAST.format("n.taken_at > r.taken_at")),
        Case(name="the first one, said the other way round", given=_TABLES, rows=_LARGE,
             queries=_LAST.format("r.taken_at > n.taken_at")),
        Case(name="said with a LEFT JOIN that finds none", given=_TABLES, rows=_LARGE,
             queries="SELECT r.id, d.name FROM readings r JOIN devices d ON d.id = r.device_id "
             "LEFT JOIN readings n ON n.device_id = r.device_id AND r.taken_at < n.taken_at "
             "WHERE n.id IS NULL AND r.value > 3;"),
        Case(name="a LEFT JOIN whose partner may have no value either", given=_TABLES, fires=False,
             rows=("readings=2k", "devices=100"),
             queries="SELECT r.id FROM readings r LEFT JOIN readings n "
             "ON n.device_id = r.device_id AND r.taken_at < n.taken_at WHERE n.value IS NULL;"),
        Case(name="a value that may be NULL is exceeded by none", given=_TABLES, fires=False,
             rows=("readings=2k", "devices=100"), queries=_LAST.format("n.value > r.value")),
        Case(name="readings of no device stay", fires=False, rows=("readings=2k",),
             given=_TABLES.replace("device_id bigint NOT NULL", "device_id bigint"),
             queries=_LAST.format("n.taken_at > r.taken_at")),
        Case(name="only some readings count", given=_TABLES, fires=False,
             rows=("readings=2k", "devices=100"),
             queries=_LAST.format("n.taken_at > r.taken_at AND n.value > 0")),
        Case(name="none at the same time either", given=_TABLES, fires=False,
             rows=("readings=2k", "devices=100"),
             queries=_LAST.format("n.taken_at >= r.taken_at")),
    ),
)  # fmt: skip
