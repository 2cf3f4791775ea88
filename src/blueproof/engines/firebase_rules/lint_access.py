"""Lints of who may do what: open rules, test rules, claims that people give themselves."""

import re
from collections.abc import Iterator

from blueproof.engines.firebase_rules.finding import Finding
from blueproof.engines.firebase_rules.printer import expressed
from blueproof.engines.firebase_rules.protection import protects
from blueproof.engines.firebase_rules.rules import Rules
from blueproof.engines.firebase_rules.syntax import (
    READ,
    WRITE,
    Binary,
    Call,
    Literal,
    Member,
    MethodCall,
    Node,
    PathLiteral,
)
from blueproof.engines.firebase_rules.ways import Rule, Way, chain

_EMAIL = re.compile(r"request\.auth\.token\.email\b(?! (!=|is) )")
_SIGNED_IN = re.compile(
    r"request\.auth(\.uid|\.token)? != null|null != request\.auth(\.uid|\.token)?"
    r"|'uid' in request\.auth|request\.auth\.uid is string"
)


def is_open(way: Way) -> bool:
    """Whether nothing at all is asked."""
    return not way.conditions


def only_signed_in(way: Way) -> bool:
    """Whether anybody who has an account is let through."""
    return bool(way.conditions) and all(_SIGNED_IN.fullmatch(text) for text in way.texts)


def _named(rule: Rule, methods: tuple[str, ...]) -> str:
    return ", ".join(method for method in rule.grant.allow.covers if method in methods)


def open_to_everybody(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """An allow that asks nothing."""
    for rule in allows:
        if any(is_open(way) for way in rule.ways):
            writes = _named(rule, WRITE)
            if not writes and rule.block.deep is None and _named(rule, READ) == "get":
                continue  # a public page, read one by one
            yield Finding(
                id="open-to-everybody", line=rule.line,
                what=f"anybody may {writes or _named(rule, READ)} in {rule.block.pattern}, without "
                "an account",
                why="the project's id is in every copy of the app: anybody can call the database",
                do="ask for request.auth and for what ties the person to the document",
            )  # fmt: skip


def any_signed_in(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """An allow that asks for an account only, for writes or for everything below a path."""
    for rule in allows:
        if not any(only_signed_in(way) for way in rule.ways):
            continue
        writes, deep = _named(rule, WRITE), rule.block.deep is not None
        if writes or deep:
            yield Finding(
                id="any-account", line=rule.line,
                what=f"whoever has an account may {writes or 'read'} everything in "
                f"{rule.block.pattern}",
                why="anybody can make an account, and then change or read what belongs to others",
                do="compare request.auth.uid with an owner, a list of members or a wildcard",
            )  # fmt: skip


def console_default(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """The console's test mode: open until a date."""
    for rule in allows:
        for way in rule.ways:
            timed = [text for text in way.texts if text.startswith("request.time <")]
            rest = [text for text in way.texts if text not in timed]
            if timed and all(_SIGNED_IN.fullmatch(text) for text in rest):
                yield Finding(
                    id="test-rules", line=rule.line,
                    what=f"open until a date: {timed[0]}",
                    why="until then anybody may do it, from then on nobody: the app stops that day",
                    do="write the rules of the app now and delete the date",
                )  # fmt: skip


def unverified_email(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """An e-mail address that decides although nobody has verified it."""
    for rule in allows:
        for way in rule.ways:
            deciding = [text for text in way.texts if _EMAIL.search(text)]
            if not deciding or any("email_verified" in text for text in way.texts):
                continue
            yield Finding(
                id="unverified-email", line=rule.line,
                what="request.auth.token.email decides, and email_verified is not asked",
                why="an account can be made with anybody's address; only its owner can verify it",
                do="add request.auth.token.email_verified == true",
            )  # fmt: skip


def self_promotion(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """A role that is read from a document which the person may write."""
    for name, path, line in _roles(allows):
        for rule in allows:
            if not _reaches(rule, path):
                continue
            for method in ("create", "update"):
                if method in rule.grant.allow.covers and any(
                    not protects(way, name, method) for way in rule.ways if _own(way)
                ):
                    yield Finding(
                        id="self-promotion", line=rule.line,
                        what=f"{method} in {rule.block.pattern} leaves the field {name} to the "
                        f"person, and line {line} takes it for a right",
                        why=f"people set {name} in their own document and have the right",
                        do="keep roles in custom claims or in documents that only the server "
                        f"writes, or refuse {name} here",
                    )  # fmt: skip


def _own(way: Way) -> bool:
    """Whether the way is open to the person whose document it is."""
    return any("request.auth.uid" in text for text in way.texts) or is_open(way) or (
        only_signed_in(way)
    )  # fmt: skip


def _roles(allows: tuple[Rule, ...]) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Fields of the person's own document that grant something: name, collection, line."""
    seen = set[tuple[str, tuple[str, ...]]]()
    for rule in allows:
        for way in rule.ways:
            for node in way.nodes():
                role = _role(node)
                if role and role not in seen:
                    seen.add(role)
                    yield *role, rule.line


def _role(node: Node) -> tuple[str, tuple[str, ...]] | None:
    """`get(/.../users/$(request.auth.uid)).data.role` as its field and its collection."""
    if not isinstance(node, Member) or not isinstance(node.of, Member) or node.of.name != "data":
        return None
    call = node.of.of
    if not isinstance(call, Call | MethodCall) or call.name != "get" or not call.arguments:
        return None
    path = call.arguments[0]
    if not isinstance(path, PathLiteral) or isinstance(path.segments[-1], str):
        return None
    if chain(path.segments[-1]) != "request.auth.uid":
        return None
    return node.name, tuple(part if isinstance(part, str) else "*" for part in path.segments[:-1])


def _reaches(rule: Rule, collection: tuple[str, ...]) -> bool:
    """Whether an allow is on the documents of a collection."""
    filled = tuple("(default)" if part == "*" else part for part in collection)
    return rule.block.bound((*filled, "uid")) is not None


def unbounded_list(rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """A list that hands out a whole collection at once."""
    in_storage = rules.service == "firebase.storage"  # whose lists know no limit
    for rule in allows:
        if "list" not in rule.grant.allow.covers:
            continue
        if any((is_open(way) or only_signed_in(way)) for way in rule.ways):
            yield Finding(
                id="unbounded-list", line=rule.line,
                what=f"a list of all of {rule.block.pattern} has no bound",
                why="anybody may list what files there are and fetch each" if in_storage else
                "one query copies the whole collection, and each document read is on your bill",
                do="allow get in place of read: a file is fetched by its path" if in_storage else
                "allow get and list apart, and ask request.query.limit <= 100 of list",
            )  # fmt: skip


def always_true(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """A comparison of constants, often left over from trying something."""
    for rule in allows:
        for way in rule.ways:
            for condition in way.conditions:
                if isinstance(condition, Binary) and all(
                    isinstance(side, Literal) for side in (condition.left, condition.right)
                ):
                    yield Finding(
                        id="constant", line=rule.line,
                        what=f"{expressed(condition)} compares two constants",
                        why="it grants always or never, whatever is asked",
                        do="delete it, or compare with request or resource",
                    )  # fmt: skip


CHECKS = (
    open_to_everybody, any_signed_in, console_default, unverified_email, self_promotion,
    unbounded_list, always_true,
)  # fmt: skip
