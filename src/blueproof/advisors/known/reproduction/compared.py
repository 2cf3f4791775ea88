"""Which of a person's own queries is the fast one."""

from collections.abc import Iterator

from blueproof.advisors.known.reproduction.designing import shown_ms
from blueproof.advisors.known.reproduction.tried import Tried
from blueproof.advisors.known.told import sentence

_TWO, _CLEARLY = 2, 3.0


def compared(tried: Tried) -> Iterator[str]:
    """Which of several queries of the person's is the fast one, where they read the same tables."""
    runs = tried.before
    read = {frozenset(n.relation for n in run.plan.walk() if n.relation) for run in runs}
    if len(runs) != len(tried.sketch.queries) or len(runs) < _TWO or len(read) > 1:
        return
    fast = min(range(len(runs)), key=lambda n: runs[n].milliseconds)
    slow = max(range(len(runs)), key=lambda n: runs[n].milliseconds)
    if runs[slow].milliseconds > runs[fast].milliseconds * _CLEARLY:
        yield sentence(
            f"Of your own queries, number {fast + 1} takes {shown_ms(runs[fast].milliseconds)} "
            f"where number {slow + 1} takes {shown_ms(runs[slow].milliseconds)}"
        )
