"""Row counts that a request, or a comment in its SQL, tells of the tables in the schema."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from blueproof.core.brief import Brief, Fact
from blueproof.intake.database import ROWS
from blueproof.intake.table_sizes import is_part, opens
from blueproof.intake.words.read import read_request
from blueproof.sql.guessing.one_part import one_parts

_TABLE = re.compile(
    r'^\s*create\s+(?:\w+\s+)?table\s+(?:if\s+not\s+exists\s+)?"?(?:\w+"?\."?)?(\w+)"?',
    re.IGNORECASE | re.MULTILINE,
)
_COUNTED = {"row", "record", "entry", "tuple"}
# Up to a stop, a comma between figures or an "and"; a point or comma inside a figure is none.
_CLAUSE = re.compile(r"(?:(?<=\d)[.,](?=\d)|(?!\band\b)[^.,!?\n;])+", re.IGNORECASE)
_COMMENT = re.compile(r"--(?P<line>[^\n]*)|/\*(?P<block>[\s\S]{0,2000}?)\*/")
# Between a table's name and its count, and between a count and the name.
_BEFORE = (
    r"[\"`']?\s*(?:table\b)?(?:[\s:=~(|\u2248\u2192-]|\b(?:table|has|have|had|holds?|is|are|at|of|with|about"
    r"|around|roughly|approx\w*|approximately|currently|now|some|nearly|almost|over|more than|up to"
    r"|rows?|grew to|contains?|counts?)\b)*$"
)
_AFTER = r"^\s*(?:rows?\s+)?(?:of |in |for |the |our |into )*[\"`']?"
_FARTHEST = 60  # characters between them
# What a query gives or a statement touches is no count of the table.
_TOUCHED = re.compile(
    r"\b(?:return\w*|fetch\w*|limit|pages? of|top|first|last|gives?|yields?|shows?|reads?|updat\w+"
    r"|delet\w+|insert\w*|batch\w* of|adds?|gets?|match\w*)\W+(?:about |only |around |up to "
    r"|just |the )*$",
    re.IGNORECASE,
)
_NEXT = re.compile(rf"(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)*{_TABLE.pattern.lstrip('^')}", re.IGNORECASE)
# "200,000 rows in customers, 5,000,000 in invoices": the second takes its unit from the first.
_LISTED = re.compile(
    r"(?<![\w.,])(?P<figure>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>k|m|b|thousand|million|billion)?\s+"
    r"(?:in|for)\s+(?:the\s+)?[\"`']?(?P<table>\w+)",
    re.IGNORECASE,
)
# "sales 6M rows, shops ~3,000, hosts 12": the others take theirs from the first.
_AFTER_NAME = re.compile(
    r"(?<![\w.])[\"`']?(?P<table>\w+)[\"`']?\s*(?:[:=(]\s*)?(?:[~\u2248]|about|around|is|has|have)?\s*"
    r"(?P<figure>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>k|m|b|thousand|million|billion)?(?=\s*(?:[;)/\n]|,\s|"
    r"\.\s|\.?$|and\s+\w+\s+[~\d]))",
    re.IGNORECASE,
)
_SOME_TABLE = re.compile(r"\b(?:the|my|our|this|one) (?:\w+ )?table\b", re.IGNORECASE)
_MILLIONS = re.compile(r"\d\s?m$", re.IGNORECASE)
_UNITS = {"k": 1_000, "t": 1_000, "m": 1_000_000, "b": 1_000_000_000}
OTHER_ROWS = "conflict.rows."  # a second count of a table, far from the one reckoned with
_FAR_APART = 2.0
_LEAST = 2.0  # rows; fewer is no count of a table


def with_told_rows(brief: Brief) -> Brief:
    """The brief with the row counts of tables that its words name in the same sentence."""
    schema = brief.document("schema")
    if schema is None:
        return brief
    tables = tuple(dict.fromkeys(_TABLE.findall(schema.text)))
    known = {f.key for f in brief.facts}
    told = _largest(f for f in _told(brief, tables) if f.key not in known)
    noted = tuple(_noted(brief, tables))
    added = _largest(f for f in noted if f.key not in known | set(told))
    counts = {f.key: f for f in (*brief.facts, *told.values(), *added.values())}
    others = tuple(_others(noted, counts))
    return replace(brief, facts=(*brief.facts, *told.values(), *added.values(), *others))


def _largest(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Of each table the largest of the counts told: a table has no fewer rows than a part of it."""
    found: dict[str, Fact] = {}
    for fact in facts:
        kept = found.get(fact.key)
        if kept is None or float(fact.value) > float(kept.value):
            found[fact.key] = fact
    return found


def _others(noted: tuple[Fact, ...], counts: dict[str, Fact]) -> Iterator[Fact]:
    """Counts in comments that are far from the one reckoned with, once each."""
    said: set[str] = set()
    for fact in noted:
        kept = counts[fact.key]
        low, high = sorted((float(fact.value), float(kept.value)))
        if high >= _FAR_APART * low and fact.key not in said:
            said.add(fact.key)
            table = fact.key.removeprefix(ROWS)
            yield replace(fact, key=f"{OTHER_ROWS}{table}")


