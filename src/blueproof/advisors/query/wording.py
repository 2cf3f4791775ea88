"""What is said of a general query: its first sentence, and each decision in a line."""

from collections.abc import Iterator

from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.naming import (
    bucket_of,
    facts_of,
    of_table,
    one,
    split_time,
    time_type,
)
from blueproof.advisors.query.periods import ends
from blueproof.advisors.query.told import Measure, Needs, Over, Wish
from blueproof.advisors.query.windows import counts_none
from blueproof.advisors.query.writing import bounds_said

_SIGNS = {"=": "exactly", ">": "more than", ">=": "at least", "<": "fewer than", "<=": "at most"}


def main_of(wish: Wish, ground: Ground) -> str:
    """The first sentence: a row for what, with which figures, and who is kept."""
    names = [m.name for m in wish.measures] + [o.name for o in wish.over]
    figures = listed([n.replace("_", " ") for n in names])
    row = f"One row per {_per(wish)}" if wish.groups else "One row"
    if wish.within:
        row = f"Up to {wish.within} rows per {' and '.join(_names(wish)[:-1])}"
        row += f" ({plural(_names(wish)[-1])} by {wish.order})"
    elif wish.limit:
        way = "most" if wish.descending else "least"
        row = f"The {wish.limit} {plural(_names(wish)[0])} with the {way} {wish.order}"
        if any(wish.order in g.labels for g in wish.groups):
            newest = "newest" if wish.descending else "oldest"
            row = f"The {wish.limit} {newest} {plural(_names(wish)[0])} by {wish.order}"
    needs = "".join(f" {_needed(n)}" for n in wish.needs)
    with_ = f" with {figures}" if figures else ""
    notes = [*_only(wish), *_kept(wish), *_zoned(wish, ground)]
    return f"{row}{needs}{with_}{''.join('; ' + n for n in notes)}."


def _only(wish: Wish) -> Iterator[str]:
    """What bounds the rows, in a few words each."""
    if wish.listed:
        yield f"only {wish.listed[0]} {wish.listed[1].words.strip()}"
    own = [set(m.conditions) for m in wish.measures]
    shared = [c for c in wish.measures[0].conditions if c in set.intersection(*own)] if own else []
    if conditions := [*wish.conditions, *shared]:
        said = dict.fromkeys(c.says.rpartition(": ")[2] for c in conditions)
        yield f"only {' and '.join(said)}"
    for each in wish.thresholds:
        yield f"only {each.of.replace('_', ' ')} {each.sign} {each.value}"
    periods = {m.period for m in wish.measures}
    if len(periods) == 1 and (period := next(iter(periods))):
        yield period.words.strip()


def _names(wish: Wish) -> list[str]:
    return [one(g.table) if g.kind == "entity" else g.name.removesuffix("_id").replace("_", " ")
            for g in wish.groups]  # fmt: skip


def _per(wish: Wish) -> str:
    return " and ".join(_names(wish))


