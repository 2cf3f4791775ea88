"""What is kept between runs: taken up only whole, of the same things, and written by this user."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blueproof.facts.kept import keep, made_of, read_kept

OF, OF_OTHERS = made_of(b"a", b"b"), made_of(b"a", b"c")
CONTENT = b"what took long" * 100


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "blueproof"


def test_it_is_read_as_it_was_kept_and_takes_the_place_of_the_last() -> None:
    assert read_kept("x", OF) is None
    keep("x", OF, CONTENT)
    assert read_kept("x", OF) == CONTENT
    keep("x", OF_OTHERS, b"")
    assert read_kept("x", OF) is None
    assert read_kept("x", OF_OTHERS) == b""


def test_one_name_leaves_another_alone(folder: Path) -> None:
    keep("x", OF, b"x")
    keep("y", OF, b"y")
    assert [read_kept(name, OF) for name in ("x", "y")] == [b"x", b"y"]
    assert len([*folder.iterdir()]) == 2


@pytest.mark.parametrize("place", [0, 31, 32, 500, -1])
def test_a_changed_byte_is_noticed(folder: Path, place: int) -> None:
    keep("x", OF, CONTENT)
    (file,) = folder.iterdir()
    held = bytearray(file.read_bytes())
    held[place] ^= 1
    file.write_bytes(held)
    assert read_kept("x", OF) is None


@pytest.mark.parametrize("length", [0, 10, 32, 100])
def test_a_cut_file_is_noticed(folder: Path, length: int) -> None:
    keep("x", OF, CONTENT)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:length])
    assert read_kept("x", OF) is None


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_what_others_may_write_is_not_taken_up(folder: Path, mode: int) -> None:
    keep("x", OF, CONTENT)
    (file,) = folder.iterdir()
    assert not file.stat().st_mode & 0o077
    file.chmod(mode)
    assert read_kept("x", OF) is None


def test_what_another_user_wrote_is_not_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    keep("x", OF, CONTENT)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert read_kept("x", OF) is None


def test_where_a_folder_stands_in_its_place_nothing_is_left_half_written(folder: Path) -> None:
    (folder / f"x-{OF.hex()}").mkdir(parents=True)
    keep("x", OF, CONTENT)
    assert read_kept("x", OF) is None
    assert [file.name for file in folder.iterdir()] == [f"x-{OF.hex()}"]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a file"))
    keep("x", OF, CONTENT)
    assert read_kept("x", OF) is None


def test_many_may_write_at_once(folder: Path) -> None:
    code = (
        "from blueproof.facts.kept import *\n"
        "of = made_of(b'a', b'b')\n"
        "for _ in range(50):\n"
        "    keep('x', of, bytes(100_000))\n"
        "    assert read_kept('x', of) == bytes(100_000)\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [each.wait() for each in running] == [0, 0, 0]
    assert len([*folder.iterdir()]) == 1
