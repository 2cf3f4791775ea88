"""Files laid out in a folder of their own, with the packages of a tree beside them."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from blueproof.core.errors import InputError
from blueproof.engines.typescript.trees import MODULES

Files = Mapping[str, str]
_MANIFEST = "package.json"


@contextlib.contextmanager
def laid(files: Files, tree: Path, place: str = "") -> Iterator[Path]:
    """A temporary folder with the files, gone at the end; `place` is where packages are looked for.

    InputError for a path that leads out of the folder, or into the packages.
    """
    with tempfile.TemporaryDirectory(prefix="blueproof-ts-") as name:
        folder = Path(name).resolve()
        for path, text in files.items():
            file = folder / _checked(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        beside = folder / place
        beside.mkdir(parents=True, exist_ok=True)
        (beside / MODULES).symlink_to(tree / MODULES, target_is_directory=True)
        yield folder


def package_folder(files: Files, path: str) -> str:
    """The nearest folder at or above a file that has a package.json; "" where none has.

    >>> package_folder({"package.json": "", "functions/package.json": ""}, "functions/src/a.ts")
    'functions'
    """
    above = PurePosixPath(path).parents
    return next((str(p) for p in above if str(p / _MANIFEST) in files), ".").removeprefix(".")


def _checked(path: str) -> PurePosixPath:
    pure = PurePosixPath(path)
    if pure.is_absolute() or not pure.parts or {"..", MODULES} & set(pure.parts):
        raise InputError(f"{path}: a file of a project has a path below its folder")
    return pure
