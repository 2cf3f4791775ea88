"""Troubles as people tell them, one family a file."""

from collections.abc import Iterator

from blueproof.advisors.incident.mechanisms import (
    asking,
    doubled,
    full,
    held,
    load,
    managed,
    returning,
    silent,
)
from blueproof.advisors.incident.trouble import Known


def everything() -> Iterator[Known]:
    """Every trouble that is known by its signs."""
    for family in (asking, doubled, full, held, load, managed, returning, silent):
        yield from family.KNOWN
