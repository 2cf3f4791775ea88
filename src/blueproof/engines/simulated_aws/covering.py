"""Whether the role that applies infrastructure may do what Terraform did while applying it.

Terraform's calls are told by the simulated AWS; the role's policies are read here. Where a
resource's name is not known, it is enough that the action is allowed on something. Calls of S3 are
left out: the simulation does not tell all of them apart.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from blueproof.engines.simulated_aws.judging import Asked, UnjudgedError, allowed
from blueproof.engines.simulated_aws.made import Made, Role
from blueproof.engines.simulated_aws.probes import Probe, applies
from blueproof.engines.simulated_aws.recording import UNNAMED

_FREE = ("sts:GetCallerIdentity",)  # AWS asks no policy about it
# The provider looks whether a table's key is the default one, and goes on where it may not.
_LOOKED_AT = ("kms:DescribeKey",)


def covered(made: Made, called: Iterable[tuple[str, Asked]]) -> tuple[Probe, ...]:
    """A probe for each sort of call that Terraform made for stacks other than the role's own."""
    own_keys = any(thing.kind.startswith("aws_kms_") for thing in made.things)
    spared = _FREE if own_keys else (*_FREE, *_LOOKED_AT)
    calls = [each for each in called if each[1].action not in spared]
    return tuple(
        probe
        for thing, role in zip(made.of("aws_iam_role"), made.roles, strict=True)
        if applies(role, made)
        for probe in _of_role(role, (asked for at, asked in calls if at != thing.folder))
    )


def _of_role(role: Role, calls: Iterable[Asked]) -> Iterator[Probe]:
    seen: set[tuple[str, str]] = set()
    for asked in calls:
        key = (asked.action, asked.resource)
        if key in seen or asked.action.startswith("s3:"):
            continue
        seen.add(key)
        yield Probe(
            role=role.name,
            action=asked.action,
            resource=asked.resource or "what Terraform made",
            expected="allowed",
            got=_got(role, asked),
        )


def _got(role: Role, asked: Asked) -> str:
    documents = role.policies
    if asked.resource == UNNAMED:
        documents = tuple(_anywhere(role))
        asked = replace(asked, resource="*")
    try:
        return "allowed" if allowed(documents, asked) else "denied"
    except UnjudgedError as unjudged:
        return f"not judged: {unjudged}"


def _anywhere(role: Role) -> Iterator[str]:
    """What it may do on something: its statements that allow, as if they were about everything."""
    for statement in role.statements:
        if statement["Effect"] != "Allow":
            continue
        open_to_all = {k: v for k, v in statement.items() if not k.endswith("Resource")}
        yield json.dumps({"Statement": [open_to_all]})
