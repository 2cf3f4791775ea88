"""Whose column is it: the relations of each SELECT in a tree, and what the schema says of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.schema import Column, Schema, Table


@dataclass(frozen=True, kw_only=True)
class Source:
    """A relation in FROM: the name it goes by, its table (None for a subquery, a CTE, a function).

    `side` is LEFT, RIGHT or FULL for an outer join, "" for FROM itself, commas and inner joins;
    `join` is the join that brings it, None for the first of FROM.
    """

    alias: str
    node: exp.Expr
    table: Table | None = None
    side: str = ""
    join: exp.Join | None = None


@dataclass(frozen=True)
class Scopes:
    """Looks names up in a tree as PostgreSQL would: the innermost SELECT first, then outwards."""

    schema: Schema

    def sources(self, select: exp.Select) -> tuple[Source, ...]:
        """The relations of one SELECT in order; CTEs and views are no tables here."""
        first = select.args.get("from_")
        joins: list[exp.Join] = select.args.get("joins") or []
        hidden = _ctes(select)
        found = [self._source(first.this, hidden)] if first else []
        return (*found, *(self._source(j.this, hidden, j) for j in joins))

    def _source(self, node: exp.Expr, hidden: set[str], join: exp.Join | None = None) -> Source:
        table = self.table(node, hidden) if isinstance(node, exp.Table) else None
        side = (join.side or "").upper() if join is not None else ""
        return Source(
            alias=_name(node.args.get("alias") or node),
            node=node,
            table=table,
            side=side,
            join=join,
        )

    def table(self, node: exp.Table, hidden: Iterable[str] = ()) -> Table | None:
        """The schema's table that a name in FROM means; None for a CTE, a view, a function."""
        name = _name(node)
        if not name or (not node.db and name in hidden):
            return None
        owner = _name(node.args["db"]) if node.db else "public"
        return self.schema.by_name.get(name if owner == "public" else f"{owner}.{name}")

    def owner(self, column: exp.Column) -> Source | None:
        """The relation that a column belongs to; None where that cannot be told."""
        select = column.find_ancestor(exp.Select)
        while select is not None:
            sources = self.sources(select)
            if column.table:
                wanted = _name(column.args["table"])
                mine = [s for s in sources if s.alias == wanted]
            else:
                mine = self._holding(sources, _name(column))
            if mine:
                return mine[0] if len(mine) == 1 and mine[0].node is not None else None
            select = select.find_ancestor(exp.Select)
        return None

    def _holding(self, sources: tuple[Source, ...], name: str) -> list[Source]:
        """The relations that may hold a column of this bare name; all where one is not known."""
        given = [(s, set(s.table.by_name) if s.table else _shown(s.node)) for s in sources]
        if any(names is None for _, names in given):
            return list(sources) if len(sources) == 1 else [*sources, *sources]
        return [s for s, names in given if names and name in names]

    def column(self, column: exp.Column) -> tuple[Source, Column] | None:
        """The relation and the schema's column; None where either is not a table's."""
        source = self.owner(column)
        if source is None or source.table is None:
            return None
        known = source.table.by_name.get(_name(column))
        return (source, known) if known else None

    def never_null(self, column: exp.Column) -> bool:
        """Whether the column can be NULL nowhere in its SELECT, outer joins considered."""
        found = self.column(column)
        if found is None:
            return False
        source, known = found
        select = column.find_ancestor(exp.Select)
        while select is not None and source not in self.sources(select):
            select = select.find_ancestor(exp.Select)
        outer = select is None or is_padded(source, self.sources(select))
        return certain(source.table, known) and not outer


def _shown(node: exp.Expr) -> set[str] | None:
    """The names that a subquery or an unnest(...) in FROM gives out; None where one is not told."""
    alias = node.args.get("alias")
    if alias is not None and alias.args.get("columns"):
        return {_name(c) for c in alias.args["columns"]}
    if isinstance(node, exp.Unnest) and alias is not None:
        return {_name(alias)}
    if not isinstance(node, exp.Subquery) or not isinstance(node.this, exp.Select):
        return None
    items = node.this.expressions
    plain = all(
        isinstance(i, exp.Alias) or (isinstance(i, exp.Column) and not i.is_star) for i in items
    )
    return {_name(i.args.get("alias") or i) for i in items} if plain and items else None


def certain(table: Table | None, column: Column) -> bool:
    """Whether the table's own constraints keep NULL out of the column."""
    return column.not_null or (table is not None and column.name in table.primary_key)


def is_padded(source: Source, sources: tuple[Source, ...]) -> bool:
    """Whether an outer join may fill this relation's columns with NULL."""
    if source.side in {"LEFT", "FULL"}:
        return True
    later = sources[sources.index(source) + 1 :]
    return any(s.side in {"RIGHT", "FULL"} for s in later)


