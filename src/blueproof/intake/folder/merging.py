"""What many files say, as one set of facts: each thing once, where it is told best."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from blueproof.core.brief import Fact
from blueproof.intake.folder.found import Counted, Finding, Found, Part
from blueproof.sql.secrets import masked

_ONCE = frozenset({"test-command", "build-command"})  # and version.*
_EACH = frozenset({  # told once in each folder: several packages may run, each in its own way
    "service.start", "service.sigterm", "service.keep-alive", "service.sessions",
    "service.upload", "service.scheduler", "service.loopback", "service.no-address",
    "service.host-variable", "service.port",
})  # fmt: skip
_FIRST = ("technology", "version", "feature", "scale")
_LOCK = "lock"
_TOLD_TWICE = frozenset({"tables", "indexes", "services"})  # a model and its migration, say
_LEAST = {"packages": 2}  # one package is every project
_NEWEST = 3  # migrations that may not be applied yet
_NODE_MANAGERS = frozenset({"pnpm", "yarn", "bun"})


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A finding, who found it where; `rank` is the reader's, the most telling first."""

    finding: Finding
    path: str
    reader: str
    rank: int

    @property
    def folder(self) -> str:
        """The folder of the file; "" for the root."""
        return self.path.rpartition("/")[0]

    @property
    def where(self) -> str:
        """The file and line, as they are shown."""
        return f"{printable(self.path)}:{max(self.finding.line, 1)}"

    @property
    def order(self) -> tuple[int, int, int, str, int]:
        """What is told best comes first: by the reader, then near the root, then short names."""
        path = self.path
        return self.rank, path.count("/"), len(path), path, self.finding.line


def printable(path: str) -> str:
    """A path that may be shown: one line, without secrets."""
    return masked("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path))


def merged(seen: Iterable[Seen]) -> tuple[Fact, ...]:
    """The facts, in the order of their keys and values."""
    ordered = _without_applied(_without_strangers(sorted(seen, key=lambda s: s.order)))
    facts = [*_stated(ordered), *_counts(ordered)]
    manager = next((str(f.value) for f in facts if f.key == "package-manager"), "npm")
    return tuple(sorted((_run_with(manager, fact) for fact in facts), key=_place))


def _place(fact: Fact) -> tuple[int, str, str]:
    group = fact.key.partition(".")[0]
    first = _FIRST.index(group) if group in _FIRST else len(_FIRST)
    return first, fact.key, str(fact.value)


def _stated(seen: list[Seen]) -> Iterator[Fact]:
    told: set[tuple[str, float | str, str]] = set()
    for one in seen:
        finding = one.finding
        if not isinstance(finding, Found) or finding.value == "":
            continue
        once = finding.key in _ONCE or finding.key.startswith("version.")
        place = one.folder if finding.key in _EACH else ""
        identity = (finding.key, "" if once else finding.value, place)
        if identity not in told:
            told.add(identity)
            yield _fact(one, finding)


def _fact(one: Seen, finding: Found) -> Fact:
    value = masked(finding.value) if isinstance(finding.value, str) else finding.value
    role = "current" if finding.key == "technology" else ""
    return Fact(
        key=finding.key,
        value=value,
        unit=finding.unit,
        role=role,
        source="file",
        where=one.where,
    )


def _counts(seen: list[Seen]) -> Iterator[Fact]:
    """How many there are of each metric; what several readers count twice, by the most telling."""
    by_metric: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        if isinstance(one.finding, Counted):
            by_metric[one.finding.metric].append(one)
    for metric, found in by_metric.items():
        readers = dict.fromkeys(one.reader for one in found)  # in their order, as found is
        alone = [[one for one in found if one.reader == reader] for reader in readers]
        groups = alone if metric in _TOLD_TWICE else [found]
        counts = ((_left(group), group[0]) for group in groups)
        number, first = next(((n, one) for n, one in counts if n), (0, found[0]))
        if number >= _LEAST.get(metric, 1):
            yield Fact(
                key=f"scale.{metric}",
                value=float(number),
                unit=metric,
                source="file",
                where=first.where,
            )


def _left(seen: list[Seen]) -> int:
    """How many are left when what was dropped is gone; in the order of the files' names."""
    names: set[str] = set()
    for one in sorted(seen, key=lambda s: (s.path, s.finding.line)):
        if isinstance(one.finding, Counted):
            (names.discard if one.finding.gone else names.add)(one.finding.name)
    return len(names)


def _without_strangers(seen: list[Seen]) -> list[Seen]:
    """Less the versions that lock files tell of packages which nobody near depends on himself."""
    wanted = {(_id(one.finding), one.folder) for one in seen if one.reader != _LOCK}
    return [
        one
        for one in seen
        if one.reader != _LOCK
        or _id(one.finding) in {"package-manager", "service.yarn", "service.lock"}
        or any(id_ == _id(one.finding) and _is_below(path, one.folder) for id_, path in wanted)
    ]


def _without_applied(seen: list[Seen]) -> list[Seen]:
    """Less the changes of older migrations, which are taken for applied everywhere."""
    there = {
        one.path for one in seen
        if isinstance(one.finding, Counted) and one.finding.metric == "migrations"
    }  # fmt: skip
    newest = set(sorted(there)[-_NEWEST:])
    return [
        one for one in seen
        if not (isinstance(one.finding, Found) and one.finding.key == "service.ddl")
        or one.path in newest
    ]  # fmt: skip


def _is_below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _id(finding: Finding) -> str:
    """The technology that a fact tells of, itself or its version; "" for any other."""
    if not isinstance(finding, Found):
        return ""
    return (
        str(finding.value) if finding.key == "technology" else finding.key.removeprefix("version.")
    )


def _run_with(manager: str, fact: Fact) -> Fact:
    """A script's command, run with the project's own package manager."""
    value = str(fact.value)
    if fact.key not in _ONCE or not value.startswith("npm run "):
        return fact
    own = manager if manager in _NODE_MANAGERS else "npm"
    script = value.removeprefix("npm run ")
    command = f"{own} test" if script == "test" and own != "bun" else f"{own} run {script}"
    return replace(fact, value=command)


def parts(seen: Iterable[Seen]) -> tuple[Part, ...]:
    """The services of compose files, each name once: one file may lie over another."""
    found: dict[str, Part] = {}
    for one in sorted(seen, key=lambda s: s.order):
        part = one.finding
        if isinstance(part, Part):
            found[part.name] = _laid_over(found.get(part.name, part), part)
    return tuple(found.values())


def _laid_over(first: Part, second: Part) -> Part:
    return replace(
        first,
        technology=first.technology or second.technology,
        uses=tuple(dict.fromkeys((*first.uses, *second.uses))),
        is_public=first.is_public or second.is_public,
    )
