"""What rests on sources alone, put beside a blueprint whose claims were checked."""

from dataclasses import dataclass, replace

from blueproof.core.advice import Finding, Step
from blueproof.core.blueprint import Blueprint, Unproved
from blueproof.core.brief import Brief


@dataclass(frozen=True, kw_only=True)
class Cited:
    """An answer to one more question: its sentences, steps and sources; nothing of it is proved."""

    sentences: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_proved: tuple[Unproved, ...] = ()


def with_cited(blueprint: Blueprint, cited: tuple[Cited, ...]) -> Blueprint:
    """The blueprint with these answers after its own, each finding once."""
    told = {finding.says for each in cited for finding in each.findings}
    kept = (finding for finding in blueprint.findings if finding.says not in told)
    sentences = (s for each in cited for s in each.sentences)
    return replace(
        blueprint,
        answer=" ".join((blueprint.answer, *sentences)),
        steps=(*blueprint.steps, *(s for each in cited for s in each.steps)),
        findings=(*kept, *(f for each in cited for f in each.findings)),
        not_proved=(*blueprint.not_proved, *(u for each in cited for u in each.not_proved)),
    )


def of_whole(blueprint: Blueprint, brief: Brief) -> Blueprint:
    """The blueprint of one of several questions, as that of the request which asks them all."""
    if blueprint.request == brief.request:
        return blueprint
    known = {(f.key, f.value) for f in brief.facts}
    more = (f for f in blueprint.understood if (f.key, f.value) not in known)
    unsaid = (replace(f, span=None) for f in more)
    return replace(blueprint, request=brief.request, understood=(*brief.facts, *unsaid))
