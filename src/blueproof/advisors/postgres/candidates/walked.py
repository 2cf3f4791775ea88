"""The order that a query asks for and its plan does not show, as an index is walked for it.

max(at), or ORDER BY at LIMIT 1, of one sensor: with an index on at alone the planner may walk that
until a row of the sensor comes. Nothing is sorted then, and the order is the index's own.
"""

from dataclasses import replace

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.sql.names import bare
from blueproof.sql.plan import Plan
from blueproof.sql.schema import Index, Table
from blueproof.sql.uses import SortKey, Use

_WALKS = ("Index Scan", "Index Only Scan")


def with_order(database: Database, query: Planned, use: Use) -> Use:
    """The use with the order of the index that it walks for a few first rows, if it does."""
    plan = query.plan
    table = database.schema.by_name.get(use.table)
    if plan is None or table is None or use.sort or use.grouped:
        return use
    nodes = list(plan.walk())
    scan = next((n for n in nodes if n.alias == use.alias and n.relation), None)
    limited = any(n.node == "Limit" for n in nodes)
    if scan is None or not limited or not scan.filter:
        return use
    if not scan.node.removeprefix("Parallel ").startswith(_WALKS):
        return use
    index = _index(database, scan)
    return replace(use, sort=_order(index, use, table)) if index else use


def _index(database: Database, scan: Plan) -> Index | None:
    """The B-tree of the schema that a scan reads."""
    for index in database.schema.indexes:
        if index.method == "btree" and bare(index.name).rpartition(".")[2] == bare(scan.index):
            return index
    return None


def _order(index: Index, use: Use, table: Table) -> tuple[SortKey, ...]:
    """The index's columns up to the first expression, less those held against a value."""
    down = (*index.descending, *(False for _ in index.keys))
    keys: list[SortKey] = []
    for key, descending in zip(index.keys, down, strict=False):
        if key not in table.by_name:
            break
        if key not in use.equal:
            keys.append(SortKey(column=key, descending=descending, nulls_first=descending))
    return tuple(keys)
