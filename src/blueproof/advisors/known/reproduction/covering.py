"""Whether tables made from words alone hold what the words count: else they are not theirs.

A table that was guessed from a noun answers nothing where the rows that are told of lie elsewhere.
"""

from collections.abc import Iterator

from blueproof.advisors.known.reproduction.counts import counts_of_nouns
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.facts.words import stems

NO_NAME = "records"  # the table of a story that names none
_FAR = 4  # times as many rows as the largest table made, from which what is left out decides


def leaves_out(sketch: Sketch, text: str) -> bool:
    """Whether the words count far more of something that no table of the sketch holds."""
    made = {stem for table in sketch.guess.tables for stem in _stems_of(table)}
    columns = (column for each in sketch.guess.tables.values() for column in each)
    made |= {stem for column in columns for stem in _stems_of(column.name)}
    counts = [(count, nouns) for count, nouns in counts_of_nouns(text) if nouns]
    own = [count for count, nouns in counts if made & nouns]
    if sketch.main == NO_NAME and not own and len(counts) > 1:
        return True  # no table is named, and several things are counted: which is read is a guess
    most = max(own or sketch.rows.values(), default=0)
    return most > 0 and any(
        count > _FAR * most and not made.intersection(nouns) for count, nouns in counts
    )


def _stems_of(name: str) -> Iterator[str]:
    yield from stems(name.replace("_", " ").replace(".", " "))
