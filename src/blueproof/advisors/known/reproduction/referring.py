"""References that words tell: "lines.order_ref is a foreign key to orders.id, ON DELETE CASCADE".

A DELETE looks each of its rows up in every table that refers to it, which no plan of it shows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from blueproof.advisors.known.reproduction.deleting import index_of, together
from blueproof.advisors.known.reproduction.reproduction import Assumed, Proposal
from blueproof.sql.guessing.own_keys import own_key
from blueproof.sql.guessing.resolving import identifier, table_name
from blueproof.sql.guessing.seen import Columns, read_trees
from blueproof.sql.guessing.tables import Link
from blueproof.sql.names import quote

_NAME = r"[`\"]?(?P<{0}>[A-Za-z_]\w*)[`\"]?"
_CHILD = rf"{_NAME.format('t')}\.{_NAME.format('c')}"
_KEY_OF_IT = rf"\.{_NAME.format('k')}|\s?\({_NAME.format('l')}\)"
_PARENT = rf"(?:the\s+(?:table\s+)?)?{_NAME.format('p')}(?:{_KEY_OF_IT})?"
_KEY = r"(?:foreign[- ]keys?|fks?|references?)"
_REFERS = (
    rf"(?:,?\s*(?:which|that)\s+)?(?:(?:is|are)\s+(?:an?\s+|the\s+)?{_KEY}\s+(?:to|on|into|of)"
    r"|(?:references|refers?\s+to|referencing|points?\s+(?:at|to|into))|->|\u2192)\s*"
)
_WAYS = tuple(
    re.compile(way, re.IGNORECASE)
    for way in (
        rf"(?<![\w.]){_CHILD}\s+{_REFERS}{_PARENT}",
        rf"(?<![\w.]){_NAME.format('c')}\s+(?:in|of|on)\s+(?:the\s+)?(?:table\s+)?{_NAME.format('t')}\s+"
        rf"{_REFERS}{_PARENT}",
        rf"(?<![\w.]){_NAME.format('t')}\s?\({_NAME.format('c')}\)\s+{_REFERS}{_PARENT}",
        rf"\b{_KEY}\s+(?:goes\s+)?from\s+{_CHILD}\s+to\s+{_PARENT}",
        rf"(?<![\w.]){_NAME.format('t')}\s+has\s+(?:an?\s+)?{_KEY}\s+(?:on\s+|called\s+|,\s*)?"
        rf"{_NAME.format('c')},?\s+(?:to|into|on|referencing|that\s+references)\s+{_PARENT}",
    )
)
_CASCADES = re.compile(r"[^.?!]{0,60}\bcascad", re.IGNORECASE)
_BEFORE = re.compile(r"\bcascad\w*\b[^.?!]{0,60}$", re.IGNORECASE)
# "Trigger for constraint lines_order_id_fkey: time=78842.057 calls=10279" beneath a plan.
_TRIGGER = re.compile(
    r"\b(?:Trigger for constraint )?(?P<name>(?<=constraint )\w+|\w+_fkey\d*)"
    r"(?: on (?P<on>[\w.]+))?: time=[\d.]+ calls=\d+",
    re.IGNORECASE,
)
# A foreign key by its name, with the time that it takes: mention_post_id_fkey 2.2 s
_TIMED = re.compile(
    r"\b(?P<name>\w+_fkey\d?)\b[^.\w]{1,3}(?:(?:takes?|took|needs?|at|about|with|time)\W{1,2})*"
    r"\d[\d.,]*\s?(?:ms|s|sec\w*|min\w*|hours?)\b",
    re.IGNORECASE,
)
# "most of it is the trigger of the constraint on order_lines"
_SPOKEN_OF = re.compile(
    r"\b(?:constraints?|triggers?|foreign keys?|fkeys?|cascades?)\s+(?:to|on|of|from|for|into)\s+"
    r"(?:the\s+)?(?:table\s+)?[`\"]?(?P<table>[a-z]\w*_\w+)\b(?!\.)",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(r"(?P<name>\w+?)_(?:fkey|foreign|fk)\d*")
_MANY_THEN = re.compile(r"(?P<table>\w*[a-rt-z]s)_(?P<column>[a-z]\w*)")  # its last plural
_BATCH = 20  # rows that go on the made rows: each is looked for in every referring table
_CHILD_ROWS = 1_000_000  # of a table that refers, where no number is told


@dataclass(frozen=True, kw_only=True)
class Referring:
    """The references that concern the queries; the queries with what they delete bounded.

    `rows` are those that each referring table is taken to have, `assumed` what was guessed.
    """

    links: tuple[Link, ...] = ()
    queries: tuple[str, ...] = ()
    rows: tuple[tuple[str, int], ...] = ()
    assumed: tuple[Assumed, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def read_links(text: str) -> Iterator[Link]:
    """Each reference that the words tell; one without the key is to the parent's id."""
    for way in _WAYS:
        for found in way.finditer(text):
            cascades = _CASCADES.match(text[found.end() :]) or _BEFORE.search(text[: found.start()])
            yield Link(
                table=found["t"],
                column=found["c"],
                parent=found["p"],
                key=found["k"] or found["l"] or "",
                cascades=bool(cascades),
            )


