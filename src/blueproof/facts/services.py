"""Services that do one job of a back end, with what each bills: `services/*.yaml`, a file a job.

The first line of a file is `of: [...]`, the technologies whose services it holds, so that a request
which names none of them reads no more of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from blueproof.facts.load import LOADER
from blueproof.facts.phrase import Phrase, phrase

PRICES = "prices"  # the section whose entries are facts
_FIRST = "of: ["


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a quantity is read from the words: which figures, in which unit, among which words.

    `metrics` are those of the figures ("messages", or "rate" for what was worked out), `units` the
    nouns that they count ("B" for all sizes); either may be empty, and then tells nothing. `per` is
    the period that it is reckoned per, and empty for what has none; `told` are those that the words
    may tell it per, any where there are none. Near it stands one of `near`, where there are any,
    and none of `apart`.
    """

    metrics: frozenset[str]
    units: frozenset[str]
    per: str
    told: frozenset[str]
    near: tuple[Phrase, ...]
    apart: tuple[Phrase, ...]


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """Words that tell a quantity without a figure ("office hours"), and what they are taken for."""

    words: tuple[Phrase, ...]
    value: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A quantity of a job: read from the words, else worked out from others, else assumed.

    `says` is how it is told ("emails a month"), and `why` says what an assumed value rests on. All
    are in base units: bytes, seconds, and what is counted, each per the period of the reading.
    """

    name: str
    says: str
    readings: tuple[Reading, ...] = ()
    formulas: tuple[str, ...] = ()
    assumed: str = ""
    why: str = ""
    spoken: tuple[Spoken, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Metered:
    """A line of a month's bill: so much of something at a fact's price.

    `quantity` is a formula. `price` is a fact, or facts with the quantity from which each holds;
    `included` is a fact with what is free of it; `per` so many units the price is for; `whole` is
    for packages that are billed as wholes.
    """

    item: str
    quantity: str
    unit: str
    price: tuple[tuple[int, str], ...]
    included: str
    per: int
    billed: str
    whole: bool


@dataclass(frozen=True, kw_only=True)
class Held:
    """A published limit of a plan on a formula's value: a fact, and what it is of, in words."""

    quantity: str
    fact: str
    what: str


@dataclass(frozen=True, kw_only=True)
class ServicePlan:
    """A vendor's plan: its lines and limits; `name` is empty where there is one plan only."""

    name: str
    lines: tuple[Metered, ...]
    limits: tuple[Held, ...]


@dataclass(frozen=True, kw_only=True)
class Lack:
    """What a service cannot do: the words of a request that ask for it, and what is then said."""

    words: tuple[Phrase, ...]
    says: str


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its technologies' ids, its plans, what it is worth paying more for, its catch.

    `worth` follows "unless": a condition under which it is taken though it costs more. `catch` is
    what one has to live with, and `saves` what cuts its bill. `closed` says that newcomers cannot
    have it, and since when; `own` is whether it runs on servers that the person keeps in order, and
    `yours` whether it is a part of what the person runs already.
    `lacks` is what rules it out where it is asked for, `only` are words without which nobody wants
    it, and `offered` is whether it is told to those who did not name it.
    """

    id: str
    name: str
    of: frozenset[str]
    plans: tuple[ServicePlan, ...]
    worth: str
    catch: str
    saves: str
    closed: str
    own: bool
    yours: bool
    lacks: tuple[Lack, ...]
    only: tuple[Phrase, ...]
    offered: bool
    family: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Sum:
    """A sum of told quantities, shown where all of `of` were told; `says` names quantities."""

    of: frozenset[str]
    says: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job of a back end: what it is, its quantities in order, the services that do it.

    `does` is told behind "to" ("send mail"); `main` is the quantity without which nothing is said.
    `grows` are the quantities that grow with the business, `also` those told beside the main one.
    `left_out` says what no bill here holds. `about` are words of which one says that it is this
    job, where its services do others too, and `apart` are words that say it is another. `sums` show
    how the load follows from what was told.
    """

    id: str
    does: str
    main: str
    grows: tuple[str, ...]
    also: frozenset[str]
    quantities: tuple[Quantity, ...]
    services: tuple[Service, ...]
    left_out: str
    about: tuple[Phrase, ...]
    apart: tuple[Phrase, ...]
    sums: tuple[Sum, ...] = ()

    @property
    def unit(self) -> str:
        """What the main quantity is told in ("emails a month")."""
        return next(q.says for q in self.quantities if q.name == self.main)


