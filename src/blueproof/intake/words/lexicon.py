"""Phrases in a text: which of a list of things its words speak of.

A phrase is words in order: `notif*` is any ending, `a|b` either, `~` up to three words between,
`#` a figure of thousands (after the first word).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from blueproof.intake.words.text import Text, Word

_GAP = 3  # words that `~` may span
_STRENGTHS = ("words", "weak", "not")
_STEM = 2  # letters by which prefixes are looked up
_MANY = "#"
_THOUSANDS = re.compile(r"\d{4,}|\d+[km]|000")  # the last as in "20,000", which is two words

Strength = str
Written = tuple[str, Strength, str]  # a thing, how strongly, the phrase
Things = dict[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Element:
    """One place of a phrase: the words that fit, or their beginnings, and if a gap is before."""

    exact: frozenset[str]
    prefixes: tuple[str, ...]
    after_gap: bool = False

    def fits(self, word: str) -> bool:
        """Whether the word fits here."""
        if word in self.exact or (bool(self.prefixes) and word.startswith(self.prefixes)):
            return True
        return _MANY in self.exact and bool(_THOUSANDS.fullmatch(word))


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """One phrase of a thing: its elements, and whether it says it for sure, weakly, or not."""

    id: str
    strength: Strength
    elements: tuple[Element, ...]
    written: str


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A phrase found: what it speaks of, how strongly, and where."""

    id: str
    strength: Strength
    start: int
    end: int
    phrase: str


@dataclass
class Lexicon:
    """Phrases of many things, indexed by how they begin; each is read when its beginning is met."""

    by_word: dict[str, list[Written]] = field(default_factory=lambda: defaultdict(list))
    by_stem: dict[str, list[Written]] = field(default_factory=lambda: defaultdict(list))

    def add(self, thing: str, strength: Strength, written: str) -> None:
        """Take up a phrase as it is written."""
        entry = (thing, strength, written)
        for word in written.split(None, 1)[0].partition("-")[0].split("|"):
            if word.endswith("*"):
                self.by_stem[word[:_STEM]].append(entry)
            else:
                self.by_word[word].append(entry)

    def hits(self, text: Text) -> tuple[Hit, ...]:
        """All phrases found in the prose, but for those that a `not` phrase overlaps."""
        words = text.prose
        found = [hit for place in range(len(words)) for hit in self._at(words, place)]
        voids = [h for h in found if h.strength == "not"]
        return tuple(
            h for h in found if h.strength != "not" and not any(_overlap(h, v) for v in voids)
        )

    def _at(self, words: tuple[Word, ...], place: int) -> Iterator[Hit]:
        word = words[place].lower
        for entry in (*self.by_word.get(word, ()), *self.by_stem.get(word[:_STEM], ())):
            phrase = read_phrase(*entry)
            last = _match(phrase.elements, words, place)
            if last is not None:
                yield Hit(
                    id=phrase.id,
                    strength=phrase.strength,
                    start=words[place].start,
                    end=words[last].end,
                    phrase=phrase.written,
                )


def _overlap(hit: Hit, void: Hit) -> bool:
    return hit.id == void.id and hit.start < void.end and void.start < hit.end


def _match(elements: tuple[Element, ...], words: tuple[Word, ...], place: int) -> int | None:
    """The index of the last word where the elements fit from this place on, or None."""
    if not elements[0].fits(words[place].lower):
        return None
    at = place
    for element in elements[1:]:
        reach = range(at + 1, min(at + 2 + (_GAP if element.after_gap else 0), len(words)))
        sentence = words[place].sentence
        found = next(
            (i for i in reach
             if words[i].sentence == sentence and element.fits(words[i].lower)), None
        )  # fmt: skip
        if found is None:
            return None
        at = found
    return at


@cache
def read_phrase(thing: str, strength: Strength, written: str) -> Phrase:
    """The phrase as written in the data; ValueError where it is none."""
    elements, gap = [], False
    for part in written.lower().replace("-", " ").split():
        if part == "~":
            gap = True
            continue
        words = part.split("|")
        elements.append(
            Element(
                exact=frozenset(w for w in words if not w.endswith("*")),
                prefixes=tuple(w[:-1] for w in words if w.endswith("*")),
                after_gap=gap,
            )
        )
        gap = False
    if not elements or gap or any(len(p) < _STEM for e in elements[:1] for p in e.prefixes):
        raise ValueError(f"{thing}: {written!r} is no phrase")
    return Phrase(id=thing, strength=strength, elements=tuple(elements), written=written)


def read_things(text: str) -> Things:
    """The things of a data file with what it says of each and its phrases.

    `id: what it is` begins one; `words:`, `weak:` and `not:` below it list phrases between commas,
    over as many indented lines as it takes; # begins a comment.
    """
    found: Things = {}
    phrases: list[str] = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition(":")
        if not line.startswith(" "):
            found[name] = {"says": rest.strip()}
        elif name.strip() in _STRENGTHS:
            phrases = next(reversed(found.values())).setdefault(name.strip(), [])
            phrases += _listed(rest)
        else:
            phrases += _listed(line)
    return found


def _listed(line: str) -> list[str]:
    return [phrase for part in line.split(",") if (phrase := part.strip())]


def read_lexicon(things: Things) -> Lexicon:
    """The lexicon of things with their phrases."""
    lexicon = Lexicon()
    for thing, raw in things.items():
        for strength in _STRENGTHS:
            for written in raw.get(strength, ()):
                lexicon.add(thing, strength, written)
    return lexicon


@cache
def data(name: str) -> Things:
    """The things of one of the data files beside this module, read once."""
    folder = resources.files("blueproof.intake.words")
    return read_things((folder / name).read_text(encoding="utf-8"))


@cache
def lexicon(name: str) -> Lexicon:
    """The lexicon of a data file."""
    return read_lexicon(data(name))
