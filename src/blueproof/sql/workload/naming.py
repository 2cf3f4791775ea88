"""A name for a query that nobody named, by which its owner recognises it."""

import re
from collections.abc import Iterator

_NAMED = re.compile(r"(?:name|query)\s*[:=]\s*(\w[\w.-]*)", re.IGNORECASE)
# Rails' marginalia writes controller:orders,action:index, sqlcommenter action='index'.
_ACTION = re.compile(r"\b(controller|action)\s*[:=]\s*'?([\w.-]+)")
_COMMENT = re.compile(r"--[^\n\r]*|/\*[^*]*+(?:\*(?!/)[^*]*+)*\*/")
_NO_NAME = re.compile(r"[^\w.]+")
_BEFORE_TABLE = frozenset({"from", "join", "into", "update"})
_NO_TABLES = frozenset(
    {"(", "only", "lateral", "of", "set", "nowait", "skip", "unnest", "?", "select"}
)
_TAKES_FROM = frozenset({"extract", "trim", "substring", "overlay"})
_COMPARING = frozenset({"=", "<", ">", "in", "between", "like", "ilike"})
_CHANGES = ("insert", "update", "delete", "merge")
_CATALOGS = ("pg_", "information_schema")
_MOST_TABLES, _MOST_COLUMNS = 2, 2
_MOST_NAME = 48


def name_of(text: str, marks: list[str]) -> str:
    """A name from the query's own comments, else from what it does; `marks` are its normal tokens.

    >>> text = "SELECT * FROM orders WHERE customer_id = ?"
    >>> name_of(text, text.lower().split())
    'select-orders-by-customer_id'
    """
    return _from_comments(text) or _from_tokens(marks)


def _from_comments(text: str) -> str:
    said = " ".join(_COMMENT.findall(text)) if "--" in text or "/*" in text else ""
    named = _NAMED.search(said)
    if named:
        return named[1][:_MOST_NAME]
    found = dict(_ACTION.findall(said))
    return "-".join(found[k] for k in ("controller", "action") if k in found)[:_MOST_NAME]


def _from_tokens(marks: list[str]) -> str:
    verb = next((word for word in _CHANGES if word in marks[:1] or _changes(marks, word)), "select")
    names = list(dict.fromkeys(map(_plain, tables(marks))))[:_MOST_TABLES]
    columns = list(dict.fromkeys(map(_plain, _compared(marks))))[:_MOST_COLUMNS]
    by = ["by", *columns] if columns and names else []
    return "-".join(filter(None, (verb, *names, *by)))[:_MOST_NAME].rstrip("-.")


def _changes(marks: list[str], word: str) -> bool:
    """Whether a query that begins with WITH goes on to change rows with this word."""
    return marks[:1] == ["with"] and word in marks


def tables(marks: list[str]) -> Iterator[str]:
    """The names that stand where a table does, CTEs among them; a schema before is left out."""
    for at, mark in enumerate(marks[:-1]):
        if mark not in _BEFORE_TABLE or _is_no_clause(marks, at):
            continue
        name, rest = at + 1, marks[at + 1] in {"only", "lateral"}
        name += rest
        while marks[name + 1 : name + 2] == ["."] and name + 2 < len(marks):
            name += 2
        if name < len(marks) and marks[name] not in _NO_TABLES:
            yield marks[name]


def _is_no_clause(marks: list[str], at: int) -> bool:
    """Whether it is the FROM of EXTRACT(x FROM y) or of IS DISTINCT FROM, or FOR UPDATE."""
    near = marks[max(0, at - 3) : at]
    extracting = marks[at] == "from" and "(" in near and bool(_TAKES_FROM & set(near))
    return extracting or near[-1:] in (["distinct"], ["for"], ["do"], ["key"])


def reads_catalogs_only(marks: list[str]) -> bool:
    """Whether every table it names belongs to PostgreSQL itself: what tools and drivers ask."""
    named = [_plain(name) for name in tables(marks)]
    of_schema = "information_schema" in marks
    return bool(named) and (of_schema or all(name.startswith(_CATALOGS) for name in named))


def _compared(marks: list[str]) -> Iterator[str]:
    start = marks.index("where") if "where" in marks else len(marks)
    for before, mark in zip(marks[start:], marks[start + 1 :], strict=False):
        if mark in _COMPARING and (before[:1] == '"' or before.isidentifier()) and before != "not":
            yield before


def _plain(name: str) -> str:
    return _NO_NAME.sub("_", name.strip('"')).strip("_.")
