"""The public functions of a convex/ folder as their code tells: who may call, what is refused.

The TypeScript compiler of our own tree parses the files, and `reader/` walks each function as it
would run, with what is known of values instead of values. Nothing of the folder is executed. What
the walk cannot follow is "cannot tell", with the construct; it is never taken for a check.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from blueproof.core.errors import EngineError, InputError
from blueproof.engines.typescript.running import run_node
from blueproof.engines.typescript.trees import GET, MODULES, tree

Verdict = Literal["open", "cannot tell", "refused"]
ATTACKS = (
    "anonymous", "other's id", "enumerate", "cross-tenant", "write other's", "impersonate",
    "self-promote",
)  # fmt: skip
_MAIN = "main.cjs"
_SECONDS = 120
_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """An attack on a function and what becomes of it; the line counts from 1, `why` may be ""."""

    attack: str
    verdict: Verdict
    why: str
    file: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Note:
    """What is amiss in a function and opens it to nobody: a whole table read, no validators."""

    id: str
    what: str
    file: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A place that lets some through and refuses others, and what takes it out of the code.

    `start` and `end` count UTF-16 units, as the compiler does.
    """

    file: str
    line: int
    text: str
    start: int
    end: int
    replace: str


@dataclass(frozen=True, kw_only=True)
class PublicFunction:
    """A function that clients may call; `args` are names with the kind of their validator."""

    name: str
    kind: str
    who: str
    file: str
    line: int
    args: tuple[tuple[str, str], ...]
    attempts: tuple[Attempt, ...]
    notes: tuple[Note, ...]
    guards: tuple[Guard, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a folder holds; `unread` are exports that code elsewhere makes, and that code's name."""

    functions: tuple[PublicFunction, ...]
    unread: tuple[Note, ...]
    has_schema: bool


def convex_folder(folder: Path) -> Path:
    """The folder with the functions: the one given, or the convex/ in it."""
    inside = folder / "convex"
    return inside if folder.name != "convex" and inside.is_dir() else folder


def read(folder: Path) -> Reading:
    """What the functions below a folder let through.

    EngineError without Node or our packages, or where reading takes more than 120 s; InputError
    where the folder holds no function that clients may call.
    """
    packages = tree("convex")
    if packages is None:
        raise EngineError(f"the TypeScript compiler is not here: {GET}")
    settings = {"NODE_PATH": str(packages / MODULES)}
    with tempfile.TemporaryDirectory(prefix="blueproof-reader-") as name:
        program = _laid(Path(name))
        said = run_node(
            program, str(folder.resolve()), folder=Path(name), seconds=_SECONDS, settings=settings
        )
    if said.code:
        last = " ".join(said.err.split())[:_LONGEST]
        raise EngineError(f"the functions in {folder} could not be read: {last}")
    raw: dict[str, Any] = json.loads(said.out)
    if not raw["functions"] and not raw["skipped"]:
        raise InputError(f"{folder} holds no Convex functions: name the folder with schema.ts")
    return _reading(raw)


def _laid(folder: Path) -> Path:
    """The reader's scripts, written into a folder; the one to run."""
    for script in (resources.files("blueproof.engines.convex_access") / "reader").iterdir():
        if script.name.endswith(".cjs"):
            (folder / script.name).write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
    return folder / _MAIN


def _reading(raw: Mapping[str, Any]) -> Reading:
    exposed = list(_exposed(raw["exposed"]))
    functions = tuple(_function(each, exposed) for each in raw["functions"])
    return Reading(
        functions=functions,
        unread=tuple(
            Note(id=each["name"], what=each["by"], file=each["file"], line=each["line"])
            for each in raw["skipped"]
        ),
        has_schema=raw["tables"] is not None,
    )


def _exposed(raw: list[dict[str, Any]]) -> Iterator[tuple[str, Note]]:
    """The functions that the back end itself calls as a client would, by name."""
    for each in raw:
        module, _, name = each["ref"].rpartition("/")
        what = f"called by {each['file']}:{each['line']} through `api`: if by nobody else, internal"
        yield (
            f"{module}:{name}",
            Note(id="exposed", what=what, file=each["file"], line=each["line"]),
        )


def _function(raw: Mapping[str, Any], exposed: list[tuple[str, Note]]) -> PublicFunction:
    own = {note.what: note for name, note in exposed if name == raw["name"]}
    attempts = (Attempt(**_picked(each, Attempt)) for each in raw["attacks"])
    return PublicFunction(
        name=raw["name"],
        kind=raw["kind"],
        who=raw["who"],
        file=raw["file"],
        line=raw["line"],
        args=tuple((each["name"], each["type"]) for each in raw["args"]),
        attempts=tuple(sorted(attempts, key=lambda each: ATTACKS.index(each.attack))),
        notes=(*(Note(**_picked(each, Note)) for each in raw["notes"]), *own.values()),
        guards=tuple(Guard(**_picked(each, Guard)) for each in raw["guards"]),
    )


def _picked(raw: Mapping[str, Any], of: type) -> dict[str, Any]:
    return {field.name: raw[field.name] for field in fields(of)}
