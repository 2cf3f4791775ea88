"""Terraform, an optional program: whether files are formatted and valid, and pass their tests.

The AWS provider comes from a mirror on this machine, or from the cache that Terraform keeps for
plugins; the network is not used. Where neither is there, validity stays unchecked.
"""

import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from blueproof.engines.programs import Done, run, tool

Files = Mapping[str, str]
Complaints = tuple[str, ...]
_SECONDS = 120
_LONGEST = 160
_ONE = Lock()
_AT_ONCE = 2  # each takes half a gigabyte for the provider's schema
# Percent by which memory grows before Go collects what is unused; its own 100 costs a fifth more
# time while the provider's schema is read, and saves a tenth of the memory.
_GOGC = "400"
_PROVIDER = "registry.terraform.io/hashicorp/aws"
_MIRRORS = (
    "~/.terraform.d/plugins", "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins", "/opt/tf-plugins", "/opt/terraform/plugins",
)  # fmt: skip


def formatted(files: Files) -> Complaints | None:
    """The files that `terraform fmt` would change; None where terraform is missing."""
    path = tool("terraform")
    if path is None:
        return None
    with tempfile.TemporaryDirectory(prefix="blueproof-tf-") as folder:
        _lay_out(files, Path(folder))
        said = _run(path, ("fmt", "-check", "-recursive"), Path(folder), {}).stdout
    return tuple(f"{name}: terraform fmt would change it" for name in said.split())


def valid(files: Files) -> Complaints | None:
    """What `terraform validate` says, warnings too; None where it or its provider is missing."""
    return _said(files, "validated")


def tested(files: Files) -> Complaints | None:
    """What `terraform test` says failed, a stack without a test too; None as in `valid`."""
    return _said(files, "tested")


def _said(files: Files, asked: Literal["validated", "tested"]) -> Complaints | None:
    """One judgement of all stacks; who asks meanwhile waits for the one that is being made."""
    with _ONE:
        stacks = _begun(tuple(sorted(files.items())))
        return getattr(stacks, asked) if stacks else None


@lru_cache(maxsize=2)
def _begun(files: tuple[tuple[str, str], ...]) -> "_Stacks | None":
    path, place = tool("terraform"), mirror()
    return _Stacks(files, path, place) if path and place else None


class _Stacks:
    """Stacks of files, each begun once, and judged when that is asked for: either takes seconds."""

    def __init__(self, files: tuple[tuple[str, str], ...], path: str, place: Path) -> None:
        root = Path(tempfile.mkdtemp(prefix="blueproof-tf-"))
        weakref.finalize(self, shutil.rmtree, root, ignore_errors=True)
        _lay_out(dict(files), root)
        settings = root / "terraform.rc"
        settings.write_text(only_from(place), encoding="utf-8")
        self._names = sorted({name.rpartition("/")[0] for name, _ in files if name.endswith(".tf")})
        self._program = _Program(path, root, {"TF_CLI_CONFIG_FILE": str(settings)})
        self._refused = tuple(said for name in self._names for said in self._program.begun(name))

    @cached_property
    def validated(self) -> Complaints:
        return self._refused or self._each(self._program.validated)

    @cached_property
    def tested(self) -> Complaints:
        return self._refused or self._each(self._program.tested)

    def _each(self, judge: Callable[[str], Complaints]) -> Complaints:
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            return tuple(said for each in pool.map(judge, self._names) for said in each)


@dataclass(frozen=True)
class _Program:
    """Terraform, over stacks that are laid out under a folder."""

    path: str
    root: Path
    settings: dict[str, str]

    def begun(self, stack: str) -> Complaints:
        """Fetch the stack's provider."""
        done = self._run(stack, "init", "-backend=false", "-input=false", "-no-color")
        return (f"{stack}: {' '.join(done.stderr.split())[:200]}",) if done.returncode else ()

    def validated(self, stack: str) -> Complaints:
        """What `terraform validate` says."""
        raw = json.loads(self._run(stack, "validate", "-json").stdout)
        return tuple(_written(stack, each) for each in raw["diagnostics"])

    def tested(self, stack: str) -> Complaints:
        """What `terraform test` says; a stack without a test is not begun."""
        if not any((self.root / stack).glob("**/*.tftest.hcl")):
            return (f"{stack}: there is no test",)
        return tuple(_failures(stack, self._run(stack, "test", "-json").stdout))

    def _run(self, stack: str, *arguments: str) -> Done:
        return _run(self.path, arguments, self.root / stack, self.settings)


def only_from(place: Path) -> str:
    """Settings by which providers come from the mirror and from nowhere else."""
    return (
        "provider_installation {\n  filesystem_mirror {\n"
        f"    path = {json.dumps(str(place))}\n  }}\n}}\n"
    )


def _failures(name: str, said: str) -> Iterator[str]:
    """What went wrong in a stack's tests, from the lines that Terraform prints."""
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    passed = 0
    for line in lines:
        if "diagnostic" in line:
            yield f"{_run_of(line)}{_written(name, line['diagnostic'])}"
        passed += line.get("test_run", {}).get("status") == "pass"
    summary = next((line["test_summary"] for line in lines if "test_summary" in line), None)
    if summary is None or not passed:
        yield f"{name}: no test ran"


def _run_of(line: dict[str, Any]) -> str:
    run = line.get("@testrun", "")
    return f"{run}: " if run else ""


def _written(name: str, diagnostic: dict[str, Any]) -> str:
    where = diagnostic.get("range") or {}
    line = f":{where['start']['line']}" if where else ""
    place = f"{name}/{where.get('filename', '')}{line}".rstrip("/")
    detail = " ".join(diagnostic.get("detail", "").split())[:_LONGEST]
    return f"{place}: {diagnostic['summary']}" + (f": {detail}" if detail else "")


def mirror() -> Path | None:
    """A folder from which Terraform can install the AWS provider."""
    named = os.environ.get("TF_PLUGIN_CACHE_DIR")
    places = [Path(place).expanduser() for place in ((named,) if named else ()) + _MIRRORS]
    return next((place for place in places if (place / _PROVIDER).is_dir()), None)


def _lay_out(files: Files, root: Path) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _run(path: str, arguments: tuple[str, ...], folder: Path, settings: dict[str, str]) -> Done:
    quiet = {**settings, "CHECKPOINT_DISABLE": "1", "GOGC": _GOGC}
    return run(path, arguments, folder=folder, settings=quiet, seconds=_SECONDS)
