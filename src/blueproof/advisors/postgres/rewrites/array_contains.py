"""Ask an array what it contains with @>, which an index can serve.

WHERE 'x' = ANY (tags) looks through the array of every row: a GIN index on tags serves tags @>
ARRAY['x'], which says the same, and not = ANY. Several values that are joined by OR are one
condition, tags && ARRAY['x', 'y'].
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import alternatives, filters, integer, kind, string
from blueproof.sql.scopes import Scopes, columns, disjuncts
from blueproof.sql.trees import brief

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/gin.html",
    checked=date(2026, 11, 29),
    says="the operator class for arrays serves &&, @>, <@ and =, not = ANY",
)
_INTEGERS = frozenset({"smallint", "integer", "bigint"})
_STRINGS = frozenset({"text", "character varying", "uuid", "date"})


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each value that is looked for in an array column, said as containment or overlap."""
    yield from turn_conditions(
        asked, _as_contained, title="Ask what the array contains", places=_places
    )


def _places(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Each OR that is about one array in all its parts, then every single condition."""
    whole = list(alternatives(tree))
    yield from whole
    yield from filters(tree)


def _as_contained(node: exp.Expr, scopes: Scopes) -> Turned | None:
    if node.find_ancestor(exp.Query) is None:
        return None  # its whole OR has been turned before
    found = [_sought(part, scopes) for part in disjuncts(node)]
    arrays = {brief(f[0]) for f in found if f}
    if None in found or len(arrays) != 1:
        return None
    values = [brief(f[1]) for f in found if f]
    column = next(f[0] for f in found if f)
    name = arrays.pop()
    listed = _array(kind(scopes, column), values, [f[1] for f in found if f])
    return Turned(
        text=f"{name} {'&&' if len(values) > 1 else '@>'} {listed}",
        why=f"that looks through {name} of every row, and no index on {name} serves it",
    )


def _array(type_: str, values: list[str], nodes: list[exp.Expr]) -> str:
    """The values as an array of the column's type, with a cast unless it is that already."""
    listed = f"ARRAY[{', '.join(values)}]"
    strings = type_ == "text[]" and any(string(n) is not None for n in nodes)
    numbers = type_ == "integer[]" and all(integer(n) is not None for n in nodes)
    return listed if strings or numbers else f"{listed}::{type_}"


def _sought(node: exp.Expr, scopes: Scopes) -> tuple[exp.Column, exp.Expr] | None:
    """The array column and the value that must be one of its elements."""
    array, value = _looked_for(node)
    if isinstance(array, exp.Column) and value is not None and not isinstance(value, exp.Null):
        element = kind(scopes, array).removesuffix("[]")
        if element != kind(scopes, array) and _fits(value, element):
            return array, value
    return None


def _looked_for(node: exp.Expr) -> tuple[exp.Expr | None, exp.Expr | None]:
    """What stands in x = ANY (a), array_position(a, 'x') IS NOT NULL, x IN (SELECT unnest(a))."""
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Any):
        return node.expression.this.unnest(), node.this.unnest()
    if isinstance(node, exp.Not) and isinstance(node.this, exp.Is):
        told, place = node.this, node.this.this.unnest()
        known = isinstance(told.expression, exp.Null) and isinstance(place, exp.ArrayPosition)
        # A parameter may be NULL, which array_position finds and @> does not.
        if known and not isinstance(place.expression, exp.Parameter):
            return place.this.unnest(), place.expression.unnest()
    if isinstance(node, exp.In) and isinstance(node.args.get("query"), exp.Subquery):
        return _unnested(node.args["query"].this), node.this.unnest()
    if isinstance(node, exp.Exists) and isinstance(node.this, exp.Select):
        return _looked_through(node.this)
    return None, None


def _unnested(select: exp.Expr) -> exp.Expr | None:
    """The array of SELECT unnest(a), which has nothing else."""
    given = {k for k, v in select.args.items() if v}
    if not isinstance(select, exp.Select) or given != {"expressions"}:
        return None
    (only, *more) = select.expressions
    return only.this if isinstance(only, exp.Explode) and not more else None


