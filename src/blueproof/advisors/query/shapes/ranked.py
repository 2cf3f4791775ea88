"""The newest, oldest, dearest row, or so many of them, of each thing: "latest status per order"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.query.asking import group_called, take_kept, take_zone
from blueproof.advisors.query.conditions import take_states, take_values
from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.naming import group_source, key_name, one, ref, scalar
from blueproof.advisors.query.periods import find_period
from blueproof.advisors.query.shapes.rows import Rows, plain_where, where
from blueproof.advisors.query.stems import roots
from blueproof.advisors.query.text import NUMBER, Words, number
from blueproof.advisors.query.told import Condition, Group, Period, Written
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import ForeignKey

_WAYS = (
    r"latest|last|most recent|newest|current|first|earliest|oldest|most expensive|cheapest|largest"
    r"|biggest|smallest|highest|lowest|longest"
)
_ASKS = re.compile(
    rf"\b(?:the\s+|their\s+)?(?:(?:top\s+)?(?P<n>{NUMBER})\s+)?(?P<way>{_WAYS})\s+"
    rf"(?:(?P<n2>\d+|two|three|four|five|ten)\s+)?(?P<what>[a-z_]+(?: [a-z_]+)?)",
    re.IGNORECASE)  # fmt: skip
_PER = re.compile(
    r"\b(?:(?:of|for|in|from|by|within)\s+(?:each|every|all(?:\s+the)?)|per|each|every)\s+"
    r"(?P<what>[a-z_]+(?: [a-z_]+)?)", re.IGNORECASE)  # fmt: skip
_OLD = frozenset({"first", "earliest", "oldest", "cheapest", "smallest", "lowest"})
_WORTH = frozenset({"most expensive", "cheapest", "largest", "biggest", "smallest", "highest",
                    "lowest", "longest"})  # fmt: skip
_NOT = re.compile(
    r"^\W*(?:\d+|full|whole)?\s*(?:days?|weeks?|months?|years?|hours?|quarters?|minutes?|date|time"
    r"|year's|week's|month's|name)\b|\b(?:order|login|purchase|visit) (?:date|time|day)\b",
    re.IGNORECASE)  # fmt: skip
_MEASURES = re.compile(
    r"\b(?:number of|how many|count|total|sum|average|avg|median|percent\w*|share|revenue|spend"
    r"|rate|growth|change|running|cumulative|moving)\b", re.IGNORECASE)  # fmt: skip
_ROLE = re.compile(r"\b(?P<role>[a-z_]+?)(?:'s|s')? (?P<label>name|email|title|username)\b",
                   re.IGNORECASE)  # fmt: skip
_MOST_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What the words tell: whose rows, which rows, in which order, how many."""

    group: Group
    rows: Rows
    by: str
    old: bool
    count: int
    shown: tuple[str, ...]
    keeps: bool
    conditions: tuple[Condition, ...]
    period: Period | None
    ties: tuple[str, ...]
    roles: tuple[tuple[ForeignKey, str, str], ...] = ()


def read_ranked(prose: str, ground: Ground) -> Written | None:
    """The query for the first so many rows of each thing; None where the words ask another."""
    told = _read(prose, ground)
    if told is None:
        return None
    sql = _kept(told, ground) if told.keeps else _distinct(told, ground)
    return Written(
        sql=sql, plain=_plain(told, ground), main=_main(told), decisions=tuple(_decisions(told)),
        assumed=tuple(("state", c.assumed.partition(";")[0], c.assumed.partition("; ")[2])
                      for c in told.conditions if c.assumed),
        tables=(told.rows.table,),
        periods=((f"{told.rows.table}.{told.rows.time}", told.period),) if told.period else (),
    )  # fmt: skip


