"""The decision: the options in order, and the values of each fact at which the pick changes."""

import math
from dataclasses import dataclass
from functools import cache

from blueproof.decide.dimensions import BY_ID, Dimension
from blueproof.decide.needs import Needs
from blueproof.decide.scoring import Scored, scored

_STEPS = (300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000)
_GROUPS = (2, 5, 10, 20, 50, 100, 300, 1_000, 3_000, 10_000)
_NUMBERS = {"users": _STEPS, "group-size": _GROUPS, "messages": (1, 5, 20, 50, 100, 300)}
_CLOSE = 1.02  # a flip point is looked for to 2 %


@dataclass(frozen=True, kw_only=True)
class FlipPoint:
    """A value of a dimension at which another family becomes the pick, or ("") none fits."""

    dimension: Dimension
    at: str
    then: str
    above: bool = True

    @property
    def odds(self) -> float:
        """How likely it is taken to be: the odds of the values that lie beyond it."""
        pairs = zip(self.dimension.values, self.dimension.odds, strict=True)
        if self.dimension.id not in _NUMBERS:
            return dict(pairs).get(self.at, 0.0)
        at = float(self.at)
        return sum(p for v, p in pairs if (float(v) >= at if self.above else float(v) <= at))


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The options weighed at one size, best first, and what would change the first place."""

    needs: Needs
    users: float
    ranked: tuple[Scored, ...]
    flips: tuple[FlipPoint, ...]

    @property
    def pick(self) -> Scored:
        """The first of the ranking; ruled out itself where nothing meets the requirements."""
        return self.ranked[0]


def decide(needs: Needs) -> Decision:
    """The decision for these needs at the number of users known or assumed."""
    users = needs.number("users")
    ranked = scored(needs, users)
    return Decision(needs=needs, users=users, ranked=ranked, flips=_flips(needs))


@cache
def picked(needs: Needs) -> str:
    """The family that wins for these needs; "" where something rules out all of them."""
    first = scored(needs, needs.number("users"))[0]
    return "" if first.ruled_out else first.option.family


def _flips(needs: Needs) -> tuple[FlipPoint, ...]:
    found: list[FlipPoint] = []
    for dimension in BY_ID.values():
        if needs.concerns(dimension):
            numeric = dimension.id in _NUMBERS
            found += _number_flips(needs, dimension) if numeric else _value_flips(needs, dimension)
    return tuple(found)


def _value_flips(needs: Needs, dimension: Dimension) -> list[FlipPoint]:
    now = picked(needs)
    others = [v for v in dimension.values if v != needs.value(dimension.id)]
    pairs = [(v, picked(_with(needs, dimension.id, v))) for v in others]
    return [FlipPoint(dimension=dimension, at=v, then=then) for v, then in pairs if then != now]


def _number_flips(needs: Needs, dimension: Dimension) -> list[FlipPoint]:
    """The nearest value above and below at which the pick changes, closed in on by halving."""
    now, here = picked(needs), needs.number(dimension.id)
    found = []
    if picked(_with(needs, dimension.id, f"{here:.0f}")) != now:
        # A size that is only assumed rules nothing out by its price; once told, it would.
        here = _largest_below(needs, dimension.id, here)
        if not here:
            return []
    for above in (True, False):
        steps = [s for s in _NUMBERS[dimension.id] if (s > here if above else s < here)]
        inside = here
        for step in steps if above else reversed(steps):
            if picked(_with(needs, dimension.id, f"{step}")) != now:
                at = _closed_in(needs, dimension.id, inside, float(step))
                then = picked(_with(needs, dimension.id, f"{at:.0f}"))
                found.append(FlipPoint(dimension=dimension, at=f"{at:.0f}", then=then, above=above))
                break
            inside = float(step)
    return found


def _largest_below(needs: Needs, name: str, assumed: float) -> float:
    """The largest step below the one assumed at which the pick, if told, is this one; else 0."""
    now = picked(needs)
    below = [s for s in _NUMBERS[name] if s < assumed and picked(_with(needs, name, f"{s}")) == now]
    return float(max(below, default=0))


def _closed_in(needs: Needs, name: str, inside: float, outside: float) -> float:
    """The value between the two, to 2 %, at which the pick is no longer the present one."""
    now = picked(needs)
    while max(inside, outside) / min(inside, outside) > _CLOSE:
        middle = float(f"{(inside * outside) ** 0.5:.0f}")
        if middle in {inside, outside}:
            break
        if picked(_with(needs, name, f"{middle:.0f}")) == now:
            inside = middle
        else:
            outside = middle
    told = _told(outside, up=outside > inside)
    return outside if picked(_with(needs, name, f"{told:.0f}")) == now else told


def _told(value: float, *, up: bool) -> float:
    """The value to two figures, away from where the pick still holds."""
    step = 10.0 ** max(0, len(f"{value:.0f}") - 2)
    return (math.ceil(value / step) if up else math.floor(value / step)) * step


def _with(needs: Needs, name: str, value: str) -> Needs:
    return needs.holding(**{name: value})
