"""What PostgreSQL's lexical structure is read as."""

import re
import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.core.errors import SqlError
from blueproof.sql import lexer
from blueproof.sql.lexer import line_starts, place, tokens
from clock import least_seconds

PIECES = st.sampled_from([
    *("'", "''", '"', '""', "$$", "$a$", "E'", 'U&"', "U&'", "\\", "\\'", "--", "/*", "*/", ";"),
    *("\n", "\r\n", "\r", " ", "\t", "\u00a0", "(", ")", "[", "]", ":", "::", ":=", "?", "%s"),
    *("$1", "1e5", "0x1F", "1.5", ".5", "name", "größe", "名", "😀", "x$1", "_", "`", "#", "{"),
])  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=30).map("".join)


def read(text: str, *, backslashes: bool = False) -> list[tuple[str, str]]:
    return [(t.kind, t.text) for t in tokens(text, backslashes=backslashes) if t.kind != "space"]


@given(text=TEXTS, backslashes=st.booleans())
def test_joined_tokens_give_the_text_back_or_it_is_refused(*, text: str, backslashes: bool) -> None:
    try:
        found = list(tokens(text, backslashes=backslashes))
    except SqlError:
        return
    assert "".join(t.text for t in found) == text
    assert [t.start for t in found] == [
        sum(len(t.text) for t in found[:n]) for n in range(len(found))
    ]
    assert all(t.text for t in found)


@given(st.lists(st.sampled_from(["a", "é", "😀", "\n", "\r\n", "\r"]), max_size=20))
def test_place_counts_lines_and_characters(pieces: list[str]) -> None:
    text = "".join(pieces) + "!"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert place(text, len(text) - 1) == (len(lines), len(lines[-1]))
    assert len(line_starts(text)) == len(lines)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("'it''s -- no comment; /* none */'", "string"),
        (r"'C:\'", "string"),
        (r"E'it\'s'", "string"),
        (r"e'\\'", "string"),
        ("E'a\\'b'\n  'c\\'d'", "string"),
        ("B'0101'", "string"),
        ("X'1F'", "string"),
        (r"U&'d\0061t'", "string"),
        (r'U&"d\0061t;a"', "quoted_name"),
        ('"a ""b"" ; c"', "quoted_name"),
        ("$$ it's; $1 $a$ $$", "dollar"),
        ("$a$ $$ 'x $A$ $a$", "dollar"),
        ("$größe$ ; $größe$", "dollar"),
        ("/* a /* nested ; ' */ b */", "comment"),
        ("-- it's; \"", "comment"),
        ("größe_名$1", "name"),
        ("a\u00a0b", "name"),
        ("$12", "parameter"),
        ("1_000.5e-10", "number"),
        ("0xFF_FF", "number"),
        (".5", "number"),
        ("::", "punctuation"),
        (":=", "punctuation"),
    ],
)
def test_one_token(text: str, kind: str) -> None:
    assert read(text) == [(kind, text)]


def test_name_with_a_dollar_begins_no_dollar_string() -> None:
    assert read("a$b$ c$b$") == [("name", "a$b$"), ("name", "c$b$")]


def test_comment_ends_an_operator() -> None:
    assert read("a+--b\nc*/*d*/e") == [
        ("name", "a"), ("operator", "+"), ("comment", "--b"), ("name", "c"), ("operator", "*"),
        ("comment", "/*d*/"), ("name", "e"),
    ]  # fmt: skip


def test_backslash_escapes_in_every_string_where_strings_do_not_conform() -> None:
    assert read(r"'it\'s'", backslashes=True) == [("string", r"'it\'s'")]
    with pytest.raises(SqlError):
        read(r"'it\'s'")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1;\nSELECT 'a''b", "x.sql:2:8: this string has no end"),
        ("SELECT E'a\\'", "x.sql:1:8: this string has no end"),
        ("\r\nSELECT U&'a", "x.sql:2:8: this string has no end"),
        ('"größe" "b""', "x.sql:1:9: this quoted name has no end"),
        ("/* a /* b */", "x.sql:1:1: this comment has no end"),
        ("SELECT\r$a$ $b$", "x.sql:2:1: this $a$ string has no end"),
    ],
)
def test_text_without_an_end_is_refused_where_it_begins(text: str, message: str) -> None:
    with pytest.raises(SqlError) as caught:
        list(tokens(text, path="x.sql"))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    ["'" + "a''b" * 500_000 + "'", "E'" + r"\'" * 500_000 + "'", "/*" * 100_000 + "*/" * 100_000],
    ids=["string", "escaped string", "comment"],
)
def test_a_long_token_takes_no_long_time(text: str) -> None:
    assert len(list(tokens(text))) == 1
    assert least_seconds(lambda: list(tokens(text))) < 2


@pytest.mark.parametrize(
    "text", ["'" + "a''b" * 500_000, "E'" + r"\'" * 500_000, "$a$" + "$b$" * 500_000]
)
def test_a_long_text_without_an_end_is_refused_soon(text: str) -> None:
    def refused() -> None:
        with pytest.raises(SqlError):
            list(tokens(text))

    assert least_seconds(refused) < 2


def test_names_hold_every_character_beyond_ascii_and_of_ascii_what_the_manual_says() -> None:
    letters = string.ascii_letters + "_"
    allowed = {
        lexer.LETTER: letters,
        lexer.LETTER_OR_DIGIT: letters + string.digits,
        lexer.IN_NAME: letters + string.digits + "$",
    }
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    for pattern, ascii_ones in allowed.items():
        assert "".join(re.findall(pattern, every)) == "".join(sorted(ascii_ones)) + every[128:]
