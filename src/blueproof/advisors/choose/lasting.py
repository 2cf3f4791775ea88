"""How the bill grows: with the people who are to come, and with what is kept for years."""

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from blueproof.advisors.choose.case import FAMILY_NAMES, Choice
from blueproof.advisors.choose.filing import monthly_gb, volume
from blueproof.advisors.choose.stages import LONG, Stages, after, dollars
from blueproof.core.advice import Step
from blueproof.core.money import Bill
from blueproof.costs.archive import GCS_ARCHIVE, GLACIER, LEAST_MB, Archive
from blueproof.decide.ceiling import spoken
from blueproof.decide.growth import Growth
from blueproof.decide.needs import Needs
from blueproof.decide.priced import bill_of
from blueproof.decide.scoring import Scored, scored
from blueproof.decide.workload import workload
from blueproof.facts.load import fact

_FILE_LINES = (": files", ": file storage")
_ARCHIVES = {"aws": GLACIER, "firebase": GCS_ARCHIVE}
_MB_A_GB = 1024
_CLOSE = 1.02  # the number of people from which another is chosen is looked for to 2 %
_SAVES = 0.3  # of what the files cost, from which an archive is worth its rule


def sentences(choice: Choice) -> Iterator[str]:
    """The bill of later beside that of now, and what keeps it small."""
    shown = Stages(choice)
    if choice.pick.ruled_out or choice.needs.value("self-hosted") == "yes":
        return
    if shown.growth:
        yield _grown(choice, shown)
        yield _turned(choice, shown.growth, shown.later)
    elif shown.keeps_long:
        yield _kept(choice, shown)
    yield from _archived(choice, shown)


def _grown(choice: Choice, shown: Stages) -> str:
    """What it costs once the people told are there, beside the next best."""
    last = shown.all[-1]
    mine, *others = shown.ranked(last)
    rivals = ", ".join(
        f"{FAMILY_NAMES[s.option.family]} {dollars(float(s.bill.total))}" for s in others[:2]
    )
    kept = " with all that is kept until then" if choice.needs.uploads else ""
    return (
        f"{last.when[0].upper()}{last.when[1:]}, at {last.users:,.0f}, it is "
        f"{dollars(float(mine.bill.total))} a month{kept}"
        f"{f' ({rivals})' if rivals else ''}{_over(choice, mine.bill)}."
    )


def _turned(choice: Choice, growth: Growth, later: Needs) -> str:
    """Whether the pick holds until all who are told of are there, or from whom on it does not."""
    family = choice.pick.option.family

    def first(users: float) -> Scored:
        return choice.at(later.holding(users=f"{users:.0f}"))

    def holds(users: float) -> bool:
        found = first(users)
        return found.option.family == family and not found.ruled_out

    if holds(growth.later):
        return f"{FAMILY_NAMES[family]} is the choice at both sizes."
    inside, outside = growth.now, growth.later
    while outside / inside > _CLOSE:
        middle = round((inside + outside) / 2)
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    month = math.ceil(growth.months * (outside - growth.now) / (growth.later - growth.now))
    then = first(outside)
    out = next((s.ruled_out for s in scored(later, outside) if s.option.family == family), ())
    why = f" ({FAMILY_NAMES[family]}: {out[0]})" if out else ""
    taken = "none of these fits" if then.ruled_out else f"it is {FAMILY_NAMES[then.option.family]}"
    near = float(f"{outside:.2g}")
    return f"From about {near:,.0f} on, in month {month} if they come evenly, {taken}{why}."


def _kept(choice: Choice, shown: Stages) -> str:
    """The bill of the first month and of the last, and the month from which it is too much."""
    first, last = (shown.all[place] for place in (0, -1))
    low, high = (dollars(float(shown.picked(s).total)) for s in (first, last))
    over = _first_over(choice, shown.months[-1])
    ceiling = spoken(choice.needs.number("budget"), choice.needs.currency) if over else ""
    return (
        f"What is kept for {_span(choice.needs.kept_months)} makes the bill grow from {low} in "
        f"{first.when} to {high} in {last.when}"
        f"{f', over your {ceiling} from month {over} on' if over else ''}."
    )


