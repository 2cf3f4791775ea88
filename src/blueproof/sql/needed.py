"""Which columns of a table a planned query really reads: an index that holds them all is enough.

A scan often hands up every column because that costs it nothing; what the nodes above make of them
says what is needed.
"""

from itertools import pairwise

from blueproof.sql.conditions import plain
from blueproof.sql.lexer import Token, tokens
from blueproof.sql.plan import Plan

_END = Token("space", "", 0)


def needed_columns(plan: Plan, aliases: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """By alias, the columns that the plan reads; empty where the scan's own output is the answer.

    That is the case for a scan at the top of the plan, whose output is what was asked for, only if
    it names columns at all; then these are returned. Of a table that is read alone, words that are
    no columns may be among them.
    """
    found: dict[str, dict[str, None]] = {alias: {} for alias in aliases}
    for node in plan.walk():
        _note(_texts(node, top=node is plan), found)
        if len(aliases) == 1:
            _note_bare(_texts(node, top=node is plan), next(iter(found.values())))
    return {alias: tuple(columns) for alias, columns in found.items()}


def _texts(node: Plan, *, top: bool) -> list[str]:
    """Everything a node computes; of a scan below the top, its conditions alone."""
    scan = bool(node.relation)
    handed = () if scan and not top else node.output
    return [*node.conditions, node.filter, *node.sort, *node.group, *handed]


def _note(texts: list[str], found: dict[str, dict[str, None]]) -> None:
    for text in texts:
        marks = [*tokens(text), _END, _END]
        for (first, dot), (_, last) in zip(pairwise(marks), pairwise(marks[1:]), strict=False):
            if dot.text == "." and last.kind in {"name", "quoted_name"}:
                alias = plain(first)
                if alias in found:
                    found[alias][plain(last)] = None


def _note_bare(texts: list[str], found: dict[str, None]) -> None:
    """Where a plan reads one table, its output names columns without it; other words go along."""
    for text in texts:
        marks = [_END, *(t for t in tokens(text) if t.kind != "space"), _END]
        for before, mark, after in zip(marks, marks[1:], marks[2:], strict=False):
            named = mark.kind in {"name", "quoted_name"} and after.text not in {"(", "."}
            if named and before.text not in {".", "::"}:
                found[plain(mark)] = None
