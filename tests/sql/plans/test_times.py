"""Where the time goes: each millisecond once, and none below zero."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.sql.plans.build import build
from blueproof.sql.plans.node import Node
from blueproof.sql.plans.read import read_plans


def ms(text: str) -> dict[int, float]:
    """Exclusive milliseconds by node."""
    return {n.number: round(n.exclusive_ms or 0.0, 6) for n in read_plans(text)[0].root.walk()}


def line(depth: int, name: str, time: float, loops: int = 1, rows: int = 1) -> str:
    lead = " " * (6 * depth - 4) + "->  " if depth else ""
    return f"{lead}{name}  (cost=0..9 rows=1 width=4) (actual time=0..{time} rows={rows} loops={loops})\n"  # noqa: E501


def test_loops_are_multiplied() -> None:
    text = (
        line(0, "Nested Loop", 10.198)
        + line(1, "Seq Scan on t1", 0.058)
        + line(1, "Materialize", 0.008, 402)
        + line(2, "Seq Scan on t2", 0.015)
    )
    assert ms(text) == {1: 6.924, 2: 0.058, 3: 3.201, 4: 0.015}


def test_processes_below_a_gather_share_their_time() -> None:
    text = (
        line(0, "Gather", 100)
        + "  Workers Planned: 2\n  Workers Launched: 2\n"
        + line(1, "Parallel Seq Scan on a", 90, loops=3)
    )
    assert ms(text) == {1: 10.0, 2: 90.0}


def test_a_leader_that_took_no_part_is_not_counted() -> None:
    text = (
        line(0, "Gather", 100)
        + "  Workers Planned: 2\n  Workers Launched: 2\n"
        + line(1, "Parallel Seq Scan on a", 90, loops=2)
    )
    assert ms(text) == {1: 10.0, 2: 90.0}


def test_a_partition_that_one_process_read_counts_for_its_share() -> None:
    text = (
        line(0, "Gather", 100)
        + "  Workers Planned: 1\n  Workers Launched: 1\n"
        + line(1, "Parallel Append", 90, loops=2)
        + line(2, "Seq Scan on p1", 80)
        + line(2, "Seq Scan on p2", 90)
    )
    assert ms(text) == {1: 10.0, 2: 5.0, 3: 40.0, 4: 45.0}


def test_a_cte_that_is_read_twice_is_counted_once() -> None:
    text = (
        line(0, "Hash Join", 100)
        + "  CTE x\n    ->  Seq Scan on a  (cost=0..9 rows=1 width=4) "
        + "(actual time=0..60 rows=1 loops=1)\n"
        + "  ->  CTE Scan on x x1  (cost=0..9 rows=1 width=4) (actual time=0..63 rows=1 loops=1)\n"
        + "  ->  CTE Scan on x x2  (cost=0..9 rows=1 width=4) (actual time=0..7 rows=1 loops=1)\n"
    )
    found = ms(text)
    assert sum(found.values()) == pytest.approx(100)
    assert found[1] == 30.0
    assert found[2] == 60.0


def test_an_initplan_is_taken_off_the_node_that_asks_for_it() -> None:
    text = (
        line(0, "Limit", 100)
        + "  InitPlan 1 (returns $0)\n    ->  Aggregate  (cost=0..9 rows=1 width=4) "
        + "(actual time=0..70 rows=1 loops=1)\n"
        + "          ->  Seq Scan on b  (cost=0..9 rows=1 width=4) "
        + "(actual time=0..69 rows=1 loops=1)\n"
        + "  ->  Seq Scan on a  (cost=0..9 rows=1 width=4) (actual time=0..99 rows=1 loops=1)\n"
        + "        Filter: (x > $0)\n"
    )
    assert ms(text) == {1: 1.0, 2: 1.0, 3: 69.0, 4: 29.0}


def test_what_was_never_executed_takes_no_time() -> None:
    text = line(0, "Append", 5) + line(1, "Seq Scan on a", 4) + (
        "  ->  Seq Scan on b  (cost=0..9 rows=1 width=4) (never executed)\n"
    )  # fmt: skip
    plan = read_plans(text)[0]
    assert plan.root.children[1].never
    assert ms(text) == {1: 1.0, 2: 4.0, 3: 0.0}


def test_without_times_there_are_none() -> None:
    plan = read_plans("Seq Scan on a  (cost=0..9 rows=1 width=4) (actual rows=7 loops=1)\n")[0]
    assert plan.analyzed
    assert not plan.timed
    assert plan.root.exclusive_ms is None


def test_the_hot_way_ends_at_a_leaf() -> None:
    text = (
        line(0, "Hash Join", 100)
        + line(1, "Seq Scan on a", 80)
        + line(1, "Hash", 10)
        + line(2, "Seq Scan on b", 9)
    )
    assert [n.number for n in read_plans(text)[0].hot] == [1, 2]


def test_the_hot_way_goes_into_the_cte_that_takes_the_time() -> None:
    text = (
        line(0, "CTE Scan on x", 100)
        + "  CTE x\n    ->  Sort  (cost=0..9 rows=1 width=4) (actual time=0..90 rows=1 loops=1)\n"
        + "          ->  Seq Scan on a  (cost=0..9 rows=1 width=4) "
        + "(actual time=0..80 rows=1 loops=1)\n"
    )
    assert [n.kind for n in read_plans(text)[0].hot] == ["CTE Scan", "Sort", "Seq Scan"]


@st.composite
def trees(draw: st.DrawFn, depth: int = 4) -> dict[str, Any]:
    """A tree whose nodes take at least what is below them, in loops that multiply."""
    loops = draw(st.integers(1, 50))
    below = draw(st.integers(0, 3)) if depth else 0
    children = [draw(trees(depth=depth - 1)) for _ in range(below)]
    inside = sum(c["Actual Total Time"] * c["Actual Loops"] for c in children)
    own = draw(st.floats(0, 1000, allow_nan=False))
    return {
        "Node Type": draw(st.sampled_from(["Append", "Sort", "Nested Loop", "Hash"])),
        "Actual Rows": 1, "Actual Loops": loops, "Own": own,
        "Actual Total Time": (inside + own) / loops, "Plans": children,
    }  # fmt: skip


def owns(raw: dict[str, Any]) -> list[float]:
    return [raw["Own"], *(own for child in raw["Plans"] for own in owns(child))]


@given(trees())
def test_every_millisecond_is_somebodys_and_nobodys_twice(raw: dict[str, Any]) -> None:
    root = build({"Plan": raw}, form="json", line=1, path="plan").root
    nodes: list[Node] = list(root.walk())
    assert [n.number for n in nodes] == list(range(1, len(nodes) + 1))
    assert all((n.exclusive_ms or 0.0) >= 0 for n in nodes)
    assert sum(n.exclusive_ms or 0.0 for n in nodes) == pytest.approx(root.inclusive_ms, abs=1e-6)
    assert [n.exclusive_ms for n in nodes] == pytest.approx(owns(raw), abs=1e-6)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 10**6)), min_size=1, max_size=20))
def test_times_that_fit_nowhere_never_go_below_zero(chain: list[tuple[float, int]]) -> None:
    raw: dict[str, Any] = {}
    for time, loops in chain:
        raw = {"Node Type": "Limit", "Actual Total Time": time, "Actual Loops": loops,
               "Actual Rows": 1, "Plans": [raw] if raw else []}  # fmt: skip
    nodes = list(build({"Plan": raw}, form="json", line=1, path="plan").root.walk())
    assert all((n.exclusive_ms or 0.0) >= 0 for n in nodes)
    assert all((n.exclusive_ms or 0.0) <= (n.inclusive_ms or 0.0) for n in nodes)
