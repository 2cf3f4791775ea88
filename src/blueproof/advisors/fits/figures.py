"""The figures of a request with the words near each, which say what it measures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.premises.figures import in_base, is_period, per_period
from blueproof.core.brief import Brief, Fact
from blueproof.facts.measured import Measure, holds
from blueproof.facts.phrase import Phrase, Word, words_of

_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=[^\s)\"'*]))+[.!?]*")
_TURN = re.compile(
    r"[;:\u2013\u2014]| - |,(?= (?:and|but|so|which is|we|i|our|the)\b)"
    r"|\b(?:but|while|whereas|although|though|because)\b|\band (?=(?:a|an|the|our|we|each)\b)",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"[,;:()\u2013\u2014.!?]| - |\b(?:and|but|while|so|which|or|that|through|via|to|from|on|in|with"
    r"|for|by|into|as|behind|of)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:()\u2013\u2014.!?]| - |\b(?:and|but|while|so|which|or)\b", re.IGNORECASE)
_MEASURED = frozenset({"B", "second"})  # of sizes and times, what they are of stands nearer
_LAST = 2  # words that stand right beside a figure
_NEAR, _BEHIND = 12, 4  # words before and behind a figure that say what it measures
_LINK = re.compile(
    r"(?:\b(?:of|is|are|about|around|roughly|up to|with|at|have|has|reach|reaches|to|being|carry"
    r"|carries|under|over|between|weigh|weighs|hold|holds|contain|contains|than|was|were|takes?"
    r"|gets?|grows?|becomes?|be|send|push|each|a|an|average|typically|usually|often|sometimes"
    r"|max(?:imum)?|like|as large as|as big as)|[(~\u2248,=])\s*$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"(?:\bof(?: (?:about|around|up to|roughly|some|at least|more than|over))?|[(~\u2248])\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A figure or range of the request in base units, as it is written, and the words about it.

    `before` and `behind` are the words near it, `lead` the text before it, of which what is said of
    it alone begins at `opening`; `sentence` is where its sentence begins and ends.
    """

    low: Decimal
    high: Decimal
    unit: str
    base: str
    per: str
    quote: str
    span: tuple[int, int]
    before: tuple[Word, ...]
    behind: tuple[Word, ...]
    lead: str
    opening: int
    sentence: tuple[int, int]

    def over(self, period: str) -> tuple[Decimal, Decimal]:
        """Both ends of the range for one period."""
        return (
            per_period(self.low, self.per, period),
            per_period(self.high, self.per, period),
        )


def told_figures(brief: Brief) -> Iterator[Told]:
    """The figures of the request in order, a range as one."""
    spans: dict[tuple[int, int], list[Fact]] = {}
    for fact in brief.facts:
        counted = fact.key.startswith("scale.") or fact.key == "deadline"
        if counted and fact.span and not isinstance(fact.value, str):
            spans.setdefault(fact.span, []).append(fact)
    for span, facts in sorted(spans.items()):
        yield _told(brief.request, span, facts, tuple(spans))


def _told(
    request: str, span: tuple[int, int], facts: list[Fact], others: tuple[tuple[int, int], ...]
) -> Told:
    unit, _, per = facts[0].unit.partition(" per ")
    values = sorted(in_base(Decimal(str(f.value)), unit) for f in facts)
    begin, end = sentence_at(request, span[0])
    opening = _opening(request, begin, span[0], others)
    figure = next((a for a, b in others if b == opening), opening)  # it may name the thing
    before = request[figure : span[0]]
    after = request[span[1] : end]
    stop = (_STOP if values[0][1] in _MEASURED else _CLAUSE).search(after)
    behind = after[: stop.start()] if stop else after
    return Told(
        low=values[0][0],
        high=values[-1][0],
        unit=unit,
        base=values[0][1],
        per=per,
        quote=facts[0].quote,
        span=span,
        before=words_of(before, span[0] - len(before))[-_NEAR:],
        behind=words_of(behind, span[1])[:_BEHIND],
        lead=before,
        opening=opening,
        sentence=(begin, end),
    )


def sentence_at(request: str, place: int) -> tuple[int, int]:
    """Where the sentence at this place of the request begins and ends."""
    found = (m.span() for m in _SENTENCE.finditer(request) if m.start() <= place < m.end())
    return next(found, (0, len(request)))


def _opening(request: str, begin: int, at: int, others: tuple[tuple[int, int], ...]) -> int:
    """Where the words that are said of a figure begin: behind a turn, or the figure before it."""
    turns = [begin + m.end() for m in _TURN.finditer(request[begin:at])]
    figures = [end for _, end in others if begin <= end <= at]
    return max((begin, *turns, *figures))


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A figure that measures this, and where the thing that it is of is named."""

    told: Told
    measure: Measure
    start: int
    end: int


def measured(told: Told, measure: Measure) -> Measured | None:
    """The figure as what it measures; None where the words near it do not say that it does."""
    if told.unit not in measure.units or bool(measure.per) != is_period(told.per):
        return None
    near = " ".join(w.lower for w in (*told.before, *told.behind) if w.start >= told.opening)
    if holds(measure.exceptions, near) or _is_of_others(told, measure):
        return None
    return _behind(told, measure) or _before(told, measure)


def _is_of_others(told: Told, measure: Measure) -> bool:
    """Whether it is of something else that has a length: "a 40-minute video"."""
    last = " ".join(w.lower for w in told.before[-_LAST:])
    if holds(measure.of_others, last):
        return not _found(measure.things, told.before[-_LAST:])
    return any(at[0] < _LAST for at in _found(measure.of_others, told.behind)) and not _found(
        measure.things, told.behind
    )


def _found(phrases: tuple[Phrase, ...], words: tuple[Word, ...]) -> list[tuple[int, ...]]:
    return [at for each in phrases for at in each.found(words)]


def _behind(told: Told, measure: Measure) -> Measured | None:
    """The thing right behind the figure: "a 40-minute job", "250 pushes per request"."""
    words = told.behind
    found = [at for at in _found(measure.things, words) if not _is_counted(words, at)]
    said = _found(measure.things, words_of(told.per))
    if not found and not said:
        return None
    last = max((words[at[-1]].end for at in found), default=told.span[1])
    return Measured(told=told, measure=measure, start=told.span[0], end=last)


def _is_counted(words: tuple[Word, ...], at: tuple[int, ...]) -> bool:
    """Whether it has a figure of its own, so that this one is spread: "3,600 in 36 calls"."""
    return at[0] > 0 and words[at[0] - 1].lower.isdigit()


def _before(told: Told, measure: Measure) -> Measured | None:
    """The thing before the figure, with a verb between them where the measure has verbs."""
    words = told.before
    found = _found(measure.things, words)
    if not found:
        return None
    first = min(found, key=lambda at: at[0])
    nearest = max(found, key=lambda at: at[-1])
    linked = _OF if measure.verbs else _LINK
    verbs = [at for at in _found(measure.verbs, words) if at[0] > first[0]]
    acts = {at[0] for at in _found(measure.verbs, words)}
    named = max((at for at in found if at[0] not in acts), default=nearest)
    beside = not measure.verbs and nearest[-1] == len(words) - 1
    if not verbs and not beside and not linked.search(told.lead):
        return None
    return Measured(told=told, measure=measure, start=words[named[0]].start, end=told.span[1])
