"""What a wish says around its figures: zone, what is kept, what a row is for, the best few."""

import re
from dataclasses import dataclass

from blueproof.advisors.query.conditions import SIGNS
from blueproof.advisors.query.ground import Ground, is_time
from blueproof.advisors.query.text import NUMBER, Words, number
from blueproof.advisors.query.told import Group, Unit

_ZONE = re.compile(
    r"\b(?:(?:in|by|at|using|with)\s+)?(?:the\s+)?(?:time ?zone\s+)?(?P<zone>[A-Z][a-z]+/[A-Z]\w+)"
    r"(?:\s+(?:local\s+)?(?:time ?zone|time|tz))?")  # fmt: skip
_CITY = re.compile(
    r"\b(?:in|by|using)\s+(?P<city>Berlin|London|Paris|Amsterdam|Madrid|Vienna|Zurich|Rome|Warsaw"
    r"|Stockholm|Lisbon|Dublin|New York|Chicago|Los Angeles|Tokyo|Sydney|Singapore|UTC|GMT)"
    r"\s*(?:local\s+)?(?:time ?zone|time|tz)?\b")  # fmt: skip
_CITIES = {
    "New York": "America/New_York", "Chicago": "America/Chicago", "Tokyo": "Asia/Tokyo",
    "Los Angeles": "America/Los_Angeles", "Sydney": "Australia/Sydney", "UTC": "UTC",
    "Singapore": "Asia/Singapore", "GMT": "UTC",
}  # fmt: skip
_SPAN = r"(?:days?|weeks?|months?|hours?|dates?|quarters?|years?|periods?)"
_FILLS = re.compile(
    rf"\b(?:(?:with|and|also|even|including|include|show(?:ing)?|for|no|without|where|so that)\s+)*"
    rf"(?:(?:the\s+)?{_SPAN}\s+(?:without|with (?:no|zero|0)|that have no|where (?:nothing|there)"
    rf"|missing)\b[^.;]*|(?:zero|empty|missing)[- ](?:{_SPAN}|values?|gaps?)\b[^.;,]*"
    rf"|fill(?:ing|ed)?\s+(?:in\s+)?(?:the\s+)?(?:gaps?|missing|empty)\b[^.;,]*"
    rf"|(?:zeros?|0)\s+(?:for|on|in)\s+{_SPAN}\b[^.;,]*|no gaps|gaps filled[^.;,]*)",
    re.IGNORECASE)  # fmt: skip
_KEEPS = re.compile(
    r"\b(?:and\s+)?(?:also|even|including|include|incl\.?|keep(?:ing)?|plus|with)\s+(?:show(?:ing)?\s+"
    r"|include\s+|list\s+|of\s+|for\s+|if\s+|the\s+|those\s+)*(?:[a-z]+\s+){0,2}?(?:who\s+|that\s+"
    r"|which\s+|they\s+)?(?:(?:have|has|had|having|with|without|without any|placed|made)\s*)+"
    r"(?:no|not|none|never|zero|0|any|a single|nothing)?\b[^.;,]*"
    r"|\b[a-z]+\s+(?:that|who|which)\s+(?:were|have|had|did|was)\s+(?:not|never|no)\b[^.;,]{0,30}?"
    r"\b(?:as well|too|also|included)\b"
    r"|\b[a-z]+\s+with\s+(?:none|nothing)\b(?:\s+(?:too|also|as well|included))?"
    r"|\b[a-z]+\s+(?:without|with (?:no|zero|0))\s+[a-z ]{1,30}?(?:should|must|shall|have to"
    r"|need to)"
    r"\s+(?:also\s+|still\s+)?(?:be\s+)?(?:included|shown|listed|kept|appear|show|count)\b[^.;,]*",
    re.IGNORECASE)  # fmt: skip
