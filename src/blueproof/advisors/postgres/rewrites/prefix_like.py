"""Say that a text begins with something as LIKE 'abc%', not with a function of the column.

WHERE left(name, 3) = 'abc' computes the function for every row. LIKE with the wildcard at the end
says the same and is a range of an index on the column, which serves prefixes of every length.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, integer, kind, quoted, string
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-types.html",
    checked=date(2026, 11, 29),
    says="a B-tree can serve LIKE where the pattern is a constant anchored at the beginning",
)
_TEXTS = frozenset({"text", "character varying"})  # of character(n), LIKE sees the blanks


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of the beginning of a column with a constant, said as LIKE."""
    yield from turn_conditions(asked, _as_like, title="Ask for the beginning with LIKE")


def _as_like(node: exp.Expr, scopes: Scopes) -> Turned | None:
    for left, sign, right in compared(node):
        if sign == "=" and isinstance(left, exp.Left | exp.Substring):
            return _of_length(scopes, left, string(right))
        if sign == "=" and isinstance(left, exp.StrPosition) and integer(right) == 1:
            plain = not (left.args.get("position") or left.args.get("occurrence"))
            return _turned(scopes, left.this, string(left.args["substr"])) if plain else None
    return None


def _of_length(scopes: Scopes, cut: exp.Expr, text: str | None) -> Turned | None:
    """The first so many characters equal to a text: of that length, or the whole if shorter."""
    from_start = isinstance(cut, exp.Left) or integer(cut.args.get("start")) == 1
    length = integer(cut.expression if isinstance(cut, exp.Left) else cut.args.get("length"))
    if not from_start or length is None or text is None or not 0 < len(text) <= length:
        return None
    return _turned(scopes, cut.this, text, whole=len(text) < length)


def _turned(
    scopes: Scopes, column: exp.Expr, text: str | None, *, whole: bool = False
) -> Turned | None:
    if not text or kind(scopes, column) not in _TEXTS:
        return None
    name = brief(column)
    if whole:
        return Turned(
            text=f"{name} = {quoted(text)}",
            why=f"only {name} = {quoted(text)} can be that short, and an index on {name} finds it",
        )
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Turned(
        text=f"{name} LIKE {quoted(escaped + '%')}",
        why=f"the function is computed for every row, so no index on {name} can serve it",
    )


_TABLES = """
CREATE TABLE customers (
  id bigint PRIMARY KEY, name text NOT NULL, zip varchar(10), code character(8), "Ref" text
);
"""

REWRITING = Rewriting(
    id="pg-prefix-like",
    title="Ask for the beginning of a text with LIKE",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the first characters", given=_TABLES,
             queries="SELECT id, name FROM customers WHERE left(name, 3) = 'abc';"),
        Case(name="a substring from the first, among other conditions", given=_TABLES,
             queries="SELECT c.id FROM customers c WHERE c.name <> $1 AND "
             "substring(c.zip from 1 for 2) = '12';"),
        Case(name="wildcards in the text stand for themselves", given=_TABLES,
             queries="SELECT id FROM customers WHERE position('x_1' in name) = 1;"),
        Case(name="a name in quotes, and an alias", given=_TABLES,
             queries="SELECT id FROM customers x WHERE left(x.\"Ref\", 4) = '100%';"),
        Case(name="starts_with can use the index of a prefix by itself", given=_TABLES,
             fires=False, queries="SELECT id FROM customers WHERE starts_with(name, 'abc');"),
        Case(name="shorter than what is cut off: the whole text", given=_TABLES,
             queries="SELECT id FROM customers WHERE left(name, 3) = 'ab';"),
        Case(name="longer than what is cut off: never true", given=_TABLES, fires=False,
             queries="SELECT id FROM customers WHERE left(name, 3) = 'abcd';"),
        Case(name="not from the first character", given=_TABLES, fires=False,
             queries="SELECT id FROM customers WHERE substring(name from 2 for 3) = 'abc';"),
        Case(name="blanks at the end count in character(n)", given=_TABLES, fires=False,
             queries="SELECT id FROM customers WHERE left(code, 2) = 'ab';"),
        Case(name="somewhere else in the text", given=_TABLES, fires=False,
             queries="SELECT id FROM customers WHERE position('abc' in name) = 2;"),
        Case(name="a CTE of that name has its own columns", given=_TABLES, fires=False,
             queries="WITH customers AS (SELECT 'abcd' AS name, 1 AS id) "
             "SELECT id FROM customers WHERE left(name, 3) = 'abc';"),
        Case(name="everything but what begins so", given=_TABLES, fires=False,
             queries="SELECT id FROM customers WHERE left(name, 3) <> 'abc';"),
    ),
)  # fmt: skip
