"""Calls and times of queries, as they are told or pasted: which query comes first."""

import pytest

from blueproof.advisors.known.reproduction.weighed import read_weighed
from blueproof.advisors.postgres.parts.heaviest import said_of_times
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

CSV = """Which first?
query,calls,mean_exec_time
SELECT * FROM a WHERE x = $1,120,900
SELECT b, c FROM t WHERE y = $1,4100000,11
"""
PSQL = """ calls | total_exec_time | query
-------+-----------------+-------
  1000 | 900000 | SELECT a FROM t WHERE c = $1 || 'x'
     5 |    100 | SELECT 1 FROM u

thank you
"""
WORDS = (
    "SELECT * FROM a WHERE x = 1 is called 300 times per minute and takes 20ms. "
    "SELECT * FROM b WHERE y = 2 runs once an hour at 90 s."
)
AHEAD = (
    "2 s, 10 calls a day: SELECT * FROM a WHERE x = 1\n"
    "5 ms, 40k calls an hour: SELECT * FROM b WHERE y = 2\n"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CSV, [("the query on t", 4_100_000, 11), ("the query on a", 120, 900)]),
        (PSQL, [("the query on t", 1_000, 900), ("the query on u", 5, 20)]),
        (WORDS, [("the query on a", 432_000, 20), ("the query on b", 24, 90_000)]),
        (AHEAD, [("the query on b", 960_000, 5), ("the query on a", 10, 2_000)]),
    ],
)
def test_the_dearest_query_is_first(text: str, told: list[tuple[str, float, float]]) -> None:
    assert [(w.name, w.calls, w.mean) for w in read_weighed(text)] == told


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM a WHERE x = 1 takes 3 s, SELECT * FROM b WHERE y = 2 takes 9 s",
        "SELECT * FROM a WHERE x = 1 is called 300 times per minute and takes 20 ms",
        "query,calls\nSELECT 1 FROM a,5\nSELECT 2 FROM b,6\n",
        "we have 300 calls a day of 5 ms",
    ],
)
def test_without_calls_and_times_of_two_nothing_is_first(text: str) -> None:
    assert read_weighed(text) == ()


def test_the_shares_are_of_all_that_is_told() -> None:
    said = said_of_times([("one", 10, 100), ("two", 30, 100), ("three", 0, 9)])
    assert said == (
        "first two: 75.0% of the time told, 30 calls of 100 ms (3.0 s); then one 25.0%, three 0.0%"
    )
    assert said_of_times([("one", 10, 100)]) == ""


@pytest.mark.parametrize(("place", "name"), [("Postgres", "t"), ("MySQL", "")])
def test_the_answer_begins_with_the_query_that_takes_most(place: str, name: str) -> None:
    found = consult(read_request(f"{place}: {CSV}"))
    assert found.answer.startswith("First the query on t: 99.8%") == bool(name)
    if name:
        assert "index on t (y)" in found.answer
