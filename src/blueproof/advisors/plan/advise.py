"""The answer to a plan: the dearest remedy first, each with the milliseconds that it explains."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from types import MappingProxyType

from blueproof.advisors.plan import rules
from blueproof.advisors.plan.drawing import draw
from blueproof.advisors.plan.remedy import Remedy
from blueproof.advisors.plan.stopping import may_stop
from blueproof.advisors.plan.wording import of_total, shown_ms, where
from blueproof.core.advice import Artifact, Finding, Recommendation, Step
from blueproof.core.blueprint import (
    Conclusion,
    Draft,
    Premise,
    QuestionKind,
    Unproved,
)
from blueproof.core.brief import Brief, Fact
from blueproof.core.claim import CostFalls
from blueproof.core.diagram import Diagram
from blueproof.core.question import Question
from blueproof.core.rule import Rule
from blueproof.core.scene import Excerpt
from blueproof.sql.plans.node import Node, ReadPlan

PLAN = "plan.txt"
_INDEXES = re.compile(r"CREATE INDEX CONCURRENTLY ON (?P<table>[\w.\"]+) \(")
_SYMPTOM = 0.3  # what a symptom's milliseconds count against those of a cause
_MOST, _MOST_PLANS = 8, 4
_WORTH = 0.1  # of the whole, from which a second remedy is told in the answer


@cache
def all_rules() -> tuple[Rule[ReadPlan], ...]:
    """Every rule in this folder's rules/."""
    names = sorted(m.name for m in pkgutil.iter_modules(rules.__path__))
    modules = [importlib.import_module(f"{rules.__name__}.{name}") for name in names]
    return tuple(module.RULE for module in modules)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What all rules say of one plan: remedies, those that explain most first, and notes."""

    plan: ReadPlan
    remedies: tuple[Remedy, ...]
    notes: tuple[Finding, ...]


def judge_plan(plan: ReadPlan) -> Judged:
    """Everything that the rules see in a plan; of two remedies for one slot the dearer stays."""
    said = [advice for rule in all_rules() for advice in rule.check(plan)]
    ranked = sorted((a for a in said if isinstance(a, Remedy)), key=_rank)
    slots: dict[str, Remedy] = {}
    for remedy in ranked:
        if not any(_begins(other, remedy) for other in ranked):
            slots.setdefault(remedy.slot, remedy)
    notes = tuple(a for a in said if isinstance(a, Finding))
    return Judged(plan=plan, remedies=_once(slots.values())[:_MOST], notes=notes)


def _once(remedies: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """Remedies that are the same statement as one, with the causes that each names."""
    kept: dict[str, Remedy] = {}
    for each in remedies:
        first = kept.setdefault(each.choice, each)
        if each is not first and each.because[1:] and each.because[1] not in first.because:
            because = (first.because[0], f"{first.because[1]}; {each.because[1]}")
            kept[each.choice] = replace(first, because=(*because, *first.because[2:]))
    return tuple(kept.values())


def _begins(longer: Remedy, shorter: Remedy) -> bool:
    """Whether one remedy's index begins with all columns of the other's, on the same table."""
    both = longer.slot.startswith("index on ") and shorter.slot.startswith("index on ")
    return both and longer.slot.startswith(f"{shorter.slot.removesuffix(')')}, ")


def _rank(remedy: Remedy) -> tuple[float, bool, str]:
    """The dearest first; of two as dear a wrong estimate, from which the other follows."""
    weight = _SYMPTOM if remedy.symptom else 1.0
    return -remedy.milliseconds * weight, not remedy.slot.startswith("statistics of"), remedy.slot


def advise_plans(
    brief: Brief, plans: tuple[ReadPlan, ...], kind: QuestionKind, premises: tuple[Premise, ...]
) -> tuple[Draft, Conclusion]:
    """The draft and the conclusion on the plans that were handed over, the slowest one first."""
    ordered = sorted(plans, key=lambda plan: -plan.total_ms)
    judged = tuple(judge_plan(plan) for plan in ordered[:_MOST_PLANS])
    main = judged[0]
    remedies = main.remedies
    draft = Draft(
        brief=replace(brief, facts=(*brief.facts, *_facts(main.plan))),
        question_kind=kind,
        premises=premises,
        recommendations=tuple(plain(r) for r in remedies),
    )
    return draft, Conclusion(
        answer=" ".join(_answer(main)),
        steps=tuple(steps_of(remedies)),
        findings=(*_notes(main), *(f for other in judged[1:] for f in _of_other(other))),
        open_questions=tuple(_questions(main)),
        artifacts=tuple(kept(brief)),
        diagrams=tuple(_drawn(judged)),
        not_proved=tuple(_unproved(main)),
    )


def _facts(plan: ReadPlan) -> Iterator[Fact]:
    if plan.timed:
        yield Fact(key="execution-time", value=round(plan.total_ms, 3), unit="ms", source="file")


def plain(remedy: Remedy) -> Recommendation:
    """The remedy as advice of the vocabulary, without what only ranks it."""
    return Recommendation(**{f.name: getattr(remedy, f.name) for f in fields(Recommendation)})


def _answer(judged: Judged) -> Iterator[str]:
    """What to do first and the number that decides; else that nothing is wrong, and why."""
    plan, remedies = judged.plan, judged.remedies
    if not plan.analyzed:
        yield from (f"{capital(n.says)}." for n in judged.notes if n.rule == "plan-not-run")
        yield "Run it with EXPLAIN (ANALYZE, BUFFERS), and I can say where the time goes."
        return
    if not remedies:
        yield from _nothing(judged)
        return
    first = remedies[0]
    yield _said(first)
    yield f"{capital(first.because[0])}; {first.because[1]}."
    for second in remedies[1:2]:
        rest = plan.total_ms - (first.milliseconds if first.rule == "plan-outside" else 0.0)
        if second.milliseconds >= _WORTH * rest:
            yield f"Then {_said(second)} {capital(second.because[0])}."


def _said(remedy: Remedy) -> str:
    """What to do, as a sentence of its own."""
    return remedy.choice if remedy.choice.endswith((";", ".")) else f"{remedy.choice}."


def _nothing(judged: Judged) -> Iterator[str]:
    plan = judged.plan
    good = next((n.says for n in judged.notes if n.rule == "plan-as-asked"), "")
    if good:
        yield f"Nothing is wrong with this plan: {good}."
        yield "To be faster, ask for less, or less often."
        return
    yield "I see nothing in this plan that is worth a change."
    dearest = max(plan.root.walk(), key=lambda n: n.exclusive_ms or 0.0)
    if plan.timed:
        yield f"Most time goes to {where(dearest)}, {of_total(plan, dearest.exclusive_ms or 0.0)}."


def capital(text: str) -> str:
    """The text with its first letter large."""
    return f"{text[:1].upper()}{text[1:]}"


def steps_of(remedies: tuple[Remedy, ...]) -> Iterator[Step]:
    """What to do, the first at once, with what shows that it helped."""
    for place, remedy in enumerate(remedies):
        yield Step(
            do=remedy.choice,
            horizon="now" if place == 0 else "next",
            check=remedy.shown_by,
            undo=remedy.undo or _undo(remedy.choice),
            needs=(remedy.slot,),
        )


def _undo(choice: str) -> str:
    """How to take a statement back, where one does."""
    if choice.startswith("CREATE INDEX"):
        return "DROP INDEX CONCURRENTLY, with the name that PostgreSQL gave it"
    if choice.startswith("SET "):
        return f"RESET {choice.split()[1]}"
    made = choice.startswith("CREATE STATISTICS")
    return f"DROP STATISTICS {choice.split()[2]}" if made else ""


def _notes(judged: Judged) -> Iterator[Finding]:
    """What else is to be known: how it was read, and that most of it is as asked."""
    plan = judged.plan
    hot = plan.hot[-1]
    dearest = max(plan.root.walk(), key=lambda n: n.exclusive_ms or 0.0)
    told = {remedy.node for remedy in judged.remedies[:1]}
    if plan.timed and judged.remedies and dearest.number not in told:
        yield Finding(
            rule="plan-hot-path",
            where=where(dearest),
            says=f"the dearest node by itself: {of_total(plan, dearest.exclusive_ms or 0.0)}; the "
            f"hot way ends at {where(hot)}",
        )
    yield from (n for n in judged.notes if not (judged.remedies and n.rule == "plan-as-asked"))
    for remark in plan.remarks:
        yield Finding(rule="plan-damaged", where=f"line {plan.line}", says=remark)


def _of_other(judged: Judged) -> Iterator[Finding]:
    """The other plans of the text, in a line each."""
    plan = judged.plan
    time = f" takes {shown_ms(plan.total_ms)}" if plan.timed else " was not timed"
    first = judged.remedies[0] if judged.remedies else None
    told = f"; {first.because[0]}: {first.choice}" if first else "; nothing stands out"
    yield Finding(
        rule=first.rule if first else "plan-other",
        where=f"the plan at line {plan.line}",
        says=f"it{time}{told}",
        evidence=first.evidence if first else (),
    )


def _questions(judged: Judged) -> Iterator[Question]:
    plan = judged.plan
    if not plan.analyzed:
        why = "without it there are estimates only, so nothing can be told of where the time goes"
        yield _evidence("Run it, and hand over what it prints?", why,
                        "EXPLAIN (ANALYZE, BUFFERS) SELECT ...")  # fmt: skip
    elif not any(_has_buffers(n) for n in plan.root.walk()):
        why = "with buffers it can be told what came from disk and what was in memory"
        command = "SET track_io_timing = on; EXPLAIN (ANALYZE, BUFFERS) SELECT ..."
        yield _evidence("Can you run it with BUFFERS?", why, command)
    elif judged.remedies:
        why = "with both, each index is tried on a planner and proved or refused"
        yield _evidence("Can you hand over the schema and the query?", why,
                        "pg_dump --schema-only DATABASE > schema.sql")  # fmt: skip


def _has_buffers(node: Node) -> bool:
    return node.buffers != type(node.buffers)()


def _evidence(ask: str, why: str, command: str) -> Question:
    return Question(id="1", ask=ask, why=f"{capital(why)}.", key="evidence", changes=(why,),
                    command=command)  # fmt: skip


def kept(brief: Brief) -> Iterator[Artifact]:
    """The plans as they were handed over, so that the answer can be continued."""
    texts = [d.text.rstrip("\n") for d in brief.documents if d.role == "plan"]
    if texts:
        text = "\n\n".join(texts) + "\n"
        yield Artifact(path=PLAN, purpose="your plan, as it was read", text=text)


def _drawn(judged: tuple[Judged, ...]) -> Iterator[Diagram]:
    for place, each in enumerate(judged, start=1):
        yield draw(each.plan, "plan" if place == 1 else f"plan-{place}")


def _unproved(judged: Judged) -> Iterator[Unproved]:
    if judged.remedies:
        total = shown_ms(judged.plan.total_ms)
        yield Unproved(
            statement="what each step gains",
            why=f"a plan tells where its {total} went, not what a change would bring: with "
            "schema.sql and the query, each index is tried on a planner",
        )


def beside_database(
    plans: tuple[ReadPlan, ...],
    query: Excerpt | None,
    factor: float,
    indexed: Mapping[str, str] = MappingProxyType({}),
) -> tuple[tuple[Finding, ...], tuple[Diagram, ...]]:
    """What plans tell beside the advice on a database: findings and pictures.

    `query` is the text that the plans are of, where it is known: then each index that a plan asks
    for is claimed to lower its cost `factor` times, and left out where a planner does not agree.
    `indexed` are the tables for which an index is advised, and that: a plan asks for no second.
    """
    judged = tuple(judge_plan(plan) for plan in plans[:_MOST_PLANS])
    findings = tuple(
        Finding(
            rule=remedy.rule,
            where="in the plan",
            says=f"{remedy.because[0]}: {served or remedy.choice}",
            severity="risk",
            evidence=remedy.evidence,
            claims=() if served else tuple(_claimed(remedy, query, factor)),
        )
        for each in judged
        for remedy in each.remedies
        for served in (_served(remedy, indexed),)
    )
    notes = tuple(note for each in judged for note in each.notes if not each.remedies)
    return (*findings, *notes), tuple(_drawn(judged))


def _served(remedy: Remedy, indexed: Mapping[str, str]) -> str:
    """The index advised already that has every column the plan would have indexed; "" for none."""
    asked = _INDEXES.match(remedy.choice)
    made = indexed.get(asked["table"].strip('"'), "") if asked else ""
    listed = remedy.choice[asked.end() :].partition(")")[0] if asked else ""
    columns = (each.split()[0].strip('"') for each in listed.split(",") if each.strip())
    if not all(re.search(rf"\b{re.escape(column)}\b", made) for column in columns):
        return ""
    return f"the {made} above serves it, and no second one is needed" if made else ""


def _claimed(remedy: Remedy, query: Excerpt | None, factor: float) -> Iterator[CostFalls]:
    """That the index which a remedy asks for lowers the query's planner cost."""
    if query and remedy.choice.startswith("CREATE INDEX CONCURRENTLY ON ") and _whole(remedy):
        change = Excerpt(text=remedy.choice.replace(" CONCURRENTLY", ""))
        yield CostFalls(query=query, change=change, factor=factor)


def _whole(remedy: Remedy) -> bool:
    """Whether the statement is all of the advice."""
    return remedy.choice.endswith(");") and remedy.choice.count(";") == 1


def tables_read(plan: ReadPlan) -> dict[str, int]:
    """The rows of each table that the plan read from end to end."""
    found: dict[str, int] = {}
    for node, above in _with_above(plan.root, ()):
        whole = node.kind == "Seq Scan" and node.loops and node.found is not None
        if whole and not may_stop(above) and (node.loops == 1 or node.parallel):
            rows = (node.found or 0.0) + node.removed
            found[node.table] = round(rows * (node.loops or 1.0))
    return found


def _with_above(node: Node, above: tuple[Node, ...]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    yield node, above
    for child in node.children:
        yield from _with_above(child, (*above, node))
