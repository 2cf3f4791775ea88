"""Take the newest row of each thing that is asked for, not all rows of all of them.

DISTINCT ON, max(...) with GROUP BY, or row_number() over a join of devices and readings reads and
sorts every reading of the devices that are meant, to keep one of each. LATERAL with ORDER BY and
LIMIT asks for that one, device by device: an index on (device_id, taken_at) has it at one place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.first_rows import kept_first
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared
from blueproof.sql.scopes import Scopes, Source, all_of, certain, conjuncts
from blueproof.sql.selected import (
    has,
    has_star,
    identifier,
    is_strict_key,
    is_whole,
    name_in_full,
    name_of,
    read_column,
)
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-table-expressions.html",
    checked=date(2026, 11, 29),
    says="a LATERAL subquery is evaluated for each row of the relations before it",
)
_FOLDED = ("group", "having", "order", "limit", "offset", "joins", "with_")
_SORTED = ("distinct", "order", "limit", "offset", "joins", "with_")


@dataclass(frozen=True, kw_only=True)
class _Joined:
    """The rows of `many` that are joined to those of the other tables by a column of each.

    `same` has for each of its joined columns what it equals; `conditions` are all that its rows
    meet, `others` those that it has no part in, by the table whose join says so ("" for WHERE).
    """

    select: exp.Select
    many: Source
    rest: tuple[Source, ...]
    same: dict[str, exp.Column]
    conditions: tuple[exp.Expr, ...]
    others: dict[str, list[exp.Expr]]

    def is_mine(self, part: exp.Expr) -> bool:
        """Whether some column of a part is the table's own."""
        return any(_of(c) == self.many.alias for c in part.find_all(exp.Column))

    def is_only_mine(self, part: exp.Expr) -> bool:
        """Whether a part has columns, all of them the table's own."""
        columns = list(part.find_all(exp.Column))
        return bool(columns) and all(_of(c) == self.many.alias for c in columns)

    def outside(self, part: exp.Expr) -> exp.Expr | None:
        """The part with what its joined columns equal in place of these; None where more is it."""
        copy = part.copy()
        for column in [copy] if isinstance(copy, exp.Column) else list(copy.find_all(exp.Column)):
            if _of(column) == self.many.alias:
                other = self.same.get(name_of(column))
                if other is None:
                    return None
                if column is copy:
                    return other.copy()
                column.replace(other.copy())
        return copy


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each join of which the first row of each group is kept."""
    for tree, select in asked.selects():
        told = _turned(asked.scopes, select)
        if told is not None:
            yield Rewrite(
                title=f"Take the first row of each {told.key} by LATERAL and ORDER BY ... LIMIT",
                text=write_tree(tree),
                because=(
                    f"{asked.query.name} reads all rows of {told.table} that are joined to "
                    f"{told.beside} to keep the first of each",
                ),
            )


@dataclass(frozen=True, kw_only=True)
class _Told:
    key: str
    table: str
    beside: str


def _turned(scopes: Scopes, select: exp.Select) -> _Told | None:
    """Change the SELECT, where it is one of these; what is to be said of it."""
    for inner, window, most in list(kept_first(scopes, select)):
        told = _numbered(scopes, inner, window, most)
        if told is not None:
            return told
    distinct = select.args.get("distinct")
    if distinct is not None and distinct.args.get("on"):
        return _distinct(scopes, select)
    return _greatest(scopes, select) if select.args.get("group") else None


def _distinct(scopes: Scopes, select: exp.Select) -> _Told | None:
    on, order = select.args["distinct"].args["on"], select.args.get("order")
    if has(select, *_SORTED) or order is None or select.find(exp.Window, exp.AggFunc):
        return None
    name_in_full(select, scopes)
    by = on.expressions if isinstance(on, exp.Tuple) else [on.unnest()]
    keys = order.expressions
    if {brief(k.this) for k in keys[: len(by)]} != {brief(b) for b in by}:
        return None
    for joined in _joins(scopes, select):
        outside = [joined.outside(k.this) for k in keys[: len(by)]]
        first = [k for k in keys[len(by) :] if joined.is_mine(k)]
        if None in outside or not first or not all(map(joined.is_only_mine, first)):
            continue
        mapped = [o for o in outside if o is not None]
        one = _is_one_row(joined, mapped)
        _narrow(joined, first, "LIMIT 1")
        for key, new in zip(keys, mapped, strict=False):
            key.set("this", new)
        if one:
            select.set("distinct", None)
            select.set("order", exp.Order(expressions=keys[: len(by)]))
        else:
            select.args["distinct"].set("on", exp.Tuple(expressions=[m.copy() for m in mapped]))
        return _said(joined)
    return None


def _is_one_row(joined: _Joined, by: list[exp.Expr]) -> bool:
    """Whether each group is one row of the only other table."""
    first, *more = joined.rest
    names = [name_of(c) for c in by if isinstance(c, exp.Column) and _of(c) == first.alias]
    return not more and first.table is not None and is_strict_key(first.table, names)


def _greatest(scopes: Scopes, select: exp.Select) -> _Told | None:
    """A group's greatest or least value: that of the first row by it."""
    group = select.args["group"]
    figures = [f for f in select.find_all(exp.AggFunc) if f.find_ancestor(exp.Select) is select]
    plain = all(isinstance(g, exp.Column) for g in group.expressions)
    if has(select, *_FOLDED) or not figures or not plain or len({brief(f) for f in figures}) != 1:
        return None
    figure = figures[0]
    if not isinstance(figure, exp.Max | exp.Min) or not isinstance(figure.this, exp.Column):
        return None
    name_in_full(select, scopes)
    for joined in _joins(scopes, select):
        outside = [joined.outside(g) for g in group.expressions]
        if None in outside or not joined.is_only_mine(figure.this):
            continue
        kept = [i for i in select.expressions if not i.find(exp.AggFunc)]
        if any(joined.outside(i) is None for i in kept):
            continue
        group.set("expressions", [o for o in outside if o is not None])
        shown = [joined.outside(i) if i in kept else i for i in select.expressions]
        names = [i.output_name for i in select.expressions]
        select.set("expressions", [_called(s, n) for s, n in zip(shown, names, strict=True) if s])
        _narrow(joined, [_by(joined, figure)], "LIMIT 1")
        return _said(joined)
    return None


