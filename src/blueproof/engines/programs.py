"""Programs that we call: found by name, bounded in time, never through a shell."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

Done = subprocess.CompletedProcess[str]


def tool(name: str) -> str | None:
    """The path of a command-line tool beside our Python or on the PATH; None if there is none."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def begin(
    words: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    out: IO[bytes] | int,
    err: IO[bytes] | int,
) -> subprocess.Popen[bytes]:
    """A program begun with this environment alone, in a group of its own so that all of it ends."""
    return subprocess.Popen(  # noqa: S603 (a program that we found, with arguments of ours)
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        start_new_session=True,
    )


def run(
    path: str,
    arguments: tuple[str, ...],
    *,
    folder: Path | None = None,
    settings: Mapping[str, str] | None = None,
    seconds: int = 60,
) -> Done:
    """What the program did; `settings` are added to the environment."""
    return subprocess.run(  # noqa: S603 (a program that we found, with arguments of ours)
        [path, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
        cwd=folder,
        env={**os.environ, **(settings or {})},
    )
