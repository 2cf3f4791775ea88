"""SQL in running words: each statement cut out where it begins and ends, DDL apart from queries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.known.reproduction.cutting import reads, statement
from blueproof.advisors.known.reproduction.mending import mended
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.resolving import tables_of
from blueproof.sql.guessing.seen import read_trees

_WRITTEN = r"(?:(?:\"[^\"\n]+\"|\w+)\.)?(?:\"[^\"\n]+\"|[\w.]+)"  # a table's name in a statement
_BEGINS = LatePattern(
    r"(?<![\w'])(?:SELECT\b(?!\s+(?:statement|quer|the\s|a\s+(?!from)|is\b|count\s+(?:quer|from)))"
    r"|WITH(?:\s+RECURSIVE)?\s+\w+\s*(?:\([\w\s,]+\)\s*)?AS\s+"
    rf"(?:(?:NOT\s+)?MATERIALIZED\s*)?\(|UPDATE\s+(?:ONLY\s+)?{_WRITTEN}\s+(?:(?:AS\s+)?\w+\s+)?"
    rf"SET\b|DELETE\s+FROM\s+(?:ONLY\s+)?{_WRITTEN})",
    re.IGNORECASE,
)
_INSERTS = LatePattern(rf"(?<![\w'])INSERT\s+INTO\s+{_WRITTEN}", re.IGNORECASE)
_INSIDE = LatePattern(r"\b(?:in|exists|any|all|some|from|join|lateral)\s*\(\s*$", re.IGNORECASE)
_RESULT = LatePattern(
    r"\s*;?\s*(?:--|=>?|->|:|\u2192|(?:gives?|is|returns?|says?|shows?|yields?)\b)?\s*(?:count\s+[-\s]*)?"
    r"(?P<n>\d[\d,_]*)\b(?!\.\d)(?!\s*(?:ms|s|sec\w*|min\w*|hours?|m|%|x|GB|MB|times)\b)",
    re.IGNORECASE,
)
_MAKES = LatePattern(
    r"(?<!\w)(?:CREATE\s+TABLE|CREATE\s+TYPE)\b[^;`]*?\([^;`]*\)[^;`\n]*(?:;|$|(?=\n\s*\n)|(?=```))"
    r"|(?<!\w)CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?:[\w\"]+\s+)?ON\s+[\w.\"]+\s*(?:USING\s+\w+\s*)?\((?:[^()]|\([^()]*\))*\)"
    r"(?:\s+INCLUDE\s*\([^)]*\))?(?:\s+WHERE\s+[^;.\n]+)?"
    r"|(?<!\w)ALTER\s+TABLE\b[^;]*;",
    re.IGNORECASE,
)
_WRAPPED = LatePattern(r"(?<![.?!:;\n])[ \t]*\n[ \t]*(?=[a-z0-9(`'\"])(?!->)")
# Names that stand for a table of which nothing is told.
_STANDS_FOR_ANY = frozenset({"table", "tbl", "the_table", "table_name", "your_table", "tablename"})
_OF_THE_SERVER = LatePattern(r"(?:pg_catalog|information_schema)\.|pg_\w+$")


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """The statements in a text: queries, and DDL; `written` are the pieces of the text they are.

    `of_any` are queries of a table that has no name of its own: SELECT count(*) FROM table. `inner`
    are those that stand in the brackets of something larger, which could not be read; `counted` are
    the rows of tables that a count(*) was shown with: how somebody looked, and not what is slow;
    `looked` are the pieces of the text that such counts are.
    """

    queries: tuple[str, ...]
    ddl: tuple[str, ...]
    written: tuple[str, ...] = ()
    of_any: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    counted: tuple[tuple[str, int], ...] = ()
    looked: tuple[str, ...] = ()


def pasted(text: str) -> Pasted:
    """The SQL in a text; what cannot be read as a statement is passed over.

    Questions to the server's own catalogs are left out: how somebody found what is slow.
    """
    ddl = tuple(m[0].strip().rstrip(";") for m in _MAKES.finditer(text))
    rest = _MAKES.sub(lambda m: " " * len(m[0]), text)
    found = tuple(_queries(rest))
    asked = [each for each in found if not (each.inside or each.result is not None)]
    queries = dict.fromkeys(each.whole for each in asked)
    inner = dict.fromkeys(each.whole for each in found if each.inside)
    return Pasted(
        queries=tuple(q for q in queries if is_of_theirs(q)),
        inner=tuple(q for q in inner if is_of_theirs(q)),
        counted=tuple(_counted(found)),
        looked=tuple(each.piece for each in found if each.result is not None),
        ddl=tuple(d for d in ddl if reads(d)),
        written=tuple(each.piece for each in found),
        of_any=tuple(q for q in queries if _is_of_any(q)),
    )


def inserts(text: str) -> tuple[str, ...]:
    """The INSERTs in a text, which read no table of their own that is to be made."""
    found = (statement(_quoted(text, m.start()))[0] for m in _INSERTS.finditer(text))
    return tuple(dict.fromkeys(filter(None, found)))


def unwrapped(text: str) -> str:
    """The text whose sentences go on over the end of a line, each on one line."""
    return _WRAPPED.sub(" ", text)


def without_ddl(text: str, found: Pasted) -> str:
    """The text without the DDL that was cut out of it, whose words tell of no further index."""
    for each in found.ddl:
        text = text.replace(each, " ")
    return text


def prose(text: str, found: Pasted) -> str:
    """The text without the statements that were cut out of it."""
    for each in (*found.ddl, *found.written):
        text = text.replace(each, " ")
    return text


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A statement, the piece of the text that it was read from, whether it is in brackets.

    `result` is the number that stands behind a count(*).
    """

    whole: str
    piece: str
    inside: bool
    result: int | None = None


