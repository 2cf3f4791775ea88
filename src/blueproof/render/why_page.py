"""The evidence behind one statement: a proof, a recommendation, or the bill."""

from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Blueprint, Proof
from blueproof.render.advice_page import recommendation_section
from blueproof.render.bills import plain
from blueproof.render.blocks import Block, Code, Grid, Page, Paragraph, Section
from blueproof.render.claims import figure, in_words, plans, verdict


def why_page(blueprint: Blueprint, name: str) -> Page | None:
    """The page for a proof's id, a recommendation's slot or number, or "bill"; None if neither."""
    for proof in blueprint.proofs:
        if proof.id == name:
            return _of_proof(proof)
    if name == "bill" and blueprint.bill:
        return _of_bill(blueprint)
    for place, advice in enumerate(blueprint.recommendations, start=1):
        if name in {advice.slot, str(place)} or name in advice.artifacts:
            return _of_advice(blueprint, advice, place)
    return None


def _of_proof(proof: Proof) -> Page:
    measured = tuple(
        figure(m, units=True) for m in proof.measured if not m.name.startswith("plan ")
    )
    rows = [
        ("Verdict", verdict(proof)),
        ("Checked by", proof.how),
        ("Basis", proof.basis),
        *(("Measured", text) for text in measured),
        ("Again", f"`{proof.rerun}`"),
    ]
    blocks: list[Block] = [Grid(header=("", ""), rows=tuple(rows))]
    for name, text in plans(proof):
        blocks += [Paragraph(text=f"{name.capitalize()}:"), Code(text=text)]
    words = in_words(proof.claim)
    kind = type(proof.claim).__name__
    section = Section(id=proof.id, title=f"{proof.id}: {kind}", blocks=tuple(blocks))
    return Page(title=f"Why {proof.id}", lead=f"It says: {words}.", sections=(section,))


def _of_advice(blueprint: Blueprint, advice: Recommendation, place: int) -> Page:
    section = recommendation_section(blueprint, advice, place)
    return Page(title=f"Why {advice.slot}", lead=advice.choice, sections=(section,))


def _of_bill(blueprint: Blueprint) -> Page:
    sections = []
    for bill in blueprint.bill:
        sums = tuple(
            (line.item, f"{plain(line.quantity)} {line.unit} x {line.price}", f"= {line.amount}",
             f"{line.fact}: {line.source}")
            for line in bill.lines
        )  # fmt: skip
        total = ("Total", "", f"= {bill.total}", f"as of {bill.as_of.isoformat()}")
        header = ("For", "Sum", "US dollars", "Price from")
        grid = Grid(header=header, rows=(*sums, total))
        sections.append(Section(id=bill.size.replace(" ", "-"), title=bill.size, blocks=(grid,)))
    first = blueprint.bill[0]
    lead = f"{first.total} US dollars a month with {first.size}."
    return Page(title="Why this bill", lead=lead, sections=tuple(sections))
