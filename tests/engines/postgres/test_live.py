"""A live database is read read-only, through TLS where it asks for it, and nothing leaks."""

import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from blueproof.core.errors import EngineError, UsageError
from blueproof.engines.postgres.live import read_live
from blueproof.engines.postgres.origin import Origin, read_origin
from blueproof.engines.postgres.passage import connect, opened, unbound
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin

CANARY = "canary-9!"


def test_both_forms_of_a_connection_string_are_read() -> None:
    url = read_origin("postgresql://me:a%40b@db.example.com:6543/shop?sslmode=require", {})
    words = read_origin(
        r"host=db.example.com port=6543 dbname=shop user=me password='a@b' sslmode=require", {}
    )
    assert url == words
    assert (url.host, url.port, url.database, url.user) == ("db.example.com", 6543, "shop", "me")
    assert (url.password, url.encryption) == ("a@b", "require")


def test_what_is_left_open_comes_from_the_environment() -> None:
    found = read_origin("postgres://db/shop", {"PGUSER": "me", "PGPASSWORD": "x", "PGPORT": "7"})
    assert (found.user, found.password, found.port, found.host) == ("me", "x", 7, "db")
    assert read_origin("postgres:///shop?host=/tmp/s", {"PGUSER": "me"}).is_socket


def test_where_a_login_must_be_bound_to_tls_the_server_is_verified() -> None:
    dsn = "postgres://me@db/shop?sslmode=require&channel_binding=require"
    assert read_origin(dsn, {}).encryption == "verify-full"


def test_parameters_of_other_drivers_are_passed_over() -> None:
    found = read_origin("postgres://me@db/shop?pgbouncer=true&schema=public", {})
    assert (found.host, found.database) == ("db", "shop")
    assert read_origin("postgres://me@[::1]:99/x", {}).host == "::1"


BAD = {
    f"postgres://me:{CANARY}/x@db/shop": "port",
    f"postgres://me:{CANARY}@db:99999/shop": "port",
    f"postgres://me:{CANARY}@a,b/shop": "several hosts",
    f"postgres://me:{CANARY}@[db/shop": "no connection string",
    f"mysql://me:{CANARY}@db/shop": "no connection string",
    f"host=db password={CANARY} sslmode=maybe": "sslmode may be",
    f"host=db password='{CANARY}": "no connection string",
}


@pytest.mark.parametrize("dsn", BAD)
def test_a_broken_connection_string_is_not_repeated(dsn: str) -> None:
    with pytest.raises(UsageError, match=BAD[dsn]) as caught:
        read_origin(dsn, {})
    assert CANARY not in str(caught.value)


def test_an_origin_does_not_show_its_password() -> None:
    origin = read_origin(f"postgres://me:{CANARY}@db/shop", {})
    assert CANARY not in f"{origin} {origin!r}"
    assert origin.hidden(f"bad {CANARY}") == "bad ***"


def test_no_server_is_said_in_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(EngineError, match=f"no server answers at 127.0.0.1:{port}: conn"):
        read_live(f"postgres://me:{CANARY}@127.0.0.1:{port}/shop")
    with pytest.raises(EngineError, match=r"no host is named nowhere\.invalid"):
        read_live(f"postgres://me:{CANARY}@nowhere.invalid/shop")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"N" + bytes(9)])
def test_a_server_that_dies_or_is_none_is_said_in_one_line(said: bytes) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def answer() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.recv(8)
                    client.sendall(said)

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(EngineError) as caught:
            read_live(f"postgres://me:{CANARY}@127.0.0.1:{listener.getsockname()[1]}/shop")
        listener.shutdown(socket.SHUT_RDWR)
    assert "\n" not in str(caught.value)
    assert CANARY not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_wrong_password_is_refused_in_the_servers_words(server: Server) -> None:
    folder = server.data.parent
    with pytest.raises(EngineError, match='password authentication failed for user "admin"') as err:
        read_live(f"host={folder} user=admin password={CANARY} dbname=postgres")
    assert CANARY not in str(err.value)
    with pytest.raises(EngineError, match="give it in the connection string or in PGPASSWORD"):
        read_live(f"host={folder} user=admin dbname=postgres")
    with pytest.raises(EngineError, match='database "gone" does not exist'):
        read_live(f"host={folder} user=guest dbname=gone")


