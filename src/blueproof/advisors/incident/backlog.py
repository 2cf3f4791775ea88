"""A queue that grows: what comes against what is done, when it is empty, what a limit allows."""

import re
from dataclasses import dataclass
from math import ceil

from blueproof.advisors.incident.figures import (
    Places,
    Rate,
    Took,
    duration,
    places,
    plain,
    quiet,
    rates,
    took,
)
from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words
from blueproof.core.advice import Step
from blueproof.core.evidence import Citation

_WAITING = words(
    r"(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(?P<scale>k|m|million|thousand)?\b\+?\s?"
    r"(?:[\w-]+ ){0,2}?(?:messages?|jobs?|tasks?|events?|emails?|items?|records?|behind|pending"
    r"|waiting|queued|backlog|lag)\b(?! ?(?:per\b|an?\b|/|each\b|every\b))"
)
_QUEUE = words(
    r"\b(?:queues?|queued|backlog\w*|sqs|rabbit\w*|celery|sidekiq|bullmq|bull|kafka|consumer lag"
    r"|pubsub|pub/sub|jobs?|outbox)\b"
)
_GROWS = words(
    r"\b(?:grow\w*|back(?:s|ed|ing)?[- ]?up|pil(?:e|es|ed|ing) up|behind|climb\w*|increas\w+"
    r"|drain\w*"
    r"|catch(?:ing)? up|caught up|can'?t keep up|not keeping up|backlog|lag\b|lags|lagging)"
)
_NIGHT = words(r"\b(?:at night|overnight|off[- ]?peak|quiet|weekends?)\b")
_LIMITED = words(r"\b429|\brate[- ]?limit\w*|\btoo many requests|\bthrottl\w*|\bquota")
_BROKER = words(r"\bredis\b")
_CELERY = words(r"\bcelery\b")
_SQS = words(r"\bsqs\b")
_LONGER = words(r"\bhow long\b|\bwhen (?:will|is|does)\b|\beta\b|\bdrain")
_MORE = words(
    r"\b(?:more|add\w*|doubl\w+|scale)\b[^?]{0,30}\b(?:dynos?|processes|workers?|consumers?|pods?"
    r"|instances?|tasks?|threads?|concurrency)"
)
_CONSUMERS = words(r"(?P<n>\d{1,4}) (?:\w+ )?(?:consumers?|pods?|workers?|readers?)\b")
_PARTITIONS = words(r"(?P<n>\d{1,4}) partitions?\b")
_EACH = words(r"\b(?:each|every|per (?:consumer|pod|worker|instance)|apiece)\b")
_ONE_BY_ONE = words(
    r"\b(?:one|an?|single|1) (?:\w+ )?(?:insert|update|write|query|row|commit) (?:per|a|for each) "
    r"|\bone by one\b|\bper message\b|\((?:one|a|single) (?:\w+ )?(?:insert|update|write)\)"
)
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_HOUR = 3_600
_EVEN = 0.1  # of what comes: less room than that works nothing off
_ROOM = 1.3  # times the arrivals, so that a backlog shrinks and a burst is borne


def backlog(text: str) -> Trouble | None:
    """The trouble of a queue that grows, by its figures; None where they are not told."""
    if not _QUEUE.search(text) or not (_GROWS.search(text) or _waiting(text)):
        return None
    slots, arrivals, each = places(text) or _one_each(text), _arrivals(text), _each(text)
    done = _done(text, arrivals)
    if not arrivals or not (done or (slots and each)):
        return None
    readers = _readers(text) if done and _is_each(text, done) else None
    rate = done.per_second if done else (slots.count / each.seconds if slots and each else 0.0)
    rate *= readers.working if readers else 1
    waiting = _waiting(text)
    says = (
        _capacity(_made(slots, each, done, readers, rate), rate, arrivals[0]),
        *((readers.idle,) if readers and readers.idle else ()),
        *_drained(waiting, rate, arrivals, night=bool(_NIGHT.search(text))),
        *_bounded(text, slots, each, rate),
    )
    return Trouble(
        id="queue-grows",
        weight=5,
        says=says,
        causes=_causes(text),
        now=_first(text, arrivals[0], each),
        later=_last(text),
        sources=_sources(text),
        replies=(Reply(to=_MORE, says=_more(text, arrivals[0], each, slots)),),
    )


def _one_each(text: str) -> Places | None:
    """The consumers of a partitioned topic as places, each of which does one at a time."""
    readers = _readers(text)
    if not (readers and readers.partitions):
        return None
    return Places(
        count=readers.working, product=f"{readers.working:,}", machines=readers.working, each=1
    )


def _arrivals(text: str) -> list[Rate]:
    """What comes, by day and then by night; a rate at which work is done is none."""
    found = [r for r in rates(text) if not _is_done(text, r)]
    night = quiet(text, found[0]) if found else None
    return [*found, night] if night else found


