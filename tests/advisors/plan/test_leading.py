"""Where most of a plan's time goes that no index saves comes before everything else."""

import pytest

from blueproof.advisors.plan.leading import leading
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
