"""The answer to a bill: the line to cut first, the steps by what they save, what is unknown."""

from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.bill.matching import Line, lines_of
from blueproof.advisors.bill.told import goal, stated_total
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

_MOST_STEPS, _MOST_BARS = 6, 8
_HUNDREDS = 100  # of which cents tell nothing
_SEVERAL = ("-other", "-whole")  # how ids of charges end that stand for several, AWS first
_LIKELY = Decimal("0.5")  # of a line, where no source says what its step takes away of it
_SMALL = Decimal("0.02")  # of the bill: what is less is not worth a step
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def owns_bill(brief: Brief) -> bool:
    """Whether the request brings a bill."""
    return any(f.key == "bill" for f in brief.facts)


def advise_bill(
    brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...]
) -> tuple[Draft, Conclusion]:
    """The draft with a piece of advice for each line that we know, and its conclusion."""
    lines = lines_of(brief)
    total = sum((line.amount for line in lines), start=Decimal(0))
    worth = tuple(_worth(lines, total))
    draft = Draft(
        brief=brief,
        question_kind=kind,
        premises=premises,
        recommendations=tuple(_advice(line, total) for line in worth),
    )
    return draft, Conclusion(
        answer=" ".join(
            (*_answer(lines, worth, total), *_held_against(brief, lines, worth, total))
        ),
        steps=tuple(_step(line, first=line is worth[0]) for line in worth),
        findings=tuple(_unknown(lines, total)),
        charts=(_chart(lines),) if lines else (),
        open_questions=tuple(_questions(lines, total)),
        not_proved=(
            Unproved(
                statement="what each step saves",
                why="the most that it can take away of its line; your usage decides how much",
            ),
        ),
    )


def _worth(lines: tuple[Line, ...], total: Decimal) -> Iterator[Line]:
    """The lines with a step, by what it may save; each charge once, and nothing that is small."""
    seen: set[str] = set()
    ranked = sorted(lines, key=_rank)
    for line in ranked:
        if line.charge and line.charge.id not in seen and line.amount >= total * _SMALL:
            seen.add(line.charge.id)
            yield line
            if len(seen) == _MOST_STEPS:
                return


def _rank(line: Line) -> tuple[Decimal, Decimal]:
    """The more a step may save, the earlier; half of the line where nothing says how much."""
    return -(line.saving or line.amount * _LIKELY), -line.amount


def _answer(lines: tuple[Line, ...], worth: tuple[Line, ...], total: Decimal) -> Iterator[str]:
    sign = lines[0].currency
    if not worth:
        yield (
            f"{_money(total, sign)} in {len(lines)} lines, the largest {lines[0].item} with "
            f"{_share(lines[0], total)}; none is one that I know how to cut."
        )
        return
    first = worth[0]
    assert first.charge is not None
    mixed = first.charge.id.endswith(_SEVERAL)
    yield (
        f"{'Look into' if mixed else 'Cut'} {first.item} first: "
        f"{_money(first.amount, sign)} of {_money(total, sign)} "
        f"({_share(first, total)}). Commonly: {_lowered(first.charge.why)} "
        f"{_sentence(first.charge.do)}"
    )
    saved = sum((line.saving for line in worth), start=Decimal(0))
    several = [line for line in worth if line.saving]
    if saved and len(several) > 1:
        told = (
            f"All {len(several)} steps"
            if len(several) == len(worth)
            else (f"The {len(several)} steps of which it can be told")
        )
        yield f"{told} together take away up to {_money(saved, sign)} a month."
    elif saved and first.saving:
        yield f"That takes away up to {_money(saved, sign)} a month."


def _held_against(
    brief: Brief, lines: tuple[Line, ...], worth: tuple[Line, ...], total: Decimal
) -> Iterator[str]:
    """The lines against the total that is told, and what is left against what is aimed at."""
    sign = lines[0].currency
    told, aim = stated_total(brief.request), goal(brief.request)
    if told and abs(told - total) > told * _SMALL:
        yield (
            f"The lines that I can read come to {_money(total, sign)}, and you say "
            f"{_money(told, sign)}: {_money(abs(told - total), sign)} stands in none of them."
        )
    left = max(told or total, total) - sum((line.saving for line in worth), start=Decimal(0))
    if aim and left > aim:
        yield (
            f"Even at best that leaves {_money(left, sign)}, which is still above your "
            f"{_money(aim, sign)}."
        )
    elif aim and worth:
        yield f"At best that leaves {_money(left, sign)}, and you aim at {_money(aim, sign)}."


def _share(line: Line, total: Decimal) -> str:
    return f"{line.amount / total:.0%}" if total else "all"


def _money(amount: Decimal, currency: str) -> str:
    sign = _SIGNS.get(currency, f"{currency} ")
    digits = 0 if amount >= _HUNDREDS else 2
    return f"{sign}{amount:,.{digits}f}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _lowered(text: str) -> str:
    word = text.split(maxsplit=1)[0]
    return f"{text[:1].lower() if word[1:].islower() else text[:1]}{text[1:].rstrip('.')}."


def _advice(line: Line, total: Decimal) -> Recommendation:
    charge = line.charge
    assert charge is not None
    return Recommendation(
        slot=f"{line.item}, {_money(line.amount, line.currency)} ({_share(line, total)})",
        choice=charge.do,
        because=(_sentence(charge.what).rstrip("."), charge.why),
        trade_offs=(f"It helps where {charge.when}",) if charge.when else (),
        cost=-line.saving if line.saving else None,
        evidence=(charge.citation,),
    )


def _step(line: Line, *, first: bool) -> Step:
    assert line.charge is not None
    where = f" (where {line.charge.when})" if line.charge.when else ""
    saving = f": up to {_money(line.saving, line.currency)} a month" if line.saving else ""
    return Step(
        do=f"{line.item}: {line.charge.do}{where}{saving}",
        horizon="now" if line.saving or first else "next",
        check=f"the line {line.item} of the next bill",
        undo="",
    )


def _unknown(lines: tuple[Line, ...], total: Decimal) -> Iterator[Finding]:
    """The larger lines that no entry of ours explains."""
    for line in lines:
        if not line.charge and line.amount >= total * _SMALL:
            yield Finding(
                rule="unknown-charge",
                where="bill",
                says=f"{line.item}, {_money(line.amount, line.currency)}: no charge that I know",
            )


def _questions(lines: tuple[Line, ...], total: Decimal) -> Iterator[Question]:
    """A line that hides several charges is asked for by usage type."""
    several = (line for line in lines if line.charge and line.charge.id.endswith(_SEVERAL[0]))
    vague = next(several, None)
    if vague and vague.amount >= total * _SMALL:
        why = "it is several charges in one, each with another remedy"
        yield Question(
            id="1",
            ask=f"What is in {vague.item}, by usage type?",
            why=why,
            key="evidence",
            changes=(why,),
            command="aws ce get-cost-and-usage --time-period Start=2026-10-01,End=2026-11-01 "
            "--granularity MONTHLY --metrics UnblendedCost "
            "--group-by Type=DIMENSION,Key=USAGE_TYPE",
        )


def _chart(lines: tuple[Line, ...]) -> Chart:
    bars = tuple(
        Bar(label=line.item, before=float(line.amount), after=float(line.amount - line.saving))
        for line in lines[:_MOST_BARS]
    )
    return Chart(
        id="bill", title="The bill, and what is left of it", unit=lines[0].currency, bars=bars
    )