def _by(joined: _Joined, figure: exp.Max | exp.Min) -> exp.Ordered:
    """The order in which the greatest or least value is first; what is NULL is neither."""
    table = joined.many.table
    known = table.by_name.get(name_of(figure.this)) if table else None
    down = isinstance(figure, exp.Max)
    nulls = down and not (known is not None and certain(table, known))
    return exp.Ordered(this=figure.this.copy(), desc=down, nulls_first=down and not nulls)


def _called(item: exp.Expr, name: str) -> exp.Expr:
    """An output that is still called so."""
    if isinstance(item, exp.Column) and item.output_name != name and name:
        return exp.alias_(item, identifier(name))
    return item


def _numbered(scopes: Scopes, inner: exp.Select, window: exp.Window, most: int) -> _Told | None:
    """A number for each row of a join, of which the first few are kept; the number stays."""
    by, order = window.args.get("partition_by") or [], window.args.get("order")
    dense = isinstance(window.this, exp.DenseRank) and most > 1
    if has(inner, "joins") or order is None or not by or window.args.get("alias") or dense:
        return None
    name_in_full(inner, scopes)
    ties = not isinstance(window.this, exp.RowNumber)
    for joined in _joins(scopes, inner):
        outside = [joined.outside(b) for b in by]
        first = [k for k in order.expressions if joined.is_mine(k)]
        if None in outside or not first or not all(map(joined.is_only_mine, first)):
            continue
        window.set("partition_by", [o for o in outside if o is not None])
        end = f"FETCH FIRST {most} ROWS WITH TIES" if ties else f"LIMIT {most}"
        _narrow(joined, first, end)
        return _said(joined)
    return None


def _said(joined: _Joined) -> _Told:
    column, other = next(iter(joined.same.items()))
    return _Told(
        key=column, table=name_of(joined.many.node),
        beside=next(name_of(s.node) for s in joined.rest if s.alias == _of(other)),
    )  # fmt: skip


