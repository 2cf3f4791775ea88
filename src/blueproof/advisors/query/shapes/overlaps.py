"""Pairs of rows whose times overlap: double bookings."""

import re

from blueproof.advisors.query.ground import Ground, is_time
from blueproof.advisors.query.naming import ref
from blueproof.advisors.query.shapes.rows import first_table, owner_of
from blueproof.advisors.query.told import Unread, Written
from blueproof.sql.names import quote, quote_table

_ASKS = re.compile(r"\boverlap\w*|\bdouble[- ]book\w*|\bclash\w*|\bcollid\w*|\bconflicting\b"
                   r"|\bat the same time\b", re.IGNORECASE)  # fmt: skip
_PAIRS = (
    (r"(?:.*_)?start(?:s|ed)?(?:_\w+)?", r"(?:.*_)?(?:end(?:s|ed)?|finish\w*)(?:_\w+)?"),
    (
        r"(?:.*_)?(?:from|begin\w*|valid_from)(?:_\w+)?",
        r"(?:.*_)?(?:to|until|till|end\w*)(?:_\w+)?",
    ),
    (r"check_?in(?:_\w+)?", r"check_?out(?:_\w+)?"),
    (r"arriv\w+", r"depart\w+"),
    (r"clock_?in(?:_\w+)?", r"clock_?out(?:_\w+)?"),
)


def ends_of(ground: Ground, table: str) -> tuple[str, str] | None:
    """The columns that say when a row begins and ends; None where there are none."""
    times = [c.name for c in ground.table(table).columns if is_time(c)]
    for low, high in _PAIRS:
        start = next((t for t in times if re.fullmatch(low, t)), "")
        end = next((t for t in times if re.fullmatch(high, t) and t != start), "")
        if start and end:
            return start, end
    return None


def read_overlaps(prose: str, ground: Ground) -> Written | Unread | None:
    """The query for rows that overlap; None where none is asked for."""
    if not _ASKS.search(prose):
        return None
    named = [n.table for n in ground.named_tables(prose) if ends_of(ground, n.table)]
    every = [t.name for t in ground.tables if ends_of(ground, t.name)]
    table = named[0] if named else every[0] if len(every) == 1 else ""
    if not table or not first_table(ground, table):
        return Unread(read=("rows whose times overlap",), left=(), asks=(
            "Which table has a beginning and an end for each row?",))  # fmt: skip
    ends = ends_of(ground, table)
    key = ground.key(table)
    if ends is None or not key:
        return Unread(read=(f"rows of {table} that overlap",), left=(), asks=(
            f"Which column tells the rows of {table} apart?",))  # fmt: skip
    columns = ground.table(table).by_name
    owner = owner_of(ground, table, prose, otherwise=False) or next(
        (c for c in columns if c.endswith("_id") and c != key and re.search(
            r"room|resource|table|desk|car|vehicle|court|seat|unit|property|machine|staff|doctor"
            r"|employee|user|driver|equipment|slot", c)), "")  # fmt: skip
    return _written(table, key, owner, ends)


def _written(table: str, key: str, owner: str, ends: tuple[str, str]) -> Written:
    start, end, k = quote(ends[0]), quote(ends[1]), quote(key)
    own = quote(owner) if owner else ""
    heads = ([f"a.{own}"] if own else []) + [
        f"a.{k} AS first_{key}", f"b.{k} AS second_{key}",
        f"greatest(a.{start}, b.{start}) AS overlap_from",
        f"least(a.{end}, b.{end}) AS overlap_to",
    ]  # fmt: skip
    same = f"b.{own} = a.{own}\n  AND " if own else ""
    sql = (
        "SELECT " + ",\n  ".join(heads) + f"\nFROM {quote_table(table)} AS a\n"
        f"-- each pair once: the lower {key} first\n"
        f"JOIN {quote_table(table)} AS b\n  ON {same}a.{k} < b.{k}\n"
        "  -- half-open: one may begin when the other ends; no end yet means it goes on\n"
        f"  AND a.{start} < coalesce(b.{end}, 'infinity')\n"
        f"  AND b.{start} < coalesce(a.{end}, 'infinity')\n"
        f"ORDER BY {f'a.{own}, ' if own else ''}first_{key}, second_{key}"
    )
    later = f"CASE WHEN a.{start} >= b.{start} THEN a.{start} ELSE b.{start} END"
    sooner = (f"CASE WHEN a.{end} IS NULL THEN b.{end} WHEN b.{end} IS NULL THEN a.{end} "
              f"WHEN a.{end} <= b.{end} THEN a.{end} ELSE b.{end} END")  # fmt: skip
    heads = ([f"a.{own}"] if own else []) + [
        f"a.{k} AS first_{key}", f"b.{k} AS second_{key}", f"{later} AS overlap_from",
        f"{sooner} AS overlap_to"]  # fmt: skip
    same = f"a.{own} IN (b.{own}) AND " if own else ""
    plain = (
        f"SELECT {', '.join(heads)} FROM {quote_table(table)} AS a, {quote_table(table)} AS b "
        f"WHERE {same}NOT a.{k} >= b.{k} AND NOT (b.{end} IS NOT NULL AND b.{end} <= a.{start}) "
        f"AND NOT (a.{end} IS NOT NULL AND a.{end} <= b.{start}) AND a.{start} IS NOT NULL "
        f"AND b.{start} IS NOT NULL ORDER BY {f'a.{own}, ' if own else ''}first_{key}, second_{key}"
    )
    whose = f" of the same {owner}" if owner else ""
    keeps = (
        f"EXCLUDE USING gist ({owner} WITH =, tstzrange({ends[0]}, {ends[1]}) WITH &&)"
        if owner
        else f"EXCLUDE USING gist (tstzrange({ends[0]}, {ends[1]}) WITH &&)"
    )
    return Written(
        sql=sql, plain=plain, tables=(table,),
        main=f"One row per pair of {ref(table)}{whose} that overlap in time, with the time they "
        "share; one that begins just as the other ends is no overlap.",
        decisions=(
            f"Each pair is there once, the lower {key} first",
            f"Where {ends[1]} is NULL the row goes on without end",
            *((f"Rows whose {owner} is NULL overlap with nobody's",) if owner else ()),
            f"To keep new ones out: {keeps} (with the extension btree_gist)",
        ),
    )  # fmt: skip
