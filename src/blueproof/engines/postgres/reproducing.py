"""A database with made-up rows on a private server: filled, counted, and open to a clock.

What is made here are our own statements; DDL of the person's runs as the guest, like everywhere.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from blueproof.engines.postgres import loading
from blueproof.engines.postgres.limits import Limits
from blueproof.engines.postgres.pipeline import Pipeline
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import GUEST, Server
from blueproof.sql.names import quote_table

_LIMITS = Limits(statement_seconds=60.0)
_WORK_MEM_KB, _LEAST_MEM_KB = 4096, 64  # PostgreSQL's default, and the least that it takes
_SEED = "SELECT setseed(0.42)"  # so that the same words make the same rows

ROWS_OF = "rows of "  # how what is said of a table that could not be filled begins


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A filled database: how a clock connects to it, and what could not be made, and why."""

    dsn: str
    refused: tuple[str, ...] = ()


def server_for_rows() -> Server:
    """A private server whose statements may take as long as filling a table does."""
    return Server(limits=_LIMITS)


@contextlib.contextmanager
def filled(
    server: Server, tables: str, rows: tuple[tuple[str, str], ...], keys: str, part: float = 1.0
) -> Iterator[Filled]:
    """A database with these tables, then rows (table and INSERT), then keys and indexes; dropped.

    All is counted at the end, as autovacuum does. A statement that is refused is named. `part` is
    how many of the rows are made: its sessions have that part of PostgreSQL's work_mem, so that
    what does not fit into memory there does not fit here.
    """
    name = server.create_database()
    memory = max(round(_WORK_MEM_KB * min(part, 1.0)), _LEAST_MEM_KB)
    try:
        with contextlib.closing(server.admin()) as admin:
            admin.run_one(f"ALTER DATABASE {name} SET work_mem = '{memory}kB'")
        with contextlib.closing(server.guest(name)) as guest:
            refused = [*_loaded(server, name, guest, tables)]
            guest.run(_SEED)
            refused += _run(guest, ((f"{ROWS_OF}{table}", sql) for table, sql in rows))
        with contextlib.closing(server.guest(name)) as guest:
            refused += _loaded(server, name, guest, keys) if keys.strip() else ()
            for table, _ in rows:
                refused += _run(guest, ((table, f"VACUUM ANALYZE {quote_table(table)}"),))
        yield Filled(dsn=_dsn(server, name), refused=tuple(refused))
    finally:
        server.drop_database(name)


def _loaded(server: Server, name: str, guest: Pipeline, ddl: str) -> Iterator[str]:
    """Run DDL; what of it was left out, and why."""
    with contextlib.closing(server.admin(name)) as admin:
        for left in loading.load(ddl, path="schema.sql", guest=guest, admin=admin):
            yield f"{left.what}: {left.why}"


def _run(
    guest: Pipeline, statements: Iterator[tuple[str, str]] | tuple[tuple[str, str], ...]
) -> Iterator[str]:
    for what, sql in statements:
        try:
            guest.run(sql)
        except ServerRefusal as refusal:
            yield f"{what}: {refusal}"


def _dsn(server: Server, name: str) -> str:
    return f"postgres://{GUEST}@/{name}?host={quote(str(server.data.parent), safe='')}"
