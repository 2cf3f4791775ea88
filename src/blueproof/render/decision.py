"""The decision record: what was decided, why, instead of what, and when to look at it again."""

from collections.abc import Iterator

from blueproof.core.advice import Flip
from blueproof.core.blueprint import Blueprint
from blueproof.render.blocks import Block, Bullets, Page, Paragraph, Section
from blueproof.render.claims import number
from blueproof.render.said import ROWS, flip


def decision_page(blueprint: Blueprint) -> Page:
    """The decision record of a blueprint, one section for each recommendation."""
    sections = tuple(_sections(blueprint))
    examined = "Nothing was found that an engine proves to be worth changing."
    unexamined = "No decision was made: nothing here was examined by an engine."
    nothing = Section(
        id="nothing",
        title="No change" if blueprint.scenes else "No decision",
        blocks=(Paragraph(text=examined if blueprint.scenes else unexamined),),
    )
    return Page(
        title="Decision",
        lead=blueprint.answer,
        sections=sections or (nothing,),
    )


def _look_again(change: Flip) -> str:
    """When the decision is to be made again."""
    if isinstance(change.at, str) or not change.fact.startswith(ROWS):
        return flip(change)
    table = change.fact.removeprefix(ROWS)
    return (
        f"look again with fewer than {number(change.at)} {change.unit} in {table}: "
        "it is not worth it then"
    )


def _sections(blueprint: Blueprint) -> Iterator[Section]:
    for place, advice in enumerate(blueprint.recommendations, start=1):
        blocks: list[Block] = [Bullets(items=tuple(f"because {b}" for b in advice.because))]
        against = [f"instead of {a.choice}: {a.why_not}" for a in advice.instead_of]
        against += [f"accepted: {trade}" for trade in advice.trade_offs]
        against += [_look_again(f) for f in advice.flips]
        if against:
            blocks.append(Bullets(items=tuple(against)))
        blocks.append(Paragraph(text=f"Proofs: {', '.join(advice.proofs)}.", tone="muted"))
        yield Section(id=f"decision-{place}", title=advice.choice, blocks=tuple(blocks))
