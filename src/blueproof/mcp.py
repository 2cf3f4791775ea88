"""Blueproof for coding agents: an MCP server of two tools, `consult` and `show_proof`.

The host's model reads and speaks; every choice, price, limit and verdict is made here. Needs the
extra `mcp`, so nothing else imports this module.
"""

import hashlib
import json
import shlex
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Annotated, Any
from urllib.parse import quote

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import (
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    InputRequiredResult,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from blueproof import __version__
from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint, Proof
from blueproof.core.brief import Brief
from blueproof.core.claim import LoadFits, SumsTo, WithinLimit
from blueproof.core.codec import encode
from blueproof.core.errors import BlueproofError, SqlError, UsageError
from blueproof.core.evidence import Citation
from blueproof.core.question import Question
from blueproof.decide.dimensions import BY_ID
from blueproof.facts.load import load
from blueproof.intake.answers import with_answers
from blueproof.intake.database import ROWS
from blueproof.intake.host import HostFact, Refusal, is_figure, stated, with_host_facts
from blueproof.intake.texts import with_texts
from blueproof.intake.words.read import read_request
from blueproof.render.short import short_answer, short_proof
from blueproof.sql.secrets import masked

_REMEMBERED = 16  # consultations
_MOST_CHARACTERS = 100_000
_MOST_FACTS = 200
_LEAST_WORDS = 2
_MOST_REPEATED = 500  # characters of a request that is given back in a command
_ID_LENGTH = 8
_THEIRS = {"schema.sql", "queries.sql"}

_RULES = (
    "Never state a price, limit, benchmark or choice that these tools did not return. "
    "Quote the person literally. Say unchecked where the tools say so."
)
_CONSULT = (
    "Answer a backend request (choice of technology, cost, PostgreSQL schema and queries) with "
    "checked advice, bills with dated prices, and the open questions ranked. Pass the request in "
    "the person's own words; in facts only what those words say, each with its literal quote; in "
    "answers only what the person answered. " + _RULES
)
_SHOW_PROOF = (
    "Show one proof of a consultation: what it says, verdict, basis, measured figures, how to "
    "repeat it, source. " + _RULES
)


class Told(BaseModel):
    """A fact that the host read in the request."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(
        description="technology, feature, constraint, problem, scale.<metric>, deadline, or a "
        "question's key such as users, offline, region or budget"
    )
    value: str | int | float | bool
    quote: str = Field(description="the words of the request that say it, literally")


_Request = Annotated[str, Field(description="the request in the person's own words, unchanged")]
_Facts = Annotated[
    tuple[Told, ...],
    Field(default=(), description="what you read in the request beyond its keywords"),
]
_Answers = Annotated[
    dict[str, str | int | float | bool],
    Field(default_factory=dict, description="what the person answered, by the question's key"),
]
_Files = Annotated[
    dict[str, str],
    Field(default_factory=dict, description="text of the person's files by path: .sql, manifests"),
]
_Sizes = Annotated[
    tuple[Annotated[int, Field(ge=1, le=10**10)], ...],
    Field(default=(), description="monthly users to show the bill for"),
]
_Name = Annotated[str, Field(description="the consultation's name, as consult returned it")]
_ProofId = Annotated[str, Field(description="the proof's id, such as p3")]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """All that a consultation is made from."""

    request: str
    facts: tuple[HostFact, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    sizes: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The name of the consultation: the same for the same input."""
        text = json.dumps(encode(self), sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_LENGTH]


@dataclass(frozen=True, kw_only=True)
class Consultation:
    """A consultation held: its blueprint, what was refused of the host, all questions ranked."""

    asked: Asked
    blueprint: Blueprint
    refusals: tuple[Refusal, ...]
    questions: tuple[Question, ...]

    @property
    def name(self) -> str:
        """The name that show_proof takes."""
        return self.asked.name

    def repeated_by(self, proof: Proof) -> str:
        """How the proof is repeated on a command line: the very commands, where words suffice."""
        refused = {refusal.fact for refusal in self.refusals}
        told = [(f.key, f.value) for f in self.asked.facts if f not in refused]
        facts = [*told, *self.asked.answers]
        exact = not self.asked.files and all(key in BY_ID for key, _ in facts)
        if not exact or len(self.asked.request) > _MOST_REPEATED:
            return f"in the folder that blueproof writes for this request: {proof.rerun}"
        values = (f"--set {shlex.quote(f'{key}={value}')} " for key, value in facts)
        sizes = ",".join(map(str, self.asked.sizes))
        options = "".join(values) + (f"--sizes {sizes} " if sizes else "")
        request = shlex.quote(self.asked.request)
        return f"blueproof {request} {options}--out again && cd again && {proof.rerun}"


@dataclass
class Desk:
    """Holds consultations, one at a time, and remembers the last ones by name."""

    _held: OrderedDict[str, Consultation] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def consult(self, asked: Asked) -> Consultation:
        """The consultation on what was asked; a remembered one is not held again."""
        with self._lock:
            held = self._held.pop(asked.name, None) or _consultation(asked)
            self._held[held.name] = held
            while len(self._held) > _REMEMBERED:
                self._held.popitem(last=False)
        return held

    def proof(self, consultation: str, name: str) -> tuple[Consultation, Proof]:
        """A remembered consultation and its proof; UsageError where either is not known."""
        held = self._held.get(consultation)
        if held is None:
            known = ", ".join(self._held) or "none yet"
            raise UsageError(
                f"no consultation {consultation!r} is remembered (there is {known}): consult again"
            )
        found = next((p for p in held.blueprint.proofs if p.id == name), None)
        if found is None:
            ids = ", ".join(p.id for p in held.blueprint.proofs) or "no proofs"
            raise UsageError(f"no proof {name!r} in consultation {consultation}: it has {ids}")
        return held, found


def _consultation(asked: Asked) -> Consultation:
    """Hold a consultation: the words, the files, what the host read, what was answered."""
    brief = with_texts(read_request(_request(asked.request)), dict(asked.files))
    brief, refusals = with_host_facts(brief, asked.facts)
    brief = _answered(brief, asked)
    blueprint = _consulted(brief)
    answered = dict(asked.answers)
    open_conflicts = (r.question for r in refusals if r.question)
    conflicts = {q.key: q for q in open_conflicts if q.key not in answered}
    rest = (q for q in blueprint.open_questions if q.key not in conflicts)
    ranked = enumerate((*conflicts.values(), *rest), start=1)
    questions = tuple(replace(q, id=str(place)) for place, q in ranked)
    return Consultation(asked=asked, blueprint=blueprint, refusals=refusals, questions=questions)


def _request(words: str) -> str:
    if len(words) > _MOST_CHARACTERS:
        raise UsageError(
            f"the request has {len(words):,} characters; the most is {_MOST_CHARACTERS:,}: "
            "pass files in files"
        )
    if len(words.split()) < _LEAST_WORDS:
        raise UsageError(f"{words.strip()!r} is no request: pass the person's sentence")
    return words.strip()


def _answered(brief: Brief, asked: Asked) -> Brief:
    """The brief with the person's answers, which take the place of what was read."""
    for key, value in asked.answers:
        if key.isdecimal():
            raise UsageError(f"answers: {key!r} is a number: pass the question's key, like users")
        if is_figure(key) and not key.startswith(ROWS):
            kept = tuple(f for f in brief.facts if f.key != key)
            brief = replace(brief, facts=(*kept, stated(key, value)))
        else:
            brief = with_answers(brief, (f"{key}={value}",))
    if asked.sizes:
        sizes = ";".join(str(size) for size in asked.sizes)
        brief = with_answers(brief, (f"sizes={sizes}",))
    return brief


def _consulted(brief: Brief) -> Blueprint:
    """The blueprint; an error in SQL is told at its place in the person's own file."""
    try:
        return consult(brief)
    except SqlError as error:
        document = next((d for d in brief.documents if error.path == f"{d.role}.sql"), None)
        if document is None:
            raise
        path, line = document.place(error.line)
        said = str(error).removeprefix(f"{error.path}:{error.line}:{error.column}: ")
        raise SqlError(said, path=path, line=line, column=error.column) from None


def structured(held: Consultation) -> dict[str, Any]:
    """The blueprint in the shape of --json, the conflicts first among its open questions."""
    shown: dict[str, Any] = encode(held.blueprint)
    return {**shown, "open_questions": encode(held.questions, tuple[Question, ...])}


def _as_text(held: Consultation) -> str:
    refused = "".join(
        f"\n  {r.fact.key}={r.fact.value}: {r.reason}" for r in held.refusals if not r.question
    )
    conflicts = "".join(f"\n  {r.reason}" for r in held.refusals if r.question)
    parts = (
        f"Consultation {held.name} (show_proof takes this name)",
        short_answer(held.blueprint, held.questions),
        f"Refused of your facts:{refused}" if refused else "",
        f"Conflicts, to be put to the person:{conflicts}" if conflicts else "",
    )
    return masked("\n".join(part for part in parts if part))


def _sources(blueprint: Blueprint, proof: Proof) -> tuple[Citation, ...]:
    """The published statements that a proof rests on, or that the advice it supports cites."""
    return tuple(dict.fromkeys(_cited(blueprint, proof)))


def _cited(blueprint: Blueprint, proof: Proof) -> Iterator[Citation]:
    claim = proof.claim
    if isinstance(claim, LoadFits | WithinLimit):
        found = [claim.limit]
    elif isinstance(claim, SumsTo):
        found = [line.fact for bill in blueprint.bill for line in bill.lines]
    else:
        found = []
        advice = ((r.proofs, r.evidence) for r in blueprint.recommendations)
        seen = ((f.proofs, f.evidence) for f in blueprint.findings)
        for proofs, evidence in (*advice, *seen):
            yield from evidence if proof.id in proofs else ()
    yield from (load()[name].citation for name in found if name in load())


def _result(
    text: str, content: Mapping[str, Any] | None = None, files: Iterable[ContentBlock] = ()
) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text), *files],
        structured_content=dict(content) if content is not None else None,
        is_error=content is None,
    )


