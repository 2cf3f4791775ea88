"""What pieces of a plan and asides in running words show: indexes that are there, and rows."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.proposals import There
from blueproof.sql.guessing.kinds import snake, stem_of
from blueproof.sql.guessing.seen import Columns
from blueproof.sql.names import quote, quote_table

_USING = re.compile(
    r"\bIndex (?:Only )?Scan(?: Backward)? using [\"`]?(?P<index>\w+)[\"`]?(?:\s+on\s+"
    r"(?:\w+\.)?[\"`]?(?P<table>\w+))?|\bBitmap Index Scan on [\"`]?(?P<bitmap>\w+)",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"\bindex\s+[\"`]?(?P<index>\w*_\w+)[\"`]?\s+on\s+(?:the\s+)?(?:columns?\s+)?[\"`(]*(?P<column>\w+)"
    r"(?:[\"`)]|\b)(?!\s*\()",
    re.IGNORECASE,
)
_ENDS = ("_idx", "_index", "_ix", "_key", "_pkey", "_fkey", "_fk")
_BEGINS = ("idx_", "ix_", "index_", "i_")
_ALL_INDEXED = re.compile(
    r"\b(?:both|each|all|every one)\b(?: of)?(?: (?:them|these|those|the))?(?: two| columns"
    r"| fields)*"
    r"(?: \w+){0,2}? (?:have|has|are|is|got) (?:an? |their own |its own )?index(?:es|ed)?\b",
    re.IGNORECASE,
)
# "there are indexes on each column"
_EACH_COLUMN = re.compile(
    r"\b(?:ind(?:ex|ic)es|an index) (?:on|for) (?:each|every|all)(?: of)?(?: the| these| those)?"
    r"(?: single| individual| three| two| four| of them)*(?: columns?| fields?| of them)?\b",
    re.IGNORECASE,
)
_KEYS_INDEXED = re.compile(
    r"\b(?:all|every|each)\b(?: of)?(?: the| our)? (?:(?:foreign|primary|join|joined) )*"
    r"keys?(?: columns?)?(?:,? (?:and|as well as) (?P<more>\w+))? (?:has|have|are|is|got) "
    r"(?:an? |their own |its own )?index(?:es|ed)?\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?:[^.?!\n]|\.(?=\w)|\n(?!\n))+[.?!]*")
_REMOVED = re.compile(r"\bRows Removed by Filter:\s*(?P<rows>\d[\d,]*)", re.IGNORECASE)
_LEAST = 1_000


def read_shown(text: str, main: str, seen: Columns) -> tuple[There, ...]:
    """The indexes that pieces of plans name, and those of columns said to be indexed together."""
    found = [*_named(text, seen), *_called(text, main, seen), *_together(text, main, seen)]
    found += [*_keys(text, seen), *_of_each(text, main, seen)]
    return tuple({each.ddl: each for each in found}.values())


def rows_removed(text: str) -> int:
    """The rows that a filter is said to have thrown away, the most of them; 0 if none."""
    told = [int(m["rows"].replace(",", "")) for m in _REMOVED.finditer(text)]
    return max((n for n in told if n >= _LEAST), default=0)


def _named(text: str, seen: Columns) -> Iterator[There]:
    for match in _USING.finditer(text):
        index = (match["index"] or match["bitmap"]).lower()
        tables = [t for t in seen if _own(t) == (match["table"] or "").lower()] or [
            t for t in seen if _own(t) in index
        ]
        if (
            tables
            and not index.endswith("pkey")
            and (columns := columns_of_index(index, tables[0], seen))
        ):
            yield _index(tables[0], columns)


def _called(text: str, main: str, seen: Columns) -> Iterator[There]:
    """Indexes whose name stands between: index book_year_idx on year."""
    for match in _CALLED.finditer(text):
        column = match["column"].lower()
        if column in seen.get(main, {}):
            yield _index(main, (column,))


def columns_of_index(index: str, table: str, seen: Columns) -> tuple[str, ...]:
    """The columns that an index is named after, in their order; () where its name tells none."""
    rest = index
    for begin in _BEGINS:
        rest = rest.removeprefix(begin)
    for end in _ENDS:
        rest = rest.removesuffix(end)
    own = _own(table)
    for name in (own, own.removesuffix("s")):
        if rest.startswith(f"{name}_"):
            rest = rest[len(name) + 1 :]
    rest = rest.removeprefix("on_").replace("_and_", "_")
    known = {snake(c): c for c in seen[table]}
    found = []
    while rest:
        name = max((c for c in known if rest == c or rest.startswith(f"{c}_")), key=len, default="")
        if not name:
            return ()
        found.append(known[name])
        rest = rest[len(name) :].removeprefix("_")
    return tuple(found)


def _together(text: str, main: str, seen: Columns) -> Iterator[There]:
    before = ""
    for sentence in _SENTENCE.findall(text):
        if _ALL_INDEXED.search(sentence) and "?" not in sentence:
            words = {w.lower() for w in re.findall(r"\w+", f"{before} {sentence}")}
            for column in seen.get(main, {}):
                if column.lower() in words and column.lower() != "id":
                    yield _index(main, (column,))
        before = sentence


def _of_each(text: str, main: str, seen: Columns) -> Iterator[There]:
    """An index on each column that a query compares, where each is said to have one."""
    if _EACH_COLUMN.search(text):
        for name, column in seen.get(main, {}).items():
            if column.compared and name.lower() != "id":
                yield _index(main, (name,))


def _keys(text: str, seen: Columns) -> Iterator[There]:
    """An index on each column that refers by its name, where all keys are said to have one."""
    told = _KEYS_INDEXED.search(text)
    if told is None:
        return
    for table, columns in seen.items():
        for column in columns:
            if stem_of(column) or column.lower() == (told["more"] or "").lower():
                yield _index(table, (column,))


def _own(table: str) -> str:
    return snake(table.rpartition(".")[2])


def _index(table: str, columns: tuple[str, ...]) -> There:
    listed = ", ".join(map(quote, columns))
    ddl = f"CREATE INDEX ON {quote_table(table)} ({listed})"
    return There(table=table, columns=columns, ddl=ddl)
