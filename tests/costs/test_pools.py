"""Little's law and Erlang C, against a simulation of the queue itself."""

import heapq
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.costs.pools import busy, enough, waiting_share


def simulated(servers: int, load: float, arrivals: int = 60_000) -> float:
    """The share that waits where arrivals and times are exponential."""
    random, now, waited = Random(7), 0.0, 0  # noqa: S311 -- a simulation, not a secret
    free = [0.0] * servers
    for _ in range(arrivals):
        now += random.expovariate(load)
        first = heapq.heappop(free)
        waited += first > now
        heapq.heappush(free, max(first, now) + random.expovariate(1))
    return waited / arrivals


@pytest.mark.parametrize(("servers", "load"), [(2, 1.0), (10, 7.0), (10, 9.0), (30, 20.0)])
def test_the_share_that_waits_is_that_of_the_simulated_queue(servers: int, load: float) -> None:
    assert waiting_share(servers, load) == pytest.approx(simulated(servers, load), abs=0.03)


@given(st.floats(0.1, 200), st.floats(0.001, 0.5))
def test_enough_is_the_fewest_that_keep_the_promise(load: float, share: float) -> None:
    servers = enough(load, share)
    assert waiting_share(servers, load) <= share
    assert servers == 1 or waiting_share(servers - 1, load) > share


@given(st.floats(0, 1e6), st.floats(0, 1e3))
def test_the_busy_are_arrivals_times_seconds(rate: float, seconds: float) -> None:
    assert busy(rate, seconds) == rate * seconds
