"""The designs as data: by which words each is meant, what is said of it, and its files.

`cues.yaml` says which words call for which design and is read for every request that may ask for
one; the design itself, `kinds/<id>.yaml`, only when it is meant.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from blueproof.advisors.designs.stores import Store
from blueproof.core.evidence import Citation
from blueproof.facts.load import LOADER
from blueproof.facts.pattern import LatePattern

_PACKAGE = "blueproof.advisors.designs"
NUMBER = (
    r"(?P<n@>\d[\d.,]*(?:\s?(?:k|m|mio|million|thousand|bn|billion)\b)?"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|hundred)\b)"
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sentence, said where `when` stands in the request, `unless` does not, and holes fill.

    `stores` are those for which it is right; none means all.
    """

    says: str
    when: LatePattern | None = None
    unless: LatePattern | None = None
    stores: tuple[Store, ...] = ()
    check: str = ""
    horizon: Literal["now", "next", "later"] = "now"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a statement was read, and the stores that it is about; none means all."""

    citation: Citation
    stores: tuple[Store, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cues:
    """The words that call for a design.

    Each of `every` has to stand, `least` of `some` beside them, and none of `never`.
    """

    id: str
    every: tuple[LatePattern, ...]
    some: tuple[LatePattern, ...]
    never: tuple[LatePattern, ...]
    least: int
    choice: bool  # whether it is meant even where two stores are named to choose from

    def hits(self, text: str) -> int:
        """How many of the words stand in the text; 0 where it is not meant."""
        if not all(p.search(text) for p in self.every):
            return 0
        found = sum(bool(p.search(text)) for p in self.some)
        if found < self.least or any(p.search(text) for p in self.never):
            return 0
        return len(self.every) + found


@dataclass(frozen=True, kw_only=True)
class Design:
    """How one thing is built.

    `head` is the answer, the first of its lines that can be said; `sums` are said after it, all
    that can; `asks` answer what else is asked, each where its words stand. `apart` are words of
    stores for which `schema` is nothing.
    """

    id: str
    title: str
    figures: Mapping[str, LatePattern] = field(default_factory=dict)
    formulas: Mapping[str, str] = field(default_factory=dict)
    head: tuple[Line, ...] = ()
    sums: tuple[Line, ...] = ()
    asks: tuple[Line, ...] = ()
    avoid: tuple[Line, ...] = ()
    other: tuple[Line, ...] = ()
    do: tuple[Line, ...] = ()
    why: tuple[Line, ...] = ()
    assumed: tuple[Line, ...] = ()
    question: tuple[str, str, str] | None = None
    sources: tuple[Source, ...] = ()
    schema: str = ""
    checks: str = ""

    def read_of(self, store: Store) -> tuple[Citation, ...]:
        """What was read that is about that store; everything where nothing is."""
        fits = tuple(s.citation for s in self.sources if not s.stores or store in s.stores)
        return fits or tuple(s.citation for s in self.sources)


@cache
def cues() -> tuple[Cues, ...]:
    """The words of all designs."""
    raw = _read("cues.yaml")
    return tuple(
        Cues(
            id=name,
            every=_patterns(each.get("all", ())),
            some=_patterns(each.get("any", ())),
            never=_patterns(each.get("none", ())),
            least=each.get("least", 0),
            choice=each.get("choice", False),
        )
        for name, each in raw.items()
    )


@cache
def design(name: str) -> Design:
    """The design of that id; FileNotFoundError where there is none."""
    raw = _read(f"kinds/{name}.yaml")
    return Design(
        id=name,
        title=raw["title"],
        figures={k: pattern(v) for k, v in raw.get("figures", {}).items()},
        formulas=raw.get("formulas", {}),
        question=_question(raw.get("question")),
        sources=tuple(_sources(raw["sources"])),
        schema=_text(f"kinds/{name}.sql"),
        checks=_text(f"kinds/{name}.checks.sql"),
        **{key: tuple(_lines(raw.get(key, ()))) for key in
           ("head", "sums", "asks", "avoid", "other", "do", "why", "assumed")},
    )  # fmt: skip


def pattern(text: str) -> LatePattern:
    """A pattern of a data file: `#` stands for a number, a space for any blanks."""
    parts = text.replace(" ", r"\s+").split("#")
    numbered = (f"{NUMBER.replace('@', str(n))}{part}" for n, part in enumerate(parts[1:]))
    return LatePattern(parts[0] + "".join(numbered), re.IGNORECASE)


def _patterns(texts: Iterable[str]) -> tuple[LatePattern, ...]:
    return tuple(pattern(each) for each in texts)


def _lines(raw: Iterable[Any]) -> Iterator[Line]:
    for each in raw:
        if isinstance(each, str):
            yield Line(says=each)
            continue
        when, unless = each.get("if"), each.get("unless")
        yield Line(
            says=each["says"],
            when=pattern(when) if when else None,
            unless=pattern(unless) if unless else None,
            stores=tuple(each.get("stores", ())),
            check=each.get("check", ""),
            horizon=each.get("horizon", "now"),
        )


def _question(raw: Mapping[str, str] | None) -> tuple[str, str, str] | None:
    return (raw["ask"], raw["why"], raw["changes"]) if raw else None


def _sources(raw: Iterable[Mapping[str, Any]]) -> Iterator[Source]:
    for each in raw:
        checked = each["checked"]
        assert isinstance(checked, date)
        citation = Citation(url=each["url"], checked=checked, says=each["says"])
        yield Source(citation=citation, stores=tuple(each.get("stores", ())))


def _read(path: str) -> dict[str, Any]:
    text = files(_PACKAGE).joinpath(path).read_text(encoding="utf-8")
    raw: dict[str, Any] = LOADER(text).get_single_data()
    return raw


def _text(path: str) -> str:
    file = files(_PACKAGE).joinpath(path)
    return file.read_text(encoding="utf-8") if file.is_file() else ""
