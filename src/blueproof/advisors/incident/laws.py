"""The troubles that figures tell: what comes a second against what can be done a second."""

from collections.abc import Callable, Iterator

from blueproof.advisors.incident.backlog import backlog
from blueproof.advisors.incident.blocked import blocked_loop
from blueproof.advisors.incident.cold import cold_start
from blueproof.advisors.incident.fanned import fanned
from blueproof.advisors.incident.functions import functions
from blueproof.advisors.incident.growing import growing
from blueproof.advisors.incident.holding import holding
from blueproof.advisors.incident.leaking import leaking
from blueproof.advisors.incident.noisy import noisy
from blueproof.advisors.incident.outside import outside
from blueproof.advisors.incident.parked import parked
from blueproof.advisors.incident.pooling import pooling
from blueproof.advisors.incident.quiet import quiet_alarm
from blueproof.advisors.incident.refused import crowded, throttled_functions
from blueproof.advisors.incident.rush import rush
from blueproof.advisors.incident.shrinking import shrinking
from blueproof.advisors.incident.swollen import swollen
from blueproof.advisors.incident.throttled import throttled
from blueproof.advisors.incident.trouble import Trouble
from blueproof.advisors.incident.watching import watching
from blueproof.core.brief import Brief


def told(brief: Brief) -> Iterator[Trouble]:
    """Each trouble that the figures of the request tell."""
    laws: tuple[Callable[[str], Trouble | None], ...] = (
        growing, throttled, pooling, watching, rush, backlog, fanned, outside, leaking, shrinking,
        cold_start, quiet_alarm, functions, blocked_loop, parked, noisy, holding, crowded,
        throttled_functions, swollen,
    )  # fmt: skip
    for law in laws:
        found = law(brief.request)
        if found:
            yield found
