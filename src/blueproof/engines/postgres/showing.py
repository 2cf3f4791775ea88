"""Rows as a person reads them, and what two answers differ in."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from blueproof.engines.postgres.asking import Answer
from blueproof.engines.postgres.putting import literal
from blueproof.sql.names import quote, quote_table

_FIELD = re.compile(r'"((?:[^"\\]|""|\\.)*)"|([^,]*)', re.DOTALL)
_MOST_SHOWN = 120
_MOST_ROWS = 5
_BARE = re.compile(r"-?\d+(?:\.\d+)?")
_NUMERIC = frozenset({
    *("smallint", "integer", "bigint", "numeric", "real", "double precision"),
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one table: the types of their columns by name, and the cells as text."""

    table: str
    types: Mapping[str, str]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Counterexample:
    """A small database on which two queries differ, and what each gives there.

    `parameters` are the values of $1, $2...; the answers hold each row as PostgreSQL prints it.
    """

    tables: tuple[Rows, ...]
    parameters: tuple[tuple[int, str | None], ...]
    original: tuple[str, ...]
    rewritten: tuple[str, ...]

    @property
    def text(self) -> str:
        """The INSERT statements, the parameters and both answers, on lines of their own."""
        inserts = [_insert(rows) for rows in self.tables]
        return "\n".join((
            *(inserts or ("-- all tables are empty",)),
            *(f"-- ${n} = {_cell(value, '')}" for n, value in self.parameters),
            f"-- the original gives {_answer(self.original)}",
            f"-- the rewritten query gives {_answer(self.rewritten)}",
        ))  # fmt: skip

    @property
    def brief(self) -> str:
        """The same on one line, without the answers."""
        tables = [
            f"{rows.table} {', '.join(_named(rows.types, row) for row in rows.rows[:_MOST_ROWS])}"
            for rows in self.tables
        ]
        return "; ".join(tables) or "empty tables"


def _insert(rows: Rows) -> str:
    names = ", ".join(map(quote, rows.types))
    lines = (
        f"({', '.join(_cell(c, kind) for c, kind in zip(row, rows.types.values(), strict=True))})"
        for row in rows.rows
    )
    return f"INSERT INTO {quote_table(rows.table)} ({names}) VALUES {', '.join(lines)};"


def _named(types: Mapping[str, str], row: tuple[str | None, ...]) -> str:
    pairs = zip(types.items(), row, strict=True)
    return f"({', '.join(f'{name} {_cell(cell, kind)}' for (name, kind), cell in pairs)})"


def _cell(text: str | None, kind: str) -> str:
    if text is not None and _base(kind) in _NUMERIC and _BARE.fullmatch(text):
        return text
    return literal(text)


def _base(kind: str) -> str:
    return kind.partition("(")[0]


def _answer(rows: tuple[str, ...]) -> str:
    if not rows:
        return "no row"
    more = f" and {len(rows) - _MOST_ROWS} more" if len(rows) > _MOST_ROWS else ""
    return f"{_rows(len(rows))}: {', '.join(shown(r) for r in rows[:_MOST_ROWS])}{more}"


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
