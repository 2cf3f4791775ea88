"""Which texts are one query, and which are not."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sql_texts import MADE, Made, said

from blueproof.core.errors import SqlError
from blueproof.sql.workload.fingerprint import fingerprint, rough_form, split

ALIKE = {
    "rows of VALUES": ("INSERT INTO t VALUES (1, f()), (2, f())", "insert into T values ($1, f())"),
    "rows held against rows": ("a WHERE (b, c) IN ((1, 2), (3, 4))", "a WHERE (b, c) IN ((1, 2))"),
    "an array": ("SELECT ARRAY[1, 2, 3]", "select array[$1]"),
    "casts in a list": ("a IN (1::int, 2::int)", "a IN ($1::int)"),
    "signs": ("a = -5 AND b IN (-1, 2)", "a = 5 AND b IN (1, 2)"),
    "what 18 writes": ("a IN ($1 /*, ... */)", "a IN ($1, $2)"),
    "a string on two lines": ("SELECT 'a'\n'b'", "SELECT 'ab'"),
    "truth": ("a = true", "a = FALSE"),
    "the end": ("SELECT 1;", "SELECT 1"),
}  # fmt: skip
UNLIKE = {
    "IS NULL and IS NOT NULL": ("a IS NULL", "a IS NOT NULL"),
    "IS NULL and = NULL": ("a IS NULL", "a = NULL"),
    "numbers of arguments": ("SELECT f(1, 2)", "SELECT f(1, 2, 3)"),
    "quoted names": ('SELECT "A" FROM t', 'SELECT "a" FROM t'),
    "names with digits": ("SELECT a1 FROM t", "SELECT a2 FROM t"),
    "a difference and a sign": ("SELECT a - 1", "SELECT a, -1"),
    "a list and a subquery": ("a IN (1)", "a IN (SELECT 1)"),
    "columns of a row": ("INSERT INTO t VALUES (1, 2)", "INSERT INTO t VALUES (1, 2, 3)"),
    "different rows": ("INSERT INTO t VALUES (1), (f())", "INSERT INTO t VALUES (1)"),
    "descending": ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a DESC"),
    "escaped quotes": (r"SELECT E'\'', a, 'x'", r"SELECT E'\'', b, 'x'"),
    "operators": ("a -> 'b'", "a ->> 'b'"),
    "a column named values": ("UPDATE t SET values = 1, b = 2", "UPDATE t SET values = 1"),
}
PIECES = {
    "BEGIN; SELECT ';' ; COMMIT;": ["BEGIN", " SELECT ';' ", " COMMIT"],
    "SELECT 1 -- ; no\n": ["SELECT 1 -- ; no\n"],
    'SELECT "a;b" /* ; */': ['SELECT "a;b" /* ; */'],
    "SELECT $$;$$; SELECT 1": [],
}


@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE.keys())
def test_these_are_one_query(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(("one", "other"), UNLIKE.values(), ids=UNLIKE.keys())
def test_these_are_two_queries(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)
    assert rough_form(one) != rough_form(other)


@given(MADE.flatmap(lambda made: st.tuples(said(made), said(made))))
def test_however_a_query_is_said_it_is_one(texts: tuple[str, str]) -> None:
    assert fingerprint(texts[0]) == fingerprint(texts[1])


@given(MADE, MADE, st.data())
def test_other_columns_tables_and_operators_are_another_query(
    one: Made, other: Made, data: st.DataObject
) -> None:
    first, second = data.draw(said(one)), data.draw(said(other))
    assert (fingerprint(first) == fingerprint(second)) == (one == other)


@given(MADE.flatmap(lambda made: st.tuples(said(made), said(made))), MADE.flatmap(said))
def test_texts_of_one_rough_form_have_one_fingerprint(pair: tuple[str, str], third: str) -> None:
    texts = (*pair, third)
    alike = [(a, b) for a in texts for b in texts if rough_form(a) == rough_form(b)]
    assert all(fingerprint(a) == fingerprint(b) for a, b in alike)


@given(st.text(st.sampled_from("ab1 '\"$-/*\n;()?,E.in\xa0"), max_size=30), st.randoms())
def test_only_texts_of_one_query_share_a_rough_form(text: str, chance: Random) -> None:
    other = "".join(chance.sample(text, len(text)))
    if rough_form(text) == rough_form(other):
        assert end_or_print(text) == end_or_print(other)


def end_or_print(text: str) -> str:
    try:
        return fingerprint(text)
    except SqlError:
        return "no end"


@pytest.mark.parametrize(("text", "pieces"), PIECES.items())
def test_a_message_of_several_statements_is_split(text: str, pieces: list[str]) -> None:
    assert split(text) == pieces
