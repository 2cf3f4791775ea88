"""Which keys GIN finds in a column: elements of arrays, parts of documents, trigrams, words.

Where ANALYZE has counted elements, its figures are taken. Else the bounds of the column's histogram
are a sample of a hundred documents, whose keys are counted here: those in several are common, and
how many rare ones there are is estimated as ANALYZE does it for columns. Where there is no sample
either (values beyond 1 kB), texts are taken to follow the laws of Zipf and Heaps.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from blueproof.sql.sizes.gin import Key
from blueproof.sql.statistics import ColumnStatistics

_WORD = re.compile(r"\w+")
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)')
_LONGEST_KEY = 125  # JGIN_MAXLENGTH: longer strings are kept as a hash of 8 hexadecimal digits
_HASH = 8
_FLAG = 1  # jsonb_ops puts the kind before the text
# A lexeme in a tsvector: WordEntry 4, a stemmed English word of 6, positions and their number 4.
_BYTES_A_LEXEME = 14
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

    `each` is the mean number of different elements in a row, last in elem_count_histogram.
    """

    common: tuple[str, ...]
    frequencies: tuple[float, ...]
    each: float


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
        return list(_stated(elements, rows * (1 - column.null_fraction), width))
    sample = _sample(column)
    extract = _extractor(kind, column, sample)
    if extract is None or not sample:
        return _unsampled(column, rows, kind, width)
    found = [extract(text) for text in sample]
    with_value = rows * (1 - column.null_fraction)
    return list(_counted(found, with_value, width))


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


_Extract = Callable[[str], set[str]]


def _extractor(kind: str, column: ColumnStatistics, sample: list[str]) -> _Extract | None:
    if kind == "gin_trgm_ops":
        return trigrams
    if "to_tsvector" in column.column:
        return lambda text: set(_WORD.findall(text.lower()))
    if all(map(_is_document, sample)):
        return _paths_of if kind == "jsonb_path_ops" else _parts_of
    return _elements if all(text.startswith("{") for text in sample) else None


def _is_document(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _elements(text: str) -> set[str]:
    return {quoted or bare for quoted, bare in _ELEMENT.findall(text)}


def _parts_of(text: str) -> set[str]:
    """Names and values, as gin_extract_jsonb in jsonb_gin.c: elements that are texts like names."""
    return set(_walk(json.loads(text)))


def _walk(value: Any, flag: str = "v") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield f"k{name}"
            yield from _walk(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _walk(inside, "k")
    else:
        yield f"{flag if isinstance(value, str) else 'v'}{value}"


def _paths_of(text: str) -> set[str]:
    """A hash for each value with the path to it."""
    return set(_leaves(json.loads(text), ""))


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _leaves(inside, f"{path}.{name}")
    elif isinstance(value, list):
        for inside in value:
            yield from _leaves(inside, path)
    else:
        yield f"{path}={value!r}"


def _stated(elements: Elements, rows: float, width: int) -> Iterator[Key]:
    """Listed elements, and others: rarer than any of these, half as common on average."""
    frequencies = elements.frequencies[: len(elements.common)]  # followed by least and greatest
    for element, frequency in zip(elements.common, frequencies, strict=True):
        yield Key(1.0, rows * frequency, width or _key_width(element))
    others = elements.each - sum(frequencies)
    each = max(1.0, rows * min(frequencies) / 2)
    if others * rows > each:
        wide = sum(map(_key_width, elements.common)) / len(elements.common)
        yield Key(others * rows / each, each, width or wide)


def _counted(found: list[set[str]], rows: float, width: int) -> Iterator[Key]:
    """Common keys as often as in the sample; the others by the estimator of Haas and Stokes."""
    counts = Counter(key for one in found for key in one)
    entries, once = sum(counts.values()), [k for k, c in counts.items() if c == 1]
    scale = rows / len(found)
    for key, count in counts.items():
        if count > 1:
            yield Key(1.0, count * scale, width or _key_width(key))
    if not once:
        return
    left = entries - len(once) * (1 - entries / max(1.0, entries * scale))
    rare = max(1.0, entries * len(counts) / left - (len(counts) - len(once)))
    wide = sum(map(_key_width, once)) / len(once)
    yield Key(rare, max(1.0, len(once) * scale / rare), width or wide)


def _key_width(key: str) -> int:
    size = len(key.encode())
    return 1 + (size if size <= _LONGEST_KEY else _HASH + _FLAG)


def _unsampled(column: ColumnStatistics, rows: float, kind: str, width: int) -> list[Key]:
    with_value = rows * (1 - column.null_fraction)
    if kind in {"tsvector_ops", "gin_trgm_ops"} or "to_tsvector" in column.column:
        each = column.width / _BYTES_A_LEXEME if kind != "gin_trgm_ops" else column.width
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
