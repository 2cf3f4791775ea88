"""A database handed over as files: DDL, queries, row counts."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from blueproof.core.brief import Assumption, Brief, Document, Fact
from blueproof.core.errors import UsageError
from blueproof.core.scene import Excerpt
from blueproof.intake.files import Piece, gather, read_sql, shown
from blueproof.intake.workload import counted_queries, gather_queries
from blueproof.sql.rowcounts import RowCount, read_counts
from blueproof.sql.secrets import masked

ROWS, SCALE, SPACE = "scale.rows.", "scale.factor", "limit.index-space"
PASSED = "in the queries: "
_MOST_SCALE = 100_000
Queries = tuple[tuple[Piece, ...], tuple[str, ...]]
_SPACE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([kMGT]?B)?", re.IGNORECASE)
_UNITS = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}
_MAKES_TABLES = re.compile(r"^\s*create\s+(?:\w+\s+)?table\b", re.IGNORECASE | re.MULTILINE)
_DEFINES = re.compile(
    r"^\s*(?:create|alter|comment\s+on|grant|drop)\b", re.IGNORECASE | re.MULTILINE
)
_WHY_ASSUMED = "not given: ten child rows for each parent row, a million in tables at the bottom"


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What was given on the command line: where the files are, and "orders=12M" texts.

    `scale` is how many times the rows are to be reckoned with, `space` what new indexes may take
    ("500MB"; 1 MB is 1024 kB, as PostgreSQL reckons), `from_statements` whether the live database's
    own pg_stat_statements tell the queries.
    """

    schema: Path | None = None
    queries: Path | None = None
    rows: tuple[str, ...] = ()
    scale: float = 1.0
    space: str = ""
    from_statements: bool = False


def read_database(handed: Handed) -> Brief:
    """The brief of a database: its documents with secrets masked, its stated row counts."""
    if handed.schema is None:
        raise UsageError(
            "give --schema (DDL, or a folder of migrations) or --dsn (a live database)"
        )
    return database_brief(gather(handed.schema, option="--schema"), handed)


def database_brief(
    schema: tuple[Piece, ...], handed: Handed, counted: Queries | None = None
) -> Brief:
    """The brief of a database whose DDL was read already, from files or from a server.

    `counted` are queries that the server itself told of.
    """
    documents = [_document("schema", schema)]
    passed: tuple[str, ...] = ()
    if handed.queries is not None:
        counted = gather_queries(handed.queries, option="--queries")
    if counted is not None:
        queries, passed = counted
        documents.append(_document("queries", queries))
    if not documents[0].text.strip():
        raise UsageError("--schema: the file is empty: write it with pg_dump --schema-only")
    return Brief(
        request="Is this PostgreSQL schema right for these queries?",
        facts=(
            *stated_rows(handed.rows),
            *_stated_scale(handed.scale),
            *_stated_space(handed.space),
        ),
        documents=tuple(documents),
        not_understood=tuple(f"{PASSED}{line}" for line in passed),
    )


def read_database_at(dsn: str, handed: Handed) -> tuple[Brief, Excerpt]:
    """The brief of a live database and its statistics; its DDL too, unless a schema is handed over.

    Raises UsageError or EngineError, in one line without a password.
    """
    from blueproof.engines.postgres.live import read_live  # only here is a server connected to

    live = read_live(dsn, statements=handed.from_statements)
    statistics = Excerpt(text=live.statistics, path=f"statistics of {live.name}")
    schema = (
        gather(handed.schema, option="--schema")
        if handed.schema is not None
        else (Piece(path=live.name, text=live.schema),)
    )
    name = f"pg_stat_statements of {live.name}"
    counted = counted_queries(live.statements, name) if live.statements else None
    return database_brief(schema, handed, counted), statistics


def read_statistics(path: Path) -> Excerpt:
    """The text of collected statistics, under the name that the person knows the file by."""
    return Excerpt(text=read_sql(path, option="--stats"), path=shown(path))


def _stated_scale(scale: float) -> tuple[Fact, ...]:
    if not 0 < scale <= _MOST_SCALE:
        raise UsageError(f"--scale: {scale:g} is no factor: give a number up to {_MOST_SCALE:,}")
    fact = Fact(key=SCALE, value=scale, unit="times the rows", source="stated")
    return (fact,) if scale != 1 else ()


def _stated_space(text: str) -> tuple[Fact, ...]:
    if not text:
        return ()
    found = _SPACE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"--index-space: {text!r} is no size: give one such as 500MB or 2GB")
    size = int(float(found[1]) * _UNITS[(found[2] or "B").upper()])
    return (Fact(key=SPACE, value=size, unit="bytes", source="stated"),)


def given_space(brief: Brief) -> int | None:
    """The bytes that new indexes may take, if the person set a limit."""
    found = next((f.value for f in brief.facts if f.key == SPACE), None)
    return None if found is None else int(found)


def given_scale(brief: Brief) -> float:
    """How many times the rows the person wants to be reckoned with; 1 unless said."""
    return next((float(f.value) for f in brief.facts if f.key == SCALE), 1.0)


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


def completed(brief: Brief, counts: tuple[RowCount, ...], queries: int, scaled: str = "") -> Brief:
    """The brief with what the files say, and what is assumed for the rest.

    `scaled` says how given counts were multiplied, if they were.
    """
    facts = (
        Fact(key="technology", value="postgresql", source="file"),
        Fact(key="problem", value="db-performance", source="file"),
        Fact(key="scale.tables", value=len(counts), unit=_tables(len(counts)), source="file"),
        Fact(key="scale.queries", value=queries, unit=_queries(queries), source="file"),
    )
    assumptions = tuple(
        Assumption(key=f"{ROWS}{c.table}", value=c.rows, why=scaled or _WHY_ASSUMED)
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
