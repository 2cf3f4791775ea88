"""What to ask first: the expected gain of knowing, over scenarios of everything still open.

A scenario sets every open dimension to one of its values; its odds are the product of theirs. The
worth of a question is how much better, in points, one would choose if its answer were known (the
expected value of perfect information on it), plus how far the answer narrows the bill.
"""

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from blueproof.decide.decision import picked
from blueproof.decide.dimensions import Dimension
from blueproof.decide.needs import Needs
from blueproof.decide.scoring import scored

MOST_SCENARIOS = 400
_MOST_OPEN = 9  # dimensions varied together; the product of more is cut off anyway
_BILL_WEIGHT = 2.0  # points that an answer is worth which narrows the bill tenfold
_TELLING = 0.05  # points below which an answer would change nothing worth a question


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One way things may be: the needs, how likely, and each family's worth and bill then."""

    values: tuple[tuple[str, str], ...]
    odds: float
    worth: tuple[tuple[str, float], ...]
    bill: float


@dataclass(frozen=True, kw_only=True)
class Worth:
    """A dimension's worth as a question, and the pick for each answer, the rest as assumed."""

    dimension: Dimension
    gain: float
    narrowing: float
    picks: tuple[tuple[str, str], ...]

    @property
    def points(self) -> float:
        """What the ranking goes by."""
        return self.gain + _BILL_WEIGHT * self.narrowing

    @property
    def decides(self) -> bool:
        """Whether two answers lead to two picks."""
        return len({pick for _, pick in self.picks}) > 1


def interview(needs: Needs, progress: Callable[[int], None] = lambda _: None) -> tuple[Worth, ...]:
    """The open dimensions worth a question, most worth first."""
    found = scenarios(needs)
    progress(len(found))
    worths = [_worth(d, found, needs) for d in needs.open() if not _is_moot(d, needs)]
    telling = [w for w in worths if w.points > _TELLING and (w.decides or w.narrowing > 0)]
    return tuple(sorted(telling, key=lambda w: (-w.points, w.dimension.id)))


def worth(dimension: Dimension, needs: Needs) -> Worth:
    """What a question on one dimension is worth, little as it may be."""
    return _worth(dimension, scenarios(needs), needs)


def _is_moot(dimension: Dimension, needs: Needs) -> bool:
    """Whether what is known answers it: health records of the US are not kept in the EU."""
    return dimension.id == "hipaa" and dict(needs.known).get("region") == "eu"


def scenarios(needs: Needs) -> tuple[Scenario, ...]:
    """The likeliest ways that everything open may turn out, at most 400; odds sum to one."""
    varied = needs.open()
    ways = sorted(_combined(varied), key=lambda way: -way[1])[:MOST_SCENARIOS]
    whole = sum(odds for _, odds in ways)
    return tuple(_scenario(needs, values, odds / whole) for values, odds in ways)


def _combined(varied: tuple[Dimension, ...]) -> list[tuple[tuple[tuple[str, str], ...], float]]:
    """All values of the dimensions with their odds, the unlikely cut off as they grow."""
    ways: list[tuple[tuple[tuple[str, str], ...], float]] = [((), 1.0)]
    for dimension in varied:
        steps = tuple(zip(dimension.values, dimension.odds, strict=True))
        more = [
            ((*values, (dimension.id, value)), odds * part)
            for (values, odds), (value, part) in product(ways, steps)
        ]
        ways = sorted(more, key=lambda way: -way[1])[: MOST_SCENARIOS * 2]
    return ways


def _scenario(needs: Needs, values: tuple[tuple[str, str], ...], odds: float) -> Scenario:
    there = needs.holding(**dict(values))
    ranked = scored(there, there.number("users"))
    return Scenario(
        values=values,
        odds=odds,
        worth=tuple((s.option.family, s.worth) for s in ranked),
        bill=math.log10(float(ranked[0].bill.total) + 10),
    )


def _worth(dimension: Dimension, found: tuple[Scenario, ...], needs: Needs) -> Worth:
    """Expected gain of knowing this dimension: choosing a value at a time, less choosing once."""
    groups: dict[str, list[Scenario]] = defaultdict(list)
    for scenario in found:
        groups[dict(scenario.values)[dimension.id]].append(scenario)
    informed = sum(_best(group)[1] for group in groups.values())
    spread = _spread(found)
    within = sum(_spread(g) * sum(s.odds for s in g) for g in groups.values())
    return Worth(
        dimension=dimension,
        gain=max(0.0, informed - _best(list(found))[1]),
        narrowing=max(0.0, spread - within),
        picks=tuple((v, picked(needs.holding(**{dimension.id: v}))) for v in dimension.values),
    )


def _best(group: list[Scenario]) -> tuple[str, float]:
    """The family with the greatest expected worth over the scenarios, and that worth."""
    sums: dict[str, float] = defaultdict(float)
    for scenario in group:
        for family, worth in scenario.worth:
            sums[family] += worth * scenario.odds
    return max(sums.items(), key=lambda item: (item[1], item[0]))


def _spread(group: tuple[Scenario, ...] | list[Scenario]) -> float:
    """The standard deviation of the bill in powers of ten."""
    whole = sum(s.odds for s in group)
    mean = sum(s.bill * s.odds for s in group) / whole
    return math.sqrt(max(0.0, sum(s.odds * (s.bill - mean) ** 2 for s in group) / whole))
