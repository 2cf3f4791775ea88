"""How long the ids of a 4-byte key last, where the request tells how many are used and added."""

import math
import re
from collections.abc import Iterator

from blueproof.core.brief import Brief, Fact
from blueproof.facts.pattern import LatePattern

OF_IDS = "integer-key-runs-out"  # the entry on what is to be done
_LAST = 2_147_483_647  # of a signed integer of 4 bytes
_LEAST = 100_000_000  # a count below is not what runs out
_SMALL = LatePattern(r"\b(?:int4|int32|integer|int|serial)\b", 2)
_LARGE = LatePattern(
    r"\b(?:int8|int64|bigint|bigserial|2[.,]147|out of range|run(?:s|ning)? out)", 2
)
_ROUNDED = 0.03  # share by which a rounded count may differ from the exact one
_FEW = 10  # days, below which a part of one matters
_SECONDS = 86_400
# How far the ids are, whatever is told of rows beside: "1.93bn of 2,147,483,647".
_USED = LatePattern(
    r"(?P<of>\d[\d_]*(?:[.,]\d+)*)\s?(?P<of_unit>m|mio|million|b|bn|billion)?\s*"
    r"(?:/|(?:out )?of)\s*(?:the |max(?:imum)? |~)*2[.,]1(?:47|5)?\b"
    r"|\b(?:max\(id\)|max id|last_value|nextval|sequence|highest id|current id|ids?)\b"
    r"[^.;?!\d]{0,30}(?:\bat|\bis|\bto|\bpast|\breached|=|:)\s*(?:about |around |~)?"
    r"(?P<at>\d[\d_]*(?:[.,]\d+)*)\s?(?P<at_unit>m|mio|million|b|bn|billion)?\b"
    r"|\b(?:last[ _](?:value|id)|max[ _]id|max\(id\))[\s:=(~]{1,4}"
    r"(?P<last>\d[\d_]*(?:[.,]\d+)*)\s?(?P<last_unit>m|mio|million|b|bn|billion)?\b",
    re.IGNORECASE,
)
_UNITS = {"m": 1e6, "mio": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9}
_ROW = re.compile(r"(?:insert|row|record|entr|event|order|message)\w* per second")
_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}


def ids_left(brief: Brief) -> Iterator[str]:
    """The ids that are left and the days that they last; nothing where it is about no such key."""
    if not (_SMALL.search(brief.request) and _LARGE.search(brief.request)):
        return
    counted = [
        f for f in brief.facts if f.key.startswith("scale.") and not isinstance(f.value, str)
    ]
    used = [float(f.value) for f in counted if not _period(f) and _LEAST <= float(f.value) < _LAST]
    added = [float(f.value) / _DAYS[_period(f)] for f in counted if _period(f)]
    added = added or [float(f.value) * _SECONDS for f in counted if _ROW.match(f.unit)]
    reached = _reached(brief.request)
    added = [a for a in added if a != reached]
    if not (used or reached) or len(set(added)) > 1:
        return
    # Of rows and ids the most: a row has an id, and those of deleted rows are used as well.
    most = _exactly(reached or max(used), used)
    left = _LAST - most
    told = f"2,147,483,647 - {most:,.0f} leaves {left:,.0f} ids"
    if not added:
        yield told
        return
    days = left / added[0]
    last = f"{math.floor(days):,} days" if days >= _FEW else f"{days:.1f} days"
    yield f"{told}: at {added[0]:,.0f} a day they last {last}"


def _exactly(number: float, counted: list[float]) -> float:
    """The count that the number is a rounding of, such as 1,912,334,001 for "1.9 billion"."""
    near = (c for c in counted if abs(c - number) <= _ROUNDED * number)
    return max((number, *near), key=lambda c: len(f"{c:.0f}".rstrip("0")))


def _reached(request: str) -> float:
    """The id that was last given, where the words tell it as that; else 0."""
    for found in _USED.finditer(request):
        written = (found["of"] or found["at"] or found["last"]).replace("_", "")
        told = found["of_unit"] or found["at_unit"] or found["last_unit"] or ""
        unit = _UNITS.get(told.lower(), 1)
        whole = re.sub(r"[,.](?=\d{3}(?:\D|$))", "", written)
        number = float((whole if unit == 1 else written).replace(",", "."))
        if _LEAST <= number * unit < _LAST:
            return number * unit
    return 0.0


def _period(fact: Fact) -> str:
    """What the count is told per, where that is a time and it counts no bytes or money."""
    unit, _, per = fact.unit.partition(" per ")
    return per if per in _DAYS and not unit.isupper() else ""
