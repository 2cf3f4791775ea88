"""Rows that are there more than once: found, or all but one of them deleted."""

import re
from dataclasses import dataclass

from blueproof.advisors.query.ground import Ground, is_time
from blueproof.advisors.query.naming import ref
from blueproof.advisors.query.shapes.rows import columns_in, first_table
from blueproof.advisors.query.told import Unread, Written
from blueproof.sql.names import quote, quote_table

_ASKS = re.compile(r"\bduplicat\w*|\bde-?dup\w*|\bdoublettes?\b|\bmore than once\b", re.IGNORECASE)
_REMOVE = re.compile(r"\b(?:delet\w*|remov\w*|de-?dup\w*|clean\w*|get rid|purge|drop)\b",
                     re.IGNORECASE)  # fmt: skip
_LISTS = re.compile(r"\b(?:find|list|show|which|see|identify|detect)\b", re.IGNORECASE)
_OLDEST = re.compile(r"\b(?:oldest|first|earliest|original|lowest id)\b", re.IGNORECASE)
_CASE = re.compile(r"\b(?:ignor\w+ (?:the )?case|regardless of case|case[- ]insensitiv\w*"
                   r"|upper ?case|whatever the case)\b", re.IGNORECASE)  # fmt: skip
_BY = re.compile(
    r"\b(?:same|identical|equal|by|on|duplicate(?:d)?|per)\s+(?:the\s+|their\s+|normali[sz]ed\s+)?"
    r"(?P<by>[a-z_][\w ,]*)", re.IGNORECASE)  # fmt: skip


def read_duplicates(prose: str, ground: Ground) -> Written | Unread | None:
    """The query on rows that are there more than once; None where none is asked for."""
    if not _ASKS.search(prose):
        return None
    table = first_table(ground, prose) or (ground.tables[0].name if len(ground.tables) == 1 else "")
    if not table:
        return Unread(read=("rows that are there more than once",), left=(),
                      asks=("Which table has the duplicates?",))  # fmt: skip
    key = ground.key(table)
    columns = _columns(ground, table, prose)
    if not columns:
        return Unread(read=(f"duplicates in {table}",), left=(), asks=(
            f"In which columns must two rows of {table} agree to be duplicates?",))  # fmt: skip
    removes = bool(_REMOVE.search(prose)) and not (
        _LISTS.search(prose) and not re.search(r"\b(?:delet|remov)\w*", prose, re.IGNORECASE)
    )
    if removes and not key:
        return Unread(
            read=(f"duplicates in {table} by {', '.join(columns)}",),
            left=(),
            asks=(
                f"Which column tells the rows of {table} apart? Without a key none can be kept.",
            ),
        )
    lowered = _lowered(ground, table, columns) if _CASE.search(prose) else frozenset()
    copies = _Copies(ground=ground, table=table, key=key, columns=columns, lowered=lowered)
    return _removed(copies, old=bool(_OLDEST.search(prose))) if removes else _listed(copies)


def _columns(ground: Ground, table: str, prose: str) -> tuple[str, ...]:
    known = ground.table(table).by_name
    for found in _BY.finditer(prose):
        text = re.split(r"\b(?:keep\w*|but|so|where|from|in|delet\w*|and keep)\b", found["by"])[0]
        named = columns_in(ground, table, text)
        plain = tuple(c for c in named if not is_time(known[c]) and c != ground.key(table))
        if plain:
            return plain
    return ()


def _lowered(ground: Ground, table: str, columns: tuple[str, ...]) -> frozenset[str]:
    known = ground.table(table).by_name
    return frozenset(c for c in columns if known[c].type.startswith(("text", "character")))


def _expressions(name: str, columns: tuple[str, ...], lowered: frozenset[str]) -> list[str]:
    return [f"lower({name}.{quote(c)})" if c in lowered else f"{name}.{quote(c)}" for c in columns]


@dataclass(frozen=True, kw_only=True)
class _Copies:
    """Rows that agree in some columns, of which `lowered` are compared without regard to case."""

    ground: Ground
    table: str
    key: str
    columns: tuple[str, ...]
    lowered: frozenset[str]


