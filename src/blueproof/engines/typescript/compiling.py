"""The TypeScript compiler over a project: it reads, and runs nothing of what it reads.

What it has found out about a project it writes down (its own build information), and so do we, in
our cache: it holds each file's digest, and the next run checks again what changed and what depends
on that.
"""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from blueproof.core.errors import EngineError
from blueproof.engines.typescript.keeping import keep
from blueproof.engines.typescript.laying import Files, laid, package_folder
from blueproof.engines.typescript.running import Said, run_node
from blueproof.engines.typescript.trees import MODULES, cache

_COMPILER = f"{MODULES}/typescript/bin/tsc"
_SECONDS = 180
_KEPT = "compiled"
_INFO = ".blueproof.tsbuildinfo"
_OPTIONS = ("--noEmit", "--pretty", "false", "--incremental", "--listFiles", "--tsBuildInfoFile")
_SAID = re.compile(r"(?:(?P<path>[^(\n]+)\((?P<line>\d+),(?P<column>\d+)\): )?"
                   r"error (?P<code>TS\d+): (?P<text>.*)")  # fmt: skip
_SOURCE = re.compile(r"(?<!\.d)\.tsx?$")
_PROJECT = re.compile(r"(?:^|/)tsconfig\.json$")


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """What the compiler says of a place, both from 1; a whole project's has no path and line 0."""

    path: str
    line: int
    column: int
    code: str
    text: str

    def __str__(self) -> str:
        """As the compiler prints it."""
        where = f"{self.path}({self.line},{self.column}): " if self.path else ""
        return f"{where}{self.code}: {self.text}"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What came of a project: complaints, the files of ours it read, and those it passed by.

    Passed by is a .ts or .tsx file of the project's folder that no setting leads to: nothing is
    known about it. A folder with a tsconfig.json of its own is another project.
    """

    complaints: tuple[Complaint, ...]
    files: tuple[str, ...]
    passed_by: tuple[str, ...]


def complaints(files: Files, tree: Path, project: str = "tsconfig.json") -> tuple[Complaint, ...]:
    """What `tsc --noEmit` holds against the project; errors as `check`."""
    return check(files, tree, project).complaints


def check(files: Files, tree: Path, project: str = "tsconfig.json") -> Checked:
    """The project whose settings are the file `project`, with the packages of a tree.

    EngineError where the compiler needs more than 180 s or 2 GB, or says nothing that can be read.
    """
    with laid(files, tree, package_folder(files, project)) as folder:
        info = folder / _INFO
        kept = _kept(files, tree, project)
        with contextlib.suppress(FileNotFoundError):
            info.write_bytes(kept.read_bytes())
        said = run_node(
            tree / _COMPILER, *_OPTIONS, str(info), "-p", project, folder=folder, seconds=_SECONDS
        )
        found = tuple(_read(said))
        read = frozenset(_listed(said.out, folder))
        if info.exists():
            keep(info.read_bytes(), kept)
    return Checked(
        complaints=found,
        files=tuple(sorted(read & files.keys())),
        passed_by=tuple(sorted(path for path in _own(files, project) if path not in read)),
    )


def _read(said: Said) -> Iterator[Complaint]:
    found = [each for each in map(_SAID.fullmatch, said.out.splitlines()) if each]
    if said.code and not found:
        last = " ".join((said.err or said.out).split())[-200:]
        raise EngineError(f"the TypeScript compiler ended with {said.code}: {last}")
    for each in found:
        yield Complaint(
            path=each["path"] or "",
            line=int(each["line"] or 0),
            column=int(each["column"] or 0),
            code=each["code"],
            text=each["text"],
        )


def _listed(out: str, folder: Path) -> Iterator[str]:
    """The files of the folder that the compiler lists as read, by their path in it."""
    for line in out.splitlines():
        path = line.strip()
        if path.startswith(f"{folder}/"):
            yield path.removeprefix(f"{folder}/")


def _own(files: Files, project: str) -> Iterator[str]:
    """The files that are the project's own by where they lie."""
    home = PurePosixPath(project).parent
    projects = {PurePosixPath(path).parent for path in files if _PROJECT.search(path)} | {home}
    for path in filter(_SOURCE.search, files):
        if next((p for p in PurePosixPath(path).parents if p in projects), None) == home:
            yield path


def _kept(files: Files, tree: Path, project: str) -> Path:
    """Where the build information of such a project is kept: the same packages, the same paths."""
    state = "\n".join((tree.name, project, *sorted(files)))
    return cache() / _KEPT / f"{hashlib.sha256(state.encode()).hexdigest()[:16]}.json"
