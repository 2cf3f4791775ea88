"""The answer on a terminal: at most forty lines, the answer first."""

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from blueproof.core.blueprint import Blueprint, Hypothesis, Proof
from blueproof.core.claim import AccessRefused, CostFalls, PassesTests, RulesHold, SameRows
from blueproof.core.question import Question
from blueproof.render.bills import as_text
from blueproof.render.claims import in_words
from blueproof.render.page import KNOWN, SOURCE
from blueproof.render.said import assumed, flip, judged, understood

MOST_LINES = 40
_LABEL = 12
_COST = "planner cost"  # a reason with a figure tells more than one without
_MOST_STEPS, _MOST_WHY, _MOST_PROOFS, _MOST_QUESTIONS, _MOST_KNOWN = 5, 3, 3, 3, 3


def has_more(blueprint: Blueprint) -> bool:
    """Whether there is more than the screen says: files, proofs, pictures, a bill, questions."""
    return bool(
        blueprint.artifacts
        or blueprint.proofs
        or blueprint.bill
        or blueprint.charts
        or blueprint.diagrams
        or blueprint.scenes
        or any(question.key != "evidence" for question in blueprint.open_questions)
    )


def print_summary(blueprint: Blueprint, folder: str, console: Console) -> None:
    """Print the summary, cut so that it fits the forty lines whatever there is to say.

    `folder` is where all of it lies, or "" where nothing was written.
    """
    for detail in range(3, -1, -1):
        lines = console.render_lines(_summary(blueprint, folder, detail), pad=False)
        if len(lines) <= MOST_LINES or detail == 0:
            break
    console.print(_summary(blueprint, folder, detail))


def _summary(blueprint: Blueprint, folder: str, detail: int) -> RenderableType:
    """Label and text side by side; `detail` (0 to 3) says how much of each part is shown."""
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(width=_LABEL, no_wrap=True, style="bold cyan")
    table.add_column(overflow="fold")
    rows = (
        ("Answer", Text(blueprint.answer, style="bold")),
        ("You said", _said(blueprint, detail)),
        ("Understood", Text(understood(blueprint))),
        ("Assumed", Text(assumed(blueprint, 2 * detail + 2))),
        ("Causes", _causes(blueprint, detail)),
        ("Do", _steps(blueprint, detail)),
        ("Why", _why(blueprint, detail)),
        ("Seen", _seen(blueprint, detail)),
        ("Known", _known(blueprint)),
        ("Bill/month", Text(as_text(blueprint))),
        ("Proved", _proved(blueprint, detail)),
        ("Cited only", _cited(blueprint)),
        ("Rejected", _rejected(blueprint)),
        ("Not checked", _not_checked(blueprint, detail)),
        ("Files", Text(f"{folder}/  ({_main_files(blueprint)})" if folder else "")),
        ("Ask me", _questions(blueprint, folder, detail)),
    )
    for label, content in rows:
        if content:
            table.add_row(label, content)
    return Group(Padding(table, (0, 0)))


def _said(blueprint: Blueprint, detail: int) -> Text:
    """The person's own beliefs, those that a fact speaks to first."""
    order = {"wrong": 0, "right": 1, "unknown": 2}
    fresh = [p for p in blueprint.premises if p.because not in blueprint.answer]
    ranked = sorted(dict.fromkeys(fresh), key=lambda p: order[p.verdict])
    shown = [p for p in ranked if p.verdict != "unknown" or p.evidence]
    return Text("\n".join(judged(p) for p in shown[: detail + 1]))


def _steps(blueprint: Blueprint, detail: int) -> Text:
    most = _MOST_STEPS if detail > 1 else _MOST_WHY
    shown = blueprint.steps[:most]
    lines = [f"{place} {s.horizon}: {s.do}" for place, s in enumerate(shown, start=1)]
    if len(blueprint.steps) > most:
        lines.append(f"… {len(blueprint.steps) - most} more in report.md")
    return Text("\n".join(lines))


def _causes(blueprint: Blueprint, detail: int) -> Text:
    """The causes that are possible, each with the check that decides."""
    lines = [
        f"{place} {h.cause}{_weighed(h)}"
        for place, h in enumerate(blueprint.hypotheses[: detail + 1], start=1)
    ]
    return Text("\n".join(lines))


