"""A schema and the queries on it that stand in the words: the same as if files held them.

Nothing has to be made up then but rows: every query is planned on the tables as they are, with the
counts that are told. One query alone is left to its rebuilding, which takes its times with it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.known.reproduction.owning import asks_speed
from blueproof.advisors.known.reproduction.pasted import pasted
from blueproof.core.brief import Brief, Document
from blueproof.intake.pasted import Pasted, pasted_tables, with_pasted
from blueproof.intake.told_rows import with_told_rows
from blueproof.sql.guessing.resolving import tables_of
from blueproof.sql.guessing.seen import read_trees

_LEAST = 2  # queries, from which the tables are a workload's
_MADE = re.compile(
    r"\bcreate\s+(?:unlogged\s+)?(?:table|(?:materialized\s+)?view)\s+(?:if\s+not\s+exists\s+)?"
    r'(?:"?\w+"?\s*\.\s*)?"?(\w+)',
    re.IGNORECASE,
)
_OWN_NAME = re.compile(
    r"create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?"
    r'(?:"?\w+"?\s*\.\s*)?"?(\w+)',
    re.IGNORECASE,
)
_REFERS = re.compile(r'\breferences\s+(?:"?\w+"?\s*\.\s*)?"?(\w+)', re.IGNORECASE)
# What needs its tables: indexes, views, triggers, and keys that are added.
_OF_TABLES = re.compile(
    r"(?:create\s+(?:unique\s+)?index|create\s+(?:or\s+replace\s+)?(?:materialized\s+)?view"
    r"|create\s+(?:or\s+replace\s+)?(?:trigger|function)|alter|grant|revoke|drop|create\s+policy)\b",
    re.IGNORECASE,
)
_EXTENSIONS = ("citext", "hstore", "ltree")
_TITLE = re.compile(r"^[^\w(]*(?P<title>\S[^\n;]*?)[\s:;,.*-]*$")
_LONG = 80  # characters: a longer line is a sentence and no title
_NUMBER = re.compile(r"^(?:q(?:uery)?\s*)?#?(\d{1,2})\b\s*[.):,-]*\s*", re.IGNORECASE)


def with_whole(brief: Brief) -> Brief | None:
    """The brief with its schema and queries as documents; None where they are not both there.

    Each query must read tables that are there alone: what is guessed of another one would be
    shown as if it had been told.
    """
    if brief.document("schema") or brief.document("queries") or not asks_speed(brief):
        return None
    tables = pasted_tables(brief.request)
    if tables is None or tables.guarded:
        return None
    text = _without(brief.request, tables)
    found = pasted(text)
    known = {name.lower() for name in _MADE.findall(tables.ddl)}
    own = [q for q in found.queries if _read(q) and _read(q) <= known]
    if len(own) < _LEAST or len(own) < len(found.queries):
        return None
    titled = "\n".join(_titled(text, own, found.written))
    queries = Document(role="queries", text=titled, parts=(("your words", 1),))
    ordered = replace(tables, ddl=_in_order(brief.request, tables))
    whole = with_pasted(_without_figures_of(brief, found.written), ordered)
    return with_told_rows(replace(whole, documents=(*whole.documents, queries)))


def _in_order(request: str, tables: Pasted) -> str:
    """The DDL with each table after those that it refers to, as people paste them in any order.

    Types that an extension brings get it first, as nobody pastes that.
    """
    pieces = [request[start:end].strip().rstrip(";") for start, end in tables.spans]
    made = {piece: found[1].lower() for piece in pieces if (found := _OWN_NAME.match(piece))}
    before = [p for p in pieces if p not in made and not _OF_TABLES.match(p)]
    after = [p for p in pieces if p not in made and p not in before]
    waiting, done = list(made), list[str]()
    while waiting:
        open_ = {made[p] for p in waiting}
        free = [p for p in waiting if not (_refers(p) & open_) - {made[p]}] or waiting[:1]
        done.append(free[0])
        waiting.remove(free[0])
    used = "\n".join(pieces)
    extensions = [
        f"CREATE EXTENSION IF NOT EXISTS {name}"
        for name in _EXTENSIONS
        if re.search(rf"\b{name}\b", used, re.IGNORECASE)
        and not re.search(rf"\bextension\b[^;]*\b{name}\b", used, re.IGNORECASE)
    ]
    return "".join(f"{piece};\n" for piece in (*extensions, *before, *done, *after))


def _refers(piece: str) -> set[str]:
    return {name.lower() for name in _REFERS.findall(piece)}


def _without_figures_of(brief: Brief, written: tuple[str, ...]) -> Brief:
    """The brief without what was read as words in its queries: LIMIT 25 is no size of theirs."""
    starts = ((brief.request.find(piece), len(piece)) for piece in written)
    spans = tuple((at, at + length) for at, length in starts if at >= 0)
    facts = tuple(
        f for f in brief.facts
        if f.span is None or not any(a <= f.span[0] < b for a, b in spans)
    )  # fmt: skip
    return replace(brief, facts=facts)


def _without(request: str, tables: Pasted) -> str:
    """The request with empty places where its DDL stood."""
    for start, end in tables.spans:
        blank = re.sub(r"[^\n]", " ", request[start:end])
        request = request[:start] + blank + request[end:]
    return request


def _read(query: str) -> set[str]:
    """The tables that a query reads or changes, in small letters."""
    return {t.rpartition(".")[2].lower() for tree in read_trees((query,)) for t in tables_of(tree)}


def _titled(text: str, queries: list[str], written: tuple[str, ...]) -> Iterator[str]:
    """Each query with what stands above it as its comment."""
    before = _before(text, written)
    alone = _pieces(queries, written)
    for query in queries:
        title = before.get(alone.get(query, ""), "")
        yield (f"-- {title}\n" if title else "") + query.rstrip("; \n") + ";\n"


def _pieces(queries: list[str], written: tuple[str, ...]) -> dict[str, str]:
    """Of each query the piece of the text that it was cut from, where one is plainly its own."""
    pieces = {_bare(piece): piece for piece in written}
    return {query: pieces[_bare(query)] for query in queries if _bare(query) in pieces}


def _bare(sql: str) -> str:
    return re.sub(r"\W+", " ", re.sub(r"--[^\n]*", " ", sql)).strip().lower()


def _before(text: str, written: tuple[str, ...]) -> dict[str, str]:
    """The title above each piece: the last line between it and the piece before."""
    titles, at = {}, 0
    for piece in written:
        start = text.find(piece, at)
        if start < 0:
            continue
        titles[piece] = _title(text[at:start])
        at = start + len(piece)
    return titles


def _title(between: str) -> str:
    lines = [line.strip(" \t-#`*>/;") for line in between.split("\n")]
    last = next((line for line in reversed(lines) if line and line.lower() != "sql"), "")
    found = _TITLE.match(_NUMBER.sub(r"\1. ", last))
    title = found["title"] if found else ""
    return title if len(title) <= _LONG and re.search(r"[a-z]", title, re.IGNORECASE) else ""
