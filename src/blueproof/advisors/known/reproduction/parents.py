"""Parents that nobody tells of: messages with a conversation_id have conversations.

What is asked of each group can start from the table that the groups refer to, if there is one. The
column's name says so; that it was assumed is said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from blueproof.advisors.known.reproduction.pages import pages
from blueproof.advisors.known.reproduction.reproduction import Assumed, Sketch
from blueproof.sql.guessing.kinds import Column, stem_of
from blueproof.sql.guessing.resolving import table_name
from blueproof.sql.guessing.rows import MOST_ROWS
from blueproof.sql.guessing.seen import read_trees
from blueproof.sql.guessing.tables import Link
from blueproof.sql.selected import name_of

_EACH = 500  # rows of one parent: of fewer nobody says that it is slow
_PAGES = 10  # of a list that is read by pages
_PART = 0.05  # of all rows that have a state which is asked for by name
_FEWEST = 10  # parents
_IES, _ES = "y", ("s", "x", "ch", "sh")


def with_parents(sketch: Sketch) -> Sketch:
    """The sketch with a table for each column that rows are grouped by and whose name refers."""
    made: dict[str, tuple[Column, ...]] = {}
    links: list[Link] = []
    each = dict(_paged(sketch))
    for table, column in dict.fromkeys((*_grouped(sketch), *each)):
        parent = _plural(stem_of(column.name))
        if parent in sketch.guess.tables or parent in sketch.guess.known or parent in made:
            continue
        key = Column(name="id", type=column.type, kind="key", why="what refers to it")
        made[parent] = (key,)
        links.append(Link(table=table, column=column.name, parent=parent))
    if not made:
        return sketch
    guess = replace(
        sketch.guess,
        tables={**sketch.guess.tables, **made},
        links=(*sketch.guess.links, *links),
        seen={**sketch.guess.seen, **{parent: {} for parent in made}},
    )
    assumed = tuple(
        Assumed(
            says=f"there is a table {link.parent} to whose id {link.table}.{link.column} refers",
            why="its name",
        )
        for link in links
    )
    of_one = {(table, column.name): number for (table, column), number in each.items()}
    rows = {
        k.parent: max(
            min(sketch.rows.get(k.table, MOST_ROWS), MOST_ROWS) // of_one[k.table, k.column]
            if (k.table, k.column) in of_one
            else sketch.rows.get(k.table, MOST_ROWS) // _EACH,
            _FEWEST,
        )
        for k in links
    }
    return replace(
        sketch, guess=guess, assumed=(*assumed, *sketch.assumed),
        supposed={**sketch.supposed, **rows},
    )  # fmt: skip


def _grouped(sketch: Sketch) -> Iterator[tuple[str, Column]]:
    """The columns of guessed tables of which rows are told apart, each with its table."""
    linked = {(k.table, k.column) for k in sketch.guess.links}
    for tree in read_trees(sketch.queries):
        for select in tree.find_all(exp.Select):
            source = select.args.get("from_")
            table = table_name(source.this) if source and isinstance(source.this, exp.Table) else ""
            known = _columns(sketch.guess.tables, table)
            for name in _names(select):
                column = known.get(name)
                if column and column.kind == "reference" and (table, name) not in linked:
                    yield table, column


def _paged(sketch: Sketch) -> Iterator[tuple[tuple[str, Column], int]]:
    """The columns that a page of a list asks for by value, and how many rows one of them has.

    Who turns pages has several pages of what is asked for, which may be a small part of all.
    """
    linked = {(k.table, k.column) for k in sketch.guess.links}
    for page in pages(sketch.queries):
        known = _columns(sketch.guess.tables, page.table)
        for name, constant in page.equal:
            column = known.get(name)
            apart = column and column.kind == "reference" and (page.table, name) not in linked
            if column and apart and not constant and stem_of(name) and page.rows > 1:
                states = sum(bool(value) for _, value in page.equal)
                yield (page.table, column), max(round(_PAGES * page.rows / _PART**states), _EACH)


def _columns(tables: Mapping[str, tuple[Column, ...]], table: str) -> dict[str, Column]:
    return {c.name: c for c in tables.get(table, ())}


def _names(select: exp.Select) -> Iterator[str]:
    """What DISTINCT ON, a window's PARTITION BY or a lone GROUP BY column tells rows apart by."""
    distinct, group = select.args.get("distinct"), select.args.get("group")
    on = distinct.args.get("on") if distinct else None
    parts = [*(on.expressions if isinstance(on, exp.Tuple) else [on.unnest()] if on else [])]
    for window in select.find_all(exp.Window):
        parts += window.args.get("partition_by") or []
    if group and len(group.expressions) == 1:
        parts += group.expressions
    yield from (name_of(p) for p in parts if isinstance(p, exp.Column) and stem_of(name_of(p)))


def _plural(stem: str) -> str:
    """The name of a table of these things.

    >>> _plural("company"), _plural("box"), _plural("order")
    ('companies', 'boxes', 'orders')
    """
    if stem.endswith(_IES) and stem[-2:-1] not in set("aeiou"):
        return f"{stem[:-1]}ies"
    return f"{stem}es" if stem.endswith(_ES) else f"{stem}s"
