"""What a consultation of its own says to one of several questions, where no entry answers it."""

import re
from collections.abc import Callable

from blueproof.advisors.known.phrases import weight
from blueproof.consulting.troubling import troubled
from blueproof.consulting.ways import way_of_part
from blueproof.core.blueprint import Blueprint, Unproved
from blueproof.facts.words import stems
from blueproof.intake.words.read import read_request
from blueproof.proof.beside import Cited

_SENTENCES = 2  # of its answer
_STEPS = 3
_OWN = 0.5  # share of the question's own words that stand in what answers it
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z\"\u201c0-9])")


def by_way(own: str, whole: str, progress: Callable[[str], None] = lambda _: None) -> Cited | None:
    """The answer of a trouble, a change, a design, a matter or a bill to `own`; None if none.

    Its own words first, which is what it would be asked by alone; then with what is told for all,
    where the answer speaks of its own words.
    """
    for text in dict.fromkeys((own, whole)):
        brief = read_request(text)
        found = troubled(brief, progress) or way_of_part(brief, progress)
        if found is not None and (text == own or _is_about(own, found)):
            return _cited(found, own)
    return None


def _is_about(own: str, found: Blueprint) -> bool:
    """Whether enough of the question's words stand in the answer and its steps."""
    words = [s for s in dict.fromkeys(stems(own)) if not s.isdigit()]
    told = {*stems(" ".join((found.answer, *(s.do for s in found.steps))))}
    return sum(weight(s) for s in words if s in told) >= _OWN * sum(map(weight, words))


def _cited(found: Blueprint, own: str) -> Cited:
    """Its first sentences and steps; its files come when it is asked alone."""
    without: tuple[Unproved, ...] = ()
    if found.artifacts or found.proofs:
        why = "its files and checks come where it is asked alone"
        without = (Unproved(statement=f"\u201c{own.strip()}\u201d", why=why),)
    return Cited(
        sentences=tuple(_SENTENCE.split(found.answer)[:_SENTENCES]),
        steps=found.steps[:_STEPS],
        findings=found.findings,
        not_proved=without,
    )
