"""Lints of what is read and written: fields nobody checks, values that are not there."""

import re
from collections.abc import Iterator

from blueproof.engines.firebase_rules.finding import Finding
from blueproof.engines.firebase_rules.lint_access import is_open, only_signed_in
from blueproof.engines.firebase_rules.printer import expressed
from blueproof.engines.firebase_rules.protection import names_somebody, protects
from blueproof.engines.firebase_rules.rules import Rules
from blueproof.engines.firebase_rules.syntax import (
    Binary,
    Call,
    Expression,
    Literal,
    Member,
    MethodCall,
    Name,
    walk,
)
from blueproof.engines.firebase_rules.ways import Rule, Way, chain, sides

_NEW, _OLD, _UID = "request.resource.data", "resource.data", "request.auth.uid"
_FIRESTORE = "cloud.firestore"


def unchecked_create(rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """A create that takes any data, or data in anybody's name."""
    if rules.service != _FIRESTORE:
        return
    for rule in allows:
        if "create" not in rule.grant.allow.covers:
            continue
        for way in rule.ways:
            if is_open(way) or only_signed_in(way):
                continue
            if not way.mentions("request.resource"):
                yield Finding(
                    id="unchecked-create", line=rule.line,
                    what=f"create in {rule.block.pattern} does not look at the data",
                    why="the document takes any field of any type, up to 1 MiB: also another "
                    "person's id as its sender or owner",
                    do="compare the field that says whose it is with request.auth.uid, and check "
                    "keys().hasOnly([...]), types and sizes",
                )  # fmt: skip
            elif not way.mentions("request.auth") and not _secret(way):
                yield Finding(
                    id="create-in-any-name", line=rule.line,
                    what="create does not ask who writes",
                    why="anybody can write such documents, in anybody's name",
                    do="compare a field of request.resource.data with request.auth.uid",
                )  # fmt: skip


def _secret(way: Way) -> bool:
    """Whether something is asked that only some can know or have: a look-up."""
    return any(isinstance(node, Call | MethodCall) and node.name in {"get", "exists"}
               for node in way.nodes())  # fmt: skip


def _owners(allows: tuple[Rule, ...], pattern: str) -> set[str]:
    """The fields that rules of one match compare with the person's id."""
    found = set[str]()
    for rule in allows:
        if rule.block.pattern != pattern:
            continue
        for way in rule.ways:
            for condition in way.conditions:
                pair = sides(condition, "==")
                names = [chain(side) for side in pair] if pair else []
                for name in names if _UID in names else ():
                    for data in (_OLD, _NEW):
                        if name.startswith(f"{data}.") and name.count(".") == data.count(".") + 1:
                            found.add(name.rsplit(".", 1)[1])
    return found


def owner_can_change(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """An update that may write another owner into the document."""
    for rule in allows:
        if "update" not in rule.grant.allow.covers:
            continue
        for name in sorted(_owners(allows, rule.block.pattern)):
            if any(
                not protects(way, name, "update")
                for way in rule.ways
                if not is_open(way) and not only_signed_in(way)
            ):
                yield Finding(
                    id="owner-can-change", line=rule.line,
                    what=f"an update may change {name}, which says whose document it is",
                    why="people hand their documents to others, or take over what they may edit",
                    do=f"add request.resource.data.{name} == resource.data.{name}",
                )  # fmt: skip


def taken_over(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """An update that asks only whose the document will be, and not whose it is."""
    for rule in allows:
        if "update" not in rule.grant.allow.covers:
            continue
        for name in sorted({name for way in rule.ways for name in _claimed(way)}):
            yield Finding(
                id="taken-over", line=rule.line,
                what=f"an update in {rule.block.pattern} asks that {name} will be the person, and "
                "not that it is",
                why=f"whoever has an account writes their own id into {name} of anybody's "
                "document, and it is theirs",
                do=f"add resource.data.{name} == request.auth.uid to update, apart from create",
            )  # fmt: skip


def _claimed(way: Way) -> Iterator[str]:
    """The fields that must name the person afterwards, where nothing asks for one before."""
    if "resource == null" in way.texts:
        return  # nothing is there yet: no update
    for condition in way.conditions:
        pair = sides(condition, "==")
        names = [chain(side) for side in pair] if pair else []
        field = next((n for n in names if n.startswith(f"{_NEW}.")), "").removeprefix(f"{_NEW}.")
        if not field or "." in field or _UID not in names:
            continue
        rest = Way(tuple(c for c in way.conditions if c is not condition))
        asks = any(names_somebody(expressed(c)) for c in rest.conditions)
        if not asks and not _secret(rest) and not protects(rest, field, "update"):
            yield field


def anybody_at_create(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """A create that looks at the data, and lets it name another owner."""
    for rule in allows:
        if "create" not in rule.grant.allow.covers:
            continue
        asking = [w for w in rule.ways if not is_open(w) and not only_signed_in(w)]
        for name in sorted(_owners(allows, rule.block.pattern)):
            if any(
                way.mentions("request.resource") and not protects(way, name, "create")
                for way in asking
            ):
                yield Finding(
                    id="create-in-any-name", line=rule.line,
                    what=f"create in {rule.block.pattern} lets {name} be anybody",
                    why="people make documents in another's name",
                    do=f"add request.resource.data.{name} == request.auth.uid",
                )  # fmt: skip


_PERSONS = re.compile(r"/(?:users?|profiles?|accounts?|members?|customers?|players?)/\{\w+\}$")


def any_field_of_own(rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """One's own document, of which every field may be written."""
    if rules.service != _FIRESTORE:
        return
    for rule in allows:
        own = [w for w in rule.ways if w.mentions("request.auth") and not only_signed_in(w)]
        free = any(not w.mentions("request.resource") for w in own)
        if "update" in rule.grant.allow.covers and free and _PERSONS.search(rule.block.pattern):
            yield Finding(
                id="any-field", line=rule.line,
                what=f"update in {rule.block.pattern} lets people write every field of their own "
                "document",
                why="a role, plan, credits or verified that lies in it is theirs to set",
                do="add request.resource.data.diff(resource.data).affectedKeys().hasOnly([...]) "
                "with the fields that are theirs",
            )  # fmt: skip


def _lists(way: Way) -> set[str]:
    """The fields of the document that must hold the person's id: lists of who may."""
    found = set[str]()
    for condition in way.conditions:
        pair = sides(condition, "in")
        names = [chain(side) for side in pair] if pair else []
        if names and names[0] == _UID and names[1].startswith(f"{_OLD}."):
            found.add(names[1].removeprefix(f"{_OLD}."))
    return {name for name in found if "." not in name}


def members_can_change(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """An update by whom a list names, which may write that list, too."""
    for rule in allows:
        if "update" not in rule.grant.allow.covers:
            continue
        open_ = {n for way in rule.ways for n in _lists(way) if not protects(way, n, "update")}
        for name in sorted(open_):
            yield Finding(
                id="members-can-change", line=rule.line,
                what=f"whoever stands in {name} may change {name} itself, and every other field",
                why="one member adds a stranger, removes the others, or makes himself an admin",
                do=f"let members change only !request.resource.data.diff(resource.data)"
                f".affectedKeys().hasAny(['{name}']), and {name} by whom you trust with it",
            )  # fmt: skip


def _reads(condition: Expression, name: str) -> bool:
    """Whether a condition reads a field of `resource` or of `request.resource`."""
    return any(isinstance(node, Member) and chain(node.of) == name for node in walk(condition))


def nothing_there(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """An allow that never grants a method: it reads a document that is not there."""
    for rule in allows:
        covers = rule.grant.allow.covers
        for method, name, when in (
            ("create", "resource", "before a create there is no document, so resource is null"),
            ("delete", "request.resource", "a delete brings no document"),
        ):
            if method not in covers or not rule.ways:
                continue
            if all(any(_reads(each, name) for each in way.conditions) for way in rule.ways):
                diff = _diff(rule) if method == "create" else ""
                yield Finding(
                    id=f"never-{method}", line=rule.line,
                    what=f"no {method} is ever granted: the condition reads {diff or name}",
                    why=f"{when}; the error denies every {method}",
                    do=f"allow {method} apart, with a condition that does without {name}",
                )  # fmt: skip


def _diff(rule: Rule) -> str:
    for way in rule.ways:
        for node in way.nodes():
            if isinstance(node, MethodCall) and node.name == "diff":
                return "request.resource.data.diff(resource.data)"
    return ""


def get_compared_with_null(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """get() of a document that may not be there, compared with null."""
    for rule in allows:
        for way in rule.ways:
            for node in way.nodes():
                if isinstance(node, Binary) and node.sign in {"==", "!="} and _get_null(node):
                    yield Finding(
                        id="get-is-never-null", line=rule.line,
                        what="get() is compared with null",
                        why="get() of a document that is not there is an error, not null as the "
                        "reference says: the condition is never true then",
                        do="ask exists(...) first",
                    )  # fmt: skip


def _get_null(node: Binary) -> bool:
    both = (node.left, node.right)
    null = any(isinstance(side, Literal) and side.kind == "null" for side in both)
    return null and any(
        (isinstance(side, Call) and side.name in {"get", "getAfter"})
        or (isinstance(side, MethodCall) and side.name == "get" and isinstance(side.of, Name)
            and side.of.name == "firestore")
        for side in both
    )  # fmt: skip


def unchecked_upload(rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """Uploads to Storage of any size or type."""
    if rules.service == _FIRESTORE:
        return
    for rule in allows:
        uploads = [method for method in rule.grant.allow.covers if method in {"create", "update"}]
        if not uploads or not rule.ways:
            continue
        for name, risk in (
            ("size", "one upload can be 5 TiB, and storage and downloads are on your bill"),
            ("contentType", "an HTML file or a program is handed out under your project's name"),
        ):
            if any(not way.mentions(f"request.resource.{name}") for way in rule.ways):
                yield Finding(
                    id=f"unchecked-{name}", line=rule.line,
                    what=f"an upload may be of any {name}",
                    why=risk,
                    do=_UPLOAD[name],
                )  # fmt: skip


_UPLOAD = {
    "size": "add request.resource.size < 5 * 1024 * 1024",
    "contentType": "add request.resource.contentType.matches('image/.*')",
}


def not_in_production(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """Functions that are documented, but that production does not know."""
    for rule in allows:
        for way in rule.ways:
            for node in way.nodes():
                infinite = isinstance(node, MethodCall) and node.name == "isInfinite"
                if infinite or (isinstance(node, Call) and node.name == "bool"):
                    assert isinstance(node, Call | MethodCall)
                    yield Finding(
                        id="not-in-production", line=rule.line,
                        what=f"{node.name}() is in the reference, but production was seen to "
                        "answer that there is no such function",
                        why="the condition then is an error and never grants",
                        do="do without it, or try it in the emulator first",
                    )  # fmt: skip


CHECKS = (
    unchecked_create, anybody_at_create, any_field_of_own, owner_can_change, taken_over,
    members_can_change, nothing_there, get_compared_with_null, unchecked_upload, not_in_production,
)  # fmt: skip
