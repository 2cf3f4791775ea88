"""Queries over two tables, or groups of one, that words imply: "customers who never ordered".

Each form rests on the words that it quotes; how people usually write such a query is an assumption,
and said so.
"""

import re
from collections.abc import Callable

from blueproof.advisors.known.reproduction.building import plural, singular
from blueproof.advisors.known.reproduction.mentioned import read_mentioned
from blueproof.advisors.known.reproduction.naming import is_thing
from blueproof.advisors.known.reproduction.reproduction import Assumed
from blueproof.advisors.known.reproduction.told import Written
from blueproof.advisors.known.reproduction.wording import is_time, refers
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import snake
from blueproof.sql.names import quote, quote_table

_A = r"(?:an?|any|the|some|one|our|their|its|single)"
_MANY = r"(?P<x>[a-z][a-z_]{2,}s)"
_NEVER = LatePattern(
    rf"\b{_MANY}\s+(?:(?:who|that|which)\s+)?(?:have|has|had|were|was|are)?\s*(?:never|not|no"
    rf"|without"
    rf"|n't)\b(?:\s+(?:yet|ever|placed|made|ordered|bought|received|written|had|have|been|used"
    rf"|opened"
    rf"|sent|posted|a|an|any|single|in|assigned|to|attached|referenced"
    rf"|by)\b)*\s*(?P<y>[a-z][a-z_]{{2,}})",
    re.IGNORECASE,
)
_TOP = LatePattern(
    rf"\b(?:top|best|biggest|largest|most active|highest)\s+(?P<n>\d+)?\s*(?:selling\s+)?{_MANY}\s+"
    r"(?:by|in terms of|with the (?:most|highest))\s+(?:total\s+|number of\s+|count of\s+)?"
    r"(?P<by>[a-z_]+)",
    re.IGNORECASE,
)
_EACH_WITH = LatePattern(
    r"\b(?:each|every|all|the|of|list of)\s+(?P<x>[a-z][a-z_]{2,})\s+(?:with|together with|and"
    r"|along with)"
    rf"\s+(?:{_A}\s+)?(?P<what>number|count|sum|total|amount)\s+of\s+(?:{_A}\s+|all\s+)?"
    r"(?P<y>[a-z][a-z_]{2,}s)(?:\s*(?:,|and|and the)\s+(?:(?:number"
    r"|count) of\s+)?(?P<z>[a-z][a-z_]{2,}s)"
    r"(?!\s+of))?",
    re.IGNORECASE,
)
_LAST_OF = LatePattern(
    r"\b(?:last|latest|newest|most recent|current)\s+(?:known\s+)?(?P<y>[a-z][a-z_]{2,})\s+(?:of"
    r"|for"
    r"|per|from|in|by)"
    r"\s+(?:(?:each|every|all(?: the)?|the|an?)\s+)?(?P<x>[a-z][a-z_]{2,})",
    re.IGNORECASE,
)
_WITH_LAST = LatePattern(
    rf"\b(?P<x>[a-z][a-z_]{{2,}}s)\s+(?:with|and)\s+(?:{_A}\s+|their\s+)?(?:last|latest|newest"
    rf"|most recent)"
    r"\s+(?P<y>[a-z][a-z_]{2,})",
    re.IGNORECASE,
)
_SAME = LatePattern(
    r"\b(?P<x>[a-z][a-z_]{2,}s)\s+(?:with|that have|having|sharing)\s+the same\s+(?P<c>[a-z_]{2,})"
    r"|\bduplicates?\s+(?P<d>[a-z_]{2,}s)\b(?:\s+by\s+(?P<by>[a-z_]{2,}))?",
    re.IGNORECASE,
)
_NEXT = LatePattern(
    r"\b(?:poll\w*|pick\w*|claim\w*|fetch\w*|dequeue\w*|take\w*|grab\w*|next)\b[^.?!]{0,30}?"
    r"\b(?P<state>pending|queued|ready|waiting|open|unprocessed|scheduled|available)\s+"
    r"(?P<x>jobs?|tasks?|messages?|events?|items?|emails?|work items?|rows?|orders?|deliver(?:y"
    r"|ies))\b",
    re.IGNORECASE,
)
_WINDOW = LatePattern(
    r"\b(?:last|past|current|this|previous)\s+(?P<n>\d+\s+)?(?P<unit>hour|day|week|month|quarter"
    r"|year)s?\b",
    re.IGNORECASE,
)
_RANGE = LatePattern(
    r"\bindex(?:ed)? on (?P<c>[a-z]\w*)\b[\s\S]{0,200}?\b(?:ranges?|periods?|over a (?:year"
    r"|month|quarter)"
    r"|intervals?|time ?spans?|longer|wider)\b",
    re.IGNORECASE,
)
_DAY = LatePattern(r"\b(?:per|each|every|by)\s+(?P<unit>day|week|month|hour)\b", re.IGNORECASE)
_GROWS = LatePattern(
    r"\b(?:rows|grow\w*|slow\w*|worse|more|larger|bigger|longer|calls|times"
    r"|requests)\s+(?:and \w+\s+)?$",
    re.IGNORECASE,
)
_ANY_ROW = frozenset({"entry", "row", "record", "value", "one", "state", "item", "version"})
_MONEY = frozenset(
    {"revenue", "sales", "turnover", "spend", "spending", "amount", "total", "value"}
)


