"""What sort of answer is asked for: the kind of the main question."""

import re

from blueproof.core.blueprint import QuestionKind
from blueproof.intake.words.text import Sentence, Text

# Tried in order within a sentence; the first that fits names the sentence's kind. The weight says
# how much such a sentence tells: a closed question is often the second thought behind an open one.
_PATTERNS: tuple[tuple[QuestionKind, float, str], ...] = (
    ("how-much", 3.2, r"\bhow (?:much|many|expensive|costly|big|large|far)\b|\bwhat (?:will|would|does|do|should|is|are)\b.{0,40}\b(?:costs?|pay|price|bill)\b|\b(?:estimate\w*|tell (?:me|us)|know)\b.{0,40}\b(?:costs?|bill|pric\w+)\b|\b(?:typical|expected|rough|monthly) costs?\b|\bcosts? estimate"),
    ("is-this-fine", 3.2, r"\b(?:is|are|does|do|would|was|isn'?t)\b.{0,70}\b(?:ok(?:ay)?|fine|sane|sensible|reasonable|overkill|acceptable|justified|a (?:good|bad|terrible) (?:idea|approach|practice|plan|choice|one)|good one|makes? sense|correct (?:way|approach)|right (?:way|approach|track|direction)|good enough|sounds? (?:right|good|ok\w*)|anti-?pattern|(?:good|bad|best) practice)\b|\bam i (?:right|wrong|crazy|justified|on the right|overthinking|overcomplicating|doing (?:this|it) right)|(?:thoughts|opinions?|sane|fine|ok|okay|overkill|good idea|bad idea|sensible|feasible|good enough|right|make sense)\s*\?+$|\bany (?:thoughts|concerns|red flags|gotchas|objections|issues with)|\bsanity check|\bwhat do you (?:guys )?think|\bwould (?:this|that) (?:work|scale|hold)|\bwill (?:this|that) (?:scale|hold|work)|\b(?:any|some) (?:flaws|downsides|drawbacks)|\bmy (?:plan|proposal|proposed solution) is\b"),
    ("review", 3.0, r"\b(?:review|critique|audit|look over|check over|go over)\b.{0,40}\b(?:my|our|this|the|these)\b|\bplease check\b|\bfeedback on|\bhere (?:is|are) (?:my|our) .{0,40}(?:schema|quer|config|rules|bill|code|terraform|plan)"),
    ("why", 3.0, r"^\W*(?:so |and |but )?why\b|\bwhy (?:is|are|does|do|did|would|can|am|was|were|this|the|it|my|our|i|we)\b|\bwhat(?:'s| is| are| could be| might be| can be| would)? (?:causing|the (?:cause|reason|issue|problem)\b|going (?:on|wrong)|happening|make)|\bwhat causes|\bhow (?:come|is it possible)\b|\breasons? (?:for|why|behind)|\bwhat am i (?:missing|doing wrong)|\bwhat(?:'s| is) wrong|\b(?:ideas?|idea|clues?|hints?|explanation) (?:what|why)\b|\bany (?:ideas?|clues?|hints?)\W*$|\broot cause\b|\bam i doing something wrong|\b(?:what am i|am i) missing|\bhow can .{3,60}\bcosts? [$\d]|\b(?:don'?t understand|know|see|understand|figure out|wonder\w*) why"),
    ("which", 3.0, r"(?:^|[,;:(] ?|\b(?:and|about|on|in|to|know|sure|unsure|decide|but|so|tell me|wondering) )which\b(?! (?:is|are|was|were|means|has|have|i|we|the|then|makes?|causes?|can|could|will|would|gets?|runs?|takes?|returns?|contains?|uses?|may|seems?|in|it|they|they're|it's)\b)|\bwhich (?:is|are|would be) (?:better|best|the best|cheaper|faster|preferred|more)|\bwhat\b.{0,40}\b(?:database|db|backend|service|stack|tool|platform|hosting|provider|baas|queue|orm|tech|option|language|framework)\b.{0,40}\b(?:use|choose|pick|recommend|suggest|go with|fits?|best|better|suit\w*)\b|\b(?:vs\.?|versus)\b|\bchoos(?:e|ing)\b|\bdecid(?:e|ing) (?:between|on|whether)\b|\b(?:recommend|suggest)\w*\b.{0,40}\b(?:database|db|backend|service|stack|host|provider|tool|something|someone)\b|\bwhat (?:should|would|do) (?:i|we|you) (?:use|pick|choose|go with|recommend|suggest)|\balternatives?\b.{0,20}(?:to|wanted|for|\?)|\b(?:makes?|made) more sense\b|\b(?:should|do|would|could|can|shall) (?:i|we|you|it)\b.{3,140}\bor\b(?! (?:not|something|similar|whatever|any|even|so)\b).{2,}\?|\binstead of\b.{0,60}\?|\bor\b.{0,50}\bbetter\b|\bbetter\b.{0,40}\bor\b|\bstick with\b.{0,60}\bor\b|^[^.?]{2,60}\bor\b [\w .'-]{2,40}\?+$|\b(?:recommended|best) (?:database|db|backend|service|stack|tool|platform|host\w*|provider|orm|queue)\b|\boption 1\b|\bis the right way\b.{0,80}\bor\b"),
    ("how", 3.0, r"^\W*(?:so |and |but |also,? |then |now )?how\b|\bhow (?:do|does|can|could|to|should|would|might|else|did|i|we|best|exactly)\b|\b(?:best|right|correct|proper|recommended|easiest|simplest|cleanest|preferred|better) (?:way|approach|practices?|strategy|method|pattern)s?\b|\b(?:is|are) there\b.{0,30}\b(?:ways?|methods?|tricks?|workarounds?|strateg\w+|approach\w*|best practices?|open discussions)\b|\bany ?(?:way|one know how)\b|\bways? (?:to|around|of)\b|\bstrateg(?:y|ies) (?:to|for)\b|\bwhat(?:'s| is| are| would be)?\b.*\b(?:way|approach|strategy|pattern|process|steps|procedure)\b|\bwhat (?:\(.{3,20}\) )?(?:can|should|could|must) (?:i|we|be done)\b|\bwhat if\b"),
    ("build", 2.5, r"^(?:please |pls |can you |could you )?(?:build|create|write|generate|implement|make|design|draft|set up|give me|provide|produce)\b|\b(?:can|could|would) (?:you|someone|somebody) (?:please )?(?:build|create|write|generate|implement|make|design|draft|provide)|\bi (?:need|want) (?:a|an|you to) .{0,30}\b(?:script|schema|function|dockerfile|workflow|pipeline|template|module|policy|rules)\b|, (?:build|create|write|implement|design) the\b"),
    ("yes-no", 1.7, r"^(?:so |and |but |or |also,? |hi,? |then |now |basically |just |question:? |if .{3,60}, )*(?:is|are|can|could|does|do|will|would|should|has|have|must|did|isn'?t|doesn'?t|shouldn'?t|can'?t|won'?t|may)\b|\b(?:is (?:it|there|this)|are there|can (?:i|we|you|it|one)|could (?:i|we)|does (?:it|this|anyone|that|the)|do (?:i|we|you)|should (?:i|we)|will (?:it|i|we|this)|would (?:it|this)|(?:if|whether) (?:it|this) (?:is|was) (?:possible|supported))\b.*\?|\bis it possible\b|\bwonder(?:ing)? (?:if|whether)\b"),
    ("how", 0.6, r"\b(?:help|advice|guidance|pointers|tips|suggestions?|ideas)\b|\bneeds? to\b|\bwants? to\b|\btrying to\b|\bwould like\b"),
)  # fmt: skip
_COMPILED = tuple((kind, weight, re.compile(p, re.IGNORECASE)) for kind, weight, p in _PATTERNS)
_STATED = 0.45  # what a sentence tells that is no question, against one that is
_FIRST, _LAST = 1.5, 1.15  # the first question is the main one more often than any other


