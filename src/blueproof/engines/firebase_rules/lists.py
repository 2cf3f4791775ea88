"""Lists: allowed only if every document that the query could return may be read.

"Rules are not filters": https://firebase.google.com/docs/firestore/security/rules-query. Allowed
is proved (symbolic.py); denied is shown by a document that could be there and that no allow
grants; where neither succeeds the request is not decided, and the reason says at which condition.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules.decide import answered, decide_one, prepared
from blueproof.engines.firebase_rules.errors import FaultError, UndecidedError
from blueproof.engines.firebase_rules.printer import expressed
from blueproof.engines.firebase_rules.queries import Facts, alternatives, examples, near, satisfies
from blueproof.engines.firebase_rules.requests import Decision, Reason, Request
from blueproof.engines.firebase_rules.rules import Block, Grant, Rules
from blueproof.engines.firebase_rules.runs import DATABASE, Documents, Run
from blueproof.engines.firebase_rules.symbolic import Prover
from blueproof.engines.firebase_rules.syntax import Expression, Literal, Member, walk
from blueproof.engines.firebase_rules.values import Path

_ANY = "\0"  # stands for a segment that differs between the documents
_ROOT = ("databases", DATABASE, "documents")
_ODD: tuple[Any, ...] = (None, "another value", 0, True, False, [], {})
_MOST_NAMES = 60  # fields tried when a document is sought that must not be returned
_BASES = 3
Wild = tuple[str | Path | None, ...]


def decide_list(rules: Rules, request: Request, documents: Documents) -> Decision:
    """Decide a Firestore list for every document that its query could return."""
    _check(request)
    facts = alternatives(request.query)
    reasons, open_ = list[Reason](), False
    proved = Decision(None, ())
    for each in facts:
        proved = _proved(rules, request, each, documents)
        if not proved.allowed:
            reasons += proved.why
            open_ = open_ or any(reason.outcome == "undecided" for reason in proved.why)
    if not reasons:
        return proved
    if not open_:
        for each in facts:
            shown = _shown(rules, request, each, documents)
            if shown:
                return shown
    says = "not decidable here: neither proved for all documents nor refuted by one"
    why = tuple(dict.fromkeys(reasons)) or (Reason(0, "undecided", says),)
    return Decision(None, tuple(replace(reason, outcome="undecided") for reason in why))


def _check(request: Request) -> None:
    parts = request.path.strip("/").split("/")
    if not request.query.collection_group and ("" in parts or len(parts) % 2 == 0):
        raise InputError(f"a list is of a collection, and {request.path!r} is none")


def _proved(rules: Rules, request: Request, facts: Facts, documents: Documents) -> Decision:
    """Allowed if one allow grants every document of an alternative; else why none does."""
    reasons = list[Reason]()
    places = {id(condition.node): place for place, condition in enumerate(rules.conditions)}
    for block, wild in _covering(rules, request, facts):
        for grant in block.by_method.get("list", ()):
            run = _prepared(rules, request, documents)
            for slot, value in zip(block.slots, wild, strict=True):
                run.wild[slot] = value
            reason = _tried(run, grant, facts, places)
            if reason.outcome == "granted":
                refuted = next(refuting(rules, request, facts, documents, few=True), None)
                if refuted:
                    reason = Reason(reason.line, "undecided", f"proved, but {refuted.why[0].says}")
                else:
                    return answered(run, allowed=True, why=(reason,))
            reasons.append(reason)
    return Decision(None, tuple(reasons) or (Reason(0, "default", _nobody(request)),))


def _nobody(request: Request) -> str:
    group = request.query.collection_group
    if group:
        return f"no allow list in a match such as /{{path=**}}/{group}/{{id}}"
    return f"no allow list for all of /{request.path.strip('/')}"


def _prepared(rules: Rules, request: Request, documents: Documents) -> Run:
    run = prepared(rules, request, (*_ROOT, "x", _ANY), documents, None)
    run.resource = None
    return run


def _tried(run: Run, grant: Grant, facts: Facts, places: dict[int, int]) -> Reason:
    line = grant.allow.line
    if grant.allow.condition is None:
        return Reason(line, "granted", "no condition")
    prover = Prover(run, facts, places)
    try:
        truth = prover.condition(grant.allow.condition, grant.scope, {})
    except UndecidedError as fault:
        return Reason(line, "undecided", str(fault))
    except FaultError as fault:
        return Reason(line, "error", str(fault))
    if truth:
        return Reason(line, "granted", "true for every document that the query could return")
    if truth is None and prover.unknown:
        return Reason(line, "false", _untold(prover.unknown))
    return Reason(line, "false", f"{expressed(grant.allow.condition)} is false")


def _untold(node: Expression) -> str:
    return f"{expressed(node)} is not the same for all results (line {node.line})"


def _covering(rules: Rules, request: Request, facts: Facts) -> Iterator[tuple[Block, Wild]]:
    """The blocks that match every document of the query, with what is known of wildcards."""
    group = request.query.collection_group
    for block in rules.blocks:
        if not block.by_method.get("list"):
            continue
        if group:
            wild = _of_group(block, group, first_version=rules.file.version == "1")
        else:
            collection = request.path.strip("/").split("/")
            bound = block.bound((*_ROOT, *collection, facts.pinned() or _ANY))
            wild = None if bound is None else tuple(map(_known, bound))
        if wild is not None:
            yield block, wild


def _known(value: str | Path) -> str | Path | None:
    unknown = value == _ANY or (isinstance(value, Path) and _ANY in value.segments)
    return None if unknown else value


def _of_group(block: Block, group: str, *, first_version: bool) -> Wild | None:
    """What a block knows of a collection group: only {path=**} right at the root has all of it."""
    most = len(_ROOT) + 1 + len(("collection", "document"))
    if first_version or block.deep != len(_ROOT) or len(block.path) > most:
        return None
    bound = block.bound((*_ROOT, _ANY, _ANY, group, _ANY))
    return None if bound is None else tuple(map(_known, bound))


def _shown(rules: Rules, request: Request, facts: Facts, documents: Documents) -> Decision | None:
    return next(refuting(rules, request, facts, documents, few=False), None)


def refuting(
    rules: Rules, request: Request, facts: Facts, documents: Documents, *, few: bool
) -> Iterator[Decision]:
    """Denials of documents that the query could return; `few` tries only the plainest.

    A proof is held against these as well, as one who keeps accounts adds up twice.
    """
    for path, data in _possible(rules, request, facts, documents, few=few):
        single = replace(request, path=path)
        decision = decide_one(rules, single, {**documents, path: data})
        if decision.allowed is False:
            first = decision.why[0]
            says = f"the query could return {path} with {_shortly(data)}, and {first.says}"
            yield replace(decision, why=(Reason(first.line, first.outcome, says),))


def _shortly(data: Any) -> str:
    text = ", ".join(f"{name}: {value!r}" for name, value in data.items())
    return f"{{{text[:120]}}}"


def _possible(
    rules: Rules, request: Request, facts: Facts, documents: Documents, *, few: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    places = _places(request, facts)
    bases = [*islice(examples(facts), _BASES)]
    yield from ((place, data) for place in places for data in bases)
    if few:
        return
    for path, data in documents.items():
        if _returned(path, request) and satisfies(data, path.rsplit("/", 1)[-1], facts):
            yield path, {**data}
    names, written = _names(rules), _written_values(rules)
    for base in bases:
        for name in dict.fromkeys((*base, *names)):
            for odd in (*_ODD, *written) if name in base else _ODD:
                data = {**base, name: odd}
                if satisfies(data, facts.pinned() or "x", facts):
                    yield places[0], data


def _places(request: Request, facts: Facts) -> tuple[str, ...]:
    """Where a document that the query returns may be."""
    name = facts.pinned() or "another-id"
    group = request.query.collection_group
    if group:
        return (f"another/place/{group}/{name}", f"{group}/{name}")
    return (f"{request.path.strip('/')}/{name}",)


def _returned(path: str, request: Request) -> bool:
    """Whether a document is in the collection, or in the group."""
    collection = path.rsplit("/", 1)[0]
    group = request.query.collection_group
    return (
        collection.rsplit("/", 1)[-1] == group if group else collection == request.path.strip("/")
    )


def _written_values(rules: Rules) -> list[Any]:
    """Values that the rules compare with, and their neighbours."""
    found = list[Any]()
    for node in walk(rules.file):
        if isinstance(node, Literal) and node.kind in {"string", "int", "float"}:
            found += near(node.value)
    return [*islice(found, _MOST_NAMES)]


def _names(rules: Rules) -> list[str]:
    """Names that the rules use and that may be fields."""
    found: dict[str, None] = {}
    for node in walk(rules.file):
        if isinstance(node, Member):
            found[node.name] = None
        elif isinstance(node, Literal) and isinstance(node.value, str) and node.value:
            found[node.value] = None
    return [*islice(found, _MOST_NAMES)]
