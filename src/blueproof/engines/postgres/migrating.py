"""What of a migration a scratch database runs: the changes, without what would read rows."""

from collections.abc import Iterator

from blueproof.engines.postgres import loading
from blueproof.sql.statements import read_script

# Statements of a migration that a scratch database passes over: those that begin or end a
# transaction, and those that change nothing the planner should see (ANALYZE would find no rows).
_PASSED_OVER = frozenset({
    *("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"),
    *("SET", "RESET", "ANALYZE", "VACUUM", "REFRESH"),
})  # fmt: skip


def plain_ddl(script: str) -> Iterator[str]:
    """The statements of a migration that a scratch database should run.

    No settings, no transactions, nothing that reads rows to count or copy them, no CONCURRENTLY.
    """
    for statement in read_script(script, path="change").statements:
        if not _PASSED_OVER.intersection(statement.words[:1]):
            yield loading.without_rows(loading.without_concurrently(statement.text))
