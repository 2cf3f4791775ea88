"""Roles and their policies: who may take a role on, and what it may do there."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from blueproof.cloud.stack import Body, Resource, Value, body, ref

Grant = tuple[str, Sequence[str], Sequence[str]]  # a name, actions, resources


def boundary(name: str) -> str:
    """The boundary's full name: what a role of the service may at most be given."""
    return f"arn:aws:iam::${{data.aws_caller_identity.here.account_id}}:policy/{name}-boundary"


def bounded(
    name: str, file: str, says: str, trusted: Body, grants: Sequence[Body]
) -> Iterator[Resource]:
    """A role as `role` makes it, that can never do more than the boundary allows."""
    for resource in role(name, file, says, trusted, grants):
        if resource.kind != "aws_iam_role":
            yield resource
            continue
        limit = ("permissions_boundary", boundary("${var.name}"))
        yield replace(resource, body=Body((*resource.body.entries, limit)))


def role(
    name: str, file: str, says: str, trusted: Body, grants: Sequence[Body]
) -> Iterator[Resource]:
    """A role, the document of who may take it on, and its one policy."""
    yield document(f"{name}_trust", file, (trusted,))
    yield Resource(
        kind="aws_iam_role", name=name, file=file, says=says,
        body=body(
            name=f"${{local.name}}-{name.replace('_', '-')}",
            assume_role_policy=ref(f"data.aws_iam_policy_document.{name}_trust.json"),
            max_session_duration=3600,
        ),
    )  # fmt: skip
    if grants:
        yield document(name, file, tuple(grants))
        yield Resource(
            kind="aws_iam_role_policy", name=name, file=file,
            body=body(
                name="what-it-may-do",
                role=ref(f"aws_iam_role.{name}.id"),
                policy=ref(f"data.aws_iam_policy_document.{name}.json"),
            ),
        )  # fmt: skip


def document(name: str, file: str, statements: tuple[Body, ...]) -> Resource:
    """A policy document."""
    return Resource(
        kind="aws_iam_policy_document", name=name, mode="data", file=file,
        body=body(statement=statements),
    )  # fmt: skip


def grant(sid: str, actions: Sequence[str], resources: Sequence[str], **condition: Value) -> Body:
    """A statement that allows; `condition` holds test, variable and values."""
    return body(
        sid=sid,
        actions=tuple(actions),
        resources=tuple(_reference(r) for r in resources),
        condition=body(**condition) if condition else None,
    )


def denial(sid: str, actions: Sequence[str], **condition: Value) -> Body:
    """A statement that denies, wherever the condition is met, what another one allows."""
    return body(
        sid=sid,
        effect="Deny",
        actions=tuple(actions),
        resources=("*",),
        condition=body(**condition),
    )


def _reference(resource: str) -> Value:
    """A resource's name; a lone template is a plain reference."""
    alone = resource.startswith("${") and resource.endswith("}") and resource.count("${") == 1
    return ref(resource[2:-1]) if alone else resource


def by_service(principal: str) -> Body:
    """Trust in a service of AWS."""
    return body(
        actions=("sts:AssumeRole",),
        principals=body(type="Service", identifiers=(principal,)),
    )


def by_github(provider: str, subjects: Sequence[str]) -> Body:
    """Trust in runs of GitHub Actions whose subject is one of these, for this audience alone."""
    host = "token.actions.githubusercontent.com"
    return body(
        actions=("sts:AssumeRoleWithWebIdentity",),
        principals=body(type="Federated", identifiers=(ref(provider),)),
        condition=(
            body(test="StringEquals", variable=f"{host}:aud", values=("sts.amazonaws.com",)),
            body(test="StringEquals", variable=f"{host}:sub", values=tuple(subjects)),
        ),
    )
