"""Which values of a run are planned, and which are parameters."""

from pathlib import Path

import pytest

import yaml_file
from blueproof.sql.workload.literals import planned_text

BOUND = "parameters: $1 = '7', $2 = '2026-01-01', $3 = NULL, $4 = 'it''s', $5 = '20'"
CASES = yaml_file.load((Path(__file__).parent / "literals.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["bound"], ids=lambda case: case["text"])
def test_bounds_patterns_and_pages_are_planned_as_the_run_had_them(case: dict[str, str]) -> None:
    assert planned_text(case["text"], values=BOUND, others=(), runs=9) == case["planned"]


@pytest.mark.parametrize("case", CASES["once"], ids=lambda case: case["text"])
def test_what_is_held_equal_or_stored_is_a_parameter(case: dict[str, str]) -> None:
    assert planned_text(case["text"], values="", others=(), runs=1) == case["planned"]


def test_a_value_that_is_the_same_in_all_runs_is_a_constant() -> None:
    text = "SELECT a FROM t WHERE b = 7 AND c = 'x' AND d IN (1, 2)"
    others = (text.replace("'x'", "'y'"), text.replace("2)", "2, 3)"))
    assert planned_text(text, values="", others=(), runs=9) == text
    assert planned_text(text, values="", others=others, runs=9) == (
        "SELECT a FROM t WHERE b = 7 AND c = $1 AND d IN ($2, $3)"
    )