_NOTHING = re.compile(r"\b(?:without|no|not|never|zero|0|none|nothing)\b", re.IGNORECASE)
_DROPS = re.compile(r"\bonly\s+(?:those\s+|the\s+)?\w+\s+(?:with|who have"
                    r"|that have)\s+(?=(?:any|an?|"
                    r"orders|some)\b)", re.IGNORECASE)  # fmt: skip
_PER = re.compile(
    r"\b(?P<way>(?:and\s+)?for\s+(?:each|every)|per|by|(?:of|in|from|within)\s+(?:each|every)"
    r"|each|every|grouped\s+by|group\s+by|broken\s+down\s+by|split\s+by)\s+"
    r"(?P<what>(?:calendar\s+)?[A-Za-z_][\w']*(?:[ -]+[A-Za-z_][\w']*){0,2})",
    re.IGNORECASE,
)
_MORE = re.compile(r"\s*(?:,|/|\band\b|&)\s*(?:(?:per|by|each|for each)\s+)?(?:the\s+)?"
                   r"(?P<what>(?:calendar\s+)?[A-Za-z_][\w']*(?:[ -]+[A-Za-z_][\w']*){0,2})",
                   re.IGNORECASE)  # fmt: skip
_LY = re.compile(r"\b(?P<unit>hourly|daily|weekly|monthly|quarterly|yearly|annual|annually)\b",
                 re.IGNORECASE)  # fmt: skip
UNITS: dict[str, Unit] = {
    "hour": "hour", "day": "day", "date": "day", "week": "week", "month": "month",
    "quarter": "quarter", "year": "year", "hourly": "hour", "daily": "day", "weekly": "week",
    "monthly": "month", "quarterly": "quarter", "yearly": "year", "annual": "year",
    "annually": "year",
}  # fmt: skip
_TOP = re.compile(
    rf"\b(?:the\s+)?(?:top[- ](?P<n>{NUMBER})|(?P<n2>{NUMBER})\s+(?=(?:best|most|highest|largest"
    rf"|biggest|top|least|worst|lowest|smallest)\b)|(?:first|top)\s+(?P<n3>\d+)\b"
    r"|(?P<single>(?:best|top)[- ]selling|(?:which|what)\s+\w+\s+(?=has the most)))",
    re.IGNORECASE)  # fmt: skip
_SOLD = re.compile(r"\b(?:best|top|most|worst)[- ](?:selling|sold|ordered|bought|purchased"
                   r"|popular)\b"
                   r"|\bbest sellers\b", re.IGNORECASE)  # fmt: skip
_BY = re.compile(r"\b(?:ranked |ordered |sorted |measured )?(?:by|with the (?:highest|most|largest"
                 r"|biggest|greatest)|based on|according to)\s+(?:the\s+|their\s+)?"
                 r"(?P<by>(?:(?!\s+(?:with|and|including|plus|along|where|who|per|in each"
                 r"|for each|of each)\b)"
                 r"[^.;,\x01])+)", re.IGNORECASE)  # fmt: skip
_RANK = re.compile(r"\b(?:rank(?:ing|ed|s)?|leaderboard)\b(?:\s+of)?", re.IGNORECASE)
_NEWEST = re.compile(
    rf"\b(?:the\s+)?(?:(?P<n>{NUMBER})\s+(?:latest|newest|most recent|oldest|earliest)"
    rf"|(?:latest|newest|most recent|oldest|earliest)\s+(?P<n2>{NUMBER}))\s+"
    r"(?!(?:days?|weeks?|months?|years?|hours?)\b)", re.IGNORECASE)  # fmt: skip
_EACH = re.compile(r"\b(?:each|every|per)\b", re.IGNORECASE)
_WORST = re.compile(r"\b(?:lowest|least|fewest|smallest|worst|bottom)\b", re.IGNORECASE)
_TIES = re.compile(r"\b(?:(?:with|including|include|keep(?:ing)?|and|all)\s+ties\b[^.;,]*)",
                   re.IGNORECASE)  # fmt: skip
