"""What a cloud resource or a container image is, by the name that a tool has for it."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Literal

from blueproof.intake.folder.found import Finding, Found, Text, technology
from blueproof.intake.folder.packages import plain_version
from blueproof.intake.folder.tree import at, read_yaml

Tool = Literal["terraform", "cloudformation", "cdk", "images"]
_LONGEST_NAME = 120
REGION = re.compile(r"(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:gov-)?[a-z]{4,9}-?\d{1,2}")
_RUNTIME = re.compile(r"(nodejs|node|python|provided|go|java|ruby|dotnet|bun|deno)([\d.]*)")
_NAMES = {"nodejs": "node", "provided": "custom"}
_BASES = {
    "node": "node",
    "python": "python",
    "golang": "go",
    "bun": "bun",
    "deno": "deno",
    "ruby": "ruby",
    "eclipse-temurin": "java",
    "openjdk": "java",
    "php": "php",
    "rust": "rust",
    "elixir": "elixir",
}


@cache
def _table(tool: Tool) -> dict[str, tuple[str, ...]]:
    text = resources.files(__package__).joinpath("resources.yaml").read_text(encoding="utf-8")
    tree = at(read_yaml(Text(path="resources.yaml", text=text)), tool)
    return {name: tuple(ids.text.split()) for name, ids in tree.items()}


def known(tool: Tool, name: str) -> tuple[str, ...]:
    """The technologies behind a resource's type; () if we do not know it."""
    table = _table(tool)
    if name in table:
        return table[name]
    beginnings = (name[:end] + "*" for end in range(min(len(name), _LONGEST_NAME), 0, -1))
    return next((table[b] for b in beginnings if b in table), ())


def image_name(image: str) -> str:
    """The last part of an image's name, less its tag.

    >>> image_name("ghcr.io/acme/postgres:16-alpine@sha256:1f"), image_name("redis")
    ('postgres', 'redis')
    """
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()


def image_technologies(image: str) -> tuple[str, ...]:
    """The technologies that an image runs, the main one first."""
    return known("images", image_name(image))


def read_image(image: str, line: int) -> Iterator[Finding]:
    """What an image proves: a technology, or a runtime, with the version of its tag."""
    base = _BASES.get(image_name(image), "")
    if base:
        yield Found(key="runtime", value=base, line=line)
    for name in (base, *image_technologies(image)):
        number = plain_version(tag) if (tag := _tag(image)) else ""
        if name and number:
            yield Found(key=f"version.{name}", value=number, line=line)
    yield from (technology(name, line) for name in image_technologies(image))


def _tag(image: str) -> str:
    """The tag, where it begins with a number (pgvector's with pg); not that of an extension."""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return tag.removeprefix("pg") if re.match(r"(?:pg)?\d", tag) else ""


def read_runtime(said: str, line: int) -> Iterator[Found]:
    """A cloud's name of a runtime, such as nodejs20.x or python3.12."""
    found = _RUNTIME.match(said)
    if not found:
        return
    name = _NAMES.get(found[1], found[1])
    yield Found(key="runtime", value=name, line=line)
    number = plain_version(found[2])
    if number and name != "custom":
        yield Found(key=f"version.{name}", value=number, line=line)
