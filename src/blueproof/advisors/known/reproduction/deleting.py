"""The slow DELETE of a parent row that others refer to, as its triggers or the words tell it.

Each row that goes is looked for in every referring table; EXPLAIN ANALYZE prints that as the time
of a constraint's trigger.
"""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.modelled import plural, singular
from blueproof.advisors.known.reproduction.naming import is_thing
from blueproof.advisors.known.reproduction.reproduction import Assumed, Proposal
from blueproof.advisors.known.reproduction.told import Written
from blueproof.sql.guessing.kinds import snake
from blueproof.sql.names import quote, quote_table

_TRIGGER = re.compile(
    r"\bTrigger for constraint (?P<name>\w+) on (?P<parent>[\w.]+): time=[\d.]+ calls=(?P<calls>\d+)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?P<child>\w+?)_(?P<column>(?!id_)[a-z]+_id|id)_fkey\d*")
_DELETES = re.compile(
    r"\b(?:delet(?:e|es|ed|ing|ion)|remov(?:e|es|ing))\b(?:\s+(?:of|from))?\s+(?:(?:an?|one|the|single|old"
    r"|some|our|\d[\d,.]*k?)\s+)*(?P<x>[a-z][a-z_]{2,})",
    re.IGNORECASE,
)
_REFERRED = re.compile(
    r"\b(?:foreign[- ]keys?|on delete cascade|cascad\w+|fkeys?|referenc\w+ (?:it|them|this|that table)"
    r"|refers? to (?:it|them|this))\b",
    re.IGNORECASE,
)
_CHILDREN = re.compile(
    r"(?P<list>[a-z][a-z_]{2,}s(?:\s*,\s*[a-z][a-z_]{2,}s)*(?:\s*,?\s+and\s+[a-z][a-z_]{2,}s)?)\s+"
    r"(?:all\s+|each\s+|both\s+)?(?:refer|reference|point|have (?:a )?foreign keys?|belong|hang)\b",
    re.IGNORECASE,
)
SHOWN = frozenset({"postgres-delete-slow-fk"})  # the entry that says the same in words
_NO_PARENT = frozenset({"cascade", "cascades", "triggers", "batches", "statements"})
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
    named = _CHILDREN.search(text)
    children = re.findall(r"[a-z][a-z_]{2,}s\b", named["list"], re.IGNORECASE) if named else ()
    tables = tuple(snake(c) for c in children if snake(c) != parent)
    if tables:
        says = f"{', '.join(tables)} refer to {parent}"
    else:
        tables, says = ("children",), f"a table called children refers to {parent}"
    links = tuple((t, f"{singular(parent)}_id", parent) for t in tables)
    words = deletes[0][0] if deletes else "delete"
    return _written(parent, links, 1, says, words)


def _is_parent(word: str) -> bool:
    return is_thing(_many(word)) and word.lower() not in _NO_PARENT


def _many(word: str) -> str:
    name = snake(word)
    return name if name.endswith("s") else plural(name)


def _by_triggers(found: list[re.Match[str]]) -> Written | None:
    """Tables by the names of constraints: orders_customer_id_fkey is of orders.customer_id."""
    links = []
    for each in found:
        named = _NAMED.fullmatch(each["name"])
        if named and named["child"] != each["parent"]:
            links.append((named["child"], named["column"], each["parent"]))
    if not links:
        return None
    parents = [parent for _, _, parent in links]
    parent = max(set(parents), key=parents.count)
    calls = max(int(each["calls"]) for each in found)
    says = "tables and columns are as the constraints' names have them"
    return _written(parent, tuple(links), calls, says, found[0]["name"])


def _written(
    parent: str, links: tuple[tuple[str, str, str], ...], rows: int, says: str, words: str
) -> Written:
    count = min(rows, _MOST)
    condition = "= 1" if count == 1 else f"<= {count}"
    return Written(
        sql=f"DELETE FROM {quote_table(parent)}\nWHERE id {condition}",
        table=parent,
        assumed=(Assumed(says=says, why=f'"{words}"'),),
        ddl=tuple(_tables(parent, links)),
        proposals=tuple(
            Proposal(
                said=f"an index on {child} ({column}), which refers to {table} by a foreign key",
                kind="index",
                definition=f"ON {quote_table(child)} ({quote(column)})",
                ours=True,
            )
            for child, column, table in links
        ),
    )


def _tables(parent: str, links: tuple[tuple[str, str, str], ...]) -> Iterator[str]:
    """DDL of the parents, then of those that refer to them."""
    columns: dict[str, list[tuple[str, str]]] = {parent: []}
    for child, column, table in links:
        columns.setdefault(table, [])
        columns.setdefault(child, []).append((column, table))
    done: set[str] = set()
    while len(done) < len(columns):
        free = [t for t, c in columns.items() if t not in done and {p for _, p in c} <= done | {t}]
        for table in free or [next(t for t in columns if t not in done)]:
            done.add(table)
            yield _table(table, columns[table])


def _table(table: str, columns: list[tuple[str, str]]) -> str:
    own = [(c, p) for c, p in dict.fromkeys(columns) if c != "id"]
    key = next((f" REFERENCES {quote_table(p)} (id)" for c, p in columns if c == "id"), "")
    lines = [f"  id bigint PRIMARY KEY{key}"]
    lines += [f"  {quote(c)} bigint NOT NULL REFERENCES {quote_table(p)} (id) ON DELETE CASCADE"
              for c, p in own]  # fmt: skip
    return f"CREATE TABLE {quote_table(table)} (\n" + ",\n".join([*lines, "  rest_of_row text"]) + "\n)"
