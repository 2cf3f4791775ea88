"""What words tell of a list beside its columns: its order, its page, which rows are meant.

Nothing here names a column that the words do not; where one is needed, those that the words have
are handed in, and what is taken for want of one says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import guess_column, snake, stem_of
from blueproof.sql.guessing.seen import Seen

_TIMES = frozenset({"time", "seldom-time", "date"})
_TIMED = LatePattern(
    r"(?:^|_)(?:time|date|timestamp)(?:_|$)(?!zone)|_(?:created|updated|modified)$"
)
_BY_DEFAULT = "created_at"
_FIRST = r"(?:first|on (?:the )?top|at (?:the |its )?top|above|up front|leading)"
_NEWEST = r"(?:newest|latest|most recent|recent|youngest)"
_DOWN = LatePattern(
    rf"\b(?:(?:the\s+)?(?:newest|latest|most recent|youngest|last)(?:\s+\w+){{0,2}}?\s+{_FIRST}"
    rf"|(?:most\s+recently|last|latest|newest)\s+(?P<verb>\w+ed)\s+(?:\w+\s+)?{_FIRST}"
    rf"|then\s+(?:by\s+)?(?:the\s+)?{_NEWEST}"
    rf"|(?:the\s+)?(?:\d+|ten|twenty|fifty|hundred)\s+{_NEWEST}"
    rf"|{_NEWEST}\s+(?:\d+|ten|twenty|fifty|hundred)\b|last\s+\d+(?!\s*(?:min|hour|day|week|month"
    r"|year|sec|h\b|d\b))"
    r"|(?:in\s+)?(?:reverse|reversed|descending)(?:ly)?[ -]chronological(?:ly| order)?"
    r"|(?:backwards?|descending|reverse)\s+(?:in|by|of)\s+(?:time|date)|by\s+recency"
    r"|(?:sort|order)\w*\s+(?:\w+\s+)?by\s+(?:date|time|newest|latest|recency|most recent)\b"
    r"|what's new(?:est)?)",
    re.IGNORECASE,
)
_UP = LatePattern(
    rf"\b(?:(?:the\s+)?oldest(?:\s+\w+){{0,2}}?\s+{_FIRST}|oldest\s+\d+|\d+\s+oldest"
    rf"|chronologically"
    r"|(?<!reverse )(?<!reverse-)chronological order|first[ -]in,?[ -]first[ -]out|fifo"
    r"|in (?:the )?order (?:in which |that |of )?(?:they |it |their )?(?:were |was |have )?"
    r"(?:created|creation|inserted|insertion|added|came|come|arriv\w+|queued|received))\b",
    re.IGNORECASE,
)
_BEST = LatePattern(
    rf"\b(?P<best>best|highest|largest|biggest|top)(?:[ -]rated|\s+\w+){{0,2}}?\s+{_FIRST}"
    rf"|\b(?P<least>cheapest|lowest|smallest)(?:\s+\w+){{0,2}}?\s+{_FIRST}",
    re.IGNORECASE,
)
_TOP_BY = LatePattern(
    r"\b(?:(?P<most>top|best|highest|biggest|largest)|lowest|worst|cheapest|smallest)\s+\d+\s+"
    r"(?:\w+\s+){1,5}?by\s+(?:their\s+|the\s+)?(?P<c>[a-z]\w*)\b",
    re.IGNORECASE,
)
_THEN = LatePattern(
    rf"\b{_FIRST}(?:,|\s+and)?\s+(?:and\s+)?(?:then|after (?:that|them|which)|next|followed)\s+"
    r"(?:\w+\s+)?by\s+(?P<c>[a-z]\w*)",
    re.IGNORECASE,
)
_BY_NAME = LatePattern(
    r"\balphabetical\w*(?:\s+order)?(?:\s+(?:\w+\s+){0,2}?by\s+(?P<c>[a-z_]\w*))?", re.IGNORECASE
)
_KEYED = LatePattern(r"\bSort Key:\s*(?P<keys>[\w\". ]+(?:,\s*[\w\". ]+)*)")
_BY = LatePattern(
    rf"\b(?:\d+\s+{_NEWEST}|{_NEWEST}\s+\d+)\s+(?:\w+\s+){{0,3}}?by\s+(?P<c>[a-z]\w*)",
    re.IGNORECASE,
)
_NUMBERS = {
    "one": 1, "a single": 1, "five": 5, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20,
    "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "a hundred": 100,
    "one hundred": 100, "two hundred": 200, "a thousand": 1000,
}  # fmt: skip
_N = rf"(?P<n>\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?!\s*(?:s|ms|sec\w*|min\w*|h|hours?|days?|weeks?|months?|years?|%|percent|k|m|M)\b)"
_PAGE = tuple(
    LatePattern(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_N}\s+(?:\w+\s+){{0,2}}?(?:per|a|each|on (?:a|each|every|the first|one))\s+(?:page"
        r"|screen|request|scroll|load|batch)\b",
        rf"\bpages?\s+(?:of|with|has|have|shows?|holds?|=)\s+{_N}\b",
        rf"\b(?:page[ _-]?size|per[ _-]?page|limit)\s*(?:of|is|=|:)?\s*{_N}\b",
        rf"\b{_N}\s+(?:\w+\s+)?(?:at (?:a|one) time|at once|each|apiece)\b(?!\s+(?:takes?|needs?"
        rf"|call|has|have))",
        rf"\b(?:the\s+)?{_N}\s+(?:newest|latest|most recent|oldest|best|top|cheapest|first|last)\b",
        rf"\b(?:newest|latest|most recent|oldest|first|top|last|best|cheapest"
        rf"|highest)\s+{_N}\b{_UNIT}",
        rf"\b(?:only|just)\s+{_N}\s+(?:of them|are shown|rows|records|items|entries|results)\b",
        rf"\b{_N}\s+of them\b",
        rf"(?:,|\bshow(?:s|ing)?|\blists?)\s+{_N}\s+(?:rows|entries|items|results)(?=[.,;)])",
        rf"\bbatch(?:es)?\s+of\s+{_N}\b",
    )
)  # fmt: skip
_NOT_YET = LatePattern(
    r"\b(?:ha(?:s|ve)(?:n't| not)(?: yet)? (?:been )?|are(?:n't| not)(?: yet)? |is(?:n't"
    r"| not)(?: yet)? "
    r"|w(?:as|ere)(?:n't| not) |not(?: yet)?(?: been)? |never (?:been )?|yet to be |still (?:to be "
    r"|un))(?P<what>[a-z]+)\b|\bun(?P<un>read|seen|sent|processed|paid|published|shipped|delivered"
    r"|resolved|synced|handled|confirmed)\b",
    re.IGNORECASE,
)
_PASSED = LatePattern(
    r"\b(?P<c>[a-z]\w*(?:_at|_on|_date|_until|At))\b[^.?!]{0,20}\b(?:(?:has|have|is|are|lies?)\s+"
    r"(?:already\s+)?(?:passed|past|in the past|over|gone by|expired)|is before now|is reached)\b",
    re.IGNORECASE,
)
_SET = LatePattern(
    r"\b(?P<c>[a-z]\w*_\w+)\s+(?:is|are|has been|was)\s+(?:set|filled|filled in|present)\b"
    r"|\b(?P<d>[a-z]\w*_\w+)\s+(?:(?:is|are|being|still|=|:)\s+)*(?:null|empty|unset|not set"
    r"|blank|nil)\b",
    re.IGNORECASE,
)
FLAG = LatePattern(
    r"\b(?:where|with|and|whose|only)\s+(?P<c>[a-z]\w*)\s+(?:is\s+|=\s*)?(?P<v>true"
    r"|false)\b",
    re.IGNORECASE,
)
_HIDES = LatePattern(
    r"\b(?:hid(?:e|es|den|ing)|exclud\w+|without|skip\w*|except|leav\w+ out|ignor\w+"
    r"|not)\b[^.?!,;]{0,40}$",
    re.IGNORECASE,
)
BOUNDED = LatePattern(
    r"\b(?P<c>[a-z]\w*)\s+(?:is |are |lies |lie )?(?:between|within)\s+(?:two|the|given|some"
    r"|certain|a)\s+"
    r"(?:values|bounds|limits|numbers|range|figures|box|coordinates|prices|edges)\b",
    re.IGNORECASE,
)
STATE_OF = LatePattern(
    r"\b(?P<c>(?:\w+_)?(?:status|state|stage))\s+(?:(?:is|are|was|being|still|of|set|equal(?:s)?"
    r"|to|in"
    r"|=|:|column)\s+){0,3}(?P<q>['\"`]?)(?P<v>[A-Za-z][\w-]*)(?P=q)",
)
_VALUES = LatePattern(
    r"\b(?P<c>(?:\w+_)?(?:status|state|stage|type"
    r"|kind))\s*\(\s*(?P<v>['\"]?[A-Za-z]\w*['\"]?(?:\s*(?:,|/|or|\|)\s*"
    r"['\"]?[A-Za-z]\w*['\"]?)+)[^()]*\)"
)
STATES = frozenset(
    "done completed complete closed active inactive pending open queued failed archived deleted "
    "published draft paid unpaid processed delivered shipped cancelled canceled finished new ready "
    "resolved read unread sent overdue succeeded confirmed scheduled waiting running unassigned "
    "refunded approved rejected enabled disabled expired settled unprocessed error "
    "available".split()
)
_QUOTED = LatePattern(
    r"\b(?P<c>level|type|kind|severity|priority|category|channel|role)\s*(?:=|is"
    r"|of)?\s*\(?\s*(?:mostly|usually|often|e\.g\.|like"
    r"|say|for example|in most cases)?\s*['\"](?P<v>\w+)['\"]"
)
AGED = LatePattern(
    r"\b(?:more than|older than|over|after|for)\s+(?P<n>\d+)\s+(?P<u>day|week|month|year"
    r"|hour)s?(?:\s+(?:ago|old))?\b",
    re.IGNORECASE,
)
_ADJECTIVE = LatePattern(
    r"\b(?P<v>open|pending|active|unpaid|queued|failed|draft|published|overdue|scheduled|unassigned"
    r"|completed|cancelled|canceled|confirmed|approved|rejected|refunded|running|waiting|ready)\s+"
    r"(?:(?!jobs?\b|tasks?\b|process)\w+\s+)?(?P<of>[a-z]{3,}s)\b"
)


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """A column of an order with the words for it; `guessed` is whether no word names the column."""

    column: str
    descending: bool
    words: str
    guessed: bool = False


def is_time(name: str) -> bool:
    """Whether a column's name is that of a time or date."""
    return guess_column(Seen(name=name)).kind in _TIMES or bool(_TIMED.search(snake(name)))


