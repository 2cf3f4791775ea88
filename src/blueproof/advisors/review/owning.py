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
    if len(words_of(text)) < _LEAST_WORDS or brief.documents or _CODE.search(_told(text)):
        return False
    return _least(brief) is not None


def reviewed(brief: Brief) -> Review | None:
    """The review that the request asks for; None where it asks for none, or shows too little."""
    least = _least(brief) if may_ask(brief) else None
    if least is None:
        return None
    text = brief.request
    found, right = shown(text, holes()), shown(text, practices())
    grave = any(each.entry.severity == "harm" for each in found)
    if (
        least == 1
    ):  # asked outright: one grave hole will do, or one in a plan that is told at length
        enough = len(found) > 1 or (bool(found) and (grave or len(right) >= _TOLD_AT_LENGTH))
    else:
        enough = len(found) >= least and (grave or len(found) > _LEAST_UNASKED)
    if not enough or all(each.entry.severity == "note" for each in found):
        return None
    return Review(brief=brief, holes=_ranked(found), practices=right)


def _told(text: str) -> str:
    """The text without what it quotes in a few words, which is told and not handed over."""
    return _QUOTED.sub(" ", text)


def _least(brief: Brief) -> int | None:
    """How many holes a plan must have to be reviewed, by how plainly that is asked.

    None where nobody asks for a judgement, or for a choice or the cure of something slow.
    """
    text = brief.request
    words, table = words_of(text), asking()
    asks, hints, secures = (
        _stands(each, words) for each in (table.asks, table.hints, table.secures)
    )
    if not secures and (_EITHER.search(text) or _HURTS.search(text)):
        return None
    if asks:
        return 1 if secures else _LEAST_HOLES
    kind = next((f.value for f in brief.facts if f.key == "kind"), "")
    if hints:
        return _LEAST_HOLES
    return _LEAST_UNASKED if kind in _KINDS else None


def _stands(phrases: tuple[Phrase, ...], words: tuple[Word, ...]) -> bool:
    return any(next(each.found(words), None) is not None for each in phrases)


def _ranked(found: tuple[Shown[Hole], ...]) -> tuple[Shown[Hole], ...]:
    severities = ("harm", "risk", "note")
    return tuple(sorted(found, key=lambda s: (severities.index(s.entry.severity), s.entry.order)))


def sensitive_in(text: str, table: Asking) -> str:
    """The gravest data that the plan speaks of; "files" where it names none."""
    words = words_of(text)
    return next((each.name for each in table.sensitive if _stands(each.words, words)), "files")
