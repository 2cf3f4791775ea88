"""A call of somebody else's service that is waited for: what it holds while it is slow."""

from collections.abc import Iterator
from math import ceil

from blueproof.advisors.incident.figures import Places, Rate, Took, places, plain, rates, took
from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words
from blueproof.core.advice import Step

_WHOM = words(
    r"\b(?P<name>twilio|stripe|adyen|paypal|mollie|braintree|sendgrid|mailgun|postmark|ses|openai"
    r"|anthropic|gemini|llm|claude|ups|fedex|dhl|usps|avalara|taxjar|plaid|salesforce|hubspot"
    r"|shopify|google maps|geocod\w+|algolia|auth0|okta|klarna|smtp|recaptcha|segment|mapbox)\b"
    r"|\b(?P<kind>third[- ]part(?:y|ies)|3rd[- ]party|external (?:api|service|provider)"
    r"|(?:payment|tax|shipping|sms|email|kyc|credit|weather|partner|vendor|carrier|supplier|bank)"
    r"(?:'s)? (?:api|provider|gateway|service|carrier)|partner'?s? (?:\w+ )?api"
    r"|carrier'?s? (?:\w+ )?api)"
)
_INSIDE = words(
    r"\b(?:inside|within|during|in) (?:the|our|a|each|every|my) (?:\w+ ){0,2}?(?:request|handler|"
    r"controller|endpoint|transaction|call|route|view|checkout|sign-?up|login|job|task)\b"
    r"|\binline\b"
    r"|@?\btransactional\b|\b(?:inside|within|in) (?:a|the|an open) (?:db |database )?(?:tx"
    r"|transaction)"
    r"|\bsynchron\w+|\bblocking\b|\bwaits? for\b|\bawait\w*|\bbefore (?:we|it) (?:return"
    r"|respond|answer)"
    r"|\brequests? (?:calls?|hits?)\b|\b(?:we|it|handler|endpoint|request|checkout"
    r"|signup) (?:then )?"
    r"(?:calls?|hits?|asks?)\b"
)
_HURTS = words(
    r"\b(?:slow\w*|hang\w*|hung|down|time[sd]? ?-?out\w*|timing out|stuck|outage|unavailable"
    r"|brownout|degraded|unresponsive|exhaust\w*|froze|frozen|blocked|starv\w+"
    r"|spin(?:ning|s|ner)?|health ?checks? fail\w*|kill\w*)\b"
)
_QUEUE = words(
    r"\b(?:queue|backlog)\b[^.?!]{0,50}\b(?:grow\w*|back(?:s|ed|ing)? up|\d[\d,.]*k?\b)"
    r"|\b\d[\d,.]*k? (?:\w+ )?(?:messages|jobs|tasks) (?:waiting|behind|queued)"
)
_TX = words(
    r"@?\btransactional\b|\b(?:inside|within|in) (?:a|the|an open|our) (?:db "
    r"|database )?(?:tx|transaction)"
)
_POOL_TO = words(
    r"\bpool\b[^.?!\n\d]{0,24}\b(?:to|at"
    r"|of) (?P<n>\d{2,4})\b(?=[^.?!\n]*[.?!\n]?\s*$)|\b(?:wants?|rais\w+"
    r"|increas\w+|bump\w*|set)\b"
    r"[^.?!\n]{0,40}?\bpool\b[^.?!\n\d]{0,24}(?P<m>\d{2,4})\b"
)
_MAX = words(r"\bmax_connections\W{0,4}(?:is |of |to )?(?P<n>\d{2,5})")
_MORE = words(
    r"\b(?:more|add\w*|another|doubl\w+|scale|extra)\b[^?]{0,40}\b(?:dynos?"
    r"|workers?|pods?"
    r"|tasks?|servers?|instances?|threads?|machines?|replicas?)"
)
_LONGER = words(
    r"\b(?:set|increas\w+|rais\w+|extend\w*|longer|higher|bump)\b[^?]{0,40}\btime-?out"
    r"|\btime-?out\b[^?]{0,20}\bto \d"
)
_AGAIN = words(r"\b(?:retr(?:y|ies)|try again)\b")
_SLOWNESS = 3.0  # seconds, from which a call is called slow where no time is told
_SELDOM, _LONG = 0.01, 120.0  # calls a second and seconds: another figure beyond
_BOUND = 2.0  # seconds of a time-out that a request can bear
_AVERAGE = words(r"\b(?:avg|average|mean|typical\w*|usually|normally)\b")
_SLOW_BY_NATURE = words(
    r"\b(?:openai|anthropic|gemini|llms?|claude|gpt\S*|model inference"
    r"|completions?)\b"
)
_PYTHON = words(r"\b(?:fastapi|starlette|python|django|flask|uvicorn)\b")
_IN_TRANSACTION = (
    "It is inside the transaction, so a connection and its locks wait, too: call it after the "
    "commit (an outbox row, or a hook after the commit)."
)
_LIBRARIES = (
    source(
        "https://github.com/psf/requests/blob/1f6589ec3a1ee910f9a65cc3ceac60b26677bc0e/docs/user/"
        "quickstart.rst",
        "Requests of Python does not time out unless a timeout is set",
    ),
    source(
        "https://github.com/ruby/net-http/blob/0017cc64c063cea53468d29bc7b8f96bc9e41e44/lib/net/"
        "http.rb",
        "Net::HTTP of Ruby waits 60 seconds to open and 60 to read by default",
    ),
)


