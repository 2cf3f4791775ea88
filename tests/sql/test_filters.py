"""Where NULL and false come to the same, and how a condition is put in another's place."""

from sqlglot import exp

from blueproof.sql.filters import alternatives, drop, filters, put, together
from blueproof.sql.trees import brief, read_part, read_tree


def _tree(where: str) -> exp.Query:
    tree = read_tree(f"SELECT a = 9 FROM t WHERE {where}")
    assert tree is not None
    return tree


def test_conditions_below_not_and_in_the_output_are_no_filters() -> None:
    tree = _tree("a = 1 AND (b = 2 OR NOT (c = 3)) AND EXISTS (SELECT 1 FROM u WHERE d = 4)")
    found = [brief(node) for node in filters(tree)]
    assert "a = 1" in found
    assert "b = 2" in found
    assert "d = 4" in found
    assert "c = 3" not in found
    assert "a = 9" not in found


def test_the_sides_of_an_or_are_lists_of_their_own() -> None:
    lists = [
        [brief(c) for c in parts]
        for parts in together(_tree("a = 1 AND (b = 2 AND c = 3 OR d = 4)"))
    ]
    assert ["b = 2", "c = 3"] in lists
    assert len(list(alternatives(_tree("a = 1 AND (b = 2 OR d = 4)")))) == 1


def test_an_or_within_an_and_is_put_in_parentheses() -> None:
    tree = _tree("a = 1 AND b = 2")
    put(next(n for n in filters(tree) if brief(n) == "b = 2"), read_part("b = 2 OR b IS NULL"))
    assert brief(tree).endswith("WHERE a = 1 AND (b = 2 OR b IS NULL)")


def test_an_and_below_not_keeps_its_parentheses() -> None:
    tree = _tree("NOT (a = 1)")
    inner = tree.find(exp.Not)
    assert inner is not None
    put(inner.this.unnest(), read_part("a > 0 AND a < 2"))
    assert brief(tree).endswith("WHERE NOT (a > 0 AND a < 2)")


def test_one_of_several_conditions_is_dropped() -> None:
    tree = _tree("a = 1 AND (b = 2) AND c = 3")
    drop(next(n for n in filters(tree) if brief(n) == "b = 2"))
    assert brief(tree).endswith("WHERE a = 1 AND c = 3")
