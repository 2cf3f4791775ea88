"""What strangers could try, generated from the documents of a table, and what is decided.

Kinds: read, enumerate, write, impersonate, self-promote, join, take over a token document, cross
tenant, deleted user, anonymous. What the table itself lets uninvolved people do is intended.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from blueproof.engines.firebase_rules.decide import decide
from blueproof.engines.firebase_rules.requests import Decision, Query, Request
from blueproof.engines.firebase_rules.rules import Rules
from blueproof.engines.firebase_rules.runs import Data, Documents
from blueproof.engines.firebase_rules.table import Table
from blueproof.engines.firebase_rules.values import Timestamp
from blueproof.engines.firebase_rules.variations import STRANGER, Person, people

_NEW = "an-id-of-the-attacker"
_POWERS: dict[str, Any] = {
    "role": "admin", "roles": ["admin"], "admin": True, "isAdmin": True, "verified": True,
    "plan": "pro", "premium": True, "credits": 10**6, "balance": 10**6,
}  # fmt: skip
_TOKENS = frozenset("token pushtoken fcmtoken devicetoken expopushtoken apikey secret".split())
DELETED = "deleted user"
ANONYMOUS = "an-anonymous-account"


@dataclass(frozen=True, slots=True)
class Attack:
    """One attempt and what is decided; `intended` if the table allows the like to strangers."""

    kind: str
    who: str
    request: Request
    decision: Decision
    intended: bool

    @property
    def succeeds(self) -> bool:
        """Whether something is allowed that nobody asked for.

        A deleted user's token holds for up to an hour whatever rules say, so that is shown apart.
        """
        return self.decision.allowed is True and not self.intended and self.kind != DELETED


def attacks(
    rules: Rules, documents: Documents, persons: tuple[Person, ...], now: Timestamp,
    table: Table | None = None,
) -> Iterator[Attack]:  # fmt: skip
    """Every attempt on every document, each once."""
    seen = set[str]()
    for kind, request, world in _attempts(documents, persons, now):
        mark = f"{kind} {request.method} {_collection(request)} {request.uid} {_shape(request)}"
        if mark in seen:
            continue
        seen.add(mark)
        firestore = table.firestore if table else {}
        decision = decide(rules, request, world, firestore=firestore)
        intended = table is not None and _intended(request, table)
        yield Attack(kind, request.uid or "nobody", request, decision, intended)


def attacks_of(rules: Rules, table: Table) -> tuple[Attack, ...]:
    """The attempts on the documents of a table, by its people and by strangers."""
    now = table.cases[0].request.now
    return tuple(attacks(rules, table.documents, people(table), now, table))


def _shape(request: Request) -> str:
    return f"{sorted(request.data or {})} {request.query} {request.path.count('/')}"


def _collection(request: Request) -> str:
    """The names of the collections on a path, without the ids between them."""
    return "/".join(request.path.split("/")[::2])


def _attempts(
    documents: Documents, persons: tuple[Person, ...], now: Timestamp
) -> Iterator[tuple[str, Request, Documents]]:
    for path, data in documents.items():
        for uid, token in _strangers(persons, path, data, documents):
            for kind, request in _by_stranger(path, data, Request(
                method="get", path=path, now=now, uid=uid, token=token)):  # fmt: skip
                yield kind, request, documents
        for uid, token in persons:
            if uid is not None and uid in path.split("/"):
                mine = Request(method="update", path=path, now=now, uid=uid, token=token)
                yield from ((kind, request, documents) for kind, request in _own(data, mine))
                gone = {other: each for other, each in documents.items() if other != path}
                yield DELETED, replace(mine, method="create", data=dict(data)), gone


def _strangers(
    persons: tuple[Person, ...], path: str, data: Data, documents: Documents
) -> Iterator[Person]:
    """Those who have nothing to do with a document or with what it lies below."""
    yield None, {}
    yield STRANGER, {"sub": STRANGER, "email": "stranger@example.com"}
    yield ANONYMOUS, {"sub": ANONYMOUS, "firebase": {"sign_in_provider": "anonymous"}}
    parts = path.split("/")
    above = [documents.get("/".join(parts[:end]), {}) for end in range(2, len(parts), 2)]
    for uid, token in persons:
        involved = uid in parts or any(_names(each, uid) for each in (data, *above))
        if uid is not None and not involved and not _has_power(token):
            yield uid, token


def _has_power(token: dict[str, Any]) -> bool:
    return any(name in token for name in (*_POWERS, "tenant"))


def _names(value: Any, uid: str | None) -> bool:
    """Whether a value holds somebody's id anywhere."""
    if isinstance(value, Mapping):
        return any(_names(each, uid) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(_names(each, uid) for each in value)
    return isinstance(value, str) and value == uid


def _by_stranger(path: str, data: Data, ask: Request) -> Iterator[tuple[str, Request]]:
    collection = path.rsplit("/", 1)[0]
    fresh = f"{collection}/{_NEW}"
    kind = {None: "nobody", ANONYMOUS: "anonymous"}.get(ask.uid)
    below = "cross-tenant" if path.count("/") > 1 else "read"
    yield kind or below, ask
    yield kind or "enumerate", replace(ask, method="list", path=collection)
    group = collection.rsplit("/", 1)[-1]
    yield kind or "enumerate", replace(ask, method="list", path=group,
                                       query=Query(collection_group=group))  # fmt: skip
    yield kind or "write", replace(ask, method="update", data={**data, "another": "value"})
    yield kind or "write", replace(ask, method="update", data=dict(data))
    yield kind or "write", replace(ask, method="delete")
    yield kind or "impersonate", replace(ask, method="create", path=fresh, data=dict(data))
    for name, value in data.items():
        if isinstance(value, list) and ask.uid:
            yield "join", replace(ask, method="update", data={**data, name: [*value, ask.uid]})
        if name.lower().replace("_", "") in _TOKENS:
            yield (
                "take over a token",
                replace(ask, method="update", data={**data, name: "token-of-the-attacker"}),
            )


def _own(data: Data, mine: Request) -> Iterator[tuple[str, Request]]:
    """Powers that somebody gives themselves in a document of their own."""
    for name, value in _POWERS.items():
        if name in data or name in {"role", "admin"}:
            yield "self-promote", replace(mine, data={**data, name: value})


def _intended(request: Request, table: Table) -> bool:
    """Whether a case allows the like to somebody who has nothing to do with the document."""
    for case in table.cases:
        other = case.request
        if not case.expected or other.method != request.method:
            continue
        if _collection(other) != _collection(request) or (other.uid and not request.uid):
            continue
        data = table.documents.get(other.path, {})
        if other.uid not in other.path.split("/") and not _names([data, other.data], other.uid):
            return True
    return False
