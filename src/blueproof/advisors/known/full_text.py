"""The entries in a full-text table, kept between runs: filling it takes a tenth of a second.

What is kept is taken up only where it was made of the very same `index.txt` by the same SQLite
and the same text of this module, and is whole; anything else is made anew. Where nothing may be
written it is made each time.
"""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from importlib import resources
from pathlib import Path

from blueproof.advisors.known.index import Indexed

_MADE_BY = "CREATE VIRTUAL TABLE entries USING fts5(id UNINDEXED, asks, title, body)"
_DIGEST = 32  # bytes of a SHA-256


def full_text(source: bytes, entries: Callable[[], Mapping[str, Indexed]]) -> sqlite3.Connection:
    """The table in memory, each text as stems; `source` is all that the entries are read from."""
    made_of = sha256(b"\0".join((_this(), sqlite3.sqlite_version.encode(), source)))
    file = _folder() / f"entries-{made_of.hexdigest()}"
    kept = _kept(file, made_of.digest())
    table = sqlite3.connect(":memory:", check_same_thread=False)
    if kept is not None:
        table.deserialize(kept)
        return table
    table.execute(_MADE_BY)
    with table:
        table.executemany("INSERT INTO entries VALUES (?, ?, ?, ?)", _rows(entries()))
    with contextlib.suppress(OSError):  # a home that cannot be written to costs time, no answer
        _keep(file, made_of.digest(), table.serialize())
    return table


def _this() -> bytes:
    """What says how the table is made."""
    return (resources.files(__package__) / "full_text.py").read_bytes()


def _rows(entries: Mapping[str, Indexed]) -> Iterator[tuple[str, str, str, str]]:
    for name, (asks, title, text) in entries.items():
        yield name, " ".join(stem for _, found in asks for stem in found), title, text


def _folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "blueproof"


def _kept(file: Path, made_of: bytes) -> bytes | None:
    """The table's bytes; None where there are none, or not all of them as they were written."""
    try:
        held = file.read_bytes()
    except OSError:
        return None
    table = held[_DIGEST:]
    return table if held[:_DIGEST] == _seal(made_of, table) else None


def _seal(made_of: bytes, table: bytes) -> bytes:
    return sha256(made_of + table).digest()


def _keep(file: Path, made_of: bytes, table: bytes) -> None:
    """Write the table, whole or not at all, in place of those of other versions."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix="writing-")
    with os.fdopen(handle, "wb") as writing:
        writing.write(_seal(made_of, table) + table)
    Path(name).replace(file)
    for other in file.parent.glob("entries-*"):
        if other != file:
            other.unlink(missing_ok=True)
