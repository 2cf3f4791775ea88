"""Ask our own advisor on the command line, as a person would."""

import json
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from peers import Advice, Task, skip

_SET = re.compile(r"^ALTER ROLE CURRENT_USER SET")  # for the judge's one transaction
_NO_OPTION = ("no such option", "no such command")


def advise(task: Task) -> Advice:
    """`blueproof pg` with a limit; an older version that lacks the options is a clean skip."""
    return _advise(task, ())


def advise_measured(task: Task) -> Advice:
    """The same, allowed to build and time on the database's own rows."""
    return _advise(task, ("--measure", task.dsn))


def _advise(task: Task, more: tuple[str, ...]) -> Advice:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(task.python, "-m", "blueproof", "pg", "--dsn", task.dsn),
            *("--queries", str(task.file), "--index-space", f"{task.bytes}B"),
            *("--json", "--no-input", "--out", folder, *more),
        ]
        start = time.monotonic()
        try:
            done = subprocess.run(  # noqa: S603 (our own command line)
                command, capture_output=True, text=True, check=False, timeout=task.seconds
            )
        except FileNotFoundError:
            return skip(f"{Path(task.python).name} is not installed")
        except subprocess.TimeoutExpired:
            return skip(f"no answer within {task.seconds} s")
        seconds = time.monotonic() - start
    if any(hint in done.stderr.lower() for hint in _NO_OPTION):
        return skip("this version of blueproof has no such option yet")
    if not done.stdout.lstrip().startswith("{"):
        return skip((done.stderr.strip() or "no JSON").splitlines()[-1][:300])
    return _read(json.loads(done.stdout), seconds)


def _read(answer: dict[str, Any], seconds: float) -> Advice:
    changes = answer.get("changes", [])
    return Advice(
        statements=[_SET.sub("SET LOCAL", s) for change in changes for s in change.get("ddl", ())],
        seconds=seconds,
        parameters={
            "kinds": sorted({str(change.get("kind")) for change in changes}),
            "estimated_mb": round(sum(c.get("size_bytes") or 0 for c in changes) / 1e6, 1),
        },
        claimed={q["id"]: q["cost_after"] for q in answer["queries"] if not q.get("rewritten")},
        rewritten={q["id"]: q["rewritten"] for q in answer["queries"] if q.get("rewritten")},
    )
