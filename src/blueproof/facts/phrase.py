"""Phrases in a text: words in order, as the data files of beliefs and quoted figures write them.

`notif*` is any ending, `a|b` either, `~` up to three words between; a hyphen is a space. A word
with n't reads as two, so that "does not" also finds "doesn't", and 's is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_WORD = re.compile(r"[A-Za-zÀ-ÿ0-9]+(?:['\u2019][a-z]+)?", re.IGNORECASE)
_SHORT = {"can't": "can", "cannot": "can", "won't": "will", "shan't": "shall"}
_NOT = "n't"
_GAP, _GAP_SIGN = 3, "~"  # words that it may span


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word in lower case, and where it stands."""

    lower: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class _Place:
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    after_gap: bool

    def fits(self, word: str) -> bool:
        return word in self.exact or (bool(self.prefixes) and word.startswith(self.prefixes))


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """One phrase: how it was written, and what fits at each of its places."""

    written: str

    @cached_property
    def places(self) -> tuple[_Place, ...]:
        """Read when first asked: most phrases are of what a text does not name."""
        places: list[_Place] = []
        gap = False
        for part in _split(self.written):
            if part == _GAP_SIGN:
                gap = True
                continue
            places += _places(part, after_gap=gap)
            gap = False
        return tuple(places)

    def found(self, words: tuple[Word, ...]) -> Iterator[tuple[int, ...]]:
        """For each place where the phrase begins, the indexes of the words that make it up."""
        for first, word in enumerate(words):
            if self.places[0].fits(word.lower):
                rest = _rest(self.places[1:], words, first)
                if rest is not None:
                    yield first, *rest


def _rest(
    places: tuple[_Place, ...], words: tuple[Word, ...], before: int
) -> tuple[int, ...] | None:
    """The indexes of the words that fit the places after this one, the nearest first."""
    if not places:
        return ()
    reach = before + 2 + (_GAP if places[0].after_gap else 0)
    for at in range(before + 1, min(reach, len(words))):
        if places[0].fits(words[at].lower):
            rest = _rest(places[1:], words, at)
            if rest is not None:
                return at, *rest
    return None


def words_of(text: str, start: int = 0) -> tuple[Word, ...]:
    """The words of a text that itself begins at `start`."""
    return tuple(
        Word(lower=part, start=start + found.start(), end=start + found.end())
        for found in _WORD.finditer(text)
        for part in _parts(found[0].lower().replace("\u2019", "'"))
    )


def _parts(word: str) -> tuple[str, ...]:
    if word in _SHORT:
        return _SHORT[word], "not"
    if word.endswith(_NOT):
        return word.removesuffix(_NOT), "not"
    return (word.removesuffix("'s"),)


def phrase(written: str) -> Phrase:
    """The phrase as the data writes it; ValueError where it is none."""
    parts = _split(written)
    if not parts or parts[-1] == _GAP_SIGN:
        raise ValueError(f"{written!r} is no phrase")
    return Phrase(written=written)


def _split(written: str) -> list[str]:
    return written.lower().replace("-", " ").split()


def _places(part: str, *, after_gap: bool) -> Iterator[_Place]:
    choices = part.split("|")
    if len(choices) == 1 and len(_parts(part)) > 1:
        for place, word in enumerate(_parts(part)):
            yield _Place(exact=frozenset({word}), prefixes=(), after_gap=after_gap and not place)
        return
    yield _Place(
        exact=frozenset(c for c in choices if not c.endswith("*")),
        prefixes=tuple(c[:-1] for c in choices if c.endswith("*")),
        after_gap=after_gap,
    )