def _by_triggers(text: str, deleted: set[str]) -> Iterator[Link]:
    """The references that the triggers of a plan show by the names of their constraints.

    Or that the words tell of: the constraint on a table, whose column is named beside it.

    Only of a DELETE from one table: what fires there looks for rows that refer to it.
    """
    parent = next(iter(deleted), "") if len(deleted) == 1 else ""
    for found in (*_TRIGGER.finditer(text), *_TIMED.finditer(text)):
        on = found.groupdict().get("on") or ""
        of = next((t for t in deleted if t.rpartition(".")[2] == on.rpartition(".")[2]), parent)
        if of and on and on.rpartition(".")[2] != of.rpartition(".")[2]:
            yield from _of_what_goes(found["name"], on, of)
        elif of and (link := _by_name(found["name"], of)):
            yield link
    for found in _SPOKEN_OF.finditer(text if parent else ""):
        table, column = found["table"].lower(), f"{_singular(parent.rpartition('.')[2])}_id"
        if table != parent and re.search(rf"\b{column}\b", text):
            yield Link(table=table, column=column, parent=parent)


def _of_what_goes(constraint: str, on: str, deleted: str) -> Iterator[Link]:
    """The reference to a table whose rows go with those deleted, as it fires there, and its own."""
    if link := _by_name(constraint, on):
        yield replace(link, key="", cascades=True)
        ending = "_pk" if link.column.endswith("_pk") else "_id"
        own = f"{_singular(deleted.rpartition('.')[2])}{ending}"
        yield Link(table=on, column=own, parent=deleted, key="", cascades=True)


def _by_name(constraint: str, parent: str) -> Link | None:
    """The reference that a constraint is called after: its table, then its column."""
    named = _NAMED_AFTER.fullmatch(constraint.removeprefix("fk_"))
    name = named["name"] if named else ""
    own = parent.rpartition(".")[2]
    column = f"{_singular(own)}_id"
    many = _MANY_THEN.match(name)
    if name.startswith(f"{own}_") and name.endswith(("_id", "_pk")):  # one that refers to itself
        return Link(table=parent, column=name[len(own) + 1 :], parent=parent)
    if name.endswith(f"_{column}"):
        return Link(table=name[: -len(column) - 1], column=column, parent=parent)
    if many and many["table"] != own:
        return Link(table=many["table"], column=many["column"], parent=parent)
    return None


def _singular(table: str) -> str:
    return f"{table[:-3]}y" if table.endswith("ies") else table.removesuffix("s")


