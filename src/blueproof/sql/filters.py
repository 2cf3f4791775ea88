"""The conditions that decide whether a row is taken: there NULL and false come to the same."""

import re
from collections.abc import Iterator

from sqlglot import exp

from blueproof.sql.scopes import Scopes, conjuncts

_MODIFIER = re.compile(r"\([\d,\s]*\)")


def filters(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Each single condition of WHERE, ON or FILTER, below AND and OR but not below NOT."""
    for whole in _wholes(tree):
        yield from _atoms(whole)


def together(tree: exp.Expr) -> Iterator[list[exp.Expr]]:
    """Each list of conditions that are joined by AND, in a WHERE, an ON or one side of an OR."""
    for whole in _wholes(tree):
        yield from _lists(whole)


def alternatives(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Each OR as a whole in a WHERE, an ON or a FILTER, not below NOT."""
    for parts in together(tree):
        yield from (p for p in parts if isinstance(p, exp.Or))


def _wholes(tree: exp.Expr) -> Iterator[exp.Expr]:
    for place in list(tree.find_all(exp.Where, exp.Join)):
        whole = place.this if isinstance(place, exp.Where) else place.args.get("on")
        if whole is not None:
            yield whole


def _atoms(condition: exp.Expr) -> Iterator[exp.Expr]:
    bare = condition.unnest()
    if isinstance(bare, exp.And | exp.Or):
        yield from _atoms(bare.this)
        yield from _atoms(bare.expression)
    else:
        yield bare


def _lists(condition: exp.Expr) -> Iterator[list[exp.Expr]]:
    parts = list(conjuncts(condition))
    yield parts
    for part in parts:
        if isinstance(part, exp.Or):
            yield from _lists(part.this)
            yield from _lists(part.expression)


def put(old: exp.Expr, new: exp.Expr) -> None:
    """Put a condition in another's place in its tree, with parentheses where they are needed."""
    while isinstance(old.parent, exp.Paren):
        old = old.parent
    plain = not isinstance(new, exp.And | exp.Or)
    flat = isinstance(new, exp.And) and isinstance(old.parent, exp.And | exp.Where | exp.Join)
    whole = isinstance(old.parent, exp.Where | exp.Join)
    old.replace(new if plain or flat or whole else exp.Paren(this=new))


_SIGNS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.EQ: ("=", "="), exp.NEQ: ("<>", "<>"), exp.GT: (">", "<"), exp.GTE: (">=", "<="),
    exp.LT: ("<", ">"), exp.LTE: ("<=", ">="),
}  # fmt: skip


def compared(node: exp.Expr) -> Iterator[tuple[exp.Expr, str, exp.Expr]]:
    """A comparison both ways round: left side, operator, right side; nothing of anything else.

    >>> from blueproof.sql.trees import read_part
    >>> [sign for _, sign, _ in compared(read_part("a < 1"))]
    ['<', '>']
    """
    signs = _SIGNS.get(type(node))
    if signs is not None:
        left, right = node.this.unnest(), node.expression.unnest()
        yield left, signs[0], right
        yield right, signs[1], left


def kind(scopes: Scopes, node: exp.Expr | None) -> str:
    """The type of a table's column without its length or precision; "" of anything else."""
    found = scopes.column(node) if isinstance(node, exp.Column) else None
    return _MODIFIER.sub("", found[1].type) if found else ""


def string(node: exp.Expr | None) -> str | None:
    """What a string constant without a cast says; None of anything else."""
    return str(node.this) if isinstance(node, exp.Literal) and node.is_string else None


def integer(node: exp.Expr | None) -> int | None:
    """The value of an integer constant, a minus before it or not; None of anything else."""
    if isinstance(node, exp.Neg):
        inner = integer(node.this)
        return None if inner is None else -inner
    plain = isinstance(node, exp.Literal) and not node.is_string and str(node.this).isdecimal()
    return int(str(node.this)) if plain and node is not None else None


def quoted(text: str) -> str:
    """A text as a string constant.

    >>> print(quoted("it's"))
    'it''s'
    """
    return "'" + text.replace("'", "''") + "'"


def drop(node: exp.Expr) -> None:
    """Take one of several conditions that are joined by AND out of its tree."""
    while isinstance(node.parent, exp.Paren):
        node = node.parent
    both = node.parent
    assert isinstance(both, exp.And), "another condition stays"
    put(both, both.expression if both.this is node else both.this)


def untrue(scopes: Scopes, side: exp.Expr) -> exp.Expr:
    """That a condition is false or unknown; what is NULL is not equal to what never is."""
    if isinstance(side, exp.EQ):
        both = [c for c in (side.this, side.expression) if isinstance(c, exp.Column)]
        if any(scopes.never_null(c) for c in both):
            return exp.NullSafeNEQ(this=side.this.copy(), expression=side.expression.copy())
    return exp.Not(this=exp.Coalesce(this=side.copy(), expressions=[exp.false()]))
