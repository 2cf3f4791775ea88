"""The answer to a bill: the line to cut first, the steps by what they save, what is unknown."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from blueproof.advisors.bill.aims import aim_of, course
from blueproof.advisors.bill.commitments import (
    is_compute,
    is_database,
    of_database,
    recommended,
    weighed,
    weighed_database,
)
from blueproof.advisors.bill.items import Item, Part, joined, part_name, ranked, with_unusual
from blueproof.advisors.bill.matching import Line, lines_of
from blueproof.advisors.bill.ratios import number, unusual_in
from blueproof.advisors.bill.surroundings import (
    Environment,
    environments,
    load_of,
    not_production,
)
from blueproof.advisors.bill.told import stated_total
from blueproof.core.advice import Finding, Recommendation, Step
from blueproof.core.blueprint import (
    Bar,
    Chart,
    Conclusion,
    Draft,
    Premise,
    QuestionKind,
    Unproved,
)
from blueproof.core.brief import Brief
from blueproof.core.question import Question

_MOST_STEPS, _MOST_BARS, _MOST_REST = 10, 8, 3
_HUNDREDS = 100  # of which cents tell nothing
_TWO = 2
_HARDLY = Decimal(50)  # a month: what saves less pays no hour of work, we assume
_SMALL = Decimal("0.02")  # of the bill: what is less is not worth a step
_LARGE = Decimal("0.2")  # of the bill: several charges in one that large are worth a look
_MOVING = re.compile(
    r"\b(?:mov(?:e|ing)|switch(?:ing)?|migrat\w+|leav(?:e|ing)) (?:\w+ )?(?:to|off|from|away|over)\b"
    r"|\b(?:mov(?:e|ing)|leav(?:e|ing)) (?:aws|vercel|firebase|supabase|datadog)\b",
    re.IGNORECASE,
)
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A bill as it was read: its lines, the things they come to, and the parts worth a step."""

    lines: tuple[Line, ...]
    items: tuple[Item, ...]
    worth: tuple[tuple[Item, Part], ...]
    around: Environment
    elsewhere: str  # their word for what is not production

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), start=Decimal(0))

    @property
    def currency(self) -> str:
        return self.lines[0].currency

    @property
    def saving(self) -> Decimal:
        return sum((part.saving for _, part in self.worth), start=Decimal(0))

    @property
    def assumed(self) -> Decimal:
        """Of the saving, what rests on an assumed share."""
        unsourced = (part.saving for _, part in self.worth if part.share is None)
        return sum(unsourced, start=Decimal(0))


def owns_bill(brief: Brief) -> bool:
    """Whether the request brings a bill."""
    return any(f.key == "bill" for f in brief.facts)


def advise_bill(
    brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...]
) -> tuple[Draft, Conclusion]:
    """The draft with a piece of advice for each line that we know, and its conclusion."""
    bill = _read(brief)
    draft = Draft(
        brief=brief,
        question_kind=kind,
        premises=premises,
        recommendations=(
            *(_advice(bill, *each) for each in bill.worth),
            *recommended(brief.request),
        ),
    )
    return draft, Conclusion(
        answer=" ".join(
            (
                *_aimed(brief, bill),
                *_answer(bill),
                *_held_against(brief, bill),
                *_each(brief, bill),
            )
        ),
        steps=tuple(_step(bill, *each, first=each is bill.worth[0]) for each in bill.worth),
        findings=tuple(_unknown(bill)),
        charts=(_chart(bill),) if bill.lines else (),
        open_questions=tuple(_questions(bill)),
        not_proved=(
            Unproved(
                statement="what each step saves",
                why="the most that it can take away of its line; your usage decides how much",
            ),
        ),
    )


def _read(brief: Brief) -> _Read:
    lines = lines_of(brief)
    items = with_unusual(joined(lines), unusual_in(lines, load_of(brief)))
    total = sum((line.amount for line in lines), start=Decimal(0))
    return _Read(
        lines=lines,
        items=items,
        worth=tuple(_worth(items, total))[:_MOST_STEPS],
        around=environments(brief),
        elsewhere=not_production(brief),
    )


def _worth(items: tuple[Item, ...], total: Decimal) -> Iterator[tuple[Item, Part]]:
    """The parts with a step, the items by what they may save; nothing that is small.

    Several charges in one are looked into only where they are a large part of the bill.
    """
    mixed = []
    for item, part in ranked(items):
        if part.charge is None or part.amount < total * _SMALL:
            continue
        if part.saving:
            yield item, part
        elif part.mixed and part.amount >= total * _LARGE:
            mixed.append((item, part))
    yield from mixed


