"""A query as a syntax tree, and back as text: what a rewrite is made on."""

import re
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.generator import Generator
from sqlglot.generators.postgres import PostgresGenerator
from sqlglot.parsers.postgres import PostgresParser

from blueproof.sql.copies import copied
from blueproof.sql.lexer import tokens

_NEGATED = {
    exp.Is: "IS",
    exp.In: "IN",
    exp.Like: "LIKE",
    exp.ILike: "ILIKE",
    exp.Between: "BETWEEN",
}
_UNITS = frozenset({"year", "month", "day", "hour", "minute", "second"})
_SHORT = 76
_SHORTENED = (exp.Exists, exp.Subquery, exp.Paren, exp.Func, exp.Connector, exp.In)
_ALONE = re.compile(
    r"^(?P<in> *)(?P<select>SELECT(?: DISTINCT[^\n]*)?)\n +(?P<list>[^\n]+)$"
    r"(?=\n(?P=in)[A-Z)]|\Z)",
    re.MULTILINE,
)
_ON = re.compile(r"\n +ON ")
_PLAIN = (exp.Column, exp.Literal, exp.Parameter, exp.Placeholder, exp.Null, exp.Func, exp.Paren)


class _Reader(Postgres):
    """PostgreSQL, in which f(a -> b) is an element of a document and no function of its own."""

    class Parser(PostgresParser):
        """Reads -> as an operator wherever it stands, so that what it is applied to is a column."""

        LAMBDAS: ClassVar[dict[Any, Any]] = {
            sign: read for sign, read in PostgresParser.LAMBDAS.items() if sign.name != "ARROW"
        }


def _truncated(printer: Generator, node: exp.TimestampTrunc) -> str:
    zone = f", {printer.sql(node, 'zone')}" if node.args.get("zone") else ""
    unit = printer.sql(node, "unit").lower()
    return f"date_trunc('{unit}', {printer.sql(node, 'this')}{zone})"


class _Printer(PostgresGenerator):
    """PostgreSQL's text with what would name an output otherwise than the person did put back."""

    TRANSFORMS = {  # noqa: RUF012 (sqlglot's own way to say how a node is printed)
        **PostgresGenerator.TRANSFORMS,
        exp.CurrentTimestamp: lambda _self, _node: "now()",
        exp.TimestampTrunc: _truncated,
    }

    def sql(self, expression: Any, *how: Any, **kept: Any) -> str:
        """A part of the query: on one line where it is short."""
        if self.pretty and not how and isinstance(expression, _SHORTENED):
            flat = brief(expression)
            bare = not any(node.comments for node in expression.walk())
            if len(flat) <= _SHORT and bare and expression.parent is not None:
                return flat
        return str(super().sql(expression, *how, **kept))

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        """A cast as most people write it, where no parentheses are called for."""
        if isinstance(expression.this, exp.Literal) and expression.to.is_type("interval"):
            return f"interval {self.sql(expression.this)}"
        if isinstance(expression.this, _PLAIN) and not isinstance(expression, exp.TryCast):
            return f"{self.sql(expression.this)}::{self.sql(expression.args['to']).lower()}"
        return str(super().cast_sql(expression, safe_prefix))

    def join_sql(self, expression: exp.Join, join_op: str | None = None) -> str:
        """A join, its condition on the same line where both are short."""
        text = str(super().join_sql(expression, join_op))
        flat = _ON.sub(" ON ", text)
        return flat if len(flat) <= _SHORT and "\n" not in flat.strip() else text

    def where_sql(self, expression: exp.Where) -> str:
        """WHERE and its condition, which begins on the same line."""
        return f"{self.seg('WHERE')} {self.indent(self.sql(expression.this), skip_first=True)}"

    def having_sql(self, expression: exp.Having) -> str:
        """HAVING and its condition, which begins on the same line."""
        return f"{self.seg('HAVING')} {self.indent(self.sql(expression.this), skip_first=True)}"

    def op_expressions(self, op: str, expression: exp.Expr, *flat: Any, **kept: Any) -> str:
        """ORDER BY, GROUP BY and the like with their list, on one line where it is short."""
        listed = self.expressions(expression, flat=True)
        if not any((*flat, *kept.values())) and len(listed) <= _SHORT and "\n" not in listed:
            return f"{self.seg(op)} {listed}"
        return str(super().op_expressions(op, expression, *flat, **kept))

    def expressions(self, *args: Any, **kept: Any) -> str:
        """A list, on one line where it is short."""
        return str(super().expressions(*args, **{**kept, "dynamic": True}))

    def array_sql(self, expression: exp.Array) -> str:
        """ARRAY in capitals, as people write it."""
        text = super().array_sql(expression)
        return f"ARRAY{text[5:]}" if text[:5] == "array" else text

    def not_sql(self, expression: exp.Not) -> str:
        """NOT where people write it: x IS NOT TRUE, x NOT IN (...), x NOT LIKE y."""
        inner = expression.this
        word = _NEGATED.get(type(inner))
        if word is None or inner.args.get("negate"):
            return super().not_sql(expression)
        left, whole = self.sql(inner, "this"), self.sql(inner)
        rest = whole[len(left) :]
        if not whole.startswith(left) or not rest.startswith(f" {word}"):
            return super().not_sql(expression)
        return f"{left} IS NOT{rest[3:]}" if word == "IS" else f"{left} NOT{rest}"

    def filter_sql(self, expression: exp.Filter) -> str:
        """An aggregate's FILTER on one line."""
        condition = self.sql(expression.expression, "this")
        return f"{self.sql(expression, 'this')} FILTER (WHERE {condition})"


