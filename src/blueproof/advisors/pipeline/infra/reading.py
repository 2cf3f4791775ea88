"""Files of Terraform read as what they make."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from blueproof.advisors.pipeline.infra.made import Infra, Made, Reference
from blueproof.advisors.pipeline.infra.template import read_templates
from blueproof.cloud.reading import read_stack
from blueproof.cloud.stack import Body, Call, Expr, Stack, Table, Value
from blueproof.core.errors import InputError

_HEAD = re.compile(r'^\s*(resource|data)\s+"?([\w-]+)"?\s+"?([\w-]+)"?\s*\{')
_SETTING = re.compile(r'^\s*(terraform|provider|module|locals)\b\s*"?([\w-]*)"?\s*\{')
_HEREDOC = re.compile(r"^<<[-~]?\s*(\w+)\n(.*)\n\s*\1\s*$", re.DOTALL)
_VARIABLE = re.compile(r"var\.(\w+)")
_AS_MAP = re.compile(r"^[\s{]*\"?\w+\"?\s*[:=]", re.DOTALL)


def read_infra(texts: Mapping[str, str]) -> Infra:
    """What the .tf files and templates among the texts make; files that do not parse are told."""
    made: list[Made] = []
    settings: list[Made] = []
    unread: list[tuple[str, str]] = []
    whole = {path: text for path, text in texts.items() if path.endswith(".tf")}
    values = _defaults(whole)
    for path, text in whole.items():
        folder = path.rpartition("/")[0]
        try:
            stack = read_stack({path: text}, folder)
        except InputError as error:
            unread.append((path, str(error)))
            continue
        made += _made(path, text, stack, values)
        settings += _settings(path, text, stack, values)
    for template in read_templates(texts):
        made += template.made
        unread += template.unread
    return Infra(made=tuple(made), settings=tuple(settings), unread=tuple(unread))


def _defaults(texts: Mapping[str, str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for path, text in texts.items():
        try:
            stack = read_stack({path: text}, path.rpartition("/")[0])
        except InputError:
            continue
        found |= {v.name: v.default for v in stack.variables if v.default is not None}
    return found


def _made(path: str, text: str, stack: Stack, values: dict[str, Value]) -> Iterator[Made]:
    heads = dict(_heads(text))
    for resource in stack.made:
        line, lines = heads.get((resource.kind, resource.name), (1, ()))
        yield Made(
            kind=resource.kind, name=resource.name, path=path, line=line,
            told=_plain(resource.body, values), lines=lines,
        )  # fmt: skip


def _settings(path: str, text: str, stack: Stack, values: dict[str, Value]) -> Iterator[Made]:
    heads = dict(_setting_heads(text))
    for _, head, inner in stack.settings:
        kind, _, name = head.replace('"', "").partition(" ")
        line, lines = heads.get((kind, name), (1, ()))
        yield Made(kind=kind, name=name, path=path, line=line, told=_plain(inner, values),
                   lines=lines)  # fmt: skip


def _heads(text: str) -> Iterator[tuple[tuple[str, str], tuple[int, tuple[str, ...]]]]:
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        found = _HEAD.match(line)
        if found and found[1] == "resource":
            yield (found[2], found[3]), (number, _block(lines, number))


def _setting_heads(text: str) -> Iterator[tuple[tuple[str, str], tuple[int, tuple[str, ...]]]]:
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        found = _SETTING.match(line)
        if found:
            yield (found[1], found[2]), (number, _block(lines, number))


def _block(lines: list[str], first: int) -> tuple[str, ...]:
    """The lines of a block from its head to its closing brace."""
    depth = 0
    for number in range(first - 1, len(lines)):
        depth += lines[number].count("{") - lines[number].count("}")
        if depth <= 0:
            return tuple(lines[first - 1 : number + 1])
    return tuple(lines[first - 1 :])


def _plain(value: Value, values: Mapping[str, Value]) -> Any:
    """A value of HCL as plain data; an expression stays a reference, a default stands for it."""
    if isinstance(value, Body | Table):
        return {name: _plain(inner, values) for name, inner in value.entries}
    if isinstance(value, Call):
        return _plain(value.value, values)
    if isinstance(value, tuple):
        return [_plain(each, values) for each in value]
    if isinstance(value, Expr):
        return _expression(value.text, values)
    if isinstance(value, str) and "${" in value:
        return value if _is_text(value) else Reference(value)
    return value


def _is_text(value: str) -> bool:
    """Whether a template is a text with something put in, such as an address with a password."""
    return not value.startswith("${")


def _expression(text: str, values: Mapping[str, Value]) -> Any:
    named = _VARIABLE.fullmatch(text)
    if named and named[1] in values and not isinstance(values[named[1]], Expr):
        return _plain(values[named[1]], {})
    heredoc = _HEREDOC.match(text)
    if heredoc:
        try:
            return json.loads(heredoc[2])
        except ValueError:
            return heredoc[2]
    return Reference(text)
