"""Print the packages whose declarations starters need, for facts/pins/npm-trees.yaml.

All that the features of starters ask for is installed whole in a temporary folder (about a
gigabyte), and the compiler is asked which packages' declarations it reads, with the versions that
npm chose. What it prints takes the place of `types_only` of the tree `client`.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import get_args

import yaml

from blueproof.engines.programs import run
from blueproof.starters.feature import Stack, features

# Programs, or packages that are in the tree whole.
_NOT_TYPES = {"firebase-tools", "typescript"}
_IMPORTED = re.compile(r"""(?:from|import)\s*\(?\s*["']([^."'@][^"']*|@[\w-]+/[^"']+)["']""")
_INSTALL = "install --ignore-scripts --no-audit --no-fund --legacy-peer-deps".split()
_DECLARED = re.compile(r"/node_modules/((?:@[^/\n]+/)?[^/\n]+)/[^\n]*\.d\.\w+$", re.MULTILINE)
_SECONDS = 600
_SETTINGS = {
    "extends": "expo/tsconfig.base",
    "compilerOptions": {"strict": True, "skipLibCheck": True},
    "include": ["probe.ts"],
}


def _sdk() -> dict[str, str]:
    file = resources.files("blueproof.facts") / "pins" / "expo-sdk-56.yaml"
    versions: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))["versions"]
    return versions


def _wanted() -> Iterator[tuple[str, str]]:
    sdk = _sdk()
    for stack in get_args(Stack):
        for feature in features(stack).values():
            for kind in ("packages", "dev_packages"):
                for name, version in (feature.data.get(kind) or {}).items():
                    yield name, sdk[name] if version == "sdk" else version


def _modules(packages: set[str]) -> set[str]:
    """The modules of these packages that starters import, and the packages' main modules."""
    texts = (t for s in get_args(Stack) for f in features(s).values() for t in f.files.values())
    named = {name for text in texts for name in _IMPORTED.findall(text)}
    return packages | {n for n in named if any(n.startswith(f"{p}/") for p in packages)}


def _read(folder: Path, wanted: dict[str, str]) -> set[str]:
    """Install the packages, and ask the compiler whose declarations it reads."""
    packages = {**wanted, "typescript": _sdk()["typescript"]}
    (folder / "package.json").write_text(json.dumps({"dependencies": packages}))
    installed = run("npm", tuple(_INSTALL), folder=folder, seconds=_SECONDS)
    assert installed.returncode == 0, installed.stderr
    modules = sorted(_modules(set(wanted)))
    probe = "".join(f'import * as p{n} from "{m}";\n' for n, m in enumerate(modules))
    (folder / "probe.ts").write_text(probe)
    (folder / "tsconfig.json").write_text(json.dumps(_SETTINGS))
    compiler = ("node_modules/typescript/bin/tsc", "--noEmit", "--listFiles")
    return set(_DECLARED.findall(run("node", compiler, folder=folder, seconds=_SECONDS).stdout))


def main() -> None:
    """Print a line for each package."""
    wanted = {name: version for name, version in _wanted() if name not in _NOT_TYPES}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in sorted((_read(folder, wanted) | wanted.keys()) - {"typescript"}):
            manifest = folder / "node_modules" / name / "package.json"
            key = f'"{name}"' if name.startswith("@") else name
            sys.stdout.write(f"    {key}: {json.loads(manifest.read_text())['version']}\n")


if __name__ == "__main__":
    main()
