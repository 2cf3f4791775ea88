"""Terraform, an optional program: whether files are formatted and valid.

The AWS provider comes from a mirror on this machine, or from the cache that Terraform keeps for
plugins; the network is not used. Where neither is there, validity stays unchecked.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from blueproof.engines.programs import Done, run, tool

Files = Mapping[str, str]
Complaints = tuple[str, ...]
_SECONDS = 120
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
    path, mirror = tool("terraform"), _mirror()
    if path is None or mirror is None:
        return None
    with tempfile.TemporaryDirectory(prefix="blueproof-tf-") as folder:
        root = Path(folder)
        _lay_out(files, root)
        settings = root / "terraform.rc"
        settings.write_text(_only_from(mirror), encoding="utf-8")
        stacks = sorted({name.rpartition("/")[0] for name in files})
        return tuple(
            said
            for stack in stacks
            for said in _of_stack(path, root / stack, stack, {"TF_CLI_CONFIG_FILE": str(settings)})
        )


def _only_from(mirror: Path) -> str:
    """Settings by which providers come from the mirror and from nowhere else."""
    return (
        "provider_installation {\n  filesystem_mirror {\n"
        f"    path = {json.dumps(str(mirror))}\n  }}\n}}\n"
    )


def _of_stack(path: str, folder: Path, name: str, settings: dict[str, str]) -> Iterator[str]:
    begun = _run(path, ("init", "-backend=false", "-input=false", "-no-color"), folder, settings)
    if begun.returncode:
        yield f"{name}: {' '.join(begun.stderr.split())[:200]}"
        return
    said = json.loads(_run(path, ("validate", "-json"), folder, settings).stdout)
    yield from (_written(name, each) for each in said["diagnostics"])


def _written(name: str, diagnostic: dict[str, Any]) -> str:
    where = diagnostic.get("range") or {}
    line = f":{where['start']['line']}" if where else ""
    place = f"{name}/{where.get('filename', '')}{line}".rstrip("/")
    return f"{place}: {diagnostic['summary']}"


def _mirror() -> Path | None:
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
    quiet = {**settings, "CHECKPOINT_DISABLE": "1"}
    return run(path, arguments, folder=folder, settings=quiet, seconds=_SECONDS)
