"""What sort of answer is asked for: the kind of the main question."""

import re
from collections.abc import Iterator

from blueproof.core.blueprint import QuestionKind
from blueproof.intake.words.text import Sentence, Text

# Tried in order within a sentence; the first pattern that fits names its kind.
_PATTERNS: tuple[tuple[QuestionKind, str], ...] = (
    ("how-much", r"\bhow (?:much|many|expensive|costly|big|large)\b|\bwhat (?:will|would|does|do|should|is|are)\b.{0,40}\b(?:costs?|pay|price|bill)\b|\bestimate\w*\b.{0,40}\b(?:costs?|bill|pric\w+)\b|\bcost estimate"),
    ("is-this-fine", r"\b(?:is|are|does|do|would|was)\b.{0,60}\b(?:ok(?:ay)?|fine|sane|sensible|reasonable|overkill|a (?:good|bad|terrible) (?:idea|approach|practice|plan|choice)|make sense|correct (?:way|approach)|right (?:way|approach|track|direction)|good enough|sound right|anti-?pattern|best practice|safe)\b|\bam i (?:missing|right|wrong|crazy|on the right|overthinking|overcomplicating|doing)|(?:thoughts|opinions?|sane|fine|ok|overkill|good idea|bad idea|sensible|feasible)\s*\?|\bany (?:thoughts|concerns|red flags|gotchas)|\bsanity check|\bwhat do you (?:guys )?think|\bwould (?:this|that|it) (?:work|scale|hold)|\bwill (?:this|that|it) (?:scale|hold|work)|\b(?:any|some) (?:flaws|downsides)"),
    ("review", r"\b(?:review|critique|audit|look over|check over)\b.{0,40}\b(?:my|our|this|the)\b|\bwhat(?:'s| is) wrong with (?:my|this|our)|\bfeedback on|\bhere (?:is|are) (?:my|our|the) .{0,40}(?:schema|quer|config|rules|bill|code|terraform|plan)"),
    ("which", r"\bwhich\b(?! (?:is|are|was|were|means|has|have|i|we|the|then|makes?|causes?|can|could|will|would|gets?|runs?|takes?|returns?|contains?|uses?)\b)|\bwhich (?:is|are|would be) (?:better|best|the best|cheaper|faster|preferred|more)|\b(?:better|best|right|ideal|suitable|good|recommended|cheapest)\b.{0,30}\b(?:database|db|backend|back-end|service|services|stack|tool|tools|platform|host|hosting|provider|option|choice|choose|solution|technology|baas|queue|orm|framework|alternative|alternatives|library|tech)\b|\bwhat\b.{0,25}\b(?:database|db|backend|service|stack|tool|platform|hosting|provider|baas|queue|orm|tech)\b.{0,40}\b(?:use|choose|pick|recommend|suggest|go with|fit|best)\b|\b(?:vs\.?|versus)\b|\bchoos(?:e|ing)\b|\bdecid(?:e|ing) between\b|\b(?:recommend|suggest)\w*\b.{0,40}\b(?:database|db|backend|service|stack|host|provider|tool|solution)|\bwhat (?:should|would|do) (?:i|we|you) (?:use|pick|choose|go with|recommend|suggest)|\bwhat (?:would you|do you) (?:recommend|suggest|use)|\balternatives? to\b|\bstick with\b.{0,60}\bor\b|\bshould (?:i|we)\b.{3,120}\bor\b(?! not\b).{2,}\?|\bor\b.{0,40}\bbetter\b"),
    ("why", r"\bwhy\b|\bwhat(?:'s| is| are| could be| might be| can be| would)? (?:causing|the (?:cause|reason|issue|problem)|going on|happening|going wrong)|\bwhat causes|\bhow come\b|\breason (?:for|why|behind)|\bwhat am i (?:missing|doing wrong)|\bwhat(?:'s| is) wrong|\bany ?(?:one)? (?:ideas?|clues?|idea what|hints?)\b|\broot cause\b"),
    ("build", r"^(?:please |pls |can you |could you )?(?:build|create|write|generate|implement|make|design|draft|set up|give me|provide|produce)\b|\b(?:can|could|would) (?:you|someone|somebody) (?:please )?(?:build|create|write|generate|implement|make|design|draft|provide|show me)|\bi (?:need|want) (?:a|an|you to|the) .{0,30}\b(?:script|schema|function|dockerfile|workflow|pipeline|template|module|policy|rules)\b"),
    ("yes-no", r"^(?:so |and |but |or |also,? |hi,? |then |now |basically |just |question:? )*(?:is|are|can|could|does|do|will|would|should|has|have|must|did|isn't|doesn't|shouldn't|can't|won't|may) \b|\b(?:is (?:it|there|this)|are there|can (?:i|we|you|it|one)|could (?:i|we)|does (?:it|this|anyone|that|the)|do (?:i|we|you)|should (?:i|we)|will (?:it|i|we|this)|would (?:it|this)|(?:if|whether) (?:it|this) (?:is|was) (?:possible|supported))\b.*\?|\bis it possible\b|\bwonder(?:ing)? (?:if|whether)\b"),
    ("how", r"\bhow (?:do|does|can|could|to|should|would|might|are|is|will|did|i|we)\b|\bhow\b.*\?|\b(?:best|right|correct|proper|recommended|easiest|simplest|cleanest|good|any|a|some|most \w+) (?:way|approach|practice|practices|strategy|method|pattern)s?\b|\b(?:is there|are there)\b.{0,20}\b(?:way|method|trick)s?\b|\bwhat(?:'s| is| are| would be)\b.*\b(?:way|approach|strategy|pattern|practice|process|architecture|design|structure|setup)\b|\b(?:help|advice|guidance|pointers|tips|suggestions?|ideas)\b|\bwhat (?:can|should|do|could|must) (?:i|we)\b|\bneed to\b|\bwant to\b|\btrying to\b"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(p, re.IGNORECASE)) for kind, p in _PATTERNS)
