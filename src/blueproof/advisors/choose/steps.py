"""What to do about a choice: settle what it hangs on, try the riskiest part, watch one number."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from blueproof.advisors.choose import (
    abroad,
    filing,
    hurrying,
    lasting,
    locking,
    shipped,
    syncing,
    wording,
)
from blueproof.advisors.choose.case import FAR, Choice
from blueproof.core.advice import Step
from blueproof.decide.workload import workload

_TRIED, _SCREENS = 100, 5  # messages or records of the trial, and phones that see them
_SOON = FAR
_STOPS = 0.6  # level of the aspect from which a limit stops spending, with its exceptions
# How a project of each option is begun, and where its meters are read.
_BEGIN = {
    "convex": (
        "npm create convex@latest", "the Usage page of the Convex dashboard", "function calls",
    ),
    "firestore": (
        "firebase init firestore", "Firestore's Usage tab in the console", "document reads",
    ),
    "realtime-database": (
        "firebase init database", "the Realtime Database's Usage tab", "KB downloaded",
    ),
    "supabase": ("supabase init", "the organisation's Usage page", "realtime messages"),
    "aws": (
        "npm create amplify@latest", "AppSync's metrics in CloudWatch", "operations and updates",
    ),
}  # fmt: skip


def steps(
    choice: Choice, starter: str = "", files: Mapping[str, str] | None = None
) -> tuple[Step, ...]:
    """The steps in order; `starter` is the folder of the app on the pick, if one was written.

    `files` are the text of its files by their path.
    """
    return tuple(_steps(choice, starter, files or {}))


def _steps(choice: Choice, starter: str, files: Mapping[str, str]) -> Iterator[Step]:
    hinge = choice.hinge
    if hinge and not choice.priced:
        yield Step(
            do=f"Settle this first: {hinge.dimension.ask}",
            horizon="now",
            check=f"you can say it for sure; {wording.flip_sentence(hinge)}",
            undo="nothing was built yet",
        )
    if choice.pick.option.family in choice.needs.current:
        yield _look(choice)
    elif choice.needs.value("self-hosted") == "yes":
        yield _own_server(choice)
    elif hurrying.is_short(choice, starter):
        yield from hurrying.steps(choice, starter, files)
    else:
        yield _trial(choice, starter)
    yield from abroad.steps(choice, starter, files)
    yield from syncing.steps(choice, starter)
    yield from filing.steps(choice)
    yield from lasting.steps(choice)
    yield from locking.steps(choice)
    if choice.needs.value("self-hosted") != "yes":
        yield _guard(choice)
    users = next((f for f in choice.flips if f.dimension.id == "users" and f.above), None)
    if users and float(users.at) <= _SOON * choice.decision.users:
        yield Step(
            do=f"At {float(users.at) / 2:,.0f} monthly users, half of where it changes, plan "
            f"again: {wording.flip_sentence(users)}",
            horizon="later",
            check="blueproof answer with the month's true figures",
            undo="keep what you have: this step changes nothing",
        )


def _look(choice: Choice) -> Step:
    """What is in use already: hold its true figures against the model's."""
    _, where, meter = _BEGIN[choice.pick.option.id]
    lines = sorted(choice.pick.bill.lines, key=lambda line: -line.amount)
    largest = (
        f"{lines[0].item}, ${lines[0].amount:,.2f}" if lines else "nothing beyond what is free"
    )
    return Step(
        do=f"Stay, and hold the last month against this bill: {where}, {meter} first",
        horizon="now",
        check=f"the largest line here is {largest}; a line far above its own is the one to cut",
        undo="nothing is changed",
    )


def _own_server(choice: Choice) -> Step:
    """The open version on a server of one's own."""
    held = choice.pick.option.aspects["self-hosted"]
    return Step(
        do=f"Put up the open version on one of your servers: {held.says}",
        horizon="now",
        check="five phones see each other's writes live, and a restored backup opens on another "
        "server",
        undo="delete the containers and their volumes",
    )


def _guard(choice: Choice) -> Step:
    """What keeps the bill from running away, as far as the option has it."""
    cap = choice.pick.option.aspects["spending-cap"]
    if cap.level >= _STOPS:
        do = f"Before the first user, set the spending limit: {cap.says}"
        check = "the limit stands on the billing page, and its warning reaches you"
    else:
        do = f"Spending does not stop by itself here ({cap.says}): {cap.remedy}"
        check = "an alert at one dollar reaches you"
    return Step(do=do, horizon="next", check=check, undo="raise the limit, or remove the alert")


def _trial(choice: Choice, starter: str) -> Step:
    """The thinnest working slice, and the number on the vendor's meter that it must show."""
    begin, where, meter = _BEGIN[choice.pick.option.id]
    counted = shipped.metered(choice, starter, Decimal(_TRIED), Decimal(_SCREENS))
    expected = counted or _expected(choice)
    talks = {*choice.needs.features} & {"chat", "group-chat"}
    what = "one conversation open on five phones" if talks else "your busiest screen on five phones"
    check = (
        f"{where}: {_TRIED} writes seen live by all five should show about {expected:,.0f} {meter}"
    )
    if counted:
        lean = _expected(choice)
        check = f"{check} in {starter}, of which the bill above counts {lean:,.0f}"
    return Step(
        do=f"Follow {starter}/README.md: sign-in and {what}"
        if starter
        else f"Build the thinnest slice with `{begin}`: sign-in and {what}",
        horizon="now",
        check=f"{check}; if it is far more, the bill is too low",
        undo="delete the trial project; nothing else hangs on it",
    )


def _expected(choice: Choice) -> Decimal:
    """The meter's reading for the trial: five screens listen, each write reaches all of them."""
    writes, screens = Decimal(_TRIED), Decimal(_SCREENS)
    kb = workload(choice.needs, choice.decision.users).usage.record_kb
    by_option = {
        "convex": writes * (1 + screens),
        "firestore": writes * screens,
        "realtime-database": writes * screens * kb,
        "supabase": writes * (1 + screens),
        "aws": writes * (1 + screens),
    }
    return by_option[choice.pick.option.id]
