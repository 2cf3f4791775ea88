"""Two columns that are the ends of a range."""

import pytest

from blueproof.sql.filters import compared
from blueproof.sql.ranges import is_ordered, order, read_ends
from blueproof.sql.schema import Column, Schema, Table
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import read_part, read_tree

T = Table(
    name="t",
    columns=(
        Column(name="s", type="timestamp(3) with time zone"),
        Column(name="e", type="timestamp with time zone"),
        Column(name="i", type="integer"),
        Column(name="j", type="integer"),
        Column(name="x", type="text"),
        Column(name="y", type="text"),
    ),
)


@pytest.mark.parametrize(
    ("check", "ordered"),
    [
        ("CHECK ((s <= e))", True),
        ("CHECK ((s < e))", True),
        ("CHECK ((e >= s))", True),
        ("CHECK (((i > 0) AND (e > s)))", True),
        ("CHECK ((s <= e)) NO INHERIT", True),
        ("CHECK ((s <= e)) NOT VALID", False),
        ("CHECK (((s <= e) OR (i > 0)))", False),
        ("CHECK ((NOT (s <= e)))", False),
        ("CHECK ((s >= e))", False),
        ("CHECK ((s <> e))", False),
        ("CHECK ((s <= (e + '1 day'::interval)))", False),
        ('CHECK (("S" <= e))', False),
    ],
)
def test_only_a_check_of_the_order_alone_keeps_ends_in_order(check: str, *, ordered: bool) -> None:
    table = Table(name="t", columns=T.columns, checks=(check,))
    assert is_ordered(table, "s", "e") == ordered


@pytest.mark.parametrize(
    ("one", "other", "way"),
    [
        ("'2026-01-01'", "'2026-01-02 03:00'", -1),
        ("'2026-01-02'", "'2026-01-01 03:00'", 1),
        ("'2026-01-01 04:00'", "'2026-01-01 04:00'", 0),
        ("3", "11", -8),
        ("$1", "$1", 0),
        ("$1", "$2", None),
        ("'1 May'", "'2 May'", None),
        ("'2026-01-01 00:00+02'", "'2026-01-01 00:00'", None),
        ("'2026-01-01'::timestamptz", "'2026-01-02'::timestamp", None),
    ],
)
def test_the_order_of_two_values_is_known_of_plain_constants(
    one: str, other: str, way: int | None
) -> None:
    assert order(read_part(one), read_part(other)) == way


@pytest.mark.parametrize(
    ("condition", "takes"),
    [
        ("s < $1", True),
        ("s < '2026-01-01'", True),
        ("s < now() - interval '1 day'", True),
        ("s < current_date", True),
        ("s < $1::timestamptz + interval '1 day'", True),
        ("s < $1::timestamp", False),
        ("s < e", False),
        ("s < clock_timestamp()", False),
        ("s < (SELECT max(e) FROM t)", False),
        ("i < 5", True),
        ("i < $1", True),
        ("i < 5.5", False),
        ("i < '5'", False),
        ("i < random()", False),
    ],
)
def test_a_value_is_taken_where_it_is_fixed_and_of_the_columns_type(
    condition: str, *, takes: bool
) -> None:
    tree = read_tree(f"SELECT e, j FROM t WHERE {condition}")
    assert tree is not None
    left, _, right = next(compared(tree.args["where"].this))
    end, number = tree.expressions
    other = end if left.name == "s" else number
    ends = read_ends(Scopes(Schema(tables=(T,))), left, other)
    assert ends is not None
    assert ends.takes(right) == takes


def test_texts_are_no_ends_of_a_range() -> None:
    tree = read_tree("SELECT x, y FROM t")
    assert tree is not None
    assert read_ends(Scopes(Schema(tables=(T,))), *tree.expressions) is None
