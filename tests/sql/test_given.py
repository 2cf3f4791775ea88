"""A text of statistics is read against a schema; what cannot be one is refused with its line."""

import re
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from blueproof.core.errors import InputError, SqlError
from blueproof.core.scene import Excerpt
from blueproof.sql.arrays import read_array, write_array
from blueproof.sql.given import Given, read_given
from blueproof.sql.restore_calls import plain_string, read_calls
from blueproof.sql.scene_statistics import (
    masked_statistics,
    read_given_scene,
    read_scene_statistics,
    with_changes,
)
from blueproof.sql.schema import Column, ForeignKey, Index, Schema, Table
from blueproof.sql.settings import PLANNER_SETTINGS, check_setting
from blueproof.sql.statistics import Counting


def table(name: str, *columns: str) -> Table:
    return Table(name=name, columns=tuple(Column(name=c, type="bigint", length=8) for c in columns))


SCHEMA = Schema(
    tables=(table("users", "id"), table("billing.Order", "id", "user_id", "kind")),
    indexes=(
        Index(name="billing.orders_user", table="billing.Order", keys=("user_id",), definition=""),
    ),
    foreign_keys=(
        ForeignKey(
            name="f", table="billing.Order", columns=("user_id",), references="users",
            referenced=("id",),
        ),
    ),
)  # fmt: skip


def relation(name: str, rows: str = "1000", pages: str = "10", schema: str = "billing") -> str:
    return (
        "SELECT * FROM pg_catalog.pg_restore_relation_stats(\n\t'version', '180004'::integer,\n\t"
        f"'schemaname', '{schema}',\n\t'relname', '{name}',\n\t'relpages', '{pages}'::integer,\n\t"
        f"'reltuples', '{rows}'::real,\n\t'relallvisible', '{pages}'::integer\n);\n"
    )


def attribute(column: str, more: str = "", distinct: str = "-1", name: str = "Order") -> str:
    return (
        "SELECT * FROM pg_catalog.pg_restore_attribute_stats('schemaname', 'billing', 'relname', "
        f"'{name}', {column}, 'inherited', 'f'::boolean, 'null_frac', '0'::real, "
        f"'avg_width', '8'::integer, 'n_distinct', '{distinct}'::real{more});\n"
    )


ORDERS = relation("Order") + relation("orders_user", pages="4")


def read(text: str) -> Given:
    return read_given(SCHEMA, text, path="stats.sql")


@examples(st.lists(st.text(st.characters(exclude_characters="\0")), min_size=1).map(tuple))
def test_an_array_that_is_written_is_read_back(values: tuple[str, ...]) -> None:
    assert read_array(write_array(values)) == values


@examples(st.lists(st.from_regex(r"[a-z0-9 .:+'-]*[a-z0-9]", fullmatch=True), min_size=1))
def test_values_without_quotes_are_those_that_postgres_leaves_bare(values: list[str]) -> None:
    bare = [v for v in values if v == v.strip() and v.lower() != "null"]
    assert read_array("{" + ",".join(bare) + "}") == tuple(bare)


@pytest.mark.parametrize(
    "text", ["", "{", "a", "{a,}", "{,a}", '{"a}', "{a,NULL}", "{{1},{2}}", '{"a"b}', "{a}b"]
)
def test_what_is_no_array_of_statistics_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="array"):
        read_array(text)


def test_tables_and_indexes_take_their_figures() -> None:
    found = read(ORDERS + attribute("'attname', 'kind'", ", 'most_common_vals', '{1,2}'::text, "
                 "'most_common_freqs', '{0.5,0.25}'::real[]"))  # fmt: skip
    orders = found.statistics.by_name["billing.Order"]
    assert (orders.rows, orders.pages, orders.basis, orders.counted) == (1000, 10, "given", None)
    assert orders.by_index["billing.orders_user"].pages == 4
    assert orders.by_name["kind"].common == ("1", "2")
    assert orders.by_name["kind"].frequencies == (0.5, 0.25)
    assert orders.by_name["kind"].ordered is False
    assert found.left_out == ()