def _joins(scopes: Scopes, select: exp.Select) -> Iterator[_Joined]:
    """Each table that is joined to others by a column of its own, every join being an inner one."""
    sources = scopes.sources(select)
    plain = all(
        not s.side and not (s.join is not None and (s.join.method or s.join.args.get("using")))
        for s in sources
    )
    bare = any(not c.table for c in _own_columns(select))
    lateral = any(isinstance(s.node, exp.Lateral) for s in sources)
    if len(sources) == 1 or not plain or bare or lateral:
        return
    where = select.args.get("where")
    held = [("", c) for c in conjuncts(where.this if where else None)]
    for source in sources:
        on = source.join.args.get("on") if source.join is not None else None
        held += [(source.alias, c) for c in conjuncts(on)]
    for many in sources:
        if many.table is None or not is_whole(many.node):
            continue
        mine = tuple(c for _, c in held if _mentions(c, many.alias))
        same = _same(mine, many.alias)
        if not same or any(c.find(exp.Select) for c in mine):
            continue
        others: dict[str, list[exp.Expr]] = {}
        for at, condition in held:
            if not _mentions(condition, many.alias):
                others.setdefault(at, []).append(condition)
        yield _Joined(
            select=select, many=many, rest=tuple(s for s in sources if s is not many), same=same,
            conditions=mine, others=others,
        )  # fmt: skip


def _own_columns(select: exp.Select) -> Iterator[exp.Column]:
    for column in select.find_all(exp.Column):
        if column.find_ancestor(exp.Select) is select:
            yield column


def _mentions(part: exp.Expr, alias: str) -> bool:
    return any(_of(c) == alias for c in part.find_all(exp.Column))


def _of(column: exp.Column) -> str:
    return name_of(column.args["table"]) if column.args.get("table") else ""


def _same(conditions: tuple[exp.Expr, ...], alias: str) -> dict[str, exp.Column]:
    """What columns of this relation are equal to, of other relations."""
    found: dict[str, exp.Column] = {}
    for condition in conditions:
        for left, sign, right in compared(condition):
            if not (isinstance(left, exp.Column) and isinstance(right, exp.Column)):
                continue
            if sign == "=" and _of(left) == alias and _of(right) not in {alias, ""}:
                found.setdefault(name_of(left), right)
    return found


def _narrow(joined: _Joined, order: list[exp.Ordered], end: str) -> None:
    """Put the first rows for each row of the others in place of all rows that are joined to it."""
    select, many = joined.select, joined.many
    first, *rest = joined.rest
    inner = exp.select(*_used(joined)).from_(many.node.copy())
    inner.set("where", exp.Where(this=all_of(joined.conditions)))
    inner.set("order", exp.Order(expressions=[o.copy() for o in order]))
    lateral = exp.Lateral(
        this=exp.Subquery(this=_ended(inner, end)),
        alias=exp.TableAlias(this=identifier(many.alias)),
    )
    where = all_of((*joined.others.get("", ()), *joined.others.get(first.alias, ())))
    joins = [*(_beside(joined, source) for source in rest), exp.Join(this=lateral, kind="CROSS")]
    select.set("from_", exp.From(this=first.node.copy()))
    select.set("joins", joins)
    select.set("where", exp.Where(this=where) if where is not None else None)


def _beside(joined: _Joined, source: Source) -> exp.Join:
    """Another table, joined by what its join said of the rest."""
    on = all_of(joined.others.get(source.alias, ()))
    if on is None:
        return exp.Join(this=source.node.copy(), kind="CROSS")
    return exp.Join(this=source.node.copy(), on=on)


def _used(joined: _Joined) -> list[exp.Expr]:
    """The table's columns that the rest of the query reads; all where it says *."""
    alias = joined.many.alias
    if has_star(joined.select):
        return [exp.Column(this=exp.Star(), table=identifier(alias))]
    met = {id(c) for part in joined.conditions for c in part.find_all(exp.Column)}
    names = (name_of(c) for c in joined.select.find_all(exp.Column)
             if _of(c) == alias and id(c) not in met)  # fmt: skip
    columns = list(dict.fromkeys(names)) or [next(iter(joined.same))]
    return [read_column(alias, name) for name in columns]


