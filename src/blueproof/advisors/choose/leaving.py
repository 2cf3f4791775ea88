"""What leaving the back end in use would save, against the work of a move."""

from collections.abc import Iterator

from blueproof.advisors.choose.case import FAMILY_NAMES, Choice
from blueproof.advisors.choose.stages import dollars

_HOURLY = 60  # US dollars assumed for an hour of a developer
_MONTHS = 12
_WORTH = 160  # hours, about a month of one person, which a move of data, sign-in and rules takes


def sentences(choice: Choice) -> Iterator[str]:
    """The most that a move saves a year, as hours of work; nothing where no bill is told."""
    paid = told_bill(choice)
    second = choice.rival
    if not paid or second is None or second.ruled_out or choice.pick.ruled_out:
        return
    stays = choice.pick.option.family in choice.needs.current
    if not stays or second.option.family not in choice.needs.options:
        return
    there = float(second.bill.total)
    name = FAMILY_NAMES.get(second.option.family, second.option.name)
    if there >= paid:
        yield f"A move to {name} ({dollars(there)} a month in this model) saves none of your money."
        return
    year = (paid - there) * _MONTHS
    hours = year / _HOURLY
    against = (
        "less than a move of data, sign-in and rules takes"
        if hours < _WORTH
        else "weigh that against the weeks that a move of data, sign-in and rules takes"
    )
    yield (
        f"A move to {name} ({dollars(there)} a month in this model) would save at most "
        f"{dollars(paid - there)} of your {dollars(paid)} a month: {dollars(year)} a year, "
        f"{hours:,.0f} hours of work at an assumed ${_HOURLY}, {against}."
    )


def told_bill(choice: Choice) -> float:
    """What is paid a month today, in US dollars; 0 where it is not told."""
    told = [
        float(f.value)
        for f in choice.brief.facts
        if f.key == "scale.money" and f.role == "price" and not isinstance(f.value, str)
        and f.unit.startswith("USD") and f.unit.endswith(("USD", "month"))
    ]  # fmt: skip
    return max(told, default=0.0)
