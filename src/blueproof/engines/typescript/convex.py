"""A Convex back end: its generated code, and its tests on convex-test.

convex-test stands in for the back end in one process: functions, schema, indexes, identities,
scheduler. It does not enforce the limits on size and time, and runs one mutation after another.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from blueproof.core.errors import EngineError
from blueproof.engines.typescript import testing
from blueproof.engines.typescript.generating import FOLDER, GENERATED, modules, printed
from blueproof.engines.typescript.keeping import keep
from blueproof.engines.typescript.laying import Files, laid
from blueproof.engines.typescript.running import run_node
from blueproof.engines.typescript.testing import Tested
from blueproof.engines.typescript.trees import MODULES, cache

_COMMAND = f"{MODULES}/convex/bin/main.js"
# The way of the code generator that asks no deployment; hidden, so that it may go.
_OPTIONS = ("codegen", "--system-udfs", "--typecheck", "disable")
_SECONDS = 60
_KEPT = "generated"
_MANIFEST = '{"dependencies": {"convex": "*"}}'


@dataclass(frozen=True, kw_only=True)
class Generated:
    """The files with convex/_generated, and what wrote it."""

    files: Files
    by: Literal["convex codegen", "our own template", "the files themselves"]


def generated(files: Files, tree: Path | None) -> Generated:
    """The files with convex/_generated as the code generator writes it, no network asked.

    Where the command refuses, or its tree is not here, our own template prints the same. The
    generator reads which modules there are and runs none of them; what it gave for the same modules
    is kept in our cache. Files without a back end, or with the code in them, are left as they are.
    """
    own = {path: text for path, text in files.items() if path.startswith(FOLDER)}
    if not own or any(path.startswith(GENERATED) for path in own):
        return Generated(files=files, by="the files themselves")
    if tree is None:
        return Generated(files={**files, **printed(own)}, by="our own template")
    kept = _kept(own, tree)
    try:
        made: Mapping[str, str] = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        try:
            made = _by_command(own, tree)
        except EngineError:
            return Generated(files={**files, **printed(own)}, by="our own template")
        keep(json.dumps(made).encode(), kept)
    return Generated(files={**files, **made}, by="convex codegen")


def tested(files: Files, tree: Path) -> Tested:
    """The back end's own tests; see `testing.tested`. The files' code is executed."""
    return testing.tested(generated(files, tree).files, tree, "", FOLDER, None)


def _by_command(own: Files, tree: Path) -> dict[str, str]:
    with laid({**own, "package.json": _MANIFEST}, tree) as folder:
        said = run_node(tree / _COMMAND, *_OPTIONS, folder=folder, seconds=_SECONDS)
        made = {
            f"{GENERATED}{file.name}": file.read_text(encoding="utf-8")
            for file in sorted((folder / GENERATED).glob("*"))
        }
    if said.code or not made:
        raise EngineError(f"convex codegen refused: {' '.join(said.err.split())[-200:]}")
    return made


def _kept(own: Files, tree: Path) -> Path:
    """Where generated code is kept: it depends on the version, the modules and other paths."""
    state = "\n".join((tree.name, *modules(own), "", *sorted(own)))
    return cache() / _KEPT / f"{hashlib.sha256(state.encode()).hexdigest()[:16]}.json"
