"""One recommendation as a section: choice, reasons, proofs, plans, files, what speaks against it."""

from collections.abc import Iterator

from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Blueprint, Proof
from blueproof.core.claim import CostFalls, PlanUses
from blueproof.render.blocks import Block, Bullets, Code, Fold, Grid, Paragraph, Section
from blueproof.render.claims import figures, in_words, name_of, number, plans, verdict


def recommendation_section(blueprint: Blueprint, advice: Recommendation, place: int) -> Section:
    """The section of one recommendation; `place` counts from 1."""
    proofs = tuple(blueprint.proof(name) for name in advice.proofs)
    blocks: tuple[Block, ...] = (
        Bullets(items=tuple(_sentence(reason) for reason in advice.because)),
        *_files(blueprint, advice),
        *_against(advice),
        _proved(proofs),
        *_plans(proofs),
    )
    return Section(id=f"advice-{place}", title=f"{place}. {advice.choice}", blocks=blocks)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _files(blueprint: Blueprint, advice: Recommendation) -> Iterator[Block]:
    texts = {a.path: a.text for a in blueprint.artifacts}
    for path in advice.artifacts:
        code = Code(text=texts[path].rstrip("\n"), language="sql")
        if "/undo/" in path:
            yield Fold(summary=f"Undo: {path}", blocks=(code,))
        else:
            yield Paragraph(text=f"`{path}`:", tone="muted")
            yield code


def _against(advice: Recommendation) -> Iterator[Block]:
    items = [f"It costs {trade}." for trade in advice.trade_offs if trade.startswith("about")]
    items += [_sentence(t) for t in advice.trade_offs if not t.startswith("about")]
    items += [f"Instead of it: {a.choice}: {a.why_not}." for a in advice.instead_of]
    items += [
        f"It flips at {number(f.at)} {f.unit} in {f.fact.removeprefix('scale.rows.')}: {f.then}."
        for f in advice.flips
    ]
    items += [f"It needs: {need}." for need in advice.needs]
    if items:
        yield Paragraph(text="What speaks against it, and when it changes:", tone="muted")
        yield Bullets(items=tuple(items))


def _proved(proofs: tuple[Proof, ...]) -> Block:
    rows = tuple((p.id, in_words(p.claim), verdict(p), figures(p)) for p in proofs)
    return Grid(header=("Proof", "Claim", "Verdict", "Measured"), rows=rows)


def _plans(proofs: tuple[Proof, ...]) -> Iterator[Block]:
    for proof in proofs:
        if isinstance(proof.claim, CostFalls | PlanUses) and len(plans(proof)) > 1:
            codes: list[Block] = []
            for name, text in plans(proof):
                codes += [Paragraph(text=f"{_sentence(name)[:-1]}:"), Code(text=text)]
            asked = name_of(proof.claim.query)
            yield Fold(summary=f"Plans of {asked}, before and after", blocks=tuple(codes))
