"""Small projects that the engines are tried on: a Convex back end, and a Firebase function."""

from pathlib import Path


def read(name: str) -> dict[str, str]:
    """The files of a sample by path."""
    folder = Path(__file__).parent / "engines" / "typescript" / name
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def altered(files: dict[str, str], path: str, find: str, put: str) -> dict[str, str]:
    """The files with one place of one of them changed."""
    assert files[path].count(find) == 1, find
    return {**files, path: files[path].replace(find, put)}
