"""The forms of sentences: what sort of answer each asks for."""

import re

from blueproof.core.blueprint import QuestionKind
from blueproof.intake.words.text import Sentence, Text

# Tried in order within a sentence; the first that fits names the form that it has most of all.
_PATTERNS: tuple[tuple[QuestionKind, str], ...] = (
    ("how-much", r"\bhow (?:much|many|expensive|costly|big|large|far)\b|\bwhat (?:will|would|does"
     r"|do|should|is|are)\b.{0,40}\b(?:costs?|pay|price|bill)\b|\b(?:estimate\w*"
     r"|tell (?:me|us)|know)\b.{0,40}\b(?:costs?|bill|pric\w+)\b|\b(?:typical|expected"
     r"|rough|monthly) costs?\b|\bcosts? estimate|\bcost estimation\b|\bwhat(?:'s"
     r"| is) a good (?:retention|size|number|limit|value|interval)|\bwhat (?:resources"
     r"|size|specs?) (?:are|is|do)\b|\brunning costs?\b"),
    ("is-this-fine", r"\b(?:is|are|does|do|would|was|isn'?t)\b.{0,70}\b(?:ok(?:ay)?|fine|sane"
     r"|sensible"
     r"|reasonable|overkill|acceptable|justified|a (?:good|bad|terrible) (?:idea"
     r"|approach|practice|plan|choice|one)|good one|makes? sense|correct (?:way"
     r"|approach)|right (?:way|approach|track|direction)|good enough|sounds? (?:right"
     r"|good|ok\w*)|anti-?pattern|(?:good|bad|best) practice)\b|\bam i (?:right|wrong"
     r"|crazy|justified|on the right|overthinking|overcomplicating|doing (?:this"
     r"|it) right)|(?:thoughts|opinions?|sane|fine|ok|okay|overkill|good idea|bad idea"
     r"|sensible|feasible|good enough|right|make sense)\s*\?+$|\bany (?:thoughts"
     r"|concerns|red flags|gotchas|objections|issues with)|\bsanity check"
     r"|\bwhat do you (?:guys )?think|\bwould (?:this|that) (?:work|scale|hold)"
     r"|\bwill (?:this|that) (?:scale|hold|work)|\b(?:any|some) (?:flaws|downsides"
     r"|drawbacks)|\bmy (?:plan|proposal|proposed solution) is\b"
     r"|^\W*(?:\w+\W+){0,2}(?:good|enough|reasonable|wdyt|agreed|sensible|thoughts"
     r"|worth it|overkill)\W*\?+$|\bwdyt\b|\bwhat are your thoughts|^(?:what"
     r"|how) about\b|\bin your opinion\b|^\W*(?:proposal|proposed \w+|possible (?:fix"
     r"|solution))\b|^let'?s (?:use|move|switch|go)\b|\bis (?:this|it|that) enough\b"
     r"|\b(?:good|bad) pattern\b"),
    ("review", r"\b(?:review|critique|audit|look over|check over|go over)\b.{0,40}\b(?:my|our"
     r"|this|the|these)\b|\bplease check\b|\bfeedback on|\bhere (?:is|are) (?:my"
     r"|our) .{0,40}(?:schema|quer|config|rules|bill|code|terraform|plan)"),
    ("why", r"^\W*(?:so |and |but )?why\b|\bwhy (?:is|are|does|do|did|would|can|am|was|were"
     r"|this|the|it|my|our|i|we)\b|\bwhat(?:'s| is| are| could be| might be| can be"
     r"| would)? (?:causing|the (?:cause|reason|issue|problem)\b|going (?:on|wrong)"
     r"|happening|make)|\bwhat causes|\bhow (?:come|is it possible)\b"
     r"|\breasons? (?:for|why|behind)|\bwhat am i (?:missing|doing wrong)|\bwhat(?:'s"
     r"| is) wrong|\b(?:ideas?|idea|clues?|hints?|explanation) (?:what|why)\b"
     r"|\bany (?:ideas?|clues?|hints?)\W*$|\broot cause\b|\bam i doing something wrong"
     r"|\b(?:what am i|am i) missing|\bhow can .{3,60}\bcosts? [$\d]"
     r"|\b(?:don'?t understand|know|see|understand|figure out|wonder\w*) why"
     r"|\bidea where to look|\bwhat is the source\b|\bexplain (?:this"
     r"|the) (?:behaviou?r|difference)|\blooking for places to look"
     r"|\bdid something go wrong"),
    ("which", r"(?:^|[,;:(] ?|\b(?:and|about|on|in|to|know|sure|unsure|decide|but|so|tell me"
     r"|wondering) )which\b(?! (?:is|are|was|were|means|has|have|i|we|the|then|makes?"
     r"|causes?|can|could|will|would|gets?|runs?|takes?|returns?|contains?|uses?|may"
     r"|seems?|in|it|they|they're|it's)\b)|\bwhich (?:is|are|would be) (?:better|best"
     r"|the best|cheaper|faster|preferred|more)|\bwhat\b.{0,40}\b(?:database|db"
     r"|backend|service|stack|tool|platform|hosting|provider|baas|queue|orm|tech"
     r"|option|language|framework)\b.{0,40}\b(?:use|choose|pick|recommend|suggest"
     r"|go with|fits?|best|better|suit\w*)\b|\b(?:vs\.?|versus)\b|\bchoos(?:e|ing)\b"
     r"|\bdecid(?:e|ing) (?:between|on|whether)\b|\b(?:recommend"
     r"|suggest)\w*\b.{0,40}\b(?:database|db|backend|service|stack|host|provider|tool"
     r"|something|someone)\b|\bwhat (?:should|would|do) (?:i|we|you) (?:use|pick"
     r"|choose|go with|recommend|suggest)|\balternatives?\b.{0,20}(?:to|wanted|for|\?)"
     r"|\b(?:makes?|made) more sense\b|\b(?:should|do|would|could|can|shall) (?:i|we"
     r"|you|it)\b.{3,140}\bor\b(?! (?:not|something|similar|whatever|any|even"
     r"|so)\b).{2,}\?|\binstead of\b.{0,60}\?|\bor\b.{0,50}\bbetter\b"
     r"|\bbetter\b.{0,40}\bor\b|\bstick with\b.{0,60}\bor\b"
     r"|^[^.?]{2,60}\bor\b [\w .'-]{2,40}\?+$|\b(?:recommended|best) (?:database|db"
     r"|backend|service|stack|tool|platform|host\w*|provider|orm|queue)\b|\boption 1\b"
     r"|\bis the right way\b.{0,80}\bor\b|\b(?:suggestions?"
     r"|recommendations?) for\b.{0,30}\?|\bwhat are (?:our|my|the) options\b"
     r"|\bany (?:other )?(?:better|cheaper) (?:solutions?|options?|alternatives?)\b"
     r"|\bbest (?:\w+ )?(?:location|place|store|storage|option)\b|\boptions? (?:is|are"
     r"|would be)\b.{0,40}:|\bof your choice\b|\bcompare (?:it|them)\b"),
    ("how", r"^\W*(?:so |and |but |also,? |then |now )?how\b|\bhow (?:do|does|can|could|to"
     r"|should|would|might|else|did|i|we|best|exactly)\b|\b(?:best|right|correct"
     r"|proper|recommended|easiest|simplest|cleanest|preferred|better) (?:way|approach"
     r"|practices?|strategy|method|pattern)s?\b|\b(?:is|are) there\b.{0,30}\b(?:ways?"
     r"|methods?|tricks?|workarounds?|strateg\w+|approach\w*|best practices?"
     r"|open discussions)\b|\bany ?(?:way|one know how)\b|\bways? (?:to|around|of)\b"
     r"|\bstrateg(?:y|ies) (?:to|for)\b|\bwhat(?:'s| is| are| would be)?\b.*\b(?:way"
     r"|approach|strategy|pattern|process|steps|procedure)\b"
     r"|\bwhat (?:\(.{3,20}\) )?(?:can|should|could|must) (?:i|we|be done)\b"
     r"|\bwhat if\b"),
    ("build", r"^(?:please |pls |can you |could you )?(?:build|create|write|generate|implement"
     r"|make|design|draft|set up|give me|provide|produce)\b|\b(?:can|could"
     r"|would) (?:you|someone|somebody) (?:please )?(?:build|create|write|generate"
     r"|implement|make|design|draft|provide)|\bi (?:need|want) (?:a|an"
     r"|you to) .{0,30}\b(?:script|schema|function|dockerfile|workflow|pipeline"
     r"|template|module|policy|rules)\b|, (?:build|create|write|implement"
     r"|design) the\b"),
    ("yes-no", r"^(?:so |and |but |or |also,? |hi,? |then |now |basically |just |question:? "
     r"|if .{3,60}, )*(?:is|are|can|could|does|do|will|would|should|has|have|must|did"
     r"|isn'?t|doesn'?t|shouldn'?t|can'?t|won'?t|may)\b|\b(?:is (?:it|there|this)"
     r"|are there|can (?:i|we|you|it|one)|could (?:i|we)|does (?:it|this|anyone|that"
     r"|the)|do (?:i|we|you)|should (?:i|we)|will (?:it|i|we|this)|would (?:it|this)"
     r"|(?:if|whether) (?:it|this) (?:is|was) (?:possible|supported))\b.*\?"
     r"|\bis it possible\b|\bwonder(?:ing)? (?:if|whether)\b"),
    ("how", r"\b(?:help|advice|guidance|pointers|tips|suggestions?|ideas)\b|\bneeds? to\b"
     r"|\bwants? to\b|\btrying to\b|\bwould like\b"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(p, re.IGNORECASE)) for kind, p in _PATTERNS)


def forms(sentence: Sentence) -> tuple[QuestionKind, ...]:
    """Every kind whose form the sentence has, the most telling first."""
    bare = sentence.text.strip(" *_#>-\"'")
    return tuple(kind for kind, pattern in _COMPILED if pattern.search(bare))


def asking(text: Text, kind: QuestionKind) -> Sentence | None:
    """The sentence that asks: the first question of this kind, or else the first of the form."""
    prose = [s for s in text.sentences if not text.is_code(s.start)]
    fits = [s for s in prose if kind in forms(s)]
    questions = [s for s in fits if s.asks] or [s for s in prose if s.asks]
    return next(iter(questions or fits), None)
