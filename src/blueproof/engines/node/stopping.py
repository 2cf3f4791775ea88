"""SIGTERM in the middle of requests: who is answered, and how the process ends."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.core.errors import EngineError
from blueproof.engines.node.asking import NONE, Answer, Caller, ask
from blueproof.engines.node.dependency import Dependency
from blueproof.engines.node.laid import Laid
from blueproof.engines.node.logs import events, faults
from blueproof.engines.node.started import Started

# What callers send in their queries and headers; no log may hold it.
MARK = "known-to-one-caller-only"
_DRAIN_SECONDS, _GRACE_SECONDS = 1.0, 3.0
_SHORTEST_MS = 300
# Twelve in flight of 300 to 600 ms and two that outlive the drain; every other one streams.
_IN_FLIGHT = (*range(_SHORTEST_MS, 600, 25), 1_500, 1_500)
_LATE, _LATE_AFTER = "/wait/1200", 0.2  # seconds after SIGTERM; it outlives the drain as well
# What a process may take for its end once nobody waits for it; held up, it takes the whole grace.
_MARGIN_SECONDS = 1.2
_LAST_SECONDS = _DRAIN_SECONDS + _GRACE_SECONDS + 4.0
_TRIES = 3
# Load balancers of AWS keep idle connections for 60 s.
_BALANCER_SECONDS = 60
_OK, _UNAVAILABLE = 200, 503


@dataclass(frozen=True, kw_only=True)
class Stop:
    """What was seen of a stop; seconds from SIGTERM to the exit, or to our giving up on it."""

    answers: tuple[Answer, ...]
    late: Answer
    before: Answer
    ready: int
    live: int
    exit_code: int | None
    seconds: float
    idle_for: float
    log: str

    @property
    def answered(self) -> int:
        """How many of the requests in flight were answered whole, with 200."""
        return sum(_whole(answer) for answer in self.answers)

    def faults(self) -> Iterator[str]:
        """What is wrong with it, in sentences."""
        yield from self._faults_of_the_exit()
        yield from self._faults_of_answers()
        yield from self._faults_of_the_drain()
        yield from faults(self.log, MARK)

    def _faults_of_the_exit(self) -> Iterator[str]:
        if self.exit_code is None:
            yield f"The process still ran {self.seconds:.1f} s after SIGTERM."
        elif self.exit_code < 0:
            yield f"Signal {-self.exit_code} ended the process: it does not handle SIGTERM."
        elif self.exit_code > 0:
            yield f"The process exits {self.exit_code} after SIGTERM, not 0."
        if self.exit_code is not None and self.idle_for > _MARGIN_SECONDS:
            yield (
                f"An idle connection held up the exit for {self.idle_for:.1f} s after the last "
                "answer."
            )

    def _faults_of_answers(self) -> Iterator[str]:
        sent = len(self.answers)
        if self.answered < sent:
            yield f"{sent - self.answered} of {sent} requests in flight at SIGTERM were lost."
        if not _whole(self.late):
            yield "A request that came while the process drained was lost."
        if not self.before.idle_seconds:
            yield "Connections are not kept alive."
        elif self.before.idle_seconds <= _BALANCER_SECONDS:
            yield (
                f"An idle connection lives for {self.before.idle_seconds} s only; a load balancer "
                f"uses it for {_BALANCER_SECONDS} s."
            )

    def _faults_of_the_drain(self) -> Iterator[str]:
        if self.ready != _UNAVAILABLE:
            yield f"Readiness says {self.ready} while the process drains."
        if self.live != _OK:
            yield f"Liveness says {self.live} while the process drains."
        if any(not answer.closes for answer in self.answers[::2] if _whole(answer)):
            yield "Answers after SIGTERM do not tell clients to leave the connection."
        if self.exit_code == 0 and "stopped" not in events(self.log)[-1:]:
            yield "The last line of the log does not say that the process stopped."


class _TooBusyError(EngineError):
    """The requests could not be sent in time: what would be seen says nothing of the service."""


def stop(laid: Laid) -> Stop:
    """SIGTERM while requests are in flight.

    NotStartedError where the service does not start; EngineError where this machine is too busy to
    send the requests in time, again and again.
    """
    for _ in range(_TRIES - 1):
        with contextlib.suppress(_TooBusyError):
            return _tried(laid)
    return _tried(laid)


def _tried(laid: Laid) -> Stop:
    settings = {"DRAIN_SECONDS": str(_DRAIN_SECONDS), "GRACE_SECONDS": str(_GRACE_SECONDS)}
    with Dependency() as database, laid.running(database, **settings) as started:
        return _stopped(started, started.port())


def _stopped(started: Started, port: int) -> Stop:
    callers = tuple(Caller(port, MARK) for _ in _IN_FLIGHT)
    late, idle, mute = Caller(port, MARK), Caller(port), Caller(port)
    try:
        ask(port, "/readyz")  # so that the answer while it drains is about the drain
        before = [caller.get("/wait/0") for caller in (*callers, idle)]
        mute.connect()
        _put_in_flight(callers, port)
        began = time.monotonic()
        started.terminate()
        _wait(began, _LATE_AFTER)
        late.send(_LATE)
        ready, live = ask(port, "/readyz").status, ask(port, "/livez").status
        _in_time(began, _DRAIN_SECONDS)
        answers = tuple(_receive(caller, began) for caller in callers)
        last = _receive(late, began)
        free = max(time.monotonic(), began + _DRAIN_SECONDS)
        code = started.exit_code(max(began + _LAST_SECONDS - time.monotonic(), 0))
        ended = time.monotonic()
    finally:
        for caller in (*callers, late, idle, mute):
            caller.close()
    return Stop(
        answers=answers,
        late=last,
        before=min(before, key=lambda answer: answer.idle_seconds),
        ready=ready,
        live=live,
        exit_code=code,
        seconds=ended - began,
        idle_for=ended - free,
        log=started.said,
    )


def _put_in_flight(callers: tuple[Caller, ...], port: int) -> None:
    began = time.monotonic()
    for number, (caller, milliseconds) in enumerate(zip(callers, _IN_FLIGHT, strict=True)):
        caller.send(f"/{'stream' if number % 2 else 'wait'}/{milliseconds}")
    # Once it answers what was sent after them, it has read them.
    ask(port, "/livez")
    _in_time(began, _SHORTEST_MS / 1_000)


def _receive(caller: Caller, began: float) -> Answer:
    left = began + _DRAIN_SECONDS + _GRACE_SECONDS + 1.0 - time.monotonic()
    return caller.receive(left) if left > 0 else NONE


def _in_time(began: float, seconds: float) -> None:
    if time.monotonic() - began > seconds:
        raise _TooBusyError(
            "this machine is too busy to rehearse the stop of a Node service: run it again"
        )


def _wait(began: float, seconds: float) -> None:
    time.sleep(max(began + seconds - time.monotonic(), 0))


def _whole(answer: Answer) -> bool:
    return answer.status == _OK and answer.body.endswith("done")
