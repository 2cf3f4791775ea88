"""Indexes that a clock sees no gain from: with the others there, the queries take as long."""

from blueproof.advisors.postgres.database import Clock, Database
from blueproof.advisors.postgres.parts.timed import definitions
from blueproof.core.blueprint import Draft
from blueproof.sql.asking import asked

_LONGEST_MS = 20_000.0
_GAIN = 1.3  # times; less is within what a machine varies by
_GAIN_MS = 0.2


def idle_indexes(clock: Clock, draft: Draft, final: Database) -> frozenset[str]:
    """The slot of the index whose loss slows nothing, if there is one; the least useful first.

    `final` has the queries as the advice leaves them. One at a time: two may stand in for each
    other.
    """
    texts = tuple(asked(q.query.text, final.statistics.until) for q in final.queries if q.plan)
    made = {
        r.slot: frozenset(definitions(r.schema_change))
        for r in draft.recommendations
        if r.schema_change and "CREATE INDEX" in r.schema_change.text and not r.query_change
    }
    everything = frozenset(d for each in made.values() for d in each)
    if not (made and texts):
        return frozenset()
    if len(clock.build(everything)) < len(everything):
        return frozenset()  # what could not be built shows nothing
    texts = tuple(clock.time(dict.fromkeys(texts, _LONGEST_MS), everything))
    if not texts:
        return frozenset()  # what could not be timed shows nothing
    whole = _total(clock, texts, everything)
    without = {slot: _total(clock, texts, everything - mine) for slot, mine in made.items()}
    idle = [s for s, ms in without.items() if ms < whole * _GAIN or ms - whole < _GAIN_MS]
    return frozenset(sorted(idle, key=lambda slot: without[slot])[:1])


def _total(clock: Clock, texts: tuple[str, ...], shown: frozenset[str]) -> float:
    found = clock.time(dict.fromkeys(texts, _LONGEST_MS), shown)
    return sum(run.milliseconds for run in found.values())
