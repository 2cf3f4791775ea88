"""The general wish, read: a table of figures for each thing or time, or a list of things."""

import re
from dataclasses import replace

from blueproof.advisors.query.asking import (
    Top,
    entity,
    take_groups,
    take_kept,
    take_newest,
    take_order,
    take_pivot,
    take_rank,
    take_top,
    take_zone,
)
from blueproof.advisors.query.assembling import Around, assemble
from blueproof.advisors.query.conditions import (
    take_empty,
    take_states,
    take_values,
)
from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.items import (
    FIGURE,
    NOISE,
    SPLIT,
    add_figure,
    give_period,
    read_items,
    scope_of,
    spread_columns,
)
from blueproof.advisors.query.measuring import read_measure
from blueproof.advisors.query.needing import Needing, take_spent
from blueproof.advisors.query.periods import find_age, find_period
from blueproof.advisors.query.state import Found, Reading
from blueproof.advisors.query.text import Words
from blueproof.advisors.query.told import (
    Measure,
    Needs,
    Over,
    Wish,
)

_LISTS = re.compile(r"\b(?:list|find|show|which|all|who|select|get|return|give|fetch)\b",
                    re.IGNORECASE)  # fmt: skip
_SIZE = re.compile(
    r"(?:~|\babout )?\b(?P<n>\d[\d.,]*) ?(?P<times>k|m|mn|bn|thousand|million|billion)?"
    r" (?P<noun>[a-z_]+)\b",
    re.IGNORECASE,
)
_LARGE = 5  # digits of a number of rows
_FORECAST = re.compile(
    r"\b(?:predict\w*|forecast\w*|expected|estimat\w*|project(?:ed|ion)s?"
    r"|likel(?:y|ihood)|next (?:day|week|month|quarter|year))\b",
    re.IGNORECASE,
)


def read_wish(prose: str, ground: Ground) -> Found:
    """The general wish that the words tell, with what of them was not read."""
    words = Words(prose)
    _pass_sizes(words, ground)
    state = Reading(words, ground)
    zone = take_zone(words)
    keeps, fills = take_kept(words)
    pivot = take_pivot(words)
    order, by = take_order(words)
    newest = take_newest(words)
    top = take_top(words) or take_rank(words)
    state.groups, lost = take_groups(words, state.ground)
    if lost:
        state.found.left += lost
        state.found.read += [m for m in (_said(state),) if m]
        return state.found
    if _FORECAST.search(words.left):
        _forecast(state)
    top_group = _subject(state, top)
    _needs(state)
    if top and not _ranked(state, top):
        return state.found
    read_items(state)
    if pivot and not spread_columns(state, pivot):
        return state.found
    _spread(state)
    _alone(state)
    if not newest and not _enough(state, top_group):
        return state.found
    _rest(state)
    state.found.wish = assemble(
        state, Around(zone=zone, order=order, by=by, top=top, keeps=keeps, fills=fills)
    )
    if newest:
        state.found.wish = _newest(state, state.found.wish, newest[0], new=newest[1])
    return state.found


def _pass_sizes(words: Words, ground: Ground) -> None:
    """Pass over how many rows a table has ("8M orders"): that is for its indexes, no condition."""
    for found in list(_SIZE.finditer(words.left)):
        many = found["times"] or len(found["n"].replace(",", "").partition(".")[0]) >= _LARGE
        noun = found["noun"].lower()
        if many and (noun in {"rows", "row"} or ground.table_called((noun,))):
            words.cut(found.start(), found.end())


def _newest(state: Reading, wish: Wish, count: int, *, new: bool) -> Wish:
    """The list, cut after so many by the time of its things."""
    group = wish.groups[0] if len(wish.groups) == 1 else None
    time = state.ground.time_of(group.table) if group and group.kind == "entity" else ""
    if group is None or not time:
        state.found.left.append(f"the {count} {'newest' if new else 'oldest'}")
        return wish
    labels = tuple(dict.fromkeys((*group.labels, time)))
    return replace(wish, groups=(replace(group, labels=labels),), order=time, descending=new,
                   limit=count)  # fmt: skip


def _said(state: Reading) -> str:
    return ", ".join(g.name for g in state.groups)


def _forecast(state: Reading) -> None:
    """What is foretold is no query: the item that asks for it is left out."""
    for found in list(_FORECAST.finditer(state.words.left)):
        start = max((m.end() for m in SPLIT.finditer(state.words.left, 0, found.start())),
                    default=0)  # fmt: skip
        after = SPLIT.search(state.words.left, found.end())
        end = after.start() if after else len(state.words.left)
        said = state.words.left[start:end].replace("\x01", " ").strip()
        if said:
            state.found.left.append(" ".join(said.split()))
        state.words.cut(start, end)


def _subject(state: Reading, top: Top | None) -> str:
    """The thing that is listed where nothing is grouped by, or of which the best are sought."""
    named = next(iter(state.ground.named_tables(state.words.left)), None)
    listed = named is not None and _is_subject(state.words, named.start)
    inner = top is not None and all(
        named is not None and g.table != named.table for g in state.groups
    )
    if (
        named is None
        or not state.ground.key(named.table)
        or not ((not state.groups and listed) or inner)
    ):
        return next((g.table for g in state.groups if g.kind == "entity"), "")
    state.words.cut(named.start, named.end)
    state.groups = (*state.groups, entity(state.ground, named.table))
    return named.table


