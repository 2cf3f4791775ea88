"""Other statements for pages without an order and for deletes, for which nothing is made."""

from sqlglot import exp

from blueproof.sql.editing import numbers
from blueproof.sql.names import quote
from blueproof.sql.scopes import all_of, conjuncts
from blueproof.sql.selected import name_of
from blueproof.sql.trees import brief, read_part, write_tree


def paged_by_key(tree: exp.Expr, key: str) -> tuple[str, str] | None:
    """The page after a key for one that skips rows in no order, and what its limit is.

    None where it is sorted, which decides what comes next, or reads more than one table.
    """
    if not isinstance(tree, exp.Select) or not tree.args.get("offset"):
        return None
    beside = ("order", "joins", "group", "distinct", "with_", "having")
    if any(tree.args.get(k) for k in beside) or tree.find(exp.AggFunc, exp.Window):
        return None
    new = tree.copy()
    new.set("offset", None)
    if not new.args.get("limit"):
        new = new.limit(100)
    number = max(numbers(tree.sql("postgres")), default=0) + 1
    new = new.where(read_part(f"{quote(key)} > ${number}")).order_by(quote(key), dialect="postgres")
    return write_tree(new), brief(new.args["limit"].expression)


def with_not_exists(tree: exp.Expr) -> tuple[str, str, str] | None:
    """A statement with NOT EXISTS for its NOT IN; and the rows of each, as queries.

    None where no NOT IN holds a column of its one table against one of a plain subquery.
    """
    source = _only_table(tree)
    where = tree.args.get("where")
    if source is None or where is None:
        return None
    for part in conjuncts(where.this):
        turned = _turned(source, part)
        if turned is None:
            continue
        rest = [c.copy() for c in conjuncts(where.this) if c is not part]
        new = tree.copy()
        new.set("where", exp.Where(this=all_of([*rest, turned])))
        return write_tree(new), _rows(tree), _rows(new)
    return None


def _only_table(tree: exp.Expr) -> exp.Table | None:
    """The table of a DELETE, or of a SELECT that reads no other beside it."""
    beside = any(tree.args.get(k) for k in ("using", "returning", "joins", "with_"))
    if isinstance(tree, exp.Select) and tree.args.get("from_"):
        source = tree.args["from_"].this
    else:
        source = tree.this if isinstance(tree, exp.Delete) else None
    return source if isinstance(source, exp.Table) and not beside else None


def _turned(table: exp.Table, part: exp.Expr) -> exp.Expr | None:
    """The condition as NOT EXISTS."""
    held = part.this if isinstance(part, exp.Not) else None
    if not isinstance(held, exp.In) or not isinstance(held.this, exp.Column):
        return None
    query = held.args.get("query")
    inner = query.this if isinstance(query, exp.Subquery) else query
    if not isinstance(inner, exp.Select) or not inner.args.get("from_"):
        return None
    source = inner.args["from_"]
    if not isinstance(source.this, exp.Table) or len(inner.selects) != 1:
        return None
    beside = ("joins", "group", "having", "limit", "offset", "with_")
    column = inner.selects[0].unalias()
    if any(inner.args.get(k) for k in beside) or not isinstance(column, exp.Column):
        return None
    outer, mine = table.alias_or_name, source.this.alias_or_name
    if outer == mine:
        return None
    new = inner.copy()
    new.set("distinct", None)
    new.set("expressions", [exp.Literal.number(1)])
    same = f"{quote(mine)}.{quote(name_of(column))} = {quote(outer)}.{quote(name_of(held.this))}"
    return exp.Not(this=exp.Exists(this=new.where(read_part(same))))


def _rows(tree: exp.Expr) -> str:
    """The rows that a statement gives or takes, as a query."""
    if isinstance(tree, exp.Select):
        return write_tree(tree)
    query = exp.select("*").from_(tree.this.copy()).where(tree.args["where"].this.copy())
    return write_tree(query)
