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
    r"\b(?:something else|anything else|alternatives?|cheaper|other (?:option|service|provider)s?"
    r"|instead|what (?:should|would|do) (?:we|i|you)|better|best)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:costs?|prices?|pricing|expensive|cheap(?:er|est)?|budget|afford|bill|pay|\$|spend)\b|\$",
    re.IGNORECASE,
)
_MOST_UNNAMED = 2


def compared(brief: Brief) -> Comparison | None:
    """The comparison that the request asks for; None where it asks for none that can be priced."""
    names = frozenset(place.technology for place in named_places(brief))
    kind = next((f.value for f in brief.facts if f.key == "kind"), "")
    if not names or kind not in _KINDS:
        return None
    made = (c for job in jobs_of(names) if (c := _compared(brief, job, names)))
    return max(made, key=lambda c: len(c.named), default=None)


def _compared(brief: Brief, job: Job, names: frozenset[str]) -> Comparison | None:
    if holds(job.apart, brief.request):
        return None
    out = {technology for fit in fits(brief) if fit.verdict == "out" for technology in fit.of}
    named = tuple(s for s in job.services if s.of & names)
    asked = _asked(brief, named)
    if not asked or (load := load_of(brief, job)) is None:
        return None
    open_to = _OPEN.search(brief.request) or _of_one(asked)
    others = tuple(s for s in job.services if s not in named) if open_to else ()
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


def _asked(brief: Brief, named: tuple[Service, ...]) -> tuple[Service, ...]:
    """The services between which an "or" stands; those of one alone, where its price is asked."""
    for sides in alternatives(brief):
        technologies = {place.technology for side in sides for place in side}
        either = tuple(s for s in named if s.of & technologies)
        if len(either) > 1:
            return either
    if _of_one(named) and _MONEY.search(brief.request):
        return named
    return ()


def _of_one(services: tuple[Service, ...]) -> bool:
    """Whether they are ways to use one technology ("S3 alone", "S3 behind CloudFront")."""
    return bool(services) and bool(frozenset.intersection(*(s.of for s in services)))


def stays_with(services: tuple[Service, ...]) -> Iterator[str]:
    """The families of the services, where they have any."""
    yield from dict.fromkeys(s.family for s in services if s.family)


def budget_of(brief: Brief) -> Decimal | None:
    """What may be spent a month in US dollars, where the words tell."""
    found = (f for f in brief.facts if f.key == "budget" and f.unit in {"USD per month", "USD"})
    return next((Decimal(str(f.value)) for f in found), None)