def _looked_through(select: exp.Select) -> tuple[exp.Expr | None, exp.Expr | None]:
    """The array and the value of SELECT 1 FROM unnest(a) AS t WHERE t = x."""
    given = {k for k, v in select.args.items() if v}
    source = select.args["from_"].this if "from_" in given else None
    if given != {"expressions", "from_", "where"} or not isinstance(source, exp.Unnest):
        return None, None
    name, asked = source.args.get("alias"), select.args["where"].this
    if name is None or source.args.get("offset") or len(source.expressions) != 1:
        return None, None
    names: list[exp.Expr] = name.args.get("columns") or [name.this]
    if not isinstance(asked, exp.EQ) or len(names) != 1:
        return None, None
    for element, value in ((asked.this, asked.expression), (asked.expression, asked.this)):
        named = isinstance(element, exp.Column) and element.name == names[0].name
        if named and element.table in {"", name.this.name} and not isinstance(value, exp.Column):
            return source.expressions[0], value
    return None, None


def _fits(value: exp.Expr, element: str) -> bool:
    """Whether the value is one of the array's own type as it stands, so that nothing is rounded."""
    if isinstance(value, exp.Parameter):
        return True
    if string(value) is not None:
        return element in _STRINGS
    if integer(value) is not None:
        return element in _INTEGERS
    if isinstance(value, exp.Cast) and not any(columns(value)):
        return bool(value.to.sql("postgres").lower() in {element, "text", "uuid"} & {element})
    return False


_TABLES = """
CREATE TABLE posts (
  id bigint PRIMARY KEY, title text NOT NULL, tags text[], labels varchar(20)[], ids bigint[],
  body text
);
"""

REWRITING = Rewriting(
    id="pg-array-contains",
    title="Ask what an array contains with @>",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="one of its elements", given=_TABLES,
             queries="SELECT id, title FROM posts WHERE 'sql' = ANY (tags);"),
        Case(name="a parameter, and numbers that are long", given=_TABLES,
             queries="SELECT p.id FROM posts p WHERE $1 = ANY (p.ids) AND p.title <> $2;"),
        Case(name="one of two", given=_TABLES,
             queries="SELECT id FROM posts WHERE 'a' = ANY (labels) OR 'b' = ANY (labels);"),
        Case(name="its place in the array", given=_TABLES,
             queries="SELECT id FROM posts WHERE array_position(tags, 'a') IS NOT NULL;"),
        Case(name="a subquery over its elements", given=_TABLES,
             queries="SELECT id FROM posts WHERE 'a' IN (SELECT unnest(tags));"),
        Case(name="EXISTS over its elements", given=_TABLES,
             queries="SELECT id FROM posts p "
             "WHERE EXISTS (SELECT 1 FROM unnest(p.tags) AS t WHERE t = 'a');"),
        Case(name="any element but one", given=_TABLES, fires=False,
             queries="SELECT id FROM posts WHERE 'a' <> ANY (tags);"),
        Case(name="every element", given=_TABLES, fires=False,
             queries="SELECT id FROM posts WHERE 'a' = ALL (tags);"),
        Case(name="none of its elements", given=_TABLES, fires=False,
             queries="SELECT id FROM posts WHERE NOT ('a' = ANY (tags));"),
        Case(name="a number that is not whole would be rounded", given=_TABLES, fires=False,
             queries="SELECT id FROM posts WHERE 2.5 = ANY (ids);"),
        Case(name="a part of the array's text", given=_TABLES, fires=False,
             queries="SELECT id FROM posts WHERE tags::text LIKE '%sql%';"),
        Case(name="a list of values on the other side", given=_TABLES, fires=False,
             queries="SELECT id FROM posts WHERE id = ANY ($1);"),
    ),
)  # fmt: skip
