"""What a clause is about: the technologies of a request, and where the text names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from blueproof.facts.load import LOADER
from blueproof.facts.phrase import Phrase, phrase, words_of
from blueproof.facts.statements import Clause

_VENDORS = ("amazon-", "aws-", "cloud-")
_APART = 2  # words between two names that are still said together, as in "Postgres on RDS"


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A technology named in the text, and the places of its first and last word among all words."""

    technology: str
    start: int
    end: int
    first: int
    last: int


@cache
def _written() -> dict[str, tuple[str, ...]]:
    text = (resources.files("blueproof.facts") / "spoken" / "names.yaml").read_text("utf-8")
    return {name: tuple(map(str, said)) for name, said in LOADER(text).get_single_data().items()}


@cache
def _names(technology: str) -> tuple[Phrase, ...]:
    """How people write the technology: its id without the vendor, and what the data adds."""
    short = technology
    for vendor in _VENDORS:
        short = short.removeprefix(vendor)
    return tuple(phrase(name) for name in {short, technology, *_written().get(technology, ())})


def _as_written(name: str) -> tuple[Phrase, ...]:
    plain = " ".join(word.lower for word in words_of(name))
    return (phrase(plain),) if plain else ()


def mentions(text: str, technologies: Mapping[str, str]) -> tuple[Mention, ...]:
    """Where the text names these technologies, in order; each comes with one way it is written."""
    return _mentions(text, tuple(sorted(technologies.items())))


@lru_cache(maxsize=8)  # as of statements
def _mentions(text: str, named: tuple[tuple[str, str], ...]) -> tuple[Mention, ...]:
    technologies = dict(named)
    words = words_of(text)
    found = {
        Mention(
            technology=each,
            start=words[at[0]].start,
            end=words[at[-1]].end,
            first=at[0],
            last=at[-1],
        )
        for each, written in technologies.items()
        for name in (*_names(each), *_as_written(written))
        for at in name.found(words)
    }
    return tuple(sorted(found, key=lambda m: (m.start, m.end, m.technology)))


def subjects(named: tuple[Mention, ...], clause: Clause, end: int) -> frozenset[str]:
    """What a clause speaks of up to `end`: what is named last before it, or first after.

    Where the clause names nothing, its sentence does, or else the nearest sentence before that
    names anything. Empty where the whole text names nothing.
    """
    here = [m for m in named if clause.overlaps(m.start, m.end)]
    before = [m for m in here if m.start < end]
    if before:
        return _together(here, before[-1])
    if here:
        return _together(here, here[0])
    return _around(named, clause)


def _together(named: list[Mention], chosen: Mention) -> frozenset[str]:
    """The chosen mention with those said together with it."""
    joined = {chosen.technology}
    near = chosen
    for mention in reversed([m for m in named if m.start <= chosen.start]):
        if near.first - mention.last - 1 > _APART:
            break
        joined.add(mention.technology)
        near = mention
    return frozenset(joined)


def _around(named: tuple[Mention, ...], clause: Clause) -> frozenset[str]:
    begin, end = clause.sentence
    same = [m for m in named if begin <= m.start < end]
    earlier = [m for m in same if m.start < clause.start]
    if same:
        return _together(earlier, earlier[-1]) if earlier else _together(same, same[0])
    past = [m for m in named if m.start < begin]
    return frozenset(m.technology for m in past or named)
