"""Roles taken on in the simulated AWS, and what they then may and may not do, tried."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from blueproof.engines.simulated_aws.authorizing import NOT_JUDGED, token
from blueproof.engines.simulated_aws.calls import CALLS, Name
from blueproof.engines.simulated_aws.made import Made, Role
from blueproof.engines.simulated_aws.probes import Probe, other_than, probes, uncalled
from blueproof.engines.simulated_aws.serving import Keys, SimulatedAws

_AUDIENCE = "sts.amazonaws.com"
_DENIED = "AccessDenied"
_UNKNOWN = (401, 403)  # whoever signed is not known, or has not signed well
_TAKE = "sts:AssumeRoleWithWebIdentity"
_SOMEBODY = "somebody/else"


def try_roles(aws: SimulatedAws, made: Made) -> tuple[Probe, ...]:
    """Who may take each role on, and every probe of it, with what came of them."""
    taken = [probe for role in made.roles for probe in try_taking(aws, role)]
    left = [probe for role in made.roles for probe in _left(role)]
    return (*taken, *try_probes(aws, made.roles, probes(made)), *left)


def try_probes(
    aws: SimulatedAws, roles: tuple[Role, ...], chosen: Iterable[Probe]
) -> tuple[Probe, ...]:
    """Probes with what came of them; nothing but policies decides meanwhile."""
    _make_others(aws)
    sessions = {role.name: _session(aws, role) for role in roles}
    aws.authorizing(on=True)
    try:
        return tuple(_tried(aws, probe, sessions[probe.role]) for probe in chosen)
    finally:
        aws.authorizing(on=False)


def _make_others(aws: SimulatedAws) -> None:
    """Somebody else's registry: moto breaks, and tells nothing, where one is not there."""
    registry = aws.client("ecr")
    name = other_than("ecr:PutImage").rpartition("/")[2]
    known = {each["repositoryName"] for each in registry.describe_repositories()["repositories"]}
    if name not in known:
        registry.create_repository(repositoryName=name)


def try_taking(aws: SimulatedAws, role: Role) -> Iterator[Probe]:
    """Who may take a role on: one of the pipeline is for the runs that it names, for no others."""
    if not role.by_github:
        return
    for subject in role.subjects:
        yield _taking(aws, role, subject, "allowed")
        rest = subject.split(":", 2)[2]
        yield _taking(aws, role, f"repo:{_SOMEBODY}:{rest}", "denied")
        yield _taking(aws, role, subject, "denied", audience="https://example.com")
    for own in dict.fromkeys(subject.split(":")[1] for subject in role.subjects):
        for rest in ("pull_request", "ref:refs/heads/try-it", "environment:anything"):
            if f"repo:{own}:{rest}" not in role.subjects:
                yield _taking(aws, role, f"repo:{own}:{rest}", "denied")


def _taking(
    aws: SimulatedAws, role: Role, subject: str, expected: Any, audience: str = _AUDIENCE
) -> Probe:
    who = subject if audience == _AUDIENCE else f"{subject} for {audience}"
    got = _got(lambda: _by_token(aws, role, subject, audience))
    return Probe(role=role.name, action=_TAKE, resource=who, expected=expected, got=got)


def _by_token(aws: SimulatedAws, role: Role, subject: str, audience: str) -> Any:
    return aws.client("sts").assume_role_with_web_identity(
        RoleArn=role.arn,
        RoleSessionName="tried",
        WebIdentityToken=token({"sub": subject, "aud": audience}),
    )


def _session(aws: SimulatedAws, role: Role) -> Keys:
    """The keys of whoever took the role on: here its trust is not asked."""
    answer = aws.client("sts").assume_role(RoleArn=role.arn, RoleSessionName="tried")
    found = answer["Credentials"]
    return Keys(
        name=found["AccessKeyId"], secret=found["SecretAccessKey"], token=found["SessionToken"]
    )


def _tried(aws: SimulatedAws, probe: Probe, keys: Keys) -> Probe:
    call = CALLS[probe.action]
    client = aws.client(call.client, keys)
    given = call.given(Name(probe.resource))
    return replace(probe, got=_got(lambda: getattr(client, call.method)(**given)))


def _got(call: Any) -> str:
    """Whether a call was let through: what is let through may still fail, or find nothing."""
    errors = import_module("botocore.exceptions")
    try:
        call()
    except errors.ClientError as error:
        said = str(error.response.get("Error", {}))
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if _DENIED in said:
            return "denied"
        let_through = status in range(400, 500) and status not in _UNKNOWN
        return "allowed" if let_through and NOT_JUDGED not in said else f"not judged: {error}"
    except errors.BotoCoreError as error:
        return f"not judged: {error}"
    return "allowed"


def _left(role: Role) -> Iterator[Probe]:
    """Statements that nothing is known to call for."""
    for name in uncalled(role):
        yield Probe(
            role=role.name, action=name, resource="its own", expected="allowed",
            got="not judged: no call is known for it",
        )  # fmt: skip
