"""Changing a query in one place and leaving every other character as the person wrote it."""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.sql.lexer import Token, tokens

_CLAUSES = frozenset({
    "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT",
    "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "RETURNING", "SET", "VALUES",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A clause of a query on its outermost level: its first word, and where its text lies."""

    word: str
    start: int
    body: int
    end: int


def significant(text: str, *, path: str = "sql") -> list[Token]:
    """The tokens that mean something: no spaces, no comments."""
    return [t for t in tokens(text, path=path) if t.kind not in {"space", "comment"}]


def clauses(text: str) -> list[Clause]:
    """The clauses of a query in order, those inside parentheses left alone.

    A clause ends with its last word: a comment behind it belongs to no clause.
    """
    marks = significant(text)
    while marks and marks[-1].text == ";":
        marks.pop()
    places = list(_heads(marks))
    nexts = [*(at for at, _ in places), len(marks)][1:]
    return [
        Clause(
            word=marks[at].text.upper(),
            start=marks[at].start,
            body=_end(marks[at + words - 1]),
            end=_end(marks[after - 1]),
        )
        for (at, words), after in zip(places, nexts, strict=True)
    ]


def _end(token: Token) -> int:
    return token.start + len(token.text)


def _heads(marks: list[Token]) -> Iterator[tuple[int, int]]:
    """Where clauses begin among the tokens, each with the number of its first words."""
    depth, updating = 0, False
    for at, token in enumerate(marks):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        word = token.text.upper()
        updating = updating or word == "UPDATE"
        if depth == 0 and token.kind == "name" and _begins(marks, at, word, updating=updating):
            following = marks[at + 1].text.upper() if at + 1 < len(marks) else ""
            yield at, 2 if word in {"ORDER", "GROUP"} and following == "BY" else 1


def _begins(marks: list[Token], at: int, word: str, *, updating: bool) -> bool:
    """Whether a clause begins with this word, or it is a name, or part of an expression."""
    before = marks[at - 1].text.upper() if at else ""
    after = marks[at + 1].text if at + 1 < len(marks) else ""
    if word not in _CLAUSES or before in {".", "AS"}:
        return False
    return {
        "FROM": before != "DISTINCT",  # IS DISTINCT FROM
        "GROUP": before != "WITHIN",  # WITHIN GROUP (ORDER BY ...)
        "SET": updating,  # else a column's name
        "VALUES": after == "(",  # else a column's name
    }.get(word, True)


def clause(text: str, word: str) -> Clause | None:
    """The first clause that begins with this word, if there is one."""
    return next((c for c in clauses(text) if c.word == word), None)


def body(text: str, word: str) -> str:
    """What stands in the clause, without the word itself; "" if the clause is not there."""
    found = clause(text, word)
    return text[found.body : found.end].strip() if found else ""


def add_condition(text: str, condition: str) -> str:
    """The query, one without UNION and its kin, with one more condition that must hold."""
    new = _as_conjunct(condition)
    where = clause(text, "WHERE")
    if where is None:
        source = clause(text, "FROM")
        assert source is not None, "a query that reads nothing has no condition to add"
        return f"{text[: source.end]}\nWHERE {new}{_apart(text[source.end :])}"
    old = _as_conjunct(text[where.body : where.end].strip())
    return f"{text[: where.body]} {new}\n  AND {old}{_apart(text[where.end :])}"


def _as_conjunct(condition: str) -> str:
    return f"({condition})" if _has_or(condition) else condition


def _apart(text: str) -> str:
    """The text that follows, kept from running into the word before it."""
    return text if not text or text[0].isspace() or text[0] in ";)" else f"\n{text}"


def _has_or(condition: str) -> bool:
    depth = 0
    for token in significant(condition):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text.upper() == "OR":
            return True
    return False


def remove_clause(text: str, word: str) -> str:
    """The query without the clause that begins with this word."""
    found = clause(text, word)
    if found is None:
        return text
    before, after = text[: found.start].rstrip(), text[found.end :].lstrip()
    last = [*tokens(before)][-1:]
    gap = "\n" if last and last[0].text.startswith("--") else " "
    return (before + gap + after).strip()


def replace_clause(text: str, word: str, new: str) -> str:
    """The query with another body for the clause that begins with this word."""
    found = clause(text, word)
    assert found is not None, f"the caller has seen the clause {word}"
    return f"{text[: found.body]} {new}{_apart(text[found.end :])}"


def split_commas(text: str) -> list[str]:
    """The parts of a list, commas inside parentheses left alone.

    >>> split_commas("a, f(b, c) DESC")
    ['a', 'f(b, c) DESC']
    """
    depth, start, parts = 0, 0, []
    for token in significant(text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0 and token.text == ",":
            parts.append(text[start : token.start].strip())
            start = token.start + 1
    return [*parts, text[start:].strip()] if text.strip() else []


def numbers(text: str) -> list[int]:
    """The numbers of the parameters in the order in which they first stand in the text."""
    found = [int(t.text[1:]) for t in tokens(text) if t.kind == "parameter"]
    return list(dict.fromkeys(found))


def renumbered(text: str) -> tuple[str, tuple[int, ...]]:
    """The query with its parameters numbered $1, $2... without gaps, and what they were before.

    >>> renumbered("SELECT $4, $2, $4")
    ('SELECT $1, $2, $1', (4, 2))
    """
    order = numbers(text)
    new = {old: f"${place}" for place, old in enumerate(order, start=1)}
    pieces = [new[int(t.text[1:])] if t.kind == "parameter" else t.text for t in tokens(text)]
    return "".join(pieces), tuple(order)
