"""A large schema, loaded once: a server's whole data folder in our cache, to start others from.

Making a thousand tables with their keys and indexes takes PostgreSQL seconds. So once the DDL of a
large schema has run on a server that holds nothing else, its folder is packed as it is after a
checkpoint: another server starts from it as it would after a crash. The name of what is kept says
of which text it was made, by which programs and by which code of ours.
"""

import contextlib
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from blueproof.engines.postgres import cluster
from blueproof.engines.postgres.binaries import Account
from blueproof.engines.postgres.loading import LeftOut

_MANY = 500  # statements of a schema from which on it is kept: fewer load in less than a second
_MOST_KEPT = 3
_MOST_BYTES = 512 << 20  # of one folder; a schema without rows takes a tenth of that
_LEVEL = 1  # of zlib: nearly all of it is pages alike
_KEPT = "loaded-"
_LEFT = frozenset({"postmaster.pid", "postmaster.opts"})
_LOGS = "pg_wal"
_CODE = ("engines/postgres", "sql")  # below our package: what decides how a schema is loaded


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A database that holds a schema: its name, and what of the schema was left out."""

    name: str
    left_out: tuple[LeftOut, ...]


def is_large(ddl: str) -> bool:
    """Whether a schema has so many statements that it is kept."""
    return ddl.count(";") >= _MANY


def name_of(ddl: str, path: str, made_by: str) -> str:
    """The name under which a schema's folder is kept; "" for one that is not large.

    `made_by` names the programs and options that make a cluster as it is.
    """
    if not is_large(ddl):
        return ""
    whole = hashlib.sha256(f"{made_by}\n{_code()}\n{path}\n".encode())
    whole.update(ddl.encode("utf-8", "surrogatepass"))
    return _KEPT + whole.hexdigest()[:32]


@cache
def _code() -> str:
    """One name for our code as it is."""
    home = Path(__file__).parents[2]
    files = sorted(file for part in _CODE for file in (home / part).rglob("*.py"))
    told = hashlib.sha256()
    for file in files:
        told.update(file.read_bytes())
    return told.hexdigest()


def keep(name: str, data: Path, password: str, log: str, loaded: Loaded) -> None:
    """Pack a folder in which nobody writes; it only saves time, so it may fail.

    `log` is the one file of the write-ahead log that a start needs: where the checkpoint stands.
    """
    with contextlib.suppress(OSError):
        folders, files = _listed(data, log)
        if sum(size for _, size in files) > _MOST_BYTES:
            return
        head = {
            "password": password,
            "database": loaded.name,
            "left_out": [asdict(each) for each in loaded.left_out],
            "folders": folders,
            "files": files,
        }
        cluster.home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cluster.home()) as scratch:
            packed = Path(scratch) / "packed"
            packed.touch(mode=0o600)
            with packed.open("wb") as out:
                first = json.dumps(head).encode()
                out.write(len(first).to_bytes(8, "big"))
                out.writelines(_packed(first, data, files))
            packed.rename(cluster.home() / name)
        _drop_old()


def _listed(data: Path, log: str) -> tuple[list[str], list[tuple[str, int]]]:
    """The folders and the files with their sizes, by their path below the data folder."""
    folders: list[str] = []
    files: list[tuple[str, int]] = []
    for where, below, names in os.walk(data):
        inside = os.path.relpath(where, data)
        folders += [os.path.normpath(f"{inside}/{each}") for each in below]
        for name in names:
            if name not in _LEFT and (inside != _LOGS or name == log):
                path = os.path.normpath(f"{inside}/{name}")
                files.append((path, (data / path).stat().st_size))
    return folders, files


def _packed(first: bytes, data: Path, files: list[tuple[str, int]]) -> Iterator[bytes]:
    """What the file holds, compressed; OSError where a file is no longer as it was listed."""
    packer = zlib.compressobj(_LEVEL)
    yield packer.compress(first)
    for path, size in files:
        content = (data / path).read_bytes()
        if len(content) != size:
            raise OSError(f"{path} has changed meanwhile")
        yield packer.compress(content)
    yield packer.flush()


def unpacked(name: str, data: Path, account: Account) -> tuple[str, Loaded] | None:
    """Lay a kept folder out at `data`; its administrator's password, and what it holds.

    None where none is kept, or what is kept is not whole: what is at `data` then means nothing.
    """
    try:
        raw = (cluster.home() / name).read_bytes()
        content = memoryview(zlib.decompress(raw[8:]))  # its own sum tells a part from the whole
        at = int.from_bytes(raw[:8], "big")
        head = json.loads(bytes(content[:at]))
        for folder in (".", *head["folders"]):
            (data / folder).mkdir(mode=0o700)
            if account.uid is not None:
                os.chown(data / folder, account.uid, account.gid or 0)
        for path, size in head["files"]:
            _write(f"{data}/{path}", content[at : at + size], account)
            at += size
        left_out = tuple(
            LeftOut(**{**each, "tables": tuple(each["tables"])}) for each in head["left_out"]
        )
        os.utime(cluster.home() / name)  # used now
    except (OSError, ValueError, KeyError, TypeError, zlib.error):
        return None
    return head["password"], Loaded(name=head["database"], left_out=left_out)


def _write(path: str, content: memoryview, account: Account) -> None:
    """Make one of thousands of small files: with nothing between us and the system's calls."""
    file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        if account.uid is not None:
            os.fchown(file, account.uid, account.gid or 0)
        while content:
            content = content[os.write(file, content) :]
    finally:
        os.close(file)


def _drop_old() -> None:
    """Remove all but those used last."""
    kept = sorted(cluster.home().glob(f"{_KEPT}*"), key=lambda each: each.stat().st_mtime)
    for old in kept[:-_MOST_KEPT]:
        old.unlink(missing_ok=True)
