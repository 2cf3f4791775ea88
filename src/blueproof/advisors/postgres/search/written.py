"""What is written to a table, and what one more index makes of it: entries, and HOT updates lost.

A row inserted makes an entry in each index. An update makes one in each as well, unless it is
heap-only (HOT), for which it must change no column that an index holds, as key, INCLUDE, expression
or predicate, and must find room on the row's page; those of BRIN do not count since PostgreSQL 16.
A DELETE leaves entries to VACUUM. Source: src/backend/access/heap/README.HOT.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.postgres.database import Database
from blueproof.sql.conditions import plain
from blueproof.sql.lexer import tokens
from blueproof.sql.schema import Index, Schema, Table
from blueproof.sql.statistics import Writes
from blueproof.sql.written import Written, read_written

SUMMARIES = frozenset({"brin"})  # index methods without an entry for each row
_LEAST_DAYS = 1.0
Range = tuple[float, float]  # at least, at most


@dataclass(frozen=True, kw_only=True)
class Update:
    """An UPDATE of the workload: the columns that it sets, and the rows that all its runs change.

    `upsert` is for one that may insert the row instead.
    """

    columns: frozenset[str]
    rows: float
    upsert: bool = False


@dataclass(frozen=True, kw_only=True)
class TableWrites:
    """Rows inserted and updated in some time, and how many updates were HOT, if that was counted.

    `updates` are what the workload's own statements tell, in whatever time: their shares count.
    """

    inserted: float
    updated: float
    hot: float | None = None
    updates: tuple[Update, ...] = ()

    def times(self, factor: float) -> "TableWrites":
        """The same writes in another time."""
        hot = None if self.hot is None else self.hot * factor
        inserted, updated = self.inserted * factor, self.updated * factor
        return replace(self, inserted=inserted, updated=updated, hot=hot)

    @property
    def entries(self) -> float:
        """Rows for which every index gets an entry, with the indexes that there are."""
        return self.inserted + self.updated - (self.hot or 0.0)


@dataclass(frozen=True, kw_only=True)
class Added:
    """What an index adds: rows with an entry in it, and updates that are no longer HOT."""

    entries: Range
    lost: Range


def counted(database: Database, table: str) -> TableWrites | None:
    """Rows a day by the server's own counters; None where they or their time are not known.

    Nor where they are younger than a day: a load of data is no rate.

    They hold all that writes: the workload's statements too, COPY, triggers, other programs.
    """
    counting = database.statistics.counting
    found = [t.writes for t in database.statistics.tables if database.home(t.table) == table]
    known = [writes for writes in found if writes is not None]
    if counting is None or counting.days < _LEAST_DAYS or not known:
        return None
    total = _sum(known)
    updates = tuple(_updates(database, table))
    return TableWrites(
        inserted=total.inserted, updated=total.updated, hot=total.hot, updates=updates
    ).times(1 / counting.days)


def _sum(writes: Iterable[Writes]) -> Writes:
    """Those of a partitioned table are counted at its partitions."""
    inserted, updated, hot, deleted = (
        sum(each)
        for each in zip(*((w.inserted, w.updated, w.hot, w.deleted) for w in writes), strict=True)
    )
    return Writes(inserted=inserted, updated=updated, hot=min(hot, updated), deleted=deleted)


def told(database: Database, table: str) -> TableWrites:
    """Rows that the workload's own statements write, each as often as it is run."""
    inserted = sum(
        rows
        for rows, statements in _statements(database, table)
        if any(w.inserts for w in statements)
    )
    updates = tuple(_updates(database, table))
    updated = sum(update.rows for update in updates if not update.upsert)
    return TableWrites(inserted=inserted, updated=updated, updates=updates)


def days(database: Database) -> float | None:
    """The time over which the workload's calls were counted; None where it is not one for all."""
    spans = {q.query.days for q in database.queries if q.plan}
    return next(iter(spans)) if len(spans) == 1 else None


