"""The folder that a private server lives in: in memory where there is plenty, else on the disk.

A cluster is hundreds of small files. A disk's file system enters each into its journal, which can
take a second where a file system in memory takes a tenth of that; nothing in it outlives the
server. A process that is killed cannot remove its folder, and what lies in memory would stay there
until the machine restarts. So a folder is locked as long as its process lives, and whoever makes
the next one removes those whose lock is free.
"""

import atexit
import contextlib
import fcntl
import functools
import os
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from blueproof.engines.postgres.binaries import Account, enterable

# Linux's file system in memory; a container has its own, as a rule of 64 MB and thus not used.
_MEMORY = Path("/dev") / "shm"
_SHORT = Path("/") / "tmp"
_MEMINFO = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")  # of a container, whose bound may be less than the machine has
_GROUP_FILES = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)
_TIMES_ROOM = 2  # two servers run at once, each of which may write this much
_TIMES_MEMORY = 4  # so that as much again is left to everybody else
_PREFIX, _LOCK = "blueproof-", "lock"
# sockaddr_un holds 107 characters; the socket's own name takes 16 of them.
_LONGEST = 90
_REMOVALS = 40
_one_by_one = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Home:
    """A folder of our own, and the open file whose lock tells others that we live."""

    folder: Path
    lock: int

    def remove(self) -> None:
        """Remove the folder, though a process that was told to end may still write into it."""
        for _ in range(_REMOVALS):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.05)
        os.close(self.lock)


def home(account: Account, most_bytes: int) -> Home:
    """A new folder for a server that writes so much at most; it must be removed.

    In memory where twice that is free there and four times that in all, unless TMPDIR says where
    to be; below /tmp where a socket's path would be too long otherwise, or the account cannot go.
    """
    if "TMPDIR" not in os.environ and _is_roomy(most_bytes) and _suits(_MEMORY, account):
        return _made(_MEMORY)
    return _made(_on_disk(account))


def reachable(tree: Path, account: Account) -> Path:
    """The programs' tree itself if the account may enter it, else a copy for this process."""
    if account.uid is None or enterable(tree):
        return tree
    built = (tree / "bin" / "postgres").stat()
    with _one_by_one:
        return _copied(tree, account, built.st_ino, built.st_mtime_ns)


@functools.cache
def _copied(tree: Path, account: Account, *_build: int) -> Path:
    """A copy of one build where the account may go, removed when our process ends."""
    place = _made(_on_disk(account))
    atexit.register(place.remove)
    place.folder.chmod(0o711)  # to pass through, and to change nothing
    shutil.copytree(tree, place.folder / "postgres", symlinks=True, copy_function=_link_or_copy)
    return place.folder / "postgres"


def _link_or_copy(source: str, target: str) -> None:
    """A second name for the file where the file system gives one, which takes no time."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _on_disk(account: Account) -> Path:
    usual = Path(tempfile.gettempdir())
    return usual if _suits(usual, account) else _SHORT


def _suits(place: Path, account: Account) -> bool:
    named = len(str(place / _PREFIX)) + 8  # what mkdtemp adds
    return named <= _LONGEST and (account.uid is None or enterable(place))


def _is_roomy(most_bytes: int) -> bool:
    """Whether the file system in memory, and the memory, have room for such servers."""
    try:
        found = os.statvfs(_MEMORY)
        free = found.f_bavail * found.f_frsize
        return (
            os.access(_MEMORY, os.W_OK | os.X_OK)
            and free >= _TIMES_ROOM * most_bytes
            and _memory_left() >= _TIMES_MEMORY * most_bytes
        )
    except (OSError, ValueError):  # it is not Linux, or hides it
        return False


def _memory_left() -> int:
    """Bytes of memory that this process may still take."""
    told = dict(line.split(":", 1) for line in _MEMINFO.read_text().splitlines())
    left = int(told.get("MemAvailable", "0 kB").split()[0]) * 1024
    for most, used in _GROUP_FILES:
        with contextlib.suppress(OSError, ValueError):  # no such file, or "max"
            left = min(left, int((_GROUP / most).read_text()) - int((_GROUP / used).read_text()))
    return left


def _made(place: Path) -> Home:
    _sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    opened = folder / "locking"
    lock = os.open(opened, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    opened.rename(folder / _LOCK)  # so that nobody finds it without its lock
    return Home(folder=folder, lock=lock)


def _sweep(place: Path) -> None:
    """Remove the folders of processes that are gone."""
    for old in place.glob(f"{_PREFIX}*"):
        # It is another's, of another kind, or was removed just now; a live one is locked.
        with contextlib.suppress(OSError):
            lock = os.open(old / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(old)
            finally:
                os.close(lock)
