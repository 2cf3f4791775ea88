"""Whether a request asks just what a choice answers by yes or no, so that the word comes first."""

import re

from blueproof.core.brief import Brief
from blueproof.facts.entries import Choice
from blueproof.facts.words import stems

_ANSWER = re.compile(r"(?i)(yes|no)\b(?! longer| more| one)")
_ASKED = re.compile(
    r"(?i)(?:^|[.:!?\n]\s*|\bfirestore\s+|\bsupabase\s+|\bconvex\s+|\bexpo\s+|\bfirebase\s+)"
    r"((?:is|are|do|does|did|can|could|will|would|has|have)\s[^?\n.]{4,200})\?"
)
# A word that turns a question round: "must it be hidden" is no "may it be seen".
_TURNS = re.compile(
    r"(?i)\b(?:not|no|without|avoid|skip|hide|hidden|stop|prevent|disable|need|only|still|never"
    r"|instead|wrong|bad|unsafe|or|secret)\b|n't\b"
)
_MOST_OF_IT = 0.6  # of the stems of the entry's question


def is_asked_plainly(choice: Choice, answer: str, brief: Brief) -> bool:
    """Whether "Yes: ..." or "No: ..." alone answers the first question of the request.

    The question must begin as one for yes or no does, hold most of the words of the choice's own
    question, and no word in one of them may turn the other round.
    """
    topic = choice.question.removeprefix("whether ")
    asked = _ASKED.search(brief.request)
    if topic == choice.question or not asked or not _ANSWER.match(answer):
        return False
    if _TURNS.search(asked[1]) or _TURNS.search(topic):
        return False
    wanted = {*stems(topic)}
    return len(wanted & {*stems(asked[1])}) >= _MOST_OF_IT * len(wanted)