_ORDER = re.compile(
    r"\b(?P<big>(?:the\s+)?(?:biggest|highest|largest|most|best|top)\s+(?:\w+\s+)?(?:first|on top)"
    r"|descending|desc|in descending order)|(?P<small>(?:lowest|smallest|least)\s+first)"
    r"|(?P<new>(?:newest|latest|most recent)\s+(?:\w+\s+)?first)|(?P<old>(?:oldest|earliest)\s+"
    r"(?:\w+\s+)?first|chronological(?:ly)?|ascending|in order of time|over time)",
    re.IGNORECASE,
)
_SORTED = re.compile(r"\b(?:sorted|ordered|sort|order)\s+(?:them\s+)?by\s+(?P<by>[^.;,\x01]+)",
                     re.IGNORECASE)  # fmt: skip
_PIVOT = re.compile(
    r"\b(?:with\s+|as\s+|and\s+)?(?:(?:one|a|an|each|separate|own|its own)\s+(?:separate\s+"
    r"|own\s+)?"
    r"columns?\s+(?:per|for\s+each|for\s+every|for)\s+(?:each\s+)?(?P<a>[a-z_]+)"
    r"|(?P<b>[a-z_]+)\s+as\s+(?:separate\s+|own\s+)?columns"
    r"|pivot(?:ed)?\s+(?:by|on|over)\s+(?P<c>[a-z_]+))", re.IGNORECASE)  # fmt: skip
SIGN = "|".join(sorted((k for k in SIGNS if k[0].isalpha()), key=len, reverse=True))


@dataclass(frozen=True, kw_only=True)
class Top:
    """The best so many: how many, of what they are reckoned, whether the worst are meant."""

    count: int
    by: str
    sold: bool
    worst: bool
    ties: bool


def take_zone(words: Words) -> str:
    """The time zone that is told; "" for none."""
    if found := words.take(_ZONE):
        return str(found["zone"])
    if found := words.take(_CITY):
        return _CITIES.get(found["city"], f"Europe/{found['city']}")
    return ""


def take_kept(words: Words) -> tuple[bool, bool]:
    """Whether things without rows are shown, and whether stretches of time without any are."""
    fills = False
    while found := words.find(_FILLS):
        fills = True
        words.cut(*found.span())
    keeps = False
    at = 0
    while found := _KEEPS.search(words.left, at):
        at = found.end()
        if _NOTHING.search(found[0]):
            keeps = True
            words.cut(*found.span())
    return keeps, fills


def take_pivot(words: Words) -> str:
    """The word whose values are to be columns; "" for none."""
    found = words.take(_PIVOT)
    return (found["a"] or found["b"] or found["c"]) if found else ""


def take_order(words: Words) -> tuple[str, str]:
    """How rows are to be sorted: "big", "small", "new", "old" or "by", and by what words."""
    if found := words.take(_ORDER):
        return next(k for k in ("big", "small", "new", "old") if found[k]), ""
    if found := words.take(_SORTED):
        return "by", found["by"]
    return "", ""


def take_top(words: Words) -> Top | None:
    """The best so many that are wished for."""
    found = words.find(_TOP)
    if found is None or re.match(
        r"\s*(?:days?|weeks?|months?|hours?)\b", words.left[found.end() :]
    ):
        return None
    count = number(found["n"] or found["n2"] or found["n3"] or "1")
    if not count:
        return None
    words.cut(*found.span())
    sold = bool(words.take(_SOLD)) or bool(found["single"] and "selling" in found["single"])
    ties = bool(words.take(_TIES))
    worst = bool(words.find(_WORST))
    by = words.take(_BY)
    return Top(count=count, by=by["by"] if by else "", sold=sold, worst=worst, ties=ties)


def take_newest(words: Words) -> tuple[int, bool] | None:
    """So many of the newest or oldest of a list, and whether the newest: "the 10 latest orders"."""
    found = words.find(_NEWEST)
    n = number(found["n"] or found["n2"]) if found else None
    if found is None or not n or _EACH.search(words.left):
        return None
    words.cut(*found.span())
    return n, not re.search(r"old|earl", found[0], re.IGNORECASE)


