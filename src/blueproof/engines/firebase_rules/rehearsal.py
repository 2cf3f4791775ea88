"""Rules without a table of cases: what a stranger and nobody would try on each collection, decided.

The documents are made from the conditions: a field that is compared with request.auth.uid names
Ann, a list in which it is looked for has her alone, and so has a wildcard that must be her id.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules.decide import decide
from blueproof.engines.firebase_rules.requests import Request
from blueproof.engines.firebase_rules.rules import Block, Rules
from blueproof.engines.firebase_rules.runs import Data
from blueproof.engines.firebase_rules.ways import rules_of
from blueproof.engines.firebase_rules.yaml_values import as_timestamp

OWNER, STRANGER = "ann", "eve"
_ANY = "a-document"
_DATA = r"(?:request\.)?resource\.data\.(\w+)"
_IS_OWNER = re.compile(rf"request\.auth\.uid == {_DATA}|{_DATA} == request\.auth\.uid")
_IS_MEMBER = re.compile(rf"request\.auth\.uid in {_DATA}(?![\w.])")
_WILD = re.compile(r"request\.auth\.uid == (\w+)(?![\w.])|(?<![\w.])(\w+) == request\.auth\.uid")
_METHODS = ("get", "create", "update", "delete")


@dataclass(frozen=True, kw_only=True)
class Try:
    """One request: by whom ("" is nobody), what, in which collection, and whether it is allowed."""

    who: str
    method: str
    pattern: str
    allowed: bool | None


def rehearse(rules: Rules) -> tuple[Try, ...]:
    """What nobody, a stranger and the owner try on a document or file of each match."""
    conditions = _conditions(rules)
    samples = {block.pattern: _sample(block, conditions) for block in rules.blocks if block.grants}
    plain = {pattern: each for pattern, each in samples.items() if each}
    documents = dict(plain.values())
    return tuple(
        t for pattern, (path, _) in plain.items() for t in _tried(rules, pattern, path, documents)
    )


def _conditions(rules: Rules) -> dict[str, str]:
    """All that the allows of a match ask, as one text."""
    found: dict[str, list[str]] = {}
    for rule in rules_of(rules):
        texts = [text for way in rule.ways for text in way.texts]
        found.setdefault(rule.block.pattern, []).extend(texts)
    return {pattern: " ; ".join(texts) for pattern, texts in found.items()}


def _sample(block: Block, conditions: dict[str, str]) -> tuple[str, Data] | None:
    """The path of a document that the match is about, and what stands in it."""
    if block.deep is not None:
        return None
    parts = [part for part in block.pattern.split("/") if part][3:]
    in_storage = block.pattern.startswith("/b/")
    asked = conditions.get(block.pattern, "")
    every = " ; ".join(conditions.values())
    own = {a or b for a, b in _WILD.findall(every)}
    path = "/".join(
        (OWNER if part.strip("{}") in own else _ANY) if part.startswith("{") else part
        for part in parts
    )
    if in_storage:
        return (path, {"size": 1_000, "contentType": _kind_of(every)}) if path else None
    if not path or len(path.split("/")) % 2:
        return None
    owners = {a or b for a, b in _IS_OWNER.findall(asked)}
    members = {*_IS_MEMBER.findall(asked)}
    data: Data = {**dict.fromkeys(owners, OWNER), "title": "a title"}
    return path, {**data, **{field: [OWNER] for field in members}}


def _kind_of(asked: str) -> str:
    """A content type that conditions on it let through."""
    if "image/" not in asked and "pdf" in asked:
        return "application/pdf"
    return "video/mp4" if "video/" in asked and "image/" not in asked else "image/jpeg"


def _tried(rules: Rules, pattern: str, path: str, documents: dict[str, Data]) -> Iterator[Try]:
    for who in ("", STRANGER, OWNER):
        for method in _METHODS:
            fresh = OWNER not in path.rsplit("/", maxsplit=1)[-1] and method == "create"
            at = f"{path}-new" if fresh else path
            world = {p: d for p, d in documents.items() if method != "create" or p != at}
            data = documents[path]
            changed = {**data, "title": "another"} if method == "update" else dict(data)
            if rules.service != "cloud.firestore":
                changed = dict(data)
            try:
                decision = decide(rules, _request(who, method, at, changed), world)
            except InputError:
                return
            yield Try(who=who, method=method, pattern=pattern, allowed=decision.allowed)
            taken = _taken(data)
            if who == STRANGER and method == "update" and not decision.allowed and taken != data:
                decision = decide(rules, _request(who, method, at, taken), world)
                yield Try(who=who, method=method, pattern=pattern, allowed=decision.allowed)


def _taken(data: Data) -> Data:
    """The document with the stranger in each place where the owner stood."""
    named = {OWNER: STRANGER}
    return {
        field: [STRANGER] if value == [OWNER] else named.get(value, value)
        if isinstance(value, str) else value
        for field, value in data.items()
    }  # fmt: skip


def _request(who: str, method: str, path: str, data: Data) -> Request:
    return Request(
        method=method,
        path=path,
        now=as_timestamp("2026-01-01T00:00:00Z"),
        uid=who or None,
        token={"sub": who, "email": f"{who}@example.com"} if who else {},
        data=data if method in {"create", "update"} else None,
    )
