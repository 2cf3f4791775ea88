"""How the rows lie by the words: what most are, whether one tenant has most of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from blueproof.advisors.known.reproduction.reproduction import Assumed, Sketch
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import snake, stem_of
from blueproof.sql.guessing.one_part import one_parts
from blueproof.sql.guessing.rows import Shape
from blueproof.sql.guessing.tables import Guess

_MOST = LatePattern(
    r"\b(?:(?P<percent>\d{1,2}(?:\.\d+)?)\s*(?:%|percent)(?:\s+of\s+(?:them|the\s+\w+|rows"
    r"|our\s+\w+|all\s+\w+))?"
    r"|(?P<most>most(?:ly)?|almost all|nearly all|the majority)(?:\s+of\s+(?:them|which|these"
    r"|those|it|the\s+\w+"
    r"|rows|our\s+\w+))?"
    r"|(?P<few>only a few|very few|hardly any|a handful)(?:\s+of\s+\w+)?)"
    r"(?:\s+(?:rows|orders|records|tickets|jobs|users|events|\w+s))?\s*(?:are|is|have|in|with)?\s*"
    r"(?:(?:status|state)\s*(?:=|is)?\s*)?['\"]?(?P<value>[A-Za-z_]\w*)['\"]?",
    re.IGNORECASE,
)
# The part behind its value: DELIVERED, 62 % of them.
_PART_OF = LatePattern(
    r"['\"]?\b(?P<value>[A-Za-z_]\w*)['\"]?\s*"
    r"(?:[,:(]|\b(?:are|is|at|about|make up|has|have)\b|\s)*"
    r"(?P<percent>\d{1,2}(?:\.\d+)?)\s*(?:%|percent)",
    re.IGNORECASE,
)
# One value that all rows are said to have.
_ALL_WITH = LatePattern(
    r"\b(?:all|most|nearly all|almost all)\b[^.?!;]{0,40}?\b(?:with|have|has)\s+(?P<column>\w+)"
    r"\s*=\s*'?(?P<value>[\w-]+)",
    re.IGNORECASE,
)
_ONE_HAS_MOST = LatePattern(
    r"\bone (?:big |large |huge )?(?:tenant|customer|user|account|org\w*|client"
    r"|company)\b[^.?!]{0,40}"
    r"(?:\b(?:most|majority|half|all)\b|\b\d{2} ?%)"
    r"|\b(?:big|large|biggest|largest|huge) (?:tenants?|customers?|accounts?|clients?)\b",
    re.IGNORECASE,
)
_EVEN = LatePattern(r"\bevenly\b|\buniform\w*", re.IGNORECASE)
# A plan that reads an index from its newest end, past rows that are not asked for.
_WALKED = LatePattern(
    r"\bIndex Scan Backward using\b|\bIndex Scan using \w*pkey\w*[^.?!]{0,80}\bFilter\b"
    r"|\bwalks? (?:the |an )?index\b"
    r"|\b(?:read(?:s|ing)?|scan(?:s|ning)?|walk(?:s|ing)?|go(?:es|ing)? through) (?:the |its )?"
    r"(?:whole |entire )?(?:primary key|index)(?: on \w+)? (?:backwards?|from (?:its|the) end)\b",
    re.IGNORECASE,
)
_STEEP, _FLAT = 8.0, 1.0
_ALMOST_ALL, _HARDLY_ANY = 0.97, 0.005


def read_shape(text: str, guess: Guess, rows: Mapping[str, int] | None = None) -> Shape:
    """What the words tell of how values are spread over the rows, of which so many are told."""
    largest = dict(_largest(text, guess, rows or {}))
    steep: dict[tuple[str, str], float] = {}
    shares: dict[tuple[str, str], dict[str, float]] = {}
    slope = _STEEP if _ONE_HAS_MOST.search(text) else _FLAT if _EVEN.search(text) else None
    for table, columns in guess.tables.items():
        for column in columns:
            told_so = (table, column.name) in largest
            if column.kind == "reference" and slope is not None and not told_so:
                steep[table, column.name] = slope
            if column.kind == "state" and column.type == "text":
                told = _told_shares(text, guess.seen[table][column.name].literals)
                if told:
                    shares[table, column.name] = told
    for table, told_of in guess.seen.items():
        for name, seen in told_of.items():
            told = _told_shares(text, seen.literals, name) if table in guess.known else {}
            told = told or (_told_part(text, name) if "flag" in seen.signs else {})
            if told:
                shares[table, name] = told
    old = _asked_of_one(guess) if _WALKED.search(text) else ()
    return Shape(steep=steep, shares=shares, old=frozenset(old), largest=largest)


def _largest(
    text: str, guess: Guess, rows: Mapping[str, int]
) -> Iterator[tuple[tuple[str, str], float]]:
    """The part that one parent has of a table, by the column that refers to it."""
    for part in one_parts(text):
        for table, columns in guess.tables.items():
            refers = [c.name for c in columns if c.kind == "reference"]
            named = [c for c in refers if stem_of(c) == part.who] or refers
            share = part.of(rows.get(table, 0))
            if share and len(named) == 1:
                yield (table, named[0]), share


def told_parts(shape: Shape) -> Iterator[Assumed]:
    """What is said of the part that one parent has."""
    for (table, column), share in shape.largest.items():
        yield Assumed(says=f"one {column} has {share:.0%} of {table}", why="you tell so")


def steeper(sketch: Sketch) -> Sketch | None:
    """The sketch with most rows under one parent, where a query asks for those of one.

    What is told may be slow for the largest tenant alone. None where the words tell how rows lie,
    or no query asks so.
    """
    if sketch.shape.steep or sketch.shape.largest:
        return None
    asked = _asked_of_one(sketch.guess)
    if not asked:
        return None
    named = " and ".join(f"{table}.{column}" for table, column in asked)
    says = f"one value of {named} has a third of the rows or more"
    return replace(
        sketch,
        shape=replace(sketch.shape, steep=dict.fromkeys(asked, _STEEP)),
        assumed=(Assumed(says=says, why="with fewer, what you tell is not slow"), *sketch.assumed),
    )


def _asked_of_one(guess: Guess) -> list[tuple[str, str]]:
    """The columns that refer to a parent, and of which a query asks for the rows of one."""
    return [
        (table, column.name)
        for table, columns in guess.tables.items()
        for column in columns
        if column.kind == "reference"
        and (seen := guess.seen[table].get(column.name))
        and seen.compared
        and not seen.equals
    ]


def _told_shares(text: str, literals: list[str], column: str = "") -> dict[str, float]:
    """How common the words say that values are."""
    found: dict[str, float] = {}
    for match in _ALL_WITH.finditer(text):
        if match["column"].lower() == column and match["value"] in literals:
            found[match["value"]] = _ALMOST_ALL
    for match in (*_MOST.finditer(text), *_PART_OF.finditer(text)):
        value = match["value"].lower()
        if value not in _STATES and value not in {x.lower() for x in literals}:
            continue
        exact = next((x for x in literals if x.lower() == value), value)
        if match["percent"]:  # which says more than most of them
            found[exact] = float(match["percent"]) / 100
        else:
            found[exact] = _ALMOST_ALL if match["most"] else _HARDLY_ANY
    return found


def _told_part(text: str, column: str) -> dict[str, float]:
    """How common the words say that a flag is: "nearly all of the blocks are on the main chain"."""
    phrase = "[ _-]".join(_OF_A_FLAG.sub("", snake(column)).split("_"))
    found = re.search(_FLAGGED.format(re.escape(phrase).replace(r"\[\ _\-\]", "[ _-]")), text,
                      re.IGNORECASE)  # fmt: skip
    if found is None:
        return {}
    few = _HARDLY_ANY if found["few"] else _ALMOST_ALL
    share = float(found["percent"]) / 100 if found["percent"] else few
    return {"true": 1 - share if found["not"] else share}


_OF_A_FLAG = LatePattern(r"^(?:is|was|has|can|should)_")
_FLAGGED = (
    r"\b(?:(?P<percent>\d{{1,2}}(?:\.\d+)?)\s*(?:%|percent\b)|(?P<most>most(?:ly)?\b"
    r"|almost all\b|nearly all\b|the majority\b)|(?P<few>only a few\b|very few\b|hardly any\b"
    r"|a handful\b))(?:(?!\b(?:most|all|few)\b)[^.?!;]){{0,60}}?\b(?P<not>not |never |no longer )?"
    r"(?:yet |been |on |in |the |marked |flagged )*{}\b"
)
_STATES = frozenset(
    "done completed complete closed active inactive pending open queued failed archived deleted "
    "published draft paid unpaid processed delivered shipped cancelled canceled finished new "
    "resolved read unread sent".split()
)
