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
# What is asked of something else than money, though a bill is told beside it.
_QUESTION = re.compile(r"[^.!?\n]+\?")
_OF_ELSE = re.compile(
    r"\b(?:slow\w*|speed|fast(?:er)?|latency|time[sd]? ?out|index(?:es)?|errors?|crash\w*|schema"
    r"|model|secure|security|backups?|offline|migrate the data|alert)\b",
    re.IGNORECASE,
)
_OF_MONEY = re.compile(
    r"\b(?:cheap\w*|costs?|bills?|pay|price|expensive|sav(?:e|ing)|money|reduce|lower|cut)\b|\$",
    re.IGNORECASE,
)
# A bill of an accident, which no month repeats: what runs must be stopped, not made cheaper.
_ACCIDENT = re.compile(
    r"\b(?:recursiv\w+|recursion|infinite|endless|runaway)\b|\b(?:call|trigger)\w* itself\b"
    r"|(?<!tight )\bloop(?:s|ed|ing)?\b(?! (?:every|each|with))",
    re.IGNORECASE,
)
_READS = re.compile(r"\d\s?(?:k|m|million|billion|thousand)?\s(?:\w+\s)?reads\b", re.IGNORECASE)
_WRITES = re.compile(
    r"\d\s?(?:k|m|million|billion|thousand)?\s(?:\w+\s)?(?:writes|updates)\b", re.IGNORECASE
)
_MESSAGES = re.compile(
    r"\d\s?(?:k|m|million|thousand)?\s(?:\w+\s)?(?:sms\w*|texts?|otps?|codes|verifications)\b",
    re.IGNORECASE,
)


def may_tell(brief: Brief) -> bool:
    """Whether it is worth reading the meters."""
    keys = {f.key for f in brief.facts}
    told = bool(keys & {"scale.money", "budget"}) and "bill" not in keys and not brief.documents
    if not told or _ACCIDENT.search(brief.request):
        return False
    return bool(_ASKS.search(brief.request)) and not _asks_else(brief.request)


def _asks_else(request: str) -> bool:
    asked = _QUESTION.findall(request)
    return bool(asked) and all(
        _OF_ELSE.search(each) and not _OF_MONEY.search(each) for each in asked
    )


def tells_reads_and_writes(request: str) -> bool:
    """Whether figures of reads and of writes stand in it, as Firestore's usage page shows them."""
    return bool(_READS.search(request)) and bool(_WRITES.search(request))


def tells_messages(request: str) -> bool:
    """Whether a figure of text messages or codes stands in it."""
    return bool(_MESSAGES.search(request))
