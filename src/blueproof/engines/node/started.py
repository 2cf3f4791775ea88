"""A Node process that we started: bounded, on loopback, with an environment of our making."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from blueproof.engines.node.installed import Node
from blueproof.engines.programs import begin

HOST = "127.0.0.1"
_START_SECONDS = 10.0
_KILL_SECONDS = 5.0
_POLL = 0.01
_LISTENING = re.compile(r"listening on (\d+)")
_LONGEST_WORDS = 300


class NotStartedError(Exception):
    """The process ended, or did not say where it listens; the message is what it said."""


class Started:
    """A process of Node in `folder`; use it as a context manager, it and its children end there.

    It inherits nothing of our environment: a PATH, a HOME in the folder and `settings`. What it
    says goes to two files outside of the folder's own files. The process must say "listening on
    PORT" on either of them.
    """

    def __init__(
        self, node: Node, entry: str, folder: Path, records: Path, settings: Mapping[str, str]
    ) -> None:
        self._out, self._err = records / "stdout", records / "stderr"
        environment = {"PATH": os.defpath, "HOME": str(records), "TMPDIR": str(records), **settings}
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = begin(
                [node.path, *node.options, entry],
                folder=folder,
                environment=environment,
                out=out,
                err=err,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_KILL_SECONDS)

    @property
    def said(self) -> str:
        """What it wrote to standard output until now."""
        return self._out.read_text(encoding="utf-8", errors="replace")

    @property
    def complained(self) -> str:
        """What it wrote to standard error until now."""
        return self._err.read_text(encoding="utf-8", errors="replace")

    def port(self) -> int:
        """The port that it says it listens on; NotStartedError where it never says so."""
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            told = _LISTENING.search(self.complained) or _LISTENING.search(self.said)
            if told:
                return int(told[1])
            time.sleep(_POLL)
        raise NotStartedError(_last_words(self.complained) or "it says nothing")

    def terminate(self) -> None:
        """Send SIGTERM to the process itself, as an orchestrator does; gone already is no error."""
        self._process.send_signal(signal.SIGTERM)

    def exit_code(self, seconds: float) -> int | None:
        """Its exit code, negative for a signal; None where it still runs after `seconds`."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


def _last_words(complaint: str) -> str:
    """The line of an error of Node that says what is wrong."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    named = (line for line in lines if re.match(r"(\w*Error|\[\w+\])\b.*:", line))
    return next(named, lines[-1] if lines else "")[:_LONGEST_WORDS]