def take_rank(words: Words) -> Top | None:
    """A ranking of all: as the best so many, without an end."""
    if not words.take(_RANK):
        return None
    words.take(_TIES)
    by = words.take(_BY)
    return Top(count=0, by=by["by"] if by else "", sold=False, worst=False, ties=True)


def take_groups(words: Words, ground: Ground) -> tuple[tuple[Group, ...], tuple[str, ...]]:
    """What one row is for, and the words after "per" that name nothing of the tables."""
    groups: list[Group] = []
    left: list[str] = []
    at = 0
    while found := _PER.search(words.left, at):
        at = found.end()
        named = group_called(found["what"], ground)
        if named is None:
            if found["way"].lower() not in {"by", "each", "every"}:
                left.append(found["what"].split()[0])
                words.cut(found.start(), found.start("what"))
                at = found.start("what")
            else:
                at = found.start("what")
            continue
        group, length = named
        end = found.start("what") + length
        words.cut(found.start(), end)
        groups.append(group)
        while (more := _MORE.match(words.left, end)) and (
            also := group_called(more["what"], ground, strict=True)
        ):
            groups.append(also[0])
            after = more.start("what") + also[1]
            words.cut(end, after)
            end = after
        if more and found["way"].lower() == "per" and _ends(words, more):
            left.append(more["what"].split()[0])
        at = end
    if found := words.take(_LY):
        groups.append(_bucket(UNITS[found["unit"].lower()]))
    return _unique(groups), tuple(left)


def _ends(words: Words, found: re.Match[str]) -> bool:
    """Whether one more word, and nothing behind it, follows what is grouped by."""
    one = re.match(r"\s*(?:and|,|/|&)\s*\w+\s*(?:[.;,]|$)", words.left[found.start() :])
    return bool(one)


def _unique(groups: list[Group]) -> tuple[Group, ...]:
    return tuple({(g.kind, g.table, g.column, g.unit if g.kind == "bucket" else ""): g
                  for g in reversed(groups)}.values())[::-1]  # fmt: skip


def _bucket(unit: Unit) -> Group:
    return Group(kind="bucket", name=unit, unit=unit)


def group_called(text: str, ground: Ground, *, strict: bool = False) -> tuple[Group, int] | None:
    """The group that the beginning of a text names, and how long its name is there."""
    pieces = list(re.finditer(r"[A-Za-z_][\w]*(?:'s?)?", text))
    first = pieces[0][0].lower().rstrip("'s") if pieces else ""
    if first == "calendar" and len(pieces) > 1:
        first, pieces = pieces[1][0].lower(), pieces[1:]
    unit = UNITS.get(first.rstrip("s")) or UNITS.get(first)
    if unit and not (strict and first.endswith("ly")):
        return _bucket(unit), pieces[0].end()
    for n in range(len(pieces), 0, -1):
        run = pieces[:n]
        words = tuple(re.sub(r"'s?$", "", p[0]) for p in run)
        if n > 1 and any(w.lower() in {"the", "and", "in", "of", "with", "for"} for w in words):
            continue
        table = ground.table_called(words)
        if table and ground.key(table):
            return entity(ground, table), run[-1].end()
        found = ground.column_called(words, tuple(t.name for t in ground.tables))
        if found and not is_time(ground.table(found.table).by_name[found.column]):
            name = found.column.removesuffix("_id") if strict else found.column
            del name
            return (
                Group(kind="column", name=found.column, table=found.table, column=found.column),
                run[-1].end(),
            )
    return None


def entity(ground: Ground, table: str) -> Group:
    """A row for each row of a table."""
    return Group(kind="entity", name=table, table=table, column=ground.key(table),
                 labels=ground.labels(table))  # fmt: skip
