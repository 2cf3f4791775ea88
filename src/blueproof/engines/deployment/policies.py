"""Roles with their statements, from whichever form of policy the files use."""

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from blueproof.cloud.stack import Body, Call, Expr, Resource, Stack, Table, Value, as_text
from blueproof.engines.deployment.values import Values

_UNKNOWN = re.compile(r"<[^<>]*>")
_ONE_RESOURCE = re.compile(r"^<(?:data\.)?aws_[^<>]*>$")
_MANAGED = "arn:aws:iam::aws:policy/"
_WIDE = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
_READS = re.compile(
    r"^[a-z0-9-]+:(Get|List|Describe|BatchGet|BatchCheck|View|Lookup|Search|Filter|Query|Scan)"
)


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition: the operator, the key, and the values that satisfy it."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy; `inverted` where it says NotAction, NotResource, NotPrincipal."""

    sid: str = ""
    allows: bool = True
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    principals: tuple[tuple[str, str], ...] = ()
    conditions: tuple[Condition, ...] = ()
    inverted: bool = False

    def covers(self, action: str) -> bool:
        """Whether the action is among its own, by name or pattern, in any case of letters."""
        low = action.lower()
        return any(fnmatch.fnmatchcase(low, own.lower()) for own in self.actions)

    def reaches(self, resource: str) -> bool:
        """Whether a resource's name may be among its own; what is unknown may be anything."""
        return any(fnmatch.fnmatchcase(resource, as_pattern(own)) for own in self.resources)


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role: who may take it on, and what it may do then."""

    stack: str
    address: str
    name: str
    file: str
    trust: tuple[Statement, ...]
    grants: tuple[Statement, ...]
    boundary: str = ""

    @property
    def where(self) -> str:
        """The role as it is named in a verdict."""
        return f"{self.file}: {self.address}"

    def may(self, action: str, resource: str = "*") -> bool:
        """Whether a statement allows the action on that resource; conditions are taken as met."""
        allowed = any(
            s.covers(action) and (resource == "*" or s.reaches(resource))
            for s in self.grants
            if s.allows
        )
        return allowed and not any(
            s.covers(action) and (resource == "*" or s.reaches(resource))
            for s in self.grants
            if not s.allows and not s.conditions
        )

    def trusts(self, service: str) -> bool:
        """Whether a service of AWS may take it on."""
        return any(("Service", service) in s.principals for s in self.trust if s.allows)


def as_pattern(own: str) -> str:
    """A name of a policy as a pattern, in which what is unknown matches anything.

    A reference to one resource is that resource, whatever AWS will call it.
    """
    return own if _ONE_RESOURCE.match(own) else _UNKNOWN.sub("*", own)


def reads_only(action: str) -> bool:
    """Whether an action, or pattern of actions, only reads."""
    return bool(_READS.match(action))


def roles(stack: Stack, given: Mapping[str, str] | None = None) -> tuple[Role, ...]:
    """The roles that a stack makes, each with its inline and attached policies."""
    values = Values(stack, given)
    return tuple(
        Role(
            stack=stack.folder,
            address=role.address,
            name=values.text(role.body.get("name")),
            file=f"{stack.folder}/{role.file}",
            trust=tuple(_statements(role.body.get("assume_role_policy"), values)),
            grants=tuple(_grants(role, stack, values)),
            boundary=values.text(role.body.get("permissions_boundary")),
        )
        for role in stack.of("aws_iam_role")
    )


def _grants(role: Resource, stack: Stack, values: Values) -> Iterator[Statement]:
    for inline in role.body.blocks("inline_policy"):
        yield from _statements(inline.get("policy"), values)
    for policy in stack.of("aws_iam_role_policy"):
        if values.resource(policy.body.get("role")) is role:
            yield from _statements(policy.body.get("policy"), values)
    for attached in stack.of("aws_iam_role_policy_attachment"):
        if values.resource(attached.body.get("role")) is role:
            yield from _attached(attached.body.get("policy_arn"), values)
    for arn in values.texts(role.body.get("managed_policy_arns")):
        yield _managed(arn)


def _attached(arn: Value, values: Values) -> Iterator[Statement]:
    own = values.resource(arn)
    if own is None:
        yield _managed(values.text(arn))
    else:
        yield from _statements(own.body.get("policy"), values)


def _managed(arn: str) -> Statement:
    """A policy of AWS's own: those that allow everything are known, the others by name."""
    name = arn.removeprefix(_MANAGED)
    wide = name in _WIDE or name.endswith("FullAccess")
    return Statement(sid=name, actions=("*",) if wide else (f"managed:{name}",), resources=("*",))


def _statements(policy: Value, values: Values) -> Iterator[Statement]:
    document = values.resource(policy)
    if document is not None:
        yield from (_of_block(block, values) for block in document.body.blocks("statement"))
        return
    for raw in _raw_statements(policy, values):
        yield _of_json(raw)


def _of_block(block: Body, values: Values) -> Statement:
    return Statement(
        sid=block.text("sid"),
        allows=block.text("effect") != "Deny",
        actions=values.texts(block.get("actions")) or values.texts(block.get("not_actions")),
        resources=values.texts(block.get("resources")) or values.texts(block.get("not_resources")),
        principals=tuple(
            (each.text("type"), name)
            for kind in ("principals", "not_principals")
            for each in block.blocks(kind)
            for name in values.texts(each.get("identifiers"))
        ),
        conditions=tuple(
            Condition(
                operator=c.text("test"),
                key=c.text("variable"),
                values=values.texts(c.get("values")),
            )
            for c in block.blocks("condition")
        ),
        inverted=any(
            block.get(name) is not None
            for name in ("not_actions", "not_resources", "not_principals")
        ),
    )


def _raw_statements(policy: Value, values: Values) -> list[dict[str, Any]]:
    if isinstance(policy, Call):
        raw = _plain(policy.value, values)
    elif isinstance(policy, str):
        try:
            raw = json.loads(values.text(policy))
        except ValueError:
            return []
    else:
        return []
    found = raw.get("Statement", []) if isinstance(raw, dict) else []
    return found if isinstance(found, list) else [found]


def _plain(value: Value, values: Values) -> Any:
    """A value as JSON's own types."""
    if isinstance(value, Table):
        return {name: _plain(inner, values) for name, inner in value.entries}
    if isinstance(value, tuple):
        return [_plain(each, values) for each in value]
    return values.text(value) if isinstance(value, Expr | str) else as_text(value)


def _of_json(raw: dict[str, Any]) -> Statement:
    principal = raw.get("Principal", {})
    named = {"AWS": principal} if isinstance(principal, str) else principal
    return Statement(
        sid=str(raw.get("Sid", "")),
        allows=raw.get("Effect") != "Deny",
        actions=_list(raw.get("Action", raw.get("NotAction"))),
        resources=_list(raw.get("Resource", raw.get("NotResource"))),
        principals=tuple((kind, name) for kind, held in named.items() for name in _list(held)),
        conditions=tuple(
            Condition(operator=operator, key=key, values=_list(held))
            for operator, pairs in raw.get("Condition", {}).items()
            for key, held in pairs.items()
        ),
        inverted=any(name in raw for name in ("NotAction", "NotResource", "NotPrincipal")),
    )


def _list(held: Any) -> tuple[str, ...]:
    if held is None:
        return ()
    return tuple(str(each) for each in held) if isinstance(held, list) else (str(held),)
