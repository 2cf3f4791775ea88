"""What vendors meter and bill by the unit, with what drives it and what lowers it: `meters/*.yaml`.

The first line of a file is `of: [...]`, the technologies that it holds meters of, so that a request
which names none of them reads no more of it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from blueproof.facts.load import LOADER
from blueproof.facts.phrase import Phrase, phrase

PRICES = "prices"  # the section whose entries are facts
_FIRST = "of: ["
_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Price:
    """A unit price: the fact, for how many units it is, and the words that say it is this one."""

    fact: str
    per: int
    words: tuple[Phrase, ...] = ()
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A line of the same bill that is no part of the metered quantity: a plan, hours, writes.

    `quantity` is a formula; the line stands where all that it needs is known. `plan` is whether it
    is the fee that a bill "on top" leaves out, `free` a fact with what is included of it.
    """

    item: str
    quantity: str
    unit: str
    price: tuple[Price, ...]
    free: str
    free_days: int
    plan: bool


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What a quantity is per something that was told: a formula, the sum in words, its meaning.

    `expects` is whether the formula works out the quantity itself from what was told, so that it is
    held against the bill; `assumed` says what it takes for granted.
    """

    value: str
    says: str
    means: str
    expects: bool
    assumed: str
    when: tuple[Phrase, ...]


@dataclass(frozen=True, kw_only=True)
class Lever:
    """What lowers the bill: what to do, what is left of the quantity, or the other price of it.

    `when` are words that call for it (always open where there are none), and `short` is what it is
    in a few words. Of one `group` only the first counts where several are pulled together. `left`
    is a formula of the share that stays, `price` another price of the same quantity. `why` says
    what the share rests on, and `code` a few lines, with the file's name.
    """

    id: str
    short: str
    do: str
    group: str
    left: str
    price: Price | None
    free: str | None
    why: str
    assumed: bool
    when: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    check: str
    code: str
    file: str

    @property
    def needs(self) -> frozenset[str]:
        """The figures that its sentences name, such as "interval" for {interval_2}."""
        return holes(f"{self.short} {self.do} {self.why}")


def holes(text: str) -> frozenset[str]:
    """The figures that stand in a sentence as holes.

    >>> sorted(holes("every {interval_2} s for {workers} {workers_nouns}"))
    ['interval', 'workers']
    """
    return frozenset(name.partition("_")[0] for name in _HOLE.findall(text))


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """The same quantity at somebody else: lines, and what one has to live with there.

    `when` are words without which it is no way out; `own` whether servers are to be kept;
    `easy` is whether going there is days of work and no rewrite.
    """

    name: str
    lines: tuple[Beside, ...]
    flips: str
    when: tuple[Phrase, ...]
    own: bool
    easy: bool


@dataclass(frozen=True, kw_only=True)
class Aside:
    """What is said beside the bill where the words complain of it, too, such as a slow map."""

    when: tuple[Phrase, ...]
    says: str


@dataclass(frozen=True, kw_only=True)
class Meter:
    """One thing that is billed by the unit.

    `counts` is the plural that bills name it by, `one` the singular. `words` say that a bill is of
    it, `told` are the units of figures that tell its quantity. `multiplies` says in one sentence
    what drives it. A bill of one of `default` is of it where nothing says more.
    """

    id: str
    of: frozenset[str]
    product: str
    counts: str
    one: str
    words: tuple[Phrase, ...]
    told: frozenset[str]
    near: tuple[Phrase, ...]
    price: tuple[Price, ...]
    free: str
    free_days: int
    formula: str
    beside: tuple[Beside, ...]
    multiplies: str
    sums: tuple[Sum, ...]
    asides: tuple[Aside, ...]
    levers: tuple[Lever, ...]
    elsewhere: tuple[Elsewhere, ...]
    default: frozenset[str]
    ask: str


def meters_of(technologies: frozenset[str]) -> Iterator[Meter]:
    """The meters of these technologies; ValueError where a file breaks the form."""
    for file in _files():
        with file.open(encoding="utf-8") as lines:
            first = lines.readline()
        if technologies & _named(first, file.name):
            yield from (m for m in meters(file.name) if m.of & technologies)


def _named(first: str, name: str) -> frozenset[str]:
    if not (first.startswith(_FIRST) and first.rstrip().endswith("]")):
        raise ValueError(f"{name}: its first line is not {_FIRST}...]")
    return frozenset(first.strip().removeprefix(_FIRST).removesuffix("]").split(", "))


def _files() -> Iterator[Traversable]:
    folder = resources.files("blueproof.facts") / "meters"
    yield from sorted(
        (f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name
    )


def file_names() -> tuple[str, ...]:
    """The files that there are."""
    return tuple(file.name for file in _files())


def raw_prices() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The price facts of all files as they are written."""
    for name in file_names():
        yield from (_raw(name).get(PRICES) or {}).items()


