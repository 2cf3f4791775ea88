"""What a person says beside a bill: its total, what it shall come to, and what must stay."""

import re
from decimal import Decimal, InvalidOperation

from blueproof.facts.pattern import LatePattern

_SUM = r"(?:[$€£]\s?(?P<before>\d[\d,.]*\d|\d)|(?P<after>\d[\d,.]*)\s?(?:USD|EUR|GBP|€|\$)(?!\w))"
_TOTAL = LatePattern(
    rf"\b(?:total(?:s|ling)?|in all|altogether)\b[^\d$€£\n.]{{0,14}}{_SUM}", re.IGNORECASE
)
_GOAL = LatePattern(
    rf"\b(?:under|below|less than|down to|at most|no more than|cap of|budget(?: is| of)?)\s+"
    rf"(?:about |around |~)?{_SUM}",
    re.IGNORECASE,
)
_KEPT = LatePattern(
    r"\b(?:without (?:losing|giving up|dropping|removing|touching|turning off|disabling)"
    r"|keep(?:ing)?|must (?:keep|have)"
    r"|(?:can'?t|cannot|won'?t|not) (?:lose|drop|give up|touch|turn off))\s+"
    r"(?P<what>[^.?!;\n]{2,60})"
    r"|(?P<subject>[^.?!;,\n]{2,40}?)\s+(?:must|has to|have to|needs to) stay\b",
    re.IGNORECASE,
)


_CENTS = (1, 2)  # digits behind a decimal comma


def stated_total(request: str) -> Decimal | None:
    """The total that the words name.

    >>> stated_total("NAT $612, RDS $790, total $2,116."), stated_total("NAT $612")
    (Decimal('2116'), None)
    >>> stated_total("Total    2.035,26 €")
    Decimal('2035.26')
    """
    return _amount(_TOTAL.search(request))


def goal(request: str) -> Decimal | None:
    """What the bill shall come to at most.

    >>> goal("We need to get under $1,200 without losing Multi-AZ.")
    Decimal('1200')
    """
    return _amount(_GOAL.search(request))


def kept(request: str) -> tuple[str, ...]:
    """What must not be given up, in the person's words, in small letters.

    >>> kept("Get it under $1,200 without losing Multi-AZ. The backups must stay.")
    ('multi-az', 'the backups')
    """
    found = _KEPT.finditer(request)
    return tuple((m["what"] or m["subject"]).strip().lower() for m in found)


def _amount(found: re.Match[str] | None) -> Decimal | None:
    if found is None:
        return None
    digits = (found["before"] or found["after"]).rstrip(".,")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point and len(digits) - comma - 1 in _CENTS:  # 2.035,26
        digits = digits.replace(".", "").replace(",", ".")
    try:
        return Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return None
