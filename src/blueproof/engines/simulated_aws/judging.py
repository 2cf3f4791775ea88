"""What policies allow, by AWS's own rules: what is denied wins, else what is allowed holds.

Understood are actions, resources and conditions on strings and names; a statement with another
kind of condition cannot be judged. Principals matter only to the trust of a role.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from blueproof.core.errors import EngineError

# What a request tells of itself in the simulation; another condition cannot be judged.
_KNOWN = (
    "aws:requestedregion", "iam:passedtoservice", "iam:awsservicename", "iam:permissionsboundary",
)  # fmt: skip
_CLAIMS = "token.actions.githubusercontent.com:"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants to do: the action, the resource's name, what is known of the request."""

    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)
    federated: str = ""


class UnjudgedError(EngineError):
    """A policy, or a request, whose judgement is not built."""


def allowed(documents: Iterable[str], asked: Asked) -> bool:
    """Whether policies, as JSON, allow it together; UnjudgedError where one is beyond this."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _listed(json.loads(document)["Statement"])
        if _applies(statement, asked)
    }
    return effects == {"Allow"}


def _applies(statement: Mapping[str, Any], asked: Asked) -> bool:
    return (
        _names(statement, "Action", asked.action.lower(), folded=True)
        and _names(statement, "Resource", asked.resource)
        and _trusts(statement, asked)
        and all(
            _holds(operator, key, _listed(wanted), asked.context)
            for operator, pairs in statement.get("Condition", {}).items()
            for key, wanted in pairs.items()
        )
    )


def _names(statement: Mapping[str, Any], key: str, name: str, *, folded: bool = False) -> bool:
    """Whether a statement's list, or the opposite of its `Not` list, has the name."""
    inverted = f"Not{key}" in statement
    if key == "Resource" and not inverted and key not in statement:
        return True  # a trust policy has none
    patterns = _listed(statement[f"Not{key}" if inverted else key])
    found = any(fits(p.lower() if folded else p, name) for p in patterns)
    return found != inverted


def _trusts(statement: Mapping[str, Any], asked: Asked) -> bool:
    if not asked.federated:
        return True
    principal = statement.get("Principal", {})
    if principal == "*":
        return True
    return asked.federated in _listed(principal.get("Federated", []))


def _holds(operator: str, key: str, wanted: list[str], context: Mapping[str, str]) -> bool:
    """Whether one condition holds; a key that the request lacks fails all but the negations."""
    if key.lower() not in _KNOWN and not key.startswith(_CLAIMS):
        raise UnjudgedError(f"nothing is known here of {key}")
    if_exists = operator.endswith("IfExists")
    kind = operator.removesuffix("IfExists")
    lowered = {name.lower(): value for name, value in context.items()}
    have = lowered.get(key.lower())
    negated = "Not" in kind
    if have is None:
        return if_exists or negated
    plain = kind.replace("Not", "")
    if plain == "StringEquals":
        found = have in wanted
    elif plain == "StringEqualsIgnoreCase":
        found = have.lower() in [each.lower() for each in wanted]
    elif plain in {"StringLike", "ArnLike", "ArnEquals"}:
        found = any(fits(pattern, have) for pattern in wanted)
    else:
        raise UnjudgedError(f"conditions of the kind {operator} are not judged")
    return found != negated


def fits(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern in which `*` is anything and `?` is one character."""
    parts = re.split(r"([*?])", pattern)
    meant = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(meant, name, re.DOTALL) is not None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
