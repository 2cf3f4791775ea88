"""Engines are started once for each test process and shared."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from blueproof.engines.postgres.limits import Limits
from blueproof.engines.postgres.server import Server
from blueproof.proof.bench import Bench

# A busy machine is no failure; what must be fast is timed where that is the point.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

TIGHT = Limits(
    statement_seconds=0.8,
    grace_seconds=0.4,
    load_seconds=4.0,
    disk_bytes=160 << 20,
    memory_bytes=1 << 30,
)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server with the bounds that people get."""
    with Server() as started:
        yield started


@pytest.fixture(scope="session")
def tight_server() -> Iterator[Server]:
    """A server with narrow bounds, so that what runs into them does so soon."""
    with Server(limits=TIGHT) as started:
        yield started


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """A workbench of proofs, apart from the server that advice is made with."""
    with Bench() as opened:
        yield opened
