"""Hash indexes: buckets for all rows of the table, overflow for common values."""

from blueproof.sql.sizes.hash_index import pages
from blueproof.sql.sizes.pieces import Piece


def test_buckets_are_made_in_doublings_and_later_in_quarters() -> None:
    sizes = [pages([Piece(n, 1.0, 4)], n, n) for n in (100, 20_000, 100_000, 300_000)]
    assert sizes == [4, 130, 514, 1026]  # as PostgreSQL 18.4 has built them


def test_a_common_value_overflows_its_bucket() -> None:
    assert pages([Piece(8, 1.0, 4)], 100_000, 100_000) == 514 + 8 * 30


def test_a_partial_index_has_buckets_for_the_whole_table() -> None:
    few = [Piece(1_000, 1.0, 4)]
    assert pages(few, 1_000, 100_000) == 514


def test_null_is_not_in_it() -> None:
    some = [Piece(1.0, 0.9, 0, null=True), Piece(10_000, 0.1, 4)]
    assert pages(some, 100_000, 100_000) == 514
