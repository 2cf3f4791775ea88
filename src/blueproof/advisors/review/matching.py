"""Which holes, right practices and matters words show, each with the words that show it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

from blueproof.advisors.review.reading import Figure, Sentence, sentences
from blueproof.facts.holes import Hole, Practice, Told, Way
from blueproof.facts.matters import Matter
from blueproof.facts.phrase import Phrase, Word, words_of

_NEAR = 14  # words that the phrases of one way may span
_BEFORE = 3  # words before a phrase that may turn it round
_AFTER = 4  # words behind it that may
_MOST_PLACES = 12  # of one phrase in one sentence
_NOT = frozenset("not no never without neither nor none nobody cannot".split())
_UNDONE = frozenset(
    "avoid avoids avoided removed replaced dropped blocked blocks forbidden forbid instead rather"
    " prevents prevented refuse refused rejects stopped".split()
)
_REFUSED = frozenset(
    "blocked forbidden refused rejected removed denied prevented impossible prohibited".split()
)
_UNUSED = frozenset("used allowed possible needed enabled permitted accepted".split())

AnEntry = TypeVar("AnEntry", Hole, Practice, Matter)


@dataclass(frozen=True, kw_only=True)
class Shown(Generic[AnEntry]):
    """An entry that the words show: where they stand, what they are, and the figure among them.

    `quote` is the clauses that the words stand in.
    """

    entry: AnEntry
    start: int
    end: int
    words: str
    quote: str
    figure: Figure | None


def shown(text: str, entries: Mapping[str, AnEntry]) -> tuple[Shown[AnEntry], ...]:
    """The entries that a text shows, each once, in the order of the table."""
    words = words_of(text)
    found = (
        _first(text, entry, words)
        for entry in entries.values()
        if (not entry.told.needs or _any(entry.told.needs, words))
        and not _any(entry.told.unless, words)
    )
    return tuple(each for each in found if each)


def stands(way: Way, words: tuple[Word, ...]) -> bool:
    """Whether all phrases of a way stand anywhere in the words."""
    return all(_any((each,), words) for each in (*way.near, *way.anywhere))


def _any(phrases: tuple[Phrase, ...], words: tuple[Word, ...]) -> bool:
    return any(next(each.found(words), None) is not None for each in phrases)


def _first(text: str, entry: AnEntry, words: tuple[Word, ...]) -> Shown[AnEntry] | None:
    told = entry.told
    for sentence in sentences(text):
        for way in told.ways:
            if not all(_any((each,), words) for each in way.anywhere):
                continue
            for at in _places(way, sentence):
                if _is_so(told, way, sentence, at):
                    return _shown(text, entry, sentence, at)
    return None


def _places(way: Way, sentence: Sentence) -> Iterator[tuple[int, ...]]:
    """The words that show it in the sentence, those nearest to one another first."""
    each = [[*phrase.found(sentence.words)][:_MOST_PLACES] for phrase in way.near]
    if not all(each):
        return
    found = (
        tuple(sorted(n for part in parts for n in part))
        for parts in product(*each)
        if _are_apart(parts)
    )
    yield from sorted((at for at in found if at[-1] - at[0] <= _NEAR), key=lambda a: a[-1] - a[0])


def _are_apart(parts: tuple[tuple[int, ...], ...]) -> bool:
    """Whether no word stands for two of the phrases."""
    used = [n for part in parts for n in part]
    return len(used) == len({*used})


def _is_so(told: Told, way: Way, sentence: Sentence, at: tuple[int, ...]) -> bool:
    figure = _figure_in(told, sentence, at)
    if told.figure and way.holds(told.figure) and not (figure and told.allows(figure.value)):
        return False
    if _is_turned(sentence, at):
        return False
    return not any(_stands(each, sentence, at) for each in told.exceptions)


def _stands(way: Way, sentence: Sentence, at: tuple[int, ...]) -> bool:
    """Whether what speaks against it stands in its clauses, or in the one behind them."""
    first = sentence.clause_of(sentence.words[at[0]].start)
    last = sentence.clause_of(sentence.words[at[-1]].start)
    near = tuple(w for w in sentence.words if first <= sentence.clause_of(w.start) <= last + 1)
    return all(next(each.found(near), None) is not None for each in way.near)


def _is_turned(sentence: Sentence, at: tuple[int, ...]) -> bool:
    """Whether words around the phrase say that it is not so."""
    words = [word.lower for word in sentence.words]
    if _NOT & {words[n] for n in at}:
        return False  # it is itself that something is not there
    clauses = [sentence.clause_of(word.start) for word in sentence.words]
    for n in at:
        before = [
            words[k]
            for k in range(max(n - _BEFORE, 0), n)
            if clauses[k] == clauses[n] and k not in at
        ]
        if (_NOT | _UNDONE) & {*before}:
            return True
    behind = [
        words[k]
        for k in range(at[-1] + 1, min(at[-1] + 1 + _AFTER, len(words)))
        if clauses[k] == clauses[at[-1]]
    ]
    return bool(_REFUSED & {*behind}) or bool({"not", "never"} & {*behind} and _UNUSED & {*behind})


def _figure_in(told: Told, sentence: Sentence, at: tuple[int, ...]) -> Figure | None:
    """The figure among these words, else the nearest of its kind in the sentence."""
    mine = [f for f in sentence.figures if f.kind == told.figure]
    starts = {sentence.words[n].start for n in at}
    among = [f for f in mine if f.start in starts]
    if among:
        return among[0]
    middle = sentence.words[at[len(at) // 2]].start
    return min(mine, key=lambda f: abs(f.start - middle), default=None)


def _shown(text: str, entry: AnEntry, sentence: Sentence, at: tuple[int, ...]) -> Shown[AnEntry]:
    start, end = sentence.words[at[0]].start, sentence.words[at[-1]].end
    figure = _figure_in(entry.told, sentence, at)
    if figure and not entry.told.allows(figure.value):
        figure = None
    return Shown(
        entry=entry,
        start=start,
        end=end,
        words=" ".join(text[start:end].split()),
        quote=_quote(text, sentence, start, end),
        figure=figure,
    )


def _quote(text: str, sentence: Sentence, start: int, end: int) -> str:
    """The clauses that the words stand in, on one line."""
    first = sentence.clauses[max(sentence.clause_of(start), 0)]
    last = sentence.clauses[max(sentence.clause_of(end - 1), 0)]
    return " ".join(text[min(first[0], start) : max(last[1], end)].split()).strip(" .,-*")
