"""What breaks first, at which load, and what is seen when a zone or a part is lost."""

from collections.abc import Iterator

from blueproof.advisors.architecture.abroad import too_far
from blueproof.advisors.architecture.design import Design
from blueproof.advisors.architecture.part import Limit, Part
from blueproof.advisors.architecture.sizing import tasks_of
from blueproof.core.advice import Finding

_RULE = "architecture-limit"
_CLOSE = 1.5  # times the load: a limit nearer than this is a risk


def limits(design: Design) -> tuple[tuple[Part, Limit], ...]:
    """The limits of the parts, the one that is met first at the head."""
    found = [(part, limit) for part in design.parts for limit in part.limits if limit.now]
    return tuple(sorted(found, key=lambda each: each[1].room))


def findings(design: Design) -> Iterator[Finding]:
    """What breaks first, and what a lost zone means."""
    for place, (part, limit) in enumerate(limits(design)):
        order = "breaks first: " if not place else ""
        yield Finding(
            rule=_RULE,
            where=part.slot,
            says=f"{order}{limit.what}, at about {limit.at:,.0f} {limit.unit} "
            f"({limit.room:,.1f} times the {limit.now:,.0f} here); {limit.then}: {limit.act}",
            severity="risk" if limit.room < _CLOSE else "note",
        )
    yield from _zone(design)
    for says in too_far(design.brief.request, design.needs):
        yield Finding(rule=_RULE, where="distance", says=says, severity="risk")


def _zone(design: Design) -> Iterator[Finding]:
    """What is left when a zone is lost."""
    compute, database = design.part("compute"), design.part("database")
    if compute and compute.choice.startswith("ECS"):
        tasks = tasks_of(design.needs, design.load)
        left = tasks.peak * (tasks.zones - 1) // tasks.zones
        enough = left >= tasks.bare
        yield Finding(
            rule=_RULE,
            where="a zone is lost",
            says=f"{left} of {tasks.peak} tasks are left at the peak, {tasks.bare} are needed: "
            + (
                "nothing is felt but a few failed requests"
                if enough
                else "it is slow until the "
                f"{tasks.peak - left} lost ones run elsewhere, a few minutes"
            ),
            severity="note" if enough else "risk",
        )
    if database and database.gives_up:
        yield Finding(
            rule=_RULE,
            where="a zone is lost",
            says=f"database: {database.gives_up}",
            severity="risk",
        )