def read_related(text: str, names: tuple[str, ...], *, clearly: bool) -> Written | None:
    """The query of the first form that the words have; None where they have none.

    `names` are the tables that the words speak of, the clearest first; `clearly` is whether a form
    is asked for that says more than columns that stand beside it do.
    """
    found = (form(text, names) for form in (_CLEAR if clearly else _FAINT))
    return next((each for each in found if each is not None), None)


def _written(sql: str, table: str, says: str, words: str) -> Written:
    words = " ".join(words.split())
    return Written(sql=sql, table=table, assumed=(Assumed(says=says, why=f'"{words}"'),))


def _thing(word: str) -> str:
    """A noun as a table's name; "" where it is none."""
    name = snake(word)
    many = name if name.endswith("s") else plural(name)
    return many if is_thing(many) else ""


def _refers(many: str, one: str) -> str:
    return f"{quote_table(many)}.{singular(one)}_id = {quote_table(one)}.id"


def _never(text: str, names: tuple[str, ...]) -> Written | None:
    for match in _NEVER.finditer(text):
        x, y = _thing(match["x"]), _near(_thing(match["y"]), names)
        if x and y and x != y:
            sql = (
                f"SELECT * FROM {quote_table(x)}\nWHERE id NOT IN ("
                f"SELECT {singular(x)}_id FROM {quote_table(y)})"
            )
            return _written(sql, x, f"{x} without {y} are asked for with NOT IN", match[0])
    return None


def _near(name: str, names: tuple[str, ...]) -> str:
    """The name, or that of a table which is spoken of and begins alike: ordered, orders."""
    return next((n for n in names if n[:5] == name[:5]), name)


def _top(text: str, names: tuple[str, ...]) -> Written | None:
    match = _TOP.search(text)
    if match is None or not (x := _thing(match["x"])):
        return None
    money = match["by"].lower() in _MONEY
    others = [n for n in names if n != x]
    y = next(iter(others), "orders") if money else _thing(match["by"])
    if not y or y == x:
        return None
    what = f"sum({quote_table(y)}.amount)" if money else f"count({quote_table(y)}.id)"
    sql = (
        f"SELECT {quote_table(x)}.id, {quote_table(x)}.name, {what} AS {snake(match['by'])}\n"
        f"FROM {quote_table(x)}\nJOIN {quote_table(y)} ON {_refers(y, x)}{_since(text, y)}\n"
        f"GROUP BY {quote_table(x)}.id, {quote_table(x)}.name\n"
        f"ORDER BY 3 DESC\nLIMIT {match['n'] or 10}"
    )
    return _written(sql, y, f"{x} are joined with {y}, grouped and sorted", match[0])


def _since(text: str, table: str) -> str:
    match = _WINDOW.search(text)
    if match is None:
        return ""
    number, unit = int(match["n"] or 1), match["unit"].lower()
    if unit == "quarter":
        number, unit = number * 3, "month"
    return f"\nWHERE {quote_table(table)}.created_at >= now() - interval '{number} {unit}s'"


def _each_with(text: str, _names: tuple[str, ...]) -> Written | None:
    match = _EACH_WITH.search(text)
    if match is None:
        return None
    x, y, z = _thing(match["x"]), _thing(match["y"]), _thing(match["z"] or "")
    if not x or not y or x == y:
        return None
    tables = [y, z] if match["z"] and z and z != x else [y]
    joins = "".join(f"\nLEFT JOIN {quote_table(t)} ON {_refers(t, x)}" for t in tables)
    counted = ", ".join(f"count({quote_table(t)}.id) AS {t}_count" for t in tables)
    own = quote_table(x)
    sql = f"SELECT {own}.*, {counted}\nFROM {own}{joins}\nGROUP BY {own}.id"
    return _written(sql, x, f"{' and '.join(tables)} are joined to {x} and counted", match[0])


