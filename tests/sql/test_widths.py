"""Reckoned widths, held against the server's own."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.sql.schema import Column
from blueproof.sql.statistics import pages
from blueproof.sql.widths import assumed, may_be_long

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


@pytest.fixture(scope="module")
def guest() -> Iterator[Session]:
    with Server() as server:
        session = server.guest(server.create_database())
        yield session
        session.close()


def test_a_table_takes_the_pages_reckoned(guest: Session) -> None:
    guest.run(
        "DROP TABLE IF EXISTS w; CREATE TABLE w AS SELECT n::bigint AS a, md5(n::text) AS b"
        " FROM generate_series(1, 30000) n"
    )
    # The file has more: it grows by many pages at a time.
    ((real,),) = guest.run("SELECT count(DISTINCT (ctid::text::point)[0]) FROM w")
    assert pages(30_000, 8 + 33) == pytest.approx(int(real), rel=0.05)


@pytest.mark.parametrize(
    ("column", "mean", "long"),
    [
        (Column(name="payload", type="jsonb"), 40, "long"),
        (Column(name="tags", type="text[]"), 40, "long"),
        (Column(name="body", type="text"), 0, "long"),
        (Column(name="raw", type="text"), 800, "long"),
        (Column(name="status", type="text"), 8, "short"),
        (Column(name="body", type="character varying(500)", modifier=500), 0, "short"),
        (Column(name="total", type="numeric"), 0, "short"),
    ],
)
def test_what_may_be_too_long_for_an_index(column: Column, mean: int, long: str) -> None:
    assert ("long" if may_be_long(column, mean) else "short") == long


def test_the_server_refuses_what_is_too_long_in_an_index(guest: Session) -> None:
    guest.run("CREATE TABLE kept (id int, payload jsonb)")
    guest.run("CREATE INDEX ON kept (id) INCLUDE (payload)")
    many = "SELECT 1, to_jsonb(array_agg(md5(n::text))) FROM generate_series(1, 300) n"
    with pytest.raises(ServerRefusal, match=r"index row (?:size|requires)"):
        guest.run(f"INSERT INTO kept {many}")
