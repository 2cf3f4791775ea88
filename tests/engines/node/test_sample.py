"""Our sample API, Express with pg, really started with Node and wired as the guide says."""

import contextlib
import http.client
import json
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pytest

from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.parts.patch import patches, wiring
from blueproof.engines.node.asking import ask, until
from blueproof.engines.node.installed import Node, nodes
from blueproof.engines.node.logs import faults
from blueproof.engines.node.started import HOST, Started
from blueproof.engines.postgres.server import GUEST, Server, scratch
from blueproof.intake.paths import with_folder
from blueproof.intake.words.read import read_request
from npm import node_modules

SAMPLE = Path(str(resources.files("blueproof.demo"))) / "deploy"
ORDER = {
    "restaurantId": 1,
    "email": "a@example.com",
    "items": [{"dish": "ramen", "quantity": 2, "priceCents": 1250}],
}
ORDERS, POOL = 14, 10  # requests in flight, and the connections that pg's pool opens for them
# The first of each major that loads an ES module with require, as the sample must.
REQUIRES = {20: (20, 19), 22: (22, 12)}
NODES = [node for node in nodes() if node.version >= REQUIRES.get(node.version[0], (23,))]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NODES, reason="no Node that requires ES modules is here"),
]


class Relay:
    """A TCP port before the socket of a PostgreSQL: up, down, or silent."""

    def __init__(self, behind: Path) -> None:
        self._behind, self._flows = behind, threading.Event()
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []
        self.port = 0
        self.up()

    def up(self) -> None:
        self._flows.set()
        self._listener = socket.create_server((HOST, self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def fall_silent(self) -> None:
        self._flows.clear()

    def down(self) -> None:
        listener, self._listener = self._listener, None
        for each in (*([listener] if listener else []), *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()
        self._flows.set()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self._behind))
                self._open += (near, far)
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._flows.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True, kw_only=True)
class Running:
    started: Started
    port: int
    relay: Relay
    server: Server
    database: str


@pytest.fixture(scope="module")
def packages() -> Path:
    """The sample's packages."""
    return node_modules(SAMPLE)


@pytest.fixture
def sample(packages: Path, tmp_path: Path) -> Path:
    """The sample as it is, with its packages."""
    folder = tmp_path / "orders-api"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(packages)
    return folder


def wire(folder: Path) -> None:
    """Add the files that we hand over and the lines that the guide prints."""
    case = Deployment(with_folder(read_request((SAMPLE / "request.txt").read_text()), SAMPLE))
    for path, text in patches(case.service, case.chosen_form).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    load, listen, lifecycle = wiring(case.service)
    entry = folder / case.service.entry
    before, own, after = entry.read_text().partition("app.listen(")
    assert listen.startswith(f"const server = {own}")
    # The sample's own port: the line says 3000, and a test must take what is free.
    entry.write_text(f"{load}\n{before}const server = {own}{after}{lifecycle}\n")


