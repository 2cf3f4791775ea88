"""A server lives in memory where there is plenty, and nobody's folder outlives its process."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from blueproof.engines.postgres import housing
from blueproof.engines.postgres.binaries import Account, account

MOST = 1 << 20
US = Account(name=None, uid=None, gid=None)
_WAITS = """
import sys, time
from blueproof.engines.postgres import binaries, housing
print(housing.home(binaries.Account(name=None, uid=None, gid=None), 1).folder, flush=True)
time.sleep(600)
"""


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine of ours: its folders `memory` and `disk`, and what it tells of its memory.

    Its path is short, as that of a socket must be.
    """
    with tempfile.TemporaryDirectory(dir=Path("/") / "tmp") as folder:
        yield _machine(Path(folder), monkeypatch)


def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("memory", "disk"):
        (tmp_path / name).mkdir()
    (tmp_path / "meminfo").write_text("MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n")
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "disk"))
    monkeypatch.setattr(housing, "_MEMORY", tmp_path / "memory")
    monkeypatch.setattr(housing, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(housing, "_GROUP", tmp_path)
    return tmp_path


def _where(most: int = MOST) -> str:
    """The name of the place where a new folder is; it is gone again."""
    made = housing.home(US, most)
    made.remove()
    assert not made.folder.exists()
    return made.folder.parent.name


def test_a_server_lives_in_memory_where_there_is_plenty(places: Path) -> None:
    assert _where() == "memory"
    (places / "meminfo").write_text(f"MemAvailable: {4 * MOST // 1024} kB\n")
    assert _where() == "memory"


def test_it_lives_on_the_disk_where_memory_is_short(places: Path) -> None:
    (places / "meminfo").write_text(f"MemAvailable: {4 * MOST // 1024 - 1} kB\n")
    assert _where() == "disk"


def test_it_lives_on_the_disk_where_the_place_in_memory_is_small(places: Path) -> None:
    found = os.statvfs(places / "memory")
    (places / "meminfo").write_text(f"MemAvailable: {1 << 60} kB\n")
    assert _where(found.f_bavail * found.f_frsize) == "disk"


@pytest.mark.parametrize(
    ("most", "used", "place"), [("9000000", "8000000", "disk"), ("max", "8000000", "memory")]
)
def test_the_bound_of_a_container_counts(places: Path, most: str, used: str, place: str) -> None:
    (places / "memory.max").write_text(f"{most}\n")
    (places / "memory.current").write_text(f"{used}\n")
    assert _where() == place


def test_it_lives_where_tmpdir_says(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(places / "disk"))
    assert _where() == "disk"


def test_without_a_place_in_memory_the_disk_will_do(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housing, "_MEMORY", places / "nowhere")
    assert _where() == "disk"


def test_the_folder_of_a_process_that_was_killed_is_removed_by_the_next() -> None:
    other = subprocess.Popen([sys.executable, "-c", _WAITS], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout
        folder = Path(other.stdout.readline().strip())
        housing.home(US, MOST).remove()
        assert folder.exists(), "its process lives"
    finally:
        other.kill()
        other.communicate()
    assert folder.exists()
    housing._sweep(folder.parent)  # noqa: SLF001
    assert not folder.exists()


def test_a_folder_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "blueproof-notes").mkdir()
    (tmp_path / "blueproof-file").write_text("mine")
    housing._sweep(tmp_path)  # noqa: SLF001
    assert {p.name for p in tmp_path.iterdir()} == {"blueproof-notes", "blueproof-file"}


@pytest.mark.skipif(account().uid is None, reason="we are not root: no copy is needed")
def test_a_build_behind_a_closed_door_is_copied_once_and_anew_when_it_changes(
    tmp_path: Path,
) -> None:
    program = tmp_path / "tree" / "bin" / "postgres"
    program.parent.mkdir(parents=True)
    program.write_text("one")
    tmp_path.chmod(0o700)
    first = housing.reachable(tmp_path / "tree", account())
    assert first != tmp_path / "tree"
    assert first == housing.reachable(tmp_path / "tree", account())
    program.unlink()
    program.write_text("another")
    changed = housing.reachable(tmp_path / "tree", account())
    assert (changed / "bin" / "postgres").read_text() == "another"
    assert first.parent.stat().st_mode & 0o022 == 0
