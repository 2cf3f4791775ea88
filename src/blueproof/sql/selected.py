"""What one SELECT reads and gives out: its outputs by name, its only table, the keys it holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import ForeignKey, Schema, Table
from blueproof.sql.scopes import Scopes, Source, all_of
from blueproof.sql.trees import brief, read_tree

# Types whose equal values are the same value: 1.0 = 1.00 as numeric, 'A' = 'a' as citext.
_EXACT = ("smallint", "integer", "bigint", "uuid", "text", "character varying", "date", "boolean")
# Figures, by the names that PostgreSQL gives their outputs.
_CALLED: dict[type[exp.Expr], str] = {
    exp.Count: "count", exp.Sum: "sum", exp.Min: "min", exp.Max: "max", exp.Avg: "avg",
    exp.ArrayAgg: "array_agg", exp.GroupConcat: "string_agg", exp.Coalesce: "coalesce",
    exp.RowNumber: "row_number", exp.Rank: "rank", exp.DenseRank: "dense_rank",
}  # fmt: skip
_AFTER_ROWS = ("group", "having", "distinct", "limit", "offset", "windows", "qualify", "locks")
_HELD = (*_AFTER_ROWS, "with_", "order", "laterals", "pivots", "into", "hint")


@dataclass(frozen=True, kw_only=True)
class Output:
    """A column that a SELECT gives out: its name, and the expression that it is."""

    name: str
    value: exp.Expr


def outputs(select: exp.Select, scopes: Scopes) -> tuple[Output, ...]:
    """The outputs in order, each * written out; none where a name cannot be told."""
    found: list[Output] = []
    for item in select.expressions:
        more = list(_starred(item, select, scopes)) if _is_star(item) else [_output(item)]
        if not more or any(not each.name for each in more):
            return ()
        found += more
    return tuple(found)


def _output(item: exp.Expr) -> Output:
    if isinstance(item, exp.Alias):
        return Output(name=name_of(item.args["alias"]), value=item.this)
    return Output(name=name_of(item) if isinstance(item, exp.Column) else _called(item), value=item)


def _called(item: exp.Expr) -> str:
    """What PostgreSQL names an output without AS that is a figure; "" of anything else."""
    while isinstance(item, exp.Filter | exp.Window):
        item = item.this
    return _CALLED.get(type(item), "")


def _is_star(item: exp.Expr) -> bool:
    return isinstance(item, exp.Star) or (
        isinstance(item, exp.Column) and isinstance(item.this, exp.Star)
    )


def _starred(item: exp.Expr, select: exp.Select, scopes: Scopes) -> Iterator[Output]:
    """The columns behind a *; nothing where a relation is no table or columns are merged."""
    wanted = name_of(item.args["table"]) if isinstance(item, exp.Column) else ""
    sources = [s for s in scopes.sources(select) if wanted in {"", s.alias}]
    merged = any(s.join is not None and is_merging(s.join) for s in scopes.sources(select))
    if merged or any(s.table is None for s in sources):
        return
    for source in sources:
        for column in source.table.columns if source.table else ():
            value = read_column(source.alias, column.name)
            value.parent = select  # so that it can be looked up from there
            yield Output(name=column.name, value=value)


def is_merging(join: exp.Join) -> bool:
    """Whether the join makes one column of two: USING or NATURAL."""
    return bool(join.args.get("using") or join.method)


def has_star(select: exp.Select) -> bool:
    """Whether some output is * or alias.*."""
    return any(_is_star(item) for item in select.expressions)


def name_of(node: exp.Expr) -> str:
    """A name as the catalog has it: folded to lower case unless it stands in quotes."""
    inner: exp.Expr | str | None = node
    while inner is not None and not isinstance(inner, exp.Identifier | str):
        inner = inner.args.get("this")
    if isinstance(inner, exp.Identifier):
        return str(inner.this) if inner.args.get("quoted") else str(inner.this).lower()
    return inner.lower() if isinstance(inner, str) else ""


def ref(alias: str, column: str) -> str:
    """A column's name after its relation's, as text.

    >>> ref("o", "createdAt")
    'o."createdAt"'
    """
    return f"{quote(alias)}.{quote(column)}"


def read_column(alias: str, column: str) -> exp.Column:
    """A column after its relation's name, as a tree."""
    return exp.Column(this=identifier(column), table=identifier(alias))


def identifier(name: str) -> exp.Identifier:
    """A name as a node, quoted where PostgreSQL would read it otherwise."""
    return exp.Identifier(this=name, quoted=quote(name) != name)


def read_select(text: str) -> exp.Select:
    """A SELECT that was put together, as a tree."""
    tree = read_tree(text)
    assert isinstance(tree, exp.Select), f"it was built as one: {text}"
    return tree


