"""Signs that people write where a value goes, made parameters: user_id = X, = <user>, = {id}."""

import re
from collections.abc import Iterator
from itertools import count

# After an operator or a bracket of IN, and no name of a column: those are not in capitals alone.
_PLACE = re.compile(
    r"(?P<before>(?:[=<>]\s*"
    r"|\b(?:like|ilike|limit|offset|between|and|in\s*\(|any\s*\(|values\s*\(|,)\s*))"
    r"(?P<sign>(?-i:[XYZ]{1,5}|N|M)|x{2,5}|\?{2,}|<[a-z][\w .-]{0,30}>"
    r"|[$#]?\{{1,2}\s*[\w.$]+\s*\}{1,2}|@\w+|\[\w+\]|\.{3}|\u2026)(?![\w.(])",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\$(\d+)")
_TEXT = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")


def with_parameters(query: str) -> str:
    """The query with $1, $2... for the signs that stand for values; the same sign the same number.

    >>> with_parameters("SELECT * FROM notes WHERE user_id = X AND at > <date> AND user_id = X")
    'SELECT * FROM notes WHERE user_id = $1 AND at > $2 AND user_id = $1'
    """
    first = max((int(n) for n in _NUMBERED.findall(query)), default=0) + 1
    numbers, known = count(first), dict[str, str]()

    def parameter(found: re.Match[str]) -> str:
        sign = found["sign"]
        if sign not in known:
            known[sign] = f"${next(numbers)}"
        return f"{found['before']}{known[sign]}"

    return "".join(
        part if is_text else _PLACE.sub(parameter, part) for part, is_text in _parts(query)
    )


def _parts(query: str) -> Iterator[tuple[str, bool]]:
    """The stretches of a query, and whether each is a text or a quoted name."""
    place = 0
    for found in _TEXT.finditer(query):
        yield query[place : found.start()], False
        yield found[0], True
        place = found.end()
    yield query[place:], False
