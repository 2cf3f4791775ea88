"""A feature of a starter: a folder of whole files, and the data that composed files are made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

import yaml

Stack = Literal["expo", "convex", "firebase"]
# What advice on a stack's starter decides.
SLOTS: Mapping[Stack, str] = {
    "convex": "starter on Convex",
    "firebase": "starter on Firebase",
}
_DATA = "feature.yaml"


@dataclass(frozen=True, kw_only=True)
class App:
    """What is built: its name, and the features that the brief asks for, sorted.

    `name` is a slug ("family-chat"), `identifier` the app's id in the stores, reversed as there
    ("com.example.familychat"); `group` is the number of people in the largest conversation;
    `region` is Google's region that the data must stay in or near ("europe-west3"), "" for any.
    """

    name: str
    title: str
    identifier: str
    features: tuple[str, ...]
    group: int = 2
    region: str = ""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """A folder of a stack: whole files by the path that they get, and what it adds to others.

    `data` is its feature.yaml: what it says is typed by whoever prints the composed file.
    """

    stack: Stack
    name: str
    files: Mapping[str, str]
    data: Mapping[str, Any]


@cache
def features(stack: Stack) -> Mapping[str, Feature]:
    """Every feature of a stack, by name."""
    root = resources.files("blueproof.starters") / stack
    folders = sorted((each for each in root.iterdir() if each.is_dir()), key=lambda each: each.name)
    return {each.name: _read(stack, each) for each in folders if (each / _DATA).is_file()}


def chosen(stack: Stack, app: App) -> tuple[Feature, ...]:
    """The features of a stack that the app has, "core" first; a stack may have none of a name."""
    known = features(stack)
    return tuple(known[name] for name in ("core", *app.features) if name in known)


def _read(stack: Stack, folder: Traversable) -> Feature:
    files = {path: text for path, text in _walk(folder, "") if path != _DATA}
    data = yaml.safe_load((folder / _DATA).read_text(encoding="utf-8")) or {}
    return Feature(stack=stack, name=folder.name, files=files, data=data)


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        path = f"{prefix}{each.name}"
        if each.is_dir():
            yield from _walk(each, f"{path}/")
        else:
            yield path, each.read_text(encoding="utf-8")
