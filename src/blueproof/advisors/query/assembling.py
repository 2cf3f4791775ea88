"""The wish put together from what was read of it."""

from dataclasses import dataclass, replace

from blueproof.advisors.query.asking import (
    Top,
)
from blueproof.advisors.query.items import slug_of
from blueproof.advisors.query.state import Reading
from blueproof.advisors.query.stems import root
from blueproof.advisors.query.told import (
    Group,
    Measure,
    Period,
    Wish,
)

_USUAL: dict[str, int] = {
    "hour": 48, "day": 30, "week": 26, "month": 12, "quarter": 8, "year": 5,
}  # fmt: skip


def _bounded(state: Reading, measures: tuple[Measure, ...], bucket: Group) -> tuple[Measure, ...]:
    """Where gaps are filled there must be an end to them: a usual stretch of time."""
    n = _USUAL[bucket.unit]
    period = Period(words=f"the last {n} {bucket.unit}s", kind="calendar", unit=bucket.unit,
                    low=1 - n, high=1)  # fmt: skip
    state.found.assumed.append((
        "period", f"the last {n} {bucket.unit}s, the one that runs among them",
        "gaps can only be filled between two ends, and none are told",
    ))  # fmt: skip
    return tuple(replace(m, period=m.period or period) for m in measures)


def _named_alike(state: Reading, measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Without the period in their names where all have the same one."""
    if len({m.period for m in measures}) != 1 or not measures or not measures[0].period:
        return measures
    end = f"_{slug_of(measures[0].period)}"
    bare = [m.name.removesuffix(end) for m in measures]
    if len(set(bare)) != len(bare) or state.over:
        return measures
    return tuple(replace(m, name=n) for m, n in zip(measures, bare, strict=True))


@dataclass(frozen=True, kw_only=True)
class Around:
    """What is said around the figures: zone, order, the best so many, what is shown without rows.

    `order` is "big", "small", "new", "old" or "by" with the words `by`.
    """

    zone: str
    order: str
    by: str
    top: Top | None
    keeps: bool
    fills: bool


def assemble(state: Reading, around: Around) -> Wish:
    """The wish of all that was read."""
    order, top, fills = around.order, around.top, around.fills
    groups = tuple(
        replace(g, labels=tuple(dict.fromkeys((*g.labels, *state.labels))))
        if g.kind == "entity" and i == _last_entity(state.groups)
        else g
        for i, g in enumerate(state.groups)
    )
    measures = tuple(state.measures)
    bucket = next((g for g in groups if g.kind == "bucket"), None)
    measures = tuple(_whole(m, bucket) for m in measures)
    measures = _named_alike(state, measures)
    if fills and bucket and not all(m.period for m in measures):
        measures = _bounded(state, measures, bucket)
    descending = order not in {"small", "old"} and not (top and top.worst)
    lists = any(g.kind == "entity" for g in groups) and bucket is None
    entities = [g for g in groups if g.kind == "entity"]
    bound = any(t.sign in {">", ">=", "="} for t in state.thresholds)
    keeps = around.keeps or (lists and len(groups) == 1 and bool(entities) and not (top or bound))
    ordered = measures[0].name if measures and (top or order in {"big", "small"}) else ""
    if order == "by" and measures:
        ordered = next(
            (
                m.name
                for m in measures
                if set(map(root, around.by.split())) & set(map(root, m.name.split("_")))
            ),
            "",
        )
    if order in {"new", "old"} and bucket:
        ordered = bucket.name
    count = top.count if top else 0
    return Wish(
        groups=groups, measures=measures, over=tuple(state.over), needs=tuple(state.needs),
        conditions=tuple(dict.fromkeys(state.conditions)), thresholds=tuple(state.thresholds),
        keeps=keeps, fills=fills, zone=around.zone or "UTC", order=ordered, descending=descending,
        limit=count if len(groups) == 1 else 0, within=count if len(groups) > 1 else 0,
        ties=bool(top and top.ties), listed=state.span, extra=tuple(state.extra),
    )  # fmt: skip


def _whole(measure: Measure, bucket: Group | None) -> Measure:
    """A row for each day of the last 7 days means whole days, the one that runs among them."""
    period = measure.period
    if bucket is None or period is None or period.kind != "rolling" or period.low is None:
        return measure
    if period.unit != bucket.unit or period.high != 0:
        return measure
    whole = replace(period, kind="calendar", low=period.low + 1, high=1)
    return replace(measure, period=whole)


def _last_entity(groups: tuple[Group, ...]) -> int:
    return max((i for i, g in enumerate(groups) if g.kind == "entity"), default=-1)
