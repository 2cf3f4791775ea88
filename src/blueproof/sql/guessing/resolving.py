"""Which table each column of a query is of, where no schema tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.names import quote

_QUERIES = (exp.Select, exp.Update, exp.Delete, exp.Insert, exp.Merge)
# What every row has without being told: a column of no such name can be made.
_OF_EVERY_TABLE = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
Known = Mapping[str, frozenset[str]]  # tables that a schema describes, with their columns


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A column in a query, and the table that it is taken to be of."""

    table: str
    column: str
    node: exp.Column


def table_name(table: exp.Table) -> str:
    """The name of a table as SQL has it, without the schema public; "" where it is a function."""
    if not isinstance(table.this, exp.Identifier):
        return ""
    own = identifier(table.this)
    schema = table.args.get("db")
    home = identifier(schema) if isinstance(schema, exp.Identifier) else "public"
    return own if home == "public" else f"{home}.{own}"


def identifier(node: exp.Identifier) -> str:
    """The name as PostgreSQL keeps it: in small letters unless quoted."""
    return str(node.this) if node.args.get("quoted") else str(node.this).lower()


def tables_of(tree: exp.Expr) -> tuple[str, ...]:
    """The tables that a statement names, without those that it makes itself with WITH."""
    made = _made(tree)
    read = (
        t for t in tree.find_all(exp.Table) if not isinstance(t.parent, exp.Lock)
    )  # FOR UPDATE OF
    names = (table_name(table) for table in read)
    return tuple(dict.fromkeys(n for n in names if n and n not in made))


def _made(tree: exp.Expr) -> set[str]:
    return {cte.alias.lower() for cte in tree.find_all(exp.CTE)}


def placed(tree: exp.Expr, known: Known) -> tuple[Placed, ...]:
    """Each column with its table; those of derived tables and aliases are left out.

    A column without a table is of the one that has it by the schema, by another place of the
    query, or of the first that the query reads.
    """
    made = _made(tree)
    columns = [c for c in tree.find_all(exp.Column) if isinstance(c.this, exp.Identifier)
               and identifier(c.this) not in _OF_EVERY_TABLE]  # fmt: skip
    sure = [p for c in columns if c.table and (p := _qualified(c, made))]
    told = {(p.table, p.column) for p in sure}
    open_ = [c for c in columns if not c.table]
    return (*sure, *(p for c in open_ if (p := _unqualified(c, made, told, known))))


def _qualified(column: exp.Column, made: set[str]) -> Placed | None:
    alias = column.table.lower()
    for query in _around(column):
        sources = _sources(query, made)
        if alias in sources:
            table = sources[alias]
            name = identifier(column.this)
            return Placed(table=table, column=name, node=column) if table else None
    return None


def _unqualified(
    column: exp.Column, made: set[str], told: set[tuple[str, str]], known: Known
) -> Placed | None:
    name = identifier(column.this)
    first = ""
    for query in _around(column):
        if name in _aliases(query) and _is_sorted_by(column, query):
            return None
        sources = _sources(query, made)
        if sources.get(name) == "":
            return None  # a row of what is no table: unnest(tags) AS tag
        if sources.get(name, name) != name and not _is_compared(column):
            return None  # a whole row by its alias: to_json(t)
        tables = [t for t in sources.values() if t]
        if len(tables) < len(sources) and name in _given(query):
            return None
        if not tables:
            continue
        sure = [t for t in tables if (t, name) in told or name in known.get(t, ())]
        if sure:
            return Placed(table=sure[0], column=name, node=column)
        free = [t for t in tables if t not in known]
        first = first or (free or tables)[0]
    return Placed(table=first, column=name, node=column) if first else None


def _is_compared(column: exp.Column) -> bool:
    """Whether a value is compared or sorted by, which a whole row hardly ever is."""
    return isinstance(column.parent, exp.Predicate | exp.Ordered)


def _around(column: exp.Column) -> Iterator[exp.Expr]:
    """The queries whose tables a column may be of, the innermost first.

    A derived table and WITH see nothing of the query around them, LATERAL does.
    """
    node: exp.Expr | None = column.parent
    while node is not None:
        if isinstance(node, _QUERIES):
            yield node
        outer = node.parent
        derived = isinstance(node, exp.Query | exp.Subquery) and node.arg_key == "this"
        if derived and isinstance(outer, exp.From | exp.Join | exp.CTE):
            return
        node = outer


def _sources(query: exp.Expr, made: set[str]) -> dict[str, str]:
    """What a query reads, by alias; "" stands for what is no table."""
    found: dict[str, str] = {}
    for node in _read(query):
        if isinstance(node, exp.Table):
            name = table_name(node)
            alias = node.alias_or_name.lower()
            found[alias] = "" if name in made else name
        elif node.alias_or_name:
            found[node.alias_or_name.lower()] = ""
    return found


def _read(query: exp.Expr) -> Iterator[exp.Expr]:
    """The tables and derived tables in FROM and its joins, or that are written to."""
    start = query.args.get("from_")
    heads = [start.this] if start is not None else []
    if not isinstance(query, exp.Select) and isinstance(query.this, exp.Expr):
        heads.insert(0, query.this)
    if isinstance(query, exp.Merge):
        heads.append(query.args["using"])
    if isinstance(query, exp.Delete) and isinstance(query.args.get("using"), list):
        heads += query.args["using"]
    joins = [join.this for join in query.args.get("joins") or ()]
    joins += query.args.get("laterals") or ()
    for node in (*heads, *joins):
        yield node.this if isinstance(node, exp.Schema) else node
        yield from (join.this for join in node.args.get("joins") or ())


def _aliases(query: exp.Expr) -> set[str]:
    return {e.alias.lower() for e in query.expressions if isinstance(e, exp.Alias)}


def _is_sorted_by(column: exp.Column, query: exp.Expr) -> bool:
    """Whether the column stands where the query's own output names may."""
    return any(
        column is each  # and not one that is written alike: count(x) AS x
        for key in ("order", "group")
        if (part := query.args.get(key)) is not None
        for each in part.find_all(exp.Column)
    )


def _given(query: exp.Expr) -> set[str]:
    """The names that the derived tables of a query give, and those made with WITH that it reads."""
    made = {cte.alias.lower(): cte for cte in query.root().find_all(exp.CTE)}
    found: set[str] = set()
    for node in _read(query):
        source = made.get(node.name.lower()) if isinstance(node, exp.Table) else node
        if source is not None and not isinstance(source, exp.Table):
            found |= _names_given(source)
    return found


def _names_given(source: exp.Expr) -> set[str]:
    """What a derived table's columns are called: as it says itself, else by its first SELECT."""
    alias = source.args.get("alias")
    told = alias.args.get("columns") if alias is not None else None
    if told:
        return {c.name.lower() for c in told}
    selects = source.find_all(exp.Select)
    return {e.alias_or_name.lower() for each in selects for e in each.expressions}


def quoted(table: str) -> str:
    """A table's name as it stands in SQL."""
    return ".".join(quote(part) for part in table.split("."))