def plural(noun: str) -> str:
    """The plural of a noun that comes from a table's name."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def listed(names: list[str]) -> str:
    """Names as a list in a sentence."""
    return ", ".join(names[:-1]) + " and " * bool(names[:-1]) + names[-1] if names else ""


def _needed(need: Needs) -> str:
    when = f" {need.period.words.strip()}" if need.period else ""
    if need.none:
        return f"that has no row in {need.table}{when}"
    if (need.sign, need.count) in {(">", 0), (">=", 1)}:
        return f"that has a row in {need.table}{when}"
    return f"that has {_SIGNS[need.sign]} {need.count} rows in {need.table}{when}"


def _kept(wish: Wish) -> Iterator[str]:
    facts = [t for t in facts_of(wish) if all(t != g.table for g in wish.groups)]
    if wish.keeps and facts and not any(n.sign in {">", ">="} for n in wish.needs):
        yield f"also those without {' or '.join(facts)}"
    elif facts and any(g.kind == "entity" for g in wish.groups) and not wish.fills:
        things = plural(next(one(g.table) for g in wish.groups[::-1] if g.kind == "entity"))
        yield f"{things} without {' and '.join(facts)} are not in it"
    bucket = bucket_of(wish)
    if bucket and wish.fills:
        yield f"{bucket.unit}s without rows are shown, too"
    elif bucket:
        yield f"a {bucket.unit} without rows has no row"


def _zoned(wish: Wish, ground: Ground) -> Iterator[str]:
    bucket = bucket_of(wish)
    times = [m.time for m in wish.measures if m.time and (m.period or bucket or m.day)]
    times += [n.time for n in wish.needs if n.time and n.period]
    calendar = bucket or any(m.period and m.period.kind != "rolling" for m in wish.measures)
    moments = [t for t in times if time_type(ground, t).startswith("timestamp with time")]
    if moments and (calendar or any(m.day for m in wish.measures)):
        yield f"{bucket.unit if bucket else 'day'}s by {wish.zone}"


def decisions(wish: Wish, ground: Ground) -> Iterator[str]:
    """What was decided, a line each."""
    for measure in wish.measures:
        yield f"{measure.name}: {_said(measure)}"
    for over in wish.over:
        yield f"{over.name}: {_over(wish, over)}"
    yield from bounds_said(wish, ground)
    for condition in wish.conditions:
        yield condition.says
    for threshold in wish.thresholds:
        yield f"only where {threshold.of} {threshold.sign} {threshold.value}"
    yield from _needs(wish, ground)
    yield from _joined(wish, ground)
    yield from _ordered(wish)
    if any(m.how == "sum" for m in wish.measures):
        yield "A sum without rows, or of NULLs alone, is 0: nothing was added up"


def _needs(wish: Wish, ground: Ground) -> Iterator[str]:
    """How what must be of other rows, or of a list, is asked."""
    for need in wish.needs:
        if need.none:
            yield (
                f"NOT EXISTS and not NOT IN: one NULL in {need.table} would make NOT IN return "
                "nothing"
            )
        if need.period:
            yield f"{need.period.words.strip()} is by {need.time}"
    if wish.listed:
        time, period = wish.listed
        low, high = ends(period, time_type(ground, time), wish.zone)
        yield f"{time}: from {low or 'the beginning'} up to, without, {high or 'the end'}"
    if not wish.measures and wish.groups:
        yield f"Each {_per(wish)} is there once, whatever other tables hold of it"


def _said(measure: Measure) -> str:
    conditions = "; ".join(c.says for c in measure.conditions)
    when = f" ({measure.period.words.strip()}, by {measure.time})" if measure.period else ""
    return f"{measure.says}{when}{'; ' * bool(conditions)}{conditions}"


def _over(wish: Wish, over: Over) -> str:
    bucket = bucket_of(wish)
    unit = bucket.unit if bucket else "row"
    if over.against:
        part = " in percent of it" if over.kind == "change-percent" else ""
        return f"{over.of} less {over.against}{part}"
    if over.kind == "share":
        return f"{over.of} in percent of the {over.of} of all rows of the answer"
    if over.kind == "rank":
        return (
            f"1 for the highest {over.of}; those that tie share a place, and the next is left out"
        )
    if over.kind == "running":
        return f"the sum of {over.of} up to and with the {unit}"
    if over.kind == "moving":
        zero = (
            f"; a {unit} without rows counts as 0, none before the first one"
            if counts_none(wish, over)
            else f"; {unit}s without a value do not count"
        )
        return (
            f"the average of {over.of} over {over.back} {unit}s, the {unit} itself among them{zero}"
        )
    back = f"{over.back} {unit}s" if over.back > 1 else f"the {unit}"
    part = " in percent of it" if over.kind == "change-percent" else ""
    return (
        f"{over.of} less that of {back} before{part}; NULL where that {unit} has no row, so a "
        "gap is never skipped over"
    )


def _joined(wish: Wish, ground: Ground) -> Iterator[str]:
    facts = facts_of(wish)
    if len(facts) > 1:
        yield (
            f"{' and '.join(facts)} are each added up before they are joined: joined first, "
            "each row of one would count once for each row of the other"
        )
    for table in facts:
        if any(
            not ground.table(split_time(m.time)[0]).by_name[split_time(m.time)[1]].not_null
            for m in of_table(wish, table)
            if m.time and (m.period or bucket_of(wish))
        ):
            yield f"Rows of {table} without a time belong to no period"
            return


def _ordered(wish: Wish) -> Iterator[str]:
    if wish.within or wish.limit:
        yield (
            "Ties share a place, so there may be more"
            if wish.ties
            else "Ties are parted by the key, so there are never more; with ties: say so"
        )


def assumed(wish: Wish, ground: Ground) -> Iterator[tuple[str, str, str]]:
    """What the words leave open, as it was taken: the key, the value, why."""
    conditions = [*wish.conditions, *(c for m in wish.measures for c in m.conditions),
                  *(c for n in wish.needs for c in n.conditions),
                  *(m.rate for m in wish.measures if m.rate)]  # fmt: skip
    for condition in dict.fromkeys(conditions):
        if condition.assumed:
            value, _, why = condition.assumed.partition("; ")
            yield "state" if why else "amount", value, why or "said so in your words"
    if any(_zoned(wish, ground)) and wish.zone == "UTC":
        yield "time zone", "UTC", "none is told; another moves what happens near midnight"
