"""Statistics that were given: a text of PostgreSQL's own calls, read against a schema.

A relation or column that the schema does not have is named and passed over; what can be no
statistics at all is refused with its line.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from blueproof.sql import widths
from blueproof.sql.given_figures import (
    ColumnFigures,
    RelationFigures,
    column_figures,
    relation_figures,
    relation_name,
)
from blueproof.sql.given_remarks import Remarks, read_remarks
from blueproof.sql.names import bare
from blueproof.sql.queries import EPOCH
from blueproof.sql.restore_calls import ATTRIBUTE, read_calls
from blueproof.sql.schema import Schema, Table
from blueproof.sql.statistics import (
    PAGE,
    PAGE_HEADER,
    TUPLE_HEADER,
    Counted,
    IndexStatistics,
    Statistics,
    TableStatistics,
)

_NEW_PAGES = 10  # the planner takes a table that was never analysed for no smaller
_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Given:
    """Statistics as they were given, and in words what of them is not used, and why.

    `scale` and `rows` (by table) are what the text asks to have changed of them.
    """

    statistics: Statistics
    left_out: tuple[str, ...] = ()
    scale: float = 1.0
    rows: dict[str, int] = field(default_factory=dict)
    server: str = ""
    collation: str = ""


@dataclass
class _Found:
    """What the calls say, by relation."""

    sizes: dict[str, RelationFigures] = field(default_factory=dict)
    columns: dict[str, list[ColumnFigures]] = field(default_factory=lambda: defaultdict(list))


def read_given(schema: Schema, text: str, *, path: str) -> Given:
    """The statistics of a text for the tables and indexes of a schema, as they are in it.

    Raises InputError (SqlError, with the line) where the text cannot be statistics.
    """
    source = read_calls(text, path=path)
    remarks = read_remarks(source)
    found = _Found()
    for call in source.calls:
        name = relation_name(source, call)
        if call.function == ATTRIBUTE:
            found.columns[name].append(column_figures(source, call))
        else:
            found.sizes[name] = relation_figures(source, call)
    tables = tuple(_tables(schema, found, remarks))
    statistics = Statistics(
        tables=tuple(_with_partitions(schema, tables)),
        until=remarks.until or EPOCH,
        settings=remarks.settings,
        extended=remarks.extended,
        since=remarks.since,
        counting=remarks.counting,
    )
    return Given(
        statistics=statistics,
        left_out=(*_left_out(schema, found, path), *_sorted_otherwise(remarks.collation)),
        scale=remarks.scale,
        rows=remarks.rows,
        server=remarks.server,
        collation=remarks.collation,
    )


def _tables(schema: Schema, found: _Found, remarks: Remarks) -> Iterator[TableStatistics]:
    indexes: dict[str, list[IndexStatistics]] = defaultdict(list)
    for index in schema.indexes:
        name = bare(index.name)
        if name in found.sizes and not schema.by_name[index.table].partitioned:
            one = _index(index.name, found.sizes[name], found.columns.get(name, ()), remarks)
            indexes[index.table].append(one)
    for table in schema.tables:
        if table.name in found.sizes:
            one_table = _table(table, found, remarks)
            yield replace(one_table, indexes=tuple(indexes[table.name]))


def _index(
    name: str, size: RelationFigures, columns: Iterable[ColumnFigures], remarks: Remarks
) -> IndexStatistics:
    pages = remarks.pages.get(bare(name), max(0, size.pages))
    return IndexStatistics(
        index=name,
        rows=_now(size, pages, is_index=True),
        pages=pages,
        counted=_counted(size, pages),
        columns=tuple((c.place, c.column) for c in columns),
        scans=remarks.scans.get(bare(name)),
    )


def _counted(size: RelationFigures, pages: int) -> Counted | None:
    """What pg_class says, where it is not what is there now."""
    if (size.pages, size.rows >= 0) == (pages, True):
        return None
    return Counted(rows=size.rows, pages=size.pages)


def _now(size: RelationFigures, pages: int, *, is_index: bool = False) -> float:
    """Rows as the planner reckons them: as dense as they were, in the pages there are now.

    An index's first page holds none. Source: estimate_rel_size in PostgreSQL's plancat.c.
    """
    first = 1 if is_index else 0
    if size.pages > first and size.pages != pages:
        return max(0.0, size.rows) / (size.pages - first) * max(0, pages - first)
    return max(0.0, size.rows)


def _table(table: Table, found: _Found, remarks: Remarks) -> TableStatistics:
    size = found.sizes[table.name]
    pages = remarks.pages.get(table.name, max(0, size.pages))
    known = {c.name for c in table.columns}
    columns = [c for c in found.columns.get(table.name, ()) if c.column.column in known]
    own = tuple(c.column for c in columns if not c.inherited)
    all_rows = tuple(c.column for c in columns if c.inherited)
    rows = _now(size, pages) if size.rows >= 0 else _unanalysed(table, pages)
    return TableStatistics(
        table=table.name,
        rows=round(rows),
        pages=pages,
        basis="given",
        columns=all_rows if table.partitioned else own,
        inherited=() if table.partitioned else all_rows,
        counted=_counted(size, pages),
        all_visible=size.all_visible,
        writes=remarks.writes.get(table.name),
        expressions=tuple(c for name, c in remarks.expressions if name == table.name),
    )


def _unanalysed(table: Table, pages: int) -> float:
    """Rows as the planner guesses them of a table that was never analysed."""
    if table.partitioned:
        return 0.0
    width = TUPLE_HEADER + sum(widths.assumed(c) for c in table.columns)
    return (PAGE - PAGE_HEADER) // width * max(pages, _NEW_PAGES)


def _with_partitions(
    schema: Schema, tables: tuple[TableStatistics, ...]
) -> Iterator[TableStatistics]:
    """A partitioned table has no pages of its own, and rows only where somebody analysed it."""
    rows: dict[str, int] = defaultdict(int)
    pages: dict[str, int] = defaultdict(int)
    for table in tables:
        above = schema.by_name[table.table].partition_of
        while above in schema.by_name and not schema.by_name[table.table].partitioned:
            rows[above] += table.rows
            pages[above] += table.pages
            above = schema.by_name[above].partition_of
    for table in tables:
        if schema.by_name[table.table].partitioned:
            counted = table.counted or Counted(rows=table.rows, pages=0)
            held = rows[table.table]
            yield replace(table, rows=held, pages=pages[table.table], counted=counted)
        else:
            yield table


def _sorted_otherwise(collation: str) -> Iterator[str]:
    """What of a database's text the twin, which sorts it by bytes, reckons otherwise."""
    if collation.partition(".")[0] not in {"", "C", "POSIX"}:
        why = f"the server sorts it as {collation}, the twin as C"
        yield f"how much text lies between two values: {why}"


def _left_out(schema: Schema, found: _Found, path: str) -> Iterator[str]:
    known = {*schema.by_name, *(bare(i.name) for i in schema.indexes)}
    strangers = sorted({*found.sizes, *found.columns} - known)
    if strangers:
        yield f"{path}: statistics of {_named(strangers)}: the schema has no such table or index"
    missing = sorted(
        f"{table.name}.{column.column.column}"
        for table in schema.tables
        for column in found.columns.get(table.name, ())
        if column.column.column not in table.by_name
    )
    if missing:
        yield f"{path}: statistics of {_named(missing)}: the schema has no such column"
    blank = [t.name for t in schema.tables if _is_blank(found, t.name)]
    if blank:
        yield (
            f"{path}: the values in columns of {_named(blank)}: no statistics of them are given; "
            "run ANALYZE, and collect as a role that may read the table"
        )


def _is_blank(found: _Found, table: str) -> bool:
    """Whether a table has rows, and nothing is known of its columns."""
    size = found.sizes.get(table)
    return size is not None and size.rows != 0 and not found.columns.get(table)


def _named(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
