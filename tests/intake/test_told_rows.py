"""Row counts told in words reach the table that they are of, and no other."""

from dataclasses import replace
from pathlib import Path

import pytest

from blueproof.core.brief import Document
from blueproof.intake.paths import with_paths
from blueproof.intake.told_rows import with_told_rows
from blueproof.intake.words.read import read_request

SCHEMA = "CREATE TABLE orders (id int);\nCREATE TABLE IF NOT EXISTS public.events (id int);\n"


def told(request: str) -> dict[str, float | str]:
    brief = read_request(request)
    schema = Document(role="schema", text=SCHEMA)
    found = with_told_rows(type(brief)(request=brief.request, facts=brief.facts,
                                       documents=(schema,)))  # fmt: skip
    return {f.key: f.value for f in found.facts if f.key.startswith("scale.rows.")}


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("orders has 40 million rows and is slow", {"scale.rows.orders": 40_000_000}),
        ("We have 12M orders and it is slow.", {"scale.rows.orders": 12_000_000}),
        ("There are 3k rows in events. The rest is small.", {"scale.rows.events": 3_000}),
        (
            "orders has 40 million rows, events has 3 million rows",
            {"scale.rows.orders": 40_000_000, "scale.rows.events": 3_000_000},
        ),
        (
            "orders has 40 million rows, events 3 million",
            {"scale.rows.orders": 40_000_000, "scale.rows.events": 3_000_000},
        ),
        (
            "the orders table has 1.5M rows and events has 20k",
            {"scale.rows.orders": 1_500_000, "scale.rows.events": 20_000},
        ),
        (
            "orders 40M, events 31M, what now?",
            {"scale.rows.orders": 40_000_000, "scale.rows.events": 31_000_000},
        ),
        (
            "Sizes: orders ~40M | events 31M",
            {"scale.rows.orders": 40_000_000, "scale.rows.events": 31_000_000},
        ),
        (
            "orders=40M, events=31M",
            {"scale.rows.orders": 40_000_000, "scale.rows.events": 31_000_000},
        ),
        (
            "orders (40M rows), events (31M)",
            {"scale.rows.orders": 40_000_000, "scale.rows.events": 31_000_000},
        ),
        (
            "events grew to 31M and orders is about 40 million rows",
            {"scale.rows.orders": 40_000_000, "scale.rows.events": 31_000_000},
        ),
        ("31 million rows in the events table", {"scale.rows.events": 31_000_000}),
        ("the events table gets 50 events per second", {}),
        ("our query on orders returns 50 rows in 4 s", {}),
        ("5M rows somewhere", {}),
        ("orders takes 5 seconds", {}),
    ],
)
def test_a_count_is_of_the_table_named_beside_it(request_: str, rows: dict[str, float]) -> None:
    assert told(request_) == rows


def test_a_comment_at_a_table_is_of_that_table() -> None:
    sql = (
        "-- about 18M rows\nCREATE TABLE orders (\n  id int -- up to 9 rows of it\n);\n"
        "CREATE TABLE events ( -- 31M rows\n id int);\n"
        "-- 7M rows\n\n-- the living ones\nCREATE TABLE crews (id int);\n-- 5 rows\nSELECT 1;\n"
    )
    brief = read_request("why is this slow?")
    found = with_told_rows(
        type(brief)(
            request=brief.request, facts=brief.facts,
            documents=(Document(role="schema", text=sql),),
        )
    )  # fmt: skip
    counts = {f.key: f.value for f in found.facts if f.key.startswith("scale.rows.")}
    assert counts == {
        "scale.rows.orders": 18_000_000,
        "scale.rows.events": 31_000_000,
        "scale.rows.crews": 7_000_000,
    }