def read_kind(text: Text) -> tuple[QuestionKind, Sentence | None]:
    """The kind of the main question, and the sentence that asks it."""
    votes: dict[QuestionKind, float] = {}
    first: dict[QuestionKind, Sentence] = {}
    sentences = [s for s in text.sentences if not text.is_code(s.start)]
    asking = [s for s in sentences if s.asks]
    for sentence in sentences:
        kind, weight = _kind(sentence)
        if kind is None:
            continue
        if not sentence.asks:
            weight *= _STATED
        elif sentence is asking[0]:
            weight *= _FIRST
        elif sentence is asking[-1]:
            weight *= _LAST
        votes[kind] = votes.get(kind, 0.0) + weight
        first.setdefault(kind, sentence)
    if not votes or max(votes.values()) < 1:
        return _by_default(text), None
    best = max(votes, key=lambda kind: votes[kind])
    return best, first[best]


def _kind(sentence: Sentence) -> tuple[QuestionKind | None, float]:
    """The first kind whose pattern fits the sentence, and how much that tells."""
    bare = sentence.text.strip(" *_#>-\"'")
    for kind, weight, pattern in _COMPILED:
        if pattern.search(bare):
            return kind, weight
    return None, 0.0


_FAILING = re.compile(
    r"\berrors?\b|\bfail\w*|\btim(?:e|es|ed|ing) ?out|\bslow\w*|\bcrash\w*|\bstuck\b|\bcan(?:'t|not)\b"
    r"|\bdoesn't work|\bnot working|\bexceeded\b|\bspik\w+",
    re.IGNORECASE,
)


def _by_default(text: Text) -> QuestionKind:
    """A report of trouble asks why; anything else, how."""
    return "why" if _FAILING.search(text.raw) else "how"
