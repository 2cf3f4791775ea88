"""The private server is private: its processes, its folder, its socket, its end."""

import contextlib
import os
import stat
from pathlib import Path

import pytest

from blueproof.core.errors import EngineError
from blueproof.engines.postgres.limits import Limits
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import GUEST, Server
from blueproof.engines.postgres.twin import Twin


def _processes(server: Server) -> list[Path]:
    """The server's processes: the one of its pid file and its children."""
    parent = (server.data / "postmaster.pid").read_text().split("\n")[0]
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [Path("/proc", pid) for pid in (parent, *children)]


def _status(process: Path) -> dict[str, list[str]]:
    """What the kernel says of a process; nothing of one that ended meanwhile."""
    try:
        lines = (process / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {line.partition(":")[0]: line.partition(":")[2].split() for line in lines}


linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")


@linux
def test_no_process_of_the_server_has_any_power_over_the_machine(server: Server) -> None:
    found = [status for process in _processes(server) if (status := _status(process))]
    assert len(found) > 3
    for status in found:
        assert "0" not in status["Uid"]
        assert "0" not in status["Gid"]
        assert int(status["CapEff"][0], 16) == 0
        assert status["Groups"] == [] or os.geteuid() != 0


@linux
def test_the_server_listens_on_no_network(server: Server) -> None:
    inodes: set[str] = set()
    for process in _processes(server):
        with contextlib.suppress(
            FileNotFoundError, ProcessLookupError
        ):  # a session that ends meanwhile
            inodes |= {str(f.readlink()) for f in (process / "fd").iterdir() if f.is_symlink()}
    assert any(name.startswith("socket:") for name in inodes)
    for table in ("tcp", "tcp6", "udp", "udp6"):
        rows = Path("/proc/net", table).read_text().splitlines()[1:]
        assert not inodes & {f"socket:[{row.split()[9]}]" for row in rows}


def test_only_its_own_user_can_enter_the_folder_of_the_socket(server: Server) -> None:
    folder = server.data.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / ".s.PGSQL.5432").stat().st_mode) & 0o077 == 0
    assert not (folder / "password").exists()


def test_the_administrator_needs_the_password(server: Server) -> None:
    with pytest.raises(EngineError, match="does not answer"):
        server._session("postgres", "admin", "wrong", Limits())  # noqa: SLF001 (there is no public way in)


def test_the_guest_has_no_power_and_owns_no_database(server: Server) -> None:
    name = server.create_database()
    with contextlib.closing(server.guest(name)) as guest:
        row = guest.run(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
            f" FROM pg_roles WHERE rolname = '{GUEST}'"
        )
        owner = guest.run("SELECT datdba::regrole::text FROM pg_database"
                          " WHERE datname = current_database()")  # fmt: skip
    server.drop_database(name)
    assert row == [(False,)]
    assert owner == [("admin",)]


def test_the_version_is_that_of_the_server(server: Server) -> None:
    assert server.version.startswith("18.")


def test_a_session_goes_on_after_its_connection_was_lost(server: Server) -> None:
    with contextlib.closing(server.guest("postgres")) as guest:
        with pytest.raises(ServerRefusal, match="was lost"):
            guest.run("SELECT pg_terminate_backend(pg_backend_pid())")
        assert guest.run("SELECT 1") == [(1,)]
        assert guest.renewed == 1


def test_a_process_that_crashes_takes_no_session_with_it_for_good(tight_server: Server) -> None:
    with contextlib.closing(tight_server.guest("postgres")) as guest:
        process = guest.run("SELECT pg_backend_pid()")[0][0]
        os.kill(process, 9)
        with pytest.raises(ServerRefusal, match="was lost"):
            guest.run("SELECT 1")
        assert guest.run("SELECT 1") == [(1,)]


def test_databases_are_made_and_dropped_by_one_session_until_a_crash_ends_it(
    tight_server: Server,
) -> None:
    def process() -> object:
        tight_server.drop_database(tight_server.create_database())
        return tight_server._own.run("SELECT pg_backend_pid()")  # noqa: SLF001 (which is kept)

    before = process()
    assert process() == before
    with contextlib.closing(tight_server.guest("postgres")) as guest:
        os.kill(guest.run("SELECT pg_backend_pid()")[0][0], 9)
        with pytest.raises(ServerRefusal, match="was lost"):
            guest.run("SELECT 1")
    assert process() != before


def test_closing_leaves_no_process_and_no_folder() -> None:
    started = Server(limits=Limits(statement_seconds=1))
    processes = _processes(started)
    session = started.admin()
    started.close()
    assert not started.data.parent.exists()
    assert not any(process.exists() for process in processes)
    with pytest.raises(EngineError):
        session.run("SELECT 1")


def test_settings_of_the_guest_do_not_reach_its_next_sessions(server: Server) -> None:
    name = server.create_database()
    with contextlib.closing(server.guest(name)) as guest:
        guest.run("ALTER ROLE guest SET enable_seqscan = off")
        guest.run(f"ALTER ROLE guest IN DATABASE {name} SET enable_sort = off")
    server.forget_settings(name)
    with contextlib.closing(server.guest(name)) as guest:
        assert guest.run("SHOW enable_seqscan") == [("on",)]
        assert guest.run("SHOW enable_sort") == [("on",)]
    server.drop_database(name)


def _end_administrators(server: Server) -> int:
    """End every session of the administrator but the one that ends them; how many there were."""
    with contextlib.closing(server.admin()) as admin:
        ended = admin.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE usename = 'admin' AND pid <> pg_backend_pid()"
        )
    return len(ended)


def test_the_servers_own_session_is_one_and_is_made_anew_when_it_was_lost(server: Server) -> None:
    _end_administrators(server)
    names = [server.create_database() for _ in range(2)]
    assert _end_administrators(server) == 1
    names.append(server.create_database())
    assert server.set_planner(names[0], (("seq_page_cost", "2"),)) == ()
    for name in names:
        server.drop_database(name)
    with contextlib.closing(server.admin()) as admin:
        left = {name for (name,) in admin.run("SELECT datname FROM pg_database")}
    assert not left & {*names}


def test_a_room_opens_though_the_twins_administrator_was_lost(server: Server) -> None:
    index = "CREATE INDEX by_a ON t (a);"
    with Twin(server, "CREATE TABLE t (a int);") as twin:
        with twin.trial() as room:
            room.add_script(index)
        assert _end_administrators(server)
        with twin.trial() as room:
            assert room.add_script(index) == "by_a"