def _read(prose: str, ground: Ground) -> _Told | None:
    words = Words(prose)
    zone = take_zone(words) or "UTC"
    keeps, _ = take_kept(words)
    found = words.find(_ASKS)
    if found is None or _NOT.search(found["what"]) or _MEASURES.search(words.left):
        return None
    per = _PER.search(words.left, found.start("what"))
    before = re.search(_PER, words.left[: found.start()])
    per = per or before
    named = group_called(per["what"], ground) if per else None
    if per is None or named is None or named[0].kind == "bucket":
        return None
    group = named[0]
    what = _what(found["what"], ground, group)
    if what is None:
        return None
    table, column = what
    way = found["way"].lower()
    by = _by(ground, table, way, prose)
    if not by:
        return None
    words.cut(*found.span())
    words.cut(per.start(), per.start("what") + named[1])
    conditions = (*take_values(words, ground, table), *take_states(words, ground, table))
    timed = find_period(words.left)
    if timed:
        words.cut(*timed[1])
    mine = [w for w in words.unread() if not ground.table_called((w,)) and not any(
        ground.column_called((w,), (t,)) for t in (table, group.table))]  # fmt: skip
    if mine or _ASKS.search(words.left):
        return None  # more is asked for than these rows: the general reader names it
    own = ground.table(table).primary_key
    return _Told(
        group=group, rows=Rows(ground, table, ground.time_of(table), zone), by=by,
        old=way in _OLD, count=number(found["n"] or found["n2"] or "1") or 1,
        shown=_shown(ground, table, column, by, group), keeps=keeps and group.kind == "entity",
        conditions=tuple(c for c in conditions if c.table == table),
        period=timed[0] if timed else None, ties=own,
        roles=tuple(_roles(prose, ground, table, group)),
    )  # fmt: skip


def _roles(
    prose: str, ground: Ground, table: str, group: Group
) -> Iterator[tuple[ForeignKey, str, str]]:
    """Columns of other things that a row leads to, told by the part they play: sender's name."""
    for found in _ROLE.finditer(prose):
        for key in ground.schema.foreign_keys:
            stem = re.sub(r"_(?:id|uuid)$", "", key.columns[0])
            if key.table != table or len(key.columns) != 1 or roots(stem) != roots(found["role"]):
                continue
            label = ground.column_called((found["label"],), (key.references,))
            if label and key.references != group.table:
                yield key, label.column, f"{stem}_{label.column}"


def _what(text: str, ground: Ground, group: Group) -> tuple[str, str] | None:
    """The table whose rows are meant, and the one column of them that is asked for."""
    pieces = text.split()
    for run in (tuple(pieces), tuple(pieces[-1:]), tuple(pieces[:1])):
        table = ground.table_called(run)
        if table and table != group.table and ground.way(table, group.table) is not None:
            return table, ""
        if table and group.kind == "column" and table == group.table:
            return table, ""
    near = ground.below(group.table) if group.kind == "entity" else (group.table,)
    for run in (tuple(pieces), tuple(pieces[-1:]), tuple(pieces[:1])):
        named = ground.column_called(run, near)
        if named and ground.time_of(named.table):
            return named.table, named.column
    return None


def _by(ground: Ground, table: str, way: str, prose: str) -> str:
    """The column, or what is reckoned from some, that rows are sorted by; "" for none."""
    if way not in _WORTH:
        return f"{{t}}.{quote(ground.time_of(table))}" if ground.time_of(table) else ""
    for each in re.finditer(r"\bby\s+(?:the\s+|their\s+)?(?P<by>[a-z_]+(?: [a-z_]+)?)", prose):
        named = ground.column_called(tuple(each["by"].split()), (table,), numeric=True)
        if named:
            return f"{{t}}.{quote(named.column)}"
    money = ground.money_of(table)
    if money:
        return money[0]
    price = next((c.name for c in ground.table(table).columns if "price" in c.name), "")
    return f"{{t}}.{quote(price)}" if price else ""


def _shown(ground: Ground, table: str, column: str, by: str, group: Group) -> tuple[str, ...]:
    """The columns of a row that are shown: the one asked for with its time, or all of them."""
    owner = group_source(ground, table, group)
    known = {owner[1]} if owner[0] == table else set()
    every = [c.name for c in ground.table(table).columns if c.name not in known]
    if not column:
        return tuple(every[:_MOST_SHOWN])
    time = by.partition(".")[2].strip('"')
    return tuple(dict.fromkeys((column, *([time] if time in every else []))))


def _order(told: _Told, table: str) -> str:
    way = "ASC NULLS LAST" if told.old else "DESC NULLS LAST"
    ties = "".join(f", {table}.{quote(k)}{'' if told.old else ' DESC'}" for k in told.ties)
    return f"{told.by.replace('{t}', table)} {way}{ties}"


def _names(told: _Told) -> list[tuple[str, str]]:
    """The rows' columns, and what they are called where the thing has a column of that name."""
    taken = {key_name(told.group), *told.group.labels}
    stem = one(told.rows.table).replace(" ", "_")
    return [(c, c if c not in taken else f"{stem}_{c}") for c in told.shown]


