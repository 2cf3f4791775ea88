"""Claims on given statistics hold as they are; what was changed of those is said beside them."""

from collections.abc import Iterator

import pytest

from blueproof.core.claim import CostFalls
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome
from blueproof.proof.prove import check

SCHEMA = """
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL, kind text NOT NULL);
"""
STATISTICS = """
SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 'orders',
  'relpages', '20000', 'reltuples', '2e6', 'relallvisible', '20000');
SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 'orders_pkey',
  'relpages', '5000', 'reltuples', '2e6');
SELECT pg_restore_attribute_stats('schemaname', 'public', 'relname', 'orders',
  'attname', 'user_id', 'inherited', 'f', 'null_frac', '0', 'avg_width', '8',
  'n_distinct', '100000', 'correlation', '0.1');
"""
CLAIM = CostFalls(
    query=Excerpt(text="SELECT * FROM orders WHERE user_id = $1"),
    change=Excerpt(text="CREATE INDEX by_user ON orders (user_id)"),
    factor=5,
)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench() as opened:
        yield opened


def outcome(bench: Bench, before: str = "", claim: CostFalls = CLAIM) -> Outcome:
    scene = DatabaseScene(
        schema=Excerpt(text=SCHEMA, path="schema.sql"),
        statistics=Excerpt(text=before + STATISTICS, path="statistics.sql"),
    )
    return check(claim, scene, bench)


def test_a_fall_in_cost_on_given_statistics_needs_no_condition(bench: Bench) -> None:
    found = outcome(bench)
    assert (found.verdict, found.basis, found.condition) == ("proved", "given statistics", "")
    assert not any("worth it" in m.name or "values of" in m.name for m in found.measured)


def test_scaled_statistics_are_assumed_and_say_by_how_much(bench: Bench) -> None:
    found = outcome(bench, "-- scale: 10\n")
    assert (found.verdict, found.basis) == ("proved", "assumed statistics")
    assert found.condition == "at 10 times the rows of the statistics given"
    costs = [next(m.value for m in o.measured if m.name == "cost before")
             for o in (found, outcome(bench))]  # fmt: skip
    assert all(isinstance(cost, float) for cost in costs)
    assert float(costs[0]) > 5 * float(costs[1])


def test_a_table_that_the_statistics_lack_is_said_to_be_assumed(bench: Bench) -> None:
    joined = "SELECT * FROM orders o JOIN users u ON u.id = o.user_id WHERE o.user_id = $1"
    claim = CostFalls(query=Excerpt(text=joined), change=CLAIM.change, factor=5)
    found = outcome(bench, claim=claim)
    assert found.basis == "assumed statistics"
    assert found.condition.startswith("assuming ")
    assert found.condition.endswith(" rows in users")


def test_what_the_statistics_lack_says_from_how_many_values_on_it_holds(bench: Bench) -> None:
    change = Excerpt(text="CREATE INDEX by_name ON users (name)")
    query = Excerpt(text="SELECT * FROM users WHERE name = $1")
    found = outcome(bench, claim=CostFalls(query=query, change=change, factor=5))
    assert (found.verdict, found.basis) == ("proved", "assumed statistics")
    assert " different values of users.name on" in found.condition
    assert any(m.name == "values of name" for m in found.measured)


def test_a_column_without_statistics_of_its_own_is_not_varied(bench: Bench) -> None:
    query = Excerpt(text="SELECT * FROM orders WHERE user_id = $1 AND kind = $2")
    found = outcome(bench, claim=CostFalls(query=query, change=CLAIM.change, factor=5))
    assert (found.verdict, found.condition) == ("proved", "")


def test_told_rows_are_given(bench: Bench) -> None:
    found = outcome(bench, "-- rows: public.orders 50\n")
    assert (found.verdict, found.basis) == ("refuted", "given statistics")
