"""Queries that a method's name says: findByCustomerIdAndStatusOrderByCreatedAtDesc."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.building import Query, plural
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import snake
from blueproof.sql.names import quote

_METHOD = LatePattern(
    r"\b(?:(?P<owner>\w+?)(?:Repository|Repo|Dao)\.)?(?P<verb>find|read|get|query|search|count"
    r"|exists)"
    r"(?:All)?(?P<distinct>Distinct)?(?:(?:Top|First)(?P<top>\d*))?By(?P<where>[A-Z]\w*?)(?:OrderBy(?P<order>[A-Z]\w*))?\b"
)
_PAGE = LatePattern(
    r"\b(?:PageRequest\.of\(\s*\w+\s*,\s*|Limit\.of\(\s*|page ?size (?:of )?)(?P<n>\d+)"
)
# What a part of the name may end with, and what it is in SQL.
_ENDS = {
    "GreaterThanEqual": "{} >= ?", "GreaterThan": "{} > ?", "After": "{} > ?",
    "LessThanEqual": "{} <= ?", "LessThan": "{} < ?", "Before": "{} < ?",
    "Between": "{} BETWEEN ? AND ?", "NotIn": "{} NOT IN (?, ?)", "In": "{} IN (?, ?)",
    "IsNotNull": "{} IS NOT NULL", "NotNull": "{} IS NOT NULL", "IsNull": "{} IS NULL",
    "Containing": "{} LIKE '%' || ? || '%'", "ContainingIgnoreCase": "{} ILIKE '%' || ? || '%'",
    "StartingWith": "{} LIKE ? || '%'", "IgnoreCase": "lower({}) = lower(?)",
    "True": "{} = true", "False": "{} = false", "Not": "{} <> ?",
}  # fmt: skip
_LONGEST_FIRST = sorted(_ENDS, key=len, reverse=True)


def read_derived(text: str, names: tuple[str, ...]) -> Iterator[tuple[int, Query]]:
    """Each query that a method's name says, and where it stands; `names` are tables spoken of."""
    for found in _METHOD.finditer(text):
        owner = plural(snake(found["owner"])) if found["owner"] else next(iter(names), "")
        if not owner:
            continue
        query = Query(table=owner)
        query.where = [_condition(part) for part in re.split(r"And(?=[A-Z])", found["where"])]
        query.order = [*_orders(found["order"] or "")]
        query.distinct = bool(found["distinct"])
        query.counts = found["verb"] in {"count", "exists"}
        page = _PAGE.search(text, found.end())
        if found["top"] or page:
            query.limit = int(found["top"] or (page["n"] if page else 1))
        yield found.start(), query


def _condition(part: str) -> str:
    end = next((e for e in _LONGEST_FIRST if part.endswith(e) and len(part) > len(e)), "")
    column = quote(snake(part.removesuffix(end)))
    return _ENDS.get(end, "{} = ?").format(column)


def _orders(text: str) -> Iterator[str]:
    for found in re.finditer(
        r"(?P<c>[A-Z]\w*?)(?P<way>Desc|Asc)(?=[A-Z]|$)|(?P<last>[A-Z]\w*)$", text
    ):
        yield f"{quote(snake(found['c'] or found['last']))}{' DESC' * (found['way'] == 'Desc')}"
