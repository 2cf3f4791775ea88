"""Columns that the words list of a table: answers(user_id, quiz_id, created_at)."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.sql.guessing.tables import REST

_LISTED = re.compile(
    r"(?<![\w.])(?P<table>[a-z_]\w*)\s*\((?P<columns>[a-z_]\w*(?:\s*,\s*(?:[a-z_]\w*|\.{3}|\u2026))+)\)",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\.{3}|\u2026|\betc\b", re.IGNORECASE)
_LEAST = 3  # columns that make a list of all: fewer are those that matter to somebody


def invents(sketch: Sketch, request: str) -> bool:
    """Whether a table has columns that its list in the words does not: the story was misread."""
    for table, columns in _listed(request):
        made = {column.name.lower() for column in sketch.guess.tables.get(table, ())}
        if made - columns - {"id", REST}:
            return True
    return False


def _listed(request: str) -> Iterator[tuple[str, frozenset[str]]]:
    for found in _LISTED.finditer(request):
        names = [name.strip().lower() for name in found["columns"].split(",")]
        if len(names) >= _LEAST and not _OPEN.search(found["columns"]):
            yield found["table"].lower(), frozenset(names)
