"""Whether the words say that nobody needs the app without a connection."""

import re

_NEVER = re.compile(
    r"\bno (?:need for )?offline(?:\s+(?:mode|support|use|work|access|sync))?"
    r"(?=\s*(?:$|[.,;?!)]|needed|required|necessary|and\b|but\b|at all|or\b|so\b|please|for now))|"
    r"\boffline\b[^.;?!,]{0,16}\b(?:is not|are not|isn'?t|aren'?t|not)\s+(?:really\s+)?"
    r"(?:needed|required|necessary|important|a requirement|a must|an issue)\b|"
    r"(?:\bnot|n'?t)\s+(?:have|need)\s+(?:it\s+)?(?:to\s+)?(?:\w+\s+){0,2}?offline\b|"
    r"\bneed not (?:\w+ )?offline\b|\bno need (?:for it )?to (?:\w+ )?offline\b",
    re.IGNORECASE,
)
_ALWAYS = re.compile(
    r"\balways (?:be |have |has )?(?:an? )?(?:online|connected|on (?:wi-?fi|the network)|"
    r"internet|(?:good )?(?:signal|coverage|reception))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|nobody|rarely|cannot|hardly|no)\b|n't\b)[^.;,]{0,24}$", re.IGNORECASE
)


def is_never_without(text: str) -> bool:
    """Whether the words rule out work without a connection: "no offline needed".

    >>> is_never_without("No offline needed."), is_never_without("we are not always online")
    (True, False)
    """
    always = any(not _DENIED.search(text[: m.start()]) for m in _ALWAYS.finditer(text))
    return always or bool(_NEVER.search(text))
