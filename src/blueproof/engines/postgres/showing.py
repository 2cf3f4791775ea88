"""Rows as a person reads them, and what two answers differ in."""

import re
from collections import Counter
from collections.abc import Mapping

from blueproof.engines.postgres.asking import Answer

_FIELD = re.compile(r'"((?:[^"\\]|""|\\.)*)"|([^,]*)', re.DOTALL)
_MOST_SHOWN = 120


def fields(row: str) -> list[str | None]:
    r"""The columns of a row as PostgreSQL prints it; None for NULL.

    >>> fields('(7,"a, b",,"")')
    ['7', 'a, b', None, '']
    """
    inner, at = row[1:-1], 0
    found: list[str | None] = []
    while at <= len(inner):
        match = _FIELD.match(inner, at)
        assert match is not None, "the pattern matches anything"
        if match[1] is not None:
            found.append(re.sub(r'""|\\(.)', lambda m: m[1] or '"', match[1], flags=re.DOTALL))
        else:
            found.append(match[2] or None)
        at = match.end() + 1
    return found


def shown(row: str) -> str:
    """A row on one line: (7, open, NULL)."""
    text = ", ".join("NULL" if f is None else f or "''" for f in fields(row))
    text = " ".join(text.split())
    return f"({text[:_MOST_SHOWN]}{'...' if len(text) > _MOST_SHOWN else ''})"


def given(drawn: Mapping[int, str | None], known: int) -> str:
    """The values of the original's parameters, as the beginning of a sentence."""
    pairs = [
        f"${n} = {'NULL' if v is None else repr(v)}" for n, v in sorted(drawn.items()) if n <= known
    ]
    return f"with {', '.join(pairs)}: " if pairs else ""


def difference(first: list[Answer], texts: list[str], *, limited: bool) -> str:
    """In what the second answer (texts) is no answer that the first query could have given."""
    mine, theirs = Counter(a.text for a in first), Counter(texts)
    if mine == theirs:
        at = next((n for n, (a, t) in enumerate(zip(first, texts, strict=True)) if a.text != t), 0)
        both = f"{shown(first[at].text)} against {shown(texts[at])}"
        return f"the same rows in another order: row {at + 1} is {both}"
    counts = f"{_rows(len(first))} against {len(texts)}"
    if limited and len(first) == len(texts):
        counts = "another page"
    sides = (("first", mine - theirs), ("second", theirs - mine))
    parts = [f"only in the {name}: {shown(next(iter(rows)))}" for name, rows in sides if rows]
    return "; ".join((counts, *parts))


def _rows(number: int) -> str:
    return f"{number} row" if number == 1 else f"{number} rows"
