"""Pages of a list: rows of one value in some order, of which a LIMIT takes the first.

Such a query has two plans: look the value up and sort, or walk the index of the order until enough
rows have come. The planner takes the second for cheap wherever it believes that matching rows lie
all over the table. Where they lie at the far end it reads nearly everything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from blueproof.advisors.known.reproduction.reproduction import Assumed, Proposal, Sketch
from blueproof.sql.guessing.kinds import stem_of
from blueproof.sql.guessing.resolving import table_name
from blueproof.sql.guessing.seen import read_trees
from blueproof.sql.names import quote, quote_table
from blueproof.sql.scopes import conjuncts
from blueproof.sql.selected import name_of

_WINDOW = 0.3  # of all values: as many lie among each other in one stretch of the rows
# Rows of one value for a page of one row, and times the root of a longer page's rows: with so many
# the planner takes the walk for cheaper than to look them up and sort, an index of both for better.
_EACH = 150
_PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page asks for: columns held equal with the constant if there is one, the order, rows.

    An order is a column, and whether the greatest come first.
    """

    table: str
    equal: tuple[tuple[str, str], ...]
    order: tuple[tuple[str, bool], ...]
    rows: int

    @property
    def columns(self) -> str:
        """The columns of the index that has these rows in this order."""
        order = [f"{quote(c)}{' DESC' * down}" for c, down in self.order]
        return ", ".join((*(quote(c) for c, _ in self.equal), *order))


def pages(queries: tuple[str, ...], *, later: bool = False) -> Iterator[Page]:
    """Each query that is the first page of one table, or with `later` any page of it."""
    for tree in read_trees(queries):
        first = isinstance(tree, exp.Select) and not _passes_over(tree)
        if isinstance(tree, exp.Select) and (first or later) and (page := _page(tree)):
            yield page


def _passes_over(tree: exp.Select) -> bool:
    """Whether rows stand before the page: OFFSET 0 is the first one."""
    offset = tree.args.get("offset")
    return offset is not None and offset.expression.name != "0"


def _page(tree: exp.Select) -> Page | None:
    source, order, where = (tree.args.get(k) for k in ("from_", "order", "where"))
    beside = any(tree.args.get(k) for k in ("joins", "group", "distinct", "with_"))
    if source is None or order is None or where is None or beside or not tree.args.get("limit"):
        return None
    keys = tuple(
        (name_of(key.this), bool(key.args.get("desc")))
        for key in order.expressions
        if isinstance(key.this, exp.Column)
    )
    equal = dict(_held(where.this))
    if not isinstance(source.this, exp.Table) or len(keys) != len(order.expressions) or not equal:
        return None
    kept = tuple((c, value) for c, value in equal.items() if c not in {c for c, _ in keys})
    most = tree.args["limit"].expression
    rows = int(most.name) if isinstance(most, exp.Literal) and most.is_int else _PAGE
    table = table_name(source.this)
    return Page(table=table, equal=kept, order=keys, rows=rows) if kept else None


def _held(condition: exp.Expr) -> Iterator[tuple[str, str]]:
    for part in conjuncts(condition):
        value = _value(part)
        if isinstance(value, exp.Literal | exp.Parameter | exp.Placeholder | exp.Cast):
            constant = value.find(exp.Literal)
            known = constant is not None and not value.find(exp.Parameter)
            yield name_of(part.this), constant.name if constant is not None and known else ""


def _value(part: exp.Expr) -> exp.Expr | None:
    """What a column is to equal: by =, by IN of one value, by LIKE without a wildcard."""
    if not isinstance(part.this, exp.Column):
        return None
    if isinstance(part, exp.In):
        listed: list[exp.Expr] = part.expressions
        return listed[0] if len(listed) == 1 else None
    if isinstance(part, exp.Like) and isinstance(part.expression, exp.Literal):
        whole: exp.Expr = part.expression
        return None if re.search(r"[%_]", whole.name) else whole
    equal: exp.Expr | None = part.expression if isinstance(part, exp.EQ) else None
    return equal


