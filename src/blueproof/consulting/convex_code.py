"""Who may call the Convex functions that were handed over, and for whom, by their code."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from blueproof.advisors.code.telling import Told
from blueproof.consulting.convex_shown import changes_any_row, claimed_by_caller, function_text
from blueproof.core.advice import Finding, Step
from blueproof.core.blueprint import Unproved
from blueproof.core.brief import Document
from blueproof.core.errors import EngineError, InputError
from blueproof.engines.convex_access.reading import Attempt, PublicFunction, Reading, read

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
_MADE = re.compile(r"=\s*(query|mutation|action|internal(?:Query|Mutation|Action))\s*\(")
_ASKS_ALL = re.compile(
    r"\b(?:anything (?:wrong|bad|off)|secure|safe|holes?|(?:is|are|look|looks) (?:this|it|ok|good)"
    r"|review|check)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:slow\w*|bill\w*|cost\w*|bandwidth|conflicts?|errors?|fail\w*|time ?outs?|crash\w*"
    r"|duplicat\w*|twice|missing|stale|laggy|expensive|limits?)\b",
    re.IGNORECASE,
)
_FUNCTION = re.compile(r"=\s*(?:internal)?(?:query|mutation|action)\s*\(", re.IGNORECASE)


def with_access(said: Told, files: tuple[Document, ...], words: str = "") -> Told:
    """What is said of files, with what their functions let strangers and other users do.

    What the words tell of stays first; where the files show no cause of it, or the words ask for
    anything wrong at all, access is first.
    """
    reading = _read(files)
    if reading is None:
        return said
    texts = {PurePosixPath(d.place(1)[0]).name: d.text for d in files}
    found = tuple(_findings(reading, texts))
    opened = tuple(_opened(reading, found))
    if not opened:
        return replace(said, not_proved=(*said.not_proved, *_untold(reading)))
    general = bool(_ASKS_ALL.search(words)) and not _TELLS.search(words)
    first = said.leads and bool(said.findings) and not general
    sentences = (*said.sentences, *opened) if first else opened
    if not first and said.findings:
        sentences = (*opened, *said.sentences)
    return replace(
        said,
        sentences=sentences,
        findings=(*said.findings, *found) if first else (*found, *said.findings),
        steps=(*said.steps, *_steps(found)) if first else (*_steps(found), *said.steps),
        not_proved=(*said.not_proved, *_untold(reading)),
        leads=True,
    )


def _read(files: tuple[Document, ...]) -> Reading | None:
    """The public functions of the files; None where none is of Convex, or they cannot be read."""
    texts = {PurePosixPath(d.place(1)[0]).name: d.text for d in files}
    if not any("ctx" in text and _FUNCTION.search(text) for text in texts.values()):
        return None
    with tempfile.TemporaryDirectory(prefix="blueproof-convex-") as name:
        folder = Path(name) / "convex"
        folder.mkdir()
        for path, code in texts.items():
            (folder / path).write_text(_imported(code), encoding="utf-8")
        try:
            return read(folder)
        except (EngineError, InputError):
            return None


def _imported(code: str) -> str:
    """The code with what a piece of a file leaves out, on its first line so that lines agree."""
    if "_generated/server" in code:
        return code
    made = ", ".join(sorted({m[1] for m in _MADE.finditer(code)}))
    return f'import {{ {made} }} from "./_generated/server"; {code}' if made else code


def _opened(reading: Reading, found: tuple[Finding, ...]) -> Iterator[str]:
    """What is open, worst first."""
    told = [f.says.partition(". Do: ")[0] for f in found if f.severity == "harm"]
    if not told:
        return
    many = len(reading.functions)
    yield f"Open to strangers: {len({f.where for f in found})} of {many} public functions."
    for number, each in enumerate(told[:_MOST_TOLD], 1):
        yield f"{number}. {_sentence(each)}"
    if len(told) > _MOST_TOLD:
        yield f"{len(told) - _MOST_TOLD} more stand in the report."


def _steps(found: tuple[Finding, ...]) -> Iterator[Step]:
    for finding in {f.where: f for f in found}.values():
        yield Step(
            do=f"{finding.where}: {_DO}",
            horizon="now",
            undo="",
            check="blueproof rules check convex/ finds nothing open",
        )


def _findings(reading: Reading, texts: dict[str, str]) -> Iterator[Finding]:
    for function in reading.functions:
        code = function_text(texts.get(PurePosixPath(function.file).name, ""), function.line)
        opened = [a for a in function.attempts if a.verdict == "open"]
        for attempt in _worst(opened):
            yield Finding(
                rule=f"convex-{attempt.attack.replace(' ', '-').replace(chr(39), '')}",
                where=f"{function.file}:{function.line}",
                says=f"{_said(function, attempt)}{_claimed(code)}. Do: {_DO}",
                severity="harm",
            )
        does = "" if opened else changes_any_row(code)
        if does:
            name = function.name.rpartition(":")[2]
            yield Finding(
                rule="convex-write-others",
                where=f"{function.file}:{function.line}",
                says=f"any signed-in user {does} any row by the {function.kind} {name}: it asks "
                f"only whether somebody is signed in, not whose the row is. Do: {_DO}",
                severity="harm",
            )


def _claimed(code: str) -> str:
    """What is said of an argument by which callers name themselves."""
    named = claimed_by_caller(code)
    return f", as anybody: {named}, which it compares, is what the call itself says" * bool(named)


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


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
