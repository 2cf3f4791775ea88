"""Steps that set up what the person says is there, or was tried: those are no steps any more."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.core.advice import Step
from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

THERE = "You have "  # what a step begins with of which a part is there
_SETS_UP = LatePattern(
    r"^(?:if so: )?(?:put|turn|set|add|enable|use|install|raise|switch|introduce|start|try)\b"
    r"|= ?on\b",
    re.IGNORECASE,
)
_SETTING = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
_EITHER = re.compile(r",? or (?=[a-z])")
_ON = re.compile(r"= ?on\b|\bturn it on\b", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|that|this)\b")
_SENTENCE = re.compile(r"[^.?!\n]+(?:[.?!](?=\S)[^.?!\n]*)*[.?!]?")
_THERE = LatePattern(
    r"\b(?:already|turned|enabled|switched|in place|have|has|had|uses?|using|runs?|running|added"
    r"|put|set|raised|increased|tried|behind|through|are on|is on|was on)\b",
    re.IGNORECASE,
)
_OPEN = LatePattern(
    r"\b(?:not|never|no|without|yet|should|shall|would|could|thinking|consider\w*|plan\w*|whether"
    r"|off|if|(?:has|have|is|are|do|does|did)n['\u2019]?t)\b",
    re.IGNORECASE,
)


def without_what_is_there(
    steps: tuple[Step, ...], brief: Brief, topic: str = ""
) -> tuple[Step, ...]:
    """The steps less those that set up what is there; the other half of "A, or B" stays.

    `topic` is what "it" means in a step.
    """
    return tuple(kept for step in steps if (kept := _kept(step, brief, topic)))


def _kept(step: Step, brief: Brief, topic: str) -> Step | None:
    if not _SETS_UP.search(step.do):
        return step
    parts = _EITHER.split(step.do, maxsplit=1)
    there = _there(parts[0], brief, topic)
    if not there:
        return step
    if len(parts) == 1 or _there(parts[1], brief, ""):
        return None
    return replace(step, do=f"{THERE}{there} already; then: {parts[1]}")


def _there(text: str, brief: Brief, topic: str) -> str:
    """What the text would set up, where the words say that it is there; "" where they do not.

    All settings must be there, and of products that do the same any.
    """
    meant = _SETTING.findall(topic) if _IT.search(text) else []
    settings = tuple(dict.fromkeys(meant or _SETTING.findall(text)))
    if settings:
        on = " on" if _ON.search(text) else ""
        told = all(_is_told(s, brief) for s in settings)
        return f"{' and '.join(settings)}{on}" if told else ""
    return next((q for q in _products(text, brief) if _is_told(q, brief)), "")


def _products(text: str, brief: Brief) -> Iterator[str]:
    """The products of the text that the words name as in use; RDS is no RDS Proxy."""
    quotes = sorted({f.quote for f in brief.facts if f.key == "technology" and f.quote}, key=len)
    for fact in brief.facts:
        used = fact.key == "technology" and fact.role in {"current", "tried"} and fact.quote
        longer = [q for q in quotes if len(q) > len(fact.quote) and fact.quote in q]
        rest = re.sub("|".join(map(re.escape, longer)), "", text) if used and longer else text
        if used and re.search(rf"\b{re.escape(fact.quote)}\b", rest, re.IGNORECASE):
            yield fact.quote


def _is_told(name: str, brief: Brief) -> bool:
    """Whether a sentence states that it is there, and none asks whether it should be."""
    sentences = [
        s[0] for s in _SENTENCE.finditer(brief.request)
        if re.search(rf"\b{re.escape(name)}\b", s[0], re.IGNORECASE)
    ]  # fmt: skip
    stated = [s for s in sentences if not s.rstrip().endswith("?")]
    return any(_THERE.search(s) and not _OPEN.search(s) for s in stated)
