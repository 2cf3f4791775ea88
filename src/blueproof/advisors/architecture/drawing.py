"""The architecture as a picture: who asks, the way in, what runs, where the data lie."""

from collections.abc import Iterator

from blueproof.advisors.architecture.design import Design
from blueproof.advisors.architecture.part import Part
from blueproof.core.diagram import Diagram, Edge, Kind, Node

_UNDRAWN = frozenset({"operation", "network"})
_FROM_COMPUTE = {
    "database": "reads, writes",
    "cache": "reads first",
    "queue": "what can wait",
    "search": "",
}
_LABELS = {"files": "S3, CloudFront"}
_WATCHED = "operation"


def drawn(design: Design) -> Diagram:
    """The parts and how a request and a record go through them."""
    parts = tuple(p for p in design.parts if p.slot not in _UNDRAWN)
    slots = {p.slot for p in parts}
    callers = tuple(_callers(design, slots))
    worker = _worker(slots)
    return Diagram(
        id="architecture",
        title=f"On AWS, {design.needs.region}: {design.bill.size}",
        nodes=(*callers, *(_node(p) for p in parts), *worker, *_operation(design)),
        edges=tuple(_edges(slots, works=bool(worker))),
    )


def _callers(design: Design, slots: set[str]) -> Iterator[Node]:
    yield Node(
        id="callers",
        label="Callers",
        kind="person",
        lines=(f"{design.load.peak:,.0f} requests a second at the peak",),
    )
    if "devices" in slots:
        count = f"{design.load.devices:,.0f} devices" if design.load.devices else "devices"
        yield Node(id="machines", label="Devices", kind="person", lines=(count,))


def _node(part: Part) -> Node:
    label = _LABELS.get(part.slot) or part.short.partition(" (")[0]
    label = label.removeprefix("a ").removeprefix("an ")
    if part.slot == "database" and part.choice.startswith("RDS"):
        label = part.choice.partition(",")[0]
    lines = part.lines
    kind: Kind = part.kind
    return Node(
        id=part.slot,
        label=label[:1].upper() + label[1:],
        kind=kind,
        lines=lines[:3],
        emphasis="added",
    )


def _operation(design: Design) -> Iterator[Node]:
    part = design.part(_WATCHED)
    if part:
        yield Node(id=_WATCHED, label=part.short, kind="service", lines=("logs, alarms",))


def _worker(slots: set[str]) -> tuple[Node, ...]:
    if "queue" not in slots:
        return ()
    return (
        Node(
            id="worker",
            label="Worker",
            kind="service",
            lines=("takes from the queue",),
            emphasis="added",
        ),
    )


def _edges(slots: set[str], *, works: bool) -> Iterator[Edge]:
    yield Edge(source="callers", target="way in", label="HTTPS")
    yield Edge(source="way in", target="compute")
    for slot, label in _FROM_COMPUTE.items():
        if slot in slots:
            yield Edge(source="compute", target=slot, label=label)
    if works:
        yield Edge(source="queue", target="worker")
        yield Edge(source="worker", target="database")
    yield from _beside(slots)
    yield Edge(source="compute", target=_WATCHED)


def _beside(slots: set[str]) -> Iterator[Edge]:
    """Files, devices, history, sign-in, schedules and mail."""
    if "files" in slots:
        yield Edge(source="callers", target="files", label="files")
    if "devices" in slots:
        yield Edge(source="machines", target="devices", label="MQTT")
        yield Edge(source="devices", target="history" if "history" in slots else "database")
    elif "history" in slots:
        yield Edge(source="database", target="history", label="old months")
    if "sign-in" in slots:
        yield Edge(source="callers", target="sign-in", label="signs in")
    if "mail" in slots:
        yield Edge(source="worker" if "queue" in slots else "compute", target="mail")
    if "second region" in slots:
        yield Edge(source="database", target="second region", label="copies")
    for slot in ("schedule", "steps"):
        if slot in slots:
            yield Edge(source=slot, target="compute", label="starts")
