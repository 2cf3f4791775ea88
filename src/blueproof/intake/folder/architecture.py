"""The present architecture as a diagram, as far as a project's files tell.

From the person's side to the far one: apps, what stands before the servers, servers, stores and
queues, other people's services. Who calls whom is read from compose files where they say it; else
apps call servers, and servers call the rest.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise

from blueproof.core.brief import Fact
from blueproof.core.diagram import Diagram, Edge, Kind, Node
from blueproof.intake.folder.found import Part, Text
from blueproof.intake.folder.tree import at, read_yaml
from blueproof.sql.secrets import masked

MOST_NODES = 20
_LEAST_NODES = 2
_IN_REDIS = frozenset({"bullmq", "bull", "celery", "rq", "asynq", "arq"})
_LAMBDA = "AWS Lambda"
_MOST_LINES = 6
_KINDS: dict[str, Kind] = {
    "client": "person",
    "direct": "store",
    "store": "store",
    "queue": "queue",
}
_WEB = re.compile(r"front|^web|client|^ui$|site", re.IGNORECASE)
_SERVER = re.compile(r"back|api|server", re.IGNORECASE)
_ASIDE = re.compile(r"test|e2e|playwright|cypress|migrat|seed|prestart|init|admin", re.IGNORECASE)
_WORKER = re.compile(r"worker|celery|queue|cron|schedul|consumer|beat|job", re.IGNORECASE)
_FRONTS = ("cdn", "balancer", "proxy")
_SERVERS = ("api", "backend", "host")
_COUNTS = {  # what is counted, and on which box it stands
    "Convex": ("tables", "functions"),
    "Supabase": ("tables", "migrations", "functions"),
    _LAMBDA: ("functions",),
    "Cloud Functions": ("functions",),
    "Cloud Firestore": ("collections", "indexes"),
    "API": ("routes",),
    "Web app": ("routes",),
    "PostgreSQL": ("tables",),
    "Amazon RDS": ("tables",),
    "Amazon Aurora": ("tables",),
    "MySQL": ("tables",),
}


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a technology stands in the picture."""

    technology: str
    tier: str
    node: str
    line: str = ""
    covers: tuple[str, ...] = ()
    edge: str = ""


@dataclass(frozen=True, kw_only=True)
class _Box:
    """A node to be, with its tier and what its incoming edges say."""

    id: str
    tier: str
    label: str
    lines: tuple[str, ...] = ()
    edge: str = ""
    part: Part | None = None


_Tiers = dict[str, list[_Box]]
_Uses = dict[str, tuple[str, ...]]  # the ids of boxes that a box is said to need


@cache
def _places() -> dict[str, _Place]:
    text = resources.files(__package__).joinpath("architecture.yaml").read_text(encoding="utf-8")
    return {
        name: _Place(
            technology=name,
            tier=tier,
            node=at(place, "node").text,
            line=at(place, "line").text,
            covers=tuple(at(place, "covers").text.split()),
            edge=at(place, "edge").text,
        )
        for tier, technologies in read_yaml(Text(path="architecture.yaml", text=text)).items()
        for name, place in technologies.items()
    }


def draw(facts: tuple[Fact, ...], parts: tuple[Part, ...]) -> Diagram | None:
    """The diagram of what is there; None if there are less than two boxes."""
    boxes = _boxes(facts, parts)[:MOST_NODES]
    edges = _edges(boxes, _uses(boxes, parts, facts))
    if len(boxes) < _LEAST_NODES:
        return None
    nodes = tuple(
        Node(id=b.id, label=b.label, kind=_KINDS.get(b.tier, "service"), lines=b.lines)
        for b in boxes
    )
    title = "What is there today, as far as the files tell"
    return Diagram(id="present", title=title, nodes=nodes, edges=tuple(edges))


def _boxes(facts: tuple[Fact, ...], parts: tuple[Part, ...]) -> list[_Box]:
    """The boxes, from the person's side to the far one."""
    drawn = _drawn({str(f.value) for f in facts if f.key == "technology"})
    run = {part.technology for part in parts}  # in an image alone it may serve the web app's files
    drawn = [place for place in drawn if place.tier != "proxy" or place.technology in run]
    has_web = any(place.node == "Web app" for place in drawn)
    own = [part for part in parts if not part.technology and not _ASIDE.search(part.name)]
    built = [_built(p) for p in own if not (has_web and _WEB.search(p.name) and len(own) > 1)]
    known = list(_known(drawn, facts, served=bool(built)))
    tiers = list(dict.fromkeys(place.tier for place in _places().values()))
    boxes = (*known, *_framed(built, drawn, facts))
    return sorted(boxes, key=lambda box: tiers.index(box.tier))


def _drawn(technologies: set[str]) -> list[_Place]:
    """The places of the technologies in use, less those that others cover."""
    places = [place for name, place in _places().items() if name in technologies]
    covered = {name for place in places for name in place.covers}
    return [place for place in places if place.technology not in covered]


def _built(part: Part) -> _Box:
    """A service of a compose file that is built from the project."""
    tier = "worker" if _WORKER.search(part.name) else "api"
    return _Box(id=_slug(f"service {part.name}"), tier=tier, label=masked(part.name), part=part)


def _framed(built: list[_Box], drawn: list[_Place], facts: tuple[Fact, ...]) -> Iterator[_Box]:
    """The built services; the framework stands in the one that is the server beyond doubt."""
    servers = [box for box in built if box.tier == "api"]
    named = [box for box in servers if _SERVER.search(box.label)]
    sure = next((found for found in (servers, named) if len(found) == 1), [])
    lines = (*(place.line for place in drawn if place.tier == "api"), *_counted("API", facts))
    for box in built:
        yield replace(box, lines=lines[:_MOST_LINES] if box in sure else ())


