"""What the person's own plans say of rows, values and indexes, before all that is guessed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from blueproof.advisors.known.reproduction.planned import SCANS, OfPlan, bare_condition
from blueproof.advisors.known.reproduction.reproduction import Assumed, Sketch
from blueproof.sql.filters import compared, string
from blueproof.sql.plans.node import Node, ReadPlan
from blueproof.sql.scopes import conjuncts
from blueproof.sql.trees import read_part

_LEAST = 1_000  # rows; fewer say nothing of a share


def with_plan_facts(
    sketch: Sketch, words: Mapping[str, int], plans: tuple[OfPlan, ...], read: tuple[ReadPlan, ...]
) -> Sketch:
    """The sketch with the rows that plans counted, where no `words` tell them, and their indexes.

    A table has at least the rows that a scan went through; a value is as common as the planner,
    which has the statistics, expected it to be.
    """
    rows = {t: n for plan in plans for t, n in plan.rows.items() if n}
    for plan in read:
        for table, seen in _gone_through(plan):
            if seen >= _LEAST and table in sketch.guess.tables:
                rows[table] = max(rows.get(table, 0), seen)
    told = {**rows, **words}
    known = {_of_columns_alone(ddl) for ddl in sketch.there}
    shown = (ddl for plan in plans for ddl in plan.indexes if _of_columns_alone(ddl) not in known)
    shares = {at: share for plan in read for at, share in _shares(plan, told)}
    kept = {at: {**sketch.shape.shares.get(at, {}), **each} for at, each in shares.items()}
    says = (
        Assumed(says=f"{column} = '{value}' has {part:.2%} of {table}", why="your plan expects it")
        for (table, column), each in shares.items()
        for value, part in each.items()
    )
    return replace(
        sketch,
        rows=told,
        there=tuple(dict.fromkeys((*sketch.there, *shown))),
        shape=replace(sketch.shape, shares={**sketch.shape.shares, **kept}),
        assumed=(*says, *sketch.assumed),
    )


def _of_columns_alone(ddl: str) -> frozenset[str]:
    """The words of an index but for their order, which a plan's condition does not show."""
    return frozenset(re.findall(r"\w+", ddl.partition(" ON ")[2]))


def _gone_through(plan: ReadPlan) -> Iterator[tuple[str, int]]:
    """The rows that one scan of a table found and threw away, which are all different ones.

    Those of one value are a part of the table only.
    """
    for node in plan.root.walk():
        some = any(" = " in n.index_condition or " = " in n.recheck for n in node.walk())
        if node.kind in SCANS and not some and node.found is not None and (node.loops or 0) == 1:
            yield node.table, round(node.found + node.removed)


def _shares(
    plan: ReadPlan, rows: Mapping[str, int]
) -> Iterator[tuple[tuple[str, str], dict[str, float]]]:
    """How common the one text is that a scan asks a column for, as the planner foretold it."""
    for node in plan.root.walk():
        total = rows.get(node.table, 0)
        if node.kind not in SCANS or not node.rows or total < _LEAST or (node.loops or 1) != 1:
            continue
        asked = [each for text in _texts(node) for each in _equals(text)]
        share = node.rows / total
        if len(asked) == 1 and 0 < share < 1:
            column, value = asked[0]
            yield (node.table, column), {value: share}


def _texts(node: Node) -> Iterator[str]:
    alias = node.alias or node.relation
    for text in (node.filter, node.index_condition or node.recheck):
        bare = bare_condition(text, alias) if text else ""
        if bare:
            yield bare


def _equals(condition: str) -> Iterator[tuple[str, str]]:
    for part in conjuncts(read_part(condition)):
        for left, sign, right in compared(part):
            said = string(right)
            if sign == "=" and isinstance(left, exp.Column) and said is not None:
                yield left.name, said
