"""Requests over connections that are kept alive, each with its own."""

import http.client
import re
import time
from dataclasses import dataclass

from blueproof.engines.node.started import HOST

# What an answer took longer than is no answer.
_SECONDS = 5.0
_POLL = 0.05


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer: its HTTP status (0 where none came), its body and whether the connection ends."""

    status: int
    body: str = ""
    closes: bool = False
    idle_seconds: int = 0  # how long the server says that it keeps an idle connection; 0: not said


NONE = Answer(status=0)


class Caller:
    """One client with one connection, kept alive where the server lets it."""

    def __init__(self, port: int, secret: str = "", seconds: float = _SECONDS) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=seconds)
        self._secret, self._seconds = secret, seconds

    def connect(self) -> bool:
        """Open the connection and say nothing; False where nobody listens."""
        try:
            self._connection.connect()
        except OSError:
            return False
        return True

    def send(self, path: str) -> bool:
        """Send a GET with the secret in its query and headers; False where that fails."""
        query = f"?token={self._secret}" if self._secret else ""
        headers = {"Authorization": f"Bearer {self._secret}"} if self._secret else {}
        try:
            self._connection.request("GET", path + query, headers=headers)
        except OSError:
            return False
        return True

    def receive(self, seconds: float | None = None) -> Answer:
        """The whole answer to what was sent; NONE where it does not come to its end in time.

        In time is within `seconds`, or else within those that the caller was made with.
        """
        if self._connection.sock is None:
            return NONE  # the request could not be sent
        try:
            self._connection.sock.settimeout(self._seconds if seconds is None else seconds)
            response = self._connection.getresponse()
            body = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return NONE
        return Answer(
            status=response.status,
            body=body,
            closes=(response.getheader("Connection") or "").lower() == "close",
            idle_seconds=_idle(response.getheader("Keep-Alive") or ""),
        )

    def get(self, path: str) -> Answer:
        """The answer to a GET; NONE where none comes."""
        return self.receive() if self.send(path) else NONE

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def ask(port: int, path: str, *, seconds: float = _SECONDS) -> Answer:
    """The answer to a GET over a new connection; NONE where none comes in time."""
    caller = Caller(port, seconds=seconds)
    try:
        return caller.get(path)
    finally:
        caller.close()


def until(port: int, path: str, status: int, seconds: float) -> int:
    """The status of `path` once it is `status`, else the last one after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        last = ask(port, path, seconds=seconds).status
        if last == status or time.monotonic() > end:
            return last
        time.sleep(_POLL)


def _idle(header: str) -> int:
    told = re.search(r"timeout=(\d+)", header)
    return int(told[1]) if told else 0