def read_then(text: str) -> str:
    """The column by which rows are sorted after something else that words put first."""
    found = _THEN.search(text)
    return found["c"] if found else ""


def read_order(text: str, columns: tuple[str, ...]) -> tuple[Ordered, ...]:
    """The order that the words tell without ORDER BY; `columns` are those that they name."""
    if keyed := _KEYED.search(text):
        return tuple(_of_keys(keyed))
    if top := _TOP_BY.search(text):
        return (Ordered(column=top["c"], descending=bool(top["most"]), words=top[0]),)
    if by := _BY.search(text):
        falls = is_time(by["c"])
        if "_" in by["c"] or falls:
            return (Ordered(column=by["c"], descending=True, words=by[0]),)
    found = [*_by_worth(text, columns), *_by_time(text, columns)]
    if not found and (then := read_then(text)):
        return (Ordered(column=then, descending=is_time(then), words=then),)
    return tuple(found) or tuple(_by_name(text))


def _of_keys(found: re.Match[str]) -> Iterator[Ordered]:
    for key in found["keys"].split(","):
        words = key.replace('"', "").split()
        if words and re.fullmatch(r"(?:\w+\.)?\w+", words[0]):
            falls = len(words) > 1 and words[1].upper() == "DESC"
            name = words[0].rpartition(".")[2]
            yield Ordered(column=name, descending=falls, words=f"Sort Key: {key.strip()}")


