"""Many indexes made once on a twin, each shown to the planner or hidden from it at will.

A search asks for the cost of a query under thousands of sets of indexes. Making and dropping them
takes milliseconds each; the flag `pg_index.indisvalid` hides an index from the planner in less than
one. The flag is the administrator's to set: it names rows by identifier, so nothing of the
person's is called meanwhile.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from blueproof.engines.postgres import pages
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.sql.plan import Plan, Refused

_SHOW = """
UPDATE pg_catalog.pg_index SET indisvalid = NOT indisvalid
WHERE indexrelid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.oid[])
"""
# An index on a partitioned table stands for those of its partitions.
_FAMILY = """
WITH RECURSIVE family AS (
  SELECT c.oid, c.relname::text AS root, c.relname::text AS name FROM pg_catalog.pg_class c
  WHERE c.relname OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.name[])
  UNION ALL SELECT c.oid, f.root, c.relname::text FROM family f
  JOIN pg_catalog.pg_inherits i ON i.inhparent OPERATOR(pg_catalog.=) f.oid
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
)
SELECT f.root, f.name, f.oid::pg_catalog.int8, c.relpages FROM family f
JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) f.oid
"""
# All indexes that are no partition's share of another one.
_WHOLE = """
SELECT i.indexrelid::pg_catalog.int8, pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE NOT c.relispartition AND n.nspname::text OPERATOR(pg_catalog.!~) '^pg_'::text
"""
_AT_ONCE = 200  # indexes dropped in one statement; each takes a few of the server's locks


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a query costs with some indexes shown, and which of the tried ones its plan reads."""

    cost: float
    used: frozenset[str]


@dataclass(kw_only=True)
class Trial:
    """Room on a twin to try many indexes.

    Indexes are known by the names that their statements give them, which must be new and unique.
    `asked` counts the planner's answers.
    """

    admin: Session
    guest: Session
    make: Callable[[str], object]
    explain: Callable[[str], Plan]
    asked: int = 0
    _family: dict[str, list[int]] = field(default_factory=dict)
    _owner: dict[str, str] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)
    _before: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self._before = frozenset(oid for oid, _ in self.admin.run(_WHOLE))

    def keep(self, changes: Iterable[str]) -> None:
        """Make indexes that stay shown as long as the room is open."""
        for change in changes:
            self._together((change,))

    def add(self, statements: dict[str, str]) -> dict[str, int]:
        """Make the indexes (name to CREATE INDEX), hidden; bytes of those that the server took."""
        if not self._together(tuple(statements.values())):
            for statement in statements.values():
                self._together((statement,))
        sizes: dict[str, int] = {}
        for root, name, oid, size in self.admin.run_one(_FAMILY, (list(statements),)):
            self._family.setdefault(root, []).append(oid)
            self._owner[name] = root
            sizes[root] = sizes.get(root, 0) + max(size, 0) * pages.PAGE
        self._flip(sizes)
        return sizes

    def _together(self, statements: tuple[str, ...]) -> bool:
        """Make all of them, or none if the server refuses one."""
        self.guest.begin()
        try:
            self.make(";\n".join(s.rstrip().rstrip(";") for s in statements))
            self.guest.run("COMMIT")
        except (Refused, ServerRefusal):
            self.guest.run("ROLLBACK")
            return False
        return True

    def cost(self, query: str, shown: frozenset[str], among: frozenset[str]) -> Outcome:
        """What the query costs if, of the indexes `among`, only those `shown` are there.

        Infinite where it cannot be planned.
        """
        self._flip([n for n in among if (n in shown) != (n in self._shown)])
        self._shown = (self._shown - among) | (shown & among)
        self.asked += 1
        try:
            plan = self.explain(query)
        except Refused:
            return Outcome(cost=float("inf"), used=frozenset())
        used = (self._owner.get(name) for name in plan.indexes)
        return Outcome(cost=plan.cost, used=frozenset(n for n in used if n))

    def _flip(self, names: Iterable[str]) -> None:
        oids = [oid for name in names for oid in self._family[name]]
        if oids:
            self.admin.run_one(_SHOW, (oids,))

    def close(self) -> None:
        """Drop every index that was made."""
        made = [name for oid, name in self.admin.run(_WHOLE) if oid not in self._before]
        for start in range(0, len(made), _AT_ONCE):
            self.guest.run(f"DROP INDEX {', '.join(made[start : start + _AT_ONCE])}")
