"""Where most of a plan's time goes that no index saves comes before everything else."""

import pytest

from blueproof.advisors.plan.leading import leading, most_of
from blueproof.consult import consult
from blueproof.intake.words.read import read_request
from blueproof.sql.plans.read import read_plans

_SCAN = "Index Scan using o_at on o (cost=0..9 rows=5 width=9) (actual time=1..{} rows=90 loops=1)"
_COMPILED = """
JIT:
  Functions: 80
  Timing: Generation 9.0 ms, Optimization {0}.0 ms, Emission 1.0 ms, Total {0}.0 ms"""


@pytest.mark.parametrize(
    ("plan", "slots"),
    [
        (f"{_SCAN.format(20)}{_COMPILED.format(450)}\nExecution Time: 500.0 ms", ["jit"]),
        (f"{_SCAN.format(20)}\nExecution Time: 500.0 ms", ["time outside the nodes"]),
        (f"{_SCAN.format(300)}\nExecution Time: 500.0 ms", []),  # less than half of it
        (f"{_SCAN.format(480)}\nExecution Time: 500.0 ms", []),
        (f"{_SCAN.format(300)}{_COMPILED.format(190)}\nExecution Time: 500.0 ms", []),
        ("Index Scan using o_at on o (cost=0..9 rows=5 width=9)", []),  # it was not run
    ],
)
def test_half_of_the_time_leads(plan: str, slots: list[str]) -> None:
    found = leading(read_plans(plan))
    assert [each.advice.slot for each in found] == slots
    assert all(each.steps and each.says for each in found)


def test_a_plan_whose_nodes_take_little_is_not_called_fine() -> None:
    told = f"Why does this take half a second?\n{_SCAN.format(16)}\nExecution Time: 519.0 ms"
    answer = consult(read_request(told)).answer
    assert answer.startswith("Find out first where the time goes that no node took: 503 ms")
    assert "Nothing is wrong" not in answer


_NEWEST = """
Nested Loop  (cost=1.14..17.20 rows=1 width=64) (actual time=0.1..41230.1 rows=1843022 loops=1)
  ->  Index Scan using o_at on orders o  (cost=0.57..8.59 rows=1 width=32) \
(actual time=0.03..1904.2 rows=1843022 loops=1)
        Index Cond: (created_at {} '2026-11-30 00:00:00+00'::timestamp with time zone)
  ->  Index Scan using c_pkey on customers c  (cost=0.57..8.59 rows=1 width=40) \
(actual time=0.02..0.02 rows=1 loops=1843022)
        Index Cond: (id = o.customer_id)
Execution Time: 41502.3 ms
"""


def test_values_beyond_the_newest_bound_are_named_as_the_cause() -> None:
    answer = consult(read_request(f"slow every morning, why?\n{_NEWEST.format('>=')}")).answer
    assert answer.startswith("ANALYZE orders;")
    assert "newer than the last ANALYZE of orders: its histogram ends before them" in answer
    assert "autovacuum_analyze_scale_factor = 0.01" in answer
    assert "Then ANALYZE" not in answer  # the same remedy is said once
    older = consult(read_request(f"slow every morning, why?\n{_NEWEST.format('<')}")).answer
    assert "histogram" not in older


@pytest.mark.parametrize(
    ("milliseconds", "choice"),
    [(480, "CREATE INDEX CONCURRENTLY ON o (a)")],
)
def test_what_takes_most_of_the_time_is_said_with_its_remedy(
    milliseconds: int, choice: str
) -> None:
    scan = (
        f"Seq Scan on o (cost=0..9 rows=5 width=9) (actual time=1..{milliseconds} rows=5 loops=1)"
    )
    plan = f"{scan}\n  Filter: (a = 5)\n  Rows Removed by Filter: 900000\nExecution Time: 500.0 ms"
    assert most_of(read_plans(plan))[0] == choice
