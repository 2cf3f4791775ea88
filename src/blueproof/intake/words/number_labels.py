"""What the words about a bare figure call it: "max_connections = 100", "users: 5000"."""

import re
from dataclasses import dataclass, replace

from blueproof.intake.words.number_cues import LINKS, REACH, SUBJECTS, Role, bounds
from blueproof.intake.words.number_nouns import noun_of
from blueproof.intake.words.number_tokens import Tokens, at, lower_at

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ROLES: dict[str, Role] = {"load": "load", "size": "size", "instance": "size"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What the words before a bare figure say it is: "max_connections = 100", "users: 5000"."""

    name: str
    role: Role
    metric: str


_FILLERS = frozenset(
    """: = is of to at ~ about around approximately roughly was are set currently ( - → -> than over
    above reaches reached now only like nearly almost a an hits hit "the" * ** > < " ' ` value
    by default count number size were grew grow grows growing grown scale from even both up goes
    avg average went exceeds exceed""".split()
)
_LABELS: dict[str, Label] = {
    "timeout": Label(name="", role="limit", metric="timeout"),
    "limit": Label(name="", role="limit", metric=""),
    "max": Label(name="", role="limit", metric=""),
    "min": Label(name="", role="limit", metric=""),
    "maximum": Label(name="", role="limit", metric=""),
    "quota": Label(name="", role="limit", metric=""),
    "cap": Label(name="", role="limit", metric=""),
    "concurrency": Label(name="", role="limit", metric="concurrency"),
    "pool": Label(name="connection", role="limit", metric="connections"),
    "memory": Label(name="MB", role="size", metric="memory"),
    "team": Label(name="developer", role="size", metric="developers"),
    "cardinality": Label(name="", role="size", metric="cardinality"),
    "deadline": Label(name="", role="limit", metric="timeout"),
    "duration": Label(name="", role="duration", metric="duration"),
    "retention": Label(name="", role="duration", metric="retention"),
    "batch": Label(name="", role="size", metric="batch-size"),
    "usage": Label(name="", role="measured", metric=""),
    "latency": Label(name="", role="measured", metric="latency"),
    "cpu": Label(name="", role="measured", metric="cpu"),
    "traffic": Label(name="request", role="load", metric="requests"),
    "budget": Label(name="", role="price", metric="budget"),
}  # fmt: skip
_MOST_FILLERS = 5
_LIMITS_AFTER = frozenset("max maximum limit cap quota ceiling".split())


def label_before(tokens: Tokens, first: int) -> Label | None:
    """What the words right before a bare figure call it, if they do."""
    index = first - 1
    sized = False
    while lower_at(tokens, index) in _FILLERS and first - index <= _MOST_FILLERS:
        sized = sized or lower_at(tokens, index) in {
            ":",
            "=",
            "of",
            "is",
            "to",
            "at",
            "size",
            "are",
            "was",
            "were",
            "exceeds",
            "(",
        }
        index -= 1
    token = at(tokens, index)
    if token.kind != "word":
        return None
    parts = [part.lower() for part in _PART.findall(token.text)] if len(token.text) > 1 else []
    limit = _far_limit(tokens, first) if sized else None
    named = _named(
        parts, lower_at(tokens, index - 1), marked=sized or first - index == 1,
        bracketed=lower_at(tokens, index + 1) == "(",
    )  # fmt: skip
    return replace(named, role=limit.role) if named and limit else named or limit


def _far_limit(tokens: Tokens, first: int) -> Label | None:
    """The limit of "the users limit in that plan is 10,000"."""
    if lower_at(tokens, first - 1) not in LINKS | {"only", "just"}:
        return None
    for index in range(first - 1, first - REACH, -1):
        if bounds(tokens, index) or at(tokens, index).kind == "figure":
            return None
        if lower_at(tokens, index) in SUBJECTS:
            return _LABELS["limit"]
    return None


def _named(parts: list[str], before: str, *, marked: bool, bracketed: bool) -> Label | None:
    if not marked or not parts:
        return None
    limiting = {"max", "limit", "maximum", "min"} & {*parts, before}
    noun = next(
        (
            n
            for p in reversed(parts)
            if (n := noun_of(p)) and n.kind in {"load", "size", "instance"}
        ),
        None,
    )
    label = next((_LABELS[p] for p in reversed(parts) if p in _LABELS), None)
    if noun and limiting:
        return Label(name=noun.name, role="limit", metric=noun.metric)
    if label:
        return label
    if noun and noun_of(parts[-1]) and (parts[-1].endswith("s") or bracketed):
        role = _ROLES[noun.kind]
        return Label(name=noun.name, role=role, metric=noun.metric)
    return None


def label_after(tokens: Tokens, after: int) -> Label | None:
    """What the words right after a bare figure call it: "1000 is the maximum"."""
    index = after
    while lower_at(tokens, index) in {"is", ",", "as", "the", "a", "(", "was"}:
        index += 1
    if lower_at(tokens, index) in _LIMITS_AFTER and index - after <= _MOST_FILLERS:
        return _LABELS["limit"]
    return None
