"""Gaps and islands: days in a row, and numbers that are missing."""

import re

from blueproof.advisors.query.asking import SIGN, take_zone
from blueproof.advisors.query.conditions import SIGNS
from blueproof.advisors.query.ground import Ground, is_number
from blueproof.advisors.query.naming import key_name, one, ref
from blueproof.advisors.query.periods import local_of
from blueproof.advisors.query.shapes.rows import Rows, columns_in, first_table, owner_of
from blueproof.advisors.query.text import NUMBER, Words, number
from blueproof.advisors.query.told import Unread, Written
from blueproof.sql.names import quote, quote_table

_ASKS = re.compile(r"\bstreaks?\b|\bconsecutive\s+(?:calendar\s+)?days?\b|\bdays\s+in a row\b"
                   r"|\bday streaks?\b|\bconsecutively\b", re.IGNORECASE)  # fmt: skip
_ALL = re.compile(r"\b(?:all|every|each) (?:the )?(?:streaks?|runs?|islands?)\b|\bislands\b"
                  r"|\b(?:start|begin)\w* and end\b", re.IGNORECASE)  # fmt: skip
_CURRENT = re.compile(r"\bcurrent(?:ly)?\b|\bongoing\b|\bright now\b", re.IGNORECASE)
_LEAST = re.compile(
    rf"\b(?P<sign>{SIGN})\s+(?P<n>{NUMBER})\s+(?:consecutive\s+|days|in a row)"
    rf"|\b(?P<n2>\d+)\s*(?:\+|or more)\s+(?:consecutive\s+)?days"
    rf"|\b(?P<n3>{NUMBER})\s+(?:consecutive days|days in a row)", re.IGNORECASE)  # fmt: skip
_MISSING = re.compile(
    r"\b(?:missing|skipped|gaps?|holes?|unused)\b[^.;]{0,40}\b(?:numbers?|ids?|no|sequence|nos"
    r"|\w+_number|\w+_no|seq)\b|\b(?:numbers?|ids?|sequence)\b[^.;]{0,30}\b(?:missing|skipped"
    r"|gaps?|holes?)\b", re.IGNORECASE)  # fmt: skip


def read_streaks(prose: str, ground: Ground) -> Written | Unread | None:
    """The query for days in a row; None where none is asked for."""
    if not _ASKS.search(prose):
        return _missing(prose, ground) if _MISSING.search(prose) else None
    words = Words(prose)
    zone = take_zone(words) or "UTC"
    thing, table = _thing_and_rows(ground, words.left)
    if not table or not thing:
        return Unread(
            read=("days in a row",),
            left=(),
            asks=(
                "Which table has a row for each day that counts, and to whom does a row belong?",
            ),
        )
    way = ground.way(table, thing) or ()
    rows = Rows(ground, table, ground.time_of(table, prose), zone)
    owner = way[0].columns[0] if len(way) == 1 else owner_of(ground, table, prose)
    least = _least(words.left)
    if least or _ALL.search(prose):
        return _islands(rows, owner, thing, least)
    return _longest(rows, owner, thing, ground, current=bool(_CURRENT.search(prose)))


def _thing_and_rows(ground: Ground, text: str) -> tuple[str, str]:
    """Whose streak it is, and the table with its days."""
    named = list(dict.fromkeys(n.table for n in ground.named_tables(text)))
    for thing in named:
        for table in (*(n for n in named if n != thing), *ground.below(thing)):
            way = ground.way(table, thing)
            if way and len(way) == 1 and ground.time_of(table):
                return thing, table
    return "", ""


def _least(text: str) -> tuple[str, int] | None:
    found = _LEAST.search(text)
    n = number(found["n"] or found["n2"] or found["n3"]) if found else None
    if found is None or not n:
        return None
    return (SIGNS[found["sign"].lower()] if found["sign"] else ">="), n


def _day(rows: Rows, name: str) -> str:
    return f"({local_of(f'{name}.{quote(rows.time)}', rows.type_, rows.zone)})::date"


