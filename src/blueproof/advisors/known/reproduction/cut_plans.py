"""The query of a plan that was pasted without its end: what its joins and its order name.

The scans at the bottom, and with them the tables' own conditions, are missing then. What is slow on
top, a sort of everything for one page, shows all the same.
"""

import re
from collections.abc import Iterator

from blueproof.facts.pattern import LatePattern
from blueproof.sql.names import quote_table
from blueproof.sql.plans.node import Node, ReadPlan

_OWNER = LatePattern(r"(?<![\w.'])\"?(?P<t>[A-Za-z_]\w*)\"?\.(?=[A-Za-z_\"])")
_GATHERING = {"Aggregate", "Group", "WindowAgg", "Unique", "SetOp", "ModifyTable"}
_SIDES = 2  # of a join


def cut_off(plan: ReadPlan) -> tuple[str, dict[str, int]]:
    """The statement and the rows of the table that is sorted; ("", {}) where no order names one."""
    nodes = tuple(plan.root.walk())
    sort = next((n for n in nodes if n.sort_key), None)
    owners = _owners(sort.sort_key[0]) if sort else ()
    if sort is None or not owners or any(n.kind in _GATHERING for n in nodes):
        return "", {}
    main = owners[0]
    if any(_owners(key) not in {(), (main,)} for key in sort.sort_key):
        return "", {}
    text = f"SELECT * FROM {quote_table(main)}{''.join(_joins(main, nodes))}"
    text += f"\nORDER BY {', '.join(sort.sort_key)}"
    limit = next((n for n in nodes if n.kind == "Limit"), None)
    if limit is not None and (page := limit.found or limit.rows):
        text += f"\nLIMIT {max(1, round(page))}"
    most = max(round(n.found if n.found is not None else n.rows or 0) for n in nodes)
    return text, {main: most} if most else {}


def _joins(main: str, nodes: tuple[Node, ...]) -> Iterator[str]:
    """JOIN for each condition that names one more table than are there already."""
    there = {main}
    conditions = [(n.join_condition, n.join) for n in nodes if n.join_condition]
    for condition, how in conditions:
        new = [t for t in dict.fromkeys(_owners(condition)) if t not in there]
        if len(new) == 1 and len(set(_owners(condition))) == _SIDES:
            there.add(new[0])
            outer = "LEFT " if how in {"Left", "Right"} else ""
            yield f"\n{outer}JOIN {quote_table(new[0])} ON {condition}"


def _owners(text: str) -> tuple[str, ...]:
    """The names before the dots of columns, outside of texts."""
    return tuple(m["t"] for m in _OWNER.finditer(re.sub(r"'[^']*'", "''", text)))
