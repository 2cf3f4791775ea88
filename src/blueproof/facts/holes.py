"""Holes that plans have again and again, what is right in plans, and how people ask for both.

`holes/` and `practices/` hold one entry each by id, `spoken/reviews.yaml` the words that ask. What
shows an entry is written as `A + B ++ C`: phrases A and B near one another in a sentence, and C
anywhere in the request.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from blueproof.core.evidence import Citation, Confidence
from blueproof.facts.load import LOADER
from blueproof.facts.phrase import Phrase, phrase

FigureKind = Literal["", "duration", "digits", "characters", "percent", "parties"]
Severity = Literal["harm", "risk", "note"]


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way in which words show something: phrases near one another, and some anywhere."""

    near: tuple[Phrase, ...]
    anywhere: tuple[Phrase, ...] = ()

    def holds(self, kind: str) -> bool:
        """Whether a figure of this kind is one of its words."""
        return any(f"<{kind}>" in each.written for each in self.near)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What shows an entry in words, and what speaks against it.

    `exceptions` speak against it in the same sentence, `unless` anywhere; of `needs`, where there
    are any, one stands in the request. A figure that is one of the words must be `over` or `below`
    a bound, in seconds, digits or characters.
    """

    ways: tuple[Way, ...]
    exceptions: tuple[Way, ...] = ()
    unless: tuple[Phrase, ...] = ()
    needs: tuple[Phrase, ...] = ()
    figure: FigureKind = ""
    over: float | None = None
    below: float | None = None

    def allows(self, value: float) -> bool:
        """Whether a figure is on the side of its bounds that is meant."""
        return (self.over is None or value > self.over) and (
            self.below is None or value < self.below
        )


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A hole: what it is called, what goes wrong, both mends, and how to see that it is mended.

    `named` is its name with the figure that was told, `sum` what follows from that figure. Among
    holes of one severity the lower `order` is the worse.
    """

    id: str
    of: frozenset[str]
    name: str
    told: Told
    severity: Severity
    order: int
    wrong: str
    now: str
    later: str
    look: str
    source: str
    checked: date
    confidence: Confidence
    named: str = ""
    sum: str = ""

    @property
    def citation(self) -> Citation:
        """What goes wrong, as evidence."""
        return Citation(url=self.source, checked=self.checked, says=self.wrong)


@dataclass(frozen=True, kw_only=True)
class Practice:
    """What is right where a plan says so, and why."""

    id: str
    told: Told
    because: str
    source: str
    checked: date

    @property
    def citation(self) -> Citation:
        """Why it is right, as evidence."""
        return Citation(url=self.source, checked=self.checked, says=self.because)


@dataclass(frozen=True, kw_only=True)
class Silence:
    """What is asked where a plan has something (`when`) and no word on it (`unless`)."""

    id: str
    when: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    ask: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Sensitive:
    """Data whose loss is grave: the words for it, and what it is called in the answer."""

    words: tuple[Phrase, ...]
    name: str


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The words that ask for a review, that may ask for one, and that speak of security."""

    asks: tuple[Phrase, ...]
    hints: tuple[Phrase, ...]
    secures: tuple[Phrase, ...]
    sensitive: tuple[Sensitive, ...]
    silences: tuple[Silence, ...]


@cache
def holes() -> Mapping[str, Hole]:
    """All holes by id; ValueError where one breaks the form."""
    return {name: _hole(name, raw) for name, raw in entries_of("holes")}


@cache
def practices() -> Mapping[str, Practice]:
    """All right practices by id; ValueError where one breaks the form."""
    return {name: _practice(name, raw) for name, raw in entries_of("practices")}


@cache
def asking() -> Asking:
    """How people ask for a review."""
    raw = _spoken()
    return Asking(
        asks=_phrases(raw["asks"]),
        hints=_phrases(raw["hints"]),
        secures=_phrases(raw["secures"]),
        sensitive=tuple(
            Sensitive(words=_phrases(each["words"]), name=each["name"]) for each in raw["sensitive"]
        ),
        silences=tuple(
            Silence(id=name, when=_phrases(each["when"]), unless=_phrases(each["unless"]),
                    ask=each["ask"], why=each["why"])
            for name, each in raw["silences"].items()
        ),
    )  # fmt: skip


def entries_of(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries of a folder of facts by id, raw; ValueError where one is stated twice."""
    seen: set[str] = set()
    folder = resources.files("blueproof.facts") / kind
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        for name, raw in LOADER(file.read_text(encoding="utf-8")).get_single_data().items():
            if name in seen:
                raise ValueError(f"{kind} {name}: stated twice, again in {file.name}")
            seen.add(name)
            yield name, raw


def _hole(name: str, raw: dict[str, Any]) -> Hole:
    try:
        told = told_of(raw)
        return Hole(id=name, told=told, of=frozenset(raw.pop("of")), **raw)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ValueError(f"hole {name}: {error!r}") from error


def _practice(name: str, raw: dict[str, Any]) -> Practice:
    try:
        return Practice(id=name, told=told_of(raw), **raw)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ValueError(f"practice {name}: {error!r}") from error


def told_of(raw: dict[str, Any]) -> Told:
    """What shows an entry; takes it out of the entry."""
    return Told(
        ways=tuple(map(way_of, raw.pop("shown"))),
        exceptions=tuple(map(way_of, raw.pop("not", ()))),
        unless=_phrases(raw.pop("unless", ())),
        needs=_phrases(raw.pop("needs", ())),
        figure=raw.pop("figure", ""),
        over=raw.pop("over", None),
        below=raw.pop("below", None),
    )


def way_of(written: str) -> Way:
    """The way that is written as `A + B ++ C`."""
    near, *anywhere = written.split(" ++ ")
    return Way(near=_phrases(near.split(" + ")), anywhere=_phrases(anywhere))


def _phrases(raw: Any) -> tuple[Phrase, ...]:
    return tuple(phrase(_widened(str(each))) for each in raw)


def _widened(written: str) -> str:
    """The phrase with all words of a kind where it names two of them at one place."""
    return " ".join(map(_place, written.split(" ")))


def _place(choices: str) -> str:
    said = choices.lower().split("|")
    if not said[1:]:
        return choices
    more = (kind for kind in _kinds() if len(kind.intersection(said)) > 1)
    return "|".join(dict.fromkeys((*said, *(word for kind in more for word in sorted(kind)))))


@cache
def _kinds() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(line.split()) for line in _spoken()["kinds"])


@cache
def _spoken() -> dict[str, Any]:
    text = (resources.files("blueproof.facts") / "spoken" / "reviews.yaml").read_text("utf-8")
    raw: dict[str, Any] = LOADER(text).get_single_data()
    return raw
