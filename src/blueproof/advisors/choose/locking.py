"""How records stay as they were written, for as long as they must, with the option chosen."""

from collections.abc import Iterator

from blueproof.advisors.choose.case import FAMILY_NAMES, Choice
from blueproof.advisors.choose.filing import volume
from blueproof.advisors.choose.stages import after
from blueproof.core.advice import Step
from blueproof.decide.immutable import IMMUTABLE
from blueproof.decide.workload import DAYS, workload

_KB_A_GB = 1024 * 1024
_MILLION = 1_000_000
_DAYS_A_YEAR, _MONTHS = 365, 12


def sentences(choice: Choice) -> Iterator[str]:
    """What keeps them, for how long, and how much that comes to."""
    if IMMUTABLE not in choice.needs.features or choice.pick.ruled_out:
        return
    held = choice.pick.option.aspects[IMMUTABLE]
    name = FAMILY_NAMES[choice.pick.option.family]
    what = f"Unchangeable{_span(choice)}: {name} by itself does not do it ({held.says}); it takes"
    if held.remedy:
        yield f"{what} {held.remedy}.{_amount(choice)}"
    else:
        yield (
            f"Unchangeable{_span(choice)}: {held.says}. So each record is copied into that bucket "
            f"as it is written, and the copy is what counts.{_amount(choice)}"
        )


def _span(choice: Choice) -> str:
    months = choice.needs.kept_months
    return f" for {after(months).removeprefix('in ')}" if months else ""


def _amount(choice: Choice) -> str:
    """How many records that are in the end, and how large, at a KB each."""
    months = choice.needs.kept_months
    if not months:
        return " For how long was not told: the lock needs a date."
    usage = workload(choice.needs, choice.decision.users).usage
    records = float(usage.writes) / DAYS * _DAYS_A_YEAR / _MONTHS * months
    gb = records * float(usage.record_kb) / _KB_A_GB
    return f" At the end that is {records / _MILLION:,.1f} million records, {volume(gb)}."


def steps(choice: Choice) -> Iterator[Step]:
    """The lock, tried for a day before it binds for years."""
    if IMMUTABLE not in choice.needs.features or choice.pick.ruled_out:
        return
    days = round(choice.needs.kept_months / _MONTHS * _DAYS_A_YEAR)
    span = f"{days:,} days" if days else "the days that the law asks for"
    lock = (
        "a bucket whose retention policy is locked"
        if choice.pick.option.family == "firebase"
        else "a bucket with Object Lock in compliance mode"
    )
    yield Step(
        do=f"Make {lock}, first for one day, then for {span}; erase personal data by destroying "
        "its key, since the record itself cannot go",
        horizon="next",
        check="deleting a copied record as the account's owner is refused",
        undo="none before the time is over: that is the point, so try it on an empty bucket",
    )
