"""Entries of what is known: limits, errors, choices, charges, each found by how people put it.

The YAML files in `limits/`, `errors/`, `choices/` and `charges/` are what people write;
`docs/knowledge.md` is the guide to them. What is loaded are the same entries as lines of JSON,
which load some twenty times faster: `dev/print_docs.py` prints those.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, ClassVar, Literal, TypeVar

from blueproof.core.evidence import Citation, Confidence

Kind = Literal["limits", "errors", "choices", "charges", "patterns"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every entry has: its products, how people put it, and where it was read."""

    id: str
    of: tuple[str, ...]
    source: str
    checked: date
    confidence: Confidence
    asks: tuple[str, ...] = ()
    # Phrases, as of beliefs: any of `against` says that it is another case or that its remedy is in
    # place already; where it has `needs`, it speaks only to a request with one of them.
    against: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    # Which fields are its name in a few words, its one sentence, and what else a search may find.
    TITLE: ClassVar[str]
    SAYS: ClassVar[tuple[str, ...]]
    BODY: ClassVar[tuple[str, ...]]

    @property
    def title(self) -> str:
        """What it is about, in a few words."""
        return _joined(getattr(self, self.TITLE))

    @property
    def says(self) -> str:
        """What it says, in one sentence without a full stop."""
        return ": ".join(_joined(getattr(self, name)) for name in self.SAYS)

    @property
    def body(self) -> str:
        """All its other sentences, for whoever searches."""
        return " ".join(_joined(getattr(self, name)) for name in self.BODY)

    @property
    def citation(self) -> Citation:
        """The entry as evidence for a statement."""
        return Citation(url=self.source, checked=self.checked, says=self.says)


def _joined(value: Any) -> str:
    """A text, the texts of a tuple, or those of the records in it, as one."""
    if isinstance(value, tuple):
        return " ".join(map(_joined, value))
    return value if isinstance(value, str) else " ".join(map(_joined, vars(value).values()))


@dataclass(frozen=True, kw_only=True)
class Limit(Entry):
    """A limit or quota: what happens at it, how it is raised where it can be, the way round."""

    TITLE: ClassVar = "what"
    SAYS: ClassVar = ("sentence",)
    BODY: ClassVar = ("at", "instead", "raised")

    what: str
    value: float
    unit: str
    sentence: str
    hard: bool
    at: str
    instead: str
    raised: str = ""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One possible cause of an error: what speaks for it, what shows it, and both cures."""

    cause: str
    look: str
    shows: str
    now: str
    lasting: str
    when: tuple[str, ...] = ()
    not_when: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Failure(Entry):
    """An error or symptom: the texts that print it, what it means, its causes by likelihood."""

    TITLE: ClassVar = "texts"
    SAYS: ClassVar = ("means",)
    BODY: ClassVar = ("causes",)

    texts: tuple[str, ...]
    means: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The figure that decides a choice: rates or sizes of these things, and where it tips."""

    of: tuple[str, ...]
    unit: str
    line: float


@dataclass(frozen=True, kw_only=True)
class Choice(Entry):
    """A question that people keep asking, with its answer on either side of a figure."""

    TITLE: ClassVar = "question"
    SAYS: ClassVar = ("question", "open")
    BODY: ClassVar = ("because", "now", "later", "unless")

    question: str
    open: str
    because: tuple[str, ...]
    now: str
    later: str
    unless: str
    look: str
    problems: tuple[str, ...] = ()
    figure: Figure | None = None
    low: str = ""
    high: str = ""


@dataclass(frozen=True, kw_only=True)
class Charge(Entry):
    """A line of bills: what it is, why it grows, what lowers it and by which share at most.

    `joins` are the things of which it may be one charge of several, by the names that tell them
    apart ("Cloud Run", "Cloud Functions"). `elsewhere` is the step for what is not production,
    `stays` what no step may take away, `remains` the US dollars a month that are charged anyhow,
    `assumed` the share that we assume a step to take away where `saves` is 0 for want of a source,
    `above` the US dollars a unit below which `saves` does not hold, since it is the cheap one.
    `plans` are fixed prices of plans, US dollars a month, which no use lowers.
    """

    TITLE: ClassVar = "what"
    SAYS: ClassVar = ("what",)
    BODY: ClassVar = ("why", "do", "when")

    matches: tuple[str, ...]
    what: str
    why: str
    do: str
    saves: float
    when: str
    joins: tuple[str, ...] = ()
    elsewhere: str = ""
    elsewhere_saves: float = 0.0
    stays: str = ""
    remains: float = 0.0
    assumed: float = 0.5
    above: float = 0.0
    plans: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Code:
    """A file of a pattern: its name in the pattern's folder, and what it is for."""

    path: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class Pattern(Entry):
    """A way to build something that breaks without it: when, when not, steps and code.

    `unprotected` is what people do instead; a test shows that it breaks where the pattern holds.
    """

    TITLE: ClassVar = "name"
    SAYS: ClassVar = ("idea",)
    BODY: ClassVar = ("without", "when", "steps", "unless", "unprotected")

    name: str
    idea: str = ""
    without: str
    when: tuple[str, ...]
    when_not: tuple[str, ...]
    steps: tuple[str, ...]
    look: str
    unless: str
    unprotected: str
    numbers: tuple[Citation, ...]
    code: tuple[Code, ...]
    features: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def text(self, path: str) -> str:
        """The text of one of its files."""
        folder = resources.files("blueproof.patterns") / self.id
        return (folder / path).read_text(encoding="utf-8")


