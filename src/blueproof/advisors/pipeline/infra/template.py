"""Templates of CloudFormation, SAM and the Serverless Framework, told in Terraform's names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from blueproof.advisors.pipeline.infra.made import Made, Reference

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
KINDS = {
    "AWS::RDS::DBInstance": "aws_db_instance",
    "AWS::RDS::DBCluster": "aws_rds_cluster",
    "AWS::EC2::SecurityGroup": "aws_security_group",
    "AWS::EC2::Instance": "aws_instance",
    "AWS::ECS::TaskDefinition": "aws_ecs_task_definition",
    "AWS::ECS::Service": "aws_ecs_service",
    "AWS::Lambda::Function": "aws_lambda_function",
    "AWS::Serverless::Function": "aws_lambda_function",
    "AWS::Lambda::EventSourceMapping": "aws_lambda_event_source_mapping",
    "AWS::DynamoDB::Table": "aws_dynamodb_table",
    "AWS::S3::Bucket": "aws_s3_bucket",
    "AWS::SQS::Queue": "aws_sqs_queue",
    "AWS::IAM::Role": "aws_iam_role",
    "AWS::IAM::Policy": "aws_iam_policy",
    "AWS::IAM::ManagedPolicy": "aws_iam_policy",
    "AWS::IAM::User": "aws_iam_user",
    "AWS::IAM::AccessKey": "aws_iam_access_key",
    "AWS::Logs::LogGroup": "aws_cloudwatch_log_group",
    "AWS::EC2::NatGateway": "aws_nat_gateway",
    "AWS::ElasticLoadBalancingV2::Listener": "aws_lb_listener",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "aws_lb_target_group",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "aws_lb",
    "AWS::ElastiCache::ReplicationGroup": "aws_elasticache_replication_group",
}
# Where Terraform's name of a property is another one than its words.
_NAMES = {
    "db_instance_class": "instance_class", "master_user_password": "password",
    "multi_az": "multi_az", "security_group_ingress": "ingress", "cidr_ip": "cidr_blocks",
    "ip_protocol": "protocol", "db_instance_identifier": "identifier",
    "retention_in_days": "retention_in_days", "visibility_timeout": "visibility_timeout_seconds",
    "environment": "environment", "assume_role_policy_document": "assume_role_policy",
    "policy_document": "policy", "managed_policy_arns": "managed_policy_arns",
    "load_balancers": "load_balancer", "deployment_configuration": "deployment_configuration",
    "capacity_providers": "capacity_providers", "awsvpc_configuration": "awsvpc_configuration",
}  # fmt: skip
_KEPT = ("Variables", "Policies", "PolicyDocument", "AssumeRolePolicyDocument", "PolicyStatement")


@dataclass(frozen=True)
class Template:
    """A template: its path and text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> Any:
        """The YAML or JSON as plain data; None where it does not parse."""
        try:
            return _Loader(self.text).get_single_data()
        except yaml.YAMLError:
            return None

    @property
    def unread(self) -> tuple[tuple[str, str], ...]:
        """That it does not parse, and where."""
        try:
            _Loader(self.text).get_single_data()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            return ((self.path, f"line {line}: {getattr(error, 'problem', '') or error}"),)
        return ()

    @property
    def made(self) -> tuple[Made, ...]:
        """What it makes."""
        if not isinstance(self.tree, Mapping):
            return ()
        below = self.tree.get("resources")
        resources = (below.get("Resources") if isinstance(below, Mapping) else None) or (
            self.tree.get("Resources")
        )
        found = list(self._resources(resources if isinstance(resources, Mapping) else {}))
        if isinstance(self.tree.get("functions"), Mapping):
            found += self._functions(self.tree["functions"])
        return tuple(found)

    def _resources(self, resources: Mapping[str, Any]) -> Iterator[Made]:
        usual = self.tree.get("Globals")
        usual = usual.get("Function", {}) if isinstance(usual, Mapping) else {}
        for name, resource in resources.items():
            if not isinstance(resource, Mapping):
                continue
            kind = str(resource.get("Type", ""))
            properties = resource.get("Properties")
            told = dict(properties) if isinstance(properties, Mapping) else {}
            if kind == "AWS::Serverless::Function":
                told = {**usual, **told}
            line, lines = self._place(str(name))
            held = dict(_snaked(told)) | {
                "deletion_policy": resource.get("DeletionPolicy"), "cfn_type": kind,
            }  # fmt: skip
            spelled = {_NAMES.get(_snake(k), _snake(k)): k for k in told}
            yield Made(kind=KINDS.get(kind, kind), name=str(name), path=self.path, line=line,
                       told=held, lines=lines, spelled=spelled)  # fmt: skip

    def _functions(self, functions: Mapping[str, Any]) -> Iterator[Made]:
        """The functions of the Serverless Framework, with what its provider says for all."""
        provider = self.tree.get("provider")
        usual = provider if isinstance(provider, Mapping) else {}
        for name, function in functions.items():
            if not isinstance(function, Mapping):
                continue
            line, lines = self._place(str(name))
            told = {
                "runtime": function.get("runtime", usual.get("runtime")),
                # The framework gives six seconds where nothing is said.
                "timeout": function.get("timeout", usual.get("timeout", 6)),
                "memory_size": function.get("memorySize", usual.get("memorySize", 1024)),
                "environment": {"Variables": {**_map(usual.get("environment")),
                                              **_map(function.get("environment"))}},
                "events": function.get("events", []),
                "vpc_config": function.get("vpc", usual.get("vpc")),
                "reserved_concurrent_executions": function.get("reservedConcurrency"),
                "cfn_type": "serverless",
            }  # fmt: skip
            yield Made(kind="aws_lambda_function", name=str(name), path=self.path, line=line,
                       told=_set(told), lines=lines)  # fmt: skip

    def _place(self, name: str) -> tuple[int, tuple[str, ...]]:
        """Where a thing of that name begins, and its lines."""
        lines = self.text.splitlines()
        for number, line in enumerate(lines, start=1):
            if re.match(rf"^\s+\"?{re.escape(name)}\"?\s*:", line):
                depth = len(line) - len(line.lstrip())
                last = number
                while last < len(lines) and (
                    not lines[last].strip() or len(lines[last]) - len(lines[last].lstrip()) > depth
                ):
                    last += 1
                return number, tuple(lines[number - 1 : last])
        return 1, ()


