"""The report as a page: the answer first, then what to do, why, and everything it rests on."""

from collections import Counter
from collections.abc import Iterator

from blueproof.core.advice import Artifact, Recommendation
from blueproof.core.blueprint import Blueprint, Proof
from blueproof.core.claim import CostStays
from blueproof.core.evidence import Citation
from blueproof.render.advice_page import proof_header, recommendation_section
from blueproof.render.bills import compared, plain, sizes
from blueproof.render.blocks import Block, Bullets, Fold, Grid, Page, Paragraph, Picture, Section
from blueproof.render.chart import render_chart
from blueproof.render.claims import figures, in_words, number, verdict
from blueproof.render.diagram import render_svg
from blueproof.render.plot import render_plot
from blueproof.render.said import judged, understood

TITLE = "Blueproof report"
KNOWN, SOURCE = "known-fact", "known-answer"  # the rules of findings that only publish
_MANY, _SHOWN = 4, 2  # from how many pieces of one rule's advice on only the first are in full
_MOST_ASKED = 3
_MANY_FILES = 60  # in one folder, from which on they are not listed one by one
_LONG = 12  # rows from which a table of details is folded
_NO_ADVICE = "Nothing is to be done."


def page(blueprint: Blueprint) -> Page:
    """The whole report of a blueprint."""
    harm = any(f.severity == "harm" for f in blueprint.findings)
    sections = [
        _said(blueprint),
        _causes(blueprint),
        _steps(blueprint),
        _findings(blueprint) if harm else None,
        *(recommendation_section(blueprint, advice, place) for place, advice in in_full(blueprint)),
        _in_short(blueprint),
        _pictures(blueprint),
        None if harm else _findings(blueprint),
        _bill(blueprint),
        _assumed(blueprint),
        _rejected(blueprint),
        _not_proved(blueprint),
        _proofs(blueprint),
        _sources(blueprint),
        _files(blueprint),
    ]
    return Page(
        title=TITLE,
        lead=blueprint.answer,
        sections=tuple(s for s in sections if s is not None),
    )


def _said(blueprint: Blueprint) -> Section | None:
    """The person's own beliefs, judged, and what was not understood."""
    items = [f"{judged(p)}." for p in blueprint.premises if p.verdict != "unknown" or p.evidence]
    if blueprint.not_understood:
        items.append(f"Not understood: {', '.join(blueprint.not_understood)}.")
    known = understood(blueprint) if blueprint.request and not blueprint.scenes else ""
    blocks: list[Block] = [Paragraph(text=f"Understood: {known}.")] if known else []
    blocks += [Bullets(items=tuple(items))] if items else []
    return Section(id="said", title="What you said", blocks=tuple(blocks)) if blocks else None


def in_full(blueprint: Blueprint) -> tuple[tuple[int, Recommendation], ...]:
    """The advice that gets a section of its own: all of a rule's, or the first two of many."""
    numbered = tuple(enumerate(blueprint.recommendations, start=1))
    rules = [advice.rule for _, advice in numbered]
    return tuple(
        (place, advice)
        for place, advice in numbered
        if not advice.rule
        or rules.count(advice.rule) <= _MANY
        or rules[: place - 1].count(advice.rule) < _SHOWN
    )


def _in_short(blueprint: Blueprint) -> Section | None:
    """The rest of a rule's advice in a line each; its files lie in the folder like all others."""
    full = {place for place, _ in in_full(blueprint)}
    rows = tuple(
        (str(place), a.choice, a.because[0], "; ".join(_flips(a)), _range(a.proofs))
        for place, a in enumerate(blueprint.recommendations, start=1)
        if place not in full
    )
    if not rows:
        return None
    grid = Grid(header=("", "Advice", "Why", "Leave it", "Proofs"), rows=rows)
    return Section(id="more-advice", title="More of the same kind", blocks=(grid,))


def _flips(advice: Recommendation) -> list[str]:
    return [
        f"below {number(f.at)} {f.unit} in {f.fact.removeprefix('scale.rows.')}"
        for f in advice.flips
        if not isinstance(f.at, str)
    ]


def _range(proofs: tuple[str, ...]) -> str:
    return f"{proofs[0]} to {proofs[-1]}" if len(proofs) > 1 else "".join(proofs)


def _causes(blueprint: Blueprint) -> Section | None:
    """What may be the cause, the likeliest first: for, against, and the check that decides."""
    rows = tuple(
        (h.cause, "; ".join(h.supports), "; ".join(h.contradicts), h.decide_by)
        for h in blueprint.hypotheses
    )
    grid = Grid(header=("Possible cause", "For it", "Against it", "What decides"), rows=rows)
    return Section(id="causes", title="What may be the cause", blocks=(grid,)) if rows else None


