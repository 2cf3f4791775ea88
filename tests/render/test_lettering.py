"""What is known of a text's width, and that cutting it loses nothing silently."""

from hypothesis import given
from hypothesis import strategies as st

from blueproof.render.lettering import plain, text_width, wrap


@given(st.text(max_size=200), st.integers(60, 300), st.integers(1, 3))
def test_every_row_fits_and_nothing_is_lost_but_what_the_ellipsis_stands_for(
    text: str, width: int, rows: int
) -> None:
    taken = wrap(text, size=13, width=width, rows=rows)
    assert len(taken) <= rows
    assert all(row and text_width(row, 13) <= width for row in taken)
    shown = "".join("".join(taken).split())
    whole = "".join(plain(text).split())
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


def test_names_break_where_a_reader_would_break_them() -> None:
    taken = wrap("customer_relationship_management", size=13, width=180, rows=2)
    assert taken == ("customer_", "relationship_management") or taken[0].endswith("_")


def test_ideographs_are_wider_than_letters_and_accents_take_nothing() -> None:
    assert text_width("注文", 10) > text_width("ab", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)


def test_control_characters_are_shown_as_missing_not_passed_on() -> None:
    assert plain("a\x00b\n c") == "a\N{REPLACEMENT CHARACTER}b c"
