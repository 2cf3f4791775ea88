"""Dead rows that words tell of: versions of rows that no query sees and that every scan reads.

VACUUM takes them away, unless a transaction is open that may still see them. No index does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from blueproof.core.advice import Step
from blueproof.sql.names import quote_table

_UNITS = {"": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_N = r"(?P<{0}>\d[\d,_.]*)\s?(?P<u{0}>(?:k|m|thousand|million)\b)?"
_DEAD = re.compile(
    rf"\bn_dead_tup\b\W{{0,3}}(?:is|are|=|says|shows|of|at|has|:|\s)*{_N.format('a')}"
    rf"|(?<![\w.]){_N.format('b')}\s+dead (?:rows?|tuples?|row versions?|versions?|ones)\b"
    rf"|\bdead (?:rows?|tuples?|row versions?)\b\W{{0,3}}(?:is|are|=|says|shows|of|at|:|\s)*"
    rf"{_N.format('c')}",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\bcannot be removed yet\b|\bnot yet removable\b|\bidle in transaction\b|\boldest xmin\b"
    r"|\b(?:long[- ]running|open|forgotten|old|abandoned)\s+(?:\w+ )?transactions?\b"
    r"|\b(?:stale|unused|inactive|abandoned|forgotten) (?:replication )?slots?\b"
    r"|\bhot_standby_feedback\b|\bprepared transactions?\b",
    re.IGNORECASE,
)
_LEAST = 10_000  # dead rows: fewer are read in a millisecond or two
_LEAST_ALONE = 1_000_000  # where nothing is told of the live ones
_WHO = (
    "SELECT pid, usename, state, xact_start, query FROM pg_stat_activity "
    "WHERE backend_xmin IS NOT NULL ORDER BY xact_start"
)
_END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' "
    "AND xact_start < now() - interval '1 hour'"
)


@dataclass(frozen=True, kw_only=True)
class Dead:
    """A table with more dead rows than live ones; `rows` are the live ones, 0 if none are told.

    `held` is whether the words tell of what keeps VACUUM from removing them.
    """

    table: str
    rows: int
    dead: int
    held: bool

    @property
    def choice(self) -> str:
        """What cures it, in a sentence without its end."""
        full = f"VACUUM (FULL, ANALYZE) {quote_table(self.table)}"
        if self.held:
            return (
                f"End the transaction that keeps the dead rows of {self.table}: {_END}. Then "
                f"{full}, once, and idle_in_transaction_session_timeout = '10min' so that it does "
                "not come back"
            )
        return (
            f"{full}, once, and autovacuum that comes sooner: ALTER TABLE "
            f"{quote_table(self.table)} SET (autovacuum_vacuum_scale_factor = 0.01)"
        )

    @property
    def why(self) -> str:
        """The sum that shows it, as one sentence without its end."""
        beside = f" beside {self.rows:,} live ones" if self.rows else ""
        kept = (
            "; VACUUM may not remove what an open transaction, a replication slot or a standby "
            "could still read"
            if self.held
            else ""
        )
        return (
            f"a scan of {self.table} reads {self.dead:,} dead rows{beside}, and no "
            f"index spares a page that holds them{kept}"
        )

    @property
    def steps(self) -> Iterator[Step]:
        """What to look at, what to end, what to run."""
        table = quote_table(self.table)
        if self.held:
            yield Step(
                do=f'See who holds them: psql "$DATABASE_URL" -c "{_WHO}"; then end what is '
                f'forgotten: psql "$DATABASE_URL" -c "{_END}"',
                horizon="now",
                check="VACUUM (VERBOSE) of the table says 0 dead but not yet removable",
                undo="nothing to take back: the transaction is rolled back, its client sees an "
                "error",
            )
        yield Step(
            do=f'psql "$DATABASE_URL" -c "VACUUM (FULL, ANALYZE) {table}" (nobody reads or writes '
            "the table meanwhile; pg_repack does the same beside them)",
            horizon="now",
            check=f"n_dead_tup of {self.table} in pg_stat_user_tables is near 0, and "
            "pg_relation_size small",
            undo="nothing to take back: the rows are the same",
        )


def read_dead(text: str, rows: Mapping[str, int], main: str) -> tuple[Dead, ...]:
    """The main table, if more dead rows are told of it than live ones."""
    dead = max((_number(found) for found in _DEAD.finditer(text)), default=0)
    live = rows.get(main, 0)
    if dead < (max(_LEAST, live) if live else _LEAST_ALONE):
        return ()
    return (Dead(table=main, rows=live, dead=dead, held=bool(_HELD.search(text))),)


def without_dead(text: str) -> str:
    """The text without the numbers of dead rows, which are no rows of a table."""
    return _DEAD.sub(" ", text)


def _number(found: re.Match[str]) -> int:
    key = next(k for k in "abc" if found[k])
    plain = found[key].strip(".,_").replace(",", "").replace("_", "")
    plain = plain.replace(".", "") if plain.count(".") > 1 else plain
    return round(float(plain) * _UNITS[(found[f"u{key}"] or "").lower()])
