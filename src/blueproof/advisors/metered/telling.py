"""What is said of a metered bill: the quantity, what drives it, the levers by what they save."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from blueproof.advisors.bill.aims import aim_of, course
from blueproof.advisors.metered.reckoning import CARE, CARE_HOURS, HOURLY, Reckoned, Step, Way
from blueproof.advisors.metered.saying import amount, filled, money, sums_of, unit_price
from blueproof.core.advice import Alternative, Artifact, Recommendation
from blueproof.core.advice import Step as ToDo
from blueproof.core.blueprint import Conclusion, Draft, Premise, QuestionKind, Unproved
from blueproof.core.brief import Assumption, Brief
from blueproof.core.claim import SumsTo
from blueproof.core.evidence import Citation
from blueproof.core.question import Question
from blueproof.core.scene import Excerpt
from blueproof.costs.bill_file import write_bills
from blueproof.facts.entries import charges
from blueproof.facts.load import fact
from blueproof.facts.measured import holds
from blueproof.facts.meters import Lever

BILL = "bill.yaml"
_MOVES = re.compile(
    r"\b(?:move (?!on)|moving|switch(?:ing)? (?:to|from|away|provider)|leave (?!it)|leaving"
    r"|stay(?:ing)?|migrat\w+|something else|away from|replace|alternatives?|elsewhere)\b",
    re.IGNORECASE,
)
_CLEARLY = 2  # times cheaper elsewhere than what the levers leave, from where moving is the answer
_NOTHING = Decimal(0)
_MOST_OTHERS = 5  # charges that are named
_HARDLY = 5  # US dollars a month that are worth no word
_MOST_UNKNOWN = Decimal("0.6")  # of a bill explained, below which nothing is cut yet
_TELLING = Decimal("0.01")  # of a bill, from where a difference is told
_FITS = Decimal("0.2")  # of the quantity, within which two ways to it say the same
_WORTH_EASY = 50  # the same, where only files are copied and an address changes
_WORTH = 500  # US dollars a month from which a move is worth weeks of work


def advise_metered(
    found: Reckoned, brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...]
) -> tuple[Draft, Conclusion]:
    """The draft with the first lever as its advice, and the conclusion with the sums."""
    bills = tuple(found.bills())
    text = write_bills(bills)
    files = tuple(_files(found))
    bill = (Artifact(path=BILL, purpose="the bill, to be added up again", text=text),)
    draft = Draft(
        brief=_with_assumptions(found, brief),
        question_kind=kind,
        premises=premises,
        recommendations=tuple(_recommendation(found)),
        not_proved=tuple(_unproved(found)),
    )
    return draft, Conclusion(
        answer=" ".join(_sentences(found)),
        bill=bills,
        steps=tuple(_to_do(found, step) for step in found.steps),
        open_questions=tuple(_questions(found)),
        artifacts=(*files, *(bill if bills else ())),
        claims=(SumsTo(bill=Excerpt(text=text, path=BILL)),) if bills else (),
    )


def _sentences(found: Reckoned) -> Iterator[str]:
    yield _headline(found)
    yield from _quantity(found)
    for each, value, says in sums_of(found):
        if not each.expects:
            means = filled(each.means, found, value)
            yield f"{_capital(says)}{': ' if means else ''}{means}."
    yield from _expected(found)
    yield from (f"{each.says}." for each in found.meter.asides if holds(each.when, found.request))
    yield from _aimed(found)
    yield from _elsewhere(found)


def _aimed(found: Reckoned) -> Iterator[str]:
    """What is aimed at, reached or missed by the steps that add up."""
    aim = aim_of(found.request, found.paid.now)
    if aim is None:
        return
    pulled: list[Lever] = []
    steps = []
    for lever in found.together:
        before = found.after(tuple(pulled))
        pulled.append(lever)
        steps.append((filled(lever.short, found), before - found.after(tuple(pulled))))
    yield course(aim, found.paid.now, steps)


def _headline(found: Reckoned) -> str:
    """The answer to the question: stay or move, or what the bill is and what lowers it first."""
    if found.listed is not None and found.listed < found.paid.now * _MOST_UNKNOWN:
        return _unexplained(found, found.listed)
    cut = _cut(found)
    product, now = found.meter.product, money(found.paid.now)
    move = found.ways[0] if found.ways else None
    if move and _is_clear(found, move):
        return (
            f"Move to {move.elsewhere.name}: the same {_size(found)} costs "
            f"{money(move.bill.total)} a month there, against {now}. If you stay on {product}: "
            f"{cut}."
        )
    if _MOVES.search(found.request):
        return f"Stay on {product}: {cut}."
    size = f" is {_size(found)}" if found.quantity is not None and found.agrees else ""
    return f"{product}, {now} a month{size}: {cut}."


def _cut(found: Reckoned) -> str:
    """What the first step takes the bill to, and the second one with it."""
    if not found.steps:
        return "nothing that lowers it is known beside using less"
    first, *others = found.steps
    if not first.saves:
        return f"first {filled(first.lever.short, found)}"
    left = found.after((first.lever,))
    cut = (
        f"with {filled(first.lever.short, found)}, the {money(found.paid.now)} falls to about "
        f"{money(left)} a month{' (an assumed share)' if first.lever.assumed else ''}"
    )
    second = next((s for s in others if s.saves and s.lever in found.together), None)
    if second is None or not left - found.after((first.lever, second.lever)) > _HARDLY:
        return cut
    both = found.after((first.lever, second.lever))
    return f"{cut}, and to {money(both)} with {filled(second.lever.short, found)} as well"


def _unexplained(found: Reckoned, listed: Decimal) -> str:
    """That the told quantity is not what is paid for."""
    assert found.stated is not None
    free = found.stated.value <= found.free
    why = f", within the {amount(found.free)} included" if free else ""
    rest = money(found.paid.now - listed)
    first = (
        "Whether to stay hangs on another line" if _MOVES.search(found.request) else
        "Look at the other lines of the invoice before you cut this one"
    )  # fmt: skip
    return (
        f"{first}: {amount(found.stated.value)} {found.meter.counts} are {money(listed)} by the "
        "price "
        f"list{why}, {listed / found.paid.now:.0%} of your {money(found.paid.now)}; the other "
        f"{rest} is "
        f"something else or an older plan{_others(found)}."
    )


def _others(found: Reckoned) -> str:
    """What else the vendor charges, by the names on its invoices; "" where nothing is known."""
    names = [
        charge.matches[0]
        for charge in charges().values()
        if set(charge.of) & found.meter.of
        and charge.matches
        and "*" not in charge.matches[0]
        and not charge.id.endswith(("-whole", "-other"))
        and not holds(found.meter.words, charge.matches[0])
    ]
    return f": look for {', '.join(names[:_MOST_OTHERS])}" if names else ""


def _size(found: Reckoned) -> str:
    assert found.quantity is not None
    told = "" if found.stated else "about "
    return f"{told}{amount(found.quantity)} {found.meter.counts}"


def _quantity(found: Reckoned) -> Iterator[str]:
    """The sum from the bill to the quantity, or from the told quantity to the bill."""
    if found.price is None:
        one = found.meter.one
        yield f"I have no checked price of one {one}, so each step is a share of your bill."
        return
    fits = ", which fits your bill best" if found.is_fitted else ""
    said = f" ({found.price.says}{fits})" if found.price.says else ""
    if found.paid.currency != "USD":
        rate = f"{found.paid.rate.normalize():f}"
        yield f"In US dollars, at {rate} for one {found.paid.currency}: {money(found.paid.now)}."
    price = f"{unit_price(found.price, found.meter.one)}{said}"
    checked = f"price read {fact(found.price.fact).checked:%Y-%m-%d}"
    if found.listed is None:
        yield _implied(found, price, checked)
    else:
        yield _by_list(found, price, checked)
    if found.before is not None and found.quantity and found.before > 0:
        times = found.quantity / found.before
        yield (
            f"Before, {money(found.paid.before or _NOTHING)} was {amount(found.before)}: "
            f"{amount(times)} times as many now."
        )
    elif found.paid.before is not None and found.free:
        yield (
            f"Before, {money(found.paid.before)} was the plan alone, with up to "
            f"{amount(found.free)} included."
        )


def _implied(found: Reckoned, price: str, checked: str) -> str:
    assert found.implied is not None
    now = money(found.paid.now)
    beside = f"({now} - {' - '.join(_lines(found))})" if found.beside else now
    plus = f" + {amount(found.free)} free or included" if found.free else ""
    return (
        f"That is {beside} / {price}{plus} = {amount(found.implied)} {found.meter.counts} a month "
        f"({checked})."
    )


def _by_list(found: Reckoned, price: str, checked: str) -> str:
    assert found.listed is not None
    assert found.stated is not None
    free = f" - {amount(found.free)} free or included" if found.free else ""
    others = f" + {' + '.join(_lines(found))}" if found.beside else ""
    size = f"({amount(found.stated.value)}{free})" if free else amount(found.stated.value)
    if found.stated.value <= found.free:
        return (
            f"The sum: {amount(found.stated.value)} of {amount(found.free)} included = $0{others} "
            f"({checked})."
        )
    return (
        f"By the price list: {size} x {price}{others} = {money(found.listed)} ({checked}) against "
        f"your {money(found.paid.now)}: {_agreement(found)}."
    )


def _lines(found: Reckoned) -> Iterator[str]:
    yield from (f"{money(line.amount)} {_plain(line.item)}" for line in found.beside)


def _plain(item: str) -> str:
    return item.partition(" beyond ")[0]


def _agreement(found: Reckoned) -> str:
    assert found.listed is not None
    apart = abs(found.listed - found.paid.now)
    if found.agrees:
        share = apart / found.paid.now
        return f"it agrees ({share:.0%} apart)" if share >= _TELLING else "it agrees"
    more = found.paid.now > found.listed
    rest = (
        "is something else on the invoice" if more
        else "more than you were billed, so the month was not that full, or a credit stands in it"
    )  # fmt: skip
    return f"it does not agree, {money(apart)} {rest}"


def _expected(found: Reckoned) -> Iterator[str]:
    """The quantity by what they tell, held against the one that is billed."""
    for each, value, says in sums_of(found):
        if not each.expects or found.quantity is None:
            continue
        apart = abs(value - found.quantity) / found.quantity
        fits = f"which fits the {amount(found.quantity)} billed" if apart <= _FITS else (
            f"and {amount(found.quantity)} are billed: "
            + ("less, so they do not all send all the time" if value > found.quantity else
               f"the other {amount(found.quantity - value)} come from elsewhere"))  # fmt: skip
        means = f" ({each.means})" if each.means else ""
        yield f"{_capital(says)}{means}, {fits}."


def _left_over(found: Reckoned) -> Decimal:
    return found.after(found.together)


def _elsewhere(found: Reckoned) -> Iterator[str]:
    """The same quantity elsewhere, and from where on it is worth a move."""
    if not found.ways or not found.agrees:
        return
    each = ", ".join(f"{money(w.bill.total)} at {w.elsewhere.name}{_care(w)}" for w in found.ways)
    yield f"The same quantity elsewhere: {each}."
    best, left = found.ways[0], _left_over(found)
    name, flips = best.elsewhere.name, best.elsewhere.flips
    if best.weight < left:
        yield f"{name} is cheaper than the {money(left)} that the steps leave: {flips}."
    else:
        yield f"The steps leave {money(left)}, less than any of these ({name}: {flips})."


def _care(way: Way) -> str:
    return f" with {CARE_HOURS} hours of care ({money(CARE)})" if way.elsewhere.own else ""


def _is_clear(found: Reckoned, way: Way) -> bool:
    """Whether going there is the answer: easily done, or worth weeks of work."""
    left = _left_over(found)
    least = _WORTH_EASY if way.elsewhere.easy else _WORTH
    asked = way.elsewhere.easy or _MOVES.search(found.request) is not None
    return asked and way.weight * _CLEARLY < left and left - way.weight > least


def _do(found: Reckoned, step: Step) -> str:
    return filled(step.lever.do, found)


def _why(found: Reckoned, step: Step) -> str:
    why = filled(step.lever.why, found)
    return f"assumed: {why}" if step.lever.assumed else why


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _files(found: Reckoned) -> Iterator[Artifact]:
    """The lines of the first lever, in a file."""
    for lever in _first_lines(found):
        yield Artifact(
            path=lever.file, purpose="the lines of the first step, to be fitted in", text=lever.code
        )


def _first_lines(found: Reckoned) -> tuple[Lever, ...]:
    """The first lever, where it has lines of code."""
    return tuple(step.lever for step in found.steps[:1] if step.lever.code)


def _to_do(found: Reckoned, step: Step) -> ToDo:
    first = step is found.steps[0]
    share = f", {_why(found, step)}" if step.lever.assumed else ""
    saves = f": {money(step.saves)} of {money(found.paid.now)} a month{share}"
    where = f" (lines in {step.lever.file})" if first and step.lever.code else ""
    return ToDo(
        do=f"{_capital(_do(found, step))}{where}{saves if step.saves else ''}",
        horizon="now" if first else "next",
        check=step.lever.check,
        undo="",
    )


def _recommendation(found: Reckoned) -> Iterator[Recommendation]:
    evidence = tuple(_evidence(found))
    for first in found.steps[:1] if evidence else ():
        yield Recommendation(
            slot=f"the bill of {found.meter.product}",
            choice=_do(found, first),
            because=(_capital(found.meter.multiplies), _why(found, first)),
            instead_of=tuple(
                Alternative(choice=w.elsewhere.name, why_not=w.elsewhere.flips) for w in found.ways
            ),
            cost=-first.saves if first.saves else None,
            evidence=evidence,
        )


def _evidence(found: Reckoned) -> Iterator[Citation]:
    if found.price:
        yield fact(found.price.fact).citation
    if found.meter.free:
        yield fact(found.meter.free).citation
    yield from (fact(line.fact).citation for line in found.beside)


def _questions(found: Reckoned) -> Iterator[Question]:
    if found.meter.ask:
        why = "it decides how much the steps save"
        yield Question(id="1", ask=found.meter.ask, why=why, key="evidence", changes=(why,))


def _unproved(found: Reckoned) -> Iterator[Unproved]:
    yield Unproved(
        statement="what each step saves",
        why="worked out from your bill and your figures; your usage page shows what it was",
    )
    for lever in _first_lines(found):
        yield Unproved(
            statement=f"the lines in {lever.file}",
            why="your code was not handed over, so they were not run in it",
        )


def _with_assumptions(found: Reckoned, brief: Brief) -> Brief:
    return replace(brief, assumptions=(*brief.assumptions, *_assumed(found)))


def _assumed(found: Reckoned) -> Iterator[Assumption]:
    for step in found.steps:
        if step.lever.assumed:
            yield Assumption(
                key=f"share of {step.lever.id}",
                value=filled(step.lever.why, found),
                why=f"your words do not tell it, and {money(step.saves)} a month rest on it",
            )
    for each, _, _ in sums_of(found):
        if each.assumed:
            yield Assumption(key="sum", value=each.assumed, why="your words do not tell it")
    if any(way.elsewhere.own for way in found.ways):
        yield Assumption(
            key="care",
            value=f"{CARE_HOURS} hours a month at {HOURLY} USD for a server of your own",
            why=f"patches and alarms, {money(CARE)}; counted in the choice, not in the price",
        )
