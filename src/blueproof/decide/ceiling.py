"""What the back end may cost in a month, as it was told, and what that is in US dollars.

Bills are in US dollars. A budget in other money is held against them at one day's published rate,
which is said: a bill within a few per cent of it is too close for that.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from blueproof.core.brief import Brief, Fact
from blueproof.facts.load import Fact as Number
from blueproof.facts.load import fact

_DOLLARS = "USD"
# The money that a rate of ours turns into US dollars.
RATES = {
    "EUR": "exchange.eur",
    "GBP": "exchange.gbp",
    "CHF": "exchange.chf",
    "SEK": "exchange.sek",
    "NOK": "exchange.nok",
    "DKK": "exchange.dkk",
    "PLN": "exchange.pln",
    "CAD": "exchange.cad",
    "AUD": "exchange.aud",
    "SGD": "exchange.sgd",
    "BRL": "exchange.brl",
    "INR": "exchange.inr",
    "JPY": "exchange.jpy",
}
_SIGNS = {"EUR": "€", "GBP": "£", _DOLLARS: "$"}
_POUNDS = "scale.pound"  # a weight, unless it is one of a month
_CAPPED = re.compile(
    r"\b(?:under|below|max(?:imum)?|at most|no more than|up to|less than|within|limit(?: of)?)\s+"
    r"(?:about\s+|around\s+)?$",
    re.IGNORECASE,
)
# What is paid already, earned, or charged to somebody else is no ceiling.
_OTHER = re.compile(
    r"\b(?:pay\w*|paid|costs?|costing|bill\w*|charg\w+|pric\w+|spen[dt]\w*|current\w*|now|invoic\w+|"
    r"fees?|subscri\w+|plans?|revenue|earn\w*|mrr|arr|salar\w+|rent\w*|each|per|sells?|sold|worth|"
    r"tickets?|saves?|saving)\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"(?:\b(?:a|per|each|every)\s+month\b|/\s?mo(?:nth)?\b|\bmonthly\b)", re.IGNORECASE
)
_MONEY = re.compile(r"[A-Z]{3}\b")
_A_YEAR = 12  # months
_MOST_WORDS = 7  # beside the sum, in a sentence that is nothing but the sum
CLOSE = 0.05  # of the ceiling, within which a rate of another day may turn it


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """The most that a month may cost: `amount` in `currency`, as said, and US dollars at `rate`.

    `rate` is None for US dollars.
    """

    amount: Decimal
    currency: str
    dollars: Decimal
    rate: Number | None


def ceiling_of(brief: Brief) -> Ceiling | None:
    """The ceiling that the words tell; None where there is none, or no rate for its money."""
    told = [f for f in brief.facts if _is_ceiling(f, brief.request)]
    found = [ceiling for f in told if (ceiling := _ceiling(f))]
    return found[-1] if found else None


def unrated(brief: Brief) -> str:
    """The budget's money, where we have no rate for it; "" otherwise."""
    told = (f for f in brief.facts if _is_ceiling(f, brief.request))
    return next((_currency(f) for f in told if _ceiling(f) is None), "")


def spoken(dollars: float, currency: str) -> str:
    """US dollars as the person counts them: "£350 ($469)".

    >>> spoken(200.0, "")
    '$200'
    """
    if not currency:
        return f"${dollars:,.0f}"
    own = Decimal(str(dollars)) / fact(RATES[currency]).value
    sign = _SIGNS.get(currency)
    told = f"{sign}{own:,.0f}" if sign else f"{own:,.0f} {currency}"
    return f"{told} (${dollars:,.0f})"


def is_money(told: Fact) -> bool:
    """Whether a budget was told in the words, with its money, not set by its name."""
    return told.key == "budget" and bool(_MONEY.match(told.unit))


def _ceiling(told: Fact) -> Ceiling | None:
    currency = _currency(told)
    amount = Decimal(str(told.value)) / (_A_YEAR if told.unit.strip().endswith("year") else 1)
    if currency == _DOLLARS:
        return Ceiling(amount=amount, currency=currency, dollars=amount, rate=None)
    if currency not in RATES:
        return None
    rate = fact(RATES[currency])
    return Ceiling(amount=amount, currency=currency, dollars=amount * rate.value, rate=rate)


def _currency(told: Fact) -> str:
    """The money of a sum."""
    if told.key == _POUNDS:
        return "GBP"
    return told.unit.partition(" ")[0]


def _is_ceiling(told: Fact, text: str) -> bool:
    """Whether the fact is what it may cost in a month."""
    if isinstance(told.value, str):
        return False
    monthly = told.unit.strip().endswith("month")
    if told.key == "budget":
        yearly = told.unit.strip().endswith("year")
        return is_money(told) and (monthly or yearly or not told.unit.partition(" ")[2])
    if told.key == _POUNDS:
        return monthly
    return (
        told.key == "scale.money"
        and told.role == "price"
        and _stands_alone(told, text, monthly=monthly)
    )


def _stands_alone(told: Fact, text: str, *, monthly: bool) -> bool:
    """Whether a sentence is nothing but the sum: "150 euros a month." or "Under $400."."""
    if not told.span:
        return False
    before = re.split(r"[.;!?\n]\s", text[: told.span[0]])[-1]
    after = re.split(r"[.;!?\n](?:\s|$)", text[told.span[1] :])[0]
    around = f"{before} {_PERIOD.sub(' ', after)}"
    short = len(around.split()) <= _MOST_WORDS and not re.search(r"\d", around)
    capped = bool(_CAPPED.search(before)) or (told.value == 0 and not before.strip())
    return short and (monthly or capped) and not _OTHER.search(around)
