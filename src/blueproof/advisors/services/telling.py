"""What is said of services compared: what each costs at the load, which to take, where it turns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from blueproof.advisors.services.owning import budget_of
from blueproof.advisors.services.reading import needed
from blueproof.advisors.services.told_bill import Apart, apart
from blueproof.advisors.services.weighing import CARE_HOURS, HOURLY, Comparison, Offer, Turn
from blueproof.core.advice import Alternative, Artifact, Flip, Recommendation
from blueproof.core.blueprint import Conclusion, Draft, Unproved
from blueproof.core.brief import Assumption
from blueproof.core.claim import SumsTo
from blueproof.core.evidence import Citation
from blueproof.core.question import Question
from blueproof.core.scene import Excerpt
from blueproof.costs.bill_file import write_bills
from blueproof.facts.load import fact
from blueproof.facts.services import Service

BILL = "bill.yaml"
_GENERAL = ("On whether", "On which")  # how an answer to a choice begins that knows no load
_KNOWN = frozenset({"known-answer", "known-fact"})  # the rules of what is published
_ADVICE = ("advice on", "the answer")
_MOST_PRICED = 5  # services named in the first sentence
_WHOLE = 100  # from which a figure of a sum has no decimals
_CENTS = 10  # US dollars below which cents are told


@dataclass(frozen=True, kw_only=True)
class Priced:
    """What a comparison adds to an answer: its sentences first, its bills, its advice."""

    sentences: tuple[str, ...]
    recommendation: Recommendation | None
    conclusion: Conclusion
    assumptions: tuple[Assumption, ...]


def priced(comparison: Comparison) -> Priced:
    """What is said of the comparison; where a bill that is paid belies the load, that alone."""
    belied = apart(comparison)
    if belied:
        return _belied(comparison, belied)
    bills = tuple(comparison.bills())
    beside = comparison.beside
    text = write_bills((*bills, *(beside.bills() if beside else ())))
    made = Artifact(path=BILL, purpose="the bills, to be added up again", text=text)
    return Priced(
        sentences=tuple(each[0].upper() + each[1:] for each in _sentences(comparison)),
        recommendation=_recommendation(comparison),
        conclusion=Conclusion(
            answer="",
            bill=bills,
            artifacts=(made,) if bills else (),
            claims=(SumsTo(bill=Excerpt(text=text, path=BILL)),) if bills else (),
        ),
        assumptions=tuple(
            dict.fromkeys(
                each
                for one in (comparison, beside)
                if one
                for each in (*_assumed(one), *_care(one))
            )
        ),
    )


def _belied(comparison: Comparison, found: Apart) -> Priced:
    """That the load was read wrongly, and what to count; no bill stands as checked."""
    unit, size = (
        comparison.job.unit,
        " and ".join((comparison.size(Decimal(1)), *comparison.also())),
    )
    lacking = [q.says for q in comparison.job.quantities if q.name in comparison.job.also]
    count = lacking[0] if lacking else unit
    says = (
        f"I read your load wrongly: at {size}, {found.offer.service.name} would cost "
        f"{_money(found.reckoned)} a month, {found.says} than the {_money(found.paid)} that you "
        f"pay. So no bill is compared until you tell the {count}, as your meter counts them."
    )
    asked = Question(
        id="1", ask=f"How many {count} are there, by the meter of what runs today?",
        why="the bill of each side rests on it, and what was read contradicts what you pay",
        key="evidence", changes=("every bill",),
    )  # fmt: skip
    return Priced(
        sentences=(says,),
        recommendation=None,
        conclusion=Conclusion(
            answer="",
            open_questions=(asked,),
            not_proved=(Unproved(statement="what each side costs", why="the load is not known"),),
        ),
        assumptions=(),
    )


def with_prices(
    draft: Draft, conclusion: Conclusion, found: Priced | None, *, keeps: bool
) -> tuple[Draft, Conclusion]:
    """The answer with the comparison before it; `keeps` is whether what it said is sure."""
    if found is None:
        return draft, conclusion
    added = found.conclusion
    recommended = (found.recommendation,) if found.recommendation else ()
    findings = draft.findings
    rest = conclusion.answer if keeps else ""
    if recommended and (not keeps or rest.startswith(_GENERAL)):
        rest, keeps = "", False
        conclusion = _without_general(conclusion)
        findings = tuple(f for f in findings if f.rule not in _KNOWN)
    return (
        replace(
            draft,
            brief=replace(draft.brief, assumptions=(*draft.brief.assumptions, *found.assumptions)),
            recommendations=(*recommended, *draft.recommendations),
            findings=findings,
        ),
        replace(
            conclusion,
            answer=" ".join((*found.sentences, rest)).strip(),
            steps=conclusion.steps if keeps else (),
            bill=added.bill,
            open_questions=(*added.open_questions, *conclusion.open_questions),
            not_proved=(*conclusion.not_proved, *added.not_proved),
            artifacts=(*conclusion.artifacts, *added.artifacts),
            claims=(*conclusion.claims, *added.claims),
        ),
    )


def _without_general(conclusion: Conclusion) -> Conclusion:
    """Without what knows no load: the bills say more, and steps to another pick contradict them."""
    return replace(
        conclusion,
        open_questions=(),
        findings=tuple(f for f in conclusion.findings if f.rule not in _KNOWN),
        not_proved=tuple(u for u in conclusion.not_proved if not u.statement.startswith(_ADVICE)),
    )


def _sentences(comparison: Comparison) -> Iterator[str]:
    held = comparison.held
    if held:
        yield _first(held[0], held[1:])
    yield _prices(comparison)
    yield from _summed(comparison)
    yield from (_out(offer) for offer in comparison.offers if not offer.bill)
    if held:
        yield from _saved(held[0], held[1:])
        yield from _budget(comparison, held)
        yield from (_turned(comparison, turn) for turn in comparison.turns())
    if comparison.beside:
        yield from _beside(comparison, comparison.beside)


def _summed(comparison: Comparison) -> Iterator[str]:
    """How the load follows from the figures told, as sums."""
    load = comparison.load
    plain = {name: _plain(value) for name, value in load.values.items()}
    shown = [e.says.format(**plain) for e in comparison.job.sums if e.of <= {*load.told}]
    if shown:
        yield f"Your sum: {'; '.join(shown)}."


def _plain(value: Decimal) -> str:
    """A quantity in a sum: whole from 100 on, else with one decimal where there is one."""
    return f"{value:,.0f}" if value >= _WHOLE or value == int(value) else f"{value:,.1f}"


def _beside(comparison: Comparison, other: Comparison) -> Iterator[str]:
    """The other job of the same breath: its bills, and what both come to."""
    prices = _prices(other)
    yield f"To {other.job.does}, {prices[0].lower()}{prices[1:]}"
    yield from (_out(offer) for offer in other.offers if not offer.bill)
    if not (comparison.held and other.held):
        return
    yield _first(other.held[0], other.held[1:])
    yield from _saved(other.held[0], other.held[1:])
    both = sum((_total(each.held[0]) for each in (comparison, other)), Decimal(0))
    most = budget_of(comparison.brief)
    against = f", {'within' if both <= most else 'over'} {_money(most)}" if most else ""
    yield f"Both together come to {_money(both)} a month{against}."


def _total(offer: Offer) -> Decimal:
    assert offer.bill is not None
    return offer.bill.total


def _told_rate(comparison: Comparison) -> str:
    """The rate that the words make, where it is the load: "500 writes per second"."""
    rates = [f for f in comparison.brief.facts if f.key == "rate" and "per second" in f.unit]
    return f"{rates[0].value:,g} {rates[0].unit}" if len(rates) == 1 else ""


def _prices(comparison: Comparison) -> str:
    size = " and ".join((comparison.size(Decimal(1)), *comparison.also()))
    if not comparison.held:
        return f"At {size} none of these holds the load."
    if len(comparison.held) == 1 and len(comparison.offers) > 1:
        return f"At {size} it alone holds what you ask."
    if rate := _told_rate(comparison):
        size = f"{size} ({rate})"
    shown = comparison.held[:_MOST_PRICED]
    each = ", ".join(f"{o.service.name} {_dollars(o)}" for o in shown)
    return f"At {size}: {each} a month."


def _dollars(offer: Offer) -> str:
    assert offer.bill is not None
    return _money(offer.bill.total)


def _money(amount: Decimal) -> str:
    return f"${amount:,.0f}" if amount >= _CENTS or not amount else f"${amount:,.2f}"


def _out(offer: Offer) -> str:
    service = offer.service
    if service.closed:
        return f"{service.name} is out: {service.closed}."
    if offer.passed is None:
        return f"{service.name} does not hold it."
    limit = fact(offer.passed.limit.fact)
    amount, what = offer.passed.amount, offer.passed.limit.what
    return (
        f"{service.name} does not hold it: {amount:,.0f} {what}, its limit is {limit.value:,.0f}."
    )


def _first(first: Offer, rest: tuple[Offer, ...]) -> str:
    """Which to take, at what price, and the condition under which another is worth more."""
    others = [o for o in rest if _worth(first, o)]
    unless = f", unless {others[0].service.worth}: then {others[0].service.name}" if others else ""
    return f"Take {first.service.name}, {_dollars(first)} a month{unless}."


def _saved(first: Offer, rest: tuple[Offer, ...]) -> Iterator[str]:
    """What makes the first cheaper, and what is cheaper and one's own to run."""
    if first.service.saves:
        yield f"It gets cheaper still: {first.service.saves}."
    cheaper = [o for o in rest if o.bill and first.bill and o.bill.total < first.bill.total]
    if cheaper:
        saved = first.bill.total - cheaper[0].bill.total if first.bill and cheaper[0].bill else 0
        yield (
            f"{cheaper[0].service.name} is {_money(Decimal(saved))} cheaper, and yours to run: "
            f"{CARE_HOURS} hours of care a month eat that up."
        )


