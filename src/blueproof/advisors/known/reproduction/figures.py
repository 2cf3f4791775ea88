"""What an aggregate query adds up, as cells that can be kept ready: their keys and figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.names import bare, quote
from blueproof.sql.parameters import numbered
from blueproof.sql.scopes import all_of, conjuncts
from blueproof.sql.selected import name_of
from blueproof.sql.trees import brief, read_part, read_tree, write_tree

_MERGED = {exp.Count: "coalesce(sum({}), 0)::bigint", exp.Sum: "sum({})", exp.Min: "min({})",
           exp.Max: "max({})"}  # fmt: skip
_BOUNDS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_HELD = (exp.EQ, exp.In)
_NOT_KEPT = ("with_", "distinct", "laterals", "windows", "qualify", "locks", "into")
_CLOCKS = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime)
_DATE = "date"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One column of the cells: its name, its expression, and for an aggregate its function.

    `of` is the column that is added up, where it is one.
    """

    name: str
    sql: str
    function: str = ""
    of: str = ""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """An aggregate query taken apart into cells that are kept and a query that reads them.

    `keys` tell cells apart, `parts` are their figures; `source` is what stands after FROM, `where`
    what holds for every cell. `read` asks the cells in place of `query`, with {} for their table.
    `checked` is `read` without order and limit, `compared` what it gives the rows of: the query
    itself without them, its bounds moved to whole days if not `is_exact`. `merges` is whether
    `read` adds cells up; `alone` whether only one table is read.
    """

    table: str
    query: str
    keys: tuple[Part, ...]
    parts: tuple[Part, ...]
    source: str
    where: str
    read: str
    checked: str
    compared: str
    is_exact: bool
    merges: bool
    alone: bool

    @property
    def name(self) -> str:
        """A name for what holds the cells: orders_by_status."""
        named = "_".join(k.name for k in self.keys)
        return f"{bare(self.table)}_by_{named}"[:50] if named else f"{bare(self.table)[:42]}_totals"


def read_figures(query: str, times: Mapping[str, str]) -> Figures | None:
    """The cells of a query; None where it is no aggregate, or its cells cannot be told.

    `times` are the types of columns that hold times and dates, by their names.
    """
    tree = read_tree(numbered(query).text)
    if not isinstance(tree, exp.Select) or any(tree.args.get(k) for k in _NOT_KEPT):
        return None
    tables = [j.this for j in tree.args.get("joins") or ()]
    source = tree.args.get("from_")
    if source is None or not all(isinstance(t, exp.Table) for t in (source.this, *tables)):
        return None
    plain = not any(s is not tree for s in tree.find_all(exp.Select))
    if not plain or tree.find(exp.Window) or not any(i.find(exp.AggFunc) for i in tree.selects):
        return None
    return _Taking(tree, times).figures()


