"""Reckon with the value, not with the number of every row.

WHERE price * 2 > 100 multiplies every row's price before it compares; price > 50 is reckoned once
and is a range of an index. Where a division drops its remainder, the bounds are those of the whole
number.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, kind
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

LUKE = Citation(
    url="https://use-the-index-luke.com/sql/where-clause/obfuscation/math",
    checked=date(2026, 11, 29),
    says="databases solve no equations: a calculation with a column cannot use its index; "
    "constants belong on the other side",
)
_WHOLE = {"smallint": 15, "integer": 31, "bigint": 63}
_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "="}
_PRECISION = re.compile(r"numeric\((\d+)")
_MOST_DIGITS = 12  # a quotient of so few digits and a divisor of three is exact in 16
_MOST_DIVISOR = 1_000


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of a number that is reckoned with, said of the number itself."""
    yield from turn_conditions(asked, _moved, title="Reckon with the value, not the column")


def _moved(node: exp.Expr, scopes: Scopes) -> Turned | None:
    for left, sign, right in compared(node):
        if sign == "<>" or not isinstance(left, exp.Add | exp.Sub | exp.Mul | exp.Div):
            continue
        column, amount = left.this.unnest(), left.expression.unnest()
        if isinstance(left, exp.Add | exp.Mul) and isinstance(amount, exp.Column):
            column, amount = amount, column
        by = _number(amount)
        if isinstance(column, exp.Column) and by:
            text = _text(scopes, column, left, by, (sign, right))
            return _turned(brief(column), text) if text else None
    return None


def _text(
    scopes: Scopes, column: exp.Column, left: exp.Expr, by: Fraction, held: tuple[str, exp.Expr]
) -> str | None:
    type_, name = kind(scopes, column), brief(column)
    sign, value = held
    number = _number(value)
    # A parameter is of the whole numbers' type that the sum has, and so must the other side be.
    if isinstance(value, exp.Parameter) and isinstance(left, exp.Add | exp.Sub):
        return _with_parameter(type_, name, (left, by), sign, value)
    if number is None:
        return None
    if type_ in _WHOLE:
        return _of_whole(type_, name, (left, by), sign, number)
    if type_ == "numeric":
        return _of_numeric(scopes, column, (left, by), sign, number)
    return None


def _with_parameter(
    type_: str, name: str, done: tuple[exp.Expr, Fraction], sign: str, value: exp.Expr
) -> str | None:
    left, by = done
    back = "-" if isinstance(left, exp.Add) else "+"
    if type_ == "numeric":
        return f"{name} {sign} {brief(value)}::numeric {back} {_shown(by)}"
    if type_ in {"smallint", "integer"} and by.denominator == 1:
        return f"{name} {sign} {brief(value)}::bigint {back} {by}"
    return None  # of bigint, the value less the amount may be too large for the type


def _of_whole(
    type_: str, name: str, done: tuple[exp.Expr, Fraction], sign: str, number: Fraction
) -> str | None:
    """A column of whole numbers reckoned with a whole number, held against another."""
    left, by = done
    if by.denominator != 1 or number.denominator != 1:
        return None
    if isinstance(left, exp.Div):
        told = _quotient(int(by), sign, int(number))
    elif isinstance(left, exp.Mul):
        told = _product(by, sign, number)
    else:
        moved = number - by if isinstance(left, exp.Add) else number + by
        told = [(sign, int(moved))]
    largest = 1 << _WHOLE[type_]
    if not told or any(not -largest <= bound < largest for _, bound in told):
        return None
    return " AND ".join(f"{name} {each} {bound}" for each, bound in told)


def _product(by: Fraction, sign: str, number: Fraction) -> list[tuple[str, int]]:
    sign = sign if by > 0 else _MIRRORED[sign]
    exact = number / by
    if sign == "=":
        return [(sign, int(exact))] if exact.denominator == 1 else []
    return [(sign, ceil(exact) if sign in {"<", ">="} else floor(exact))]


