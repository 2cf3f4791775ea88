"""Expressions of TypeScript as data, printed as its usual formatter would: 100 signs to a line."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True)
class Raw:
    """Code that stands as it is."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call of a function by its name."""

    name: str
    arguments: tuple[Any, ...]


# Besides these two: text, numbers, true, false, null, lists, and maps by name.
Node = Any


def shown(node: Node, indent: int, after: int, *, before: int = 0) -> str:
    """An expression on a line that begins at `indent`; `before` and `after` signs are beside it."""
    flat = _flat(node)
    if indent + before + len(flat) + after <= WIDTH:
        return flat
    if isinstance(node, Call):
        return _call(node, indent, before)
    if isinstance(node, Mapping):
        return _open(node, indent)
    if isinstance(node, Sequence) and not isinstance(node, str):
        return _broken("[", [shown(each, indent + 2, 1) for each in node], "]", indent)
    return flat


def _in(value: Node, indent: int, name: str) -> str:
    return shown(value, indent + 2, 1, before=len(_key(name)) + 2)


def _call(node: Call, indent: int, before: int) -> str:
    """All arguments on lines of their own, or the last one, a map, opened where it stands."""
    *first, last = node.arguments
    head = f"{node.name}({''.join(f'{_flat(each)}, ' for each in first)}"
    if isinstance(last, Mapping) and last and indent + before + len(head) + 1 <= WIDTH:
        return f"{head}{_open(last, indent)})"
    parts = [shown(each, indent + 2, 1) for each in node.arguments]
    return _broken(f"{node.name}(", parts, ")", indent)


def _open(node: Mapping[str, Node], indent: int) -> str:
    parts = [f"{_key(name)}: {_in(value, indent, name)}" for name, value in node.items()]
    return _broken("{", parts, "}", indent)


def _broken(start: str, parts: Sequence[str], end: str, indent: int) -> str:
    inner = "".join(f"{' ' * (indent + 2)}{part},\n" for part in parts)
    return f"{start}\n{inner}{' ' * indent}{end}"


def _flat(node: Node) -> str:
    if isinstance(node, Raw):
        return node.text
    if isinstance(node, Call):
        return f"{node.name}({', '.join(map(_flat, node.arguments))})"
    if isinstance(node, Mapping):
        parts = ", ".join(f"{_key(name)}: {_flat(value)}" for name, value in node.items())
        return f"{{ {parts} }}" if parts else "{}"
    if isinstance(node, list | tuple):
        return f"[{', '.join(map(_flat, node))}]"
    return json.dumps(node, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
