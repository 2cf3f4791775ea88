"""Row counts that a request, or a comment in its SQL, tells of the tables in the schema."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.core.brief import Brief, Fact
from blueproof.intake.database import ROWS
from blueproof.intake.words.read import read_request

_TABLE = re.compile(
    r'^\s*create\s+(?:\w+\s+)?table\s+(?:if\s+not\s+exists\s+)?"?(?:\w+"?\."?)?(\w+)"?',
    re.IGNORECASE | re.MULTILINE,
)
_COUNTED = {"row", "record", "entry", "tuple"}
# Up to a stop, a comma between figures or an "and"; a point or comma inside a figure is none.
_CLAUSE = re.compile(r"(?:(?<=\d)[.,](?=\d)|(?!\band\b)[^.,!?\n;])+", re.IGNORECASE)
_COMMENT = re.compile(r"--(?P<line>[^\n]*)|/\*(?P<block>[\s\S]{0,2000}?)\*/")
_LEAST = 2.0  # rows; fewer is no count of a table


def with_told_rows(brief: Brief) -> Brief:
    """The brief with the row counts of tables that its words name in the same sentence."""
    schema = brief.document("schema")
    if schema is None:
        return brief
    tables = tuple(dict.fromkeys(_TABLE.findall(schema.text)))
    known = {f.key for f in brief.facts}
    told = {f.key: f for f in _told(brief, tables) if f.key not in known}
    noted = {f.key: f for f in _noted(brief, tables) if f.key not in known | set(told)}
    return replace(brief, facts=(*brief.facts, *told.values(), *noted.values()))


def _noted(brief: Brief, tables: tuple[str, ...]) -> Iterator[Fact]:
    """The counts that comments tell: "-- port_calls has 18 million rows"."""
    for document in brief.documents:
        for found in _COMMENT.finditer(document.text):
            comment = found["line"] or found["block"] or ""
            if not any(c.isdigit() for c in comment) or not _names(comment, tables):
                continue
            path = document.place(document.text.count("\n", 0, found.start()) + 1)[0]
            for fact in _told(read_request(comment), tables):
                yield replace(fact, source="file", span=None, where=path)


def _names(text: str, tables: tuple[str, ...]) -> list[str]:
    return [t for t in tables if re.search(rf"\b{re.escape(t)}\b", text, re.IGNORECASE)]


def _told(brief: Brief, tables: tuple[str, ...]) -> Iterator[Fact]:
    for fact in brief.facts:
        if not fact.span or isinstance(fact.value, str) or not fact.key.startswith("scale."):
            continue
        table = _table(brief.request, fact, tables)
        if table and fact.value >= _LEAST:
            yield Fact(
                key=f"{ROWS}{table}", value=round(fact.value), unit="rows", source="inferred",
                quote=fact.quote, span=fact.span,
            )  # fmt: skip


def _table(request: str, fact: Fact, tables: tuple[str, ...]) -> str:
    """The table that the count is of: its own noun, or the only one that its clause names."""
    unit = fact.unit.partition(" ")[0].lower()
    own = [t for t in tables if unit and unit in {t.lower(), t.lower().rstrip("s")}]
    if own:
        return own[0]
    if (unit and unit not in _COUNTED) or not fact.span:
        return ""
    place = fact.span[0]
    clause = next((m[0] for m in _CLAUSE.finditer(request) if m.start() <= place < m.end()), "")
    named = _names(clause, tables)
    return named[0] if len(named) == 1 else ""
