"""Whether a request asks which service does one job, at a load that it tells."""

import re
from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.fits.judge import fits
from blueproof.advisors.fits.places import alternatives, named_places
from blueproof.advisors.services.reading import load_of
from blueproof.advisors.services.weighing import Comparison
from blueproof.core.brief import Brief
from blueproof.facts.measured import holds
from blueproof.facts.services import Job, Service, jobs_of

_KINDS = frozenset({"which", "yes-no", "how-much", "is-this-fine"})
# Words that leave the choice open, so that a service which is not named may be named to them.
_OPEN = re.compile(
    r"\b(?:something else|anything else|alternatives?|cheaper(?! than)"
    r"|other (?:option|service|provider)s?|instead|what (?:should|would|do) (?:we|i|you)"
    r"|better(?! than)|best)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:costs?|prices?|pricing|expensive|cheap(?:er|est)?|budget|afford|bill|pay|\$|spend)\b|\$",
    re.IGNORECASE,
)
# One or the other, with a question mark soon after: it asks which, however the rest is read.
_EITHER = re.compile(r"(?:\bor\b|\bvs\b|\bversus\b)[^.?!\n]{1,90}\?", re.IGNORECASE)
_REASON = re.compile(r"\bwhy\b|\bhow (?:do|does|did|can|could|to|come)\b", re.IGNORECASE)
_THAN = re.compile(r"\b(?:cheaper|better|dearer|(?:more|less) expensive) than\b", re.IGNORECASE)
_MOST_UNNAMED = 2


def compared(brief: Brief) -> Comparison | None:
    """The comparison that the request asks for; None where it asks for none that can be priced."""
    names = frozenset(place.technology for place in named_places(brief))
    kind = next((f.value for f in brief.facts if f.key == "kind"), "")
    either = _EITHER.search(brief.request) and not _REASON.search(brief.request)
    if not names or not (kind in _KINDS or either):
        return None
    made = (c for job in jobs_of(names) if (c := _compared(brief, job, names)))
    return max(made, key=lambda c: len(c.named), default=None)


def _compared(brief: Brief, job: Job, names: frozenset[str]) -> Comparison | None:
    if holds(job.apart, brief.request) or (job.about and not holds(job.about, brief.request)):
        return None
    out = {technology for fit in fits(brief) if fit.verdict == "out" for technology in fit.of}
    named = tuple(s for s in job.services if s.of & names)
    asked = _asked(brief, named)
    if not asked or (load := load_of(brief, job)) is None:
        return None
    first = Comparison(brief=brief, job=job, load=load, named=asked, services=asked)
    open_to = _OPEN.search(brief.request) or len({s.of for s in asked}) == 1 or not _fits(first)
    rest = tuple(s for s in job.services if s not in named and s.offered)
    others = rest if open_to else ()
    kept = tuple(s for s in (*asked, *others) if not s.of & out)
    compared = Comparison(brief=brief, job=job, load=load, named=asked, services=kept)
    cheap = [o.service for o in compared.held if o.service in others][:_MOST_UNNAMED]
    return Comparison(
        brief=brief,
        job=job,
        load=load,
        named=asked,
        services=tuple(s for s in kept if s in asked or s in cheap),
    )


def _fits(comparison: Comparison) -> bool:
    """Whether one of the services holds the load, within the budget where there is one."""
    most = budget_of(comparison.brief)
    return any(o.bill and (most is None or o.bill.total <= most) for o in comparison.held)


def _asked(brief: Brief, named: tuple[Service, ...]) -> tuple[Service, ...]:
    """Those between which an "or" or a "than" stands; the only one, if its price is in question."""
    for sides in alternatives(brief):
        technologies = {place.technology for side in sides for place in side}
        either = tuple(s for s in named if s.of & technologies)
        if len(either) > 1:
            return either
    if len(named) > 1 and _THAN.search(brief.request):
        return named
    if len({service.of for service in named}) == 1 and _MONEY.search(brief.request):
        return named
    return ()


def stays_with(services: tuple[Service, ...]) -> Iterator[str]:
    """The families of the services, where they have any."""
    yield from dict.fromkeys(s.family for s in services if s.family)


def budget_of(brief: Brief) -> Decimal | None:
    """What may be spent a month in US dollars, where the words tell."""
    found = (f for f in brief.facts if f.key == "budget" and f.unit in {"USD per month", "USD"})
    return next((Decimal(str(f.value)) for f in found), None)
