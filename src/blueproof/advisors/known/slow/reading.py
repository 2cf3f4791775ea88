"""Reads the story of a slow query out of a request, or None where it tells none."""

import re
from dataclasses import replace
from functools import lru_cache

from blueproof.advisors.known.slow.calls import called_filters, called_sorts, called_table
from blueproof.advisors.known.slow.columns import compared, leads, listed, searches
from blueproof.advisors.known.slow.signs import (
    ASKED,
    COUNTS,
    DATA,
    DELETES,
    EITHER,
    ELSEWHERE,
    LIMIT,
    LOADED,
    OTHERWISE,
    PASSES_LOCKED,
    SKIPS,
    SLOW,
    TAKES,
    THOUGHT_OF,
)
from blueproof.advisors.known.slow.story import Condition, Sort, Story
from blueproof.core.brief import Brief
from blueproof.facts.kin import is_of_rivals
from blueproof.facts.pattern import LatePattern

_NAME = r"[`\"]?(?P<{0}>[a-z_][a-z0-9_]*)[`\"]?"
_TABLE = (
    r"(?:(?-i:\b(?:FROM|INTO|UPDATE))|\bselect\b[^.;\n]{1,200}?\bfrom|\bdelete from)"
    rf"\s+{_NAME.format('a')}",
    rf"\btable\s+(?:called|named)\s+{_NAME.format('b')}",
    rf"\b{_NAME.format('c')}\s+table\b",
    rf"\btable\s+{_NAME.format('d')}(?=\s*[(,:.]|\s+(?:\d|(?:has|with|is|where)\b))",
    r"\btable:?\s+(?P<f>[a-z0-9]+_\w+|[a-z]\w*(?=\())",
    rf"\bquer(?:y|ies) on {_NAME.format('g')}\s+(?=where|by|filter)",
    rf"\bdelet\w+\s+{_NAME.format('h')}\s+older\b",
    r"(?<!biggest )(?<!largest )(?<!some )(?<!large )(?<!big )(?<!few )"
    rf"\b{_NAME.format('e')}\s+(?:has|have)\s+(?:about|around|~|some|roughly)?\s*\d",
)
# Stores of their own way to index, which the table of rivals does not name.
OTHERS = frozenset({"firebase", "firebase-realtime-database", "convex", "opensearch"})
_NO_TABLE = frozenset(
    "a an and another any app big bigger biggest busiest central client database db each entire "
    "existing heaviest hottest largest slowest smallest whole "
    "every few first from gets grows holds "
    "keeps contains has have "
    "his huge in index is it it's its large last main many my new no now of old on one or other "
    "row rows our postgres postgresql production same second set she single small some sql "
    "summary table "
    "tables that the their there these they this two us user's using we which who with you "
    "your".split()
)
_SENTENCE = LatePattern(r"[^.?!\n]+[.?!]*|\n")
_ON_WHAT = r"on\s+(?P<on>\([^)]*\)|[\w.`\"]+(?:\([^)]*\))?)"
_INDEXED = LatePattern(
    r"(?P<no>\b(?:(?:no|without|missing)(?: an)?|(?:add|adding|create|creating|need) an) )?"
    rf"\bindex(?:es)?(?: already)?(?: exists?)?(?: there)?(?: is)? {_ON_WHAT}"
    r"(?P<more>(?:\s*(?:,|and|also)\s*(?:one|another)\s+on\s+(?:\([^)]*\)|[\w.`\"]+))*)",
    re.IGNORECASE,
)
_ANOTHER = LatePattern(rf"\b{_ON_WHAT}", re.IGNORECASE)
_JOINED = (
    LatePattern(
        rf"\bjoin(?:s|ed|ing)?\s+{_NAME.format('a')}\s+(?:with|to|and|on)\s+{_NAME.format('b')}\s+"
        rf"(?:on|by|via|over|through)\s+{_NAME.format('c')}",
        re.IGNORECASE,
    ),
    LatePattern(
        rf"\bjoin\s+(?:is\s+)?(?:between|of)\s+(?:the\s+)?{_NAME.format('a')}\s+(?:and|with)\s+"
        rf"{_NAME.format('b')}\s+(?:tables\s+)?(?:on|by|via|over|through)\s+{_NAME.format('c')}",
        re.IGNORECASE,
    ),
    LatePattern(
        rf"(?:\band|,)\s+(?:with|to)\s+(?P<b>[a-z_]\w*)\s+(?:on|by|via)\s+{_NAME.format('c')}",
        re.IGNORECASE,
    ),
)
_ON = LatePattern(
    r"\b(?P<t1>[a-z_]\w*)\.(?P<c1>[a-z_]\w*)\s*=\s*(?P<t2>[a-z_]\w*)\.(?P<c2>[a-z_]\w*)",
    re.IGNORECASE,
)


