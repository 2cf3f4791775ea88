"""Cast the value to the column's type, not the column of every row to the value's.

WHERE id::text = '42' turns every id into a text before it compares, so the primary key's index is
of no use. The value in the column's own type says the same where it is written as the server
would write it.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, kind, quoted, string
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-expressional.html",
    checked=date(2026, 11, 29),
    says="an index on a column serves conditions on the column itself; a computed value needs an "
    "index on that computation",
)
_WHOLE = {"smallint": 1 << 15, "integer": 1 << 31, "bigint": 1 << 63}
_INTEGER = re.compile(r"0|-?[1-9]\d*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DECIMAL = re.compile(r"\d+\.\d*")
_MAKE_TEXT = (
    *(exp.Substring, exp.SplitPart, exp.JSONExtractScalar, exp.JSONBExtractScalar, exp.Lower),
    *(exp.Replace, exp.Trim, exp.RegexpReplace, exp.Left, exp.Right),
)
# What a text must look like to be what the server writes for a value of the type.
_SHAPES = {
    **dict.fromkeys(_WHOLE, ("bigint", "^(0|-?[1-9][0-9]{0,17}|-?[1-8][0-9]{18})$")),
    "uuid": ("uuid", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
}


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of a cast column with a value, said with the value in the column's type."""
    yield from turn_conditions(asked, _uncast, title="Cast the value, not the column")


def _uncast(node: exp.Expr, scopes: Scopes) -> Turned | None:
    if isinstance(node, exp.In) and node.expressions:
        return _listed(node, scopes)
    for left, sign, right in compared(node):
        if isinstance(left, exp.Cast) and not isinstance(left, exp.TryCast):
            return _compared(scopes, left, sign, right)
        if kind(scopes, left) in _WHOLE:
            return _fraction(scopes, left, sign, right)
    return None


def _compared(scopes: Scopes, cast: exp.Cast, sign: str, value: exp.Expr) -> Turned | None:
    column = cast.this.unnest()
    if not isinstance(column, exp.Column):
        return None
    name, to = brief(column), brief(cast.to).lower()
    if to in {"text", "varchar"} and sign == "=":
        if isinstance(value, exp.Parameter) or _is_text(scopes, column, value):
            return _of_text(scopes, column, value)
        text = string(value)
        own = _own(scopes, column, text) if text is not None else None
        return _turned(f"{name} = {own}", name) if own else None
    if kind(scopes, column) in _WHOLE and to in {"bigint", "decimal", "numeric"}:
        return _fraction(scopes, column, sign, value) or _widened(name, to, sign, value)
    if kind(scopes, column) == "boolean" and to == "int" and sign == "=":
        told = {"1": name, "0": f"NOT {name}"}.get(brief(value))
        return _turned(told, name) if told else None
    return None


def _widened(name: str, to: str, sign: str, value: exp.Expr) -> Turned | None:
    """An integer column compared as a longer one: the index serves that without the cast."""
    given = isinstance(value, exp.Parameter)
    if to == "bigint" and given:
        return _turned(f"{name} {sign} {brief(value)}::bigint", name)
    whole = isinstance(value, exp.Literal) and not value.is_string and value.name.isdecimal()
    return _turned(f"{name} {sign} {brief(value)}", name) if whole else None


def _listed(node: exp.In, scopes: Scopes) -> Turned | None:
    """A list of texts that a cast column is one of."""
    cast = node.this.unnest()
    if not isinstance(cast, exp.Cast) or brief(cast.to).lower() not in {"text", "varchar"}:
        return None
    column = cast.this.unnest()
    texts = [string(e) for e in node.expressions]
    own = [_own(scopes, column, t) for t in texts if t is not None]
    if len(own) != len(texts) or not all(own):
        return None
    name = brief(column)
    return _turned(f"{name} IN ({', '.join(filter(None, own))})", name)


def _own(scopes: Scopes, column: exp.Expr, text: str) -> str | None:
    """The text as a constant of the column's type, if it is what the server would write."""
    found = scopes.column(column) if isinstance(column, exp.Column) else None
    if found is None:
        return None
    type_ = kind(scopes, column)
    if type_ in _WHOLE:
        return text if _INTEGER.fullmatch(text) and _held(type_, int(text)) else None
    if type_ == "uuid":
        return quoted(text) if _UUID.fullmatch(text) else None
    if type_ == "boolean":
        return text if text in {"true", "false"} else None
    labels = found[1].values if type_ not in {"text", "character varying", "character"} else ()
    return quoted(text) if text in labels else None


def _held(type_: str, number: int) -> bool:
    return -_WHOLE[type_] <= number < _WHOLE[type_]


def _is_text(scopes: Scopes, column: exp.Column, value: exp.Expr) -> bool:
    """Whether it is a text that other rows than the column's decide: a column, or one made of it.

    A text of the same row would have to be looked up for each row, as no index could.
    """
    mine, named = scopes.column(column), list(value.find_all(exp.Column))
    owners = [scopes.owner(c) for c in named]
    apart = mine is not None and all(o is not None and o.node is not mine[0].node for o in owners)
    made = isinstance(value, _MAKE_TEXT) or (
        isinstance(value, exp.Cast) and value.to.is_type("text", "varchar")
    )
    text = made or kind(scopes, value) in {"text", "character varying"}
    return bool(named) and apart and text and value.find(exp.Query) is None


