"""What a promise of availability allows: minutes, failed requests, and what uses them up."""

from decimal import Decimal

from blueproof.advisors.observe.signals import BURN, WINDOW, Aim, failures
from blueproof.advisors.premises.figures import per_period
from blueproof.core.brief import Brief
from blueproof.facts.load import fact
from blueproof.facts.pattern import LatePattern

MONTH = 30 * 86_400  # seconds
_LEAST, _MOST = 90.0, 100.0  # per cent between which a figure is such a promise
_USUAL = 0.999
_OF_REQUESTS = LatePattern(
    r"(?i)\b(?P<share>9\d(?:\.\d{1,3})?)\s?(?:%|percent)?\s?of (?:all |the )?(?:requests"
    r"|calls|answers)\b"
)
_WITHIN = LatePattern(
    r"(?i)\bof (?:all |the )?(?:requests|calls|answers)\b[^.;\n]{0,20}?(?:under|below|within"
    r"|in less than|<) ?"
    r"(?P<time>\d+(?:\.\d+)?\s?m?s)\b"
)
_REACTS = 5  # minutes, in which a person who was asleep has the machine open: an assumption
_RDS = frozenset({"amazon-rds", "amazon-aurora"})
_PAYMENTS = {"stripe": "Stripe", "adyen": "Adyen", "paddle": "Paddle", "mollie": "Mollie"}


def told_rate(brief: Brief) -> float:
    """Requests a second by any period that they are told per; 0 where none is.

    >>> from blueproof.intake.words.read import read_request
    >>> round(told_rate(read_request("our API takes 3.1M requests a day")), 1)
    35.9
    """
    for each in brief.facts:
        if each.key == "scale.requests" and not isinstance(each.value, str):
            per = each.unit.partition(" per ")[2]
            if per:
                return float(per_period(Decimal(str(each.value)), per, "second"))
    return 0.0


def told_goal(brief: Brief) -> float:
    """The share of the time, or of requests, that the words promise, 0 to 1; 0 where none does."""
    said = _OF_REQUESTS.search(brief.request)
    if said:
        return round(float(said["share"]) / 100, 9)
    shares = (
        float(f.value)
        for f in brief.facts
        if f.key == "scale.share" and not isinstance(f.value, str) and f.unit == "percent"
    )
    return next((round(v / 100, 9) for v in shares if _LEAST < v < _MOST), 0.0)


def minutes(goal: float) -> float:
    """Minutes of thirty days that the goal leaves.

    >>> round(minutes(0.9999), 2)
    4.32
    """
    return MONTH / 60 * (1 - goal)


def what_it_allows(aim: Aim, of: frozenset[str]) -> str:
    """What the told goal leaves, and whether the parts can keep it."""
    month = aim.rate * MONTH
    told = f"{100 * aim.goal:g} %"
    says = (
        f"{told} leaves {minutes(aim.goal):.3g} minutes in 30 days{_beside(aim)}: "
        f"at {aim.rate:,.3g} requests a second "
        f"{month * (1 - aim.goal):,.0f} of {month:,.0f} may fail, and {failures(aim):,} in "
        f"{WINDOW // 60} minutes spend that {BURN:g} times too fast."
    )
    return " ".join((_verdict(aim, of), says)) if aim.goal > _USUAL else says


def _beside(aim: Aim) -> str:
    """What the usual goal leaves, where another is told."""
    return "" if aim.goal == _USUAL else f" ({100 * _USUAL:g} % leaves {minutes(_USUAL):.3g})"


def _verdict(aim: Aim, of: frozenset[str]) -> str:
    """Why more than three nines are no promise of people who are woken."""
    left = minutes(aim.goal)
    reasons = []
    promise = fact("aws.rds-multi-az-uptime-percent")
    if of & _RDS and 100 * aim.goal > promise.value:
        reasons.append(
            f"RDS with a second zone itself is promised at {promise.value:g} % "
            f"({minutes(float(promise.value) / 100):.3g} minutes)"
        )
    if left < 2 * _REACTS:
        reasons.append(f"whoever is woken needs some {_REACTS} minutes to begin")
    outside = [name for key, name in _PAYMENTS.items() if key in of]
    if outside:
        reasons.append(f"what {outside[0]} fails must be carved out of the contract")
    if not reasons:
        return ""
    return (
        f"Do not sign {100 * aim.goal:g} %: {'; '.join(reasons)}. Promise {100 * _USUAL:g} %, and "
        "measure the higher goal for yourself."
    )


def within(brief: Brief) -> str:
    """What a promise of a time makes a failure; "" where no time is promised."""
    told = _WITHIN.search(brief.request)
    if not told:
        return ""
    return (
        f"By your SLO a request above {told['time']} is a failed one, too: count both, and "
        f"read the "
        "share from the access log, not from an average."
    )
