"""Whether a request asks for the holes of a plan that it tells in words."""

import re
from dataclasses import dataclass

from blueproof.advisors.review.matching import Shown, shown
from blueproof.core.brief import Brief
from blueproof.facts.holes import Asking, Hole, Practice, asking, holes, practices
from blueproof.facts.phrase import Phrase, Word, words_of

_KINDS = frozenset({"review", "is-this-fine"})
_LEAST_WORDS = 15  # of a plan; less is one question
_LEAST_HOLES = 2
# Code, rules, bills and plans of queries, which others read.
_CODE = re.compile(
    r"```|\bcreate\s+(?:table|policy|index|view)\b|\bselect\b[^.]{1,200}\bfrom\s+\w+|\bmatch\s+/"
    r"|\ballow\s+(?:read|write|get|list)\b[^\n]*:\s*if[^\n]*;|\(cost=|\bseq scan\b"
    r"|\bresource\s+\"|^\s*(?:import|const|def|class|function)\s|^\s*FROM\s+\S+:\S+|\"Statement\"",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_EITHER = re.compile(
    r"\b(?:which (?:backend|database|stack|one)|should (?:we|i) (?:use|pick|choose|take)"
    r"|\w+ (?:or|vs\.?|versus) \w+\s*\?)",
    re.IGNORECASE,
)
_HURTS = re.compile(r"\b(?:slow|timeouts?|p9[59]|latency|too expensive|bill)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Review:
    """A plan with the holes and right practices that its words show, the worst hole first."""

    brief: Brief
    holes: tuple[Shown[Hole], ...]
    practices: tuple[Shown[Practice], ...]

    @property
    def text(self) -> str:
        """The plan as it was told."""
        return self.brief.request


def may_ask(brief: Brief) -> bool:
    """Whether the request may be one for a review, found without the table of holes."""
    text = brief.request
    words = words_of(text)
    if len(words) < _LEAST_WORDS or brief.documents or _CODE.search(text):
        return False
    asks, secures = _asked(words)
    return _is_asked(brief, asks=asks, secures=secures)


def reviewed(brief: Brief) -> Review | None:
    """The review that the request asks for; None where it asks for none, or shows too little."""
    if not may_ask(brief):
        return None
    text = brief.request
    found = shown(text, holes())
    if len(found) < (1 if all(_asked(words_of(text))) else _LEAST_HOLES):
        return None
    return Review(brief=brief, holes=_ranked(found), practices=shown(text, practices()))


def _asked(words: tuple[Word, ...]) -> tuple[bool, bool]:
    """Whether the words ask for a review, and whether they speak of security."""
    return _stands(asking().asks, words), _stands(asking().secures, words)


def _is_asked(brief: Brief, *, asks: bool, secures: bool) -> bool:
    """Whether a judgement is asked for, and neither a choice nor a cure for something slow."""
    text = brief.request
    if not secures and (_EITHER.search(text) or _HURTS.search(text)):
        return False
    kind = next((f.value for f in brief.facts if f.key == "kind"), "")
    return asks or kind in _KINDS


def _stands(phrases: tuple[Phrase, ...], words: tuple[Word, ...]) -> bool:
    return any(next(each.found(words), None) is not None for each in phrases)


def _ranked(found: tuple[Shown[Hole], ...]) -> tuple[Shown[Hole], ...]:
    severities = ("harm", "risk", "note")
    return tuple(sorted(found, key=lambda s: (severities.index(s.entry.severity), s.entry.order)))


def sensitive_in(text: str, table: Asking) -> str:
    """The gravest data that the plan speaks of; "files" where it names none."""
    words = words_of(text)
    return next((each.name for each in table.sensitive if _stands(each.words, words)), "files")
