"""Which design a request asks for, if it asks for one."""

import re

from blueproof.advisors.designs.entries import Cues, cues
from blueproof.core.brief import Brief
from blueproof.decide.reading import needs_of

# What is handed over or has broken, or money: other parts answer that.
_OTHER = re.compile(
    r"```|\bcreate table\b|\bexplain (?:analy[sz]e|\()|\(cost=|\bselect\b[^.?!]{1,200}\bfrom\b \w+"
    r"|\btraceback\b|\bat [\w.$]+\([\w/.]+:\d+|\bmatch /|\bresource \"|\bcreate policy\b",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\bhow\b|\bmodel\w*\b|\bschema\b|\bdesign\w*\b|\bbuil[dt]\w*\b|\bstructur\w*\b|\bstore\w*\b"
    r"|\b(?:right|proper|good|clean|best|better|correct|sane) (?:way|approach|pattern|setup|tool)"
    r"|\btables?\b|\bwhat (?:do|should|would|to|are)\b|\bwhat(?:'s| is)\b|\bwhich\b|\bdo (?:i|we)"
    r" need\b|\bshould (?:i|we)\b|\bneed (?:to|a|an)\b|\bwant to\b|\bproperly\b|\?",
    re.IGNORECASE,
)
_MOST_WORDS = 450  # of a tale; a longer one tells of a whole system


def meant(brief: Brief) -> Cues | None:
    """The design that the words call for, the one with most of its words; None for none."""
    text = brief.request
    if brief.documents or _OTHER.search(text) or not _WANTS.search(text):
        return None
    if len(text.split()) > _MOST_WORDS:
        return None
    rated = [(each.hits(text), each) for each in cues()]
    hits, best = max(rated, key=lambda pair: pair[0], default=(0, None))
    if not hits or best is None:
        return None
    if not best.choice and len(needs_of(brief).options) > 1:
        return None
    return best
