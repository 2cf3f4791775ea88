"""Indexes that a page may be walked along past the rows of all others: not worth trying.

WHERE tenant = 42 AND (at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT 50 bounds what it sorts
by. An index on that alone gives the rows in their order too, and the planner, who reckons with an
even spread, often likes it best: it is small and its rows lie side by side. But whoever has few
rows, or only old ones, then waits for the whole index to be read. What is held against one value
has to lead.
"""

import re

from blueproof.advisors.postgres.candidates.candidate import Candidate
from blueproof.advisors.postgres.candidates.ordered import WIDEST, sortable
from blueproof.advisors.postgres.database import Planned
from blueproof.sql.names import quote
from blueproof.sql.plan import Plan
from blueproof.sql.schema import Table
from blueproof.sql.uses import Use

_LISTED = re.compile(r'\b(?P<alias>\w+)\.(?P<column>\w+|"(?:[^"]|"")+")\)*(?:::\w+)? = ANY \(')


def walks_past(query: Planned, use: Use, table: Table, candidate: Candidate) -> bool:
    """Whether a page could be walked along this index with a filter that one value must pass.

    A list of values (status IN ('open', 'packed')) cannot lead an index that keeps an order, so it
    need not.
    """
    first = use.sort[0].column if use.sort else ""
    plan = query.plan
    if not first or first not in use.ranges or plan is None or candidate.method != "btree":
        return False
    columns = [key.partition(" ")[0] for key in candidate.keys]
    if quote(first) not in columns or not any(n.node == "Limit" for n in plan.walk()):
        return False
    condition = {column for column, text in use.fixed if text == candidate.where}
    spared = {*_listed(plan, use.alias), *condition, first}
    leading = columns[: columns.index(quote(first))]
    wanted = sortable(use.equal, table)[:WIDEST]
    return any(quote(column) not in leading for column in wanted if column not in spared)


def _listed(plan: Plan, alias: str) -> set[str]:
    """The columns of a table that are held against a list of values."""
    texts = (t for node in plan.walk() for t in (*node.conditions, node.filter))
    found = (m for text in texts for m in _LISTED.finditer(text))
    return {m["column"].strip('"') for m in found if m["alias"] == alias}
