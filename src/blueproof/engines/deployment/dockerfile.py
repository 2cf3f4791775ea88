"""A Dockerfile as its instructions, by stage; comments are gone."""

import json
import re
from dataclasses import dataclass

_INSTRUCTION = re.compile(r"^\s*([A-Za-z]+)\s+(.*)$", re.DOTALL)


@dataclass(frozen=True)
class Instruction:
    """One instruction: its keyword in capitals, and the rest of it."""

    keyword: str
    value: str
    line: int

    @property
    def words(self) -> tuple[str, ...]:
        """Its words: of the exec form the list, else split at blanks."""
        if self.value.startswith("["):
            try:
                return tuple(str(word) for word in json.loads(self.value))
            except ValueError:
                return ()
        return tuple(self.value.split())

    @property
    def is_exec(self) -> bool:
        """Whether it is written as a list, so that no shell stands in between."""
        return self.value.startswith("[")


@dataclass(frozen=True)
class Stage:
    """From one FROM to the next."""

    image: str
    name: str
    instructions: tuple[Instruction, ...]

    def last(self, keyword: str) -> Instruction | None:
        """The last instruction of that kind, which is the one that counts."""
        return next((i for i in reversed(self.instructions) if i.keyword == keyword), None)

    def all(self, *keywords: str) -> tuple[Instruction, ...]:
        """The instructions of those kinds."""
        return tuple(i for i in self.instructions if i.keyword in keywords)


def stages(text: str) -> tuple[Stage, ...]:
    """The stages in order; the last is what runs."""
    found: list[Stage] = []
    for instruction in _instructions(text):
        if instruction.keyword == "FROM":
            words = [w for w in instruction.words if not w.startswith("--")]
            image, _, named = (*words, "", "", "")[:3]
            found.append(Stage(image, named, ()))
        elif found:
            before = found.pop()
            found.append(Stage(before.image, before.name, (*before.instructions, instruction)))
    return tuple(found)


def _instructions(text: str) -> list[Instruction]:
    found: list[Instruction] = []
    held, begun = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        begun = begun if held else number
        if line.rstrip().endswith("\\"):
            held += line.rstrip()[:-1] + " "
            continue
        whole, held = held + line, ""
        match = _INSTRUCTION.match(whole)
        if match:
            found.append(Instruction(match[1].upper(), match[2].strip(), begun))
    return found
