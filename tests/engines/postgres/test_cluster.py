"""A data folder that is copied is as good as a fresh one, and nothing less is ever used."""

import contextlib
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from blueproof.core.errors import EngineError
from blueproof.engines.postgres import extensions
from blueproof.engines.postgres.limits import Limits
from blueproof.engines.postgres.server import Server


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without a kept cluster, and how often initdb had to run in `initdb`."""
    monkeypatch.setattr(extensions, "installed", lambda: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    initialise = Server._initialise  # noqa: SLF001 (counted, not changed)

    def counted(self: Server) -> None:
        with (tmp_path / "initdb").open("a") as log:
            log.write("x")
        initialise(self)

    monkeypatch.setattr(Server, "_initialise", counted)
    return tmp_path


def _works() -> str:
    """The password of a server that plans a query, and is gone again."""
    with Server() as server:
        with contextlib.closing(server.guest(server.create_database())) as guest:
            guest.run("CREATE TABLE t (a int PRIMARY KEY)")
            assert guest.run("EXPLAIN SELECT FROM t WHERE a = 1")
        return server._password  # noqa: SLF001


def _initialised(cache: Path) -> int:
    return len((cache / "initdb").read_text())


def _kept(cache: Path) -> Path:
    (kept,) = (cache / "blueproof").glob("*")
    return kept


def test_initdb_runs_once_for_a_build(cache: Path) -> None:
    assert len({_works(), _works(), _works()}) == 3
    assert _initialised(cache) == 1
    assert stat.S_IMODE(_kept(cache).stat().st_mode) == 0o700


def test_the_password_that_is_kept_opens_no_server(cache: Path) -> None:
    for _ in range(2):
        with Server() as server:
            old = (_kept(cache) / "signed").read_text().split()[0]
            with pytest.raises(EngineError, match="does not answer"):
                server._session("postgres", "admin", old, Limits())  # noqa: SLF001


@pytest.mark.parametrize("harm", ["cut", "gone", "changed", "unsigned"])
def test_what_is_no_longer_whole_is_made_anew(cache: Path, harm: str) -> None:
    _works()
    file = _kept(cache) / "data" / "global" / "pg_control"
    match harm:
        case "cut":
            file.write_bytes(b"")
        case "gone":
            file.unlink()
        case "changed":
            file.write_bytes(file.read_bytes()[::-1])
        case _:
            (_kept(cache) / "signed").unlink()
    _works()
    assert _initialised(cache) == 2
    _works()
    assert _initialised(cache) == 2


def test_what_was_kept_of_a_build_that_is_gone_is_removed(cache: Path) -> None:
    _works()
    kept = _kept(cache)
    shutil.copytree(kept, kept.with_name("cluster-of-another"))
    (kept.with_name("cluster-of-another") / "tree").write_text("/nowhere")
    (kept / "signed").unlink()
    _works()
    assert _kept(cache).name == kept.name


def test_servers_that_start_at_once_are_all_whole(cache: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: _works(), range(4)))) == 4
    _works()
    assert _initialised(cache) <= 4
    assert _kept(cache).name.startswith("cluster-")


def test_a_cache_that_cannot_be_written_is_done_without(cache: Path) -> None:
    (cache / "blueproof").write_text("a file where the folder should be")
    _works()
    _works()
    assert _initialised(cache) == 2