def _last_of(text: str, names: tuple[str, ...]) -> Written | None:
    for pattern in (_LAST_OF, _WITH_LAST):
        for match in pattern.finditer(text):
            y = _thing(match["y"])
            if match["y"].lower() in _ANY_ROW or not y:
                y = next((n for n in names if singular(n) != match["x"].lower()), "records")
            each = match["x"].lower() in {"each", "every", "them", "these", "those"}
            x = next((n for n in names if n != y), "") if each else _thing(match["x"])
            if not x or not y or x == y or (pattern is _LAST_OF and not _is_each(match, names, x)):
                continue
            columns = [m.name for m in read_mentioned(text, names)]
            own = (c for c in columns if snake(c).startswith(singular(x)) and refers(c))
            column = next(own, f"{singular(x)}_id")
            y = next((n for n in names if n == singular(y)), y)  # heartbeat has monitor_id
            time = next(filter(is_time, columns), "created_at")
            sql = (
                f"SELECT DISTINCT ON ({quote(column)}) * FROM {quote_table(y)}\n"
                f"ORDER BY {quote(column)}, {quote(time)} DESC"
            )
            return _written(sql, y, f"the newest of {y} for each {column} by DISTINCT ON", match[0])
    return None


def _is_each(match: re.Match[str], names: tuple[str, ...], thing: str) -> bool:
    """Whether it is of each, not of one: "the last message of each chat"."""
    return bool(re.search(r"\b(?:each|every|all|per)\b", match[0], re.IGNORECASE)) or (
        thing in names and match["x"].endswith("s")
    )


def _same(text: str, _names: tuple[str, ...]) -> Written | None:
    match = _SAME.search(text)
    if match is None:
        return None
    x = _thing(match["x"] or match["d"])
    column = snake(match["c"] or match["by"] or "email")
    if not x or not is_thing(plural(column)):
        return None
    sql = f"SELECT {column}, count(*) FROM {quote_table(x)}\nGROUP BY {column}\nHAVING count(*) > 1"
    return _written(sql, x, f"{x} are grouped by {column}, and those of one left out", match[0])


def _next(text: str, names: tuple[str, ...]) -> Written | None:
    match = _NEXT.search(text)
    if match is None:
        return None
    x = _thing(match["x"].split()[-1])
    table = next((n for n in names if n.endswith(x)), "") or x
    if not table:
        return None
    sql = (
        f"SELECT * FROM {quote_table(table)}\nWHERE status = '{match['state'].lower()}'\n"
        "ORDER BY created_at\nLIMIT 1\nFOR UPDATE SKIP LOCKED"
    )
    return _written(sql, table, "the oldest is taken, with FOR UPDATE SKIP LOCKED", match[0])


def _by_day(text: str, names: tuple[str, ...]) -> Written | None:
    match = _DAY.search(text)
    if match is None or not names or _GROWS.search(text[: match.start()]):
        return None
    table, unit = names[0], match["unit"].lower()
    window = (
        _since(text, table)
        or f"\nWHERE {quote_table(table)}.created_at >= now() - interval '90 days'"
    )
    sql = (
        f"SELECT date_trunc('{unit}', created_at) AS {unit}, count(*)\n"
        f"FROM {quote_table(table)}{window}"
        "\nGROUP BY 1\nORDER BY 1"
    )
    return _written(sql, table, f"{table} are counted by {unit} of created_at", match[0])


def _ranged(text: str, names: tuple[str, ...]) -> Written | None:
    match = _RANGE.search(text)
    if match is None or not names:
        return None
    column = match["c"]
    dated = re.search(r"(?:_at|_on|date|time|ts|created|timestamp)$", column, re.IGNORECASE)
    if not dated:
        return None
    sql = f"SELECT * FROM {quote_table(names[0])}\nWHERE {column} >= now() - interval '1 year'"
    says = f"a wide range of {column} is asked for: the last year"
    return _written(sql, names[0], says, " ".join(match[0].split()[:6]))


_Form = Callable[[str, tuple[str, ...]], Written | None]
_CLEAR: tuple[_Form, ...] = (_never, _top, _each_with, _last_of, _same, _next)
_FAINT: tuple[_Form, ...] = (_ranged, _by_day)