def _is_done(text: str, rate: Rate) -> bool:
    if _EACH.search(text[max(0, rate.at - 24) : rate.at]):
        return True
    near = text[max(0, rate.at - 40) : rate.at].lower() + " " + rate.quote.lower()
    near = re.split(r"[.;,(]", near)[-1]
    return bool(
        re.search(r"process|consum|handl|complet|finish|limit|allow|\bmax|drain|\bout\b", near)
    )


def _done(text: str, arrivals: list[Rate]) -> Rate | None:
    told = [r for r in rates(text) if r not in arrivals and not re.search(
        r"limit|allow|max", text[max(0, r.at - 30) : r.at], re.IGNORECASE)]  # fmt: skip
    return told[0] if told else None


def _each(text: str) -> Took | None:
    found = [t for t in took(text) if t.seconds <= _HOUR]
    return found[0] if found else None


def _waiting(text: str) -> tuple[float, str] | None:
    found = [
        (float(m["n"].replace(",", "")) * _SCALE.get((m["scale"] or "").lower(), 1), m[0])
        for m in _WAITING.finditer(text)
    ]
    return max(found, default=None, key=lambda f: f[0]) if found else None


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Consumers of a partitioned topic: how many there are, and how many get a partition."""

    consumers: int
    partitions: int

    @property
    def working(self) -> int:
        """How many of them read."""
        return min(self.consumers, self.partitions) if self.partitions else self.consumers

    @property
    def idle(self) -> str:
        """What of the others."""
        left = self.consumers - self.working
        return (
            f"{left} of the {self.consumers} consumers idle: a partition has one reader of a "
            f"group, "
            f"so beyond {self.partitions} more pods change nothing."
            if left > 0
            else ""
        )


def _readers(text: str) -> Readers | None:
    consumers, partitions = _CONSUMERS.search(text), _PARTITIONS.search(text)
    if not consumers:
        return None
    return Readers(
        consumers=int(consumers["n"]), partitions=int(partitions["n"]) if partitions else 0
    )


def _is_each(text: str, done: Rate) -> bool:
    """Whether a told rate is that of one consumer."""
    return bool(_EACH.search(text[max(0, done.at - 40) : done.at + len(done.quote) + 24]))


def _made(
    slots: Places | None, each: Took | None, done: Rate | None, readers: Readers | None, rate: float
) -> str:
    if done and readers:
        return f"{readers.working} x \u201c{done.quote}\u201d = {plain(rate)} a second"
    if done:
        return f"\u201c{done.quote}\u201d"
    if slots and each:
        return f"{slots.product} places / {each.seconds:g} s = {plain(rate)} a second"
    return plain(rate)


def _capacity(made: str, rate: float, comes: Rate) -> str:
    gap = comes.per_second - rate
    if gap > 0:
        return (
            f"It never drains while {comes.quote} come in: you do {made}, so it grows by "
            f"{plain(gap)} a second, {plain(gap * 3600)} an hour."
        )
    if -gap < _EVEN * comes.per_second:
        return (
            f"You do just what comes and no more ({made}, {comes.quote} come in), so what waits "
            "never gets less, and every burst stays."
        )
    return (
        f"By these figures it should not grow: you do {made}, {comes.quote} come in; if it grows "
        "all the same, some places do not work (stuck, waiting for a lock, or failing and put "
        "back)."
    )


def _drained(
    waiting: tuple[float, str] | None, rate: float, arrivals: list[Rate], *, night: bool
) -> tuple[str, ...]:
    if waiting is None:
        return ()
    count = waiting[0]
    quiet = min(arrivals, key=lambda r: r.per_second)
    spare = rate - quiet.per_second
    if spare > 0:
        when = f"at \u201c{quiet.quote}\u201d" if night or len(arrivals) > 1 else "then"
        return (
            f"The {plain(count)} that wait are worked off {when} in {plain(count)} / "
            f"({plain(rate)} - {plain(quiet.per_second)}) = {duration(count / spare)}.",
        )
    needed = arrivals[0].per_second * _ROOM
    spare = needed - arrivals[0].per_second
    return (
        f"At {plain(needed)} a second (1.3 times what comes, assumed) the {plain(count)} that wait "
        f"take {duration(count / spare)} more.",
    )


def _bounded(text: str, slots: Places | None, each: Took | None, rate: float) -> tuple[str, ...]:
    if not _LIMITED.search(text):
        return ()
    doubled = re.search(r"\bdoubl\w+", text, re.IGNORECASE)
    between = (
        f"somewhere between {plain(rate)} and {plain(2 * rate)} a second"
        if doubled and slots and each
        else "a rate that their answer or your contract tells"
    )
    return (
        f"The 429 says that not your workers are the limit but what the other side allows, "
        f"{between}: from there on more workers only make more refusals; what helps is fewer calls "
        "or a higher limit.",
    )


def _more(text: str, comes: Rate, each: Took | None, slots: Places | None) -> str:
    if _LIMITED.search(text):
        return "No: the other side refuses what goes beyond its limit."
    if each is None:
        return "Only if the ones you have are busy: look at that first."
    needed = ceil(comes.per_second * each.seconds * _ROOM)
    have = f" (you have {slots.count})" if slots else ""
    return (
        f"Yes, up to {needed} at a time{have}: {plain(comes.per_second)} x {each.seconds:g} s x "
        f"{_ROOM:g} (assumed room); not beyond what the database and the services they call bear."
    )


def _causes(text: str) -> tuple[Cause, ...]:
    look = (
        "celery -A APP inspect active, and inspect stats" if _CELERY.search(text)
        else "aws sqs get-queue-attributes --queue-url URL --attribute-names All "
        "(ApproximateNumberOfMessagesNotVisible against Visible)" if _SQS.search(text)
        else "how many workers are busy at this moment, and in which call"
    )  # fmt: skip
    return (
        Cause(
            cause="More comes in than can be done: all places are busy",
            look=look,
            shows="as many at work as there are places",
        ),
        Cause(
            cause="Places stand still, or the same work comes back again and again",
            look=f"{look}; and how often one id appears in the log of the last hour",
            shows="fewer at work than places, or the same ids more than once",
        ),
    )


def _first(text: str, comes: Rate, each: Took | None) -> tuple[Step, ...]:
    steps = []
    if _ONE_BY_ONE.search(text):
        steps.append(
            now(
                "Write in batches: one INSERT of 500 rows (or COPY) for each poll, committed with "
                "the offsets behind it; a commit for each message is what takes the time, and ten "
                "times more a second is usual",
                "messages a second of one consumer, and the lag falls",
                "the single insert",
            )
        )
    if _LIMITED.search(text):
        steps.append(
            now(
                "Hold the calls below the other side's limit with one limiter for all workers (a "
                "token bucket in Redis; Celery's rate_limit counts for each worker, not for all), "
                "and wait as long as Retry-After says before the next try, with jitter",
                "429 answers fall to none while as many tasks a minute end as before",
                "the limiter's rate",
            )
        )
    steps.append(
        now(
            "Stop what can wait: put fresh and urgent work into a queue of its own, drop what is "
            "too old to matter, join what is for the same object, pause producers of bulk work",
            "the age of the oldest urgent piece falls within minutes",
        )
    )
    if each and not _LIMITED.search(text):
        needed = ceil(comes.per_second * each.seconds * _ROOM)
        parts = _PARTITIONS.search(text)
        apart = (
            f"; with {parts['n']} partitions that is batches or threads inside a consumer, "
            "not more consumers"
            if parts and int(parts["n"]) < needed
            else ""
        )
        steps.append(
            now(
                f"Run {needed} at a time ({plain(comes.per_second)} x {each.seconds:g} s x "
                f"{_ROOM:g}, an assumed room), as far as database and called services bear "
                f"it{apart}",
                "finished a minute above arrived a minute",
                "the old number",
            )
        )
    return tuple(steps)


def _last(text: str) -> tuple[Step, ...]:
    steps = [
        later(
            "Make one piece shorter: a time-out on each call, answers kept for a while, batches "
            "instead of single calls; halving its time is doubling the workers",
            "p95 of one piece",
        ),
        *(
            (
                later(
                    "More partitions only then (24 or 36), with as many consumers: keys move to "
                    "other partitions, so the order of a key breaks once"
                ),
            )
            if _PARTITIONS.search(text)
            else ()
        ),
        later("Alarm on the age of the oldest piece (what a customer waits), not on how many"),
    ]
    if _CELERY.search(text) and _BROKER.search(text):
        steps.append(
            later(
                "Set visibility_timeout of the Redis broker above the longest run (the option has "
                "to stand in broker_transport_options, in result_backend_transport_options and "
                "by itself): after it (1 hour by default) a task that was not acknowledged is "
                "delivered again; keep what is due later than that in a table, since a long "
                "time-out delays what a killed worker had",
                "no task id twice in the log",
            )
        )
    return tuple(steps)


def _sources(text: str) -> tuple[Citation, ...]:
    found = [
        source(
            "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel05-bp04.md",
            "A queue carries a burst; what waits in it must be managed and the age of its oldest "
            "message measured, or stale requests are worked on",
        )
    ]
    if _CELERY.search(text):
        found.append(
            source(
                "https://github.com/celery/celery/blob/1c555912e9f0176c713bcd45b3117162da29041a/"
                "docs/getting-started/backends-and-brokers/redis.rst",
                "The visibility timeout of Celery's Redis broker is one hour by default; a task "
                "not acknowledged within it is delivered to another worker",
            )
        )
    return tuple(found)
