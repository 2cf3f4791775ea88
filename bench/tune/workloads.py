"""Databases and their queries: made once in the cache, then only read.

A loaded database carries a comment, so a broken load is noticed and done again.
"""

import importlib
import re
from pathlib import Path

import cluster
import psycopg
from places import Places, say

# tpch, tpcds: the standard ones; web: our web application; skew, parts: small, for plan fidelity.
NAMES = ("tpch", "tpcds", "web", "skew", "parts")
_LOADED = "loaded by bench/tune"
_NAME = re.compile(r"^-- name: (\S+)\n", re.MULTILINE)


def prepare(where: Places, name: str) -> dict[str, str]:
    """Have the workload's database and its query file; the queries by name."""
    module = importlib.import_module(name)
    if not _loaded(where, name):
        say(f"loading {name}")
        _make(where, name)
        with psycopg.connect(cluster.dsn(where, name), autocommit=True) as connection:
            module.load(connection, where)
            _measure(connection)
            connection.execute("CHECKPOINT")
            connection.execute("CREATE EXTENSION hypopg")
            connection.execute(f"COMMENT ON DATABASE {name} IS '{_LOADED}'")
    file = query_file(where, name)
    write_queries(file, module.queries())
    return read_queries(file)


def query_file(where: Places, name: str) -> Path:
    """Where the workload's queries are, for those tools that read a file."""
    return where.queries / f"{name}.sql"


def write_queries(file: Path, queries: dict[str, str]) -> None:
    """One statement after the other, each below its name."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(
        f"-- name: {name}\n{sql.strip().rstrip(';')};\n\n" for name, sql in queries.items()
    )
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def read_queries(file: Path) -> dict[str, str]:
    """The queries of a file by name, without their last semicolon."""
    parts = _NAME.split(file.read_text(encoding="utf-8"))[1:]
    return {
        name: text.strip().rstrip(";") for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def data_bytes(connection: psycopg.Connection) -> int:
    """Tables and the indexes they come with: what a limit in percent refers to."""
    row = connection.execute(
        "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c "
        "WHERE c.relkind IN ('r', 'm') AND c.relnamespace = 'public'::regnamespace"
    ).fetchone()
    assert row is not None
    return int(row[0])


def _measure(connection: psycopg.Connection) -> None:
    """Statistics that no later index build changes.

    ANALYZE leaves an estimated row count; every CREATE INDEX would put the true one in its place,
    even when it is rolled back, and so shift all costs a little. A full VACUUM pass counts first.
    """
    connection.execute("VACUUM (FREEZE, ANALYZE)")
    connection.execute("VACUUM (DISABLE_PAGE_SKIPPING)")


def _loaded(where: Places, name: str) -> bool:
    with psycopg.connect(cluster.dsn(where, "postgres")) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            (name,),
        ).fetchone()
    return row is not None and row[0] == _LOADED


def _make(where: Places, name: str) -> None:
    with psycopg.connect(cluster.dsn(where, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
