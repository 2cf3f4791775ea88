"""Where a live database is and how it is reached: a connection string, read and never repeated.

Both forms of libpq are read, postgres://user:password@host:port/database and host=... user=...;
parameters that only other drivers know (pgbouncer=true, schema=public) are passed over.
"""

import getpass
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from blueproof.core.errors import UsageError

Encryption = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
_SHAPE = "write postgres://USER@HOST:5432/DATABASE, the password in PGPASSWORD"
_WORD = re.compile(r"\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)")
_ESCAPED = re.compile(r"\\(.)")
_PORTS = range(1, 65_536)
_SOCKETS = (Path("/var/run/postgresql"), Path(tempfile.gettempdir()))


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A database on a live server. As text it shows where it is, and no password.

    `host` is a name, an address or the folder of a Unix socket.
    """

    host: str
    port: int
    database: str
    user: str
    password: str = field(default="", repr=False)
    encryption: Encryption = "prefer"
    root: str = ""
    certificate: str = ""
    key: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.database}"

    @property
    def is_socket(self) -> bool:
        """Whether it is reached through a Unix socket."""
        return self.host.startswith("/")

    def hidden(self, text: str) -> str:
        """The text without this password."""
        return text.replace(self.password, "***") if self.password else text


def read_origin(dsn: str, environment: Mapping[str, str] = os.environ) -> Origin:
    """The database that a connection string names; what it leaves open comes from PG variables.

    Raises UsageError, without the string's text, where it cannot be read.
    """
    said = _of_url(dsn) if re.match(r"postgres(?:ql)?://", dsn) else _of_words(dsn)
    known = {
        "host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER",
        "password": "PGPASSWORD", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
        "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    }  # fmt: skip
    for key, variable in known.items():
        if not said.get(key) and environment.get(variable):
            said[key] = environment[variable]
    if said.get("channel_binding") == "require":  # TLS ends here: who is there is verified instead
        said["sslmode"] = "verify-full"
    user = said.get("user") or getpass.getuser()
    return Origin(
        host=said.get("host") or _local(),
        port=_port(said.get("port") or "5432"),
        database=said.get("dbname") or user,
        user=user,
        password=said.get("password", ""),
        encryption=_encryption(said.get("sslmode") or "prefer"),
        root=said.get("sslrootcert", ""),
        certificate=said.get("sslcert", ""),
        key=said.get("sslkey", ""),
    )


def _of_url(dsn: str) -> dict[str, str]:
    try:
        parts = urlsplit(dsn)
        host, user, password = parts.hostname, parts.username, parts.password
    except ValueError:
        raise UsageError(f"--dsn: this is no connection string: {_SHAPE}") from None
    place = parts.netloc.rpartition("@")[2]
    if "," in place:
        raise UsageError("--dsn: it names several hosts: give the one to read from")
    said = dict(parse_qsl(parts.query))
    port = re.search(r":([^:\]]*)$", place)
    found = {
        "host": unquote(host or ""),
        "port": port[1] if port else "",
        "dbname": unquote(parts.path.lstrip("/")),
        "user": unquote(user or ""),
        "password": unquote(password or ""),
    }
    return {**said, **{key: value for key, value in found.items() if value}}


def _of_words(dsn: str) -> dict[str, str]:
    said: dict[str, str] = {}
    at = 0
    while dsn[at:].strip():
        found = _WORD.match(dsn, at)
        if found is None:
            raise UsageError(f"--dsn: this is no connection string: {_SHAPE}")
        value = found[2] if found[2] is not None else found[3]
        said[found[1]] = _ESCAPED.sub(r"\1", value)
        at = found.end()
    return said


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) not in _PORTS:
        raise UsageError(
            "--dsn: the port is no number from 1 to 65535: in a password, write "
            "@ : / # as %40 %3A %2F %23, or give it in PGPASSWORD"
        )
    return int(text)


def _encryption(text: str) -> Encryption:
    if text not in get_args(Encryption):
        raise UsageError(f"--dsn: sslmode may be {', '.join(get_args(Encryption))}")
    return cast("Encryption", text)


def _local() -> str:
    """The folder where a server on this machine has its socket, or localhost."""
    found = (f for f in _SOCKETS if any(f.glob(".s.PGSQL.*")))
    return str(next(found, "localhost"))
