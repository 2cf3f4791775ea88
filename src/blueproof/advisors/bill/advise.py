"""The answer to a bill: the line to cut first, the steps by what they save, what is unknown."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from blueproof.advisors.bill.commitments import recommended
from blueproof.advisors.bill.holding import aimed, held_against
from blueproof.advisors.bill.items import Item, Part, part_name
from blueproof.advisors.bill.months import Grown, Months, months_of
from blueproof.advisors.bill.ratios import number
from blueproof.advisors.bill.reading import SMALL, ReadBill, money, read_bill, share_of
from blueproof.advisors.bill.surroundings import load_of
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

_MOST_BARS = 8
_TWO = 2
_HARDLY = Decimal(50)  # a month: what saves less pays no hour of work, we assume


def owns_bill(brief: Brief) -> bool:
    """Whether the request brings a bill."""
    return any(f.key == "bill" for f in brief.facts)


def advise_bill(
    brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...]
) -> tuple[Draft, Conclusion]:
    """The draft with a piece of advice for each line that we know, and its conclusion."""
    bill = read_bill(brief)
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
                *aimed(brief, bill),
                *_answer(bill, months_of(brief)),
                *held_against(brief, bill),
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


def _answer(bill: ReadBill, months: Months | None) -> Iterator[str]:
    total, sign = bill.total, bill.currency
    largest = bill.items[0]
    if months and months.most.by >= _HARDLY:
        yield from _what_grew(bill, months)
        return
    if not bill.worth:
        yield (
            f"{money(total, sign)} in {len(bill.lines)} lines, the largest {largest.title} with "
            f"{share_of(largest.amount, total)}; none is one that I know how to cut."
        )
        return
    item, part = bill.worth[0]
    assert part.charge is not None
    if bill.saving < _HARDLY and not (part.mixed and not part.saving):
        yield (
            f"Change nothing: {money(total, sign)} in {len(bill.lines)} lines, of which all steps "
            f"together take away at best {money(bill.saving, sign)} a month, less than an hour of "
            f"your work costs. The largest is {largest.title} with "
            f"{money(largest.amount, sign)} ({share_of(largest.amount, total)})."
        )
        return
    lines = f", {len(item.lines)} lines" if len(item.lines) > 1 else ""
    yield (
        f"{'Look into' if part.mixed and not part.saving else 'Cut'} {item.name} first: "
        f"{money(item.amount, sign)} of {money(total, sign)} "
        f"({share_of(item.amount, total)}{lines})."
    )
    if part.unusual:
        yield _sentence(f"{part.unusual.sum}, {part.unusual.reading}")
        if part.unusual.do:
            yield _sentence(part.unusual.do)
    else:
        yield f"Commonly: {_lowered(part.charge.why)} {_sentence(part.charge.do)}"
    if largest.name != item.name:
        share = share_of(largest.amount, total)
        yield f"The largest is {largest.title} with {money(largest.amount, sign)} ({share})."
    yield from _together(bill)


def _what_grew(bill: ReadBill, months: Months) -> Iterator[str]:
    """Which line grew most, its part of the rise, and what such a line holds."""
    sign, most, whole = bill.currency, months.most, months.whole
    times = f", {most.now / most.before:.1f} times" if most.before > 0 else ", new"
    rise = f"the bill went from {money(whole.before, sign)} to {money(whole.now, sign)}"
    part = f"{most.by / whole.by:.0%} of the {money(whole.by, sign)} more" if whole.by > 0 else ""
    yield (
        f"{most.item} grew: from {money(most.before, sign)} to {money(most.now, sign)} "
        f"({money(most.by, sign)} more{times}); {rise}"
        f"{f', and that is {part}' if part else ', for others fell'}."
    )
    yield from _on_line(bill, most)
    others = sorted((e for e in months.lines if e is not most), key=lambda each: -abs(each.by))
    if others:
        changes = (f"{e.item} {'+' if e.by >= 0 else ''}{money(e.by, sign)}" for e in others[:3])
        yield f"The others: {', '.join(changes)}."


def _on_line(bill: ReadBill, grown: Grown) -> Iterator[str]:
    """Where to look in the line that grew; what makes such a line large need not be the rise."""
    for item in bill.items:
        for part in item.parts:
            if part.charge and any(grown.item in line.item for line in part.lines):
                yield _sentence(part.charge.do)
                return


def _together(bill: ReadBill) -> Iterator[str]:
    """What the steps take away together, and how much of it is assumed."""
    several = [part for _, part in bill.worth if part.saving]
    if not several:
        return
    sign = bill.currency
    count = "Both" if len(several) == _TWO else f"All {len(several)}"
    steps = f"{count} steps together take" if len(several) > 1 else "That takes"
    most = f"{steps} away at best {money(bill.saving, sign)} a month"
    if not bill.assumed:
        yield f"{most}."
    elif bill.assumed == bill.saving:
        yield f"{most}, if about half of these lines can go (our assumption: measure first)."
    else:
        yield (
            f"{most}: {money(bill.saving - bill.assumed, sign)} by prices or by your figures, the "
            f"rest if about half of the other lines can go (our assumption)."
        )


def _each(brief: Brief, bill: ReadBill) -> Iterator[str]:
    """What a user, or a million requests, costs."""
    load, sign = load_of(brief), bill.currency
    if load.users:
        yield f"The bill is {money(bill.total / load.users, sign)} a user a month."
    elif load.requests:
        yield (
            f"The bill is {money(bill.total / load.requests * 10**6, sign)} for a million of your "
            f"{number(load.requests)} requests a month."
        )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _lowered(text: str) -> str:
    first, second, *_ = (*text.split(maxsplit=2), "", "")
    plain = (first[1:].islower() or len(first) == 1) and not second[:1].isupper()
    return f"{text[:1].lower() if plain else text[:1]}{text[1:].rstrip('.')}."


def _advice(bill: ReadBill, item: Item, part: Part) -> Recommendation:
    charge = part.charge
    assert charge is not None
    name = part_name(item, part)
    unusual = (f"{part.unusual.sum}, {part.unusual.reading}",) if part.unusual else ()
    stays = (f"Keep {charge.stays}",) if charge.stays else ()
    return Recommendation(
        slot=f"{name}, {money(part.amount, bill.currency)} ({share_of(part.amount, bill.total)})",
        choice=_do(part, bill),
        because=(_sentence(charge.what).rstrip("."), *unusual, charge.why),
        trade_offs=stays,
        cost=-part.saving if part.saving else None,
        evidence=(charge.citation,),
    )


def _do(part: Part, bill: ReadBill) -> str:
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


def _step(bill: ReadBill, item: Item, part: Part, *, first: bool) -> Step:
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


def _horizon(bill: ReadBill, part: Part, *, first: bool) -> Literal["now", "next", "later"]:
    if bill.saving < _HARDLY:
        return "later"
    return "now" if first or part.share else "next"


def _most(part: Part, sign: str) -> str:
    """What a step saves at best, and on what that rests."""
    assert part.charge is not None
    whole = money(part.amount, sign)
    saved = f"all of its {whole}" if part.saving == part.amount else (
        f"{money(part.saving, sign)} of {whole}"
    )  # fmt: skip
    if part.share is None:
        share = f"{part.charge.assumed:.0%}".replace("50%", "half")
        return f"at best {saved} a month, if {share} of it can go (assumed)"
    basis = f", {part.unusual.why}" if part.unusual and part.unusual.why else ""
    return f"at best {saved} a month{basis}"


def _unknown(bill: ReadBill) -> Iterator[Finding]:
    """The larger lines that no entry of ours explains; taxes and credits explain themselves."""
    for line in bill.lines:
        if not line.charge and line.is_use and line.amount >= bill.total * SMALL:
            yield Finding(
                rule="unknown-charge",
                where="bill",
                says=f"{line.item}, {money(line.amount, line.currency)}: no charge that I know",
            )


def _questions(bill: ReadBill) -> Iterator[Question]:
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


def _chart(bill: ReadBill) -> Chart:
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
