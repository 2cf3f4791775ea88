"""Row counts in running words: "orders has 12M rows", "12M orders", "a 300 million row table"."""

import re
from collections.abc import Iterator

from blueproof.facts.pattern import LatePattern
from blueproof.facts.words import stems
from blueproof.sql.guessing.kinds import is_called, snake
from blueproof.sql.guessing.one_part import one_parts
from blueproof.sql.rowcounts import MOST

_UNITS = {
    "": 1, "k": 1e3, "thousand": 1e3, "m": 1e6, "mm": 1e6, "mio": 1e6, "mln": 1e6, "mil": 1e6,
    "million": 1e6, "millions": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9,
    "lakh": 1e5, "lakhs": 1e5, "crore": 1e7,
}  # fmt: skip
_COUNT = LatePattern(
    r"(?<![\w.$'])(?P<number>\d{1,3}(?:[,_]\d{3})+|\d{1,3}(?:\.\d{3}){2,}|\d+(?:\.\d+)?)(?:\s?(?P<unit>(?:thousand"
    r"|millions?|billions?|lakhs?|crore|mio|mln|mil|mm|bn"
    r"|[kmb])(?![a-z]))(?:\s+of\b(?=\s+\w+\s+\w))?)?\+?(?![\w.]*\d)(?!\s*(?:GB|MB|TB|KB|ms|s\b|sec"
    r"|min|hours?|days?|%|x\b|vcpu|cores?|conn|users? online|req|rps|qps|tps|per\b|/s))"
    r"(?P<after>(?:[ -]+(?!and\b|or\b|in\b|on\b|it\b|takes?\b|for\b|of\b|the\b)[A-Za-z_]\w*){0,3})",
    re.IGNORECASE,
)
_NO_COUNT = LatePattern(
    r"\b(?:page|offset(?: of)?|limit(?: of)?|top|first|last|latest|newest|returns?|returned"
    r"|returning|gives?|yields?|shows?|port|error|above|below|remov(?:es?|ed|ing)"
    r"|filter(?:s|ed|ing)? out|discard(?:s|ed|ing)?|throw(?:s|ing)? away|threw away)"
    r"\s*[=:]?\s*$",
    re.IGNORECASE,
)
# What came of a query in some time, and not what its table holds.
_CAME = LatePattern(
    r"\d\s*(?:ms|milliseconds|s|sec|secs|seconds?)\s+(?:for|and)\s*$", re.IGNORECASE
)
# A scan with the rows that it read: Seq Scan on orders o (rows=1240315), (actual time=... rows=9).
_SCANNED = LatePattern(
    r"\bSeq Scan on (?:\w+\.)?[\"`]?(?P<t>\w+)[\"`]?(?:\s+(?!\()[\"`]?\w+[\"`]?)?"
    r"\s*\((?P<told>[^()]*)\)"
    r"(?:\s*\((?P<actual>[^()]*)\))?",
    re.IGNORECASE,
)
_FOUND = LatePattern(r"\brows\s*[=:]\s*(?P<rows>\d[\d,]*)", re.IGNORECASE)
# Few rows, told of a table by its name: "plans has 4 rows".
_ROWS_IN = LatePattern(
    r"\b(?:rows?|records?|entries)\s+(?:in|of)\s+(?:the\s+)?(?:table\s+)?"
    r"[\"`]?(?P<t>[a-z_]\w*)[\"`]?"
    r"(?:\s+table)?\s*(?:[:=]|is|are)\s*$",
    re.IGNORECASE,
)
_FEW = LatePattern(
    r"\b(?P<t>[A-Za-z_]\w*)[\"`]?\s+(?:table\s+)?(?:has|have|holds?|contains?)\s+(?:only\s+|just\s+"
    r"|about\s+|some\s+)*(?P<n>\d{1,3})\s+(?:rows?|records?|entries|entry)\b(?!\s+(?:per|each|for|a|an)\b)",
    re.IGNORECASE,
)
# Few rows of the table that it is about: "it has only 12 rows".
_ALL_IN_ALL = LatePattern(
    r"\b(?P<t>[A-Za-z_]\w*)[\"`]?\s+(?:only\s+|just\s+)?(?:has|have|holds?|contains?"
    r"|(?<=table )(?:with|of))\s+(?:only\s+"
    r"|just\s+|about\s+|some\s+|exactly\s+)*(?P<n>\d{1,3})\s+(?:rows?|records?|entries)\b"
    r"(?!\s+(?:per|each|for|a|an|in common|with|that|which|where)\b)",
    re.IGNORECASE,
)
# Few of what another table holds, with its noun alone: 500 meters, about 600 channels.
_NOUN = LatePattern(
    r"(?<![\w.,$#/-])(?P<n>\d{2,3})\s+(?P<word>[a-z]\w*s)\b(?!\s+(?:at a time|per|each|a|an|every"
    r"|in one|is|were deleted)\b)",
    re.IGNORECASE,
)
_NOT_ALL = LatePattern(
    r"\b(?:top|first|last|next|newest|latest|limit|batch(?:es)? of|of|by|return\w*|delet\w*"
    r"|insert\w*|update\w*|per|with|has|have|had|takes?|every|each|these|those|find\w*|found"
    r"|fetch\w*|show\w*|page of|gives?|of \d+)\s+(?:the\s+|only\s+|about\s+|all\s+)*$",
    re.IGNORECASE,
)
_IN_WORDS = {
    "a": "1", "one": "1", "half a": "0.5", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "twelve": "12",
    "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "a hundred": "100",
    "hundred": "100",
}  # fmt: skip
_WORDED = LatePattern(
    r"\b(?P<n>half a|a hundred|hundred|a|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
    r"|twenty|thirty|forty|fifty)\s+(?P<unit>millions?|billions?|lakhs?|crore)\b",
    re.IGNORECASE,
)
_THERE_ARE = LatePattern(
    r"\b(?:there(?:'s|'re| is| are)|we(?: only)? have|with|only|just)\s+"
    r"(?:only |just |about |some )?"
    r"(?P<n>\d{1,3})\s+(?P<words>[a-z]\w*(?: [a-z]\w*)?)",
    re.IGNORECASE,
)
_OF_ONE = LatePattern(
    r"\b[a-z]+s\s+(?:with|having|who have|that have)\b[^.;:]{0,40}$|\b(?:each|every|per|one"
    r"|a)\s+\w+\s+"
    r"(?:has|have|with|is at|sits at|owns|got)\b[^.;:]{0,40}$",
    re.IGNORECASE,
)
_ITS = LatePattern(r"\b(?:its|his|her|whose)\s+$", re.IGNORECASE)
_ROWS = frozenset(
    "row rows record records entry entries tuple tuples lines documents ones pieces items".split()
)
_OUT_OF = LatePattern(r"\bout of (?:about |some |the )*$", re.IGNORECASE)
_EACH_DAY = LatePattern(
    r"\s*(?:rows\s+)?(?:a|per|each|every)\s+(?:day|hour|week|month|minute|second|run)\b|\s+daily\b"
)
_RATE = LatePattern(
    r"\s*(?:[a-z]+\s+){1,2}(?:per|/|each|every|a)\s*(?:second|sec|s|minute|min|hour|day)\b",
    re.IGNORECASE,
)
_SO_FAR = (["so"], ["now"], ["by"], ["altogether"], ["today"])  # 90 million so far, by now
_TABLE_AFTER = LatePattern(
    r"^\W{0,3}(?:in|of)?\s*(?:the|our|my|a)?\s*(?:table\s+)?[`\"]?(?P<t>[a-z_]\w*)", re.IGNORECASE
)
_CLAUSE = LatePattern(r"(?:(?<=\d)[.,](?=\d)|[^.,;!?\n])+")
_BETWEEN = LatePattern(
    r"(?P<a>\w+)\W+(?:(?:table|has|have|had|with|of|is|at|about|around|roughly|over|now|nearly"
    r"|almost|some|~|currently|contains?|holds?|keeps?|already|more|than|just|passed|to|grew"
    r"|approx\w*|up|reached)\W+)*$",
    re.IGNORECASE,
)
# A table's own name and a sign right before a number: "meter ~6,200", "orders: 40000".
_BESIDE = LatePattern(
    r"(?<![\w.])(?P<t>[a-z_]\w*)[\"`]?\s*(?:[~\u2248:=]|\b(?:about|roughly|approx\.?|ca\.?)\b)\s*$",
    re.IGNORECASE,
)
# "392 devices of a site, 6.9M readings each"
_EACH_HAS = LatePattern(
    r"(?<![\w.,$#/-])(?P<n>\d[\d,]*)\s?(?P<u>k|m|thousand|million)?\s+(?P<parents>[a-z]\w*s)\b"
    r"[^.;\n]{0,60}?\b(?:about |around |~ ?)?(?P<m>\d[\d,]*(?:\.\d+)?)\s?"
    r"(?P<v>k|m|b|bn|thousand|million|billion)?\s+(?P<children>[a-z]\w*)\s+"
    r"(?:each\b(?!\s+(?:day|hour|week|month|second|minute))|apiece\b)",
    re.IGNORECASE,
)
_SHORT = 3  # letters of a word that may be any
_NOUNS = 2  # words behind a count that say of what it is
_LEAST = 1_000  # fewer rows are no table's that is slow
_MANY = 100_000  # fewer are slow for another reason than a plan


