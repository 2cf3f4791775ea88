"""The same image as a Lambda function behind an HTTP API."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.fargate import secret_arns
from blueproof.advisors.deploy.parts.network import HTTPS, group, needed, subnets, vpc
from blueproof.advisors.deploy.parts.roles import bounded, by_service, denial, grant
from blueproof.advisors.deploy.parts.stores import environment, permissions
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import Body, Resource, Value, body, ref, table

MEMORY = 512
_TIMEOUT, _MIGRATION_SECONDS = 29, 900
_FILE, _ROLES, _NETWORK = "function.tf", "roles.tf", "network.tf"


def function(service: Service, form: Form) -> Iterator[Resource]:
    """The functions, the API in front of them, their role, and the way to the secrets."""
    yield from _roles(service, form)
    yield from _function(service, form, "api", _TIMEOUT, form.at_once)
    if migrates(service):
        yield from _function(service, form, "migrate", _MIGRATION_SECONDS, 1)
    yield _alias()
    yield from _api()
    if needed(service, form) and not form.nat and secret_arns(service):
        yield from _endpoint(service)


def migrates(service: Service) -> bool:
    """Whether a second function applies migrations."""
    return bool(service.migrate) and service.database == "postgresql"


def _roles(service: Service, form: Form) -> Iterator[Resource]:
    grants = [
        grant(
            "Logs", ("logs:CreateLogStream", "logs:PutLogEvents"),
            tuple(f"${{aws_cloudwatch_log_group.{n}.arn}}:*" for n in _names(service)),
        ),
        *(grant(name, actions, things) for name, actions, things in permissions(service)),
    ]  # fmt: skip
    if secret_arns(service):
        grants.append(grant("Secrets", ("secretsmanager:GetSecretValue",), secret_arns(service)))
    if needed(service, form):
        network = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces",
                   "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
                   "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses")  # fmt: skip
        grants.append(grant("Network", network, ("*",)))
        # Lambda itself needs them to join the network; the code that it runs does not.
        grants.append(
            denial(
                "NotByTheCode", network, test="ArnLike", variable="lambda:SourceFunctionArn",
                values=("arn:aws:lambda:*:*:function:${local.name}*",),
            )
        )  # fmt: skip
    yield from bounded(
        "run", _ROLES, "What the function may do on AWS.",
        by_service("lambda.amazonaws.com"), grants,
    )  # fmt: skip


def _names(service: Service) -> tuple[str, ...]:
    return ("api", "migrate") if migrates(service) else ("api",)


def _function(
    service: Service, form: Form, name: str, seconds: int, at_once: int
) -> Iterator[Resource]:
    full = ref("local.name") if name == "api" else f"${{local.name}}-{name}"
    yield Resource(
        kind="aws_cloudwatch_log_group", name=name, file=_FILE,
        body=body(
            name="/aws/lambda/${local.name}" + ("" if name == "api" else f"-{name}"),
            retention_in_days=form.log_days,
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_lambda_function", name=name, file=_FILE, says=_SAYS[name],
        body=body(
            function_name=full,
            package_type="Image",
            image_uri=ref("var.image"),
            role=ref("aws_iam_role.run.arn"),
            architectures=("arm64",),
            memory_size=MEMORY,
            timeout=seconds,
            reserved_concurrent_executions=at_once,
            publish=True,
            environment=body(variables=table(**_variables(service, name))),
            image_config=_command(name),
            vpc_config=_inside(service) if needed(service, form) else None,
            logging_config=body(
                log_format="JSON", log_group=ref(f"aws_cloudwatch_log_group.{name}.name")
            ),
            lifecycle=body(ignore_changes=(ref("image_uri"),)),
        ),
    )  # fmt: skip


_SAYS = {
    "api": "At most so many at once, so that a burst cannot take all connections of the database. "
    "The image is decided by the deploy workflow.",
    "migrate": "Applies migrations from inside the network, before the new version takes over.",
}


def _command(name: str) -> Body | None:
    """A command of its own, behind the reading of secrets: it needs the database's address."""
    words = ("node", "app/entrypoint.mjs", "app/migrate-server.mjs")
    return body(command=words) if name == "migrate" else None


def _inside(service: Service) -> Body:
    return body(
        subnet_ids=subnets(service, "private"),
        security_group_ids=(ref("aws_security_group.service.id"),),
    )


