"""Whether the queries must change, where a request asks it beside what became of each query."""

import re

from blueproof.core.blueprint import Blueprint

_VERBS = (
    r"(?:chang\w+|rewrit\w+|rephras\w+|alter\w*|touch\w*|adapt\w*|edit\w*|reword\w*|modif\w+"
    r"|fix\w*)"
)
_QUERIES = r"(?:quer(?:y|ies)|sql|statements?|selects?)"
_ASKS = re.compile(
    rf"\b{_VERBS}\b[^.?!]*\b{_QUERIES}\b|\b{_QUERIES}\b[^.?!]*\b(?:be\s+)?{_VERBS}\b"
    rf"|\b{_QUERIES}\b[^.?!]*\b(?:wrong|bad|to blame|the problem)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\b(?:should|must|do|can|need|have)\s+(?:i|we|you)\b[^.?!,;]*\?", re.IGNORECASE
)
_MOST = 4
_BEYOND = "pg-beyond-page"


def asks_of_queries(request: str) -> str:
    """The question of a request that asks whether queries should change; "" where none does.

    >>> asks_of_queries("It is slow. Which index is missing, and should I change the query?")
    'should I change the query?'
    """
    questions = (m[0] for m in _QUESTION.finditer(request) if _ASKS.search(m[0]))
    return " ".join(next(questions, "").split())


def of_queries(asked: str, blueprint: Blueprint) -> str:
    """The answer to whether queries should change; "" where that is not asked or none was seen."""
    queries = blueprint.queries
    if not queries or not _ASKS.search(asked):
        return ""
    beyond = tuple(f.where for f in blueprint.findings if f.rule == _BEYOND)
    changed = tuple(q.id for q in queries if q.rewritten)
    known = {*changed, *beyond}
    indexed = tuple(q.id for q in queries if q.verdict == "improved" and q.id not in known)
    rest = tuple(q.id for q in queries if q.id not in {*known, *indexed})
    parts = [f"{_listed(changed)}: the new words are below"] if changed else []
    if beyond:
        parts.append(
            f"{_listed(beyond)}, if it is for the rows that another query shows: hand over "
            "their ids, as the report writes it"
        )
    said = f"yes, {'; '.join(parts)}" if parts else "no"
    if indexed:
        said += f"{';' if parts else ':'} {_listed(indexed)} needs its index alone, not new words"
        said = said.replace("needs its index", "need their indexes") if len(indexed) > 1 else said
    if rest:
        said += f"; no other wording that was tried helps {_listed(rest)}"
    return f"{said}."


def _listed(names: tuple[str, ...]) -> str:
    shown = names[:_MOST]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    if more or len(shown) == 1:
        return ", ".join(shown) + more
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
