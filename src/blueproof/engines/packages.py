"""Fetching a package of npm whose digest is known: through npm, else from npm's own registry.

Only `blueproof doctor --install` fetches. No registry is named here: npm knows its own, and without
npm it is the one that the person's settings of npm name.
"""

import base64
import hashlib
import hmac
import os
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

from blueproof.core.errors import EngineError
from blueproof.engines.programs import run, tool
from blueproof.facts.pinned import Package

_SECONDS = 300
_MOST_BYTES = 200 << 20
_SETTING = re.compile(r"^\s*(?P<scope>@[\w-]+:)?registry\s*=\s*(?P<url>https?://\S+?)/*\s*$")


def fetch(package: Package, folder: Path) -> Path:
    """The package's archive, put into the folder; EngineError unless it is the one pinned."""
    npm = tool("npm")
    archive = _through_npm(npm, package, folder) if npm else _download(package, folder)
    found = digest(archive.read_bytes())
    if not hmac.compare_digest(found, package.integrity):
        raise EngineError(
            f"{package.name} is not what was pinned on {package.checked}: its digest is {found}; "
            "nothing was installed"
        )
    return archive


def digest(data: bytes) -> str:
    """The digest of an archive, as npm writes it.

    >>> digest(b"")[:20]
    'sha512-z4PhNX7vuL3xV'
    """
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def _through_npm(npm: str, package: Package, folder: Path) -> Path:
    options = ("--ignore-scripts", "--silent", "--pack-destination", str(folder))
    try:
        done = run(npm, ("pack", package.name, *options), folder=folder, seconds=_SECONDS)
    except subprocess.TimeoutExpired:
        raise EngineError(f"npm did not fetch {package.name} within {_SECONDS} s") from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        raise EngineError(f"npm could not fetch {package.name}: {done.stderr.strip()[-300:]}")
    return archives[0]


def _download(package: Package, folder: Path) -> Path:
    base = registry(package.package.partition("/")[0])
    if not base:
        raise EngineError(
            "npm is not here, and no setting of npm names its registry: install npm, or set "
            "NPM_CONFIG_REGISTRY"
        )
    stem = package.package.rpartition("/")[2]
    url = f"{base}/{package.package}/-/{stem}-{package.version}.tgz"
    try:
        with urllib.request.build_opener().open(url, timeout=_SECONDS) as answer:
            data: bytes = answer.read(_MOST_BYTES)
    except (URLError, OSError, ValueError) as error:
        raise EngineError(f"{package.name} could not be fetched from {base}: {error}") from error
    archive = folder / "package.tgz"
    archive.write_bytes(data)
    return archive


def registry(scope: str) -> str:
    """The registry that npm's settings name for packages of a scope; "" if they name none."""
    general = ""
    for found_scope, url in _settings():
        if found_scope == scope:
            return url
        general = general or (url if not found_scope else "")
    return general


def _settings() -> Iterator[tuple[str, str]]:
    """Registries with the scope that each is for, what counts most first."""
    found = _SETTING.match(f"registry={_of_environment('registry')}")
    if found:
        yield "", found["url"]
    own = _of_environment("userconfig")
    for file in (Path(".npmrc"), Path(own) if own else Path.home() / ".npmrc"):
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        for found in filter(None, map(_SETTING.match, lines)):
            yield (found["scope"] or "").rstrip(":"), found["url"]


def _of_environment(setting: str) -> str:
    """A setting of npm from the environment, where npm reads names in either case."""
    name = f"npm_config_{setting}"
    return os.environ.get(name.upper()) or os.environ.get(name) or ""
