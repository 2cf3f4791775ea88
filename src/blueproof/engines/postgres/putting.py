"""Given rows put into tables, as many at once as the server takes; what it refuses is left out."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import STOPPED, Session
from blueproof.sql.names import quote, quote_table

Row = dict[str, str | None]
Cells = tuple[Any, ...]  # of a row as the server gives it


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows for one table: the types of their columns, at most how many to take of them.

    Rows that do not meet the `conditions` or are in another's way are left out; `exact` has all
    of them put in or none. `returning` names the columns that are asked for afterwards.
    """

    table: str
    types: Mapping[str, str]
    rows: list[Row]
    most: int = 0
    exact: bool = False
    conditions: tuple[str, ...] = ()
    returning: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def literal(text: str | None, kind: str = "") -> str:
    """A value as SQL has it, with a cast where a type is given.

    >>> literal("it's", "text")
    "'it''s'::text"
    """
    bare = "NULL" if text is None else "'" + text.replace("'", "''") + "'"
    return f"{bare}::{kind}" if kind else bare


def attempt(guest: Session, sql: str) -> bool:
    """Run SQL of ours so that its failure leaves the transaction as it was; False if it fails."""
    return not isinstance(attempted(guest, sql), ServerRefusal)


def attempted(guest: Session, sql: str) -> list[Cells] | ServerRefusal:
    """As `attempt`, with the rows of all statements, or the refusal.

    Raises it where the connection was lost, and the transaction with it.
    """
    before = guest.renewed
    with contextlib.suppress(ServerRefusal):  # no transaction is open
        guest.run("SAVEPOINT attempt")  # by itself: a text that does not parse runs in no part
    try:
        return guest.run(f"{sql}; RELEASE attempt")
    except ServerRefusal as refusal:
        if guest.renewed != before:
            raise
        with contextlib.suppress(ServerRefusal):  # no transaction is open
            guest.run("ROLLBACK TO attempt; RELEASE attempt")
        return refusal


def put(guest: Session, batches: list[Batch]) -> dict[str, list[Row]]:
    """Insert the batches; returns what is asked for of the rows that are there then, by table."""
    if not batches:
        return {}
    statements = [statement(batch, number) for number, batch in enumerate(batches)]
    found = attempted(guest, "; ".join(statements))
    asked: dict[str, list[Row]] = {b.table: [] for b in batches if b.returning}
    if isinstance(found, ServerRefusal):
        for batch in batches:
            _put_one(guest, batch)
        found = [row for n, b in enumerate(batches) if b.returning for row in _read(guest, b, n)]
    for number, *cells in found:
        batch = batches[int(str(number))]
        asked[batch.table].append(_as_row(batch.returning, cells))
    return asked


def _as_row(columns: tuple[str, ...], cells: Iterable[object]) -> Row:
    texts = (None if cell is None else str(cell) for cell in cells)
    return dict(zip(columns, texts, strict=True))


def _read(guest: Session, batch: Batch, number: int) -> list[Cells]:
    return guest.run(f"SELECT {_asked(batch, number)} FROM {quote_table(batch.table)}")


def _asked(batch: Batch, number: int) -> str:
    return ", ".join((str(number), *(f"{quote(c)}::text" for c in batch.returning)))


def statement(batch: Batch, number: int = 0) -> str:
    """The INSERT of a batch; with `number` as the first column of each row that it returns."""
    types, rows = batch.types, batch.rows
    names = ", ".join(quote(c) for c in types)
    first = f"({', '.join(literal(rows[0][c], kind) for c, kind in types.items())})"
    others = (f"({', '.join(literal(row[c]) for c in types)})" for row in rows[1:])
    where = f" WHERE {' AND '.join(batch.conditions)}" if batch.conditions else ""
    most = "" if batch.exact else f" LIMIT {batch.most} ON CONFLICT DO NOTHING"
    back = f" RETURNING {_asked(batch, number)}" if batch.returning else ""
    return (
        f"INSERT INTO {quote_table(batch.table)} ({names}) OVERRIDING SYSTEM VALUE "
        f"SELECT * FROM (VALUES {', '.join((first, *others))}) AS v ({names}){where}{most}{back}"
    )


def _put_one(guest: Session, batch: Batch) -> None:
    found = attempted(guest, statement(batch))
    if isinstance(found, ServerRefusal) and found.code != STOPPED:
        _put_singly(guest, batch)


def _put_singly(guest: Session, batch: Batch) -> None:
    """Insert one row after another, leaving out those that are refused."""
    names, made = ", ".join(quote(c) for c in batch.types), 0
    for row in batch.rows:
        if made == batch.most:
            return
        cells = ", ".join(literal(row[c]) for c in batch.types)
        found = attempted(
            guest,
            f"INSERT INTO {quote_table(batch.table)} ({names}) OVERRIDING SYSTEM VALUE "
            f"VALUES ({cells})",
        )
        refused = isinstance(found, ServerRefusal)
        if isinstance(found, ServerRefusal) and found.code == STOPPED:
            return
        made += not refused
