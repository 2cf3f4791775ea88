"""The figures of a wish, one item after another."""

import re
from dataclasses import replace

from blueproof.advisors.query.conditions import (
    near_tables,
    take_states,
    take_values,
    text_of,
)
from blueproof.advisors.query.measuring import is_part, read_measure, read_over, share_of
from blueproof.advisors.query.naming import one_name
from blueproof.advisors.query.periods import find_period
from blueproof.advisors.query.state import Reading
from blueproof.advisors.query.stems import root
from blueproof.advisors.query.text import Words
from blueproof.advisors.query.told import (
    Condition,
    Kind,
    Measure,
    Over,
    Period,
    Unit,
)
from blueproof.advisors.query.valuing import Scope
from blueproof.sql.names import quote

SPLIT = re.compile(r"[,;.:\n]|\b(?:and|plus|along with|as well as|together with|with|including"
                    r"|also|showing|giving|but|then)\b", re.IGNORECASE)  # fmt: skip
NOISE = re.compile(
    r"\b(?:in\s+(?:percent|%)|as\s+(?:an?\s+)?(?:percent(?:age)?|%)|in\s+(?:euros?|dollars?|cents)"
    r"|over time|at all|anything|yet|in total|so far|with (?:it|them)|in one (?:query|go)|for us"
    r"|(?:months?|days?|weeks?|years?) by (?:utc|calendar)|percent|rounded)\b",
    re.IGNORECASE,
)
FIGURE = re.compile(
    r"\b(?:number|count|total|how many|first|last|latest|earliest|most recent"
    r"|average|avg|median|sum|highest|lowest|max|min)\b",
    re.IGNORECASE,
)
# A figure without a word of what it is of.
_UNNAMED = re.compile(r"\b(?:total|count|number|average|avg|median|sum|maximum|minimum)\b",
                      re.IGNORECASE)  # fmt: skip
_TOTAL = re.compile(r"\W*(?:(?:their|its|the|each|of)\s+)*totals?\W*", re.IGNORECASE)
_FILLERS = re.compile(r"\b(?:in|the|for|over|during|within|of|so|far)\b", re.IGNORECASE)


def read_items(state: Reading) -> None:
    """Read all figures that the words list, one stretch between commas after another."""
    at = 0
    text = state.words.left
    places = [*((m.start(), m.end()) for m in SPLIT.finditer(text)), (len(text), len(text))]
    for start, end in places:
        if start >= at:
            _item(state, at, start)
            at = end


def _item(state: Reading, start: int, end: int) -> None:
    text = state.words.left[start:end]
    item = Words(text)
    item.take(NOISE)
    if not item.unread() and not FIGURE.search(text):
        return
    over = read_over(item)
    timed = find_period(item.left)
    if timed:
        item.cut(*timed[1])
    share = None if over or is_part(item, scope_of(state)) else share_of(item)
    if share:
        item.cut(share.start(), share.start("of") if share["of"] else share.end())
    measure = _measure(state, item, related=bool(over or share), is_share=bool(share))
    if measure is None:
        _column_or_left(state, item, start, end, timed)
        return
    if any(not is_known(state, w) for w in item.unread()):
        state.found.left.append(" ".join(text.replace("\x01", " ").split()))
        state.words.cut(start, end)
        return
    state.words.cut(start, end)
    whole = replace(measure, period=measure.period or (timed[0] if timed else None))
    if not (over or share) and _is_there(state, whole):
        state.found.left.append(" ".join(text.replace("\x01", " ").split()))
        return
    name = add_figure(state, whole)
    if over:
        _add_over(state, name, *over)
    if share:
        state.over.append(Over(name=f"{name}_percent", kind="share", of=name))


def _measure(state: Reading, item: Words, *, related: bool, is_share: bool) -> Measure | None:
    """The figure of an item; that which it is `related` to where it names none."""
    if _TOTAL.fullmatch(item.left.replace("\x01", " ")) and not related:
        measure = read_measure(Words("total revenue"), scope_of(state))
        for each in re.finditer(r"[A-Za-z]+", item.left if measure else ""):
            item.cut(*each.span())
        return measure
    measure = read_measure(item, scope_of(state))
    return _meant(state, item, is_share=is_share) if measure is None and related else measure


def _meant(state: Reading, item: Words, *, is_share: bool) -> Measure | None:
    """The figure that a change, an average or a share is of, where its words name none."""
    if state.measures:
        return state.measures[-1]
    if is_share:
        return read_measure(Words(f"number of {item.left}"), scope_of(state))
    return _implied(state, item)


