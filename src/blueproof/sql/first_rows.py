"""How many rows, from the first one on, a page of them needs."""

from sqlglot import exp

from blueproof.sql.trees import brief, read_part


def up_to(limit: exp.Limit, offset: exp.Offset | None) -> exp.Limit:
    """A LIMIT that takes a page's rows and those before it.

    >>> from blueproof.sql.trees import read_tree
    >>> tree = read_tree("SELECT 1 FROM t LIMIT 20 OFFSET $1")
    >>> brief(up_to(tree.args["limit"], tree.args["offset"])).strip()
    'LIMIT 20 + $1::bigint'
    """
    most = limit.expression
    if offset is None:
        return exp.Limit(expression=most.copy())
    before = offset.expression
    if most.is_int and before.is_int:
        return exp.Limit(expression=exp.Literal.number(int(most.name) + int(before.name)))
    return exp.Limit(expression=exp.Add(this=_typed(most), expression=_typed(before)))


def _typed(value: exp.Expr) -> exp.Expr:
    """A value with its type said: of two parameters alone it could not be told."""
    if isinstance(value, exp.Literal | exp.Cast):
        return value.copy()
    bare = isinstance(value, exp.Parameter)
    return read_part(f"{brief(value) if bare else f'({brief(value)})'}::bigint")