def _listed(copies: _Copies) -> Written:
    table, key, columns, lowered = copies.table, copies.key, copies.columns, copies.lowered
    name = ref(table)
    own = _expressions(name, columns, lowered)
    named = [f"{e} AS {quote(c)}" for e, c in zip(own, columns, strict=True)]
    there = " AND ".join(f"{name}.{quote(c)} IS NOT NULL" for c in columns)
    ids = (
        f",\n  array_agg({name}.{quote(key)} ORDER BY {name}.{quote(key)}) AS {key}s" if key else ""
    )
    sql = (
        f"SELECT\n  {', '.join(named)},\n  count(*) AS copies{ids}\nFROM {quote_table(table)}\n"
        f"WHERE {there}\nGROUP BY {', '.join(own)}\nHAVING count(*) > 1\n"
        f"ORDER BY copies DESC, {', '.join(own)}"
    )
    a, b = _expressions("a", columns, lowered), _expressions("b", columns, lowered)
    same = " AND ".join(f"{x} = {y}" for x, y in zip(a, b, strict=True))
    ids = (
        (
            f", ARRAY(SELECT b.{quote(key)} FROM {quote_table(table)} AS b WHERE {same} "
            f"ORDER BY b.{quote(key)}) AS {key}s"
        )
        if key
        else ""
    )
    shown = ", ".join(f"{e} AS {quote(c)}" for e, c in zip(a, columns, strict=True))
    many = f"(SELECT count(*) FROM {quote_table(table)} AS b WHERE {same})"
    plain = (
        f"SELECT DISTINCT {shown}, {many} AS copies{ids} FROM {quote_table(table)} AS a "
        f"WHERE {many} > 1 ORDER BY copies DESC, {', '.join(quote(c) for c in columns)}"
    )
    by = " and ".join(columns)
    return Written(
        sql=sql, plain=plain, tables=(table,),
        main=f"One row per {by} that {table} has more than once, with how often and which rows; "
        "it deletes nothing.",
        decisions=_said(columns, lowered),
    )  # fmt: skip


def _removed(copies: _Copies, *, old: bool) -> Written:
    table, key, columns, lowered = copies.table, copies.key, copies.columns, copies.lowered
    ground = copies.ground
    time = ground.time_of(table)
    way = "ASC NULLS LAST" if old else "DESC NULLS LAST"
    name = ref(table)
    own = _expressions(name, columns, lowered)
    order = f"{name}.{quote(time)} {way}, " if time else ""
    order += f"{name}.{quote(key)}{'' if old else ' DESC'}"
    there = " AND ".join(f"{name}.{quote(c)} IS NOT NULL" for c in columns)
    sql = (
        f"-- place 1 is the row that stays\nWITH placed AS (\n  SELECT {name}.{quote(key)},\n"
        f"    row_number() OVER (PARTITION BY {', '.join(own)}\n      ORDER BY {order}) AS place\n"
        f"  FROM {quote_table(table)}\n  WHERE {there}\n)\nDELETE FROM {quote_table(table)}\n"
        f"USING placed\nWHERE {name}.{quote(key)} = placed.{quote(key)}\n  AND placed.place > 1"
    )
    same = " AND ".join(
        f"{x} = {y}"
        for x, y in zip(
            _expressions("a", columns, lowered), _expressions("b", columns, lowered), strict=True
        )
    )
    sign = "<" if old else ">"
    at, key_at = quote(time), quote(key)
    later = f"b.{key_at} {sign} a.{key_at}"
    if time:
        later = (f"b.{at} {sign} a.{at} OR (b.{at} IS NOT NULL AND a.{at} IS NULL) OR "
                 f"(b.{at} IS NOT DISTINCT FROM a.{at} AND {later})")  # fmt: skip
    plain = (
        f"DELETE FROM {quote_table(table)} AS a WHERE EXISTS (SELECT FROM "
        f"{quote_table(table)} AS b WHERE {same} AND ({later}))"
    )
    kept = ("oldest" if old else "newest") + (f" by {time}" if time else f" by {key}")
    refers = [k for k in ground.schema.foreign_keys if k.references == table]
    decisions = [
        *_said(columns, lowered),
        f"Two with the same {time}: the {'lower' if old else 'higher'} {key} stays"
        if time
        else f"{table} has no time of its own, so the {'lower' if old else 'higher'} {key} is "
        f"taken for "
        f"the {'older' if old else 'newer'} row",
        f"Afterwards CREATE UNIQUE INDEX ON {table} ({', '.join(own).replace(name + '.', '')}) "
        f"keeps "
        "new ones out; run the DELETE in a transaction and look at its count before COMMIT",
    ]
    decisions += [f"{k.table} refers to {table}: a copy that is referred to makes the DELETE fail "
                  f"({k.on_delete}); point {k.table}.{k.columns[0]} at the row that stays first"
                  for k in refers if k.on_delete in {"NO ACTION", "RESTRICT"}]  # fmt: skip
    return Written(
        sql=sql, plain=plain, changes=True, tables=(table,), decisions=tuple(decisions),
        main=f"It deletes all but the {kept} of the rows of {table} that have the same "
        f"{' and '.join(columns)}; rows without one stay.",
    )  # fmt: skip


def _said(columns: tuple[str, ...], lowered: frozenset[str]) -> tuple[str, ...]:
    by = " or ".join(columns)
    case = (
        (f"{' and '.join(sorted(lowered))} is compared without regard to case",) if lowered else ()
    )
    return (f"A row whose {by} is NULL is no duplicate: nothing says that two unknowns are the "
            f"same",
            *case)  # fmt: skip
