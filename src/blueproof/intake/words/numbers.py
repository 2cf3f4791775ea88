"""The figures of a request: what each one counts, how much it is, and what it tells of."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from blueproof.intake.words.amounts import STARTERS, Amount, read_amount
from blueproof.intake.words.money import currency_before
from blueproof.intake.words.number_code import visible
from blueproof.intake.words.number_crowds import crowd_after
from blueproof.intake.words.number_cues import Role, surroundings
from blueproof.intake.words.number_exclusions import excluded
from blueproof.intake.words.number_labels import label_after, label_before
from blueproof.intake.words.number_nouns import IDLE
from blueproof.intake.words.number_tokens import Tokens, at, lower_at, tokenize
from blueproof.intake.words.number_units import Phrase, per_at, read_phrase
from blueproof.intake.words.roles import goes_on_capped, metric_of, names_limit, role_of

_ABOUT = frozenset("~ ≈ about around approximately approx roughly nearly almost circa ca".split())
_OFTEN = {"once": Decimal(1), "twice": Decimal(2), "thrice": Decimal(3)}
_JOINING = frozenset({"to", "or", "and", "->", "→", "/", "vs", "versus"})  # of two of the same
_LISTING = _JOINING | {",", "even"}
_MOST_BORROWED = 4  # figures of a list before the one with the unit
_RESTATING = frozenset({"time", "data"})
_MOST_JOINING = 2  # tokens between them
_BEGINNINGS = STARTERS | frozenset(_OFTEN) | {"between"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A figure as the text has it: its value and bounds, its unit and "per", and its role.

    `value` is the upper end of a range. `metric` is "" where none is known; `quote` is the text
    at `span`.
    """

    value: Decimal
    low: Decimal
    high: Decimal
    approximate: bool
    unit: str
    per: str
    role: Role
    metric: str
    span: tuple[int, int]
    quote: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Figure:
    """A figure on its way: the tokens it spans, how much it is, and what it counts."""

    first: int
    amount: Amount
    phrase: Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sense:
    """What a figure tells of."""

    unit: str
    role: Role
    metric: str


_LOAD = _Sense(unit="", role="load", metric="")
_FREQUENCY = _Sense(unit="time", role="load", metric="frequency")


def read_numbers(text: str) -> tuple[Number, ...]:
    """The figures of the text in order; those of code, versions, dates and codes are none."""
    return tuple(_numbers(text, tokenize(visible(text))))


def _numbers(text: str, tokens: Tokens) -> Iterator[Number]:
    index = 0
    before: tuple[_Figure, _Sense] | None = None
    while index < len(tokens):
        figure = _figure(tokens, index, floor=before[0].phrase.after if before else 0)
        if figure is None or excluded(tokens, figure.first, figure.amount, figure.phrase):
            index = max(index + 1, figure.amount.after if figure else 0)
            continue
        figure = _own_part(tokens, figure, before)
        sense = _sense(tokens, figure, before)
        if sense is not None:
            before = (figure, sense)
            yield _number(text, tokens, figure, sense)
        index = max(index + 1, figure.phrase.after if sense else figure.amount.after)


def _figure(tokens: Tokens, index: int, *, floor: int) -> _Figure | None:
    token = tokens[index]
    if token.kind != "figure" and token.lower not in _BEGINNINGS:
        return None
    if token.lower in _OFTEN:
        return _often(tokens, index)
    amount = read_amount(tokens, index)
    if amount is None:
        return None
    currency, first = currency_before(tokens, index + (token.lower == "between"))
    if first < floor:  # the sign belongs to the figure before
        currency, first = "", index
    phrase = read_phrase(tokens, amount, currency=currency)
    if phrase is None:
        return None
    return _Figure(first=min(first, index), amount=amount, phrase=phrase)


def _often(tokens: Tokens, index: int) -> _Figure | None:
    """How often: "twice a day"."""
    per = per_at(tokens, index + 1, near=True)
    if per is None:
        return None
    value = _OFTEN[tokens[index].lower]
    return _Figure(
        first=index,
        amount=Amount(value=value, low=value, after=per[1]),
        phrase=Phrase(noun=None, name=_FREQUENCY.unit, after=per[1], per=per[0]),
    )


def _sense(tokens: Tokens, figure: _Figure, before: tuple[_Figure, _Sense] | None) -> _Sense | None:
    """What the figure tells of; None if nothing says so."""
    if lower_at(tokens, figure.first) in _OFTEN:
        around = surroundings(tokens, figure.first, figure.phrase.after, floor=0)
        return replace(_FREQUENCY, role="limit" if names_limit(around) else "load")
    if _priced(tokens, figure, before):
        return None
    phrase = figure.phrase
    if not phrase.name:
        phrase = _borrowed(tokens, figure) or phrase
    if not phrase.name:
        return _unnamed(tokens, figure)
    if phrase.noun is None and phrase.name in IDLE:
        return None
    around = surroundings(
        tokens, figure.first, figure.phrase.after, floor=before[0].phrase.after if before else 0
    )
    role = _joined_role(tokens, figure, before) or role_of(
        phrase,
        around,
        told=before[1].role if before and _both_times(before[0].phrase, phrase) else None,
    )
    if _capped_too(tokens, figure, before) and goes_on_capped(role, around):
        role = "limit"
    return _Sense(unit=phrase.name, role=role, metric=metric_of(phrase, role, around))