_ALIAS = LatePattern(
    r"\b(?:from|join)\s+(?P<table>[a-z_]\w*)\s+(?:as\s+)?(?P<alias>[a-z_]\w{0,3})\b"
    r"(?=\s+(?:join|left|inner|right|on|where|order|cross)\b|\s*[,;])",
    re.IGNORECASE,
)


@lru_cache(maxsize=8)  # one request is asked for its story more than once
def read_story(brief: Brief) -> Story | None:
    """The story of a slow PostgreSQL query, or None: no slowness, no database, or another one."""
    if not (SLOW.search(brief.request) and _is_of_tables(brief)):
        return None
    return read_told(brief)


@lru_cache(maxsize=8)
def read_told(brief: Brief) -> Story | None:
    """What the words tell of a query, whatever database it is of; None where they tell of none."""
    text = _without_aliases(brief.request)
    placed = sorted((*compared(text), *called_filters(text)), key=lambda each: each[0])
    found = [condition for _, condition in placed]
    lists = listed(text)
    joins = _joins(text)
    filters = tuple(f for f in _once((*found, *lists.filters)) if not _is_call(f, text))
    columns = {j.column for j in joins}
    table = called_table(text) or _table(text)
    if not (table or joins):
        table = next((f.table for f in lists.filters if f.table), "")
    filters = tuple(f if _is_known(f.table, table, text) else replace(f, table="") for f in filters)
    sorts = _each_once((*lists.sorts, *called_sorts(text)))
    story = Story(
        filters=tuple(f for f in filters if f.column not in columns or f.use != "equals"),
        sorts=sorts,
        joins=joins,
        table=table,
        rows=_rows(brief),
        limit=_limit(text),
        asked=_asked(text),
        indexed=tuple(_indexed(text)),
        either=lists.either or bool(EITHER.search(text)),
        counts=bool(COUNTS.search(text)),
        skips=bool(SKIPS.search(text)),
        deletes=bool(DELETES.search(text)),
        searches=searches(text),
        unordered=lists.unordered and not sorts,
        loaded=bool(LOADED.search(text)),
        takes=bool(TAKES.search(text)) and not PASSES_LOCKED.search(text),
    )
    if lists.unfiltered and not story.filters:
        return replace(story, named=False)  # an index for the order alone would be another's
    told = (
        story.filters
        or story.sorts
        or joins
        or story.skips
        or story.deletes
        or story.loaded
        or story.searches
    )
    if told:
        return story
    return replace(story, named=False) if leads(text) and not story.counts else None


def _is_call(told: Condition, text: str) -> bool:
    """Whether what was taken for a column is a function: WHERE ST_Within(geom, $1)."""
    plain = re.fullmatch(r"\w+", told.column) and not (told.sliced or told.where)
    return bool(plain and re.search(rf"\b{told.column}\(", text))


def _without_aliases(text: str) -> str:
    """The text with each table's own name where a statement has a short one for it."""
    for found in _ALIAS.finditer(text):
        text = re.sub(rf"\b{found['alias']}\.(?=\w)", f"{found['table']}.", text)
    return text


