"""The entries in a full-text table, kept between runs: filling it takes a tenth of a second.

What is kept is taken up only where it was made of the very same `index.txt` by the same SQLite
and the same text of this module; anything else is made anew.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from importlib import resources

from blueproof.advisors.known.index import Indexed
from blueproof.facts.kept import keep, made_of, read_kept

_KEPT = "entries"
_MADE_BY = "CREATE VIRTUAL TABLE entries USING fts5(id UNINDEXED, asks, title, body)"


def full_text(source: bytes, entries: Callable[[], Mapping[str, Indexed]]) -> sqlite3.Connection:
    """The table in memory, each text as stems; `source` is all that the entries are read from."""
    digest = made_of(_this(), sqlite3.sqlite_version.encode(), source)
    kept = read_kept(_KEPT, digest)
    table = sqlite3.connect(":memory:", check_same_thread=False)
    if kept is not None:
        table.deserialize(kept)
        return table
    table.execute(_MADE_BY)
    with table:
        table.executemany("INSERT INTO entries VALUES (?, ?, ?, ?)", _rows(entries()))
    keep(_KEPT, digest, table.serialize())
    return table


def _this() -> bytes:
    """What says how the table is made."""
    return (resources.files(__package__) / "full_text.py").read_bytes()


def _rows(entries: Mapping[str, Indexed]) -> Iterator[tuple[str, str, str, str]]:
    for name, (asks, title, text) in entries.items():
        yield name, " ".join(stem for _, found in asks for stem in found), title, text
