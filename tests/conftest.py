"""Engines are started once for each test process and shared."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from blueproof.engines.postgres import extensions
from blueproof.engines.postgres.limits import Limits
from blueproof.engines.postgres.server import Server
from blueproof.proof.bench import Bench

# A busy machine is no failure; what must be fast is timed where that is the point. The same
# examples every time, so that a red build is about the change; HYPOTHESIS=explore tries new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS", "steady"))

# A shell ignores Ctrl-C for what it starts in the background; what is started here inherits that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

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


@pytest.fixture
def without_extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers started meanwhile are those of somebody who has not fetched the extensions."""
    monkeypatch.setattr(extensions, "installed", lambda: None)


@pytest.fixture(scope="session")
def bare_server() -> Iterator[Server]:
    """A tight server of the wheel alone, though the extensions may be here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extensions, "installed", lambda: None)
        started = Server(limits=TIGHT)
    with started:
        yield started


@pytest.fixture(scope="session")
def bare_bench() -> Iterator[Bench]:
    """A workbench of the wheel alone."""
    with Bench() as opened:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(extensions, "installed", lambda: None)
            assert opened.databases.server  # started now, and kept
        yield opened


@pytest.fixture
def with_extensions() -> None:
    """Skips where the extensions are not here."""
    if extensions.installed() is None:
        pytest.skip(f"the extensions are not installed: {extensions.GET}")


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """A workbench of proofs, apart from the server that advice is made with."""
    with Bench(anew=True) as opened:
        yield opened
