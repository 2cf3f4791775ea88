"""Whether what runs now holds so many times the load: the places, the database, the connections."""

import re
from collections.abc import Iterator
from math import ceil

from blueproof.advisors.incident.figures import Places, Rate, Took, cpu, places, plain, rates, took
from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words
from blueproof.core.advice import Step

_TIMES = words(
    r"(?<![\w.])(?P<n>\d{1,3}(?:\.\d)?)\s?(?:x|\u00d7|times)(?![\w])(?!\s?(?:\d|[a-z]\d[a-z]*\.))"
    r"|\b(?P<fold>\d{1,3})[- ]?fold\b"
)
_TO = words(
    r"\b(?:expect\w*|up to|reach|peak(?:ing|s)? (?:of|at)|grow\w* to|handle|hold|survive|take|to)\b"
    r"[^.?!\d]{0,40}?(?=\d)"
)
_COMES = words(
    r"\b(?:black friday|cyber monday|(?:flash|winter|summer|ticket) sale|launch\w*|campaign"
    r"|tv (?:ad|spot|show)|super ?bowl"
    r"|christmas"
    r"|product ?hunt|go(?:ing|es)? viral|marketing|newsletter|push (?:notification|campaign)"
    r"|event day"
    r"|ticket sale|onboard\w*|front page|hacker ?news|hn\b|reddit"
    r"|(?:will|can|does|do|would|could)\b[^.?!]{0,90}\b(?:hold|survive|handle|cope|scale"
    r"|take it))\b"
)
_EVENTFUL = words(
    r"\b(?:\d+ days? left|in \d+ (?:days?|weeks?)|next (?:week|month|friday)"
    r"|\d+ weeks? (?:left|to go))"
)
_CONNECTIONS = words(
    r"\b(?:max(?:imum)?[ _]?connections?|max)\b\W{0,4}(?:of |is "
    r"|= ?)?(?P<a>\d{2,5})\s?(?:connections?)?"
    r"|\b(?P<b>\d{2,5}) (?:max )?connections? (?:max|limit|allowed)"
)
_PER_REQUEST = words(
    r"(?P<n>\d{1,3}) (?:db |sql )?quer(?:y|ies) (?:per|a|each|for each"
    r"|for every) (?:request|page|call)"
)
_BURSTS = words(r"\b(?:db\.)?t[234]g?\.\w+")
_PER_REQUEST = words(
    r"(?P<n>\d{1,3}) (?:db |sql )?quer(?:y|ies) (?:per|a|each|for each|for every) (?:request"
    r"|page|call)"
)
_BURSTS = words(r"\b(?:db\.)?t[234]g?\.\w+")
_SHOP = words(r"\b(?:checkout|pay\w*|stripe|adyen|paypal|shop|order|black friday)\b")
_AUTOSCALED = Reply(
    to=words(r"\b(?:autoscal\w+|scale automatically)\b"),
    says="Only for what rises over minutes: a peak that comes within one is over before new ones "
    "serve, so raise the minimum beforehand; the database does not scale so.",
)
_NO_TEST = words(r"\b(?:no|never|without|not|haven'?t)\b[^.?!]{0,20}\bload[- ]?test\w*")
_FULL, _ROOM, _WHOLE = 70, 0.7, 100  # per cent of a processor, and the share that may be busy
_SLOTS = 0.7
_BOUND = words(r"\b(?:limit\w*|max\w*|allow\w*|quota|each|every)\b")
_CROWD = words(
    r"\b(?:black friday|cyber monday|(?:flash|winter|summer|ticket) sale|launch|tv|campaign"
    r"|super ?bowl|ticket)"
)
_LAW = source(
    "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel05-bp02.html",
    "The limits of a workload are those that a load test has proved, and what is beyond them is "
    "rejected with an answer that says so",
)