def _by_worth(text: str, columns: tuple[str, ...]) -> Iterator[Ordered]:
    found = _BEST.search(text)
    worth = [c for c in columns if guess_column(Seen(name=c)).kind in {"count", "money"}]
    if found and worth:
        yield Ordered(column=worth[0], descending=bool(found["best"]), words=found[0])
    elif found and found[0].lower().startswith("cheapest"):
        yield Ordered(column="price", descending=False, words=found[0], guessed=True)


def _by_time(text: str, columns: tuple[str, ...]) -> Iterator[Ordered]:
    down, up = _DOWN.search(text), _UP.search(text)
    found = down or up
    if found is None:
        return
    verb = (down["verb"] or "").lower() if down else ""
    times = [c for c in columns if is_time(c)]
    named = [c for c in times if verb and snake(c).startswith(verb[:5])]
    first = [c for c in times if guess_column(Seen(name=c)).kind != "seldom-time"] or times
    column = next(iter(named or (() if verb else first)), "")
    chosen = column or (f"{verb}_at" if verb else _BY_DEFAULT)
    yield Ordered(
        column=chosen, descending=bool(down), words=" ".join(found[0].split()), guessed=not column
    )


def _by_name(text: str) -> Iterator[Ordered]:
    if found := _BY_NAME.search(text):
        column = found["c"] or "name"
        yield Ordered(column=column, descending=False, words=found[0], guessed=not found["c"])


