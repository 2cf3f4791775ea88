"""A source file as rules look at it, and what they say of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from blueproof.advisors.code.told import Told
from blueproof.syntax.calls import Call, calls, links
from blueproof.syntax.node import Language, Node, is_damaged, language_of, parse
from blueproof.syntax.places import FUNCTIONS, functions_of, name_of

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "all", "use", "route"})
_EXPORTED = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "handler", "loader", "action"})
_SERVED = frozenset({"serve", "onRequest", "onCall", "https"})
_EVENTS = re.compile(r"on(?:Document|Value|Object|Schedule|MessagePublished|Task)\w*")
# Triggers of the first generation: functions.firestore.document(...).onUpdate(...).
_FIRST = frozenset({"onCreate", "onUpdate", "onWrite", "onDelete", "onFinalize"})
_OF_EVENTS = re.compile(r"\.(?:document|ref|user|object|schedule|topic)\(")
EVENT = "event"
_HOSTS = re.compile(
    r"\b(?:vercel|lambda|netlify|serverless|edge functions?|cloud functions?|cloud run|"
    r"cloudflare|workers?\b(?= on| of)|amplify)\b",
    re.IGNORECASE,
)
_DECORATED = re.compile(r"\.(?:route|get|post|put|patch|delete|api_route)\(")


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change of a file: what stands from `start` to `end`, in characters, becomes `text`.

    `imports` are names to be imported, each with the module it comes from.
    """

    start: int
    end: int
    text: str
    imports: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One thing that is wrong in a file: what happens by it, the sum if one can be made, the cure.

    `symptoms` is a pattern for words that tell of what it does.
    """

    rule: str
    line: int
    what: str
    do: str
    severity: Literal["harm", "risk", "note"] = "risk"
    sums: str = ""
    symptoms: str = ""
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Handler:
    """A function that answers requests, or events (its path is EVENT); `where` is what runs it."""

    function: Node
    where: Literal["serverless", "next", "server", "python"]
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file with the words that it came with; `several` is whether others came with it."""

    path: str
    text: str
    words: str
    root: Node = field(repr=False)
    several: bool = False

    @property
    def name(self) -> str:
        """What the file is called in an answer: with its folders where others have its name."""
        return self.path.lstrip("./") if self.several else self.path.rpartition("/")[2]

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """All calls, in the order of the text."""
        return calls(self.root)

    @cached_property
    def told(self) -> Told:
        """The numbers of the words."""
        return Told(self.words)

    @cached_property
    def handlers(self) -> tuple[Handler, ...]:
        """The functions that answer requests."""
        return tuple(_handlers(self.root))

    @property
    def language(self) -> Language:
        """What the file is written in."""
        return language_of(self.path)

    @cached_property
    def is_serverless(self) -> bool:
        """Whether its instances come and go: by what it exports, or as the words say."""
        return (
            any(h.where == "serverless" for h in self.handlers)
            or bool(_HOSTS.search(self.words))
            or "aws-lambda" in self.text
        )

    @cached_property
    def is_client(self) -> bool:
        """Whether it runs in a browser or an app: it draws, or says so."""
        drawn = any(n.kind in {"jsx_element", "jsx_self_closing_element"} for n in self.root.walk())
        says = re.search(r"['\"]use client['\"]|from ['\"](?:react-native|expo)", self.text)
        return not self.handlers and (drawn or bool(says))

    def handler_of(self, node: Node) -> Handler | None:
        """The handler that a piece stands in."""
        around = (node, *functions_of(node))
        return next((h for h in self.handlers for f in around if h.function is f), None)

    def within(self, node: Node) -> Iterator[Call]:
        """The calls in a piece."""
        return (c for c in self.calls if node.holds(c.node))


def source_of(path: str, text: str, words: str) -> Source | None:
    """The file, parsed; None where its language is not read, or nothing of it is a program."""
    root = parse(text, path)
    if root is None:
        return None
    if is_damaged(root) and sum(n.kind == "ERROR" for n in root.walk()) > len(root.children):
        return None
    return Source(path=path, text=text, words=words, root=root)


def _handlers(root: Node) -> Iterator[Handler]:
    for node in root.walk():
        if node.kind in FUNCTIONS:
            found = _handler(node)
            if found:
                yield found


def _handler(function: Node) -> Handler | None:
    parent = function.parent
    if parent is None or function.kind in {"function_definition", "method_definition"}:
        python = function.kind == "function_definition"
        return (_python if python else _method)(function, parent) if parent else None
    name = name_of(function)
    exported = any(n.kind == "export_statement" for n in (parent, *parent.above()))
    top = not any(True for _ in functions_of(function))
    if name in {"exports.handler", "module.exports.handler"} or (name == "handler" and exported):
        made = _parameters(function)
        web = "res" in made or "NextApi" in made
        return Handler(function=function, where="next" if web else "serverless")
    action = re.match(r"\s*['\"]use server['\"]", function.source)
    if exported and top and (name in _EXPORTED or _answers(function) or action):
        return Handler(function=function, where="next")
    if re.match(r"\(\s*_?req(?:uest)?\b[^,]*,\s*_?res(?:ponse)?\b", _parameters(function)):
        return _registered(function, parent, parent.parent) or Handler(
            function=function, where="server"
        )
    if parent.kind == "arguments" and parent.parent is not None:
        return _registered(function, parent, parent.parent)
    return None


def _registered(function: Node, given: Node, call: Node | None) -> Handler | None:
    """A function that is handed to a router or to a platform."""
    if given.kind != "arguments" or call is None:
        return None
    said = links(call)[-1].name
    first = given.parts[0] if given.parts else None
    path = first.text.strip("'\"`") if first is not None and first.kind == "string" else ""
    if said in _VERBS and path.startswith("/") and given.parts[-1] is function:
        return Handler(function=function, where="server", path=path)
    if _EVENTS.fullmatch(said) or (said in _FIRST and _OF_EVENTS.search(call.text[:200])):
        return Handler(function=function, where="serverless", path=EVENT)
    return Handler(function=function, where="serverless") if said in _SERVED else None


def _method(function: Node, parent: Node) -> Handler | None:
    """A method that a decorator makes a handler, @Get(':id'), or fetch() of a worker's object."""
    if name_of(function) == "fetch" and parent.kind == "object":
        return Handler(function=function, where="serverless")
    for before in reversed(parent.children[: parent.children.index(function)]):
        if before.kind != "decorator":
            break
        found = re.match(r"@(?:Get|Post|Put|Patch|Delete|All)\((.*)\)", before.text)
        if found:
            return Handler(function=function, where="server", path=found[1])
    return None


def _parameters(function: Node) -> str:
    held = function.child("parameters") or function.child("parameter")
    return held.text if held else ""


def _answers(function: Node) -> bool:
    made = _parameters(function)
    default = function.parent is not None and "default" in function.parent.text[:16]
    return default and bool(re.search(r"\breq(?:uest)?\b.*\bres(?:ponse)?\b|NextRequest", made))


def _python(function: Node, parent: Node) -> Handler | None:
    if name_of(function) in {"lambda_handler", "handler"} and "event" in _parameters(function):
        return Handler(function=function, where="serverless")
    if parent.kind == "decorated_definition":
        above = " ".join(c.text for c in parent.children if c.kind == "decorator")
        if _DECORATED.search(above):
            return Handler(function=function, where="python", path=above)
    return None
