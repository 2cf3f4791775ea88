"""Whether a request asks for the holes of a plan that it tells in words."""

import re
from dataclasses import dataclass
from typing import Literal

from blueproof.advisors.review.matching import Shown, shown
from blueproof.core.brief import Brief
from blueproof.decide.reading import has_data
from blueproof.facts.holes import Asking, Hole, Practice, asking, holes, practices
from blueproof.facts.phrase import Phrase, Word, words_of

_KINDS = frozenset({"review", "is-this-fine"})
_LEAST_WORDS = 15  # of a plan; less is one question
_LEAST_HOLES = 2
_LEAST_MILD = 4  # of which none is grave
_TOLD_AT_LENGTH = 2  # right practices that show that a whole plan is told
_LEAST_UNASKED = 3  # where only the tone asks for a judgement
# Code, rules, bills and plans of queries, which others read.
_CODE = re.compile(
    r"```|\bcreate\s+(?:table|policy|index|view)\b|\bselect\b[^.]{1,200}\bfrom\s+\w+|\bmatch\s+/"
    r"|\ballow\s+(?:read|write|get|list)\b[^\n]*:\s*if[^\n]*;|\(cost=|\bseq scan\b"
    r"|\bresource\s+\"|^\s*(?:import|const|def|class|function)\s|^\s*FROM\s+\S+:\S+|\"Statement\"",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_QUOTED = re.compile(r"\"[^\"\n]{1,60}\"|'[^'\n]{1,60}'|(?<!`)`[^`\n]{1,60}`(?!`)")
_EITHER = re.compile(
    r"\b(?:which (?:backend|database|stack|one)|should (?:we|i) (?:use|pick|choose|take)"
    r"|\w+ (?:or|vs\.?|versus) \w+\s*\?)",
    re.IGNORECASE,
)
_HURTS = re.compile(r"\b(?:slow|timeouts?|p9[59]|latency|too expensive|bill)\b", re.IGNORECASE)


Asked = Literal["of security", "outright", "hinted at", "implied", "not"]


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
    if len(words_of(text)) < _LEAST_WORDS or has_data(brief) or _CODE.search(_told(text)):
        return False
    return _how(brief) != "not"


def reviewed(brief: Brief) -> Review | None:
    """The review that the request asks for; None where it asks for none, or shows too little."""
    if not may_ask(brief):
        return None
    text = brief.request
    found, right = shown(text, holes()), shown(text, practices())
    if not _is_enough(_how(brief), found, right):
        return None
    return Review(brief=brief, holes=_ranked(found), practices=right)


def _is_enough(
    how: Asked, found: tuple[Shown[Hole], ...], right: tuple[Shown[Practice], ...]
) -> bool:
    """Whether the holes are worth a review that is so plainly asked for."""
    severities = {each.entry.severity for each in found}
    if not severities - {"note"}:
        return False
    whole = len(right) >= _TOLD_AT_LENGTH
    grave = "harm" in severities
    match how:
        case "of security":  # one hole will do, if it is grave or a whole plan is told
            return len(found) > 1 or grave or whole
        case "outright":
            return len(found) >= _LEAST_HOLES
        case "hinted at":
            return len(found) >= (_LEAST_HOLES if grave or whole else _LEAST_MILD)
        case _:
            return grave and len(found) >= _LEAST_UNASKED


def _told(text: str) -> str:
    """The text without what it quotes in a few words, which is told and not handed over."""
    return _QUOTED.sub(" ", text)


def _how(brief: Brief) -> Asked:
    """How plainly a judgement is asked for, and no choice and no cure of something slow."""
    text = brief.request
    words, table = words_of(text), asking()
    asks, hints, secures = (
        _stands(each, words) for each in (table.asks, table.hints, table.secures)
    )
    if not secures and (_EITHER.search(text) or _HURTS.search(text)):
        return "not"
    if asks:
        return "of security" if secures else "outright"
    if hints:
        return "hinted at"
    kind = next((f.value for f in brief.facts if f.key == "kind"), "")
    return "implied" if kind in _KINDS else "not"


def asks_judgement(text: str) -> bool:
    """Whether a sentence asks what is wrong with a plan ("what is wrong, worst first?")."""
    words, table = words_of(text), asking()
    return any(_stands(each, words) for each in (table.asks, table.hints))


def _stands(phrases: tuple[Phrase, ...], words: tuple[Word, ...]) -> bool:
    return any(next(each.found(words), None) is not None for each in phrases)


def _ranked(found: tuple[Shown[Hole], ...]) -> tuple[Shown[Hole], ...]:
    severities = ("harm", "risk", "note")
    return tuple(sorted(found, key=lambda s: (severities.index(s.entry.severity), s.entry.order)))


def sensitive_in(text: str, table: Asking) -> str:
    """The gravest data that the plan speaks of; "files" where it names none."""
    words = words_of(text)
    return next((each.name for each in table.sensitive if _stands(each.words, words)), "files")