def _implied(state: Reading, item: Words) -> Measure | None:
    """A running total of donations adds up what they are worth, or counts them."""
    for said in (f"total amount of {item.left}", f"number of {item.left}"):
        inner = Words(said)
        measure = read_measure(inner, scope_of(state))
        if measure:
            for each in re.finditer(r"[A-Za-z]+", item.left):
                item.cut(*each.span())
            return measure
    return None


def is_known(state: Reading, word: str) -> bool:
    """Whether a word names again what one row is for."""
    return any(state.ground.table_called((word,)) == g.table for g in state.groups if g.table)


def _column_or_left(
    state: Reading, item: Words, start: int, end: int, timed: tuple[Period, tuple[int, int]] | None
) -> None:
    """A column of the thing itself, a period or a state for all figures; else not read."""
    target = next((g.table for g in state.groups[::-1] if g.kind == "entity"), "")
    unread = [w for w in item.unread() if not is_known(state, w)]
    if target and timed and not state.measures and _told_time(state, target, unread):
        state.span = (f"{target}.{state.ground.time_named(target, ' '.join(unread))}", timed[0])
        state.words.cut(start, end)
        return
    if target and unread:
        other = _other_label(state, item, target)
        column = None if other else state.ground.column_called(tuple(unread), (target,))
        if column:
            state.labels.append(column.column)
            state.words.cut(start, end)
            return
        if other:
            state.extra.append(other)
            state.words.cut(start, end)
            return
    if timed is None and not unread:
        if _UNNAMED.search(item.left):
            state.found.left.append(" ".join(item.whole.replace("\x01", " ").split()))
            state.words.cut(start, end)
        return
    if timed is not None and not unread:
        return  # it is read once more, for all figures
    fact = state.measures[0].table if state.measures else target
    if fact and _bounds(state, item, fact):
        state.words.cut(start, start + len(item.left))
        if timed:
            give_period(state, timed[0])
        return
    state.found.left.append(" ".join(item.whole.replace("\x01", " ").split()))
    state.words.cut(start, end)


def _bounds(state: Reading, item: Words, fact: str) -> bool:
    """Whether an item is nothing but conditions on the facts, which are kept then."""
    conditions = [
        *take_values(item, state.ground, fact),
        *take_states(item, state.ground, fact),
    ]
    left = [w for w in item.unread() if not is_known(state, w) and not _is_fact(state, w)]
    if left or not conditions:
        return False
    state.conditions += conditions
    return True


def _other_label(state: Reading, item: Words, target: str) -> tuple[str, str, str] | None:
    """A column of what a row leads to: "the customer's name", "email" after it."""
    near = near_tables(state.ground, target)[1:]
    words = [w for w in item.unread() if not is_known(state, w)]
    named = [t for w in words if (t := state.ground.table_called((w,))) in near]
    rest = tuple(w for w in words if not state.ground.table_called((w,)))
    label = re.search(r"\b(?:name|title|email|username)\b", item.whole, re.IGNORECASE)
    said = label[0].lower() if label else ""
    tables = tuple(named) or ((state.extra[-1][0],) if state.extra else ())
    wanted = rest or ((said,) if said else ())
    column = state.ground.column_called(wanted, tables) if tables and wanted else None
    if column is None:
        return None
    stem = one_name(column.table)
    return column.table, column.column, f"{stem}_{column.column}".replace(f"{stem}_{stem}", stem)


def _told_time(state: Reading, target: str, unread: list[str]) -> bool:
    """Whether all that is said beside a period is the name of the thing's own moment."""
    time = state.ground.time_named(target, " ".join(unread)) if unread else ""
    return bool(time) and {root(w) for w in unread} <= {root(p) for p in time.split("_")}


def _is_fact(state: Reading, word: str) -> bool:
    return any(state.ground.table_called((word,)) == m.table for m in state.measures)


def _is_there(state: Reading, measure: Measure) -> bool:
    """Whether the very figure was read before: other words for it mean another figure."""
    first = state.measures[:1] if state.ranked else []
    return any(_alike(measure, m) for m in state.measures if m not in first)


def add_figure(state: Reading, measure: Measure) -> str:
    """Add a figure unless it is there; returns the name of its column."""
    for each in state.measures:
        if _alike(measure, each):
            return each.name
    name = measure.name
    taken = {m.name for m in state.measures}
    if measure.period and not name.endswith(slug_of(measure.period)):
        name = f"{name}_{slug_of(measure.period)}" if state.measures or state.over else name
    while name in taken:
        name = f"{name}_too"
    state.measures.append(replace(measure, name=name))
    return name


