"""IAM policies as they are pasted: read, and asked whether they allow an action on a resource.

What decides is as AWS writes it down: nothing is allowed unless a statement allows it, and a deny
wins. Conditions are not worked out: a statement with one is said to hang on it. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)\w*[ \t]*$", re.MULTILINE)
_CURLY = str.maketrans("\u201c\u201d\u00a0", '"" ')
_TRAILING = re.compile(r",(\s*[}\]])")

Verdict = Literal["allowed", "refused", "depends"]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement: its actions and resources as patterns, whom it names, and its conditions.

    `everyone` is whether it names all principals; `turned` whether it is written by NotAction,
    NotResource or NotPrincipal, and so speaks of all that is not named.
    """

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...] = ()
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]]
    turned: tuple[str, ...] = ()

    @property
    def everyone(self) -> bool:
        """Whether it holds for anybody at all, accounts of strangers included."""
        return any(p in {"*", "AWS:*"} for p in self.principals)

    @property
    def is_trust(self) -> bool:
        """Whether it says who may take on a role."""
        return any(a.lower().startswith("sts:assumerole") for a in self.actions)

    def speaks_of(self, action: str, resource: str) -> bool:
        """Whether action and resource are among those it is about."""
        acts = any(fnmatchcase(action.lower(), a.lower()) for a in self.actions)
        stands = any(fnmatchcase(resource, r) for r in self.resources or ("*",))
        return acts != ("NotAction" in self.turned) and stands != ("NotResource" in self.turned)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy with its statements, in order."""

    statements: tuple[Statement, ...]

    def decides(self, action: str, resource: str) -> Verdict:
        """Whether it allows the action on the resource; "depends" where a condition decides."""
        about = [s for s in self.statements if s.speaks_of(action, resource)]
        denies = [s for s in about if not s.allows]
        if any(not s.conditions for s in denies):
            return "refused"
        allows = [s for s in about if s.allows]
        if not allows:
            return "refused"
        if denies or all(s.conditions for s in allows):
            return "depends"
        return "allowed"


def policies_in(text: str) -> tuple[Policy, ...]:
    """Every policy that stands in a text as JSON; those that cannot be read are left out.

    >>> [p] = policies_in('{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}')
    >>> p.decides("s3:DeleteBucket", "arn:aws:s3:::other"), p.decides("ec2:RunInstances", "*")
    ('allowed', 'refused')
    """
    plain = _TRAILING.sub(r"\1", _FENCE.sub("", text.translate(_CURLY)))
    return tuple(_policies(plain))


def _policies(text: str) -> Iterator[Policy]:
    decoder, at = json.JSONDecoder(), 0
    while (start := text.find("{", at)) >= 0:
        try:
            read, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError:
            at = start + 1
            continue
        at = end
        yield from _found(read)


def _found(read: Any) -> Iterator[Policy]:
    """The policy that a value is, else those that it holds, as a role's description does."""
    if not isinstance(read, dict):
        return
    raw = read.get("Statement", [read] if {"Effect", "Action"} <= {*read} else None)
    if raw is None:
        for inner in read.values():
            yield from _found(inner)
        return
    listed = raw if isinstance(raw, list) else [raw]
    statements = tuple(_statement(each) for each in listed if isinstance(each, dict))
    if statements and all(s.actions for s in statements):
        yield Policy(statements=statements)


def _statement(raw: dict[str, Any]) -> Statement:
    turned = tuple(k for k in ("NotAction", "NotResource", "NotPrincipal") if k in raw)
    conditions = raw.get("Condition")
    return Statement(
        allows=str(raw.get("Effect", "")).lower() == "allow",
        actions=_texts(raw.get("Action", raw.get("NotAction"))),
        resources=_texts(raw.get("Resource", raw.get("NotResource"))),
        principals=tuple(_principals(raw.get("Principal"))),
        conditions={
            str(op): {str(k): _texts(v) for k, v in of.items()}
            for op, of in (conditions if isinstance(conditions, dict) else {}).items()
            if isinstance(of, dict)
        },
        turned=turned,
    )


def _principals(raw: Any) -> Iterator[str]:
    if isinstance(raw, dict):
        for kind, named in raw.items():
            yield from (f"{kind}:{each}" for each in _texts(named))
    else:
        yield from _texts(raw)


def _texts(raw: Any) -> tuple[str, ...]:
    if raw is None:
        return ()
    return tuple(map(str, raw)) if isinstance(raw, list) else (str(raw),)
