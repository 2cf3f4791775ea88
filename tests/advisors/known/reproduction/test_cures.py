"""Cures from the figures that words tell, and what must not be taken for one."""

from dataclasses import replace

import pytest

from blueproof.advisors.known.reproduction.cause import known_cause
from blueproof.advisors.known.reproduction.counts import read_row_counts
from blueproof.advisors.known.reproduction.cures import read_cures
from blueproof.advisors.known.reproduction.dead import read_dead, without_dead
from blueproof.advisors.known.reproduction.estimated import read_misjudged
from blueproof.advisors.known.reproduction.extended import extensions
from blueproof.advisors.known.reproduction.listed import invents
from blueproof.advisors.known.reproduction.owning import is_slow
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.intake.words.read import read_request
from blueproof.sql.guessing.seen import read_seen

_HELD = "VACUUM VERBOSE says 2,400,000 dead row versions cannot be removed yet"


def sketch_of(text: str) -> Sketch:
    found = read_sketch(read_request(text))
    assert found is not None, "no slow query was read"
    return found


@pytest.mark.parametrize(
    ("words", "rows", "dead", "held"),
    [
        ("n_dead_tup is 9,800,000 for it", 300, 9_800_000, False),
        ("pg_stat_user_tables: n_dead_tup = 512000", 4_000, 512_000, False),
        ("there are 2.4 million dead tuples in it", 90_000, 2_400_000, False),
        (_HELD, 5_000, 2_400_000, True),
        ("3M dead rows, and a session is idle in transaction since Monday", 800, 3_000_000, True),
        ("dead tuples: 1200000 and an abandoned replication slot", 20, 1_200_000, True),
        ("it has 19,331 dead rows", 3_745_796, 0, False),  # a few of many
        ("n_dead_tup is 4,000", 12, 0, False),  # read at once
        ("n_dead_tup is 40,000", 0, 0, False),  # nothing is told of the live ones
        ("9 dead links of 12,000 rows", 300, 0, False),
        ("the deadline is 2,000,000 seconds away", 300, 0, False),
    ],
)
def test_more_dead_rows_than_live_ones_are_read(
    words: str, rows: int, dead: int, *, held: bool
) -> None:
    found = read_dead(words, {"locks": rows}, "locks")
    assert [(each.dead, each.held) for each in found] == [(dead, held)] * bool(dead)
    for each in found:
        assert "VACUUM (FULL, ANALYZE) locks" in each.choice
        assert ("pg_terminate_backend" in each.choice) == held
        assert f"{dead:,} dead rows" in each.why
        assert any("pg_stat_activity" in step.do for step in each.steps) == held


def test_dead_rows_are_no_rows_of_the_table() -> None:
    assert "9,800,000" not in without_dead("n_dead_tup 9,800,000 and 4 million users")
    assert "4 million" in without_dead("n_dead_tup 9,800,000 and 4 million users")
    told = "A table with 300 rows takes 1.2 seconds, n_dead_tup is 9,800,000"
    assert read_row_counts(without_dead(told), ("locks",), "locks") == {"locks": 300}
    few = "we fill a table with 300 rows per user"
    assert read_row_counts(few, ("locks",), "locks") == {}


def test_cures_come_before_what_the_made_rows_show() -> None:
    sketch = sketch_of(f"It takes 9 s, what index? {_PLACES}; places has 2 million rows.")
    dead = read_dead(_HELD, {"places": 9}, "places")
    (cure,) = read_cures(replace(sketch, dead=dead))
    assert cure.advice.slot == "dead rows of places"
    assert cure.says.startswith("End the transaction that keeps the dead rows of places")
    assert read_cures(sketch) == ()


_PLACES = "SELECT id FROM places WHERE town = 'x' AND zip = 'y'"


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("Index Scan on places (rows=2) (actual rows=61024)", (2, 61_024)),
        ("Index Scan using i on places p  (cost=0.4..8.1 rows=3 width=9) "
         "(actual time=0.1..80.2 rows=9000 loops=1)", (3, 9_000)),
        ("Seq Scan on places (rows=900) (actual rows=1024)", ()),  # near enough
        ("Index Scan on others (rows=2) (actual rows=61024)", ()),
        ("Index Scan on places (rows=2)", ()),
    ],
)  # fmt: skip
def test_foretold_and_found_rows_are_read_from_nodes(words: str, figures: tuple[int, ...]) -> None:
    found = read_misjudged(words, read_seen((_PLACES,), {}))
    assert [(each.foretold, each.found) for each in found] == ([figures] if figures else [])
    assert all(each.columns == ("town", "zip") for each in found)