def page_indexes(sketch: Sketch) -> Iterator[Proposal]:
    """The index of each page: its rows stand in it together, in their order."""
    for page in pages(sketch.queries, later=True):
        definition = f"ON {quote_table(page.table)} ({page.columns})"
        if not any(page.columns in each for each in sketch.there):
            yield Proposal(
                said=f"an index on {page.table} ({page.columns})", kind="index",
                definition=definition, ours=True,
            )  # fmt: skip
    for table, columns in sorted_whole(sketch.queries):
        if not any(f"({columns})" in each for each in sketch.there):
            yield Proposal(
                said=f"an index on {table} ({columns})", kind="index", ours=True,
                definition=f"ON {quote_table(table)} ({columns})",
            )  # fmt: skip
    for table, columns, condition in _taken_next(sketch.queries):
        yield Proposal(
            said=f"an index on {table} ({columns}) WHERE {condition}", kind="index", ours=True,
            definition=f"ON {quote_table(table)} ({columns}) WHERE {condition}",
        )  # fmt: skip


def sorted_whole(queries: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each table whose first rows are taken in an order of several columns, and those columns."""
    for tree in read_trees(queries):
        source, order = tree.args.get("from_"), tree.args.get("order")
        where = tree.args.get("where")
        all_ = where is None or isinstance(where.this.unnest(), exp.Boolean)  # WHERE true
        beside = any(tree.args.get(k) for k in ("group", "distinct")) or not all_
        if source is None or order is None or beside or not tree.args.get("limit"):
            continue
        keys = [key for key in order.expressions if isinstance(key.this, exp.Column)]
        if tree.args.get("joins") and {k.this.table for k in keys} != {source.this.alias_or_name}:
            continue
        if isinstance(source.this, exp.Table) and 1 < len(keys) == len(order.expressions):
            yield (
                table_name(source.this),
                ", ".join(
                    f"{quote(name_of(k.this))}{' DESC' * bool(k.args.get('desc'))}" for k in keys
                ),
            )


def _taken_next(queries: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Each table of which the first rows of a constant state are taken, by a subquery or not.

    Its name, the columns of the order as an index has them, and the state as a condition.
    """
    for tree in read_trees(queries):
        for select in tree.find_all(exp.Select):
            source, order, where = (select.args.get(k) for k in ("from_", "order", "where"))
            beside = any(select.args.get(k) for k in ("joins", "group", "distinct", "offset"))
            if source is None or order is None or where is None or beside:
                continue
            keys = [key for key in order.expressions if isinstance(key.this, exp.Column)]
            whole = len(keys) == len(order.expressions) and isinstance(source.this, exp.Table)
            if whole and select.args.get("limit") and all(map(_is_state, conjuncts(where.this))):
                named = [
                    f"{quote(name_of(k.this))}{' DESC' * bool(k.args.get('desc'))}" for k in keys
                ]
                condition = where.this.copy()
                for column in condition.find_all(exp.Column):
                    column.set("table", None)
                yield table_name(source.this), ", ".join(named), condition.sql("postgres")


def _is_state(condition: exp.Expr) -> bool:
    """Whether a condition holds a column against NULL or a constant: the same in every run."""
    inner = condition.this if isinstance(condition, exp.Not) else condition
    if isinstance(inner, exp.Column):
        return True
    if not isinstance(inner, exp.Is | exp.EQ) or not isinstance(inner.this, exp.Column):
        return False
    if stem_of(name_of(inner.this)) and not isinstance(inner.expression, exp.Null):
        return False  # whose rows they are, which is another in every run
    return isinstance(inner.expression, exp.Null | exp.Boolean | exp.Literal)


def farther(sketch: Sketch) -> Sketch | None:
    """The sketch with the rows that a page asks for at the far end of its order.

    None where no query is such a page, or where nothing but the page's index is missing anyway.
    """
    page = next(pages(sketch.queries), None)
    if page is None or page.table not in sketch.guess.tables:
        return None
    column, order = page.equal[0][0], page.order[0][0]
    columns = tuple(c.name for c in sketch.guess.tables[page.table])
    says = f"rows of one {column} lie together, and those asked for at the far end of {order}"
    moved = _moving(page, columns)
    if page.equal[0][1] and (page.table, column) in sketch.shape.shares:
        moved = _at_far_end(page, columns)  # as many of each value as are told
        says = f"the rows of the {column} asked for lie at the far end of {order}"
    return replace(
        sketch,
        moved=moved,
        assumed=(Assumed(says=says, why="elsewhere, what you tell is not slow"), *sketch.assumed),
    )


def _at_far_end(page: Page, columns: tuple[str, ...]) -> str:
    """SQL that gives the rows of the value asked for the last places of the order."""
    table = quote_table(page.table)
    (column, value), (order, down) = page.equal[0], page.order[0]
    literal = value.replace("'", "''")
    listed = ", ".join("o.value" if n == order else f"r.{quote(n)}" for n in columns)
    names = ", ".join(map(quote, columns))
    return (
        f"CREATE TEMP TABLE in_order AS SELECT *, row_number() OVER (ORDER BY "
        f"{quote(column)}::text = '{literal}', random()) AS place FROM {table};\n"
        f"CREATE TEMP TABLE its_places AS SELECT {quote(order)} AS value, row_number() OVER "
        f"(ORDER BY {quote(order)}{' DESC' if down else ''}) AS place FROM {table};\n"
        f"TRUNCATE {table};\n"
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE\n"
        f"SELECT {listed} FROM in_order AS r JOIN its_places AS o ON o.place = r.place "
        f"ORDER BY r.place;\nDROP TABLE in_order, its_places;\n"
    )


def _moving(page: Page, columns: tuple[str, ...]) -> str:
    """SQL that puts rows of one value near each other, those asked for the farthest from the end.

    Each value that is there gets as many rows as the next; where none is asked for by name, it is
    the first that a value is taken from that lies farthest.
    """
    table = quote_table(page.table)
    (column, value), (order, down) = page.equal[0], page.order[0]
    one, each = quote(column), round(_EACH * max(page.rows, 1) ** 0.5)
    literal = value.replace("'", "''")
    first = f"value::text = '{literal}' DESC, " if value else ""
    listed = ", ".join("v.value" if n == column else f"r.{quote(n)}" for n in columns)
    names = ", ".join(map(quote, columns))
    return (
        f"CREATE TEMP TABLE in_order AS SELECT *, row_number() OVER (ORDER BY {quote(order)}"
        f"{'' if down else ' DESC'}) AS place FROM {table};\n"
        f"CREATE TEMP TABLE its_values AS SELECT value, row_number() OVER (ORDER BY {first}"
        f"hashtext(value::text)) AS place\n"
        f"FROM (SELECT DISTINCT {one} AS value FROM in_order WHERE {one} IS NOT NULL) AS d;\n"
        f"TRUNCATE {table};\n"
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE\n"
        f"SELECT {listed} FROM (SELECT *, 1 + floor((place::float8 / count(*) OVER () * "
        f"{1 - _WINDOW:g} + random() * {_WINDOW:g}) * least(count(*) OVER () / {each}, "
        f"(SELECT count(*) FROM its_values)))::bigint AS of FROM in_order) AS r\n"
        f"JOIN its_values AS v ON v.place = r.of ORDER BY r.place;\n"
        f"DROP TABLE in_order, its_values;\n"
    )


def counts_rows(queries: tuple[str, ...]) -> bool:
    """Whether a query puts out a count, which could be kept; one that it only compares could not.

    True of what no query tells.
    """
    trees = read_trees(queries)
    shown = (item for t in trees if isinstance(t, exp.Select) for item in t.expressions)
    return not trees or any(isinstance(i.unalias(), exp.Count) for i in shown)
