"""Shell scripts as the commands that they run, comments and quoted words told apart.

It reads what workflows and guides hold: simple commands, pipes, conditions, substitutions. It
runs nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=", re.DOTALL)
_RESERVED = frozenset("if then elif else fi while until for do done case esac ! { } time".split())
_SETTERS = frozenset({"export", "readonly", "local", "declare"})
_ENDS = frozenset(";&|()\n")


@dataclass(frozen=True, kw_only=True)
class Command:
    """One simple command: its words, the variables it sets, and those it reads."""

    words: tuple[str, ...]
    sets: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    def runs(self, *words: str) -> bool:
        """Whether it begins with these words, options between them aside."""
        plain = [w for w in self.words if not w.startswith("-")]
        return tuple(plain[: len(words)]) == words

    def option(self, name: str) -> str:
        """The value of an option, as `--name value` or `--name=value`; "" if it is not given."""
        for number, word in enumerate(self.words):
            if word == name:
                return self.words[number + 1] if number + 1 < len(self.words) else ""
            if word.startswith(f"{name}="):
                return word[len(name) + 1 :]
        return ""


@dataclass
class _Open:
    """The command that is being read."""

    words: list[str] = field(default_factory=list)
    word: str | None = None
    reads: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.word = (self.word or "") + text

    def end_word(self) -> None:
        if self.word is not None:
            self.words.append(self.word)
        self.word = None


def commands(script: str) -> tuple[Command, ...]:
    """The commands in the order in which they begin, those in `$(...)` before their own."""
    return tuple(_Reader(script.replace("\\\n", " ")).read())


class _Reader:
    """One pass over a script."""

    def __init__(self, script: str) -> None:
        self._text, self._at = script, 0

    def read(self) -> Iterator[Command]:
        """The commands up to the end of the text."""
        now = _Open()
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "#" and now.word is None:
                self._skip_comment()
            elif char in _ENDS:
                self._at += 1
                yield from self._closed(now)
                now = _Open()
            elif char in " \t":
                self._at += 1
                now.end_word()
            else:
                yield from self._part(now, quoted=False)
        yield from self._closed(now)

    def _closed(self, now: _Open) -> Iterator[Command]:
        now.end_word()
        words, names = list(now.words), []
        while words and words[0] in _RESERVED:
            words.pop(0)
        while words and (found := _ASSIGNED.match(words[0])):
            names.append(found[1])
            words.pop(0)
        if words and words[0] in _SETTERS:
            names += [w.partition("=")[0] for w in words[1:] if not w.startswith("-") and "=" in w]
        if words or names:
            yield Command(words=tuple(words), sets=tuple(names), reads=tuple(now.reads))

    def _skip_comment(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end

    def _part(self, now: _Open, *, quoted: bool) -> Iterator[Command]:
        """One character, quotation or substitution of a word."""
        char = self._text[self._at]
        if char == "'" and not quoted:
            end = self._text.find("'", self._at + 1)
            end = len(self._text) if end < 0 else end
            now.add(self._text[self._at + 1 : end])
            self._at = end + 1
        elif char == '"' and not quoted:
            self._at += 1
            now.add("")
            while self._at < len(self._text) and self._text[self._at] != '"':
                yield from self._part(now, quoted=True)
            self._at += 1
        elif char == "\\":
            now.add(self._text[self._at + 1 : self._at + 2])
            self._at += 2
        elif char == "$":
            yield from self._dollar(now)
        else:
            now.add(char)
            self._at += 1

    def _dollar(self, now: _Open) -> Iterator[Command]:
        """A variable, or a substitution, whose commands come first."""
        rest = self._text[self._at + 1 :]
        if rest.startswith("("):
            inner = enclosed(rest)
            inner = rest[1:] if inner is None else inner
            now.add(f"$({inner})")
            self._at += len(inner) + 3
            yield from _Reader(inner).read()
            return
        name = _NAME.match(rest.removeprefix("{"))
        if name:
            now.reads.append(name[0])
        shown = rest[: rest.find("}") + 1] if rest.startswith("{") else (name[0] if name else "")
        now.add(f"${shown}")
        self._at += 1 + len(shown)


def enclosed(rest: str) -> str | None:
    """What stands between an opening parenthesis and its own closing one; None without one."""
    depth, quote = 0, ""
    for at, char in enumerate(rest):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return rest[1:at]
    return None
