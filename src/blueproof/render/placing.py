"""Where ranked items stand from left to right, and where edges leave and enter them, in pixels."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from blueproof.render.ranks import Ranks

PORT_INSET, PORT_GAP = 14, 10  # ports keep off the corners and off one another

_GAP = (28, 14, 7)  # beside each other: two boxes or labels, one and a passing edge, two edges
_ROOMY_PORT_GAP = 22
_SWEEPS = 12
_STRAIGHTENINGS = 3
_PORT_ROUNDS = 3
_LINK_PULL = {0: 1, 1: 2, 2: 8}  # edges are straightened by how many of their two ends are links

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """How far an item reaches to either side of its middle, and down."""

    left: int
    right: int
    height: int


def place(
    ranks: Ranks, slots: Sequence[Slot], page: int
) -> tuple[list[int], list[tuple[int, int]]]:
    """The middle of every item, and for each chain the x of its port above and of that below.

    Items stand near their neighbours, clear of those beside them, and on the page if they can.
    """
    page = max(page, *(_row_width(row, slots) for row in ranks.rows))
    xs = _swept(ranks, slots, page)
    reach = [(_reach(chain[0], slots, xs), _reach(chain[-1], slots, xs)) for chain in ranks.chains]
    _straighten(ranks, slots, xs, page, reach)
    gates = _ports(ranks, slots, xs)
    _straighten(ranks, slots, xs, page, [((a, a), (b, b)) for a, b in gates])
    leftmost = min(x - slot.left for x, slot in zip(xs, slots, strict=True))
    return [x - leftmost for x in xs], [(a - leftmost, b - leftmost) for a, b in gates]


def spread(
    wanted: Sequence[tuple[float, float]],
    gaps: Sequence[int],
    low: float = -math.inf,
    high: float = math.inf,
) -> list[int]:
    """Whole numbers at least the gaps apart, as near to those wanted as their weights ask.

    Least squares under an order is isotonic regression, solved exactly by pooling neighbours
    that would overlap (pool adjacent violators).

    >>> spread([(0, 1), (0, 1)], [10])
    [-5, 5]
    """
    offsets = list(accumulate(gaps, initial=0))
    pools: list[tuple[float, float, int]] = []
    for (value, weight), offset in zip(wanted, offsets, strict=True):
        pool = (value - offset, weight, 1)
        while pools and pools[-1][0] >= pool[0]:
            mean, mass, size = pools.pop()
            total = mass + pool[1]
            pool = ((mean * mass + pool[0] * pool[1]) / total, total, size + pool[2])
        pools.append(pool)
    high = max(low, high - offsets[-1])
    bases = [
        math.floor(min(max(mean, low), high) + 0.5) for mean, _, size in pools for _ in range(size)
    ]
    return [base + offset for base, offset in zip(bases, offsets, strict=True)]


def _pulls(ranks: Ranks) -> tuple[Mapping[int, list[tuple[int, int]]], ...]:
    """For each item its neighbours above, and those below, with how hard they pull."""
    above: dict[int, list[tuple[int, int]]] = defaultdict(list)
    below: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for chain in ranks.chains:
        for upper, lower in pairwise(chain):
            pull = _LINK_PULL[(upper >= ranks.nodes) + (lower >= ranks.nodes)]
            above[lower].append((upper, pull))
            below[upper].append((lower, pull))
    return above, below


def _row_width(row: Sequence[int], slots: Sequence[Slot]) -> int:
    between = sum(_apart(slots[a], slots[b]) for a, b in pairwise(row))
    return slots[row[0]].left + between + slots[row[-1]].right


def _apart(a: Slot, b: Slot) -> int:
    """The least distance between the middles of two items side by side."""
    gap = _GAP[(a.height == 0) + (b.height == 0)]
    return a.right + gap + b.left


def _swept(ranks: Ranks, slots: Sequence[Slot], page: int) -> list[int]:
    """Items near the middle of what they are joined to, the rows taking turns."""
    pulls = _pulls(ranks)
    gaps = [[_apart(slots[a], slots[b]) for a, b in pairwise(row)] for row in ranks.rows]
    xs = [0] * len(slots)
    for row, between in zip(ranks.rows, gaps, strict=True):
        starts = accumulate(between, initial=(page - sum(between)) // 2)
        xs_of_row = zip(row, starts, strict=True)
        for item, x in xs_of_row:
            xs[item] = x
    rows = list(zip(ranks.rows, gaps, strict=True))
    for sweep in range(_SWEEPS):
        downward = sweep % 2 == 0
        near = pulls if sweep >= _SWEEPS - 2 else (pulls[0 if downward else 1],)
        for row, between in rows if downward else reversed(rows):
            wanted = [_wanted(item, xs, near) for item in row]
            low, high = slots[row[0]].left, page - slots[row[-1]].right
            for item, x in zip(row, spread(wanted, between, low, high), strict=True):
                xs[item] = x
    return xs


def _wanted(
    item: int, xs: Sequence[int], near: Sequence[Mapping[int, list[tuple[int, int]]]]
) -> tuple[float, float]:
    pulls = [pull for side in near for pull in side.get(item, ())]
    if not pulls:
        return xs[item], 0.1  # it would rather stay, but gives way to anyone
    weight = sum(pull for _, pull in pulls)
    return sum(xs[other] * pull for other, pull in pulls) / weight, weight


def _straighten(
    ranks: Ranks,
    slots: Sequence[Slot],
    xs: list[int],
    page: int,
    wishes: Sequence[tuple[Span, Span]],
) -> None:
    """Give the links of each edge one x as far as their neighbours allow, and one its ends wish."""
    place_of = {item: (row, spot) for row in ranks.rows for spot, item in enumerate(row)}
    anywhere = (0, page)
    for chain, (above, below) in list(zip(ranks.chains, wishes, strict=True)) * _STRAIGHTENINGS:
        links = chain[1:-1]
        runs = _runs(links, [_free(*place_of[link], slots, xs, page) for link in links])
        for run, span in runs:
            wished = _narrowed(span, above if run[0] == links[0] else anywhere)
            wished = _narrowed(wished, below if run[-1] == links[-1] else anywhere)
            middle = sorted(xs[link] for link in run)[len(run) // 2]
            for link in run:
                xs[link] = min(max(middle, wished[0]), wished[1])


def _free(
    row: Sequence[int], spot: int, slots: Sequence[Slot], xs: Sequence[int], page: int
) -> Span:
    """Where an item can be moved between its neighbours as they stand."""
    own = slots[row[spot]]
    low, high = own.left, page - own.right
    if spot:
        low = xs[row[spot - 1]] + _apart(slots[row[spot - 1]], own)
    if spot + 1 < len(row):
        high = xs[row[spot + 1]] - _apart(own, slots[row[spot + 1]])
    return (low, high)


def _runs(links: Sequence[int], free: Sequence[Span]) -> list[tuple[list[int], Span]]:
    """The links cut into as few runs as can each stand on one x, with where that may be."""
    runs: list[tuple[list[int], Span]] = []
    for link, span in zip(links, free, strict=True):
        if runs:
            run, shared = runs[-1]
            both = (max(shared[0], span[0]), min(shared[1], span[1]))
            if both[0] <= both[1]:
                runs[-1] = ([*run, link], both)
                continue
        runs.append(([link], span))
    return runs


def _narrowed(span: Span, wish: Span) -> Span:
    both = (max(span[0], wish[0]), min(span[1], wish[1]))
    return both if both[0] <= both[1] else span


def _reach(node: int, slots: Sequence[Slot], xs: Sequence[int]) -> Span:
    """Where the node can have ports."""
    far = slots[node].left - PORT_INSET
    return (xs[node] - far, xs[node] + far)


def _ports(ranks: Ranks, slots: Sequence[Slot], xs: Sequence[int]) -> list[tuple[int, int]]:
    """For each chain the x where it leaves its upper end, and where it enters its lower end."""
    found = {
        (arc, end): _first_port(chain, end, slots, xs)
        for arc, chain in enumerate(ranks.chains)
        for end in (0, 1)
    }
    for _ in range(_PORT_ROUNDS):
        for (node, end), arcs in _sides(ranks, xs).items():
            wanted = [(float(_facing(ranks.chains[arc], arc, end, found, xs)), 1.0) for arc in arcs]
            low, high = _reach(node, slots, xs)
            gap = min(_ROOMY_PORT_GAP, (high - low) // max(len(arcs) - 1, 1))
            settled = spread(wanted, [gap] * (len(arcs) - 1), low, high)
            found.update({(arc, end): x for arc, x in zip(arcs, settled, strict=True)})
    return [(found[arc, 0], found[arc, 1]) for arc in range(len(ranks.chains))]


def _first_port(chain: Sequence[int], end: int, slots: Sequence[Slot], xs: Sequence[int]) -> int:
    """The middle of what the node and its neighbour share, looking straight down."""
    node, other = (chain[0], chain[1]) if end == 0 else (chain[-1], chain[-2])
    if len(chain) > 2:  # noqa: PLR2004 -- a chain of two has no link between its ends
        return xs[other]
    left = max(xs[node] - slots[node].left, xs[other] - slots[other].left)
    right = min(xs[node] + slots[node].left, xs[other] + slots[other].left)
    return (left + right) // 2 if left < right else xs[other]


def _facing(
    chain: Sequence[int],
    arc: int,
    end: int,
    found: Mapping[tuple[int, int], int],
    xs: Sequence[int],
) -> int:
    if len(chain) == 2:  # noqa: PLR2004 -- as above
        return found[arc, 1 - end]
    return xs[chain[1] if end == 0 else chain[-2]]


def _sides(ranks: Ranks, xs: Sequence[int]) -> dict[tuple[int, int], list[int]]:
    """The chains at the foot (0) and head (1) of each node, in the order that crosses least."""
    sides: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for arc, chain in enumerate(ranks.chains):
        sides[chain[0], 0].append((xs[chain[1]], arc))
        sides[chain[-1], 1].append((xs[chain[-2]], arc))
    return {side: [arc for _, arc in sorted(arcs)] for side, arcs in sorted(sides.items())}
