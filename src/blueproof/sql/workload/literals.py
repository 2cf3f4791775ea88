"""Which text of a run is planned: the run's own values where they shape the plan, else parameters.

A value that a column is held equal to, or that is stored, stays a parameter where it is another
one in every run: no advice may rest on the one customer or order that was asked for last, and it
need not be saved. Bounds of a range, patterns and page sizes are planned as the run had them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.sql.editing import renumbered, significant
from blueproof.sql.lexer import Token

_BOUND = re.compile(r"\$([0-9]{1,5}) = (NULL|'[^']*+(?:''[^']*+)*'(?!'))")
_VALUE_KINDS = frozenset({"string", "number", "dollar"})
_SHAPING = frozenset({"<", ">", "<=", ">=", "~", "~*", "~~", "~~*", "like", "ilike", "between"})
_COUNTS = frozenset({"limit", "offset", "first", "next"})
# A value seen in fewer runs than these may be another one in the next.
_FEW_RUNS = 3


@dataclass(slots=True)
class Sighting:
    """A value of a query: its token, its role, and the number of the list it stands in, or 0."""

    token: Token
    role: str  # "held", "stored", "shaping", "count" or "" for all else
    listed: int = 0


def bound_values(text: str) -> dict[int, str]:
    """The values that a log tells of parameters, as SQL literals by number.

    >>> bound_values("parameters: $1 = 'it''s', $2 = NULL")
    {1: "'it''s'", 2: 'NULL'}
    """
    return {int(number): value for number, value in _BOUND.findall(text)}


def planned_text(text: str, *, values: str, others: tuple[str, ...], runs: float) -> str:
    """The text of a run to plan, of a query that had so many runs and some `others` among them.

    `values` are the run's parameters as the log writes them. Spaces and comments before and
    after the query are gone, and its parameters are $1..$n without gaps.

    >>> planned_text("SELECT 1 FROM t WHERE a = 7 AND b > 8", values="",
    ...              others=("SELECT 1 FROM t WHERE a = 9 AND b > 10",), runs=2)
    'SELECT 1 FROM t WHERE a = $1 AND b > 8'
    """
    marks = _marks(text)
    seen = list(sightings(marks))
    bound = bound_values(values)
    changing = _changing(seen, others)
    free = max((int(t.text[1:]) for t in marks if t.kind == "parameter"), default=0)
    out, at = [], marks[0].start if marks else 0
    for place, one in enumerate(seen):
        new = ""
        if one.token.kind == "parameter":
            new = _value_of(one, bound)
        elif one.role == "stored" or (
            one.role == "held" and (place in changing or (runs < _FEW_RUNS and _varies(one)))
        ):
            free += 1
            new = f"${free}"
        if new:
            out += [text[at : one.token.start], new]
            at = one.token.start + len(one.token.text)
    end = marks[-1].start + len(marks[-1].text) if marks else 0
    return renumbered("".join([*out, text[at:end]]))[0]


def _marks(text: str) -> list[Token]:
    """The tokens that mean something, the signs of one operator as one; a ; at the end is none."""
    marks: list[Token] = []
    for token in significant(text):
        last = marks[-1] if marks else None
        touching = last is not None and last.start + len(last.text) == token.start
        if last and touching and last.kind == token.kind == "operator":
            marks[-1] = Token("operator", last.text + token.text, last.start)
        else:
            marks.append(token)
    while marks and marks[-1].text == ";":
        marks.pop()
    return marks


def sightings(marks: list[Token]) -> Iterator[Sighting]:
    """The values among the tokens, each with the role it plays."""
    inserts = marks[:1] and marks[0].text.lower() == "insert"
    storing, lists, number = False, [], 0
    for place, token in enumerate(marks):
        word = token.text.lower()
        if token.text == "(":
            number += 1
            opener = marks[place - 1].text.lower() if place else ""
            lists.append(number if opener in {"in", "any"} else 0)
        elif token.text == ")" and lists:
            lists.pop()
        elif token.kind == "name":
            storing = bool(inserts) and (word == "values" or (storing and word not in _AFTER_ROWS))
        elif token.kind in _VALUE_KINDS or token.kind == "parameter":
            listed = lists[-1] if lists else 0
            role = "held" if listed else _role(marks, place, stored=storing and len(lists) == 1)
            yield Sighting(token, role, listed)


_AFTER_ROWS = frozenset({"on", "returning"})


def _role(marks: list[Token], place: int, *, stored: bool) -> str:
    before = marks[place - 1].text.lower() if place else ""
    after = marks[place + 1] if place + 1 < len(marks) else Token("punctuation", ";", 0)
    alone = after.kind != "operator"
    if stored and before in {"(", ","} and alone:
        return "stored"
    if before == "=" or (after.text == "=" and place and marks[place - 1].kind != "operator"):
        return "held"
    if before in _COUNTS and alone:
        return "count"
    shaping = before in _SHAPING or (before == "and" and _ends_between(marks, place))
    return "shaping" if (shaping and alone) or (after.text in _SHAPING and before != "-") else ""


def _ends_between(marks: list[Token], place: int) -> bool:
    """Whether the value is the second of BETWEEN a AND b, the first being one token or cast."""
    near = [t.text.lower() for t in marks[max(0, place - 5) : place - 1]]
    return "between" in near and near.index("between") < len(near) - 1


def _value_of(one: Sighting, bound: dict[int, str]) -> str:
    """The literal to write for a parameter; "" to leave it."""
    value = bound.get(int(one.token.text[1:]), "NULL")
    if value == "NULL":  # a plan for NULL finds no rows and says nothing
        return ""
    if one.role == "count":
        return value.strip("'") if value.strip("'").isdigit() else ""
    return value if one.role == "shaping" else ""


def _varies(one: Sighting) -> bool:
    """Whether it looks like a value, not like one of the few words a program knows by heart."""
    return any(c.isdigit() or c == "@" for c in one.token.text)


def _changing(seen: list[Sighting], others: tuple[str, ...]) -> set[int]:
    """The places of values that are not the same in all the other texts.

    Lists may have other lengths there; what stands in them is compared as a whole.
    """
    changing: set[int] = set()
    for text in others:
        theirs = list(sightings(_marks(text)))
        if _lists(seen) != _lists(theirs):
            changing |= {place for place, one in enumerate(seen) if one.listed}
        mine = [(place, one) for place, one in enumerate(seen) if not one.listed]
        pairs = zip(mine, (o for o in theirs if not o.listed), strict=False)
        changing |= {place for (place, one), o in pairs if one.token.text != o.token.text}
    return changing


def _lists(seen: list[Sighting]) -> list[str]:
    return [one.token.text for one in seen if one.listed]
