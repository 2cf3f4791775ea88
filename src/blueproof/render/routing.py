"""How edges run from row to row: down out of a port, along a track of the channel, down again.

Between two rows lies a channel that no box enters; within a row an edge keeps to the place its
link holds. So a routed edge meets no box but its two ends. Only numbers here, in whole pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from blueproof.render.placing import Slot
from blueproof.render.ranks import Ranks

Point = tuple[int, int]

_BOX_AIR, _LABEL_AIR = 18, 8  # above and below a row of boxes, where arrowheads are, or of labels
_TRACK = 9  # from one track of a channel to the next
_CLEAR = 6  # two vertical lines nearer than this look like one
_TURN = 10  # turns on one track keep this far apart
_COVERED = 20  # a line hidden behind another is as bad as so many crossings


@dataclass(frozen=True, kw_only=True)
class Routes:
    """How deep each row lies, and the corners of every chain from its upper to its lower end."""

    tops: tuple[int, ...]
    height: int
    paths: tuple[tuple[Point, ...], ...]


def route(
    ranks: Ranks, slots: Sequence[Slot], xs: Sequence[int], ports: Sequence[tuple[int, int]]
) -> Routes:
    """Set the rows apart by what their channels need, and lead every edge through them."""
    row_of = {item: r for r, row in enumerate(ranks.rows) for item in row}
    legs = [
        (start, *(xs[link] for link in chain[1:-1]), end)
        for chain, (start, end) in zip(ranks.chains, ports, strict=True)
    ]
    bent: list[dict[tuple[int, int], tuple[int, int]]] = [{} for _ in ranks.rows]
    for arc, leg in enumerate(legs):
        for step, span in enumerate(pairwise(leg)):
            if span[0] != span[1]:
                bent[row_of[ranks.chains[arc][step]]][arc, step] = span
    turns = [dict(zip(spans, tracks(list(spans.values())), strict=True)) for spans in bent]
    feet, tops = _depths(ranks, slots, turns)
    depth = {
        key: feet[r] + _air(ranks.rows[r], ranks.nodes) + track * _TRACK
        for r, found in enumerate(turns)
        for key, track in found.items()
    }
    paths = []
    for arc, (chain, leg) in enumerate(zip(ranks.chains, legs, strict=True)):
        points = [(leg[0], tops[row_of[chain[0]]] + slots[chain[0]].height)]
        for step, (x, onward) in enumerate(pairwise(leg)):
            if x != onward:
                points += [(x, depth[arc, step]), (onward, depth[arc, step])]
        paths.append((*points, (leg[-1], tops[row_of[chain[-1]]])))
    return Routes(tops=tuple(tops), height=feet[-1], paths=tuple(paths))


def _depths(
    ranks: Ranks, slots: Sequence[Slot], turns: Sequence[dict[tuple[int, int], int]]
) -> tuple[list[int], list[int]]:
    """Where each row ends, and where it begins."""
    heights = [max(slots[item].height for item in row) for row in ranks.rows]
    channels = [
        _air(upper, ranks.nodes)
        + _TRACK * max(found.values(), default=0)
        + _air(lower, ranks.nodes)
        for (upper, lower), found in zip(pairwise(ranks.rows), turns, strict=False)
    ]
    steps = [height + channel for height, channel in zip(heights, channels, strict=False)]
    tops = list(accumulate(steps, initial=0))
    return [top + height for top, height in zip(tops, heights, strict=True)], tops


def _air(row: Sequence[int], nodes: int) -> int:
    return _BOX_AIR if any(item < nodes for item in row) else _LABEL_AIR


def tracks(spans: Sequence[tuple[int, int]]) -> list[int]:
    """For each edge piece (x where it comes in above, x where it goes out below) its track.

    Track 0 is the highest. Pieces that would meet on one track get different ones, in an order
    that crosses little and never hides one line behind another unless each is in the other's way.

    >>> tracks([(0, 50), (20, 70), (200, 300)])
    [1, 0, 0]
    """
    wide = [(min(span) - _TURN, max(span) + _TURN) for span in spans]
    over = [[0] * len(spans) for _ in spans]
    for a, b in _meeting(wide):
        over[a][b] = _price(spans[a], spans[b])
        over[b][a] = _price(spans[b], spans[a])
    rest = list(range(len(spans)))
    gain = [sum(over[b][a] - over[a][b] for b in rest) for a in rest]
    result = [0] * len(spans)
    done: list[int] = []
    while rest:
        top = max(rest, key=lambda a: (gain[a], -a))
        rest.remove(top)
        for a in rest:
            gain[a] -= over[top][a] - over[a][top]
        result[top] = 1 + max((result[a] for a in done if _meet(wide[a], wide[top])), default=-1)
        done.append(top)
    return result


def _meeting(wide: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for a in range(len(wide)):
        for b in range(a):
            if _meet(wide[a], wide[b]):
                yield a, b


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _price(upper: tuple[int, int], lower: tuple[int, int]) -> int:
    """What it costs to have the first piece turn above the second."""
    crossings = _within(lower[0], upper) + _within(upper[1], lower)
    return crossings + (_COVERED if abs(upper[1] - lower[0]) < _CLEAR else 0)


def _within(x: int, span: tuple[int, int]) -> int:
    return min(span) < x < max(span)