def _over(choice: Choice, bill: Bill) -> str:
    """That this is over what it may cost."""
    if float(bill.total) <= choice.needs.number("budget"):
        return ""
    ceiling = spoken(choice.needs.number("budget"), choice.needs.currency)
    largest = max(bill.lines, key=lambda line: line.amount)
    name = largest.item.rpartition(": ")[2].partition(" beyond ")[0]
    return f", over your {ceiling}: {name} are {dollars(float(largest.amount))} of it"


def _first_over(choice: Choice, last: int) -> int:
    """The first month whose bill is over what it may cost; 0 where none is."""
    option, users = choice.pick.option.id, choice.decision.users
    ceiling = choice.needs.number("budget")

    def over(month: int) -> bool:
        return float(bill_of(option, replace(choice.needs, month=month), users).total) > ceiling

    if not over(last):
        return 0
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if over(middle) else (middle, high)
    return high


def _span(months: int) -> str:
    return after(months).removeprefix("in ")


def _last(choice: Choice, shown: Stages) -> tuple[Needs, float, str] | None:
    """The needs, people and name of the last month that is told of; None where none is."""
    if shown.growth:
        return shown.later, shown.growth.later, shown.all[-1].when
    if shown.keeps_long:
        month = shown.months[-1]
        return replace(choice.needs, month=month), choice.decision.users, f"in month {month}"
    return None


def archive_of(choice: Choice) -> Archive:
    """The class for old files, in the pick's own store or in one beside it."""
    return _ARCHIVES.get(choice.pick.option.family, GLACIER)


def _archived(choice: Choice, shown: Stages) -> Iterator[str]:
    """What the files cost then as they lie, and with the old ones in an archive."""
    last = _last(choice, shown)
    if last is None or choice.needs.kept_months < LONG or not _is_worth(choice):
        return
    needs, users, when = last
    usage = workload(needs, users).usage
    store = archive_of(choice)
    added = Decimal(str(monthly_gb(choice, users)))
    cold = store.month(usage.files_gb, added, usage.uploads)
    lying = _files_of(choice, needs, users)
    if float(lying - cold) < _SAVES * float(lying):
        return
    price = fact(store.cold).value
    back = f" (${fact(store.read).value})" if store.read else ""
    yield (
        f"{_where(choice, store)} after 90 days (${price} a GB, {store.reads}{back}): "
        f"the {volume(float(usage.files_gb))} {when} then cost {dollars(float(cold))} a month "
        f"instead of {dollars(float(lying))}."
    )


def _where(choice: Choice, store: Archive) -> str:
    if choice.pick.option.family in _ARCHIVES:
        return f"Let a lifecycle rule move old files to {store.name}"
    family = FAMILY_NAMES[choice.pick.option.family]
    return (
        f"{family} has no class for an archive: send files straight to S3 by signed address, with "
        f"a lifecycle rule to {store.name}"
    )


def _is_worth(choice: Choice) -> bool:
    """Whether files are large enough that the archive's entry for each does not outweigh it."""
    needs = choice.needs
    return bool(needs.uploads) and Decimal(needs.uploads_mb) / needs.uploads >= LEAST_MB


def _files_of(choice: Choice, needs: Needs, users: float) -> Decimal:
    bill = bill_of(choice.pick.option.id, needs, users)
    return sum(
        (x.amount for x in bill.lines if any(name in x.item for name in _FILE_LINES)), Decimal(0)
    )


def _deeper(choice: Choice) -> str:
    """The class below, for what nobody will ask for within hours."""
    if archive_of(choice) is not GLACIER:
        return ""
    price = fact("aws.s3-deep-archive-gb-month").value
    return f" (Deep Archive, ${price} a GB, if half a day to fetch will do)"


def steps(choice: Choice) -> Iterator[Step]:
    """The rule that moves old files, and deletes them when their time is over."""
    shown = Stages(choice)
    kept = choice.needs.kept_months
    if choice.pick.ruled_out or not any(_archived(choice, shown)):
        return
    end = f", and deletes them after {_span(kept)}" if kept else ""
    yield Step(
        do=f"Before the first upload: a lifecycle rule on the bucket that moves files to "
        f"{archive_of(choice).name} after 90 days{_deeper(choice)}{end}",
        horizon="next",
        check="after 91 days the bucket's storage report shows the first files in that class",
        undo="remove the rule; what it moved comes back at the price of reading it",
    )