def test_calls_spread_or_spelled_otherwise_are_the_same() -> None:
    plain = attribute("'attname', 'kind'", r""", 'histogram_bounds', '{"a\\b","it''s"}'::text""")
    other = attribute(
        "/* of */ 'attname', 'kind'",
        r""", 'histogram_bounds', E'{"a\\\\b","it\'s"}'::text""",
    )
    bounds = [
        read(ORDERS + text).statistics.by_name["billing.Order"].by_name["kind"].histogram
        for text in (plain, other)
    ]
    assert bounds == [("a\\b", "it's")] * 2


def test_a_call_within_a_value_is_no_call() -> None:
    inner = relation("evil").replace("'", "''")
    found = read(
        ORDERS + attribute("'attname', 'kind'", f", 'histogram_bounds', '{{\"{inner}\"}}'")
    )
    assert set(found.statistics.by_name) == {"billing.Order"}
    assert found.left_out == ()


BROKEN = {
    "no end": (relation("Order")[:-5], "has no end"),
    "no quotes": (ORDERS.replace("'1000'::real", "1000"), "should be in quotes"),
    "no value": (ORDERS.replace("'reltuples',", "", 1), "has no value"),
    "no comma": (ORDERS.replace("'1000'::real,", "'1000' '7',", 1), "has no place after a value"),
    "a word": (ORDERS.replace("'10'::integer", "'ten'::integer", 1), "'ten' cannot be relpages"),
    "infinite": (ORDERS.replace("'1000'", "'inf'", 1), "'inf' cannot be reltuples"),
    "negative": (ORDERS.replace("'10'::", "'-7'::", 1), "cannot be relpages"),
    "a fraction": (ORDERS.replace("'10'::", "'1.5'::", 1), "whole number"),
    "no name": (ORDERS.replace("'relname', 'Order',", "", 1), "does not say of what"),
    "no column": (ORDERS + attribute("'x', 'y'"), "does not say of which column"),
    "share": (ORDERS + attribute("'attname', 'id'").replace("'null_frac', '0'", "'null_frac', '2'"),
              "'2' cannot be null_frac"),
    "counts": (ORDERS + attribute("'attname', 'id'", ", 'most_common_vals', '{1,2}'::text"),
               "2 most_common_vals and 0 frequencies"),
    "no array": (ORDERS + attribute("'attname', 'id'", ", 'histogram_bounds', '1,2'::text"),
                 "histogram_bounds: no array"),
    "no numbers": (ORDERS + attribute("'attname', 'id'", ", 'most_common_freqs', '{a}'::real[]"),
                   "most_common_freqs: it should be numbers"),
    "a setting": ("-- setting: shared_preload_libraries=evil\n" + ORDERS, "no setting of the plan"),
    "its value": ("-- setting: work_mem='; DROP TABLE x\n" + ORDERS, "work_mem cannot be"),
    "a count": ("-- writes: public.users ins=many\n" + ORDERS, "no name with its figures"),
    "a day": ("-- collected: yesterday\n" + ORDERS, "not a comment of statistics"),
    "a time": ("-- counted: since May\n" + ORDERS, "no number of days"),
    "extended": ("-- extended: {\n" + ORDERS, "not a comment of statistics"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_what_can_be_no_statistics_is_refused_in_one_line(case: tuple[str, str]) -> None:
    text, words = case
    with pytest.raises(SqlError, match=words) as caught:
        read(text)
    assert re.match(r"stats\.sql:\d+:\d+: ", str(caught.value))
    assert "\n" not in str(caught.value)


def test_the_line_of_a_fault_is_where_its_call_begins() -> None:
    text = "\n\n" + relation("Order") + relation("orders_user", rows="many")
    with pytest.raises(SqlError) as caught:
        read(text)
    assert caught.value.line == 11


@pytest.mark.parametrize("text", ["", "CREATE TABLE a (id int);", "id,rows\n1,2\n", "{}"])
def test_a_foreign_file_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="blueproof pg collect"):
        read(text)


def test_a_file_that_is_cut_short_is_refused() -> None:
    with pytest.raises(InputError, match="cut short"):
        read("-- blueproof statistics 1\n" + ORDERS)
    read("-- blueproof statistics 1\n" + ORDERS + "-- complete\n")
    with pytest.raises(InputError, match="format 2"):
        read("-- blueproof statistics 2\n" + ORDERS + "-- complete\n")


def test_relations_and_columns_unknown_to_the_schema_are_named() -> None:
    found = read(ORDERS + relation("gone") + attribute("'attname', 'lost'"))
    assert found.left_out == (
        "stats.sql: statistics of billing.gone: the schema has no such table or index",
        "stats.sql: statistics of billing.Order.lost: the schema has no such column",
    )
    assert "billing.Order" in found.statistics.by_name


def test_a_table_whose_columns_nobody_may_read_is_named() -> None:
    assert "run ANALYZE" in read(ORDERS).left_out[0]


def test_another_order_of_text_is_said() -> None:
    columns = attribute("'attname', 'id'")
    assert read("-- collation: C.UTF-8\n" + ORDERS + columns).left_out == ()
    (said,) = read("-- collation: en_US.UTF-8\n" + ORDERS + columns).left_out
    assert said.endswith(": the server sorts it as en_US.UTF-8, the twin as C")


def test_comments_carry_settings_uses_and_growth() -> None:
    found = read(
        "\\restrict abc\n-- collected: 2026-03-01\n-- since: 2025-03-01\n"
        "-- setting: random_page_cost=1.1\n-- setting: work_mem=64MB\n"
        '-- writes: billing."Order" ins=5 upd=4 hot=3 del=2\n-- scans: billing.orders_user 7\n'
        '-- pages: billing."Order" 20\n' + ORDERS
    ).statistics
    orders = found.by_name["billing.Order"]
    assert found.until == date(2026, 3, 1)
    assert found.since == date(2025, 3, 1)
    assert found.settings == (("random_page_cost", "1.1"), ("work_mem", "64MB"))
    assert orders.writes is not None
    assert (orders.writes.inserted, orders.writes.hot) == (5, 3)
    assert orders.by_index["billing.orders_user"].scans == 7
    assert (orders.pages, orders.rows) == (20, 2000)  # as dense as it was
    assert orders.counted is not None
    assert (orders.counted.rows, orders.counted.pages) == (1000, 10)


COUNTED = {
    "-- counted: 30.25 days\n": Counting(days=30.25),
    "-- counted: at most 30.25 days\n": Counting(days=30.25, at_most=True),
    "-- counted: 0.0000 days\n": None,
    "-- collected: 2026-03-31\n-- since: 2026-03-01\n": Counting(days=30),
    "-- collected: 2026-03-31\n-- since: 2026-03-01\n-- counted: 29.5 days\n": Counting(days=29.5),
    "-- collected: 2026-03-31\n-- since: 2026-03-31\n": None,
    "-- until: 2026-03-31\n-- since: 2026-03-01\n": None,  # the last day that a query names
    "-- collected: 2026-03-31\n": None,
}


@pytest.mark.parametrize("said", COUNTED)
def test_how_long_writes_were_counted_is_said_or_lies_between_two_dates(said: str) -> None:
    assert read(said + ORDERS).statistics.counting == COUNTED[said]


def test_a_table_that_was_never_analysed_is_as_large_as_the_planner_takes_it_for() -> None:
    orders = read(relation("Order", rows="-1", pages="0")).statistics.by_name["billing.Order"]
    assert orders.counted is not None
    assert orders.counted.rows == -1
    assert orders.rows == 10 * (8168 // 48)


def test_the_script_knows_every_setting_that_the_reader_takes() -> None:
    script = files("blueproof.sql").joinpath("collect.sql").read_text("utf-8")
    listed = script[script.index("ARRAY[") : script.index("'work_mem']")] + "'work_mem'"
    assert set(re.findall(r"'(\w+)'", listed)) == PLANNER_SETTINGS


@pytest.mark.parametrize("value", ["on; DROP", "'", "1e5x", "", "on\n", "0x10"])
def test_values_that_a_setting_cannot_have_are_refused(value: str) -> None:
    for name in PLANNER_SETTINGS:
        with pytest.raises(ValueError, match=name):
            check_setting(name, value)


def scene(text: str, scale: float = 1, rows: dict[str, int] | None = None) -> Given:
    changed = with_changes(text, scale=scale, rows=rows or {}, until=date(2026, 1, 1))
    return read_given_scene(SCHEMA, Excerpt(text=changed, path="statistics.sql"))


WHOLE = (
    ORDERS + relation("users", rows="100", pages="2", schema="public")
    + attribute("'attname', 'user_id'", distinct="90") + attribute("'attname', 'id'")
    + attribute("'attname', 'kind'", distinct="5")
)  # fmt: skip


def test_ten_times_the_rows_are_assumed_and_say_so() -> None:
    found = scene(WHOLE, scale=10).statistics
    orders = found.by_name["billing.Order"]
    assert (orders.rows, orders.pages, orders.basis) == (10_000, 100, "assumed")
    assert orders.by_index["billing.orders_user"].pages == 40
    assert found.assumption == "10 times the rows of the statistics given"
    kinds = {name: orders.by_name[name].distinct for name in ("id", "user_id", "kind")}
    assert kinds == {"id": -1, "user_id": 900, "kind": 5}


def test_the_rows_of_one_table_may_be_told_and_are_given() -> None:
    found = scene(WHOLE, rows={"billing.Order": 5000}).statistics
    orders = found.by_name["billing.Order"]
    assert (orders.rows, orders.pages, orders.basis) == (5000, 50, "given")
    assert orders.by_name["user_id"].distinct == 90  # there are no more users than before
    assert (found.by_name["users"].rows, found.assumption) == (100, "")


def test_told_rows_are_not_scaled_with_the_rest() -> None:
    found = scene(WHOLE, scale=10, rows={"billing.Order": 5000}).statistics
    assert (found.by_name["billing.Order"].rows, found.by_name["billing.Order"].basis) == (
        5000, "given",
    )  # fmt: skip
    assert (found.by_name["users"].rows, found.by_name["users"].basis) == (1000, "assumed")


def test_changes_take_the_place_of_earlier_ones() -> None:
    once = with_changes(WHOLE, scale=10, rows={"users": 7}, until=date(2026, 1, 1))
    twice = with_changes(once, scale=1, rows={}, until=date(2026, 1, 1))
    assert twice == with_changes(WHOLE, scale=1, rows={}, until=date(2026, 1, 1))
    assert "-- rows: public.users 7" in once


def test_what_the_text_is_silent_about_is_assumed_from_the_rest() -> None:
    found = scene(ORDERS).statistics
    assert found.by_name["users"].basis == "assumed"
    assert found.by_name["users"].rows == 1000  # a parent of 1,000 orders; at least so many
    assert found.by_name["billing.Order"].basis == "given"


def test_row_counts_are_read_by_the_same_function() -> None:
    text = "until: 2026-01-01\ntables:\n  users: {rows: 5, basis: given}\n"
    found = read_scene_statistics(SCHEMA, Excerpt(text=text, path="statistics.yaml"))
    assert found.by_name["users"].rows == 5


def test_secrets_among_values_are_struck_out_and_the_rest_stays() -> None:
    key = "sk_live_" + "a1B2" * 6
    text = ORDERS + attribute(
        "'attname', 'kind'", f", 'histogram_bounds', '{{\"it''s\",\"{key}\",zz}}'::text"
    )
    hidden = masked_statistics(text)
    assert key not in hidden
    bounds = read(hidden).statistics.by_name["billing.Order"].by_name["kind"].histogram
    assert bounds == ("it's", "sk_live_***", "zz")
    assert masked_statistics(ORDERS) == ORDERS


def test_strings_are_read_as_the_server_reads_them() -> None:
    assert plain_string(r"E'a\tb\\c\'d\101\x41\u0041'") == "a\tb\\c'dAAA"
    assert plain_string(r"'a\tb''c'") == r"a\tb'c"


def test_ten_thousand_columns_are_read_at_once() -> None:
    text = ORDERS + attribute("'attname', 'id'") * 10_000
    assert len(read_calls(text, path="x").calls) == 10_002
