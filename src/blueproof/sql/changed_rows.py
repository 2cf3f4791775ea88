"""An UPDATE or DELETE as the query for the rows it changes, and back.

What is known of reading rows in other words holds for these rows too: the same rows found are the
same rows changed. An UPDATE's new values are columns of that query where they come from other
tables or from a subquery.
"""

from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.copies import copied
from blueproof.sql.schema import Schema, Table
from blueproof.sql.scopes import Scopes, all_of, conjuncts, fresh
from blueproof.sql.selected import has, identifier, read_column
from blueproof.sql.trees import read_any, read_change, read_tree, write_tree

_VALUE = "new_value_{}"
_KEPT_SIDES = frozenset({"LEFT"})


@dataclass(frozen=True, kw_only=True)
class ChangedRows:
    """A write: its tree, its table's alias, the query for its rows as text.

    `key` are the columns of the table's primary key; `carried` the places in SET whose values
    are columns of the query.
    """

    tree: exp.Update | exp.Delete
    alias: str
    key: tuple[str, ...]
    carried: tuple[int, ...]
    query: str

    def put_back(self, query: str) -> str | None:
        """The write with its rows found by other words; None where that cannot be said."""
        found = read_tree(query)
        if found is None:
            return None
        tree = self._in_place(found) if isinstance(found, exp.Select) else None
        tree = tree if tree is not None else self._by_key(found)
        return write_tree(tree) if tree is not None else None

    def reads_twice(self, text: str) -> bool:
        """Whether a write that was put back finds its rows first and joins them by their key."""
        tree = read_change(text)
        named = tree.find_all(exp.Table) if tree is not None else ()
        return bool(sum(t.name == self.tree.this.name for t in named) > self._own)

    @property
    def _own(self) -> int:
        return sum(t.name == self.tree.this.name for t in self.tree.find_all(exp.Table))

    def _in_place(self, found: exp.Select) -> exp.Expr | None:
        """The query's own tables and conditions as those of the write."""
        first = found.args["from_"].this if found.args.get("from_") else None
        if has(found, "joins", "with_") or not isinstance(first, exp.Table) or self._named(first):
            return None
        told = _beside(found, self.alias)
        if told is None or not self._has_values(found):
            return None
        sources, conditions = told
        new = self._with_values([e.unalias().copy() for e in found.expressions])
        where = found.args.get("where")
        conditions = (*conditions, *conjuncts(where.this if where else None))
        new.set("where", exp.Where(this=all_of(conditions)) if conditions else None)
        if isinstance(new, exp.Delete):
            new.set("using", list(sources))
        else:
            new.set("from_", exp.From(this=_one(sources)) if sources else None)
        new.set("with_", found.args["with_"].copy() if found.args.get("with_") else None)
        return new

    def _named(self, first: exp.Table) -> bool:
        """Whether the first table is another one than the write's, or goes by another name."""
        mine = self.tree.this
        return first.alias_or_name != self.alias or first.name != mine.name or first.db != mine.db

    def _has_values(self, found: exp.Select) -> bool:
        return len(found.expressions) == max(len(self.key), 1) + len(self.carried)

    def _with_values(self, items: list[exp.Expr]) -> exp.Update | exp.Delete:
        """The write with these values in SET, which come behind the key's columns."""
        new = copied(self.tree)
        for place, value in zip(self.carried, items[len(items) - len(self.carried) :], strict=True):
            new.expressions[place].set("expression", value)
        return new

    def _by_key(self, found: exp.Query) -> exp.Expr | None:
        """The write joined to the query by its table's key."""
        if not self.key or self.tree.args.get("returning") or self.tree.args.get("with_"):
            return None
        name = fresh(found, "changed")
        names = [*self.key, *(_VALUE.format(n + 1) for n in range(len(self.carried)))]
        told = exp.TableAlias(this=identifier(name), columns=[identifier(n) for n in names])
        rows = exp.Subquery(this=found.copy(), alias=told)
        new = self._with_values([read_column(name, n) for n in names])
        same = (
            exp.EQ(this=read_column(name, k), expression=read_column(self.alias, k))
            for k in self.key
        )
        new.set("where", exp.Where(this=all_of(tuple(same))))
        if isinstance(new, exp.Delete):
            new.set("using", [rows])
        else:
            new.set("from_", exp.From(this=rows))
        return new


