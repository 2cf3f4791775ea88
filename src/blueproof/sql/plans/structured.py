"""EXPLAIN's JSON, YAML and XML as properties of nodes; a text that ends too early is read so far.

Nothing here resolves references: XML with a document type is refused, YAML is read without
anchors, and all three stop at a depth that no plan reaches.
"""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import ParseError, XMLPullParser

from blueproof.core.errors import SqlError
from blueproof.sql.plans.build import MOST_DEPTH, Raw

_MOST_NESTED = 3 * MOST_DEPTH  # a node is a record in a list in a record
_PLAN = re.compile(r'\\?"+Plan\\?"+\s*:')
# Names that XML cannot hold, as EXPLAIN writes them elsewhere.
_XML_NAMES = {"Pre sorted Groups": "Pre-sorted Groups", "Full sort Groups": "Full-sort Groups",
              "One Time Filter": "One-Time Filter"}  # fmt: skip
_XML_LISTS = {"Plans", "Workers", "Triggers", "Grouping Sets", "Group Keys", "Hash Keys"}
_YAML_LINE = re.compile(r"^(\s*)((?:- |-$)*)(?:([A-Za-z][^:\"]*?):(?:\s+(.*))?|(.+))?$")


def deep(path: str, line: int) -> SqlError:
    """The error for a text nested deeper than any plan."""
    return SqlError("nested deeper than any plan is", path=path, line=line, column=1)


def read_json(text: str, *, path: str) -> Iterator[tuple[Raw, int, bool]]:
    """Every plan in JSON text, its first line, and whether it was cut off."""
    at, decoder = 0, json.JSONDecoder()
    while (found := _PLAN.search(text, at)) is not None:
        start = text.rfind("{", at, found.start())
        if start < 0:
            at = found.end()
            continue
        line = 1 + text.count("\n", 0, start)
        cut = _closed(text, start, path, line)
        try:
            value, stop = decoder.raw_decode(cut or text, 0 if cut else start)
        except json.JSONDecodeError as error:
            here = 1 + text.count("\n", 0, (0 if cut else start) + error.pos)
            said = f"JSON that goes wrong here: {error.msg}"
            raise SqlError(said, path=path, line=here, column=error.colno) from None
        except (RecursionError, ValueError):
            raise deep(path, line) from None
        at = len(text) if cut else stop
        if isinstance(value, dict) and isinstance(value.get("Plan"), dict):
            yield value, line, bool(cut)


def _closed(text: str, start: int, path: str, line: int) -> str:
    """Nothing where the record that begins here ends; else its text so far, closed."""
    closers: list[str] = []
    quoted = escaped = False
    for place in range(start, len(text)):
        sign = text[place]
        if quoted:
            quoted = escaped or sign != '"'
            escaped = not escaped and sign == "\\"
        elif sign == '"':
            quoted = True
        elif sign in "{[":
            closers.append("}" if sign == "{" else "]")
            if len(closers) > _MOST_NESTED:
                raise deep(path, line)
        elif sign in "}]":
            if closers:
                closers.pop()
            if not closers:
                return ""
    cut, tail = _last_complete(text, start)
    return text[start:cut] + tail


def _last_complete(text: str, start: int) -> tuple[int, str]:
    """The place after the last complete value, and what closes all that is open there."""
    closers: list[str] = []
    best = (start + 1, "}")
    quoted = escaped = False
    for place in range(start, len(text)):
        sign = text[place]
        if quoted:
            quoted = escaped or sign != '"'
            escaped = not escaped and sign == "\\"
        elif sign == '"':
            quoted = True
        elif sign in "{[":
            closers.append("}" if sign == "{" else "]")
        elif sign in "}]":
            closers.pop()
            best = (place + 1, "".join(reversed(closers)))
        elif sign == ",":
            best = (place, "".join(reversed(closers)))
    return best


def read_xml(text: str, *, path: str) -> Iterator[tuple[Raw, int, bool]]:
    """Every plan in XML text, its first line, and whether it was cut off."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        said = "XML with a document type, which no plan has: paste what EXPLAIN printed"
        raise SqlError(said, path=path, line=1, column=1)
    for found in re.finditer(r"<(?:\w+:)?Query>.*?(?:</(?:\w+:)?Query>|\Z)", text, re.DOTALL):
        line = 1 + text.count("\n", 0, found.start())
        raw, cut = _xml(found[0], path, line)
        if isinstance(raw.get("Plan"), dict):
            yield raw, line, cut


def _xml(text: str, path: str, line: int) -> tuple[Raw, bool]:
    """One query's element, and whether the text ended inside it."""
    parser: XMLPullParser[Any] = XMLPullParser(events=("start", "end"))
    parser.feed(text)
    open_tags: list[tuple[str, list[tuple[str, Any]]]] = []
    result: Any = {}
    try:
        events: Iterator[Any] = parser.read_events()
        for event, element in events:
            if event == "start":
                open_tags.append((_xml_name(element.tag), []))
            else:
                result = _close_tag(open_tags, element.text or "")
            if len(open_tags) > _MOST_NESTED:
                raise deep(path, line)
    except ParseError as error:
        said = f"XML that goes wrong here: {error.msg.partition(':')[0]}"
        here, column = line + error.position[0] - 1, error.position[1] + 1
        raise SqlError(said, path=path, line=here, column=column) from None
    cut = bool(open_tags)
    while open_tags:
        result = _close_tag(open_tags, "")
    return (result if isinstance(result, dict) else {}), cut


