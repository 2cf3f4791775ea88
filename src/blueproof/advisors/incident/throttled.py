"""Calls of somebody else's API that are refused above a rate: whether what comes fits below it."""

import re

from blueproof.advisors.incident.figures import plain, rates
from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words

_REFUSED = words(r"\b429s?\b|\btoo many requests\b|\brate[- ]?limit\w*|\bthrottl\w+")
_LIMIT = re.compile(r"\b(?:limit\w*|max\w*|allow\w*|quota|bucket|up to)\b", re.IGNORECASE)
_HOOK = words(r"\bwebhooks?\b")
_OURS = words(
    r"\b(?:our|my) (?:own )?(?:api|rate limit)|\bwe (?:rate )?limit\b|\blambda\b|\bdynamo"
)
_FITS = 0.8  # of the limit, up to which a queue before it stays short


_CAUSES = (
    Cause(
        cause="Calls come in bursts above the limit",
        look="your calls a second to that API (count them where they are made), beside its "
        "429 answers and its Retry-After",
        shows="429 only in seconds above the limit",
    ),
    Cause(
        cause="Several processes or jobs share the limit and know nothing of each other",
        look="the same count by process",
        shows="each below the limit, all together above",
    ),
)
_NOW = (
    now(
        "Save the event under its id (PRIMARY KEY, ON CONFLICT DO NOTHING), answer 200, "
        "and let one worker fetch the details with one limiter for all processes; on 429 "
        "wait as long as Retry-After says, with jitter, and try that job again",
        "no 500 to the sender, no 429 for an hour, each id once",
        "the old handler",
    ),
    now(
        "Fetch what is missing now: list the last days from the API page by page at half "
        "the limit, and insert what has no row",
        "as many rows as the API lists for each day",
    ),
)
_LATER = (
    later(
        "Reconcile every night (a list against the table) and alarm on the age of the oldest job "
        "above 10 minutes: no sender retries for ever"
    ),
)
_SOURCES = (
    source(
        "https://developer.mozilla.org/docs/Web/HTTP/Status/429",
        "429 means too many requests in a time; the answer may say with Retry-After how "
        "long to wait",
    ),
)
_REPLIES = (
    Reply(
        to=words(r"\b(?:more|add\w*|scale)\b[^?]{0,30}\b(?:workers?|pods?|instances?)"),
        says="No: the limit is theirs, and more of yours meet it sooner.",
    ),
)


def throttled(text: str) -> Trouble | None:
    """The trouble of a limit that is met; None where the limit and what comes are not told."""
    if not _REFUSED.search(text) or _OURS.search(text):
        return None
    told = rates(text)
    limits = [r for r in told if _LIMIT.search(text[max(0, r.at - 28) : r.at])]
    comes = [r for r in told if r not in limits]
    if not limits or not comes:
        return None
    limit, rate = limits[0], comes[0]
    fits = rate.per_second <= _FITS * limit.per_second
    verdict = (
        f"{rate.quote} is {plain(rate.per_second)} a second against "
        f"\u201c{limit.quote}\u201d, so it "
        "fits on average and only bursts are refused: put them into a queue and take them out one "
        f"behind the other, at {plain(_FITS * limit.per_second)} a second."
        if fits
        else f"{rate.quote} is {plain(rate.per_second)} a second and more than \u201c"
        f"{limit.quote}\u201d gives, so no retry helps: fewer calls (batches, a cache, what the "
        "event already says) or a higher limit."
    )
    hook = (
        "Answer the webhook with 2xx as soon as its row is saved: a 500 for somebody else's 429 "
        "brings it again, and so makes the duplicates and, once the tries are used up, the gaps."
        if _HOOK.search(text)
        else ""
    )
    return Trouble(
        id="limit-of-another-api",
        weight=8,
        says=tuple(filter(None, (verdict, hook))),
        causes=_CAUSES,
        now=_NOW,
        later=_LATER,
        sources=_SOURCES,
        replies=_REPLIES,
    )
