"""Products whose bill is the sum of several quantities that people tell: `tallies/*.yaml`.

A line says how people write its quantity: `{n}` is a figure ("31,400", "41M"), `{gb}` one of bytes
("4 TB"); the rest is a regular expression in which a space is any white space.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from blueproof.facts.load import LOADER
from blueproof.facts.phrase import Phrase, phrase


@dataclass(frozen=True, kw_only=True)
class TallyStep:
    """What lowers a line: what to do, the share of the quantity that is left, and why so much.

    `left` is a formula of what the words tell, `assumed` whether that share is a guess.
    """

    do: str
    short: str
    left: str
    why: str
    assumed: bool
    when: tuple[Phrase, ...]


@dataclass(frozen=True, kw_only=True)
class TallyLine:
    """One line of the bill: how its quantity is told, and what a unit of it costs.

    `quantity` is a formula of `n`, `gb` and `users`; a line without `reads` always stands on the
    bill. `price` and `free` are ids of facts, `free` what is
    included on each of `free_days`; `unit` is what is counted, `key` its name in sums.
    `starts` is a fact with the limit of the free plan, above which the line is paid for.
    """

    item: str
    key: str
    reads: tuple[str, ...]
    quantity: str
    unit: str
    price: str
    per: int
    free: str
    free_days: int
    starts: str
    step: TallyStep | None


@dataclass(frozen=True, kw_only=True)
class TallyAside:
    """What is said of something that the words ask beside the bill."""

    when: tuple[Phrase, ...]
    says: str


@dataclass(frozen=True, kw_only=True)
class TallySum:
    """A sum that shows what a line's quantity means: a formula of figures, and its sentence.

    The sentence has the figures by name in braces, those of bytes in KB, and {value}.
    """

    value: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Tally:
    """A product's bill. `words` must stand in a request that is about it, where there are any.

    `least` is how many told quantities make a bill, `rest` where to look for what no line explains,
    with the `command` that shows it. `flips` says when another answer is right, in a sentence.
    `figures` are what steps and sums use beside the lines, by name; `alone` is whether one quantity
    without a bill is enough, where its cost is asked for.
    """

    id: str
    of: frozenset[str]
    product: str
    words: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    least: int
    lines: tuple[TallyLine, ...]
    rest: str
    command: str
    flips: str
    asides: tuple[TallyAside, ...]
    figures: Mapping[str, tuple[str, ...]]
    sums: tuple[TallySum, ...]
    alone: bool


@cache
def tallies() -> tuple[Tally, ...]:
    """All of them, by file; ValueError where one breaks the form."""
    return tuple(_all())


def _all() -> Iterator[Tally]:
    folder = resources.files("blueproof.facts") / "tallies"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".yaml"):
            continue
        raw: dict[str, Any] = LOADER(file.read_text(encoding="utf-8")).get_single_data()
        try:
            yield from (_tally(name, each) for name, each in raw.items())
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"tallies/{file.name}: {error!r}") from error


def _tally(name: str, raw: dict[str, Any]) -> Tally:
    return Tally(
        id=name,
        of=frozenset(raw["of"]),
        product=raw["product"],
        words=_phrases(raw.get("words")),
        unless=_phrases(raw.get("unless")),
        least=raw.get("least", 2),
        lines=tuple(_line(each) for each in raw["lines"]),
        rest=raw["rest"],
        command=raw.get("command", ""),
        flips=raw["flips"],
        asides=tuple(
            TallyAside(when=_phrases(each["when"]), says=each["says"])
            for each in raw.get("asides", ())
        ),
        figures={name: tuple(ways) for name, ways in raw.get("figures", {}).items()},
        sums=tuple(TallySum(**each) for each in raw.get("sums", ())),
        alone=raw.get("alone", False),
    )


def _line(raw: dict[str, Any]) -> TallyLine:
    step = raw.get("step")
    return TallyLine(
        item=raw["item"],
        key=raw.get("key", ""),
        reads=tuple(raw.get("reads", ())),
        quantity=str(raw.get("quantity", "n")),
        unit=raw["unit"],
        price=raw["price"],
        per=raw.get("per", 1),
        free=raw.get("free", ""),
        free_days=raw.get("free_days", 1),
        starts=raw.get("starts", ""),
        step=_step(step) if step else None,
    )


def _step(raw: dict[str, Any]) -> TallyStep:
    return TallyStep(
        do=raw["do"],
        short=raw["short"],
        left=str(raw["left"]),
        why=raw["why"],
        assumed=raw.get("assumed", True),
        when=_phrases(raw.get("when")),
    )


def _phrases(raw: Any) -> tuple[Phrase, ...]:
    return tuple(phrase(str(each)) for each in raw or ())
