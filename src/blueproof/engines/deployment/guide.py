"""A guide in Markdown as its stages: the heading, the commands, the words around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from blueproof.engines.deployment.shell import Command, commands

_HEADING = re.compile(r"^##\s+(.*)$")
_FENCE = re.compile(r"^```(\w*)\s*$")


@dataclass(frozen=True)
class Stage:
    """One stage: its title, its shell script, and the rest of its text."""

    title: str
    script: str
    words: str

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """What its script runs."""
        return commands(self.script)


def stages(text: str) -> tuple[Stage, ...]:
    """The stages of a guide, one for each heading of the second level."""
    return tuple(_stages(text.splitlines()))


def _stages(lines: list[str]) -> Iterator[Stage]:
    title, language = "", None
    script: list[str] = []
    words: list[str] = []
    for line in [*lines, "## "]:
        fence, heading = _FENCE.match(line), _HEADING.match(line)
        if fence:
            language = fence[1] if language is None else None
        elif language is not None:
            if language in {"sh", "bash", "shell"}:
                script.append(line)
        elif heading or line == "## ":
            if title:
                yield Stage(title, "\n".join(script), "\n".join(words))
            title, script, words = heading[1] if heading else "", [], []
        else:
            words.append(line)
