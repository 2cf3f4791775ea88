"""What user SQL may use of the machine, and a look at what it uses."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 512  # the unit of st_blocks, whatever the file system's own blocks are


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on user SQL: time of one statement and of a whole script, disk, memory of a process.

    `grace_seconds` is what a statement gets beyond its time before its connection is cut.
    """

    statement_seconds: float = 20.0
    grace_seconds: float = 2.0
    load_seconds: float = 120.0
    disk_bytes: int = 1 << 30
    memory_bytes: int = 2 << 30


def full(folder: Path, limits: Limits) -> str:
    """Why there is no room left below the folder, or "" while there is."""
    if used(folder) <= limits.disk_bytes:
        return ""
    return f"it filled more than {limits.disk_bytes >> 20:,} MB of disk"


def used(folder: Path) -> int:
    """Bytes that the files below the folder really take; sparse parts take none."""
    return sum(blocks * _BLOCK for blocks in _blocks(folder))


def _blocks(folder: str | Path) -> Iterator[int]:
    """Files come and go while we look: those that are gone take nothing."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _blocks(entry.path)
            continue
        try:
            yield entry.stat(follow_symlinks=False).st_blocks
        except OSError:
            continue
