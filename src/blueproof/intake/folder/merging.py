"""What many files say, as one set of facts: each thing once, where it is told best."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from blueproof.core.brief import Fact
from blueproof.intake.folder.found import Counted, Finding, Found, Part
from blueproof.sql.secrets import masked

_ONCE = frozenset({"test-command", "build-command"})  # and version.*
_FIRST = ("technology", "version", "feature", "scale")
_LOCK = "lock"
_TOLD_TWICE = frozenset({"tables", "indexes", "services"})  # a model and its migration, say
_LEAST = {"packages": 2}  # one package is every project
_NODE_MANAGERS = frozenset({"pnpm", "yarn", "bun"})


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A finding, who found it where; `rank` is the reader's, the most telling first."""

    finding: Finding
    path: str
    reader: str
    rank: int

    @property
    def where(self) -> str:
        """The file and line, as they are shown."""
        return f"{printable(self.path)}:{max(self.finding.line, 1)}"

    @property
    def order(self) -> tuple[int, int, str, int]:
        """What is told best comes first: by the reader, then near the root."""
        return self.rank, self.path.count("/"), self.path, self.finding.line


def printable(path: str) -> str:
    """A path that may be shown: one line, without secrets."""
    return masked("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path))


def merged(seen: Iterable[Seen]) -> tuple[Fact, ...]:
    """The facts, in the order of their keys and values."""
    ordered = sorted(seen, key=lambda s: s.order)
    facts = [*_stated(ordered), *_counts(ordered)]
    return tuple(sorted(_certain(facts, ordered), key=_place))


def _place(fact: Fact) -> tuple[int, str, str]:
    group = fact.key.partition(".")[0]
    first = _FIRST.index(group) if group in _FIRST else len(_FIRST)
    return first, fact.key, str(fact.value)


def _stated(seen: list[Seen]) -> Iterator[Fact]:
    told: set[tuple[str, float | str]] = set()
    for one in seen:
        finding = one.finding
        if not isinstance(finding, Found) or finding.value == "":
            continue
        once = finding.key in _ONCE or finding.key.startswith("version.")
        identity = (finding.key, "" if once else finding.value)
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


def _certain(facts: list[Fact], seen: list[Seen]) -> Iterator[Fact]:
    """The facts, less versions of packages that only a lock file names: others' choice."""
    named = {str(f.value) for f in facts if f.key in {"technology", "runtime", "package-manager"}}
    named |= {
        one.finding.key.removeprefix("version.")
        for one in seen
        if isinstance(one.finding, Found) and one.reader != _LOCK
    }
    manager = next((str(f.value) for f in facts if f.key == "package-manager"), "npm")
    for fact in facts:
        if not fact.key.startswith("version.") or fact.key.removeprefix("version.") in named:
            yield _run_with(manager, fact)


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
    """The services of compose files, each name once."""
    found: dict[str, Part] = {}
    for one in sorted(seen, key=lambda s: s.order):
        if isinstance(one.finding, Part):
            found.setdefault(one.finding.name, one.finding)
    return tuple(found.values())
