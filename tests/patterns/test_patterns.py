"""Each pattern is attacked with and without it, on a real engine: without, it must break.

PATTERN_RUNS says how often each trial runs; once unless told.
"""

import json
import os
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from blueproof.engines.node.installed import nodes
from blueproof.engines.postgres.server import GUEST, Server, scratch
from npm import node_modules

HERE = Path(__file__).parent
PATTERNS = Path(str(resources.files("blueproof"))) / "patterns"
NAMES = sorted(folder.name for folder in PATTERNS.iterdir() if (folder / "pattern.yaml").exists())
RUNS = os.environ.get("PATTERN_RUNS", "1")
NODE = next((node for node in nodes() if node.reads_typescript), None)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def packages() -> Path:
    """The driver that the patterns' code is written for."""
    return node_modules(HERE / "packages")


@pytest.mark.skipif(not NODE, reason="no Node that reads TypeScript is here")
@pytest.mark.parametrize("name", NAMES)
def test_it_breaks_without_the_pattern_and_holds_with_it(
    name: str, packages: Path, server: Server, tmp_path: Path
) -> None:
    for file in (*(PATTERNS / name).iterdir(), HERE / f"{name}.ts", HERE / "trial.ts",
                 HERE / "run.ts"):  # fmt: skip
        shutil.copy(file, tmp_path)
    (tmp_path / "node_modules").symlink_to(packages)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    with scratch(server) as database:
        outcomes = tried(name, database, server, tmp_path)
    assert len(outcomes) == 2 * int(RUNS)
    for outcome in outcomes:
        assert outcome["held"] == (outcome["version"] == "protected"), outcome


def tried(name: str, database: str, server: Server, folder: Path) -> list[dict[str, object]]:
    """What each run of the trial came to."""
    assert NODE is not None
    done = subprocess.run(
        [NODE.path, *NODE.options, "run.ts", name, RUNS],
        cwd=folder, capture_output=True, text=True, check=False, timeout=30 + 10 * int(RUNS),
        env={"PGHOST": str(server.data.parent), "PGUSER": GUEST, "PGDATABASE": database,
             "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
