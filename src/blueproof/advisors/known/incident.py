"""What hurts now, told beside a choice: the incident is answered first, the choice second."""

import re
from dataclasses import replace

from blueproof.advisors.known.ranking import assured, probable, ranked
from blueproof.core.blueprint import Conclusion, Unproved
from blueproof.core.brief import Brief
from blueproof.facts.entries import Failure
from blueproof.facts.pattern import LatePattern

_OVER = LatePattern(
    r"\b(?:(?:\d+|two|three|some|a few|many) years? ago|last year|back then|in the past|used to"
    r"|previous (?:app|product|company|job|version)|old (?:app|product)|is (?:solved|fixed|gone)"
    r"|we (?:solved|fixed) (?:it|that)|long ago|once had)\b",
    re.IGNORECASE,
)
_MOVES = LatePattern(
    r"\b(?:mov(?:e|ing)|switch(?:ing)?|migrat(?:e|ing)|chang(?:e|ing)|go)\b[^?]{0,30}?\bto\b"
    r"|\breplac(?:e|ing)\b|\binstead\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.?!\n]+(?:\.(?=\S)[^.?!\n]*)*\??")
_ASKS = LatePattern(r"\?|\b(?:should|shall|would|could|can|is it|or)\b", re.IGNORECASE)


def is_incident(brief: Brief) -> bool:
    """Whether an error or failure is told that is there now, so that it is answered before all.

    The text of an error tells it, or words that surely name a failure beside what hurts.
    """
    if _OVER.search(brief.request):
        return False
    found = ranked(brief)
    best = probable(found)
    if best is None or not isinstance(best.entry, Failure):
        return False
    hurts = any(f.key == "pain" for f in brief.facts)
    return bool(best.printed) or (hurts and (assured(found) is best or _only_moves(brief)))


def _only_moves(brief: Brief) -> bool:
    """Whether another back end is named in nothing but the question whether to go there."""
    options = [f for f in brief.facts if f.key == "technology" and f.role in {"option", "target"}]
    return len(options) == 1 and asks_to_move(brief)


def asks_to_move(brief: Brief) -> bool:
    """Whether it is asked whether to go elsewhere ("should we move to DynamoDB?")."""
    asked = _choice_asked(brief)
    return asked.endswith("?") and bool(_MOVES.search(asked))


def choice_second(conclusion: Conclusion, brief: Brief) -> Conclusion:
    """The conclusion on what hurts, with the choice named as the question that comes after it."""
    asked = _choice_asked(brief)
    quoted = f"\u201c{asked}\u201d" if asked else "Where to go instead"
    says = (
        f"{quoted} comes second: mend this where it is, since the same writes and reads would go "
        "with you, and measure again; what is left then decides."
    )
    later = Unproved(
        statement=quoted,
        why="it is no cure for what hurts now: ask it alone, with users, bill and what must hold",
    )
    return replace(
        conclusion,
        answer=f"{conclusion.answer} {says}",
        not_proved=(*conclusion.not_proved, later),
    )


def _choice_asked(brief: Brief) -> str:
    """The sentence that puts where to go, as the words have it; "" where there is none."""
    options = [
        f.quote for f in brief.facts
        if f.key == "technology" and f.role in {"option", "target"} and f.quote
    ]  # fmt: skip
    sentences = [" ".join(found[0].split()) for found in _SENTENCE.finditer(brief.request)]
    asked = [s for s in sentences if _ASKS.search(s) and any(o in s for o in options)]
    return asked[-1] if asked else ""