def _parts(rows: Rows, owner: str) -> str:
    name = ref(rows.table)
    return (
        "-- one row for each day: two on the same day must not count twice\nWITH days AS (\n"
        f"  SELECT DISTINCT {rows.column(owner)}, {_day(rows, name)} AS day\n"
        f"  FROM {rows.source}\n  WHERE {rows.at} IS NOT NULL\n),\n"
        "-- days in a row less their number are the same day: the name of the streak\n"
        f"islands AS (\n  SELECT {quote(owner)}, day, day - row_number() OVER (\n"
        f"      PARTITION BY {quote(owner)} ORDER BY day)::int AS island\n  FROM days\n),\n"
        f"streaks AS (\n  SELECT {quote(owner)}, min(day) AS first_day, max(day) AS last_day,\n"
        f"    count(*) AS days\n  FROM islands\n  GROUP BY {quote(owner)}, island\n)"
    )


def _plain_streaks(rows: Rows, owner: str) -> str:
    """Each first day with the nearest day that none follows."""
    own = quote(owner)
    day = {a: _day(rows, a) for a in "abcd"}
    table = rows.source
    prior = (f"EXISTS (SELECT FROM {table} AS b WHERE b.{own} IS NOT DISTINCT FROM a.{own} "
             f"AND {day['b']} = {day['a']} - 1)")  # fmt: skip
    after = (f"EXISTS (SELECT FROM {table} AS d WHERE d.{own} IS NOT DISTINCT FROM c.{own} "
             f"AND {day['d']} = {day['c']} + 1)")  # fmt: skip
    last = (f"(SELECT min({day['c']}) FROM {table} AS c WHERE c.{own} IS NOT DISTINCT FROM a.{own} "
            f"AND {day['c']} >= {day['a']} AND NOT {after})")  # fmt: skip
    return (f"SELECT DISTINCT a.{own}, {day['a']} AS first_day, {last} AS last_day "
            f"FROM {table} AS a WHERE {day['a']} IS NOT NULL AND NOT {prior}")  # fmt: skip


def _longest(rows: Rows, owner: str, thing: str, ground: Ground, *, current: bool) -> Written:
    from blueproof.advisors.query.asking import entity

    group = entity(ground, thing)
    key, name = quote(key_name(group)), ref(thing)
    heads = [
        f"{name}.{quote(group.column)} AS {key}",
        *(f"{name}.{quote(n)}" for n in group.labels),
    ]
    today = f"(now() AT TIME ZONE '{rows.zone}')::date"
    alive = f"streaks.last_day >= {today} - 1"
    kept = f"\n  AND {alive}" if current else ""
    called = "current_streak" if current else "longest_streak"
    sql = (
        f"{_parts(rows, owner)}\nSELECT {', '.join(heads)},\n"
        f"  coalesce(max(streaks.days), 0) AS {called}\nFROM {quote_table(thing)}\n"
        f"LEFT JOIN streaks ON streaks.{quote(owner)} = {name}.{quote(group.column)}{kept}\n"
        f"GROUP BY {name}.{quote(group.column)}\nORDER BY {called} DESC, {key}"
    )
    heads = [f"e.{quote(group.column)} AS {key}", *(f"e.{quote(n)}" for n in group.labels)]
    alive = f" AND NOT s.last_day < {today} - 1" if current else ""
    plain = (
        f"SELECT {', '.join(heads)}, coalesce((SELECT max(s.last_day - s.first_day + 1) FROM "
        f"({_plain_streaks(rows, owner)}) AS s WHERE s.{quote(owner)} = e.{quote(group.column)}"
        f"{alive}), 0)::bigint AS {called} FROM {quote_table(thing)} AS e "
        f"ORDER BY {called} DESC, {key}"
    )
    which = (
        "the days in a row up to today or yesterday"
        if current
        else "the longest run of days in a row"
    )
    return Written(
        sql=sql, plain=plain, tables=(rows.table, thing), decisions=_said(rows),
        main=f"One row per {one(thing)} with {which} that have a row in {rows.table}, 0 without "
        f"any; days by {rows.zone}.",
    )  # fmt: skip


