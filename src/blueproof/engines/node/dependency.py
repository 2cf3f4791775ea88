"""A TCP port in the place of a database: up, down, or silent."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from blueproof.core.errors import EngineError

_HOST = "127.0.0.1"
_TICK = 0.05  # seconds between two looks at whether to stop


class Dependency:
    """A listener on a loopback port of the system's choice; use it as a context manager.

    Up, it greets whoever connects. Down, nobody listens. Silent, it takes connections and never
    says a word, as a database behind a broken network does.
    """

    def __init__(self, *, silent: bool = False) -> None:
        self._silent = threading.Event()
        if silent:
            self._silent.set()
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._held: list[socket.socket] = []
        self.port = 0

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.down()

    def up(self) -> None:
        """Listen, on the same port as before; EngineError where that was taken meanwhile."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, self.port))
        except OSError as error:
            listener.close()
            raise EngineError(f"the port of the stand-in database is taken: {error}") from error
        listener.listen()
        listener.settimeout(_TICK)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._thread = threading.Thread(target=self._serve, args=(listener,), daemon=True)
        self._thread.start()

    def speak(self) -> None:
        """End a silence: new connections are greeted."""
        self._silent.clear()

    def down(self) -> None:
        """Close the port and every connection to it."""
        listener, self._listener = self._listener, None
        if listener is None or self._thread is None:
            return
        listener.close()
        self._thread.join()
        while self._held:
            self._held.pop().close()

    def _serve(self, listener: socket.socket) -> None:
        while self._listener is listener:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return  # closed by down()
            self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        if self._silent.is_set():
            self._held.append(connection)
            return
        with contextlib.suppress(OSError), connection:
            connection.sendall(b"hello\n")
