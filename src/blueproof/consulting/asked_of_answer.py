"""Questions about the answer itself, such as which steps it takes: the rest of it has said that."""

import re

from blueproof.core.blueprint import Blueprint

_STEPS = re.compile(
    r"\b(?:exact|concrete|which|what) (?:are the )?(?:exact |concrete |right )?steps\b"
    r"|\bin (?:what|which) order\b|\bhow (?:do|would|should|can) (?:we|i|you) (?:do|reach|get)"
    r" (?:it|that|this|them|both|there)\b|\bwhat (?:should|do) (?:we|i) do (?:now|first|next)\b"
    r"|\bwhere (?:do|should) (?:we|i) (?:start|begin)\b",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"\bhow (?:long|much time|many days)\b[^?]*\b(?:left|have|until|before|lasts?)\b", re.IGNORECASE
)
_LASTS = re.compile(r"\blasts? (?:for )?[\d,.]+ (?:hours|days|weeks|months|years)\b", re.IGNORECASE)
_FLIPS = re.compile(
    r"\bchange (?:your|the|that) (?:mind|advice|answer|recommendation|pick)\b"
    r"|\bwhen would (?:that|this|it|you) (?:change|be wrong|not)\b",
    re.IGNORECASE,
)
_LEVER = re.compile(
    r"\b(?:biggest|largest|main|best) (?:lever|saving|cost|line|item)s?\b"
    r"|\bwhat (?:do|should|can) (?:we|i) cut\b",
    re.IGNORECASE,
)
_LARGEST = re.compile(r"\bmost of it\b|\bcut [^.:]{1,60} first\b", re.IGNORECASE)
_FEWEST = 2  # steps that say an order
_JOINED = re.compile(r"\?|\band (?=how|what|which|when|where|in (?:what|which))|, (?=how|what)")


def is_told_by_answer(asked: str, blueprint: Blueprint) -> bool:
    """Whether a question asks for what the answer to the first has said: its steps, its limits.

    Each of its clauses has to; what asks for anything of its own is another question.
    """
    clauses = [c for c in _JOINED.split(asked) if c.strip(" ,.")]
    return bool(clauses) and all(_is_told(clause, blueprint) for clause in clauses)


def _is_told(clause: str, blueprint: Blueprint) -> bool:
    if _LEFT.search(clause):
        return bool(_LASTS.search(blueprint.answer))
    if _FLIPS.search(clause):
        return any(r.flips for r in blueprint.recommendations)
    if _LEVER.search(clause):
        return bool(_LARGEST.search(blueprint.answer))
    return bool(_STEPS.search(clause)) and len(blueprint.steps) >= _FEWEST
