"""What nobody there has done yet, as words say it: a gap in what is known, and no wish for it."""

from collections.abc import Iterator

from blueproof.core.brief import Brief, Fact
from blueproof.facts.pattern import LatePattern

_CLAUSE = LatePattern(
    r"(?i)(?<=[.!?;])\s+|\n+|\b(?:but|though|although)\b"
    r"|,\s+(?=(?:please|deploy|bring|move|how|we|i)\b)"
)
_GAP = LatePattern(
    r"(?i)\b(?:(?:have |has |'ve )?never (?:did|done|used|touched|ran|run|tried|worked with|seen)"
    r"|no(?:body|ne| one)\b[^.,;]{0,30}?\b(?:knows?|did|done|used|understands?|touched|worked)"
    r"|(?:no|little|zero|without)(?: \w+)? (?:experience|knowledge|idea)"
    r"|(?:don['\u2019]?t|doesn['\u2019]?t|do not|does not)(?: \w+)? (?:know|understand)"
    r"|(?:is|are|'m|am|'re) new to"
    r"|(?:un|not )familiar|inexperienced|scares?|afraid of|intimidat\w+)\b"
)
_NAMES = {
    "amazon-ecs": "ECS", "aws-fargate": "Fargate", "aws-lambda": "Lambda", "aws": "AWS",
    "kubernetes": "Kubernetes", "amazon-eks": "EKS", "terraform": "Terraform", "docker": "Docker",
}  # fmt: skip


def gaps(brief: Brief) -> tuple[str, ...]:
    """The technologies that the words name only as something that nobody there has done."""
    named = [f for f in brief.facts if f.key == "technology" and f.source != "file"]
    clauses = tuple(_clauses(brief.request))
    return tuple(dict.fromkeys(str(f.value) for f in named if _is_gap(f, clauses)))


def _clauses(request: str) -> Iterator[tuple[int, int]]:
    """The clauses that tell of a gap, each as its first and last place."""
    start = 0
    for end, following in ((f.start(), f.end()) for f in _CLAUSE.finditer(request)):
        if _GAP.search(request[start:end]):
            yield start, end
        start = following
    if _GAP.search(request[start:]):
        yield start, len(request)


def _is_gap(fact: Fact, clauses: tuple[tuple[int, int], ...]) -> bool:
    place = fact.span
    return place is not None and any(a <= place[0] < b for a, b in clauses)


def told_of_gaps(brief: Brief) -> str:
    """What to say to who has not done it yet; "" where nobody says so."""
    names = [_NAMES[name] for name in gaps(brief) if name in _NAMES]
    if not names:
        return ""
    shown = " or ".join((", ".join(names[:-1]), names[-1]) if names[1:] else names)
    return (
        f"Nobody needs to have done {shown} before: GUIDE.md has every command in order, with how "
        "to see that it worked and the way back; day to day it is a merge into main."
    )
