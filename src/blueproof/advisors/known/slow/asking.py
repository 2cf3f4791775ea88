"""Whether a request that tells of something slow asks for something else than a faster query."""

import re

from blueproof.facts.pattern import LatePattern

_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")
# What is asked for is no query: a design, a service, a delivery that arrives once, a place to keep.
_ELSE = LatePattern(
    r"\b(?:architectures?|architect|reliab\w+|which (?:aws )?service|pipelines?|deploy\w*|webhooks?"
    r"|push|notifications?|twice|three times|duplicat\w+|exactly once|idempoten\w*"
    r"|(?:design|sketch|draw|structure|organi[sz]e|lay out)\b(?! an? (?:index|query))"
    r"|where (?:should|do|to|shall) (?:we |i )?(?:store|keep|put))",
    re.IGNORECASE,
)
# And of these it is asked why they are slow, whatever else the sentence holds.
_OF_A_QUERY = LatePattern(
    r"\b(?:index\w*|quer(?:y|ies)|sql|slow\w*|fast\w*|speed\w*|plan(?:ner)?|explain|tun(?:e|ing)"
    r"|optimi[sz]\w*|seq(?:uential)? scans?|joins?|rewrit\w+)\b",
    re.IGNORECASE,
)
_ASKS = LatePattern(
    r"\?|^\W*(?:please |pls |can (?:you|someone|anyone) |could (?:you|someone) )?"
    r"(?:draw|sketch|design|show|tell|give|explain|recommend|suggest|help)\b"
    r"|\b(?:how (?:should|do|can|would|shud|shoud)|what should|which|should (?:i|we))\b",
    re.IGNORECASE,
)


def asks_else(text: str) -> bool:
    """Whether all that is asked is something else than how a query gets faster."""
    asked = [each for each in _SENTENCE.split(text) if _ASKS.search(each)]
    return bool(asked) and all(_is_else(each) for each in asked)


def _is_else(sentence: str) -> bool:
    return bool(_ELSE.search(sentence)) and not _OF_A_QUERY.search(sentence)
