"""What a bill shall come to, and whether steps reach it: the sum, step by step."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from blueproof.advisors.bill.told import goal

_PERCENT = re.compile(
    r"\b(?:cut\w*|reduc\w*|sav(?:e|es|ing)\b|lower\w*|slash\w*|trim\w*|shav\w+|drop|shrink|less by"
    r"|(?:want\w*|need\w*|get|bring|wish\w*|must|should)\b[^.?!\n%]{0,30}\bdown)\b"
    r"[^.?!\n\d%]{0,32}(?P<share>\d{1,2})\s?(?:%|percent\b|pct\b)",
    re.IGNORECASE,
)
_PERCENT_LESS = re.compile(
    r"(?<![\d.])(?P<share>\d{1,2})\s?(?:%|percent|pct)\s+(?:cheaper|less|lower|off|reduction|savings?"
    r"|cut|smaller)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:(?P<half>halv(?:e|ing)|(?:in|by) half|half (?:of )?(?:the|our|my|that|this) (?:bill"
    r"|cost)s?"
    r"|cut it in half)|by (?:a |one )(?P<third>third)|by (?:a |one )(?P<quarter>quarter))\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\b(?:get|bring|cut|want\w*|need\w*|be|go|keep|reduce|budget|stay|down)\b[^.?!\n\d]{0,36}?"
    r"\b(?:under|below|less than|down to|at most|to)\s+(?:about |around |~|like )?"
    r"[$€£]?(?P<sum>\d[\d,]*(?:\.\d+)?k?)(?![\w%])"
    r"(?!\s?(?:users?|mau|people|gb|tb|mb|ms|s\b|sec|min|hours?|days?|years?|rows?|reads?|writes?"
    r"|hosts?|requests?|devs?|seats?|vcpus?|times|x\b|instances?|zones?|am\b|pm\b))",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"\b(?:pay|spend|be|want|cost|max(?:imum)?|budget)\b[^.?!\n\d$€£]{0,24}[$€£]?"
    r"(?P<sum>\d[\d,]*(?:\.\d+)?k?)(?![\w%])(?:\s?(?:bucks|dollars|usd|eur|a month|/mo))*"
    r"\s+(?:at most|max(?:imum)?|tops|or less)\b"
    r"|\bmax(?:imum)?(?: of)? [$€£]?(?P<most>\d[\d,]*k?)(?![\w%])(?!\s?(?:users?|gb|tb|ms|cpu"
    r"|hours?|days?))",
    re.IGNORECASE,
)
_LEAST, _MOST = Decimal("0.05"), Decimal("0.99")  # of a bill, between which a bare figure aims
_NEARLY = Decimal("0.03")  # of a bill, within which an aim is all but reached
_THOUSAND = 1000


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What shall be left of a bill a month, and how the words put it: "40% less"."""

    left: Decimal
    said: str
    is_sum: bool = False


def aim_of(request: str, total: Decimal) -> Aim | None:
    """What a request wants a bill of this total to come to; None where it names nothing.

    >>> aim_of("CFO wants AWS down 40% by Q1", Decimal(5000)).left
    Decimal('3000.00')
    >>> aim_of("The CPU is at 11%", Decimal(9)) is None
    True
    """
    share = _PERCENT.search(request) or _PERCENT_LESS.search(request)
    if share and int(share["share"]):
        less = Decimal(share["share"])
        return Aim(
            left=total * (1 - less / 100).quantize(Decimal("0.1") ** 2), said=f"{less}% less"
        )
    told = goal(request)
    if told is None:
        told = _bare(request, total)
    if told is not None:
        return Aim(left=told, said=f"{told:,.0f}", is_sum=True)
    part = _PART.search(request)
    if part is None:
        return None
    if part["half"]:
        return Aim(left=total / 2, said="half")
    third = bool(part["third"])
    return Aim(
        left=total - total / (3 if third else 4), said="a third less" if third else "a quarter less"
    )


def _bare(request: str, total: Decimal) -> Decimal | None:
    """An aim without a sign of money: "get it under 250"."""
    for found in (*_BARE.finditer(request), *_AT_MOST.finditer(request)):
        digits = (found["sum"] or found.groupdict().get("most") or "").lower()
        try:
            value = Decimal(digits.rstrip("k").replace(",", ""))
        except InvalidOperation:
            continue
        value *= _THOUSAND if digits.endswith("k") else 1
        if total * _LEAST <= value <= total * _MOST:
            return value
    return None


def course(aim: Aim, total: Decimal, steps: Sequence[tuple[str, Decimal]], sign: str = "$") -> str:
    """Whether the steps, the largest first, reach the aim: each with its saving, in one sum.

    >>> course(Aim(left=Decimal(60), said="40% less"), Decimal(100), (("a", Decimal(45)),))
    '40% less is $60, $40 to save. Reached at best: a -$45 = $55.'
    """
    to_save = total - aim.left
    if to_save <= 0:
        return f"You are at {sign}{total:,.0f}, so {aim.said} is reached already."
    if aim.is_sum:
        begin = f"{sign}{aim.left:,.0f} means {sign}{to_save:,.0f} to save. "
    else:
        begin = f"{aim.said[:1].upper()}{aim.said[1:]} is {sign}{aim.left:,.0f}, "
        begin += f"{sign}{to_save:,.0f} to save. "
    taken, left = [], total
    for name, saving in steps:
        if left <= aim.left:
            break
        if saving > 0:
            taken.append(f"{name} -{sign}{saving:,.0f}")
            left -= saving
    if not taken:
        return f"{begin}Missed: no line has a step whose saving I know."
    summed = f"{', '.join(taken)} = {sign}{left:,.0f}"
    if left <= aim.left:
        return f"{begin}Reached at best: {summed}."
    verdict = "All but reached" if left - aim.left <= total * _NEARLY else "Missed"
    return f"{begin}{verdict}: {summed} at best, {sign}{left - aim.left:,.0f} short."