def _close_tag(open_tags: list[tuple[str, list[tuple[str, Any]]]], text: str) -> Any:
    """The value of the innermost open element, given to the one around it."""
    name, inside = open_tags.pop()
    value = _xml_value(name, inside, text)
    if open_tags:
        open_tags[-1][1].append((name, value))
    return value


def _xml_name(tag: str) -> str:
    name = tag.rpartition("}")[2].replace("I-O-", "I/O ").replace("-", " ")
    return _XML_NAMES.get(name, name)


def _xml_value(name: str, inside: list[tuple[str, Any]], text: str) -> Any:
    if name in _XML_LISTS or (inside and all(key == "Item" for key, _ in inside)):
        return [value for _, value in inside]
    return dict(inside) if inside else (text if text.strip() else "")


def read_yaml(text: str, *, path: str) -> Iterator[tuple[Raw, int, bool]]:
    """Every plan in the YAML that EXPLAIN writes, a small part of the language, as above."""
    lines = text.split("\n")
    starts = [at for at, each in enumerate(lines) if re.match(r"\s*(?:- )?Plan:\s*$", each)]
    for start, end in pairwise([*starts, len(lines)]):
        raw = _yaml(lines[start:end], path, 1 + start)
        if isinstance(raw.get("Plan"), dict):
            yield raw, 1 + start, False


def _yaml(lines: list[str], path: str, line: int) -> Raw:
    """One document: records by indentation, lists by their dashes."""
    top: Raw = {}
    # What is open: the column of its keys or dashes, and the record or list.
    stack: list[tuple[int, Any]] = []
    pending: tuple[int, Any, Any] | None = None  # a key without a value: its column, where, name
    for each in lines:
        found = _YAML_LINE.match(each.rstrip())
        if found is None or not each.strip():
            continue
        column = len(found[1])
        for _ in range(found[2].count("-")):
            pending = _listed(stack, pending, column)
            column += 2
        if len(stack) > _MOST_NESTED:
            raise deep(path, line)
        if found[3] is None:
            if found[5] and pending and isinstance(pending[1], list):
                pending[1][pending[2]] = _yaml_value(found[5])
            pending = pending if not found[5] else None
            continue
        record, pending = _recorded(stack, pending, column, top)
        if record is None:
            break  # text that is no part of the plan
        value = (found[4] or "").strip()
        record[found[3]] = _yaml_value(value) if value else ""
        pending = None if value else (column, record, found[3])
    return top


def _listed(
    stack: list[tuple[int, Any]], pending: tuple[int, Any, Any] | None, column: int
) -> tuple[int, Any, Any] | None:
    """A dash: one more item of the list in this column, which is begun if there is none."""
    if pending and column >= pending[0]:
        made: list[Any] = []
        pending[1][pending[2]] = made
        _close(stack, pending[0] + 1)
        stack.append((column, made))
    else:
        _close(stack, column + 1)
    if not stack or not isinstance(stack[-1][1], list):
        return None
    items = stack[-1][1]
    items.append("")
    return (column, items, len(items) - 1)


def _recorded(
    stack: list[tuple[int, Any]], pending: tuple[int, Any, Any] | None, column: int, top: Raw
) -> tuple[Any, tuple[int, Any, Any] | None]:
    """The record that a key in this column belongs to; None where it fits nowhere."""
    if pending and column > pending[0]:
        made: Raw = {}
        pending[1][pending[2]] = made
        stack.append((column, made))
        return made, None
    _close(stack, column + 1)
    while stack and isinstance(stack[-1][1], list):
        stack.pop()
    if not stack:
        stack.append((column, top))
    return (stack[-1][1] if stack[-1][0] == column else None), None


def _close(stack: list[tuple[int, Any]], column: int) -> None:
    while stack and stack[-1][0] >= column:
        stack.pop()


def _yaml_value(text: str) -> Any:
    """A scalar: a quoted text, a number, true or false, else the text itself."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text.strip('"')
    return value if isinstance(value, str | int | float | bool | list) else text
