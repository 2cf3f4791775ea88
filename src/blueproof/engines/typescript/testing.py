"""Tests in TypeScript, run by vitest: how many passed, and which failed."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blueproof.core.errors import EngineError
from blueproof.engines.typescript.laying import Files, laid
from blueproof.engines.typescript.running import Said, laid_script, node, run_node
from blueproof.engines.typescript.trees import MODULES

_VITEST = f"{MODULES}/vitest/vitest.mjs"
_SECONDS = 180
_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Tested:
    """What came of the tests: those that passed, those that failed and why, those not run."""

    passed: int
    failed: tuple[str, ...]
    skipped: int
    seconds: float


def tested(files: Files, tree: Path, place: str, below: str | None, within: str | None) -> Tested:
    """The tests of the package in `place`, or of one of its folders, as its own settings say.

    `within` names a script of ours that starts them, once what they need is there. The files' code
    is executed: hand over only what you wrote. EngineError where it takes more than 180 s, or gives
    no report.
    """
    with laid(files, tree, place) as folder, tempfile.TemporaryDirectory() as records:
        report = Path(records) / "report.json"
        words: tuple[str, ...] = ("run", *((below,) if below else ()))
        words += ("--reporter=json", f"--outputFile={report}", "--no-cache")
        program, found = tree / _VITEST, node()
        if within and found:
            words = (found.path, str(program), *words)
            program = laid_script(within, Path(records))
        said = run_node(
            program, *words, folder=folder / place, seconds=_SECONDS,
            settings={"NODE_PATH": str(tree / MODULES)},
        )  # fmt: skip
        return _read(report, said, folder)


def _read(report: Path, said: Said, folder: Path) -> Tested:
    try:
        told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        suites = told["testResults"]
        begun, ended = told["startTime"], max((s["endTime"] for s in suites), default=0.0)
    except (OSError, ValueError, KeyError, TypeError) as error:
        last = " ".join((said.err or said.out).split())[-_LONGEST:]
        raise EngineError(f"vitest gave no report: {last or error}") from error
    return Tested(
        passed=told["numPassedTests"],
        failed=tuple(failure for suite in suites for failure in _failures(suite, folder)),
        skipped=told["numPendingTests"] + told["numTodoTests"],
        seconds=max(ended - begun, 0.0) / 1_000,
    )


def _failures(suite: dict[str, Any], folder: Path) -> Iterator[str]:
    """The tests of a file that failed; the file itself where it did not get as far as tests."""
    path = str(suite["name"]).removeprefix(f"{folder}/")
    failed = [test for test in suite["assertionResults"] if test["status"] == "failed"]
    for test in failed:
        yield f"{path}: {test['fullName']}: {_first(test['failureMessages'])}"
    if suite["status"] == "failed" and not failed:
        yield f"{path}: {_first([suite['message']])}"


def _first(messages: list[str]) -> str:
    """The beginning of the first message; where it was thrown is left out."""
    said = next(filter(None, messages), "no reason").partition("\n    at ")[0]
    return " ".join(said.split())[:_LONGEST]
