"""What a partial index's predicate says of the index's own columns.

How many rows meet it is the planner's to say. Here only: a column that must not be NULL has none in
the index, one that must be NULL has nothing else, one that must equal a constant has one value.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from blueproof.sql.schema import Slot
from blueproof.sql.sizes.pieces import Piece, stored_width

_STRICT = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Like, exp.Between)
_TRANSPARENT = (exp.Paren, exp.Cast)


@dataclass(frozen=True, slots=True)
class _Said:
    """Of a column: that it is NULL, that it is not, or that it has one value (with its text)."""

    column: str
    what: Literal["null", "some", "one"]
    value: str | None = None


def restricted(
    column: str, slot: Slot, pieces: tuple[Piece, ...], predicate: str
) -> tuple[Piece, ...]:
    """The column's values in an index with this predicate; shares are of the index's rows."""
    said = next((s for s in _said(predicate) if s.column == column), None)
    if said is None:
        return pieces
    wanted = tuple(p for p in pieces if p.null == (said.what == "null"))
    share = sum(p.share for p in wanted)
    if not share:
        return pieces
    if said.what == "one":
        width = stored_width(said.value, slot.type) if said.value and slot.length < 0 else None
        return (replace(wanted[0], values=1.0, share=1.0, width=width or wanted[0].width),)
    return tuple(replace(p, share=p.share / share) for p in wanted)


@lru_cache(maxsize=512)
def _said(predicate: str) -> tuple[_Said, ...]:
    """What all rows of the index have in common."""
    try:
        tree = sqlglot.parse_one(predicate, read="postgres") if predicate else None
    except SqlglotError:
        return ()
    return tuple(_conditions(tree)) if tree else ()


def _conditions(tree: exp.Expr) -> Iterator[_Said]:
    tree = _bare(tree)
    if isinstance(tree, exp.And):
        yield from _conditions(tree.this)
        yield from _conditions(tree.expression)
    elif isinstance(tree, exp.Column):
        yield _Said(tree.name, "one")
    elif isinstance(tree, exp.Not):
        yield from _denied(_bare(tree.this))
    elif isinstance(tree, exp.Is):
        yield from _tested(tree, denied=bool(tree.args.get("negate")))
    elif isinstance(tree, _STRICT):
        yield from _compared(tree)


def _denied(tree: exp.Expr) -> Iterator[_Said]:
    if isinstance(tree, exp.Column):
        yield _Said(tree.name, "one")
    elif isinstance(tree, exp.Is):
        yield from _tested(tree, denied=True)


def _tested(tree: exp.Is, *, denied: bool) -> Iterator[_Said]:
    """IS NULL and IS NOT NULL; IS TRUE, but not its contrary, for which NULL will do."""
    empty = isinstance(tree.expression, exp.Null)
    for name in _name(tree.this):
        if empty:
            yield _Said(name, "some" if denied else "null")
        elif not denied:
            yield _Said(name, "one")


def _compared(tree: exp.Expr) -> Iterator[_Said]:
    """A comparison, which no NULL passes; with a constant, it may leave one value only."""
    other = _bare(tree.args.get("expression") or exp.Null())
    one = isinstance(tree, exp.EQ) and isinstance(other, exp.Literal)
    for name in _name(tree.this):
        yield _Said(name, "one", other.name) if one else _Said(name, "some")


def _name(tree: exp.Expr) -> Iterator[str]:
    bare = _bare(tree)
    if isinstance(bare, exp.Column):
        yield bare.name


def _bare(tree: exp.Expr) -> exp.Expr:
    while isinstance(tree, _TRANSPARENT):
        tree = tree.this
    return tree
