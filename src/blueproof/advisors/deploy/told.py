"""The facts of a brief by key: what its files tell of the service first, then what words say.

In a repository of several packages the service is the one that listens. What lies in the folder
of another one that is started by itself is told after all else.
"""

import re

from blueproof.core.brief import Brief, Fact

_SERVER = re.compile(r"\b(?:api|server|backend|gateway)\b")
_STARTED = ("service.start", "service.worker")


def folder_of(where: str) -> str:
    """The folder of a place such as "apps/api/package.json:8"; "" for the root."""
    return where.rpartition(":")[0].rpartition("/")[0]


class Told:
    """The facts of a brief; `root` is the folder of the package that listens, "" for the root."""

    def __init__(self, brief: Brief) -> None:
        stated = [f for f in brief.facts if f.role != "negated"]
        self.has_files = any(f.source == "file" for f in stated)
        files = (f.where.rpartition(":")[0] for f in stated if f.source == "file")
        self.has_manifest = any(f.rpartition("/")[2] == "package.json" for f in files)
        started = _started(stated)
        self.root = _root(stated, started)
        self._others = {
            folder for folder in started if folder != self.root and not _within(self.root, folder)
        }
        self._facts = sorted(stated, key=self._order)

    def _order(self, fact: Fact) -> tuple[bool, bool, int]:
        return fact.source != "file", self._is_strange(fact), fact.where.count("/")

    def _is_strange(self, fact: Fact) -> bool:
        """Whether the fact is of another package that is started by itself."""
        folder = folder_of(fact.where)
        return any(_within(folder, other) for other in self._others)

    def is_own(self, path: str) -> bool:
        """Whether a file is of no other package that is started by itself."""
        return not any(_within(path, other) for other in self._others)

    def all(self, key: str) -> tuple[str, ...]:
        """All values of a key, each once."""
        found = (_written(f.value) for f in self._facts if f.key == key)
        return tuple(dict.fromkeys(found))

    def one(self, key: str, default: str = "") -> str:
        """The first value of a key."""
        return next(iter(self.all(key)), default)

    def own(self, key: str) -> str:
        """The first value of a key that is of this service, and not of another beside it."""
        found = (f for f in self._facts if f.key == key and not self._is_strange(f))
        return next((_written(f.value) for f in found), "")

    def technology(self, names: tuple[str, ...]) -> str:
        """The first of these technologies that is in use or wanted."""
        there = {
            str(f.value)
            for f in self._facts
            if f.key == "technology" and f.role not in {"rejected", "option"}
        }
        return next((n for n in names if n in there), "")

    def has_feature(self, names: frozenset[str]) -> bool:
        """Whether one of these features is wanted or there."""
        return any(f.key == "feature" and f.value in names for f in self._facts)

    def places(self, key: str) -> tuple[tuple[str, str], ...]:
        """Each value of a key with the file and line that told it."""
        return tuple((_written(f.value), f.where) for f in self._facts if f.key == key)

    def own_places(self, key: str) -> tuple[tuple[str, str], ...]:
        """Each value of a key that is of this service, with the file and line that told it."""
        own = (f for f in self._facts if f.key == key and not self._is_strange(f))
        return tuple((_written(f.value), f.where) for f in own)

    @property
    def where(self) -> tuple[tuple[str, str], ...]:
        """Which file told which fact first."""
        found: dict[str, str] = {}
        for fact in self._facts:
            if fact.where:
                found.setdefault(fact.key, fact.where)
        return tuple(found.items())


def _within(path: str, folder: str) -> bool:
    return bool(folder) and (path == folder or path.startswith(f"{folder}/"))


def _started(facts: list[Fact]) -> set[str]:
    """The folders of packages that run by themselves: that are started, or hold what listens."""
    entries = [str(f.value) for f in facts if f.key == "service.entry"]
    named = {folder_of(f.where) for f in facts if f.key == "service.name"}
    held = {folder for folder in named if any(_within(entry, folder) for entry in entries)}
    return held | {folder_of(f.where) for f in facts if f.key in _STARTED}


def _root(facts: list[Fact], started: set[str]) -> str:
    """The folder of the package that holds the file which listens; else the one that is started.

    Where several listen it is the one that is called an API or a server.
    """
    entries = {str(f.value) for f in facts if f.key == "service.entry"}
    holding = [
        folder
        for entry in sorted(entries, key=lambda e: (not _SERVER.search(e), e))
        for folder in sorted(started, key=len, reverse=True)
        if _within(entry, folder)
    ]
    alone = {folder_of(f.where) for f in facts if f.key == "service.start"}
    single = next(iter(alone), "") if len(alone) == 1 and not entries else ""
    return next(iter(holding), single)


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