def _of_text(scopes: Scopes, column: exp.Column, value: exp.Expr) -> Turned | None:
    """A text that may be anything: only one that is written as a value of the type can be equal."""
    shape = _SHAPES.get(kind(scopes, column))
    if shape is None:
        return None
    type_, pattern = shape
    name, given = brief(column), brief(value)
    if isinstance(value, exp.Binary) or not isinstance(
        value, exp.Parameter | exp.Column | exp.Func
    ):
        given = f"({given})"
    own = kind(scopes, column)
    far = () if own != "bigint" else ("a number from 9,000,000,000,000,000,000 on is not found",)
    return _turned(
        f"{name} = CASE WHEN {given} ~ {quoted(pattern)} THEN {given}::{type_} END",
        name,
        *far,
        *(() if not isinstance(value, exp.Parameter) else (_as_own(name, given, own),)),
    )


def _as_own(name: str, given: str, own: str) -> str:
    return (
        f"{given} as {own} from the client would make it {name} = {given}: simpler, and an error "
        f"where somebody hands in what is no {own}"
    )


def _fraction(scopes: Scopes, column: exp.Expr, sign: str, value: exp.Expr) -> Turned | None:
    """An integer column against 5.0 or 5.5: against the whole number that says the same."""
    if isinstance(value, exp.Cast) and value.to.is_type("decimal", "numeric"):
        value = value.this if not value.to.expressions else value
    text = brief(value)
    whole = isinstance(value, exp.Literal) and not value.is_string and _DECIMAL.fullmatch(text)
    if not whole:
        return None
    number = Decimal(text)
    if sign in {"=", "<>"} and number != int(number):
        return None
    up = sign in {"<", ">="}
    near = int(number.to_integral_value(rounding=ROUND_CEILING if up else ROUND_FLOOR))
    if not _held(kind(scopes, column), near):
        return None
    name = brief(column)
    return _turned(f"{name} {sign} {near}", name)


def _turned(text: str, name: str, *trade_offs: str) -> Turned:
    return Turned(
        text=text,
        why=f"{name} of every row is turned into another type before it is compared, so no index "
        f"on {name} can serve it",
        trade_offs=trade_offs,
    )


_TABLES = """
CREATE TYPE stage AS ENUM ('new', 'paid', 'sent', 'returned', 'lost', 'closed');
CREATE TABLE orders (
  id bigint PRIMARY KEY, token uuid NOT NULL UNIQUE, number integer NOT NULL, code varchar(20),
  stage stage NOT NULL, paid boolean
);
CREATE INDEX ON orders (number);
CREATE INDEX ON orders (code);
CREATE TABLE notes (
  id bigint PRIMARY KEY, about text NOT NULL, ref varchar(50), body jsonb, kind text NOT NULL
);
CREATE INDEX ON notes (kind);
"""
_LARGE = ("orders=2M",)

REWRITING = Rewriting(
    id="pg-cast-value",
    title="Cast the value to the column's type, not the column",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a number as text", given=_TABLES, rows=_LARGE,
             queries="SELECT id, stage FROM orders WHERE id::text = '42';"),
        Case(name="a text from the client", given=_TABLES, rows=_LARGE,
             queries="SELECT o.id FROM orders o WHERE o.token::text = $1;"),
        Case(name="a number that the client hands in as text", given=_TABLES, rows=_LARGE,
             queries="SELECT stage FROM orders WHERE id::text = $1 AND paid::int = 1;"),
        Case(name="a list of texts", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM orders WHERE cast(number AS varchar) IN ('1', '2', '-30');"),
        Case(name="a whole number with a point", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM orders WHERE number = 5.0 AND id < 900.5;"),
        Case(name="the text that another table refers by", given=_TABLES,
             rows=(*_LARGE, "notes=2M"),
             queries="SELECT n.id, o.stage FROM notes n LEFT JOIN orders o ON n.ref = o.id::text "
             "WHERE n.id = $1;"),
        Case(name="a key cut out of a text, in a subquery", given=_TABLES,
             rows=(*_LARGE, "notes=1000"),
             queries="SELECT n.id FROM notes n WHERE NOT EXISTS (SELECT 1 FROM orders o "
             "WHERE o.token::text = split_part(n.about, ':', 2));"),
        Case(name="a key out of a document", given=_TABLES, rows=(*_LARGE, "notes=2M"),
             queries="SELECT o.id FROM notes n, orders o WHERE n.id = $1 "
             "AND o.number::text = n.body ->> 'order';"),
        Case(name="a text of the same row", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM orders WHERE id::text = code;"),
        Case(name="a longer integer than the column", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM orders WHERE number::bigint = $1;"),
        Case(name="a number that the server would write otherwise", given=_TABLES, rows=_LARGE,
             fires=False, queries="SELECT id FROM orders WHERE id::text = '042';"),
        Case(name="a number that no row can be", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM orders WHERE number = 5.5;"),
        Case(name="many texts are the number 5", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM orders WHERE code::int = 5;"),
        Case(name="a label that the type has not", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM orders WHERE stage::text = 'gone';"),
        Case(name="texts sort otherwise than numbers", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM orders WHERE id::text > '42';"),
        Case(name="varchar to text is no change", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM orders WHERE code::text = $1;"),
    ),
)  # fmt: skip
