"""Packages of npm for tests, installed once for each state of their lock file."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from blueproof.engines.typescript import running, trees

_INSTALL = "ci --omit=dev --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1"


def tree(name: trees.Name) -> Path:
    """A tree of a starter's packages; without it, or without Node, skips, and in CI fails."""
    found = trees.tree(name)
    if found and running.node():
        return found
    reason = f"Node, or the packages of {name}, are not here: {trees.GET}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def node_modules(folder: Path) -> Path:
    """The node_modules of the folder's package-lock.json; skips where npm is not here."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"npm is not here to install the packages of {folder.name}")
    state = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()[:12]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "blueproof-tests"
    kept = home / f"{folder.name}-{state}"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, made)
            _install(npm, made)
            with contextlib.suppress(OSError):  # somebody else was faster
                made.rename(kept)
    return kept / "node_modules"


def _install(npm: str, folder: Path) -> None:
    try:
        done = subprocess.run(
            [npm, *_INSTALL.split()],
            cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip("npm could not install its packages within 300 s")
    if done.returncode:
        pytest.skip(f"npm could not install its packages: {done.stderr.strip()[:200]}")
