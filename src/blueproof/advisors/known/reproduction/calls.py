"""Chains of calls in running words, and their arguments: `Order.where(a: 1).order(:b).limit(5)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.facts.pattern import LatePattern

_STEP = LatePattern(r"\s*(?:\?\.|\.|->|::|!\.|\|>\s*)\s*(?P<name>[A-Za-z_]\w*[?!]?)")
_SLICE = LatePattern(r"\s*\[\s*(?P<from>\d*)\s*:\s*(?P<to>\d+)\s*\]")
_PAIR = LatePattern(
    r"\s*(?:['\":](?P<quoted>[A-Za-z_][\w.]*)['\"]?|(?P<plain>[A-Za-z_][\w.]*))\s*"
    r"(?:=>|:(?!:)|=(?![=>]))\s*(?P<value>[\s\S]+)"
)
_SYMBOL = LatePattern(r"\[Op\.(\w+)\]")
_OPEN = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a chain: its name, and the text between its brackets."""

    name: str
    body: str = ""


def chain(text: str, at: int) -> tuple[Call, ...]:
    """The calls that follow one another from a place in the text; a slice is `slice`."""
    calls = []
    while True:
        if cut := _SLICE.match(text, at):
            calls.append(Call(name="slice", body=f"{cut['from'] or 0}:{cut['to']}"))
            at = cut.end()
        elif step := _STEP.match(text, at):
            body, at = bracketed(text, step.end())
            calls.append(Call(name=step["name"], body=body))
        else:
            return tuple(calls)


def bracketed(text: str, at: int) -> tuple[str, int]:
    """What stands in the round brackets that open here, and where they end; "" if none do."""
    if text[at : at + 1] != "(":
        return "", at
    depth, quote = 0, ""
    for place in range(at, len(text)):
        character = text[place]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in _OPEN:
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                return text[at + 1 : place], place + 1
    return text[at + 1 :], len(text)


def parts(body: str) -> tuple[str, ...]:
    """The arguments, split at commas outside of brackets and quotes."""
    found, depth, quote, begun = [], 0, "", 0
    for place, character in enumerate(body):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in _OPEN:
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            found.append(body[begun:place])
            begun = place + 1
    return tuple(p.strip() for p in (*found, body[begun:]) if p.strip())


def pairs(body: str) -> Iterator[tuple[str, str]]:
    """Names with their values: `a: 1`, `a=1`, `'a' => 1`, in braces or not."""
    body = _SYMBOL.sub(r"\1", body.strip())
    whole = body.startswith("{") and body.endswith("}")
    if whole:
        body = body[1:-1]
    for part in parts(body):
        found = _PAIR.fullmatch(part)
        if whole and re.fullmatch(r"[a-z]\w*", part):
            yield part, part  # { tenantId }: the variable is called as the column is
        elif found:
            yield found["quoted"] or found["plain"], found["value"].strip()