def _answer(bill: _Read) -> Iterator[str]:
    total, sign = bill.total, bill.currency
    largest = bill.items[0]
    if not bill.worth:
        yield (
            f"{_money(total, sign)} in {len(bill.lines)} lines, the largest {largest.title} with "
            f"{_share(largest.amount, total)}; none is one that I know how to cut."
        )
        return
    item, part = bill.worth[0]
    assert part.charge is not None
    if bill.saving < _HARDLY and not (part.mixed and not part.saving):
        yield (
            f"Change nothing: {_money(total, sign)} in {len(bill.lines)} lines, of which all steps "
            f"together take away at best {_money(bill.saving, sign)} a month, less than an hour of "
            f"your work costs. The largest is {largest.title} with "
            f"{_money(largest.amount, sign)} ({_share(largest.amount, total)})."
        )
        return
    lines = f", {len(item.lines)} lines" if len(item.lines) > 1 else ""
    yield (
        f"{'Look into' if part.mixed and not part.saving else 'Cut'} {item.name} first: "
        f"{_money(item.amount, sign)} of {_money(total, sign)} "
        f"({_share(item.amount, total)}{lines})."
    )
    if part.unusual:
        yield _sentence(f"{part.unusual.sum}, {part.unusual.reading}")
        if part.unusual.do:
            yield _sentence(part.unusual.do)
    else:
        yield f"Commonly: {_lowered(part.charge.why)} {_sentence(part.charge.do)}"
    if largest.name != item.name:
        share = _share(largest.amount, total)
        yield f"The largest is {largest.title} with {_money(largest.amount, sign)} ({share})."
    yield from _together(bill)


def _together(bill: _Read) -> Iterator[str]:
    """What the steps take away together, and how much of it is assumed."""
    several = [part for _, part in bill.worth if part.saving]
    if not several:
        return
    sign = bill.currency
    count = "Both" if len(several) == _TWO else f"All {len(several)}"
    steps = f"{count} steps together take" if len(several) > 1 else "That takes"
    most = f"{steps} away at best {_money(bill.saving, sign)} a month"
    if not bill.assumed:
        yield f"{most}."
    elif bill.assumed == bill.saving:
        yield f"{most}, if about half of these lines can go (our assumption: measure first)."
    else:
        yield (
            f"{most}: {_money(bill.saving - bill.assumed, sign)} by prices or by your figures, the "
            f"rest if about half of the other lines can go (our assumption)."
        )


def _held_against(brief: Brief, bill: _Read) -> Iterator[str]:
    """The lines against the total that is told, and what is left against what is aimed at."""
    total, sign = bill.total, bill.currency
    told = stated_total(brief.request)
    if told and abs(told - total) > told * _SMALL:
        yield (
            f"The lines that I can read come to {_money(total, sign)}, and you say "
            f"{_money(told, sign)}: {_money(abs(told - total), sign)} stands in none of them."
        )
    if of_database(brief.request):
        yield from weighed_database(brief.request, *_covered(bill, is_database))
    else:
        yield from weighed(brief.request, *_covered(bill, is_compute))


def _aimed(brief: Brief, bill: _Read) -> Iterator[str]:
    """What is aimed at, reached or missed in a sum, and where the rest would have to come from."""
    total = max(stated_total(brief.request) or bill.total, bill.total)
    aim = aim_of(brief.request, total)
    if aim is None or not bill.worth:
        return
    steps = [(part_name(item, part), part.saving) for item, part in bill.worth]
    yield course(aim, total, steps, _SIGNS.get(bill.currency, f"{bill.currency} "))
    if total - bill.saving <= aim.left:
        if _MOVING.search(brief.request):
            yield "So no move is needed for it."
        return
    rest = [*_uncounted(bill), *_unlowered(bill, total)]
    if rest:
        yield f"The rest would have to come from {', '.join(rest[:_MOST_REST])}."


def _uncounted(bill: _Read) -> Iterator[str]:
    """What steps outside production would take away, where the bill does not tell them apart."""
    for item, part in bill.worth:
        if part.charge and part.charge.elsewhere_saves and not part.environment:
            if bill.around == "other":
                place = bill.elsewhere or "what is not production"
                yield f"{place} within {part_name(item, part)} (its share is not told)"


def _unlowered(bill: _Read, total: Decimal) -> Iterator[str]:
    for item in bill.items:
        if not item.saving and item.amount >= total * _SMALL:
            yield f"{item.name} ({_money(item.amount, bill.currency)}, no step here)"


def _covered(bill: _Read, covers: Callable[[str], bool]) -> tuple[Decimal, Decimal]:
    """What of the bill a commitment covers, and what of that the steps take away."""
    parts = [p for i in bill.items for p in i.parts if p.charge and covers(p.charge.id)]
    steps = {id(part) for _, part in bill.worth}
    saved = sum((p.saving for p in parts if id(p) in steps), start=Decimal(0))
    return sum((p.amount for p in parts), start=Decimal(0)), saved


def _each(brief: Brief, bill: _Read) -> Iterator[str]:
    """What a user, or a million requests, costs."""
    load, sign = load_of(brief), bill.currency
    if load.users:
        yield f"The bill is {_money(bill.total / load.users, sign)} a user a month."
    elif load.requests:
        yield (
            f"The bill is {_money(bill.total / load.requests * 10**6, sign)} for a million of your "
            f"{number(load.requests)} requests a month."
        )


def _share(amount: Decimal, total: Decimal) -> str:
    return f"{amount / total:.0%}" if total else "all"


