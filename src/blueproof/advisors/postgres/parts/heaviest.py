"""Which query takes most of the time, where calls and times are told, and what helps it first."""

from collections.abc import Iterable

from blueproof.advisors.postgres.database import Database
from blueproof.core.advice import Recommendation
from blueproof.core.claim import CostFalls
from blueproof.sql.queries import Query

_SPANS = ((86_400, "days"), (3_600, "h"), (60, "min"))  # from twice so many seconds on
_CERTAIN = 2  # queries with a time of their own, from which one can be held against another


def spent(query: Query) -> float:
    """Milliseconds of all its calls; 0 where they are not told."""
    return query.weight * query.milliseconds if query.milliseconds else 0.0


def span(milliseconds: float) -> str:
    """A time in the unit in which it is said.

    >>> span(45_100_000), span(240_000), span(900)
    ('12.5 h', '4.0 min', '0.9 s')
    """
    seconds = milliseconds / 1000
    for length, unit in _SPANS:
        if seconds >= 2 * length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:,.1f} s"


def said_of_times(queries: Iterable[tuple[str, float, float]]) -> str:
    """Which query comes first, of each its name, calls and milliseconds; "" of fewer than two."""
    told = sorted(
        ((calls * mean, name, calls, mean) for name, calls, mean in queries), reverse=True
    )
    total = sum(each[0] for each in told)
    if len(told) < _CERTAIN or not total:
        return ""
    time, name, calls, mean = told[0]
    rest = ", ".join(f"{other} {each / total:.1%}" for each, other, _, _ in told[1:4])
    return (
        f"first {name}: {time / total:.1%} of the time told, {calls:,.0f} calls of {mean:,g} ms "
        f"({span(time)}); then {rest}"
    )


def heaviest(database: Database) -> str:
    """The same of the queries of a database."""
    timed = [q for q in database.queries if spent(q.query)]
    return said_of_times((q.name, q.query.weight, q.query.milliseconds or 0.0) for q in timed)


def heaviest_first(
    database: Database, advice: Iterable[Recommendation]
) -> tuple[Recommendation, ...]:
    """The advice by the time of the queries that it serves, else by the cost that it saves them.

    What a query saves is put down to the advice that makes it cheapest. Statistics come before the
    indexes, which may harm where counts are foretold wrongly.
    """
    several = tuple(advice)
    times = {q.name: spent(q.query) for q in database.queries}
    costs = {q.name: q.cost for q in database.queries}
    falls = [(n, c) for n, r in enumerate(several) for c in r.claims if isinstance(c, CostFalls)]
    by = {c.query.name: (n, c.factor) for n, c in sorted(falls, key=lambda fall: fall[1].factor)}

    def rank(place: int) -> tuple[bool, float, float]:
        saved = (
            costs.get(name, 0.0) * (1 - 1 / max(factor, 1.0))
            for name, (best, factor) in by.items()
            if best == place
        )
        served = sum(times.get(n, 0.0) for n in _served(several[place]))
        indexed = not several[place].slot.startswith("statistics on ")
        return indexed, -served, -max(saved, default=0.0)

    return tuple(several[place] for place in sorted(range(len(several)), key=rank))


def _served(advice: Recommendation) -> set[str]:
    falls = {c.query.name for c in advice.claims if isinstance(c, CostFalls)}
    return falls | set(advice.helps) | {advice.slot.removeprefix("rewrite of ")}
