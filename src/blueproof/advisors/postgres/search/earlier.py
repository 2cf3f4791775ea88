"""What rewriting has come to before: of what has not changed since, it would say the same.

A database is advised on in rounds, each without what the one before had refuted, and rewrites are
looked for once more after the first are taken. Most queries are met again as they were.
"""

from dataclasses import dataclass, field, replace

from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite
from blueproof.core.advice import Advice
from blueproof.core.blueprint import Unproved


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said of a whole database, and what could not be said for a defect."""

    database: Database
    advices: tuple[Advice, ...]
    failed: tuple[Unproved, ...]


@dataclass(frozen=True, kw_only=True)
class _Turned:
    """A query's rewrites by what made them, and whether its tree was planned alike."""

    database: Database
    printed: str
    faithful: bool
    rewrites: dict[str, tuple[Rewrite, ...]]


@dataclass(kw_only=True)
class Earlier:
    """What was said of databases, and what became of queries, by their text and name.

    Slots in `excluded` were refuted and are not proposed again.
    """

    excluded: frozenset[str] = frozenset()
    _said: list[Said] = field(default_factory=list)
    _turned: dict[tuple[str, str], list[_Turned]] = field(default_factory=dict)

    def said(self, database: Database) -> Said | None:
        """What was said of this very database; None if it was not asked about."""
        return next((s for s in self._said if s.database is database), None)

    def keep(self, said: Said) -> Said:
        """Keep what was said of a database."""
        self._said.append(said)
        return said

    def turned(self, asked: Asked) -> dict[str, tuple[Rewrite, ...]]:
        """What rewritings made of the query where they saw what they would see now.

        They see its words, the tables, and what is known of those; whether its tree is taken for
        what was written, the planner is asked anew.
        """
        for known in self._turned.get((asked.text, asked.query.name), ()):
            alike = _alike(known.database, asked.database)
            if alike and asked.is_faithful(known.printed) == known.faithful:
                return known.rewrites
        return {}

    def keep_turned(self, asked: Asked, rewrites: dict[str, tuple[Rewrite, ...]]) -> None:
        """Keep what rewritings made of the query."""
        printed = asked.printed
        known = _Turned(
            database=asked.database,
            printed=printed,
            faithful=asked.is_faithful(printed),
            rewrites=rewrites,
        )
        self._turned.setdefault((asked.text, asked.query.name), []).append(known)


def _alike(one: Database, other: Database) -> bool:
    """Whether two databases differ in nothing but indexes, changes and what queries they have."""
    if one is other:
        return True
    bare = [replace(each.schema, indexes=()) for each in (one, other)]
    return (
        bare[0] == bare[1]
        and one.planner is other.planner
        and one.statistics is other.statistics
        and (one.measured, one.ddl) == (other.measured, other.ddl)
    )
