"""What a text is about: features, constraints, and the problem, by the phrases that name them."""

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from blueproof.intake.words.lexicon import Hit, lexicon
from blueproof.intake.words.offered import is_way
from blueproof.intake.words.technologies import Mention
from blueproof.intake.words.text import Text

_STRONG, _WEAK = 3.0, 1.0
_MOST_PROBLEMS = 3
# What weak words say is no second feature where they say the more particular one already.
_PARTICULAR = {"notifications": "push-notifications", "background-jobs": "job-queue"}
_ALSO = 0.12  # share of likelihood from which a second or third problem is named


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One thing that the text speaks of, where it first does so, and with what weight."""

    id: str
    start: int
    end: int
    weight: float
    negated: bool = False


def read_features(text: Text) -> tuple[Topic, ...]:
    """The features named, in text order; a weak phrase counts where another one backs it."""
    found = _certain("features.txt", text)
    names = {topic.id for topic in found if not topic.negated}
    return tuple(t for t in found if t.weight >= _STRONG or _PARTICULAR.get(t.id) not in names)


def read_constraints(text: Text, mentions: tuple[Mention, ...]) -> tuple[Topic, ...]:
    """The constraints named, in text order; `mentions` are the technologies that it names."""
    return _certain("constraints.txt", text, mentions)


def _certain(name: str, text: Text, mentions: tuple[Mention, ...] = ()) -> tuple[Topic, ...]:
    found = []
    for thing, every in _by_thing(lexicon(name).hits(text)).items():
        hits = [
            h for h in every
            if thing != _OWN_SERVERS
            or not (_is_present_host(text, h) or is_way(text, (h.start, h.end), mentions))
        ]  # fmt: skip
        sure = [h for h in hits if h.strength == "words"]
        if sure or _apart(hits):
            at = min(sure or hits, key=lambda h: h.start)
            found.append(
                Topic(
                    id=thing,
                    start=at.start,
                    end=at.end,
                    weight=_sum(hits),
                    negated=all(_negated(text, h) for h in sure or hits),
                )
            )
    return tuple(sorted(found, key=lambda t: t.start))


def _apart(hits: list[Hit]) -> bool:
    """Whether two different phrases stand in different words, lest one word count twice."""
    return any(
        a.phrase != b.phrase and (a.end <= b.start or b.end <= a.start)
        for a, b in combinations(hits, 2)
    )


def read_problems(text: Text, shares: tuple[tuple[str, float], ...]) -> tuple[Topic, ...]:
    """The likeliest problems, the main one first, at most three, each where it first stands."""
    hits = _by_thing(lexicon("problems.txt").hits(text))
    return tuple(
        _topic(thing, hits.get(thing, []), share)
        for place, (thing, share) in enumerate(shares[:_MOST_PROBLEMS])
        if place == 0 or share >= _ALSO
    )


def _topic(thing: str, hits: list[Hit], weight: float) -> Topic:
    start, end = min(((h.start, h.end) for h in hits), default=(0, 0))
    return Topic(id=thing, start=start, end=end, weight=weight)


# Where it runs now is no wish that it must stay there.
_OWN_SERVERS = "self-hosted"
_NOW = re.compile(
    r"\b(?:today|right now|now|currently|at the moment|at present|so far|still|existing|until now"
    r"|(?:we|it|all|everything|that|api|app|backend|site|db|database|server|this)"
    r"(?: (?:all|both|just|currently|now|is|are|has been))* "
    r"(?:runs?|running|lives?|sits?|hosted|hosts?|deployed|is|are|use|have|rent)"
    r"|(?:runs?|running|lives?|sits?|hosted|deployed) (?:all )?(?:on|in|at|with))\b",
    re.IGNORECASE,
)
_MUST = re.compile(
    r"\b(?:must|has to|have to|needs? to|only|require[sd]?|policy|want to|wants? (?:it|us|to)"
    r"|prefer\w*|stay|keep|remain|forbid\w*|not allowed|no (?:cloud|saas|managed)|self[- ]?host\w*"
    r"|(?:my|our) own|ourselves|myself)\b",
    re.IGNORECASE,
)


def _is_present_host(text: Text, hit: Hit) -> bool:
    """Whether the sentence tells where it runs today, and asks for nothing."""
    sentence = text.sentence_at(hit.start)
    return bool(_NOW.search(sentence.text)) and not _MUST.search(sentence.text)


_NEGATION = re.compile(
    r"\b(?:no|not|without|never|don'?t|doesn'?t|needn'?t|isn'?t|aren'?t|won'?t|neither|nor)"
    r"(?: (?:need|want|require|have|care|plan|use|an?|any|the|to|be|about|for|work"
    r"|real|much|it)){0,4} $",
    re.IGNORECASE,
)
_NEGATION_REACH = 40
# Faults that nobody wants: to say that they must not happen asks for what prevents them.
_FAULT = re.compile(r"over(?:sell|sold|book)|double[- ]?book|duplicate", re.IGNORECASE)


def _negated(text: Text, hit: Hit) -> bool:
    """Whether the words just before say that it is not wanted."""
    if _FAULT.match(text.raw, hit.start):
        return False
    begin = max(text.sentence_at(hit.start).start, hit.start - _NEGATION_REACH)
    return bool(_NEGATION.search(text.raw[begin : hit.start]))


def _distinct(hits: list[Hit]) -> list[Hit]:
    """One hit a phrase: saying it again adds nothing."""
    return list({h.phrase: h for h in reversed(hits)}.values())


def _by_thing(hits: tuple[Hit, ...]) -> dict[str, list[Hit]]:
    found: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        found[hit.id].append(hit)
    return found


def _sum(hits: list[Hit]) -> float:
    return sum(_STRONG if h.strength == "words" else _WEAK for h in _distinct(hits))
