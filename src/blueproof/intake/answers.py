"""Answers to open questions, and values set by name: `offline=yes`, `users=50k`, `orders=12M`."""

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from blueproof.core.brief import Brief, Fact
from blueproof.core.errors import UsageError
from blueproof.decide.dimensions import BY_ID, Dimension

_NUMBER = re.compile(r"^[~$€]?\s*([\d.,_ ]*\d)\s*([kKmMbB]|mio|thousand|million)?\b.*$")
_POWERS = {"k": 3, "thousand": 3, "m": 6, "mio": 6, "million": 6, "b": 9}
_MOST = 10**10
_REQUESTS = "scale.requests"
_DATABASES = {"postgresql", "amazon-dynamodb", "no-database"}
_YES = {"y", "yes", "true", "1", "must", "on"}
_NO = {"n", "no", "false", "0", "none", "off"}


def with_answers(brief: Brief, answers: tuple[str, ...]) -> Brief:
    """The brief with these values set; they take the place of whatever was known before."""
    new = tuple(_fact(answer) for answer in answers)
    keys = {fact.key for fact in new} - {"technology"}
    kept = tuple(f for f in brief.facts if f.key not in keys and not _replaced(f, new))
    return replace(brief, facts=(*kept, *new))


def _replaced(old: Fact, new: tuple[Fact, ...]) -> bool:
    """Whether another database takes its place."""
    return old.value in _DATABASES and any(f.value in _DATABASES for f in new)


def _fact(answer: str) -> Fact:
    name, sign, value = answer.partition("=")
    name, value = name.strip(), value.strip()
    if not sign or not name or not value:
        raise UsageError(f"{answer!r} is no answer: write 1=yes, users=50k or orders=12M")
    if name == "sizes":
        users = BY_ID["users"]
        sizes = [_number(users, part.strip()) for part in value.split(";" if ";" in value else ",")]
        return Fact(key="sizes", value=",".join(sorted(set(sizes), key=float)), source="stated")
    if name == "requests":
        return Fact(key=_REQUESTS, value=_count(value), unit="request per month", role="load")
    if name == "database":
        return Fact(key="technology", value=_database(value), role="current")
    if name in BY_ID or name.startswith(("model.", "query.")):
        known = BY_ID.get(name)
        return Fact(key=name, value=_value(known, value) if known else value, source="stated")
    from blueproof.intake.database import ROWS, stated_rows  # only row counts need the SQL reader

    if name.startswith(ROWS):
        return stated_rows((f"{name.removeprefix(ROWS)}={value}",))[0]
    return stated_rows((answer,))[0]


def _count(value: str) -> float:
    """A count of requests; UsageError where it is none."""
    found = _read_number(value)
    if not 1 <= found <= _MOST:
        raise UsageError(f"requests={value}: it must be a number of requests a month")
    return float(found)


def _database(value: str) -> str:
    """The technology that stands for a kind of database."""
    known = {"postgresql": "postgresql", "postgres": "postgresql", "dynamodb": "amazon-dynamodb",
             "none": "no-database"}  # fmt: skip
    if value.lower() not in known:
        raise UsageError(f"database={value}: it may be postgresql, dynamodb, none")
    return known[value.lower()]


def _value(dimension: Dimension, value: str) -> str:
    """The value in the dimension's own spelling; UsageError where it has none such."""
    lower = value.lower()
    if lower in dimension.values:
        return lower
    if set(dimension.values) == {"no", "yes"} and lower in _YES | _NO:
        return "yes" if lower in _YES else "no"
    if dimension.is_number:
        return _number(dimension, value)
    known = ", ".join(dimension.values)
    raise UsageError(f"{dimension.id}={value}: it may be {known}")


def _read_number(value: str) -> Decimal:
    """A number as people write it; -1 where it is none."""
    found = _NUMBER.match(value)
    try:
        digits = found[1].replace(",", "").replace("_", "").replace(" ", "") if found else "?"
        power = _POWERS[(found[2] or "").lower()] if found and found[2] else 0
        return Decimal(digits).scaleb(power)
    except (InvalidOperation, KeyError):
        return Decimal(-1)


def _number(dimension: Dimension, value: str) -> str:
    number = _read_number(value)
    least = 0 if dimension.id == "budget" else 1
    if not least <= number <= _MOST:
        raise UsageError(f"{dimension.id}={value}: it must be a number of {dimension.unit}")
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