def read_row_counts(text: str, tables: tuple[str, ...], main: str) -> dict[str, int]:
    """The rows of each table that the words tell; a count of no table's is the main one's."""
    told: dict[str, int] = {}
    loose: list[int] = []
    text = _in_figures(text)
    parts = {part.span[0] for part in one_parts(text)}  # rows of one, and not of the table
    for match in _COUNT.finditer(text):
        if match.start("number") in parts:
            continue
        number = _number(match["number"])
        count = round(number * _UNITS[(match["unit"] or "").lower()])
        words = [w.lower() for w in re.findall(r"[A-Za-z_]\w*", match["after"])]
        before = text[: match.start()]
        if (
            count < _LEAST
            or _NO_COUNT.search(before)
            or _CAME.search(before)
            or _EACH_DAY.match(text[match.start("after") :])
            or _RATE.match(text[match.start("after") :])
        ):
            continue
        if count <= _MANY and _ITS.search(before):
            continue  # "its 2,401 lines": of one
        if count <= _MANY and not _ROWS.intersection(words) and _OF_ONE.search(before):
            continue  # "users with 5k comments": so many of one user's
        table = _counted_in(before, tables) or _table(text, match, words, tables)
        if table:
            told[table] = max(count, told.get(table, 0))
        elif _ROWS.intersection(words) or (
            match["unit"] and (words[:1] in _SO_FAR or _OUT_OF.search(before))
        ):
            loose.append(count)
    scanned = _scanned(text, tables)
    if loose and main not in {**told, **scanned}:
        told[main] = max(loose)
    others = {**scanned, **told}.keys() - {main}
    few = _few(text, tables, "" if others else main)
    small = {} if main in told or main in scanned else _small(text, main)
    return {**few, **small, **scanned, **told, **_of_each(text, tables)}


