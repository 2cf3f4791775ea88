"""Rows that are put in or brought up to date: upserts, and updates from another table."""

import re

from blueproof.advisors.query.ground import Ground, is_number, is_time
from blueproof.advisors.query.naming import ref
from blueproof.advisors.query.shapes.rows import columns_in
from blueproof.advisors.query.told import Unread, Written
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Column

_ASKS = re.compile(
    r"\bupserts?\b|\binsert\b[^.;]{0,80}\b(?:or|otherwise|else)\b[^.;]{0,20}\bupdat\w*"
    r"|\bupdat\w*\b[^.;]{0,60}\b(?:or|otherwise|else)\b[^.;]{0,20}\binsert\w*|\bon conflict\b"
    r"|\binsert\b[^.;]{0,60}\b(?:if (?:it is )?not (?:there|exist\w*)|unless|already exist\w*"
    r"|already there)", re.IGNORECASE)  # fmt: skip
_ADDS = re.compile(r"\b(?:increment\w*|add(?:s|ed|ing)? (?:to|up)|increas\w*|accumulat\w*"
                   r"|count(?:er)? up"
                   r"|plus one|bump\w*)\b", re.IGNORECASE)  # fmt: skip
_NOTHING = re.compile(
    r"\b(?:do nothing|ignore|skip|leave (?:it|the (?:old|existing))|keep the (?:old"
    r"|existing)|unless|if (?:it is )?not (?:there|exist\w*))\b",
    re.IGNORECASE,
)
_UPDATE = re.compile(r"\b(?:update|set|fill|copy|sync\w*|refresh|recompute|recalculate)\b",
                     re.IGNORECASE)  # fmt: skip
_FROM = re.compile(r"\b(?:from|with|using|based on|out of)\s+(?:the\s+)?(?:values? (?:of|in)\s+)?"
                   r"(?P<from>[a-z_]\w*)", re.IGNORECASE)  # fmt: skip
_BY = re.compile(r"\b(?:by|match\w* (?:on|by)|on|where|joined (?:on|by)"
                 r"|same)\s+(?:the\s+)?(?:same\s+)?"
                 r"(?P<by>[a-z_]\w*)", re.IGNORECASE)  # fmt: skip
_TOUCHED = re.compile(r"(?:.*_)?(?:updated|modified|changed)(?:_at|_on)?")
_MADE = re.compile(r"(?:.*_)?(?:created|inserted)(?:_at|_on)?")


def read_upsert(prose: str, ground: Ground) -> Written | Unread | None:
    """The statement that puts a row in or updates it; None where none is asked for."""
    if not _ASKS.search(prose):
        return None
    named = {n.table for n in ground.named_tables(prose)}
    ranked = sorted(ground.tables, key=lambda t: (t.name not in named, -len(
        columns_in(ground, t.name, prose))))  # fmt: skip
    table = (
        ranked[0].name
        if ranked
        and (named or len(ground.tables) == 1 or columns_in(ground, ranked[0].name, prose))
        else ""
    )
    if not table:
        return Unread(read=("a row put in or updated",), left=(), asks=("Into which table?",))
    keys = _keys(ground, table)
    told = columns_in(ground, table, prose)
    fitting = [k for k in keys if set(k) <= set(told)] or [
        k for k in keys if not ground.table(table).by_name[k[0]].generated
    ]
    key = fitting[0] if fitting else ()
    if not key:
        return Unread(
            read=(f"a row of {table} put in or updated",),
            left=(),
            asks=(
                f"Which columns of {table} are unique? ON CONFLICT needs a unique index on them.",
            ),
        )
    return _upsert(ground, table, key, told, prose)


def _keys(ground: Ground, table: str) -> tuple[tuple[str, ...], ...]:
    own = ground.table(table)
    unique = tuple(i.keys for i in ground.schema.indexes_of(table)
                   if i.unique and i.plain and not i.primary)  # fmt: skip
    return tuple(dict.fromkeys(k for k in (*own.unique, *unique, own.primary_key) if k))


