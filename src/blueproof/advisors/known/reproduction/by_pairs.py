"""Look-ups in several tables, each by a column of its own: "the rows of orders by customer_id"."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.counts import read_row_counts
from blueproof.sql.names import quote, quote_table

_PAGE = 50
_PAIR = re.compile(
    r"\b(?:(?P<newest>newest|latest|last|most recent)\s+(?:\d+\s+)?)?"
    r"(?:rows?|entries|records)\s+(?:of|in|from)\s+(?:the\s+)?(?:table\s+)?"
    r"[`\"]?(?P<t>[a-z]\w*)[`\"]?\s+(?:by|for (?:its|one|the|each|an?))\s+"
    r"[`\"]?(?P<c>[a-z]\w*_\w+)[`\"]?",
    re.IGNORECASE,
)


def read_by_pairs(text: str) -> tuple[str, ...]:
    """The statements of look-ups in two or more tables, the largest by the words first.

    One table alone is told more fully elsewhere: by all its conditions.

    >>> read_by_pairs("the newest rows of a_b by c_id, then the rows in d_e by b_id")[1]
    'SELECT * FROM d_e WHERE b_id = $1'
    """
    found = {m["t"]: m for m in reversed(tuple(_PAIR.finditer(text)))}
    tables = tuple(reversed(found))
    if len(tables) <= 1:
        return ()
    rows = read_row_counts(text, tables, tables[0])
    return tuple(_written(found[t]) for t in sorted(tables, key=lambda t: -rows.get(t, 0)))


def _written(pair: re.Match[str]) -> str:
    newest = f" ORDER BY id DESC LIMIT {_PAGE}" if pair["newest"] else ""
    return f"SELECT * FROM {quote_table(pair['t'])} WHERE {quote(pair['c'])} = $1{newest}"


def said_of_pairs(queries: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What is assumed of them, and why: which rows are the newest."""
    if any(" ORDER BY id DESC" in query for query in queries):
        yield f"the newest are the {_PAGE} of the largest id", "you tell of the newest rows"