def named(table: Table, alias: str) -> str:
    """A table in FROM, with the name it is to go by."""
    written = quote_table(table.name)
    return written if written == quote(alias) else f"{written} AS {quote(alias)}"


def both(first: str, others: Iterable[exp.Expr]) -> str:
    """A condition and others beside it, parentheses where they are called for, as text."""
    return brief(all_of((read_select(f"SELECT {first}").expressions[0], *others)) or exp.true())


def has(select: exp.Expr, *but: str) -> bool:
    """Whether a SELECT has any clause beside its outputs, FROM and WHERE, and those named."""
    return any(select.args.get(k) for k in _HELD if k not in but)


def only_table(select: exp.Select, scopes: Scopes, but: str = "") -> Source | None:
    """The one table that a SELECT reads, and nothing in it (`but` one clause) names another.

    So its text means the same wherever it is put.
    """
    sources = scopes.sources(select)
    if len(sources) != 1 or sources[0].table is None or not is_whole(sources[0].node):
        return None
    inner = [s for s in select.find_all(exp.Select) if s is not select]
    let = select.args.get(but) if but else None
    passed = {id(c) for c in let.find_all(exp.Column)} if let else set()
    mine = all(
        is_of(c, sources[0], scopes)
        for c in select.find_all(exp.Column)
        if not _is_star(c) and id(c) not in passed
    )
    return sources[0] if mine and not inner else None


def is_whole(node: exp.Expr) -> bool:
    """Whether a table in FROM is read whole: no sample, no ONLY, no renamed columns."""
    if not isinstance(node, exp.Table):
        return False
    alias = node.args.get("alias")
    renamed = alias is not None and alias.args.get("columns")
    return not renamed and not any(
        node.args.get(k) for k in ("sample", "only", "joins", "laterals", "ordinality")
    )


def is_of(column: exp.Column, source: Source, scopes: Scopes) -> bool:
    """Whether the column is one of this relation's table."""
    found = scopes.column(column)
    return found is not None and found[0].node is source.node


def qualify(node: exp.Expr, alias: str) -> exp.Expr:
    """A copy in which every column, all being of one relation, is named after it by this alias."""
    copy = node.copy()
    for column in list(copy.find_all(exp.Column)):
        column.set("table", identifier(alias))
    return copy


def is_exact(table: Table | None, column: str) -> bool:
    """Whether two values of the column that are equal are the same to the last bit."""
    known = table.by_name.get(column) if table else None
    return known is not None and (
        known.type.startswith("timestamp") or known.type.partition("(")[0] in _EXACT
    )


def holds_key(source: Source, held: Iterable[exp.Expr], scopes: Scopes) -> bool:
    """Whether these expressions hold a key of the relation's table, without a NULL in it."""
    mine = []
    for value in held:
        found = scopes.column(value) if isinstance(value, exp.Column) else None
        if found and found[0].node is source.node:
            mine.append(found[1].name)
    return source.table is not None and is_strict_key(source.table, mine)


def is_strict_key(table: Table, columns: Iterable[str]) -> bool:
    """Whether the columns hold a key in which no NULL can be: no two rows have them alike."""
    mine = set(columns)
    keys = (table.primary_key, *table.unique)
    return any(
        k
        and set(k) <= mine
        and (k == table.primary_key or all(table.by_name[c].not_null for c in k))
        for k in keys
    )


def put(tree: exp.Query, old: exp.Expr, new: exp.Expr) -> exp.Query:
    """The tree with one of its parts replaced, which may be all of it."""
    if old is tree:
        assert isinstance(new, exp.Query), "a query takes the place of a query"
        return new
    old.replace(new)
    return tree


def cte_names(tree: exp.Expr) -> set[str]:
    """The names of all WITH queries in a tree: a table of that name may be hidden behind it."""
    return {name_of(c.args["alias"]) for c in tree.find_all(exp.CTE)}


def parent_of(schema: Schema, table: Table, column: str) -> ForeignKey | None:
    """The foreign key by which each value of a column has its row, one only, in another table.

    None where row security may hide that row, or where the two cannot be compared as they are.
    """
    for key in schema.foreign_keys:
        parent = schema.by_name.get(key.references)
        if key.table != table.name or key.columns != (column,) or parent is None:
            continue
        if parent.row_security or parent.name == table.name or not parent.is_key(key.referenced):
            continue
        if is_exact(table, column) and is_exact(parent, key.referenced[0]):
            return key
    return None


