"""Terraform run against the simulated AWS: the guide's own command line, and no questions asked."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from blueproof.cloud.stack import Stack
from blueproof.core.errors import EngineError
from blueproof.engines.programs import begin, tool
from blueproof.engines.simulated_aws.serving import end_group, variables
from blueproof.engines.terraform import mirror, only_from

_SECONDS = {"apply": 420, "destroy": 420, "init": 90}
_READS = ("output", "state", "validate", "version", "show", "fmt", "providers")
_OVERRIDE = """provider "aws" {
  max_retries             = 3
  s3_use_path_style       = true
  skip_metadata_api_check = true
}
"""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a run of Terraform came to; `planned` resources are those it set out to make."""

    out: str
    wrong: str = ""
    planned: int = 0
    applied: bool = False


def missing() -> str:
    """What is not there of Terraform and the AWS provider; "" if nothing."""
    if tool("terraform") is None:
        return "terraform"
    return "" if mirror() is not None else "a folder on this machine with Terraform's AWS provider"


def runs_programs(stack: Stack) -> str:
    """The resource that would start a program on this machine; "" if there is none."""
    for resource in stack.resources:
        if resource.body.get("provisioner") is not None or resource.kind in {
            "external",
            "terraform_data",
        }:
            return resource.address
    return ""


class Terraform:
    """Terraform in a folder of stacks; EngineError where it, or its provider, is missing."""

    def __init__(self, root: Path, url: str) -> None:
        path, place = tool("terraform"), mirror()
        if path is None or place is None:
            raise EngineError(f"{missing()} is missing")
        self._path, self.root, self._url = path, root, url
        self._home = root / ".home"
        self._home.mkdir(exist_ok=True)
        (self._home / "terraform.rc").write_text(only_from(place), encoding="utf-8")

    def settle(self, stacks: tuple[Stack, ...]) -> None:
        """Writes, beside each stack, the settings that a simulated AWS needs."""
        for stack in stacks:
            heads = [head for _, head, _ in stack.settings]
            name = "simulated_override.tf" if 'provider "aws"' in heads else "simulated.tf"
            (self.root / stack.folder / name).write_text(_OVERRIDE, encoding="utf-8")

    def run(self, words: tuple[str, ...], exported: Mapping[str, str]) -> Ran:
        """Runs it with the words of a command line; what it would ask is answered with yes."""
        action = next((word for word in words if not word.startswith("-")), "")
        if action not in {*_READS, "init", "apply", "plan"}:
            raise EngineError(f"terraform {action} is not replayed")
        if any(_reaches_out(word) for word in words):
            raise EngineError(f"terraform {action} outside of the repository is not replayed")
        code, out, said = self._bounded((*words, *_more(action, words)), action, exported)
        if action == "apply":
            return _of_apply(code, out, said)
        return Ran(out=out, wrong=_shortly(said or out) if code else "")

    def state(self, folder: str) -> str:
        """The state of a stack, as JSON."""
        return self.run((f"-chdir={folder}", "state", "pull"), {}).out

    def _bounded(
        self, words: tuple[str, ...], action: str, exported: Mapping[str, str]
    ) -> tuple[int, str, str]:
        process = begin(
            [self._path, *words],
            folder=self.root,
            environment=self._settings(exported),
            out=subprocess.PIPE,
            err=subprocess.PIPE,
        )
        try:
            out, said = process.communicate(timeout=_SECONDS.get(action, 60))
        except subprocess.TimeoutExpired:
            return 1, "", f"took more than {_SECONDS.get(action, 60)} s"
        finally:
            end_group(process)
        return process.returncode, out.decode(), said.decode()

    def _settings(self, exported: Mapping[str, str]) -> dict[str, str]:
        quiet = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        own = {"TF_CLI_CONFIG_FILE": str(self._home / "terraform.rc"), **quiet}
        given = {n: v for n, v in exported.items() if n.startswith("TF_VAR_")}
        cache = {n: os.environ[n] for n in ("TF_PLUGIN_CACHE_DIR",) if n in os.environ}
        return variables(self._url, self._home, {**cache, **own, **given})


def _more(action: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """What is added to a command line: answers to questions, and forms that we can read."""
    if action == "apply":
        return ("-auto-approve", "-input=false", "-json", "-parallelism=40")
    if action == "init":
        remote = ("-backend-config=use_path_style=true",) if _has(words, "-backend-config") else ()
        copies = ("-force-copy",) if "-migrate-state" in words else ()
        return ("-input=false", "-no-color", *remote, *copies)
    if action == "plan":
        return ("-input=false", "-no-color")
    return ("-no-color",) if action == "output" else ()


def _reaches_out(word: str) -> bool:
    """Whether a word of the command line names a place outside of the repository."""
    name, sign, value = word.partition("=")
    if name == "-from-module":
        return True
    path = PurePosixPath(value if sign and name.startswith("-") else word)
    return path.is_absolute() or ".." in path.parts


def _has(words: tuple[str, ...], option: str) -> bool:
    return any(word.partition("=")[0] == option for word in words)


def _of_apply(code: int, out: str, said: str) -> Ran:
    events = list(_events(out))
    planned = [
        e["changes"]["add"]
        for e in events
        if e["type"] == "change_summary" and e["changes"]["operation"] == "plan"
    ]
    errors = [_diagnosed(e["diagnostic"]) for e in events if e.get("@level") == "error"]
    wrong = "; ".join(dict.fromkeys(errors)) or _shortly(said or "it failed and did not say why")
    return Ran(out=out, wrong=wrong if code else "", planned=sum(planned), applied=bool(planned))


def _events(out: str) -> Iterator[dict[str, Any]]:
    for line in out.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _diagnosed(diagnostic: Mapping[str, Any]) -> str:
    where = diagnostic.get("address") or ""
    said = " ".join(f"{diagnostic['summary']} {diagnostic.get('detail', '')}".split())
    return f"{where}: {said[:300]}" if where else said[:300]


def _shortly(said: str) -> str:
    return " ".join(said.replace("│", " ").replace("╷", " ").replace("╵", " ").split())[:300]
