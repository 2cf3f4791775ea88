"""The person's queries in any usual form: files of SQL, exported statistics, logs of the server.

Files of SQL are taken as they are. All else is counted as one workload and written as a file of
SQL, so that whatever comes after reads SQL only, and what is saved can be read by people.
"""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from blueproof.core.errors import InputError
from blueproof.intake.files import (
    MOST_BYTES,
    STANDARD_INPUT,
    Piece,
    decoded,
    gather,
    is_packed,
    read_bytes,
    shown,
    without_down,
)  # fmt: skip
from blueproof.sql.secrets import masked
from blueproof.sql.statements import Skipped
from blueproof.sql.workload import QUIET, is_sql, read_counted, write_queries

# Rotated logs have a date or a number behind the suffix; of one name in several forms, which
# PostgreSQL writes side by side, one is read: the first of these.
_FORMS = ("csv", "tsv", "json", "jsonl", "ndjson", "log", "txt")
_FORM = re.compile(
    rf"(?P<stem>.+)\.(?P<form>{'|'.join(_FORMS)})(?P<rotated>[._-][0-9][\w.-]*)?", re.IGNORECASE
)
_PACKED = re.compile(r".+\.(?:gz|zip|bz2|xz|zst)", re.IGNORECASE)
_MB = 1024 * 1024


def gather_queries(path: Path, *, option: str) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The queries at a path as SQL, and what of it was passed over, a line each.

    A file, a folder, or "-" for standard input. InputError where nothing can be read.
    """
    if str(path) != "-" and path.is_dir():
        return _folder(path, option)
    name = STANDARD_INPUT if str(path) == "-" else shown(path)
    data = read_bytes(path, option=option)
    text, notes = _tolerant(data, name, option)
    if is_sql(text):
        return (Piece(path=name, text=without_down(decoded(data, name, option))),), ()
    return _counted([(name, text)], notes)


def counted_queries(text: str, name: str) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The queries of exported statistics or of a log, as SQL, and what was passed over."""
    return _counted([(name, text)], ())


def _tolerant(data: bytes, name: str, option: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file that may be a log: broken characters marked, a very long one cut."""
    if is_packed(data):
        decoded(data, name, option)  # says how to unpack it
    notes: tuple[str, ...] = ()
    if len(data) > MOST_BYTES:
        data = data[: data.rfind(b"\n", 0, MOST_BYTES) + 1 or MOST_BYTES]
        way_out = f"for its end: tail -c {MOST_BYTES // _MB}M"
        notes = (f"{name}: all behind its first {MOST_BYTES // _MB} MB was not read; {way_out}",)
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if utf_16 else "utf-8-sig", errors="replace"), notes


def _folder(folder: Path, option: str) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The SQL below a folder as it is, and all statistics and logs below it as one workload."""
    files = sorted(_below(folder))
    notes = [f"{shown(f)}: packed: unpack it to have it read" for f in files if _is_packed(f)]
    texts: list[tuple[str, str]] = []
    room = MOST_BYTES
    for file in _one_of_each(files):
        if room <= 0:
            notes.append(f"{shown(file)}: not read, after {MOST_BYTES // _MB} MB of others")
            continue
        text, more = _tolerant(read_bytes(file, option=option), shown(file), option)
        if not is_sql(text):
            texts.append((shown(file), text))
            notes += more
            room -= len(text)
    has_sql = any(f.suffix.lower() == ".sql" for f in files)
    pieces = gather(folder, option=option) if has_sql or not texts else ()
    if not texts:
        return pieces, tuple(notes)
    counted, passed = _counted(texts, tuple(notes))
    return (*pieces, *counted), passed


def _below(folder: Path) -> Iterator[Path]:
    """The files below a folder, hidden ones and links to folders left out."""
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(where) / name for name in names if not name.startswith("."))


def _is_packed(file: Path) -> bool:
    return bool(_PACKED.fullmatch(file.name)) and bool(_FORM.fullmatch(file.stem))


def _one_of_each(files: list[Path]) -> Iterator[Path]:
    """The files that may be logs or statistics, one of those that differ in their form only."""
    formed = [(file, found) for file in files if (found := _FORM.fullmatch(file.name))]

    def same(item: tuple[Path, re.Match[str]]) -> tuple[str, str, str]:
        file, found = item
        return str(file.parent), found["stem"], found["rotated"] or ""

    for _, alike in groupby(sorted(formed, key=same), key=same):
        yield min(alike, key=lambda item: _FORMS.index(item[1]["form"].lower()))[0]


def _counted(
    texts: list[tuple[str, str]], notes: tuple[str, ...]
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """Statistics and logs as a file of SQL that we write, and what was passed over in them."""
    queries, skipped = read_counted(texts)
    names = ", ".join(name for name, _ in texts)
    if not queries:
        said = "; ".join(_lines(skipped)) or "it tells of none"
        raise InputError(f"{names}: no query can be read from it: {said}")
    head = (
        f"Read from {names}: each query with its calls and, where known, the mean milliseconds of a"
        " run. $1 stands for values that differ from run to run.",
        *notes,
        *_lines(skipped),
    )
    text = write_queries(queries, notes=tuple(map(masked, head)))
    told = _lines(item for item in skipped if item.what != QUIET)
    piece = Piece(path=f"queries read from {names}", text=text)
    return (piece,), (*notes, *told)


def _lines(skipped: Iterable[Skipped]) -> list[str]:
    return [f"{item.what}: {item.why}" for item in skipped]