def _steps(blueprint: Blueprint) -> Section | None:
    if not blueprint.steps and not blueprint.scenes:
        return None  # nothing was advised: the answer says why
    if not blueprint.steps:
        return Section(id="do", title="What to do", blocks=(Paragraph(text=_NO_ADVICE),))
    blocks: list[Block] = []
    for horizon in ("now", "next", "later"):
        steps = [step for step in blueprint.steps if step.horizon == horizon]
        if steps:
            items = tuple(_code_or_words(step.do) for step in steps)
            blocks += [
                Paragraph(text=f"{horizon.capitalize()}:"),
                Bullets(items=items, ordered=True),
            ]
    rows = tuple(
        (_code_or_words(s.do), _code_or_words(s.check), _code_or_words(s.undo))
        for s in blueprint.steps
        if s.check or s.undo
    )
    if not rows:
        return Section(id="do", title="What to do", blocks=tuple(blocks))
    header = ("Step", "See that it worked", "Take it back")
    summary = "How to see that each step worked, and how to take it back"
    blocks.append(Fold(summary=summary, blocks=(Grid(header=header, rows=rows),)))
    return Section(id="do", title="What to do", blocks=tuple(blocks))


def _code_or_words(text: str) -> str:
    return f"`{text}`" if text.startswith(("SELECT", "psql")) else text


def _pictures(blueprint: Blueprint) -> Section | None:
    blocks: list[Block] = [
        Picture(svg=render_chart(c), path=f"charts/{c.id}.svg", caption=f"{c.title}, in {c.unit}")
        for c in blueprint.charts
    ]
    blocks += [
        Picture(svg=render_plot(p), path=f"charts/{p.id}.svg", caption=p.title)
        for p in blueprint.plots
    ]
    blocks += [
        Picture(svg=render_svg(d), path=f"diagrams/{d.id}.svg", caption=d.title)
        for d in blueprint.diagrams
    ]
    return Section(id="pictures", title="In pictures", blocks=tuple(blocks)) if blocks else None


def _findings(blueprint: Blueprint) -> Section | None:
    rests = {p.id: p.condition for p in blueprint.proofs if isinstance(p.claim, CostStays)}
    rows = tuple(
        (f.where, {"harm": "harm: ", "risk": "risk: "}.get(f.severity, "")
         + "; ".join((f.says, *(rests[p] for p in f.proofs if p in rests))),
         ", ".join(f.proofs) or "not proved")
        for f in blueprint.findings
    )  # fmt: skip
    if rows and all(f.rule in {KNOWN, SOURCE} for f in blueprint.findings):
        facts = Bullets(items=tuple(f"{f.says}." for f in blueprint.findings))
        return Section(id="seen", title="What is published", blocks=(facts,))
    grid = Grid(header=("Where", "What was seen", "Proof"), rows=rows)
    return Section(id="seen", title="What else was seen", blocks=(grid,)) if rows else None


def _bill(blueprint: Blueprint) -> Section | None:
    if not blueprint.bill:
        return None
    as_of = max(bill.as_of for bill in blueprint.bill).isoformat()
    notes = "".join(f" {n}." for n in dict.fromkeys(b.note for b in blueprint.bill) if n)
    sources = sorted({line.source for bill in blueprint.bill for line in bill.lines})
    told = f"Quantities are estimates; prices as of {as_of} ({', '.join(sources)}).{notes}"
    return Section(
        id="bill",
        title="What it costs",
        blocks=(*_totals(blueprint), *_each_bill(blueprint), Paragraph(text=told, tone="muted")),
    )


def _totals(blueprint: Blueprint) -> Iterator[Block]:
    """The totals side by side, where options are compared."""
    if any(bill.option for bill in blueprint.bill):
        columns = sizes(blueprint)
        yield Grid(
            header=("US dollars a month", *columns),
            rows=compared(blueprint),
            numeric=tuple(range(1, len(columns) + 1)),
        )


def _each_bill(blueprint: Blueprint) -> Iterator[Block]:
    """The lines of every bill, folded where options are compared."""
    for bill in blueprint.bill:
        dearest = sorted(bill.lines, key=lambda line: -line.amount)[:_LONG]
        rows = tuple(
            (line.item, f"{plain(line.quantity)} {line.unit}", f"{line.price}", f"{line.amount}")
            for line in dearest
        )
        more = len(bill.lines) - len(dearest)
        name = f"Total, {more} more lines in bill.yaml included" if more else "Total"
        header = ("For", "Quantity", "Price", "Amount")
        grid = Grid(header=header, rows=(*rows, (name, "", "", f"{bill.total}")), numeric=(1, 2, 3))
        if bill.option:
            yield Fold(summary=f"{bill.option}, {bill.size}: ${bill.total:,.2f}", blocks=(grid,))
        else:
            yield Paragraph(text=f"With {bill.size}, US dollars a month:")
            yield grid


