"""Moto's IAM made to judge as AWS does: by the resource's name and by the conditions.

As it is (5.2), it takes every resource for "*" outside of S3 and SQS, lets no condition but those
of a trust hold, asks nobody when a role is handed to a service, and accepts every token of an
identity provider. It runs inside the process of the simulated AWS only.
"""

# ruff: noqa: SLF001 (what is private to moto's request is what is judged)

import base64
import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from blueproof.core.errors import EngineError
from blueproof.engines.simulated_aws.judging import Asked, UnjudgedError, allowed
from blueproof.engines.simulated_aws.naming import action_of, name_of, parameters

NOT_JUDGED = "NotJudged"
# Operations that hand roles to a service: the service, and the parameters that name the roles.
_HANDS_OVER = {
    "ecs:RegisterTaskDefinition": ("ecs-tasks.amazonaws.com", ("taskRoleArn", "executionRoleArn")),
    "lambda:CreateFunction": ("lambda.amazonaws.com", ("Role",)),
}
_GITHUB = "token.actions.githubusercontent.com"


def judge_as_aws_does() -> None:
    """Patches moto's judgement; the signatures and sessions stay moto's own."""
    control = import_module("moto.iam.access_control")

    def check_action_permitted(self: Any, resource: str) -> None:
        try:
            held = all(allowed(_documents(self), asked) for asked in asked_by(self, resource))
        except UnjudgedError as unjudged:
            raise _refusal(str(unjudged)) from unjudged
        if not held:
            self._raise_access_denied()

    control.IAMRequestBase.check_action_permitted = check_action_permitted
    _sign_nothing(control.IAMRequestBase)
    _read_tokens()


def _sign_nothing(requests: Any) -> None:
    """Where a request has neither query nor body, moto signs its headers for a form."""
    checked = requests.check_signature

    def check_signature(self: Any) -> None:
        given = self._data
        self._data = given if self._method == "POST" else {}
        try:
            checked(self)
        finally:
            self._data = given

    requests.check_signature = check_signature


def _documents(request: Any) -> list[str]:
    """The policies of whoever signed, as JSON."""
    return [
        policy if isinstance(policy, str) else _attached(policy)
        for policy in request._access_key.collect_policies()
    ]


def _attached(policy: Any) -> str:
    if isinstance(policy, dict):
        return str(policy["policy_document"])
    return next(str(v.document) for v in policy.versions if v.is_default)


def asked_by(request: Any, resource: str) -> Iterator[Asked]:
    """What the request needs: its own action, and every role that it hands over."""
    service, region = request._service, request._region
    operation = request._action.partition(":")[2]
    path = unquote(request._path)
    context = {"aws:RequestedRegion": region}
    if service == "s3":
        yield Asked(action=f"s3:{operation}", resource=resource, context=context)
        return
    if service == "apigateway":
        name = f"arn:aws:apigateway:{region}::/{path.split('/', 2)[-1].partition('?')[0]}"
        method = request._method
        yield Asked(action=f"apigateway:{method}", resource=name, context=context)
        return
    action = action_of(service, operation)
    given = parameters(request._body or b"", request._data, path)
    if action == "iam:CreateServiceLinkedRole":
        context["iam:AWSServiceName"] = str(given.get("AWSServiceName", ""))
    bound = _boundary(action, given, request.account_id)
    context |= {"iam:PermissionsBoundary": bound} if bound else {}
    yield Asked(
        action=action,
        resource=name_of(action, given, region, request.account_id),
        context=context,
    )
    yield from _handed_over(action, given, context)


def _boundary(action: str, given: Mapping[str, Any], account: str) -> str:
    """The boundary that a role is made with, or has; "" if none."""
    if not action.startswith("iam:"):
        return ""
    if given.get("PermissionsBoundary"):
        return str(given["PermissionsBoundary"])
    roles = import_module("moto.iam.models").iam_backends[account]["aws"].roles.values()
    own = [role for role in roles if role.name == given.get("RoleName")]
    return str(own[0].permissions_boundary_arn or "") if own else ""


def _handed_over(
    action: str, given: Mapping[str, Any], context: Mapping[str, str]
) -> Iterator[Asked]:
    to, names = _HANDS_OVER.get(action, ("", ()))
    for name in names:
        if given.get(name):
            yield Asked(
                action="iam:PassRole",
                resource=str(given[name]),
                context={**context, "iam:PassedToService": to},
            )


def _refusal(why: str) -> Any:
    """An answer that is neither leave nor denial: 501, not implemented."""
    kind = vars(import_module("moto.core.exceptions"))["_RESTError"]
    refused: Any = kind(NOT_JUDGED, why)
    refused.code = HTTPStatus.NOT_IMPLEMENTED.value
    return refused


def _read_tokens() -> None:
    """A role is taken on by a token only where its trust accepts what the token claims."""
    responses = import_module("moto.sts.responses")
    models = import_module("moto.iam.models")
    errors = import_module("moto.core.exceptions")
    taken = responses.TokenResponse.assume_role_with_web_identity

    def assume_role_with_web_identity(self: Any) -> Any:
        arn = str(self._get_param("RoleArn"))
        account = arn.split(":")[4]
        role = models.iam_backends[account]["aws"].get_role_by_arn(arn)
        claims = _claims(str(self._get_param("WebIdentityToken")))
        asked = Asked(
            action="sts:AssumeRoleWithWebIdentity",
            context={f"{_GITHUB}:{name}": value for name, value in claims.items()},
            federated=f"arn:aws:iam::{account}:oidc-provider/{_GITHUB}",
        )
        if not allowed([role.assume_role_policy_document], asked):
            raise errors.AccessDeniedError(user_arn=claims.get("sub", ""), action=asked.action)
        return taken(self)

    responses.TokenResponse.assume_role_with_web_identity = assume_role_with_web_identity


def token(claims: Mapping[str, str]) -> str:
    """A token with these claims; nobody checks its signature here."""
    parts = ({"alg": "none"}, dict(claims))
    encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode() for p in parts]
    return ".".join([*(each.rstrip("=") for each in encoded), "unsigned"])


def _claims(words: str) -> dict[str, str]:
    _, _, rest = words.partition(".")
    told, dot, _ = rest.partition(".")
    if not dot:
        raise EngineError("this is no token of an identity provider")
    padded = told + "=" * (-len(told) % 4)
    found = json.loads(base64.urlsafe_b64decode(padded))
    return {str(key): str(value) for key, value in found.items()}
