"""What is kept of a package of which the compiler reads the type declarations alone."""

import json
import re
import tarfile
from pathlib import Path, PurePosixPath

from blueproof.engines.archives import lay_out

# Declarations, and the JSON that leads to them: manifests, and settings that others extend.
_KEPT = re.compile(r"\.d(?:\.\w+)?\.[cm]?ts$|(?:^|/)package\.json$|(?:^|/)tsconfig[\w.]*\.json$")
_MOST_BYTES = 4 << 20  # of one file; the largest declarations have less than 1 MB


def is_kept(path: str) -> bool:
    """Whether a file of a package is kept.

    >>> is_kept("build/index.d.ts"), is_kept("build/index.d.mts"), is_kept("build/index.js")
    (True, True, False)
    """
    return _KEPT.search(path) is not None


def keep_types(archive: Path, modules: Path) -> None:
    """Lay out the declarations of a package's archive under node_modules, by the package's name.

    ValueError where the archive names no package. Archives differ in the name of their one folder:
    that of @types/react is "react".
    """
    with tarfile.open(archive) as opened:
        kept = {}
        for member in opened:
            inside = "/".join(PurePosixPath(member.name).parts[1:])
            if member.isfile() and member.size <= _MOST_BYTES and is_kept(inside):
                kept[inside] = member
        target = modules / _name(opened, kept)
        for inside, member in kept.items():
            lay_out(opened, member, target, inside)


def _name(opened: tarfile.TarFile, kept: dict[str, tarfile.TarInfo]) -> Path:
    manifest = opened.extractfile(kept["package.json"]) if "package.json" in kept else None
    if manifest is None:
        raise ValueError("an archive without a package.json")
    name = json.loads(manifest.read())["name"]
    if not re.fullmatch(r"(?:@[\w.-]+/)?[\w-][\w.-]*", name):
        raise ValueError(f"an archive whose package is called {name!r}")
    return Path(name)
