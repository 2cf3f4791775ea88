"""Choosing the few indexes that help the queries most, judged by the planner alone."""

from blueproof.advisors.postgres.choice import Choice
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.search.guarded import choose_guarded
from blueproof.advisors.postgres.search.measured import choose_measured
from blueproof.advisors.postgres.search.pool import fill

__all__ = ["choose"]


def choose(database: Database) -> tuple[Choice, ...]:
    """The indexes worth making, best first."""
    queries = tuple(q for q in database.queries if q.plan)
    limit = database.room  # asked before the room is open: then the twin answers through it alone
    with database.planner.trial(database.made) as room:
        pool = fill(database, room, queries)
        search = choose_measured if database.measured else choose_guarded
        return search(database, pool, limit)
