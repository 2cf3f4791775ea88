"""The first rows of each group: a number that is held low, or DISTINCT ON."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.names import quote
from blueproof.sql.scopes import Scopes, Source, all_of, conjuncts, is_padded
from blueproof.sql.selected import (
    Output,
    both,
    has,
    has_star,
    inner_select,
    name_of,
    named,
    only_table,
    outputs,
    qualify,
    readers,
    ref,
)
from blueproof.sql.trees import brief

_NUMBERED = (exp.RowNumber, exp.Rank, exp.DenseRank)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A SELECT of one table that keeps the first rows of each group: of each value of `column`.

    `ties` is whether rows that tie with the last one kept are kept, too; `given` are the outputs,
    and `number` the one that is the row's place, if that is given out.
    """

    select: exp.Select
    source: Source
    column: str
    given: tuple[Output, ...]
    order: tuple[exp.Ordered, ...]
    most: int
    ties: bool = False
    number: str = ""

    @property
    def rows(self) -> str:
        """How many rows are kept, in words."""
        return "the first row" if self.most == 1 else f"the first {self.most} rows"


def numbered(scopes: Scopes, select: exp.Select) -> Iterator[Taken]:
    """What conditions of this SELECT such as n.rn = 1 keep; the condition is taken out."""
    for part in list(_conditions(select)):
        column, most = _first_rows(part)
        source = scopes.owner(column) if column is not None else None
        if column is None or source is None or not _filters(scopes, select, part, source):
            continue
        inner = _inner(select, source)
        if inner is None:
            continue
        number = name_of(column) if has_star(select) else ""
        taken = _read(scopes, inner, name_of(column), most, number)
        once = sum(name_of(c) == name_of(column) for c in select.root().find_all(exp.Column))
        if taken is None or once != 1 or (number and most != 1):
            continue  # else the numbers of the others are given out
        _take_out(part)
        yield taken


def kept_first(scopes: Scopes, select: exp.Select) -> Iterator[tuple[exp.Select, exp.Window, int]]:
    """Each SELECT read here of which a condition keeps the first n rows by a number, and that."""
    for part in _conditions(select):
        column, most = _first_rows(part)
        source = scopes.owner(column) if column is not None else None
        if column is None or source is None or not _filters(scopes, select, part, source):
            continue
        inner = _inner(select, source)
        windows = list(inner.find_all(exp.Window)) if inner is not None else []
        if inner is None or len(windows) != 1 or not isinstance(windows[0].this, _NUMBERED):
            continue
        named_so = [o for o in outputs(inner, scopes) if o.name == name_of(column)]
        if [o.value for o in named_so] == windows:
            yield inner, windows[0], most


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    where = select.args.get("where")
    held = [j.args.get("on") for j in select.args.get("joins") or ()]
    for condition in (where.this if where else None, *held):
        yield from conjuncts(condition)


def _filters(scopes: Scopes, select: exp.Select, part: exp.Expr, source: Source) -> bool:
    """Whether a condition keeps rows of a relation out, and does nothing else."""
    holder = part.find_ancestor(exp.Where, exp.Join)
    if holder is source.join and source.join is not None:
        return source.side in {"", "LEFT"}
    inner = isinstance(holder, exp.Where) or (isinstance(holder, exp.Join) and not holder.side)
    return inner and not is_padded(source, scopes.sources(select))


def _take_out(part: exp.Expr) -> None:
    holder = part.find_ancestor(exp.Where, exp.Join)
    assert holder is not None, "it was found in one"
    key = "this" if isinstance(holder, exp.Where) else "on"
    rest = all_of(c for c in conjuncts(holder.args[key]) if c is not part)
    if rest is None and isinstance(holder, exp.Where):
        holder.pop()
    else:
        holder.set(key, rest or exp.true())


def _first_rows(part: exp.Expr) -> tuple[exp.Column | None, int]:
    """The column and n of "column <= n" and the like: how many of the first rows are kept."""
    column, number = part.args.get("this"), part.args.get("expression")
    if not isinstance(column, exp.Column) or not isinstance(number, exp.Literal):
        return None, 0
    if not number.is_int:
        return None, 0
    most = int(number.name)
    if isinstance(part, exp.EQ) and most != 1:
        return None, 0
    if isinstance(part, exp.LT):
        most -= 1
    fits = isinstance(part, exp.EQ | exp.LT | exp.LTE) and most > 0
    return (column, most) if fits else (None, 0)


