"""What the comment above a query says of it: its name, how often it is run, how long a run takes.

Read from lines such as `-- name: open_orders, calls: 500`, `-- weight: 120`,
`-- calls: 500, days: 30` or `-- milliseconds: 3.2`, and written the same way.
"""

import math
import re
from dataclasses import dataclass

_MOST_NAME = 48
_MOST_NUMBER = 1e15  # more calls than anyone counts; floats are exact up to here

# Behind the name stands what sqlc or aiosql read there (":many", "^"), and nothing else.
_NAMED = re.compile(r"(?:name|query)\s*[:=]\s*(\w[\w.-]*)\s*(?:[:^!$*<#].*)?", re.IGNORECASE)
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9][0-9_]*(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"
_SETTING = rf"(weight|calls|days|milliseconds)\s*[:=]\s*({_NUMBER})"
_SETTINGS = re.compile(
    rf"(?:(?:name|query)\s*[:=]\s*(?P<name>\w[\w.-]*)\s*,\s*)?{_SETTING}(?:\s*,\s*{_SETTING}){{0,3}}",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:q(?:uery)?\s*)#?\d+\s*[:.)-]|#?\d+\s*[:.)-]\s", re.IGNORECASE
)  # "Q2: ", "3) "
_CUT = re.compile(r"\s\(|[,;]\s|\s-\s")
_EACH = re.compile(_SETTING, re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A query's name ("" if none is said), its weight, and the mean milliseconds of one run.

    The weight is the number of calls where they were counted; a `weight` said wins over `calls`.
    `days` is the time over which all of them were counted, if that is known.
    """

    name: str = ""
    weight: float = 1.0
    milliseconds: float | None = None
    days: float | None = None


def read_heading(comment: str) -> Heading:
    """What the lines of a comment say; a short first line that says nothing else is the name.

    >>> read_heading("name: open_orders, calls: 500")
    Heading(name='open_orders', weight=500.0, milliseconds=None, days=None)
    """
    lines = comment.splitlines()
    said: dict[str, float] = {}
    names: list[str] = []
    rest: list[str] = []
    for line in lines:
        settings = _SETTINGS.fullmatch(line)
        named = None if settings else _NAMED.fullmatch(line)
        names += [found for found in (settings and settings["name"], named and named[1]) if found]
        if settings:
            said |= {key.lower(): _number(number) for key, number in _EACH.findall(line)}
        elif not named:
            rest.append(line)
    return Heading(
        name=names[0] if names else _title(rest[0]) if rest and rest[0] == lines[0] else "",
        weight=said.get("weight") or said.get("calls") or 1.0,
        milliseconds=said.get("milliseconds"),
        days=said.get("days") or None if "calls" in said and "weight" not in said else None,
    )


def _number(text: str) -> float:
    value = float(text.replace(",", "").replace("_", ""))
    return min(value, _MOST_NUMBER) if math.isfinite(value) else _MOST_NUMBER


def _title(line: str) -> str:
    """The line as a name, a numbered one too long for it as far as its first comma or bracket."""
    first = line.rstrip(".:;- ")
    mark = _NUMBERED.match(first)
    if len(first) > _MOST_NAME and mark:
        cut = _CUT.split(first, maxsplit=1)[0].rstrip(".:;- ")
        first = cut if len(cut) <= _MOST_NAME else mark[0].rstrip(".:;-) ")
    return first if len(first) <= _MOST_NAME and any(map(str.isalnum, first)) else ""


def write_heading(heading: Heading) -> str:
    """The comment, lines with their -- and an end each, from which the same is read.

    >>> print(write_heading(Heading(name="open_orders", weight=500.0, milliseconds=3.25)), end="")
    -- name: open_orders
    -- calls: 500
    -- milliseconds: 3.25
    """
    found = _NAMED.fullmatch(f"name: {heading.name}")
    plain = found is not None and found[1] == heading.name  # else it was a comment's first line
    lines = [f"name: {heading.name}" if plain else heading.name] if heading.name else []
    lines += [f"calls: {_shown(heading.weight)}"]
    lines += [f"days: {_shown(heading.days)}"] if heading.days else []
    lines += (
        [f"milliseconds: {_shown(heading.milliseconds)}"]
        if heading.milliseconds is not None
        else []
    )
    return "".join(f"-- {line}\n" for line in lines)


def _shown(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
