"""What a query searches for patterns, as an index of trigrams holds it."""

from sqlglot import exp

from blueproof.sql.guessing.resolving import table_name
from blueproof.sql.names import quote_table


def trigram_keys(conditions: list[exp.Expr]) -> str:
    """What an index of trigrams holds for these searches; "" where one of them is none."""
    searched = [n for c in conditions if isinstance(n := c.unnest(), exp.ILike | exp.Like)]
    if len(searched) < len(conditions) or any(_begins(n.expression) for n in searched):
        return ""
    return ", ".join(dict.fromkeys(f"{_bare(n.this)} gin_trgm_ops" for n in searched))


def trigram_index(tree: exp.Expr) -> str | None:
    """The definition of an index for all that a query of one table searches; None if nothing."""
    source = tree.args.get("from_")
    if not source or not isinstance(source.this, exp.Table) or tree.args.get("joins"):
        return None
    searched = dict.fromkeys(
        _bare(node.this)
        for node in tree.find_all(exp.ILike, exp.Like)
        if not _begins(node.expression)
    )
    keys = ", ".join(f"{each} gin_trgm_ops" for each in searched)
    return f"ON {quote_table(table_name(source.this))} USING gin ({keys})" if searched else None


def _bare(node: exp.Expr) -> str:
    """What is searched, without its table's name, and an expression in brackets."""
    inner = node.unnest().copy()
    for column in inner.find_all(exp.Column):
        column.set("table", None)
    text = inner.sql("postgres")
    return text if isinstance(inner, exp.Column) else f"({text})"


def _begins(pattern: exp.Expr) -> bool:
    """Whether a pattern is known to begin with something, which a B-tree can look up."""
    return isinstance(pattern, exp.Literal) and not pattern.name.startswith(("%", "_"))
