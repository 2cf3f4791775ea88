"""How many rows each table is taken to have."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.core.errors import UsageError
from blueproof.sql.rowcounts import (
    FAN_OUT,
    FEWEST,
    LEAF_ROWS,
    MOST,
    RowCount,
    count_rows,
    read_count,
    read_counts,
)
from blueproof.sql.schema import ForeignKey, Schema, Table


def schema(*keys: str, tables: tuple[str, ...] = (), parts: dict[str, str] | None = None) -> Schema:
    """Tables and foreign keys from "child>parent" texts; `parts` maps a partition to its table."""
    of = parts or {}
    pairs = [key.split(">") for key in keys]
    names = dict.fromkeys([*tables, *(n for pair in pairs for n in pair), *of.values(), *of])
    return Schema(
        tables=tuple(Table(name=n, columns=(), partition_of=of.get(n, "")) for n in names),
        foreign_keys=tuple(
            ForeignKey(name="k", table=c, columns=("a",), references=p, referenced=("id",))
            for c, p in pairs
        ),
    )


def rows(read: Schema, scale: float = 1.0, **given_rows: int) -> dict[str, int]:
    return {c.table: c.rows for c in count_rows(read, given_rows, scale)}


def told(read: Schema, **given_rows: int) -> list[str]:
    return [c.table for c in count_rows(read, given_rows) if c.basis == "given"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0), ("40000", 40_000), ("1_000", 1_000), ("12,345,678", 12_345_678),
        (" 12M ", 12_000_000), ("500k", 500_000), ("1.5b", 1_500_000_000),
        ("2B", MOST), ("0.0000001", 0), ("1.1k", 1_100),
    ],
)  # fmt: skip
def test_count_is_read(text: str, expected: int) -> None:
    assert read_count(text) == expected


@pytest.mark.parametrize(
    "text", ["", "M", "-1", "1e6", "12 M", "1,5M", "1__0", "_1", "1.2.3", "nan", "inf", "12G", "٣"]
)
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--rows: .* is not a row count: write 12M"):
        read_count(text)


@pytest.mark.parametrize("text", ["2000000001", "3b", "9" * 5000])
def test_count_beyond_planning_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="at most 2,000,000,000 rows"):
        read_count(text)


@given(st.text(max_size=12))
def test_any_text_is_a_count_or_refused(text: str) -> None:
    try:
        count = read_count(text)
    except UsageError:
        return
    assert 0 <= count <= MOST


def test_counts_are_read_by_table() -> None:
    texts = ("orders=12M", " public.users = 1k ", "auth.users=2", "Ärger=3")
    assert read_counts(texts) == {
        "orders": 12_000_000, "users": 1_000, "auth.users": 2, "Ärger": 3,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["orders", "orders=", "=5", "", "="])
def test_text_without_table_or_count_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=rf"^--rows: write TABLE=COUNT.*not '{text}'$"):
        read_counts((text,))


def test_table_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="'orders' is given twice"):
        read_counts(("orders=1", "public.orders=2"))


def test_parents_have_a_tenth_of_the_rows_of_their_children() -> None:
    counts = rows(schema("items>orders", "orders>users", "users>countries", tables=("log",)))
    assert counts == {
        "log": LEAF_ROWS, "items": LEAF_ROWS, "orders": 100_000, "users": 10_000,
        "countries": 10_000,
    }  # fmt: skip


def test_given_count_sets_the_measure_of_the_others() -> None:
    read = schema("items>orders", "orders>users")
    assert rows(read, orders=5_000_000) == {
        "items": 50_000_000, "orders": 5_000_000, "users": 500_000,
    }  # fmt: skip
    assert told(read, orders=5_000_000) == ["orders"]


def test_children_of_one_parent_say_nothing_of_one_another() -> None:
    read = schema("orders>users", "bans>users")
    assert rows(read, orders=8_000_000) == {
        "orders": 8_000_000, "bans": LEAF_ROWS, "users": 800_000,
    }  # fmt: skip


def test_a_unique_key_says_one_to_one_and_a_guess_goes_no_further_than_ten_times() -> None:
    read = schema("profiles>users", "orders>users", "items>orders")
    counts = rows(one_to_one(read, "profiles"), users=200_000)
    assert counts == {
        "profiles": 200_000, "users": 200_000, "orders": 2_000_000, "items": 2_000_000,
    }  # fmt: skip


def one_to_one(read: Schema, *names: str) -> Schema:
    """The schema with the foreign key columns of these tables unique."""
    tables = (replace(t, unique=(("a",),)) if t.name in names else t for t in read.tables)
    return replace(read, tables=tuple(tables))


def test_a_table_that_is_one_to_one_has_no_more_rows_than_what_it_refers_to() -> None:
    read = schema("theme>local_site", "local_site>site", "post>site", "post>local_site")
    read = one_to_one(read, "theme", "local_site")
    counts = rows(read, site=10_000, post=50_000_000)
    assert counts["local_site"] == counts["theme"] == 10_000
    assert rows(read, site=50)["theme"] == 50, "not even the fewest rows of a table are more"
    assert rows(read, site=10_000, local_site=20_000)["local_site"] == 20_000, "as it was told"


def test_tables_one_to_one_in_a_cycle_have_as_many_rows_as_the_least_above_them() -> None:
    read = one_to_one(schema("a>b", "b>c", "c>a", "c>root", "a>a"), "a", "b", "c")
    assert rows(read, root=2_000) == {"a": 2_000, "b": 2_000, "c": 2_000, "root": 2_000}


def test_long_chain_of_tables_one_to_one_is_counted() -> None:
    names = [f"t{n}" for n in range(3000)]
    read = one_to_one(schema(*(f"{n}>{p}" for p, n in itertools.pairwise(names))), *names)
    assert set(rows(read, t0=7).values()) == {7}


def test_the_nearest_given_count_decides() -> None:
    read = schema("orders>events", "events>venues")
    counts = rows(read, orders=8_000_000, venues=400)
    assert counts == {"orders": 8_000_000, "venues": 400, "events": 800_000}


def test_scale_multiplies_assumed_counts_only() -> None:
    counts = rows(schema("items>orders", "orders>users"), scale=10, orders=1_000_000)
    assert counts == {"items": 100_000_000, "orders": 1_000_000, "users": 1_000_000}


def test_counts_keep_within_their_bounds() -> None:
    read = schema("items>orders", tables=("log",))
    assert rows(read, scale=1e9) == {"log": MOST, "items": MOST, "orders": MOST}
    assert rows(read, orders=0, log=3)["orders"] == 0
    assert rows(read, log=3)["items"] == LEAF_ROWS
    assert rows(read, items=50)["orders"] == FEWEST


def test_order_of_tables_does_not_decide_the_rows_of_a_cycle() -> None:
    keys = ("users>teams", "teams>users", "orders>users", "self>self")
    assert rows(schema(*keys)) == rows(schema(*reversed(keys)))
    assert rows(schema("users>teams", "teams>users")) == {"users": 100_000, "teams": 100_000}


def test_long_chain_of_tables_is_counted() -> None:
    counts = rows(schema(*(f"t{n}>t{n + 1}" for n in range(3000))))
    assert counts["t0"] == LEAF_ROWS
    assert counts["t3000"] == 10_000


def test_key_to_a_table_outside_the_schema_is_passed_over() -> None:
    read = schema("a>b")
    outside = ForeignKey(
        name="k", table="a", columns=("x",), references="auth.users", referenced=("id",)
    )
    assert rows(Schema(tables=read.tables, foreign_keys=(*read.foreign_keys, outside))) == rows(
        read
    )


def test_partitions_share_the_rows_of_their_table() -> None:
    read = schema(parts={"log_1": "log", "log_2": "log", "log_2a": "log_2", "log_2b": "log_2"})
    assert rows(read, log=4_000) == {
        "log": 4_000, "log_1": 2_000, "log_2": 2_000, "log_2a": 1_000, "log_2b": 1_000,
    }  # fmt: skip
    assert told(read, log=4_000) == ["log", "log_2", "log_1", "log_2a", "log_2b"]


def test_partition_keeps_the_rows_given_for_it() -> None:
    read = schema(parts={"log_1": "log", "log_2": "log", "log_3": "log"})
    assert rows(read, log=10_000, log_1=9_000) == {
        "log": 10_000, "log_1": 9_000, "log_2": 500, "log_3": 500,
    }  # fmt: skip
    assert rows(read, log_1=100_000_000, log_2=50_000_000)["log"] == 150_000_000


def test_unknown_table_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no table 'order'; did you mean orders\?"):
        count_rows(schema(tables=("orders", "users")), {"order": 1})
    with pytest.raises(UsageError, match=r"no table 'xyz'; it has orders, users$"):
        count_rows(schema(tables=("users", "orders")), {"xyz": 1})
    eight = schema(tables=tuple(f"t{n}" for n in range(8)))
    with pytest.raises(UsageError, match=r"'xyz'; it has t0, t1, t2, t3, t4, t5, t6, t7$"):
        count_rows(eight, {"xyz": 1})
    ten = schema(tables=tuple(f"t{n}" for n in range(10)))
    with pytest.raises(UsageError, match=r"'xyz'; it has t0, .*, t7 and 2 more$"):
        count_rows(ten, {"xyz": 1})
    with pytest.raises(UsageError, match="it has no table at all"):
        count_rows(Schema(), {"xyz": 1})


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    names = [f"t{n}" for n in range(draw(st.integers(1, 8)))]
    name = st.sampled_from(names)
    keys = draw(st.lists(st.tuples(name, name), max_size=15))
    return schema(*(f"{a}>{b}" for a, b in keys), tables=tuple(names))


@given(schemas(), st.integers(0, MOST), st.sets(st.integers(1, 7)))
def test_no_assumed_table_that_is_one_to_one_outgrows_another(
    read: Schema, count: int, unique: set[int]
) -> None:
    read = one_to_one(read, *(f"t{n}" for n in unique))
    counts = rows(read, t0=count)
    for key in read.foreign_keys:
        if read.by_name[key.table].unique:
            assert counts[key.table] <= counts[key.references]


@given(schemas(), st.integers(0, MOST), st.sampled_from([0.01, 1.0, 100.0]))
def test_every_table_gets_one_count_in_bounds(read: Schema, count: int, scale: float) -> None:
    counts = count_rows(read, {"t0": count}, scale)
    assert [c.table for c in counts] == [t.name for t in read.tables]
    assert RowCount(table="t0", rows=count, basis="given") in counts
    assert all(0 <= c.rows <= MOST for c in counts)


def test_fan_out_is_what_the_examples_above_rest_on() -> None:
    assert (FAN_OUT, LEAF_ROWS, FEWEST) == (10, 1_000_000, 1_000)
