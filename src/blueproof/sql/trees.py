"""A query as a syntax tree, and back as text: what a rewrite is made on."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.generators.postgres import PostgresGenerator

from blueproof.sql.lexer import tokens

_PLAIN = (exp.Column, exp.Literal, exp.Parameter, exp.Placeholder, exp.Null, exp.Func, exp.Paren)


class _Printer(PostgresGenerator):
    """PostgreSQL's text with what would name an output otherwise than the person did put back."""

    TRANSFORMS = {  # noqa: RUF012 (sqlglot's own way to say how a node is printed)
        **PostgresGenerator.TRANSFORMS,
        exp.CurrentTimestamp: lambda _self, _node: "now()",
    }

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        """A cast as most people write it, where no parentheses are called for."""
        if isinstance(expression.this, _PLAIN) and not isinstance(expression, exp.TryCast):
            return f"{self.sql(expression, 'this')}::{self.sql(expression, 'to').lower()}"
        return super().cast_sql(expression, safe_prefix)

    def filter_sql(self, expression: exp.Filter) -> str:
        """An aggregate's FILTER on one line."""
        condition = self.sql(expression.expression, "this")
        return f"{self.sql(expression, 'this')} FILTER (WHERE {condition})"


def read_tree(text: str) -> exp.Query | None:
    """The tree of one query; None where it cannot be read or is no SELECT, UNION or the like."""
    # Two parameters with nothing but a comma between them look like a dollar quote to the reader.
    apart = "".join(f"{t.text} " if t.kind == "parameter" else t.text for t in tokens(text))
    try:
        tree = sqlglot.parse_one(apart, read="postgres")
    except SqlglotError:
        return None
    return tree if isinstance(tree, exp.Query) else None


def write_tree(tree: exp.Expr) -> str:
    """The tree as PostgreSQL's text, indented.

    >>> print(write_tree(read_tree("select a::date, now() from t where b in (1,2)")))
    SELECT
      a::date,
      now()
    FROM t
    WHERE
      b IN (1, 2)
    """
    printer = _Printer(
        dialect="postgres",
        pretty=True,
        normalize_functions="lower",
        comments=True,
        max_text_width=90,
    )
    return printer.generate(tree)


def brief(tree: exp.Expr) -> str:
    """A part of a query on one line, as it is quoted in a sentence."""
    return _Printer(
        dialect="postgres", pretty=False, normalize_functions="lower", comments=False
    ).generate(tree)
