"""What a Markdown reader gets: the words as they were, in the shape they were given."""

import html
import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from blueproof.render.blocks import (
    Block,
    Bullets,
    Code,
    Fold,
    Grid,
    Page,
    Paragraph,
    Picture,
    Section,
    Tone,
)
from blueproof.render.html import clean, spans
from blueproof.render.markdown import render_markdown

SIGNS = "`|\\*_~<>[]()#+-=!&$:.1 \n"
PIECES = (
    *("``", "a", "Z_b", "é", "<script>", "&amp;", "1. ", "---", "\x00", "~~~", "    x", "[^1]: "),
    *("![", "](", "**", "\r\n", "\u2028", "\xa0", "<!--", "</details>"),
)
TEXTS = st.one_of(
    st.lists(st.sampled_from([*SIGNS, *PIECES]), max_size=12).map("".join), st.text(max_size=20)
)
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def page(*blocks: Block, title: str = "Title", lead: str = "Lead.") -> Page:
    section = Section(id="s", title="Section", blocks=blocks)
    return Page(title=title, lead=lead, sections=(section,))


def printed(*blocks: Block) -> str:
    whole = render_markdown(page(*blocks))
    return whole.removeprefix("# Title\n\nLead.\n\n## Section\n").removeprefix("\n")


def leaves(markdown: str) -> Iterator[Token]:
    for token in READER.parse(markdown):
        yield token
        yield from token.children or ()


def meant(text: str) -> str:
    return squeezed("".join(span.text for span in spans(text)))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def read(token: Token) -> str:
    """The words of one inline token; a line end inside it is a space."""
    said = {"softbreak": " ", "hardbreak": " ", "html_inline": " "}
    return squeezed("".join(said.get(c.type, c.content) for c in token.children or ()))


def inlines(markdown: str) -> list[Token]:
    return [token for token in leaves(markdown) if token.type == "inline"]


def types(markdown: str) -> list[str]:
    return [token.type for token in leaves(markdown)]


def codes(markdown: str) -> list[str]:
    return [token.content for token in leaves(markdown) if token.type == "code_inline"]


WORDLESS = {"inline", "text", "code_inline", "softbreak", "hardbreak"}


@settings(deadline=None, max_examples=400)
@given(TEXTS)
@example("a\n===")
@example("a | b\n--- | ---")
@example("`` `x` `` and ``` ` ```")
@example("* * *")
def test_any_text_is_read_back_as_a_paragraph(text: str) -> None:
    markdown = printed(Paragraph(text=text))
    assert "".join(map(read, inlines(markdown))) == meant(text)
    assert set(types(markdown)) <= {*WORDLESS, "paragraph_open", "paragraph_close"}
    assert types(markdown).count("paragraph_open") <= 1
    assert codes(markdown) == [span.text for span in spans(text) if span.code]


@settings(deadline=None, max_examples=300)
@given(st.lists(TEXTS, min_size=1, max_size=3), st.booleans())
def test_any_text_is_read_back_as_an_item(texts: list[str], ordered: bool) -> None:  # noqa: FBT001 -- hypothesis passes it
    markdown = printed(Bullets(items=tuple(texts), ordered=ordered))
    assert types(markdown).count("list_item_open") == len(texts)
    assert "".join(map(read, inlines(markdown))) == "".join(map(meant, texts))
    shape = {name for name in types(markdown) if not name.startswith(("list_item", "paragraph"))}
    kind = "ordered_list" if ordered else "bullet_list"
    assert shape <= {*WORDLESS, f"{kind}_open", f"{kind}_close"}


@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
@example([("`a\\|b`", "a\\|b"), ("a|b\n| c", "`|`")])
def test_any_text_is_read_back_as_a_cell(rows: list[tuple[str, str]]) -> None:
    markdown = printed(Grid(header=("A", "B"), rows=tuple(rows), numeric=(1,)))
    cells = [read(token) for token in inlines(markdown)]
    assert cells == ["A", "B", *(meant(text) for row in rows for text in row)]
    raw = {token.content for token in leaves(markdown) if "html" in token.type}
    assert raw <= {"<br>"}
    assert codes(markdown) == [
        s.text for row in rows for text in row for s in spans(text) if s.code
    ]


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS)
@example("C #", "# z #")
def test_any_text_is_read_back_as_a_heading(title: str, name: str) -> None:
    section = Section(id="s", title=name, blocks=())
    markdown = render_markdown(Page(title=title, lead="", sections=(section,)))
    assert [read(token) for token in inlines(markdown)] == [meant(title), meant(name)]
    assert set(types(markdown)) <= {*WORDLESS, "heading_open", "heading_close"}


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS)
def test_a_picture_is_an_image_with_its_caption(caption: str, path: str) -> None:
    markdown = printed(Picture(svg="<svg/>", path=path, caption=caption))
    (image,) = [token for token in leaves(markdown) if token.type == "image"]
    assert read(image) == meant(caption)
    assert not re.match(r"[a-z]+:|//", str(image.attrs["src"]).replace("/", "", 1))


