"""The name (ARN) of what a request is about, which IAM judges by; moto gives it for few services.

A rule is a pattern with the request's parameters in braces. Actions that AWS cannot narrow to a
resource have "*". A request that is not listed here cannot be judged, and is not passed.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from blueproof.engines.simulated_aws.judging import UnjudgedError

_PLACE = re.compile(r"\{(\w+(?:\.\w+)*)\}")
_HERE = "arn:aws:{of}:{region}:{account}"
_FUNCTION = "arn:aws:lambda:{region}:{account}:function:{FunctionName}"
_TABLE = _HERE + ":table/{TableName}"
_REPOSITORY = _HERE + ":repository/{repositoryName}"
_LOG_GROUP = _HERE + ":log-group:{logGroupName}"
_STREAM = _LOG_GROUP + ":log-stream:{logStreamName}"
_ROLE = "arn:aws:iam::{account}:role/{RoleName}"
_USER = "arn:aws:iam::{account}:user/{UserName}"
_RULES: dict[str, str] = {
    "acm:RequestCertificate": "*",
    "application-autoscaling:DescribeScalableTargets": "*",
    "autoscaling:DescribeAutoScalingGroups": "*",
    "budgets:ViewBudget": "arn:aws:budgets::{account}:budget/{BudgetName}",
    "budgets:ModifyBudget": "arn:aws:budgets::{account}:budget/{BudgetName}",
    "cloudwatch:ListTagsForResource": "{ResourceARN}",
    "cloudwatch:PutMetricAlarm": _HERE + ":alarm:{AlarmName}",
    "dynamodb:CreateTable": _TABLE,
    "dynamodb:DeleteItem": _TABLE,
    "dynamodb:DeleteTable": _TABLE,
    "dynamodb:DescribeContinuousBackups": _TABLE,
    "dynamodb:DescribeTable": _TABLE,
    "dynamodb:DescribeTimeToLive": _TABLE,
    "dynamodb:UpdateContinuousBackups": _TABLE,
    "dynamodb:GetItem": _TABLE,
    "dynamodb:ListTables": "*",
    "dynamodb:PutItem": _TABLE,
    "dynamodb:Query": _TABLE,
    "dynamodb:Scan": _TABLE,
    "dynamodb:UpdateItem": _TABLE,
    "ec2:CreateNetworkInterface": "*",
    "ec2:CreateVpc": "*",
    "ec2:DescribeAvailabilityZones": "*",
    "ec2:DescribeNetworkInterfaces": "*",
    "ec2:DescribeSubnets": "*",
    "ec2:DescribeVpcs": "*",
    "ec2:RunInstances": "*",
    "ecr:BatchCheckLayerAvailability": _REPOSITORY,
    "ecr:BatchGetImage": _REPOSITORY,
    "ecr:DeleteRepository": _REPOSITORY,
    "ecr:DescribeImages": _REPOSITORY,
    "ecr:GetAuthorizationToken": "*",
    "ecr:PutImage": _REPOSITORY,
    "ecs:DeregisterTaskDefinition": "*",
    "ecs:DescribeClusters": _HERE + ":cluster/{clusters}",
    "ecs:DescribeServices": _HERE + ":service/{cluster}/{services}",
    "ecs:DescribeTaskDefinition": "*",
    "ecs:DescribeTasks": _HERE + ":task/{cluster}/{tasks}",
    "ecs:ListClusters": "*",
    "ecs:RegisterTaskDefinition": "*",
    "ecs:RunTask": _HERE + ":task-definition/{taskDefinition}",
    "ecs:UpdateService": _HERE + ":service/{cluster}/{service}",
    "elasticache:DescribeReplicationGroups": _HERE + ":replicationgroup:{ReplicationGroupId}",
    "elasticloadbalancing:DescribeLoadBalancers": "*",
    "iam:AttachRolePolicy": _ROLE,
    "iam:CreateAccessKey": _USER,
    "iam:CreateRole": _ROLE,
    "iam:CreateServiceLinkedRole":
        "arn:aws:iam::{account}:role/aws-service-role/{AWSServiceName}/AWSServiceRoleFor",
    "iam:CreateUser": _USER,
    "iam:GetRole": _ROLE,
    "iam:GetRolePolicy": _ROLE,
    "iam:ListAttachedRolePolicies": _ROLE,
    "iam:ListRolePolicies": _ROLE,
    "iam:ListUsers": "*",
    "iam:PutRolePolicy": _ROLE,
    "iam:UpdateAssumeRolePolicy": _ROLE,
    "kms:Decrypt": "*",
    "kms:ListKeys": "*",
    "lambda:CreateFunction": _FUNCTION,
    "lambda:GetAlias": _FUNCTION + ":{Name}",
    "lambda:GetFunction": _FUNCTION,
    "lambda:ListFunctions": "*",
    "lambda:ListVersionsByFunction": _FUNCTION,
    "lambda:UpdateFunctionCode": _FUNCTION,
    "lambda:GetFunctionConfiguration": _FUNCTION,
    "logs:CreateLogGroup": _LOG_GROUP,
    "logs:CreateLogStream": _STREAM,
    "logs:DescribeLogGroups": "*",
    "logs:FilterLogEvents": _LOG_GROUP + ":*",
    "logs:GetLogEvents": _STREAM,
    "logs:PutLogEvents": _STREAM,
    "rds:DeleteDBInstance": _HERE + ":db:{DBInstanceIdentifier}",
    "rds:DescribeDBInstances": _HERE + ":db:{DBInstanceIdentifier}",
    "route53:ListHostedZones": "*",
    "secretsmanager:DescribeSecret": "{SecretId}",
    "secretsmanager:GetSecretValue": "{SecretId}",
    "sns:GetTopicAttributes": "{TopicArn}",
    "sns:Publish": "{TopicArn}",
    "ssm:GetParameter": _HERE + ":parameter/{Name}",
    "sts:AssumeRole": "{RoleArn}",
    "sts:GetCallerIdentity": "*",
}  # fmt: skip
# Where the operation is called otherwise than the action that IAM knows it by.
_ACTIONS = {
    **{
        f"budgets:{verb}{what}": f"budgets:{power}Budget"
        for verb, power in (
            ("Create", "Modify"),
            ("Update", "Modify"),
            ("Delete", "Modify"),
            ("Describe", "View"),
        )
        for what in ("Budget", "Notification", "Subscriber")
    },
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
}
# A request that names none of them is about all of them.
_ALL = ("DBInstanceIdentifier",)
_SERVICES = {"monitoring": "cloudwatch"}


def action_of(service: str, operation: str) -> str:
    """The action that IAM knows an operation by; API Gateway's are the methods of HTTP."""
    called = f"{_SERVICES.get(service, service)}:{operation}"
    return _ACTIONS.get(called, called)


