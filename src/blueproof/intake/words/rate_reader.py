"""A sentence as rates are read from it: its figures, and the words that stand between them."""

from bisect import bisect_left
from dataclasses import dataclass
from decimal import Context, Decimal

from blueproof.intake.words.number_code import visible
from blueproof.intake.words.number_tokens import Tokens, tokenize
from blueproof.intake.words.numbers import Number

SECONDS = {
    "ms": Decimal("0.001"), "second": Decimal(1), "minute": Decimal(60), "hour": Decimal(3600),
    "day": Decimal(86_400), "week": Decimal(604_800), "month": Decimal(2_592_000),
    "year": Decimal(31_536_000),
}  # fmt: skip
_DIGITS, _TWO_DIGITS = Context(prec=6), Context(prec=2)
_COARSE = 100
_FINE = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """A figure that the text joins from others: 40 scooters, each every 8 s.

    `per` is "" where it is no rate but a product (300 connections); `each` names whom it is for
    where the text does not say how many there are; `parts` are the spans it is made from.
    """

    value: Decimal
    unit: str
    per: str
    working: str
    parts: tuple[tuple[int, int], ...]
    span: tuple[int, int]
    quote: str
    each: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Worked:
    """What figures come to, and how that was worked out."""

    value: Decimal
    unit: str
    working: str
    per: str = ""
    each: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """The text's words with where they are, so that what stands between figures can be asked."""

    text: str
    tokens: Tokens
    starts: tuple[int, ...]

    def words(self, start: int, end: int) -> tuple[str, ...]:
        """The words and signs from here to there."""
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return tuple(token.lower for token in self.tokens[low:high])

    def joined(self, first: Number, second: Number) -> bool:
        """Whether both stand in one sentence."""
        low = bisect_left(self.starts, first.span[1])
        high = bisect_left(self.starts, second.span[0])
        return all(token.kind not in {"stop", "line"} for token in self.tokens[low:high])

    def before(self, number: Number, count: int) -> tuple[str, ...]:
        """The words of its sentence right before it."""
        place = bisect_left(self.starts, number.span[0])
        return _since_stop(self.tokens[max(place - count, 0) : place])

    def behind(self, number: Number, count: int) -> tuple[str, ...]:
        """The words of its sentence right after it."""
        place = bisect_left(self.starts, number.span[1])
        words: list[str] = []
        for token in self.tokens[place : place + count]:
            if token.kind in {"stop", "line"}:
                break
            words.append(token.lower)
        return tuple(words)

    def end_of(self, number: Number, count: int) -> int:
        """Where the word so many words after it ends."""
        return self.tokens[bisect_left(self.starts, number.span[1]) + count].end

    def start_of(self, number: Number, count: int) -> int:
        """Where the word so many words before it starts."""
        return self.starts[max(bisect_left(self.starts, number.span[0]) - count, 0)]

    def rate(
        self, parts: tuple[Number, ...], worked: Worked, *, start: int = -1, end: int = 0
    ) -> Rate:
        """The rate made from these figures; `start` and `end` where its words reach further."""
        first = min(n.span[0] for n in parts)
        span = (first if start < 0 else start, max(end, *(n.span[1] for n in parts)))
        return Rate(
            value=_rounded(worked.value),
            unit=worked.unit,
            per=worked.per,
            each=worked.each,
            working=worked.working,
            parts=tuple(n.span for n in parts),
            span=span,
            quote=self.text[slice(*span)],
        )


def _since_stop(tokens: Tokens) -> tuple[str, ...]:
    words: list[str] = []
    for token in tokens:
        if token.kind in {"stop", "line"}:
            words.clear()
        else:
            words.append(token.lower)
    return tuple(words)


def reader_of(text: str) -> Reader:
    """The reader of a text."""
    tokens = tokenize(visible(text))
    return Reader(text=text, tokens=tokens, starts=tuple(t.start for t in tokens))


def paced(value: Decimal, per: str, *, plain: bool = True) -> str:
    """How the working ends: the time, and what that is per second."""
    if not per:
        return ""
    if per == "second" or not plain:
        return f" per {per}"
    return f" per {per} = {said(value / SECONDS[per])} per second"


def _rounded(value: Decimal) -> Decimal:
    if value == int(value):
        return Decimal(int(value))
    return _DIGITS.create_decimal(value).normalize()


def said(value: Decimal) -> str:
    """The number as a person would write it: 500,000 or 5.8 or 0.023."""
    if value >= _COARSE:
        return f"{value:,.0f}"
    if value == int(value):
        return f"{int(value)}"
    if value >= _FINE:
        return f"{value:.1f}".removesuffix(".0")
    return f"{_TWO_DIGITS.create_decimal(value).normalize():f}"