def _upsert(
    ground: Ground, table: str, key: tuple[str, ...], told: tuple[str, ...], prose: str
) -> Written:
    columns = [c for c in ground.table(table).columns if not c.computed and not c.generated]
    given = [c for c in columns if c.name in key] + [
        c for c in columns if c.name not in key and not _TOUCHED.fullmatch(c.name)
        and not _MADE.fullmatch(c.name) and not c.default and _wanted(c, told)]  # fmt: skip
    touched = [c for c in columns if _TOUCHED.fullmatch(c.name) and is_time(c)]
    made = [c for c in columns if _MADE.fullmatch(c.name) and is_time(c) and not c.default]
    values = [f"${n}" for n in range(1, len(given) + 1)] + ["now()"] * len((*touched, *made))
    names = [quote(c.name) for c in (*given, *touched, *made)]
    changed = [c for c in given if c.name not in key]
    adds = bool(_ADDS.search(prose))
    sets = [_set(c, ref(table), adds=adds) for c in changed]
    sets += [f"{quote(c.name)} = EXCLUDED.{quote(c.name)}" for c in touched]
    nothing = bool(_NOTHING.search(prose)) or not sets
    target = ", ".join(map(quote, key))
    does = "NOTHING" if nothing else "UPDATE SET\n  " + ",\n  ".join(sets)
    sql = (
        f"INSERT INTO {quote_table(table)} ({', '.join(names)})\nVALUES ({', '.join(values)})\n"
        f"-- what is already there is told by its unique key\nON CONFLICT ({target}) DO {does}"
    )
    holes = {c.name: f"${n}::{c.type}" for n, c in enumerate(given, start=1)}
    same = " AND ".join(f"o.{quote(k)} = {holes[k]}" for k in key)
    sets = [
        f"{quote(c.name)} = " + (f"coalesce(o.{quote(c.name)}, 0) + {holes[c.name]}"
                                 if adds and is_number(c) else holes[c.name])
        for c in changed
    ] + [f"{quote(c.name)} = now()" for c in touched]  # fmt: skip
    new = ", ".join([*(holes[c.name] for c in given), *(["now()"] * len((*touched, *made)))])
    insert = (f"INSERT INTO {quote_table(table)} ({', '.join(names)}) SELECT {new} WHERE NOT "
              f"EXISTS "
              f"(SELECT FROM {quote_table(table)} AS o WHERE {same})")  # fmt: skip
    plain = (
        insert
        if nothing
        else (
            f"WITH changed AS (UPDATE {quote_table(table)} AS o SET {', '.join(sets)} WHERE {same} "
            f"RETURNING 1) {insert}"
        )
    )
    does = (
        "leaves the row as it is"
        if nothing
        else (("adds to " if adds else "sets ") + ", ".join(c.name for c in changed))
    )
    return Written(
        sql=sql, plain=plain, changes=True, tables=(table,),
        parameters=tuple(c.name for c in given),
        main=f"It puts a row into {table}; where ({', '.join(key)}) is there already it {does}"
        f"{' and ' + touched[0].name if touched and not nothing else ''}.",
        decisions=(
            "One statement, so two sessions at the same moment cannot both insert",
            f"The unique key ({', '.join(key)}) decides what is the same row",
            *(("A NULL that is there counts as 0 when something is added",) if adds and changed
              else ()),
        ),
    )  # fmt: skip


def _wanted(column: Column, told: tuple[str, ...]) -> bool:
    return column.name in told or column.not_null


def _set(column: Column, table: str, *, adds: bool) -> str:
    name = quote(column.name)
    if adds and is_number(column):
        return f"{name} = coalesce({table}.{name}, 0) + EXCLUDED.{name}"
    return f"{name} = EXCLUDED.{name}"


