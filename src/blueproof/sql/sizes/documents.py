"""Which keys GIN finds in a column: elements of arrays, parts of documents, trigrams, words.

Where ANALYZE has counted elements, its figures are taken. Else the bounds of the column's histogram
are a sample of a hundred documents, whose keys are counted here: those in several are common, and
how many rare ones there are is estimated as ANALYZE does it for columns. Where there is no sample
either (values beyond 1 kB), texts are taken to follow the laws of Zipf and Heaps.
"""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from blueproof.sql.sizes.gin import Key
from blueproof.sql.sizes.pieces import distinct
from blueproof.sql.statistics import ColumnStatistics

_WORD = re.compile(r"\w+")
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)')
_SELDOM = 2  # documents of the sample; a key in more of them is common
_LONGEST_KEY = 125  # JGIN_MAXLENGTH: longer strings are kept as a hash of 8 hexadecimal digits
_HASH = 8
_NAME, _VALUE = "k", "v"
_FLAG = 1  # jsonb_ops puts the kind before the text
# A lexeme in a tsvector: WordEntry 4, a stemmed English word of 6, positions and their number 4.
BYTES_A_LEXEME = 14
_WORD_BYTES = 6
# Heaps' law, vocabulary = 44 * words^0.49, and Zipf's: Manning, Raghavan, Schuetze, Introduction to
# Information Retrieval (2008), section 5.1, fitted to Reuters-RCV1.
_HEAPS, _HEAPS_POWER = 44.0, 0.49
_OCTAVE = 2.0
_BYTES_A_PART = 20  # of a document of which nothing is known, a name or a value each
_FEW_NAMES = 10.0


@dataclass(frozen=True, kw_only=True)
class Elements:
    """What pg_stats has of elements: the most common, the part of the rows that has each.

    `each` is the mean number of different elements in a row, last in elem_count_histogram, which
    ANALYZE has of arrays but not of tsvector.
    """

    common: tuple[str, ...]
    frequencies: tuple[float, ...]
    each: float | None = None


def keys(
    column: ColumnStatistics,
    rows: float,
    *,
    kind: str,
    width: int,
    elements: Elements | None = None,
) -> list[Key]:
    """The keys of all rows; `kind` is the operator class, `width` its keys' if they have one."""
    if elements and elements.common:
        return list(_stated(elements, column, rows * (1 - column.null_fraction), width))
    sample = _sample(column)
    extract = _extractor(kind, column, sample)
    if extract is None or not sample:
        return _unsampled(column, rows, kind, width)
    found = [extract(text) for text in sample]
    with_value = rows * (1 - column.null_fraction)
    documents = distinct(column, rows)
    return [
        key
        for part in _by_place(found).values()
        for key in _counted(part, with_value / len(sample), width, most=documents / len(sample))
    ]


def is_single(column: ColumnStatistics, kind: str) -> bool:
    """Whether each value is a key by itself, as btree_gin has it: it is known to hold no others."""
    sample = _sample(column)
    whole = kind != "gin_trgm_ops" and "to_tsvector" not in column.column
    return whole and bool(sample) and not any(text.startswith(("{", "[")) for text in sample)


def mean_trigrams(column: ColumnStatistics) -> float:
    """How many different trigrams a text has: about as many as letters where no text is known."""
    sample = _sample(column)
    return sum(len(trigrams(text)) for text in sample) / len(sample) if sample else column.width


def trigrams(text: str) -> set[str]:
    """As pg_trgm has them: each word in small letters, two blanks before and one behind.

    >>> sorted(trigrams("Ab"))
    ['  a', ' ab', 'ab ']
    """
    padded = (f"  {word} " for word in _WORD.findall(text.lower().replace("_", " ")))
    return {word[i : i + 3] for word in padded for i in range(len(word) - 2)}


def _sample(column: ColumnStatistics) -> list[str]:
    """Values as they occur: most common ones as often as their share lets expect."""
    if not column.histogram:
        return list(column.common)
    listed = sum(column.frequencies)
    scale = len(column.histogram) / max(1e-6, 1 - column.null_fraction - listed)
    often = (
        [value] * round(share * scale)
        for value, share in zip(column.common, column.frequencies, strict=False)
    )
    return [*column.histogram, *(value for values in often for value in values)]


_Keys = set[tuple[str, str]]  # each with its place in the document: values of one place are alike
_Extract = Callable[[str], _Keys]


def _extractor(kind: str, column: ColumnStatistics, sample: list[str]) -> _Extract | None:
    if kind == "gin_trgm_ops":
        return lambda text: _placeless(trigrams(text))
    if "to_tsvector" in column.column:
        return lambda text: _placeless(_WORD.findall(text.lower()))
    if all(map(_is_document, sample)):
        return _paths_of if kind == "jsonb_path_ops" else _parts_of
    return _elements if all(text.startswith("{") for text in sample) else None


