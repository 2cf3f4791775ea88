"""HCL files read back as a stack, whoever wrote them; python-hcl2 does the parsing."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from blueproof.cloud.stack import (
    Body,
    Call,
    Expr,
    Mode,
    Output,
    Resource,
    Stack,
    Table,
    Value,
    Variable,
    as_text,
)
from blueproof.core.errors import InputError

_BLOCK, _COMMENTS = "__is_block__", {"__comments__", "__inline_comments__"}
_JSON = "jsonencode("
_MODES: tuple[Mode, ...] = ("resource", "data")


def read_stack(files: Mapping[str, str], folder: str) -> Stack:
    """The stack whose .tf files lie directly in a folder; InputError where one does not parse."""
    parsed = {
        path.rpartition("/")[2]: _parsed(path, text)
        for path, text in sorted(files.items())
        if path.rpartition("/")[0] == folder and path.endswith(".tf")
    }
    pairs = list(parsed.items())
    return Stack(
        folder=folder,
        resources=tuple(r for file, tree in pairs for r in _resources(file, tree)),
        variables=tuple(v for _, tree in pairs for v in _variables(tree)),
        outputs=tuple(o for _, tree in pairs for o in _outputs(tree)),
        settings=tuple(s for file, tree in pairs for s in _settings(file, tree)),
    )


def folders(files: Mapping[str, str]) -> tuple[str, ...]:
    """The folders that hold .tf files."""
    return tuple(sorted({p.rpartition("/")[0] for p in files if p.endswith(".tf")}))


@lru_cache(maxsize=128)
def _parsed(path: str, text: str) -> dict[str, Any]:
    import hcl2  # its grammar takes a second to load
    import lark

    try:
        tree: dict[str, Any] = hcl2.loads(text if text.endswith("\n") else text + "\n")
    except lark.exceptions.LarkError as error:
        said = str(error).strip().splitlines()
        raise InputError(
            f"{path}: is not valid HCL: {said[0] if said else 'unreadable'}"
        ) from error
    return tree


def _resources(file: str, tree: dict[str, Any]) -> Iterator[Resource]:
    for mode in _MODES:
        for entry in tree.get(mode, []):
            for kind, named in _labelled(entry):
                for name, inner in _labelled(named):
                    yield Resource(kind=kind, name=name, body=_body(inner), file=file, mode=mode)


def _labelled(entry: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, inner in entry.items():
        if label != _BLOCK and label not in _COMMENTS:
            yield _unquoted(label), inner


def _variables(tree: dict[str, Any]) -> Iterator[Variable]:
    for entry in tree.get("variable", []):
        for name, inner in _labelled(entry):
            found = _body(inner)
            yield Variable(
                name=name,
                type=found.text("type"),
                says=found.text("description"),
                default=found.get("default"),
                secret=found.get("sensitive") is True,
                ephemeral=found.get("ephemeral") is True,
                checks=tuple(
                    (as_text(b.get("condition")), b.text("error_message"))
                    for b in found.blocks("validation")
                ),
            )


def _outputs(tree: dict[str, Any]) -> Iterator[Output]:
    for entry in tree.get("output", []):
        for name, inner in _labelled(entry):
            found = _body(inner)
            yield Output(name=name, value=found.get("value"), says=found.text("description"))


def _settings(file: str, tree: dict[str, Any]) -> Iterator[tuple[str, str, Body]]:
    for entry in tree.get("terraform", []):
        yield file, "terraform", _body(entry)
    for entry in tree.get("provider", []):
        for name, inner in _labelled(entry):
            yield file, f'provider "{name}"', _body(inner)
    for entry in tree.get("locals", []):
        yield file, "locals", _body(entry)


def _body(inner: dict[str, Any]) -> Body:
    return Body(
        tuple(
            (_unquoted(name), _blocks(value) if _are_blocks(value) else _value(value))
            for name, value in inner.items()
            if name != _BLOCK and name not in _COMMENTS
        )
    )


def _are_blocks(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(v, dict) and _BLOCK in v for v in value)


def _blocks(values: list[dict[str, Any]]) -> Value:
    """Nested blocks; one with a label (`dynamic "ingress"`) holds its body under the label."""
    found = tuple(_body(v) for v in values)
    return found[0] if len(found) == 1 else found


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        pairs = ((k, v) for k, v in value.items() if k != _BLOCK and k not in _COMMENTS)
        return Table(tuple((_unquoted(name), _value(inner)) for name, inner in pairs))
    if isinstance(value, list):
        return tuple(_value(each) for each in value)
    if isinstance(value, str):
        return _of_text(value)
    return value if isinstance(value, bool | int | float) else None


def _of_text(words: str) -> Value:
    """A string in quotes, or an expression, with or without the `${}` that the parser adds."""
    if words.startswith('"') and words.endswith('"'):
        return _unquoted(words)
    text = words[2:-1] if words.startswith("${") and words.endswith("}") else words
    if text.startswith(_JSON) and text.endswith(")"):
        inner = _parsed("jsonencode", f"value = {text[len(_JSON) : -1]}\n")
        return Call("jsonencode", _value(inner["value"]))
    return Expr(text)


def _unquoted(words: str) -> str:
    if not (words.startswith('"') and words.endswith('"') and len(words) > 1):
        return words
    try:
        return str(json.loads(words))
    except json.JSONDecodeError:
        return words[1:-1]
