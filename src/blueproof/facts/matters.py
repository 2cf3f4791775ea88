"""Matters of security and compliance that people bring again and again, each answered whole.

`matters/` holds one entry each by id. A matter is recognised by phrases, as a hole is, and told in
lines, each of which may hang on what else the request says (`if`, `not`) or on figures in it
(`read`, from which `sums` are worked out).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from blueproof.core.evidence import Citation, Confidence
from blueproof.facts.holes import Told, Way, entries_of, told_of, way_of

Part = Literal["says", "because", "now", "later"]
_FIGURE = re.compile(r"\{(\w+)\}")
_PARTS: tuple[Part, ...] = ("says", "because", "now", "later")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sentence or step: what must be said for it to hold, and what must not be.

    Of `on` one way stands in the request, where there are any. Of the lines of one `group` the
    first that holds is told. `look` is how to see that a step worked.
    """

    text: str
    on: tuple[Way, ...] = ()
    against: tuple[Way, ...] = ()
    group: str = ""
    look: str = ""

    @property
    def figures(self) -> frozenset[str]:
        """The figures that it names, without which it is left out."""
        return frozenset(_FIGURE.findall(self.text))

    def with_figures(self, told: Mapping[str, str]) -> str:
        """The text with what was told in place of its figures; other braces are code."""
        return _FIGURE.sub(lambda found: told[found[1]], self.text)


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A matter: how it is recognised, what is said of it, what is done, and what is asked.

    `order` ranks matters of one request, the lowest first. `read` finds figures of the person by
    a pattern with one group each; `sums` are formulas of them.
    """

    id: str
    name: str
    told: Told
    order: int
    says: tuple[Line, ...]
    because: tuple[Line, ...]
    now: tuple[Line, ...]
    later: tuple[Line, ...]
    read: Mapping[str, re.Pattern[str]]
    sums: Mapping[str, str]
    otherwise: str
    ask: str
    why: str
    sources: tuple[str, ...]
    checked: date
    confidence: Confidence

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Where it is written, as evidence."""
        return tuple(Citation(url=u, checked=self.checked, says=self.name) for u in self.sources)


@cache
def matters() -> Mapping[str, Matter]:
    """All matters by id; ValueError where one breaks the form."""
    return {name: _matter(name, raw) for name, raw in entries_of("matters")}


def _matter(name: str, raw: dict[str, Any]) -> Matter:
    try:
        parts = {part: tuple(_lines(raw.pop(part, ()))) for part in _PARTS}
        read = {key: re.compile(each, re.IGNORECASE) for key, each in raw.pop("read", {}).items()}
        made = Matter(
            id=name, told=told_of(raw), read=read, sums=raw.pop("sums", {}),
            otherwise=raw.pop("otherwise", ""), ask=raw.pop("ask", ""), why=raw.pop("why", ""),
            sources=tuple(raw.pop("sources")), says=parts["says"],
            because=parts["because"], now=parts["now"], later=parts["later"], **raw,
        )  # fmt: skip
    except (TypeError, KeyError, ValueError, AttributeError, re.error) as error:
        raise ValueError(f"matter {name}: {error!r}") from error
    named = {each for part in _PARTS for line in getattr(made, part) for each in line.figures}
    unknown = named - {*read, *made.sums}
    if unknown:
        raise ValueError(f"matter {name}: no figures are read for {sorted(unknown)}")
    return made


def _lines(raw: Any) -> Iterator[Line]:
    for each in raw:
        if isinstance(each, str):
            yield Line(text=each)
        else:
            yield Line(
                text=each["say"],
                on=tuple(map(way_of, each.get("if", ()))),
                against=tuple(map(way_of, each.get("not", ()))),
                group=each.get("group", ""),
                look=each.get("look", ""),
            )