@settings(deadline=None, max_examples=300)
@given(TEXTS, st.text(max_size=8))
@example("```\n~~~\n````", "sql`\nx")
def test_any_code_is_read_back_character_by_character(text: str, language: str) -> None:
    markdown = printed(Code(text=text, language=language))
    (fence,) = READER.parse(markdown)
    assert fence.type == "fence"
    assert fence.content.rstrip("\n") == clean(text).rstrip("\n")


@settings(deadline=None, max_examples=200)
@given(TEXTS)
def test_the_only_html_of_a_fold_is_its_own(summary: str) -> None:
    markdown = printed(Fold(summary=summary, blocks=(Paragraph(text=summary),)))
    opening, *_, closing = (token for token in leaves(markdown) if token.type == "html_block")
    found = re.fullmatch(r"<details>\n<summary>(.*)</summary>\n?", opening.content)
    assert found
    assert set(re.findall("<[^>]*>", found[1])) <= {"<code>", "</code>"}
    assert squeezed(html.unescape(re.sub("</?code>", "", found[1]))) == meant(summary)
    assert closing.content.strip() == "</details>"


def test_a_table_is_aligned_and_figures_stand_right() -> None:
    grid = Grid(header=("Table", "Rows"), rows=(("orders", "1,000"), ("`a|b`",)), numeric=(1,))
    assert printed(grid) == (
        "| Table  |  Rows |\n| ------ | ----: |\n| orders | 1,000 |\n| `a\\|b` |       |\n"
    )


def test_wide_letters_count_twice_in_a_table() -> None:
    grid = Grid(header=("名前", "x"), rows=(("abcd", "y"),))
    assert printed(grid) == "| 名前 | x   |\n| ---- | --- |\n| abcd | y   |\n"


def test_a_row_longer_than_the_header_loses_nothing() -> None:
    assert "extra" in [
        read(t) for t in inlines(printed(Grid(header=("A",), rows=(("1", "extra"),))))
    ]


def test_one_long_cell_does_not_stretch_the_table() -> None:
    lines = printed(Grid(header=("A",), rows=(("x" * 200,), ("y",)))).splitlines()
    assert [len(line) for line in lines] == [64, 64, 204, 64]


def test_two_lists_in_a_row_stay_two() -> None:
    one, two = Bullets(items=("a",)), Bullets(items=("b",))
    assert types(printed(one, Paragraph(text=""), two, one)).count("bullet_list_open") == 3
    numbered = Bullets(items=("a", "b"), ordered=True)
    assert types(printed(numbered, numbered)).count("ordered_list_open") == 2


def test_words_inside_a_name_are_left_as_they_are() -> None:
    assert printed(Paragraph(text="orders.customer_id__x costs $5 - or 3.5")) == (
        "orders.customer_id__x costs $5 - or 3.5\n"
    )


def test_two_dollar_signs_make_no_formula() -> None:
    assert printed(Paragraph(text="from $5 to $7")) == "from \\$5 to \\$7\n"


@pytest.mark.parametrize(("tone", "sign"), [("good", "✓ "), ("bad", "✗ "), ("plain", "")])
def test_a_tone_is_told_by_a_sign(tone: Tone, sign: str) -> None:
    assert printed(Paragraph(text="done", tone=tone)) == f"{sign}done\n"


def test_blocks_of_a_fold_are_read_as_markdown() -> None:
    fold = Fold(summary="More", blocks=(Bullets(items=("a",)), Fold(summary="x", blocks=())))
    assert printed(fold, Paragraph(text="*after*")) == (
        "<details>\n<summary>More</summary>\n\n- a\n\n<details>\n<summary>x</summary>\n\n"
        "</details>\n\n</details>\n\n\\*after\\*\n"
    )