def _budget(comparison: Comparison, held: tuple[Offer, ...]) -> Iterator[str]:
    most = budget_of(comparison.brief)
    if most is None:
        return
    within = [o.service.name for o in held if o.bill and o.bill.total <= most]
    if not within:
        yield f"None of them fits {_money(most)} a month."
    elif len(within) < len(held):
        yield f"Within {_money(most)} a month: {' and '.join(within)}."


def _turned(comparison: Comparison, turn: Turn) -> str:
    way = "From about" if turn.above else "Below about"
    then = f"{turn.to.name} is cheaper"
    if turn.out:
        then = f"{comparison.held[0].service.name} does not hold it: then {turn.to.name}"
    return f"{way} {_rounded(turn.at)} {comparison.job.unit}, {then}."


def _rounded(value: Decimal) -> str:
    """Two figures that tell: 12,345 as 12,000."""
    step = Decimal(10) ** max(value.adjusted() - 1, 0)
    return f"{(value / step).to_integral_value() * step:,.0f}"


def _recommendation(comparison: Comparison) -> Recommendation | None:
    if not comparison.held:
        return None
    first, *others = comparison.held
    assert first.bill is not None
    catch = (f"what you take on with it: {first.service.catch}",) if first.service.catch else ()
    lines = sorted(first.bill.lines, key=lambda line: -line.amount)
    largest = f", most of it {lines[0].item.rpartition(': ')[2]}" if len(lines) > 1 else ""
    return Recommendation(
        slot=f"service to {comparison.job.does}",
        choice=first.service.name,
        because=(
            f"{_dollars(first)} a month at {comparison.size(Decimal(1))}{largest}",
            *catch,
            *(f"{other.service.name}: {_why_not(first, other)}" for other in others),
        ),
        instead_of=tuple(
            Alternative(choice=o.service.name, why_not=_why_not(first, o)) for o in others
        ),
        flips=tuple(
            Flip(
                fact=comparison.job.main,
                at=float(turn.at),
                unit=comparison.job.unit,
                then=turn.to.name,
            )
            for turn in comparison.turns()
        ),
        cost=first.bill.total,
        evidence=tuple(_evidence(comparison)),
    )


