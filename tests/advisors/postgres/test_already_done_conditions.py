"""Other words that the planner finds by itself: both have one plan, and no rewrite is needed."""

from collections.abc import Iterator

import pytest

from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.counts_file import write_counts
from blueproof.sql.queries import EPOCH
from blueproof.sql.rowcounts import count_rows, read_counts
from blueproof.sql.scene_statistics import read_scene_statistics

TABLES = """
CREATE TABLE customers (
  id bigint PRIMARY KEY, name text NOT NULL, status text, city text COLLATE "C"
);
CREATE INDEX customers_name_idx ON customers (name text_pattern_ops);
CREATE INDEX customers_city_idx ON customers (city);
CREATE INDEX customers_status_idx ON customers (status);
"""
NAMED = "SELECT id FROM customers WHERE "
ALREADY = {
    "LIKE without a wildcard": ("city LIKE 'Rome'", "city = 'Rome'"),
    "a regular expression for a whole text": ("city ~ '^Rome$'", "city = 'Rome'"),
    "the opposite of unequal": ("NOT (status <> 'open')", "status = 'open'"),
    "several values with OR": ("id = 1 OR id = 2 OR id = 5", "id IN (1, 2, 5)"),
    "several parameters with OR": ("id = $1 OR id = $2", "id = ANY (ARRAY[$1::bigint, $2])"),
    "a cast that changes nothing": ("status::varchar = 'open'", "status::text = 'open'"),
    "one value in a list": ("status IN ('open')", "status = 'open'"),
    "a value that is reckoned beforehand": ("id = 40 + 2", "id = 42"),
}


@pytest.fixture
def twin(server: Server) -> Iterator[Twin]:
    """The tables with a million rows."""
    with Twin(server, TABLES) as made:
        counts = count_rows(made.schema, read_counts(("customers=1M",)))
        told = Excerpt(text=write_counts(counts, EPOCH), path="statistics.yaml")
        made.set_statistics(read_scene_statistics(made.schema, told))
        yield made


@pytest.mark.parametrize("name", ALREADY)
def test_the_planner_has_the_same_plan_for_both(name: str, twin: Twin) -> None:
    one, other = twin.plans(tuple(NAMED + words for words in ALREADY[name]))
    assert one is not None
    assert other is not None
    assert [(n.node, n.index) for n in one.walk()] == [(n.node, n.index) for n in other.walk()]
    assert one.cost == pytest.approx(other.cost)
    assert one.indexes


@pytest.mark.parametrize("words", ["name ~ '^abc'", "name LIKE 'abc%'", "starts_with(name, 'abc')"])
def test_an_index_for_patterns_serves_a_beginning_in_each_form(words: str, twin: Twin) -> None:
    (plan,) = twin.plans((NAMED + words,))
    assert plan is not None
    assert "customers_name_idx" in plan.indexes
