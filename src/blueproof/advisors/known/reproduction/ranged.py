"""A column that is to lie in a range: col <@ tstzrange(a, b), as two comparisons of the column."""

from collections.abc import Iterator

from sqlglot import exp

from blueproof.sql.guessing.seen import read_trees
from blueproof.sql.trees import brief

_RANGES = frozenset({"tstzrange", "tsrange", "daterange", "int4range", "int8range", "numrange"})
_BOUNDS = {"[)": (">=", "<"), "[]": (">=", "<="), "()": (">", "<"), "(]": (">", "<=")}
_TWO, _THREE = 2, 3


def in_ranges(queries: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each condition that a column lies in a range, and what means the same by comparisons.

    A bound that is NULL leaves the range open, which a comparison does not: only bounds that are
    written are turned.
    """
    for tree in read_trees(queries):
        for node in tree.find_all(exp.ArrayContainedBy, exp.ArrayContainsAll):
            inside = isinstance(node, exp.ArrayContainedBy)
            column, ranged = (node.this, node.expression) if inside else (
                node.expression, node.this)  # fmt: skip
            if isinstance(column, exp.Column) and isinstance(ranged, exp.Anonymous):
                instead = _compared(column, ranged)
                if instead:
                    yield brief(node), instead


def _compared(column: exp.Column, ranged: exp.Anonymous) -> str:
    given = ranged.expressions
    ends = given[_TWO].name if len(given) == _THREE else "[)"
    if str(ranged.this).lower() not in _RANGES or len(given) < _TWO or ends not in _BOUNDS:
        return ""
    if any(isinstance(each, exp.Null) for each in given):
        return ""
    low, high = _BOUNDS[ends]
    name = brief(column)
    return f"{name} {low} {brief(given[0])} AND {name} {high} {brief(given[1])}"