def growing(text: str) -> Trouble | None:
    """Whether it holds so many times the load; None where the factor or the load is not told."""
    if not _COMES.search(text):
        return None
    load = _today(text)
    factor = _factor(text, load)
    if not load or not factor or factor <= 1:
        return None
    slots, wanted = places(text), load.per_second * factor
    judged = [j for j in (_processor(text, factor), _at_work(text, load, factor, slots)) if j]
    says = (
        _verdict(load, factor, wanted, [over for over, _ in judged]),
        *(f"{told[:1].upper()}{told[1:]}." for _, told in judged),
        *_connections(text, slots, factor),
    )
    return Trouble(
        id="so-many-times-the-load",
        weight=7 if judged else 4,
        says=says,
        causes=_causes(),
        now=_steps(wanted, factor, text),
        later=_later(),
        sources=(_LAW,),
        replies=(_AUTOSCALED,),
    )


def _processor(text: str, factor: float) -> tuple[bool, str] | None:
    """Whether the processor is full then, and the sum; None where its use is not told."""
    busy = cpu(text)
    if not busy:
        return None
    needed, of = busy * factor, "database" if _of_database(text) else "machine"
    over = needed > _FULL
    more = f", so {needed / _FULL:.1f} times that processor at {_FULL} % (assumed)" if over else ""
    burst = (
        "; a t class that works above its base speed all day lives on credits, so take an m or r"
        if over and _BURSTS.search(text)
        else ""
    )
    return over, (
        f"the {of} at {busy} % x {factor:g} = {plain(needed)} % of the processor it has now"
        f"{more}{burst}"
    )


def _at_work(text: str, load: Rate, factor: float, slots: Places | None) -> tuple[bool, str] | None:
    """Whether the places are full then, and the sum; None where they are not told."""
    if slots is None:
        return None
    wanted, mean, calls = load.per_second * factor, _mean(text), _calls(text)
    if mean:
        held = wanted * calls * mean.seconds
        over = held > slots.count * _SLOTS
        times = f"{calls:g} x " if calls > 1 else ""
        what = "connections" if slots.pooled else "places"
        needs = (
            f", so {ceil(held / _SLOTS)} at {_SLOTS:.0%} use (assumed)"
            if over
            else ", which is enough"
        )
        return over, (
            f"{plain(wanted)} a second x {times}{mean.quote} = {plain(held)} {what} at work, "
            f"against {slots.product}{needs}"
        )
    if slots.pooled:
        return None
    return True, (
        f"{slots.product} places serve {load.quote} now, so each takes "
        f"{slots.count / load.per_second * 1000:.0f} ms at most on average, and {factor:g} times "
        f"that wants up to {ceil(slots.count * factor)}"
    )


def _calls(text: str) -> float:
    """How many queries one request makes, where that is told."""
    found = _PER_REQUEST.search(text)
    return float(found["n"]) if found else 1.0


def _today(text: str) -> Rate | None:
    """What comes a second now: the first rate of requests that is no wish."""
    told = [r for r in rates(text) if re.search(r"req|rps|hits|call|order|user|page|visit"
                                                r"|checkout|qps"
            r"|tps|rpm|sign|message|event|session", r.what + r.quote, re.IGNORECASE)]  # fmt: skip
    return min(told, key=lambda r: r.per_second) if told else None


def _factor(text: str, load: Rate | None) -> float:
    found = [float(m["n"] or m["fold"]) for m in _TIMES.finditer(text)]
    if found:
        return max(found)
    if load is None:
        return 0.0
    others = [
        r.per_second
        for r in rates(text)
        if r.per_second > load.per_second and not _BOUND.search(text[max(0, r.at - 24) : r.at])
    ]
    return max(others) / load.per_second if others else 0.0


def _mean(text: str) -> Took | None:
    """The mean time of a request where it is told: a percentile is none."""
    for each in took(text):
        near = text[max(0, each.at - 24) : each.at + len(each.quote) + 16]
        if re.search(r"\b(?:avg|average|mean|median|p50)\b", near, re.IGNORECASE) and not re.search(
            r"checkout|stripe|adyen|paypal|sync",
            text[max(0, each.at - 60) : each.at],
            re.IGNORECASE,
        ):
            return each
    return None


