"""What can be said of a request that no advisor owns: its sums, its facts, what to bring."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.known.evidence import BRINGS, Bring
from blueproof.advisors.known.facts import speaking
from blueproof.advisors.known.products import products
from blueproof.core.advice import Finding
from blueproof.core.blueprint import Conclusion, Draft, Premise, QuestionKind, Unproved
from blueproof.core.brief import Brief, Fact
from blueproof.core.evidence import Citation
from blueproof.core.question import Question

_MOST_NAMED, _LONGEST, _MOST_SUMS = 4, 90, 3
# Problems whose id does not read well in a sentence.
_ABOUT = {
    "choose-technology": "this choice",
    "troubleshoot": "this failure",
    "deploy-cicd": "deployment",
    "aws-architecture": "AWS architecture",
    "db-performance": "database performance",
    "iac-structure": "the structure of infrastructure code",
    "security-compliance": "security and compliance",
    "cost": "this cost",
    "scale": "this scale",
    "auth": "sign-in",
    "realtime": "real-time delivery",
    "connections": "these connections",
    "migration": "this migration",
    "storage-upload": "files and uploads",
}
_BILLED = re.compile(r"\bbill|\b(?:largest|biggest) line|\bline item", re.IGNORECASE)
_AWS = ("aws", "amazon", "nat-", "application-load")
_LOST = "I could not tell what this is about: name the system, what happens, and what you want."


def advise_known(
    brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...]
) -> tuple[Draft, Conclusion]:
    """The draft and its conclusion: no recommendation, but every fact that speaks to the case."""
    problem = _first(brief, "problem")
    lost = not _telling(brief)
    judged = tuple(p for p in premises if p.verdict != "unknown")
    told = {p.because for p in judged}
    facts = tuple(c for c in speaking(brief) if c.says not in told)
    draft = Draft(brief=brief, question_kind=kind, premises=premises)
    return draft, Conclusion(
        answer=_LOST if lost else " ".join(_answer(brief, problem, judged, facts)),
        findings=tuple(
            Finding(rule="known-fact", where="published", says=c.says, evidence=(c,)) for c in facts
        ),
        open_questions=() if lost else tuple(_questions(_bring(brief, problem))),
        not_proved=() if lost else (_unproved(problem),),
    )


def _telling(brief: Brief) -> bool:
    """Whether anything but the kind of the question was understood."""
    return any(f.key in {"technology", "feature", "rate"} for f in brief.facts) or any(
        f.key == "problem" and f.quote for f in brief.facts
    )


def _unproved(problem: str) -> Unproved:
    return Unproved(
        statement=f"advice on {_about(problem)}",
        why="no engine here checks such advice yet, so there are facts and no recommendation",
    )


def _about(problem: str) -> str:
    return _ABOUT.get(problem, problem.replace("-", " ") or "this request")


def _short(quote: str) -> str:
    """The quote, cut where it is long."""
    plain = " ".join(quote.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST].rsplit(' ', 1)[0]} ..."


def _first(brief: Brief, key: str) -> str:
    return next((str(f.value) for f in brief.facts if f.key == key), "")


def _answer(
    brief: Brief, problem: str, judged: tuple[Premise, ...], facts: tuple[Citation, ...]
) -> Iterator[str]:
    """What is right or wrong in the words first, then facts, sums, and what would decide."""
    for premise in judged[:1]:
        verdict = "is not so" if premise.verdict == "wrong" else "is right"
        yield f'"{_short(premise.quote)}" {verdict}: {premise.because}.'
    if not judged:
        for citation in facts[:1]:
            yield f"{citation.says[:1].upper()}{citation.says[1:]}."
    if not judged and not facts:
        named = ", ".join(dict.fromkeys(_named(brief)))
        on = f" with {named}" if named else ""
        yield f"I have no checked fact on {_about(problem)}{on}."
    yield from _sums(brief)
    for product in products(brief.request)[:_MOST_SUMS]:
        yield f"{product}."
    hurts = any(f.key == "pain" for f in brief.facts)
    if not judged and (hurts or not facts) and _bring(brief, problem):
        yield BRINGS[problem].sentence


def _named(brief: Brief) -> Iterator[str]:
    for fact in [f for f in brief.facts if f.key == "technology"][:_MOST_NAMED]:
        yield fact.quote or str(fact.value)


def _sums(brief: Brief) -> Iterator[str]:
    for fact in brief.facts:
        if fact.key == "rate" and not fact.unit.startswith("USD"):
            yield f"Your figures make {_rate(fact)}."


def _rate(fact: Fact) -> str:
    value = fact.value if isinstance(fact.value, str) else f"{fact.value:,.4g}"
    return f"{value} {fact.unit} ({fact.role})"


def _bring(brief: Brief, problem: str) -> Bring | None:
    """The evidence that decides; for a failure only where the words tell of one."""
    told = any(f.key == "problem" and f.value == problem and f.quote for f in brief.facts)
    billed = any(f.key == "pain" for f in brief.facts) or bool(_BILLED.search(brief.request))
    if (problem == "troubleshoot" and not told) or (problem == "cost" and not billed):
        return None
    bring = BRINGS.get(problem)
    on_aws = any(f.key == "technology" and str(f.value).startswith(_AWS) for f in brief.facts)
    return replace(bring, command="") if bring and problem == "cost" and not on_aws else bring


def _questions(bring: Bring | None) -> Iterator[Question]:
    if bring:
        yield Question(
            id="1",
            ask=bring.ask,
            why=bring.why,
            key="evidence",
            changes=(bring.why,),
            command=bring.command,
        )
