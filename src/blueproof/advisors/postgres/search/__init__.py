"""Choosing the few indexes that help the queries most, judged by the planner alone."""

from dataclasses import replace

from blueproof.advisors.postgres.choice import Choice, Chosen
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.search.guarded import choose_guarded
from blueproof.advisors.postgres.search.measured import choose_measured
from blueproof.advisors.postgres.search.pool import fill

__all__ = ["choose", "weigh"]


def choose(database: Database) -> tuple[Choice, ...]:
    """The indexes worth making, best first."""
    return weigh(database).taken


def weigh(database: Database) -> Chosen:
    """The indexes worth making, best first, and what was given up."""
    queries = tuple(q for q in database.queries if q.plan)
    limit = database.room  # asked before the room is open: then the twin answers through it alone
    texts = tuple(q.query.text for q in queries)
    with database.planner.search(database.made, texts) as room:
        pool = fill(database, room, queries)
        found = (
            choose_measured(database, pool, limit)
            if database.measured
            else Chosen(taken=choose_guarded(database, pool, limit))
        )
        return replace(found, tried=len(pool.sizes), asked=room.asked)
