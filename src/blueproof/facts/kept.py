"""What costs time to make, kept in the user's cache between runs.

What is kept is taken up only where it was made of the very same things, is whole, and can have
been written by nobody else; anything else is made anew. Where nothing may be written it is made
each time.
"""

import contextlib
import os
from hashlib import sha256
from pathlib import Path

_DIGEST = 32  # bytes of a SHA-256
_OTHERS_MAY_WRITE = 0o022


def made_of(*parts: bytes) -> bytes:
    """The digest of all that something is made of."""
    return sha256(b"\0".join(parts)).digest()


def read_kept(name: str, digest: bytes) -> bytes | None:
    """What was kept by this name, made of what has this digest; None where it must be made."""
    try:
        with _file(name, digest).open("rb") as reading:
            held = reading.read() if _is_ours(os.fstat(reading.fileno())) else b""
    except (OSError, RuntimeError):  # no home at all
        return None
    content = memoryview(held)[_DIGEST:]
    return bytes(content) if held[:_DIGEST] == _seal(digest, content) else None


def keep(name: str, digest: bytes, content: bytes) -> None:
    """Write it, whole or not at all, in place of those of the name that are made of other things.

    A home that cannot be written to costs time, no answer.
    """
    with contextlib.suppress(OSError, RuntimeError):
        _write(name, _file(name, digest), _seal(digest, content) + content)


def _write(name: str, file: Path, sealed: bytes) -> None:
    from tempfile import mkstemp  # many modules, of which most runs need none

    file.parent.mkdir(parents=True, exist_ok=True)
    handle, writing = mkstemp(dir=file.parent, prefix="writing-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(sealed)
        Path(writing).replace(file)
    except OSError:  # as of a full disk
        Path(writing).unlink(missing_ok=True)
        raise
    for other in file.parent.glob(f"{name}-*"):
        if other != file:
            other.unlink(missing_ok=True)


def _is_ours(about: os.stat_result) -> bool:
    """Whether nobody but this user can have written it: what is kept may be code."""
    user = getattr(os, "geteuid", lambda: about.st_uid)()
    return bool(about.st_uid == user and not about.st_mode & _OTHERS_MAY_WRITE)


def _seal(digest: bytes, content: bytes | memoryview) -> bytes:
    sealed = sha256(digest)
    sealed.update(content)
    return sealed.digest()


def _file(name: str, digest: bytes) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "blueproof" / f"{name}-{digest.hex()}"
