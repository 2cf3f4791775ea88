"""What words tell beside a query that is fast when rebuilt, and what a pasted plan says of rows."""

import pytest

from blueproof.advisors.known.reproduction.elsewhere import told_of
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.intake.words.read import read_request

PLAN = """why is this slow in Postgres?
SELECT * FROM letters WHERE tray = 'out' AND sent_at < now() ORDER BY sent_at LIMIT 10
Limit  (cost=0.43..91.11 rows=10 width=88) (actual time=8122.101..8122.140 rows=10 loops=1)
  ->  Index Scan using letters_sent_at_idx on letters  (cost=0.43..402311.70 rows=45000 width=88) (actual time=8122.099..8122.131 rows=10 loops=1)
        Index Cond: (sent_at < now())
        Filter: (tray = 'out'::text)
        Rows Removed by Filter: 8999990
Execution Time: 8122.201 ms
"""  # noqa: E501 (as it is pasted)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("then wait_event_type is Lock for many", "a lock"),
        ("AccessExclusiveLock on users", "a lock"),
        ("sessions sit idle in transaction", "a lock"),
        ("n_dead_tup is 9 million", "dead rows"),
        ("the table is bloated", "dead rows"),
        ("FATAL: too many clients already", "a connection"),
    ],
)
def test_a_sign_is_quoted_and_has_its_look(text: str, word: str) -> None:
    said = told_of(text)
    assert said.startswith('You tell of "')
    assert word in said
    assert "SELECT" in said


@pytest.mark.parametrize(
    "text",
    ["we clocked it", "I ran VACUUM ANALYZE twice", "blocks read: 9", "unlock the user", ""],
)
def test_what_is_no_sign_says_nothing(text: str) -> None:
    assert told_of(text) == ""


def test_the_facts_of_a_plan_go_before_guesses() -> None:
    sketch = read_sketch(read_request(PLAN))
    assert sketch is not None
    assert sketch.rows == {"letters": 9_000_000}
    assert sketch.shape.shares["letters", "tray"] == {"out": pytest.approx(0.005)}
    assert "CREATE INDEX ON letters (sent_at)" in sketch.there
    assert sketch.assumed[0].says == "tray = 'out' has 0.50% of letters"


def test_words_go_before_the_rows_of_a_plan() -> None:
    sketch = read_sketch(read_request(f"letters has 12 million rows. {PLAN}"))
    assert sketch is not None
    assert sketch.rows == {"letters": 12_000_000}


def test_a_plan_that_was_not_run_says_nothing_of_rows() -> None:
    bare = "\n".join(line.partition(" (actual")[0] for line in PLAN.splitlines()[:6])
    sketch = read_sketch(read_request(f"slow, 8 s: {bare}"))
    assert sketch is not None
    assert sketch.rows == {}
    assert sketch.shape.shares == {}