def _variables(service: Service, name: str) -> dict[str, Value]:
    found: dict[str, Value] = {n: _plain(v) for n, v in environment(service)}
    found["AWS_LWA_PORT"] = str(service.port)
    found["AWS_LWA_READINESS_CHECK_PATH"] = "/livez" if name == "migrate" else service.live_path
    for arn, key in zip(secret_arns(service), _secret_names(service), strict=True):
        found[key] = _plain(arn)
    if name == "migrate":
        found["MIGRATE_COMMAND"] = service.migrate
        found |= {"AWS_LWA_PASS_THROUGH_PATH": "/events"}
    return found


def _secret_names(service: Service) -> tuple[str, ...]:
    return tuple(
        "DATABASE_SECRET_ARN" if "database_url" in arn else "APP_SECRET_ARN"
        for arn in secret_arns(service)
    )


def _plain(words: str) -> Value:
    alone = words.startswith("${") and words.endswith("}") and words.count("${") == 1
    return ref(words[2:-1]) if alone else words


def _alias() -> Resource:
    return Resource(
        kind="aws_lambda_alias", name="live", file=_FILE,
        says="What people reach. A deploy moves it to the next version, and back if that fails.",
        body=body(
            name="live",
            function_name=ref("aws_lambda_function.api.function_name"),
            function_version=ref("aws_lambda_function.api.version"),
            lifecycle=body(ignore_changes=(ref("function_version"),)),
        ),
    )  # fmt: skip


def _api() -> Iterator[Resource]:
    file = "api.tf"
    yield Resource(
        kind="aws_apigatewayv2_api", name="main", file=file,
        says="It has an address with TLS of its own: a domain can come later.",
        body=body(name=ref("local.name"), protocol_type="HTTP"),
    )  # fmt: skip
    yield Resource(
        kind="aws_apigatewayv2_integration", name="live", file=file,
        body=body(
            api_id=ref("aws_apigatewayv2_api.main.id"),
            integration_type="AWS_PROXY",
            integration_uri=ref("aws_lambda_alias.live.invoke_arn"),
            payload_format_version="2.0",
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_apigatewayv2_route", name="all", file=file,
        body=body(
            api_id=ref("aws_apigatewayv2_api.main.id"),
            route_key="$default",
            target="integrations/${aws_apigatewayv2_integration.live.id}",
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_apigatewayv2_stage", name="live", file=file,
        says="A ceiling on requests is a ceiling on the bill.",
        body=body(
            api_id=ref("aws_apigatewayv2_api.main.id"),
            name="$default",
            auto_deploy=True,
            default_route_settings=body(throttling_rate_limit=200, throttling_burst_limit=400),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_lambda_permission", name="api", file=file,
        body=body(
            statement_id="api",
            action="lambda:InvokeFunction",
            function_name=ref("aws_lambda_function.api.function_name"),
            qualifier=ref("aws_lambda_alias.live.name"),
            principal="apigateway.amazonaws.com",
            source_arn="${aws_apigatewayv2_api.main.execution_arn}/*/*",
        ),
    )  # fmt: skip


def _endpoint(service: Service) -> Iterator[Resource]:
    """The private way to the secrets, which costs less than a gateway to the internet."""
    yield group("endpoints", "The service reaches AWS from inside, on 443", vpc(service))
    yield Resource(
        kind="aws_vpc_security_group_ingress_rule", name="endpoints_from_service", file=_NETWORK,
        body=body(
            security_group_id=ref("aws_security_group.endpoints.id"),
            description="service to endpoints",
            referenced_security_group_id=ref("aws_security_group.service.id"),
            ip_protocol="tcp", from_port=HTTPS, to_port=HTTPS,
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_vpc_endpoint", name="secrets", file=_NETWORK,
        says="The only address outside that the function needs. In one zone: it is billed by zone.",
        body=body(
            vpc_id=vpc(service),
            service_name="com.amazonaws.${var.region}.secretsmanager",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=(
                ref("var.private_subnets[0]" if "network" in service.kept
                    else "aws_subnet.private_a.id"),
            ),
            security_group_ids=(ref("aws_security_group.endpoints.id"),),
        ),
    )  # fmt: skip
