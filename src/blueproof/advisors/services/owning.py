"""Whether a request asks which service does one job, at a load that it tells."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from blueproof.advisors.fits.figures import sentence_at
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
# Words that ask for others than the only one that is named.
_ELSE = re.compile(r"\bor (?:something|anything) else\b|\balternatives?\b", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:\+|&|and|plus|with|into)\s*(?:(?:aws|amazon) )?", re.IGNORECASE)
# One or the other, with a question mark soon after: it asks which, however the rest is read.
_EITHER = re.compile(r"(?:\bor\b|\bvs\b|\bversus\b)[^.?!\n]{1,170}\?", re.IGNORECASE)
# Each a question of its own: "SES? Resend? Postmark?"
_APART = re.compile(r"\?\s+[A-Z][\w.]*(?: ?[+&/] ?[\w.]+| [\w.]+){0,3}\s?\?")
_REASON = re.compile(r"\bwhy\b|\bhow (?:do|does|did|can|could|to|come)\b", re.IGNORECASE)
_THAN = re.compile(r"\b(?:cheaper|better|dearer|(?:more|less) expensive) than\b", re.IGNORECASE)
# To run it oneself is a must.
_OWN_ONLY = frozenset({"self-hosted", "on-premises", "air-gapped"})
_MOST_UNNAMED = 2
_FEW = 40  # words, in which one thing is asked


def compared(brief: Brief) -> Comparison | None:
    """The comparison that the request asks for; None where it asks for none that can be priced."""
    names = frozenset(place.technology for place in named_places(brief))
    kind = next((f.value for f in brief.facts if f.key == "kind"), "")
    put = _EITHER.search(brief.request) or _APART.search(brief.request)
    either = put and not _REASON.search(brief.request)
    if not names or not (kind in _KINDS or either):
        return None
    made = [c for job in jobs_of(names) if (c := _compared(brief, job, names))]
    if not made:
        return None
    first, *others = sorted(made, key=lambda c: _weight(brief, c), reverse=True)
    return replace(first, beside=next((c for c in others if _are_joined(brief, first, c)), None))


def _are_joined(brief: Brief, one: Comparison, other: Comparison) -> bool:
    """Whether the request names a service of each side by side ("IoT Core + Timestream")."""
    ours, theirs = ({t for s in c.named for t in s.of} for c in (one, other))
    return any(
        {a.technology, b.technology} & ours
        and {a.technology, b.technology} & theirs
        and _JOINED.fullmatch(brief.request[a.start + len(a.name) : b.start])
        for a, b in pairwise(named_places(brief))
    )


def _weight(brief: Brief, found: Comparison) -> tuple[int, int, int]:
    """How much a request asks for this job: what it names of it, tells of it, how early."""
    of = frozenset().union(*(s.of for s in found.named))
    starts = [place.start for place in named_places(brief) if place.technology in of]
    return len(starts), len(found.load.told), -min(starts)


def _compared(brief: Brief, job: Job, names: frozenset[str]) -> Comparison | None:
    if holds(job.apart, brief.request) or (job.about and not holds(job.about, brief.request)):
        return None
    out = {technology for fit in fits(brief) if fit.verdict == "out" for technology in fit.of}
    fitting = (s for s in job.services if not s.only or holds(s.only, brief.request))
    services = tuple(_as_asked(s, brief) for s in fitting)
    named = tuple(s for s in services if s.of & names)
    asked = _asked(brief, named, names)
    if not asked or (load := load_of(brief, job)) is None:
        return None
    first = Comparison(brief=brief, job=job, load=load, named=asked, services=asked)
    shut = any(s.closed for s in asked) or not _fits(first)
    open_to = shut or _OPEN.search(brief.request) or _is_one(asked, names)
    others = tuple(s for s in services if s.offered and s not in named) if open_to else ()
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


def _as_asked(service: Service, brief: Brief) -> Service:
    """The service, out where the words ask for what it lacks."""
    lack = next((each for each in service.lacks if holds(each.words, brief.request)), None)
    if lack:
        return replace(service, closed=lack.says)
    theirs = not (service.own or service.yours or _is_on_own_cloud(service, brief))
    if theirs and any(f.key == "constraint" and f.value in _OWN_ONLY for f in brief.facts):
        return replace(service, closed="you must run it yourself, and it runs at its vendor")
    return service


def _is_on_own_cloud(service: Service, brief: Brief) -> bool:
    """Whether it is of the cloud in which the person's own servers are."""
    return bool(service.family) and any(
        f.key == "technology" and f.value == service.family and f.role == "current"
        for f in brief.facts
    )


def _asked(brief: Brief, named: tuple[Service, ...], names: frozenset[str]) -> tuple[Service, ...]:
    """Those between which an "or" or "than" stands; those of one, if its price is in question.

    None where an "or" puts one of them against something that has no price here.
    """
    against = False
    for sides in alternatives(brief):
        each = [{place.technology for place in side} for side in sides]
        priced = sum(any(s.of & side for s in named) for side in each)
        if priced > 1:
            sides_of = frozenset().union(*each, _options(brief))
            either = tuple(s for s in named if s.of & sides_of)
            return either if len(either) > 1 else ()
        against = against or priced == 1
    if against:
        return ()
    text = brief.request
    if len(named) > 1 and _THAN.search(text):
        return named
    if _is_one(named, names) and (_is_priced(brief, named) or _ELSE.search(text)):
        return named
    return ()


def _is_priced(brief: Brief, named: tuple[Service, ...]) -> bool:
    """Whether the price of these is in question: money near them, or in a message of few words.

    A tale that names what runs already, tells a bill and asks for something else asks no price.
    """
    if len(brief.request.split()) <= _FEW:
        return bool(_MONEY.search(brief.request))
    of = frozenset().union(*(s.of for s in named))
    starts = {f.span[0] for f in brief.facts if f.value in of and f.span and f.key == "technology"}
    sentences = {sentence_at(brief.request, start) for start in starts}
    return any(_MONEY.search(brief.request[begin:end]) for begin, end in sentences)


def _options(brief: Brief) -> frozenset[str]:
    """What the words put to the choice, wherever they name it: "(or Typesense, Algolia?)"."""
    named = (place for place in named_places(brief) if "option" in place.roles)
    return frozenset(place.technology for place in named)


def _is_one(named: tuple[Service, ...], names: frozenset[str]) -> bool:
    """Whether one name of the request stands for all these services."""
    return bool(named) and bool(names.intersection(*(s.of for s in named)))


def budget_of(brief: Brief) -> Decimal | None:
    """What may be spent a month in US dollars, where the words tell."""
    found = (f for f in brief.facts if f.key == "budget" and f.unit in {"USD per month", "USD"})
    return next((Decimal(str(f.value)) for f in found), None)
