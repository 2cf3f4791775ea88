"""A database handed over as files: DDL, queries, row counts."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from blueproof.core.brief import Assumption, Brief, Document, Fact
from blueproof.core.errors import UsageError
from blueproof.intake.files import Piece, gather
from blueproof.intake.workload import gather_queries
from blueproof.sql.rowcounts import RowCount, read_counts
from blueproof.sql.secrets import masked

ROWS = "scale.rows."
PASSED = "in the queries: "
_MAKES_TABLES = re.compile(r"^\s*create\s+(?:\w+\s+)?table\b", re.IGNORECASE | re.MULTILINE)
_DEFINES = re.compile(
    r"^\s*(?:create|alter|comment\s+on|grant|drop)\b", re.IGNORECASE | re.MULTILINE
)
_WHY_ASSUMED = "not given: ten child rows for each parent row, a million in tables at the bottom"


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What was given on the command line: where the files are, and "orders=12M" texts."""

    schema: Path
    queries: Path | None = None
    rows: tuple[str, ...] = ()


def read_database(handed: Handed) -> Brief:
    """The brief of a database: its documents with secrets masked, its stated row counts."""
    documents = [_document("schema", gather(handed.schema, option="--schema"))]
    passed: tuple[str, ...] = ()
    if handed.queries is not None:
        queries, passed = gather_queries(handed.queries, option="--queries")
        documents.append(_document("queries", queries))
    if not documents[0].text.strip():
        raise UsageError("--schema: the file is empty: write it with pg_dump --schema-only")
    return Brief(
        request="Is this PostgreSQL schema right for these queries?",
        facts=stated_rows(handed.rows),
        documents=tuple(documents),
        not_understood=tuple(f"{PASSED}{line}" for line in passed),
    )


def queries_passed_over(brief: Brief) -> tuple[Brief, tuple[str, ...]]:
    """What of handed queries could not be read, and the brief without these lines."""
    passed = [line for line in brief.not_understood if line.startswith(PASSED)]
    rest = tuple(line for line in brief.not_understood if line not in passed)
    told = tuple(line.removeprefix(PASSED) for line in passed)
    return replace(brief, not_understood=rest), told


def as_documents(pieces: tuple[Piece, ...]) -> tuple[Document, ...]:
    """SQL texts as one schema and one document of queries; no schema where none makes tables."""
    makes = any(_MAKES_TABLES.search(piece.text) for piece in pieces)
    schema = tuple(p for p in pieces if makes and _DEFINES.search(p.text))
    queries = tuple(p for p in pieces if p not in schema)
    both = (("schema", schema), ("queries", queries))
    return tuple(_document(role, found) for role, found in both if found)


def stated_rows(texts: tuple[str, ...]) -> tuple[Fact, ...]:
    """Row counts as facts that the person stated."""
    return tuple(
        Fact(key=f"{ROWS}{table}", value=rows, unit="rows", source="stated")
        for table, rows in read_counts(texts).items()
    )


def given_rows(brief: Brief) -> dict[str, int]:
    """The row counts that the person stated, by table."""
    facts = (f for f in brief.facts if f.key.startswith(ROWS))
    return {f.key.removeprefix(ROWS): int(f.value) for f in facts}


def completed(brief: Brief, counts: tuple[RowCount, ...], queries: int) -> Brief:
    """The brief with what the files say, and what is assumed for the rest."""
    facts = (
        Fact(key="technology", value="postgresql", source="file"),
        Fact(key="problem", value="db-performance", source="file"),
        Fact(key="scale.tables", value=len(counts), unit=_tables(len(counts)), source="file"),
        Fact(key="scale.queries", value=queries, unit=_queries(queries), source="file"),
    )
    assumptions = tuple(
        Assumption(key=f"{ROWS}{c.table}", value=c.rows, why=_WHY_ASSUMED)
        for c in counts
        if c.basis == "assumed"
    )
    return replace(
        brief, facts=(*facts, *brief.facts), assumptions=(*brief.assumptions, *assumptions)
    )


def _tables(number: int) -> str:
    return "table" if number == 1 else "tables"


def _queries(number: int) -> str:
    return "query" if number == 1 else "queries"


def _document(role: str, pieces: tuple[Piece, ...]) -> Document:
    """The pieces as one text; each keeps the line at which it begins."""
    assert role in {"schema", "queries"}
    text, parts = "", []
    for piece in pieces:
        parts.append((piece.path, text.count("\n") + 1))
        text += _ended(masked(piece.text).rstrip("\n"), piece.path) + "\n"
    return Document(role="schema" if role == "schema" else "queries", text=text, parts=tuple(parts))


def _ended(text: str, path: str) -> str:
    """The text with its last statement ended, so that the next file's does not run into it."""
    from blueproof.sql.editing import significant  # the lexer's tables take time to build

    marks = significant(text, path=path)
    return text if not marks or marks[-1].text == ";" else f"{text}\n;"
