"""A fresh data folder: initdb runs once for each build of PostgreSQL, later servers copy its work.

initdb takes half a second, and seconds on a busy machine; a copy a tenth of that. What is kept lies
in our cache, where only we may read it: the folder as initdb left it, and the password it was made
with, which every server changes as soon as it runs.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import zlib
from pathlib import Path

from blueproof.engines.postgres.binaries import Account

_KEPT, _DATA, _TREE = "cluster-", "data", "tree"
_SIGNED = "signed"  # the password, and the sum over all files
_PARTS = ("bin/postgres", "bin/initdb", "share/postgres.bki", "share/postgresql/postgres.bki")


def copied(tree: Path, options: tuple[str, ...], data: Path, account: Account) -> str:
    """Put a fresh cluster of this build at `data`; returns its administrator's password.

    "" where none is kept, or what is kept is no longer whole: then nothing is at `data`.
    """
    kept = home() / name_of(tree, options)
    try:
        password, total = (kept / _SIGNED).read_text("utf-8").split()
        if _copy(kept / _DATA, data) == int(total):
            _hand_over(data, account)
            return password
    except (OSError, ValueError):  # another process has just thrown it away, or a disk was full
        pass
    shutil.rmtree(data, ignore_errors=True)
    return ""


def keep(tree: Path, options: tuple[str, ...], data: Path, password: str) -> None:
    """Keep a copy of a cluster that initdb has just made; it only saves time, so it may fail.

    It gets its name when it is whole, so that no other process sees a part of it.
    """
    with contextlib.suppress(OSError):
        home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home()) as scratch:
            made = Path(scratch) / "made"
            made.mkdir(mode=0o700)
            total = _copy(data, made / _DATA)
            (made / _SIGNED).touch(mode=0o600)
            (made / _SIGNED).write_text(f"{password} {total}", "utf-8")
            (made / _TREE).write_text(str(tree), "utf-8")
            _drop_outdated(name_of(tree, options), options, Path(scratch))
            made.rename(home() / name_of(tree, options))  # refused where another was faster


def _copy(source: Path, target: Path) -> int:
    """Copy a folder; returns a sum over the names and contents of its files.

    A machine that loses power may lose a part of what was written, and no error tells of it.
    Modes are copied of folders alone: nobody else comes through those.
    """
    total, root = 0, len(str(source))

    def copy_one(name: str, to: str) -> None:
        nonlocal total
        content = Path(name).read_bytes()
        total += zlib.crc32(content, zlib.crc32(name[root:].encode()))
        Path(to).write_bytes(content)

    shutil.copytree(source, target, copy_function=copy_one)
    return total


def home() -> Path:
    """Our folder in the person's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "blueproof"


def name_of(tree: Path, options: tuple[str, ...]) -> str:
    """One name for what makes a cluster as it is: the programs, the catalogs' contents, options."""
    told = [str(tree), *options]
    for part in _PARTS:
        with contextlib.suppress(FileNotFoundError):
            found = (tree / part).stat()
            told += (part, str(found.st_size), str(found.st_mtime_ns))
    return _KEPT + hashlib.sha256("\n".join(told).encode()).hexdigest()[:20]


def _hand_over(data: Path, account: Account) -> None:
    """Give the folder to the account that the server runs as."""
    if account.uid is not None:
        for path in (data, *data.rglob("*")):
            os.chown(path, account.uid, account.gid or 0, follow_symlinks=False)


def _drop_outdated(name: str, options: tuple[str, ...], scratch: Path) -> None:
    """Remove what was kept of builds that have gone or changed, and under this name.

    It loses its name first: a process that is copying it fails then, and takes no part for all.
    """
    for number, old in enumerate(home().glob(f"{_KEPT}*")):
        told = old / _TREE
        tree = Path(told.read_text("utf-8")) if told.exists() else None
        if old.name == name or tree is None or old.name != name_of(tree, options):
            old.rename(scratch / f"old-{number}")
