"""What of a general query is held against its other rows, how it is sorted, its columns."""

from blueproof.advisors.query.naming import bucket_of, key_name, label_name
from blueproof.advisors.query.told import Over, Wish
from blueproof.sql.names import quote


def held_against(wish: Wish) -> str:
    """The part that holds each row against others: changes, totals, shares, places."""
    names = [quote(n) for n in output(wish, windows=False)]
    made = [f"{_window(wish, o)} AS {quote(o.name)}" for o in wish.over if not o.against]
    return "SELECT " + ",\n  ".join((*names, *made, *_place(wish))) + "\nFROM figures"


def _window(wish: Wish, over: Over) -> str:
    bucket = bucket_of(wish)
    others = [quote(key_name(g)) for g in wish.groups if g.kind != "bucket"]
    by = f"PARTITION BY {', '.join(others)} " if others else ""
    of = quote(over.of)
    if over.kind == "share":
        return f"round(100.0 * {of} / nullif(sum({of}) OVER (), 0), 2)"
    at = quote(bucket.name) if bucket else others[0]
    if over.kind == "rank":
        within = f"PARTITION BY {', '.join(others[:-1])} " if others[1:] else ""
        return f"rank() OVER ({within}ORDER BY {of} DESC NULLS LAST)"
    if over.kind == "running":
        return f"sum({of}) OVER ({by}ORDER BY {at})"
    if over.kind == "moving":
        return _moving(wish, over, by, at)
    # By the calendar and not by rows: lag() would pass over a month without any.
    step = f"interval '{step_of(bucket.unit if bucket else 'day', over.back)}'"
    before = (f"max({of}) OVER ({by}ORDER BY {at}\n"
              f"    RANGE BETWEEN {step} PRECEDING AND {step} PRECEDING)")  # fmt: skip
    if over.kind == "change-percent":
        return f"round(100.0 * ({of} - {before})\n    / nullif({before}, 0), 2)"
    return f"{of} - {before}"


def _moving(wish: Wish, over: Over, by: str, at: str) -> str:
    """An average over so many stretches of time; where none means 0, those without rows are."""
    bucket = bucket_of(wish)
    unit, of = bucket.unit if bucket else "day", quote(over.of)
    window = (f"OVER (\n    {by}ORDER BY {at}\n    RANGE BETWEEN interval "
              f"'{step_of(unit, over.back - 1)}' PRECEDING AND CURRENT ROW)")  # fmt: skip
    days = {"day": 1, "week": 7}.get(unit)
    if not days or not counts_none(wish, over):
        return f"round(avg({of}) {window}, 2)"
    since = f"({at} - min({at}) OVER ({by.strip()})) / {days} + 1"
    return f"round(sum({of}) {window}\n    / least({over.back}, {since}), 2)"


def _place(wish: Wish) -> list[str]:
    if not wish.within:
        return []
    outer = ", ".join(quote(key_name(g)) for g in wish.groups[:-1])
    way = "DESC NULLS LAST" if wish.descending else "ASC"
    inner = "" if wish.ties else f", {quote(key_name(wish.groups[-1]))}"
    how = "rank" if wish.ties else "row_number"
    return [f"{how}() OVER (\n    PARTITION BY {outer} "
            f"ORDER BY {quote(wish.order)} {way}{inner}) AS place"]  # fmt: skip


def best_of(wish: Wish) -> str:
    """The part that keeps the best so many of each group."""
    names = ",\n  ".join((*(quote(n) for n in output(wish)), "place"))
    return f"SELECT {names}\nFROM placed\nWHERE place <= {wish.within}"


def step_of(unit: str, n: int) -> str:
    """So many units of time as PostgreSQL reads them."""
    return f"{n * 3} months" if unit == "quarter" else f"{n} {unit}{'s' * (n != 1)}"


def counts_none(wish: Wish, over: Over) -> bool:
    """Whether a stretch of time without rows is a 0 for the figure that is averaged."""
    return any(m.name == over.of and m.zero for m in wish.measures)


def named(text: str, name: str) -> str:
    """A column of an answer, its name said where it has another one."""
    return (
        text
        if text.rpartition(".")[2] == quote(name) and "(" not in text
        else (f"{text} AS {quote(name)}")
    )


def output(wish: Wish, *, windows: bool = True) -> list[str]:
    """The names of the answer's columns, in their order."""
    names = []
    for group in wish.groups:
        names.append(key_name(group))
        if group.kind == "entity":
            names += [label_name(group, each, wish.groups) for each in group.labels
                      if each != group.column]  # fmt: skip
    names += [m.name for m in wish.measures]
    names += [n for _, _, n in wish.extra]
    names += [o.name for o in wish.over if o.against]
    return names + [o.name for o in wish.over if windows and not o.against]


def ending(wish: Wish) -> str:
    """How rows are sorted, and how many of them there are."""
    keys = [quote(key_name(g)) for g in wish.groups]
    if not keys:
        return ""
    if wish.within:
        return f"ORDER BY {', '.join((*keys[:-1], 'place', keys[-1]))}"
    if wish.order:
        way = " DESC NULLS LAST" if wish.descending else ""
        rest = [k for k in keys if k != quote(wish.order)]
        ordered = [f"{quote(wish.order)}{way}", *([] if wish.ties else rest)]
        many = (
            f"\nFETCH FIRST {wish.limit} ROWS WITH TIES" if wish.ties else (f"\nLIMIT {wish.limit}")
        )
        return f"ORDER BY {', '.join(ordered)}{many * bool(wish.limit)}"
    return f"ORDER BY {', '.join(keys)}"
