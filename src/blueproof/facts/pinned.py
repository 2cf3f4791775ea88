"""Actions, images and packages that exist, by commit, tag and integrity, as their makers say."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from blueproof.facts.load import LOADER


@dataclass(frozen=True, kw_only=True)
class Action:
    """A GitHub Action at the commit of one of its releases."""

    action: str
    tag: str
    commit: str
    date: dt.date
    source: str
    checked: dt.date


@dataclass(frozen=True, kw_only=True)
class Image:
    """A base image at a tag that its maintainers list."""

    image: str
    tag: str
    source: str
    checked: dt.date
    date: dt.date

    @property
    def name(self) -> str:
        """How a Dockerfile names it."""
        return f"{self.image}:{self.tag}"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program at a version line that its maker has released."""

    program: str
    line: str
    source: str
    checked: dt.date


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package of npm at a version, with the digest of its archive ("sha512-...")."""

    package: str
    version: str
    integrity: str
    source: str
    checked: dt.date
    date: dt.date

    @property
    def name(self) -> str:
        """How npm is asked for it."""
        return f"{self.package}@{self.version}"


@dataclass(frozen=True, kw_only=True)
class NpmTree:
    """Packages of npm that are installed together, by name the version of each.

    Of `types_only` the type declarations alone are kept, and nothing that they need is fetched: all
    that they name is listed.
    """

    tree: str
    packages: Mapping[str, str]
    types_only: Mapping[str, str]
    source: str
    checked: dt.date


@cache
def npm_trees() -> dict[str, NpmTree]:
    """The trees of packages by name."""
    raw: dict[str, dict[str, Any]] = LOADER(_text("npm-trees.yaml")).get_single_data()
    return {name: NpmTree(**{"tree": name, "types_only": {}, **held}) for name, held in raw.items()}


@cache
def packages() -> dict[str, Package]:
    """The packages by name."""
    return {raw["package"]: Package(**raw) for raw in _read("packages.yaml")}


@cache
def programs() -> dict[str, Program]:
    """The programs by name."""
    return {raw["program"]: Program(**raw) for raw in _read("programs.yaml")}


@cache
def actions() -> dict[str, Action]:
    """The actions by name."""
    return {raw["action"]: Action(**raw) for raw in _read("actions.yaml")}


@cache
def images() -> tuple[Image, ...]:
    """The base images, the preferred tag of each line first."""
    return tuple(Image(**{**raw, "tag": str(raw["tag"])}) for raw in _read("images.yaml"))


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = LOADER(_text(name)).get_single_data()
    return found


def _text(name: str) -> str:
    return (resources.files("blueproof.facts") / "pins" / name).read_text(encoding="utf-8")


def uses(action: str) -> str:
    """What a workflow's `uses` says; KeyError for an action without a pin."""
    return f"{action}@{actions()[action].commit}"


def image(name: str, line: str) -> Image:
    """The image of a version line ("24", "3.13"); KeyError if none is known."""
    for known in images():
        if known.image == name and f"{known.tag.partition('-')[0]}.".startswith(f"{line}."):
            return known
    raise KeyError(f"no pinned image of {name} {line}")