def _known(drawn: list[_Place], facts: tuple[Fact, ...], *, served: bool) -> Iterator[_Box]:
    """The boxes of technologies; servers that compose names stand for their frameworks."""
    has_api = served or any(place.tier == "api" for place in drawn)
    hosts = [place.node for place in drawn if place.tier == "host"]
    aside = {_LAMBDA} if has_api and len(hosts) > 1 else set()  # functions beside the servers
    for node in dict.fromkeys(place.node for place in drawn):
        places = [place for place in drawn if place.node == node]
        tier = "worker" if node in aside else places[0].tier
        if (tier in {"api", "worker"} and served) or (tier == "host" and has_api):
            continue
        lines = [place.line for place in places if place.line]
        lines += [f"on {host}" for host in hosts if host not in aside] if tier == "api" else []
        lines += _counted(node, facts) if node != "Web app" or not has_api else []
        yield _Box(
            id=_slug(node),
            tier=tier,
            label=node,
            lines=tuple(lines[:_MOST_LINES]),
            edge="jobs" if node == "Redis" and _queues(facts) else places[0].edge,
        )


def _queues(facts: tuple[Fact, ...]) -> bool:
    """Whether a queue of jobs is kept in Redis."""
    return any(f.key == "technology" and f.value in _IN_REDIS for f in facts)


def _counted(node: str, facts: tuple[Fact, ...]) -> list[str]:
    scale = {f.key.removeprefix("scale."): f.value for f in facts if f.key.startswith("scale.")}
    found = [(metric, scale[metric]) for metric in _COUNTS.get(node, ()) if metric in scale]
    return [f"{value:g} {metric if value != 1 else metric[:-1]}" for metric, value in found
            if isinstance(value, float)]  # fmt: skip


def _uses(boxes: list[_Box], parts: tuple[Part, ...], facts: tuple[Fact, ...]) -> _Uses:
    """What compose files say of who needs whom; a store there may be another in production."""
    drawn = _drawn({str(f.value) for f in facts if f.key == "technology"})
    covered = {name: place.node for place in drawn for name in (*place.covers, place.technology)}
    by_name = {p.name: _slug(covered.get(p.technology, "")) for p in parts if p.technology}
    by_name |= {box.part.name: box.id for box in boxes if box.part}
    return {
        box.id: tuple(by_name[other] for other in box.part.uses if by_name.get(other))
        for box in boxes
        if box.part and box.part.uses
    }


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _edges(boxes: list[_Box], used: _Uses) -> Iterable[Edge]:
    """The arrows, each pair of boxes once."""
    tiers = {tier: [b for b in boxes if b.tier == tier] for tier in {b.tier for b in boxes}}
    found: dict[tuple[str, str], Edge] = {}
    for edge in (*_inward(tiers), *_told(boxes, used), *_outward(tiers, used)):
        found.setdefault((edge.source, edge.target), edge)
    return found.values()


def _inward(tiers: _Tiers) -> Iterator[Edge]:
    """From the apps to the servers, through what stands before them."""
    clients = tiers.get("client", [])
    fronts = [tiers[tier] for tier in _FRONTS if tier in tiers]
    servers = [b for b in (*tiers.get("api", []), *tiers.get("host", [])) if _is_public(b)]
    for nearer, farther in pairwise([clients, *fronts, servers]):
        label = "HTTP" if farther is servers and fronts else "HTTPS"
        yield from (_edge(a, b, label) for a in nearer for b in farther)
    for client in clients:
        for tier in ("backend", "direct"):
            yield from (_edge(client, target, target.edge) for target in tiers.get(tier, []))
    for caller in clients or servers:
        for tier in ("sign-in", "watch"):
            yield from (_edge(caller, target, target.edge) for target in tiers.get(tier, []))


def _is_public(box: _Box) -> bool:
    return box.part is None or box.part.is_public


def _told(boxes: list[_Box], used: _Uses) -> Iterator[Edge]:
    """What a compose file says of who needs whom."""
    by_id = {box.id: box for box in boxes}
    for box in boxes:
        for target in used.get(box.id, ()):
            if target in by_id:
                yield _edge(box, by_id[target], by_id[target].edge or "calls")


def _outward(tiers: _Tiers, used: _Uses) -> Iterator[Edge]:
    """From the servers to stores, queues and other people's services, where no file says more."""
    servers = [b for tier in _SERVERS for b in tiers.get(tier, [])]
    own = [b for b in servers if b.tier != "backend"]
    sources = own or servers or tiers.get("client", [])
    told = {target for targets in used.values() for target in targets}
    for source in sources:
        for target in (*tiers.get("store", []), *tiers.get("queue", [])):
            if source.part is None or target.id not in told:
                yield _edge(source, target, target.edge)
    for target in tiers.get("direct", []):
        yield from (_edge(b, target, target.edge) for b in tiers.get("backend", []))
    for target in tiers.get("others", []):
        yield from (_edge(source, target, target.edge) for source in sources[:1])
    yield from _of_workers(tiers, used)


def _of_workers(tiers: _Tiers, used: _Uses) -> Iterator[Edge]:
    stores = tiers.get("store", [])
    for worker in tiers.get("worker", []):
        if worker.id not in used:
            yield from (_edge(queue, worker, "jobs") for queue in tiers.get("queue", []))
            yield from (_edge(worker, store, store.edge) for store in stores)


def _edge(source: _Box, target: _Box, label: str) -> Edge:
    return Edge(source=source.id, target=target.id, label=label)
