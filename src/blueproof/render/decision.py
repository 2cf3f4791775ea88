"""The decision record: what was decided, why, instead of what, and when to look at it again."""

from collections.abc import Iterator

from blueproof.core.blueprint import Blueprint
from blueproof.render.blocks import Block, Bullets, Page, Paragraph, Section
from blueproof.render.claims import number


def decision_page(blueprint: Blueprint) -> Page:
    """The decision record of a blueprint, one section for each recommendation."""
    sections = tuple(_sections(blueprint))
    nothing = Section(
        id="nothing",
        title="No change",
        blocks=(Paragraph(text="Nothing was found that an engine proves to be worth changing."),),
    )
    return Page(
        title="Decision",
        lead=blueprint.answer,
        sections=sections or (nothing,),
    )


def _sections(blueprint: Blueprint) -> Iterator[Section]:
    for place, advice in enumerate(blueprint.recommendations, start=1):
        blocks: list[Block] = [Bullets(items=tuple(f"because {b}" for b in advice.because))]
        against = [f"instead of {a.choice}: {a.why_not}" for a in advice.instead_of]
        against += [f"accepted: {trade}" for trade in advice.trade_offs]
        against += [
            f"look again with fewer than {number(f.at)} {f.unit} in "
            f"{f.fact.removeprefix('scale.rows.')}: it is not worth it then"
            for f in advice.flips
        ]
        if against:
            blocks.append(Bullets(items=tuple(against)))
        blocks.append(Paragraph(text=f"Proofs: {', '.join(advice.proofs)}.", tone="muted"))
        yield Section(id=f"decision-{place}", title=advice.choice, blocks=tuple(blocks))