def changed_rows(text: str, schema: Schema) -> ChangedRows | None:
    """The write as the query for its rows; None for what is no plain UPDATE or DELETE."""
    tree = read_change(text)
    if tree is None or not isinstance(tree.this, exp.Table) or tree.this.args.get("only"):
        return None
    table = Scopes(schema).table(tree.this)
    if table is None or (isinstance(tree, exp.Delete) and not tree.args.get("where")):
        return None
    alias = tree.this.alias_or_name
    sources = _sources(tree)
    carried = _carried(tree, alias, alone=not sources)
    if carried is None:
        return None
    query = exp.select(*_columns(tree, table, alias, carried)).from_(_bare(tree.this))
    query.set("joins", [j for s in sources for j in _joins(s)])
    for part in ("where", "with_"):
        if tree.args.get(part):
            query.set(part, tree.args[part].copy())
    return ChangedRows(
        tree=tree, alias=alias, key=table.primary_key, carried=carried, query=write_tree(query)
    )


def deleted_from(text: str, schema: Schema) -> frozenset[str]:
    """The tables from which a statement deletes rows, those that go along by ON DELETE CASCADE too.

    The names are the schema's own; none where the statement cannot be read.
    """
    tree = read_any(text)
    found = [d.this for d in tree.find_all(exp.Delete)] if tree is not None else []
    tables = {Scopes(schema).table(t) for t in found if isinstance(t, exp.Table)}
    gone = {t.name for t in tables if t is not None}
    waiting = set(gone)
    while waiting:
        parents, waiting = waiting, set()
        for key in schema.foreign_keys:
            if key.on_delete == "CASCADE" and key.references in parents and key.table not in gone:
                waiting.add(key.table)
        gone |= waiting
    return frozenset(gone)


def _sources(tree: exp.Update | exp.Delete) -> list[exp.Expr]:
    """What stands in FROM or USING."""
    if isinstance(tree, exp.Delete):
        return list(tree.args.get("using") or [])
    return [tree.args["from_"].this] if tree.args.get("from_") else []


def _joins(source: exp.Expr) -> list[exp.Join]:
    """A table of FROM, with its own joins, as joins of a SELECT; each comma begins anew."""
    return [exp.Join(this=_bare(source)), *(j.copy() for j in source.args.get("joins") or [])]


def _bare(node: exp.Expr) -> exp.Expr:
    bare = node.copy()
    bare.set("joins", None)
    return bare


def _carried(tree: exp.Update | exp.Delete, alias: str, *, alone: bool) -> tuple[int, ...] | None:
    """The places in SET that take their value from elsewhere; None where one sets several."""
    if isinstance(tree, exp.Delete):
        return ()
    found: list[int] = []
    for place, item in enumerate(tree.expressions):
        if not isinstance(item, exp.EQ) or not isinstance(item.this, exp.Column):
            return None
        value = item.expression
        foreign = any(c.table != alias for c in value.find_all(exp.Column))
        if value.find(exp.Select) or (foreign and not alone):
            found.append(place)
    return tuple(found)


def _columns(
    tree: exp.Update | exp.Delete, table: Table, alias: str, carried: tuple[int, ...]
) -> list[exp.Expr]:
    """The key's columns, or some column where there is no key; then the new values."""
    key = table.primary_key or tuple(c.name for c in table.columns[:1])
    values = (
        exp.alias_(tree.expressions[place].expression.copy(), _VALUE.format(n))
        for n, place in enumerate(carried, start=1)
    )
    return [*(read_column(alias, name) for name in key), *values]


def _beside(
    found: exp.Select, alias: str
) -> tuple[tuple[exp.Expr, ...], tuple[exp.Expr, ...]] | None:
    """What else the query reads as items of FROM, and the conditions of its inner joins.

    An outer join stays with the item before it, which its condition may speak of; it may not
    speak of the table that is written.
    """
    items: list[exp.Expr] = []
    conditions: list[exp.Expr] = []
    for join in found.args.get("joins") or []:
        side = (join.side or "").upper()
        on = join.args.get("on")
        if join.args.get("using") or (side and side not in _KEPT_SIDES) or join.method:
            return None
        if _speaks_of(join.this, alias):
            return None
        if not side:
            items.append(join.this.copy())
            conditions += [c.copy() for c in conjuncts(on)]
        elif not items or on is None or _speaks_of(on, alias):
            return None
        else:
            items[-1].append("joins", join.copy())
    return tuple(items), tuple(conditions)


def _speaks_of(part: exp.Expr, alias: str) -> bool:
    """Whether a part of FROM may hold a column of this table, which a write's FROM may not."""
    bare = isinstance(part, exp.Table | exp.Subquery)
    return not bare and any(c.table in {alias, ""} for c in part.find_all(exp.Column))


def _one(sources: tuple[exp.Expr, ...]) -> exp.Expr:
    """All items of FROM as one, the others joined to the first by commas."""
    first = sources[0].copy()
    for other in sources[1:]:
        first.append("joins", exp.Join(this=other.copy()))
    return first
