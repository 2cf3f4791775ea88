"""Patterns that a text is held against: whether an index on its trigrams could find them."""

import re
from typing import Literal

from blueproof.sql.searched import Search

# What the index is good for: it finds text anywhere, or perhaps so if the parameter begins with %.
Sought = Literal["", "anywhere", "perhaps"]
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_RUN = re.compile(r"[^\W_]{3}")
_UNKNOWN = re.compile(r"\$\d|\b(?:InitPlan|SubPlan|CURRENT_USER|SESSION_USER)\b|\(")
_WILD = ("%", "_")
_LIKE = "~~"


def sought(search: Search) -> Sought:
    """How far trigrams help with a search; "" where they do not.

    They need three characters that stand together. A B-tree serves LIKE 'abc%' better.
    """
    if not search.pattern or search.operand.startswith("ALL"):
        return ""
    literals = _LITERAL.findall(search.operand)
    unknown = _UNKNOWN.search(_cast_away(_LITERAL.sub("", search.operand)))
    if not unknown and not any(map(_RUN.search, literals)):
        return ""
    return _start(search.operand) if search.operator == _LIKE else "anywhere"


def _start(operand: str) -> Sought:
    """What the beginning of a LIKE pattern says, as EXPLAIN prints it."""
    first = operand.removeprefix("ANY").lstrip("( ").removeprefix("concat(").lstrip("( ")
    if first.startswith("'"):
        text = first[1:].lstrip("{").lstrip('"') if operand.startswith("ANY") else first[1:]
        return "anywhere" if text.startswith(_WILD) else ""
    return "" if "||" in operand else "perhaps"


def _cast_away(operand: str) -> str:
    """The operand without what only groups: its outer parentheses and those of ANY."""
    return operand.removeprefix("ANY").strip().strip("()")
