"""What a person says that they pay for a product, and what they paid before it rose."""

import re
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.fits.figures import sentence_at
from blueproof.advisors.premises.figures import per_period
from blueproof.core.brief import Brief, Fact
from blueproof.facts.load import fact as known

_BILLED = re.compile(
    r"\b(?:bills?|billed|invoices?|charged (?:us|me)|costs? (?:us|me)|costing (?:us|me)|overage"
    r"|we(?:'re| are)? (?:pay(?:ing)?|spend(?:ing)?))\b",
    re.IGNORECASE,
)
# Words that make it a bill only where the product is named beside them.
_MAYBE = re.compile(
    r"\b(?:charg(?:ed|es|ing)|costs?|costing|pay(?:ing|s)?|spend(?:ing)?|went (?:up|from)|jumped"
    r"|rose|climbed|doubled|tripled|is|hit|up (?:to|from)|(?:this|last|a|per) month|monthly)\b"
    r"|/mo|:\s*[$€£]",
    re.IGNORECASE,
)
# What is no bill of theirs: income, a wish, a quote, a price of one unit, what others pay.
_NO_BILL = re.compile(
    r"\b(?:makes?|we charge|earn\w*|revenue|income|profit|mrr|arr|sales|funding|raised"
    r"|budget of|salary|quot\w+|would cost|will cost|could cost|want to (?:pay|spend)"
    r"|(?:people|users|customers|they) pay|(?:we|i) (?:invoice|bill|charge)|subscription of|worth"
    r"|per (?:1,?000|100k|million|gb|seat|user))\b",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"(?:\bfrom|\bwas(?: only| about)?|\bused to be|\bused to cost|\bbefore(?: it was)?"
    r"|\binstead of|\bup from|\bwere)\s*(?:~|about |around )?$",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(
    r"^\s*(?:a month |/mo(?:nth)? )?(?:in|last) (?:spring|summer|autumn|fall|winter|year"
    r"|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*)\b.*\bnow\b",
    re.IGNORECASE,
)
_BARE_FORMER = re.compile(
    r"\b(?:was|used to be|up from)\s+(?:only |about |around )?\$?(?P<sum>\d[\d,]*(?:\.\d+)?)"
    r"(?![\d%]|\s?(?:gb|tb|k|m|million|%|s\b|ms|users?|reads?))",
    re.IGNORECASE,
)
_ON_TOP = re.compile(
    r"\bon top\b|\boverage\b|\bextra\b|\bbesides? the plan\b|\balone\b|\bmost of it\b|\bof our\b"
    r"|\bof the \w+ bill\b",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:expect\w*|hop(?:e|ed|ing)|plann?ed|assumed|estimated|budgeted|under|below|than"
    r"|down to)\b"
    r"[^.,;$€£\d]{0,14}$"
    r"|\bof (?:our|the|my|a|its) (?:total |whole |monthly )?[~$€£]?$",  # it is a part of that sum
    re.IGNORECASE,
)
_REACH = 24  # characters before a sum that say whether it is the former one
_WISH = 32  # characters before a sum that say that it is a wish or an estimate
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True, kw_only=True)
class Paid:
    """A month's bill in US dollars: now and, where it is told, before; `sentence` tells it.

    `at` is where the sum stands, `surely` whether it is told as a bill whatever stands beside it.
    `on_top` is whether it leaves out the plan's fee; `rate` is US dollars for the currency told.
    """

    now: Decimal
    before: Decimal | None
    sentence: str
    at: int
    surely: bool
    on_top: bool
    currency: str
    rate: Decimal


def paid_in(brief: Brief) -> Paid | None:
    """The bill that the words tell; None where they tell none, or one that fell."""
    sums = [f for f in brief.facts if _is_sum(f) and _is_billed(brief, f)]
    if not sums:
        return None
    former = [f for f in sums if _is_former(brief, f)]
    current = [f for f in sums if f not in former] or sums
    latest = max(current, key=_month)
    now, rate = _month(latest), _rate(latest)
    before = min((_month(f) for f in sums if f is not latest), default=None)
    sentence = _sentence(brief, latest)
    if before is None:
        bare = _BARE_FORMER.search(brief.request)
        before = Decimal(bare["sum"].replace(",", "")) * rate if bare else None
    if before is not None and before >= now:
        return None
    return Paid(
        now=now,
        before=before,
        sentence=sentence,
        at=latest.span[0] if latest.span else 0,
        surely=bool(_BILLED.search(sentence)),
        on_top=bool(_ON_TOP.search(sentence)),
        currency=latest.unit.split()[0],
        rate=rate,
    )


def _is_sum(fact: Fact) -> bool:
    money = fact.key in {"scale.money", "budget"}
    unit, _, per = fact.unit.partition(" per ")
    in_dollars = unit in _SIGNS and per in {"", "month", "day", "week", "year"}
    return money and bool(fact.span) and not isinstance(fact.value, str) and in_dollars


def _is_billed(brief: Brief, fact: Fact) -> bool:
    said = _sentence(brief, fact)
    billed = _BILLED.search(said) or _MAYBE.search(said)
    if fact.span and _WISHED.search(brief.request[: fact.span[0]][-_WISH:]):
        return False
    return bool(billed) and not _NO_BILL.search(said)


def _sentence(brief: Brief, fact: Fact) -> str:
    assert fact.span is not None
    begin, end = sentence_at(brief.request, fact.span[0])
    return brief.request[begin:end]


def _is_former(brief: Brief, fact: Fact) -> bool:
    assert fact.span is not None
    begin, end = sentence_at(brief.request, fact.span[0])
    before = brief.request[max(begin, fact.span[0] - _REACH) : fact.span[0]]
    return bool(_FORMER.search(before) or _LONG_AGO.search(brief.request[fact.span[1] : end]))


def _month(fact: Fact) -> Decimal:
    per = fact.unit.partition(" per ")[2]
    value = Decimal(str(fact.value)) * _rate(fact)
    return per_period(value, per, "month") if per else value


def _rate(fact: Fact) -> Decimal:
    currency = fact.unit.split()[0]
    return Decimal(1) if currency == "USD" else known(f"exchange.{currency.lower()}").value
