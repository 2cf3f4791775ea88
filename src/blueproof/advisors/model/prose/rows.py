"""Which phrases of a clause may be rows of their own, and how surely."""

from blueproof.advisors.model.prose.clauses import Clause
from blueproof.advisors.model.prose.naming import is_column, is_thing
from blueproof.advisors.model.prose.phrases import Phrase

ANCHORS = frozenset("with in at on from for to against into per under of by between among".split())


def rows_of(phrases: tuple[Phrase, ...]) -> list[Phrase]:
    """The phrases that may be rows of their own."""
    return [p for p in phrases if is_thing(p.text) and not is_column(p.text)]


def weight_of(phrase: Phrase) -> int:
    """How surely what stands after a preposition is a thing: "with a van" is one."""
    return 2 if phrase.number == "one" else 1


def after_of(clause: Clause) -> list[tuple[str, Phrase]]:
    """What stands after prepositions and may be a row."""
    return [
        (prep, p)
        for prep, p in clause.after
        if prep in ANCHORS and is_thing(p.text) and not is_column(p.text)
    ]