def read_update(prose: str, ground: Ground) -> Written | Unread | None:
    """An update of one table from another one; None where none is asked for."""
    if not _UPDATE.search(prose):
        return None
    tables = list(dict.fromkeys(n.table for n in ground.named_tables(prose)))
    source = next((ground.table_called((f["from"],)) for f in _FROM.finditer(prose)
                   if ground.table_called((f["from"],))), "")  # fmt: skip
    others = [t for t in tables if t != source]
    if not source or not others:
        return None
    target = others[0]
    by = next(
        (f["by"] for f in _BY.finditer(prose) if _shared(ground, target, source, f["by"])), ""
    )
    pair = _shared(ground, target, source, by) if by else _linked(ground, target, source)
    known = {c.name for c in ground.table(source).columns}
    columns = [c for c in columns_in(ground, target, prose) if c in known
               and (pair is None or c != pair[0])]  # fmt: skip
    if pair is None or not columns:
        return Unread(read=(f"{target} updated from {source}",), left=(), asks=(
            f"By which columns do rows of {source} belong to rows of {target}, and which columns "
            "are copied?",))  # fmt: skip
    return _update(ground, target, source, pair, columns)


def _shared(ground: Ground, target: str, source: str, name: str) -> tuple[str, str] | None:
    one, other = (ground.column_called((name,), (t,)) for t in (target, source))
    return (one.column, other.column) if one and other else None


def _linked(ground: Ground, target: str, source: str) -> tuple[str, str] | None:
    way, back = ground.way(source, target), ground.way(target, source)
    if way and len(way) == 1:
        return way[0].referenced[0], way[0].columns[0]
    return (back[0].columns[0], back[0].referenced[0]) if back and len(back) == 1 else None


def _update(
    ground: Ground, target: str, source: str, pair: tuple[str, str], columns: list[str]
) -> Written | Unread:
    to, of = ref(target), ref(source)
    mine, theirs = quote(pair[0]), quote(pair[1])
    single = ground.table(source).is_key((pair[1],)) or any(
        i.unique and i.keys == (pair[1],) for i in ground.schema.indexes_of(source)
    )
    time, key = ground.time_of(source), ground.key(source)
    order = [f"{quote(time)} DESC NULLS LAST"] if time else []
    order += [f"{quote(key)} DESC"] if key and not single else []
    if not single and not order:
        return _several(target, source, pair)
    newest = (f"-- several rows of {source} may belong to one of {target}: the newest counts\n"
              f"WITH newest AS (\n  SELECT DISTINCT ON ({theirs}) *\n  FROM {quote_table(source)}\n"
              f"  ORDER BY {theirs}, {', '.join(order)}\n)\n") if not single else ""  # fmt: skip
    read = of if single else "newest"
    sets = ",\n  ".join(f"{quote(c)} = {read}.{quote(c)}" for c in columns)
    differ = " OR ".join(f"{to}.{quote(c)} IS DISTINCT FROM {read}.{quote(c)}" for c in columns)
    sql = (
        f"{newest}UPDATE {quote_table(target)}\nSET {sets}\nFROM "
        f"{quote_table(source) if single else read}"
        f"\nWHERE {to}.{mine} = {read}.{theirs}\n  -- rows that say the same already are not "
        f"written\n"
        f"  AND ({differ})"
    )
    best = f"SELECT {{}} FROM {quote_table(source)} AS s WHERE s.{theirs} = t.{mine}"
    tail = f" ORDER BY {', '.join(f's.{o}' for o in order)} LIMIT 1" if order and not single else ""
    sets = ", ".join(f"{quote(c)} = ({best.format(f's.{quote(c)}')}{tail})" for c in columns)
    plain = f"UPDATE {quote_table(target)} AS t SET {sets} WHERE EXISTS ({best.format('')})"
    return Written(
        sql=sql, plain=plain, changes=True, tables=(target, source),
        main=f"It sets {', '.join(columns)} of each row of {target} whose {pair[0]} is in "
             f"{source}; "
        f"rows of {target} without one there stay as they are.",
        decisions=(
            "Rows that already hold the same values are left alone, so nothing is written for them",
            *((f"Where several rows of {source} have the same {pair[1]} the newest counts",)
              if not single else ()),
            "Run it in a transaction and look at its count before COMMIT",
        ),
    )  # fmt: skip


def _several(target: str, source: str, pair: tuple[str, str]) -> Unread:
    return Unread(read=(f"{target} updated from {source} by {pair[1]}",), left=(), asks=(
        f"Which row of {source} counts where several have the same {pair[1]}?",))  # fmt: skip
