"""A plan that was run tells how many values the columns of its equalities have."""

from blueproof.sql.plans.read import read_plans
from blueproof.sql.plans.values_seen import values_seen

BITMAP = """Limit (actual time=3871.2..3874.9 rows=50 loops=1)
  ->  Sort (actual time=3871.2..3874.9 rows=50 loops=1)
        Sort Key: made_at DESC
        ->  Bitmap Heap Scan on jobs (actual time=188.3..3850.1 rows=31200 loops=1)
              Recheck Cond: (state = 'open'::text)
              Filter: (site_id = 9)
              Rows Removed by Filter: 880100
              ->  Bitmap Index Scan on jobs_state_idx (actual time=171.0..171.0 rows=911300 loops=1)
                    Index Cond: (state = 'open'::text)
Execution Time: 3875.301 ms
"""
STOPPED = """Limit (actual time=0.1..0.2 rows=50 loops=1)
  ->  Index Scan using jobs_state_idx on jobs (actual time=0.1..0.2 rows=50 loops=1)
        Index Cond: (state = 'open'::text)
Execution Time: 0.3 ms
"""


def seen(text: str) -> dict[tuple[str, str], int]:
    return values_seen(read_plans(text)[0], {"jobs": 14_000_000})


def test_what_an_index_finds_and_a_filter_keeps_tells_the_numbers_of_values() -> None:
    assert seen(BITMAP) == {("jobs", "state"): 15, ("jobs", "site_id"): 29}


def test_a_scan_that_stops_early_tells_nothing() -> None:
    assert seen(STOPPED) == {}


def test_a_range_tells_nothing() -> None:
    text = BITMAP.replace("(state = 'open'::text)", "(state > 'open'::text)")
    assert seen(text.replace("(site_id = 9)", "((site_id = 9) AND (a = 1))")) == {}
