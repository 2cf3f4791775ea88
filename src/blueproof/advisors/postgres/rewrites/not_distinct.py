"""Ask for = and, where it may be, IS NULL, instead of IS NOT DISTINCT FROM.

No index serves IS NOT DISTINCT FROM. With a constant it says no more than =; with a parameter, = or
both NULL, which an index on the column serves.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-comparison.html",
    checked=date(2026, 11, 29),
    says="IS NOT DISTINCT FROM is = for values that are not NULL, and true where both are NULL",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each IS NOT DISTINCT FROM of a column and a value, said as = or both NULL."""
    yield from turn_conditions(asked, _as_equal, title="Ask for = or both NULL")


def _as_equal(node: exp.Expr, scopes: Scopes) -> Turned | None:
    if not isinstance(node, exp.NullSafeEQ):
        return None
    sides = (node.this.unnest(), node.expression.unnest())
    for column, value in (sides, sides[::-1]):
        if not isinstance(column, exp.Column) or scopes.column(column) is None:
            continue
        name, given = brief(column), brief(value)
        surely = isinstance(value, exp.Literal | exp.Boolean)
        if surely or (_is_given(value) and scopes.never_null(column)):
            return _turned(name, f"{name} = {given}")
        if _is_given(value):
            return _turned(name, f"{name} = {given} OR ({name} IS NULL AND {given} IS NULL)")
    return None


def _is_given(value: exp.Expr) -> bool:
    bare = value.this if isinstance(value, exp.Cast) else value
    return isinstance(bare, exp.Parameter)


def _turned(name: str, text: str) -> Turned:
    return Turned(text=text, why=f"no index on {name} serves that operator")


_TABLES = """
CREATE TABLE stocks (
  id bigint PRIMARY KEY, product_id bigint NOT NULL, variant_id bigint, batch text
);
CREATE INDEX ON stocks (product_id);
CREATE INDEX ON stocks (variant_id);
CREATE INDEX ON stocks (batch);
"""
_LARGE = ("stocks=2M",)

REWRITING = Rewriting(
    id="pg-not-distinct",
    title="Ask for = and IS NULL instead of IS NOT DISTINCT FROM",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a constant", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM stocks WHERE variant_id IS NOT DISTINCT FROM 12;"),
        Case(name="the number is named first, beside another condition", given=_TABLES, rows=_LARGE,
             queries="SELECT s.id FROM stocks s "
             "WHERE 7 IS NOT DISTINCT FROM s.variant_id AND s.id <> $1;"),
        Case(name="a column whose many NULLs may be wanted", given=_TABLES, rows=_LARGE,
             fires=False,
             queries="SELECT s.id FROM stocks s WHERE s.variant_id IS NOT DISTINCT FROM $1;"),
        Case(name="a column that is never NULL", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM stocks WHERE $1::bigint IS NOT DISTINCT FROM product_id;"),
        Case(name="what is distinct", given=_TABLES, rows=_LARGE,
             fires=False,
             queries="SELECT id FROM stocks WHERE variant_id IS DISTINCT FROM 12;"),
        Case(name="two columns of one row", given=_TABLES, rows=_LARGE,
             fires=False,
             queries="SELECT id FROM stocks WHERE variant_id IS NOT DISTINCT FROM product_id;"),
        Case(name="below NOT, a NULL would count the other way", given=_TABLES, rows=_LARGE,
             fires=False,
             queries="SELECT id FROM stocks WHERE NOT (variant_id IS NOT DISTINCT FROM 12);"),
        Case(name="it says = already", given=_TABLES, rows=_LARGE,
             fires=False,
             queries="SELECT id FROM stocks WHERE variant_id = $1 OR "
             "(variant_id IS NULL AND $1 IS NULL);"),
    ),
)  # fmt: skip
