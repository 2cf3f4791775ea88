"""What a package proves about the project that depends on it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from blueproof.intake.folder.found import Finding, Found, Text, feature, technology
from blueproof.intake.folder.tree import Tree, at, read_yaml

Registry = Literal["npm", "pypi", "go"]
_LONGEST_NAME = 120
_BOUND = re.compile(r"(?:<=?|!=)\s*[\d.*]+")
_VERSION = re.compile(
    r"(?<![A-Za-z0-9])v?(\d{1,4}(?:\.\d{1,6}){0,3}(?:-(?:alpha|beta|rc|canary|next)[\w.]{0,12})?)"
    r"(?![A-Za-z0-9])"
)
ORMS = frozenset(
    """prisma drizzle-orm knex typeorm sequelize kysely mikroorm objectionjs mongoose sqlalchemy
    sqlmodel tortoise-orm peewee django gorm ent""".split()
)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The packages of one registry that we know, each with what it proves."""

    technologies: dict[str, tuple[str, ...]]
    features: dict[str, tuple[str, ...]]
    versions: dict[str, str]
    while_developing: frozenset[str]


@cache
def catalogue(registry: Registry) -> Catalogue:
    """The packages of one registry."""
    known = at(_document(), registry)
    return Catalogue(
        technologies=_ids(at(known, "technologies")),
        features=_ids(at(known, "features")),
        versions={name: tree.text for name, tree in at(known, "versions").items()},
        while_developing=frozenset(at(known, "while_developing").text.split()),
    )


@cache
def _document() -> Tree:
    text = resources.files(__package__).joinpath("packages.yaml").read_text(encoding="utf-8")
    return read_yaml(Text(path="packages.yaml", text=text))


def _ids(tree: Tree) -> dict[str, tuple[str, ...]]:
    return {name: tuple(ids.text.split()) for name, ids in tree.items()}


def proved(
    registry: Registry, name: str, line: int, *, developing: bool = False
) -> Iterator[Finding]:
    """The technologies and features that a dependency proves; fewer if it is for development."""
    known = catalogue(registry)
    for found in _of(known.technologies, name):
        if not developing or found in known.while_developing:
            yield technology(found, line)
            if found in ORMS:
                yield Found(key="orm", value=found, line=line)
    if not developing:
        yield from (feature(found, line) for found in _of(known.features, name))


def _of(table: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """What the name leads to, or else the longest beginning of it that the table has with a *."""
    if name in table:
        return table[name]
    beginnings = (name[:end] + "*" for end in range(min(len(name), _LONGEST_NAME), 0, -1))
    return next((table[b] for b in beginnings if b in table), ())


def version_of(registry: Registry, name: str, said: str, line: int) -> Iterator[Found]:
    """The version of a package that matters, from an exact version or from a range's lower end."""
    id_ = catalogue(registry).versions.get(name)
    number = plain_version(said)
    if id_ and number:
        yield Found(key=f"version.{id_}", value=number, line=line)


def plain_version(said: str) -> str:
    """The first version number in some words, upper bounds aside; "" if there is none.

    >>> plain_version("^52.0.11"), plain_version("<2.0,>=1.12"), plain_version("workspace:*")
    ('52.0.11', '1.12', '')
    """
    found = _VERSION.search(_BOUND.sub("", said))
    return found[1] if found else ""
