"""A running total row by row: each row with the sum of all up to it."""

from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.naming import (
    Joined,
    group_source,
    key_name,
    on_table,
    one,
    plain_condition,
    ref,
    scalar,
    split_time,
    time_type,
)
from blueproof.advisors.query.periods import plain_within, within
from blueproof.advisors.query.told import Wish, Written
from blueproof.sql.names import quote, quote_table


def write_running(wish: Wish, ground: Ground) -> Written | None:
    """The query; None where the rows have no time or key of their own."""
    measure = wish.measures[0]
    key = ground.key(measure.table)
    if not key or not measure.time or len(wish.measures) > 1:
        return None
    name, value = ref(measure.table), measure.value.replace("{t}", ref(measure.table)) or "1"
    owner, time = split_time(measure.time)
    at = f"{ref(owner)}.{quote(time)}"
    groups = [group_source(ground, measure.table, g) for g in wish.groups]
    by = [f"{ref(t)}.{quote(c)}" for t, c in groups]
    part = f"PARTITION BY {', '.join(by)} " if by else ""
    heads = [f"{b} AS {quote(key_name(g))}" for b, g in zip(by, wish.groups, strict=True)]
    called = wish.over[0].name
    summed = f"coalesce(sum({value}) OVER (\n    {part}ORDER BY {at}, {name}.{quote(key)}), 0)"
    conditions = [on_table(c) for c in (*wish.conditions, *measure.conditions)]
    plain_conditions = [
        plain_condition(ground, measure.table, a, c)
        for a in ("f", "o")
        for c in (*wish.conditions, *measure.conditions)
    ]
    if measure.period:
        conditions.append(within(at, measure.period, time_type(ground, measure.time), wish.zone))
    conditions.append(f"{at} IS NOT NULL")
    needed = tuple(t for t in dict.fromkeys((owner, *(t for t, _ in groups),
                                             *(c.table for c in wish.conditions)))
                   if t != measure.table)  # fmt: skip
    shown = [*heads, f"{name}.{quote(key)} AS {quote(_own(measure.table, key))}", at,
             f"{value} AS {quote(_called(measure.value))}"]  # fmt: skip
    sql = (
        "SELECT "
        + ",\n  ".join((*shown, f"{summed} AS {quote(called)}"))
        + "\n"
        + Joined(ground, measure.table, needed).text.replace("\n  ", "\n")
        + "\nWHERE "
        + "\n  AND ".join(conditions)
        + f"\nORDER BY {', '.join((*by, at, f'{name}.{quote(key)}'))}"
    )
    half = len(plain_conditions) // 2
    return Written(
        sql=sql, plain=_plain(wish, ground, plain_conditions[:half], plain_conditions[half:]),
        tables=(measure.table,),
        periods=((measure.time, measure.period),) if measure.period else (),
        main=f"One row per {one(measure.table)} in order of time, with the sum of "
        f"{value} of all up to and including it"
        f"{', for each ' + ' and '.join(key_name(g) for g in wish.groups) if by else ''}.",
        decisions=(
            f"Two at the same moment are added one after the other, by {key}: without it both "
            f"would "
            "show the sum of both",
            f"A row without {time} has no place in time and is left out; a NULL value adds nothing",
        ),
    )  # fmt: skip


def _own(table: str, key: str) -> str:
    stem = one(table).replace(" ", "_")
    return key if key.startswith(stem) else f"{stem}_{key}"


def _called(value: str) -> str:
    return value.rpartition("{t}.")[2].strip('"') if value.count("{t}") == 1 else "value"


def _plain(wish: Wish, ground: Ground, own: list[str], others: list[str]) -> str:
    measure = wish.measures[0]
    key = quote(ground.key(measure.table))
    table = measure.table
    when = {a: scalar(ground, table, a, *split_time(measure.time)) for a in ("f", "o")}
    groups = [group_source(ground, table, g) for g in wish.groups]
    by = {a: [scalar(ground, table, a, *g) for g in groups] for a in ("f", "o")}
    bounds = {"f": [*own, f"{when['f']} IS NOT NULL"], "o": others}
    if measure.period:
        for a in ("f", "o"):
            bounds[a].append(plain_within(when[a], measure.period,
                                          time_type(ground, measure.time), wish.zone))  # fmt: skip
    same = [f"{x} IS NOT DISTINCT FROM {y}" for x, y in zip(by["f"], by["o"], strict=True)]
    upto = f"({when['o']} < {when['f']} OR ({when['o']} = {when['f']} AND o.{key} <= f.{key}))"
    value = {a: measure.value.replace("{t}", a) or "1" for a in ("f", "o")}
    summed = (f"coalesce((SELECT sum({value['o']}) FROM {quote_table(table)} AS o WHERE "
              f"{' AND '.join(f'({b})' for b in (*same, *bounds['o'], upto))}), 0)")  # fmt: skip
    heads = [f"{b} AS {quote(key_name(g))}" for b, g in zip(by["f"], wish.groups, strict=True)]
    shown = ", ".join((*heads, f"f.{key} AS own_key", f"{when['f']} AS at", f"{value['f']} AS v",
                       f"{summed} AS total"))  # fmt: skip
    order = ", ".join(str(n) for n in (*range(1, len(by["f"]) + 1), len(by["f"]) + 2,
                                       len(by["f"]) + 1))  # fmt: skip
    return (
        f"SELECT {shown} FROM {quote_table(table)} AS f WHERE "
        f"{' AND '.join(f'({b})' for b in bounds['f'])} ORDER BY {order}"
    )
