"""Whether a request tells a bill of a metered product that can be worked out, and which meter."""

import re
from collections.abc import Mapping
from decimal import Decimal

from blueproof.advisors.fits.figures import sentence_at
from blueproof.advisors.metered.may import may_tell
from blueproof.advisors.metered.paid import Paid, paid_in
from blueproof.advisors.metered.reckoning import Reckoned
from blueproof.advisors.metered.told import Told, told_of
from blueproof.advisors.premises.figures import is_period, per_period
from blueproof.advisors.services.owning import compared
from blueproof.core.brief import Brief, Fact
from blueproof.costs.formula import names_in, worked_out
from blueproof.decide.reading import needs_of
from blueproof.facts.measured import holds
from blueproof.facts.meters import Meter, meters_of

_GIGA = {"KB": Decimal("1e-6"), "MB": Decimal("1e-3"), "GB": Decimal(1), "TB": Decimal(1000),
         "PB": Decimal(10**6)}  # fmt: skip
_OPERATIONS = frozenset({"operation", "op", "unit"})
_NOT_YET = frozenset({"option", "target"})  # where one may go sends no bill
_NEAR = 32  # characters before a figure that hold its label
_VARIABLE = "@"  # before a quantity that is one of the figures by name
_WEIGHT_TOLD, _WEIGHT_SAID, _WEIGHT_DEFAULT, _WEIGHT_SUBJECT = 8, 2, 1, 12


def metered(brief: Brief) -> Reckoned | None:
    """The bill worked out; None where none is told, or nothing can be said of its quantity."""
    if not may_tell(brief):
        return None
    paid = paid_in(brief)
    if paid is None:
        return None
    subject = _subject(brief, paid)
    found = [m for m in meters_of(_named(brief)) if subject in m.of or _runs(brief, m)]
    if not found or _chooses(brief, found):
        return None
    told = told_of(brief)
    paying = [m for m in found if subject in m.of or _is_in_use(brief, m)]
    if not paying:
        return None
    rated = [(_weight(brief, each, paid, told, subject), each) for each in paying]
    weight, meter = max(rated, key=lambda pair: (_fits(brief, pair, paid, told), pair[0]))
    if not weight or not (paid.surely or subject in meter.of):
        return None
    made = _reckoned(brief, meter, paid, told)
    return made if made.metered > 0 and (made.steps or not made.agrees) else None


def _reckoned(brief: Brief, meter: Meter, paid: Paid, told: Mapping[str, Told]) -> Reckoned:
    stated = _stated(brief, meter, told)
    return Reckoned(request=brief.request, meter=meter, paid=paid, told=told, stated=stated)


def _fits(brief: Brief, rated: tuple[int, Meter], paid: Paid, told: Mapping[str, Told]) -> bool:
    """Whether the quantity that is told of this meter makes the bill, at the prices listed."""
    made = _reckoned(brief, rated[1], paid, told) if rated[0] else None
    return made is not None and made.stated is not None and made.metered > 0 and made.agrees


def _subject(brief: Brief, paid: Paid) -> str:
    """The technology that the sum is said of: the last before it in its sentence, else the next."""
    begin, end = sentence_at(brief.request, paid.at)
    named = [
        (f.span[0], str(f.value)) for f in brief.facts
        if f.key == "technology" and f.span and begin <= f.span[0] < end
    ]  # fmt: skip
    earlier = (
        (f.span[0], str(f.value)) for f in brief.facts
        if f.key == "technology" and f.span and f.span[0] < begin
    )  # fmt: skip
    before = max((each for each in named if each[0] < paid.at), default=None)
    before = before or max(earlier, default=None)
    after = min((each for each in named if each[0] > paid.at), default=None)
    return (before or after or (0, ""))[1]


def _named(brief: Brief) -> frozenset[str]:
    return frozenset(str(f.value) for f in brief.facts if f.key == "technology")


def _runs(brief: Brief, meter: Meter) -> bool:
    """Whether the product runs already, so that its bill is one that comes."""
    roles = [f.role for f in brief.facts if f.key == "technology" and f.value in meter.of]
    return any(role != "option" for role in roles)


def _is_in_use(brief: Brief, meter: Meter) -> bool:
    """Whether it is more than a place to go to, which sends no bill yet."""
    roles = [f.role for f in brief.facts if f.key == "technology" and f.value in meter.of]
    return any(role not in _NOT_YET for role in roles)


def _chooses(brief: Brief, found: list[Meter]) -> bool:
    """Whether back ends or services are put beside it by name, which is a comparison of those."""
    ours = frozenset[str]().union(*(m.of for m in found))
    if set(needs_of(brief).options) - ours:
        return True
    comparison = compared(brief)
    return comparison is not None and any(not s.of & ours for s in comparison.named)


def _weight(brief: Brief, meter: Meter, paid: Paid, told: Mapping[str, Told], subject: str) -> int:
    """How much the words say that the bill is of this meter; 0 where nothing does."""
    said = holds(meter.words, paid.sentence) * 2 + holds(meter.words, brief.request)
    weight = _WEIGHT_TOLD * bool(_stated(brief, meter, told)) + _WEIGHT_SAID * said
    weight += _WEIGHT_DEFAULT * bool(meter.default & _named(brief))
    return weight + _WEIGHT_SUBJECT * (subject in meter.of) if weight else 0


def _stated(brief: Brief, meter: Meter, told: Mapping[str, Told]) -> Told | None:
    """The quantity as the words tell it, a month; None where they do not."""
    if meter.formula and names_in(meter.formula) <= set(told):
        value = worked_out(meter.formula, {name: each.value for name, each in told.items()})
        return Told(value=value, noun=meter.one, quote="")
    for unit in meter.told:
        by_name = unit.startswith(_VARIABLE) and unit[1:] in told
        if by_name and (meter.default & _named(brief) or holds(meter.words, brief.request)):
            return told[unit[1:]]
    facts = (f for f in brief.facts if _tells(brief, f, meter))
    return max((_as_told(each) for each in facts), key=lambda t: t.value, default=None)


def _tells(brief: Brief, fact: Fact, meter: Meter) -> bool:
    unit, _, per = fact.unit.partition(" per ")
    if fact.key == "rate" or isinstance(fact.value, str) or not fact.span:
        return False
    labelled = unit in _OPERATIONS and _is_labelled(brief.request[: fact.span[0]], meter)
    if unit not in meter.told and not labelled:
        return False
    if fact.role in {"price", "limit"} or (per and not is_period(per)):
        return False
    begin, end = sentence_at(brief.request, fact.span[0])
    return not meter.near or holds(meter.near, brief.request[begin:end])


def _is_labelled(before: str, meter: Meter) -> bool:
    """Whether a figure stands behind the meter's own word: "Read Ops 1.72 billion"."""
    nouns = "|".join(map(re.escape, (each for each in meter.told if each[0] != _VARIABLE)))
    label = rf"\b(?:{nouns})s?(?: (?:ops|operations|units|requests))?\W{{0,4}}$"
    return bool(nouns) and bool(re.search(label, before[-_NEAR:], re.IGNORECASE))


def _as_told(fact: Fact) -> Told:
    unit, _, per = fact.unit.partition(" per ")
    value = Decimal(str(fact.value))
    if unit in _GIGA:
        value, unit = value * _GIGA[unit], "GB"
    return Told(
        value=per_period(value, per, "month") if per else value, noun=unit, quote=fact.quote
    )
