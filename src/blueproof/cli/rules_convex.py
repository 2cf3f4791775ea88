"""blueproof rules check on a convex/ folder: who may call each function, and what is refused."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from blueproof.core.errors import UsageError
from blueproof.engines.convex_access.reading import (
    Attempt,
    PublicFunction,
    Reading,
    convex_folder,
    read,
)
from blueproof.engines.convex_access.weakening import Unnoticed, Weakened, sketch, weaken

READ = "read from the code, nothing run; what cannot be followed is not taken for a check"
_NO_SCHEMA = "there is no schema.ts: it would say whose a row is"


def check(
    given: Path, public: Sequence[str], *, run: bool
) -> tuple[bool, dict[str, Any], list[str]]:
    """Whether something is open, the record and the lines for a folder of functions.

    Functions named in `public` are meant for everybody. Only with `run` are the person's own tests
    run, and that on copies of their code.
    """
    folder = convex_folder(given)
    reading = read(folder)
    unknown = set(public) - {function.name for function in reading.functions}
    if unknown:
        raise UsageError(f"--public {min(unknown)}: there is no such function; see the names")
    held = tuple(f for f in reading.functions if f.name not in public)
    weakened = weaken(folder, reading) if run else None
    lines = [*_lines(reading, public), *(_weakened(weakened) if weakened else ())]
    record = {
        "folder": str(folder),
        "functions": [_record(function, public) for function in reading.functions],
        "unread": [asdict(each) for each in reading.unread],
        "weakened": _weakened_record(weakened) if weakened else None,
    }
    bad = any(attempt.verdict == "open" for function in held for attempt in function.attempts)
    missing = weakened is not None and any(each.opens for each in weakened.unnoticed)
    return bad or missing, record, lines


def no_folder_option(name: str) -> UsageError:
    """The refusal of an option that is for rules files."""
    return UsageError(
        f"{name} is for a file of Firebase rules: for a folder of functions use --run"
    )


def _lines(reading: Reading, public: Sequence[str]) -> Iterator[str]:
    width = max((len(f.name) for f in reading.functions), default=0)
    for function in reading.functions:
        place = f"{function.file}:{function.line}"
        yield f"{function.name:{width}}  {function.kind:8}  {function.who}  ({place})"
        yield from _attempts(function, meant=function.name in public)
        yield from (f"    note         {n.what} ({n.file}:{n.line})" for n in function.notes)
    for each in reading.unread:
        yield f"{each.id}: not read, made by {each.what} ({each.file}:{each.line})"
    if not reading.has_schema:
        yield _NO_SCHEMA
    yield _counted(reading, public)


def _attempts(function: PublicFunction, *, meant: bool) -> Iterator[str]:
    refused = ", ".join(a.attack for a in function.attempts if a.verdict == "refused")
    for attempt in function.attempts:
        if attempt.verdict != "refused":
            said = "meant to be" if meant and attempt.verdict == "open" else attempt.verdict
            yield f"    {said:11}  {attempt.attack}: {_why(attempt)}"
    if refused:
        yield f"    refused      {refused}"


def _why(attempt: Attempt) -> str:
    return f"{attempt.why} ({attempt.file}:{attempt.line})"


def _counted(reading: Reading, public: Sequence[str]) -> str:
    every = [(f, a) for f in reading.functions for a in f.attempts]
    count = Counter(
        "meant" if a.verdict == "open" and f.name in public else a.verdict for f, a in every
    )
    meant = f", {count['meant']} meant to be open" if count["meant"] else ""
    return (
        f"{len(reading.functions)} functions, {len(every)} attacks: {count['refused']} refused, "
        f"{count['open']} open, {count['cannot tell']} cannot tell{meant}"
    )


def _weakened(weakened: Weakened) -> Iterator[str]:
    missed = [each for each in weakened.unnoticed if each.opens]
    yield (
        f"{weakened.guards - len(weakened.unnoticed)} of {weakened.guards} guards taken out are "
        f"noticed by your {weakened.tests} tests"
    )
    for each in sorted(weakened.unnoticed, key=lambda each: not each.opens):
        yield f"  {each.guard.file}:{each.guard.line}: not noticed without: {each.guard.text}"
        yield from (f"    {line}" for line in _missing(each))
    if missed:
        yield "  write a test for each of these; a sketch stands below it"


def _missing(each: Unnoticed) -> Iterator[str]:
    if not each.opens:
        yield "nothing more is let through without it: perhaps it is not needed"
        return
    names = dict.fromkeys(f"{function.name} ({attack})" for function, attack, _ in each.opens)
    yield f"lets through: {', '.join(names)}"
    function, attack, _ = each.opens[0]
    yield from sketch(function, attack).splitlines()


def _record(function: PublicFunction, public: Sequence[str]) -> dict[str, Any]:
    told = asdict(function)
    del told["guards"]
    return {**told, "meant": function.name in public}


def _weakened_record(weakened: Weakened) -> dict[str, Any]:
    return {
        "guards": weakened.guards,
        "tests": weakened.tests,
        "unnoticed": [
            {
                **asdict(each.guard),
                "opens": [
                    {"function": function.name, "attack": attack, "verdict": verdict}
                    for function, attack, verdict in each.opens
                ],
                "test": sketch(each.opens[0][0], each.opens[0][1]) if each.opens else None,
            }
            for each in weakened.unnoticed
        ],
    }