def _of_database(text: str) -> bool:
    found = words(r"\b(?:rds|database|db|postgres\w*|aurora|mysql|mongo\w*)\b[^;\n]{0,40}%").search(
        text
    )
    return found is not None


def _verdict(load: Rate, factor: float, wanted: float, breaks: list[bool]) -> str:
    of = f"{load.quote} x {factor:g} = {plain(wanted)} a second"
    if any(breaks):
        return f"No, not as it stands: {of}, and by your figures something is full before that."
    if breaks:
        return f"By your figures yes: {of}; only a load test shows what else is full before."
    return (
        f"{of} is what must hold; nothing that you tell says whether it does: the processor, the "
        "places at work and the connections at today's peak, times that factor, do."
    )


def _connections(text: str, slots: Places | None, factor: float) -> tuple[str, ...]:
    found = _CONNECTIONS.search(text)
    if not found or slots is None or slots.pooled:
        return ()
    most, wanted = int(found["a"] or found["b"]), ceil(slots.count * factor)
    fits = "within" if wanted <= most * 0.8 else "beyond four fifths of"
    return (
        f"At one connection a place {factor:g} times as many hold {wanted:,}, {fits} the {most:,} "
        f"allowed{'' if fits == 'within' else ': a pooler between, in transaction mode'}.",
    )


def _causes() -> tuple[Cause, ...]:
    return (
        Cause(
            cause="The database is full first",
            look="its processor, active sessions and IOPS at today's peak, each times the factor",
            shows=f"more than {_FULL} %, or more active sessions than vCPUs",
        ),
        Cause(
            cause="The places at work are full first (workers, threads, pools)",
            look="a load test in steps, with the queue before the application in view",
            shows="a time in the queue that grows while the processors have room",
        ),
        Cause(
            cause="A service that is called is full first (payment, search, mail)",
            look="its limit a second in the contract, beside your calls a second times the factor",
            shows="a limit below it, or 429 in the test",
        ),
    )


def _steps(wanted: float, factor: float, text: str) -> tuple[Step, ...]:
    test = "that nobody has run yet, " if _NO_TEST.search(text) else ""
    stub = ", with a stub of the payment provider's usual delay" if _SHOP.search(text) else ""
    steps = (
        now(
            f"The load test first, {test}on a copy with data of full size: k6 with "
            "constant-arrival-rate in the mix of your requests, at "
            f"{plain(wanted / factor * 2)}, {plain(wanted / 2)} and {plain(wanted * 1.2)} a "
            f"second, ten minutes each{stub}",
            "at each step p95, errors, the database's processor and active sessions: the step at "
            "which the first bends is your limit",
        ),
        now(
            "Take reads away before anything is bought: what all see alike from the CDN for 30 to "
            "60 s, the hot queries cached, the first five of pg_stat_statements indexed",
            "queries a second for each request fall",
            "the TTL to 0",
        ),
        now(
            "Raise the database's class the week before in a quiet hour (a failover of a minute or "
            "two), and the number of application instances by hand on the day; autoscaling is the "
            "reserve, not the plan",
            "the test at 1.2 times the peak holds",
            "back to the old class the week after",
        ),
    )
    return (*steps, *_of_event(text))


def _of_event(text: str) -> Iterator[Step]:
    """What a day with a crowd needs beside."""
    if _CROWD.search(text):
        yield now(
            "Have switches ready and tried: recommendations, search suggestions, exports off; a "
            "waiting room or 503 with Retry-After above the limit; no deployments from two days "
            "before on",
            "each switch thrown once in the test",
        )
    if _SHOP.search(text):
        yield now(
            "The payment call holds a place while it waits: give the checkout workers or threads "
            "of its own and a time-out of 5 s, with the order saved before and an idempotency "
            "key, so that a slow provider does not take the shop down",
            "the other pages answer while the stub of the provider takes 10 s",
        )


def _later() -> tuple[Step, ...]:
    return (
        later(
            "Page on the share of failed checkouts and p95 at the edge during the day, watch "
            "active sessions against vCPUs, the queue before the application and the oldest job",
        ),
    )
