"""The tools side by side: each is asked for CREATE INDEX statements, each in its own way."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cluster
import psycopg
from places import Places

_HERE = Path(__file__).parent
_FOUND = re.compile(r"Index found: (\S+) \((.+)\)")
# Set iteration decides ties in several peers: one seed makes a run repeatable.
_HASH_SEED = "1"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One question to one tool."""

    where: Places
    database: str
    queries: dict[str, str]
    file: Path
    bytes: int
    seconds: int
    python: str

    @property
    def dsn(self) -> str:
        """How to reach the database."""
        return cluster.dsn(self.where, self.database)


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What a tool said. Skipped: it could not be asked; the reason stands in the note."""

    statements: list[str]
    seconds: float
    calls: int | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    rewritten: dict[str, str] = field(default_factory=dict)
    claimed: dict[str, float | None] = field(default_factory=dict)
    skipped: bool = False


def skip(note: str) -> Advice:
    """A tool that cannot be asked here."""
    return Advice(statements=[], seconds=0.0, note=note, skipped=True)


def dexter(task: Task, savings: int | None = None) -> Advice:
    """ankane/dexter with its default threshold of 50 %, or another."""
    checkout = task.where.peers / "dexter"
    if not checkout.exists():
        return skip(f"no checkout of dexter in {task.where.peers.name}")
    extra = [] if savings is None else ["--min-cost-savings-pct", str(savings)]
    start = time.monotonic()
    said = _run(
        task,
        [
            *("ruby", "-I", str(checkout / "lib"), "-r", str(_HERE / "dexter_shim.rb")),
            *(str(checkout / "exe" / "dexter"), "-d", task.dsn, "--log-sql"),
            *("--input-format", "sql", *extra, str(task.file)),
        ],
    )
    if isinstance(said, Advice):
        return said
    seconds = time.monotonic() - start
    return Advice(
        statements=sorted(f"CREATE INDEX ON {t} ({c})" for t, c in _FOUND.findall(said)),
        seconds=seconds,
        calls=said.count("EXPLAIN ("),
        parameters={} if savings is None else {"min_cost_savings_pct": savings},
    )


def supabase(task: Task) -> Advice:
    """supabase/index_advisor: asked query by query, the union of what it says."""
    source = task.where.peers / "index_advisor" / "index_advisor--0.2.0.sql"
    if not source.exists():
        return skip(f"no checkout of index_advisor in {task.where.peers.name}")
    found: set[str] = set()
    failed: list[str] = []
    with contextlib.closing(psycopg.connect(task.dsn, prepare_threshold=None)) as connection:
        connection.execute(source.read_text(encoding="utf-8"))
        connection.execute(f"SET LOCAL statement_timeout = '{task.seconds}s'")
        start = time.monotonic()
        for name, sql in task.queries.items():
            row = connection.execute(
                "SELECT index_statements, errors FROM index_advisor(%s)", (sql,)
            ).fetchone()
            assert row is not None
            found.update(row[0])
            failed += [f"{name}: {error}" for error in row[1]]
        seconds = time.monotonic() - start
        connection.rollback()
    return Advice(
        statements=sorted(found),
        seconds=seconds,
        calls=2 * len(task.queries),
        note="; ".join(failed)[:300],
    )


def hyrise(task: Task, algorithm: str) -> Advice:
    """An algorithm of hyrise/index_selection_evaluation."""
    checkout = task.where.peers / "index_selection_evaluation"
    if not checkout.exists():
        return skip(f"no checkout of index_selection_evaluation in {task.where.peers.name}")
    asked = {
        "checkout": str(checkout),
        "database": task.database,
        "queries": task.queries,
        "algorithm": algorithm,
        "bytes": task.bytes,
    }
    return _script(task, "peer_hyrise.py", asked)


def postgres_mcp(task: Task, *, mended: bool) -> Advice:
    """crystaldba/postgres-mcp 0.3.0's tuning advisor, as shipped or with two faults mended."""
    package = task.where.cache / "postgres-mcp"
    if not package.exists():
        subprocess.run(  # noqa: S603 (a fixed package of the index)
            [
                *(sys.executable, "-m", "pip", "install", "-q", "--target", str(package)),
                *("--no-deps", "--ignore-requires-python", "postgres-mcp==0.3.0"),
            ],
            check=True,
        )
    asked = {
        "package": str(package),
        "dsn": task.dsn,
        "queries": task.queries,
        "bytes": task.bytes,
        "mended": mended,
    }
    return _script(task, "peer_mcp.py", asked)


def _script(task: Task, script: str, asked: dict[str, Any]) -> Advice:
    said = _run(task, [sys.executable, str(_HERE / script)], json.dumps(asked))
    return said if isinstance(said, Advice) else Advice(**json.loads(said))


def _run(task: Task, command: list[str], given: str = "") -> str | Advice:
    """What the command wrote, or why there is nothing."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": _HASH_SEED,
        "PGHOST": str(task.where.server),
        "PGPORT": str(cluster.PORT),
        "PGUSER": cluster.USER,
    }
    try:
        done = subprocess.run(  # noqa: S603 (our own scripts and the peers that were asked for)
            command,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=task.seconds,
            env=environment,
        )
    except FileNotFoundError:
        return skip(f"{command[0]} is not installed")
    except subprocess.TimeoutExpired:
        return skip(f"no answer within {task.seconds} s")
    if done.returncode:
        return skip((done.stderr.strip() or done.stdout.strip()).splitlines()[-1][:300])
    return done.stdout


def _hyrise(algorithm: str) -> Callable[[Task], Advice]:
    return lambda task: hyrise(task, algorithm)


# Those that heed a limit are asked once for every limit, the others once.
LIMITED: dict[str, Callable[[Task], Advice]] = {
    **{name: _hyrise(name) for name in ("extend", "db2advis", "anytime", "relaxation")},
    "postgres-mcp": lambda task: postgres_mcp(task, mended=False),
    "postgres-mcp-patched": lambda task: postgres_mcp(task, mended=True),
}
UNLIMITED: dict[str, Callable[[Task], Advice]] = {
    "dexter": dexter,
    "dexter-10": lambda task: dexter(task, 10),
    "supabase": supabase,
    "autoadmin": _hyrise("autoadmin"),
}