def _needs(state: Reading) -> None:
    target = next((g.table for g in state.groups[::-1] if g.kind == "entity"), "")
    if target:
        spent = take_spent(state.words, scope_of(state))
        if spent and spent.measure:
            state.thresholds.append(replace(spent, of=add_figure(state, spent.measure)))
        for need in Needing(state.words, state.ground, target).take():
            if isinstance(need, Needs):
                state.needs.append(need)
            else:
                state.conditions.append(need)
        state.conditions += list(take_empty(state.words, state.ground, target))


def _ranked(state: Reading, top: Top) -> bool:
    """The figure by which the best are found; False where the words do not tell it."""
    said = "units sold" if top.sold and not top.by else top.by
    inner = Words(said)
    timed = find_period(inner.left)
    if timed:
        inner.cut(*timed[1])
    measure = read_measure(inner, scope_of(state)) if said else None
    if measure is None and top.sold:
        measure = read_measure(Words("number of sales"), scope_of(state))
    if measure is None and said:
        measure = _counted(state, inner)
    if measure is None and not said:
        read_items(state)
        return bool(state.measures) or _no_order(state, top)
    if measure is None or inner.unread():
        state.found.left.append(said or "the best")
        return False
    state.measures.insert(0, replace(measure, period=timed[0] if timed else None))
    state.ranked = True
    if not top.count:
        state.over.append(Over(name="place", kind="rank", of=state.measures[0].name))
    return True


def _no_order(state: Reading, top: Top) -> bool:
    state.found.left.append(f"top {top.count}")
    state.found.asks.append("By which figure are the best found?")
    return False


def _counted(state: Reading, inner: Words) -> Measure | None:
    """Rows that are counted although nobody says so: "the customers with the most orders"."""
    return (
        read_measure(Words(f"number of {inner.left}"), scope_of(state))
        if any(state.ground.named_tables(inner.left))
        else None
    )


def _spread(state: Reading) -> None:
    """A period or condition that is told at the end holds for all figures before it."""
    aged = find_age(state.words.left)
    timed = find_period(state.words.left)
    if timed:
        state.words.cut(*timed[1])
        give_period(state, timed[0])
    elif aged:
        state.words.cut(*aged[1])
        give_period(state, aged[0])
    last = state.measures[-1].period if len(state.measures) > 1 else None
    plain = [m for m in state.measures[:-1] if m.period]
    if last and not plain and not state.over:
        give_period(state, last)
    shared = [n for n in state.needs if n.period and any(m.table == n.table
              for m in state.measures)]  # fmt: skip
    if shared and not any(m.period for m in state.measures):
        give_period(state, shared[0].period)
        state.found.assumed.append((
            "period", f"\"{(shared[0].period.words if shared[0].period else '').strip()}\" "
            "bounds the figures, too", "it is told once, at the end of the sentence",
        ))  # fmt: skip


def _alone(state: Reading) -> None:
    """That a period beside one figure is taken to bound that figure alone."""
    bound = [m for m in state.measures if m.period and not m.name.endswith("_before")]
    free = [m for m in state.measures if m.period is None and m.value != m.time
            and any(m.table == b.table for b in bound)]  # fmt: skip
    if bound and free and bound[0].period and not state.over:
        state.found.assumed.append((
            "period", f'"{bound[0].period.words.strip()}" bounds {bound[0].name} alone',
            "it stands beside that figure; the others are of all time",
        ))  # fmt: skip


def _enough(state: Reading, target: str) -> bool:
    """Whether anything is told to be shown."""
    told = any((state.measures, state.needs, state.conditions, state.thresholds, state.labels,
                state.extra))  # fmt: skip
    plain = _LISTS.search(state.words.whole) and not FIGURE.search(state.words.whole)
    if told or state.span or (target and plain and not state.found.left):
        return True
    state.found.read += [m for m in (_said(state),) if m]
    return False


def _rest(state: Reading) -> None:
    """States and values that stand apart, then what nobody has read."""
    fact = state.measures[0].table if state.measures else next(
        (g.table for g in state.groups if g.kind == "entity"), "")  # fmt: skip
    if fact:
        state.conditions += list(take_values(state.words, state.ground, fact))
        state.conditions += list(take_states(state.words, state.ground, fact))
    for pattern in (NOISE,):
        while state.words.take(pattern):
            pass
    known = {m.table for m in state.measures} | {n.table for n in state.needs}
    for word in state.words.unread():
        named = state.ground.table_called((word,))
        if not named or named not in known | {g.table for g in state.groups}:
            state.found.left.append(word)


def _is_subject(words: Words, start: int) -> bool:
    """Whether what is named at a place is what is listed, and not what is counted or averaged."""
    before = words.left[:start].replace("\x01", " ")
    counted = re.search(
        r"\b(?:number of|count of|how many|total|sum of|average|avg|median|revenue|share of"
        r"|percent(?:age)? of|rate of|running|moving|growth|per)\s+(?:\w+\s+){0,3}$",
        before, re.IGNORECASE)  # fmt: skip
    return counted is None
