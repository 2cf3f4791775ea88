"""The words of a wish while they are read: what was understood is taken out of them."""

import re
from dataclasses import dataclass

_TAKEN = "\x01"
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "twenty": 20, "thirty": 30, "once": 1, "twice": 2,
    "single": 1, "fifty": 50, "hundred": 100, "an": 1, "a": 1,
}  # fmt: skip
NUMBER = r"(?:\d[\d,]*(?:\.\d+)?k?|" + "|".join(NUMBERS) + ")"
# Words that carry nothing of what is wished.
_EMPTY = frozenset(
    """a about above actually after all along also always am an and any app application are as at
    away back based be because been before being below both but by can cannot column columns compute
    calculate could data database db did display do does done down each either else entire every
    everything exactly existing fetch few find first for from further get gets getting give given
    gives giving go good had has have having he help her here hi hello him his how i if in include
    including into is it its itself join just know let like list lists listed look looking looks
    made make makes me mean might month months more most much must my name named need needed needs
    no now number of off ok on one ones only onto or order ordered ordering other our out output
    over own per please plus pg postgres postgresql produce pull put queries query ratio record
    records report required respective result results retrieve return returned returning returns
    row rows same schema see select selects should show showing shown shows side simply single sql
    so some something sort sorted statement such table tables take tell than thanks that the their
    them then there these they thing things this those through time to together total two under
    until up us use using value values via want wanted was way we well were what when where which
    who whose why will with within without works would write writes writing wrote yes you your
    want's i'd i'm we're don't id ids ones shop store company business system dashboard overview
    analysis people's respectively overall corresponding different various current currently
    existing actual come comes happened taken place ever yet day days week weeks year years today
    counted count counts sum amount amounts across present even still date dates time timestamp
    containing contain contains desc asc descending ascending least many highest lowest
    largest smallest biggest belongs belong belonging next best clean efficient correct fast
    separate individual grouped group groups broken breakdown figure figures figured ran least
    fill filled listing seen placed made done taken received recorded performed attended
    served handled anything anyone someone somebody nothing none own also only per-""".split()
)


def number(text: str) -> int | None:
    """A whole number in digits or words; None for anything else.

    >>> number("1,000"), number("three"), number("2k"), number("few")
    (1000, 3, 2000, None)
    """
    plain = text.lower().replace(",", "").strip()
    if plain in NUMBERS:
        return NUMBERS[plain]
    if re.fullmatch(r"\d+k", plain):
        return int(plain[:-1]) * 1000
    return int(plain) if plain.isdecimal() else None


@dataclass
class Words:
    """The words, with what was taken out of them blanked at its place."""

    whole: str

    def __post_init__(self) -> None:
        self.left = self.whole

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place that a pattern has in what is left."""
        return pattern.search(self.left)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The same, taken out."""
        found = pattern.search(self.left)
        if found:
            self.cut(*found.span())
        return found

    def cut(self, start: int, end: int) -> None:
        """Take out a stretch."""
        self.left = f"{self.left[:start]}{_TAKEN * (end - start)}{self.left[end:]}"

    def unread(self, start: int = 0, end: int | None = None) -> tuple[str, ...]:
        """The words with a meaning that nobody took, in their order."""
        stop = len(self.left) if end is None else end
        found = re.findall(r"[A-Za-z0-9][\w'-]*", self.left[start:stop])
        plain = (f.strip("'-").removesuffix("'s") for f in found)
        return tuple(f for f in plain if f and f.lower() not in _EMPTY)


def is_empty(word: str) -> bool:
    """Whether a word carries nothing of what is wished."""
    return word.lower() in _EMPTY
