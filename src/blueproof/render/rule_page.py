"""A rule's page: what it says, on what evidence, and what its cases came to just now."""

from typing import Any

from blueproof.core.rule import CaseResult, Rule
from blueproof.render.blocks import Block, Bullets, Code, Fold, Grid, Page, Paragraph, Section

_OF_PLANS = "plan-"


def rule_page(rule: Rule[Any], results: tuple[CaseResult, ...]) -> Page:
    """The page of a rule with the results of its cases."""
    guide = tuple(
        Paragraph(text=" ".join(part.split())) for part in rule.guide.split("\n\n")[1:] if part
    )
    evidence = tuple(f"{c.says} ({c.url}, read {c.checked.isoformat()})" for c in rule.evidence)
    rows = tuple(
        (
            r.case.name,
            "fires" if r.case.fires else "quiet",
            ", ".join(r.slots) or "-",
            _outcome(r, proves=not rule.id.startswith(_OF_PLANS)),
        )
        for r in results
    )
    header = ("Case", "Must", "Advice", "Came out")
    given: tuple[Block, ...] = tuple(
        Fold(
            summary=r.case.name,
            blocks=(
                Code(text=f"{r.case.given.strip()}\n{r.case.queries}".strip(), language="sql"),
            ),
        )
        for r in results
    )
    return Page(
        title=f"{rule.id}: {rule.title}",
        lead=guide[0].text if guide else rule.title,
        sections=(
            Section(id="why", title="Why", blocks=(*guide[1:], Bullets(items=evidence))),
            Section(
                id="cases", title="Cases, run just now", blocks=(Grid(header=header, rows=rows),)
            ),
            Section(id="given", title="What the cases are", blocks=given),
        ),
    )


def _outcome(result: CaseResult, *, proves: bool) -> str:
    """What came of a case; what is said of a plan makes no claim that an engine could prove."""
    if result.refuted:
        return f"refuted: {result.refuted[0]}"
    if not result.cured:
        return "the advice does not silence the rule"
    if not result.as_said:
        return "not as the case says"
    if not result.slots:
        return "quiet, as it must be"
    if not proves:
        return "fires, as it must"
    missing = f"; {len(result.unchecked)} unchecked" if result.unchecked else ""
    return f"every claim proved, and the advice silences the rule{missing}"