def _why_not(first: Offer, other: Offer) -> str:
    assert first.bill is not None
    assert other.bill is not None
    more = other.bill.total - first.bill.total
    costs = f"{_money(abs(more))} {'more' if more >= 0 else 'less'} a month"
    worth = f"; worth it if {other.service.worth}" if _worth(first, other) else ""
    return f"{costs}{worth}"


def _worth(first: Offer, other: Offer) -> bool:
    """Whether it is told what the other is worth; it is not of another way to use the same."""
    return bool(other.service.worth) and not other.service.of & first.service.of


def _evidence(comparison: Comparison) -> Iterator[Citation]:
    """The prices that the bills rest on."""
    for offer in comparison.held:
        assert offer.bill is not None
        billed = [line.fact for line in offer.bill.lines[:1]]
        yield from (fact(name).citation for name in billed or _allowances(offer.service))


def _allowances(service: Service) -> Iterator[str]:
    """The facts with what its first plan has free, and its prices that come to nothing."""
    plan = service.plans[0]
    yield from (limit.fact for limit in plan.limits)
    yield from (line.included or line.price[0][1] for line in plan.lines)


def _assumed(comparison: Comparison) -> Iterator[Assumption]:
    """What was assumed for the services that are told of."""
    load = comparison.load
    rests_on = needed(comparison.job, comparison.services, load.told)
    yield from (each for each in load.assumptions if each.key in rests_on)


def _care(comparison: Comparison) -> Iterator[Assumption]:
    if any(service.own for service in comparison.services):
        yield Assumption(
            key="care",
            value=f"{CARE_HOURS} hours a month at {HOURLY} USD for a server of your own",
            why="patches, upgrades and alarms; counted in the choice, not in the bill",
        )
