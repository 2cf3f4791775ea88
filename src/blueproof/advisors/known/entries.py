"""Everything that is known, of every kind, under one roof for whoever searches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, get_args

from blueproof.facts.believed import Belief, beliefs
from blueproof.facts.entries import Entry, Kind, lines, read


@dataclass(frozen=True, kw_only=True)
class Truth(Entry):
    """What is true where a common belief has it otherwise, or right."""

    TITLE: ClassVar = "name"
    SAYS: ClassVar = ("because",)
    BODY: ClassVar = ()

    name: str
    because: str


class _Everything(Mapping[str, Entry]):
    """All entries by id, each read when it is asked for: a request needs some sixty of them."""

    def __init__(self) -> None:
        self._lines = {name: (kind, line) for kind in get_args(Kind)
                       for name, line in lines(kind).items()}  # fmt: skip
        self._truths = {f"belief.{name}": belief for name, belief in beliefs().items()}
        self._read: dict[str, Entry] = {}

    def __getitem__(self, name: str) -> Entry:
        if name not in self._read:
            belief = self._truths.get(name)
            self._read[name] = _truth(belief) if belief else read(*self._lines[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._lines
        yield from self._truths

    def __len__(self) -> int:
        return len(self._lines) + len(self._truths)


@cache
def everything() -> Mapping[str, Entry]:
    """All entries by id; the ids of beliefs, which could meet others, have a prefix."""
    return _Everything()


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
