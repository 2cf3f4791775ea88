"""Lints of fields that people who own nothing of a document may set: likes, votes, scores."""

from collections.abc import Iterator

from blueproof.engines.firebase_rules.finding import Finding
from blueproof.engines.firebase_rules.protection import names_somebody
from blueproof.engines.firebase_rules.rules import Rules
from blueproof.engines.firebase_rules.syntax import ListLiteral, Literal, MethodCall
from blueproof.engines.firebase_rules.ways import Rule, Way


def free_values(_rules: Rules, allows: tuple[Rule, ...]) -> Iterator[Finding]:
    """A field that a stranger may change, with nothing asked of its value, or without an end."""
    for rule in allows:
        if "update" not in rule.grant.allow.covers:
            continue
        for way in rule.ways:
            names = _touched(way)
            others = [text for text in way.texts if "affectedKeys()" not in text]
            if not names or any(names_somebody(text) for text in others):
                continue
            free = [n for n in names if not any(f"request.resource.data.{n}" in t for t in others)]
            yield _free(rule, free) if free else _again(rule, names)


def _touched(way: Way) -> tuple[str, ...]:
    """The fields that alone may change: `affectedKeys().hasOnly([...])`."""
    for condition in way.conditions:
        if not isinstance(condition, MethodCall) or condition.name != "hasOnly":
            continue
        of = condition.of
        keys = isinstance(of, MethodCall) and of.name in {"affectedKeys", "changedKeys"}
        listed = condition.arguments[0] if condition.arguments else None
        if keys and isinstance(listed, ListLiteral):
            return tuple(str(e.value) for e in listed.items if isinstance(e, Literal) and e.value)
    return ()


def _free(rule: Rule, names: list[str]) -> Finding:
    name = names[0]
    return Finding(
        id="free-value", line=rule.line,
        what=f"whoever passes here may set {', '.join(names)} in {rule.block.pattern} to any value",
        why=f"one request makes {name} a million, a negative number or a text",
        do=f"ask request.resource.data.{name} == resource.data.{name} + 1, and let each person do "
        f"it once: a document {name}/{{uid}} below, from which a function counts",
    )  # fmt: skip


def _again(rule: Rule, names: tuple[str, ...]) -> Finding:
    name = names[0]
    return Finding(
        id="without-end", line=rule.line,
        what=f"one person may change {', '.join(names)} in {rule.block.pattern} again and again",
        why="rules decide each request by itself and count nothing",
        do=f"a document {name}/{{uid}} below that only this person creates, counted by a function",
    )  # fmt: skip


CHECKS = (free_values,)
