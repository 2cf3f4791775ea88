"""A guide's commands carried out in order, by functions of ours, never by a shell.

Variables are set and read as a shell would; whoever owns a program's name answers for it. A
variable that is read before it was set, and a command that fails, are failures.
"""

import codecs
import fnmatch
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from blueproof.engines.simulated_aws.words import (
    Part,
    Pipeline,
    Simple,
    Substitution,
    UnreadError,
    Variable,
    pipelines,
)

_ASSIGNS = "="
# What a guide leaves to the person who follows it, and what they might put there.
_DOTS, _FILLED_IN = '"..."', '"filled-in"'
# Programs whose answers everybody knows.
_PRINTS = ("echo", "printf")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A program that is called: its words, the exported variables, and its input."""

    words: tuple[str, ...]
    exported: dict[str, str]
    given: str = ""

    @property
    def plain(self) -> tuple[str, ...]:
        """Its words without the options."""
        return tuple(word for word in self.words if not word.startswith("-"))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a call: its output, what went wrong, and whether it was carried out at all."""

    out: str = ""
    wrong: str = ""
    skipped: str = ""


Answers = Callable[[Call], Answer]
Keeps = Callable[[str, str], None]


@dataclass
class Replay:
    """The state between commands, and what was found."""

    answers: Answers
    keeps: Keeps
    variables: dict[str, str] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    done: int = 0
    failures: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def play(self, script: str, where: str) -> None:
        """Carries a script out; `where` begins the sentences about it."""
        try:
            read = pipelines(script)
        except UnreadError as unread:
            self.skipped.append(f"{where}: {unread}")
            return
        for each in read:
            self._pipeline(each, where)

    def _pipeline(self, pipeline: Pipeline, where: str) -> str:
        out = ""
        for command in pipeline.commands:
            out = self._command(command, where, out)
        return out

    def _command(self, command: Simple, where: str, given: str) -> str:
        words, extra = list(command.words), dict[str, str]()
        while words and (name := _assigned(words[0])):
            extra[name] = self._text(_value(words.pop(0)), where)
        texts = tuple(self._text(word, where) for word in words)
        if not texts:
            self.variables |= extra
            return ""
        out = self._called(texts, extra, where, given)
        if command.into is None:
            return out
        target = self._text(command.into, where)
        if target != "/dev/null":
            self._keep(target, out, where)
        return ""

    def _called(self, words: tuple[str, ...], extra: dict[str, str], where: str, given: str) -> str:
        if words[0] == "export":
            self._export(words[1:])
            return ""
        if words[0] in _PRINTS:
            self.done += 1
            return _printed(words)
        known = {name: self.variables[name] for name in self.exported if name in self.variables}
        answer = self.answers(Call(words=words, exported={**known, **extra}, given=given))
        if answer.wrong:
            self.failures.append(f"{where}: {' '.join(words[:4])}: {answer.wrong}")
        if answer.skipped:
            self.skipped.append(answer.skipped)
        elif not answer.wrong:
            self.done += 1
        return answer.out

    def _export(self, words: tuple[str, ...]) -> None:
        for word in words:
            name, sign, value = word.partition(_ASSIGNS)
            self.exported.add(name)
            if sign:
                self.variables[name] = value.replace(_DOTS, _FILLED_IN)

    def _keep(self, target: str, out: str, where: str) -> None:
        path = PurePosixPath(target)
        if path.is_absolute() or ".." in path.parts:
            self.failures.append(f"{where}: writes {target}, outside of the repository")
            return
        self.keeps(target, out)

    def _text(self, parts: tuple[Part, ...], where: str) -> str:
        return "".join(self._part(part, where) for part in parts)

    def _part(self, part: Part, where: str) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Substitution):
            try:
                read = pipelines(part.script)
            except UnreadError as unread:
                self.skipped.append(f"{where}: {unread}")
                return ""
            return "".join(self._pipeline(each, where) for each in read).rstrip("\n")
        return self._variable(part, where)

    def _variable(self, variable: Variable, where: str) -> str:
        value = self.variables.get(variable.name)
        if value is None and variable.does != ":-":
            self.failures.append(f"{where}: {variable.name} is read before it is set")
            self.variables[variable.name] = ""  # one sentence is enough
            return ""
        if variable.does == ":-":
            return value or variable.pattern
        return _cut(value or "", variable.does, variable.pattern)


def _assigned(word: tuple[Part, ...]) -> str:
    """The name that a word sets; "" if it sets none."""
    first = word[0] if word and isinstance(word[0], str) else ""
    name, sign, _ = first.partition(_ASSIGNS)
    return name if sign and name.isidentifier() else ""


def _value(word: tuple[Part, ...]) -> tuple[Part, ...]:
    first = word[0]
    assert isinstance(first, str)
    return (first.partition(_ASSIGNS)[2], *word[1:])


def _cut(value: str, does: str, pattern: str) -> str:
    """A value without the longest or shortest end, or beginning, that fits a pattern."""
    if not does:
        return value
    if does.startswith("%"):
        ends = [at for at in range(len(value) + 1) if fnmatch.fnmatchcase(value[at:], pattern)]
        at = (min(ends) if does == "%%" else max(ends)) if ends else len(value)
        return value[:at]
    starts = [at for at in range(len(value) + 1) if fnmatch.fnmatchcase(value[:at], pattern)]
    at = (max(starts) if does == "##" else min(starts)) if starts else 0
    return value[at:]


def _printed(words: tuple[str, ...]) -> str:
    if words[0] == "echo":
        return " ".join(words[1:]) + "\n"
    text = codecs.decode(words[1].encode("latin-1", "backslashreplace"), "unicode_escape")
    for value in words[2:]:
        text = text.replace("%s", value, 1)
    return text
