"""A connection to our own server: one statement at a time, errors as data.

The only file that talks to the driver.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from blueproof.core.errors import EngineError

Row = tuple[Any, ...]

# A server that stays silent for longer is taken for stuck, whatever its own limits say.
SILENCE_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class ServerRefusal(Exception):  # noqa: N818 (a refusal is an answer of the server, not our error)
    """What the server answered instead of a result: SQLSTATE, message, position from 1 or 0."""

    code: str
    message: str
    position: int = 0
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


class Session:
    """One connection to a database of a private server, as one role."""

    def __init__(self, *, socket: str, database: str, user: str, password: str = "") -> None:
        try:
            self._wire = Connection(
                user,
                database=database,
                unix_sock=socket,
                password=password or None,
                timeout=SILENCE_SECONDS,
                application_name="blueproof",
            )
        except (InterfaceError, OSError) as error:
            raise EngineError(f"the private PostgreSQL does not answer: {error}") from error

    def run(self, sql: str) -> list[Row]:
        """Run SQL of our own (several statements allowed) and return the last result's rows."""
        return self._send(lambda: self._wire.execute_simple(sql))

    def run_one(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run exactly one statement: the server refuses a text that holds two."""
        return self._send(lambda: self._wire.execute_unnamed(sql, tuple(values)))

    def parse_one(self, sql: str) -> None:
        """Have the server parse and analyse one statement without running it."""

        def parse() -> None:
            name, _columns, _functions = self._wire.prepare_statement(sql, ())
            self._wire.close_prepared_statement(name)

        self._send(parse)

    def close(self) -> None:
        """End the connection; a server that is gone already is no error."""
        with contextlib.suppress(InterfaceError, DatabaseError, OSError):
            self._wire.close()

    @contextlib.contextmanager
    def rolled_back(self) -> Iterator[None]:
        """A transaction that never commits, whatever happens inside."""
        self.run("BEGIN")
        try:
            yield
        finally:
            with contextlib.suppress(ServerRefusal):
                self.run("ROLLBACK")

    def _send(self, call: Any) -> list[Row]:
        try:
            context = call()
        except DatabaseError as error:
            raise _refusal(error) from None
        except (InterfaceError, OSError) as error:
            raise EngineError(f"the private PostgreSQL ended or fell silent: {error}") from error
        return [tuple(row) for row in (context.rows or ())] if context else []


def _refusal(error: DatabaseError) -> ServerRefusal:
    said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    return ServerRefusal(
        code=said.get("C", "XX000"),
        message=said.get("M", str(error)),
        position=int(said.get("P", 0)),
        hint=said.get("H", ""),
    )
