"""Shell scripts of a guide read as commands: words with their quotes, variables, substitutions.

Read are simple commands, pipes, `;`, `&&`, output into a file, comments. Conditions, loops,
functions and here-documents are not: they raise `UnreadError`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from blueproof.core.errors import EngineError
from blueproof.engines.deployment.shell import enclosed

_RESERVED = frozenset("if then elif else fi while until for do done case esac { } function".split())
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?:(%%|%|##|#|:-)([^}]*))?\}")


class UnreadError(EngineError):
    """A script, or a command, that is beyond what is replayed."""


@dataclass(frozen=True)
class Variable:
    """A variable in a word, with what is done to its value: ("%%", "/*") cuts from the end."""

    name: str
    does: str = ""
    pattern: str = ""


@dataclass(frozen=True)
class Substitution:
    """A command whose output stands in a word."""

    script: str


Part = str | Variable | Substitution


@dataclass(frozen=True)
class Simple:
    """One command: its words, each of parts, and the file that takes its output, if any."""

    words: tuple[tuple[Part, ...], ...]
    into: tuple[Part, ...] | None = None


@dataclass(frozen=True)
class Pipeline:
    """Commands whose outputs go into one another."""

    commands: tuple[Simple, ...]


@dataclass
class _Open:
    words: list[tuple[Part, ...]] = field(default_factory=list)
    word: list[Part] | None = None
    into: tuple[Part, ...] | None = None
    is_target: bool = False

    def add(self, part: Part) -> None:
        self.word = self.word or []
        if isinstance(part, str) and self.word and isinstance(self.word[-1], str):
            self.word[-1] += part
        else:
            self.word.append(part)

    def end_word(self) -> None:
        if self.word is None:
            return
        if self.is_target:
            self.into, self.is_target = tuple(self.word), False
        else:
            self.words.append(tuple(self.word))
        self.word = None

    def closed(self) -> Simple | None:
        self.end_word()
        if not self.words:
            return None
        if len(self.words[0]) == 1 and self.words[0][0] in _RESERVED:
            raise UnreadError(f"`{self.words[0][0]}` is not replayed")
        return Simple(tuple(self.words), self.into)


def pipelines(script: str) -> tuple[Pipeline, ...]:
    """What a script runs, in order; UnreadError where it is beyond simple commands."""
    return tuple(_Reader(script.replace("\\\n", " ")).read())


class _Reader:
    """One pass over a script."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def read(self) -> Iterator[Pipeline]:
        """The pipelines up to the end of the text."""
        now, line = _Open(), list[Simple]()
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "#" and now.word is None:
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif char in "\n;&|":
                goes_on = self._end(char)
                line += [simple] if (simple := now.closed()) else []
                now = _Open()
                if not goes_on and line:
                    yield Pipeline(tuple(line))
                    line = []
            elif char in "<>":
                self._redirect(now)
            elif char in " \t":
                now.end_word()
                self._at += 1
            else:
                self._part(now, quoted=False)
        line += [simple] if (simple := now.closed()) else []
        if line:
            yield Pipeline(tuple(line))

    def _end(self, char: str) -> bool:
        """Past the end of a command; whether its output goes into the next."""
        pair = self._text[self._at : self._at + 2]
        if pair == "||" or (char == "&" and pair != "&&"):
            raise UnreadError(f"`{pair.strip()}` is not replayed")
        self._at += 2 if pair == "&&" else 1
        return char == "|"

    def _redirect(self, now: _Open) -> None:
        rest = self._text[self._at :]
        if rest.startswith(("<", ">&", ">>")) or now.word == ["2"]:
            raise UnreadError(f"`{rest[:2].strip()}` is not replayed")
        now.end_word()
        now.is_target = True
        self._at += 1

    def _part(self, now: _Open, *, quoted: bool) -> None:
        char = self._text[self._at]
        if char == "'" and not quoted:
            end = self._closing("'")
            now.add(self._text[self._at + 1 : end])
            self._at = end + 1
        elif char == '"' and not quoted:
            self._at += 1
            now.add("")
            while self._text[self._at : self._at + 1] != '"':
                if self._at >= len(self._text):
                    raise UnreadError("a quotation has no end")
                self._part(now, quoted=True)
            self._at += 1
        elif char == "\\" and (not quoted or self._text[self._at + 1 : self._at + 2] in '"\\$`'):
            now.add(self._text[self._at + 1 : self._at + 2])
            self._at += 2
        elif char == "$":
            self._dollar(now)
        elif char == "`":
            raise UnreadError("backquotes are not replayed")
        else:
            now.add(char)
            self._at += 1

    def _closing(self, quote: str) -> int:
        end = self._text.find(quote, self._at + 1)
        if end < 0:
            raise UnreadError("a quotation has no end")
        return end

    def _dollar(self, now: _Open) -> None:
        rest = self._text[self._at + 1 :]
        if rest.startswith("(") and not rest.startswith("(("):
            inner = enclosed(rest)
            if inner is None:
                raise UnreadError("a substitution has no end")
            now.add(Substitution(inner))
            self._at += len(inner) + 3
            return
        braced, name = _BRACED.match(rest), _NAME.match(rest)
        if braced:
            now.add(Variable(braced[1], braced[2] or "", braced[3] or ""))
            self._at += 1 + len(braced[0])
        elif name:
            now.add(Variable(name[0]))
            self._at += 1 + len(name[0])
        elif rest[:1] in {"{", "(", "?", "!", "@", "*", "#"}:
            raise UnreadError(f"`${rest[:2]}` is not replayed")
        else:
            now.add("$")
            self._at += 1
