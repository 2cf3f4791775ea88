"""Reading the person's SQL: one file, standard input, or a folder of migrations.

Whatever cannot be read as SQL text is an InputError that names the option, the file and the way
out. Nothing is guessed: a file that is no UTF-8 is refused, since a wrong guess spoils names and
values without a word. Texts are handed on as they are; `core.secrets` masks what is shown.
"""

import codecs
import errno
import os
import re
import shlex
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blueproof.core.errors import InputError

MOST_BYTES = 50 * 1024 * 1024
STANDARD_INPUT = "standard input"

_KINDS = (  # what a file begins with, what it is, and how SQL text comes out of it
    (b"PGDMP", "a dump in PostgreSQL's custom format", "pg_restore -f schema.sql {file}"),
    (b"toc.dat\0", "a dump in PostgreSQL's tar format", "pg_restore -f schema.sql {file}"),
    (b"SQLite format 3\0", "a SQLite database", "sqlite3 {file} .schema > schema.sql"),
    (b"\x1f\x8b", "a gzip archive", "gunzip -c {file} > schema.sql"),
    (b"PK\x03\x04", "a zip archive", "unzip {file}"),
    (b"BZh", "a bzip2 archive", "bunzip2 -c {file} > schema.sql"),
    (b"\xfd7zXZ\0", "an xz archive", "xz -dc {file} > schema.sql"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "zstd -dc {file} > schema.sql"),
    (b"%PDF-", "a PDF document", "pg_dump --schema-only DATABASE > schema.sql"),
)
_BYTE_ORDER_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SAID_ENCODING = re.compile(rb"client_encoding\s*(?:=|TO)\s*'(\w+)'", re.IGNORECASE)
_NO_SOURCE = frozenset({"", "UTF8", "UNICODE", "SQL_ASCII"})
_SCHEMA_ONLY = "hand over the schema only: pg_dump --schema-only DATABASE > schema.sql"