def read_tree(text: str) -> exp.Query | None:
    """The tree of one query; None where it cannot be read or is no SELECT, UNION or the like."""
    tree = read_any(text)
    return tree if isinstance(tree, exp.Query) else None


def read_any(text: str) -> exp.Expr | None:
    """The tree of one statement of any kind; None where it cannot be read."""
    try:
        return sqlglot.parse_one(spelled_apart(text), read=_Reader)
    except SqlglotError:
        return None


def read_change(text: str) -> exp.Update | exp.Delete | None:
    """The tree of one UPDATE or DELETE, in which nothing else writes; None for anything else."""
    tree = read_any(text)
    if not isinstance(tree, exp.Update | exp.Delete):
        return None
    writes = tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge)
    return tree if sum(1 for _ in writes) == 1 else None


def read_part(text: str) -> exp.Expr:
    """The tree of a condition or another expression that is known to be right.

    >>> brief(read_part("a >= $1 AND a < $2"))
    'a >= $1 AND a < $2'
    """
    return sqlglot.parse_one(spelled_apart(text), into=exp.Condition, read=_Reader)


def spelled_apart(text: str) -> str:
    """The text as sqlglot reads all of it: no "$1,$2" (a dollar quote to it), intervals as casts.

    Of interval '1 day 02:00' it would keep one day.
    """
    spaced = "".join(f"{t.text} " if t.kind == "parameter" else t.text for t in tokens(text))
    marks = [t for t in tokens(spaced) if t.kind not in {"space", "comment", "block"}]
    for at in reversed(range(len(marks) - 1)):
        word, string = marks[at], marks[at + 1]
        after = marks[at + 2].text.lower() if at + 2 < len(marks) else ""
        if word.text.lower() == "interval" and string.kind == "string" and after not in _UNITS:
            end = string.start + len(string.text)
            spaced = f"{spaced[: word.start]}{string.text}::interval{spaced[end:]}"
    return spaced


def write_tree(tree: exp.Expr) -> str:
    """The tree as PostgreSQL's text, indented.

    >>> print(write_tree(read_tree("select a::date, now() from t where b in (1,2)")))
    SELECT a::date, now()
    FROM t
    WHERE b IN (1, 2)
    """
    printer = _Printer(
        dialect="postgres", pretty=True, normalize_functions="lower", max_text_width=_SHORT
    )
    text = str(printer.generate(copied(tree), copy=False))
    broken = any("\n" in str(each.this) for each in tree.find_all(exp.Literal))
    return text if broken else _ALONE.sub(r"\g<in>\g<select> \g<list>", text)


def brief(tree: exp.Expr) -> str:
    """A part of a query on one line, as it is quoted in a sentence."""
    return _Printer(
        dialect="postgres", pretty=False, normalize_functions="lower", comments=False
    ).generate(copied(tree), copy=False)