def _of_each(text: str, tables: tuple[str, ...]) -> dict[str, int]:
    """The rows of two tables of which one has so many for each of the other's."""
    found: dict[str, int] = {}
    for match in _EACH_HAS.finditer(text):
        parents, children = (_named([match[k].lower()], tables) for k in ("parents", "children"))
        if parents and children and parents != children:
            some = round(_number(match["n"]) * _UNITS[(match["u"] or "").lower()])
            each = round(_number(match["m"]) * _UNITS[(match["v"] or "").lower()])
            found |= {parents: some, children: min(some * each, MOST)}
    return found


def counts_of_nouns(text: str) -> Iterator[tuple[int, frozenset[str]]]:
    """Each count of things, none of rows, with the stems of their nouns: 40M likes, likes: 40M."""
    text = _in_figures(text)
    for match in _COUNT.finditer(text):
        count = round(_number(match["number"]) * _UNITS[(match["unit"] or "").lower()])
        before = text[: match.start()]
        rated = _EACH_DAY.match(text[match.start("after") :]) or _EACH_DAY.match(
            text[match.end() :]
        )
        if count < _LEAST or _NO_COUNT.search(before) or _CAME.search(before) or rated:
            continue
        words = re.findall(r"[a-z_]\w*", match["after"].lower())[:_NOUNS]
        if not words or _ROWS.intersection(words):  # "likes: 40M", "likes has 40M rows"
            named = _BETWEEN.search(before)
            words = [named["a"].lower()] if named else []
        if not _ROWS.intersection(words):
            yield count, frozenset(stems(" ".join(words)))


def _in_figures(text: str) -> str:
    """The text with the millions that are written as words in figures: a million orders."""
    return _WORDED.sub(lambda m: f"{_IN_WORDS[m['n'].lower()]} {m['unit']}", text)


def _small(text: str, main: str) -> dict[str, int]:
    """The rows of the main table where it is said to have few: "so it has 12 rows"."""
    own = snake(main.rpartition(".")[2])
    told = [m for m in _ALL_IN_ALL.finditer(text) if m["t"].lower() in {"it", "table", own}]
    return {main: max(int(told[-1]["n"]), 1)} if told else {}


def _number(written: str) -> float:
    """The number as it is written: 2,300,000, 2_300_000, 2.300.000 or 2.3.

    >>> _number("2.300.000"), _number("2.3")
    (2300000.0, 2.3)
    """
    plain = written.replace(",", "").replace("_", "")
    return float(plain.replace(".", "") if plain.count(".") > 1 else plain)


