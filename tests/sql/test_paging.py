"""What a query passes over, what it takes, and how it is asked for a nearer page."""

import pytest

from blueproof.sql.asking import PAGE_ROWS
from blueproof.sql.paging import counting, passing_over, skipped, taken, takes_some

INNER = "SELECT * FROM (SELECT a FROM t OFFSET 9) AS s"


@pytest.mark.parametrize(
    ("query", "skips", "takes"),
    [
        ("SELECT a FROM t LIMIT 50 OFFSET 400", 400, 50),
        ("select a from t offset 30 rows fetch next 10 rows only", 30, 10),
        ("SELECT a FROM t OFFSET 7::bigint LIMIT 5;", 7, 5),
        ("SELECT a FROM t LIMIT 0", 0, 0),
        ("SELECT a FROM t LIMIT $1 OFFSET $2", 0, PAGE_ROWS),
        ("SELECT a FROM t WHERE b = 1", 0, 0),
        (INNER, 0, 0),
    ],
)  # fmt: skip
def test_a_page_is_read_off_the_outermost_level(query: str, skips: int, takes: int) -> None:
    assert (skipped(query), takes_some(query)) == (skips, takes > 0)
    assert not takes or taken(query) == takes


def test_only_the_number_changes() -> None:
    query = "SELECT a FROM t ORDER BY a OFFSET 30 ROWS FETCH NEXT 10 ROWS ONLY"
    assert passing_over(query, 4) == query.replace("30", "4")


@pytest.mark.parametrize(
    ("query", "counted"),
    [
        ("SELECT a FROM t WHERE b ORDER BY a LIMIT 5 OFFSET 9;", "SELECT a FROM t WHERE b "),
        ("SELECT a FROM t -- all\nORDER BY a LIMIT 5", "SELECT a FROM t -- all\n"),
        ("SELECT a FROM t ORDER BY a LIMIT 5 FOR UPDATE", "SELECT a FROM t "),
    ],
)  # fmt: skip
def test_what_can_be_paged_through_is_counted_without_order(query: str, counted: str) -> None:
    assert counting(query, 60) == f"SELECT count(*) FROM ({counted}LIMIT 60) AS paged"