def _heads(told: _Told, table: str) -> list[str]:
    group = told.group
    if group.kind != "entity":
        return [f"{table}.{quote(group.column)}"]
    return [
        f"{table}.{quote(group.column)} AS {quote(key_name(group))}",
        *(f"{table}.{quote(each)}" for each in group.labels if each != group.column),
    ]


def _kept(told: _Told, ground: Ground) -> str:
    """Every thing, and beside it its row if it has one."""
    owner, column = group_source(ground, told.rows.table, told.group)
    table, thing = ref(told.rows.table), ref(told.group.table)
    if owner != told.rows.table:
        return _distinct(told, ground)
    inner = [
        f"{table}.{quote(column)} = {thing}.{quote(told.group.column)}",
        *told.rows.bounds(told.period, told.conditions),
    ]
    shown = [
        *_heads(told, thing),
        *(f"best.{quote(c)}" + (f" AS {quote(n)}" if n != c else "") for c, n in _names(told)),
        *_role_columns(told),
    ]
    joins = "".join(f"\n{line}" for line in _role_joins(told, "best"))
    return (
        "SELECT " + ",\n  ".join(shown) + f"\nFROM {quote_table(told.group.table)}\n"
        f"-- LEFT: also where there is no row\nLEFT JOIN LATERAL (\n  SELECT {table}.*\n"
        f"  FROM {told.rows.source}{where(inner, '  ')}\n  ORDER BY {_order(told, table)}\n"
        f"  LIMIT {told.count}\n) AS best ON true{joins}\nORDER BY {quote(key_name(told.group))}"
    )


def _role_joins(told: _Told, rows: str) -> list[str]:
    """The joins to what a row leads to beside its thing, each under the part that it plays."""
    return [
        f"LEFT JOIN {quote_table(k.references)} AS {_role(n, c)} "
        f"ON {_role(n, c)}.{quote(k.referenced[0])} = {rows}.{quote(k.columns[0])}"
        for k, c, n in told.roles
    ]


def _role_columns(told: _Told) -> list[str]:
    return [f"{_role(n, c)}.{quote(c)} AS {quote(n)}" for _, c, n in told.roles]


def _role(name: str, column: str) -> str:
    return quote(name.removesuffix(f"_{column}"))


def _distinct(told: _Told, ground: Ground) -> str:
    """The things that have a row, each with its own, by one pass over the rows."""
    table = ref(told.rows.table)
    owner, column = group_source(ground, told.rows.table, told.group)
    lines, key = [f"FROM {told.rows.source}"], f"{ref(owner)}.{quote(column)}"
    lines += [
        f"JOIN {quote_table(step.references)} ON {ref(step.references)}."
        f"{quote(step.referenced[0])} = {ref(step.table)}.{quote(step.columns[0])}"
        for step in ground.way(told.rows.table, told.group.table) or ()
    ]
    lines += _role_joins(told, table)
    heads = _heads(told, ref(told.group.table))
    order = _order(told, table)
    rows = [f"{table}.{quote(c)}" + (f" AS {quote(n)}" if n != c else "") for c, n in _names(told)]
    rows += _role_columns(told)
    bounds = where(told.rows.bounds(told.period, told.conditions))
    if told.count == 1:
        return (
            f"SELECT DISTINCT ON ({key})\n  "
            + ",\n  ".join((*heads, *rows))
            + "\n"
            + "\n".join(lines)
            + f"{bounds}\n-- which of them is kept is said here\n"
            f"ORDER BY {key}, {order}"
        )
    inner = (
        "SELECT "
        + ",\n    ".join((*heads, *rows))
        + f",\n    row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS place\n  "
        + "\n  ".join(lines)
        + bounds.replace("\n", "\n  ")
    )
    names = [
        quote(key_name(told.group)),
        *(
            quote(n)
            for n in told.group.labels
            if told.group.kind == "entity" and n != told.group.column
        ),
        *(quote(n) for _, n in _names(told)),
        *(quote(n) for _, _, n in told.roles),
    ]
    return (
        f"-- row_number, not rank: ties do not give more than {told.count}\n"
        f"WITH placed AS (\n  {inner}\n)\nSELECT {', '.join(names)}, place\nFROM placed\n"
        f"WHERE place <= {told.count}\nORDER BY {quote(key_name(told.group))}, place"
    )