def _files(held: Consultation) -> Iterator[EmbeddedResource]:
    """The files of the answer, which its JSON only names; not those that the person handed over."""
    for file in held.blueprint.artifacts:
        if file.text and file.path not in _THEIRS:
            uri = f"blueproof://{held.name}/{quote(file.path)}"
            text = TextResourceContents(uri=uri, mime_type="text/plain", text=file.text)
            yield EmbeddedResource(type="resource", resource=text)


def _told(make: Callable[[], CallToolResult]) -> CallToolResult:
    """The result, or the one line of an error that is meant for the person."""
    try:
        return make()
    except BlueproofError as error:
        return _result(masked(" ".join(str(error).split())))


class _Server(MCPServer[Any]):
    """The server, which says in one line what is wrong with the arguments of a call."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool by its name."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            wrong = error.__cause__.errors(include_input=False, include_url=False)
            said = "; ".join(f"{'.'.join(map(str, w['loc']))}: {w['msg']}" for w in wrong[:5])
            return _result(f"{name}: {said}")


def make_server() -> MCPServer[Any]:
    """The server with its two tools and a memory of its own."""
    server, desk = (
        _Server("blueproof", instructions=_RULES, version=__version__, log_level="WARNING"),
        Desk(),
    )
    reading = ToolAnnotations(
        read_only_hint=True, idempotent_hint=True, destructive_hint=False, open_world_hint=False
    )

    def consult_tool(
        request: _Request, facts: _Facts, answers: _Answers, files: _Files, sizes: _Sizes
    ) -> CallToolResult:
        return _told(lambda: _consult(desk, _asked(request, facts, answers, files, sizes)))

    def proof_tool(consultation: _Name, proof: _ProofId) -> CallToolResult:
        return _told(lambda: _show_proof(desk, consultation, proof))

    server.add_tool(consult_tool, name="consult", description=_CONSULT, annotations=reading)
    server.add_tool(proof_tool, name="show_proof", description=_SHOW_PROOF, annotations=reading)
    return server


def _asked(
    request: str,
    facts: tuple[Told, ...],
    answers: Mapping[str, Any],
    files: Mapping[str, str],
    sizes: tuple[int, ...],
) -> Asked:
    """What was asked, its secrets masked before anything rests on it."""
    if len(facts) > _MOST_FACTS:
        raise UsageError(f"facts: {len(facts)} of them; the most is {_MOST_FACTS}")
    return Asked(
        request=masked(request),
        facts=tuple(
            HostFact(key=f.key, value=masked(str(f.value)), quote=masked(f.quote)) for f in facts
        ),
        answers=tuple((key, str(value)) for key, value in sorted(answers.items())),
        files=tuple(sorted(files.items())),
        sizes=sizes,
    )


def _consult(desk: Desk, asked: Asked) -> CallToolResult:
    held = desk.consult(asked)
    return _result(_as_text(held), structured(held), _files(held))


def _show_proof(desk: Desk, consultation: str, name: str) -> CallToolResult:
    held, proof = desk.proof(consultation, name)
    sources = _sources(held.blueprint, proof)
    text = short_proof(proof, held.repeated_by(proof), sources)
    return _result(masked(text), {"proof": encode(proof), "sources": encode(sources)})
