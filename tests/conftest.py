"""Engines are started once for each test process and shared."""

from collections.abc import Iterator

import pytest

from blueproof.engines.postgres.server import Server
from blueproof.proof.bench import Bench


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server() as started:
        yield started


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    with Bench() as opened:
        yield opened
