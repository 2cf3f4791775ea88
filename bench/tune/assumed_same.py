"""Whether two pieces of index advice for one query are the same, as assumed.py says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

SAME, VARIANT, NEITHER = "same", "same but for INCLUDE or WHERE", "both say none"
ONLY_TRUE, ONLY_ASSUMED = "none from assumptions", "none from true statistics"
WIDTH, OTHER = "same table, more or fewer columns", "another"
AGREE = (SAME, NEITHER, VARIANT)
_MOST = 5  # indexes of one query that are matched in every order


@dataclass(frozen=True, kw_only=True)
class Advised:
    """A new index that the query's plan reads: key parts as SQL, and of each whether it descends.

    `equal` are those columns that the query holds against a value or joins by.
    """

    table: str
    method: str
    keys: tuple[str, ...]
    descending: tuple[bool, ...] = ()
    include: tuple[str, ...] = ()
    where: str = ""
    equal: frozenset[str] = frozenset()

    def __str__(self) -> str:
        ways = (*self.descending, *(False for _ in self.keys))
        keys = ", ".join(
            f"{k}{' DESC' if d else ''}" for k, d in zip(self.keys, ways, strict=False)
        )
        method = "" if self.method == "btree" else f" {self.method}"
        include = f" INCLUDE ({', '.join(self.include)})" if self.include else ""
        return (
            f"{self.table}{method} ({keys}){include}{f' WHERE {self.where}' if self.where else ''}"
        )


def classed(true: Iterable[Advised], assumed: Iterable[Advised]) -> str:
    """The class of the difference between the indexes advised for one query in two ways."""
    one, two = tuple(true), tuple(assumed)
    if not one and not two:
        return NEITHER
    if not one or not two:
        return ONLY_TRUE if one else ONLY_ASSUMED
    if _matched(one, two, _same):
        return SAME
    if _matched(one, two, _variant):
        return VARIANT
    return WIDTH if {i.table for i in one} == {i.table for i in two} else OTHER


def _matched(one: tuple[Advised, ...], two: tuple[Advised, ...], alike: object) -> bool:
    """Whether each index of one can be paired with one of the other."""
    if len(one) != len(two) or len(one) > _MOST:
        return False
    assert callable(alike)
    return any(all(map(alike, one, order)) for order in permutations(two))


def _same(one: Advised, two: Advised) -> bool:
    return (one.include, one.where) == (two.include, two.where) and _variant(one, two)


def _variant(one: Advised, two: Advised) -> bool:
    """Same table, method and keys: those compared for equality in any order, then the rest."""
    if (one.table, one.method) != (two.table, two.method):
        return False
    equal = one.equal | two.equal
    first, second = _parts(one, two.where, equal), _parts(two, one.where, equal)
    turned = [(key, not down) for key, down in second[1]]
    return first[0] == second[0] and first[1] in (second[1], turned)


def _parts(
    index: Advised, pinned: str, equal: frozenset[str]
) -> tuple[set[str], list[tuple[str, bool]]]:
    """The keys compared for equality that lead, and those after them with their direction.

    A key that the other index pins in its WHERE is the same for all rows of that one.
    """
    words = set(pinned.replace("(", " ").replace(")", " ").split())
    ways = (*index.descending, *(False for _ in index.keys))
    left = [(k, d) for k, d in zip(index.keys, ways, strict=False) if k not in words]
    leading: set[str] = set()
    while left and left[0][0] in equal:
        leading.add(left.pop(0)[0])
    return leading, left