def _is_known(name: str, table: str, text: str) -> bool:
    """Whether a word is surely a table's name: the table's own, or it stands there twice."""
    return name in {"", table} or len(re.findall(rf"\b{re.escape(name)}\b", text)) > 1


def _is_of_tables(brief: Brief) -> bool:
    """Whether it is about rows in PostgreSQL, or in a database that is not named."""
    asked = _asked(brief.request).lower()  # what is only thought of is not in use
    here = {
        str(f.value)
        for f in brief.facts
        if f.key == "technology"
        and f.role in {"current", "option"}
        and f.quote.lower() not in asked
    }
    if is_of_rivals(here, ["postgresql"]) or (here & OTHERS and "postgresql" not in here):
        return False
    if OTHERWISE.search(brief.request) or ELSEWHERE.search(brief.request):
        return False
    return "postgresql" in here or bool(DATA.search(brief.request))


def _once(found: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Each column once, as it is told first: with its operator, where it has one."""
    kept: dict[str, Condition] = {}
    for each in found:
        kept.setdefault(each.column.lower(), each)
    return tuple(kept.values())


def _each_once(sorts: tuple[Sort, ...]) -> tuple[Sort, ...]:
    kept: dict[str, Sort] = {}
    for each in sorts:
        if each.column.lower() not in kept or each.descending:
            kept[each.column.lower()] = each
    return tuple(kept.values())


def _table(text: str) -> str:
    """The table that the words name first, in the order of how surely they do."""
    for pattern in _TABLE:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            name = next(group for group in found.groups() if group)
            if name.lower() not in _NO_TABLE:
                return name
    return ""


def _rows(brief: Brief) -> str:
    """The size of the table as it is told."""
    sized = [f for f in brief.facts if f.key == "scale.rows" and not isinstance(f.value, str)]
    return next((f.quote for f in sorted(sized, key=lambda f: -float(f.value))), "")


def _limit(text: str) -> str:
    found = LIMIT.search(text)
    return next((group for group in found.groups() if group), "") if found else ""


def _asked(text: str) -> str:
    """Another remedy that is asked about or was advised, in the person's words."""
    for sentence in _SENTENCE.findall(text):
        found = ASKED.search(sentence)
        if found and THOUGHT_OF.search(sentence):
            return " ".join(found[0].split())
    return ""


def _indexed(text: str) -> list[tuple[str, ...]]:
    """The columns of each index that is said to be there."""
    there = []
    for sentence in _SENTENCE.findall(text):
        for found in _INDEXED.finditer(sentence):
            if not (found["no"] or "?" in sentence):
                ons = [found["on"], *(each["on"] for each in _ANOTHER.finditer(found["more"]))]
                there += [tuple(_columns(on)) for on in ons]
    return there


def _columns(on: str) -> list[str]:
    inner = on[1:-1] if on.startswith("(") else on
    return [part.strip(' `"').split()[0].lower() for part in inner.split(",") if part.strip()]


def _joins(text: str) -> tuple[Condition, ...]:
    """The columns by which tables refer to one another, on the side that refers."""
    told: dict[tuple[str, str], Condition] = {}
    left = ""
    for pattern in _JOINED:
        for found in pattern.finditer(text):
            groups = found.groupdict()
            left = groups.get("a") or left
            column, tables = groups["c"], [t for t in (left, groups["b"]) if t]
            table = _referring(column, tables)
            told[table, column] = Condition(column=column, use="equals", table=table)
    for found in _ON.finditer(text):
        for table, column in ((found["t1"], found["c1"]), (found["t2"], found["c2"])):
            if column.lower() != "id":
                told[table, column] = Condition(column=column, use="equals", table=table)
    return tuple(told.values())


def _referring(column: str, tables: list[str]) -> str:
    """Which of the tables refers to the other by the column: the one it is not named after."""
    stem = column.lower().removesuffix("_id")
    others = [
        t for t in tables if not (t.lower() == stem or t.lower() in {f"{stem}s", f"{stem}es"})
    ]
    return others[0] if len(others) == 1 else ""