def _queries(text: str) -> Iterator[_Found]:
    at = 0
    while found := _BEGINS.search(text, at):
        whole, length = statement(_quoted(text, found.start()))
        at = found.end()
        if whole and not _goes_on(whole, text[found.start() + length :]):
            yield _Found(
                whole=mended(whole),
                piece=text[found.start() : found.start() + length],
                inside=bool(_INSIDE.search(text[: found.start()])),
                result=_result(whole, text[found.start() + length :]),
            )
            at = max(found.start() + length, at)


def _result(statement: str, rest: str) -> int | None:
    """What a count(*) came to where it stands behind it: "select count(*) from bays; 10"."""
    shown = _RESULT.match(rest)
    counts = re.match(r"\s*select\s+count\s*\(\s*(?:\*|1)\s*\)\s+from\b", statement, re.IGNORECASE)
    if not (shown and counts) or re.search(r"\b(?:group by|join)\b", statement, re.IGNORECASE):
        return None
    return int(shown["n"].replace(",", "").replace("_", ""))


def _counted(found: tuple[_Found, ...]) -> Iterator[tuple[str, int]]:
    """The rows of whole tables that were counted."""
    for each in found:
        tables = [t for tree in read_trees((each.whole,)) for t in tables_of(tree)]
        if each.result is not None and len(tables) == 1 and " where " not in each.whole.lower():
            yield tables[0], each.result


def _goes_on(statement: str, rest: str) -> bool:
    """Whether an UPDATE of everything goes on in prose: for the user, where it is not yet set."""
    whole = statement.lstrip()[:6].upper() == "UPDATE" and not re.search(
        r"(?i)\bwhere\b", statement
    )
    return whole and bool(re.match(r"\s+(?:for|of|on|where|in)\s+\w+", rest))


def _quoted(text: str, at: int) -> str:
    """The text from here: up to the closing quote where one opens just before."""
    before = text[at - 1 : at]
    if before in {'"', "\u201c"}:
        for end in range(at, len(text)):
            closes = text[end] in {'"', "\u201d"} and not text[end + 1 : end + 2].isalnum()
            if closes and text.count('"', at, end) % 2 == 0 and text[end + 1 : end + 2] != ".":
                return text[at:end]
    return text[at:]


def is_of_theirs(query: str) -> bool:
    """Whether a statement reads tables of the person's own, called by their names."""
    tables = [t for tree in read_trees((query,)) for t in tables_of(tree)]
    others = [t for t in tables if _OF_THE_SERVER.match(t) or t in _STANDS_FOR_ANY]
    return bool(tables) and not others


def _is_of_any(query: str) -> bool:
    """Whether a statement reads a single table that is called one."""
    tables = [t for tree in read_trees((query,)) for t in tables_of(tree)]
    return len(tables) == 1 and tables[0] in _STANDS_FOR_ANY


def with_table(query: str, name: str) -> str:
    """A query of any table as one of the table of this name."""
    names = "|".join(sorted(_STANDS_FOR_ANY, key=len, reverse=True))
    return re.sub(
        rf"\b(FROM|UPDATE)\s+\"?(?:{names})\b\"?", rf"\1 {name}", query, flags=re.IGNORECASE
    )
