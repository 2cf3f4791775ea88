"""package.json: packages with their versions, and scripts, of every feature."""

import json
from functools import cache
from importlib import resources
from typing import Any

import yaml

from blueproof.starters.expo_files.merging import tables
from blueproof.starters.feature import App, Feature

_TABLE = "expo-sdk-56.yaml"
_OF_TABLE = "sdk"


def files(app: App, features: tuple[Feature, ...]) -> dict[str, str]:
    """package.json by its path."""
    manifest = {
        "name": app.name,
        "version": "1.0.0",
        "private": True,
        "main": "expo-router/entry",
        "engines": {"node": _table()["node"]},
        "scripts": tables(features, "scripts"),
        "dependencies": _packages(features, "packages"),
        "devDependencies": _packages(features, "dev_packages"),
    }
    return {"package.json": print_json(manifest)}


def print_json(data: Any) -> str:
    """The data as JSON, as npm and Expo write it."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def versions() -> dict[str, str]:
    """The versions of the packages of Expo's SDK, as package.json has them."""
    found: dict[str, str] = _table()["versions"]
    return found


@cache
def _table() -> dict[str, Any]:
    path = resources.files("blueproof.facts") / "pins" / _TABLE
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def _packages(features: tuple[Feature, ...], word: str) -> dict[str, str]:
    """Versions by package, sorted; ValueError where two features want two versions."""
    found: dict[str, str] = {}
    for feature in features:
        for name, said in feature.data.get(word, {}).items():
            version = _version(name, str(said))
            if found.setdefault(name, version) != version:
                raise ValueError(f"{name} is wanted as {found[name]} and {version}")
    return dict(sorted(found.items()))


def _version(name: str, said: str) -> str:
    if said != _OF_TABLE:
        return said
    if name not in versions():
        raise ValueError(f"{name} is not in {_TABLE}: give its version, or add it there")
    return versions()[name]
