"""The numbers that a person tells in words, each by what is counted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "mio": 1e6, "b": 1e9}
_TOLD = re.compile(
    r"(?<![\w.$-])(?P<value>\d(?:[\d,]*\d)?(?:\.\d+)?)\s?(?P<times>k|K|M|m(?=\s)|thousand|million|mio)?"
    r"\s*(?P<of>(?:[a-zA-Z][\w'-]*[ ]?){1,3})"
)
_RATE = re.compile(
    r"(?:\b(?:an?|per|each|every)|/)\s?(?:day|week|month|hour|min|sec)", re.IGNORECASE
)
_SHARE = re.compile(r"\b(?:\d+|one) (?:in|of|out of)(?: about| every)? $")  # 1 in 200
_UNIT = frozenset(
    "s ms sec secs second seconds min minutes h hours day days % usd eur gb mb kb".split()
)
_ENDS = frozenset("for of in with and or a an the per at on to is are each by from but my".split())
_MILLION = 1e6
_THOUSAND = 1e3


@dataclass(frozen=True)
class Told:
    """What the words count."""

    words: str

    def of(self, *nouns: str) -> float | None:
        """How many of something are told, by the beginnings of its names; None where not.

        >>> Told("9k daily users, 3,400 documents in lists").of("document", "doc")
        3400.0
        """
        for value, said in self._counts():
            if any(word.startswith(noun) for noun in nouns for word in said):
                return value
        return None

    def many(self) -> float | None:
        """The first number that counts something in the plural.

        >>> Told("it times out after 30 s for 300 shops").many()
        300.0
        >>> Told("~2k messages a day").many()
        """
        return next((v for v, said in self._counts(rates=False) if said[-1].endswith("s")), None)

    def _counts(self, *, rates: bool = True) -> Iterator[tuple[float, list[str]]]:
        """Each number with the words that say of what it is; with or without those of a time."""
        for found in _TOLD.finditer(self.words):
            if _SHARE.search(self.words[: found.start()]):
                continue
            if not rates and _RATE.search(self.words[found.start() : found.end() + 12]):
                continue
            said = found["of"].lower().split()
            end = next((i for i, word in enumerate(said) if word in _ENDS), len(said))
            if said[:end] and said[0] not in _UNIT:
                times = _TIMES.get((found["times"] or "").lower(), 1.0)
                yield float(found["value"].replace(",", "")) * times, said[:end]

    def milliseconds(self) -> float | None:
        """How far away the database is, where that is told.

        >>> Told("The database is 20 ms away").milliseconds()
        20.0
        """
        away = r"(\d+(?:\.\d+)?)\s?ms\b[^.]{0,30}\b(?:away|latency|round ?trip|rtt|ping|per query)"
        before = r"\b(?:latency|round ?trip|rtt|ping)\b[^.\d]{0,30}(\d+(?:\.\d+)?)\s?ms"
        found = re.search(away, self.words) or re.search(before, self.words)
        return float(found[1]) if found else None

    def says(self, pattern: str) -> bool:
        """Whether the words tell of something."""
        return bool(pattern) and bool(re.search(pattern, self.words, re.IGNORECASE))


def amount(number: float) -> str:
    """A number as people write it.

    >>> amount(30_600_000), amount(12_000)
    ('30.6M', '12,000')
    """
    if number >= _THOUSAND * _MILLION:
        return f"{number / _THOUSAND / _MILLION:.1f}".removesuffix(".0") + " billion"
    if number >= _MILLION:
        return f"{number / _MILLION:.1f}".removesuffix(".0") + "M"
    return f"{number:,.0f}"