def _capped_too(tokens: Tokens, figure: _Figure, before: tuple[_Figure, _Sense] | None) -> bool:
    """Whether it is joined to a limit: "allows 50,000 users and 2 million messages a month"."""
    if before is None or before[1].role != "limit":
        return False
    between = tuple(lower_at(tokens, i) for i in range(before[0].phrase.after, figure.first))
    return between in {("and",), (",",), ("with",), (",", "and")}


def _priced(tokens: Tokens, figure: _Figure, before: tuple[_Figure, _Sense] | None) -> bool:
    """Whether it is what a price is for: "$0.60 per 1 million reads"."""
    if before is None or before[1].role != "price":
        return False
    gap = range(before[0].phrase.after, figure.first)
    return 0 < len(gap) <= _MOST_JOINING and lower_at(tokens, gap[-1]) in {
        "per",
        "every",
        "/",
        "each",
    }


def _borrowed(tokens: Tokens, figure: _Figure) -> Phrase | None:
    """The unit of the figure after it, as in "from 100 to 5000 users", not "6 per page, 4 MB"."""
    if figure.phrase.per:
        return None
    for _ in range(_MOST_BORROWED):
        place = figure.phrase.after
        while lower_at(tokens, place) in _LISTING and place - figure.phrase.after < _MOST_JOINING:
            place += 1
        if place == figure.phrase.after or at(tokens, place).kind != "figure":
            return None
        other = _figure(tokens, place, floor=place)
        if other is None or other.phrase.name:
            return other.phrase if other else None
        figure = other
    return None


def _unnamed(tokens: Tokens, figure: _Figure) -> _Sense | None:
    if not figure.phrase.per and (crowd := crowd_after(tokens, figure.first, figure.phrase.after)):
        return _Sense(unit=crowd.noun, role="load", metric="concurrent-users")
    label = label_before(tokens, figure.first) or label_after(tokens, figure.phrase.after)
    if label is not None:
        return _Sense(unit=label.name, role=label.role, metric=label.metric)
    return _LOAD if figure.phrase.per or figure.amount.scale > 1 else None


def _joined_role(
    tokens: Tokens, figure: _Figure, before: tuple[_Figure, _Sense] | None
) -> Role | None:
    """The role of the figure right before it, as in "went from 200ms to 5s"."""
    if before is None or not figure.phrase.noun:
        return None
    gap = range(before[0].phrase.after, figure.first)
    if [lower_at(tokens, i) for i in gap] == ["("] and figure.phrase.noun.kind in _RESTATING:
        return before[1].role  # set to 43200 (12 hours)
    if not before[0].phrase.noun:
        return None
    joined = any(lower_at(tokens, i) in _JOINING for i in gap) and len(gap) <= _MOST_JOINING
    same = before[0].phrase.noun.metric == figure.phrase.noun.metric
    return before[1].role if joined and same else None


def _both_times(first: Phrase, second: Phrase) -> bool:
    kinds = {p.noun.kind if p.noun else "" for p in (first, second)}
    return kinds == {"time"}


def _own_part(tokens: Tokens, figure: _Figure, before: tuple[_Figure, _Sense] | None) -> _Figure:
    """The figure without a "per" that is not its own, as in "3 photos of 4 MB a week"."""
    place, phrase = figure.first - 1, figure.phrase
    if before is None or before[0].phrase.after != place or lower_at(tokens, place) != "of":
        return figure
    return replace(figure, phrase=replace(phrase, per="", after=phrase.noun_after or phrase.after))


def _number(text: str, tokens: Tokens, figure: _Figure, sense: _Sense) -> Number:
    amount, phrase, first = figure.amount, figure.phrase, figure.first
    about = lower_at(tokens, first - 1)
    if about in {"~", "≈"} and at(tokens, first).glued:
        first -= 1
    span = (tokens[first].start, tokens[phrase.after - 1].end)
    return Number(
        value=_plain(amount.value),
        low=_plain(amount.low),
        high=_plain(amount.value),
        approximate=amount.approximate or phrase.or_more or about in _ABOUT,
        unit=sense.unit,
        per=phrase.per,
        role=sense.role,
        metric=sense.metric,
        span=span,
        quote=text[slice(*span)],
    )


def _plain(value: Decimal) -> Decimal:
    """The value without an exponent, and without zeros after the point."""
    return Decimal(int(value)) if value == int(value) else value.normalize()
