"""Roles really made in a simulated account, and told of as Terraform's state would."""

import atexit
import json
from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any

import pytest

from blueproof.engines.simulated_aws import serving
from blueproof.engines.simulated_aws.made import GITHUB, Made, Thing
from blueproof.engines.simulated_aws.serving import ACCOUNT, REGION, SimulatedAws

HERE = f"{REGION}:{ACCOUNT}"
_numbers = count()


@cache
def started() -> SimulatedAws:
    """A running account, one for all tests of a process: starting it takes seconds."""
    if lacks := serving.missing():
        pytest.skip(f"the simulated AWS needs {lacks}")
    running = SimulatedAws()
    atexit.register(running.close)
    return running.__enter__()


def grant(actions: str, resources: str = "*", **conditions: Any) -> dict[str, Any]:
    """A statement that allows."""
    found = {"Effect": "Allow", "Action": actions.split(), "Resource": resources.split()}
    return {**found, "Condition": conditions} if conditions else found


def by_github(*subjects: str) -> dict[str, Any]:
    """Trust in runs of GitHub with these subjects."""
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"},
        "Condition": {
            "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": list(subjects)}
        },
    }


def by_service(name: str) -> dict[str, Any]:
    """Trust in a service of AWS."""
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": name}}


def role(
    aws: SimulatedAws, name: str, trust: dict[str, Any], *grants: Mapping[str, Any]
) -> tuple[Thing, ...]:
    """A role of that name and a number, really made, as Terraform's state would tell it."""
    name = f"{name}-{next(_numbers)}"
    trusted, allowed = _document(trust), _document(*grants)
    iam = aws.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=allowed)
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return (
        Thing("infra", "aws_iam_role", {"name": name, "arn": arn, "assume_role_policy": trusted}),
        Thing("infra", "aws_iam_role_policy", {"role": name, "policy": allowed}),
    )


def made(*things: tuple[Thing, ...] | Thing) -> Made:
    """All of these."""
    several = (each if isinstance(each, tuple) else (each,) for each in things)
    return Made(tuple(thing for each in several for thing in each))


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