def name_of(action: str, given: Mapping[str, Any], region: str, account: str) -> str:
    """The resource's name; UnjudgedError where the action is not listed or a parameter lacks."""
    rule = _RULES.get(action)
    if rule is None:
        raise UnjudgedError(f"{action} has no rule for its resource's name")
    known = {"of": action.partition(":")[0], "region": region, "account": account}

    def filled(place: re.Match[str]) -> str:
        value = known.get(place[1]) or _first(given.get(place[1]))
        value = value or ("*" if place[1] in _ALL and _reads(action) else "")
        if not value:
            raise UnjudgedError(f"{action} names no {place[1]}")
        own = value.rpartition("/")[2] if place[1] in {"cluster", "service", "services"} else value
        return own.rpartition(":task-definition/")[2] if place[1] == "taskDefinition" else own

    return _PLACE.sub(filled, rule)


def _reads(action: str) -> bool:
    return action.partition(":")[2].startswith("Describe")


def is_whole(action: str) -> bool:
    """Whether AWS cannot narrow an action to a resource."""
    return _RULES.get(action) == "*"


def parameters(body: bytes, form: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A request's parameters, from JSON, from a form, or from the path."""
    found: dict[str, Any] = {key: _first(value) for key, value in form.items()}
    if body[:1] == b"{":
        try:
            found |= json.loads(body)
        except ValueError as error:
            raise UnjudgedError("a request's body is no JSON") from error
    if isinstance(found.get("Budget"), dict):
        found["BudgetName"] = found["Budget"].get("BudgetName")
    parts = re.match(r"/\d{4}-\d{2}-\d{2}/functions/([^/?]+)(?:/aliases/([^/?]+))?", path)
    if parts:
        found["FunctionName"] = parts[1].rpartition(":function:")[2]
        found["Name"] = parts[2]
    return found


def _first(value: Any) -> str:
    several = value if isinstance(value, list) else [value]
    return str(several[0]) if several and several[0] is not None else ""