def test_the_connection_may_only_read(server: Server) -> None:
    """A view with the name of one that we read, and a function in it that would write."""
    with Twin(server, "CREATE TABLE t (a int); CREATE TABLE seen (n int)") as full:
        session = full._guest  # noqa: SLF001 (the live database is the person's: the test fills it)
        session.run(
            "CREATE FUNCTION spy() RETURNS int LANGUAGE plpgsql AS $$BEGIN"
            " INSERT INTO seen VALUES (1); RETURN 1; END$$;"
            "CREATE VIEW pg_stats AS SELECT spy()::text AS schemaname, 'x'::text AS tablename"
        )
        live = read_live(f"host={server.data.parent} user=guest dbname={full._name}")  # noqa: SLF001 (as above)
        assert session.run("SELECT count(*) FROM seen") == [(0,)]
    assert "CREATE TABLE public.t" in live.schema
    assert not re.search(r"^\\", live.schema, re.MULTILINE)
    assert live.statistics.startswith("-- blueproof statistics 1\n")


def test_names_that_look_like_sql_stay_names(server: Server) -> None:
    name = 'a"b\n-- setting: work_mem=1MB\nDROP TABLE x;'
    quoted = '"' + name.replace('"', '""') + '"'
    with Twin(server, f"CREATE TABLE {quoted} (a int); CREATE TABLE plain (a int)") as full:
        live = read_live(f"host={server.data.parent} user=guest dbname={full._name}")  # noqa: SLF001 (the live database)
        from blueproof.sql.given import read_given

        given = read_given(full.schema, live.statistics, path="s.sql")
    assert given.statistics.settings == ()
    assert name in given.statistics.by_name


def test_the_offer_to_bind_a_login_to_tls_is_not_passed_on() -> None:
    def message(*mechanisms: bytes) -> bytes:
        body = b"\0\0\0\n" + b"".join(m + b"\0" for m in mechanisms) + b"\0"
        return b"R" + (len(body) + 4).to_bytes(4) + body

    plain = message(b"SCRAM-SHA-256")
    assert unbound(message(b"SCRAM-SHA-256-PLUS", b"SCRAM-SHA-256")) == plain
    assert unbound(plain + b"more") == plain + b"more"
    assert unbound(b"E\0\0\0\x05x") == b"E\0\0\0\x05x"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not here: no certificate can be made")
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [program, "req", "-new", "-x509", "-days", "2", "-nodes", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


@pytest.fixture
def encrypted(certificate: tuple[Path, Path]) -> Iterator[int]:
    """The port of a server that asks for TLS and then says back what it hears."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def serve() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                try:
                    with plain:
                        plain.recv(8)
                        plain.sendall(b"S")
                        with context.wrap_socket(plain, server_side=True) as client:
                            while piece := client.recv(99):
                                client.sendall(piece)
                except OSError:  # the other side does not trust us, or hung up
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def at(port: int, **more: str) -> Origin:
    words = " ".join(f"{key}={value}" for key, value in more.items())
    return read_origin(f"host=localhost port={port} user=me dbname=shop {words}", {})


def test_what_is_said_through_the_passage_goes_through_tls(encrypted: int) -> None:
    with opened(at(encrypted, sslmode="require")) as passage:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(str(passage.folder / ".s.PGSQL.5432"))
            for word in (b"hello", b"again"):
                client.sendall(word)
                assert client.recv(99) == word
        assert passage.folder.exists()
    assert not passage.folder.exists()


def test_a_certificate_is_verified_where_that_is_asked_for(
    encrypted: int, certificate: tuple[Path, Path]
) -> None:
    with pytest.raises(EngineError, match="not trusted"):
        connect(at(encrypted, sslmode="verify-full"))
    with connect(at(encrypted, sslmode="verify-full", sslrootcert=str(certificate[0]))) as good:
        assert isinstance(good, ssl.SSLSocket)
    with pytest.raises(EngineError, match="no file that can be read"):
        connect(at(encrypted, sslmode="verify-ca", sslrootcert="/nowhere.pem"))


def test_a_server_without_tls_is_refused_where_tls_is_asked_for() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def refuse() -> None:
            with listener.accept()[0] as client:
                client.recv(8)
                client.sendall(b"N")

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        with pytest.raises(EngineError, match="offers no TLS"):
            connect(at(listener.getsockname()[1], sslmode="require"))
        thread.join(5)
