"""Statistics of expressions follow from the columns inside."""

from dataclasses import replace

import pytest

from blueproof.sql.schema import Slot
from blueproof.sql.sizes.expressions import statistics_of
from blueproof.sql.statistics import ColumnStatistics, TableStatistics

TEXT = Slot(type="text")
TABLE = TableStatistics(
    table="t",
    rows=10_000,
    pages=100,
    basis="given",
    columns=(
        ColumnStatistics(column="email", width=20, distinct=-1, histogram=("abc@x", "abd@x")),
        ColumnStatistics(column="city", width=9, distinct=300, null_fraction=0.2),
        ColumnStatistics(
            column="at", width=8, distinct=-1, histogram=("2024-01-01 00:00", "2025-12-31 00:00")
        ),
        ColumnStatistics(column="doc", width=100, distinct=-1),
        ColumnStatistics(column="price", width=6, distinct=-1, histogram=("0.50", "90.25")),
        ColumnStatistics(column="cents", width=4, distinct=-1, histogram=("1", "5001")),
        ColumnStatistics(
            column="due", width=8, distinct=12, histogram=("2024-01-01", "2024-12-01")
        ),
    ),
)
DISTINCT = {
    "lower(email)": -1,
    "md5(email)": -1,
    "date_trunc('day'::text, at)": 731,
    "(at)::date": 731,
    "date(at)": 731,
    "date((at AT TIME ZONE 'UTC'::text))": 731,
    "date((at AT TIME ZONE 'Europe/Berlin'::text))": 731,
    "date(due)": 12,
    "date_trunc('hour'::text, due)": 12,
    "EXTRACT(doy FROM due)": 12,
    "floor(price)": pytest.approx(90.75),
    "((price)::integer)": pytest.approx(90.75),
    "round(price, 1)": -1,
    "(cents / 100)": pytest.approx(51),
    "(price / 100)": -1,
    "sign(cents)": 3,
    "CASE WHEN (cents > 100) THEN 'dear'::text ELSE 'cheap'::text END": 2,
    "CASE WHEN (cents > 100) THEN city ELSE 'cheap'::text END": 8_000,
    '"right"(email, 2)': 2,
    "date_trunc('month'::text, (at AT TIME ZONE 'UTC'::text))": pytest.approx(25, rel=0.01),
    "EXTRACT(hour FROM at)": 24,
    "date_part('dow'::text, at)": 7,
    "length(email)": 200,
    "(id_unknown % 10)": 10,
    "((city)::text || ' '::text)": 300,
    "(doc ->> 'email'::text)": -1,
    "(doc ->> 'status'::text)": 8,
    "nonsense((": 200,
    "some_function(city)": 300,
    "some_function(city, doc)": 8_000,
}


@pytest.mark.parametrize("expression", DISTINCT)
def test_different_values_are_those_that_the_function_leaves(expression: str) -> None:
    assert statistics_of(expression, TEXT, TABLE).distinct == DISTINCT[expression]


def test_a_column_has_its_own_statistics() -> None:
    assert statistics_of("city", TEXT, TABLE) == TABLE.by_name["city"]


def test_what_was_null_becomes_the_value_behind_it() -> None:
    found = statistics_of("COALESCE(city, 'none'::text)", TEXT, TABLE)
    assert (found.null_fraction, found.common, found.frequencies) == (0, ("none",), (0.2,))
    assert found.distinct == 301


def test_a_fixed_type_has_its_own_width() -> None:
    found = statistics_of("length(email)", Slot(type="integer", length=4), TABLE)
    assert found.width == 4
    assert statistics_of("md5(email)", TEXT, TABLE).width == 33


def test_a_comparison_has_two_values() -> None:
    found = statistics_of("(city = email)", Slot(type="boolean", length=1, align=1), TABLE)
    assert found.distinct == 2


def test_a_beginning_has_as_many_values_as_the_known_ones_let_expect() -> None:
    """Both known values begin alike, so there may be one beginning or two."""
    found = statistics_of('"left"(email, 2)', TEXT, TABLE)
    assert found.distinct == pytest.approx(2)
    assert found.width == 3


def test_what_was_counted_of_an_expression_goes_before_what_follows() -> None:
    key = "((doc -> 'a'::text) ->> 'b'::text)"
    counted = ColumnStatistics(column=key, distinct=7, common=("x",), frequencies=(0.5,))
    table = replace(TABLE, expressions=(counted,))
    assert statistics_of("(doc -> 'a'::text) ->> 'b'::text", TEXT, table).distinct == 7
    assert statistics_of("lower(email)", TEXT, table).distinct == -1
    flat = replace(TABLE, expressions=(ColumnStatistics(column="(1 + city) * 2", distinct=3),))
    assert statistics_of("((1 + city) * 2)", TEXT, flat).distinct == 3
    assert statistics_of("(1 + (city * 2))", TEXT, flat).distinct == 300
