"""The person's queries: names, EXPLAIN before them, parameters, dates."""

from datetime import date

import pytest

from blueproof.sql.queries import EPOCH, latest_date, read_queries
from clock import least_seconds

NAMES = {
    "-- name: ListOrders :many\nSELECT 1;": "ListOrders",
    "-- name: list-orders^\nSELECT 1;": "list-orders",
    "-- name: get_all!\nSELECT 1;": "get_all",
    "-- query = orders.open\nSELECT 1;": "orders.open",
    "-- Query: orders of one customer\nSELECT 1;": "Query: orders of one customer",
    "/* Orders of a day */ SELECT 1;": "Orders of a day",
    "/*\n * Orders of a day.\n * Slow since May.\n */\nSELECT 1;": "Orders of a day",
    "-- Orders of a day.\nSELECT 1;": "Orders of a day",
    "-- the first line\n-- name: second :one\nSELECT 1;": "second",
    "-- -----------------\nSELECT 1;": "query 1",
    "-- " + "long " * 20 + "\nSELECT 1;": "query 1",
    "SELECT 1;": "query 1",
    "-- another matter\n\nSELECT 1;": "query 1",
}
EXPLAINS = (
    "EXPLAIN SELECT 1", "explain analyze select 1", "EXPLAIN ANALYZE VERBOSE SELECT 1",
    "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT 1", "EXPLAIN(COSTS OFF)SELECT 1",
    "EXPLAIN\n  WITH x AS (SELECT 1) SELECT * FROM x",
)  # fmt: skip
DATES = {
    "a > '2026-03-31'": date(2026, 4, 7),
    "a <= '2026-03-31'": date(2026, 3, 31),
    "a >= DATE '2026-03-01'": date(2026, 3, 31),
    "a BETWEEN '2026-01-01' AND '2026-02-02'": date(2026, 12, 31),
    "extract(year FROM a) = 2026": date(2026, 12, 31),
    "extract(year FROM a) = 2024": EPOCH,
    "to_char(a, 'YYYY') = '2026'": date(2026, 12, 31),
    "extract(day FROM a) = 2026": EPOCH,
    "a > '2026-03-31 10:00' OR a < '2026-05-01T00:00:00Z'": date(2026, 5, 1),
    "a > '2020-01-01'": EPOCH,
    "a = '2026-02-30' OR a = '2026-13-01' OR a = '0000-01-01'": EPOCH,
    "a > '2026-02-01' AND valid_to = '9999-12-31'": date(2026, 2, 28),
    "a > 2026-07-01": EPOCH,
    "": EPOCH,
}


@pytest.mark.parametrize(("text", "name"), NAMES.items())
def test_a_query_is_called_as_its_comment_says(text: str, name: str) -> None:
    ((query,), skipped) = read_queries(text, path="q.sql")
    assert (query.name, skipped) == (name, ())


@pytest.mark.parametrize("text", EXPLAINS)
def test_explain_before_a_query_is_taken_off(text: str) -> None:
    ((query,), _) = read_queries(text, path="q.sql")
    assert query.text.upper().startswith(("SELECT 1", "WITH X"))
    assert query.written == query.text


def test_no_two_queries_have_one_name() -> None:
    names = ("x (3)", "x", "x", "x", "query 6", "")
    text = "".join(f"-- {name}\nSELECT 1;\n\n" for name in names)
    found, _ = read_queries(text, path="q.sql")
    assert [q.name for q in found] == ["x (3)", "x", "x (4)", "x (5)", "query 6", "query 6 (6)"]


def test_a_query_knows_its_place_and_parameters() -> None:
    text = "SET a = 1;\n\nSELECT 1;\nSELECT :id, :day, :id;"
    found, _ = read_queries(text, path="q.sql")
    assert [(q.ordinal, q.line, q.path) for q in found] == [(2, 3, "q.sql"), (3, 4, "q.sql")]
    assert found[1].text == "SELECT $1, $2, $1"
    assert found[1].written == "SELECT :id, :day, :id"
    assert found[1].parameters == ("id", "day")


def test_what_is_no_query_is_passed_over_and_said() -> None:
    text = "\\timing on\nCREATE TABLE t (a int);\nEXPLAIN EXECUTE x;\nSELECT 1;\nVACUUM t;"
    found, skipped = read_queries(text, path="q.sql")
    assert [q.text for q in found] == ["SELECT 1"]
    assert [(s.line, s.what) for s in skipped] == [
        (1, "\\timing on"), (2, "CREATE TABLE t (a int)"), (3, "EXPLAIN EXECUTE x"),
        (5, "VACUUM t"),
    ]  # fmt: skip


def test_every_kind_of_query_is_read() -> None:
    kinds = (
        "SELECT 1", "(SELECT 1) UNION (SELECT 2)", "WITH x AS (SELECT 1) SELECT 1", "VALUES (1)",
        "INSERT INTO t VALUES (1)", "UPDATE t SET a = 1", "DELETE FROM t",
        "MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE",
    )  # fmt: skip
    found, skipped = read_queries(";".join(kinds), path="q.sql")
    assert tuple(q.text for q in found) == kinds
    assert skipped == ()


def test_a_file_of_many_queries_is_read_in_no_time() -> None:
    text = "-- q\nSELECT 1;\n" * 4_000
    found, _ = read_queries(text, path="q.sql")
    assert len({q.name for q in found}) == 4_000
    assert least_seconds(lambda: read_queries(text, path="q.sql")) < 5


@pytest.mark.parametrize(("text", "wanted"), DATES.items())
def test_the_latest_date_named_is_found(text: str, wanted: date) -> None:
    assert latest_date((text, "b < '2019-01-01'")) == wanted
