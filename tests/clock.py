"""What a piece of work costs, whatever else the machine is doing."""

import time
from collections.abc import Callable


def least_seconds(work: Callable[[], object], tries: int = 3) -> float:
    """The seconds of processor time that the cheapest of some tries took."""

    def once() -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return min(once() for _ in range(tries))
