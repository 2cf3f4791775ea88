"""Pieces of statements in running words, made whole: DISTINCT ON (a) ... FROM t, EXISTS (...)."""

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from blueproof.advisors.known.reproduction.cutting import statement
from blueproof.advisors.known.reproduction.mending import mended
from blueproof.advisors.known.reproduction.pasted import is_of_theirs
from blueproof.facts.pattern import LatePattern
from blueproof.sql.names import quote
from blueproof.sql.parameters import numbered

_NAME = r"[a-z_\"][\w.\"]*"
_SELECTED = LatePattern(r"(?<![\w.])DISTINCT\s+ON\s*\(", re.IGNORECASE)
_FROM = LatePattern(
    rf"(?<![\w.])(?:(?-i:FROM)|from(?=\s+{_NAME}(?:\s+(?:as\s+)?\w+)?\s+(?:where|join|inner"
    rf"|left)\b))"
    rf"\s+(?={_NAME}(?:\s+(?:AS\s+)?\w+)?\s+(?:WHERE|(?:INNER |LEFT |RIGHT |CROSS )?JOIN|ORDER\s+BY"
    r"|GROUP\s+BY)\b)",
    re.IGNORECASE,
)
_WHERE = LatePattern(r"(?<![\w.])(?-i:WHERE)\s+(?=[(\w\"])")
_OWNER = LatePattern(r"(?<![\w.\"'])([A-Za-z_]\w*)\.(?=[a-z_\"])")
_NEAR = 200  # letters of a condition, in which its tables are named
_EXISTS = LatePattern(r"(?<![\w.])(?:not\s+)?exists\s*\(\s*select\b", re.IGNORECASE)


def read_fragments(text: str) -> tuple[str, ...]:
    """The statements whose tables stand in the pieces themselves."""
    begun = tuple(_begun(text))
    ends = tuple((start, end) for start, end, _ in begun)
    found = dict.fromkeys((*(query for *_, query in begun), *_with_subquery(text, ends)))
    found = found or dict.fromkeys(_conditions(text))
    return tuple(query for query in found if is_of_theirs(query))


def _begun(text: str) -> Iterator[tuple[int, int, str]]:
    """Each piece that is made whole: where it begins and ends, and the statement."""
    at = 0
    for pattern, head in ((_SELECTED, "SELECT "), (_FROM, "SELECT * ")):
        for match in pattern.finditer(text):
            if pattern is _FROM and (
                match.start() < at or _SELECTED.search(text, 0, match.start())
            ):
                continue  # it belongs to what was made whole already
            whole, length = statement(head + text[match.start() :])
            if whole:
                at = match.start() + length - len(head)
                yield match.start(), at, mended(whole)


def _conditions(text: str) -> Iterator[str]:
    """A WHERE that stands alone, whose columns say with one name before them whose they are."""
    for match in _WHERE.finditer(text):
        owners = set(_OWNER.findall(text[match.end() : match.end() + _NEAR]))
        for owner in sorted(owners):
            whole, _ = statement(f"SELECT * FROM {owner} {text[match.start() :]}")
            if whole and set(_OWNER.findall(whole)) == {owner}:
                yield mended(whole)


def _with_subquery(text: str, taken: tuple[tuple[int, int], ...]) -> Iterator[str]:
    for match in _EXISTS.finditer(text):
        if any(start <= match.start() < end for start, end in taken):
            continue
        piece = _balanced(text[match.start() :])
        outer = _outer(piece)
        if outer:
            whole, _ = statement(f"SELECT * FROM {quote(outer)} WHERE {piece}")
            if whole:
                yield mended(whole)


def _balanced(text: str) -> str:
    """The text up to where its first bracket closes."""
    depth = 0
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == ")" and depth == 0:
            return text[: at + 1]
    return ""


def _outer(piece: str) -> str:
    """The table that a subquery's columns are of, which it does not read itself; "" if none."""
    try:
        tree = sqlglot.parse_one(f"SELECT 1 WHERE {numbered(piece).text}", read="postgres")
    except (ParseError, TokenError):
        return ""
    own = {s.alias_or_name.lower() for s in tree.find_all(exp.Table, exp.Subquery, exp.Unnest)}
    others = [c.table for c in tree.find_all(exp.Column) if c.table and c.table.lower() not in own]
    return others[0] if others else ""
