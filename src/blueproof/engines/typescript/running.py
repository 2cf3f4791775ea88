"""A program of Node, bounded: an environment of ours alone, no network, an end in time."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from blueproof.core.errors import EngineError
from blueproof.engines.node.installed import Node, nodes
from blueproof.engines.programs import begin

LEAST = (20, 19)  # what vitest 4 and the bundler in it ask for
_GUARD = "offline.cjs"
_MEGABYTES = 2_048
_ENVIRONMENT = {
    "CI": "1",
    "NO_COLOR": "1",
    "DO_NOT_TRACK": "1",
    "NO_UPDATE_NOTIFIER": "1",
    "npm_config_offline": "true",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """How a program ended, and what it wrote to its two outputs."""

    code: int
    out: str
    err: str


def node() -> Node | None:
    """The Node that checks are run with; None where none is here, or all are too old."""
    return next((found for found in nodes() if found.version >= LEAST), None)


def run_node(
    program: Path,
    *arguments: str,
    folder: Path,
    seconds: int,
    settings: Mapping[str, str] | None = None,
) -> Said:
    """What a program of a tree did in `folder`; EngineError where it did not end in time.

    It gets a PATH, a HOME of its own, `settings` and no variable of ours, may hold 2 GB, and is
    kept from any network but this machine's own. Whatever it started ends with it.
    """
    found = node()
    if found is None:
        raise EngineError(f"Node {LEAST[0]}.{LEAST[1]} or later is not here")
    with tempfile.TemporaryDirectory(prefix="blueproof-home-") as home:
        words = [found.path, str(program), *arguments]
        out, err = Path(home) / "stdout", Path(home) / "stderr"
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = begin(
                words, folder=folder, environment={**_environment(home), **(settings or {})},
                out=to_out, err=to_err,
            )  # fmt: skip
        code = _ended(process, seconds)
        if code is None:
            raise EngineError(f"{program.stem} did not end within {seconds} s")
        return Said(code=code, out=_text(out), err=_text(err))


def laid_script(name: str, folder: Path) -> Path:
    """A script of this package, written into a folder."""
    script = folder / name
    text = (resources.files("blueproof.engines.typescript") / name).read_text(encoding="utf-8")
    script.write_text(text, encoding="utf-8")
    return script


def _environment(home: str) -> dict[str, str]:
    guard = laid_script(_GUARD, Path(home))
    options = f'--max-old-space-size={_MEGABYTES} --require "{guard}"'
    return {
        **_ENVIRONMENT,
        "PATH": os.defpath,
        "HOME": home,
        "TMPDIR": home,
        "NODE_OPTIONS": options,
    }


def _ended(process: subprocess.Popen[bytes], seconds: int) -> int | None:
    """The exit code, None where time was up; its group is gone in either case."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