def _is_document(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _placeless(found: Iterable[str]) -> _Keys:
    return {("", key) for key in found}


def _elements(text: str) -> _Keys:
    return _placeless(quoted or bare for quoted, bare in _ELEMENT.findall(text))


def _parts_of(text: str) -> _Keys:
    """Names and values, as gin_extract_jsonb in jsonb_gin.c."""
    return set(_walk(json.loads(text), ""))


def _walk(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield place, f"{_NAME}{name}"
            yield from _walk(inside, f"{place}.{name}")
    elif isinstance(value, list):
        for inside in value:
            yield from _walk(inside, place)
    else:
        yield place, f"{_VALUE}{value}"


def _paths_of(text: str) -> _Keys:
    """A hash for each value with the path to it."""
    return {(place, key) for place, key in _parts_of(text) if not key.startswith(_NAME)}


def _stated(elements: Elements, column: ColumnStatistics, rows: float, width: int) -> Iterator[Key]:
    """Listed elements, and others: rarer than any of these, half as common on average."""
    frequencies = elements.frequencies[: len(elements.common)]  # followed by least and greatest
    widths = [_key_width(element) for element in elements.common]
    for wide, frequency in zip(widths, frequencies, strict=True):
        yield Key(1.0, rows * frequency, width or wide)
    others = _others(elements, column, widths)
    each = max(1.0, rows * min(frequencies) / 2)
    if others * rows > each:
        yield Key(others * rows / each, each, width or sum(widths) / len(widths))


def _others(elements: Elements, column: ColumnStatistics, widths: list[int]) -> float:
    """Elements of a row that are not listed; of a tsvector, what its width leaves room for."""
    frequencies = elements.frequencies[: len(widths)]
    if elements.each is not None:
        return elements.each - sum(frequencies)
    around = BYTES_A_LEXEME - _WORD_BYTES
    listed = sum(f * (wide + around) for f, wide in zip(frequencies, widths, strict=True))
    return (column.width - listed) / (sum(widths) / len(widths) + around)


def _by_place(found: Iterable[_Keys]) -> dict[str, Counter[str]]:
    """How many documents of the sample have each key, by the keys' places."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for place, key in (pair for one in found for pair in one):
        counts[place][key] += 1
    return counts


def _counted(counts: Counter[str], scale: float, width: int, *, most: float) -> Iterator[Key]:
    """Keys seen often are as common as in the sample; the others are estimated (Haas and Stokes).

    `scale` is the rows that each document of the sample stands for, `most` as
    many different documents: their keys can be no more.
    """
    rare = [key for key, count in counts.items() if count <= _SELDOM]
    for key, count in counts.items():
        if count > _SELDOM:
            yield Key(1.0, count * scale, width or _key_width(key))
    if rare:
        seen = sum(counts[key] for key in rare)
        once = sum(1 for key in rare if counts[key] == 1)
        if once == seen:
            number = _unseen(seen, most * seen)
        else:
            number = min(most * seen, seen * len(rare) / (seen - once * (1 - 1 / max(1.0, scale))))
        wide = sum(map(_key_width, rare)) / len(rare)
        yield Key(number, max(1.0, seen * scale / number), width or wide)


def _unseen(seen: int, most: float) -> float:
    """The number of keys of which a sample shows none twice.

    It is no smaller than makes one pair in the sample likely (Chao's estimator of 1984), and no
    larger than `most`; the middle of the two, as factors, is wrong by the smallest factor.
    """
    least = min(most, seen * (seen + 1) / 2)
    return max(1.0, math.sqrt(least * most))


def _key_width(key: str) -> int:
    size = len(key.encode())
    return 1 + (size if size <= _LONGEST_KEY else _HASH + _FLAG)


def _unsampled(column: ColumnStatistics, rows: float, kind: str, width: int) -> list[Key]:
    with_value = rows * (1 - column.null_fraction)
    if kind in {"tsvector_ops", "gin_trgm_ops"} or "to_tsvector" in column.column:
        each = column.width / BYTES_A_LEXEME if kind != "gin_trgm_ops" else column.width
        return list(_zipf(with_value, max(1.0, each), width or 1 + _WORD_BYTES))
    each = max(1.0, column.width / _BYTES_A_PART)
    names = Key(_FEW_NAMES, with_value * each / 2 / _FEW_NAMES, width or _BYTES_A_PART)
    return [names, Key(max(1.0, with_value / 10), max(1.0, each * 5), width or _BYTES_A_PART)]


def _zipf(rows: float, each: float, width: float) -> Iterator[Key]:
    """Words by rank, an octave at a time; the most common is in nearly all rows."""
    vocabulary = min(rows * each, _HEAPS * (rows * each) ** _HEAPS_POWER)
    constant = each / max(1.0, math.log(vocabulary + 1))
    rank = 1.0
    while rank <= vocabulary:
        end = min(vocabulary + 1, rank * _OCTAVE)
        share = min(1.0, constant / math.sqrt(rank * end))
        yield Key(end - rank, max(1.0, rows * share), width)
        rank = end
