"""The index of what a queue takes next, in the very order that it is asked for.

The planner's advisor leaves such an index out where a further condition, as that the time has come,
might fail for all rows at its beginning. A clock on rows can tell.
"""

import re
from collections.abc import Iterator

from sqlglot import exp

from blueproof.advisors.known.reproduction.reproduction import Proposal, Sketch
from blueproof.sql.guessing.resolving import table_name
from blueproof.sql.guessing.seen import read_trees
from blueproof.sql.guessing.tables import Guess
from blueproof.sql.names import quote, quote_table
from blueproof.sql.scopes import conjuncts
from blueproof.sql.selected import name_of

_TIMES = frozenset({"time", "seldom-time", "date"})


def next_indexes(sketch: Sketch) -> Iterator[Proposal]:
    """An index for the first rows of a few states in their order, up to some time."""
    for tree in read_trees(sketch.queries):
        for select in tree.find_all(exp.Select):
            definition = _definition(select, sketch.guess)
            if definition and not any(definition in each for each in sketch.there):
                said = f"an index on {definition.removeprefix('ON ')}"
                yield Proposal(said=said, kind="index", definition=definition, ours=True)


def _definition(select: exp.Select, guess: Guess) -> str:
    """What CREATE INDEX says of it after the name; "" where the query takes nothing next."""
    source, order, where = (select.args.get(k) for k in ("from_", "order", "where"))
    beside = any(select.args.get(k) for k in ("joins", "group", "distinct", "offset"))
    if source is None or order is None or where is None or beside or not select.args.get("limit"):
        return ""
    if not isinstance(source.this, exp.Table):
        return ""
    table = table_name(source.this)
    parts = [part.unnest() for part in conjuncts(where.this)]
    states = [part for part in parts if _is_state(part)]
    equal = [part for part in parts if _is_of_value(part)]
    rest = [part for part in parts if part not in states and part not in equal]
    times = {c.name for c in guess.tables.get(table, ()) if c.kind in _TIMES}
    if not states or not rest or not all(_is_of(times, part) for part in rest):
        return ""  # without a rest the usual index of a page serves
    keys = [*(quote(name_of(part.this)) for part in equal), *map(_key, order.expressions)]
    condition = " AND ".join(_bare(part) for part in states)
    return f"ON {quote_table(table)} ({', '.join(keys)}) WHERE {condition}"


def _is_state(part: exp.Expr) -> bool:
    """Whether a condition is the same in every run: NULL, a truth value, one of listed states."""
    inner = part.this.unnest() if isinstance(part, exp.Not) else part
    if isinstance(inner, exp.In):
        listed = inner.expressions
        return bool(listed) and all(isinstance(each, exp.Literal) for each in listed)
    if isinstance(inner, exp.Is):
        return isinstance(inner.this, exp.Column)
    if isinstance(inner, exp.LT | exp.LTE | exp.GT | exp.GTE):  # of states in an order: < 'active'
        bound = inner.expression
        state = isinstance(bound, exp.Literal) and bound.name.isalpha()
        return state and isinstance(inner.this, exp.Column)
    return isinstance(inner, exp.Column)


def _is_of_value(part: exp.Expr) -> bool:
    """Whether a column is to equal a value; a pattern without a wildcard is one."""
    fixed = exp.Literal | exp.Parameter | exp.Placeholder | exp.Cast
    if isinstance(part, exp.Like):
        pattern = part.expression
        whole = isinstance(pattern, exp.Literal) and not re.search(r"[%_]", pattern.name)
        return whole and isinstance(part.this, exp.Column)
    equal = isinstance(part, exp.EQ)
    return equal and isinstance(part.this, exp.Column) and isinstance(part.expression, fixed)


def _is_of(times: set[str], part: exp.Expr) -> bool:
    """Whether a condition asks for nothing but that one of these times has come, or is not set."""
    names = {name_of(column) for column in part.find_all(exp.Column)}
    return bool(names) and names <= times


def _key(ordered: exp.Expr) -> str:
    """One key of the order as an index has it."""
    down = bool(ordered.args.get("desc"))
    first = bool(ordered.args.get("nulls_first"))
    plain = isinstance(ordered.this, exp.Column)
    text = quote(name_of(ordered.this)) if plain else f"({_bare(ordered.this)})"
    nulls = "" if first == down else f" NULLS {'FIRST' if first else 'LAST'}"
    return f"{text}{' DESC' * down}{nulls}"


def _bare(part: exp.Expr) -> str:
    """The text of a part, its columns without their table."""
    copy = part.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return copy.sql("postgres")