def _add_over(state: Reading, of: str, kind: Kind, back: int, unit: Unit) -> None:
    bucket = next((g for g in state.groups if g.kind == "bucket"), None)
    if kind.startswith("change") and bucket is None:
        _two_periods(state, of, kind, unit)
        return
    if kind.startswith("change") and bucket:
        steps = {("month", "year"): 12, ("quarter", "year"): 4, ("month", "quarter"): 3}
        back = steps.get((bucket.unit, unit), 1)
    name = {"change": f"{of}_change", "change-percent": f"{of}_change_percent",
            "running": f"running_{of}", "moving": f"{of}_moving_average"}[kind]  # fmt: skip
    state.over.append(Over(name=name, kind=kind, of=of, back=back))


def _two_periods(state: Reading, of: str, kind: Kind, unit: Unit) -> None:
    """Without a row for each month, the last whole one is held against the one before."""
    base = next(m for m in state.measures if m.name == of)
    last = (base.period.kind, base.period.low, base.period.high) if base.period else None
    if last in {None, ("calendar", -1, 0)}:
        state.measures.remove(base)
    names = []
    for name, low in ((f"{of}_last_{unit}", -1), (f"{of}_{unit}_before", -2)):
        period = Period(
            words=f"the last whole {unit}" if low == -1 else f"the {unit} before",
            kind="calendar",
            unit=unit,
            low=low,
            high=low + 1,
        )
        state.measures.append(replace(base, name=name, period=period))
        names.append(name)
    state.over.append(
        Over(
            name=f"{of}_change" + "_percent" * kind.endswith("percent"),
            kind=kind,
            of=names[0],
            against=names[1],
        )
    )
    state.found.assumed.append((
        "change", f"the last whole {unit} against the one before",
        f"the {unit} that is still running would always look like a fall",
    ))  # fmt: skip


def spread_columns(state: Reading, word: str) -> bool:
    """One measure for each value of a column; False where the values are not known."""
    if not state.measures:
        return False
    tables = near_tables(state.ground, state.measures[0].table)
    column = state.ground.column_called((word,), tables)
    values = state.ground.table(column.table).by_name[column.column].values if column else ()
    if column is None or not values:
        state.found.left.append(f"a column per {word}")
        state.found.asks.append(
            f"Which values does {word} have? Columns must be written out, so a query needs them."
        )
        return False
    base = state.measures.pop(0)
    for value in values:
        condition = Condition(
            table=column.table, sql=f"{{t}}.{quote(column.column)} = {text_of(value)}",
            plain=f"{{t}}.{quote(column.column)} IN ({text_of(value)})",
            says=f"{column.table}.{column.column} = '{value}'",
        )  # fmt: skip
        name = re.sub(r"\W+", "_", value.lower()).strip("_") or "empty"
        state.measures.append(replace(base, name=name, conditions=(*base.conditions, condition)))
    return True


def scope_of(state: Reading) -> Scope:
    """What a figure is read in, after all that was read before it."""
    targets = tuple(dict.fromkeys(g.table for g in state.groups if g.table))
    timed = any(g.kind == "bucket" for g in state.groups)
    facts = tuple(dict.fromkeys(m.table for m in state.measures))
    things = tuple(g.table for g in state.groups if g.kind == "entity")
    return Scope(state.ground, targets, things, timed=timed, facts=facts)


def _alike(one: Measure, other: Measure) -> bool:
    """Whether two figures are the same whatever they are called."""
    return replace(one, name="", words="", says="") == replace(other, name="", words="", says="")


def slug_of(period: Period) -> str:
    """The words of a period as the end of a name."""
    plain = _FILLERS.sub(" ", period.words.lower())
    return "_".join(re.findall(r"[a-z0-9]+", plain))


def give_period(state: Reading, period: Period | None) -> None:
    """Bound by a period all figures without one, else what must be, else the things listed."""
    state.measures = [
        m if m.period or m.value == m.time else replace(m, period=period) for m in state.measures
    ]
    if not state.measures and state.needs:
        state.needs = [n if n.period else replace(n, period=period) for n in state.needs]
    elif not state.measures:
        state.found.left += [period.words] if period and not _own_time(state, period) else []


def _own_time(state: Reading, period: Period) -> bool:
    """A list of things in a period is bound by the thing's own time."""
    target = next((g for g in state.groups if g.kind == "entity"), None)
    if target is None:
        return False
    time = state.ground.time_of(target.table, state.words.whole)
    if not time:
        return False
    for each in re.finditer(r"[A-Za-z]+", state.words.left):
        if root(each[0]) in {root(p) for p in time.split("_")}:
            state.words.cut(*each.span())
    state.span = (f"{target.table}.{time}", period)
    return True
