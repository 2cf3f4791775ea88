"""A large UPDATE or DELETE in steps of some thousand rows, each in a transaction of its own."""

from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.editing import numbers
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Schema, Table
from blueproof.sql.scopes import Scopes, all_of, conjuncts
from blueproof.sql.selected import name_of, read_column
from blueproof.sql.trees import brief, read_change, read_part, write_tree

BATCH = 5_000  # rows of one step: some ten milliseconds each
PAUSE = 0.1  # seconds between two, so that others and vacuum get on
_LOW, _HIGH = "batch_low", "batch_high"


@dataclass(frozen=True, kw_only=True)
class Stepwise:
    """A write that goes through its table by its key, from `low` to `high`.

    `step` is one step as a statement, the ends of its keys being its last two parameters; `script`
    does all of them; `table` and `key` are what it walks; `deletes` is whether rows go.
    """

    table: str
    key: str
    deletes: bool
    step: str
    script: str


def stepwise(text: str, schema: Schema) -> Stepwise | None:
    """The write in steps; None for what is no plain write of a table with a key of one column.

    What reads its own table elsewhere might find other rows once a step is done.
    """
    tree = read_change(text)
    table = Scopes(schema).table(tree.this) if tree and isinstance(tree.this, exp.Table) else None
    if tree is None or table is None or len(table.primary_key) != 1 or _is_bound(tree, table):
        return None
    known = max(numbers(text), default=0)
    step = _between(tree, table, f"${known + 1}", f"${known + 2}")
    return Stepwise(
        table=table.name,
        key=table.primary_key[0],
        deletes=isinstance(tree, exp.Delete),
        step=write_tree(step),
        script=_script(tree, table),
    )


def _is_bound(tree: exp.Update | exp.Delete, table: Table) -> bool:
    """Whether the rows hang on more than each row by itself, or are given back."""
    mine = sum(1 for t in tree.find_all(exp.Table) if name_of(t) == name_of(tree.this))
    key = table.primary_key[0]
    moved = isinstance(tree, exp.Update) and any(
        isinstance(c, exp.Column) and name_of(c) == key
        for item in tree.expressions
        for c in ([item.this] if isinstance(item, exp.EQ) else [])
    )
    given = any(tree.args.get(k) for k in ("returning", "with_", "order", "limit"))
    return mine > 1 or moved or given


def _between(
    tree: exp.Update | exp.Delete, table: Table, low: str, high: str, *, to_end: bool = False
) -> exp.Update | exp.Delete:
    """The write for the keys from `low` to before `high`; `to_end` is whether NULL is no end."""
    new = tree.copy()
    key = read_column(new.this.alias_or_name, table.primary_key[0])
    bounds = [exp.GTE(this=key, expression=read_part(low))]
    end: exp.Expr = exp.LT(this=key.copy(), expression=read_part(high))
    if to_end:
        end = exp.Paren(this=exp.or_(read_part(f"{high} IS NULL"), end))
    where = new.args.get("where")
    rest = [
        exp.Paren(this=c.copy()) if isinstance(c, exp.Or) else c
        for c in conjuncts(where.this if where else None)
    ]
    new.set("where", exp.Where(this=all_of((*bounds, end, *rest))))
    return new


def _script(tree: exp.Update | exp.Delete, table: Table) -> str:
    """All steps as a block that ends each transaction itself."""
    name, key = quote_table(table.name), quote(table.primary_key[0])
    step = write_tree(_between(tree, table, _LOW, _HIGH, to_end=True)).replace("\n", "\n    ")
    return (
        "DO $batches$\n"
        "DECLARE\n"
        f"  {_LOW} {name}.{key}%TYPE := (SELECT {key} FROM {name} ORDER BY {key} LIMIT 1);\n"
        f"  {_HIGH} {name}.{key}%TYPE;\n"
        "BEGIN\n"
        f"  WHILE {_LOW} IS NOT NULL LOOP\n"
        f"    {_HIGH} := (\n"
        f"      SELECT {key} FROM {name} WHERE {key} >= {_LOW} ORDER BY {key} OFFSET {BATCH} "
        "LIMIT 1\n"
        "    );\n"
        f"    {step};\n"
        "    COMMIT;\n"
        f"    PERFORM pg_sleep({PAUSE});\n"
        f"    {_LOW} := {_HIGH};\n"
        "  END LOOP;\n"
        "END\n"
        "$batches$;\n"
    )


def first_rows_only(tree: exp.Expr, key: str) -> str | None:
    """A DELETE or UPDATE of some thousand of the rows that one means, until none is left.

    None where an UPDATE would find the same rows again, or where rows hang on one another.
    """
    if not isinstance(tree, exp.Delete | exp.Update) or tree.args.get("returning"):
        return None
    where = tree.args.get("where")
    beside = tree.args.get("using") or tree.args.get("from_")
    if where is None or beside or tree.find(exp.Select):
        return None
    if isinstance(tree, exp.Update) and not _gets_on(tree):
        return None
    inner = exp.select(quote(key)).from_(tree.this.copy()).where(where.this.copy()).limit(BATCH)
    new = tree.copy()
    new.set("where", exp.Where(this=read_part(f"{quote(key)} = ANY (ARRAY({brief(inner)}))")))
    return write_tree(new)


def _gets_on(tree: exp.Update) -> bool:
    """Whether a row that was changed no longer meets the condition."""
    new = {
        name_of(item.this): item.expression
        for item in tree.expressions
        if isinstance(item, exp.EQ) and isinstance(item.this, exp.Column)
    }
    return any(_is_left(part, new) for part in conjuncts(tree.args["where"].this))


def _is_left(part: exp.Expr, new: dict[str, exp.Expr]) -> bool:
    """Whether a condition on a column is not true of the column's new value, a constant."""
    denied = isinstance(part, exp.Not)
    bare = part.this.unnest() if isinstance(part, exp.Not) else part
    if isinstance(bare, exp.Column):
        value = new.get(name_of(bare))
        return isinstance(value, exp.Boolean) and bool(value.this) == denied
    if not isinstance(bare, exp.Is | exp.EQ | exp.NEQ | exp.NullSafeNEQ):
        return False
    value = new.get(name_of(bare.this)) if isinstance(bare.this, exp.Column) else None
    if not isinstance(value, exp.Literal | exp.Boolean):
        return False
    if isinstance(bare, exp.Is):
        asked = isinstance(bare.expression, exp.Null) and not bare.args.get("negate")
        return asked and not denied
    constant = isinstance(bare.expression, exp.Literal | exp.Boolean)
    same = bare.expression == value
    return constant and not denied and same != isinstance(bare, exp.EQ)
