"""The role and the metric of a figure, from its unit and the words about it."""

import re

from blueproof.intake.words.number_cues import LINKS, SUBJECTS, Role, Surroundings, ranked
from blueproof.intake.words.number_nouns import PERIODS, SHORT, Noun
from blueproof.intake.words.number_units import Phrase

_SUITS: dict[str, frozenset[Role]] = {
    "time": frozenset({"limit", "measured", "duration"}),
    "share": frozenset({"limit", "measured"}),
    "data": frozenset({"limit", "measured"}),
    "size": frozenset({"limit", "measured"}),
    "error": frozenset({"limit", "measured"}),
    "load": frozenset({"limit", "measured"}),
    "instance": frozenset({"limit"}),
    "money": frozenset(),
    "factor": frozenset({"measured"}),
}
_DEFAULTS: dict[str, Role] = {
    "time": "duration", "share": "measured", "data": "size", "size": "size", "error": "measured",
    "load": "load", "instance": "size", "money": "price", "factor": "measured",
}  # fmt: skip
# Of what comes and goes, only what is open at once is observed; the rest is load, peak or not.
_OBSERVED = frozenset({"connections"})
# Words that say "measured" of counts; most of those above do so of times only.
_COUNT_CUES = frozenset(
    """usage uses using used consumes consuming spikes spike spiked spiking peaks peaked jumps
    jumped reaches reached hits hitting is_at currently_at sits hovers climbs climbed rose
    rises scans scanned scanning fetches fetched returns returned reads actual seeing sitting
    dropped drops""".split()
)
_WEAK_LIMITS = frozenset(
    "must should hard target goal aim min minimum at_least under below less_than fewer_than".split()
)
_CAPPING = frozenset(
    "group groups limit limits limited allow allows allowed max free plan tier per suitable".split()
)
_OFFERING = frozenset("allow allows allowed free plan tier suitable".split())
_GROWING = frozenset("scale scaled scaling scales grow grows grew grown growing went goes".split())
_DRAGGING = frozenset("sometimes takes took taking still hangs waits".split())
_DONE = frozenset(
    """done finishes finished completes completed loads loaded returns returned responds responded
    answers answered executes executed""".split()
)
_STRONG = frozenset({"observe", "observed", "measured"})
_BRIEF = SHORT | {"minute"}
_OPENING = frozenset(
    "connection connections connect connecting connects pool pooling concurrent".split()
)
_EXPECTED_SHARE = frozenset("uptime availability available sla slo threshold target".split())
_COMPANIES = frozenset(
    "startup team company shop agency studio crew business firm founders consultancy".split()
)
_OURS = re.compile(
    rf"\b(?:{'|'.join(_COMPANIES)}) (?:of|with)$|\bwe (?:are|' ?re)(?: just| only)?$"
)
_NEAR = 4  # words before a figure
_SHARES = {
    "cpu": "cpu", "processor": "cpu", "memory": "memory", "ram": "memory", "disk": "storage",
    "hit": "cache-hits", "cache": "cache-hits", "uptime": "availability",
    "availability": "availability", "errors": "errors", "error": "errors", "sla": "availability",
    "connections": "connections", "discount": "discount",
}  # fmt: skip


def role_of(phrase: Phrase, around: Surroundings, *, told: Role | None) -> Role:
    """The role of a figure with this unit among these words.

    `told` is the role of the time before it, which goes on where nothing says otherwise.
    """
    kind = phrase.noun.kind if phrase.noun else "size"
    if kind == "money":
        return "price"
    cue = _nearest_cue(phrase, kind, around) or _subject(kind, around)
    return cue or _by_unit(phrase, kind, around, told)


def _by_unit(phrase: Phrase, kind: str, around: Surroundings, told: Role | None) -> Role:
    dragging = around.before[1:2] and set(around.before[1:2]) & _DONE
    if kind == "time" and (phrase.name in _BRIEF or told == "measured" or dragging):
        return "measured"
    if kind == "share":
        return "limit" if around.sentence & _EXPECTED_SHARE else "measured"
    if kind == "instance" and around.sentence & _OPENING:
        return "load"
    if kind in {"size", "data", "instance"} and phrase.per in PERIODS:
        return "load"
    if kind == "size" and phrase.noun is None and phrase.per:
        return "load"
    return _DEFAULTS[kind]


def _subject(kind: str, around: Surroundings) -> Role | None:
    """A limit that the sentence is about: "the limit for the free plan is only 200 connections"."""
    told = (
        _SUITS[kind] & {"limit"}
        and SUBJECTS & set(around.further)
        and LINKS & set(around.before[:3])
    )
    return "limit" if told else None


def _nearest_cue(phrase: Phrase, kind: str, around: Surroundings) -> Role | None:
    found = [*ranked(around.before, before=True), *ranked(around.behind, before=False)]
    found.sort(key=lambda hit: hit[0])
    for _, word, role in found:
        if role in _SUITS[kind] and _holds(word, role, phrase, kind, around):
            return _settled(role, word, phrase)
    return None


