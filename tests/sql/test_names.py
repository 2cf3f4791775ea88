"""Names as the server must have them."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.facts.load import fact
from blueproof.sql.lexer import tokens
from blueproof.sql.names import IDENTIFIER_BYTES, index_name, joined, quote, quote_table

ODD = (
    "createdAt", "a b", "a.b", 'say "hi"', "größe", "Ünder", "1st", "a-b", "日本", "a\n", "it's",
    "$a", "a$1", "_", "ÀÉ", "😀", "select", "SELECT", "--", "/*",
)  # fmt: skip
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@pytest.fixture(scope="module")
def guest() -> Iterator[Session]:
    with Server() as server:
        session = server.guest(server.create_database())
        yield session
        session.close()


def try_name(guest: Session, name: str) -> tuple[str, str]:
    """Make a table and a column of that name, use them everywhere, and read the names back."""
    word = quote(name)
    with guest.rolled_back():
        guest.run(
            f"CREATE TABLE {word} ({word} int, id int); CREATE INDEX ON {word} ({word} DESC, id);"
            f"SELECT {word}, x.{word} FROM {word} x WHERE ({word}, id) < (1, 2) AND {word} = 1"
            f" ORDER BY {word} DESC; SELECT count({word}) FROM {word} GROUP BY {word}"
        )
        query = "SELECT relname, attname FROM pg_class c JOIN pg_attribute ON attrelid = c.oid"
        ((table, column),) = guest.run(
            f"{query} WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum = 1"
        )
    return str(table), str(column)


def test_every_keyword_of_the_server_can_be_a_name(guest: Session) -> None:
    words = [str(row[0]) for row in guest.run("SELECT word FROM pg_get_keywords()")]
    assert len(words) > 400
    assert [w for w in words if try_name(guest, w) != (w, w)] == []


def test_only_what_needs_quotes_gets_them(guest: Session) -> None:
    for word, kind in guest.run("SELECT word, catcode::text FROM pg_get_keywords()"):
        assert (quote(word) != word) == (kind in {"R", "T"}), word


@pytest.mark.parametrize("name", ODD)
def test_odd_names_come_back_as_they_were(guest: Session, name: str) -> None:
    assert try_name(guest, name) == (name, name)


@given(NAMES)
def test_a_quoted_name_is_one_token(name: str) -> None:
    (token,) = tokens(quote(name))
    assert token.kind in {"name", "quoted_name"}


def test_a_table_is_quoted_part_by_part() -> None:
    assert quote_table("billing.Order") == 'billing."Order"'
    assert quote_table("orders") == "orders"


@given(NAMES, st.lists(NAMES, min_size=1).map(tuple), st.integers(0, 12))
def test_index_names_are_short_new_and_whole(table: str, parts: tuple[str, ...], many: int) -> None:
    taken: set[str] = set()
    for _ in range(many + 1):
        name = index_name(table, parts, frozenset(taken))
        assert name not in taken
        assert 0 < len(name.encode()) <= IDENTIFIER_BYTES
        taken.add(name)


def test_the_server_keeps_an_index_name_as_it_is(guest: Session) -> None:
    table = "Überweisungen_" + "ß" * 17
    parts = ("lower((größe)::text)", "created_at DESC", "日本" * 9)
    name = index_name(table, parts, frozenset())
    with guest.rolled_back():
        guest.run(f"CREATE TABLE t (a int); CREATE INDEX {quote(name)} ON t (a)")
        assert guest.run("SELECT indexname FROM pg_indexes WHERE tablename = 't'") == [(name,)]


def test_an_index_is_named_after_its_table_and_parts() -> None:
    assert index_name("shop.orders", ("created_at DESC", "id"), frozenset({"x"})) == (
        "orders_created_at_desc_id_idx"
    )
    assert index_name("t", ("a",), frozenset({"t_a_idx", "t_a_idx1"})) == "t_a_idx2"


def test_the_longest_name_is_the_documented_one() -> None:
    assert fact("pg.identifier-bytes").value == IDENTIFIER_BYTES


def test_scripts_are_joined_in_order() -> None:
    assert joined((Excerpt(text="a;"), Excerpt(text="b;"))) == "a;\nb;"
