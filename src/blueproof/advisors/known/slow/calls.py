"""Columns in the calls of query builders: where(a: 1), filter(a=1), .eq('a', 1), order_by('-a')."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.slow.story import Condition, Sort, Use
from blueproof.facts.pattern import LatePattern

_HASH = LatePattern(
    r"\b(?:where|filter|filter_by|find_by|find_all_by)\s*(?:\(|:)\s*\{?(?P<body>[^(){}\n]*)[)}]",
    re.IGNORECASE,
)
_PAIR = LatePattern(
    r"(?P<name>[a-z_]\w*)\s*(?::|=>|=)\s*(?P<value>'[^']*'|\"[^\"]*\"|[\w.@]+)", re.IGNORECASE
)
_LOOKUP = LatePattern(
    r"^(?P<name>\w+?)__(?P<how>in|gte?|lte?|range|isnull|contains|icontains|startswith|date)$"
)
_CHAINED = LatePattern(
    r"\.(?P<how>eq|in|is|gte?|lte?|like|ilike"
    r"|contains)\(\s*['\"](?P<name>\w+)['\"]\s*,?\s*(?P<value>\w+)?"
)
_ORDERED = LatePattern(
    r"\.?order(?:_by|By)?\s*\(\s*(?:desc\()?['\"](?P<minus>-?)(?P<name>\w+)['\"](?P<rest>[^)]*)"
    r"|\border(?:By)?\s*[(:]\s*\{?\s*(?P<key>[a-z_]\w*)\s*:\s*['\":]?(?P<way>asc|desc)",
    re.IGNORECASE,
)
_TABLE = LatePattern(r"\.from\(\s*['\"](?P<table>\w+)['\"]\s*\)")
_NOTHING = frozenset({"nil", "null", "none"})
_USES: dict[str, Use] = {
    "in": "one-of", "range": "range", "gt": "range", "gte": "range", "lt": "range", "lte": "range",
    "contains": "contains-text", "icontains": "contains-text", "like": "contains-text",
    "ilike": "contains-text", "startswith": "starts-with", "date": "range",
}  # fmt: skip


def called_filters(text: str) -> Iterator[tuple[int, Condition]]:
    """Each condition in a call, and where it stands."""
    for call in _HASH.finditer(text):
        for pair in _PAIR.finditer(call["body"]):
            found = _LOOKUP.match(pair["name"])
            name, how = (found["name"], found["how"]) if found else (pair["name"], "")
            yield call.start() + pair.start(), _condition(name, how, pair["value"])
    for each in _CHAINED.finditer(text):
        yield each.start(), _condition(each["name"], each["how"].lower(), each["value"] or "")


def called_sorts(text: str) -> Iterator[Sort]:
    """Each column of an order in a call."""
    for each in _ORDERED.finditer(text):
        rest = (each["rest"] or "").lower()
        falls = "ascending: false" in rest or "desc" in rest
        down = bool(each["minus"]) or falls or (each["way"] or "").lower() == "desc"
        yield Sort(column=each["name"] or each["key"], descending=down)


def called_table(text: str) -> str:
    """The table that a call reads from, where one names it."""
    found = _TABLE.search(text)
    return found["table"] if found else ""


def _condition(name: str, how: str, value: str) -> Condition:
    plain = value.strip("'\"").lower()
    if plain in _NOTHING or how == "isnull":
        is_ = "IS NOT NULL" if how == "isnull" and plain == "false" else "IS NULL"
        return Condition(column=name, use="fixed", where=f"{name} {is_}")
    if plain in {"true", "false"}:
        return Condition(column=name, use="fixed", where=f"{name} = {plain}")
    same = f"{name} = '{plain}'" if value.startswith(("'", '"')) and not how else ""
    return Condition(column=name, use=_USES.get(how, "equals"), where=same)
