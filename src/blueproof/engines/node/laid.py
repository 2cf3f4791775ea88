"""The folder of a rehearsed service: our service, the lifecycle file as it is handed over."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath

from blueproof.engines.node.dependency import Dependency
from blueproof.engines.node.installed import Node
from blueproof.engines.node.started import Started

_NAMES = ("lifecycle.mjs", "lifecycle.ts")
_SERVICE = "service.mjs"


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A folder with a service in it, and the Node to run it with."""

    node: Node
    folder: Path
    lifecycle: str

    @contextlib.contextmanager
    def running(self, dependency: Dependency, **settings: str) -> Iterator[Started]:
        """The service, started; `settings` join its environment."""
        environment = {
            "PORT": "0",
            "DEPENDENCY_PORT": str(dependency.port),
            "LIFECYCLE": f"./{self.lifecycle}",
            **settings,
        }
        records = Path(tempfile.mkdtemp(prefix="records-", dir=self.folder))
        with Started(self.node, _SERVICE, self.folder, records, environment) as started:
            yield started


def lifecycle_path(files: Mapping[str, str]) -> str | None:
    """The first path of a lifecycle file, or None where none is among the files."""
    return next((path for path in sorted(files) if PurePosixPath(path).name in _NAMES), None)


@contextlib.contextmanager
def laid(node: Node, path: str, text: str) -> Iterator[Laid]:
    """A temporary folder with the service around the lifecycle file; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="blueproof-node-") as name:
        folder, lifecycle = Path(name), PurePosixPath(path).name
        service = resources.files("blueproof.engines.node") / _SERVICE
        (folder / _SERVICE).write_text(service.read_text(encoding="utf-8"), encoding="utf-8")
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        (folder / lifecycle).write_text(text, encoding="utf-8")
        yield Laid(node=node, folder=folder, lifecycle=lifecycle)
