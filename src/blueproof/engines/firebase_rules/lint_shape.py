"""Lints of how matches lie: what is never reached, never matched, or granted elsewhere anyway."""

from collections.abc import Iterator

from blueproof.engines.firebase_rules.finding import Finding
from blueproof.engines.firebase_rules.lint_access import is_open, only_signed_in
from blueproof.engines.firebase_rules.printer import pattern
from blueproof.engines.firebase_rules.rules import Block, Rules
from blueproof.engines.firebase_rules.syntax import Match, Segment
from blueproof.engines.firebase_rules.ways import Rule

_ROOTS = {
    "cloud.firestore": ("databases", "", "documents"),
    "firebase.storage": ("b", "", "o"),
}


def never_matches(rules: Rules, _allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """A match with allows whose path no document or object can have."""
    for block in rules.blocks:
        if not block.grants:
            continue
        root = _ROOTS[rules.service]
        if not _has_root(block.path, root):
            yield Finding(
                id="never-matches", line=block.match.line,
                what=f"{block.pattern} matches nothing: paths begin with {_written(root)}",
                why="its allows have no effect, so all of it is denied",
                do=f"put it inside match {_written(root)}",
            )  # fmt: skip
        elif rules.service == "cloud.firestore" and block.deep is None and len(block.path) % 2 == 0:
            yield Finding(
                id="never-matches", line=block.match.line,
                what=f"{block.pattern} ends at a collection, and only documents are matched",
                why="its allows have no effect, so all of it is denied",
                do="add a wildcard for the document: "
                f"{pattern(block.match.path)}/{{document}}",
            )  # fmt: skip


def _written(root: tuple[str, ...]) -> str:
    return "".join(f"/{part or '{' + ('bucket' if root[0] == 'b' else 'database') + '}'}"
                   for part in root)  # fmt: skip


def _has_root(path: tuple[Segment, ...], root: tuple[str, ...]) -> bool:
    for segment, part in zip(path, root, strict=False):
        if segment.deep:
            return True
        if part and segment.text and segment.text != part:
            return False
    return len(path) > len(root)


def _covers(wide: Block, narrow: Block) -> bool:
    """Whether a block matches every path that another one does."""
    path = tuple(segment.text or "\0" for segment in narrow.path if not segment.deep)
    if narrow.deep is not None:
        if wide.deep is None or wide.deep > narrow.deep or len(wide.path) > wide.deep + 1:
            return False
        path = tuple(segment.text or "\0" for segment in narrow.path[: narrow.deep])
    return wide.bound(path) is not None


def granted_anyway(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """An allow without effect, since another one grants the same to more people."""
    for rule in allows:
        strict = rule.ways and not any(is_open(way) for way in rule.ways)
        for other in allows:
            if other is rule or not _covers(other.block, rule.block):
                continue
            methods = [m for m in rule.grant.allow.covers if m in other.grant.allow.covers]
            wider = any(is_open(way) for way in other.ways) or (
                any(only_signed_in(way) for way in other.ways)
                and all(_asks_account(way.texts) and not only_signed_in(way) for way in rule.ways)
            )
            if methods and strict and wider:
                yield Finding(
                    id="granted-anyway", line=rule.line,
                    what=f"has no effect on {', '.join(methods)}: line {other.line} "
                    f"({other.block.pattern}) grants it anyway",
                    why="matches that overlap are joined by or, so the widest one counts",
                    do=f"narrow line {other.line}, or delete this allow",
                )  # fmt: skip


def _asks_account(texts: frozenset[str]) -> bool:
    return any("request.auth" in text for text in texts)


def hidden_wildcard(rules: Rules, _allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """A wildcard with the name of one further out."""

    def inside(match: Match, above: frozenset[str]) -> Iterator[Finding]:
        names = {segment.name for segment in match.path if segment.name}
        for name in sorted(names & above):
            yield Finding(
                id="hidden-wildcard", line=match.line,
                what=f"the wildcard {name} hides the one of the match around it",
                why=f"conditions in here compare with the inner {name}, not with the outer one",
                do="give one of the two another name",
            )  # fmt: skip
        for inner in match.matches:
            yield from inside(inner, above | names)

    for match in rules.file.matches:
        yield from inside(match, frozenset())


def list_wider_than_get(rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """A list that shows documents which get refuses."""
    for block in rules.blocks:
        lists = _granting(allows, block, "list")
        found = _granting(allows, block, "get")
        gets = [_own(block, way.texts) for rule in found for way in rule.ways]
        for rule in lists:
            if rule.block is not block or not rule.ways:
                continue
            if any(not any(get <= _own(block, way.texts) for get in gets) for way in rule.ways):
                yield Finding(
                    id="list-wider-than-get", line=rule.line,
                    what="list is granted where get is not" if gets else "list is granted, and get "
                    "never is",
                    why="whoever may not get a document reads it by a query instead",
                    do="ask of list at least what get asks",
                )  # fmt: skip


def _own(block: Block, texts: frozenset[str]) -> frozenset[str]:
    """The conditions, with a look-up of the match's own document written as `resource`."""
    path = "".join(f"/{part.text or f'$({part.name})'}" for part in block.path)
    return frozenset(text.replace(f"get({path}).data", "resource.data") for text in texts)


def _granting(allows: tuple[Rule, ...], block: Block, method: str) -> list[Rule]:
    return [
        rule for rule in allows
        if method in rule.grant.allow.covers and _covers(rule.block, block)
    ]  # fmt: skip


CHECKS = (never_matches, granted_anyway, hidden_wildcard, list_wider_than_get)
