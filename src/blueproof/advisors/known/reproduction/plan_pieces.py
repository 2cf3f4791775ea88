"""The query behind pieces of a plan in running words: "a Seq Scan on bookings with Filter: (...)".

Where a whole plan is pasted, that says more; of pieces, the table, the conditions, the sort keys
and a LIMIT are read.
"""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.mending import mended
from blueproof.advisors.known.reproduction.planned import bare_condition
from blueproof.advisors.known.reproduction.reproduction import Assumed
from blueproof.advisors.known.reproduction.told import Written
from blueproof.advisors.known.reproduction.wording import read_page
from blueproof.facts.pattern import LatePattern
from blueproof.sql.names import quote_table
from blueproof.sql.queries import read_queries

_SCAN = LatePattern(
    r"\b(?:Parallel\s+)?(?:Seq(?:uential)?\s+Scan"
    r"|Index\s+(?:Only\s+)?Scan(?:\s+Backward)?\s+using\s+"
    r"[\"`]?\w+[\"`]?|Bitmap\s+Heap\s+Scan)\s+(?:on"
    r"|of)\s+(?:the\s+)?(?P<table>[\"`]?[A-Za-z_][\w.]*[\"`]?)",
    re.IGNORECASE,
)
_CONDITION = LatePattern(r"\b(?:Filter|Index Cond|Recheck Cond):?\s*(?:of\s+|is\s+)?(?=\()")
_BARE = LatePattern(
    r"\bFilter:\s*(?P<c>[\w\".]+\s*(?:=|~~\*?|>=?|<=?|<>)\s*(?:'[^']*'(?:::\w+)?|\d+))"
)
_KEYS = LatePattern(
    r"\bSort(?: Key:?| by| on)\s*(?P<keys>[A-Za-z_\"][\w\".]*(?:\s+DESC|\s+ASC)?"
    r"(?:\s*,\s*(?=\w*_|\w+\s+(?:DESC|ASC)|id\b)[A-Za-z_\"][\w\".]*(?:\s+DESC|\s+ASC)?)*)"
)
_LIMIT = LatePattern(r"\bLimit\b")
_PAGE = 50


def read_pieces(text: str) -> Written | None:
    """The query of the pieces; None where they name no table or no condition that can be read."""
    scans = [m["table"].strip('"`') for m in _SCAN.finditer(text)]
    tables = tuple(dict.fromkeys(scans))
    if len(tables) != 1 or tables[0].lower() in {"the", "it", "this", "that", "them", "a"}:
        return None
    conditions = tuple(dict.fromkeys(_conditions(text, tables[0])))
    keys = _KEYS.search(text)
    if not conditions:
        return None
    sql = f"SELECT * FROM {quote_table(tables[0])}\nWHERE {' AND '.join(conditions)}"
    if keys:
        ordered = [part.strip().replace('"', "") for part in keys["keys"].split(",")]
        sql += f"\nORDER BY {', '.join(p.rpartition('.')[2] for p in ordered)}"
    if page := read_page(text) or (str(_PAGE) if _LIMIT.search(text) and keys else ""):
        sql += f"\nLIMIT {page}"
    if not read_queries(sql, path="pieces")[0]:
        return None
    sql = mended(sql)
    says = "the query reads every column, by the conditions of the plan"
    return Written(
        sql=sql, table=tables[0], assumed=(Assumed(says=says, why="pieces of its plan"),)
    )


def _conditions(text: str, table: str) -> Iterator[str]:
    for found in _CONDITION.finditer(text):
        written = bare_condition(_bracketed(text[found.end() :]), table)
        if written:
            yield written
    for found in _BARE.finditer(text):
        if written := bare_condition(found["c"], table):
            yield written


def _bracketed(text: str) -> str:
    """The text up to where its first bracket closes."""
    depth = 0
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and depth == 0:
            return text[: at + 1]
    return ""
