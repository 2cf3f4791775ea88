"""The slow DELETE of a parent row that others refer to, as its triggers or the words tell it.

Each row that goes is looked for in every referring table; EXPLAIN ANALYZE prints that as the time
of a constraint's trigger.
"""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.building import plural, singular
from blueproof.advisors.known.reproduction.naming import is_thing
from blueproof.advisors.known.reproduction.reproduction import TOGETHER, Assumed, Proposal
from blueproof.advisors.known.reproduction.told import Written
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import snake, stem_of
from blueproof.sql.guessing.tables import Link
from blueproof.sql.names import quote, quote_table

_TRIGGER = LatePattern(
    r"\bTrigger for constraint (?P<name>\w+) on (?P<parent>[\w.]+): time=(?P<time>[\d.]+)"
    r" calls=(?P<calls>\d+)",
    re.IGNORECASE,
)
_NAMED = LatePattern(r"(?P<child>\w+?)_(?P<column>(?!id_)[a-z]+_id|id)_fkey\d*")
_DELETES = LatePattern(
    r"\b(?:delet(?:e|es|ed|ing|ion)|remov(?:e|es|ing))\b(?:\s+(?:of"
    r"|from))?\s+(?:(?:(?:an? )?(?:set|bunch|batch|lot"
    r"|number|few|couple|handful)(?: of)?|an?|one|the|single|old"
    r"|some|our|\d[\d,.]*k?)\s+)*(?P<x>[a-z][a-z_]{2,})",
    re.IGNORECASE,
)
_REFERRED = LatePattern(
    r"\b(?:foreign[- ]keys?|on delete cascade|cascad\w+|fkeys?|referenc\w+ (?:it|them|this"
    r"|that table)"
    r"|refers? to (?:it|them|this))\b",
    re.IGNORECASE,
)
_CHILDREN = LatePattern(
    r"(?P<list>[a-z][a-z_]{2,}s(?:\s*,\s*[a-z][a-z_]{2,}s)*(?:\s*,?\s+and\s+[a-z][a-z_]{2,}s)?)\s+"
    r"(?:all\s+|each\s+|both\s+)?(?:refer|reference|point|have (?:a )?foreign keys?|belong|hang)\b",
    re.IGNORECASE,
)
_COLUMNS = LatePattern(
    r"(?P<before>[^.?!]{0,160})\(\s*(?P<columns>\w+(?:Id|_id)\s*,\s*\w+(?:Id"
    r"|_id)(?:\s*,\s*\w+(?:Id|_id))*)"
)
SHOWN = frozenset({"postgres-delete-slow-fk"})  # the entry that says the same in words
OF_OLD_ROWS = frozenset({"postgres-vacuum-behind", "delete-many-rows", "postgres-replication-lag"})
_NO_PARENT = frozenset({"cascade", "cascades", "triggers", "batches", "statements"})
_CHILDREN_ROWS, _LEAST = 2_000_000, 1_000
# Of a parent and of what stands between it and the table that is listed: all of it goes at once.
_PARENT_ROWS, _BETWEEN_ROWS = 40, 100
_MOST = 20  # rows that go on the made rows: each is looked for in every referring table


def read_deleting(text: str) -> Written | None:
    """The DELETE of a row that others refer to, with its tables; None where none is told."""
    triggers = list(_TRIGGER.finditer(text))
    if triggers:
        return _by_triggers(triggers)
    deletes = [m for m in _DELETES.finditer(text) if _is_parent(m["x"])]
    if not _REFERRED.search(text) or not (deletes or re.search(r"\bdelet", text, re.IGNORECASE)):
        return None
    parent = _many(deletes[0]["x"]) if deletes else "parents"
    if listed := _by_columns(text, parent):
        return listed
    named = _CHILDREN.search(text)
    children = re.findall(r"[a-z][a-z_]{2,}s\b", named["list"], re.IGNORECASE) if named else ()
    tables = tuple(snake(c) for c in children if snake(c) != parent)
    if tables:
        says = f"{', '.join(tables)} refer to {parent}"
    else:
        tables, says = ("children",), f"a table called children refers to {parent}"
    links = tuple(
        Link(table=t, column=f"{singular(parent)}_id", parent=parent, cascades=True) for t in tables
    )
    words = deletes[0][0] if deletes else "delete"
    rows = dict.fromkeys(tables, _CHILDREN_ROWS)
    return _written(parent, links, 1, rows, Assumed(says=says, why=f'"{words}"'))