def read_referring(
    text: str, queries: tuple[str, ...], seen: Columns, described: tuple[Link, ...] = ()
) -> Referring:
    """The references that the queries go by: a join's, or those to what is deleted.

    They are those of the words and the `described` ones, of DDL.
    """
    deleted = {table for query in queries if (table := _deleted(query))}
    found: dict[tuple[str, str], Link] = {}
    told_links = (*described, *read_links(text), *_by_triggers(text, deleted))
    goes = {link.table for link in told_links if link.parent in deleted and link.cascades}
    for link in sorted(told_links, key=lambda each: each.parent not in deleted):
        like = link.parent if link.parent in seen else next(iter(deleted), "")
        key = own_key(link.parent, frozenset(seen.get(like, {})))
        key = (link.key or key) if link in described else key
        apart = link.key in {"", key} and link.column != key
        told = link.parent in deleted | goes or link.table in seen
        if (link.parent in seen or link.parent in goes) and apart and told:
            found.setdefault(
                (link.table, link.column),
                replace(link, key=key, cascades=link.cascades or link.parent in deleted | goes),
            )
    links = tuple(found.values())
    parents = {link.parent for link in links} & (deleted | goes)
    sure = {each.table for each in described}
    kept = {link.table for link in links if link.parent in parents and not _goes(link, text)} - sure
    bounded = tuple(_bounded(q, seen) if _deleted(q) in parents else q for q in queries)
    return Referring(
        links=links,
        queries=bounded,
        rows=tuple((link.table, _CHILD_ROWS) for link in links if link.parent in parents),
        assumed=(
            *_assumed(
                parents if any(" LIMIT " in q for q in set(bounded) - set(queries)) else set()
            ),
            *_goes_too(kept),
        ),
        proposals=_indexes([link for link in links if link.parent in parents]),
    )


def _indexes(links: list[Link]) -> tuple[Proposal, ...]:
    """The indexes on what refers: where rows that go have others that go with them, all at once."""
    several = {link.parent for link in links} & {link.table for link in links}
    return (*(together(links) if several else ()), *map(index_of, links))


def _assumed(parents: set[str]) -> Iterator[Assumed]:
    for parent in sorted(parents):
        says = f"{_BATCH} rows of {parent} are deleted at a time"
        yield Assumed(says=says, why="each is looked for in every table that refers to it")


def _goes(link: Link, text: str) -> bool:
    """Whether the words say that rows go with what they refer to."""
    return any(told.cascades for told in read_links(text) if told.table == link.table)


def _goes_too(tables: set[str]) -> Iterator[Assumed]:
    for table in sorted(tables):
        says = f"rows of {table} go with what they refer to"
        yield Assumed(says=says, why="a row that others refer to could not be deleted else")


def _deleted(query: str) -> str:
    """The table that a statement deletes from by conditions of its own; "" for any other."""
    for tree in read_trees((query,)):
        if isinstance(tree, exp.Delete) and isinstance(tree.this, exp.Table):
            beside = tree.args.get("using") or tree.find(exp.Subquery)
            return "" if beside else table_name(tree.this)
    return ""


def _bounded(query: str, seen: Columns) -> str:
    """The DELETE of so many rows that the made ones do for it."""
    tree = next(iter(read_trees((query,))))
    table = tree.this
    key = quote(own_key(table_name(table), frozenset(seen.get(table_name(table), {}))))
    where = tree.args.get("where")
    if where is None or _is_of_one(where.this, key):
        constant = where.this.expression if where is not None else None
        if not isinstance(constant, exp.Literal) or constant.is_string:
            return query
        constant.replace(exp.Parameter(this=exp.Literal.number(1)))  # of a row that was made
        return tree.sql("postgres")
    name = table.sql("postgres")
    chosen = f"SELECT {key} FROM {name} {where.sql('postgres')} LIMIT {_BATCH}"
    return f"DELETE FROM {name}\nWHERE {key} IN ({chosen})"


def _is_of_one(condition: exp.Expr, key: str) -> bool:
    """Whether a condition holds for one row: its key is given."""
    column = condition.this if isinstance(condition, exp.EQ) else None
    return isinstance(column, exp.Column) and quote(identifier(column.this)) == key
