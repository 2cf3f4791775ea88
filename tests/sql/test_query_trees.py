"""Queries read as trees and printed again."""

import pytest
from sqlglot import exp

from blueproof.sql.trees import brief, read_tree, write_tree


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a, b FROM t WHERE a = 1",
        "SELECT 'x\nSELECT\n  y\nFROM' AS z, a FROM t",
        "SELECT now(), CURRENT_DATE, a::text, (a + b)::int FROM t ORDER BY a DESC NULLS LAST, b",
        "SELECT count(*) FROM t WHERE (a, b) > ($1,$2) AND c = ANY($3::int[])",
        "SELECT * FROM a LEFT JOIN LATERAL (SELECT 1 FROM b WHERE b.x = a.x LIMIT 1) AS l ON true",
        'SELECT "Odd Name" FROM "T" AS "U" WHERE "U"."a"" b" = \'it\'\'s\'',
    ],
)
def test_a_query_printed_twice_reads_the_same(text: str) -> None:
    tree = read_tree(text)
    assert tree is not None
    again = read_tree(write_tree(tree))
    assert again == tree
    assert again is not None
    assert brief(again) == brief(tree)


def test_short_clauses_stand_on_one_line() -> None:
    tree = read_tree("select a, b from t join u on u.id=t.id where exists (select 1 from v)")
    assert tree is not None
    assert write_tree(tree).splitlines() == [
        "SELECT a, b",
        "FROM t",
        "JOIN u ON u.id = t.id",
        "WHERE EXISTS(SELECT 1 FROM v)",
    ]


@pytest.mark.parametrize("text", ["UPDATE t SET a = 1", "SELECT (", "no query at all", ""])
def test_what_is_no_query_has_no_tree(text: str) -> None:
    assert read_tree(text) is None


def test_an_arrow_in_an_argument_is_an_operator_on_a_column() -> None:
    tree = read_tree("SELECT lower(doc -> 'a' ->> 'b'), coalesce(doc -> $1, x), f(n => y) FROM t")
    assert tree is not None
    assert sorted(c.name for c in tree.find_all(exp.Column)) == ["doc", "doc", "x", "y"]
    assert brief(tree) == (
        "SELECT lower(doc -> 'a' ->> 'b'), coalesce(doc -> $1, x), f(n => y) FROM t"
    )
