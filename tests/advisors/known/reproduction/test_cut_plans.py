"""Plans that were pasted in part: what is missing is not made up, and nothing breaks."""

from pathlib import Path

import pytest

from blueproof.advisors.known.reproduction.planned import of_plan
from blueproof.core.errors import BlueproofError
from blueproof.sql.plans.read import read_plans

SAMPLES = Path(__file__).parents[3] / "sql" / "plans" / "samples"
JOINED = """Limit  (cost=0.86..9.10 rows=1 width=8)
  ->  Nested Loop  (cost=0.86..9.10 rows=1 width=8)
        ->  Index Scan using a_key on a  (cost=0.43..4.45 rows=1 width=8)
              Index Cond: (id = 3)
        ->  Seq Scan on b  (cost=0.00..4.45 rows=1 width=8)
              Filter: (a_id = 3)"""


def written(text: str) -> list[str]:
    """The queries of the plans in a text."""
    return [found.query for plan in read_plans(text, path="plan.sql") if (found := of_plan(plan))]


@pytest.mark.parametrize(("lines", "known"), [(2, False), (4, False), (6, True)])
def test_a_join_is_written_only_where_both_sides_are_there(lines: int, *, known: bool) -> None:
    text = "\n".join(JOINED.splitlines()[:lines])
    assert bool(written(text)) is known


@pytest.mark.parametrize(
    "sample",
    sorted(SAMPLES.rglob("*.txt")),
    ids=lambda f: f.name,
)
def test_a_plan_may_be_cut_anywhere(sample: Path) -> None:
    lines = sample.read_text(encoding="utf-8").splitlines()
    for end in range(1, len(lines), max(1, len(lines) // 10)):
        try:
            written("\n".join(lines[:end]))
        except BlueproofError:
            continue