_ORDER = tuple(kind for kind, _ in _PATTERNS)
_STATES = ("how", "build")  # patterns for these fit statements too, which a question outweighs


def read_kind(text: Text) -> tuple[QuestionKind, Sentence | None]:
    """The kind of the main question, and the sentence that asks it."""
    votes: dict[QuestionKind, float] = {}
    first: dict[QuestionKind, Sentence] = {}
    sentences = [s for s in text.sentences if not text.is_code(s.start)]
    for place, sentence in enumerate(sentences):
        weight = _weight(sentence, place, len(sentences))
        for rank, kind in enumerate(_kinds(sentence)):
            votes[kind] = votes.get(kind, 0.0) + weight / (1 + 2 * rank)
            first.setdefault(kind, sentence)
    if not votes:
        return _by_default(text), None
    best = max(votes, key=lambda kind: (votes[kind], -_ORDER.index(kind)))
    return best, first[best]


def _weight(sentence: Sentence, place: int, count: int) -> float:
    """A question outweighs a statement; the title and the close outweigh the middle."""
    weight = 3.0 if sentence.asks else 1.0
    return weight * (1.5 if place in {0, count - 1} else 1.0)


def _kinds(sentence: Sentence) -> Iterator[QuestionKind]:
    for kind, pattern in _COMPILED:
        if pattern.search(sentence.text.strip(" *_#>-\"'")):
            yield kind


_FAILING = re.compile(
    r"\berrors?\b|\bfail\w*|\btim(?:e|es|ed|ing) ?out|\bslow\w*|\bcrash\w*|\bstuck\b|\bcan(?:'t|not)\b"
    r"|\bdoesn't work|\bnot working|\bexceeded\b|\bspik\w+",
    re.IGNORECASE,
)


def _by_default(text: Text) -> QuestionKind:
    """A report of trouble asks why; anything else, how."""
    return "why" if _FAILING.search(text.raw) else "how"