_BACKWARDS = re.compile(r"(?:.*[._-])?down\.sql|.*\.(?:undo|rollback|revert)\.sql|u[0-9._]+__.*")
_VERSIONED = re.compile(r"v([0-9]+(?:[._][0-9]+)*)__.*")
_REPEATABLE = re.compile(r"r__.*")
_DOWN = (
    r"migrate:down\b|\+(?:goose|migrate)\s+down\b|//\s*@undo\b|!downs\b|down\s+migration[ \t-]*\r?$"
)
_UP = r"migrate:up\b|\+(?:goose|migrate)\s+up\b|!ups\b|up\s+migration[ \t-]*\r?$"
_DOWN_SECTION = re.compile(
    rf"^[ \t]*(?:-{{2,}}[ \t]*(?:{_DOWN})|---- create above / drop below ----)[^\n]*"
    rf"(?:\n(?![ \t]*-{{2,}}[ \t]*(?:{_UP}))[^\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A file of SQL: its path as the person knows it, and its text."""

    path: str
    text: str


def read_sql(path: Path, *, option: str) -> str:
    """The text of one file of SQL; "-" is standard input. `option` is named in messages."""
    name = STANDARD_INPUT if str(path) == "-" else shown(path)
    return decoded(read_bytes(path, option=option), name, option)


def read_bytes(path: Path, *, option: str) -> bytes:
    """The bytes of one file, one more than MOST_BYTES at most; "-" is standard input."""
    if str(path) == "-":
        return _standard_input(option)
    mode = _mode(path, option)
    if stat.S_ISDIR(mode):
        raise InputError(f"{option}: {shown(path)} is a folder: give a file of SQL in it")
    return _bytes(path, mode, option)


def gather(path: Path, *, option: str) -> tuple[Piece, ...]:
    """The SQL of a file, or of every *.sql file below a folder in the order of migration.

    Down migrations are left out, be they files or the sections of a file.
    """
    if str(path) == "-" or not stat.S_ISDIR(_mode(path, option)):
        name = STANDARD_INPUT if str(path) == "-" else shown(path)
        return (Piece(path=name, text=without_down(read_sql(path, option=option))),)
    found = _files_below(path, option, set())
    files = sorted(found, key=lambda file: _order(file.relative_to(path)))
    if not files:
        raise InputError(
            f"{option}: folder {shown(path)} has no .sql file to run forward: give the folder of "
            "migrations, or one file with the schema"
        )
    return _read_all(files, path, option)


def holds_sql(folder: Path) -> bool:
    """Whether there is a file of SQL to run forward below the folder."""
    return any(True for _ in _files_below(folder, str(folder), set()))


def _read_all(files: list[Path], folder: Path, option: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    room = MOST_BYTES
    for file in files:
        text = read_sql(file, option=option)
        room -= len(text)
        if room < 0:
            raise InputError(f"{option}: {shown(folder)} holds {_too_much()}")
        pieces.append(Piece(path=shown(file), text=without_down(text)))
    return tuple(pieces)


def without_down(text: str) -> str:
    r"""The text less its sections that undo; their lines stay as empty ones, so numbers hold.

    >>> without_down("-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\nDROP TABLE a;")
    '-- migrate:up\nCREATE TABLE a ();\n\n'
    """
    return _DOWN_SECTION.sub(lambda found: "\n" * found[0].count("\n"), text)


def shown(path: Path) -> str:
    """The path as the person would write it: from the current folder where it lies below it."""
    below = path.is_absolute() and path.is_relative_to(Path.cwd())
    text = (path.relative_to(Path.cwd()) if below else path).as_posix()
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _mode(path: Path, option: str) -> int:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            message = f"{shown(path)} is a link to {shown(path.readlink())}, which does not exist"
            raise InputError(f"{option}: {message}: mend the link or give the file") from None
        message = f"{shown(path)} does not exist: give a file of SQL, a folder of migrations or -"
        raise InputError(f"{option}: {message}") from None
    except OSError as error:
        raise InputError(_unreadable(path, error, option)) from None


def _unreadable(path: Path, error: OSError, option: str) -> str:
    if error.errno == errno.ELOOP:
        return f"{option}: {shown(path)} is a link that leads back to itself: give the file meant"
    reason = (error.strerror or str(error)).lower()
    return f"{option}: cannot read {shown(path)} ({reason}): give a file that you may read"


def _bytes(path: Path, mode: int, option: str) -> bytes:
    """The file's bytes; a pipe or a device is never opened: it could wait for ever."""
    if not stat.S_ISREG(mode):
        kind = "pipe" if stat.S_ISFIFO(mode) else "device or socket"
        message = f"{shown(path)} is a {kind}, not a file: send its text in with {option} -"
        raise InputError(f"{option}: {message}")
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(_unreadable(path, error, option)) from None


def _standard_input(option: str) -> bytes:
    try:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(_unreadable(Path(STANDARD_INPUT), error, option)) from None


def _too_much() -> str:
    return f"more than {MOST_BYTES // 1024**2} MB: {_SCHEMA_ONLY}"


def is_packed(data: bytes) -> bool:
    """Whether the bytes begin as an archive or another format that holds no text."""
    return any(data.startswith(beginning) for beginning, _, _ in _KINDS)


def decoded(data: bytes, name: str, option: str) -> str:
    """The text of the bytes; a byte-order mark says which Unicode it is, else it is UTF-8."""
    file = "FILE" if name == STANDARD_INPUT else shlex.quote(name)
    if len(data) > MOST_BYTES:
        raise InputError(f"{option}: {name} holds {_too_much()}")
    for beginning, kind, way_out in _KINDS:
        if data.startswith(beginning):
            command = way_out.format(file=file)
            raise InputError(f"{option}: {name} is {kind}, not SQL text: run {command}")
    data = data.removeprefix(codecs.BOM_UTF8)
    encoding = next((e for mark, e in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{option}: {name} {_not_in(encoding, data, error, file)}") from None
    if "\0" in text:
        raise InputError(f"{option}: {name} {_with_nul(data, file)}")
    return text


def _not_in(encoding: str, data: bytes, error: UnicodeDecodeError, file: str) -> str:
    """What is wrong with the bytes, and the command that mends it."""
    if encoding != "utf-8":
        return f"begins as {encoding.upper()} but does not go on so: save it as UTF-8"
    line = data.count(b"\n", 0, error.start) + 1
    byte = error.start - data.rfind(b"\n", 0, error.start)
    said = _SAID_ENCODING.search(data)
    name = said[1].decode().upper() if said else ""
    source = "WINDOWS-1252" if name in _NO_SOURCE else name.replace("WIN", "WINDOWS-")
    return (
        f"is not UTF-8 at line {line}, byte {byte} (0x{data[error.start]:02x}): convert it from "
        f"its own encoding, for example iconv -f {source} -t UTF-8 {file} > utf8.sql"
    )


def _with_nul(data: bytes, file: str) -> str:
    start = data[:200]
    for byte_order, rest in (("LE", start[1::2]), ("BE", start[::2])):
        if rest.count(0) > len(rest) // 2:
            return f"looks like UTF-16: run iconv -f UTF-16{byte_order} -t UTF-8 {file} > utf8.sql"
    line = data.count(b"\n", 0, data.index(b"\0")) + 1
    return f"is no SQL text (a NUL byte on line {line}): {_SCHEMA_ONLY}"


def _files_below(folder: Path, option: str, seen: set[str]) -> Iterator[Path]:
    """The *.sql files of a folder that run forward; each real folder once, so links may circle."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        names = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise InputError(_unreadable(folder, error, option)) from None
    if "toc.dat" in names:
        what = f"{shown(folder)} is a dump in PostgreSQL's directory format"
        command = f"pg_restore -f schema.sql {shlex.quote(shown(folder))}"
        raise InputError(f"{option}: {what}, not SQL text: run {command}")
    folders = {name for name in names if (folder / name).is_dir()}
    yield from (folder / name for name in names if name not in folders and _runs_forward(name))
    for name in _to_enter(folder, folders):
        yield from _files_below(folder / name, option, seen)


def _runs_forward(name: str) -> bool:
    lowered = name.lower()
    if lowered.startswith(".") or not lowered.endswith(".sql"):
        return False
    return bool(_VERSIONED.fullmatch(lowered)) or not _BACKWARDS.fullmatch(lowered)


def _to_enter(folder: Path, names: set[str]) -> list[str]:
    """The folders to go into, links last; not hidden ones, nor those that undo or only check."""
    unwanted = {"node_modules"}
    if "up" in names:
        unwanted.add("down")
    if "deploy" in names:  # Sqitch
        unwanted |= {"revert", "verify"}
    kept = (name for name in names - unwanted if not name.startswith("."))
    return sorted(kept, key=lambda name: ((folder / name).is_symlink(), name))


def _order(file: Path) -> tuple[int, tuple[int, ...], list[list[int | str]], str]:
    """Flyway's versions, then other files by name, then Flyway's repeatable ones; 2 before 10."""
    name = file.name.lower()
    version = _VERSIONED.fullmatch(name)
    group = 0 if version else 2 if _REPEATABLE.fullmatch(name) else 1
    numbers = tuple(map(int, re.split(r"[._]", version[1]))) if version else ()
    return group, numbers, [_natural(part) for part in file.parts], file.as_posix()


def _natural(name: str) -> list[int | str]:
    """A name as words and numbers in turn, so that numbers are compared as such."""
    pieces = re.split(r"([0-9]+)", name.lower())
    return [int(piece) if at % 2 else piece for at, piece in enumerate(pieces)]