def jobs_of(technologies: frozenset[str]) -> Iterator[Job]:
    """The jobs of which one of these technologies has a service."""
    for file in _files():
        with file.open(encoding="utf-8") as lines:
            first = lines.readline()
        if technologies & _named(first, file.name):
            yield job(file.name.removesuffix(".yaml"))


def _named(first: str, name: str) -> frozenset[str]:
    if not (first.startswith(_FIRST) and first.rstrip().endswith("]")):
        raise ValueError(f"{name}: its first line is not {_FIRST}...]")
    return frozenset(first.strip().removeprefix(_FIRST).removesuffix("]").split(", "))


def _files() -> Iterator[Traversable]:
    folder = resources.files("blueproof.facts") / "services"
    yield from sorted(
        (f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name
    )


def job_names() -> tuple[str, ...]:
    """The jobs that there are."""
    return tuple(file.name.removesuffix(".yaml") for file in _files())


def raw_prices() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The price facts of all jobs as they are written."""
    for name in job_names():
        yield from _raw(name)[PRICES].items()


@cache
def _raw(name: str) -> dict[str, Any]:
    text = (resources.files("blueproof.facts") / "services" / f"{name}.yaml").read_text("utf-8")
    raw: dict[str, Any] = LOADER(text).get_single_data()
    return raw


@cache
def job(name: str) -> Job:
    """The job of that name; ValueError where its file breaks the form."""
    raw = _raw(name)
    try:
        return Job(
            id=name,
            does=raw["does"],
            main=raw["main"],
            grows=tuple(raw.get("grows", (raw["main"],))),
            also=frozenset(raw.get("also", ())),
            quantities=tuple(_quantity(n, q) for n, q in raw["quantities"].items()),
            services=tuple(_service(n, s) for n, s in raw["services"].items()),
            left_out=raw["left_out"],
            about=_phrases(raw.get("about")),
            apart=_phrases(raw.get("apart")),
            sums=tuple(
                Sum(of=frozenset(each["of"]), says=each["says"]) for each in raw.get("sums", ())
            ),
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"services/{name}.yaml: {error!r}") from error


def _quantity(name: str, raw: dict[str, Any]) -> Quantity:
    return Quantity(
        name=name,
        says=raw.get("says", ""),
        readings=tuple(_reading(each) for each in raw.get("read", ())),
        formulas=tuple(raw.get("else", ())),
        assumed=str(raw.get("assume", "")),
        why=raw.get("why", ""),
        spoken=tuple(
            Spoken(words=_phrases(each["words"]), value=str(each["value"]), why=each["why"])
            for each in raw.get("spoken", ())
        ),
    )


def _reading(raw: dict[str, Any]) -> Reading:
    return Reading(
        metrics=frozenset(raw.get("metrics", ())),
        units=frozenset(raw.get("units", ())),
        per=raw.get("per", ""),
        told=frozenset(raw.get("told", ())),
        near=_phrases(raw.get("near")),
        apart=_phrases(raw.get("not")),
    )


def _service(name: str, raw: dict[str, Any]) -> Service:
    return Service(
        id=name,
        name=raw["name"],
        of=frozenset(raw["of"]),
        plans=tuple(_plan(each) for each in raw["plans"]),
        worth=raw.get("worth", ""),
        catch=raw.get("catch", ""),
        saves=raw.get("saves", ""),
        closed=raw.get("closed", ""),
        own=raw.get("own", False),
        yours=raw.get("yours", False),
        lacks=tuple(
            Lack(words=_phrases(each["words"]), says=each["says"]) for each in raw.get("lacks", ())
        ),
        only=_phrases(raw.get("only")),
        offered=raw.get("offered", True),
        family=raw.get("family", ""),
        source=raw["source"],
    )


def _plan(raw: dict[str, Any]) -> ServicePlan:
    return ServicePlan(
        name=raw.get("name", ""),
        lines=tuple(_metered(each) for each in raw["lines"]),
        limits=tuple(Held(**each) for each in raw.get("limits", ())),
    )


def _metered(raw: dict[str, Any]) -> Metered:
    price = raw["price"]
    return Metered(
        item=raw["item"],
        quantity=str(raw["quantity"]),
        unit=raw["unit"],
        price=((0, price),) if isinstance(price, str) else tuple((n, p) for n, p in price),
        included=raw.get("included", ""),
        per=raw.get("per", 1),
        billed=raw.get("billed", ""),
        whole=raw.get("whole", False),
    )


def _phrases(raw: Any) -> tuple[Phrase, ...]:
    return tuple(phrase(str(each)) for each in raw or ())
