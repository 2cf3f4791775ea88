"""Who stands above whom: a graph becomes ordered rows, after Sugiyama, Tagawa and Toda (1981).

Cycles are broken, nodes get layers, every edge becomes a chain that steps down one row at a
time (a label is one of its links, so it has a place of its own), and each row is put into the
order with few crossings. Nodes are numbers here, and only their widths are known.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Arc = tuple[int, int]

_SPACING = 28  # assumed between neighbours while nothing has a coordinate yet
_THREAD = 16  # what an edge that only passes through takes of a row
_SWEEPS = 16
_EXCHANGES = 6


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """Rows from top to bottom, items from left to right; beyond the nodes, items are edge links."""

    nodes: int
    rows: tuple[tuple[int, ...], ...]
    chains: tuple[tuple[int, ...], ...]
    flipped: frozenset[int]
    labels: tuple[int | None, ...]

    def __post_init__(self) -> None:
        if len(self.chains) != len(self.labels):
            raise ValueError("every chain needs to say which of its links holds the label")


def rank(
    widths: Sequence[int], arcs: Sequence[Arc], label_widths: Sequence[int], limit: int
) -> Ranks:
    """Put nodes of these widths into rows of about this width; a label width of 0 is no label."""
    place = {node: spot for spot, node in enumerate(_sequence(len(widths), arcs))}
    flipped = frozenset(i for i, (a, b) in enumerate(arcs) if place[a] > place[b])
    down = [(b, a) if i in flipped else (a, b) for i, (a, b) in enumerate(arcs)]
    layers = _layers(widths, down, limit)
    gaps = _label_gaps(layers, down, label_widths, limit)
    rows, chains, labels = _chains(layers, down, gaps)
    return Ranks(
        nodes=len(widths),
        rows=_ordered(rows, chains),
        chains=tuple(chains),
        flipped=flipped,
        labels=tuple(labels),
    )


def _sequence(count: int, arcs: Sequence[Arc]) -> list[int]:
    """Nodes in an order that few arcs run against (Eades, Lin and Smyth 1993)."""
    rest = list(range(count))
    head: list[int] = []
    tail: list[int] = []
    while rest:
        inside = [(a, b) for a, b in arcs if a in rest and b in rest]
        sources, targets = [a for a, _ in inside], [b for _, b in inside]
        sink = next((node for node in rest if node not in sources), None)
        start = next((node for node in rest if node not in targets), None)
        if start is not None:
            node = start
        elif sink is not None:
            node = sink
        else:
            node = max(rest, key=lambda n: (sources.count(n) - targets.count(n), -n))
        rest.remove(node)
        if start is None and sink is not None:
            tail.append(node)
        else:
            head.append(node)
    return head + tail[::-1]


def _layers(widths: Sequence[int], down: Sequence[Arc], limit: int) -> list[int]:
    """Longest-path layers, a full layer spilling into the next."""
    above, below = _neighbours(len(widths), down)
    depth = _longest(above)
    height = _longest(below)
    filled: dict[int, int] = {}
    layers = [0] * len(widths)

    def has_room(layer: int, node: int) -> bool:
        return filled.get(layer, 0) + widths[node] + _SPACING <= limit + _SPACING

    order = sorted(range(len(widths)), key=lambda node: (depth[node], -height[node], node))
    for node in order:
        layer = 1 + max((layers[a] for a in above[node]), default=-1)
        while filled.get(layer) and not has_room(layer, node):
            layer += 1
        layers[node] = layer
        filled[layer] = filled.get(layer, 0) + widths[node] + _SPACING
    for node in reversed(order):
        if len(below[node]) > len(above[node]):  # moving it down shortens more than it lengthens
            wanted = min(layers[b] for b in below[node]) - 1
            while wanted > layers[node] and not has_room(wanted, node):
                wanted -= 1
            filled[layers[node]] -= widths[node] + _SPACING
            filled[wanted] = filled.get(wanted, 0) + widths[node] + _SPACING
            layers[node] = wanted
    used = sorted(set(layers))
    return [used.index(layer) for layer in layers]


def _neighbours(count: int, down: Sequence[Arc]) -> tuple[list[list[int]], list[list[int]]]:
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for upper, lower in down:
        above[lower].append(upper)
        below[upper].append(lower)
    return above, below


def _longest(onward: Sequence[Sequence[int]]) -> list[int]:
    """For each node the length of the longest walk along these lists; the graph has no cycle."""
    found: dict[int, int] = {}

    def walk(node: int) -> int:
        if node not in found:
            found[node] = 1 + max((walk(other) for other in onward[node]), default=-1)
        return found[node]

    return [walk(node) for node in range(len(onward))]


def _label_gaps(
    layers: Sequence[int], down: Sequence[Arc], label_widths: Sequence[int], limit: int
) -> list[tuple[int, int] | None]:
    """For each labelled arc the layer its label follows, and which row of labels there."""
    filled: dict[int, int] = {}
    gaps: list[tuple[int, int] | None] = [None] * len(down)
    by_freedom = sorted(range(len(down)), key=lambda i: layers[down[i][1]] - layers[down[i][0]])
    for i in by_freedom:
        if label_widths[i]:
            upper, lower = layers[down[i][0]], layers[down[i][1]]
            gap = min(range(upper, lower), key=lambda layer: filled.get(layer, 0))
            gaps[i] = (gap, filled.get(gap, 0) // limit)
            filled[gap] = filled.get(gap, 0) + label_widths[i] + _THREAD
    return gaps


def _chains(
    layers: Sequence[int], down: Sequence[Arc], gaps: Sequence[tuple[int, int] | None]
) -> tuple[list[list[int]], list[tuple[int, ...]], list[int | None]]:
    """Rows of nodes with rows of labels between them, and the links of every arc through them."""
    label_rows = [0] * (max(layers) + 1)
    for gap in gaps:
        if gap:
            label_rows[gap[0]] = max(label_rows[gap[0]], gap[1] + 1)
    row_of = [layer + sum(label_rows[:layer]) for layer in range(len(label_rows))]
    rows: list[list[int]] = [[] for _ in range(len(label_rows) + sum(label_rows))]
    for node, layer in enumerate(layers):
        rows[row_of[layer]].append(node)
    chains: list[tuple[int, ...]] = []
    labels: list[int | None] = []
    item = len(layers)
    for (upper, lower), gap in zip(down, gaps, strict=True):
        between = range(row_of[layers[upper]] + 1, row_of[layers[lower]])
        links = range(item, item + len(between))
        item += len(between)
        for row, link in zip(between, links, strict=True):
            rows[row].append(link)
        chains.append((upper, *links, lower))
        labels.append(links[row_of[gap[0]] + 1 + gap[1] - between.start] if gap else None)
    return rows, chains, labels


def _ordered(
    rows: Sequence[Sequence[int]], chains: Sequence[Sequence[int]]
) -> tuple[tuple[int, ...], ...]:
    """Each row in the best order that barycentre sweeps and exchanges of neighbours find."""
    count = sum(len(row) for row in rows)
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    above, below = _neighbours(count, pairs)
    current = _first_order(rows, above, below)
    best, fewest = current, _crossings(current, below)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        current = _swept(current, above, below, downward=sweep % 2 == 0)
        tidy = _exchanged(current, above, below)
        crossings = _crossings(tidy, below)
        if crossings < fewest:
            best, fewest, current = tidy, crossings, tidy
    return tuple(tuple(row) for row in best)


def _first_order(
    rows: Sequence[Sequence[int]], above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]
) -> list[list[int]]:
    """Items in the order a walk along the edges meets them, so that relatives start together."""
    met: dict[int, int] = {}
    for root in (item for row in rows for item in row):
        waiting = [root]
        while waiting:
            item = waiting.pop()
            if item not in met:
                met[item] = len(met)
                waiting.extend(reversed([*below[item], *above[item]]))
    return [sorted(row, key=lambda item: met[item]) for row in rows]


def _swept(
    rows: list[list[int]],
    above: Sequence[Sequence[int]],
    below: Sequence[Sequence[int]],
    *,
    downward: bool,
) -> list[list[int]]:
    """Every row sorted by the mean place of its neighbours in the row before it."""
    fixed = above if downward else below
    place = _places(rows)
    swept = list(rows)
    for r in range(len(rows)) if downward else reversed(range(len(rows))):

        def barycentre(item: int) -> float:
            near = [place[other] for other in fixed[item]]
            return sum(near) / len(near) if near else place[item]

        swept[r] = sorted(rows[r], key=barycentre)
        place.update({item: spot for spot, item in enumerate(swept[r])})
    return swept


def _exchanged(
    rows: Sequence[Sequence[int]], above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]
) -> list[list[int]]:
    """Neighbours swapped wherever that takes a crossing away, until nothing improves."""
    better = [list(row) for row in rows]
    place = _places(better)
    for _ in range(_EXCHANGES):
        improved = False
        for row in better:
            for left in range(len(row) - 1):
                a, b = row[left], row[left + 1]
                if _gain(a, b, above, place) + _gain(a, b, below, place) > 0:
                    row[left], row[left + 1] = b, a
                    place[a], place[b] = left + 1, left
                    improved = True
        if not improved:
            break
    return better


def _gain(a: int, b: int, onward: Sequence[Sequence[int]], place: dict[int, int]) -> int:
    """How many crossings fewer there are with b to the left of a."""
    return sum((place[x] > place[y]) - (place[x] < place[y]) for x in onward[a] for y in onward[b])


def _crossings(rows: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> int:
    place = _places(rows)
    return sum(
        _inversions([place[b] for a in row for b in sorted(below[a], key=place.__getitem__)])
        for row in rows
    )


def _inversions(places: Sequence[int]) -> int:
    seen: list[int] = []
    total = 0
    for spot in places:
        total += len(seen) - bisect_right(seen, spot)
        insort(seen, spot)
    return total


def _places(rows: Sequence[Sequence[int]]) -> dict[int, int]:
    return {item: spot for row in rows for spot, item in enumerate(row)}
