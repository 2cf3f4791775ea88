"""Assumed statistics hang together, and PostgreSQL's own rules hold for them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.sql.bounds import BOUNDS, SPREAD_DAYS
from blueproof.sql.rowcounts import RowCount
from blueproof.sql.schema import Column, ForeignKey, Schema, Table
from blueproof.sql.statistics import (
    ColumnStatistics,
    Statistics,
    TableStatistics,
    assume,
    guessed,
    pages,
    scaled,
)

UNTIL = date(2026, 3, 1)
LENGTHS = {"bigint": 8, "integer": 4, "smallint": 2, "boolean": 1, "date": 4, "uuid": 16,
           "timestamp with time zone": 8, "timestamp without time zone": 8}  # fmt: skip
TOPS = {"bigint": 2**63 - 1, "integer": 2**31 - 1, "smallint": 2**15 - 1}
TYPES = (*LENGTHS, "text", "numeric(10,2)", "double precision", "jsonb", "text[]")
PLAIN_NAMES = ("id", "status", "deleted_at", "created_at", "body", "note", "kind", "amount")


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    kind = draw(st.sampled_from(TYPES))
    values = ("a", "b", "c") if kind == "text" and draw(st.booleans()) else ()
    return Column(
        name=name,
        type=kind,
        not_null=draw(st.booleans()),
        default=draw(st.sampled_from(["", "now()", "CURRENT_USER", "nextval('s'::regclass)"])),
        length=LENGTHS.get(kind, -1),
        values=values,
    )


@st.composite
def databases(draw: st.DrawFn) -> tuple[Schema, tuple[RowCount, ...]]:
    """A parent and a child table whose integer column `parent_id` refers to it."""
    whole = st.sampled_from(["bigint", "integer", "smallint"])
    made = tuple(draw(columns(name)) for name in PLAIN_NAMES[1:])
    parent = Table(name="parent", columns=(Column(name="id", type=draw(whole), length=4),),
                   primary_key=("id",))  # fmt: skip
    reference = Column(name="parent_id", type=parent.columns[0].type, not_null=draw(st.booleans()),
                       length=4)  # fmt: skip
    child = Table(
        name="child", columns=(reference, *made), unique=draw(st.sampled_from([(), (("note",),)]))
    )
    key = ForeignKey(name="k", table="child", columns=("parent_id",), references="parent",
                     referenced=("id",))  # fmt: skip
    rows = st.one_of(st.integers(0, 300), st.integers(0, 2_000_000_000))
    counts = tuple(RowCount(table=t, rows=draw(rows), basis="assumed") for t in ("parent", "child"))
    return Schema(tables=(parent, child), foreign_keys=(key,)), counts


def different(column: ColumnStatistics, rows: int) -> float:
    return column.distinct if column.distinct >= 0 else -column.distinct * rows


def each(schema: Schema, counts: tuple[RowCount, ...]) -> list[tuple[TableStatistics, str]]:
    tables = assume(schema, counts, UNTIL).tables
    return [(t, c.column) for t in tables for c in t.columns]


@given(databases())
def test_fractions_and_counts_are_possible(database: tuple[Schema, tuple[RowCount, ...]]) -> None:
    for table, name in each(*database):
        column = table.by_name[name]
        assert 0 <= column.null_fraction <= 1
        assert len(column.common) == len(column.frequencies)
        assert len(set(column.common)) == len(column.common)
        assert all(0 < f <= 1 for f in column.frequencies)
        assert sum(column.frequencies) + column.null_fraction <= 1 + 1e-9
        assert list(column.frequencies) == sorted(column.frequencies, reverse=True)
        assert column.distinct >= -1
        assert different(column, table.rows) <= max(1, table.rows) + 1e-6
        if column.distinct < 0:
            assert -column.distinct <= 1 - column.null_fraction + 1e-9
        assert column.correlation is not None
        assert -1 <= column.correlation <= 1
        assert column.width > 0
        assert table.pages >= 0
        assert (table.pages == 0) == (table.rows == 0)


@given(databases())
def test_histograms_are_sorted_and_hold_values_of_the_type(
    database: tuple[Schema, tuple[RowCount, ...]],
) -> None:
    schema, _ = database
    for table, name in each(*database):
        kind = schema.by_name[table.table].by_name[name].type
        bounds = table.by_name[name].histogram
        assert len(bounds) <= BOUNDS
        assert len(bounds) != 1
        assert not (bounds and table.by_name[name].common)
        if kind in TOPS:
            values = [int(b) for b in bounds]
            assert values == sorted(set(values))
            assert all(1 <= v <= TOPS[kind] for v in values)
        else:
            assert kind.startswith(("timestamp", "date")) or not bounds
            assert list(bounds) == sorted(set(bounds))
            assert all(date.fromisoformat(b[:10]) <= UNTIL + timedelta(days=1) for b in bounds)


@given(databases())
def test_references_spread_over_the_keys_they_refer_to(
    database: tuple[Schema, tuple[RowCount, ...]],
) -> None:
    schema, counts = database
    statistics = assume(schema, counts, UNTIL).by_name
    keys = statistics["parent"].by_name["id"].histogram
    bounds = statistics["child"].by_name["parent_id"].histogram
    assert bounds[:1] + bounds[-1:] == keys[:1] + keys[-1:] or counts[0].rows == 0
    most = max(1, counts[0].rows) + 1e-6
    assert different(statistics["child"].by_name["parent_id"], counts[1].rows) <= most


@given(databases(), st.sampled_from([1, 1.0]))
def test_scaled_by_one_nothing_changes(
    database: tuple[Schema, tuple[RowCount, ...]], factor: float
) -> None:
    schema, counts = database
    names = frozenset(c.table for c in counts)
    assert scaled(schema, counts, UNTIL, names, factor) == assume(schema, counts, UNTIL).tables


def test_only_the_named_tables_are_scaled() -> None:
    schema = Schema(tables=(Table(name="a", columns=()), Table(name="b", columns=())))
    counts = tuple(RowCount(table=t, rows=100, basis="given") for t in "ab")
    (only,) = scaled(schema, counts, UNTIL, frozenset({"b"}), 0.001)
    assert (only.table, only.rows, only.basis) == ("b", 1, "given")


def column(**facts: object) -> ColumnStatistics:
    """The statistics of one column of a table of a million rows."""
    made = replace(Column(name="c", type="text"), **facts)  # type: ignore[arg-type]  # (any field)
    table = Table(name="t", columns=(made,), primary_key=("id",))
    count = RowCount(table="t", rows=1_000_000, basis="assumed")
    return assume(Schema(tables=(table,)), (count,), UNTIL).tables[0].columns[0]


def test_what_a_column_is_called_and_may_hold_decides() -> None:
    assert column(name="deleted_at").null_fraction == 0.95
    assert column(not_null=True).null_fraction == 0
    assert column(name="order_status").distinct == 8
    assert column(type="boolean", not_null=True).frequencies == (0.5, 0.5)
    assert column(values=("open", "paid")).common == ("open", "paid")
    assert column(type="date").distinct == SPREAD_DAYS
    assert column(type="uuid", not_null=True).distinct == -1
    assert column(type="integer", not_null=True).distinct == 10_000
    assert column(type="timestamp with time zone").histogram[-1] == "2026-03-02 00:00:00"
    assert column(type="date").histogram[0] == "2024-03-02"
    assert column().histogram == ()


def test_no_type_has_more_values_than_it_can_hold() -> None:
    made = Column(name="c", type="smallint")
    schema = Schema(tables=(Table(name="t", columns=(made,)),))
    count = RowCount(table="t", rows=2_000_000_000, basis="given")
    assert assume(schema, (count,), UNTIL).tables[0].columns[0].distinct <= 2**16


def test_only_sequences_and_clocks_follow_the_rows_order() -> None:
    assert (column(default="nextval('s'::regclass)").correlation or 0.0) > 0.9
    assert (column(default="now()").correlation or 0.0) > 0.9
    assert (column(default="CURRENT_TIMESTAMP").correlation or 0.0) > 0.9
    assert (column(default="CURRENT_USER").correlation or 0.0) == 0
    assert (column(type="bigint").correlation or 0.0) == 0


@pytest.mark.parametrize(("rows", "width", "wanted"), [(0, 40, 0), (1, 40, 1), (3, 9000, 3)])
def test_few_or_wide_rows_take_whole_pages(rows: int, width: float, wanted: int) -> None:
    assert pages(rows, width) == wanted


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 10_000), st.floats(0, 10_000))
def test_more_or_wider_rows_never_take_fewer_pages(
    rows: int, more: int, width: float, wider: float
) -> None:
    assert pages(rows, width) <= pages(rows + more, width)
    assert pages(rows, width) <= pages(rows, width + wider)


def test_the_last_day_is_as_full_as_any_other_and_plans_reach_beyond_it() -> None:
    columns = ("created_at", "starts_at", "expiresAt", "restarted_at")
    table = Table(
        name="t", columns=tuple(Column(name=c, type="timestamp with time zone") for c in columns)
    )
    counts = (RowCount(table="t", rows=1_000_000, basis="given"),)
    last = {
        c.column: c.histogram[-1]
        for c in assume(Schema(tables=(table,)), counts, date(2026, 1, 1)).tables[0].columns
    }
    assert last == {
        "created_at": "2026-01-02 00:00:00",
        "starts_at": "2027-01-01 00:00:00",
        "expiresAt": "2027-01-01 00:00:00",
        "restarted_at": "2026-01-02 00:00:00",
    }


def test_what_the_database_described_is_no_guess() -> None:
    columns = tuple(Column(name=c, type="text") for c in ("seen", "unseen"))
    schema = Schema(tables=(Table(name="t", columns=columns),))
    (assumed,) = assume(schema, (RowCount(table="t", rows=10**6, basis="given"),), UNTIL).tables
    given_ = replace(assumed, columns=assumed.columns[:1], indexes=())
    for table, expected in ((assumed, [True, True]), (given_, [False, True])):
        known = Statistics(tables=(table,), until=UNTIL)
        assert [guessed(schema, "t", c.name, known) for c in columns] == expected


@pytest.mark.parametrize("basis", ["given", "assumed"])
def test_a_reference_is_known_where_the_rows_it_refers_to_were_counted(
    basis: Literal["given", "assumed"],
) -> None:
    parent = Table(name="p", columns=(Column(name="id", type="bigint"),), primary_key=("id",))
    child = Table(name="c", columns=(Column(name="p_id", type="bigint"),))
    key = ForeignKey(name="k", table="c", columns=("p_id",), references="p", referenced=("id",))
    schema = Schema(tables=(parent, child), foreign_keys=(key,))
    counts = tuple(RowCount(table=t, rows=1000, basis=basis) for t in ("p", "c"))
    assert guessed(schema, "c", "p_id", assume(schema, counts, UNTIL)) is (basis == "assumed")
    assert not guessed(schema, "c", "p_id")
