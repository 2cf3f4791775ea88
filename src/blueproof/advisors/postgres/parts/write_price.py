"""What an index costs the writes of its table, as figures and in words: entries, and HOT updates.

Where the server has counted what is written, by the day; else by the row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.wording import cost, count, listed
from blueproof.advisors.postgres.search.upkeep import counts_runs, held_by, upkeep
from blueproof.advisors.postgres.search.written import (
    SUMMARIES,
    Added,
    Range,
    TableWrites,
    added,
    counted,
    days,
    held,
)

_DAY = 86_400.0  # seconds
_TEN = 10  # from ten on, decimals tell nothing
_NOTHING = (0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class WritePrice:
    """What one index adds to the writes of a table that has `others` with an entry for each row.

    `daily` is what the server counted, in rows a day, None where it did not; `added` the rows of
    these for which the index changes something. `units` is what the choice was made with.
    """

    index: Candidate
    columns: tuple[str, ...]
    others: int
    daily: TableWrites | None
    added: Added
    units: float

    @property
    def own(self) -> int:
        """Entries that the index has for each row."""
        return 0 if self.index.method in SUMMARIES else 1

    @property
    def entries(self) -> Range:
        """Entries a day more, those of the other indexes for updates no longer HOT among them."""
        least, most = (e + h * self.others for e, h in zip(*_pairs(self.added), strict=True))
        return least, most

    @property
    def now(self) -> float:
        """Entries a day that the table's writes make today."""
        return self.daily.entries * self.others if self.daily else 0.0

    @property
    def hot(self) -> tuple[float, Range] | None:
        """The share of updates that is HOT today and with the index; None where there is none."""
        if self.daily is None or not (self.daily.updated and self.daily.hot):
            return None
        hot, updated = self.daily.hot, self.daily.updated
        least, most = self.added.lost
        return hot / updated, ((hot - most) / updated, (hot - least) / updated)


def _pairs(extra: Added) -> tuple[Range, Range]:
    return extra.entries, extra.lost


def write_price(database: Database, index: Candidate, size: int) -> WritePrice:
    """The price of an index of this size in bytes that the database does not have yet."""
    table = database.schema.by_name[index.table]
    others = tuple(i for i in database.schema.indexes_of(index.table) if i.method not in SUMMARIES)
    taken = frozenset[str]().union(*(held(database.schema, other) for other in others))
    columns = held_by(table, index)
    daily = counted(database, index.table)
    none = Added(entries=_NOTHING, lost=_NOTHING)
    return WritePrice(
        index=index,
        columns=tuple(c.name for c in table.columns if c.name in columns),
        others=len(others),
        daily=daily,
        added=added(daily, columns, index.method, taken, partial=bool(index.where))
        if daily
        else none,
        units=upkeep(database, [(index, size)])[0],
    )


def said(price: WritePrice, database: Database, size: str) -> tuple[str, ...]:
    """The price in words, after the size: what holds of each row, then what the server counted."""
    table = price.index.table
    if not price.own:
        by_row = (
            f"{size} on disk; it sums up stretches of {table} and has no entry for each row, so "
            "updates stay heap-only (HOT) from PostgreSQL 16 on"
        )
        return (by_row,)
    where = f"{table} of a row that it holds" if price.index.where else table
    by_row = (
        f"{size} on disk, and one more entry to write for every INSERT into {where} and every "
        f"UPDATE of {listed(price.columns)}, which can no longer be a heap-only (HOT) update"
    )
    return (by_row, *_counted(price, database))


def too_dear(price: WritePrice, owed: float, saved: float) -> str:
    """Why the choice went against an index: what writes pay for it, and what the query saves."""
    entries = _rate(price.entries[0]) if price.daily else "entries"
    return (
        f"its {entries} cost the writes of {price.index.table} more, planner cost {cost(owed)} "
        f"against {cost(saved)} that it saves the query in the same time; make it all the same if "
        "the query must be fast"
    )


def _counted(price: WritePrice, database: Database) -> Iterator[str]:
    counting = database.statistics.counting
    if price.daily is None or counting is None:
        return
    table, (least, most) = price.index.table, price.entries
    had = count(price.others, "index", "indexes")
    by_row = f"{table} has {had}: a row inserted makes {price.others + 1} entries instead of "
    over = f"{'at most ' if counting.at_most else ''}{_days(counting.days)}"
    if not most:
        yield f"{by_row}{price.others}, but none was written in {over}"
        return
    sure = _bound(least, most, fewer_days=counting.at_most)
    share = f", {(least or most) / price.now:.0%} on top of today's" if price.now else ""
    rate = _rate(least or most)
    yield (
        f"{by_row}{price.others}; by the writes counted over {over} that is {sure}{rate} "
        f"more{share}; {_weighed(price, database)}"
    )
    if price.hot:
        yield _heap_only(price, price.hot)


def _bound(least: float, most: float, *, fewer_days: bool) -> str:
    """What a figure is that names the least, or the most where the least is none."""
    if not least:
        return "about " if fewer_days else "up to "
    return "at least " if fewer_days or least < most else ""


def _heap_only(price: WritePrice, hot: tuple[float, Range]) -> str:
    """What becomes of HOT updates, as a range where the workload does not tell what they set."""
    assert price.daily is not None, "else nobody knows how many are"
    before, (low, high) = hot
    columns, every = listed(price.columns), price.others + 1
    is_now = (
        f"{before:.0%} of the {_rate(price.daily.updated, 'update')} of {price.index.table} are HOT"
    )
    if low != high:
        extra = _rate(price.entries[1] - price.entries[0])
        return (
            f"{is_now}; no query shown tells how many of them change {columns}: each that does "
            f"makes {count(every, 'entry', 'entries')} with the index, up to {extra} more in all"
        )
    if low == before:
        return f"{is_now} and stay so: no UPDATE among the queries sets {columns}"
    return (
        f"{is_now}, with the index {low:.0%}: of those that can be, {1 - low / before:.0%} set "
        f"{columns} by the queries shown, and then make {count(every, 'entry', 'entries')} each"
    )


def _weighed(price: WritePrice, database: Database) -> str:
    """Whether the choice counts them, and if not, why."""
    span = days(database)
    if span is None:
        own = price.units and counts_runs(database)
        how = "of them only the queries' own are weighed" if own else "not weighed"
        return f"{how} in the choice, as the time in which the queries run is not known"
    return f"weighed against the queries, whose calls were counted over {_days(span)}"


def _days(number: float) -> str:
    shown = _digits(number)
    return f"{shown} {'day' if shown == '1' else 'days'}"


def _rate(daily: float, noun: str = "entry") -> str:
    """How often, by the second from one on, else by the day.

    >>> _rate(86_400.0 * 12), _rate(1234.0), _rate(1.0, "update")
    ('12 entries/s', '1,234 entries/day', '1 update/day')
    """
    plural = "entries" if noun == "entry" else f"{noun}s"
    often, unit = (daily / _DAY, "s") if daily >= _DAY else (daily, "day")
    shown = _digits(often)
    return f"{shown} {noun if shown == '1' else plural}/{unit}"


def _digits(number: float) -> str:
    """Whole from ten on, below that two digits."""
    return f"{number:,.0f}" if number >= _TEN else f"{number:.2g}"