def _inner(select: exp.Select, source: Source) -> exp.Select | None:
    """The SELECT behind a relation: a subquery, or a CTE that nothing else reads."""
    shared = isinstance(source.node, exp.Table) and readers(select.root(), name_of(source.node)) > 1
    return None if shared else inner_select(select, source.node)


def _read(scopes: Scopes, inner: exp.Select, name: str, most: int, number: str) -> Taken | None:
    """What is kept of the inner SELECT where the number is no more than `most`."""
    source, given = only_table(inner, scopes), outputs(inner, scopes)
    windows = [o for o in given if o.name == name and isinstance(o.value, exp.Window)]
    if source is None or len(windows) != 1 or has(inner):
        return None
    window = windows[0].value
    by, order = window.args.get("partition_by") or [], window.args.get("order")
    counts = isinstance(window.this, _NUMBERED) and not window.args.get("alias")
    others = sum(1 for _ in inner.find_all(exp.Window)) > 1
    plain = len(by) == 1 and isinstance(by[0], exp.Column)
    if not counts or others or order is None or not plain or _has_numbers(order):
        return None
    if isinstance(window.this, exp.DenseRank) and most > 1:
        return None
    return Taken(
        select=inner,
        source=source,
        column=name_of(by[0]),
        given=given,
        order=tuple(order.expressions),
        most=most,
        number=number,
        ties=not isinstance(window.this, exp.RowNumber),
    )


def _has_numbers(order: exp.Expr) -> bool:
    """Whether a sort key is a number: the same in every row of a window, a place elsewhere."""
    return any(isinstance(o.this, exp.Literal) for o in order.expressions)


def distinct_on(scopes: Scopes, select: exp.Select) -> Iterator[Taken]:
    """This SELECT, if it is a DISTINCT ON one column."""
    distinct, order = select.args.get("distinct"), select.args.get("order")
    on = distinct.args.get("on") if distinct else None
    source, given = only_table(select, scopes), outputs(select, scopes)
    if (
        on is None
        or source is None
        or not given
        or has(select, "order", "limit", "offset", "distinct")
    ):
        return
    by = on.expressions if isinstance(on, exp.Tuple) else [on.unnest()]
    keys = tuple(order.expressions) if order else ()
    renamed = {o.name for o in given if name_of(o.value) != o.name}
    bare = {name_of(c) for k in (*keys, *by) for c in k.find_all(exp.Column) if not c.table}
    plain = len(by) == 1 and isinstance(by[0], exp.Column)
    if not plain or bare & renamed or any(isinstance(k.this, exp.Literal) for k in keys):
        return
    yield Taken(
        select=select,
        source=source,
        column=name_of(by[0]),
        given=given,
        order=keys[1:],
        most=1,
    )


def of_one(taken: Taken, value: str) -> str:
    """The SELECT of the first rows of the one group that has this value, as text."""
    source, select = taken.source, taken.select
    assert source.table is not None, "it was read as a table"
    items = [qualify(i, source.alias) for i in select.expressions if not i.find(exp.Window)]
    where = select.args.get("where")
    others = conjuncts(qualify(where.this, source.alias)) if where else ()
    met = both(f"{ref(source.alias, taken.column)} = {value}", others)
    keys = ", ".join(brief(qualify(o, source.alias)) for o in taken.order)
    ending = f"FETCH FIRST {taken.most} ROWS WITH TIES" if taken.ties else f"LIMIT {taken.most}"
    return (
        f"SELECT {', '.join(brief(i) for i in items)} FROM {named(source.table, source.alias)} "
        f"WHERE {met} {f'ORDER BY {keys} ' if keys else ''}{ending}"
    )


def by_lateral(taken: Taken) -> str:
    """How the first rows of one group are asked for, in words."""
    end = f"FETCH FIRST {taken.most} ROWS WITH TIES" if taken.ties else f"LIMIT {taken.most}"
    return f"LATERAL and ORDER BY ... {end}"


def shown(taken: Taken, alias: str) -> str:
    """The outputs of the SELECT, taken from a relation of this name; the number is 1."""
    if not taken.number:
        return f"{alias}.*"
    return ", ".join(
        f"1::bigint AS {quote(o.name)}" if o.name == taken.number else ref(alias, o.name)
        for o in taken.given
    )
