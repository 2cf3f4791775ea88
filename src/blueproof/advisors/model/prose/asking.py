"""What of a request asks for the model, and tells nothing of the things in it."""

from blueproof.advisors.model.prose.clauses import Clause
from blueproof.advisors.model.prose.naming import OURS
from blueproof.advisors.model.prose.phrases import Phrase

_OURS = OURS | frozenset({"model", "table", "structure", "design", "system", "tool", "application"})
_ASKING = frozenset(
    "need want design create make give build model help tell structure look develop write start "
    "draft propose organise suggest run say".split()
)
_SPEAKERS = frozenset({"i", "we", "you", "i'm", "we're", "me", "it"})


def asks(clause: Clause) -> bool:
    """Whether a clause asks for the model."""
    spoken = (*clause.objects, *(p for _, p in clause.after), *clause.subjects)
    ours = any(_OURS.intersection(p.text.split()) for p in spoken)
    if clause.verb.text in {"model", "design"} and not clause.subjects:
        return True
    ask = clause.verb.text in _ASKING and (clause.speaker in _SPEAKERS or not clause.subjects)
    return (ours and ask) or any(OURS.intersection(p.text.split()) for p in clause.subjects)


def is_asked(phrases: tuple[Phrase, ...], clauses: tuple[Clause, ...]) -> bool:
    """Whether a whole sentence does nothing but ask."""
    ours = any(_OURS.intersection(p.text.split()) for p in phrases if p.kind == "N")
    return ours and all(asks(c) or c.verb.text in _ASKING for c in clauses)
