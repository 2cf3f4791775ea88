"""A page of a query: the rows that it passes over, and the same query passing over fewer."""

import re

from blueproof.sql.asking import PAGE_ROWS
from blueproof.sql.editing import body, clauses, remove_clause, replace_clause

_NUMBER = re.compile(r"(?P<rows>\d+)(?:::\w+)?(?P<unit>\s+ROWS?)?", re.IGNORECASE)
_TAKEN = re.compile(r"(?<![$\w])\d+")


def skipped(text: str) -> int:
    """The rows that a query passes over by a plain number at its outermost level; 0 for none.

    >>> skipped("SELECT 1 FROM t ORDER BY a LIMIT 20 OFFSET 400")
    400
    """
    found = _NUMBER.fullmatch(body(text, "OFFSET"))
    return int(found["rows"]) if found else 0


def taken(text: str) -> int:
    """The rows of a page: its LIMIT or FETCH FIRST, PAGE_ROWS where that is no plain number.

    >>> taken("SELECT 1 FROM t LIMIT 50 OFFSET 400")
    50
    """
    found = _TAKEN.search(body(text, "LIMIT") or body(text, "FETCH"))
    return int(found[0]) if found else PAGE_ROWS


def passing_over(text: str, rows: int) -> str:
    """The query that passes over so many rows in place of its own number.

    >>> passing_over("SELECT 1 FROM t LIMIT 20 OFFSET 400 ROWS", 2)
    'SELECT 1 FROM t LIMIT 20 OFFSET 2 ROWS'
    """
    found = _NUMBER.fullmatch(body(text, "OFFSET"))
    assert found, "the caller has seen the number"
    return replace_clause(text, "OFFSET", f"{rows}{found['unit'] or ''}")


def counting(text: str, most: int) -> str:
    """A query for how many rows there are to page through, counted up to `most`.

    >>> counting("SELECT a FROM t WHERE b ORDER BY a LIMIT 20 OFFSET 400", 420)
    'SELECT count(*) FROM (SELECT a FROM t WHERE b LIMIT 420) AS paged'
    """
    for word in ("ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"):
        text = remove_clause(text, word)
    ends = "\n" if "--" in text else " "  # a comment must not take the rest along
    text = text.rstrip().rstrip(";").rstrip()
    return f"SELECT count(*) FROM ({text}{ends}LIMIT {most}) AS paged"


def takes_some(text: str) -> bool:
    """Whether a query asks for a page of at least one row."""
    return any(c.word in {"LIMIT", "FETCH"} for c in clauses(text)) and taken(text) > 0