def _weighed(hypothesis: Hypothesis) -> str:
    told = [f"for it: {s}" for s in hypothesis.supports[:1]]
    told += [f"against it: {s}" for s in hypothesis.contradicts[:1]]
    return f" ({'; '.join(told)})" if told else ""


def _why(blueprint: Blueprint, detail: int) -> Text:
    free = [r for r in blueprint.recommendations if not r.needs]
    if len(free) == 1:  # what hangs on it is no decision of its own
        only = free[0]
        flips = [flip(f) for f in only.flips]
        reasons = [*only.because[: min(_MOST_WHY, detail + 1)], *flips[:detail]]
    else:
        reasons = [
            f"{r.slot}: {next((b for b in r.because if _COST in b), r.because[0])}"
            for r in blueprint.recommendations
        ][: min(_MOST_WHY, detail + 1)]
    return Text("\n".join(f"· {reason}" for reason in reasons))


def _seen(blueprint: Blueprint, detail: int) -> Text:
    order = {"harm": 0, "risk": 1, "note": 2}
    told = blueprint.answer.lower()
    ranked = sorted(
        (
            f
            for f in blueprint.findings
            if f.rule not in {KNOWN, SOURCE} and f.says.lower() not in told
        ),
        key=lambda f: order[f.severity],
    )
    most = max(detail, sum(f.severity == "harm" for f in ranked), 1)
    lines = [f"{f.severity}: {f.where}: {f.says}" for f in ranked[:most]]
    return Text("\n".join(lines))


def _known(blueprint: Blueprint) -> Text:
    """What is published beside what the answer says."""
    told = blueprint.answer.lower()
    shown = [f.says for f in blueprint.findings if f.rule == KNOWN and f.says.lower() not in told]
    return Text("\n".join(f"· {says}" for says in shown[:_MOST_KNOWN]))


def _proved(blueprint: Blueprint, detail: int) -> Text:
    held = sorted((p for p in blueprint.proofs if p.verdict == "proved"), key=_telling)
    if not blueprint.proofs:
        return Text("")
    lines = [f"{len(held)} of {len(blueprint.proofs)} claims; blueproof prove repeats them"]
    for proof in held[: min(_MOST_PROOFS, detail)]:
        condition = f", {proof.condition}" if proof.condition else ""
        lines.append(f"{proof.id} {in_words(proof.claim)}{condition}")
    return Text("\n".join(lines))


def _telling(proof: Proof) -> tuple[int, float]:
    """Which proofs tell most: gains, then same rows, access, tests (most first); the rest after."""
    order = (CostFalls, SameRows, AccessRefused, PassesTests, RulesHold)
    kind = next((n for n, kind in enumerate(order) if isinstance(proof.claim, kind)), len(order))
    return kind, -(proof.measure("passed") or 0)


def _cited(blueprint: Blueprint) -> Text:
    """What rests on a source alone, no engine having checked it."""
    cited = [f for f in blueprint.findings if f.evidence and not f.proofs]
    addresses = dict.fromkeys(f.evidence[0].url for f in cited)
    return Text("\n".join(tuple(addresses)[:_MOST_WHY]))


def _rejected(blueprint: Blueprint) -> Text:
    return Text("\n".join(f"{r.slot}: {r.why}" for r in blueprint.rejected[:2]))


def _not_checked(blueprint: Blueprint, detail: int) -> Text:
    shown = blueprint.not_proved[: max(1, detail)]
    lines = [f"{u.statement}: {u.why}" for u in shown]
    more = len(blueprint.not_proved) - len(shown)
    return Text("\n".join([*lines, *([f"… {more} more in report.md"] if more else [])]))


def _main_files(blueprint: Blueprint) -> str:
    folders = dict.fromkeys(
        a.path.split("/")[0] + "/" for a in blueprint.artifacts if "/" in a.path
    )
    return ", ".join(("report.md", "report.html", "decision.md", *folders, "proofs.json"))


def _next(question: Question, folder: str) -> str:
    """How to answer, or the command that finds the answer."""
    if question.key == "evidence":
        return question.command
    return f"blueproof answer 1={question.default.replace(',', '')} --in {folder}"


def _questions(blueprint: Blueprint, folder: str, detail: int) -> Text:
    shown = blueprint.open_questions[: min(_MOST_QUESTIONS, detail + 1)]
    lines = [f"{q.id} {q.ask} {q.why}" for q in shown]
    if lines:
        lines.append(_next(shown[0], folder))
    return Text("\n".join(line for line in lines if line))