def raw_price(name: str) -> Mapping[str, Any] | None:
    """The price fact of that id as it is written; None where no file has it."""
    entry = f"\n  {name}:\n"
    file = next((f for f in _files() if entry in f.read_text(encoding="utf-8")), None)
    return (_raw(file.name).get(PRICES) or {}).get(name) if file else None


@cache
def _raw(name: str) -> dict[str, Any]:
    text = (resources.files("blueproof.facts") / "meters" / name).read_text("utf-8")
    raw: dict[str, Any] = LOADER(text).get_single_data()
    return raw


@cache
def meters(name: str) -> tuple[Meter, ...]:
    """The meters of a file; ValueError where it breaks the form."""
    try:
        return tuple(_meter(each, raw) for each, raw in _raw(name)["meters"].items())
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"meters/{name}: {error!r}") from error


def _meter(name: str, raw: dict[str, Any]) -> Meter:
    return Meter(
        id=name,
        of=frozenset(raw["of"]),
        product=raw["product"],
        counts=raw["counts"],
        one=raw["one"],
        words=_phrases(raw.get("words")),
        told=frozenset(raw.get("told", ())),
        near=_phrases(raw.get("near")),
        price=_prices(raw),
        free=raw.get("free", ""),
        free_days=raw.get("free_days", 1),
        formula=raw.get("formula", ""),
        beside=tuple(_beside(each) for each in raw.get("beside", ())),
        multiplies=raw["multiplies"],
        sums=tuple(_sum(each) for each in raw.get("sums", ())),
        asides=tuple(
            Aside(when=_phrases(each["when"]), says=each["says"]) for each in raw.get("asides", ())
        ),
        levers=tuple(_lever(n, each) for n, each in raw["levers"].items()),
        elsewhere=tuple(_elsewhere(n, each) for n, each in raw.get("elsewhere", {}).items()),
        default=frozenset(_defaults(raw)),
        ask=raw.get("ask", ""),
    )


def _defaults(raw: dict[str, Any]) -> Iterable[str]:
    told = raw.get("default", False)
    if isinstance(told, list):
        return told
    return raw["of"] if told else ()


def _prices(raw: dict[str, Any]) -> tuple[Price, ...]:
    """The price, those behind words first; none where it is not known."""
    if "price" not in raw:
        return ()
    usual = Price(fact=raw["price"], per=raw.get("per", 1), says=raw.get("says", ""))
    others = (
        Price(
            fact=each["price"],
            per=each.get("per", usual.per),
            words=_phrases(each["words"]),
            says=each.get("says", ""),
        )
        for each in raw.get("where", ())
    )
    return (*others, usual)


def _beside(raw: dict[str, Any]) -> Beside:
    return Beside(
        item=raw["item"],
        quantity=str(raw.get("quantity", 1)),
        unit=raw.get("unit", "month"),
        price=_prices(raw),
        free=raw.get("free", ""),
        free_days=raw.get("free_days", 1),
        plan=raw.get("plan", False),
    )


def _sum(raw: dict[str, Any]) -> Sum:
    return Sum(
        value=str(raw["value"]),
        says=raw["says"],
        means=raw.get("means", ""),
        expects=raw.get("expects", False),
        assumed=raw.get("assumed", ""),
        when=_phrases(raw.get("when")),
    )


def _lever(name: str, raw: dict[str, Any]) -> Lever:
    return Lever(
        id=name,
        short=raw.get("short", raw["do"]),
        do=raw["do"],
        group=raw.get("group", name),
        left=str(raw.get("left", 1)),
        price=_prices(raw)[-1] if "price" in raw else None,
        free=raw.get("free"),
        why=raw.get("why", ""),
        assumed=raw.get("assumed", False),
        when=_phrases(raw.get("when")),
        unless=_phrases(raw.get("unless")),
        check=raw.get("check", ""),
        code=raw.get("code", ""),
        file=raw.get("file", ""),
    )


def _elsewhere(name: str, raw: dict[str, Any]) -> Elsewhere:
    return Elsewhere(
        name=name,
        lines=tuple(_beside(each) for each in raw["lines"]),
        flips=raw["flips"],
        when=_phrases(raw.get("when")),
        own=raw.get("own", False),
        easy=raw.get("easy", False),
    )


def _phrases(raw: Any) -> tuple[Phrase, ...]:
    return tuple(phrase(str(each)) for each in raw or ())
