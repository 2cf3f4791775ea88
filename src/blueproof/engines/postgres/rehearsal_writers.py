"""Those who are there while a change is carried out: apps that write, and one that looks on."""

import threading
import time
from typing import Self

from blueproof.core.errors import BlueproofError
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session

_PAUSE_SECONDS = 0.002  # between two rounds of an app
_PATIENCE_SECONDS = 10.0
_LOOK_SECONDS = 0.002
_LOCKS = """
SELECT l.mode FROM pg_locks l WHERE l.pid = $1::int4 AND l.granted
  AND l.locktype = 'relation' AND l.relation::int8 = ANY ($2::int8[])"""


class Writer(threading.Thread):
    """An app that runs its statements over and over until it is ended or refused."""

    def __init__(self, app: str, session: Session, texts: tuple[str, ...]) -> None:
        super().__init__(daemon=True)
        self.app = app
        self.cycles = 0
        self.refusal = ""
        self._session = session
        self._texts = texts
        self._ended = threading.Event()
        self._moved = threading.Condition()

    def begin(self) -> None:
        """Start writing, and come back once the first round is done."""
        self.start()
        self.await_cycles(1)

    def run(self) -> None:
        """Write; the first refusal is kept and ends it."""
        try:
            while not self._ended.is_set():
                for text in self._texts:
                    self._session.run_one(text)
                self._count()
                self._ended.wait(_PAUSE_SECONDS)
        except (ServerRefusal, BlueproofError) as refusal:
            self.refusal = str(refusal)
            self._count()

    def await_cycles(self, more: int) -> None:
        """Wait for so many more rounds, or for a refusal."""
        with self._moved:
            goal = self.cycles + more
            self._moved.wait_for(
                lambda: self.cycles >= goal or bool(self.refusal), _PATIENCE_SECONDS
            )
            if self.cycles < goal and not self.refusal:
                self.refusal = f"it did not get through within {_PATIENCE_SECONDS:g} s"

    def end(self) -> None:
        """Stop writing."""
        self._ended.set()
        self.join()

    def _count(self) -> None:
        with self._moved:
            self.cycles += not self.refusal
            self._moved.notify_all()


class Watcher(threading.Thread):
    """One who looks at the locks of another process on some tables, for as long as it is open."""

    def __init__(
        self, session: Session, process: int, modes: frozenset[str], tables: tuple[int, ...]
    ) -> None:
        super().__init__(daemon=True)
        self.lock = ""
        self.longest = 0.0
        self._session = session
        self._asked = (process, list(tables))
        self._modes = modes
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        """Look on; `longest` is how long one of the modes was seen without a pause."""
        since = 0.0
        while not self._ended.is_set():
            try:
                rows = self._session.run_one(_LOCKS, self._asked)
            except (ServerRefusal, BlueproofError):
                return
            found = [mode for (mode,) in rows if mode in self._modes]
            now = time.monotonic()
            since = (since or now) if found else 0.0
            if found:
                self.lock, self.longest = found[0], max(self.longest, now - since)
            self._ended.wait(_LOOK_SECONDS)
