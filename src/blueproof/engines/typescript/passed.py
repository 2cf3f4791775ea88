"""Runs of tests that passed, kept by the digest of all that they depend on.

A run that failed is not kept: on a busy machine it may have been the machine.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from blueproof.engines.typescript.keeping import keep
from blueproof.engines.typescript.laying import Files
from blueproof.engines.typescript.running import node
from blueproof.engines.typescript.testing import Tested
from blueproof.engines.typescript.trees import cache

_KEPT = "passed"


def remembered(files: Files, tree: Path, run: Callable[[Files, Path], Tested]) -> Tested:
    """What the tests gave when they passed on these very files, else what running them gives.

    The same files, packages, Node, version of ours and way of running are the same run.
    """
    kept = cache() / _KEPT / f"{_state(files, tree, run)}.json"
    known = _recalled(kept)
    if known:
        return known
    seen = run(files, tree)
    if seen.passed and not seen.failed:
        keep(json.dumps(asdict(seen)).encode(), kept)
    return seen


def _recalled(kept: Path) -> Tested | None:
    """What is kept; None where nothing is, or nothing that can be read."""
    try:
        raw = json.loads(kept.read_text(encoding="utf-8"))
        return Tested(**{**raw, "failed": tuple(raw["failed"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _state(files: Files, tree: Path, run: Callable[[Files, Path], Tested]) -> str:
    parts = (tree.name, str(node()), version("blueproof"), run.__module__, sorted(files.items()))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