AnEntry = TypeVar("AnEntry", bound=Entry)


@dataclass(frozen=True)
class _Shape:
    kind: type[Entry]
    renamed: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)


def _causes(raw: Any) -> tuple[Cause, ...]:
    return tuple(Cause(**{k: _frozen(v) for k, v in each.items()}) for each in raw)


def _number(raw: Any) -> float:
    if not isinstance(raw, int | float) or isinstance(raw, bool):
        raise TypeError(f"{raw!r} is no number")
    return raw


def _day(raw: Any) -> date:
    return raw if isinstance(raw, date) else date.fromisoformat(raw)


def _numbers(raw: Any) -> tuple[Citation, ...]:
    return tuple(Citation(url=n["source"], checked=_day(n["checked"]), says=n["says"]) for n in raw)


def _code(raw: Any) -> tuple[Code, ...]:
    return tuple(Code(**each) for each in raw)


_SHAPES: Mapping[str, _Shape] = {
    "limits": _Shape(Limit, {"says": "sentence", "raise": "raised"}, {"value": _number}),
    "errors": _Shape(Failure, nested={"causes": _causes}),
    "choices": _Shape(
        Choice, nested={"figure": lambda raw: Figure(**{k: _frozen(v) for k, v in raw.items()})}
    ),
    "charges": _Shape(
        Charge,
        nested=dict.fromkeys(("saves", "elsewhere_saves", "remains", "assumed", "above"), float),
    ),
    "patterns": _Shape(Pattern, {"title": "name"}, {"numbers": _numbers, "code": _code}),
}


def entry(kind: Kind, name: str, raw: Mapping[str, Any]) -> Entry:
    """One entry of the kind; ValueError where it breaks the form."""
    shape = _SHAPES[kind]
    try:
        values = {
            shape.renamed.get(key, key): shape.nested.get(key, _frozen)(value)
            for key, value in raw.items()
        }
        return shape.kind(id=name, checked=_day(values.pop("checked")), **values)
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"{kind} {name}: {error}") from error


def _frozen(value: Any) -> Any:
    return tuple(map(str, value)) if isinstance(value, list) else value


@cache
def limits() -> Mapping[str, Limit]:
    """All limits by id."""
    return _loaded("limits", Limit)


@cache
def limit_of(name: str) -> Limit:
    """One limit, without reading the others; KeyError where there is none of this id."""
    found = read("limits", lines("limits")[name])
    assert isinstance(found, Limit)
    return found


@cache
def failures() -> Mapping[str, Failure]:
    """All errors and symptoms by id."""
    return _loaded("errors", Failure)


@cache
def choices() -> Mapping[str, Choice]:
    """All choices by id."""
    return _loaded("choices", Choice)


@cache
def charges() -> Mapping[str, Charge]:
    """All charges by id."""
    return _loaded("charges", Charge)


@cache
def patterns() -> Mapping[str, Pattern]:
    """All patterns by id."""
    return _loaded("patterns", Pattern)


def _loaded(kind: Kind, form: type[AnEntry]) -> Mapping[str, AnEntry]:
    found: dict[str, AnEntry] = {}
    for name, line in lines(kind).items():
        made = read(kind, line)
        assert isinstance(made, form)
        found[name] = made
    return found


@cache
def lines(kind: Kind) -> Mapping[str, str]:
    """The entries of a kind by id, each as the line of JSON that it is printed as."""
    text = (resources.files("blueproof.facts") / f"{kind}.jsonl").read_text(encoding="utf-8")
    return {line.split('"', 4)[3]: line for line in text.splitlines()}  # {"id": "NAME", ...


def read(kind: Kind, line: str) -> Entry:
    """The entry that a line of JSON holds."""
    raw = json.loads(line)
    return entry(kind, raw.pop("id"), raw)