def _scanned(text: str, tables: tuple[str, ...]) -> dict[str, int]:
    """The rows of tables that pieces of plans show as read whole."""
    found: dict[str, int] = {}
    for match in _SCANNED.finditer(text):
        rows = _FOUND.search(match["actual"] or "") or _FOUND.search(match["told"])
        table = next((t for t in tables if snake(t.rpartition(".")[2]) == snake(match["t"])), "")
        number = int(rows["rows"].replace(",", "")) if rows else 0
        filtered = re.match(r"\s*\n?\s*Filter:", text[match.end() :])
        if table and number >= _LEAST and not filtered:
            found[table] = max(number, found.get(table, 0))
    return found


def _few(text: str, tables: tuple[str, ...], main: str) -> dict[str, int]:
    """The rows of small tables; the main one is not small, or nobody would ask."""
    named = {snake(t.rpartition(".")[2]): t for t in tables if t != main}
    told = [(named.get(snake(m["t"]), ""), int(m["n"])) for m in _FEW.finditer(text)]
    for match in _THERE_ARE.finditer(text):
        words = match["words"].lower().split()
        whole = _named(["_".join(words)], tables) or (_named(words[:1], tables) if _ends(
            text[match.start("words") + len(words[0]) :]) else "")  # fmt: skip
        told.append((whole, int(match["n"])))
    for match in _NOUN.finditer(text):
        table = named.get(snake(match["word"]), "") or next(
            (t for own, t in named.items() if is_called(own, _singular(match["word"].lower()))), ""
        )
        if table and not _NOT_ALL.search(text[: match.start()]):
            told.append((table, int(match["n"])))
    return {table: max(rows, 1) for table, rows in told if table and table != main}


def _ends(text: str) -> bool:
    """Whether no further noun follows: 3 polls and, 3 polls. but not 161 job queues."""
    return bool(re.match(r"\s*(?:[,.;:)]|and\b|or\b|in\b|with\b|$)", text, re.IGNORECASE))


def counted(text: str) -> bool:
    """Whether the words tell of many rows of something."""
    text = _in_figures(text)
    for match in _COUNT.finditer(text):
        number = _number(match["number"])
        many = number * _UNITS[(match["unit"] or "").lower()] >= _MANY
        words = {w.lower() for w in re.findall(r"[A-Za-z_]\w*", match["after"])}
        if many and (match["unit"] or words & _ROWS):
            return True
    return False


def _counted_in(before: str, tables: tuple[str, ...]) -> str:
    """The table of "rows in orders: 12,000", by what stands before the number."""
    told = _ROWS_IN.search(before)
    return _named([told["t"].lower()], tables) if told else ""


def _table(text: str, match: re.Match[str], words: list[str], tables: tuple[str, ...]) -> str:
    """The table that a count is of: the noun behind it, or what stands before "has"."""
    after = _named(words, tables)
    counted = next((i for i, w in enumerate(words) if w in _ROWS), None)
    if after and counted is None:
        return after
    if counted is None and not match["unit"]:
        beside = _BESIDE.search(text[max(0, match.start() - 60) : match.start()])
        own = beside["t"].lower() if beside else ""
        return next((t for t in tables if own == snake(t.rpartition(".")[2])), "")
    before = _BETWEEN.search(text[max(0, match.start() - 60) : match.start()])
    if before and (found := _named([before["a"].lower()], tables)):
        return found
    if counted is None:
        return ""
    behind = _TABLE_AFTER.match(text[match.end() :]) if counted is not None else None
    if behind and (found := _named([behind["t"].lower()], tables)):
        return found
    clause = next((c for c in _CLAUSE.finditer(text) if c.start() <= match.start() < c.end()), None)
    near = re.findall(r"[a-z_]\w*", clause[0].lower()) if clause else []
    inside = [t for t in tables if _named(near, (t,))]
    return after or (inside[0] if len(inside) == 1 else "")


def _named(words: list[str], tables: tuple[str, ...]) -> str:
    """The table that one of the words names, in the singular or plural."""
    for word in words:
        for table in tables:
            own = snake(table.rpartition(".")[2])
            if word == own or is_called(own, word) or is_called(own, _singular(word)):
                return table
    parts = {table: snake(table).rpartition("_")[2] for table in tables}
    for word in words:  # "60M locations" of driver_locations
        ending = [
            t
            for t, part in parts.items()
            if len(word) > _SHORT and is_called(part, _singular(word))
        ]
        if len(ending) == 1:
            return ending[0]
    return ""


def _singular(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def nouns(text: str) -> Iterator[str]:
    """What is counted in millions, as a table may be called: "12M orders"."""
    for match in _COUNT.finditer(text):
        words = re.findall(r"[A-Za-z_]\w*", match["after"])
        if words and match["unit"] and words[0].lower() not in _ROWS:
            yield words[0].lower()
