"""Where the service runs today, as the words say it: that must be moved, not only built anew."""

import re

_NOW = re.compile(
    r"\b(?:currently|right now|at the moment|today|nowadays|at present|presently|so far|until now"
    r"|as of now|atm|now|already (?:live|in prod(?:uction)?)|in production|live)\b",
    re.IGNORECASE,
)
_RUNS = re.compile(
    r"(?:'s|\b(?:runs?|running|hosted|lives?|sits?|deployed|deploy|ship|is|are|have|someone|somebody"
    r"|ssh\w*|scp|pull|using|use))\b",
    re.IGNORECASE,
)
_LEAVES = re.compile(
    r"\b(?:leav(?:e|ing)|mov(?:e|ing)(?: \w+){0,4}|migrat(?:e|ing)(?: \w+){0,4}"
    r"|switch(?:ing)?(?: \w+){0,3}|com(?:e|ing)|get(?:ting)?)"
    r" (?:away |off |it |over )?(?:from|of|off)\b"
    r"|\bleav(?:e|ing)\b|\binstead of\b|\bget off\b",
    re.IGNORECASE,
)
_ARRIVES = re.compile(r"\bto (?:aws|amazon|ecs|fargate|lambda)\b", re.IGNORECASE)
_PLACES = (
    ("heroku", re.compile(r"\bheroku\b", re.IGNORECASE)),
    ("render", re.compile(r"\brender(?:\.com)?\b", re.IGNORECASE)),
    ("railway", re.compile(r"\brailway\b", re.IGNORECASE)),
    ("fly-io", re.compile(r"\bfly(?:\.io|-io)?\b(?! by)", re.IGNORECASE)),
    (
        "server",
        re.compile(
            r"\b(?:ec2|lightsail|droplet|digital ?ocean|hetzner|linode|ovh|contabo|vps|vms?"
            r"|virtual machines?|bare metal|on[- ]prem\w*|(?:linux |ubuntu |own |old |one |single "
            r"|our |a |the |physical )(?:server|box|machine)|ssh\w*(?:'s|es)?|scp|pm2|systemd|ftp"
            r"|docker (?:by hand|compose|run)|docker-compose|by hand|manually)\b",
            re.IGNORECASE,
        ),
    ),
)
_NOT_YET = re.compile(
    r"\b(?:laptop|localhost|local(?:ly)? only|my machine"
    r"|not (?:yet )?(?:live|in production|deployed|online)"
    r"|no (?:users|customers|production|data) yet|nothing (?:is )?(?:live|in production|runs)"
    r"|haven'?t (?:launched|deployed)|before (?:the )?launch|greenfield|from scratch)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|no|never|without|than|avoid|or)\s+(?:an?\s+|on\s+)?$", re.IGNORECASE
)
_STANDS = re.compile(
    r"\b(?:we|it|api|app|backend|server|service|everything|prod(?:uction)?) "
    r"(?:runs?|is (?:currently )?(?:hosted|running|deployed)|lives|sits)\b[^,]{0,20}\bon\b"
    r"[^,]{0,12}$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


def present_of(request: str) -> str:
    """The place where it runs now: "heroku", "render", "railway", "fly-io", "server"; "" if none.

    >>> present_of("Currently someone ssh's in and runs docker by hand")
    'server'
    >>> present_of("How do I run it on EC2?")
    ''
    """
    if _NOT_YET.search(request):
        return ""
    return next((found for s in _SENTENCE.split(request) if (found := _told(s))), "")


def _told(sentence: str) -> str:
    """The place that one sentence says it runs in, or is to be moved from."""
    for name, pattern in _PLACES:
        place = pattern.search(sentence)
        if place is None or _DENIED.search(sentence[: place.start()]):
            continue
        before = sentence[: place.start()]
        leaves = _LEAVES.search(before) is not None and not _ARRIVES.search(before)
        runs = _NOW.search(sentence) is not None and _RUNS.search(sentence) is not None
        if leaves or runs or _STANDS.search(before):
            return name
    return ""