class _Taking:
    """Takes one query apart."""

    def __init__(self, tree: exp.Select, times: Mapping[str, str]) -> None:
        self._tree, self._times = tree, times
        self._keys: dict[str, Part] = {}  # by their text without tables' names
        self._parts: dict[str, Part] = {}
        self._exact = True

    def figures(self) -> Figures | None:
        tree = self._tree
        groups = [_meant(each, tree) for each in _groups(tree)]
        if any(each is None or _varies(each) for each in groups):
            return None
        for each in groups:
            assert each is not None, "the line above looked"
            self._key(each)
        where = tree.args.get("where")
        kept, asked, moved = [], list[exp.Expr](), list[exp.Expr]()
        for condition in conjuncts(where.this) if where else ():
            if not (_varies(condition) or self._is_bound(condition)):
                kept.append(condition)
                moved.append(condition)
                continue
            turned = self._turned(condition)
            if turned is None:
                return None
            asked.append(turned[0])
            moved.append(turned[1])
        merges = len(self._keys) > len({_flat(g) for g in groups if g is not None})
        read = self._read(asked, merges=merges)
        if read is None:
            return None
        compared = tree.copy()
        if moved:
            compared.set("where", exp.Where(this=all_of(m.copy() for m in moved)))
        source = tree.args["from_"]
        joins = tree.args.get("joins") or ()
        return Figures(
            table=_table_name(source.this),
            query=write_tree(tree),
            keys=tuple(self._keys.values()),
            parts=tuple(self._parts.values()),
            source=" ".join(brief(each) for each in (source.this, *joins)),
            where=brief(all_of(c.copy() for c in kept) or exp.true()) if kept else "",
            read=_written(read),
            checked=_written(_unordered(read)),
            compared=write_tree(_unordered(compared)),
            is_exact=self._exact,
            merges=merges,
            alone=not joins,
        )

    def _is_bound(self, condition: exp.Expr) -> bool:
        """Whether a condition cuts off a range of time: what is kept is not to end with it."""
        column = condition.args.get("this")
        timed = isinstance(column, exp.Column) and name_of(column) in self._times
        return isinstance(condition, _BOUNDS) and timed

    def _turned(self, condition: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
        """A condition on the cells, and the one on rows that means the same; None if none does."""
        column = condition.args.get("this")
        if not isinstance(column, exp.Column):
            return None
        if isinstance(condition, _HELD) and not condition.args.get("query"):
            name = self._key(column)
            return _on(condition, name), condition
        if not self._is_bound(condition):
            return None
        type_ = self._times[name_of(column)]
        if type_ == _DATE:
            return _on(condition, self._key(column)), condition
        unit = self._unit(column)
        truncated = read_part(f"date_trunc('{unit}', {brief(column)})")
        name = self._key(truncated, wish=unit)
        self._exact = False
        moved = condition.copy()
        for end in ("expression", "low", "high"):
            bound = moved.args.get(end)
            if bound is not None:
                cast = _is_plain(bound)
                inner = f"{brief(bound)}::{type_}" if cast else f"({brief(bound)})"
                moved.set(end, read_part(f"date_trunc('{unit}', {inner})"))
        if isinstance(moved, exp.GT) or (isinstance(moved, exp.LT) and _varies(moved)):
            whole = exp.GTE if isinstance(moved, exp.GT) else exp.LTE
            moved = whole(this=moved.this, expression=moved.expression)
        on_rows = moved.copy()
        on_rows.set("this", truncated)
        return _on(moved, name), on_rows

    def _unit(self, column: exp.Column) -> str:
        """The stretch of time that the query groups by itself; a day where it groups by none."""
        for each in _groups(self._tree):
            meant = _meant(each, self._tree)
            if isinstance(meant, exp.TimestampTrunc) and _flat(meant.this) == _flat(column):
                return str(meant.args["unit"].name).lower()
        return "day"

    def _key(self, node: exp.Expr, wish: str = "") -> str:
        flat = _flat(node)
        if flat not in self._keys:
            alias = next((i.alias for i in self._tree.selects
                          if i.alias and _flat(i.unalias()) == flat), "")  # fmt: skip
            name = name_of(node) if isinstance(node, exp.Column) else alias or wish or "group"
            self._keys[flat] = Part(name=self._free(name), sql=brief(node))
        return self._keys[flat].name

    def _free(self, wish: str) -> str:
        taken = {p.name for p in (*self._keys.values(), *self._parts.values())}
        names = (wish, *(f"{wish}_{n}" for n in range(2, 50)))
        return next(name for name in names if name not in taken)

    def _read(self, asked: list[exp.Expr], *, merges: bool) -> exp.Select | None:
        """The query over the cells; None where something in it is not kept in them."""
        new = self._tree.copy()
        new.set("from_", exp.From(this=exp.to_table("kept_cells")))
        for clause in ("joins", "where", "group"):
            new.set(clause, None)
        selects = [_named(item) for item in new.selects]
        new.set("expressions", selects)
        for item in list(new.find_all(exp.AggFunc)):
            figure = item.parent if isinstance(item.parent, exp.Filter) else item
            if _varies(figure) or (merges and not self._can_merge(item)):
                return None
            figure.replace(read_part(self._figure(figure, item, merges=merges)))
        for part in ("expressions", "having", "order"):
            self._put_keys(new, part)
        if not self._holds(new):
            return None
        if asked:
            new.set("where", exp.Where(this=all_of(a.copy() for a in asked)))
        groups = [_meant(g, self._tree) for g in _groups(self._tree)]
        if merges and groups:
            names = [exp.to_identifier(self._keys[_flat(g)].name) for g in groups if g is not None]
            new.set("group", exp.Group(expressions=[exp.Column(this=n) for n in names]))
        having = new.args.get("having")
        if having is not None and not merges:
            where = all_of(a.copy() for a in (*asked, having.this))
            new.set("having", None)
            new.set("where", exp.Where(this=where))
        return new

    def _can_merge(self, item: exp.Expr) -> bool:
        return type(item) in (*_MERGED, exp.Avg) and not isinstance(item.this, exp.Distinct)

    def _figure(self, figure: exp.Expr, item: exp.Expr, *, merges: bool) -> str:
        """What stands in place of an aggregate."""
        if isinstance(item, exp.Avg) and merges and figure is item:
            total = self._part(exp.Sum(this=item.this.copy()))
            number = self._part(exp.Count(this=item.this.copy()))
            return f"sum({total}) / nullif(sum({number}), 0)"
        name = self._part(figure)
        merged = next((m for kind, m in _MERGED.items() if isinstance(item, kind)), "{}")
        return merged.format(name) if merges else name

    def _part(self, figure: exp.Expr) -> str:
        item = figure.this if isinstance(figure, exp.Filter) else figure
        flat = _flat(figure)
        if flat not in self._parts:
            function = type(item).__name__.lower()
            inner = item.this
            of = name_of(inner) if isinstance(inner, exp.Column) else ""
            wish = "row_count" if flat == "count(*)" else f"{function}_{of}" if of else function
            self._parts[flat] = Part(
                name=self._free(wish),
                sql=brief(figure),
                function="" if isinstance(figure, exp.Filter) else function,
                of=of,
            )
        return quote(self._parts[flat].name)

    def _put_keys(self, new: exp.Select, clause: str) -> None:
        """Put kept columns in place of what they hold."""
        held = new.args.get(clause)
        for top in held if isinstance(held, list) else [held] if held is not None else []:
            for node in list(top.walk()):
                part = self._keys.get(_flat(node))
                if part and not isinstance(node, exp.Identifier):
                    node.replace(exp.column(exp.to_identifier(part.name)))
        for item in list(new.selects):
            inner = item.unalias()
            if isinstance(inner, exp.Column) and name_of(inner) == item.alias:
                item.replace(inner)

    def _holds(self, new: exp.Select) -> bool:
        """Whether every column that is read is kept, or the name of an output."""
        known = {part.name for part in (*self._keys.values(), *self._parts.values())}
        known |= {item.alias_or_name for item in new.selects}
        return all(not c.table and name_of(c) in known for c in new.find_all(exp.Column))


def _written(read: exp.Select) -> str:
    return write_tree(read).replace("kept_cells", "{}")


def _unordered(query: exp.Select) -> exp.Select:
    """The query without what decides which of its rows come first."""
    new = query.copy()
    for clause in ("order", "limit", "offset"):
        new.set(clause, None)
    return new


def _groups(tree: exp.Select) -> list[exp.Expr]:
    group = tree.args.get("group")
    return list(group.expressions) if group else []


def _meant(group: exp.Expr, tree: exp.Select) -> exp.Expr | None:
    """The expression of a group that is named by its place or its output's name."""
    if isinstance(group, exp.Literal):
        at = int(group.name) - 1 if group.is_int else -1
        return tree.selects[at].unalias() if 0 <= at < len(tree.selects) else None
    if isinstance(group, exp.Column) and not group.table:
        named = next((i for i in tree.selects if i.alias and i.alias == group.name), None)
        return named.unalias() if named is not None else group
    return group


def _varies(node: exp.Expr) -> bool:
    """Whether a part hangs on a parameter or the clock."""
    return any(node.find_all(exp.Parameter, exp.Placeholder, *_CLOCKS))


def _is_plain(bound: exp.Expr) -> bool:
    return isinstance(bound, exp.Parameter | exp.Placeholder) or (
        isinstance(bound, exp.Literal) and bound.is_string
    )


def _flat(node: exp.Expr) -> str:
    """A part's text without the names of tables, as the same thing is written both ways."""
    copy = node.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
        column.set("db", None)
    return brief(copy)


def _on(condition: exp.Expr, name: str) -> exp.Expr:
    """The condition, held against a kept column."""
    new = condition.copy()
    new.set("this", exp.column(exp.to_identifier(name)))
    return new


def _named(item: exp.Expr) -> exp.Expr:
    """An output with the name that PostgreSQL gives it."""
    if isinstance(item, exp.AggFunc):
        return exp.alias_(item.copy(), type(item).__name__.lower())
    return item


def _table_name(table: exp.Expr) -> str:
    parts: Iterator[str] = (p for p in (table.text("db"), table.text("this")) if p)
    return ".".join(parts)
