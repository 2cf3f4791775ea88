"""Which design a request asks for, if it asks for one."""

import re

from blueproof.advisors.designs.entries import Cues, cues
from blueproof.core.brief import Brief
from blueproof.decide.reading import needs_of

# What is handed over or has broken, or money: other parts answer that.
_OTHER = re.compile(
    r"```|\bcreate table\b|\bexplain (?:analy[sz]e|\()|\(cost=|\bselect\b[^.?!]{1,200}\bfrom\b \w+"
    r"|\b(?:takes?|took|lasts?) (?:about |around |over )?\d+(?:\.\d+)? ?(?:s|ms|sec\w*)\b"
    r"|\b\d+ ms\b|\bslow quer\w+|\bquer(?:y|ies) (?:is|are|got) (?:\w+ )?slow"
    r"|\bstuck (?:on|in|for)\b"
    r"|\btraceback\b|\bat [\w.$]+\([\w/.]+:\d+|\bmatch /|\bresource \"|\bcreate policy\b",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\bhow (?:do|does|should|would|can|could|to|are|is)\b"
    r"|\bhow (?:would|do) you\b|\bmodel(?:l?ed|s)?\b"
    r"|\bschema\b|\bdesign\b|\bbuil[dt]\b|\bstructure\b|\bdo (?:i|we) (?:store|need)\b"
    r"|\b(?:right|proper|good|clean|best|better|correct) (?:\w+/)?(?:way|approach|pattern|thing)"
    r"|\bwhat (?:tables|do i use|to use|would you|do (?:i|we) need|is the (?:right|best|proper))"
    r"|\bshould (?:i|we)\b|\bproperly\b|\bbetter way\b|\bis (?:/\w+|this|that|it) the right\b",
    re.IGNORECASE,
)
_FEWEST_HITS = 5  # words of a design that stand for a question of building by themselves
_MOST_WORDS = 450  # of a tale; a longer one tells of a whole system


def meant(brief: Brief) -> Cues | None:
    """The design that the words call for, the one with most of its words; None for none."""
    text = brief.request
    if brief.documents or _OTHER.search(text):
        return None
    if len(text.split()) > _MOST_WORDS:
        return None
    rated = [(each.hits(text), each) for each in cues()]
    hits, best = max(rated, key=lambda pair: pair[0], default=(0, None))
    if best is None or (hits < _FEWEST_HITS and not _WANTS.search(text)) or not hits:
        return None
    if not best.choice and len(needs_of(brief).options) > 1:
        return None
    return best
