"""Whether a request tells the quantities of a product's bill, and asks what they come to."""

import re
from decimal import Decimal

from blueproof.advisors.metered.paid import Paid, paid_in
from blueproof.advisors.metered.reckoning import affirmed
from blueproof.advisors.tally.reading import Counted, counted, figures_of
from blueproof.advisors.tally.reckoning import Tallied
from blueproof.core.brief import Brief
from blueproof.decide.reading import needs_of
from blueproof.facts.measured import holds
from blueproof.facts.tallies import Tally, tallies

_OF_MONEY = re.compile(
    r"\b(?:bills?|billed|billing|invoices?|cost\w*|pay(?:ing)?|pric(?:e|es|ing)|charg(?:e|ed|es)"
    r"|expensive|cheaper|overage|bucks|dollars|spend\w*)\b"
    r"|\bhow much (?:is|are|for|would|will|do|a month)\b|\bhow much ?\?|[$€£]",
    re.IGNORECASE,
)
# What is asked is a bill to come, so that a sum that is told is no bill of these quantities.
_FUTURE = re.compile(
    r"\b(?:would|will|gonna|going to) [^.?!\n]{0,30}\b(?:cost|pay|be (?:charged|billed))\b"
    r"|\bwhat (?:will|would) (?:the|my|our) (?:bill|invoice)\b|\bcost (?:us|me)? ?(?:at|if|when"
    r"|with)\b",
    re.IGNORECASE,
)
_BILLED = re.compile(
    r"\b(?:billed|charged|invoiced)(?: us| me)?(?: for)? (?:about |around |~)?"
    r"(?P<sum>\d[\d,]*(?:\.\d+)?)(?![\w%])(?!\s?(?:gb|tb|users|hosts|reads|times|minutes))",
    re.IGNORECASE,
)
# The price of one quantity is asked for, which needs no second figure to be held against.
_PRICE = re.compile(
    r"\b(?:how much|what)\b[^.?!\n]{0,90}\b(?:costs?|price|bill|pay)\b"
    r"|\bhow much (?:is|are|for|a month)\b|\bprice (?:of|for|difference)\b|\bcosts? of\b"
    r"|\bcosts?\s*\?|\bhow much\s*\?",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d[\d.,]*")
_ASKS = re.compile(
    r"\?|\b(?:how|why|what|cut|halve|reduc\w+|lower|save|explain|worth|cheaper|should|can i"
    r"|can we)\b",
    re.IGNORECASE,
)


def may_tally(brief: Brief) -> bool:
    """Whether it is worth reading the price lists: money is spoken of, and no lines are pasted."""
    keys = {f.key for f in brief.facts}
    figures = len(_FIGURE.findall(brief.request))
    if not figures or (figures == 1 and not _PRICE.search(brief.request)):
        return False  # a sum is held against quantities
    asks = _OF_MONEY.search(brief.request) and _ASKS.search(brief.request)
    return bool(asks) and "bill" not in keys and not brief.documents and "technology" in keys


def tallied(brief: Brief) -> Tallied | None:
    """The bill of the product that most quantities are told of; None where too few are."""
    if not may_tally(brief):
        return None
    named = {str(f.value) for f in brief.facts if f.key == "technology"}
    options = set(needs_of(brief).options)
    paid = None if _FUTURE.search(brief.request) else paid_in(brief) or _bare(brief.request)
    found = [
        made
        for each in tallies()
        if each.of & named and not options - each.of
        for made in [_tallied(brief, each, paid)]
        if made is not None
    ]
    return max(found, key=lambda each: (each.told, len(each.ranked)), default=None)


def _tallied(brief: Brief, tally: Tally, paid: Paid | None) -> Tallied | None:
    request = brief.request
    said = affirmed(request)
    if (tally.words and not holds(tally.words, said)) or holds(tally.unless, said):
        return None
    known = figures_of(tally.figures, request) | _users(tally, request)
    lines: dict[str, Counted] = {}
    for line in tally.lines:
        read = counted(line, request, known)
        if read is not None and read.quantity > 0:
            lines.setdefault(line.item, read)
            known |= {line.key: read.quantity} if line.key else {}
    told = [each for each in lines.values() if each.quote]
    if len(told) < tally.least:
        return None
    made = Tallied(request=request, tally=tally, lines=tuple(lines.values()), paid=paid)
    enough = paid is not None or len(told) > 1 or tally.alone
    return made if made.ranked and enough else None


def _bare(request: str) -> Paid | None:
    """A bill without a sign of money: "they billed us 4,100"."""
    found = _BILLED.search(request)
    if found is None:
        return None
    return Paid(
        now=Decimal(found["sum"].replace(",", "")),
        before=None,
        sentence=found[0],
        at=found.start(),
        surely=True,
        on_top=False,
        currency="USD",
        rate=Decimal(1),
    )


def _users(tally: Tally, request: str) -> dict[str, Decimal]:
    """The monthly users that the words tell, for what is told of each of them."""
    for line in tally.lines:
        if line.unit == "monthly users":
            read = counted(line, request, {})
            return {"users": read.quantity} if read else {}
    return {}
