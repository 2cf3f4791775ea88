"""A schema with several queries that is pasted into the words is planned as it stands."""

import pytest

from blueproof.consult import consult
from blueproof.consulting.whole_pasted import with_whole
from blueproof.intake.words.read import read_request

_TABLES = """
CREATE TABLE shops (id int PRIMARY KEY, city text NOT NULL);
CREATE TABLE sales (id bigserial PRIMARY KEY, shop_id int NOT NULL REFERENCES shops(id),
  buyer_id bigint NOT NULL, sold_at timestamptz NOT NULL, total numeric(12,2));
"""
_QUERIES = """
-- 1. history of a buyer
SELECT * FROM sales WHERE buyer_id = $1 ORDER BY sold_at DESC LIMIT 25;

2) SELECT s.city, sum(x.total) FROM sales x JOIN shops s ON s.id = x.shop_id WHERE x.id = $1
GROUP BY 1;
"""
_SLOW = "My PostgreSQL queries are slow, help. shops ~3,000, sales about 6M rows, hosts 12."


def test_queries_and_counts_are_read_with_their_tables() -> None:
    brief = with_whole(read_request(_SLOW + _TABLES + _QUERIES))
    assert brief is not None
    queries = brief.document("queries")
    assert queries is not None
    assert queries.text.startswith("-- 1. history of a buyer\nSELECT * FROM sales")
    assert queries.text.count(";") == 2
    told = {f.key: f.value for f in brief.facts if f.key.startswith("scale.rows.")}
    assert told == {"scale.rows.sales": 6_000_000, "scale.rows.shops": 3_000}
    assert not [f for f in brief.facts if f.span and "25" in f.quote]  # LIMIT 25 is no size


@pytest.mark.parametrize(
    "words",
    [
        _SLOW + _TABLES + "SELECT * FROM sales WHERE buyer_id = $1;",  # one: it is rebuilt
        _SLOW + _TABLES + _QUERIES + "SELECT count(*) FROM visits;",  # of a table not told
        _SLOW + _QUERIES,
        "Our MySQL queries are slow." + _TABLES + _QUERIES,
        "Here is what our users see." + _TABLES + _QUERIES,  # nothing is said to be slow
    ],
)
def test_what_is_not_there_whole_is_left_to_others(words: str) -> None:
    assert with_whole(read_request(words)) is None


def test_the_index_that_serves_is_proved_at_the_counts_told() -> None:
    answer = consult(read_request(_SLOW + _TABLES + _QUERIES))
    said = f"{answer.answer} {[s.do for s in answer.steps]} {answer.recommendations}"
    assert "migrations/sales_buyer_id_sold_at_idx.sql" in [a.path for a in answer.artifacts]
    assert "6,000,000 rows" in said
    assert "made-up" not in said


def test_tables_in_any_order_with_types_of_extensions_are_planned() -> None:
    tables = (
        "CREATE TABLE sales (id int PRIMARY KEY, shop_id int REFERENCES shops(id), mail citext);"
        "CREATE TABLE shops (id int PRIMARY KEY, city text);"
    )
    queries = "SELECT * FROM sales WHERE mail = $1; SELECT * FROM sales WHERE shop_id = $1;"
    words = f"Slow on PostgreSQL: shops 2,000 / sales 6,000,000 rows. {tables} {queries}"
    brief = with_whole(read_request(words))
    assert brief is not None
    assert {f.key for f in brief.facts} >= {"scale.rows.shops", "scale.rows.sales"}
    answer = consult(read_request(words))
    assert "migrations/sales_mail_idx.sql" in [a.path for a in answer.artifacts]


def test_the_rows_of_the_only_table_need_no_name() -> None:
    words = "why is this slow, the table has 40M rows"
    table = "CREATE TABLE jobs (id int PRIMARY KEY, queue text, state text);"
    queries = "SELECT * FROM jobs WHERE queue = $1; SELECT count(*) FROM jobs WHERE state = $1;"
    brief = with_whole(read_request(f"{words}\n{table}\n{queries}"))
    assert brief is not None
    assert [f.value for f in brief.facts if f.key == "scale.rows.jobs"] == [40_000_000]


def test_a_small_m_beside_tables_means_millions() -> None:
    words = "Help me speed these up (postgres 16, shops 2m, sales 60m)"
    brief = with_whole(read_request(words + _TABLES + _QUERIES))
    assert brief is not None
    told = {f.key: f.value for f in brief.facts if f.key.startswith("scale.rows.")}
    assert told == {"scale.rows.shops": 2_000_000, "scale.rows.sales": 60_000_000}
