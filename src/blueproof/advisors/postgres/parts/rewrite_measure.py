"""What a query costs as it is and in other words, each with the indexes that serve it best."""

import math
from dataclasses import dataclass, replace

from blueproof.advisors.postgres.choice import noticeable, worth
from blueproof.advisors.postgres.database import Change, Database, Planned
from blueproof.advisors.postgres.parts.migration import Migration, NewIndex, create_indexes
from blueproof.advisors.postgres.search import choose
from blueproof.sql.asking import asked
from blueproof.sql.plan import Refused

_MOST_INDEXES = 3
_LONGEST_MILLISECONDS = 20_000.0
_FELT_MILLISECONDS = 2.0
_ABOUT_AS_FAST = 1.3
_NOTHING_TO_MAKE = 1.7  # times as dear may be what the indexes that are there serve as they are
_TOO_LITTLE = 0.1  # of what is noticed at all: a few pages, whatever the factor between them


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A query with nothing rewritten: its cost, and what the best indexes for it alone make of it.

    `milliseconds` are those with these indexes on the copy, if there is one; `rows` are those that
    the planner foretells of its tables' scans, all together.
    """

    cost: float
    rows: float = 0.0
    indexes: tuple[NewIndex, ...] = ()
    milliseconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was measured of a rewrite: planner costs, the indexes it needs, what it builds on.

    `old` and `new` are the milliseconds on a copy with rows, if there is one; `rows` are those that
    the planner foretells of the scans of the rewritten query's tables.
    """

    before: float
    after: float
    indexes: tuple[NewIndex, ...]
    migration: Migration | None
    rows: float = 0.0
    built_on: tuple[Change, ...] = ()
    old: float | None = None
    new: float | None = None

    @property
    def factor(self) -> float:
        """How many times cheaper the query gets, by the planner's cost."""
        return self.before / max(self.after, 0.01)

    @property
    def faster(self) -> float:
        """How many times faster it gets: by the clock where there is one, else by the cost."""
        if self.old is None or self.new is None:
            return self.factor
        return self.old / max(self.new, 0.01)

    @property
    def reached(self) -> float:
        """What the query comes to: milliseconds where there is a clock, else planner cost."""
        return self.after if self.new is None else self.new

    @property
    def is_noticed(self) -> bool:
        """Whether the query is slow enough that anybody would notice the difference."""
        if self.old is not None:
            return self.old >= _FELT_MILLISECONDS
        return self.before >= noticeable()


def standing(database: Database, query: Planned) -> Standing:
    """The query as it is, with the best indexes that it can have."""
    indexes = best_indexes(database, query)
    made = tuple(index.bare for index in indexes)
    cost, rows = _foretold(database, query, (*database.made, *made))
    timed = _timed(database, query, indexes)
    return Standing(cost=cost, rows=rows, indexes=indexes, milliseconds=timed)


def _foretold(database: Database, query: Planned, made: tuple[str, ...]) -> tuple[float, float]:
    """What a query costs with these indexes, and the rows that its scans give."""
    (plan,) = database.planner.plans((query.query.text,), made)
    if plan is None:
        return math.inf, 0.0
    return plan.cost, math.fsum(node.rows for node in plan.walk() if node.relation)


def measure(database: Database, query: Planned, planned: Planned) -> Outcome:
    """Costs with nothing else changed, or on top of earlier advice where that brings more."""
    indexes = best_indexes(database, planned)
    own = tuple(index.bare for index in indexes)
    (before,) = database.planner.costs((query.query.text,))
    after, rows = _foretold(database, planned, own)
    old = _timed(database, query, ())
    outcome = Outcome(
        before=before,
        after=after,
        rows=rows,
        indexes=indexes,
        migration=create_indexes(indexes, database.schema) if indexes else None,
        old=old,
        new=None if old is None else _timed(database, planned, indexes),
    )
    earlier = database.changes_for(planned)
    if not earlier:
        return outcome
    (better,) = database.planner.costs((planned.query.text,), (*database.made, *own))
    if outcome.factor >= worth() and better > after / worth():
        return outcome
    return replace(outcome, before=query.cost, after=better, built_on=earlier)


def best_indexes(database: Database, query: Planned) -> tuple[NewIndex, ...]:
    """The few indexes that this query alone gains most from, if any gains enough."""
    alone = replace(database, queries=(query,), clock=None)
    choices = choose(alone)[:_MOST_INDEXES]
    return tuple(replace(c.index, purpose=f"Serves {query.name}.") for c in choices)


def _timed(database: Database, query: Planned, indexes: tuple[NewIndex, ...]) -> float | None:
    """Milliseconds on the copy with these indexes built; None without a copy, or refused there.

    None too of a page that lies nearer there: what it costs to pass over rows does not show.
    """
    clock = database.clock
    if clock is None:
        return None
    text = asked(query.query.text, database.statistics.until)
    shown = frozenset(index.definition for index in indexes)
    try:
        built = clock.build(shown)
        run = clock.time({text: _LONGEST_MILLISECONDS}, shown).get(text)
    except Refused:
        return None
    return run.milliseconds if run and shown <= set(built) and not run.nearer else None


def gains(outcome: Outcome, as_it_is: Standing, *, instead: bool) -> bool:
    """Whether a rewrite is worth more than to leave the query's words and index it.

    `instead` is whether the rewrite is to be preferred where both come to about the same. Both find
    the same rows: where the planner foretells more of the rewrite's, as of bounds that it cannot
    know, that is its guess, and costs are held against one another row for row.
    """
    if not outcome.is_noticed or outcome.faster < worth():
        return False
    if outcome.new is not None and as_it_is.milliseconds is not None:
        indexed, rewritten, felt = as_it_is.milliseconds, outcome.new, _FELT_MILLISECONDS
    else:
        indexed, rewritten, felt = as_it_is.cost, outcome.after, noticeable()
        if instead and as_it_is.rows:
            rewritten *= min(1.0, as_it_is.rows / max(outcome.rows, 1.0))
    if as_it_is.indexes and not outcome.indexes and rewritten < indexed * _NOTHING_TO_MAKE:
        return True
    spares = len(outcome.indexes) < len(as_it_is.indexes)
    if instead or spares:
        return rewritten <= max(indexed * _ABOUT_AS_FAST, indexed + felt * _TOO_LITTLE)
    return indexed >= rewritten * worth()
