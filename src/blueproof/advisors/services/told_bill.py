"""A bill that is paid today beside what the same would cost by the load as it was read.

Where they are far apart the load was read wrongly, so no bill is worth comparing.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.fits.figures import sentence_at
from blueproof.advisors.services.weighing import Comparison, Offer
from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

_FAR = Decimal(3)  # times, from which a difference is no matter of discounts and overhead
_PAID = LatePattern(
    r"\b(?:pay(?:ing|s)?|spend(?:ing|s)?|bills?|billed|invoiced?|costs? (?:us|me)|costing (?:us|me)"
    r"|charges? (?:us|me))\b",
    re.IGNORECASE,
)
_NOT_PAID = LatePattern(
    r"\b(?:quot\w+|offer\w*|budget|would|could|wants?|plan(?:s|ned)? to|limit|at most|under|below"
    r"|expect\w*|estimat\w+|list price|want to|willing)\b",
    re.IGNORECASE,
)
_OUR_OWN = LatePattern(
    r"\b(?:our|my)(?: own)?(?: \w+){0,2} (?:servers?|brokers?|instances?|cluster)\b"
    r"|\bself[- ]?host\w*",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Apart:
    """What is paid a month, what the same costs by the load as read, and how far apart they are."""

    paid: Decimal
    offer: Offer
    reckoned: Decimal

    @property
    def says(self) -> str:
        """How far apart they are, in words."""
        more = self.reckoned > self.paid
        times = max(self.reckoned, self.paid) / max(min(self.reckoned, self.paid), Decimal(1))
        return f"{times:,.0f} times {'more' if more else 'less'}"


def apart(comparison: Comparison) -> Apart | None:
    """Where the bill that is paid contradicts the load as it was read; None where it does not.

    Of what is in use either way counts; of another service only that the cheapest is far dearer.
    """
    paid = _paid(comparison.brief)
    if paid is None or not comparison.held:
        return None
    used = next((o for o in comparison.held if o.service.of & paid.of), None) or next(
        (o for o in comparison.held if _is_in_use(o, comparison.brief)), None
    )
    offer = used or min(comparison.held, key=_total)
    reckoned = _total(offer)
    less = used is not None and paid.usd > _FAR * max(reckoned, Decimal(1))
    far = less or reckoned > _FAR * paid.usd
    return Apart(paid=paid.usd, offer=offer, reckoned=reckoned) if far else None


@dataclass(frozen=True, kw_only=True)
class _Paid:
    """US dollars a month that are paid today, and the technologies that the same sentence names."""

    usd: Decimal
    of: frozenset[str]


def _paid(brief: Brief) -> _Paid | None:
    """What the words say is paid today; None where they say of none."""
    for fact in brief.facts:
        if fact.key != "scale.money" or fact.unit != "USD per month" or not fact.span:
            continue
        begin, end = sentence_at(brief.request, fact.span[0])
        sentence = brief.request[begin:end]
        if _PAID.search(sentence) and not _NOT_PAID.search(sentence):
            return _Paid(usd=Decimal(str(fact.value)), of=_named(sentence, brief))
    return None


def _named(sentence: str, brief: Brief) -> frozenset[str]:
    named = (f for f in brief.facts if f.key == "technology" and f.quote)
    return frozenset(
        str(f.value) for f in named if re.search(rf"\b{re.escape(f.quote)}\b", sentence)
    )


def _is_in_use(offer: Offer, brief: Brief) -> bool:
    current = {f.value for f in brief.facts if f.key == "technology" and f.role == "current"}
    return bool(offer.service.of & current) or (
        offer.service.own and bool(_OUR_OWN.search(brief.request))
    )


def _total(offer: Offer) -> Decimal:
    assert offer.bill is not None
    return offer.bill.total
