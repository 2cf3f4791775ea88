"""What is known of such slowness, for who asks why a query is slow."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.ranking import probable, ranked
from blueproof.advisors.known.reproduction.owning import GENERAL, SHOWN
from blueproof.advisors.known.told import lowered, sentence
from blueproof.core.brief import Brief
from blueproof.facts.entries import Failure

_ASKS_WHY = re.compile(
    r"\b(?:why|how come|what(?:'?s| is) (?:going on|happening)|(?:the|what) (?:cause|reason))\b",
    re.IGNORECASE,
)


def known_cause(brief: Brief) -> Iterator[str]:
    """The cause that an entry on slow queries gives, said to be probable, where somebody asks why.

    An entry on anything else is near by its words alone, and explains no time.
    """
    found = probable(ranked(brief)) if _ASKS_WHY.search(brief.request) else None
    of_slowness = found is not None and found.entry.id in SHOWN | GENERAL
    if found and of_slowness and isinstance(found.entry, Failure):
        yield sentence(f"Why, probably: {lowered(found.entry.means)}")