def _ended(inner: exp.Select, end: str) -> exp.Select:
    words = end.split()
    if words[0] == "LIMIT":
        return inner.limit(int(words[1]), copy=False)
    inner.set(
        "limit",
        exp.Fetch(
            direction="FIRST",
            count=exp.Literal.number(words[2]),
            limit_options=exp.LimitOptions(rows=True, with_ties=True),
        ),
    )
    return inner


_TABLES = """
CREATE TABLE devices (id bigint PRIMARY KEY, site_id int NOT NULL, name text NOT NULL);
CREATE TABLE readings (
  id bigint PRIMARY KEY, device_id bigint NOT NULL, taken_at timestamptz NOT NULL,
  value numeric, checked_at timestamptz
);
CREATE INDEX ON readings (device_id, taken_at);
CREATE INDEX ON readings (device_id, checked_at DESC NULLS LAST);
"""
_NEWEST = """-- name: newest_of_site
SELECT DISTINCT ON (r.device_id) r.device_id, r.value, d.name FROM readings r
JOIN devices d ON d.id = r.device_id WHERE d.site_id = $1 {}
ORDER BY r.device_id, r.taken_at DESC{};
"""
_NUMBERED = """SELECT name, value FROM (
  SELECT d.name, value, {} OVER (PARTITION BY device_id ORDER BY taken_at DESC) AS n
  FROM devices d, readings WHERE device_id = d.id AND site_id = $1
) t WHERE n {};"""
_LARGE = ("readings=50M", "devices=2k")

REWRITING = Rewriting(
    id="pg-first-of-joined",
    title="Take the newest row of each thing that is asked for",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the newest reading of each device of a site", given=_TABLES, rows=_LARGE,
             queries=_NEWEST.format("", "")),
        Case(name="with a condition on each side, by what is no key", given=_TABLES, rows=_LARGE,
             queries="SELECT DISTINCT ON (d.name) d.name, r.* FROM devices d, readings r WHERE "
             "r.device_id = d.id AND r.value > 0 AND d.site_id = 5 "
             "ORDER BY d.name, r.taken_at DESC, r.id DESC LIMIT 10;"),
        Case(name="the latest time of each", given=_TABLES, rows=_LARGE,
             queries="SELECT r.device_id, max(r.taken_at) FROM readings r JOIN devices d "
             "ON d.id = r.device_id WHERE d.site_id = $1 GROUP BY r.device_id ORDER BY 2;"),
        Case(name="the latest time that may be NULL, of each name", given=_TABLES, rows=_LARGE,
             queries="SELECT d.name, max(checked_at) AS at FROM devices d JOIN readings r ON "
             "d.id = device_id WHERE site_id = $1 GROUP BY d.name HAVING max(checked_at) < now();"),
        Case(name="numbered over the join", given=_TABLES, rows=_LARGE,
             queries=_NUMBERED.format("row_number()", "= 1")),
        Case(name="the two first with what ties", given=_TABLES, rows=_LARGE,
             queries=_NUMBERED.format("rank()", "<= 2")),
        Case(name="the newest of all sites by the device's own time", given=_TABLES, rows=_LARGE,
             fires=False, queries=_NEWEST.replace("r.taken_at DESC", "d.name").format("", "")),
        Case(name="two figures of each", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT d.id, max(r.taken_at), count(*) FROM readings r JOIN devices d "
             "ON d.id = r.device_id WHERE d.site_id = $1 GROUP BY d.id;"),
        Case(name="of each value", given=_TABLES, rows=_LARGE, fires=False,
             queries=_NEWEST.replace("r.device_id, ", "r.value, ").replace(
                 "(r.device_id)", "(r.value)").format("", "")),
        Case(name="devices without readings stay", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT d.id, max(r.taken_at) FROM devices d LEFT JOIN readings r "
             "ON d.id = r.device_id WHERE d.site_id = $1 GROUP BY d.id;"),
        Case(name="few readings of many devices", given=_TABLES, fires=False,
             queries=_NEWEST.replace("WHERE d.site_id = $1", "").format("", ""),
             rows=("readings=50k", "devices=50k")),
    ),
)  # fmt: skip
