"""Ask the column itself, and its NULLs where they count, not coalesce(column, ...).

WHERE coalesce(status, 'new') = 'open' computes a value for every row. A NULL that stands for 'new'
is not 'open', so status = 'open' says the same; where NULLs count, they are asked for with OR.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, kind, string
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-conditional.html",
    checked=date(2026, 11, 29),
    says="COALESCE gives the first of its arguments that is not NULL",
)
_TEXTS = frozenset({"text", "character varying"})
_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric"})
_TRUTH = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of a column with a fallback, said of the column and its NULLs."""
    yield from turn_conditions(asked, _split, title="Ask the column itself")


def _split(node: exp.Expr, scopes: Scopes) -> Turned | None:
    truth = _truth_of(node)
    for left, sign, right in ((*truth,),) if truth else compared(node):
        if isinstance(left, exp.Coalesce) and len(left.expressions) == 1:
            text = _asked(scopes, left.this.unnest(), left.expressions[0].unnest(), sign, right)
            name = brief(left.this)
            if text:
                return Turned(
                    text=text,
                    why=f"that is computed for every row, so no index on {name} can serve it",
                )
    return None


def _truth_of(node: exp.Expr) -> tuple[exp.Expr, str, exp.Expr] | None:
    """A coalesce that is itself the condition, or what is negated, as a comparison with a truth."""
    bare = node.this.unnest() if isinstance(node, exp.Not) else node
    truth = exp.Boolean(this=not isinstance(node, exp.Not))
    return (bare, "=", truth) if isinstance(bare, exp.Coalesce) else None


def _asked(
    scopes: Scopes, column: exp.Expr, fallback: exp.Expr, sign: str, value: exp.Expr
) -> str | None:
    """The condition on the column, and on the fallback where the column is NULL."""
    if not isinstance(column, exp.Column) or not kind(scopes, column):
        return None
    name = brief(column)
    if isinstance(fallback, exp.Boolean) and isinstance(value, exp.Boolean):
        return _of_truth(name, fallback, sign, value)
    if not _suits(kind(scopes, column), value):
        return None
    mine, theirs = f"{name} {sign} {brief(value)}", f"{brief(fallback)} {sign} {brief(value)}"
    counts = _counts(scopes, column, fallback, sign, value)
    if scopes.never_null(column) or counts is False:
        return mine
    if counts:
        return f"{mine} OR {name} IS NULL"
    same = kind(scopes, fallback) == kind(scopes, column)
    alike = same or _suits(kind(scopes, column), fallback)
    return f"{mine} OR ({name} IS NULL AND {theirs})" if alike else None


def _suits(type_: str, value: exp.Expr) -> bool:
    """Whether the constant has the column's own type, or takes it on."""
    if isinstance(value, exp.Parameter):
        return True
    if string(value) is not None:
        return type_ in _TEXTS
    number = isinstance(value, exp.Literal) and not value.is_string
    return number and type_ in _NUMBERS


def _counts(
    scopes: Scopes, column: exp.Expr, fallback: exp.Expr, sign: str, value: exp.Expr
) -> bool | None:
    """Whether the fallback meets the condition; None where only the server can tell."""
    type_ = kind(scopes, column)
    if type_ in _NUMBERS and _number(fallback) is not None and _number(value) is not None:
        return bool(_TRUTH[sign](_number(fallback), _number(value)))
    texts = string(fallback), string(value)
    if type_ in _TEXTS and None not in texts and sign in {"=", "<>"}:
        return bool(_TRUTH[sign](*texts))
    return None


def _number(node: exp.Expr) -> Decimal | None:
    plain = isinstance(node, exp.Literal) and not node.is_string
    return Decimal(node.name) if plain else None


def _of_truth(name: str, fallback: exp.Boolean, sign: str, value: exp.Boolean) -> str | None:
    if sign not in {"=", "<>"}:
        return None
    wanted = bool(value.this) is (sign == "=")
    if bool(fallback.this) is wanted:
        return f"{name} IS NOT {'FALSE' if wanted else 'TRUE'}"
    return name if wanted else f"{name} = FALSE"


_TABLES = """
CREATE TABLE tasks (
  id bigint PRIMARY KEY, status text, tag varchar(20), points integer, owner_id bigint,
  creator_id bigint NOT NULL, done boolean
);
CREATE INDEX ON tasks (owner_id);
CREATE INDEX ON tasks (creator_id);
"""
_LARGE = ("tasks=2M",)

REWRITING = Rewriting(
    id="pg-coalesce-column",
    title="Ask the column itself, not coalesce of it",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the fallback is another value", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM tasks WHERE coalesce(tag, 'none') = 'urgent';"),
        Case(name="a column that is never NULL", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM tasks WHERE coalesce(creator_id, 0) = $1;"),
        Case(name="a number that the fallback is not, by another name", given=_TABLES, rows=_LARGE,
             queries="SELECT t.id FROM tasks t WHERE 5 = coalesce(t.owner_id, 0) "
             "AND t.id <> $1;"),
        Case(name="one column or else another: an index on both as one is cheaper", given=_TABLES,
             rows=_LARGE, fires=False,
             queries="SELECT id FROM tasks WHERE coalesce(owner_id, creator_id) = $1;"),
        Case(name="a partial index that no query can use",
             given=_TABLES + "CREATE INDEX ON tasks (creator_id) WHERE done IS NOT TRUE;"
             "DROP INDEX tasks_creator_id_idx;",
             rows=_LARGE,
             queries="SELECT id FROM tasks WHERE NOT coalesce(done, false) AND creator_id = $1;"),
        Case(name="'02' and '2' are one number", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM tasks WHERE coalesce(points, '02') = '2';"),
        Case(name="below NOT, a NULL would count the other way", given=_TABLES, rows=_LARGE,
             fires=False,
             queries="SELECT id FROM tasks WHERE NOT (coalesce(tag, 'none') = 'urgent');"),
        Case(name="a join that may add NULLs", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT a.id FROM tasks a LEFT JOIN tasks b ON b.id = a.owner_id "
             "WHERE coalesce(b.creator_id, 5) = a.creator_id;"),
        Case(name="the column is asked already", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM tasks WHERE owner_id = 7 OR owner_id IS NULL;"),
    ),
)  # fmt: skip
