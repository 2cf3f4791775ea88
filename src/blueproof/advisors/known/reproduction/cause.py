"""What is known of such slowness, for who asks why a query is slow."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.ranking import probable, ranked
from blueproof.advisors.known.told import lowered, sentence
from blueproof.core.brief import Brief
from blueproof.facts.entries import Failure

_ASKS_WHY = re.compile(
    r"\b(?:why|how come|what(?:'?s| is) (?:going on|happening)|(?:the|what) (?:cause|reason))\b",
    re.IGNORECASE,
)


def known_cause(brief: Brief) -> Iterator[str]:
    """The cause that an entry gives, said to be probable; nothing where nobody asks why."""
    found = probable(ranked(brief)) if _ASKS_WHY.search(brief.request) else None
    if found and isinstance(found.entry, Failure) and "postgresql" in found.entry.of:
        yield sentence(f"Why, probably: {lowered(found.entry.means)}")
