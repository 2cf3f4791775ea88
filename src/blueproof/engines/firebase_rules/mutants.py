"""Rules made weaker on purpose, one guard at a time, to see whether a table of cases notices.

A guard that can be taken away while every case still comes out the same is one that the table
does not test; what a case that would notice looks like is searched for among variations of the
table's own requests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules.decide import decide
from blueproof.engines.firebase_rules.printer import expressed, printed
from blueproof.engines.firebase_rules.requests import Request
from blueproof.engines.firebase_rules.rules import Rules, compiled
from blueproof.engines.firebase_rules.syntax import (
    COVERS,
    READ,
    WRITE,
    Allow,
    Binary,
    Call,
    Expression,
    File,
    Function,
    IsType,
    Literal,
    Node,
    Ternary,
    Unary,
    walk,
)
from blueproof.engines.firebase_rules.table import Table
from blueproof.engines.firebase_rules.variations import variations

_MOST_TRIES = 5_000  # requests tried for one weakening


@dataclass(frozen=True, slots=True)
class Mutant:
    """Rules with one guard weakened: where, and how."""

    line: int
    what: str
    rules: Rules


@dataclass(frozen=True, slots=True)
class Survivor:
    """A weakening that no case notices, and a request that would, if one was found."""

    mutant: Mutant
    missing: Request | None


def weakened(rules: Rules) -> Iterator[Mutant]:
    """Every weakening of a file, each text once."""
    seen = {printed(rules.file)}
    for line, what, file in _files(rules.file):
        text = printed(file)
        if text not in seen:
            seen.add(text)
            yield Mutant(line, what, compiled(file, text))


def survivors(rules: Rules, table: Table) -> Iterator[Survivor]:
    """The weakenings for which every case of a table is decided as before."""
    before = [_allowed(rules, case.request, table) for case in table.cases]
    for mutant in weakened(rules):
        after = (_allowed(mutant.rules, case.request, table) for case in table.cases)
        if all(one is other for one, other in zip(before, after, strict=True)):
            yield Survivor(mutant, _noticing(rules, mutant, table))


def _allowed(rules: Rules, request: Request, table: Table) -> bool | None:
    return decide(rules, request, table.documents, firestore=table.firestore).allowed


def _noticing(rules: Rules, mutant: Mutant, table: Table) -> Request | None:
    """A request that the rules deny and the weaker ones allow."""
    for count, request in enumerate(variations(table)):
        if count > _MOST_TRIES:
            return None
        try:
            if _allowed(mutant.rules, request, table) and not _allowed(rules, request, table):
                return request
        except InputError:
            continue
    return None


def _files(file: File) -> Iterator[tuple[int, str, File]]:
    denied = _under_negation(file)
    for node in walk(file):
        if isinstance(node, Allow):
            for line, changed, what in _allow(node):
                yield line, what, swapped(file, node, changed)
        elif isinstance(node, Function) and node.name not in denied and _is_truth(node.body):
            for old, new, what in _guards(node.body, holds=True):
                yield old.line, what, swapped(file, old, new)


def _allow(allow: Allow) -> Iterator[tuple[int, Allow, str]]:
    if allow.condition is not None:
        yield allow.line, replace(allow, condition=None), "grant always"
        for old, new, what in _guards(allow.condition, holds=True):
            if old is allow.condition and isinstance(new, Literal):
                continue  # the same as to grant always
            yield old.line, swapped(allow, old, new), what
    for wide in (READ, WRITE):
        covered = {*allow.covers} & {*wide}
        missing = {*wide} - covered
        if covered and missing:
            name = "read" if wide == READ else "write"
            others = tuple(m for m in allow.methods if not {*COVERS[m]} <= {*wide})
            yield (
                allow.line,
                replace(allow, methods=(*others, name)),
                f"allow {', '.join(sorted(missing))} as well",
            )


def _guards(node: Expression, *, holds: bool) -> Iterator[tuple[Expression, Expression, str]]:
    """What stands for true or false in a condition, each with what grants more."""
    if not (isinstance(node, Literal) and node.value is holds):
        granting = Literal(kind="bool", value=holds, line=node.line, column=node.column)
        yield node, granting, f"drop {expressed(node)}"
    if isinstance(node, Unary) and node.sign == "!":
        yield node, node.of, f"drop the ! of {expressed(node)}"
        yield from _guards(node.of, holds=not holds)
    elif isinstance(node, Binary) and node.sign in {"&&", "||"}:
        yield from _guards(node.left, holds=holds)
        yield from _guards(node.right, holds=holds)
    elif isinstance(node, Ternary):
        yield from _guards(node.yes, holds=holds)
        yield from _guards(node.no, holds=holds)


def _is_truth(node: Expression) -> bool:
    """Whether a function's body is a condition for certain."""
    if isinstance(node, Binary):
        return node.sign in {"&&", "||", "==", "!=", "<", "<=", ">", ">=", "in"}
    return isinstance(node, IsType) or (isinstance(node, Unary) and node.sign == "!")


def _under_negation(file: File) -> frozenset[str]:
    """Functions that are called behind a !, where to grant more is to deny more."""
    return frozenset(
        inner.name
        for node in walk(file)
        if isinstance(node, Unary) and node.sign == "!"
        for inner in walk(node.of)
        if isinstance(inner, Call)
    )


def swapped(node: Any, old: Node, new: Node) -> Any:
    """A tree in which one node, this very one, is another."""
    if node is old:
        return new
    if isinstance(node, tuple):
        return tuple(swapped(each, old, new) for each in node)
    if not isinstance(node, Node):
        return node
    changed = {
        each.name: swapped(getattr(node, each.name), old, new)
        for each in fields(node)
        if isinstance(getattr(node, each.name), Node | tuple)
    }
    return replace(node, **changed) if changed else node
