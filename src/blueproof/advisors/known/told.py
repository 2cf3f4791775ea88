"""What an entry comes to for one request: sentences, causes, steps, advice, what to look at."""

from dataclasses import dataclass

from blueproof.core.advice import Artifact, Recommendation, Step
from blueproof.core.blueprint import Hypothesis
from blueproof.core.question import Question


@dataclass(frozen=True, kw_only=True)
class Told:
    """The part that one entry has in an answer; its first sentence answers."""

    sentences: tuple[str, ...]
    hypotheses: tuple[Hypothesis, ...] = ()
    steps: tuple[Step, ...] = ()
    recommendation: Recommendation | None = None
    artifacts: tuple[Artifact, ...] = ()
    questions: tuple[Question, ...] = ()


def sentence(text: str) -> str:
    """The text as a sentence: a capital letter first, one full stop last.

    >>> sentence("it holds 6 MB"), sentence("`SELECT 1` shows it.")
    ('It holds 6 MB.', '`SELECT 1` shows it.')
    """
    whole = " ".join(text.split())
    return f"{whole[:1].upper()}{whole[1:].rstrip('.')}." if whole else ""


def lowered(text: str) -> str:
    """The text inside a sentence: a plain first word loses its capital letter."""
    word = text.split(maxsplit=1)[0] if text else ""
    plain = word[1:].islower() or word in {"A", "I"}
    return f"{text[:1].lower()}{text[1:]}" if plain else text


def evidence(ask: str, why: str, command: str = "") -> Question:
    """What to bring: a question that evidence answers, and the command that shows it."""
    return Question(id="1", ask=ask, why=why, key="evidence", changes=(why,), command=command)
