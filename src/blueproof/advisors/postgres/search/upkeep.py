"""What an index costs the workload's own writes, in planner units: one entry for each row written.

The planner counts nothing for it, so we do: the descent of a B-tree, and one page of its leaves
fetched at random, as the planner reckons a lookup (btcostestimate in selfuncs.c).
"""

import re

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.database import Database, Planned

_CPU_OPERATOR, _CPU_ENTRY, _RANDOM_PAGE = 0.0025, 0.005, 4.0  # PostgreSQL's own defaults
_ENTRIES = {"gin": 10.0, "brin": 0.0}  # entries for each row: words or keys of a document
_LEVELS = {1 << 20: 1, 1 << 27: 2}  # bytes up to which a B-tree has so many levels
_SET = re.compile(r"\bset\b(?P<list>.*?)(?:\b(?:from|where|returning)\b|$)", re.DOTALL)
_WORD = re.compile(r"\w+")


def entry_cost(method: str, size: int) -> float:
    """Planner units for one more entry of an index of this size in bytes."""
    levels = next((n for most, n in _LEVELS.items() if size <= most), 3)
    one = _CPU_ENTRY + 50 * _CPU_OPERATOR * (levels + 1) + _RANDOM_PAGE
    return one * _ENTRIES.get(method, 1.0)


def upkeep(database: Database, candidate: Candidate, size: int) -> float:
    """Planner units that the workload's writes pay for the index."""
    written = sum(_written(query, candidate) for query in database.readers(candidate.table))
    return written * entry_cost(candidate.method, size)


def _written(query: Planned, candidate: Candidate) -> float:
    """Entries that one round of a query writes, as often as it is run."""
    plan = query.plan
    if plan is None or plan.node != "ModifyTable" or plan.relation != candidate.table:
        return 0.0
    rows = max((child.rows for child in plan.children), default=1.0)
    return rows * query.query.weight if _touches(query.query.text, candidate) else 0.0


def _touches(text: str, candidate: Candidate) -> bool:
    """Whether the statement adds entries: an INSERT, or an UPDATE of a column that it holds.

    A DELETE leaves the entry to VACUUM.
    """
    first = _WORD.search(text)
    word = first[0].upper() if first else ""
    if word == "UPDATE":
        found = _SET.search(text.lower())
        changed = set(_WORD.findall(found["list"])) if found else set()
        held = " ".join((*candidate.keys, *candidate.include, candidate.where)).lower()
        return bool(changed & set(_WORD.findall(held)))
    return word != "DELETE"
