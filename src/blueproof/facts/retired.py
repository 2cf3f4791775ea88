"""What its maker has ended, and when: versions, services, tools and actions that others still use.

Advice must not rest on them, and what a person has of them is worth a word.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from blueproof.core.evidence import Citation, Confidence
from blueproof.facts.load import LOADER

Kind = Literal[
    "service",
    "system",
    "tool",
    "package",
    "node",
    "python",
    "django",
    "postgresql",
    "lambda-runtime",
    "terraform-version",
    "setting",
    "action",
    "command",
]
_CONFIDENCES = frozenset(get_args(Confidence))
_KINDS = frozenset(get_args(Kind))
_LTS_STEP = 2  # even lines of Node.js become LTS


@dataclass(frozen=True, kw_only=True)
class Retirement:
    """The end of one thing: its last day, or the day from which new customers are refused.

    `name` is what a file calls it (a resource's prefix, a package, an action). `version` is a
    line, such as 20 or 1.11, and stands for all below it; without one every version is meant.
    """

    id: str
    what: Kind
    name: str
    version: str
    ends: date
    instead: str
    source: str
    checked: date
    confidence: Confidence

    def __post_init__(self) -> None:
        if self.what not in _KINDS:
            raise ValueError(f"{self.what} is no kind of thing that ends")
        if self.confidence not in _CONFIDENCES:
            raise ValueError(f"{self.confidence} is no confidence")
        if type(self.ends) is not date or type(self.checked) is not date:
            raise TypeError("ends and checked are days")
        if not isinstance(self.version, str):
            raise TypeError("the version is text: 1.10 is no number")

    @property
    def citation(self) -> Citation:
        """The end as evidence."""
        named = f"{self.name} {self.version}".rstrip()
        return Citation(url=self.source, checked=self.checked, says=f"{named} ends on {self.ends}")

    def covers(self, version: str) -> bool:
        """Whether the version is the retired one, or below it, as 1.11.4 is below 1.11."""
        told = version.removeprefix("v")
        return not self.version or told == self.version or told.startswith(f"{self.version}.")


@cache
def retirements() -> tuple[Retirement, ...]:
    """All retirements, in the order of the file; ValueError where it breaks the form."""
    file = resources.files("blueproof.facts") / "retirements" / "retirements.yaml"
    raw = LOADER(file.read_text(encoding="utf-8")).get_single_data()
    return tuple(_retirement(name, told) for name, told in raw.items())


def ended(what: str, name: str, version: str, on: date) -> Retirement | None:
    """The retirement of exactly this, if it has come by the day.

    An empty `version` is one that is not known: it meets only what ended in every version.
    """
    return next(
        (
            known
            for known in retirements()
            if (known.what, known.name) == (what, name.lower())
            and known.covers(version)
            and known.ends <= on
        ),
        None,
    )


def newest_alive(what: str, name: str, on: date) -> str:
    """The newest version on record that lives more than a year from the day.

    LookupError where there is none: the record is then too old to choose from.
    """
    alive = [
        int(known.version)
        for known in retirements()
        if (known.what, known.name) == (what, name)
        and _outlives_a_year(known.ends, on)
        and (what != "node" or int(known.version) % _LTS_STEP == 0)
    ]
    if not alive:
        raise LookupError(f"no version of {name} on record lives a year from {on}")
    return str(max(alive))


def _outlives_a_year(ends: date, on: date) -> bool:
    # Compared by parts, for 29 February has no day a year later.
    return (ends.year - 1, ends.month, ends.day) > (on.year, on.month, on.day)


def _retirement(name: str, raw: dict[str, Any]) -> Retirement:
    try:
        return Retirement(id=name, **raw)
    except (TypeError, ValueError) as error:
        raise ValueError(f"retirement {name}: {error}") from error
