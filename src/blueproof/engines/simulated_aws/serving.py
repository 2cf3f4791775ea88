"""The simulated AWS as a process of ours: started, asked, and ended with all that it started."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from blueproof.core.errors import EngineError
from blueproof.engines.simulated_aws.judging import Asked
from blueproof.engines.simulated_aws.recording import CALLS, read_back

REGION = "us-east-1"
ACCOUNT = "123456789012"
_START_SECONDS = 60
_ANY = "testing"  # a simulated AWS takes any keys
_NEEDED = ("moto", "flask", "flask_cors", "boto3", "openapi_spec_validator")


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What signs a request; the default is everybody's and nobody's."""

    name: str = _ANY
    secret: str = _ANY
    token: str = ""


def missing() -> str:
    """The packages that are not there; "" if none."""
    return ", ".join(name for name in _NEEDED if find_spec(name) is None)


def surroundings(home: Path, region: str = REGION) -> dict[str, str]:
    """An environment without the person's own keys, profiles and proxies."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    keys = Keys()
    return {
        **kept,
        "HOME": str(home),
        "AWS_ACCESS_KEY_ID": keys.name,
        "AWS_SECRET_ACCESS_KEY": keys.secret,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


class SimulatedAws:
    """One simulated account, empty at first; a context manager.

    It listens on the loopback interface alone. EngineError where it does not start.
    """

    def __init__(self) -> None:
        self.url = ""
        self._child: subprocess.Popen[bytes] | None = None
        self._home = tempfile.TemporaryDirectory(prefix="blueproof-aws-")
        self._said: IO[bytes] | None = None
        self._calls = Path(self._home.name, "calls")
        self._session: Any = None
        self._clients: dict[tuple[str, Keys, bool], Any] = {}

    def __enter__(self) -> Self:
        self._said = Path(self._home.name, "said").open("wb+")
        self._child = subprocess.Popen(
            [sys.executable, "-m", "blueproof.engines.simulated_aws.served"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={
                **surroundings(Path(self._home.name)),
                "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",  # else managed policies are not found
                CALLS: str(self._calls),
                "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            },
            start_new_session=True,
        )
        try:
            self.url = f"http://127.0.0.1:{self._port()}"
        except EngineError:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def called(self) -> tuple[Asked, ...]:
        """What was asked of it so far, in order."""
        return read_back(self._calls)

    def close(self) -> None:
        """Ends the process and all that it started."""
        if self._child is not None:
            end_group(self._child)
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()
            self._child = None
        if self._said is not None:
            self._said.close()
        self._home.cleanup()

    def client(self, service: str, keys: Keys | None = None, *, checks: bool = False) -> Any:
        """A client of one service; `checks` says whether requests are checked before sending."""
        used = keys or Keys()
        if (service, used, checks) not in self._clients:
            self._clients[service, used, checks] = self._made(service, used, checks=checks)
        return self._clients[service, used, checks]

    def _made(self, service: str, used: Keys, *, checks: bool) -> Any:
        config = import_module("botocore.config").Config(
            parameter_validation=checks,
            retries={"max_attempts": 0},
            read_timeout=30,
            connect_timeout=5,
            s3={"addressing_style": "path"},
            proxies={},
        )
        if self._session is None:  # one for all: it keeps the descriptions of services it read
            self._session = import_module("boto3").session.Session()
        return self._session.client(
            service,
            endpoint_url=self.url,
            config=config,
            region_name=REGION,
            aws_access_key_id=used.name,
            aws_secret_access_key=used.secret,
            aws_session_token=used.token or None,
        )

    def authorizing(self, *, on: bool) -> None:
        """Whether requests are allowed by policies alone; at first everything is."""
        connection = import_module("http.client").HTTPConnection(self.url[7:], timeout=10)
        connection.request("POST", "/moto-api/reset-auth", body=b"0" if on else b"inf")
        answer = connection.getresponse()
        connection.close()
        if answer.status != HTTPStatus.OK:
            raise EngineError("the simulated AWS does not switch its IAM on")

    def _port(self) -> int:
        child = self._child
        assert child is not None
        assert child.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(child.stdout, selectors.EVENT_READ)
            ready = waiting.select(_START_SECONDS)
        line = child.stdout.readline() if ready else b""
        if not line.strip().isdigit():
            raise EngineError(f"the simulated AWS did not start: {self._last_words()}")
        return int(line)

    def _last_words(self) -> str:
        assert self._said is not None
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def end_group(process: subprocess.Popen[Any]) -> None:
    """Ends a process that leads a group of its own, with the group."""
    with contextlib.suppress(ProcessLookupError):  # it is over, with whatever it started
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def variables(url: str, home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """An environment in which AWS is the simulated one."""
    return {**surroundings(home), "AWS_ENDPOINT_URL": url, "NO_PROXY": "127.0.0.1", **more}