def read_templates(texts: Mapping[str, str]) -> Iterator[Template]:
    """The templates among the texts."""
    for path, text in texts.items():
        if is_template(path, text):
            yield Template(path, text)


def is_template(path: str, text: str) -> bool:
    """Whether a file is a template of CloudFormation, SAM or the Serverless Framework."""
    if not path.endswith((".yml", ".yaml", ".json", ".template")):
        return False
    name = path.rpartition("/")[2]
    serverless = name.startswith("serverless.") and re.search(r"^functions:", text, re.MULTILINE)
    return bool(serverless) or bool(re.search(r"[\"']?Type[\"']?\s*:\s*[\"']?AWS::\w+::", text))


def _snake(name: str) -> str:
    return "_".join(_CAMEL.split(name)).lower() if name[:1].isupper() else name


def _snaked(told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Properties in Terraform's names; what an author names, and policies, stay as they are."""
    for key, value in told.items():
        name = _snake(str(key))
        name = _NAMES.get(name, name)
        if key == "ContainerDefinitions":
            yield name, [_lowered(each) for each in value] if isinstance(value, list) else value
        elif key in _KEPT or (key == "Environment" and isinstance(value, Mapping)):
            yield name, value
        elif isinstance(value, Mapping):
            yield name, dict(_snaked(value))
        elif isinstance(value, list):
            yield name, [dict(_snaked(v)) if isinstance(v, Mapping) else v for v in value]
        else:
            yield name, value


def _lowered(value: Any) -> Any:
    """A container's settings with the small first letter that a task definition has."""
    if isinstance(value, Mapping):
        return {str(k)[:1].lower() + str(k)[1:]: _lowered(v) for k, v in value.items()}
    return [_lowered(v) for v in value] if isinstance(value, list) else value


def _set(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if value is not None}


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions, which stay references."""


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> Reference:
    if isinstance(node, yaml.ScalarNode):
        return Reference(f"{tag} {node.value}")
    if isinstance(node, yaml.SequenceNode):
        parts = loader.construct_sequence(node, deep=True)
        return Reference(f"{tag} {' '.join(str(p) for p in parts)}")
    return Reference(tag)


_Loader.add_multi_constructor("!", _tagged)