def test_a_comment_of_the_sql_tells_rows_too_and_the_words_come_first() -> None:
    brief = read_request("why is this slow? orders has 40 million rows")
    sql = "-- orders has 9 rows, events 31 million\nSELECT 1 FROM events; -- takes 9 seconds\n"
    documents = (Document(role="schema", text=SCHEMA), Document(role="queries", text=sql))
    found = with_told_rows(
        type(brief)(request=brief.request, facts=brief.facts, documents=documents)
    )
    counts = {f.key: (f.value, f.source) for f in found.facts if f.key.startswith("scale.rows.")}
    assert counts == {
        "scale.rows.orders": (40_000_000, "inferred"),
        "scale.rows.events": (31_000_000, "file"),
    }


@pytest.mark.parametrize(
    ("comment", "rows"),
    [
        ("once for each of the 50 orders on the page", {}),
        ("20 orders per page", {}),
        ("200 orders of one customer", {}),
        ("one account has 9M orders", {}),
        ("one account alone has 9M orders, orders has 31M", {"scale.rows.orders": 31_000_000}),
        ("the biggest shop's orders: 4M", {}),
        ("exports 200k orders a night", {}),
        ("marks 200k orders", {}),
        ("a customer has at most 300 orders", {}),
        ("loops over 500 orders", {}),
        ("40 orders each", {}),
        ("orders 6.2M, events 48M", {"scale.rows.orders": 6_200_000, "scale.rows.events": 48e6}),
        ("we have 12M orders", {"scale.rows.orders": 12_000_000}),
        ("12M orders, about 40M events", {"scale.rows.orders": 12_000_000,
                                          "scale.rows.events": 40_000_000}),
        ("there are roughly 12 million orders", {"scale.rows.orders": 12_000_000}),
        ("one table has 31M rows: events has 31M rows", {"scale.rows.events": 31_000_000}),
        ("orders: 40 rows", {"scale.rows.orders": 40}),
        ("orders: 50 on the page; orders has 6.2M rows", {"scale.rows.orders": 6_200_000}),
    ],
)  # fmt: skip
def test_a_comment_tells_a_size_only_where_it_says_how_many_there_are(
    comment: str, rows: dict[str, float]
) -> None:
    brief = read_request("why is this slow?")
    sql = f"-- {comment}\nSELECT 1 FROM orders WHERE id = $1;\n"
    documents = (Document(role="schema", text=SCHEMA), Document(role="queries", text=sql))
    found = with_told_rows(type(brief)(request=brief.request, documents=documents))
    told_ = {f.key: f.value for f in found.facts if f.key.startswith("scale.rows.")}
    assert told_ == rows


def test_the_largest_of_several_counts_is_kept_and_the_other_is_noted() -> None:
    assert told("one shop has 9M orders. orders has 38M rows") == {"scale.rows.orders": 38_000_000}
    brief = read_request("why is this slow?")
    schema = Document(role="schema", text=f"-- orders: 900k\n{SCHEMA}")
    queries = Document(role="queries", text="-- orders has 12M rows\nSELECT 1 FROM orders;")
    found = with_told_rows(type(brief)(request=brief.request, documents=(schema, queries)))
    kept = {f.key: f.value for f in found.facts}
    assert kept == {"scale.rows.orders": 12_000_000, "conflict.rows.orders": 900_000}
    near = replace(queries, text="-- orders has 1M rows\nSELECT 1 FROM orders;")
    found = with_told_rows(type(brief)(request=brief.request, documents=(schema, near)))
    assert {f.key for f in found.facts} == {"scale.rows.orders"}


def test_a_folder_with_both_tells_its_queries_where_slow_ones_are_asked_about(
    tmp_path: Path,
) -> None:
    (tmp_path / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    (tmp_path / "dashboard.sql").write_text("SELECT 1 FROM events;\n", encoding="utf-8")
    slow = with_paths(
        read_request("why is this query slow? schema and query attached"), (tmp_path,)
    )
    assert {d.role for d in slow.documents} == {"schema", "queries"}
    other = with_paths(read_request("Convex or Firebase for this app?"), (tmp_path,))
    assert other.documents == ()
    (tmp_path / "dashboard.sql").unlink()
    alone = with_paths(read_request("why is this query slow?"), (tmp_path,))
    assert alone.documents == ()