def _noted(brief: Brief, tables: tuple[str, ...]) -> Iterator[Fact]:
    """The counts that comments tell: "-- port_calls has 18 million rows"."""
    for document in brief.documents:
        for found in _COMMENT.finditer(document.text):
            comment = found["line"] or found["block"] or ""
            if not any(c.isdigit() for c in comment):
                continue
            own = "" if _names(comment, tables) else _beside(document.text, found, tables)
            path = document.place(document.text.count("\n", 0, found.start()) + 1)[0]
            said = comment if not own else f"{own}: {comment.strip()}"
            for fact in _told(read_request(said), tables):
                if fact.span and _is_size(said, fact.span, tables):
                    yield replace(fact, source="file", span=None, where=path)


def _is_size(comment: str, span: tuple[int, int], tables: tuple[str, ...]) -> bool:
    """Whether a comment tells with a count how many rows there are: not of "exports 200k orders".

    A name may stand before the count ("orders 6.2M"), else the count begins what is said.
    """
    before = comment[: span[0]]
    named = any(re.search(rf"\b{re.escape(t)}\b{_BEFORE}", before, re.IGNORECASE) for t in tables)
    return named or opens(comment, span)


def _beside(text: str, comment: re.Match[str], tables: tuple[str, ...]) -> str:
    """The table that a comment without a name stands before, or in the first line of."""
    line = text[text.rfind("\n", 0, comment.start()) + 1 : comment.start()]
    found = _TABLE.match(line) or (None if line.strip() else _NEXT.match(text, comment.end()))
    return found[1] if found and found[1] in tables else ""


def _names(text: str, tables: tuple[str, ...]) -> list[str]:
    return [t for t in tables if re.search(rf"\b{re.escape(t)}\b", text, re.IGNORECASE)]


def _told(brief: Brief, tables: tuple[str, ...]) -> Iterator[Fact]:
    """The counts of one text: those told as rows, then those that a list has beside them."""
    rows = list(_as_rows(brief, tables))
    yield from rows
    named = {name.lower(): name for name in tables}
    lists = (_LISTED, _AFTER_NAME) if rows else ()
    for found in (each for listed in lists for each in listed.finditer(brief.request)):
        table = named.get(found["table"].lower(), "")
        factor = _UNITS[found["unit"][0].lower()] if found["unit"] else 1
        value = round(float(found["figure"].replace(",", "")) * factor)
        if table and value >= _LEAST and f"{ROWS}{table}" not in {f.key for f in rows}:
            yield Fact(
                key=f"{ROWS}{table}", value=value, unit="rows", source="inferred",
                quote=found[0], span=found.span(),
            )  # fmt: skip


def _as_rows(brief: Brief, tables: tuple[str, ...]) -> Iterator[Fact]:
    parts = {part.span[0] for part in one_parts(brief.request)}  # of one, and not of the table
    for fact in brief.facts:
        if fact.span and fact.span[0] in parts:
            continue
        if not fact.span or isinstance(fact.value, str) or not fact.key.startswith("scale."):
            continue
        if " per " in fact.unit or _TOUCHED.search(brief.request[: fact.span[0]]):
            continue
        if is_part(brief.request, fact.span):
            continue
        table = _table(brief.request, fact, tables)
        # Beside a table "60m" are millions, whatever it would be elsewhere.
        millions = _MILLIONS.search(fact.quote) and fact.value < _UNITS["m"]
        value = fact.value * (_UNITS["m"] if millions else 1)
        if table and value >= _LEAST:
            yield Fact(
                key=f"{ROWS}{table}", value=round(value), unit="rows", source="inferred",
                quote=fact.quote, span=fact.span,
            )  # fmt: skip


def _table(request: str, fact: Fact, tables: tuple[str, ...]) -> str:
    """The table that the count is of: the one beside it, its own noun, or that of its clause.

    A clause must name no other.
    """
    near = _adjacent(request, fact, tables)
    if near:
        return near
    unit = fact.unit.partition(" ")[0].lower()
    own = [t for t in tables if unit and unit in {t.lower(), t.lower().rstrip("s")}]
    if own:
        return own[0]
    if (unit and unit not in _COUNTED) or not fact.span:
        return ""
    place = fact.span[0]
    clause = next((m[0] for m in _CLAUSE.finditer(request) if m.start() <= place < m.end()), "")
    named = _names(clause, tables)
    only = len(tables) == 1 and not named and bool(unit) and _SOME_TABLE.search(clause)
    return named[0] if len(named) == 1 else tables[0] if only else ""


def _adjacent(request: str, fact: Fact, tables: tuple[str, ...]) -> str:
    """The table whose name stands right before the count or right after it."""
    if not fact.span:
        return ""
    start, end = fact.span
    before, after = request[max(0, start - _FARTHEST) : start], request[end : end + _FARTHEST]
    for table in sorted(tables, key=len, reverse=True):
        name = rf"\b{re.escape(table).replace('_', '[_ ]')}\b"
        if re.search(name + _BEFORE, before, re.IGNORECASE):
            return table
        if re.search(_AFTER + name, after, re.IGNORECASE):
            return table
    return ""
