"""Plans that were pasted without their end, and statements that do not end on the made rows."""

from datetime import date

import pytest

from blueproof.advisors.known.reproduction.cut_plans import cut_off
from blueproof.advisors.known.reproduction.pages import page_indexes, pages
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.advisors.known.reproduction.taken_next import next_indexes
from blueproof.intake.words.read import read_request
from blueproof.sql.guessing.kinds import Column
from blueproof.sql.guessing.rows import Ground, Shape, fillings
from blueproof.sql.guessing.seen import read_seen
from blueproof.sql.guessing.values import Place, values_of
from blueproof.sql.plans.read import read_plans
from blueproof.sql.schema import Schema, Table

PLAN = """Limit  (cost=130.22..130.72 rows=200 width=805) (actual time=42.7..42.8 rows=200 loops=1)
   ->  Sort  (cost=130.22..131.23 rows=6441205 width=805) (actual time=42.7..42.7 rows=200 loops=1)
         Sort Key: crates.packed DESC, crates.id DESC
         ->  Hash Join  (cost=39..102 rows=644 width=805) (actual time=9..35 rows=6785440 loops=1)
               Hash Cond: (crates.depot_id = depots.id)
               ->  Merge Right Join  (cost=8.8..48.9 rows=6441205 width=223)
                     Merge Cond: (lids.id = crates.lid_id)
"""


def plan(text: str = PLAN) -> tuple[str, dict[str, int]]:
    (read,) = read_plans(text, path="plan.sql")
    query, rows = cut_off(read)
    return " ".join(query.split()), rows


def sketch_of(text: str) -> Sketch:
    found = read_sketch(read_request(text))
    assert found is not None, "no slow query was read"
    return found


def test_a_plan_without_its_end_is_the_order_and_the_joins_that_it_names() -> None:
    assert plan() == (
        "SELECT * FROM crates JOIN depots ON (crates.depot_id = depots.id) LEFT JOIN lids ON "
        "(lids.id = crates.lid_id) ORDER BY crates.packed DESC, crates.id DESC LIMIT 200",
        {"crates": 6785440},
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("crates.packed DESC, crates.id DESC", "packed DESC"),  # of which table is not told
        ("crates.packed DESC, crates.id DESC", "crates.packed, depots.id"),
        ("Hash Join", "HashAggregate"),  # what is grouped by is not told
    ],
)
def test_a_plan_that_does_not_name_what_it_sorts_is_no_query(old: str, new: str) -> None:
    assert plan(PLAN.replace(old, new)) == ("", {})


@pytest.mark.parametrize(
    ("where", "equal"),
    [
        ("run_id IN ('a1') AND level >= 0", [("run_id", "a1")]),
        ("run_id LIKE 'a1'", [("run_id", "a1")]),
        ("run_id IN ('a1', 'b2')", []),
        ("run_id LIKE 'a%'", []),
    ],
)
def test_a_page_of_one_value_is_one_in_whichever_way_it_is_said(
    where: str, equal: list[tuple[str, str]]
) -> None:
    query = f"SELECT * FROM lines WHERE {where} ORDER BY at LIMIT 200"
    for text in (query, f"{query} OFFSET 0"):
        assert [list(page.equal) for page in pages((text,))] == ([equal] if equal else [])
    assert not list(pages((f"{query} OFFSET 400",)))


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM crates ORDER BY packed DESC, id DESC LIMIT 20",
         "ON crates (packed DESC, id DESC)"),
        ("SELECT c.* FROM crates c LEFT JOIN lids l ON l.id = c.lid_id ORDER BY c.packed, c.id "
         "LIMIT 20", "ON crates (packed, id)"),
        ("SELECT c.* FROM crates c JOIN lids l ON l.id = c.lid_id ORDER BY c.packed, l.id LIMIT 20",
         ""),
        ("SELECT * FROM crates ORDER BY packed, id", ""),
    ],
)  # fmt: skip
def test_the_first_rows_in_an_order_of_several_columns_want_its_index(
    query: str, index: str
) -> None:
    sketch = sketch_of(f"{query} takes 9 s in Postgres, 7M crates")
    assert [p.definition for p in page_indexes(sketch)] == ([index] if index else [])


def test_what_waits_before_a_state_is_taken_next_by_an_index_of_it_alone() -> None:
    sketch = sketch_of(
        "SELECT id FROM tasks WHERE state < 'active' AND queue LIKE 'mail' AND start_after < now() "
        "ORDER BY priority DESC, created_on LIMIT 1 takes 2 s in Postgres, 3M tasks"
    )
    assert [p.definition for p in next_indexes(sketch)] == [
        "ON tasks (queue, priority DESC, created_on) WHERE state < 'active'"
    ]


def test_rows_are_made_that_a_bound_of_states_and_a_whole_pattern_find() -> None:
    query = "SELECT id FROM tasks WHERE state < 'active' AND queue LIKE 'mail'"
    seen = read_seen((query,), {})["tasks"]
    place = Place(rows=1000, today=date(2026, 11, 29))
    state = Column(name="state", type="text", kind="state", why="")
    assert "'a'" in values_of(state, seen["state"], place)
    queue = Column(name="queue", type="text", kind="label", why="")
    assert "THEN 'mail'::text" in values_of(queue, seen["queue"], place)


def test_a_day_that_a_part_of_a_time_is_held_against_lies_among_the_rows() -> None:
    query = "SELECT * FROM paid WHERE (date_trunc('month', at)) >= ('2020-01-01')"
    assert read_seen((query,), {})["paid"]["at"].literals == ["2020-01-01"]


def test_fewer_rows_are_made_where_a_query_does_not_end_on_all() -> None:
    schema = Schema(tables=(Table(name="t", columns=()),))
    kinds = {"t": (Column(name="a", type="bigint", kind="count", why=""),)}
    ground = Ground(schema=schema, seen={}, kinds=kinds, shape=Shape(), today=date(2026, 11, 29))
    made = [fillings(ground, {"t": 900_000}, part)[0].made for part in (1.0, 0.1)]
    assert made == [200_000, 20_000]