def _by_columns(text: str, parent: str) -> Written | None:
    """A table whose columns are listed in brackets, each of which refers to what goes too.

    Attachments (testCaseId, sessionId): test cases and sessions belong to what is deleted.
    """
    found = _COLUMNS.search(text)
    if found is None:
        return None
    columns = [c for c in re.findall(r"\w+", found["columns"]) if stem_of(c)]
    names = re.findall(r"(?:\b(?:in|of|table)\s+|^)([A-Za-z]\w*[a-z]s)\b", found["before"])
    if not columns or not names:
        return None
    child = names[-1]
    between = {c: _many(stem_of(c)) for c in columns if _many(stem_of(c)) != parent}
    links = [Link(table=child, column=c, parent=p, cascades=True) for c, p in between.items()]
    own = f"{singular(parent)}_id"
    links += [Link(table=p, column=own, parent=parent, cascades=True) for p in between.values()]
    links += [Link(table=child, column=c, parent=parent, cascades=True)
              for c in columns if c not in between]  # fmt: skip
    rows = {parent: _PARENT_ROWS, **dict.fromkeys(between.values(), _BETWEEN_ROWS)}
    says = f"{', '.join(columns)} of {child} refer to what goes with {parent}"
    return _written(parent, tuple(links), 1, rows, Assumed(says=says, why=f'"{found["columns"]}"'))


def _is_parent(word: str) -> bool:
    return is_thing(_many(word)) and word.lower() not in _NO_PARENT


def _many(word: str) -> str:
    name = snake(word)
    return name if name.endswith("s") else plural(name)


def _by_triggers(found: list[re.Match[str]]) -> Written | None:
    """Tables by the names of constraints: orders_customer_id_fkey is of orders.customer_id.

    A constraint that takes longer scans a larger table.
    """
    took: dict[Link, float] = {}
    for each in found:
        named = _NAMED.fullmatch(each["name"])
        if named and named["child"] != each["parent"]:
            link = Link(table=named["child"], column=named["column"], parent=each["parent"],
                        cascades=True)  # fmt: skip
            took[link] = float(each["time"]) / max(int(each["calls"]), 1)
    if not took:
        return None
    parents = [link.parent for link in took]
    parent = max(parents, key=parents.count)
    longest = max(took.values())
    rows = {
        link.table: max(_LEAST, round(_CHILDREN_ROWS * ms / longest)) for link, ms in took.items()
    }
    calls = max(int(each["calls"]) for each in found)
    says = "tables and columns are as the constraints' names have them, as large as their times"
    links = tuple(sorted(took, key=lambda link: -took[link]))
    return _written(parent, links, calls, rows, Assumed(says=says, why=f'"{found[0]["name"]}"'))


def _written(
    parent: str, links: tuple[Link, ...], deleted: int, rows: dict[str, int], assumed: Assumed
) -> Written:
    count = min(deleted, _MOST)
    newest = f"IN (SELECT id FROM {quote_table(parent)} ORDER BY id DESC LIMIT {count})"
    condition = "= $1" if count == 1 else newest  # of the oldest most rows are, when made
    single = [link for link in links if link.column != "id"]
    return Written(
        sql=f"DELETE FROM {quote_table(parent)}\nWHERE id {condition}",
        table=parent,
        assumed=(assumed,),
        ddl=tuple(_tables(parent, links)),
        links=links,
        rows=rows,
        proposals=(
            *together(single),
            *map(index_of, single),
        ),
    )


def index_of(link: Link) -> Proposal:
    """The index by which the rows that refer to a deleted one are found."""
    return Proposal(
        said=f"an index on {link.table} ({link.column}), which refers to {link.parent} "
        "by a foreign key",
        kind="index",
        definition=f"ON {quote_table(link.table)} ({quote(link.column)})",
        ours=True,
    )


def together(links: list[Link]) -> Iterator[Proposal]:
    """An index on every column that refers, where several do: each alone leaves the others slow."""
    if len(links) > 1:
        each = [f"ON {quote_table(link.table)} ({quote(link.column)})" for link in links]
        yield Proposal(
            said=f"an index on each column that refers by a foreign key: {', '.join(each)}",
            kind="index",
            definition=TOGETHER.join(each),
            ours=True,
        )


def _tables(parent: str, links: tuple[Link, ...]) -> Iterator[str]:
    """DDL of the tables, each with the columns that refer to others."""
    columns: dict[str, list[str]] = {parent: []}
    for link in links:
        columns.setdefault(link.parent, [])
        columns.setdefault(link.table, [])
        if link.column != "id":
            columns[link.table].append(link.column)
    for table, names in columns.items():
        lines = ["  id bigint PRIMARY KEY", *(f"  {quote(c)} bigint NOT NULL" for c in names)]
        listed = ",\n".join([*lines, "  rest_of_row text"])
        yield f"CREATE TABLE {quote_table(table)} (\n{listed}\n)"