def _assumed(blueprint: Blueprint) -> Section | None:
    blocks: list[Block] = []
    if blueprint.assumptions:
        rows = tuple(
            (a.key, a.value if isinstance(a.value, str) else number(a.value), a.why)
            for a in blueprint.assumptions
        )
        grid = Grid(header=("Assumed", "Value", "Why"), rows=rows, numeric=(1,))
        blocks.append(_folded(grid, f"{len(rows)} assumed values"))
    for question in blueprint.open_questions[:_MOST_ASKED]:
        blocks.append(Paragraph(text=f"{question.id}. {question.ask} {_sentence(question.why)}"))
        if question.command:
            blocks.append(Paragraph(text=f"To find out: `{question.command}`", tone="muted"))
    title = "What was assumed, and what to tell us"
    return Section(id="assumed", title=title, blocks=tuple(blocks)) if blocks else None


def _folded(grid: Grid, summary: str) -> Block:
    """The table, folded where it is long."""
    return Fold(summary=summary, blocks=(grid,)) if len(grid.rows) > _LONG else grid


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _rejected(blueprint: Blueprint) -> Section | None:
    rows = tuple((r.slot, r.choice, r.why) for r in blueprint.rejected)
    grid = Grid(header=("For", "What was considered", "Why it was rejected"), rows=rows)
    title = "Considered and rejected"
    return Section(id="rejected", title=title, blocks=(grid,)) if rows else None


def _not_proved(blueprint: Blueprint) -> Section | None:
    items = tuple(f"{u.statement}: {u.why}" for u in blueprint.not_proved)
    title = "What was not proved"
    return Section(id="not-proved", title=title, blocks=(Bullets(items=items),)) if items else None


def _proofs(blueprint: Blueprint) -> Section | None:
    if not blueprint.proofs:
        return None
    held = sum(p.verdict == "proved" for p in blueprint.proofs)
    planner = (
        " Planner cost is not time: it is what the planner compares plans by."
        if blueprint.scenes
        else ""
    )
    lead = Paragraph(
        text=f"{held} of {len(blueprint.proofs)} claims proved. `blueproof prove .` in this folder "
        f"repeats them all on fresh engines.{planner}"
    )
    shown = {name for _, advice in in_full(blueprint) for name in advice.proofs}
    rows = tuple(
        (p.id, in_words(p.claim), verdict(p), figures(p))
        for p in blueprint.proofs
        if p.id not in shown
    )
    grid = Grid(header=proof_header(blueprint), rows=rows)
    rest = (_folded(grid, f"{len(rows)} proofs"),) if rows else ()
    bases = Grid(header=("Basis", "Proofs"), rows=_bases(blueprint.proofs))
    title = "Proofs, beyond those above"
    return Section(id="proofs", title=title, blocks=(lead, *rest, bases))


def _bases(proofs: tuple[Proof, ...]) -> tuple[tuple[str, ...], ...]:
    """What the proofs stand on, each basis with the ids of its proofs."""
    found: dict[str, list[str]] = {}
    for proof in proofs:
        found.setdefault(proof.basis, []).append(proof.id)
    return tuple((basis, ", ".join(ids)) for basis, ids in found.items())


def _citations(blueprint: Blueprint) -> Iterator[Citation]:
    for advice in blueprint.recommendations:
        yield from advice.evidence
    for finding in blueprint.findings:
        yield from finding.evidence
    for premise in blueprint.premises:
        yield from premise.evidence


def _sources(blueprint: Blueprint) -> Section | None:
    found = dict.fromkeys(_citations(blueprint))
    items = tuple(f"{c.says} ({c.url}, read {c.checked.isoformat()})" for c in found)
    return Section(id="sources", title="Sources", blocks=(Bullets(items=items),)) if items else None


def _listed(files: tuple[Artifact, ...]) -> Iterator[tuple[str, str]]:
    """Each file and what it is; a folder of very many files is one line."""
    folders = Counter(file.path.partition("/")[0] for file in files)
    told: set[str] = set()
    for file in files:
        folder = file.path.partition("/")[0]
        if folders[folder] < _MANY_FILES:
            yield f"`{file.path}`", file.purpose
        elif folder not in told:
            told.add(folder)
            yield f"`{folder}/`", f"{folders[folder]} files: {file.purpose}"


def _files(blueprint: Blueprint) -> Section | None:
    rows = tuple(_listed(blueprint.artifacts))
    grid = _folded(
        Grid(header=("File", "What it is"), rows=rows), f"{len(blueprint.artifacts)} files"
    )
    return Section(id="files", title="Files in this folder", blocks=(grid,)) if rows else None