def _plain(told: _Told, ground: Ground) -> str:
    """A row stands if fewer than so many of its thing's rows come before it."""
    table, group = told.rows.table, told.group
    source = group_source(ground, table, group)
    own, other = (scalar(ground, table, a, *source) for a in ("f", "o"))
    bounds = told.rows.plain_bounds("f", told.period, told.conditions)
    better = [
        f"{other} IS NOT DISTINCT FROM {own}",
        *told.rows.plain_bounds("o", told.period, told.conditions),
        _before(told),
    ]
    ahead = f"(SELECT count(*) FROM {told.rows.source} AS o{plain_where(better)})"
    shown = [f"f.{quote(c)} AS {quote(n)}" for c, n in _names(told)]
    shown += [
        f"(SELECT p.{quote(c)} FROM {quote_table(k.references)} AS p "
        f"WHERE p.{quote(k.referenced[0])} = f.{quote(k.columns[0])}) AS {quote(n)}"
        for k, c, n in told.roles
    ]
    place = f", {ahead} + 1 AS place" if told.count > 1 and not told.keeps else ""
    if group.kind != "entity":
        return (
            f"SELECT {own} AS {quote(group.column)}, {', '.join(shown)}{place} FROM "
            f"{told.rows.source} AS f{plain_where([*bounds, f'{ahead} < {told.count}'])}"
        )
    heads = ", ".join(
        (
            f"e.{quote(group.column)} AS {quote(key_name(group))}",
            *(f"e.{quote(n)}" for n in group.labels if n != group.column),
        )
    )
    met = [f"{own} = e.{quote(group.column)}", *bounds, f"{ahead} < {told.count}"]
    text = (
        f"SELECT {heads}, {', '.join(shown)}{place} FROM {quote_table(group.table)} AS e, "
        f"{told.rows.source} AS f{plain_where(met)}"
    )
    if told.keeps:
        nothing = ", ".join("NULL" for _ in shown)
        none = [f"{own} = e.{quote(group.column)}", *bounds]
        text += (
            f" UNION ALL SELECT {heads}, {nothing} FROM {quote_table(group.table)} AS e "
            f"WHERE NOT EXISTS (SELECT FROM {told.rows.source} AS f{plain_where(none)})"
        )
    return text


def _before(told: _Told) -> str:
    """That row o comes before row f."""
    mine, theirs = (f"({told.by.replace('{t}', a)})" for a in ("f", "o"))
    sign = "<" if told.old else ">"
    first = f"{theirs} {sign} {mine} OR ({theirs} IS NOT NULL AND {mine} IS NULL)"
    for at, key in enumerate(told.ties):
        same = [
            f"{theirs} IS NOT DISTINCT FROM {mine}",
            *(f"o.{quote(k)} = f.{quote(k)}" for k in told.ties[:at]),
        ]
        first += f" OR ({' AND '.join(same)} AND o.{quote(key)} {sign} f.{quote(key)})"
    return first


def _main(told: _Told) -> str:
    whose = one(told.group.table) if told.group.kind == "entity" else told.group.column
    rows = one(told.rows.table)
    by = told.by.replace("{t}.", "").replace('"', "")
    timed = by == told.rows.time
    way = ("earliest" if timed else "lowest") if told.old else ("latest" if timed else "highest")
    many = f"its {rows} with the {way} {by}"
    if told.count > 1:
        many = f"up to {told.count} rows of {told.rows.table} with the {way} {by}"
    kept = (
        f"also each {whose} without any, with NULL there"
        if told.keeps
        else f"each {whose} without any is left out"
    )
    head = f"One row per {whose}:" if told.count == 1 else f"For each {whose}"
    return f"{head} {many}; {kept}{_only(told)}."


def _only(told: _Told) -> str:
    """What bounds the rows, in a few words each."""
    said = [c.says.rpartition(": ")[2] for c in told.conditions]
    said += [told.period.words.strip()] if told.period else []
    return f"; only {' and '.join(said)}" if said else ""


def _decisions(told: _Told) -> list[str]:
    by = told.by.replace("{t}.", "").replace('"', "")
    ties = ", ".join(told.ties)
    found = [
        f"Two rows with the same {by}: the {'lower' if told.old else 'higher'} {ties} comes first, "
        "so the answer is the same each time"
        if ties
        else f"Two rows with the same {by} may change places: the table has no key to part them",
        f"A row whose {by} is NULL comes last",
    ]
    return found + [c.says for c in told.conditions]
