"""A quick look whether a request may tell a bill: it names a sum, asks something, lists no lines.

It stands apart so that a request that tells none reads nothing of meters.
"""

import re

from blueproof.core.brief import Brief

_ASKS = re.compile(
    r"\b(?:cheap\w*|reduc\w*|lower\w*|cut|sav(?:e|ing)|why|where|how|what|what's|stay|move|leave"
    r"|switch|fix|worr\w+|expensive|too (?:much|high)|worth|should|can (?:we|i)|help)\b|\?",
    re.IGNORECASE,
)


def may_tell(brief: Brief) -> bool:
    """Whether it is worth reading the meters."""
    keys = {f.key for f in brief.facts}
    told = bool(keys & {"scale.money", "budget"}) and "bill" not in keys and not brief.documents
    return told and bool(_ASKS.search(brief.request))
