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
    with database.planner.trial(database.made) as room:
        pool = fill(database, room, queries)
        return (choose_measured if database.measured else choose_guarded)(database, pool)
