"""Requests near those of a table: by other people, by other methods, with other data."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from blueproof.engines.firebase_rules.requests import Query, Request
from blueproof.engines.firebase_rules.syntax import METHODS
from blueproof.engines.firebase_rules.table import Table

STRANGER = "a-stranger"
Person = tuple[str | None, dict[str, Any]]


def people(table: Table) -> tuple[Person, ...]:
    """Everybody of a table, nobody, and somebody it does not know."""
    found: dict[str, Person] = {}
    for case in table.cases:
        found.setdefault(repr((case.request.uid, case.request.token)), (
            case.request.uid, case.request.token))  # fmt: skip
    found.setdefault("nobody", (None, {}))
    found.setdefault("stranger", (STRANGER, {"sub": STRANGER}))
    return tuple(found.values())


def variations(table: Table) -> Iterator[Request]:
    """One thing changed at a time, then the person as well; the plainest first."""
    everybody = people(table)
    for case in table.cases:
        for uid, token in everybody:
            yield replace(case.request, uid=uid, token=token)
    for case in table.cases:
        for changed in _changed(case.request, table):
            yield changed
            for uid, token in everybody:
                yield replace(changed, uid=uid, token=token)


def _changed(request: Request, table: Table) -> Iterator[Request]:
    yield from _methods(request, table)
    if request.method == "list":
        yield from _queries(request)
    elif request.data is not None:
        for data in changed_data(request.data):
            yield replace(request, data=data)


def _methods(request: Request, table: Table) -> Iterator[Request]:
    exists = request.path in table.documents
    for method in METHODS:
        if "list" in {method, request.method} or method == request.method:
            continue
        if (method == "create") is exists and method in {"create", "update", "delete"}:
            continue
        data = request.data if method in {"create", "update"} else None
        if method in {"create", "update"} and data is None:
            data = table.documents.get(request.path, {})
        yield replace(request, method=method, data=data)


def _queries(request: Request) -> Iterator[Request]:
    query = request.query
    for place in range(len(query.where)):
        where = (*query.where[:place], *query.where[place + 1 :])
        yield replace(request, query=replace(query, where=where))
    for place in range(len(query.any_of)):
        any_of = (*query.any_of[:place], *query.any_of[place + 1 :])
        yield replace(request, query=replace(query, any_of=any_of))
    yield replace(request, query=replace(query, limit=None))
    yield replace(request, query=replace(query, limit=100_000))
    yield replace(request, query=Query(collection_group=query.collection_group))


def changed_data(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The data with one field less, one more, or one of another value or type."""
    yield {**data, "another": True}
    for name, value in data.items():
        yield {key: other for key, other in data.items() if key != name}
        for odd in _odd(value):
            yield {**data, name: odd}


def _odd(value: Any) -> Iterator[Any]:
    """Other values: of the same type and of others, larger and smaller."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, str):
        yield from ("another value", "", value + "x" * 10_000, 7)
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1, -(10**9), 10**9, "text")
    elif isinstance(value, list):
        yield from ([], value[:-1], [*value, "another value"], [*value, *["x"] * 1_000], "text")
    yield None
