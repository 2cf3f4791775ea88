"""What the model of a host program read in the request, held against the request and the rules.

A fact needs a quote that is in the request. What the rules read wins; a reading that differs is put
to the person as a question. A host tells what the words say, and never what to choose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.core.brief import Brief, Fact
from blueproof.core.errors import UsageError
from blueproof.core.question import Question
from blueproof.decide.dimensions import BY_ID
from blueproof.decide.reading import needs_of
from blueproof.intake.answers import with_answers
from blueproof.intake.database import ROWS
from blueproof.intake.words.lexicon import data
from blueproof.intake.words.numbers import Number, read_numbers
from blueproof.intake.words.technologies import technology
from blueproof.intake.words.thousands import with_commas

_LISTS = {
    "feature": "features.txt",
    "problem": "problems.txt",
    "constraint": "constraints.txt",
}
_SCALE = "scale."
_METRIC = re.compile(r"scale\.(?:rows\.\w[\w.]{0,125}|[a-z][a-z0-9-]{0,60})")
_PLAIN = re.compile(r"([0-9][0-9_,]*(?:\.[0-9]+)?)\s*([kKmMbB]?)")
_COUNTING = re.compile(  # what says a figure, or a measure of time, that stays to be read
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|few|couple|dozens?|hundreds?"
    r"|thousands?|millions?|billions?|half|zero|free|nothing|single|solo|alone|day|week|weekend"
    r"|month|year|quarter|tomorrow|today)\b",
    re.IGNORECASE,
)
_POWERS = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}
_MOST = 1e12
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_CHANGES = "the figures and the choice that rest on it"


@dataclass(frozen=True, kw_only=True)
class HostFact:
    """One fact that a host read: its key, its value, and the words of the request it rests on."""

    key: str
    value: str
    quote: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A fact of the host that was not taken, and why; with a question where the person decides."""

    fact: HostFact
    reason: str
    question: Question | None = None


class _RefusedError(Exception):
    """A fact cannot be taken; the message says why."""


def with_host_facts(brief: Brief, facts: tuple[HostFact, ...]) -> tuple[Brief, tuple[Refusal, ...]]:
    """The brief with what the host read beyond the rules, and what was refused."""
    refusals: list[Refusal] = []
    for told in facts:
        try:
            fact = _checked(brief, told)
        except _RefusedError as refused:
            refusals.append(Refusal(fact=told, reason=str(refused)))
            continue
        differing = _difference(brief, fact, told)
        if differing:
            refusals.append(differing)
        elif not _is_known(brief, fact):
            brief = replace(brief, facts=(*brief.facts, fact))
    return brief, tuple(refusals)


def stated(key: str, value: str) -> Fact:
    """What the person answered on a scale or the deadline; UsageError where it is no figure."""
    try:
        return Fact(key=key, value=_figure(key, value), unit=_unit(key), source="stated")
    except _RefusedError as refused:
        raise UsageError(str(refused)) from None


def is_figure(key: str) -> bool:
    """Whether the key is one that `stated` reads."""
    return key == "deadline" or bool(_METRIC.fullmatch(key))


def _checked(brief: Brief, told: HostFact) -> Fact:
    """The fact with its quote as it stands in the request; refused where either is not sound."""
    value = _value(told.key, told.value.strip())
    span = _span(brief.request, told.quote)
    quote = brief.request[slice(*span)]
    _hold_against(told.key, value, quote)
    return Fact(
        key=told.key,
        value=value,
        unit=_unit(told.key),
        role="mentioned" if told.key == "technology" else "",
        source="inferred",
        quote=quote,
        span=span,
    )


def _value(key: str, written: str) -> float | str:
    """The value in our own spelling; refused where the key or the value is none of ours."""
    if key in BY_ID:
        return _of_dimension(key, written)
    if key in _LISTS:
        return _listed(key, written)
    if key == "technology":
        known = technology(written)
        if known is None:
            raise _RefusedError(f"technology {written!r} is not known: pass the name as written")
        return known.id
    if is_figure(key):
        return _figure(key, written)
    raise _RefusedError(
        f"{key!r} is no fact of a request: allowed are technology, {', '.join(_LISTS)}, "
        f"scale.<metric>, deadline, {', '.join(BY_ID)}; the choice is made here"
    )


def _of_dimension(key: str, written: str) -> str:
    try:
        fact = with_answers(Brief(request=""), (f"{key}={written}",)).facts[0]
    except UsageError as error:
        raise _RefusedError(str(error)) from None
    return str(fact.value)


def _listed(key: str, written: str) -> str:
    known = data(_LISTS[key])
    name = "-".join(written.lower().replace("_", " ").split())
    if name not in known:
        raise _RefusedError(f"{key} {written!r} is not known: there is {', '.join(sorted(known))}")
    return name


def _figure(key: str, written: str) -> float:
    plain = _PLAIN.fullmatch(written.strip())
    if key == "deadline" and not plain:
        return _days(written)
    number = float(plain[1].replace(",", "").replace("_", "")) if plain else -1.0
    number *= _POWERS[plain[2].lower()] if plain else 1
    if not 0 < number <= _MOST:
        example = '"6 weeks" or a number of days' if key == "deadline" else "50000, 50k or 1.5M"
        raise _RefusedError(f"{key}={written}: write {example}")
    return number