def test_the_figures_of_a_node_are_no_columns_of_an_index() -> None:
    told = f"Slow: {_PLACES}; the index is not used: Seq Scan on places (rows=2) (actual rows=9)."
    assert sketch_of(told).there == ()
    told = f"Slow: {_PLACES}; there is an index on places (town)."
    assert sketch_of(told).there == ("CREATE INDEX ON places (town)",)


def test_a_list_of_columns_is_not_contradicted_by_what_stands_for_the_rest() -> None:
    listed = "It takes 9 s on a table hooks (id, at, body), 6 million rows: "
    asked = "SELECT id, at FROM hooks WHERE body->'a'->>'b' = 'x' ORDER BY at DESC LIMIT 5;"
    assert not invents(sketch_of(listed + asked), listed + asked)
    other = asked.replace("at DESC", "seen_at DESC")
    assert invents(sketch_of(listed + other), listed + other)


@pytest.mark.parametrize(
    ("words", "slow"),
    [
        ("the SELECT takes up to 8\nseconds", True),
        ("it takes over a\n   minute when the cache is cold", True),
        ("that times\nout", True),
        ("each job has 8\nworkers", False),
        ("please take over a\nshift", False),
    ],
)
def test_words_are_read_over_the_end_of_a_line(words: str, *, slow: bool) -> None:
    assert is_slow(words) == slow


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("SELECT 1 FROM t WHERE unaccent(name) ILIKE '%x%'", ["unaccent", "pg_trgm"]),
        ("SELECT similarity(name, 'x') FROM t", ["pg_trgm"]),
        ("SELECT 1 FROM t WHERE earth_distance(a, b) < 5", ["cube", "earthdistance"]),
        ("SELECT unaccent FROM t", []),
        ("SELECT my_unaccent(a) FROM t", []),
    ],
)
def test_the_extensions_of_called_functions_are_made(query: str, named: list[str]) -> None:
    assert [ddl.rpartition(" ")[2] for ddl in extensions((query,))] == named


def test_an_entry_that_is_not_about_slowness_explains_none() -> None:
    told = (
        "Our monthly revenue report takes 14 seconds: SELECT country, sum(total) FROM orders WHERE "
        "extract(year FROM ordered_at) = 2025 GROUP BY country. ordered_at is a timestamp without "
        "time zone, orders has 9 million rows. Why is the index ignored?"
    )
    assert list(known_cause(read_request(told))) == []
    other = (
        "Postgres 14. A table sensor_alarms with 210 million rows; the newest 20 unacknowledged "
        "alarms of a site, ORDER BY created_at DESC LIMIT 20 where site_id = $1 and "
        "acknowledged_at is null, take 40 seconds for small sites and are instant for large ones. "
        "Why is ORDER BY with LIMIT slow there?"
    )
    assert any("the planner walks the index" in each for each in known_cause(read_request(other)))


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("I made gin_trgm_ops indexes on both columns.", 2),
        ("There are trigram indexes for all of them.", 2),
        ("There is no trigram index on both columns.", 0),
        ("Would trigram indexes on both help?", 0),
        ("There are indexes on both columns.", 0),  # of a kind that is not told
        ("There are GIN indexes on both columns.", 0),  # of what, on text, is not told either
    ],
)
def test_trigram_indexes_on_all_searched_columns_are_there(said: str, count: int) -> None:
    query = (
        "SELECT c.id FROM contacts c JOIN firms f ON f.id = c.firm_id WHERE c.phone ILIKE '%1%' "
        "OR f.name ILIKE '%x%' LIMIT 9"
    )
    sketch = sketch_of(f"It takes 9 s, 900k contacts in Postgres: {query}; {said}")
    assert sum("gin" in each for each in sketch.there) == count
    assert sum("gin_trgm_ops" in each for each in sketch.there) == count
    assert ("pg_trgm" in sketch.ddl) == bool(count)
