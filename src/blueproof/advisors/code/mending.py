"""A file with what was found in it mended, where a change of its text does that."""

import re
from collections.abc import Iterable, Iterator

from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.syntax.node import is_damaged, parse

_IMPORT = re.compile(r"^import\b[^;]*?from\s*['\"](?P<module>[^'\"]+)['\"];?[ \t]*\n", re.MULTILINE)


def mended(source: Source, seen: Iterable[Seen]) -> tuple[str, tuple[Seen, ...]]:
    """The file with these mended as far as can be, and which are; "" where none is.

    A change that would leave a file that does not parse is left out.
    """
    text, done, taken = "", [], list[Edit]()
    for each in seen:
        if not each.edits or any(_meets(e, t) for e in each.edits for t in taken):
            continue
        tried = _applied(source.text, (*taken, *each.edits))
        tree = parse(tried, source.path)
        if tree is not None and (not is_damaged(tree) or is_damaged(source.root)):
            text, taken = tried, [*taken, *each.edits]
            done.append(each)
    return text, tuple(done)


def _meets(one: Edit, other: Edit) -> bool:
    if one.start == one.end or other.start == other.end:
        inside = other.start < one.start < other.end or one.start < other.start < one.end
        return inside or (one.start == other.start and one.text == other.text)
    return one.start < other.end and other.start < one.end


def _applied(text: str, edits: tuple[Edit, ...]) -> str:
    for edit in sorted(edits, key=lambda e: (e.start, e.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    wanted = dict.fromkeys(pair for edit in edits for pair in edit.imports)
    for name, module in wanted:
        text = _imported(text, name, module)
    return text


def _imported(text: str, name: str, module: str) -> str:
    """The text with a name imported, unless it is."""
    found = list(_IMPORT.finditer(text))
    of_module = next((m for m in found if m["module"] == module), None)
    if of_module and re.search(rf"[{{,]\s*{name}\b", of_module[0]):
        return text
    if of_module and "}" in of_module[0] and "import type" not in of_module[0]:
        at = of_module.start() + of_module[0].rindex("}")
        before = text[:at].rstrip()
        sep = "" if before.endswith(",") else ","
        folded = "\n" in of_module[0].strip()
        gap, tail = ("\n  ", "\n") if folded else (" ", " ")
        return f"{before}{sep}{gap}{name}{tail}{text[at:]}"
    if of_module and re.match(r"import \w+ from", of_module[0]):
        line = of_module[0].replace(" from", f", {{ {name} }} from", 1)
        return text[: of_module.start()] + line + text[of_module.end() :]
    line = f"import {{ {name} }} from '{module}';\n"
    at = found[-1].end() if found else 0
    return text[:at] + line + text[at:]


def unmended(seen: Iterable[Seen], done: Iterable[Seen]) -> Iterator[Seen]:
    """What a change of the text alone does not mend."""
    kept = tuple(done)
    return (each for each in seen if each not in kept)
