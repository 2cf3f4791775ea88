"""Files handed over as texts by path, as a program does that cannot name files of ours to read."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from blueproof.core.brief import Brief, Document
from blueproof.core.errors import InputError
from blueproof.intake.code_files import is_code, with_code_text
from blueproof.intake.database import as_documents
from blueproof.intake.files import MOST_BYTES, gather, shown
from blueproof.intake.paths import with_folder
from blueproof.intake.plans import with_plan
from blueproof.intake.rules_files import is_rules, with_rules_text
from blueproof.sql.plans.looks import looks_like_plan

_MOST_FILES = 500
_LONGEST = 200  # characters of a path


def with_texts(brief: Brief, files: Mapping[str, str]) -> Brief:
    """The brief with what the files tell: SQL as schema and queries, the rest as a project."""
    if not files:
        return brief
    _check(files)
    sql = {path: text for path, text in files.items() if path.lower().endswith(".sql")}
    rest = {path: text for path, text in files.items() if path not in sql}
    for path in [path for path, text in rest.items() if looks_like_plan(text)]:
        brief = with_plan(brief, rest.pop(path), path)
    for path in [path for path in rest if is_rules(Path(path))]:
        brief = with_rules_text(brief, rest[path], path)
    for path in [path for path in rest if is_code(Path(path))]:
        brief = with_code_text(brief, rest[path], path)
    with tempfile.TemporaryDirectory(prefix="blueproof-") as made:
        folder = Path(made).resolve()
        try:
            brief = _with_project(brief, folder / "project", rest) if rest else brief
            documents = _documents(folder / "sql", sql) if sql else ()
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/sql/", "")) from None
    return replace(brief, documents=(*brief.documents, *documents))


def _check(files: Mapping[str, str]) -> None:
    if len(files) > _MOST_FILES:
        raise InputError(f"files: {len(files)} of them; the most is {_MOST_FILES}: pass fewer")
    if sum(len(text) for text in files.values()) > MOST_BYTES:
        raise InputError(f"files: more than {MOST_BYTES // 1024**2} MB: pass what matters")
    for path, text in files.items():
        if "\0" in text:
            raise InputError(f"files: {path!r} holds a NUL character: pass text files")
        if not _is_below(path):
            raise InputError(f"files: {path!r} is no path of a file in a folder: pass a/b.sql")


def _is_below(path: str) -> bool:
    """Whether the path stays below its folder and can be written there."""
    pure = PurePosixPath(path)
    parts = bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts
    return parts and path.isprintable() and "\\" not in path and len(path.encode()) <= _LONGEST


def _written(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        file = folder / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        except (OSError, UnicodeEncodeError):
            raise InputError(
                f"files: {path!r} cannot be written beside the others: is it a folder too?"
            ) from None


def _with_project(brief: Brief, folder: Path, files: Mapping[str, str]) -> Brief:
    """The brief with the facts of a project; a fact of a file takes the place of the same said."""
    _written(folder, files)
    return with_folder(brief, folder)


def _documents(folder: Path, files: Mapping[str, str]) -> tuple[Document, ...]:
    """The SQL in the order of migration, under the paths that it was handed over with."""
    _written(folder, files)
    names = {shown(folder / path): path for path in files}
    pieces = tuple(replace(p, path=names[p.path]) for p in gather(folder, option="files"))
    return as_documents(pieces)
