"""A database that goes away and comes back, and one that falls silent, as probes tell of them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.engines.node.asking import Caller, ask, until
from blueproof.engines.node.dependency import Dependency
from blueproof.engines.node.laid import Laid

_OK, _UNAVAILABLE = 200, 503
# The lifecycle file remembers an answer for 1 s; a probe of AWS comes every 5 s at most.
_NOTICE_SECONDS = 4.0
_LIVE_SECONDS = 1.0  # liveness asks nobody: it answers at once
# It gives up on a silent database after 2 s.
_SILENCE_SECONDS = 3.5


@dataclass(frozen=True, kw_only=True)
class Outage:
    """HTTP statuses of the probes before, while and after the database was down; 0: no answer."""

    ready_before: int
    start_before: int
    ready_while_down: int
    live_while_down: int
    start_while_down: int
    ready_after: int

    def faults(self) -> Iterator[str]:
        """What is wrong with them, in sentences."""
        if self.ready_before != _OK:
            yield f"Readiness says {self.ready_before} while the database is up."
        if self.start_before != _OK:
            yield f"/startz says {self.start_before} though the database is up."
        if self.ready_while_down != _UNAVAILABLE:
            yield f"Readiness says {self.ready_while_down} while the database is down."
        if self.live_while_down != _OK:
            yield (
                f"Liveness says {self.live_while_down} while the database is down: "
                "every process would be restarted for it."
            )
        if self.start_while_down != _OK:
            yield (
                f"/startz says {self.start_while_down} once the database that was there is gone: "
                "ECS would replace every task."
            )
        if self.ready_after != _OK:
            yield f"Readiness says {self.ready_after} though the database is back."


def outage(laid: Laid) -> Outage:
    """What the probes say around an outage; NotStartedError where the service does not start."""
    with Dependency() as database, laid.running(database) as started:
        port = started.port()
        ready_before = ask(port, "/readyz").status
        start_before = ask(port, "/startz").status
        database.down()
        ready_down = until(port, "/readyz", _UNAVAILABLE, _NOTICE_SECONDS)
        live_down = ask(port, "/livez", seconds=_LIVE_SECONDS).status
        start_down = ask(port, "/startz").status
        database.up()
        return Outage(
            ready_before=ready_before,
            start_before=start_before,
            ready_while_down=ready_down,
            live_while_down=live_down,
            start_while_down=start_down,
            ready_after=until(port, "/readyz", _OK, _NOTICE_SECONDS),
        )


def silence(laid: Laid) -> tuple[str, ...]:
    """What goes wrong where the database takes connections and never answers, in sentences.

    NotStartedError where the service does not start.
    """
    with Dependency(silent=True) as database, laid.running(database) as started:
        return tuple(_silent(started.port(), database))


def _silent(port: int, database: Dependency) -> Iterator[str]:
    began = time.monotonic()
    caller = Caller(port)
    caller.send("/readyz")
    live = ask(port, "/livez", seconds=_LIVE_SECONDS).status
    ready = caller.receive(_SILENCE_SECONDS).status
    waited = time.monotonic() - began
    caller.close()
    if live != _OK:
        yield f"Liveness says {live} while the database is silent."
    if ready == 0:
        yield f"Readiness gives no answer for {waited:.1f} s while the database is silent."
    elif ready != _UNAVAILABLE:
        yield f"Readiness says {ready} while the database is silent."
    started = ask(port, "/startz", seconds=_SILENCE_SECONDS).status
    if started != _UNAVAILABLE:
        yield f"/startz says {started} before the database ever answered."
    database.speak()
    came = until(port, "/startz", _OK, _NOTICE_SECONDS)
    if came != _OK:
        yield f"/startz says {came} once a silent database speaks."
