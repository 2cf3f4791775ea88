"""The answer in a few lines of plain text, for a program's model to read out."""

from collections.abc import Iterator

from blueproof.core.advice import Finding
from blueproof.core.blueprint import Blueprint, Hypothesis, Proof
from blueproof.core.evidence import Citation
from blueproof.core.question import Question
from blueproof.render.bills import as_text
from blueproof.render.claims import figure, in_words, plans, verdict
from blueproof.render.page import KNOWN, SOURCE
from blueproof.render.said import assumed, flip, judged, understood

_MOST = 5  # items of a part that may be long
_MOST_ASSUMED = 8


def short_answer(blueprint: Blueprint, questions: tuple[Question, ...]) -> str:
    """The answer, what it rests on, its bill, and the open questions in their order."""
    parts = (
        ("Answer", (blueprint.answer,)),
        ("You said", tuple(judged(p) for p in blueprint.premises)),
        ("Understood", (understood(blueprint),)),
        ("Not understood", blueprint.not_understood),
        ("Assumed", (assumed(blueprint, _MOST_ASSUMED),)),
        ("Causes", tuple(_cause(h) for h in blueprint.hypotheses)),
        ("Do", tuple(f"{step.horizon}: {step.do}" for step in blueprint.steps)),
        ("Why", tuple(_why(blueprint))),
        ("Seen", tuple(_seen(f) for f in blueprint.findings if f.rule not in {KNOWN, SOURCE})),
        ("Published", tuple(_cited(f) for f in blueprint.findings if f.rule in {KNOWN, SOURCE})),
        ("Bill/month", (as_text(blueprint),)),
        ("Proofs", tuple(f"{p.id} {p.verdict}: {in_words(p.claim)}" for p in blueprint.proofs)),
        ("Rejected", tuple(f"{r.slot} {r.choice}: {r.why}" for r in blueprint.rejected)),
        ("Unchecked", tuple(f"{u.statement}: {u.why}" for u in blueprint.not_proved)),
        ("Files", tuple(f"{a.path}: {a.purpose}" for a in blueprint.artifacts)),
        ("Ask the person, in this order", tuple(_asked(questions))),
    )
    return "\n".join(part for name, lines in parts if (part := _part(name, lines)))


def _part(name: str, lines: tuple[str, ...]) -> str:
    shown = [line for line in lines if line]
    if len(shown) == 1 and "\n" not in shown[0]:
        return f"{name}: {shown[0]}"
    return "\n".join((f"{name}:", *(f"  {line}" for text in shown for line in text.split("\n")))
                     if shown else ())  # fmt: skip


def _seen(finding: Finding) -> str:
    return f"{finding.severity}: {finding.where}: {finding.says}"


def _cited(finding: Finding) -> str:
    """What is published, with its source and the day it was read."""
    cited = "; ".join(f"{c.url}, read {c.checked.isoformat()}" for c in finding.evidence)
    return f"{finding.says} ({cited})"


def _cause(hypothesis: Hypothesis) -> str:
    """A possible cause with what speaks for and against it, and the check that decides."""
    told = [f"for it: {s}" for s in hypothesis.supports]
    told += [f"against it: {s}" for s in hypothesis.contradicts]
    return "; ".join((hypothesis.cause, *told, f"check: {hypothesis.decide_by}"))


def _why(blueprint: Blueprint) -> Iterator[str]:
    for advice in blueprint.recommendations[:_MOST]:
        yield f"{advice.slot}: {advice.choice}: {'; '.join(advice.because)}"
        yield from (f"changes to {flip(change)}" for change in advice.flips)


def _asked(questions: tuple[Question, ...]) -> Iterator[str]:
    """Each question with the key that its answer is passed under."""
    for question in questions:
        options = f" ({' | '.join(question.options)})" if question.options else ""
        held = f" [assumed: {question.default}]" if question.default else ""
        yield f"{question.id} {question.key}: {question.ask}{options}{held} {question.why}".rstrip()
        if question.command:
            yield f"  the person can find out with: {question.command}"


def short_proof(proof: Proof, again: str, sources: tuple[Citation, ...]) -> str:
    """One proof: what it says, its verdict, what was measured, how to repeat it, its sources."""
    cited = tuple(f"{c.says} {c.url} (read {c.checked.isoformat()})" for c in sources)
    parts = (
        ("Proof", (f"{proof.id}: {in_words(proof.claim)}",)),
        ("Verdict", (verdict(proof),)),
        ("Basis", (proof.basis,)),
        ("Checked by", (proof.how,)),
        ("Measured", tuple(_measured(proof)) or ("nothing beyond the verdict",)),
        *((name.capitalize(), (text,)) for name, text in plans(proof)),
        ("To repeat", (again,)),
        ("Source", cited or ("the check itself; nothing published is cited",)),
    )
    return "\n".join(part for name, lines in parts if (part := _part(name, lines)))


def _measured(proof: Proof) -> Iterator[str]:
    for measured in proof.measured:
        if not measured.name.startswith("plan "):
            yield figure(measured, units=True)
