"""Which functions only read, by their text."""

import pytest

from blueproof.sql.functions import only_reading

ONE = "CREATE FUNCTION f(n integer) RETURNS integer LANGUAGE sql AS {};"


@pytest.mark.parametrize(
    "text",
    [
        "'SELECT max(a) FROM t WHERE b = n'",
        "$$ SELECT coalesce((SELECT a FROM t WHERE b IN (1, 2) LIMIT 1), 0) $$",
        "$f$ SELECT a FROM t WHERE c = 'it''s' -- update\n$f$",
    ],
)
def test_one_that_selects_only_reads(text: str) -> None:
    assert only_reading(ONE.format(text)) == {"f"}


@pytest.mark.parametrize(
    "text",
    [
        "'UPDATE t SET a = 1 RETURNING a'",
        "$$ SELECT nextval('s')::integer $$",
        "$$ SELECT (random() * n)::integer $$",
        "$$ SELECT other(n) $$",
        "$$ SELECT a FROM t FOR UPDATE $$",
        "$$ SELECT date_part('s', clock_timestamp())::integer $$",
    ],
)
def test_one_that_writes_or_calls_who_knows_what_does_not(text: str) -> None:
    assert only_reading(ONE.format(text)) == set()


def test_a_name_stands_for_all_functions_of_it() -> None:
    other = "CREATE OR REPLACE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT g(1)';"
    assert only_reading(ONE.format("'SELECT 1'") + other) == set()


def test_rows_and_languages_that_cannot_be_read_are_left_alone() -> None:
    rows = "CREATE FUNCTION r() RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1';"
    body = "CREATE FUNCTION b() RETURNS integer LANGUAGE plpython3u AS 'return 1';"
    new = "CREATE FUNCTION n() RETURNS integer LANGUAGE sql RETURN random();"
    assert only_reading(rows + body + new) == set()


def test_names_are_those_of_the_schema() -> None:
    text = """CREATE FUNCTION app."Code"() RETURNS text AS $$ SELECT 'a' $$ LANGUAGE sql;"""
    assert only_reading(text) == {"app.Code"}