def outside(text: str) -> Trouble | None:
    """The trouble of a slow service that requests wait for; None where none is told."""
    whom = _WHOM.search(text)
    if not (whom and _INSIDE.search(text) and _HURTS.search(text)) or _QUEUE.search(text):
        return None
    name = f"the {whom[0]}" if whom["kind"] else whom[0]
    slots, rate, slow = places(text), _rate(text), _told(text)
    long = bool(_SLOW_BY_NATURE.search(text))
    first = (
        _sum(name, slots, rate, slow),
        _IN_TRANSACTION if _TX.search(text) else "",
        _raised(text, slots),
        _cure(name, long=long),
    )
    return Trouble(
        id="waits-for-a-third-party",
        weight=5 if slots and rate else 2,
        says=tuple(filter(None, first)),
        causes=(
            Cause(
                cause=f"All places that work wait for {name}",
                look="a dump of the threads while it lasts (py-spy dump --pid PID, jstack PID, "
                f"rbtrace; in a trace the span of {name})",
                shows=f"nearly all of them in the call to {name}, and a processor that idles",
                supports=(f"you say \u201c{slow.quote}\u201d",) if slow else (),
            ),
        ),
        now=tuple(_of_long(name, text) if long else _first(name)),
        later=tuple(_lasting(name)),
        sources=_LIBRARIES,
        replies=(
            Reply(to=_MORE, says=_more(name, slots, rate, slow)),
            Reply(
                to=_LONGER,
                says="No: a longer time-out lets each wait hold its place for longer, so the rest "
                "stands still sooner.",
            ),
            Reply(
                to=_AGAIN,
                says="Only with a key that makes the second harmless, twice at most, with jitter: "
                "a try more of a service that is slow is load more on it, and on your places.",
            ),
        ),
    )


def _first(name: str) -> Iterator[Step]:
    yield now(
        f"Set a time-out on the call to {name}: 1 s to connect, {_BOUND:g} s to read (both "
        "assumed: more than its p99 on a good day), and answer without it "
        "(\u201cunder way\u201d, or a later try) when it is over",
        f"p99 of what calls {name} stays below {_BOUND + 1:g} s in the next slow spell; show it in "
        "staging with a proxy that delays 10 s (toxiproxy)",
        "the old time-out",
    )
    yield now(
        f"Have a switch that leaves the call to {name} out, to be thrown within a minute",
        "throw it once in staging",
    )


def _of_long(name: str, text: str) -> Iterator[Step]:
    """What a call needs that takes long even when it is well, as one of a model does."""
    how = (
        "async def with the async client (await), so that a wait holds no thread"
        if _PYTHON.search(text)
        else "the async client, so that a wait holds no thread or worker"
    )
    yield now(
        f"Wait without holding a place: {how}; a semaphore of what your limit at {name} "
        f"allows, and "
        "a time-out of 60 s (assumed) with one try more",
        "the threads in use stay near 0 while calls are open",
        "the old handler",
    )
    yield now(
        "Let the health check answer without a thread of that pool (async, no call, no query), so "
        "that a busy task is not killed and its load thrown on the others",
        "the check answers in ms during a load test of that endpoint",
    )
    yield now(
        "Stream the answer's first words to the user (SSE), or answer 202 with an id and let a "
        "worker do it where nobody watches",
        "the first byte below 2 s",
    )


