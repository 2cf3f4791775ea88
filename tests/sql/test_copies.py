"""A copy that was given back is lent again only while it still is what it was."""

from collections.abc import Callable
from itertools import zip_longest

import pytest
from sqlglot import exp

from blueproof.sql.copies import Copies, copied
from blueproof.sql.trees import read_part, read_tree, write_tree

_TEXT = """
WITH late AS (SELECT id, at FROM orders WHERE at < now() - interval '3 days')
SELECT c.name, count(*) AS n /* how many */, CASE WHEN c.a IN (1, 2) THEN 'x' END
FROM customers c JOIN late l ON l.id = c.id AND (l.at > $1 OR c.b IS NULL)
WHERE c.name LIKE 'a%' AND NOT EXISTS (SELECT 1 FROM gone g WHERE g.id = c.id)
GROUP BY c.name, c.a HAVING count(*) > 2 ORDER BY n DESC LIMIT 5
"""


def _tree() -> exp.Query:
    tree = read_tree(_TEXT)
    assert tree is not None
    return tree


def test_a_copy_is_made_of_nodes_of_its_own_in_the_same_places() -> None:
    tree, copy = _tree(), copied(_tree())
    theirs = tree.copy()
    for new, old in zip_longest(copy.walk(), theirs.walk()):
        assert type(new) is type(old)
        assert (new.arg_key, new.index) == (old.arg_key, old.index)
        assert (new.comments, new.meta, [*new.args]) == (old.comments, old.meta, [*old.args])
        assert new.parent is None or new in (
            part
            for value in new.parent.args.values()
            for part in (value if isinstance(value, list) else [value])
        )
    assert write_tree(copy) == write_tree(tree)
    assert not {id(node) for node in copy.walk()} & {id(node) for node in theirs.walk()}


def test_a_copy_can_be_changed_alone() -> None:
    tree = _tree()
    copied(tree).find_all(exp.Where).__next__().pop()
    assert write_tree(tree) == write_tree(_tree())


def _where(tree: exp.Query) -> exp.Expr:
    where = tree.args["where"]
    assert isinstance(where, exp.Where)
    return where


def _reparented(tree: exp.Query) -> None:
    exp.Not(this=_where(tree).this)  # takes the node without a copy: it has another parent now


def _in_the_list(tree: exp.Query) -> None:
    tree.expressions.append(exp.Null())


def _reordered(tree: exp.Query) -> None:
    tree.expressions.reverse()


def _renamed(tree: exp.Query) -> None:
    next(tree.find_all(exp.Identifier)).set("this", "other")


def _upper(tree: exp.Query) -> None:
    found = next(tree.find_all(exp.Identifier))
    found.set("this", str(found.this).upper())


def _replaced_by_the_same(tree: exp.Query) -> None:
    _where(tree).this.replace(_where(tree).this.copy())


def _noted(tree: exp.Query) -> None:
    _where(tree).meta["as written"] = "so"


def _commented(tree: exp.Query) -> None:
    _where(tree).add_comments(["so"])


def _limited(tree: exp.Query) -> None:
    tree.set("limit", None)


@pytest.mark.parametrize(
    "change",
    [
        *(_reparented, _in_the_list, _reordered, _renamed, _upper, _replaced_by_the_same),
        *(_noted, _commented, _limited),
    ],
)
def test_a_changed_copy_is_not_lent_again(change: Callable[[exp.Query], None]) -> None:
    copies = Copies(_tree())
    first = copies.borrow()
    change(first)
    copies.give_back(first)
    second = copies.borrow()
    assert second is not first
    assert write_tree(second) == write_tree(_tree())


def test_a_copy_as_it_was_is_lent_again_to_one_at_a_time() -> None:
    copies = Copies(_tree())
    first = copies.borrow()
    condition = _where(first).this
    condition.replace(read_part("a = 1"))
    _where(first).this.replace(condition)  # put back where it was
    copies.give_back(first)
    second, third = copies.borrow(), copies.borrow()
    assert second is first
    assert third is not first


def test_a_borrower_keeps_the_copy_that_he_has_not_changed() -> None:
    copies = Copies(_tree())
    first = copies.borrow()
    assert copies.renew(first) is first
    _limited(first)
    second = copies.renew(first)
    assert second is not first
    assert write_tree(second) == write_tree(_tree())
    copies.give_back(second)
    assert copies.borrow() is second


def test_what_was_changed_beside_the_tree_meets_no_other_borrower() -> None:
    copies = Copies(_tree())
    first = copies.borrow()
    _reparented(first)
    copies.give_back(copies.renew(first))
    assert copies.borrow() is not first
