"""Hard limits of the options against the load: what does not fit is out, whatever it costs."""

from functools import cache

from blueproof.costs.limits import LIMITS, Limit
from blueproof.decide.needs import Needs
from blueproof.decide.workload import workload
from blueproof.facts.load import fact


def outgrown(option: str, needs: Needs, users: float) -> tuple[str, ...]:
    """The limits that the load goes over, each in words with both figures."""
    if needs.value("self-hosted") == "yes":
        return ()  # the published limits are those of the vendor's own service
    usage = workload(needs, users).usage
    return tuple(
        f"{load:,.0f} {limit.what}, {_over(limit)}"
        for limit in LIMITS[option]
        if (load := float(limit.quantity(usage))) > _most(limit.fact)
    )


def _over(limit: Limit) -> str:
    """The limit as one that is passed: of one plan with the way past it, or of the product."""
    most = f"{_most(limit.fact):,.0f}"
    if not limit.plan:
        return f"over its limit of {most}"
    return f"over the {most} of {limit.plan}: {limit.beyond}"


def limit_of(name: str) -> Limit | None:
    """The limit that this fact states, if a load is held against it."""
    return next((item for rows in LIMITS.values() for item in rows if item.fact == name), None)


@cache
def _most(name: str) -> float:
    return float(fact(name).value)
