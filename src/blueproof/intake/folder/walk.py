"""Which files of a project are looked at: the near ones first, up to a bound, never through links.

Folders that hold what others wrote or what a build made are left alone, and so are those that the
root's .gitignore names.
"""

import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from blueproof.core.errors import InputError

MOST_ENTRIES = 5000
MOST_BYTES = 2 * 1024 * 1024

_LEFT_ALONE = frozenset(
    """node_modules bower_components .git .hg .svn dist build out .next .nuxt .svelte-kit .expo
    .turbo .cache .parcel-cache .vercel .netlify .serverless .terraform .aws-sam cdk.out Pods
    DerivedData .gradle vendor venv .venv env __pycache__ site-packages .tox .mypy_cache
    .pytest_cache .ruff_cache coverage target .idea .vscode .yarn .pnpm-store tmp
    _generated""".split()
)
_NOT_THE_PROJECT = frozenset("examples example fixtures __fixtures__ testdata __mocks__".split())
_EVERYTHING = frozenset({"*", "/*", "**", "/**"})


@dataclass(kw_only=True)
class Walk:
    """What was met on the way: files as paths below the root (with /), and what was passed by."""

    root: Path
    files: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


def walk(root: Path) -> Walk:
    """The files below a folder, breadth first and by name; InputError if it is none."""
    if not root.is_dir():
        what = "is no folder" if root.exists() else "does not exist"
        raise InputError(f"{root} {what}: give the folder of your project")
    found = Walk(root=root)
    ignored = _ignored(root)
    waiting = deque([""])
    room = MOST_ENTRIES
    while waiting and room:
        folder = waiting.popleft()
        entries = _entries(found, folder, room + 1)
        if len(entries) > room:
            found.passed.append(f"{folder or '.'}: only the first {MOST_ENTRIES} entries are read")
        for entry in sorted(entries[:room], key=lambda entry: entry.name):
            waiting.extend(_visit(found, entry, folder, ignored))
        room -= min(len(entries), room)
    if waiting and not room:
        found.passed.append(f"{waiting[0]}: only the first {MOST_ENTRIES} entries are read")
    return found


def _entries(found: Walk, folder: str, most: int) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(found.root / folder) as entries:
            return [entry for entry, _ in zip(entries, range(most), strict=False)]
    except OSError as error:
        found.passed.append(f"{folder or '.'}: {_reason(error)}")
        return []


def _visit(
    found: Walk, entry: os.DirEntry[str], folder: str, ignored: tuple[str, ...]
) -> Iterator[str]:
    """Takes a file in, or yields a folder to go into."""
    path = f"{folder}/{entry.name}" if folder else entry.name
    try:
        if entry.is_dir(follow_symlinks=False):
            if _is_wanted(found, path, entry.name, ignored):
                yield path
        elif entry.is_file(follow_symlinks=False):
            found.files.append(path)
        elif entry.is_symlink():
            _follow(found, path)
    except OSError as error:
        found.passed.append(f"{path}: {_reason(error)}")


def _is_wanted(found: Walk, path: str, name: str, ignored: tuple[str, ...]) -> bool:
    if name in _NOT_THE_PROJECT:
        if path == name:  # deeper ones are the tests' own
            found.passed.append(f"{path}: examples, taken for no part of the project")
        return False
    return name not in _LEFT_ALONE and not _is_ignored(path, name, ignored)


def _follow(found: Walk, path: str) -> None:
    """Takes in a link to a file of the project; a folder within it is met without the link."""
    target = Path(os.path.realpath(found.root / path))
    if not target.is_relative_to(os.path.realpath(found.root)):
        found.passed.append(f"{path}: a link out of the folder")
    elif target.is_file():
        found.files.append(path)


def _ignored(root: Path) -> tuple[str, ...]:
    """The patterns of the root's .gitignore, less those that would leave nothing to read."""
    try:
        with (root / ".gitignore").open("rb") as file:
            lines = file.read(64 * 1024).decode(errors="replace").splitlines()
    except OSError:
        return ()
    patterns = (line.strip() for line in lines)
    return tuple(p for p in patterns if p and not p.startswith("#") and p not in _EVERYTHING)


def _is_ignored(path: str, name: str, patterns: tuple[str, ...]) -> bool:
    """Whether git would leave the folder out; the last pattern that fits decides, as in git."""
    for pattern in reversed(patterns):
        if _fits(path, name, pattern.removeprefix("!").rstrip("/")):
            return not pattern.startswith("!")
    return False


def _fits(path: str, name: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return _fits(path, name, pattern[3:])
    if "/" in pattern:
        return fnmatchcase(path, pattern.lstrip("/"))
    return fnmatchcase(name, pattern)


def read_text(root: Path, path: str, most: int = MOST_BYTES) -> str:
    """The text of a file; "" with nothing opened if that is enough, or if it is no plain file.

    OSError and ValueError say why a file cannot be read as text.
    """
    place = root / path
    if not most or not stat.S_ISREG(place.stat().st_mode):
        return ""
    with place.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"more than {most // 1024} kB")
    return _decoded(data)


def _decoded(data: bytes) -> str:
    """The text; PowerShell writes requirements.txt as UTF-16, with a mark."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text") from None
    if "\0" in text:
        raise ValueError("not text")
    return text.replace("\r\n", "\n")


def _reason(error: OSError) -> str:
    return (error.strerror or "cannot be read").lower()


def reason(error: OSError | ValueError) -> str:
    """Why a file was not read, in a few words that show nothing of it."""
    return _reason(error) if isinstance(error, OSError) else str(error)
