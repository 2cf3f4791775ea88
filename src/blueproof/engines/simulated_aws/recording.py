"""What was called in the simulated AWS, written down by it: the actions, and on what.

Terraform's calls while it applies are what the role that applies must be allowed.
"""

# ruff: noqa: SLF001 (moto's own way from a request to its judgement is what is listened at)

import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

from blueproof.engines.simulated_aws.authorizing import asked_by
from blueproof.engines.simulated_aws.judging import Asked, UnjudgedError
from blueproof.engines.simulated_aws.naming import action_of

CALLS = "BLUEPROOF_SIMULATED_CALLS"  # the environment names the file by it
UNNAMED = ""
_SCOPE = 4  # parts of a signature's scope after the key: date, region, service, its end


def write_down(path: Path) -> None:
    """Patches moto so that each signed request is written to a file, a line each."""
    mixin = import_module("moto.core.authorization").ActionAuthenticatorMixin
    judged = mixin._authenticate_and_authorize_action
    lock = Lock()

    def listened(self: Any, kind: type, resource: str = "*") -> None:
        lines = "".join(f"{json.dumps(asdict(asked))}\n" for asked in _heard(self, resource))
        with lock, path.open("a", encoding="utf-8") as file:
            file.write(lines)
        judged(self, kind, resource)

    mixin._authenticate_and_authorize_action = listened


def read_back(path: Path) -> tuple[Asked, ...]:
    """What was written so far; nothing if the file is not there yet."""
    if not path.exists():
        return ()
    return tuple(Asked(**json.loads(line)) for line in path.read_text("utf-8").splitlines())


def _heard(response: Any, resource: str) -> Iterator[Asked]:
    scope = response.headers.get("Authorization", "").partition("Credential=")[2].split(",")[0]
    parts = scope.split("/")[1:]
    operation = response._get_action()
    if len(parts) != _SCOPE or not operation:
        return
    _, region, service, _ = parts
    body = response.raw_body if isinstance(response.raw_body, bytes) else b""
    request = SimpleNamespace(
        _service=service, _region=region, _action=f"{service}:{operation}",
        _path=response.raw_path, _body=body, _data=response.data, _method=response.method,
        account_id=response.current_account,
    )  # fmt: skip
    try:
        yield from asked_by(request, resource)
    except UnjudgedError:
        yield Asked(
            action=action_of(service, operation), resource=UNNAMED,
            context={"aws:RequestedRegion": region},
        )  # fmt: skip
