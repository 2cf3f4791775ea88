"""The consultation on Convex functions that stand in a request: who may call them, for whom."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from blueproof.advisors.premises.judge import judge
from blueproof.consulting.kinds import kind_of
from blueproof.core.advice import Finding, Step
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, Unproved
from blueproof.core.brief import Brief
from blueproof.core.errors import EngineError, InputError
from blueproof.engines.convex_access.reading import Attempt, PublicFunction, Reading, read
from blueproof.intake.pasted_code import pasted_files
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove

_MOST_TOLD = 4
_SAID = {
    "anonymous": "anybody calls the {name} without signing in",
    "other's id": "the {name} gives whoever asks what belongs to another: it takes the id from the "
    "call and does not ask whose it is",
    "enumerate": "the {name} hands out rows of all users",
    "cross-tenant": "the {name} reaches rows of another team",
    "write other's": "the {name} changes or deletes what belongs to another: it does not ask whose "
    "it is",
    "impersonate": "the {name} writes in the name of whoever the call names",
    "self-promote": "the {name} lets people set what gives them power",
}
_DO = (
    "const identity = await ctx.auth.getUserIdentity(); refuse null, look the user up by "
    "identity.tokenIdentifier, and hold the row's owner against that user's _id; what only the "
    "server calls: internalQuery, internalMutation"
)


def advise_convex_code(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a request with Convex functions in it; None where they cannot be read."""
    files = pasted_files(brief.request)
    progress("reading the functions")
    with tempfile.TemporaryDirectory(prefix="blueproof-convex-") as name:
        folder = Path(name) / "convex"
        folder.mkdir()
        for path, code in files.items():
            (folder / path).write_text(code, encoding="utf-8")
        try:
            reading = read(folder)
        except (EngineError, InputError):
            return None
    draft = Draft(brief=brief, question_kind=kind_of(brief, "review"), premises=judge(brief))
    conclusion = _concluded(reading)

    def said(_kept: Draft, _proofs: tuple[Proof, ...]) -> Conclusion:
        return conclusion

    with Bench() as bench:
        return prove(draft, said, bench, progress)


def _concluded(reading: Reading) -> Conclusion:
    """What is open, worst first, and what could not be told."""
    found = tuple(_findings(reading))
    told = [f.says.partition(". Do: ")[0] for f in found if f.severity == "harm"]
    many = len(reading.functions)
    if told:
        more = f" {len(told) - _MOST_TOLD} more stand in the report." * (len(told) > _MOST_TOLD)
        answer = " ".join(f"{n}. {_sentence(t)}" for n, t in enumerate(told[:_MOST_TOLD], 1)) + more
        answer = f"Yes: {len({f.where for f in found})} of {many} functions are open. {answer}"
    else:
        answer = f"Nothing that we know to look for is open in these {many} functions."
    return Conclusion(
        answer=answer,
        findings=found,
        steps=tuple(
            Step(do=f"{f.where}: {_DO}", horizon="now", undo="",
                 check="blueproof rules check convex/ finds nothing open")
            for f in {f.where: f for f in found}.values()
        ),
        not_proved=tuple(_untold(reading)),
    )  # fmt: skip


def _findings(reading: Reading) -> Iterator[Finding]:
    for function in reading.functions:
        opened = [a for a in function.attempts if a.verdict == "open"]
        for attempt in _worst(opened):
            yield Finding(
                rule=f"convex-{attempt.attack.replace(' ', '-').replace(chr(39), '')}",
                where=f"{function.file}:{function.line}",
                says=f"{_said(function, attempt)}. Do: {_DO}",
                severity="harm",
            )


def _worst(opened: list[Attempt]) -> tuple[Attempt, ...]:
    """What is open to everybody says the rest, but for changes."""
    return tuple(a for a in opened if not (a.attack == "enumerate" and len(opened) > 1))


def _said(function: PublicFunction, attempt: Attempt) -> str:
    name = function.name.rpartition(":")[2]
    return _SAID[attempt.attack].format(name=f"{function.kind} {name}")


def _untold(reading: Reading) -> Iterator[Unproved]:
    for function in reading.functions:
        for attempt in function.attempts:
            if attempt.verdict == "cannot tell":
                yield Unproved(statement=f"{function.name}: {attempt.attack}", why=attempt.why)
    yield Unproved(statement="that nothing else is open", why="the code was read, and not run")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
