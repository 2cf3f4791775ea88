"""Whether a request is allowed: nothing is unless an allow of a match on its path grants it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules.errors import ExceededError, FaultError, UndecidedError
from blueproof.engines.firebase_rules.limits import MULTI_LOOK_UPS
from blueproof.engines.firebase_rules.printer import pattern
from blueproof.engines.firebase_rules.requests import Decision, Reason, Request
from blueproof.engines.firebase_rules.rules import Block, Grant, Rules
from blueproof.engines.firebase_rules.runs import DATABASE, Data, Documents, Run, resource_of
from blueproof.engines.firebase_rules.syntax import METHODS
from blueproof.engines.firebase_rules.values import Path

_STORAGE = "firebase.storage"


def decide(
    rules: Rules, request: Request, documents: Documents, *, firestore: Documents | None = None
) -> Decision:
    """Decide one request against the documents that exist (for Storage: the objects).

    `firestore` has the documents that Storage rules may look up. A list is decided for every
    document that the query could return. Raises InputError if the request makes no sense.
    """
    if request.method not in METHODS:
        raise InputError(f"no method {request.method!r}: {', '.join(METHODS)}")
    if request.method == "list" and rules.service != _STORAGE:
        from blueproof.engines.firebase_rules.lists import decide_list

        return decide_list(rules, request, documents)
    return decide_one(rules, request, documents, firestore=firestore)


def decide_batch(
    rules: Rules, requests: Sequence[Request], documents: Documents
) -> tuple[Decision, ...]:
    """Decide the writes of one Firestore batch or transaction, each as if all had succeeded.

    Each write has its own look-ups, and all together 20: beyond that every one is denied.
    """
    after: dict[str, Data | None] = {}
    for request in requests:
        after |= _after(request)
    decisions = tuple(
        decide_one(rules, replace(request, after=after), documents) for request in requests
    )
    spent = sum(len(decision.look_ups) for decision in decisions)
    if spent <= MULTI_LOOK_UPS:
        return decisions
    why = Reason(0, "exceeded", f"{spent} documents are looked up, {MULTI_LOOK_UPS} are allowed")
    return tuple(replace(decision, allowed=False, why=(why,)) for decision in decisions)


def decide_one(
    rules: Rules, request: Request, documents: Documents, *, firestore: Documents | None = None
) -> Decision:
    """Decide a request on one document or object."""
    path = whole_path(rules, request)
    run = prepared(rules, request, path, documents, firestore)
    reasons, undecided = list[Reason](), False
    for block, values in matching(rules, path):
        for slot, value in zip(block.slots, values, strict=True):
            run.wild[slot] = value
        for grant in block.by_method.get(request.method, ()):
            reason = _tried(rules, run, grant)
            if reason.outcome == "granted":
                return answered(run, allowed=True, why=(reason,))
            reasons.append(reason)
            if reason.outcome == "exceeded":
                return answered(run, allowed=False, why=tuple(reasons))
            undecided = undecided or reason.outcome == "undecided"
    why = tuple(reasons) or (nobody_allows(rules, request, path),)
    return answered(run, allowed=None if undecided else False, why=why)


def whole_path(rules: Rules, request: Request) -> tuple[str, ...]:
    """The path as rules see it. Raises InputError if it is not one of a document or object."""
    parts = tuple(request.path.strip("/").split("/"))
    if "" in parts:
        raise InputError(f"the path {request.path!r} has an empty segment")
    if rules.service == _STORAGE:
        return ("b", request.bucket, "o", *parts)
    if len(parts) % 2:
        raise InputError(f"the path {request.path!r} is a collection, not a document")
    return ("databases", DATABASE, "documents", *parts)


def prepared(
    rules: Rules, request: Request, path: tuple[str, ...], documents: Documents,
    firestore: Documents | None,
) -> Run:  # fmt: skip
    """A run with the values that rules can see of the request."""
    run = Run(len(rules.conditions), rules.wildcards)
    auth = None if request.uid is None else {"uid": request.uid, "token": request.token}
    seen: dict[str, Any] = {
        "auth": auth,
        "method": request.method,
        "path": Path(path),
        "time": request.now,
    }
    run.storage = rules.service == _STORAGE
    resource = _object if run.storage else resource_of
    if request.method in {"create", "update"}:
        seen["resource"] = resource(path, request.data or {})
    if request.method == "list" and not run.storage:
        seen["query"] = {"limit": request.query.limit, "offset": request.query.offset or 0}
    before = None if request.method == "create" else documents.get(request.path.strip("/"))
    run.request = seen
    run.resource = None if before is None else resource(path, before)
    run.documents = (firestore or {}) if run.storage else documents
    if not run.storage:
        run.after = _after(request)
    return run


def _object(path: tuple[str, ...], metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {"bucket": path[1], "name": "/".join(path[3:]), **metadata}


def _after(request: Request) -> Mapping[str, Any]:
    """What documents will be once the request and the rest of its batch have succeeded."""
    path = request.path.strip("/")
    if request.method in {"create", "update"}:
        return {**request.after, path: request.data or {}}
    if request.method == "delete":
        return {**request.after, path: None}
    return request.after


def matching(rules: Rules, path: tuple[str, ...]) -> Iterator[tuple[Block, tuple[str | Path, ...]]]:
    """The blocks whose path matches, with the values of their wildcards."""
    for block in rules.blocks:
        if block.by_method:
            values = block.bound(path)
            if values is not None:
                yield block, values


def _tried(rules: Rules, run: Run, grant: Grant) -> Reason:
    """What one allow comes to."""
    line = grant.allow.line
    if grant.run is None:
        return Reason(line, "granted", "no condition")
    run.blame = -1
    try:
        if grant.run([run]):
            return Reason(line, "granted", "")
    except ExceededError as fault:
        return Reason(line, "exceeded", str(fault))
    except UndecidedError as fault:
        return Reason(line, "undecided", str(fault))
    except FaultError as fault:
        return Reason(line, "error", str(fault))
    condition = rules.conditions[run.blame]
    return Reason(line, "false", f"{condition.text} is false (line {condition.line})")


def nobody_allows(rules: Rules, request: Request, path: tuple[str, ...]) -> Reason:
    """The reason of the default: no match, or none that allows the method."""
    found = [pattern(block.path) for block, _ in matching(rules, path)]
    says = f"no allow {request.method} in {', '.join(found)}" if found else "no match for the path"
    return Reason(0, "default", f"{says}: {Path(path)}")


def answered(run: Run, *, allowed: bool | None, why: tuple[Reason, ...]) -> Decision:
    """The decision, with what was met on the way."""
    return Decision(
        allowed=allowed,
        why=why,
        look_ups=tuple(dict.fromkeys(name for name, _ in run.looked_up)),
        marks=bytes(run.marks),
        expressions=run.spent,
    )
