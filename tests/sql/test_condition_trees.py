"""A tree is read whole and printed as people write."""

import pytest

from blueproof.sql.trees import brief, read_part

AS_WRITTEN = (
    "a IS NOT TRUE",
    "a NOT IN ('a', 'b')",
    "a NOT LIKE 'x'",
    "a NOT BETWEEN 1 AND 2 AND b IS NULL",
    "NOT (a <> 1)",
    "NOT (a = 1 AND b = 2)",
    "a = interval '1 day 02:00'",
    "date_trunc('month', a) = $1",
    "date_trunc('day', a, 'UTC') = $1",
    "a @> ARRAY['x']",
    "a = ARRAY(SELECT 1)",
    "(a, b) > ($1, $2)",
)


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_condition_comes_back_as_it_was_written(text: str) -> None:
    assert brief(read_part(text)) == text


def test_an_interval_loses_no_part() -> None:
    assert "02:00" in brief(read_part("now() - interval '1 day 02:00' > a"))
