"""What to do now, next and later, in order."""

import re
from collections.abc import Iterator

from blueproof.advisors.architecture import database
from blueproof.advisors.architecture.compute import is_lambda
from blueproof.advisors.architecture.design import Design
from blueproof.advisors.architecture.failing import limits
from blueproof.advisors.architecture.sizing import tasks_of
from blueproof.advisors.architecture.words import Words
from blueproof.core.advice import Step


def steps(design: Design) -> tuple[Step, ...]:
    """The plan: measure, lay the ground, run it, then what only growth asks for."""
    return (*_without_answer(design), *_now(design), *_next(design), *_later(design))


def _now(design: Design) -> Iterator[Step]:
    load, needs = design.load, design.needs
    if not is_lambda(needs, load):
        tasks = tasks_of(needs, load)
        yield Step(
            do=f"Load-test one task of {tasks.vcpu:g} vCPU: it must carry {tasks.each:,.0f} "
            f"requests a second at 60 % of its CPU{_within(design)}; all counts here rest on that",
            horizon="now",
            check="note requests a second, p95 and CPU; set the counts by it",
            undo="nothing is changed",
        )
    store = design.part("database")
    ground = "network, secrets and " if design.part("network") else "secrets and "
    yield Step(
        do=f"Write {ground}{store.short if store else 'the store'} as Terraform, in an account "
        "of their own for production, with a budget alarm from the first day",
        horizon="now",
        check="a second `terraform plan` shows no change",
        undo="terraform destroy",
    )
    yield Step(
        do=_running(design),
        horizon="now",
        check="a deployment under load loses no request; a broken image rolls back by itself",
        undo="deploy the image before",
    )
    if Words(design.brief).is_rare and not is_lambda(needs, load):
        tasks = tasks_of(needs, load)
        yield Step(
            do=f"Before the day itself raise the least tasks to {tasks.peak}, an hour ahead, and "
            "try that load once a week before",
            horizon="now",
            check=f"{tasks.peak} tasks are healthy before the first buyer comes",
            undo=f"set the least tasks back to {tasks.usual}",
        )
    elif load.window and not is_lambda(needs, load):
        tasks = tasks_of(needs, load)
        yield Step(
            do=f"Schedule the scaling: at least {tasks.peak} tasks half an hour before the peak "
            f"({load.window}), back to {tasks.usual} after it; CPU target 60 % beside it",
            horizon="now",
            check="RunningTaskCount stands before the first peak request comes",
            undo="delete the two scheduled actions",
        )


_WAITING = re.compile(
    r"\b(?:barrier|gate|turnstile|terminal|pos|till|door|lock|machine|device|robot|car|scanner)s?\b",
    re.IGNORECASE,
)


def _without_answer(design: Design) -> Iterator[Step]:
    """What a thing that waits does when no answer comes."""
    found = _WAITING.search(design.brief.request)
    bound = design.needs.latency_ms
    if found and bound:
        yield Step(
            do=f"Decide what the {found[0].lower()} does when no answer comes within "
            f"{bound:,.0f} ms, and build that into it: one region will be out for minutes a year, "
            "whatever stands there",
            horizon="now",
            check="with the network cut it does so by itself, and tells you afterwards",
            undo="back to waiting",
        )


def _within(design: Design) -> str:
    bound = design.needs.latency_ms
    return f" and p95 under {bound * 0.6:,.0f} ms (the bound is {bound:,.0f})" if bound else ""


def _running(design: Design) -> str:
    ways = [p.short for p in design.parts if p.slot in {"devices", "way in", "compute", "queue"}]
    return (
        f"Put the service behind it: {', '.join(ways)}; /health, SIGTERM handled, one image by "
        "digest"
    )


def _next(design: Design) -> Iterator[Step]:
    load, needs = design.load, design.needs
    history = design.part("history")
    if history and not database.is_lake(load, needs):
        yield Step(
            do=f"Split the {load.event_noun} table by month before it is full, and plan the "
            "job that makes partitions ahead and drops old ones",
            horizon="next",
            check="EXPLAIN of the commonest query names one or two partitions",
            undo="detach the partitions into one table",
        )
    if needs.survives or needs.money:
        yield Step(
            do="Try the loss: reboot the database with failover, stop all tasks of one zone, "
            "at half load",
            horizon="next",
            check="errors end within two minutes; note how long it took",
            undo="nothing is changed",
        )
    yield Step(
        do="Restore the database once beside itself from its backup and note the minutes",
        horizon="next",
        check="the copy answers the commonest query",
        undo="delete the copy",
    )
    yield Step(
        do="Set the alarms of WATCH.md, each with what to do",
        horizon="next",
        check="one of them is made to ring",
        undo="delete the alarm",
    )


def _later(design: Design) -> Iterator[Step]:
    found = limits(design)
    if found:
        _, first = found[0]
        yield Step(
            do=f"At {first.at * 0.7:,.0f} {first.unit}, before {first.what} is met: {first.act}",
            horizon="later",
            check=f"{first.what} has room again",
            undo="back to the size before",
        )
    yield Step(
        do="After two steady months commit for a year to the vCPUs and the database class that "
        "never go away (Savings Plan, reserved instance)",
        horizon="later",
        check="Cost Explorer shows over 90 % of the commitment used",
        undo="none: a commitment runs its year, so begin with half of it",
    )