def _quotient(by: int, sign: str, number: int) -> list[tuple[str, int]]:
    """Division drops the remainder towards zero: only above zero do the bounds lie so."""
    if by <= 0 or number < 0 or (number == 0 and sign in {"=", ">=", "<"}):
        return []
    first, after = number * by, (number + 1) * by
    told = {
        "=": [(">=", first), ("<", after)], ">=": [(">=", first)], "<": [("<", first)],
        ">": [(">=", after)], "<=": [("<", after)],
    }  # fmt: skip
    return told[sign]


def _of_numeric(
    scopes: Scopes,
    column: exp.Column,
    done: tuple[exp.Expr, Fraction],
    sign: str,
    number: Fraction,
) -> str | None:
    """A numeric column: sums and products are exact, quotients where few digits are left."""
    left, by = done
    if isinstance(left, exp.Div):
        if not _divides_exactly(scopes, column, by):
            return None
        exact = number * by
    elif isinstance(left, exp.Mul):
        exact = number / by
    else:
        exact = number - by if isinstance(left, exp.Add) else number + by
    if isinstance(left, exp.Mul | exp.Div) and by < 0:
        sign = _MIRRORED[sign]
    shown = _shown(exact)
    return f"{brief(column)} {sign} {shown}" if shown else None


def _divides_exactly(scopes: Scopes, column: exp.Column, by: Fraction) -> bool:
    found = scopes.column(column)
    digits = _PRECISION.match(found[1].type) if found else None
    few = digits is not None and int(digits[1]) <= _MOST_DIGITS
    return few and by.denominator == 1 and abs(by) <= _MOST_DIVISOR and bool(_shown(1 / by))


def _number(node: exp.Expr) -> Fraction | None:
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return None if inner is None else -inner
    plain = isinstance(node, exp.Literal) and not node.is_string
    return Fraction(Decimal(node.name)) if plain else None


def _shown(number: Fraction) -> str:
    """The number with its decimals; "" where they never end.

    >>> _shown(Fraction(1, 8)), _shown(Fraction(1, 3))
    ('0.125', '')
    """
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return ""
    text = f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _turned(name: str, text: str) -> Turned:
    return Turned(
        text=text, why=f"that is reckoned for every row, so no index on {name} can serve it"
    )


_TABLES = """
CREATE TABLE items (
  id bigint PRIMARY KEY, number integer NOT NULL, cents integer, price numeric(10,2),
  weight double precision
);
CREATE INDEX ON items (number);
CREATE INDEX ON items (cents);
CREATE INDEX ON items (price);
"""
_LARGE = ("items=2M",)

REWRITING = Rewriting(
    id="pg-number-arithmetic",
    title="Reckon with the value, not with the number of every row",
    guide=__doc__ or "",
    evidence=(LUKE,),
    turn=turn,
    cases=(
        Case(name="the one before", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM items WHERE id + 1 = 42;"),
        Case(name="a parameter", given=_TABLES, rows=_LARGE,
             queries="SELECT i.id FROM items i WHERE i.number - 1 = $1 AND i.id <> $2;"),
        Case(name="whole units of a number of cents", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM items WHERE id / 100 = 5;"),
        Case(name="a price times a factor", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM items WHERE 5 = price * 2 AND number * -3 = -6;"),
        Case(name="a quotient that ends nowhere", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM items WHERE price * 3 = 10;"),
        Case(name="towards zero from both sides", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM items WHERE number / 100 = 0;"),
        Case(name="no whole number", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM items WHERE number * 2 = 5;"),
        Case(name="floating point rounds", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM items WHERE weight * 2 = 5;"),
        Case(name="the remainder of a division is no range", given=_TABLES, rows=_LARGE,
             fires=False, queries="SELECT id FROM items WHERE number % 100 = 5;"),
        Case(name="beyond what the type holds", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM items WHERE number - 1 = 2147483647;"),
    ),
)  # fmt: skip
