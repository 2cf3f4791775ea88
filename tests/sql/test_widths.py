"""Reckoned widths and index sizes, held against the server's own."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.sql.schema import Column
from blueproof.sql.statistics import pages
from blueproof.sql.widths import aligned, assumed, btree_height, btree_leaf_pages

WIDTHS = {
    "uuid": (Column(name="a", type="uuid", length=16), 16),
    "short": (Column(name="a", type="character varying(5)", modifier=5), 5),
    "long": (Column(name="a", type="character varying(20000)", modifier=20_000), 97),
    "price": (Column(name="a", type="numeric(10,2)"), 8),
    "array": (Column(name="a", type="text[]"), 60),
    "name": (Column(name="name", type="text"), 24),
    "description": (Column(name="long_description", type="text"), 250),
    "document": (Column(name="a", type="jsonb"), 200),
}


@pytest.mark.parametrize("name", WIDTHS)
def test_a_column_is_as_wide_as_its_type_and_name_say(name: str) -> None:
    column, width = WIDTHS[name]
    assert assumed(column) == width


@given(st.integers(1, 20_000))
def test_a_bounded_text_is_never_wider_than_its_bound(most: int) -> None:
    column = Column(name="a", type=f"character varying({most})", modifier=most)
    assert 1 < assumed(column) <= most + 1


@given(st.floats(0, 10_000))
def test_widths_are_rounded_up_to_eight(width: float) -> None:
    assert aligned(width) % 8 == 0
    assert width <= aligned(width) <= width + 8
    assert aligned(aligned(width)) == aligned(width)


# Rows, the key's SQL from a row number n, its width, and how many keys differ.
INDEXES = {
    "unique integers": ("n", 4, 60_000),
    "unique bigints": ("n::bigint", 8, 60_000),
    "sixteen bytes": ("md5(n::text)::uuid", 16, 60_000),
    "pairs": ("n / 2", 4, 30_000),
    "tens": ("n / 10", 4, 6_000),
    "hundreds": ("n % 600", 4, 600),
    "eight values": ("n % 8", 4, 8),
    "one value": ("1", 4, 1),
}


@pytest.fixture(scope="module")
def guest() -> Iterator[Session]:
    with Server() as server:
        session = server.guest(server.create_database())
        yield session
        session.close()


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_takes_the_pages_reckoned(guest: Session, name: str) -> None:
    key, width, distinct = INDEXES[name]
    guest.run(
        f"DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT {key} AS k"
        " FROM generate_series(1, 60000) n; CREATE INDEX i ON t (k); ANALYZE t"
    )
    ((real,),) = guest.run("SELECT relpages FROM pg_class WHERE relname = 'i'")
    assert btree_leaf_pages(60_000, width, distinct) == pytest.approx(int(real), rel=0.12, abs=3)


def test_a_table_takes_the_pages_reckoned(guest: Session) -> None:
    guest.run(
        "DROP TABLE IF EXISTS w; CREATE TABLE w AS SELECT n::bigint AS a, md5(n::text) AS b"
        " FROM generate_series(1, 30000) n"
    )
    # The file has more: it grows by many pages at a time.
    ((real,),) = guest.run("SELECT count(DISTINCT (ctid::text::point)[0]) FROM w")
    assert pages(30_000, 8 + 33) == pytest.approx(int(real), rel=0.05)


@given(st.integers(0, 10**9), st.integers(1, 2_000), st.integers(1, 10**9))
def test_equal_keys_never_make_an_index_larger(rows: int, width: int, distinct: int) -> None:
    some = btree_leaf_pages(rows, width, min(distinct, max(rows, 1)))
    assert 1 <= some <= btree_leaf_pages(rows, width, rows)


@given(st.integers(1, 10**8), st.integers(1, 10**8), st.integers(1, 2_000))
def test_a_larger_index_is_never_lower(leaves: int, more: int, width: int) -> None:
    assert btree_height(1, width) == 0
    assert btree_height(2, width) == 1
    assert btree_height(leaves, width) <= btree_height(leaves + more, width)
