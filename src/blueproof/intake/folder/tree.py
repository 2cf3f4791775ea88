"""JSON, TOML and YAML as one kind of tree, where each place knows its line.

YAML is put together from the parser's events: tags such as CloudFormation's !Ref are of no matter,
nothing is built from them, and an alias is a second way to one place. The C composer would end the
process on what is nested too deep.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import yaml

from blueproof.intake.folder.found import DamagedError, Text

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])')
_DEEPEST = 200


class Tree(Protocol):
    """One place of a document; what is not there is an empty tree."""

    line: int
    text: str  # of a scalar; "" for anything else

    def items(self) -> Iterator[tuple[str, "Tree"]]:
        """The keys of a mapping and what they lead to."""

    def each(self) -> Iterator["Tree"]:
        """The members of a list; a scalar is a list of one."""


def at(tree: Tree, *keys: str) -> Tree:
    """The place that keys lead to, one below the other."""
    for key in keys:
        tree = next((child for name, child in tree.items() if name == key), _NOTHING)
    return tree


def inside(tree: Tree) -> Iterator[Tree]:
    """What the keys of a mapping lead to, whatever they are called."""
    return (pair[1] for pair in tree.items())


def is_there(tree: Tree) -> bool:
    """Whether a place is there at all."""
    return tree.line > 0


class _Data:
    """A place of parsed JSON or TOML; its line is where its key stands after its parent's."""

    def __init__(self, value: Any, file: Text | None, start: int = 0) -> None:
        self._value, self._file, self._start = value, file, start
        self.text = _scalar(value)

    @property
    def line(self) -> int:
        return self._file.line(self._start) if self._file else 0

    @line.setter
    def line(self, _: int) -> None:
        raise AttributeError("a tree is never changed")

    def items(self) -> Iterator[tuple[str, Tree]]:
        if isinstance(self._value, dict) and self._file:
            for key, value in self._value.items():
                yield str(key), _Data(value, self._file, self._place(str(key)))

    def each(self) -> Iterator[Tree]:
        if isinstance(self._value, list):
            for value in self._value:
                yield _Data(value, self._file, self._place(_scalar(value)))
        elif self.text:
            yield self

    def _place(self, words: str) -> int:
        """Where the key or value stands, quoted or bare; else where its parent stands."""
        text = self._file.text if self._file else ""
        if not words:
            return self._start
        quoted = text.find(json.dumps(words, ensure_ascii=False), self._start)
        if quoted >= 0:
            return quoted
        bare = re.compile(rf"(?<![\w-]){re.escape(words)}(?![\w-])").search(text, self._start)
        return bare.start() if bare else self._start


@dataclass(kw_only=True)
class _Yaml:
    """A place of a YAML document; a mapping's members are pairs, a list's stand alone."""

    line: int
    text: str = ""
    pairs: list[tuple[str, "_Yaml"]] = field(default_factory=list)
    members: list["_Yaml"] = field(default_factory=list)

    def items(self) -> Iterator[tuple[str, Tree]]:
        yield from (pair for pair in self.pairs if pair[0] != "<<")
        # What is merged in comes last, as it may be overridden; one step, as it may go in circles.
        for base in (value for key, value in self.pairs if key == "<<"):
            for tree in (base, *base.members):
                yield from (pair for pair in tree.pairs if pair[0] != "<<")

    def each(self) -> Iterator[Tree]:
        if self.members:
            yield from self.members
        elif self.text:
            yield self


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


_NOTHING = _Data(None, None)


def read_json(file: Text) -> Tree:
    """A JSON document; comments and trailing commas are let pass, as most tools do."""
    try:
        return _Data(_loads(file.text), file)
    except json.JSONDecodeError as error:
        raise DamagedError(f"not JSON (line {error.lineno}, column {error.colno})") from None
    except (RecursionError, ValueError):
        raise DamagedError("not JSON that can be read") from None


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        bare = _COMMENT.sub(lambda m: m[0] if m[0].startswith('"') else " ", text)
        lenient = _TRAILING_COMMA.sub(lambda m: m[1] or "", bare)
        try:
            return json.loads(lenient)
        except json.JSONDecodeError:
            pass
        raise


def read_toml(file: Text) -> Tree:
    """A TOML document."""
    try:
        return _Data(tomllib.loads(file.text), file)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        place = re.search(r"at line \d+, column \d+", str(error))
        raise DamagedError(f"not TOML{f' ({place[0][3:]})' if place else ''}") from None


def read_yaml(file: Text) -> Tree:
    """The first YAML document of a file; later ones are let be."""
    try:
        return _composed(yaml.parse(file.text, Loader=_LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise DamagedError(f"not YAML{f' (line {mark.line + 1})' if mark else ''}") from None
    except (RecursionError, ValueError):
        raise DamagedError("not YAML that can be read") from None


def _composed(events: Iterator[Any]) -> Tree:
    """The tree of the first document, put together without recursion; ValueError if too deep."""
    top = _Yaml(line=1)
    open_, anchors = [_Open(place=top, is_mapping=False)], dict[str, _Yaml]()
    for event in events:
        if isinstance(event, yaml.DocumentEndEvent):
            break
        if isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
        elif isinstance(event, yaml.NodeEvent):
            place = open_[-1].take(event, anchors)
            if isinstance(event, yaml.CollectionStartEvent):
                open_.append(
                    _Open(place=place, is_mapping=isinstance(event, yaml.MappingStartEvent))
                )
        if len(open_) > _DEEPEST:
            raise ValueError("nested too deep")
    return top.members[0] if top.members else _NOTHING


@dataclass(kw_only=True)
class _Open:
    """A mapping or list that is being filled; a mapping's key waits for its value."""

    place: _Yaml
    is_mapping: bool
    key: _Yaml | None = None

    def take(self, event: Any, anchors: dict[str, _Yaml]) -> _Yaml:
        """Fills in what the event brings, and says where it stands."""
        place = _Yaml(line=event.start_mark.line + 1, text=getattr(event, "value", ""))
        is_alias = isinstance(event, yaml.AliasEvent)
        if is_alias:
            place = anchors.get(event.anchor, place)
        elif event.anchor:
            anchors[event.anchor] = place
        if not self.is_mapping:
            self.place.members.append(place)
        elif self.key is None:
            self.key = place
        else:
            self._under(self.key, place, is_alias=is_alias)
            self.key = None
        return place

    def _under(self, key: _Yaml, place: _Yaml, *, is_alias: bool) -> None:
        """Puts the value under its key; its line is its key's, but for what stands elsewhere."""
        if not is_alias:
            place.line = key.line
        self.place.pairs.append((key.text, place))
