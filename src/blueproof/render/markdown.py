"""A page as Markdown for GitHub, in which every text stays literal.

Only what would mean something is escaped, so that the file also reads well as it is. A muted tone
has no Markdown and is left out; good and bad are told by a sign.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import assert_never
from urllib.parse import quote

from blueproof.render.blocks import Block, Bullets, Code, Fold, Grid, Page, Paragraph, Picture
from blueproof.render.html import clean, inline, spans

_ALWAYS = re.compile(r"[\\`*~<|\[\]]|&(?=[#A-Za-z])")
_UNDERSCORES = re.compile("_+")
# At the start of a line: heading, quotation, underline of a heading or table, list.
_MARK = re.compile(r"^(?=>|=|:-|#{1,6}(?:\s|$)|[-+](?:\W|$))", re.MULTILINE)
_NUMBER = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))", re.MULTILINE)
_SIGNS = {"good": "\N{CHECK MARK} ", "bad": "\N{BALLOT X} "}
_WIDEST = 60  # cells are padded up to here; one long cell must not stretch a whole table
_NARROWEST = 3


def render_markdown(page: Page) -> str:
    """The whole page; the same page always gives the same text."""
    parts = [_heading("#", page.title), _prose(page.lead)]
    for section in page.sections:
        parts += [_heading("##", section.title), _blocks(section.blocks)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _blocks(blocks: Iterable[Block]) -> str:
    printed: list[str] = []
    lists = 0
    for block in blocks:
        # Two lists that follow each other would be read as one if their markers were the same.
        text = _block(block, other_marker=lists % 2 == 1)
        if text:
            printed.append(text)
            lists = lists + 1 if isinstance(block, Bullets) else 0
    return "\n\n".join(printed)


def _block(block: Block, *, other_marker: bool) -> str:
    match block:
        case Paragraph():
            return _paragraph(block)
        case Bullets():
            return _bullets(block, other_marker=other_marker)
        case Grid():
            return _grid(block)
        case Code():
            return _code(block)
        case Picture():
            return f"![{_flat(block.caption)}]({quote(clean(block.path))})"
        case Fold():
            return _fold(block)
        case _:
            assert_never(block)


def _paragraph(paragraph: Paragraph) -> str:
    words = _prose(paragraph.text)
    return _SIGNS.get(paragraph.tone, "") + words if words else ""


def _bullets(bullets: Bullets, *, other_marker: bool) -> str:
    lines = []
    for number, item in enumerate(bullets.items, start=1):
        sign = (")" if other_marker else ".") if bullets.ordered else "*" if other_marker else "-"
        marker = f"{number}{sign} " if bullets.ordered else f"{sign} "
        words = _prose(item).replace("\n", "\n" + " " * len(marker))
        lines.append((marker + words).rstrip(" "))
    return "\n".join(lines)


def _grid(grid: Grid) -> str:
    rows = [[_cell(text) for text in row] for row in (grid.header, *grid.rows)]
    count = max(map(len, rows))
    if not count:
        return ""
    rows = [row + [""] * (count - len(row)) for row in rows]
    widths = [
        max(_NARROWEST, *(min(_columns(row[n]), _WIDEST) for row in rows)) for n in range(count)
    ]
    rule = [
        "-" * (width - 1) + (":" if n in grid.numeric else "-") for n, width in enumerate(widths)
    ]
    return "\n".join(_row(row, widths, grid.numeric) for row in (rows[0], rule, *rows[1:]))


def _row(cells: list[str], widths: list[int], numeric: tuple[int, ...]) -> str:
    padded = []
    for n, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        room = " " * (width - _columns(cell))
        padded.append(room + cell if n in numeric else cell + room)
    return f"| {' | '.join(padded)} |"


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(bool(unicodedata.combining(char)) for char in text)


def _code(code: Code) -> str:
    text = clean(code.text).rstrip("\n")
    fence = "`" * max(_NARROWEST, _longest_run(text) + 1)
    language = re.sub(r"[^A-Za-z0-9+#._-]", "", code.language)
    return f"{fence}{language}\n{text}\n{fence}"


def _fold(fold: Fold) -> str:
    # An HTML block ends at the first empty line: the summary is HTML, what follows Markdown.
    opening = f"<details>\n<summary>{inline(fold.summary, joint=' ')}</summary>"
    return "\n\n".join(filter(None, [opening, _blocks(fold.blocks), "</details>"]))


def _heading(sign: str, text: str) -> str:
    # A number sign that ends a heading would be taken for its closing fence.
    words = re.sub("(#+)$", r"\\\1", _flat(text))
    return f"{sign} {words}".rstrip()


def _prose(text: str) -> str:
    """The text as lines of a paragraph, each end of a line kept."""
    lines = _escaped(text)
    return _NUMBER.sub(r"\1\\", _MARK.sub(r"\\", lines)).replace("\n", "\\\n")


def _flat(text: str) -> str:
    return _escaped(text).replace("\n", " ")


def _cell(text: str) -> str:
    return _escaped(text, in_table=True).replace("\n", "<br>")


def _escaped(text: str, *, in_table: bool = False) -> str:
    # To GitHub two dollar signs in one paragraph enclose a formula.
    formula = text.count("$") > 1
    parts = []
    for span in spans(text):
        if span.code:
            code = _code_span(span.text)
            # A table is cut at its bars before anything else is read, code or not.
            parts.append(code.replace("|", r"\|") if in_table else code)
        else:
            words = _UNDERSCORES.sub(_underscores, _ALWAYS.sub(r"\\\g<0>", span.text))
            parts.append(words.replace("$", r"\$") if formula else words)
    return "".join(parts)


def _underscores(run: re.Match[str]) -> str:
    """The run escaped, unless it stands inside a word, where it means nothing."""
    before, after = run.string[: run.start()][-1:], run.string[run.end() :][:1]
    return run[0] if before.isalnum() and after.isalnum() else run[0].replace("_", r"\_")


def _code_span(text: str) -> str:
    ticks = "`" * (_longest_run(text) + 1)
    bare = text.startswith("`") or text.endswith("`")
    stripped = text[0] == text[-1] == " " and text.strip(" ")
    pad = " " if bare or stripped else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
