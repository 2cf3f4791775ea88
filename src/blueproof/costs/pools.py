"""How many connections, workers or tasks a load keeps busy, and how many leave few waiting.

Little's law gives the busy ones: arrivals a second times seconds held. M/M/c (Erlang C) gives the
share that finds all of them busy: random arrivals, exponential times, which overstates the wait
of even loads.
"""

from math import ceil

_MOST = 100_000  # servers that are tried


def busy(per_second: float, seconds: float) -> float:
    """How many are in use on average (Little's law).

    >>> busy(200, 0.05)
    10.0
    """
    return per_second * seconds


def waiting_share(servers: int, load: float) -> float:
    """The share of arrivals that find all servers busy (Erlang C); 1 where they never catch up.

    >>> round(waiting_share(2, 1), 4), waiting_share(3, 3)
    (0.3333, 1.0)
    """
    if load <= 0:
        return 0.0
    if load >= servers:
        return 1.0
    blocked = 1.0  # Erlang B, by its recursion
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def enough(load: float, share: float) -> int:
    """The fewest servers at which at most this share of arrivals waits.

    >>> enough(10, 0.01)
    19
    """
    servers = max(1, ceil(load))
    while waiting_share(servers, load) > share and servers < _MOST:
        servers += 1
    return servers
