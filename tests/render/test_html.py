"""What a browser gets: one file, well nested, with every word and nothing that runs or loads."""

import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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
from blueproof.render.html import clean, inline, render_html, spans

VOID = {"meta", "link", "br"}
PIECES = (
    *("<script>alert(1)</script>", "</style>", "</pre>", "</p>", '"', "'", "&lt;", "`", "``", "a"),
    *(" ", "\n", "\r\n", "\x00", "\ud800", "<!--", "-->", "http://x.y", "javascript:"),
)
TEXTS = st.one_of(st.text(max_size=20), st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
TAGS = re.compile(
    "html|head|meta|link|title|style|body|a|main|header|h1|p|nav|ol|ul|li|div|section|h2|table|"
    "thead|tbody|tr|th|td|pre|code|figure|figcaption|svg|details|summary|br"
)


class Reader(HTMLParser):
    """Fails on wrong nesting; collects tags with their attributes, and the words of each tag."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "br":
            self.handle_data(" ")
        if tag not in VOID:
            self.open.append(tag)
            self.words.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in {*self.open}:
            self.words[tag][-1] += data


def read(page: Page) -> Reader:
    html = render_html(page)
    assert html == render_html(page)
    assert html.encode()
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def page(*blocks: Block) -> Page:
    return Page(
        title="Title", lead="Lead.", sections=(Section(id="s", title="Section", blocks=blocks),)
    )


def meant(text: str) -> str:
    return squeezed("".join(span.text for span in spans(text)))


def squeezed(text: str) -> str:
    return " ".join(text.split())


@settings(deadline=None, max_examples=200)
@given(st.lists(TEXTS, min_size=10, max_size=10))
def test_any_text_comes_back_and_none_becomes_markup(texts: list[str]) -> None:
    title, lead, name, words, item, head, cell, code, caption, summary = texts
    blocks = (
        Bullets(items=(item,)),
        Grid(header=(head,), rows=((cell,),)),
        Code(text=code, language=code),
        Picture(svg="<svg></svg>", path=caption, caption=caption),
        Fold(summary=summary, blocks=()),
        Paragraph(text=words),
    )
    reader = read(
        Page(title=title, lead=lead, sections=(Section(id=name, title=name, blocks=blocks),))
    )
    expected = {
        "title": [meant(title)],
        "h1": [meant(title)],
        "h2": [meant(name)],
        "li": [meant(name), meant(item)],
        "th": [meant(head)],
        "td": [meant(cell)],
        "figcaption": [meant(caption)],
        "summary": [meant(summary)],
        "p": [meant(lead), meant(words)],
    }
    assert {tag: [*map(squeezed, reader.words[tag])] for tag in expected} == expected
    assert reader.words["pre"] == ["\n" + clean(code).rstrip("\n")]
    assert all(TAGS.fullmatch(tag) for tag, _ in reader.tags)
    nothing_is_loaded(reader)


def nothing_is_loaded(reader: Reader) -> None:
    for tag, attributes in reader.tags:
        assert not {name for name in attributes if name.startswith("on") or name == "src"}
        address = attributes.get("href")
        assert address is None or address.startswith("#") or (tag, address) == ("link", "data:,")


def test_a_policy_forbids_scripts_and_requests() -> None:
    reader = read(page())
    (policy,) = [a["content"] for _, a in reader.tags if "http-equiv" in a]
    assert policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert not re.search(r"@import|url\(", reader.words["style"][0])


def test_the_answer_comes_before_the_contents() -> None:
    html = render_html(page(Paragraph(text="words")))
    assert html.index("Lead.") < html.index("<nav") < html.index("words")
    assert '<html lang="en">' in html


def test_contents_and_skip_link_lead_somewhere() -> None:
    names = ("a b", "a b", "sections", "<", "", "a-b-2")
    sections = tuple(Section(id=name, title=name, blocks=()) for name in names)
    reader = read(Page(title="t", lead="l", sections=sections))
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids)) == len(names) + 1
    leads = [str(a["href"]) for tag, a in reader.tags if tag == "a"]
    assert leads == ["#sections", *(f"#{name}" for name in ids if name != "sections")]


def test_a_page_without_sections_has_no_contents() -> None:
    assert "<nav" not in render_html(Page(title="t", lead="l", sections=()))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain `code` plain", "plain <code>code</code> plain"),
        ("one ` alone", "one ` alone"),
        ("`` a`b ``", "<code>a`b</code>"),
        ("`a  <b>`", "<code>a  &lt;b&gt;</code>"),
        ("two\n\n lines", "two<br>lines"),
        ("``", "``"),
    ],
)
def test_only_paired_backticks_mean_code(text: str, html: str) -> None:
    assert inline(text) == html


@given(TEXTS)
@example("\ud800\x00")
def test_cleaned_text_can_be_written_and_changes_no_more(text: str) -> None:
    assert clean(text).encode().decode() == clean(text)
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(("tone", "name"), [("good", "good"), ("bad", "problem")])
def test_a_tone_is_told_by_a_sign_with_a_name(tone: Tone, name: str) -> None:
    reader = read(page(Paragraph(text="done", tone=tone)))
    assert [a["aria-label"] for _, a in reader.tags if a.get("class") == "mark"] == [name]
    assert not [a for _, a in read(page(Paragraph(text="x"))).tags if a.get("class") == "mark"]


def test_figures_are_marked_and_short_rows_filled() -> None:
    html = render_html(page(Grid(header=("A", "B"), rows=(("x",),), numeric=(1,))))
    assert '<th scope="col" class="short">A</th><th scope="col" class="number">B</th>' in html
    assert '<td class="short">x</td><td class="number"></td>' in html


def test_a_column_is_as_wide_as_its_texts_ask_for() -> None:
    rows = (("p1", "a sentence of some length", "words " * 20),)
    html = render_html(page(Grid(header=("A", "B", "C"), rows=rows)))
    assert '<td class="short">p1</td><td>a sentence' in html
    assert '<td class="long">words' in html


def test_what_may_be_wide_scrolls_by_key_in_its_own_box() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="10"></svg>'
    reader = read(
        page(Grid(header=("A",), rows=()), Code(text="x"), Picture(svg=svg, path="p", caption="c"))
    )
    boxes = [a for _, a in reader.tags if "wide" in (a.get("class") or "").split()]
    assert [box["tabindex"] for box in boxes] == ["0", "0", "0"]
    assert boxes[-1]["style"] == "--width:900"


def colours() -> list[dict[str, str]]:
    """The colours of the light page, then those of the dark one."""
    style = files("blueproof.render").joinpath("style.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--bp-(\w+): (#\w{6});", part))
        for part in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    )
    return [light, light | dark]


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("paint", colours(), ids=["light", "dark"])
def test_text_stands_out_from_its_ground(paint: dict[str, str]) -> None:
    pairs = [(text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "panel")]
    pairs += [("paper", "added"), ("paper", "removed")]
    for pair in pairs:
        low, high = sorted(luminance(paint[name]) for name in pair)
        assert (high + 0.05) / (low + 0.05) >= 4.5, pair
