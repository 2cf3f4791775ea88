"""How near a request comes to one of the ways in which people ask for an entry."""

import math
from collections.abc import Iterator, Sequence
from functools import cache

from blueproof.advisors.known.index import index
from blueproof.facts.entries import Entry
from blueproof.facts.words import stems

_NAME = 0.6  # what a product's name counts in a phrase: that it is named counts besides
_ONE = 0.5  # the most that one word of a longer phrase is worth: "gdpr" is no "gdpr delete"
_TELLING = 7.0  # weight of a phrase that tells: a rare word and another
_WINDOW = 3  # times a phrase's length that its words may be spread over
_SHORT, _MOST_LONGER = 2, 3  # words of a phrase, and how many more of them tell more


def nearest(entry: Entry, sentences: Sequence[tuple[str, ...]]) -> tuple[float, str]:
    """The share of the weight that is there of the nearest way to ask, and that way.

    Of phrases that are there to the same share the one with more words tells more.
    """
    best = max(_ways(entry, sentences), default=(0.0, 0, ""))
    return best[0], best[2]


def shares(entry: Entry, sentences: Sequence[tuple[str, ...]]) -> list[float]:
    """The share of each way to ask that is there, the nearest first."""
    return sorted((share for share, _, _ in _ways(entry, sentences)), reverse=True)


def _ways(entry: Entry, sentences: Sequence[tuple[str, ...]]) -> Iterator[tuple[float, int, str]]:
    """Each way to ask with the share of it that is there and the number of its words."""
    names = _names(entry)
    for phrase, words in index().entries[entry.id][0]:
        share = max((_share(words, sentence, names) for sentence in sentences), default=0.0)
        yield share, len(words), phrase if share else ""


@cache
def longer(phrase: str) -> int:
    """How many words a way to ask has beyond two, three at most.

    >>> longer("gdpr delete"), longer("gdpr delete logs and backups")
    (0, 2)
    """
    return min(_MOST_LONGER, max(0, len({*stems(phrase)}) - _SHORT))


@cache
def _names(entry: Entry) -> frozenset[str]:
    """The stems of its products' names, which are weighed by themselves."""
    return frozenset(stem for product in entry.of for stem in stems(product))


def _share(words: list[str], sentence: tuple[str, ...], names: frozenset[str]) -> float:
    """The share of the phrase's weight that stands close together in the sentence."""
    # In "kafka or sqs" the names are the question, if both are there.
    between = len({*words}) > 1 and names >= {*words} and {*sentence} >= {*words}
    wanted = {
        stem: weight(stem) * (_NAME if stem in names and not between else 1) for stem in words
    }
    here = [n for n, stem in enumerate(sentence) if stem in wanted]
    if not here:
        return 0.0
    reach = _WINDOW * len(words) + 2
    near = max(
        sum(wanted[s] for s in {sentence[n] for n in here if at <= n < at + reach}) for at in here
    )
    whole = sum(wanted.values())
    share = near / whole * min(1.0, whole / _TELLING)
    return share if len(wanted) == 1 or len({sentence[n] for n in here}) > 1 else min(share, _ONE)


@cache
def weight(stem: str) -> float:
    """How much a stem tells: the rarer among the entries, the more."""
    found = index()
    return math.log(1 + len(found.entries) / (1 + found.frequencies.get(stem, 0)))
