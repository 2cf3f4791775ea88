"""Many statements sent at once, each in a transaction of its own, up to the first that is refused.

One by one, a statement of a schema costs five round trips, and they take longer than it does. Here
the server is handed the same messages without a wait between them, and skips what follows a refusal
("Pipelining" in the manual's chapter on the protocol). It still takes each text for exactly one
statement, and each has the same time.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pg8000.core import COMMAND_COMPLETE, Context

from blueproof.engines.postgres.messages import FLUSH, SYNC, once
from blueproof.engines.postgres.session import Session

_MOST_BYTES = 64 << 10  # less than a socket holds: writing never waits for a server that writes
_COMMITTED = b"COMMIT\0"  # no statement but our own answers so


class Pipeline(Session):
    """A session that also takes many statements at once."""

    def run_each(self, statements: Sequence[str], committed: Callable[[], None]) -> None:
        """Run each in its own transaction, with a call after it; ServerRefusal where one fails.

        None after that one is run. What `committed` raises leaves the session fit only for closing.
        """
        for messages in self._together(statements):
            self._send(partial(self._run, messages, committed))

    def _together(self, statements: Sequence[str]) -> Iterator[bytes]:
        """The messages for as many statements at once as may be sent without reading."""
        encoding = self._encoding
        begin = once(b"BEGIN") + once(b"SET LOCAL statement_timeout = %d" % self._milliseconds)
        commit = once(b"COMMIT") + FLUSH
        together = b""
        for statement in statements:
            one = begin + once(statement.encode(encoding)) + commit
            if together and len(together) + len(one) > _MOST_BYTES:
                yield together + SYNC
                together = b""
            together += one
        if together:
            yield together + SYNC

    def _run(self, messages: bytes, committed: Callable[[], None]) -> Context:
        def heed(tag: bytes, _context: Context) -> None:
            if tag == _COMMITTED:
                self._wire.begin()
                committed()

        self._write(messages)
        usual = self._driver.message_types[COMMAND_COMPLETE]
        self._driver.message_types[COMMAND_COMPLETE] = heed
        context = Context("")
        try:
            self._driver.handle_messages(context)
        finally:
            self._driver.message_types[COMMAND_COMPLETE] = usual
        return context
