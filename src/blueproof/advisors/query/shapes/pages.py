"""A page of rows by the key of the last one: it costs the same however far one has read."""

import re
from dataclasses import dataclass

from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.naming import one, ref
from blueproof.advisors.query.shapes.rows import columns_in, first_table
from blueproof.advisors.query.text import NUMBER, number
from blueproof.advisors.query.told import Unread, Written
from blueproof.sql.names import quote, quote_table

_ASKS = re.compile(
    r"\b(?:keyset|cursor|seek)\b|\bpaginat\w*|\bnext page\b|\binfinite scroll\w*"
    rf"|\b{NUMBER}\s+(?:\w+\s+)?(?:per|a) page\b|\bpage by page\b", re.IGNORECASE)  # fmt: skip
_SIZE = re.compile(rf"\b(?P<n>{NUMBER})\s+(?:\w+\s+)?(?:per|a|each) page\b"
                   rf"|\bpages? (?:size )?of (?P<n2>{NUMBER})\b|\blimit (?P<n3>\d+)\b"
                   rf"|\b(?:next|first) (?P<n4>{NUMBER})\b", re.IGNORECASE)  # fmt: skip
_OLD = re.compile(r"\b(?:oldest|earliest|ascending|lowest|cheapest|smallest) (?:\w+ )?first\b"
                  r"|\bascending\b|\balphabetical\w*", re.IGNORECASE)  # fmt: skip
_SORT = re.compile(r"\b(?:sorted|ordered|order|sort|by)\s+(?:by\s+)?(?P<by>[a-z_]+(?: [a-z_]+)?)",
                   re.IGNORECASE)  # fmt: skip
_OF = re.compile(r"\b(?:of|for|in|by) (?:a|an|one|the given|a given|a single|the current|each)"
                 r" (?P<who>[a-z_]+)", re.IGNORECASE)  # fmt: skip
_USUAL = 20


def read_page(prose: str, ground: Ground) -> Written | Unread | None:
    """The query for a page; None where none is asked for."""
    if not _ASKS.search(prose):
        return None
    table = first_table(ground, prose) or (ground.tables[0].name if len(ground.tables) == 1 else "")
    key = ground.key(table) if table else ""
    if not key:
        return Unread(
            read=("a page of rows",),
            left=(),
            asks=("Which table is paged through, and which column tells its rows apart?",),
        )
    found = _SIZE.search(prose)
    size = number(next((g for g in found.groups() if g), "")) if found else None
    by = _by(ground, table, prose)
    owner = _owner(ground, table, prose)
    page = _Page(table=table, key=key, by=by, owner=owner, size=size or _USUAL,
                 old=bool(_OLD.search(prose)))  # fmt: skip
    return _written(ground, page)


def _by(ground: Ground, table: str, prose: str) -> str:
    for found in _SORT.finditer(prose):
        named = columns_in(ground, table, found["by"])
        if named and named[0] != ground.key(table):
            return named[0]
    return ground.time_of(table)


def _owner(ground: Ground, table: str, prose: str) -> str:
    """The column of the thing whose rows are paged, if one is told."""
    for found in _OF.finditer(prose):
        column = ground.column_called((found["who"],), (table,))
        if column and column.column != ground.key(table):
            return column.column
        named = ground.table_called((found["who"],))
        way = ground.way(table, named) if named and named != table else None
        if way and len(way) == 1:
            return way[0].columns[0]
    return ""


@dataclass(frozen=True, kw_only=True)
class _Page:
    """A page: of which rows, sorted by what, whose, how many, the lowest first or not."""

    table: str
    key: str
    by: str
    owner: str
    size: int
    old: bool


def _written(ground: Ground, page: _Page) -> Written:
    table, key, by, owner = page.table, page.key, page.by, page.owner
    size, old = page.size, page.old
    known = ground.table(table).by_name
    columns = ", ".join(quote(c.name) for c in ground.table(table).columns)
    sign, way = (">", "") if old else ("<", " DESC")
    sorts = [by, key] if by and by != key else [key]
    first = 2 if owner else 1
    holes = [f"${n}::{known[c].type}" for n, c in enumerate(sorts, start=first)]
    left, right = ", ".join(map(quote, sorts)), ", ".join(holes)
    behind = f"({left}) {sign} ({right})" if len(sorts) > 1 else f"{left} {sign} {right}"
    bounds = [f"{quote(owner)} = $1"] if owner else []
    sql = (
        f"SELECT {columns}\nFROM {quote_table(table)}\nWHERE "
        + "\n  AND ".join([*bounds, f"{behind}  -- leave this line out for the first page"])
        + f"\nORDER BY {', '.join(f'{quote(c)}{way}' for c in sorts)}\nLIMIT {size}"
    )
    later = f"{quote(sorts[-1])} {sign} {holes[-1]}"
    if len(sorts) > 1:
        at = quote(sorts[0])
        later = f"({at} {sign} {holes[0]} OR ({at} = {holes[0]} AND {later}))"
    plain = (
        f"SELECT {columns} FROM {quote_table(table)} WHERE {' AND '.join([*bounds, later])} "
        f"ORDER BY {', '.join(f'{quote(c)}{way}' for c in sorts)} LIMIT {size}"
    )
    told = [f"the {owner} whose rows are paged"] if owner else []
    told += [f"{c} of the last row of the page before" for c in sorts]
    index = ", ".join((*([owner] if owner else []), *sorts))
    nullable = by and not known[by].not_null
    return Written(
        sql=sql, plain=plain, tables=(table,), parameters=tuple(told),
        main=f"The next {size} {ref(table)} after the last one shown, "
        f"{'lowest' if old else 'newest' if by == ground.time_of(table) else 'highest'} first by "
        f"{by or key}; hand in {' and '.join(sorts)} of the last {one(table)}.",
        decisions=(
            f"{key} parts rows with the same {by}, so none is shown twice or left out" if by else
            f"{key} alone is the order",
            f"No OFFSET: an index on ({index}) finds the place at once, however deep the page is",
            *((f"A {one(table)} whose {by} is NULL is on no page: make the column NOT NULL or fill "
               "it",) if nullable else ()),
        ),
    )  # fmt: skip
