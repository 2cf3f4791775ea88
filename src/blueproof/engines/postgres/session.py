"""A connection to our own server: one statement at a time, errors as data.

The only file that talks to the driver.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pg8000.converters import PG_PY_ENCODINGS, make_params
from pg8000.core import Context
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from blueproof.core.errors import EngineError
from blueproof.engines.postgres.limits import Limits, full
from blueproof.engines.postgres.messages import SYNC, once, parse
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.wire import Overrun, Wire

Row = tuple[Any, ...]

STOPPED = "57014"  # query_canceled: it took too long or too much
_LONGEST_MESSAGE = 500  # code of the person's may raise errors of any length
CONNECTION_LOST = "08006"  # connection_failure: it ended its own connection, or the server's
_STATEMENT_TIMEOUT = "canceling statement due to statement timeout"


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where and as whom a session connects; the server's data folder is watched meanwhile."""

    socket: Path
    database: str
    user: str
    password: str
    data: Path


class Session:
    """One connection to a database of a private server, as one role.

    A statement that does not end, fills the disk or ends its own connection is refused like any
    other: its process is ended with `end` and the session goes on with a new connection, whose
    settings are the role's own again. `renewed` counts how often.
    """

    def __init__(self, address: Address, limits: Limits, end: Callable[[int], None]) -> None:
        self._address = address
        self._limits = limits
        self._end = end
        self.renewed = 0
        self._connect()

    @property
    def limits(self) -> Limits:
        """What each statement may use."""
        return self._limits

    def run(self, sql: str) -> list[Row]:
        """Run SQL of our own (several statements allowed) and return the last result's rows."""
        return self._send(lambda: self._driver.execute_simple(sql))

    def run_one(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run exactly one statement: the server refuses a text that holds two."""
        return self._send(lambda: self._run_once(sql, tuple(values)))

    def _run_once(self, sql: str, values: tuple[Any, ...]) -> Context:
        """All messages of one statement at once: the driver would wait for three answers."""
        encoding = self._encoding
        texts = make_params(self._driver.py_types, values)
        cells = [None if text is None else text.encode(encoding) for text in texts]
        return self._answered(sql, once(sql.encode(encoding), cells, rows=True))

    def parse_one(self, sql: str) -> None:
        """Have the server parse and analyse one statement without running it."""
        self._send(lambda: self._answered(sql, parse(sql.encode(self._encoding))))

    def _answered(self, sql: str, messages: bytes) -> Context:
        self._write(messages + SYNC)
        context = Context(sql)
        self._driver.handle_messages(context)
        return context

    def _write(self, messages: bytes) -> None:
        sent = 0
        while sent < len(messages):
            sent += self._wire.send(messages[sent:])

    @property
    def _encoding(self) -> str:
        """In which the server takes text: the person's SQL may have changed it."""
        told = self._driver.parameter_statuses["client_encoding"].lower()
        return str(PG_PY_ENCODINGS.get(told, told))

    @property
    def is_ended(self) -> bool:
        """Whether the server has ended the connection, which tells nothing else unasked."""
        return self._wire.has_come()

    def close(self) -> None:
        """End the connection; a server that is gone already is no error."""
        with contextlib.suppress(InterfaceError, DatabaseError, OSError):
            self._driver.close()
        self._wire.close()

    def revive(self) -> None:
        """See to it that the connection is there: one that was lost meanwhile is made anew."""
        with contextlib.suppress(ServerRefusal):
            self.run("SELECT")

    def begin(self) -> None:
        """Open a transaction in which the time limit holds, whatever was set before."""
        self.run(f"BEGIN; SET LOCAL statement_timeout = {self._milliseconds}")

    @contextlib.contextmanager
    def rolled_back(self) -> Iterator[None]:
        """A transaction that never commits, whatever happens inside."""
        self.begin()
        try:
            yield
        finally:
            with contextlib.suppress(ServerRefusal):
                self.run("ROLLBACK")

    def full(self) -> str:
        """Why the server's disk has no room left, or ""."""
        return full(self._address.data, self._limits)

    @property
    def _milliseconds(self) -> int:
        return round(self._limits.statement_seconds * 1000)

    def _connect(self) -> None:
        where = self._address
        seconds = self._limits.statement_seconds + self._limits.grace_seconds
        wire = None
        try:
            self._wire = wire = Wire(str(where.socket), seconds=seconds, full=self.full)
            self._driver = Connection(
                where.user,
                database=where.database,
                sock=self._wire,
                ssl_context=False,
                password=where.password or None,
                application_name="blueproof",
                startup_params={"statement_timeout": str(self._milliseconds)},
            )
            asked = self._driver.execute_simple("SELECT pg_catalog.pg_backend_pid()")
        except (InterfaceError, DatabaseError, OSError, Overrun) as error:
            if wire is not None:
                wire.close()
            raise EngineError(f"the private PostgreSQL does not answer: {error}") from error
        self._process = int(asked.rows[0][0])

    def _send(self, call: Callable[[], Any]) -> list[Row]:
        self._wire.begin()
        try:
            context = call()
        except DatabaseError as error:
            raise self._refusal(error) from None
        except Overrun as overrun:
            self._renew()
            raise ServerRefusal(code=STOPPED, message=str(overrun)) from None
        except (InterfaceError, OSError) as error:
            self._renew()
            said = f"the connection to the private PostgreSQL was lost meanwhile: {error}"
            raise ServerRefusal(code=CONNECTION_LOST, message=said) from None
        return [tuple(row) for row in (context.rows or ())] if context else []

    def _renew(self) -> None:
        """End the process behind the connection and connect anew."""
        self._wire.close()
        self._end(self._process)
        self._connect()
        self.renewed += 1

    def _refusal(self, error: DatabaseError) -> ServerRefusal:
        said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        message = " ".join(said.get("M", str(error))[:_LONGEST_MESSAGE].split())
        if message == _STATEMENT_TIMEOUT:
            message = f"it did not end within {self._limits.statement_seconds:g} s"
        return ServerRefusal(
            code=said.get("C", "XX000"),
            message=message,
            position=int(said.get("P", 0)),
            hint=said.get("H", ""),
        )