def _holds(word: str, role: Role, phrase: Phrase, kind: str, around: Surroundings) -> bool:
    """Whether the cue means this of a figure of this kind."""
    if word == "up_to" and set(around.before[2:3]) & _GROWING:
        return False
    if kind == "time":
        return _holds_of_time(word, role, phrase, around)
    if role == "limit":
        return _holds_as_limit(word, phrase, kind, around)
    if kind in {"load", "size", "data"} and role == "measured":
        if word in _STRONG:
            return True
        observed = kind != "load" or (phrase.noun is not None and phrase.noun.metric in _OBSERVED)
        return observed and word in _COUNT_CUES and not phrase.per
    return True


def _holds_as_limit(word: str, phrase: Phrase, kind: str, around: Surroundings) -> bool:
    if word == "pool":
        return phrase.noun is not None and phrase.noun.metric == "connections"
    if word == "first":
        return around.before[:1] == ("first",) and kind != "share"
    if word in {"min", "minimum"} and word in around.before[:2]:
        return around.before[0] in {word, "of"}
    if word in _WEAK_LIMITS and kind not in {"share", "data"}:
        return False
    if word == "up_to" and kind == "load" and phrase.noun and phrase.noun.metric != "connections":
        return bool(around.sentence & _CAPPING)
    return True


def _holds_of_time(word: str, role: Role, phrase: Phrase, around: Surroundings) -> bool:
    near = around.before[:1]
    if word == "up_to" and around.sentence & _DRAGGING:
        return False
    if word == "in" and set(around.before[1:2]) & _DONE:
        return False
    if (
        role == "duration"
        and word in {"in", "over", "for", "last", "between"}
        and phrase.name in SHORT
    ):
        return near == (word,) and word != "in" and "responses" not in around.sentence
    if role == "duration" and word in {"each", "per", "once", "keep", "every", "next", "last"}:
        return word in around.before[:2]
    if role == "limit" and word in {
        "min",
        "minimum",
        "at_least",
        "must",
        "should",
        "allow",
        "hard",
    }:
        return phrase.name in SHORT or "timeout" in around.sentence
    return True


def goes_on_capped(role: Role, around: Surroundings) -> bool:
    """Whether a count that is joined to a limit is one too, as the sentence tells an offer."""
    return role in {"load", "size"} and bool(around.sentence & _OFFERING)


def _settled(role: Role, word: str, phrase: Phrase) -> Role:
    """The role, but that an answer within some milliseconds is a target."""
    if role == "duration" and word == "within" and phrase.name in SHORT:
        return "limit"
    return role


def metric_of(phrase: Phrase, role: Role, around: Surroundings) -> str:
    """The metric key of a figure; "" if none is known."""
    noun = phrase.noun
    if noun is None:
        return ""
    if noun.metric == "users":
        return _users(noun, phrase, around)
    if noun.kind == "money":
        return "budget" if around.sentence & {"budget", "budgets"} else "money"
    return _observed(noun, phrase, role, around)


def _observed(noun: Noun, phrase: Phrase, role: Role, around: Surroundings) -> str:
    if noun.kind == "time":
        return _time(phrase, role, around)
    if noun.kind == "data":
        return _data(phrase, around)
    return _share(around) if noun.kind == "share" else noun.metric


def _users(noun: Noun, phrase: Phrase, around: Surroundings) -> str:
    if phrase.per in {"group", "room", "class", "channel", "chat", "conversation", "course"}:
        return "group-size"
    words = {noun.name.lower(), *phrase.modifiers}
    if noun.name == "person":
        return "staff" if _own(around) else "people"
    if words & {"concurrent", "concurrently", "simultaneous", "online", "ccu"}:
        return "concurrent-users"
    if words & {"daily", "dau"} or phrase.per == "day":
        return "daily-users"
    if words & {"monthly", "mau"} or phrase.per == "month":
        return "monthly-users"
    return "users"


def _own(around: Surroundings) -> bool:
    """Whether people are those who ask: "a 2 person startup", "we are two people building"."""
    before = " ".join(reversed(around.before[:_NEAR]))
    return bool(_COMPANIES & {*around.behind[:1]}) or bool(_OURS.search(before))


def _time(phrase: Phrase, role: Role, around: Surroundings) -> str:
    near = around.near
    if near & {"timeout", "timeouts", "timed"}:
        return "timeout"
    if role == "measured" or (role == "limit" and phrase.name in SHORT):
        return "latency"
    if near & {"every", "interval", "intervals", "each"}:
        return "interval"
    if near & {"retention", "keep", "retain", "ttl", "history", "store"}:
        return "retention"
    return "duration"


def _data(phrase: Phrase, around: Surroundings) -> str:
    near = around.near | set(phrase.modifiers)
    if near & {"ram", "memory", "heap", "mem", "oom"}:
        return "memory"
    if near & {"bandwidth", "egress", "traffic", "transfer", "ingress"}:
        return "traffic"
    return "storage"


def _share(around: Surroundings) -> str:
    near = [*around.before[:5], *around.behind]
    for word in near:
        if word in _SHARES:
            return _SHARES[word]
    return "share"


def names_limit(around: Surroundings) -> bool:
    """Whether the sentence speaks of a limit."""
    return bool(around.sentence & (SUBJECTS | {"limited", "max"}))