def _money(amount: Decimal, currency: str) -> str:
    sign = _SIGNS.get(currency, f"{currency} ")
    digits = 0 if abs(amount) >= _HUNDREDS else 2
    return f"{'-' if amount < 0 else ''}{sign}{abs(amount):,.{digits}f}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _lowered(text: str) -> str:
    first, second, *_ = (*text.split(maxsplit=2), "", "")
    plain = (first[1:].islower() or len(first) == 1) and not second[:1].isupper()
    return f"{text[:1].lower() if plain else text[:1]}{text[1:].rstrip('.')}."


def _advice(bill: _Read, item: Item, part: Part) -> Recommendation:
    charge = part.charge
    assert charge is not None
    name = part_name(item, part)
    unusual = (f"{part.unusual.sum}, {part.unusual.reading}",) if part.unusual else ()
    stays = (f"Keep {charge.stays}",) if charge.stays else ()
    return Recommendation(
        slot=f"{name}, {_money(part.amount, bill.currency)} ({_share(part.amount, bill.total)})",
        choice=_do(part, bill),
        because=(_sentence(charge.what).rstrip("."), *unusual, charge.why),
        trade_offs=stays,
        cost=-part.saving if part.saving else None,
        evidence=(charge.citation,),
    )


def _do(part: Part, bill: _Read) -> str:
    """What to do: of production, of what is not, or of both where nothing tells."""
    charge = part.charge
    assert charge is not None
    if part.unusual and part.unusual.do:
        return part.unusual.do
    where = f" (where {charge.when})" if charge.when else ""
    if not charge.elsewhere or part.environment == "production" or bill.around == "production":
        return f"{charge.do}{where}"
    if part.environment == "other":
        return f"{_sentence(charge.elsewhere).rstrip('.')}, since it is not production"
    place = f"In {bill.elsewhere}" if bill.elsewhere else "Outside production"
    return f"{charge.do}{where}. {place}: {charge.elsewhere}"


def _step(bill: _Read, item: Item, part: Part, *, first: bool) -> Step:
    charge = part.charge
    assert charge is not None
    told = part.unusual and not first  # the answer begins with it
    unusual = f"{part.unusual.sum}. " if part.unusual and told else ""
    keeps = charge.stays and part.environment != "other"
    stays = f". Keep {charge.stays}" if keeps else ""
    saving = f": {_most(part, bill.currency)}" if part.saving else ""
    return Step(
        do=f"{part_name(item, part)}: {unusual}{_do(part, bill)}{stays}{saving}",
        horizon=_horizon(bill, part, first=first),
        check=f"the line {part.lines[0].item} of the next bill",
        undo="",
    )


def _horizon(bill: _Read, part: Part, *, first: bool) -> Literal["now", "next", "later"]:
    if bill.saving < _HARDLY:
        return "later"
    return "now" if first or part.share else "next"


def _most(part: Part, sign: str) -> str:
    """What a step saves at best, and on what that rests."""
    assert part.charge is not None
    whole = _money(part.amount, sign)
    saved = f"all of its {whole}" if part.saving == part.amount else (
        f"{_money(part.saving, sign)} of {whole}"
    )  # fmt: skip
    if part.share is None:
        share = f"{part.charge.assumed:.0%}".replace("50%", "half")
        return f"at best {saved} a month, if {share} of it can go (assumed)"
    basis = f", {part.unusual.why}" if part.unusual and part.unusual.why else ""
    return f"at best {saved} a month{basis}"


def _unknown(bill: _Read) -> Iterator[Finding]:
    """The larger lines that no entry of ours explains; taxes and credits explain themselves."""
    for line in bill.lines:
        if not line.charge and line.is_use and line.amount >= bill.total * _SMALL:
            yield Finding(
                rule="unknown-charge",
                where="bill",
                says=f"{line.item}, {_money(line.amount, line.currency)}: no charge that I know",
            )


def _questions(bill: _Read) -> Iterator[Question]:
    """A line of AWS that hides several charges is asked for by usage type."""
    several = (p for _, p in bill.worth if p.charge and p.charge.id.endswith("-other"))
    vague = next(several, None)
    if vague:
        why = "it is several charges in one, each with another remedy"
        yield Question(
            id="1",
            ask=f"What is in {vague.lines[0].item}, by usage type?",
            why=why,
            key="evidence",
            changes=(why,),
            command="aws ce get-cost-and-usage --time-period Start=2026-10-01,End=2026-11-01 "
            "--granularity MONTHLY --metrics UnblendedCost "
            "--group-by Type=DIMENSION,Key=USAGE_TYPE",
        )


def _chart(bill: _Read) -> Chart:
    steps = {id(part): part.saving for _, part in bill.worth}
    bars = tuple(
        Bar(
            label=item.title,
            before=float(item.amount),
            after=float(item.amount - sum(steps.get(id(p), Decimal(0)) for p in item.parts)),
        )
        for item in bill.items[:_MOST_BARS]
    )
    return Chart(id="bill", title="The bill, and what is left of it", unit=bill.currency, bars=bars)
