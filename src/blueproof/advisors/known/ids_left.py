"""How long the ids of a 4-byte key last, where the request tells how many are used and added."""

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
_FEW = 10  # days, below which a part of one matters
_SECONDS = 86_400
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
    if not used or len(set(added)) > 1:
        return
    most = max(used)  # of rows and ids: a row has an id, and those of deleted rows are used as well
    left = _LAST - most
    told = f"2,147,483,647 - {most:,.0f} leaves {left:,.0f} ids"
    if not added:
        yield told
        return
    days = left / added[0]
    last = f"{days:,.0f} days" if days >= _FEW else f"{days:.1f} days"
    yield f"{told}: at {added[0]:,.0f} a day they last {last}"


def _period(fact: Fact) -> str:
    """What the count is told per, where that is a time and it counts no bytes or money."""
    unit, _, per = fact.unit.partition(" per ")
    return per if per in _DAYS and not unit.isupper() else ""