def weighed(database: Database, table: str) -> tuple[TableWrites, bool]:
    """Rows written in the unit of the queries' weights, and whether the server counted them.

    The counters are used where both have a time, and then alone: the workload's own statements are
    among what they count. Weights without a time can be held against the workload's own only.
    """
    daily, span = counted(database, table), days(database)
    if daily is None or span is None:
        return told(database, table), False
    return daily.times(span), True


def _updates(database: Database, table: str) -> Iterator[Update]:
    for rows, statements in _statements(database, table):
        columns = [w.columns for w in statements if w.updates]
        if columns:
            upsert = any(w.inserts for w in statements)
            yield Update(columns=frozenset().union(*columns), rows=rows, upsert=upsert)


def _statements(database: Database, table: str) -> Iterator[tuple[float, tuple[Written, ...]]]:
    """The queries that write the table: the rows of all their runs, and what they do to it."""
    for query in database.queries:
        nodes = [n for n in query.plan.walk() if n.node == "ModifyTable"] if query.plan else []
        ours = [n for n in nodes if database.home(n.relation) == table]
        if ours:
            rows = sum(max((c.rows for c in node.children), default=1.0) for node in ours)
            written = read_written(query.query.text)
            name = table.rpartition(".")[2]
            mine = tuple(w for w in written if w.table.rpartition(".")[2] == name)
            # Another name is that of a view or a partition, of which the plan names the table.
            yield rows * query.query.weight, mine or written


def columns_of(table: Table, parts: Iterable[str]) -> frozenset[str]:
    """The table's columns in the parts of an index: names, expressions, conditions."""
    found: set[str] = set()
    for part in parts:
        whole = part in table.by_name
        names = {part} if whole else {plain(token) for token in tokens(part)}
        found |= names & table.by_name.keys()
    return frozenset(found)


def held(schema: Schema, index: Index) -> frozenset[str]:
    """The columns whose change makes an update need a new entry in this index."""
    if index.method in SUMMARIES:
        return frozenset()
    parts = (*index.keys, *index.include, index.predicate)
    return columns_of(schema.by_name[index.table], parts)


def added(
    writes: TableWrites,
    columns: frozenset[str],
    method: str,
    taken: frozenset[str],
    *,
    partial: bool = False,
) -> Added:
    """What an index that holds these columns adds, where others hold those `taken`.

    Of a partial one nobody knows how many rows written it holds, and be it none.
    """
    if method in SUMMARIES:
        return Added(entries=(0.0, 0.0), lost=(0.0, 0.0))
    if writes.hot is None:
        found = _added_to_told(writes, columns, taken)
    else:
        least, most = _lost(writes, writes.hot, columns, taken)
        entries = (writes.entries + least, writes.entries + most)
        found = Added(entries=entries, lost=(least, most))
    return replace(found, entries=(0.0, found.entries[1])) if partial else found


def _lost(writes: TableWrites, hot: float, columns: frozenset[str], taken: frozenset[str]) -> Range:
    """HOT updates that no longer are: as large a share as sets a column of the index.

    Shares are of the updates that set no column of another index, since only these can be HOT.
    Where the workload shows none, any share is possible.
    """
    free = [u for u in writes.updates if not u.columns & taken]
    whole = sum(u.rows for u in free)
    if whole:
        lost = hot * sum(u.rows for u in free if u.columns & columns) / whole
        return lost, lost
    shown = bool(writes.updates)
    return 0.0, 0.0 if shown and not any(u.columns & columns for u in writes.updates) else hot


def _added_to_told(writes: TableWrites, columns: frozenset[str], taken: frozenset[str]) -> Added:
    """An update that sets a column of any index makes an entry in each; another one may be HOT."""
    plain_updates = [u for u in writes.updates if not u.upsert]
    sure = sum(u.rows for u in plain_updates if u.columns & (columns | taken))
    lost = sum(u.rows for u in plain_updates if u.columns & columns and not u.columns & taken)
    least, most = writes.inserted + sure, writes.inserted + writes.updated
    return Added(entries=(least, most), lost=(0.0, lost))
