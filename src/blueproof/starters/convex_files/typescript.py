"""The little TypeScript that is printed: imports, object literals, lists on one line or more."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_WIDTH = 100


@dataclass(frozen=True, order=True)
class Named:
    """An exported name and the module that it comes from, as written in an import."""

    module: str
    name: str
    is_type: bool = False


def imports(names: Iterable[Named]) -> str:
    """Import statements, one a module: packages first, then the project's own."""
    found = sorted(set(names))
    packages = [each for each in found if not each.module.startswith(".")]
    own = [each for each in found if each.module.startswith(".")]
    blocks = ["\n".join(_statements(group)) for group in (packages, own) if group]
    return "\n\n".join(blocks)


def _statements(names: Sequence[Named]) -> Iterable[str]:
    for module in sorted({each.module for each in names}):
        for is_type in (True, False):
            wanted = [e.name for e in names if (e.module, e.is_type) == (module, is_type)]
            if wanted:
                word = "import type " if is_type else "import "
                yield listed(wanted, f"{word}{{", "}", after=f" from {text(module)};")


def text(value: str) -> str:
    """A string literal."""
    return json.dumps(value, ensure_ascii=False)


def listed(
    items: Sequence[str], opening: str, closing: str, indent: str = "", after: str = ""
) -> str:
    """Items between brackets, and what follows: on one line if they fit, else one a line.

    `opening` ends in the bracket; what stands before it counts for the width.
    """
    space = " " if opening.endswith("{") and items else ""
    flat = f"{opening}{space}{', '.join(items)}{space}{closing}{after}"
    if len(indent) + len(flat) <= _WIDTH:
        return flat
    lines = "".join(f"{indent}  {item},\n" for item in items)
    return f"{opening}\n{lines}{indent}{closing}{after}"


def record(fields: Mapping[str, str], indent: str = "") -> str:
    """An object literal whose values are expressions, one a line."""
    lines = "".join(f"{indent}  {name}: {value},\n" for name, value in fields.items())
    return f"{{\n{lines}{indent}}}"


def file(*blocks: str) -> str:
    """Blocks with a line between them, as one file; those that are empty are left out."""
    return "\n\n".join(block for block in blocks if block) + "\n"
