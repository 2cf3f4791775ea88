"""One fault in rules."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong on a line, why it matters and what to do; `id` names the kind of fault."""

    id: str
    line: int
    what: str
    why: str
    do: str
