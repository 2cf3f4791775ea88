"""The sentences of the answer: the whole stack, the deciding number, the bill, the budget."""

from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.architecture.database import MANY_READS
from blueproof.advisors.architecture.design import Budget, Design
from blueproof.advisors.architecture.load import counted
from blueproof.advisors.architecture.pieces import Piece, priced
from blueproof.advisors.architecture.proposals import against
from blueproof.core.money import Bill, Line

_CENTS = 10
_TOLD = 300  # US dollars a month from which the largest line is worth a sentence
_FEW = 10.0  # a second, below which a rate is told with its decimals
_TIGHT = Decimal("1.15")  # over the bill, below which a budget has no room for what is left out
_IN_ANSWER = (
    "devices",
    "way in",
    "compute",
    "database",
    "history",
    "cache",
    "queue",
    "steps",
    "schedule",
    "files",
    "search",
    "sign-in",
    "second region",
)


_STORE = "aws.s3-gb-month"
_MUCH = 5  # a fifth of the bill


def dollars(amount: Decimal) -> str:
    """An amount as it is said: cents only where they matter."""
    return f"${amount:,.2f}" if 0 < amount < _CENTS else f"${amount:,.0f}"


def answer(design: Design, found: tuple[Piece, ...], proposed: Bill | None) -> str:
    """The answer: what to build, at which load, for how much; then the proposal and the budget."""
    said = (
        *_stack(design),
        *_budget(design),
        *_deciding(design),
        *_proposal(design, found, proposed),
    )
    return " ".join(said)


def _stack(design: Design) -> Iterator[str]:
    names = [p.short for p in design.parts if p.slot in _IN_ANSWER]
    size = design.bill.size
    assumed = "" if design.is_told else " (assumed; no load is told)"
    yield (
        f"Build {listed(names)}: about {dollars(design.bill.total)} a month for {size}{assumed} in "
        f"{design.needs.region}."
    )
    dearest = max(design.bill.lines, key=lambda line: line.amount)
    if dearest.amount * 2 > design.bill.total > _TOLD:
        yield f"Most of it is {dearest.item.partition(' beyond ')[0]}, {dollars(dearest.amount)}."
    yield from _kept_files(design)
    if not design.is_told:
        low, high = design.bills[0], design.bills[-1]
        yield (
            f"It is {dollars(low.total)} for {low.size} and {dollars(high.total)} for {high.size}."
        )


def _kept_files(design: Design) -> Iterator[str]:
    """That the bill grows with the files that stay, where they are much of it."""
    load = design.load
    month = load.files * load.file_mb / 1000
    kept = month * load.kept
    stored = next((x for x in design.bill.lines if x.fact == _STORE), None)
    if not month or stored is None or stored.amount * _MUCH < design.bill.total:
        return
    yield (
        f"That is month {load.kept:g}, with {kept:,.0f} GB of files kept; {month:,.0f} GB come "
        f"each month and add {dollars(stored.amount / Decimal(load.kept))} to each bill after it."
    )


def listed(names: list[str]) -> str:
    """Names as a list in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _proposal(design: Design, found: tuple[Piece, ...], proposed: Bill | None) -> Iterator[str]:
    """The verdict on what the words propose."""
    wrong = against(found)
    right = [p.quote for p in found if p.verdict == "fits"]
    if wrong:
        names = listed([p.quote for p in wrong])
        more = ""
        if proposed:
            extra = proposed.total - design.bill.total
            more = (
                f": the bill would be {dollars(proposed.total)}, {dollars(abs(extra))} "
                f"{'more' if extra >= 0 else 'less'} a month, and more to run"
            )
        much = any(p.verdict == "too much" for p in wrong)
        verb = "are" if len(wrong) > 1 or names.endswith("s") else "is"
        are = f"{verb} {'overkill' if much else 'not needed'} here"
        first = max(wrong, key=lambda p: priced(design, p.charges))
        yield f"{names[:1].upper()}{names[1:]} {are}{more}."
        yield f"{first.quote[:1].upper()}{first.quote[1:]} is worth it for {first.good_for}."
    if right and found:
        yield f"{listed(right)} {'are' if len(right) > 1 else 'is'} right."


def _budget(design: Design) -> Iterator[str]:
    budget = design.budget
    if budget is None or not budget.amount:
        return
    if budget.currency == "USD":
        yield from _in_dollars(design, budget)
        return
    rate = design.bill.total / budget.amount
    yield (
        f"The bill is in US dollars before VAT, your budget {budget.amount:,.0f} "
        f"{budget.currency}: it holds as long as one {budget.currency} buys at least ${rate:,.2f}."
    )


def _in_dollars(design: Design, budget: Budget) -> Iterator[str]:
    total, amount = design.bill.total, budget.amount
    if total * _TIGHT <= amount:
        yield f"That is within {dollars(amount)} (before VAT)."
    elif total <= amount:
        yield f"That is within {dollars(amount)}, before VAT, with little room."
    else:
        yield f"That is {dollars(total - amount)} over your {dollars(amount)}.{_cut(design)}"


def _cut(design: Design) -> str:
    first = next(iter(design.cheaper()), None)
    dearest = max(design.bill.lines, key=lambda line: line.amount)
    if first:
        name, saved, lost = first
        left = design.bill.total - saved
        cut = f" Cut first: {name}, {dollars(saved)} less; {lost}. That leaves {dollars(left)}"
        if design.budget and left > design.budget.amount:
            return f"{cut}, still over: the largest line is {dearest.item}, {_amount(dearest)}."
        return f"{cut}."
    return (
        f" The largest line is {dearest.item} with {_amount(dearest)}: nothing that you ask "
        "for can go, so less must be kept or the budget raised."
    )


def _amount(line: Line) -> str:
    return dollars(line.amount)


def _deciding(design: Design) -> Iterator[str]:
    """The number that the person should hear first: how the load and the records stand."""
    load = design.load
    if not load.events:
        return
    if load.mean / load.event_mean > MANY_READS and not load.devices:
        yield (
            f"{counted(load.events)} {load.event_noun} a month are only {_rate(load.event_mean)} "
            "a second; most requests read."
        )
    months = f"{load.kept:g} month{'' if load.kept == 1 else 's'}"
    added = f"The {load.event_noun} add {_rate(load.raw_gb)} GB a month"
    whole = f", {_rate(load.raw_gb * load.kept)} GB in {months}" if load.kept != 1 else ""
    yield f"{added}{whole}."


def _rate(rate: float) -> str:
    """A small figure with its decimals, a large one without: 0.58, 15."""
    return f"{rate:,.2g}" if rate < _FEW else f"{rate:,.0f}"
