"""Pages on a terminal."""

from rich.console import Console
from rich.markdown import Markdown

from blueproof.render.blocks import Block, Fold, Page, Paragraph, Section
from blueproof.render.markdown import render_markdown


def print_page(page: Page) -> None:
    """Print a page; what is folded elsewhere is shown open."""
    opened = Page(
        title=page.title, lead=page.lead, sections=tuple(_opened(s) for s in page.sections)
    )
    Console(highlight=False).print(Markdown(render_markdown(opened)))


def _opened(section: Section) -> Section:
    blocks = tuple(inner for block in section.blocks for inner in _unfolded(block))
    return Section(id=section.id, title=section.title, blocks=blocks)


def _unfolded(block: Block) -> tuple[Block, ...]:
    if not isinstance(block, Fold):
        return (block,)
    return (Paragraph(text=f"{block.summary}:"), *block.blocks)