def _days(written: str) -> float:
    spans = [float(n.value) * _DAYS[n.unit] for n in read_numbers(written) if n.unit in _DAYS]
    if len(spans) != 1 or not 0 < spans[0] <= _MOST:
        raise _RefusedError(f'deadline={written}: write "6 weeks" or a number of days')
    return spans[0]


def _unit(key: str) -> str:
    if key == "deadline":
        return "days"
    if key.startswith(ROWS):
        return "rows"
    return key.removeprefix(_SCALE).replace("-", " ") if key.startswith(_SCALE) else ""


def _span(request: str, quote: str) -> tuple[int, int]:
    """Where the quote stands in the request as whole words, white space aside."""
    words = with_commas(quote).split()  # as the request was read
    if not words:
        raise _RefusedError("no quote: pass the words of the request that say it")
    left = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
    right = r"(?!\w)" if re.search(r"\w$", words[-1]) else ""
    found = re.search(left + r"\s+".join(re.escape(word) for word in words) + right, request)
    if found is None:
        raise _RefusedError(f'the quote "{quote}" is not in the request: pass its words literally')
    return found.span()


def _hold_against(key: str, value: float | str, quote: str) -> None:
    """A figure must be the one that its quote says, where the quote says one."""
    counts = is_figure(key) or (key in BY_ID and BY_ID[key].is_number and value != "any")
    said = read_numbers(quote) if counts else ()
    if counts and not said and not _COUNTING.search(quote):
        raise _RefusedError(f'{key}={value} is in no words of "{quote}": quote the figure')
    if said and not any(_says(number, key, float(value)) for number in said):
        figures = ", ".join(f"{float(n.value):,g} {n.unit}".rstrip() for n in said)
        raise _RefusedError(
            f"{key}={value} is not what its quote says ({figures}): pass the figure as it stands"
        )


def _says(number: Number, key: str, value: float) -> bool:
    times = _DAYS.get(number.unit, 1) if key == "deadline" else 1
    return value in {float(n) * times for n in (number.value, number.low, number.high)}


def _is_known(brief: Brief, fact: Fact) -> bool:
    """Whether the brief has the fact already, under its key or as a dimension that it sets."""
    if any(f.key == fact.key and f.value == fact.value for f in brief.facts):
        return True
    if fact.key not in BY_ID and not is_figure(fact.key):
        return False
    sets, known = _dimensions(brief, fact), dict(needs_of(brief).known)
    return bool(sets) and all(name in known for name in sets)


def _dimensions(brief: Brief, fact: Fact) -> dict[str, str]:
    """The dimensions that the fact alone sets, each with its value."""
    return dict(needs_of(replace(brief, facts=(fact,))).known)


def _difference(brief: Brief, fact: Fact, told: HostFact) -> Refusal | None:
    """What the brief says otherwise: of a dimension, a scale, or that a thing is not wanted."""
    held = dict(needs_of(brief).known)
    for name, value in _dimensions(brief, fact).items():
        if name in held and not _same(held[name], value):
            return _conflict(told, name, (held[name], _quote(brief, name)), (value, fact.quote))
    same_key = [f for f in brief.facts if f.key == fact.key]
    if is_figure(fact.key) and same_key and all(f.value != fact.value for f in same_key):
        first = same_key[0]
        mine, theirs = (_written(f.value) for f in (first, fact))
        return _conflict(told, fact.key, (mine, first.quote), (theirs, fact.quote))
    negated = next((f for f in same_key if (f.value, f.role) == (fact.value, "negated")), None)
    if negated:
        reason = f'the request says that {fact.value} is not wanted: "{negated.quote}"'
        return Refusal(fact=told, reason=reason)
    return None


def _same(one: str, other: str) -> bool:
    return one == other or ("any" not in {one, other} and _number(one) == _number(other) != -1)


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"[0-9.]+(?:e\+?[0-9]+)?", text) else -1


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"


def _quote(brief: Brief, name: str) -> str:
    """The words from which the dimension was read."""
    quotes = (f.quote or f.where for f in _setting(brief, name))
    return next((quote for quote in quotes if quote), "what was handed over")


def _setting(brief: Brief, name: str) -> Iterator[Fact]:
    """The facts that set a dimension, the one that wins first."""
    for fact in sorted(brief.facts, key=lambda f: (f.key not in BY_ID, f.key != "constraint")):
        if name in _dimensions(brief, fact):
            yield fact


def _conflict(told: HostFact, key: str, mine: tuple[str, str], theirs: tuple[str, str]) -> Refusal:
    """The refusal of a second reading, with the question that the person decides."""
    both = " or ".join(f'{value} ("{quote}")' for value, quote in (mine, theirs))
    ask = (
        BY_ID[key].ask if key in BY_ID else f"Which figure for {key.removeprefix(_SCALE)} is right?"
    )
    question = Question(
        id=key,
        ask=f"{ask} Two readings: {both}?",
        why=f"the two readings differ; {mine[0]} holds until you answer",
        key=key,
        options=(mine[0], theirs[0]),
        default=mine[0],
        changes=(_CHANGES,),
    )
    reason = f"{key} was read as {both}: the first holds until the person answers"
    return Refusal(fact=told, reason=reason, question=question)
