"""Expressions that hold a value of the question, and those that are a row's own."""

import pytest

from blueproof.sql.pasted import is_pasted


@pytest.mark.parametrize(
    "expression",
    [
        "bit_count((phash # '11010001101000001001'::\"bit\"))",
        "abs((price - 123456.3))",
        "abs((price - '123456.3'::double precision))",
        "((4711 - price))",
        "(at - '2020-01-01'::date)",
        "abs(EXTRACT(epoch FROM (at - '2020-01-01 00:00:00'::timestamp without time zone)))",
        "(id = 471100)",
        "similarity(name, 'john'::text)",
        "ts_rank(body, to_tsquery('word'::text))",
    ],
)
def test_what_holds_a_value_of_the_question_is_of_one_question(expression: str) -> None:
    assert is_pasted(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "lower(email)",
        "COALESCE(a, b)",
        "(data ->> 'customer_number'::text)",
        "(((data ->> 'customer_number'::text))::integer + 1)",
        "date_trunc('day'::text, created_at)",
        "(a - b)",
        "(price * 1000)",
        "(EXTRACT(epoch FROM at) / 86400)",
        "(created_at + '30 days 02:00'::interval)",
        "to_tsvector('english_long'::regconfig, body)",
        "((first || ' '::text) || last)",
        "CASE WHEN (status = 'urgent'::text) THEN 0 ELSE 1 END",
    ],
)
def test_a_row_s_own_property_is_one_for_every_question(expression: str) -> None:
    assert not is_pasted(expression)


@pytest.mark.parametrize(
    ("expression", "pasted"),
    [
        ("abs((weight - 12.5))", True),
        ("abs((weight - '12.5'::double precision))", True),
        ("CASE WHEN (status = 'urgent'::text) THEN 0 ELSE 1 END", False),
        ("(price * 100)", False),
    ],
)
def test_a_sort_by_a_difference_is_by_a_distance(expression: str, *, pasted: bool) -> None:
    assert is_pasted(expression, sorts=True) == pasted
