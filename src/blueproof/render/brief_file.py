"""brief.yaml: what was understood and assumed, in a form that a person can correct."""

import json

from blueproof.core.blueprint import Blueprint

_HEAD = """\
# What was understood and assumed. To correct it: blueproof answer users=50k or orders=12M.
"""


def render_brief(blueprint: Blueprint) -> str:
    """The brief as YAML; values are written as JSON, which YAML reads."""
    lines = [f"{_HEAD}request: {json.dumps(blueprint.request, ensure_ascii=False)}"]
    lines.append("understood:" if blueprint.understood else "understood: []")
    for fact in blueprint.understood:
        parts = {"key": fact.key, "value": _plain(fact.value), "source": fact.source}
        parts |= {"role": fact.role} if fact.role else {}
        lines.append(f"  - {json.dumps(parts, ensure_ascii=False)}")
    lines.append("assumed:" if blueprint.assumptions else "assumed: []")
    for assumption in blueprint.assumptions:
        parts = {"key": assumption.key, "value": _plain(assumption.value), "why": assumption.why}
        lines.append(f"  - {json.dumps(parts, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _plain(value: float | str) -> float | str:
    """A whole number without a decimal point."""
    whole = not isinstance(value, str) and value == int(value)
    return int(value) if whole else value