def spell_out(tree: exp.Expr, scopes: Scopes) -> None:
    """Write JOIN ... USING (id) as ON a.id = b.id, where no * gives out the merged column.

    A merged column of an inner or left join is that of the left side.
    """
    for select in tree.find_all(exp.Select):
        stars = any(s.find_ancestor(exp.Select) is select for s in select.find_all(exp.Star))
        sources = scopes.sources(select)
        if not stars and all(s.side in {"", "LEFT"} for s in sources):
            for at, source in enumerate(sources):
                if source.join is not None and source.join.args.get("using"):
                    _spell_out(select, source, sources[:at])


def _spell_out(select: exp.Select, source: Source, before: tuple[Source, ...]) -> None:
    assert source.join is not None, "the caller looked"
    pairs, merged = [], []
    for name in [_name(each) for each in source.join.args["using"]]:
        known = all(s.table for s in before)
        left = next((s for s in before if s.table and name in s.table.by_name), None)
        bare = [c for c in select.find_all(exp.Column) if not c.table and _name(c) == name]
        if (
            left is None
            or not known
            or any(c.find_ancestor(exp.Select) is not select for c in bare)
        ):
            return  # in a subquery the name may be another table's
        pairs.append((name, left.alias))
        merged += [(column, left.alias) for column in bare]
    for column, alias in merged:
        column.set("table", exp.to_identifier(alias, quoted=not _is_plain(alias)))
    equal = [
        exp.EQ(this=_column(left, n), expression=_column(source.alias, n)) for n, left in pairs
    ]
    source.join.set("using", None)
    source.join.set("on", all_of(equal))


def _column(alias: str, name: str) -> exp.Column:
    return exp.column(
        exp.to_identifier(name, quoted=not _is_plain(name)),
        exp.to_identifier(alias, quoted=not _is_plain(alias)),
    )


def _is_plain(name: str) -> bool:
    return name.isidentifier() and name == name.lower()


def _ctes(select: exp.Expr) -> set[str]:
    """The names of all WITH queries that this SELECT can see."""
    found: set[str] = set()
    node: exp.Expr | None = select
    while node is not None:
        with_ = node.args.get("with_")
        found |= {_name(c.args["alias"]) for c in with_.expressions} if with_ else set()
        node = node.parent
    return found


def _name(node: exp.Expr) -> str:
    """A name as the catalog has it: folded to lower case unless it stands in quotes."""
    inner = node.this if not isinstance(node, exp.Identifier) else node
    while inner is not None and not isinstance(inner, exp.Identifier | str):
        inner = inner.this
    if isinstance(inner, exp.Identifier):
        return str(inner.this) if inner.args.get("quoted") else str(inner.this).lower()
    return str(inner or "").lower()


def conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    """The conditions joined by AND, parentheses around them taken off."""
    if condition is None:
        return
    bare = condition.unnest()
    if isinstance(bare, exp.And):
        yield from conjuncts(bare.this)
        yield from conjuncts(bare.expression)
    else:
        yield bare


def disjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions joined by OR, parentheses around them taken off."""
    bare = condition.unnest()
    if isinstance(bare, exp.Or):
        yield from disjuncts(bare.this)
        yield from disjuncts(bare.expression)
    else:
        yield bare


def all_of(conditions: Iterable[exp.Expr]) -> exp.Expr | None:
    """One condition that asks for all of them; None for none."""
    copies = [c.copy() for c in conditions]
    return exp.and_(*copies, dialect="postgres") if copies else None


def columns(node: exp.Expr) -> Iterator[exp.Column]:
    """Every column named in a part of a tree, subqueries included."""
    return node.find_all(exp.Column)


def aliases(tree: exp.Expr) -> set[str]:
    """Every name that a relation goes by anywhere in the tree."""
    named = {_name(a) for a in tree.find_all(exp.TableAlias) if a.this is not None}
    return named | {_name(t) for t in tree.find_all(exp.Table)}


def fresh(tree: exp.Expr, wish: str) -> str:
    """A name for a relation that nothing in the tree has yet."""
    taken, number, name = aliases(tree), 1, wish
    while name in taken:
        number += 1
        name = f"{wish}_{number}"
    return name


def is_bare(select: exp.Select) -> bool:
    """Whether it gives a row for each row it reads: no grouping, window, DISTINCT or LIMIT."""
    held = ("group", "having", "distinct", "limit", "offset", "windows", "qualify", "locks")
    if any(select.args.get(k) for k in held):
        return False
    return not any(
        node.find_ancestor(exp.Select) is select
        for node in select.find_all(exp.AggFunc, exp.Window)
    )
