"""How an action is tried: the client, the operation and parameters that concern one resource.

Only what changes nothing that counts is called: reads, and writes of things beside those made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Name:
    """The name (ARN) of a resource in parts; "*" where the action has no resource."""

    whole: str

    @property
    def rest(self) -> str:
        """What comes after the account."""
        return self.whole.split(":", 5)[-1]

    @property
    def last(self) -> str:
        """What comes after the kind: "api" of "repository/api", "a/b" of "service/a/b"."""
        return self.rest.partition("/")[2] or self.rest.rpartition(":")[2]


@dataclass(frozen=True)
class Call:
    """A call: which client, which method of it, and what is given."""

    client: str
    method: str
    given: Callable[[Name], Given]


def _nothing(_: Name) -> Given:
    return {}


def _key(name: Name) -> Given:
    bucket, _, key = name.rest.partition("/")
    return {"Bucket": bucket, "Key": key}


def _service(name: Name) -> tuple[str, str]:
    cluster, _, service = name.last.partition("/")
    return cluster, service


def _log(name: Name) -> str:
    """The log group of a name such as log-group:/ecs/api:log-stream:x."""
    return name.rest.removeprefix("log-group:").partition(":")[0]


def _stream(name: Name) -> Given:
    return {"logGroupName": _log(name), "logStreamName": "tried"}


def _events(name: Name) -> Given:
    return {**_stream(name), "logEvents": [{"timestamp": 0, "message": "tried"}]}


def _function(name: Name) -> str:
    return name.rest.removeprefix("function:").partition(":")[0]


def _task(roles: tuple[str, ...]) -> Given:
    names = dict(zip(("executionRoleArn", "taskRoleArn"), roles, strict=False))
    container = {"name": "app", "image": "tried", "memory": 64, "essential": True}
    return {"family": "tried", "containerDefinitions": [container], **names}


def _item(name: Name) -> Given:
    return {"TableName": name.last, "Key": {"pk": {"S": "tried"}}}


_IMAGE = [{"imageTag": "tried"}]
CALLS: dict[str, Call] = {
    "acm:RequestCertificate": Call(
        "acm", "request_certificate", lambda _: {"DomainName": "tried.example.com"}
    ),
    "apigateway:GET": Call("apigatewayv2", "get_apis", _nothing),
    "application-autoscaling:DescribeScalableTargets": Call(
        "application-autoscaling", "describe_scalable_targets",
        lambda _: {"ServiceNamespace": "ecs"},
    ),
    "budgets:ViewBudget": Call(
        "budgets", "describe_budget",
        lambda n: {"AccountId": n.whole.split(":")[4], "BudgetName": n.last},
    ),
    "cloudwatch:ListTagsForResource": Call(
        "cloudwatch", "list_tags_for_resource", lambda n: {"ResourceARN": n.whole}
    ),
    "dynamodb:DeleteTable": Call("dynamodb", "delete_table", lambda n: {"TableName": n.last}),
    "dynamodb:DescribeTable": Call("dynamodb", "describe_table", lambda n: {"TableName": n.last}),
    "dynamodb:GetItem": Call("dynamodb", "get_item", _item),
    "dynamodb:ListTables": Call("dynamodb", "list_tables", _nothing),
    "dynamodb:Scan": Call("dynamodb", "scan", lambda n: {"TableName": n.last}),
    "ec2:CreateVpc": Call("ec2", "create_vpc", lambda _: {"CidrBlock": "10.9.0.0/16"}),
    "ec2:DescribeAvailabilityZones": Call("ec2", "describe_availability_zones", _nothing),
    "ec2:DescribeSubnets": Call("ec2", "describe_subnets", _nothing),
    "ec2:DescribeVpcs": Call("ec2", "describe_vpcs", _nothing),
    "ec2:RunInstances": Call(
        "ec2", "run_instances", lambda _: {"ImageId": "ami-0", "MinCount": 1, "MaxCount": 1}
    ),
    "ecr:BatchGetImage": Call(
        "ecr", "batch_get_image", lambda n: {"repositoryName": n.last, "imageIds": _IMAGE}
    ),
    "ecr:DescribeImages": Call(
        "ecr", "describe_images", lambda n: {"repositoryName": n.last}
    ),
    "ecr:GetAuthorizationToken": Call("ecr", "get_authorization_token", _nothing),
    "ecr:PutImage": Call(
        "ecr", "put_image", lambda n: {"repositoryName": n.last, "imageManifest": "{}"}
    ),
    "ecs:DescribeServices": Call(
        "ecs", "describe_services",
        lambda n: {"cluster": _service(n)[0], "services": [_service(n)[1]]},
    ),
    "ecs:DescribeTaskDefinition": Call(
        "ecs", "describe_task_definition", lambda _: {"taskDefinition": "tried"}
    ),
    "ecs:DescribeTasks": Call(
        "ecs", "describe_tasks", lambda n: {"cluster": _service(n)[0], "tasks": [_service(n)[1]]}
    ),
    "ecs:ListClusters": Call("ecs", "list_clusters", _nothing),
    "ecs:RegisterTaskDefinition": Call("ecs", "register_task_definition", lambda _: _task(())),
    "ecs:RunTask": Call("ecs", "run_task", lambda n: {"taskDefinition": n.last, "cluster": "no"}),
    "ecs:UpdateService": Call(
        "ecs", "update_service", lambda n: {"cluster": _service(n)[0], "service": _service(n)[1]}
    ),
    "elasticache:DescribeReplicationGroups": Call(
        "elasticache", "describe_replication_groups", lambda _: {"ReplicationGroupId": "tried"}
    ),
    "elasticloadbalancing:DescribeLoadBalancers": Call(
        "elbv2", "describe_load_balancers", _nothing
    ),
    "iam:AttachRolePolicy": Call(
        "iam", "attach_role_policy",
        lambda n: {"RoleName": n.last, "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
    "iam:CreateAccessKey": Call("iam", "create_access_key", lambda n: {"UserName": n.last}),
    "iam:CreateServiceLinkedRole": Call(
        "iam", "create_service_linked_role",
        lambda n: {"AWSServiceName": n.whole.split("/")[2]},
    ),
    "iam:CreateUser": Call("iam", "create_user", lambda n: {"UserName": n.last}),
    "iam:GetRole": Call("iam", "get_role", lambda n: {"RoleName": n.last}),
    "iam:PassRole": Call("ecs", "register_task_definition", lambda n: _task((n.whole,))),
    "iam:PutRolePolicy": Call(
        "iam", "put_role_policy",
        lambda n: {"RoleName": n.last, "PolicyName": "tried", "PolicyDocument": "{}"},
    ),
    "iam:UpdateAssumeRolePolicy": Call(
        "iam", "update_assume_role_policy",
        lambda n: {"RoleName": n.last, "PolicyDocument": "{}"},
    ),
    "lambda:GetFunction": Call(
        "lambda", "get_function", lambda n: {"FunctionName": _function(n)}
    ),
    "lambda:UpdateFunctionCode": Call(
        "lambda", "update_function_code", lambda n: {"FunctionName": _function(n)}
    ),
    "logs:CreateLogStream": Call("logs", "create_log_stream", _stream),
    "logs:DescribeLogGroups": Call("logs", "describe_log_groups", _nothing),
    "logs:FilterLogEvents": Call(
        "logs", "filter_log_events", lambda n: {"logGroupName": _log(n)}
    ),
    "logs:CreateLogGroup": Call("logs", "create_log_group", lambda n: {"logGroupName": _log(n)}),
    "logs:GetLogEvents": Call("logs", "get_log_events", _stream),
    "logs:PutLogEvents": Call("logs", "put_log_events", _events),
    "rds:DeleteDBInstance": Call(
        "rds", "delete_db_instance",
        lambda n: {"DBInstanceIdentifier": n.rest.rpartition(":")[2], "SkipFinalSnapshot": True},
    ),
    "rds:DescribeDBInstances": Call(
        "rds", "describe_db_instances",
        lambda n: {"DBInstanceIdentifier": n.rest.rpartition(":")[2]},
    ),
    "route53:ListHostedZones": Call("route53", "list_hosted_zones", _nothing),
    "s3:CreateBucket": Call("s3", "create_bucket", lambda n: {"Bucket": n.rest}),
    "s3:DeleteBucket": Call("s3", "delete_bucket", lambda n: {"Bucket": n.rest}),
    "s3:GetObject": Call("s3", "get_object", _key),
    "s3:ListAllMyBuckets": Call("s3", "list_buckets", _nothing),
    "s3:ListBucket": Call("s3", "list_objects_v2", lambda n: {"Bucket": n.rest}),
    "s3:PutObject": Call("s3", "put_object", lambda n: {**_key(n), "Body": b"tried"}),
    "secretsmanager:DescribeSecret": Call(
        "secretsmanager", "describe_secret", lambda n: {"SecretId": n.whole}
    ),
    "secretsmanager:GetSecretValue": Call(
        "secretsmanager", "get_secret_value", lambda n: {"SecretId": n.whole}
    ),
    "sns:GetTopicAttributes": Call(
        "sns", "get_topic_attributes", lambda n: {"TopicArn": n.whole}
    ),
    "sns:Publish": Call(
        "sns", "publish", lambda n: {"TopicArn": n.whole, "Message": "tried"}
    ),
    "ssm:GetParameter": Call("ssm", "get_parameter", lambda n: {"Name": n.last}),
    "sts:AssumeRole": Call(
        "sts", "assume_role", lambda n: {"RoleArn": n.whole, "RoleSessionName": "tried"}
    ),
}  # fmt: skip
# Tried only where they must be denied: they would take away what was made.
DESTROYS = frozenset({
    "dynamodb:DeleteTable", "iam:AttachRolePolicy", "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy", "rds:DeleteDBInstance", "s3:DeleteBucket",
})  # fmt: skip
