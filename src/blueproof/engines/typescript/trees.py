"""Trees of npm packages that starters are checked against, kept in our cache once asked for.

`blueproof doctor --install starters` makes them, by npm; nothing else here uses the network. What
stands in a tree says facts/pins/npm-trees.yaml: whole packages, installed without running their
scripts, and packages of which the type declarations alone are kept.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, get_args

from blueproof.core.errors import EngineError
from blueproof.engines.node.installed import nodes
from blueproof.engines.programs import run, tool
from blueproof.engines.typescript.declarations import keep_types
from blueproof.facts.pinned import NpmTree, npm_trees

Name = Literal["convex", "firebase-functions", "client"]
NAMES: tuple[Name, ...] = get_args(Name)
_TOLD: Mapping[Name, tuple[str, ...]] = {
    "convex": ("convex", "convex-test", "vitest", "typescript"),
    "firebase-functions": ("firebase-functions", "firebase-admin", "vitest", "typescript"),
    "client": ("expo", "react-native", "convex", "firebase", "typescript"),
}
GET = "blueproof doctor --install starters"
MODULES = "node_modules"
_SECONDS = 300
_LONGEST = 200
_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
_INSTALL = ("install", *_QUIET, "--no-package-lock", "--legacy-peer-deps", "--loglevel=error")
_PACK = ("pack", *_QUIET, "--silent")
# npm's own list of a tree, which names the hosts that it came from.
_LISTED = ".package-lock.json"
_MAKING = "making-"
_STALE = 3_600  # seconds: no installation that is still at work is as old


def tree(name: Name) -> Path | None:
    """The folder that holds the tree's node_modules; None where it is not installed."""
    home = _home(npm_trees()[name])
    return home if home.is_dir() else None


def version() -> str:
    """The versions of what is installed, "" unless every tree is."""
    return ", ".join(told(name, 1) for name in NAMES) if all(map(tree, NAMES)) else ""


def told(name: Name, most: int | None = None) -> str:
    """The packages of a tree that matter most, with their versions, as text."""
    wanted = npm_trees()[name]
    versions = {**wanted.types_only, **wanted.packages}
    return ", ".join(f"{package} {versions[package]}" for package in _TOLD[name][:most])


def install_all() -> Path:
    """Make every tree that is not here; returns the folder of them all."""
    # They wait for the network, most of all.
    with ThreadPoolExecutor(max_workers=len(NAMES)) as pool:
        list(pool.map(install, NAMES))
    return cache()


def install(name: Name) -> Path:
    """Make a tree, unless it is here, and take its older versions away; returns its folder.

    Two that make it at once do not meet: whoever is first puts it into place. EngineError where
    npm is missing, fails, or takes more than 300 s for a step.
    """
    wanted = npm_trees()[name]
    home = _home(wanted)
    if home.is_dir():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    _sweep(home.parent)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=_MAKING) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        _npm(_INSTALL, _with_manifest(made, wanted.packages), wanted.packages)
        (made / MODULES / _LISTED).unlink(missing_ok=True)
        _add_types(wanted.types_only, Path(scratch), made / MODULES)
        older = _others(home, name)
        with contextlib.suppress(OSError):  # somebody else was faster
            made.rename(home)
    if not home.is_dir():
        raise EngineError(f"the packages could not be put into {home}")
    for old in older:
        shutil.rmtree(old, ignore_errors=True)
    return home


def _sweep(folder: Path) -> None:
    """Take away what installations that were killed have left half made."""
    for left in folder.glob(f"{_MAKING}*"):
        with contextlib.suppress(FileNotFoundError):  # it ended, or another run took it away
            if time.time() - left.stat().st_mtime > _STALE:
                shutil.rmtree(left, ignore_errors=True)


def cache() -> Path:
    """The folder of our cache that holds the trees, and what checks keep."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "blueproof" / "npm"


def _home(wanted: NpmTree) -> Path:
    state = json.dumps([dict(wanted.packages), dict(wanted.types_only)], sort_keys=True)
    return cache() / f"{wanted.tree}-{hashlib.sha256(state.encode()).hexdigest()[:12]}"


def _others(home: Path, name: Name) -> list[Path]:
    return [old for old in home.parent.glob(f"{name}-*") if old != home]


def _with_manifest(folder: Path, packages: Mapping[str, str]) -> Path:
    manifest = {"private": True, "dependencies": dict(packages)}
    (folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _add_types(packages: Mapping[str, str], scratch: Path, modules: Path) -> None:
    """The type declarations of packages, fetched as archives and laid out as npm would."""
    if not packages:
        return
    archives = scratch / "archives"
    archives.mkdir()
    names = tuple(f"{name}@{number}" for name, number in packages.items())
    _npm((*_PACK, *names), archives, packages)
    for archive in archives.glob("*.tgz"):
        keep_types(archive, modules)


def _npm(arguments: tuple[str, ...], folder: Path, packages: Mapping[str, str]) -> None:
    """Run npm in a folder, with the person's own settings of npm."""
    what = ", ".join(packages) if len(packages) < len(_QUIET) else f"{len(packages)} packages"
    program, *before = _npm_program()
    try:
        done = run(program, (*before, *arguments), folder=folder, seconds=_SECONDS)
    except subprocess.TimeoutExpired:
        raise EngineError(f"npm did not fetch {what} within {_SECONDS} s") from None
    if done.returncode:
        raise EngineError(f"npm could not fetch {what}: {_complaint(done.stderr)}")


def _npm_program() -> tuple[str, ...]:
    """How npm is called: the one beside the wheel's Node, else the one on the PATH."""
    for found in nodes():
        script = Path(found.path).parent.parent / "lib" / MODULES / "npm" / "bin" / "npm-cli.js"
        if script.exists():
            return found.path, str(script)
    path = tool("npm")
    if path is None:
        raise EngineError("npm is not here: blueproof doctor --install node brings it")
    return (path,)


def _complaint(said: str) -> str:
    """The lines of npm's complaint that say what is wrong, as one."""
    lines = [line.removeprefix("npm error").strip() for line in said.splitlines()]
    told = [line for line in lines if line and "complete log of this run" not in line]
    return " ".join(told)[:_LONGEST] or "it does not say why"