def _islands(rows: Rows, owner: str, thing: str, least: tuple[str, int] | None) -> Written:
    bound = f"\nWHERE days {least[0]} {least[1]}" if least else ""
    own = quote(owner)
    sql = (
        f"{_parts(rows, owner)}\nSELECT {own}, first_day, last_day, days\nFROM streaks{bound}\n"
        f"ORDER BY {own}, first_day"
    )
    inner = f"last_day - first_day + 1 {least[0]} {least[1]}" if least else "true"
    plain = (
        f"SELECT {own}, first_day, last_day, (last_day - first_day + 1)::bigint AS days "
        f"FROM ({_plain_streaks(rows, owner)}) AS s WHERE {inner} ORDER BY {own}, first_day"
    )
    many = f" of {least[0]} {least[1]} days" if least else ""
    return Written(
        sql=sql, plain=plain, tables=(rows.table,), decisions=_said(rows),
        main=f"One row per run of days in a row{many} of each {one(thing)} with rows in "
        f"{rows.table}, with its first and last day; days by {rows.zone}.",
    )  # fmt: skip


def _said(rows: Rows) -> tuple[str, ...]:
    return (
        f"Several rows of {rows.table} on one day count as one day",
        f"A day is that of {rows.time} in {rows.zone}; another zone moves rows near midnight",
    )


def _missing(prose: str, ground: Ground) -> Written | Unread | None:
    """The numbers that a sequence leaves out, as ranges."""
    table = first_table(ground, prose) or (ground.tables[0].name if len(ground.tables) == 1 else "")
    if not table:
        return None
    known = ground.table(table).by_name
    named = [c for c in columns_in(ground, table, prose) if is_number(known[c])]
    numbers = named or [c for c in known if re.search(r"(?:number|_no|_nr|seq)$", c)
                        and is_number(known[c])]  # fmt: skip
    numbers = numbers or ([ground.key(table)] if re.search(r"\bids?\b", prose) else [])
    whole = [c for c in numbers if c and known[c].type in {"bigint", "integer", "smallint"}]
    if not whole:
        return Unread(read=(f"numbers that are missing in {table}",), left=(), asks=(
            f"Which whole-number column of {table} should have no gaps?",))  # fmt: skip
    column, name = quote(whole[0]), ref(table)
    sql = (
        f"-- each number with the next one that is there\nWITH pairs AS (\n  SELECT "
        f"{name}.{column},\n"
        f"    lead({name}.{column}) OVER (ORDER BY {name}.{column}) AS following\n"
        f"  FROM {quote_table(table)}\n  WHERE {name}.{column} IS NOT NULL\n)\n"
        f"SELECT {column} + 1 AS first_missing, following - 1 AS last_missing,\n"
        f"  following - {column} - 1 AS missing\nFROM pairs\nWHERE following > {column} + 1\n"
        "ORDER BY first_missing"
    )
    after = f"(SELECT min(b.{column}) FROM {quote_table(table)} AS b WHERE b.{column} > a.{column})"
    plain = (
        f"SELECT DISTINCT a.{column} + 1 AS first_missing, {after} - 1 AS last_missing, "
        f"{after} - a.{column} - 1 AS missing FROM {quote_table(table)} AS a WHERE NOT EXISTS "
        f"(SELECT FROM {quote_table(table)} AS b WHERE b.{column} = a.{column} + 1) "
        f"AND {after} IS NOT NULL ORDER BY first_missing"
    )
    return Written(
        sql=sql, plain=plain, tables=(table,),
        main=f"One row per gap in {table}.{whole[0]}: the first and the last number that is "
             f"missing "
        "and how many there are; before the lowest and behind the highest none counts as missing.",
        decisions=("Gaps are ranges, so a large one is one row; each number by itself: "
                   "generate_series(first_missing, last_missing)",),
    )  # fmt: skip
