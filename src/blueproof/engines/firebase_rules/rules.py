"""A rules file, ready to decide: every match flattened to its whole path, its allows compiled."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from blueproof.engines.firebase_rules.compiler import Closure, Compiler
from blueproof.engines.firebase_rules.conditions import Condition
from blueproof.engines.firebase_rules.errors import RulesError
from blueproof.engines.firebase_rules.limits import CAPTURES, PATH_SEGMENTS
from blueproof.engines.firebase_rules.parser import parse
from blueproof.engines.firebase_rules.printer import pattern
from blueproof.engines.firebase_rules.scopes import Scope, named, refused
from blueproof.engines.firebase_rules.syntax import Allow, File, Let, Match, Segment, depth, walk
from blueproof.engines.firebase_rules.values import Path

_DEEPEST = 250  # so that no walk over the tree exhausts Python's stack


@dataclass(frozen=True, slots=True)
class Grant:
    """An allow that can be evaluated; without a closure it always grants."""

    allow: Allow
    run: Closure | None
    scope: Scope


@dataclass(frozen=True, slots=True)
class Block:
    """A match with its whole path, from /databases or /b on, and where its wildcards are kept."""

    match: Match
    path: tuple[Segment, ...]
    slots: tuple[int, ...]
    grants: tuple[Grant, ...]
    by_method: dict[str, tuple[Grant, ...]]
    least: int  # segments that a path must have
    deep: int | None  # the place of {x=**}
    texts: tuple[tuple[int, str], ...]  # places and texts of plain segments, the last one first
    captures: tuple[int, ...]  # places of wildcards

    @property
    def pattern(self) -> str:
        """The whole path as text."""
        return pattern(self.path)

    def bound(self, path: tuple[str, ...]) -> tuple[str | Path, ...] | None:
        """The values of the wildcards, or None if the path is not matched."""
        if self.deep is None:
            return self._bound_plain(path)
        if len(path) < self.least:
            return None
        tail = len(self.path) - self.deep - 1
        end = len(path) - tail
        before = _bound(self.path[: self.deep], path[: self.deep])
        after = _bound(self.path[self.deep + 1 :], path[end:])
        if before is None or after is None:
            return None
        return (*before, Path(path[self.deep : end]), *after)

    def _bound_plain(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        if len(path) != self.least:
            return None
        for place, text in self.texts:
            if path[place] != text:
                return None
        return tuple([path[place] for place in self.captures])


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules that have been read; `file` is their syntax tree."""

    file: File
    text: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    conditions: tuple[Condition, ...] = field(repr=False)
    wildcards: int

    @property
    def service(self) -> str:
        """cloud.firestore or firebase.storage."""
        return self.file.service


def read_rules(text: str) -> Rules:
    """The rules that a text holds. Raises RulesError with line, column and construct."""
    file = parse(text)
    if depth(file) > _DEEPEST:
        raise RulesError(
            f"more than {_DEEPEST} operators stand inside or behind one another",
            line=1, column=1, construct="file",
        )  # fmt: skip
    return compiled(file, text)


def compiled(file: File, text: str = "") -> Rules:
    """Rules from a syntax tree. Raises RulesError for what its version or scopes do not know."""
    if not (file.service_functions or file.matches):
        raise refused(file, "a service has at least one match or function", "service")
    if file.version == "1":
        _check_first_version(file)
    outer = Scope(functions=named(file.functions))
    service = Scope(parent=outer, functions=named(file.service_functions))
    builder = _Builder(file)
    for function in (*file.functions, *file.service_functions):
        builder.check(function.name, service)
    blocks = tuple(block for match in file.matches for block in builder.blocks(match, service))
    return Rules(
        file=file, text=text, blocks=blocks, conditions=tuple(builder.compiler.conditions),
        wildcards=builder.wildcards,
    )  # fmt: skip


def _check_first_version(file: File) -> None:
    for node in walk(file):
        if isinstance(node, Let):
            raise refused(node, "let is there from rules_version '2' on", "let")


class _Builder:
    def __init__(self, file: File) -> None:
        self.compiler = Compiler(file.service)
        self.first_version = file.version == "1"
        self.wildcards = 0

    def check(self, name: str, scope: Scope) -> None:
        """Compile a function that may never be called, so that its mistakes are found."""
        found = scope.function(name)
        if found:
            self.compiler.body(*found)

    def blocks(
        self, match: Match, parent: Scope, above: tuple[Segment, ...] = (),
        slots: tuple[int, ...] = (),
    ) -> Iterator[Block]:  # fmt: skip
        path = (*above, *match.path)
        _check(match, path, first_version=self.first_version)
        captures = {
            segment.name: self.wildcards + place
            for place, segment in enumerate(s for s in match.path if s.name)
        }
        self.wildcards += sum(bool(segment.name) for segment in match.path)
        slots = (*slots, *captures.values())
        scope = Scope(parent=parent, functions=named(match.functions), wildcards=captures)
        for function in match.functions:
            self.check(function.name, scope)
        yield self._block(match, path, slots, scope)
        for inner in match.matches:
            yield from self.blocks(inner, scope, path, slots)

    def _block(
        self, match: Match, path: tuple[Segment, ...], slots: tuple[int, ...], scope: Scope
    ) -> Block:
        grants = tuple(self._grant(allow, scope) for allow in match.allows)
        by_method: dict[str, tuple[Grant, ...]] = {}
        for grant in grants:
            for method in grant.allow.covers:
                by_method[method] = (*by_method.get(method, ()), grant)
        deep = next((place for place, segment in enumerate(path) if segment.deep), None)
        least = len(path) if deep is None or self.first_version else len(path) - 1
        plain = [(place, segment.text) for place, segment in enumerate(path) if segment.text]
        return Block(
            match=match, path=path, slots=slots, grants=grants, by_method=by_method, least=least,
            deep=deep, texts=tuple(reversed(plain)),
            captures=tuple(place for place, segment in enumerate(path) if segment.name),
        )  # fmt: skip

    def _grant(self, allow: Allow, scope: Scope) -> Grant:
        if allow.condition is None:
            return Grant(allow, None, scope)
        return Grant(allow, self.compiler.condition(allow.condition, scope, {}), scope)


def _check(match: Match, path: tuple[Segment, ...], *, first_version: bool) -> None:
    names = [segment.name for segment in match.path if segment.name]
    if len({*names}) < len(names):
        raise refused(match, "two wildcards of one match have one name", pattern(match.path))
    if len(path) > PATH_SEGMENTS:
        raise refused(match, f"more than {PATH_SEGMENTS} segments in a path", pattern(match.path))
    if sum(bool(segment.name) for segment in path) > CAPTURES:
        raise refused(match, f"more than {CAPTURES} wildcards in a path", pattern(match.path))
    deep = [segment for segment in path if segment.deep]
    if len(deep) > 1:
        raise refused(match, "a path with two {name=**} is not evaluated here", "{name=**}")
    if deep and first_version and not path[-1].deep:
        raise refused(
            deep[0], "{name=**} stands at the end of a path in rules_version '1'", "{name=**}"
        )
    if not (match.functions or match.allows or match.matches):
        raise refused(match, "a match has at least one allow, match or function", "match")


def _bound(path: tuple[Segment, ...], given: tuple[str, ...]) -> tuple[str | Path, ...] | None:
    """The values of single wildcards, if as many segments of a path fit."""
    values = list[str | Path]()
    for segment, text in zip(path, given, strict=True):
        if segment.name:
            values.append(text)
        elif segment.text != text:
            return None
    return tuple(values)
