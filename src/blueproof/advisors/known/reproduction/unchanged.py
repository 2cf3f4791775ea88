"""An UPDATE of the rows whose values change, for one that writes all of them anew."""

from sqlglot import exp

from blueproof.sql.scopes import all_of, conjuncts
from blueproof.sql.selected import name_of
from blueproof.sql.trees import brief, read_part, write_tree

_VARYING = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.Rand, exp.Query)
_NEW = frozenset({"now", "random", "clock_timestamp", "gen_random_uuid", "nextval", "uuidv7"})


def only_changes(tree: exp.Expr) -> tuple[str, str, str] | None:
    """The UPDATE with a condition that some value changes; the rows that both leave, as queries.

    None where it reads other tables, sets what is new each time, or already compares what it sets.
    """
    if not isinstance(tree, exp.Update) or not isinstance(tree.this, exp.Table):
        return None
    if any(tree.args.get(k) for k in ("from_", "returning", "with_", "joins")):
        return None
    items = [(item.this, item.expression) for item in tree.expressions if isinstance(item, exp.EQ)]
    if not items or len(items) < len(tree.expressions) or any(_varies(v) for _, v in items):
        return None
    where = tree.args.get("where")
    held = {name_of(c) for c in where.find_all(exp.Column)} if where is not None else set()
    if any(not isinstance(c, exp.Column) or name_of(c) in held for c, _ in items):
        return None
    changes = " OR ".join(f"{brief(c)} IS DISTINCT FROM {_in_brackets(v)}" for c, v in items)
    rest = [c.copy() for c in conjuncts(where.this if where is not None else None)]
    changed = read_part(f"({changes})" if rest and len(items) > 1 else changes)
    new = tree.copy()
    new.set("where", exp.Where(this=all_of([*rest, changed])))
    every = ", ".join(f"{brief(v)} AS {_named(c)}" for c, v in items)
    kept = ", ".join(
        f"CASE WHEN {changes} THEN {brief(v)} ELSE {brief(c)} END AS {_named(c)}" for c, v in items
    )
    source = f"FROM {brief(tree.this)}{f' {brief(where).strip()}' if where is not None else ''}"
    return write_tree(new), f"SELECT {every} {source}", f"SELECT {kept} {source}"


def _named(column: exp.Expr) -> str:
    return f'"new_{name_of(column)}"'


def _in_brackets(value: exp.Expr) -> str:
    text = brief(value)
    return f"({text})" if isinstance(value, exp.Binary) else text


def _varies(value: exp.Expr) -> bool:
    """Whether a value is another one each time, or hangs on other rows."""
    calls = {str(each.this).lower() for each in value.find_all(exp.Anonymous)}
    return bool(value.find(*_VARYING)) or bool(calls & _NEW)
