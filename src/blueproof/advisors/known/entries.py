"""Everything that is known, of every kind, under one roof for whoever searches."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from blueproof.facts.believed import Belief, beliefs
from blueproof.facts.entries import (
    Entry,
    charges,
    choices,
    failures,
    limits,
    patterns,
)


@dataclass(frozen=True, kw_only=True)
class Truth(Entry):
    """What is true where a common belief has it otherwise, or right."""

    TITLE: ClassVar = "name"
    SAYS: ClassVar = "because"
    BODY: ClassVar = ()

    name: str
    because: str


@cache
def everything() -> Mapping[str, Entry]:
    """All entries by id; the ids of beliefs, which could meet others, have a prefix."""
    truths = {f"belief.{b.id}": _truth(b) for b in beliefs().values()}
    return {**limits(), **failures(), **choices(), **charges(), **patterns(), **truths}


def _truth(belief: Belief) -> Truth:
    return Truth(
        id=f"belief.{belief.id}",
        of=tuple(sorted(belief.about)),
        source=belief.source,
        checked=belief.checked,
        confidence=belief.confidence,
        asks=tuple(_plain(each.written) for each in belief.words),
        name=belief.id.replace("-", " "),
        because=belief.because,
    )


def _plain(written: str) -> str:
    """A phrase of a belief as words: of "a|b" all, without the signs of gaps and endings."""
    return written.replace("|", " ").replace("~", " ").replace("*", "")


def kind_of(entry: Entry) -> str:
    """The kind of an entry: limit, failure, choice, charge, pattern or truth."""
    return type(entry).__name__.lower()
