"""One text for two environments: where their sizes differ, the environment decides."""

import json
from dataclasses import replace

from blueproof.cloud.stack import Body, Call, Stack, Table, Value, as_text, ref

IS_PRODUCTION = "is_production"


def by_environment(production: Stack, staging: Stack) -> Stack:
    """The first stack with the second's values where they differ; both have the same resources."""
    twins = staging.by_address
    resources = tuple(
        replace(resource, body=_body(resource.body, twins[resource.address].body))
        for resource in production.resources
    )
    settings = tuple(
        (file, head, _with_condition(inner) if head == "locals" else inner)
        for file, head, inner in production.settings
    )
    return replace(production, resources=resources, settings=settings)


def _with_condition(names: Body) -> Body:
    asked = (IS_PRODUCTION, ref('var.environment == "production"'))
    return Body((*names.entries, asked))


def _body(first: Body, second: Body) -> Body:
    return Body(tuple(_entry(name, value, second.get(name)) for name, value in first.entries))


def _entry(name: str, first: Value, second: Value) -> tuple[str, Value]:
    return name, _value(first, second)


def _value(first: Value, second: Value) -> Value:
    if first == second:
        return first
    if isinstance(first, Body) and isinstance(second, Body):
        return _body(first, second)
    if isinstance(first, Table) and isinstance(second, Table):
        return Table(tuple(_entry(n, v, second.get(n)) for n, v in first.entries))
    if isinstance(first, Call) and isinstance(second, Call):
        return Call(first.function, _value(first.value, second.value))
    if isinstance(first, tuple) and isinstance(second, tuple):
        return tuple(_value(a, b) for a, b in zip(first, second, strict=True))
    return ref(f"local.{IS_PRODUCTION} ? {_plain(first)} : {_plain(second)}")


def _plain(value: Value) -> str:
    """A value that stands in a condition as it is: a number, a text, a reference."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else as_text(value)