def read_page(text: str) -> str:
    """How many rows the words want at a time, in figures; "" where they tell none."""
    for pattern in _PAGE:
        if found := pattern.search(text):
            number = found["n"].lower()
            return str(_NUMBERS.get(number, number))
    return ""


def read_states(text: str, columns: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Each (column, value, words) of a state that is asked for: status is 'paid', failed orders."""
    own = next((c for c in columns if re.fullmatch(r"(?:\w+_)?(?:status|state|stage)", c)), "")
    for found in STATE_OF.finditer(text):
        value = found["v"]
        if found["q"] or value.lower() in STATES or value.isupper():
            before = text[: found.start()][-40:]
            if not re.search(r"\d\s*%|\bmost|\bnearly all|\balmost all", before):
                yield found["c"], value, found[0]
                return
    for found in _QUOTED.finditer(text):
        yield found["c"], found["v"], found[0]
        return
    listed = _VALUES.search(text)
    for found in _ADJECTIVE.finditer(text):
        if re.search(r"(?:most|all|many|\d\s*%)\s+(?:of )?(?:the )?$", text[: found.start()]):
            continue
        column = own or (listed["c"] if listed else "") or "status"
        yield column, _as_listed(found["v"], listed), found[0]
        return


def _as_listed(value: str, listed: re.Match[str] | None) -> str:
    names = re.findall(r"\w+", listed["v"]) if listed else []
    return next((n for n in names if n.lower() == value.lower()), value)


def read_not_yet(text: str, columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each (condition, words) of what has not happened yet, by columns that the words name."""
    for found in _NOT_YET.finditer(text):
        verb = (found["un"] or found["what"]).lower()
        stem = verb.removesuffix("ed").removesuffix("t") if len(verb) > len("sent") else verb
        for column in columns:
            plain = snake(column)
            if not plain.startswith(stem) and not plain.endswith(f"_{verb}"):
                continue
            kind = guess_column(Seen(name=column)).kind
            if kind in _TIMES:
                yield f"{column} IS NULL", found[0]
            elif kind == "flag":
                yield f"{column} = false", found[0]
    listed = _VALUES.search(text)
    if listed and (
        unread := re.search(r"\bunread\b|\bunseen\b|\bunprocessed\b", text, re.IGNORECASE)
    ):
        done = unread[0].lower()[2:]
        value = next((v for v in re.findall(r"\w+", listed["v"]) if v.lower() == done), "")
        if value:
            yield f"{listed['c']} <> '{value}'", f"{unread[0]}, {listed[0]}"


def read_emptied(text: str) -> Iterator[tuple[str, str]]:
    """Each (condition, words) of a column that is to be set, or must not be."""
    for found in _SET.finditer(text):
        hidden = found["c"] and _HIDES.search(text[: found.start()])
        column = found["c"] or found["d"]
        empty = bool(found["d"]) or bool(hidden)
        yield f"{column} IS {'' if empty else 'NOT '}NULL", found[0]
    for found in FLAG.finditer(text):
        if guess_column(Seen(name=found["c"])).kind == "flag":
            yield f"{found['c']} = {found['v'].lower()}", found[0]


def read_bounded(text: str) -> Iterator[tuple[str, str]]:
    """Each (column, words) that lies between two values."""
    for found in BOUNDED.finditer(text):
        yield found["c"], found[0]


def read_aged(text: str, columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each (condition, words) of rows that are older than some days, by a time that is named."""
    found = AGED.search(text)
    time = next(filter(is_time, columns), "")
    if found and time:
        yield f"{time} < now() - interval '{found['n']} {found['u'].lower()}s'", found[0]


def read_passed(text: str) -> Iterator[tuple[str, str]]:
    """Each (condition, words) of a time that has passed."""
    for found in _PASSED.finditer(text):
        yield f"{found['c']} < now()", found[0]


def refers(name: str) -> bool:
    """Whether a column refers to another table by its name."""
    return bool(stem_of(name)) and snake(name) != "id"
