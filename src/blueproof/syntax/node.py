"""The syntax tree of a file: plain nodes that know their place, their parent and their text.

Tree-sitter parses; its grammars are imported when a file of theirs is read, not before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

Language = Literal["script", "python", "other"]

_SCRIPTS = frozenset({".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts"})
_WITH_MARKUP = frozenset({".tsx", ".jsx", ".js"})


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """A piece of a program; `start` and `end` count characters of `source`, `line` from 1."""

    kind: str
    start: int
    end: int
    line: int
    named: bool
    role: str
    source: str = field(repr=False)
    parent: "Node | None" = field(default=None, repr=False)
    children: list["Node"] = field(default_factory=list, repr=False)

    @property
    def text(self) -> str:
        """The piece as it is written."""
        return self.source[self.start : self.end]

    @property
    def parts(self) -> list["Node"]:
        """The children that are more than a sign or a keyword, without comments."""
        return [c for c in self.children if c.named and c.kind != "comment"]

    def child(self, name: str) -> "Node | None":
        """The child in that role ("arguments"); None without one."""
        return next((c for c in self.children if c.role == name), None)

    def walk(self) -> Iterator["Node"]:
        """This piece and all within it, in the order of the text."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def above(self) -> Iterator["Node"]:
        """What this piece stands in, from near to far."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def holds(self, other: "Node") -> bool:
        """Whether the other piece lies within this one, or is it."""
        return self.start <= other.start and other.end <= self.end


def language_of(path: str) -> Language:
    """The language of a file by its name.

    >>> language_of("src/useLists.ts"), language_of("main.go")
    ('script', 'other')
    """
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _SCRIPTS:
        return "script"
    return "python" if suffix == ".py" else "other"


def parse(text: str, path: str) -> Node | None:
    """The tree of a file's text; None where its language is not read.

    >>> tree = parse("const n = f(1)", "a.ts")
    >>> [node.text for node in tree.walk() if node.kind == "call_expression"]
    ['f(1)']
    """
    language = language_of(path)
    if language == "other":
        return None
    data = text.encode()
    parsed = _parser(path, language).parse(data)
    return _copied(parsed.root_node, text, _places(text, data))


def is_damaged(tree: Node) -> bool:
    """Whether the parser met what is no program."""
    return any(node.kind == "ERROR" for node in tree.walk())


def _parser(path: str, language: Language) -> Any:
    from tree_sitter import Language as Grammar
    from tree_sitter import Parser

    if language == "python":
        import tree_sitter_python

        return Parser(Grammar(tree_sitter_python.language()))
    import tree_sitter_typescript

    markup = PurePosixPath(path).suffix.lower() in _WITH_MARKUP
    grammar = tree_sitter_typescript.language_tsx if markup else None
    return Parser(Grammar((grammar or tree_sitter_typescript.language_typescript)()))


def _places(text: str, data: bytes) -> list[int] | None:
    """The character at each byte; None where they count alike."""
    if len(text) == len(data):
        return None
    places: list[int] = []
    for at, letter in enumerate(text):
        places.extend([at] * len(letter.encode()))
    return [*places, len(text)]


def _copied(root: Any, text: str, places: list[int] | None) -> Node:
    top: Node | None = None
    waiting: list[tuple[Any, Node | None, str]] = [(root, None, "")]
    while waiting:
        raw, parent, role = waiting.pop()
        start, end = raw.start_byte, raw.end_byte
        node = Node(
            kind="ERROR" if raw.is_missing else raw.type,
            start=places[start] if places else start,
            end=places[end] if places else end,
            line=raw.start_point[0] + 1,
            named=raw.is_named,
            role=role,
            source=text,
            parent=parent,
        )
        if parent is None:
            top = node
        else:
            parent.children.append(node)
        below = [
            (each, node, raw.field_name_for_child(at) or "") for at, each in enumerate(raw.children)
        ]
        waiting.extend(reversed(below))
    assert top is not None
    return top
