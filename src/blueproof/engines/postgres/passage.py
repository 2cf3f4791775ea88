"""A private socket that leads to a live server, encrypted on the way where the server can.

The programs of the embedded PostgreSQL know no TLS, and most servers ask for it. So they connect to
a Unix socket in a folder of ours, and what they say goes on through TLS made here.
"""

import contextlib
import select
import shutil
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from blueproof.core.errors import EngineError
from blueproof.engines.postgres.origin import Origin

_PLEASE_ENCRYPT = struct.pack("!II", 8, 80877103)  # SSLRequest of the protocol
_SASL, _BOUND = struct.pack("!I", 10), b"SCRAM-SHA-256-PLUS\0"
_CONNECT_SECONDS = 10.0
_SILENT_SECONDS = 120.0
_PIECE = 1 << 16
_SOCKET = ".s.PGSQL.5432"


class Passage:
    """The folder of a socket that leads to a server; use it with `opened`.

    `failed` says why the last connection came to nothing, or "".
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self.folder = Path(tempfile.mkdtemp(prefix="blueproof-"))
        self.failed = ""
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._listener.bind(str(self.folder / _SOCKET))
            self._listener.listen()
        except OSError as error:
            self.close()
            raise EngineError(f"no socket can be made in {self.folder}: {error}") from None
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # it was closed
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                server = connect(self._origin)
            except EngineError as error:
                self.failed = str(error)
                return
            with server, contextlib.suppress(OSError):
                _pass_on(client, server)


@contextlib.contextmanager
def opened(origin: Origin) -> Iterator[Passage]:
    """A passage to a server, closed at the end."""
    passage = Passage(origin)
    try:
        yield passage
    finally:
        passage.close()


def connect(origin: Origin) -> socket.socket:
    """A connection to the server, as encrypted as the origin asks; EngineError in one line."""
    where = origin.host if origin.is_socket else f"{origin.host}:{origin.port}"
    try:
        return _connect(origin)
    except ssl.SSLCertVerificationError as error:
        said = f"the certificate of {where} is not trusted: {error.verify_message}"
        raise EngineError(f"{said.rstrip('.')}: give sslrootcert, or another sslmode") from None
    except ssl.SSLError as error:
        raise EngineError(f"no TLS with {where}: {error.reason or error}") from None
    except socket.gaierror:
        raise EngineError(
            f"no host is named {origin.host}: look at the connection string"
        ) from None
    except OSError as error:
        why = (error.strerror or str(error) or "no answer").lower()
        raise EngineError(f"no server answers at {where}: {why}") from None


def _connect(origin: Origin) -> socket.socket:
    if origin.is_socket:
        local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        local.settimeout(_CONNECT_SECONDS)
        local.connect(f"{origin.host}/.s.PGSQL.{origin.port}")
        return local
    plain = socket.create_connection((origin.host, origin.port), timeout=_CONNECT_SECONDS)
    if origin.encryption == "disable":
        return plain
    try:
        return _encrypted(plain, origin)
    except BaseException:
        plain.close()
        raise


def _encrypted(plain: socket.socket, origin: Origin) -> socket.socket:
    plain.sendall(_PLEASE_ENCRYPT)
    if plain.recv(1) == b"S":
        return _context(origin).wrap_socket(plain, server_hostname=origin.host)
    if origin.encryption in {"allow", "prefer"}:
        return plain
    where = f"{origin.host}:{origin.port}"
    raise EngineError(f"{where} offers no TLS, and sslmode={origin.encryption} asks for it")


def _context(origin: Origin) -> ssl.SSLContext:
    """What is verified of the server: as libpq does it for the same words."""
    strict = origin.encryption.startswith("verify-") or bool(origin.root)
    known = origin.root if origin.root != "system" else ""
    try:
        context = ssl.create_default_context(cafile=known or None)
        if origin.certificate:
            context.load_cert_chain(origin.certificate, origin.key or None)
    except (OSError, ssl.SSLError):
        raise EngineError("sslrootcert, sslcert or sslkey is no file that can be read") from None
    context.check_hostname = origin.encryption == "verify-full"
    context.verify_mode = ssl.CERT_REQUIRED if strict else ssl.CERT_NONE
    return context


def _pass_on(client: socket.socket, server: socket.socket) -> None:
    """Pass on what either says, until one hangs up or both have been silent for long."""
    others = {client: server, server: client}
    asked = False
    while True:
        waiting = isinstance(server, ssl.SSLSocket) and server.pending()
        ready = [server] if waiting else select.select([*others], [], [], _SILENT_SECONDS)[0]
        if not ready:
            return
        for end in ready:
            piece = _received(end)
            if piece == b"":
                return
            if piece and end is server and not asked:
                asked, piece = True, unbound(piece)
            if piece:
                others[end].settimeout(_SILENT_SECONDS)
                others[end].sendall(piece)


def unbound(piece: bytes) -> bytes:
    """The server's first message, less its offer to bind the login to the TLS that ends here.

    psql, which sees no TLS, would take that offer for an attack; the plain one beside it remains.
    """
    head, code, offered = piece[:1], piece[5:9], piece[9:]
    if head != b"R" or code != _SASL or _BOUND not in offered:
        return piece
    size = int.from_bytes(piece[1:5]) - len(_BOUND)
    return head + size.to_bytes(4) + code + offered.replace(_BOUND, b"", 1)


def _received(end: socket.socket) -> bytes | None:
    """What has come; b"" where it hung up, None where it was only TLS's own business."""
    end.settimeout(0)
    try:
        return end.recv(_PIECE)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None
