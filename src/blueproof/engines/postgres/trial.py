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
WHERE indexrelid OPERATOR(pg_catalog.=) ANY ('{%s}'::pg_catalog.oid[])
"""
# An index on a partitioned table stands for those of its partitions.
_FAMILY = """
WITH RECURSIVE family AS (
  SELECT c.oid, c.relname::text AS root, c.relname::text AS name FROM pg_catalog.pg_class c
  WHERE c.oid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.oid[])
  UNION ALL SELECT c.oid, f.root, c.relname::text FROM family f
  JOIN pg_catalog.pg_inherits i ON i.inhparent OPERATOR(pg_catalog.=) f.oid
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
)
SELECT f.root, f.name, f.oid::pg_catalog.int8, c.relpages FROM family f
JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) f.oid
"""
# All indexes that are no partition's share of another one.
_WHOLE = """
SELECT i.indexrelid::pg_catalog.int8, c.relname::text,
  pg_catalog.format('%I.%I', n.nspname, c.relname)
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
    make: Callable[[str, bool], object]
    explain: Callable[[str], tuple[float, frozenset[str]]]
    explain_fully: Callable[[str], Plan]
    asked: int = 0
    _family: dict[str, list[int]] = field(default_factory=dict)
    _owner: dict[str, str] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)
    _plans: dict[tuple[str, frozenset[str]], Plan] = field(default_factory=dict)
    _before: frozenset[int] = frozenset()
    _there: frozenset[int] = frozenset()  # the indexes that were there when it was last looked

    def __post_init__(self) -> None:
        self._before = self._there = frozenset(self._whole())

    def keep(self, changes: Iterable[str]) -> None:
        """Make indexes that stay shown as long as the room is open."""
        kept = list(changes)
        for change in kept:
            self._together((change,))
        if kept:
            self._there = frozenset(self._whole())

    def add(self, statements: dict[str, str]) -> dict[str, int]:
        """Make the indexes (name to CREATE INDEX), hidden; bytes of those that the server took."""
        self._make_most(tuple(statements.values()))
        return self._learn()

    def add_script(self, script: str) -> str:
        """Make what a migration creates, hidden; the new index's name. Refused if it cannot be."""
        if not self._together((script,)):
            raise Refused(reason="the server does not make this index")
        made = self._learn()
        if len(made) != 1:
            raise Refused(reason=f"the migration makes {len(made)} indexes, not one")
        return next(iter(made))

    def _whole(self) -> dict[int, tuple[str, str]]:
        """Name, and name with its schema, of every index that is no partition's share of one."""
        return {oid: (name, full) for oid, name, full in self.admin.run(_WHOLE)}

    def _learn(self) -> dict[str, int]:
        """Hide the indexes that are new, and keep which files each consists of; their bytes."""
        now = frozenset(self._whole())
        fresh, self._there = sorted(now - self._there), now
        sizes: dict[str, int] = {}
        for root, name, oid, size in self.admin.run_one(_FAMILY, (fresh,)):
            self._family.setdefault(root, []).append(oid)
            self._owner[name] = root
            sizes[root] = sizes.get(root, 0) + max(size, 0) * pages.PAGE
        self._flip(sizes)
        return sizes

    def _make_most(self, statements: tuple[str, ...]) -> None:
        """Make all but those that the server refuses.

        They are passed over one by one, or looked for by halves where one takes the process along.
        """
        if not statements or self._together(statements) or len(statements) == 1:
            return
        if not self._together(statements, passing=True):
            half = len(statements) // 2
            self._make_most(statements[:half])
            self._make_most(statements[half:])

    def _together(self, statements: tuple[str, ...], *, passing: bool = False) -> bool:
        """Make all of them, or none if the server refuses one; `passing` passes over such ones."""
        self._plans.clear()
        self.guest.begin()
        try:
            self.make(";\n".join(s.rstrip().rstrip(";") for s in statements), passing)
            self.guest.run("COMMIT")
        except (Refused, ServerRefusal):
            self.guest.run("ROLLBACK")
            return False
        return True

    def cost(self, query: str, shown: frozenset[str], among: frozenset[str]) -> Outcome:
        """What the query costs if, of the indexes `among`, only those `shown` are there.

        Infinite where it cannot be planned.
        """
        self._show(shown, among)
        try:
            cost, read = self.explain(query)
        except Refused:
            return Outcome(cost=float("inf"), used=frozenset())
        used = (self._owner.get(name) for name in read)
        return Outcome(cost=cost, used=frozenset(n for n in used if n))

    def plan(self, query: str, shown: frozenset[str]) -> Plan:
        """The whole plan if, of all the indexes made here, only those `shown` are there."""
        known = self._plans.get((query, shown))
        if known is None:
            self._show(shown, frozenset(self._family))
            known = self._plans[query, shown] = self.explain_fully(query)
        return known

    def _show(self, shown: frozenset[str], among: frozenset[str]) -> None:
        self._flip([n for n in among if (n in shown) != (n in self._shown)])
        self._shown = (self._shown - among) | (shown & among)
        self.asked += 1

    def _flip(self, names: Iterable[str]) -> None:
        oids = [oid for name in names for oid in self._family[name]]
        if oids:
            self.admin.run(_SHOW % ",".join(map(str, oids)))

    def close(self) -> None:
        """Drop every index that was made."""
        made = [full for oid, (_, full) in self._whole().items() if oid not in self._before]
        for start in range(0, len(made), _AT_ONCE):
            self.guest.run(f"DROP INDEX {', '.join(made[start : start + _AT_ONCE])}")
