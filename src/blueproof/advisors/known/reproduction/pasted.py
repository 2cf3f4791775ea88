"""SQL in running words: each statement cut out where it begins and ends, DDL apart from queries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from blueproof.core.errors import SqlError
from blueproof.sql.parameters import numbered

_BEGINS = re.compile(
    r"(?<![\w'\"(])(?:SELECT\b(?!\s+(?:statement|quer|the\s|a\s+(?!from)|is\b|count\s+quer))"
    r"|WITH(?:\s+RECURSIVE)?\s+\w+\s+AS\s+"
    r"(?:MATERIALIZED\s*)?\(|UPDATE\s+[\w.\"]+\s+(?:\w+\s+)?SET\b|DELETE\s+FROM\s+[\w.\"]+)",
    re.IGNORECASE,
)
_MAKES = re.compile(
    r"(?<!\w)(?:CREATE\s+TABLE|CREATE\s+TYPE)\b[^;`]*?\([^;`]*\)[^;`\n]*(?:;|$|(?=\n\s*\n)|(?=```))"
    r"|(?<!\w)CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?:[\w\"]+\s+)?ON\s+[\w.\"]+\s*(?:USING\s+\w+\s*)?\((?:[^()]|\([^()]*\))*\)"
    r"(?:\s+INCLUDE\s*\([^)]*\))?(?:\s+WHERE\s+[^;.\n]+)?"
    r"|(?<!\w)ALTER\s+TABLE\b[^;]*;",
    re.IGNORECASE,
)
# Prose that follows a statement on its line. Whole words, outside of quotes.
_PROSE = re.compile(
    r"\s+(?:takes?|took|taking|is\s+(?:slow|very|so|too|really|extremely|taking|super|killing"
    r"|doing|\d|using|not\s+using)"
    r"|are\s+slow|runs?\s+(?:in|for|slow|\d)|ran\s+(?:in|for)|needs?\s+\d|and\s+(?:it|the|we"
    r"|this|my)\b"
    r"|it\s+(?:takes|is|does|was)|which\s+(?:takes|is)|but\b|because\b|times?\s+out|goes|gets|hangs"
    r"|does\s+a|on\s+(?:a|the|our|my)\s|with\s+\d|there\s+(?:is|are)|(?:over"
    r"|on)\s+\d[\d.,]*\s*[kKmMbB])"
    r"|\s+[\u2013\u2014]\s|(?<=[\w)'\"])[?!](?=\s|$)|(?<!\.)\.(?=\s|$)|\s*(?:```|~~~)|\n\s*\n"
    r"|\n\s*(?:>|QUERY PLAN|-{3,})"
    r"|\s*,\s+(?:\d|it\b|the\s|there\b|we\b|i\b|so\b|which\b|takes\b|but\b|why\b|and\b"
    r"|postgres\b|pg\b)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\$\$.*?\$\$", re.DOTALL)
_DOTS = re.compile(r",?\s*(?:\.\.\.|\u2026)\s*,?")
_OPEN = re.compile(r"\s*=\s*(?:\.\.\.|\u2026)")
_NUMBER = re.compile(r"\$\d+")
_PARAMETER = re.compile(r"\$\d+|\?\d*|:'?\w+'?|%\(\w+\)s|%s|@\w+|[$#]\{[^{}]*\}|\{\{[^{}]*\}\}")
_MOST_TRIES = 12


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """The statements in a text: queries, and DDL."""

    queries: tuple[str, ...]
    ddl: tuple[str, ...]


def pasted(text: str) -> Pasted:
    """The SQL in a text; what cannot be read as a statement is passed over."""
    ddl = tuple(m[0].strip().rstrip(";") for m in _MAKES.finditer(text))
    rest = _MAKES.sub(lambda m: " " * len(m[0]), text)
    queries = dict.fromkeys(_queries(rest))
    return Pasted(queries=tuple(queries), ddl=tuple(d for d in ddl if _reads(d)))


def prose(text: str, found: Pasted) -> str:
    """The text without the statements that were cut out of it."""
    for statement in (*found.ddl, *found.queries):
        text = text.replace(statement, " ")
    return text


def _queries(text: str) -> Iterator[str]:
    at = 0
    while found := _BEGINS.search(text, at):
        statement = _statement(text[found.start() :])
        at = found.end()
        if statement:
            yield statement
            at = found.start() + max(len(statement), found.end() - found.start())


def _statement(text: str) -> str:
    """The longest beginning of the text that is a whole statement over a table; "" if none is."""
    text = _up_to_end(text)
    for _ in range(_MOST_TRIES):
        text = text.rstrip().rstrip(",.:;").rstrip()
        if not text:
            return ""
        text = _OPEN.sub(" = ?", text)
        whole = _DOTS.sub(" * ", text, count=1) if re.match(r"SELECT\s+(?:\.\.\.|\u2026)", text,
                                                            re.IGNORECASE) else text  # fmt: skip
        cut = _wrong_at(whole)
        if cut is None:
            return whole if _reads_table(whole) else ""
        if cut <= 0 or cut >= len(text):
            cut = text.rfind(" ")
        if not (text[cut].isspace() or text[cut - 1].isspace()):
            return ""  # what cannot be read is no prose after it: half a condition is another one
        text = text[: max(cut, 0)]
    return ""


def _up_to_end(text: str) -> str:
    """The text up to its semicolon, or to where prose begins."""
    hidden = _QUOTED.sub(lambda m: "x" * len(m[0]), text)
    ends = [m.start() for m in (re.search(";", hidden), _PROSE.search(hidden)) if m]
    return text[: min(ends)] if ends else text


def _wrong_at(text: str) -> int | None:
    """Where a statement stops to be one; None where it is one."""
    try:
        plain = numbered(text).text
        sqlglot.parse_one(plain, read="postgres")
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        lines = plain.splitlines(keepends=True)
        line, column = int(first.get("line") or 1), int(first.get("col") or 0)
        highlight = len(str(first.get("highlight") or ""))
        return _in_original(text, plain, sum(map(len, lines[: line - 1])) + column - highlight)
    except (TokenError, SqlError):
        return text.rfind(" ")
    return None


def _in_original(text: str, plain: str, at: int) -> int:
    """The place in a text of one in its copy with numbered parameters."""
    here = there = 0
    while there < at and here < len(text):
        number = _NUMBER.match(plain, there)
        written = _PARAMETER.match(text, here)
        if number and written:
            here, there = written.end(), number.end()
        else:
            here, there = here + 1, there + 1
    return here


def _reads(text: str) -> bool:
    try:
        return sqlglot.parse_one(text, read="postgres") is not None
    except (ParseError, TokenError):
        return False


def _reads_table(text: str) -> bool:
    tree = sqlglot.parse_one(numbered(text).text, read="postgres")
    return isinstance(tree, exp.Query | exp.DML) and tree.find(exp.Table) is not None
