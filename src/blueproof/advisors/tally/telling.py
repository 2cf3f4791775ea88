"""What is said of a bill that was added up: the sum, what it leaves unexplained, the steps."""

from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.bill.aims import aim_of, course
from blueproof.advisors.metered.saying import amount, money
from blueproof.advisors.tally.ending import free_until
from blueproof.advisors.tally.reading import Counted
from blueproof.advisors.tally.reckoning import Cut, Tallied
from blueproof.core.advice import Alternative, Artifact, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, Premise, QuestionKind, Unproved
from blueproof.core.brief import Brief
from blueproof.core.claim import SumsTo
from blueproof.core.question import Question
from blueproof.core.scene import Excerpt
from blueproof.costs.bill_file import write_bills
from blueproof.costs.formula import names_in, worked_out
from blueproof.facts.load import fact
from blueproof.facts.measured import holds

BILL = "bill.yaml"
_MOST_STEPS = 3
_KILO, _MEGA = Decimal(10**6), Decimal(1000)  # of a GB
_BYTES = frozenset({"size"})  # figures of bytes, shown in KB
_HARDLY = Decimal(10)  # US dollars a month, below which a step is worth no hour of work
_NAMED = {1: "", 1000: " per 1,000", 100_000: " per 100,000", 1_000_000: " per million"}


def advise_tally(
    found: Tallied, brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...]
) -> tuple[Draft, Conclusion]:
    """The draft with the first step as its advice, and the conclusion with the sum."""
    bill = found.bill()
    text = write_bills((bill,))
    draft = Draft(
        brief=brief,
        question_kind=kind,
        premises=premises,
        recommendations=tuple(_recommendation(found)),
        not_proved=(
            Unproved(
                statement="what each step saves",
                why="a share that is assumed; the vendor's usage page shows what it was",
            ),
        ),
    )
    return draft, Conclusion(
        answer=" ".join(_sentences(found)),
        bill=(bill,),
        steps=tuple(_steps(found)),
        open_questions=tuple(_questions(found)),
        artifacts=(Artifact(path=BILL, purpose="the bill, to be added up again", text=text),),
        claims=(SumsTo(bill=Excerpt(text=text, path=BILL)),),
    )


def _sentences(found: Tallied) -> Iterator[str]:
    yield from free_until(found)
    yield _headline(found)
    whole = f" = {_exact(found.total)}" if len(found.ranked) > 1 else ""
    yield f"By the price list of {_as_of(found)}: {_sum(found)}{whole} a month."
    if found.paid and found.agrees and found.rest:
        apart = abs(found.rest) / found.paid.now
        yield f"That agrees with your {_exact(found.paid.now)} ({apart:.0%} apart)."
    yield from _aimed(found)
    yield from (f"{each.says}." for each in found.tally.asides if holds(each.when, found.request))
    yield from _included_until(found)
    yield from _sums(found)
    yield f"{_capital(found.tally.flips)}."


def _headline(found: Tallied) -> str:
    product, paid = found.tally.product, found.paid
    first = found.ranked[0]
    largest = f"{first.line.item} ({money(found.cost(first))}, {_share(found, first)})"
    if paid is None:
        most = f", most of it {largest}" if len(found.ranked) > 1 else ""
        return f"{_exact(found.total)} a month on {product}{most}; not in it: {found.tally.rest}."
    if found.agrees:
        return f"{product}, {_exact(paid.now)}: most of it is {largest}."
    if found.rest > 0:
        return (
            f"What you tell explains {_exact(found.total)} of your {_exact(paid.now)} "
            f"({found.total / paid.now:.0%}); the other {_exact(found.rest)} is in none of it: "
            f"look for {found.tally.rest}."
        )
    return (
        f"What you tell comes to {_exact(found.total)} by the price list, and you name "
        f"{_exact(paid.now)}: {_exact(-found.rest)} less, so either the month was not that full, a "
        f"credit stands in it, or {_exact(paid.now)} is a part of the bill. Most of it is "
        f"{largest}."
    )


def _share(found: Tallied, of: Counted) -> str:
    return f"{found.cost(of) / found.total:.0%}"


def _as_of(found: Tallied) -> str:
    return f"{min(fact(each.line.price).checked for each in found.ranked):%Y-%m-%d}"


def _sum(found: Tallied) -> str:
    return " + ".join(
        _product(found, each) for each in found.lines if each.quote or each in found.ranked
    )


