"""A stack printed as HCL, in the form that `terraform fmt` leaves alone."""

import json
from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

from blueproof.cloud.stack import (
    Body,
    Call,
    Expr,
    Output,
    Resource,
    Stack,
    Table,
    Value,
    Variable,
    body,
)

_WIDTH = 96
_META = ("count", "for_each", "provider")
_LAST = ("lifecycle", "depends_on")


def print_stack(stack: Stack) -> dict[str, str]:
    """The files of a stack by path, each with the blocks that belong there."""
    files: dict[str, list[str]] = {}
    for file, head, inner in stack.settings:
        files.setdefault(file, []).append(_block(head, inner, ""))
    for resource in stack.resources:
        files.setdefault(resource.file, []).append(_resource(resource))
    if stack.variables:
        files["variables.tf"] = [_variable(v) for v in stack.variables]
    if stack.outputs:
        files["outputs.tf"] = [_output(o) for o in stack.outputs]
    return {f"{stack.folder}/{name}": "\n".join(blocks) for name, blocks in sorted(files.items())}


def print_blocks(blocks: tuple[tuple[str, Body], ...]) -> str:
    """Blocks of any kind, each with its head, as one file."""
    return "\n".join(_block(head, inner, "") for head, inner in blocks)


def _resource(resource: Resource) -> str:
    head = f'{resource.mode} "{resource.kind}" "{resource.name}"'
    return _block(head, resource.body, resource.says)


def _variable(variable: Variable) -> str:
    checks = tuple(
        body(condition=Expr(condition), error_message=message)
        for condition, message in variable.checks
    )
    inner = body(
        description=variable.says,
        type=Expr(variable.type),
        default=variable.default,
        sensitive=True if variable.secret else None,
        ephemeral=True if variable.ephemeral else None,
        validation=checks or None,
    )
    return _block(f'variable "{variable.name}"', inner, "")


def _output(output: Output) -> str:
    inner = body(description=output.says, value=output.value)
    return _block(f'output "{output.name}"', inner, "")


def _block(head: str, inner: Body, says: str) -> str:
    lines = [f"# {line}" for line in wrap(says, _WIDTH)]
    return "\n".join([*lines, f"{head} {{", *_lines(inner, 1), "}", ""])


def _lines(inner: Body, depth: int) -> Iterator[str]:
    """The lines of a body: single lines with their signs aligned, longer things set apart."""
    pad, first = "  " * depth, True
    for is_long, group in groupby(_parts(inner, depth), key=lambda part: part[2]):
        parts = list(group)
        if not is_long:
            width = max(len(name) for name, _, _ in parts)
            yield from ([] if first else [""])
            yield from (f"{pad}{name:{width}} = {_value(v, depth)}" for name, v, _ in parts)
            first = False
            continue
        for name, value, _ in parts:
            yield from ([] if first else [""])
            yield from _long(name, value, depth)
            first = False


def _parts(inner: Body, depth: int) -> Iterator[tuple[str, Value, bool]]:
    """Each argument and each nested block by itself, with whether it takes several lines."""
    ordered = sorted(inner.entries, key=lambda entry: _rank(entry[0]))
    for name, value in ordered:
        if isinstance(value, tuple) and value and all(isinstance(v, Body) for v in value):
            yield from ((name, each, True) for each in value)
        else:
            yield name, value, isinstance(value, Body) or "\n" in _value(value, depth)


def _rank(name: str) -> int:
    return -1 if name in _META else 1 + _LAST.index(name) if name in _LAST else 0


def _long(name: str, value: Value, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if not isinstance(value, Body):
        yield f"{pad}{name} = {_value(value, depth)}"
    elif not value.entries:
        yield f"{pad}{name} {{}}"
    else:
        yield f"{pad}{name} {{"
        yield from _lines(value, depth + 1)
        yield f"{pad}}}"


def _value(value: Value, depth: int) -> str:
    if isinstance(value, Expr):
        return value.text
    if isinstance(value, Call):
        return f"{value.function}({_value(value.value, depth)})"
    if isinstance(value, Table):
        return _table(value, depth)
    if isinstance(value, tuple):
        return _list(value, depth)
    return _string(value) if isinstance(value, str) else json.dumps(value)


def _string(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _list(values: tuple[Value, ...], depth: int) -> str:
    inside = [_value(v, depth + 1) for v in values]
    line = f"[{', '.join(inside)}]"
    if len(line) + 2 * depth <= _WIDTH - 30 and "\n" not in line:
        return line
    pad = "  " * (depth + 1)
    return "[\n" + "".join(f"{pad}{each},\n" for each in inside) + "  " * depth + "]"


def _table(value: Table, depth: int) -> str:
    if not value.entries:
        return "{}"
    inner = "\n".join(_lines(Body(_keys(value)), depth + 1))
    return f"{{\n{inner}\n{'  ' * depth}}}"


def _keys(value: Table) -> tuple[tuple[str, Value], ...]:
    """Names as HCL takes them for keys: quoted where they are no identifiers."""
    return tuple(
        (name if name.replace("_", "a").replace("-", "a").isalnum() else _string(name), inner)
        for name, inner in value.entries
    )
