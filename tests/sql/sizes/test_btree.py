"""Laws that hold for B-trees of any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.sql.schema import Slot
from blueproof.sql.sizes import btree, combining
from blueproof.sql.sizes.pieces import Piece

KEY = Slot(type="bigint", length=8, align=8)


def tree(rows: float, values: float, *, deduplicated: bool = True, columns: int = 1) -> btree.Tree:
    values = max(1.0, min(values, rows))
    piece = Piece(values, 1.0, 8, each=max(1.0, rows / values))
    prefixes = list(combining.combined([((piece,), KEY)] * columns))
    return btree.tree(prefixes, rows, deduplicated=deduplicated)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_sharing_entries_never_makes_a_tree_much_larger(rows: int, values: int) -> None:
    """A posting list is no larger than what it replaces, but may leave a page emptier."""
    shared, apart = tree(rows, values), tree(rows, values, deduplicated=False)
    assert 1 <= shared.pages <= apart.pages * 1.01 + 1


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**6), st.integers(1, 3))
def test_more_rows_never_make_a_tree_lower(rows: int, more: int, values: int, columns: int) -> None:
    small = tree(rows, values, deduplicated=False, columns=columns)
    large = tree(rows + more, values, deduplicated=False, columns=columns)
    assert small.pages <= large.pages
    assert small.height <= large.height


@given(st.integers(1, 10**9))
def test_a_tree_is_its_leaves_their_parents_and_a_metapage(rows: int) -> None:
    found = tree(rows, rows)
    assert found.pages >= 1 + found.leaves + found.height
    assert (found.height == 0) == (found.leaves == 1)


def test_an_empty_tree_is_a_metapage() -> None:
    assert tree(0, 1) == btree.Tree(pages=1, leaves=0, height=0)


def test_a_million_bigints_take_what_they_are_known_to() -> None:
    """pgbench_accounts_pkey at scale 10 has 2,745 pages; PostgreSQL itself says so."""
    assert tree(1_000_000, 1_000_000) == btree.Tree(pages=2745, leaves=2733, height=2)


@pytest.mark.parametrize(("pages", "height"), [(332, 2), (330, 1), (600, 2)])
def test_a_tree_grown_in_order_has_fewer_inner_pages_than_one_built(
    pages: int, height: int
) -> None:
    """120,000 bigints fill 328 leaves; a root takes 407 of them once it grows, 284 when built."""
    built = tree(120_000, 120_000)
    assert (built.leaves, built.pages) == (328, 332)
    assert btree.height_of(built, pages) == height


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 3))
def test_a_tree_that_has_its_built_pages_has_its_built_height(
    rows: int, values: int, columns: int
) -> None:
    built = tree(rows, values, columns=columns)
    assert btree.height_of(built, built.pages) == built.height


@given(st.integers(1, 10**7), st.floats(1.1, 3))
def test_a_tree_that_grew_is_no_lower_than_its_pages_need(rows: int, looser: float) -> None:
    built = tree(rows, rows)
    pages = round(built.pages * looser) + 10
    height = btree.height_of(built, pages)
    assert built.rooms[0] ** height >= pages - 1 - height
