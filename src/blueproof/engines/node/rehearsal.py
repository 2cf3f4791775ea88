"""A lifecycle file, really started with Node: stopped in mid-request, its database away."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from blueproof.engines.node.installed import nodes, suitable, wanted
from blueproof.engines.node.laid import laid, lifecycle_path
from blueproof.engines.node.outages import Outage, outage, silence
from blueproof.engines.node.started import NotStartedError
from blueproof.engines.node.stopping import Stop, stop


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """What was seen of a service: requests in flight at SIGTERM, the exit, the probes' statuses.

    Seconds run from SIGTERM to the exit. An exit code below 0 is the signal that ended the process,
    None a process that did not end. A status of 0 is no answer. `refused` says in sentences what
    went wrong; it is empty where all held.
    """

    answered: int
    sent: int
    exit_code: int | None
    seconds: float
    live_while_down: int
    ready_while_down: int
    ready_before: int
    ready_after: int
    refused: tuple[str, ...]


def rehearse(files: Mapping[str, str]) -> Rehearsed | None:
    """Start and stop a small service around the lifecycle file that is among `files` by path.

    None where there is nothing to rehearse or no Node that can: `missing` says which. Three
    processes run beside one another for about 4 s. EngineError where this machine is too busy.
    """
    path = lifecycle_path(files)
    node = suitable(path) if path else None
    if path is None or node is None:
        return None
    with laid(node, path, files[path]) as service, ThreadPoolExecutor(3) as pool:
        parts = pool.submit(stop, service), pool.submit(outage, service)
        silent = pool.submit(silence, service)
        try:
            return _seen(parts[0].result(), parts[1].result(), silent.result())
        except NotStartedError as error:
            return _not_started(str(error))


def missing(files: Mapping[str, str]) -> str:
    """What `rehearse` lacks to say something about these files; "" where it lacks nothing."""
    path = lifecycle_path(files)
    if path is None:
        return "a lifecycle file"
    if suitable(path):
        return ""
    here = ", ".join(map(str, nodes())) or "none"
    return f"{wanted(path)} (here: {here})"


def _seen(stopped: Stop, down: Outage, silent: tuple[str, ...]) -> Rehearsed:
    return Rehearsed(
        answered=stopped.answered,
        sent=len(stopped.answers),
        exit_code=stopped.exit_code,
        seconds=stopped.seconds,
        live_while_down=down.live_while_down,
        ready_while_down=down.ready_while_down,
        ready_before=down.ready_before,
        ready_after=down.ready_after,
        refused=(*stopped.faults(), *down.faults(), *silent),
    )


def _not_started(why: str) -> Rehearsed:
    return Rehearsed(
        answered=0,
        sent=0,
        exit_code=None,
        seconds=0.0,
        live_while_down=0,
        ready_while_down=0,
        ready_before=0,
        ready_after=0,
        refused=(f"The service does not start: {why}",),
    )
