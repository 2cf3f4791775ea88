"""While the server is silent the disk is looked at, and no longer than waiting takes."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from blueproof.engines.postgres import wire
from blueproof.engines.postgres.wire import Overrun, Wire

_SECONDS = 60.0


class Silence:
    """A server that says nothing, on a clock of its own; each look at the disk takes `cost`."""

    def __init__(self, cost: float, full_after: int = 0) -> None:
        self.now = 100.0
        self.looked: list[float] = []
        self._cost, self._full_after = cost, full_after

    def monotonic(self) -> float:
        return self.now

    def poll(self, milliseconds: float) -> list[int]:
        self.now += milliseconds / 1000
        return []

    def full(self) -> str:
        self.looked.append(self.now)
        self.now += self._cost
        return "the disk is full" if len(self.looked) == self._full_after else ""


@contextlib.contextmanager
def waiting(silence: Silence, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Wire]:
    path = folder / "s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(path))
        listening.listen()
        patch.setattr(wire, "time", silence)
        opened = Wire(str(path), seconds=_SECONDS, full=silence.full)
        patch.setattr(opened, "_poll", silence)
        with contextlib.closing(opened):
            yield opened


def test_a_quick_look_is_taken_several_times_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = Silence(cost=0.001)
    with (
        waiting(silence, tmp_path, monkeypatch) as opened,
        pytest.raises(Overrun, match="did not end"),
    ):
        opened.receive(bytearray(9))
    assert len(silence.looked) > 4 * _SECONDS


@pytest.mark.parametrize("cost", [0.02, 0.1, 1.0])
def test_looks_take_no_more_than_a_twentieth_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cost: float
) -> None:
    silence = Silence(cost=cost)
    with (
        waiting(silence, tmp_path, monkeypatch) as opened,
        pytest.raises(Overrun, match="did not end"),
    ):
        opened.receive(bytearray(9))
    assert len(silence.looked) > 1
    assert (len(silence.looked) - 1) * cost <= _SECONDS / 19


def test_a_disk_that_fills_late_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silence = Silence(cost=0.1, full_after=5)
    with (
        waiting(silence, tmp_path, monkeypatch) as opened,
        pytest.raises(Overrun, match="the disk is full"),
    ):
        opened.receive(bytearray(9))
