"""A page as one HTML file: nothing is loaded, nothing runs, and the answer comes first.

Drawings stand in the page itself, so their words can be searched; `style.css` sets the colours that
they ask for. A policy in the head forbids every script and every request.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import assert_never

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
)

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
_SHORT, _LONG = 12, 48  # characters of a column's longest text
_SECTIONS = "sections"  # where the skip link leads
# A run of backticks opens code if a run of the same length closes it, as in Markdown.
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKS = {"good": ("\N{CHECK MARK}", "good"), "bad": ("!", "problem")}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of a text: words, or code."""

    text: str
    code: bool


def clean(text: str) -> str:
    """The text with one kind of line end, and without the characters no file can carry."""
    lines = re.sub("\r\n?|[\u2028\u2029]", "\n", text)
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", lines)


def spans(text: str) -> Iterator[Span]:
    """The words and the code of a text; only words keep their line ends."""
    text = clean(text).strip()
    at = 0
    for found in _CODE.finditer(text):
        yield from _words(text[at : found.start()])
        code = found[2].replace("\n", " ")
        # One space on both sides lets code begin or end with a backtick.
        padded = code[0] == code[-1] == " " and code.strip(" ")
        yield Span(text=code[1:-1] if padded else code, code=True)
        at = found.end()
    yield from _words(text[at:])


def _words(text: str) -> Iterator[Span]:
    if text:
        single = re.sub(r"[ \t]*\n\s*", "\n", text)
        yield Span(text=re.sub(r"[ \t]+", " ", single), code=False)


def inline(text: str, *, joint: str = "<br>") -> str:
    """The text as HTML, its line ends replaced by the joint."""
    return "".join(
        f"<code>{escape(span.text)}</code>" if span.code else escape(span.text).replace("\n", joint)
        for span in spans(text)
    )


def render_html(page: Page) -> str:
    """The whole page; the same page always gives the same text."""
    anchors = _anchors(page.sections)
    lines = [
        *_head(page),
        "<body>",
        f'<a class="skip" href="#{_SECTIONS}">Skip to the details</a>',
        '<main class="page">',
        "<header>",
        f"<h1>{inline(page.title, joint=' ')}</h1>",
        f'<p class="lead">{inline(page.lead)}</p>',
        "</header>",
        *_contents(page.sections, anchors),
        f'<div class="sections" id="{_SECTIONS}" tabindex="-1">',
        *(_section(*pair) for pair in zip(page.sections, anchors, strict=True)),
        "</div>",
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _head(page: Page) -> list[str]:
    title = " ".join("".join(span.text for span in spans(page.title)).split())
    style = files("blueproof.render").joinpath("style.css").read_text(encoding="utf-8")
    return [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        # Without this a browser asks the server for an icon.
        '<link rel="icon" href="data:,">',
        f"<title>{escape(title)}</title>",
        f"<style>\n{style}</style>",
        "</head>",
    ]


def _anchors(sections: Iterable[Section]) -> list[str]:
    """An id for each section, safe in an address and given once."""
    taken = [_SECTIONS]
    for section in sections:
        name = re.sub(r"[^A-Za-z0-9_.-]+", "-", section.id).strip("-") or "section"
        number, anchor = 1, name
        while anchor in taken:
            number += 1
            anchor = f"{name}-{number}"
        taken.append(anchor)
    return taken[1:]


def _contents(sections: tuple[Section, ...], anchors: list[str]) -> list[str]:
    if not sections:
        return []
    entries = (
        f'<li><a href="#{anchor}">{inline(section.title, joint=" ")}</a></li>'
        for section, anchor in zip(sections, anchors, strict=True)
    )
    return ['<nav aria-label="Contents">', "<ol>", *entries, "</ol>", "</nav>"]


def _section(section: Section, anchor: str) -> str:
    heading = f'<h2 id="{anchor}">{inline(section.title, joint=" ")}</h2>'
    opening = f'<section aria-labelledby="{anchor}">'
    return "\n".join([opening, heading, *map(_block, section.blocks), "</section>"])


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return _paragraph(block)
        case Bullets():
            return _bullets(block)
        case Grid():
            return _grid(block)
        case Code():
            return _code(block)
        case Picture():
            return _picture(block)
        case Fold():
            return _fold(block)
        case _:
            assert_never(block)


def _paragraph(paragraph: Paragraph) -> str:
    words = inline(paragraph.text)
    if paragraph.tone in _MARKS:
        sign, name = _MARKS[paragraph.tone]
        mark = f'<span class="mark" role="img" aria-label="{name}">{sign}</span>'
        return f'<p class="{paragraph.tone}">{mark}<span>{words}</span></p>'
    return f'<p class="muted">{words}</p>' if paragraph.tone == "muted" else f"<p>{words}</p>"


def _bullets(bullets: Bullets) -> str:
    tag = "ol" if bullets.ordered else "ul"
    items = (f"<li>{inline(item)}</li>" for item in bullets.items)
    return "\n".join([f"<{tag}>", *items, f"</{tag}>"])


def _grid(grid: Grid) -> str:
    width = max((len(row) for row in (grid.header, *grid.rows)), default=0)
    kinds = tuple(_column(grid, number) for number in range(width))
    head, *body = (
        "<tr>" + _cells(row, kinds, tag=tag) + "</tr>"
        for tag, row in [("th", grid.header), *(("td", row) for row in grid.rows)]
    )
    return "\n".join(
        [
            '<div class="wide" role="group" aria-label="Table" tabindex="0">',
            "<table>",
            f"<thead>{head}</thead>",
            "<tbody>",
            *body,
            "</tbody>",
            "</table>",
            "</div>",
        ]
    )


def _column(grid: Grid, number: int) -> str:
    """What a column holds: figures, words that fit on a line, long sentences, or neither."""
    if number in grid.numeric:
        return ' class="number"'
    longest = max((len(row[number]) for row in grid.rows if len(row) > number), default=0)
    if longest <= _SHORT:
        return ' class="short"'
    return ' class="long"' if longest > _LONG else ""


def _cells(row: tuple[str, ...], kinds: tuple[str, ...], *, tag: str) -> str:
    texts = (*row, *[""] * (len(kinds) - len(row)))
    scope = ' scope="col"' if tag == "th" else ""
    return "".join(
        f"<{tag}{scope}{kind}>{inline(text)}</{tag}>"
        for text, kind in zip(texts, kinds, strict=True)
    )


def _code(code: Code) -> str:
    # A parser drops the first line end after <pre>, so one is given to it.
    text = escape(clean(code.text).rstrip("\n"))
    return f'<pre class="wide" tabindex="0">\n<code>{text}</code></pre>'


def _picture(picture: Picture) -> str:
    found = re.search(r'<svg\b[^>]*\swidth="(\d+)"', picture.svg)
    # Below a part of its own width a drawing scrolls: smaller, its words could not be read.
    natural = f' style="--width:{found[1]}"' if found else ""
    return "\n".join(
        [
            "<figure>",
            f'<div class="wide drawing"{natural} role="group" aria-label="Picture" tabindex="0">',
            picture.svg.strip(),
            "</div>",
            f"<figcaption>{inline(picture.caption)}</figcaption>",
            "</figure>",
        ]
    )


def _fold(fold: Fold) -> str:
    summary = f"<summary>{inline(fold.summary, joint=' ')}</summary>"
    blocks = map(_block, fold.blocks)
    return "\n".join(["<details>", summary, '<div class="fold">', *blocks, "</div>", "</details>"])
