"""Queries that no advice touches: right as they are, unsolved, or not to be judged here."""

from collections.abc import Iterator
from typing import Literal

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.tempting import stay
from blueproof.advisors.postgres.parts.told_slow import (
    is_explained,
    is_told_slow,
    said_of_dear,
    said_of_slow,
)
from blueproof.advisors.postgres.parts.wording import cost, listed
from blueproof.core.advice import Finding
from blueproof.core.blueprint import Draft
from blueproof.core.claim import CostFalls, PlanUses
from blueproof.core.scene import Excerpt
from blueproof.facts.load import fact

State = Literal["helped", "doubtful", "unsolved", "dear", "right", "slow"]
_RULE = "pg-missing-index"
_UNCHANGED = Excerpt(text="")


def state(query: Planned, database: Database, draft: Draft) -> State:
    """How a planned query stands once the advice is followed."""
    claims = (c for r in draft.recommendations for c in r.claims)
    gains = any(isinstance(c, CostFalls) and _is_of(c, query) for c in claims)
    timed = any(query.name in r.helps for r in draft.recommendations)
    rewritten = query.slot in {r.slot for r in draft.recommendations}
    if gains or timed or rewritten:
        return "helped"
    if _new_indexes(query, database) and not (is_told_slow(query) and is_explained(query)):
        return "helped"
    if any(f.rule == _RULE and f.where == query.name for f in draft.findings):
        return "dear"  # an index would help, and the search says why it is not worth it
    told = is_told_slow(query)
    if not _reads_whole(query) and not (told and is_explained(query)):
        return "slow" if told else "right"  # an index that is missing could only make it better
    tables = {database.home(use.table) for use in query.uses}
    return "doubtful" if tables & database.doubtful else "unsolved"


def waiting(query: Planned, database: Database, draft: Draft) -> tuple[str, ...]:
    """The advice for a query that could not be tried here, by its slots."""
    untried = {change.slot for change in database.untried}
    return tuple(
        r.slot
        for r in draft.recommendations
        if r.slot in untried
        and any(isinstance(c, CostFalls) and _is_of(c, query) for c in r.claims)
    )


def _is_of(claim: CostFalls, query: Planned) -> bool:
    """Whether a claim is of the query, as it is or as it was weighed."""
    return claim.query == query.excerpt or claim.query.name == query.name


def _reads_whole(query: Planned) -> bool:
    """Whether a whole table is read at a cost that is felt."""
    dear = query.cost >= float(fact("pg.lookup-cost").value)
    return dear and any("Seq Scan" in use.node for use in query.uses)


def _new_indexes(query: Planned, database: Database) -> tuple[str, ...]:
    """The indexes that the query is read through and that only the advice makes."""
    made = " ".join(c.file.text for c in database.changes if "CREATE INDEX" in c.file.text)
    indexes = query.plan.indexes if query.plan else ()
    return tuple(name for name in indexes if f" {name}\n" in made or f'"{name}"' in made)


def left_alone(database: Database, draft: Draft) -> Iterator[Finding]:
    """For each planned query without advice of its own, how it stands."""
    after = tuple(c.file for c in database.changes)
    standing = {q.name: state(q, database, draft) for q in database.queries if q.plan}
    judged = {"right", "slow", "unsolved"}
    alone = [q for q in database.queries if standing.get(q.name) in judged]
    stays = stay(database, alone)
    for query in database.queries:
        stands = standing.get(query.name, "helped")
        if query.plan is None or stands in {"helped", "dear"}:
            continue
        indexes = query.plan.indexes
        served = stands in {"right", "slow"} and indexes
        yield Finding(
            rule=_RULE,
            where=query.name,
            says=f"{said_of(query, database, stands)} ({query.plan.headline}; planner cost "
            f"{cost(query.cost)})",
            severity="note" if stands == "right" else "risk",
            claims=(
                *(
                    PlanUses(query=query.excerpt, change=_UNCHANGED, index=name, after=after)
                    for name in indexes[:1]
                    if served
                ),
                *stays.get(query.name, ()),
            ),
        )


def _obstacle(query: Planned) -> str:
    """What of the query's conditions no index that was tried could serve, if something is."""
    wrapped = [pair for use in query.uses for pair in use.wrapped]
    if wrapped:
        expression, column = wrapped[0]
        return f"; it compares {expression}, which no index on {column} itself serves"
    unread = any(use.unread for use in query.uses)
    return ", and its conditions hold some that no rule here reads" if unread else ""


def said_of(query: Planned, database: Database, stands: State) -> str:
    """How a query without advice stands, in words."""
    if stands == "doubtful":
        tables = sorted({database.home(u.table) for u in query.uses} & database.doubtful)
        return f"not judged: part of {listed(tuple(tables))} could not be made here, see below"
    if stands == "unsolved":
        how = "noticeably cheaper" if database.measured else "twice as cheap"
        limit = " within the space that indexes may take" if database.space is not None else ""
        kept = said_of_dear(query, database)
        return f"nothing that was tried makes it {how}{limit}{_obstacle(query)}{kept}"
    if stands == "dear":
        return "an index would help, but writes would pay more for it than this query saves"
    if stands == "slow":
        return said_of_slow(query, database)
    assert query.plan is not None, "only planned queries are judged"
    indexes = query.plan.indexes
    return f"right as it is: served by {listed(indexes)}" if indexes else "right as it is"