def _product(found: Tallied, of: Counted) -> str:
    line, cost = of.line, found.cost(of)
    price = fact(line.price).value
    free = fact(line.free).value * line.free_days if line.free else Decimal(0)
    if not of.quote:
        return f"{line.item} ${price.normalize():f}"
    if free and of.quantity <= free:
        return (
            f"{line.item} {amount(of.quantity)} {line.unit}, within the {amount(free)} included, $0"
        )
    size = f"({amount(of.quantity)} - {amount(free)} included)" if free else amount(of.quantity)
    unit = "" if line.unit == line.item else f" {line.unit}"
    return f"{line.item} {size}{unit} x ${price.normalize():f}{_NAMED[line.per]} = {_exact(cost)}"


def _exact(value: Decimal) -> str:
    """US dollars with cents where there are any: they are held against a bill."""
    return f"${value:,.0f}" if value == value.to_integral_value() else f"${value:,.2f}"


def _included_until(found: Tallied) -> Iterator[str]:
    """From how many users on what is told of each of them is no longer included."""
    for each in found.lines:
        if "users" in names_in(each.line.quantity) and each.line.free and each.figures.get("gb"):
            free, size = fact(each.line.free).value, each.figures["gb"]
            users = free / size
            yield (
                f"The {amount(free)} {each.line.unit} of {each.line.item} included end at "
                f"{amount(users)} users ({amount(free)} {each.line.unit} / "
                f"{amount(size * _MEGA)} MB each)."
            )


def _sums(found: Tallied) -> Iterator[str]:
    """What the quantities mean, by figures that are told."""
    for each in found.tally.sums:
        if names_in(each.value) <= set(found.names):
            value = amount(worked_out(each.value, found.names))
            shown = {
                name: amount(told * _KILO if name in _BYTES else told)
                for name, told in found.names.items()
            }
            yield f"{_capital(each.says.format(**shown, value=value))}."


def _aimed(found: Tallied) -> Iterator[str]:
    """The aim that is told, reached or missed in a sum."""
    now = found.paid.now if found.paid else found.total
    aim = aim_of(found.request, now)
    if aim is not None:
        yield course(aim, now, [(cut.step.short, cut.saves) for cut in found.cuts])
        yield from _to_reach(found, now - aim.left)


def _to_reach(found: Tallied, to_save: Decimal) -> Iterator[str]:
    """How far the largest line would have to fall, where the steps do not do."""
    missing = to_save - sum(cut.saves for cut in found.cuts)
    if missing <= 0 or not found.cuts:
        return
    first = found.cuts[0]
    left = found.cost(first.counted) - first.saves - missing
    price, per = fact(first.counted.line.price).value, first.counted.line.per
    free = fact(first.counted.line.free).value if first.counted.line.free else Decimal(0)
    if left > 0:
        yield (
            f"It is reached where {first.counted.line.item} falls to "
            f"{amount(left / price * per + free)} {first.counted.line.unit}."
        )


def _steps(found: Tallied) -> Iterator[Step]:
    if not found.agrees and found.rest > 0 and found.tally.command:
        yield Step(
            do=f"Find the other {_exact(found.rest)}: {found.tally.command}",
            horizon="now",
            check="the usage types that come to it",
            undo="",
        )
    worth = [cut for cut in found.cuts if cut.saves >= _HARDLY][:_MOST_STEPS]
    for cut in worth:
        assumed = f", assumed: {cut.step.why}" if cut.step.assumed else f": {cut.step.why}"
        yield Step(
            do=f"{_capital(cut.step.do)}: {money(cut.saves)} of {_of(found, cut)} a month{assumed}",
            horizon="now" if cut is worth[0] else "next",
            check=f"the line {cut.counted.line.item} of the next bill",
            undo="",
        )


def _of(found: Tallied, cut: Cut) -> str:
    if cut.saves > found.cost(cut.counted):  # of several lines
        return f"the {money(found.total)}"
    return f"the {money(found.cost(cut.counted))} for {cut.counted.line.item}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _recommendation(found: Tallied) -> Iterator[Recommendation]:
    for cut in [each for each in found.cuts if each.saves >= _HARDLY][:1]:
        yield Recommendation(
            slot=f"the bill of {found.tally.product}",
            choice=cut.step.do,
            because=(
                f"{cut.counted.line.item} is {_share(found, cut.counted)} of it",
                cut.step.why,
            ),
            instead_of=(Alternative(choice="another order", why_not=found.tally.flips),),
            cost=-cut.saves,
            evidence=tuple(dict.fromkeys(fact(each.line.price).citation for each in found.ranked)),
        )


def _questions(found: Tallied) -> Iterator[Question]:
    if found.tally.command and not (found.paid and not found.agrees):
        why = "it shows which line is larger than what you told"
        yield Question(
            id="1",
            ask=f"What does the usage page show ({found.tally.command})?",
            why=why,
            key="evidence",
            changes=(why,),
        )
