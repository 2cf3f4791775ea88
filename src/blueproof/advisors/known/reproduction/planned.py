"""The query behind a pasted plan: its tables, conditions, joins, groups, order and limit.

What a plan does not show, the columns of the answer, is taken to be all of them. A condition that
EXPLAIN prints without its text, as of a subplan, cannot be written again: then there is no query.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from blueproof.advisors.known.reproduction.cut_plans import cut_off
from blueproof.facts.pattern import LatePattern
from blueproof.sql.names import quote, quote_table
from blueproof.sql.plans.node import Node, ReadPlan
from blueproof.sql.queries import read_queries

_SIDES = 2  # of a join
_JOINS = {"Nested Loop", "Hash Join", "Merge Join"}
SCANS = {
    "Seq Scan",
    "Index Scan",
    "Index Only Scan",
    "Bitmap Heap Scan",
    "Tid Scan",
    "Sample Scan",
}
_HIDDEN = LatePattern(r"\bSubPlan \d|\bInitPlan \d|\balternatives: |\$\d+ = |\bhashed\b")
_TEXTS = {exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR, exp.DataType.Type.BPCHAR}
_DIRECTION = LatePattern(r"\s+(?:DESC|ASC|NULLS FIRST|NULLS LAST|USING \S+)", re.IGNORECASE)
_KEEP = {"Left": "LEFT JOIN", "Full": "FULL JOIN", "Right": "RIGHT JOIN"}
_HALF = {"Semi": "EXISTS", "Right Semi": "EXISTS", "Anti": "NOT EXISTS", "Right Anti": "NOT EXISTS"}


class _CannotBeWrittenError(Exception):
    """A part of the plan has no text to be written again."""


@dataclass(frozen=True, kw_only=True)
class OfPlan:
    """A query written from a plan, the rows of tables that were read whole, the indexes used.

    `indexes` are DDL, as far as the plan shows their columns.
    """

    query: str
    rows: dict[str, int] = field(default_factory=dict)
    indexes: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Read:
    """What stands in FROM and WHERE, as it is found."""

    source: str
    tables: list[str]
    where: list[str]


def of_plan(plan: ReadPlan) -> OfPlan | None:
    """The query of a plan that reads tables; None where it reads none or hides a condition."""
    rows = dict(_whole(plan))
    try:
        query = plan.query or _query(plan.root)
    except _CannotBeWrittenError:
        query, rows = cut_off(plan)
    if not query or not read_queries(query, path="plan")[0]:
        return None
    indexes = dict.fromkeys(i for n in plan.root.walk() if (i := _index(n)))
    return OfPlan(query=query, rows=rows, indexes=tuple(indexes))


def _query(root: Node) -> str:
    """The statement: what is on top says how the rows below are sorted, grouped and cut."""
    above, node = [], root
    while node.kind not in SCANS | _JOINS and len(node.inputs) == 1:
        above.append(node)
        node = node.inputs[0]
    if node.kind not in SCANS | _JOINS:
        return ""
    read = _read(node)
    where = f"\nWHERE {' AND '.join(read.where)}" if read.where else ""
    body = f"FROM {read.source}{where}"
    changed = next((n for n in above if n.kind == "ModifyTable"), None)
    if changed is not None:
        return f"DELETE {body}" if changed.operation == "Delete" and len(read.tables) == 1 else ""
    return _topped(above, body, read.tables)


def _topped(above: list[Node], body: str, tables: list[str]) -> str:
    groups = next((n for n in above if n.kind in {"Aggregate", "Group"}), None)
    sort = next((n for n in above if n.sort_key), None)
    limit = next((n for n in above if n.kind == "Limit"), None)
    keys = [_bare(k, tables) for k in groups.group_key] if groups else []
    selected = "*"
    if groups is not None:
        selected = ", ".join([*keys, "count(*)"])
        body += f"\nGROUP BY {', '.join(keys)}" if keys else ""
    elif any(n.kind == "Unique" for n in above) and sort is not None:
        selected = f"DISTINCT ON ({_bare(_DIRECTION.sub('', sort.sort_key[0]), tables)}) *"
    order = [_ordered(k, tables) for k in sort.sort_key] if sort and sort is not groups else []
    if groups is not None:
        listed = {_DIRECTION.sub("", each) for each in order}
        order = order if listed <= set(keys) else []
    text = f"SELECT {selected} {body}"
    text += f"\nORDER BY {', '.join(order)}" if order else ""
    if limit is not None and (rows := limit.rows or limit.found):
        text += f"\nLIMIT {max(1, round(rows))}"
    return text


def _ordered(key: str, tables: list[str]) -> str:
    way = "".join(m[0] for m in _DIRECTION.finditer(key) if "USING" not in m[0].upper())
    return f"{_bare(_DIRECTION.sub('', key), tables)}{way}"


def _read(node: Node) -> _Read:
    """FROM and WHERE of a node that reads a table or joins two."""
    if node.kind in SCANS:
        return _scanned(node)
    if node.kind not in _JOINS:
        if len(node.inputs) == 1:  # Hash, Sort, Materialize, Memoize, Gather: they change no rows
            if node.kind in {"Aggregate", "Group", "Limit", "Unique", "WindowAgg"}:
                raise _CannotBeWrittenError
            return _read(node.inputs[0])
        raise _CannotBeWrittenError
    if len(node.inputs) < _SIDES:  # the paste was cut before what it joins
        raise _CannotBeWrittenError
    first, second = (_read(child) for child in node.inputs[:_SIDES])
    return _joined(node, first, second)


def _scanned(node: Node) -> _Read:
    alias = node.alias or node.relation
    source = quote_table(node.table) + (f" {quote(alias)}" if alias != node.relation else "")
    told = [node.filter, node.index_condition]
    told += [] if node.filter or node.index_condition else [node.recheck]
    below = [c.index_condition for c in node.walk() if c.kind == "Bitmap Index Scan"]
    if node.kind == "Bitmap Heap Scan":
        told = [node.filter, node.recheck or " AND ".join(filter(None, below))]
    return _Read(source=source, tables=[alias], where=[_bare(c, [alias]) for c in told if c])


def _joined(node: Node, first: _Read, second: _Read) -> _Read:
    tables = [*first.tables, *second.tables]
    on = [_bare(c, tables) for c in (node.join_condition, node.join_filter) if c]
    crossing = [c for c in second.where if _names_any(c, first.tables)]
    second.where = [c for c in second.where if c not in crossing]
    if node.join in _HALF:
        kept, looked = (second, first) if node.join.startswith("Right") else (first, second)
        inner = " AND ".join([*on, *crossing, *looked.where]) or "true"
        kept.where.append(f"{_HALF[node.join]} (SELECT 1 FROM {looked.source} WHERE {inner})")
        return kept
    condition = " AND ".join([*on, *crossing])
    outer = _KEEP.get(node.join)
    if outer == "LEFT JOIN":
        condition, second.where = " AND ".join(filter(None, [condition, *second.where])), []
    if outer is None and not condition:
        return _Read(source=f"{first.source} CROSS JOIN {second.source}", tables=tables,
                     where=[*first.where, *second.where])  # fmt: skip
    source = f"{first.source}\n{outer or 'JOIN'} {_within(second)} ON {condition or 'true'}"
    return _Read(source=source, tables=tables, where=[*first.where, *second.where])


def _within(read: _Read) -> str:
    return f"({read.source})" if "\n" in read.source else read.source


def _names_any(condition: str, tables: list[str]) -> bool:
    return any(re.search(rf"(?<![\w.])\"?{re.escape(t)}\"?\.", condition) for t in tables)


def _bare(condition: str, tables: list[str]) -> str:
    """A condition as SQL can be written; each column with its table where several are read."""
    if _HIDDEN.search(condition):
        raise _CannotBeWrittenError
    try:
        tree = sqlglot.parse_one(condition, read="postgres")
    except (ParseError, TokenError):
        raise _CannotBeWrittenError from None
    for column in tree.find_all(exp.Column):
        if not column.table and len(tables) == 1:
            column.set("table", exp.to_identifier(tables[0], quoted=not tables[0].islower()))
    return tree.transform(_without_cast).unnest().sql("postgres")


def bare_condition(condition: str, table: str) -> str:
    """A condition of one table as SQL; "" where it cannot be written again."""
    try:
        return _bare(condition, [table]).replace(f"{table}.", "") if condition else ""
    except _CannotBeWrittenError:
        return ""


def _without_cast(node: exp.Expr) -> exp.Expr:
    """A column or text without the cast to text that EXPLAIN writes beside every varchar."""
    if isinstance(node, exp.Cast) and node.to.this in _TEXTS:
        inner = node.this.unnest()
        if isinstance(inner, exp.Column) or (isinstance(inner, exp.Literal) and inner.is_string):
            return inner
    return node


def _whole(plan: ReadPlan) -> Iterator[tuple[str, int]]:
    """The rows of each table that was read from end to end, as they were counted or foretold."""
    for node in plan.root.walk():
        if node.kind != "Seq Scan":
            continue
        if node.loops and node.found is not None:
            times = node.loops if node.parallel else 1.0
            yield node.table, round((node.found + node.removed) * times)
        elif node.rows and not node.filter:
            yield node.table, round(node.rows)


def _index(node: Node) -> str:
    """The index that a node reads by a condition, as DDL; "" where its columns are not shown."""
    if node.kind not in {"Index Scan", "Index Only Scan"} or not node.index_condition:
        return ""
    try:
        tree = sqlglot.parse_one(node.index_condition, read="postgres")
    except (ParseError, TokenError):
        return ""
    own = {node.alias, node.relation, ""}
    columns = dict.fromkeys(c.name for c in tree.find_all(exp.Column) if c.table in own)
    if not columns or set(columns) == {"id"}:
        return ""
    return f"CREATE INDEX ON {quote_table(node.table)} ({', '.join(map(quote, columns))})"
