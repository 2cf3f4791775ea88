"""One recommendation as a section: reasons, files, what speaks against it, proofs, plans."""

from collections.abc import Iterator

from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Blueprint, Proof
from blueproof.core.claim import CostFalls, PlanUses
from blueproof.render.blocks import Block, Bullets, Code, Fold, Grid, Paragraph, Section
from blueproof.render.claims import figures, in_words, name_of, plans, verdict
from blueproof.render.said import flip

_MOST_SEEN = 12


def proof_header(blueprint: Blueprint) -> tuple[str, ...]:
    """The head of a table of proofs; where a database was planned it says in what costs are."""
    measured = "Measured (costs in planner cost units)" if blueprint.scenes else "Measured"
    return ("Proof", "Claim", "Verdict", measured)


def recommendation_section(blueprint: Blueprint, advice: Recommendation, place: int) -> Section:
    """The section of one recommendation; `place` counts from 1."""
    proofs = tuple(blueprint.proof(name) for name in advice.proofs)
    blocks: tuple[Block, ...] = (
        Paragraph(text=f"{advice.choice}."),
        Bullets(items=tuple(f"{reason}." for reason in advice.because)),
        *_first(advice),
        *_files(blueprint, advice),
        *_against(advice),
        *_proved(blueprint, proofs),
        *_plans(proofs),
    )
    return Section(id=f"advice-{place}", title=f"{place}. {advice.slot}", blocks=blocks)


def _files(blueprint: Blueprint, advice: Recommendation) -> Iterator[Block]:
    texts = {a.path: a.text for a in blueprint.artifacts}
    for path in advice.artifacts:
        language = "typescript" if path.endswith(".ts") else "sql"
        code = Code(text=texts[path].rstrip("\n"), language=language)
        if "/undo/" in path:
            yield Fold(summary=f"Undo: {path}", blocks=(code,))
        else:
            yield Paragraph(text=f"`{path}`:", tone="muted")
            yield code


def _first(advice: Recommendation) -> Iterator[Block]:
    """What has to be done or settled before it."""
    if advice.needs:
        yield Paragraph(text=f"Do this first: {', '.join(advice.needs)}.")


def _against(advice: Recommendation) -> Iterator[Block]:
    items = [f"it costs {trade}." for trade in advice.trade_offs if trade.startswith("about")]
    items += [f"{trade}." for trade in advice.trade_offs if not trade.startswith("about")]
    items += [f"instead: {a.choice}: {a.why_not}." for a in advice.instead_of]
    items += [f"{flip(f)}." for f in advice.flips]
    if items:
        yield Paragraph(text="What speaks against it, and when it changes:", tone="muted")
        yield Bullets(items=tuple(items))


def _proved(blueprint: Blueprint, proofs: tuple[Proof, ...]) -> Iterator[Block]:
    """The proofs; of very many only what was not proved is seen at once."""
    if not proofs:
        return
    if len(proofs) <= _MOST_SEEN:
        yield _table(blueprint, proofs)
        return
    left = tuple(p for p in proofs if p.verdict != "proved")
    held = tuple(p for p in proofs if p.verdict == "proved")
    if left:
        yield _table(blueprint, left)
    yield Fold(summary=f"{len(held)} proofs of it", blocks=(_table(blueprint, held),))


def _table(blueprint: Blueprint, proofs: tuple[Proof, ...]) -> Block:
    rows = tuple((p.id, in_words(p.claim), verdict(p), figures(p)) for p in proofs)
    return Grid(header=proof_header(blueprint), rows=rows)


def _plans(proofs: tuple[Proof, ...]) -> Iterator[Block]:
    for proof in proofs:
        if isinstance(proof.claim, CostFalls | PlanUses) and len(plans(proof)) > 1:
            codes: list[Block] = []
            for name, text in plans(proof):
                codes += [Paragraph(text=f"{name.capitalize()}:"), Code(text=text)]
            asked = name_of(proof.claim.query)
            yield Fold(summary=f"Plans of {asked}, before and after", blocks=tuple(codes))
