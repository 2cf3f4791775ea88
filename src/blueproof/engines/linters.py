"""Linters of deployment files, called as programs: zizmor, hadolint, shellcheck, workflow schema.

Each takes texts by path and returns its complaints, each in a line; None where the program is not
installed. Nothing is sent anywhere.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from blueproof.core.errors import EngineError
from blueproof.engines.programs import run, tool

Files = Mapping[str, str]
Complaints = tuple[str, ...]
_GRAVE = ("medium", "high")


def zizmor(files: Files) -> Complaints | None:
    """What zizmor holds against workflows, of medium severity and more."""
    return _over("zizmor", files, ("--offline", "--format", "json", "--no-exit-codes"), _of_zizmor)


def _of_zizmor(said: str) -> Iterator[str]:
    for finding in json.loads(said or "[]"):
        severity = str(finding["determinations"]["severity"]).lower()
        if severity in _GRAVE:
            yield f"{_place(finding)}: {finding['ident']}: {finding['desc']}"


def _place(finding: dict[str, Any]) -> str:
    where = finding["locations"][0]
    # The key's one value is the path; its name differs between versions of zizmor.
    path = next(str(value) for value in where["symbolic"]["key"]["Local"].values())
    row = where["concrete"]["location"]["start_point"]["row"]
    return f"{Path(path).name}:{row + 1}"


def workflow_schema(files: Files) -> Complaints | None:
    """What the schema of GitHub's workflows holds against them."""
    options = ("--builtin-schema", "vendor.github-workflows", "--output-format", "json")
    return _over("check-jsonschema", files, options, _of_schema, each=True)


def gitlab_schema(files: Files) -> Complaints | None:
    """What the schema of GitLab's pipelines holds against them."""
    options = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci",
               "--output-format", "json")  # fmt: skip
    return _over("check-jsonschema", files, options, _of_schema, each=True)


def gitlab_scripts(files: Files) -> Complaints | None:
    """What shellcheck holds against the scripts of GitLab's jobs, each job's as one."""
    blocks = {name: text for path, text in files.items() for name, text in job_scripts(path, text)}
    if not blocks:
        return () if tool("shellcheck") else None
    # A job's script runs under the shell of its image, of which only what all have is used.
    options = ("--shell", "dash", "--exclude", "SC2154,SC3040", "--format", "json")
    return _over("shellcheck", blocks, options, _of_shellcheck, each=True)


def job_scripts(path: str, text: str) -> Iterator[tuple[str, str]]:
    """The scripts of a pipeline of GitLab, one a job, with what runs before it."""
    parsed = yaml.safe_load(text)
    for job, held in parsed.items() if isinstance(parsed, dict) else ():
        if isinstance(held, dict) and "script" in held:
            lines = [str(line) for key in ("before_script", "script") for line in held.get(key, [])]
            name = f"{Path(path).stem.strip('.')}-{job}.sh"
            yield name, "#!/bin/sh\nset -e\n" + "\n".join(lines) + "\n"


def _of_schema(said: str) -> Iterator[str]:
    report = json.loads(said)
    for error in (*report.get("errors", []), *report.get("parse_errors", [])):
        if isinstance(error, str):
            yield error
        else:
            yield f"{Path(error['filename']).name}: {error['path']}: {error['message']}"


def hadolint(files: Files) -> Complaints | None:
    """What hadolint holds against Dockerfiles."""
    options = ("--no-fail", "--format", "json")
    return _over("hadolint", files, options, _of_hadolint, each=True)


def _of_hadolint(said: str) -> Iterator[str]:
    for found in json.loads(said or "[]"):
        yield f"{Path(found['file']).name}:{found['line']}: {found['code']}: {found['message']}"


def shellcheck(files: Files) -> Complaints | None:
    """What shellcheck holds against the run blocks of workflows; the line is the block's own."""
    blocks = {name: text for path, text in files.items() for name, text in run_blocks(path, text)}
    if not blocks:
        return () if tool("shellcheck") else None
    return _over("shellcheck", blocks, ("--shell", "bash", "--format", "json"), _of_shellcheck,
                 each=True)  # fmt: skip


def _of_shellcheck(said: str) -> Iterator[str]:
    for found in json.loads(said or "[]"):
        yield f"{Path(found['file']).name}:{found['line']}: SC{found['code']}: {found['message']}"


def run_blocks(path: str, text: str) -> Iterator[tuple[str, str]]:
    """The scripts in a workflow, each with a file name that says where it stands."""
    parsed = yaml.safe_load(text)
    jobs = parsed.get("jobs", {}) if isinstance(parsed, dict) else {}
    for job, held in jobs.items():
        for number, step in enumerate(held.get("steps", []), start=1):
            if "run" in step:
                name = f"{Path(path).stem}-{job}-step-{number}.sh"
                yield name, f"#!/usr/bin/env bash\nset -euo pipefail\n{step['run']}"


def _over(
    program: str,
    files: Files,
    options: tuple[str, ...],
    read: Callable[[str], Iterator[str]],
    *,
    each: bool = False,
) -> Complaints | None:
    """Run a program over files laid out in a folder of their own, and read what it printed."""
    path = tool(program)
    if path is None:
        return None
    with tempfile.TemporaryDirectory(prefix="blueproof-lint-") as folder:
        placed = []
        for name, text in files.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            placed.append(str(file))
        arguments = (*options, *(placed if each else (folder,)))
        said = run(path, arguments, folder=Path(folder)).stdout
        try:
            return tuple(read(said))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise EngineError(f"{program} gave no answer that can be read: {error}") from error
