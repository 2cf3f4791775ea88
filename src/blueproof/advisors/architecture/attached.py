"""Files that come with each record: "25k listings a day with 6 photos of 5 MB, 15% a video"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_KIND = r"(?:photo|picture|image|video|clip|recording|document|scan|pdf|attachment)s?"
_EACH = re.compile(
    rf"(?P<n>\b\d{{1,3}}(?:\.\d)?) (?:[a-z]+ )?(?P<kind>{_KIND})\b"
    r"(?! (?:a|an|per) (?:user|customer|person|day|week|month|hour|minute|second))",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"(?P<kind>\b{_KIND})\b[ (,:]{{1,3}}(?:on )?(?:avg\.?|average|about|around|some|~)? ?"
    r"(?P<n>\d{1,3}(?:\.\d)?) per (?!user|customer|person|day|week|month|hour|minute|second)[a-z]+",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(?P<share>\b\d{1,2}(?:\.\d)?) ?% (?:of [a-z]+ )?"
    rf"(?:with|have|has|had|come with|include|contain) (?:an? |one )?(?P<kind>{_KIND})\b",
    re.IGNORECASE,
)
_MB = re.compile(
    r"(?P<most>\b(?:up to|at most|max(?:imum)?) )?(?<![\d.])(?P<low>\d{1,4}(?:\.\d)?)"
    r"(?: ?(?:-|\u2013|to) ?(?P<high>\d{1,4}(?:\.\d)?))? ?(?P<unit>MB|GB)\b",
    re.IGNORECASE,
)
_NEAR = 60  # characters behind that tell the size
_OF_MOST = 0.5  # of "up to 300 MB", on average: an assumption


@dataclass(frozen=True, kw_only=True)
class Attached:
    """Files of one kind: so many with each record, each of so many megabytes."""

    kind: str
    each: float
    mb: float


def attached_in(text: str) -> tuple[Attached, ...]:
    """The kinds of files that come with a record and have a size.

    >>> attached_in("listings with 6 photos of 4-8 MB, 15% with a video up to 300 MB")
    (Attached(kind='photos', each=6.0, mb=6.0), Attached(kind='video', each=0.15, mb=150.0))
    """
    return tuple(_attached(text))


def _attached(text: str) -> Iterator[Attached]:
    found_by = (each.finditer(text) for each in (_EACH, _BEHIND, _SHARE))
    told = sorted((m for found in found_by for m in found), key=lambda found: found.start())
    ends = [*(each.start() for each in told), len(text)][1:]
    for found, end in zip(told, ends, strict=True):
        size = _MB.search(text, found.end(), min(end, found.end() + _NEAR))
        size = size or _told_of(found["kind"], text)
        if size:
            groups = found.groupdict()
            share = groups.get("share")
            each = float(share) / 100 if share else float(groups["n"])
            yield Attached(kind=found["kind"].lower(), each=each, mb=_mean(size))


def _told_of(kind: str, text: str) -> re.Match[str] | None:
    """The size that is told of this kind elsewhere: "a video up to 2 min / 300 MB"."""
    for named in re.finditer(rf"\b{re.escape(kind.rstrip('sS'))}s?\b", text, re.IGNORECASE):
        size = _MB.search(text, named.end(), named.end() + _NEAR // 2)
        if size:
            most = re.search(r"\b(?:up to|at most|max)\b", text[named.end() : size.start()])
            return re.compile(_MB.pattern, re.IGNORECASE).search(
                f"{'up to ' if most and not size['most'] else ''}{size[0].strip()}"
            )
    return None


def _mean(size: re.Match[str]) -> float:
    """Megabytes on average: the middle of a range, and half of what is at most."""
    low, high = float(size["low"]), float(size["high"] or size["low"])
    mean = low * _OF_MOST if size["most"] and not size["high"] else (low + high) / 2
    return mean * (1000 if size["unit"].upper() == "GB" else 1)