def _lasting(name: str) -> Iterator[Step]:
    yield later(
        f"Move the call to {name} into a job (saved with the row it belongs to, with an "
        f"idempotency "
        "key) and tell the user once it is done; what must be waited for gets a pool of its own "
        "(bulkhead) of at most a quarter of the places (assumed)",
        f"the other pages answer while {name} is delayed on purpose",
    )
    yield later(
        f"A circuit breaker: after 5 failures of 10 calls no call to {name} for 30 s; at most 2 "
        "tries more, 1 s and 4 s later with jitter, and only where it is idempotent",
        "calls a minute fall, not rise, while it fails",
    )
    yield later(
        f"Watch p95 and failures of the calls to {name} by themselves, and the age of the oldest "
        "job: page at 5 minutes' age, not at the CPU, which idles"
    )


def _raised(text: str, slots: Places | None) -> str:
    """What the pool comes to that somebody wants, against what the server takes."""
    wanted, most = _POOL_TO.search(text), _MAX.search(text)
    if not (wanted and most and slots):
        return ""
    size = int(wanted["n"] or wanted["m"])
    total = slots.machines * size
    held = "more than" if total > int(most["n"]) else "of"
    verdict = ": no" if total > int(most["n"]) else ""
    return (
        f"A pool of {size} would be {slots.machines} x {size} = {total:,} connections, {held} the "
        f"{int(most['n']):,} of max_connections{verdict}."
    )


def _rate(text: str) -> Rate | None:
    found = [r for r in rates(text) if r.per_second >= _SELDOM]
    return min(found, key=lambda r: r.per_second) if found else None


def _told(text: str) -> Took | None:
    """How long a call takes: on average where that is told, else at its slowest."""
    for each in took(text):
        near = text[max(0, each.at - 20) : each.at + len(each.quote) + 16]
        if _AVERAGE.search(near) and each.seconds >= 1:
            return each
    return _slowest(text)


def _slowest(text: str) -> Took | None:
    found = [t for t in took(text) if t.seconds <= _LONG]
    return max(found, key=lambda t: t.seconds) if found else None


def _sum(name: str, slots: Places | None, rate: Rate | None, slow: Took | None) -> str:
    if slots and rate and slow:
        held = rate.per_second * slow.seconds
        verdict = (
            f"against {slots.product} that you have, so every one waits for {name} and no other "
            "page gets one"
            if held >= slots.count
            else f"of {slots.product} that you have: the rest is left for all other pages, and "
            f"none once {name} takes {slots.count / rate.per_second:.2g} s"
        )
        return (
            f"{rate.quote} x {slow.quote} keep {plain(held)} places (workers, threads, "
            f"connections) busy with {name} alone, {verdict}."
        )
    told = f" (\u201c{slow.quote}\u201d)" if slow else ""
    if slots:
        return (
            f"Every request that waits for {name}{told} holds one of your {slots.product} places: "
            f"{slots.count} such at a time, and no page answers; calls a second x seconds each is "
            "how many are held."
        )
    return (
        f"A request that waits for {name}{told} holds a worker and often a database connection all "
        "that time: calls a second x seconds each is how many are held, and once that is all you "
        "have, pages that never call it stand still too."
    )


def _cure(name: str, *, long: bool) -> str:
    if long:
        return (
            f"{name[:1].upper()}{name[1:]} takes that long when it is well, so the cure is no "
            f"short "
            "time-out but a wait that holds nothing: async, with a bound on how many are open."
        )
    return (
        f"So bound the wait first (a time-out, {_BOUND:g} s assumed), then take the call to {name} "
        "out of the request."
    )


def _more(name: str, slots: Places | None, rate: Rate | None, slow: Took | None) -> str:
    if slots and rate and slow:
        held = rate.per_second * slow.seconds
        bounded = rate.per_second * _BOUND
        machines = ceil(held / slots.each)
        return (
            f"No: it takes {machines} of them ({machines} x {slots.each}) only to wait at this "
            f"slowness, and as many again when {name} is twice as slow; with a time-out of "
            f"{_BOUND:g} s (assumed) the same calls hold {plain(bounded)}, in a job none."
        )
    return (
        f"No: more of them only wait too, and twice as many are needed when {name} is twice as "
        "slow; a time-out bounds what is held, a job frees it."
    )