def inner_select(select: exp.Select, node: exp.Expr) -> exp.Select | None:
    """The SELECT behind a relation in FROM: a subquery's, or a WITH query's that is not recursive.

    None where its columns are renamed, or where two WITH queries have the name.
    """
    holder: exp.Expr | None = node
    if isinstance(node, exp.Table):
        holder = _cte(select.root(), node)
    if not isinstance(holder, exp.Subquery | exp.CTE):
        return None
    alias = holder.args.get("alias")
    renamed = alias is not None and alias.args.get("columns")
    return holder.this if isinstance(holder.this, exp.Select) and not renamed else None


def _cte(root: exp.Expr, node: exp.Table) -> exp.CTE | None:
    name = name_of(node)
    ctes = [c for c in root.find_all(exp.CTE) if name_of(c.args["alias"]) == name]
    plain = len(ctes) == 1 and not node.db and is_whole(node)
    return ctes[0] if plain and not _reads(ctes[0].this, name) else None


def _reads(node: exp.Expr, name: str) -> bool:
    return any(name_of(t) == name and not t.db for t in node.find_all(exp.Table))


def readers(tree: exp.Expr, name: str) -> int:
    """How often a WITH query is read."""
    return sum(name_of(t) == name and not t.db for t in tree.find_all(exp.Table))


def without_unread(tree: exp.Query) -> exp.Query:
    """The tree less the WITH queries that nothing reads any more; those that write stay."""
    for cte in list(tree.find_all(exp.CTE)):
        written = not isinstance(cte.this, exp.Query)
        if not written and not readers(tree, name_of(cte.args["alias"])):
            with_ = cte.parent
            assert isinstance(with_, exp.With), "a WITH query stands in a WITH"
            cte.pop()
            if not with_.expressions:
                with_.pop()
    return tree


def is_closed(node: exp.Select, scopes: Scopes) -> bool:
    """Whether each bare column in a SELECT is one of its own, wherever the SELECT is put."""
    inside = {id(n) for n in node.walk()}
    owners = [scopes.owner(c) for c in node.find_all(exp.Column) if not c.table]
    return all(o is not None and id(o.node) in inside for o in owners)


def meant(item: exp.Expr, given: tuple[Output, ...]) -> exp.Expr:
    """What GROUP BY 1 stands for."""
    if isinstance(item, exp.Literal) and item.is_int and 0 < int(item.name) <= len(given):
        return given[int(item.name) - 1].value
    return item


def grouped_by(select: exp.Select, given: tuple[Output, ...]) -> set[str]:
    """The names of the columns of GROUP BY or DISTINCT; none where it is anything else."""
    group, distinct = select.args.get("group"), select.args.get("distinct")
    if distinct and not group:
        by = [] if distinct.args.get("on") else [o.value for o in given]
    elif group and not distinct:
        plain = not any(group.args.get(k) for k in ("cube", "rollup", "grouping_sets", "all"))
        by = [meant(e, given) for e in group.expressions] if plain else []
    else:
        return set()
    if not all(isinstance(each, exp.Column) for each in by):
        return set()
    return {name_of(each) for each in by}


def orders_outputs(select: exp.Select, given: tuple[Output, ...]) -> bool:
    """Whether ORDER BY, if any, goes by outputs alone, as it still can when they come otherwise."""
    order = select.args.get("order")
    return order is None or all(_placed(o.this, given) is not None for o in order.expressions)


def output_order(select: exp.Select, given: tuple[Output, ...]) -> exp.Order | None:
    """ORDER BY with each output by its name, where it goes by outputs alone."""
    order = select.args.get("order")
    if order is None:
        return None
    copy: exp.Order = order.copy()
    for item in copy.expressions:
        item.set("this", _placed(item.this, given) or item.this)
    return copy


def _placed(key: exp.Expr, given: tuple[Output, ...]) -> exp.Expr | None:
    """The output that a sort key stands for: its number, its name, or what it is written as."""
    if isinstance(key, exp.Literal):
        return key.copy() if key.is_int else None
    bare = name_of(key) if isinstance(key, exp.Column) and not key.table else ""
    found = [o for o in given if o.name == bare] or [o for o in given if o.value == key]
    return exp.column(identifier(found[0].name)) if found else None


def name_in_full(select: exp.Select, scopes: Scopes) -> None:
    """Every bare column of this SELECT after its relation: another one is about to join them.

    What ORDER BY names bare is an output, if there is one of that name.
    """
    sources = scopes.sources(select)
    given = {name_of(i.args["alias"]) for i in select.expressions if isinstance(i, exp.Alias)}
    for column in list(select.find_all(exp.Column)):
        output = isinstance(column.parent, exp.Ordered) and name_of(column) in given
        owner = None if column.table or output else scopes.owner(column)
        if owner is not None and any(owner.node is s.node for s in sources):
            column.set("table", identifier(owner.alias))