@contextlib.contextmanager
def served(node: Node, folder: Path, server: Server) -> Iterator[Running]:
    """The sample in the folder, migrated and started, its database behind a relay."""
    with scratch(server) as database:
        relay = Relay(server.data.parent / ".s.PGSQL.5432")
        settings = {
            "DATABASE_URL": f"postgresql://{GUEST}@{HOST}:{relay.port}/{database}",
            "PORT": str(free_port()),
            "DRAIN_SECONDS": "0.8",
            "GRACE_SECONDS": "4",
        }
        try:
            made = subprocess.run(
                [node.path, "src/migrate.js"],
                cwd=folder, env=settings, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert made.returncode == 0, made.stderr
            with Started(node, "src/server.js", folder, folder.parent, settings) as started:
                yield Running(
                    started=started,
                    port=started.port(),
                    relay=relay,
                    server=server,
                    database=database,
                )
        finally:
            relay.down()


@pytest.fixture(params=NODES, ids=str)
def running(request: pytest.FixtureRequest, sample: Path, server: Server) -> Iterator[Running]:
    wire(sample)
    with served(request.param, sample, server) as started:
        yield started


def free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not what():
        assert time.monotonic() < end, "waited for 5 s"
        time.sleep(0.02)


def sent(port: int, method: str, path: str, body: object = None) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(HOST, port, timeout=8)
    headers = {"content-type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    return connection


def statuses(connections: list[http.client.HTTPConnection]) -> list[int]:
    """The status of each answer, 0 where none comes whole."""
    found = []
    for connection in connections:
        try:
            response = connection.getresponse()
            response.read()
            found.append(response.status)
        except (OSError, http.client.HTTPException):
            found.append(0)
        connection.close()
    return found


@contextlib.contextmanager
def held_up(running: Running) -> Iterator[Callable[[str], int]]:
    """While it is open, no order can be written; it gives a way to ask the database."""
    admin = running.server.admin(running.database)
    with contextlib.closing(admin):
        admin.run("BEGIN; LOCK TABLE orders")
        yield lambda sql: int(admin.run(sql)[0][0])


def placed(running: Running, number: int) -> list[http.client.HTTPConnection]:
    """So many orders, sent and not answered; the pool's connections wait in the database."""
    orders = [sent(running.port, "POST", "/orders", ORDER) for _ in range(number)]
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with contextlib.closing(running.server.admin()) as admin:
        wait_for(lambda: bool(admin.run(waiting)[0][0] == POOL))
    return orders


def test_sigterm_in_mid_request_loses_no_order(running: Running) -> None:
    idle = sent(running.port, "GET", "/livez")
    idle.getresponse().read()
    with held_up(running) as tell:
        orders = placed(running, ORDERS)
        began = time.monotonic()
        running.started.terminate()
        wait_for(lambda: ask(running.port, "/livez").closes)  # it drains
        orders.append(sent(running.port, "POST", "/orders", ORDER))
        time.sleep(1)  # the drain is over: what is in flight is waited for
        assert running.started.exit_code(0) is None
        tell("COMMIT; SELECT 1")
        assert statuses(orders) == [201] * (ORDERS + 1)
        assert running.started.exit_code(5) == 0, running.started.said
        assert time.monotonic() - began < 8
        assert tell("SELECT count(*) FROM orders") == ORDERS + 1
    idle.close()


def test_the_sample_without_our_lines_loses_every_one(sample: Path, server: Server) -> None:
    with served(NODES[0], sample, server) as running, held_up(running) as tell:
        orders = placed(running, ORDERS)
        running.started.terminate()
        assert statuses(orders) == [0] * ORDERS
        assert running.started.exit_code(5) == -signal.SIGTERM
        assert tell("COMMIT; SELECT count(*) FROM orders") == 0


def test_an_outage_of_the_database_turns_readiness_only(running: Running) -> None:
    port = running.port
    probes = ("/readyz", "/livez", "/startz")
    assert [ask(port, path).status for path in probes] == [200, 200, 200]
    running.relay.down()
    assert until(port, "/readyz", 503, 4) == 503
    assert [ask(port, path).status for path in probes] == [503, 200, 200]
    assert ask(port, "/restaurants/1/orders").status == 500
    running.relay.up()
    assert until(port, "/readyz", 200, 4) == 200
    assert ask(port, "/restaurants/1/orders").status == 200
    running.started.terminate()
    assert running.started.exit_code(6) == 0


def test_a_silent_database_turns_readiness_only(running: Running) -> None:
    port = running.port
    assert ask(port, "/readyz").status == 200
    running.relay.fall_silent()
    time.sleep(1.1)  # the last answer is remembered for a second
    began = time.monotonic()
    assert ask(port, "/readyz").status == 503
    assert 1.5 < time.monotonic() - began < 6
    assert [ask(port, path).status for path in ("/livez", "/startz")] == [200, 200]
    running.relay.down()
    running.relay.up()
    assert until(port, "/readyz", 200, 4) == 200


def test_each_request_is_an_event_in_the_log_beside_what_the_sample_prints(
    running: Running,
) -> None:
    assert ask(running.port, "/restaurants/1/orders").status == 200
    wait_for(lambda: '"message":"request"' in running.started.said)
    lines = running.started.said.splitlines()
    events = [line for line in lines if line.startswith("{")]
    assert list(faults("\n".join(events), "no such secret")) == []
    request = next(json.loads(line) for line in events if '"request"' in line)
    assert (request["path"], request["status"]) == ("/restaurants/1/orders", 200)
    # Its own line stays: we add to a service, we take nothing out.
    assert "GET /restaurants/1/orders" in lines
