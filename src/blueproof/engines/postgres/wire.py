"""The socket under a connection: it waits for the server, but not for ever and not for anything.

While the server is silent it looks up several times a second: whether the answer is late, and
whether the disk fills. The driver alone could only bound the time between two messages, and a
server that keeps sending notices never falls silent.
"""

import io
import select
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MOST_ANSWER = 256 << 20  # bytes of one whole answer; more would fill our own memory
_TICK_SECONDS = 0.2
_SPELL = 20  # times as long as a look at the disk took, until the next one


class Overrun(Exception):  # noqa: N818 (the answer of a bound; Session makes a refusal of it)
    """Why the server's answer is waited for no longer."""


class Wire:
    """A Unix socket in the shape the driver expects, with a bound on each answer.

    `begin` starts the clock of an answer; `full` says why the disk has no room left, or "".
    """

    def __init__(self, path: str, *, seconds: float, full: Callable[[], str]) -> None:
        self._seconds = seconds
        self._full = full
        self._next_look = 0.0
        self.begin()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(seconds)
        try:
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def begin(self) -> None:
        """Start the clock, and the count of bytes, of the next answer."""
        self._end = time.monotonic() + self._seconds
        self._left = MOST_ANSWER

    def makefile(self, mode: str) -> io.BufferedRWPair:
        """The stream that the driver reads messages from and writes them to."""
        assert mode == "rwb", "the driver asks for this mode"
        return _Stream(self)

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    def count(self, size: int) -> None:
        """Refuse to take a message that would make the answer too large."""
        self._left -= size
        if self._left < 0:
            raise Overrun(f"it answered with more than {MOST_ANSWER >> 20} MB")

    def has_come(self) -> bool:
        """Whether bytes, or the end of the connection, are there to be read."""
        return bool(self._poll.poll(0))

    def receive(self, buffer: "WriteableBuffer") -> int:
        """Wait for bytes and put them in the buffer; 0 where the server hung up."""
        while True:
            left = self._end - time.monotonic()
            if left <= 0:
                raise Overrun(f"it did not end within {self._seconds:g} s")
            if self._poll.poll(min(_TICK_SECONDS, left) * 1000):
                return self._socket.recv_into(buffer)
            if time.monotonic() >= self._next_look:
                self._look()

    def _look(self) -> None:
        """See whether the disk fills; a look at many files is not taken so often."""
        begun = time.monotonic()
        full = self._full()
        if full:
            raise Overrun(full)
        ended = time.monotonic()
        self._next_look = ended + _SPELL * (ended - begun)

    def send(self, data: "ReadableBuffer") -> int:
        """Write some of the bytes; how many."""
        return self._socket.send(data)


class _Stream(io.BufferedRWPair):
    """Both directions of a wire, buffered."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(_Incoming(wire), _Outgoing(wire))
        self._wire = wire

    def read(self, size: int | None = -1, /) -> bytes:
        self._wire.count(max(size or 0, 0))
        return super().read(size)


class _Incoming(io.RawIOBase):
    """What the server says."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        return self._wire.receive(buffer)


class _Outgoing(io.RawIOBase):
    """What we say."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        return self._wire.send(data)
