"""Queries with their calls and times, in words or as rows of pg_stat_statements: which comes first.

"SELECT ... (40 ms, 2,000,000 calls a day)" and pasted rows of a table say the same: what a query
takes in all is its calls times its mean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.known.reproduction.pasted import pasted
from blueproof.facts.pattern import LatePattern

_TIME = LatePattern(
    r"(?<![\w.])(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<u>us|µs|ms|milliseconds?|s|secs?|seconds?|min|mins"
    r"|minutes?|h|hours?)(?![\w/])",
    re.IGNORECASE,
)
_CALLS = LatePattern(
    r"(?<![\w.])(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<u>k|m|thousand|million)?\s?"
    r"(?:calls?\b|times\b(?!\s+(?:slower|faster|more|as))|executions?\b|runs?\b|x\b(?!\s*\d)"
    r"|queries\b)?\s?(?P<per>(?:an?|per|each|every|/)\s?(?P<span>day|hour|h\b|minute|min\b|second|sec\b"
    r"|s\b|week|month|d\b))?",
    re.IGNORECASE,
)
_MS = {"u": 1e-3, "µ": 1e-3, "ms": 1.0, "mil": 1.0, "s": 1e3, "mi": 6e4, "h": 3.6e6}
_MANY = {"k": 1e3, "t": 1e3, "m": 1e6}
_A_DAY = {"d": 1.0, "h": 24.0, "mi": 1440.0, "s": 86_400.0, "w": 1 / 7, "mo": 1 / 30}
_HEAD = LatePattern(
    r"^(?=[^\n]*\bquery\b)(?=[^\n]*\bcalls\b)[^\n]*(?P<sep>[,|;\t])[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_MEAN = ("mean_exec_time", "mean_time", "mean", "avg_time", "avg", "mean_ms", "avg_ms")
_TOTAL = ("total_exec_time", "total_time", "total", "total_ms")
_TABLE = LatePattern(r"\b(?:from|update|into)\s+(?:only\s+)?([\w.\"]+)", re.IGNORECASE)
_FARTHEST = 120  # characters between a query and its figures
_LEAST = 2  # queries; of one nothing comes first


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A query, how often it is called and how many milliseconds one call takes."""

    query: str
    calls: float
    mean: float

    @property
    def name(self) -> str:
        """The query by the table that it reads or writes first."""
        found = re.search(
            r"\b(?:from|update|into)\s+(?:only\s+)?([\w.\"]+)", self.query, re.IGNORECASE
        )
        return f"the query on {found[1]}" if found else self.query[:40]

    @property
    def total(self) -> float:
        """Milliseconds of all calls."""
        return self.calls * self.mean


def read_weighed(text: str) -> tuple[Weighed, ...]:
    """The queries of which calls and times are told, the dearest first; none of fewer than two."""
    found = [*_of_rows(text)] or [*_of_words(text)]
    found = [each for each in found if each.total > 0]
    return tuple(sorted(found, key=lambda w: -w.total)) if len(found) >= _LEAST else ()


def _of_words(text: str) -> Iterator[Weighed]:
    """Each query with the figures behind it, up to the next query, or right before it."""
    places: list[tuple[int, int, str]] = []
    at = 0
    for piece in pasted(text).written:
        start = text.find(piece, at)
        if start >= 0:
            at = start + len(piece)
            places.append((start, at, piece))
    starts, ends = [p[0] for p in places], [p[1] for p in places]
    following, before = [*starts[1:], len(text)][: len(ends)], [0, *ends][: len(starts)]
    behind = [text[e : min(n, e + _FARTHEST)] for e, n in zip(ends, following, strict=True)]
    ahead = [text[max(e, n - _FARTHEST) : n] for e, n in zip(before, starts, strict=True)]
    all_behind, all_ahead = [*map(_figures, behind)], [*map(_figures, ahead)]
    # They stand behind all queries, or before all.
    first = all_ahead if sum(map(bool, all_ahead)) > sum(map(bool, all_behind)) else all_behind
    for (_, _, piece), figures in zip(places, first, strict=True):
        if figures:
            yield Weighed(query=piece.strip().rstrip(";"), calls=figures[0], mean=figures[1])


def _figures(words: str) -> tuple[float, float] | None:
    """Calls, a day's where a time is told, and milliseconds of one."""
    words = re.sub(r"\bonce\b", "1 times", re.sub(r"\btwice\b", "2 times", words))
    time = _TIME.search(words)
    if time is None:
        return None
    rest = f"{words[: time.start()]} ; {words[time.end() :]}"
    for found in _CALLS.finditer(rest):
        named = re.search(r"[a-z]", found[0].removeprefix(found["n"]), re.IGNORECASE)
        if named and (found["per"] or re.search(r"call|time|exec|run|x|quer", found[0])):
            calls = _number(found["n"]) * _MANY.get((found["u"] or "").lower()[:1], 1.0)
            return calls * _by(_A_DAY, found["span"] or "d"), _number(time["n"]) * _by(
                _MS, time["u"]
            )
    return None


def _by(table: dict[str, float], unit: str) -> float:
    """The factor of the longest beginning of a unit that a table has."""
    low = unit.lower()
    return next((table[low[:n]] for n in (3, 2, 1) if low[:n] in table), 1.0)


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _of_rows(text: str) -> Iterator[Weighed]:
    """The rows below a line that names query and calls; a query may hold the separator."""
    head = _HEAD.search(text)
    if head is None:
        return
    sep = head["sep"]
    names = [n.strip().strip('"').lower() for n in head[0].strip().strip("|").split(sep)]
    if "query" not in names or "calls" not in names:
        return
    for line in text[head.end() :].lstrip("\n").splitlines():
        cells = _cells(line, sep, names)
        if cells is None:
            if line.strip() and not re.fullmatch(r"[\s|+:-]+", line):
                return
            continue
        row = dict(zip(names, cells, strict=True))
        calls = _figure(row, ("calls",))
        mean, total = _figure(row, _MEAN), _figure(row, _TOTAL)
        mean = mean if mean is not None else total / calls if total and calls else None
        if calls and mean:
            yield Weighed(query=row["query"].strip('"').rstrip(";"), calls=calls, mean=mean)


def _cells(line: str, sep: str, names: list[str]) -> list[str] | None:
    """The cells of a row, the query taking what is more than there are names."""
    parts = [p.strip() for p in line.strip().strip("|").split(sep)]
    more = len(parts) - len(names)
    if more < 0 or len(parts) == 1:
        return None
    at = names.index("query")
    return [*parts[:at], f"{sep} ".join(parts[at : at + more + 1]), *parts[at + more + 1 :]]


def _figure(row: dict[str, str], names: tuple[str, ...]) -> float | None:
    for name in names:
        try:
            return float(row[name].replace(",", ""))
        except (KeyError, ValueError):
            continue
    return None
