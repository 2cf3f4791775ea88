"""The two stacks of a deployment: what the pipeline rests on, and what it applies."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from blueproof.advisors.deploy.load import Form, tried
from blueproof.advisors.deploy.parts.alarms import alarms
from blueproof.advisors.deploy.parts.besides import image_variable, registries
from blueproof.advisors.deploy.parts.bootstrap import FOLDER as BOOTSTRAP
from blueproof.advisors.deploy.parts.bootstrap import bootstrap
from blueproof.advisors.deploy.parts.fargate import app_secrets, fargate
from blueproof.advisors.deploy.parts.function import function
from blueproof.advisors.deploy.parts.moving import BALANCER, TAKES_TRAFFIC, moves
from blueproof.advisors.deploy.parts.network import network, service_subnets
from blueproof.advisors.deploy.parts.standing import (
    cluster_variable,
    outputs_of,
    referred,
    registry_there,
    registry_variable,
    variables,
    without_standing,
)
from blueproof.advisors.deploy.parts.stores import given, stores
from blueproof.advisors.deploy.parts.twofold import by_environment
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import Body, Output, Resource, Stack, Variable, body, ref, table

MAIN = "infra/service"
_VERSIONS, _NAMES = "versions.tf", "names.tf"
# Copies of the provider, the state and plans: large, and the last two may hold secrets.
NOT_KEPT = ".terraform/\n*.tfstate\n*.tfstate.*\nplan\n*.tfvars\n"
PROVEN = ">= 5.100, < 7.0"  # the provider that the proofs ran with, up to the next that may break


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """Both stacks, in the order in which they are applied; `staging` is the second one's twin.

    `main` has production's sizes, and `written` those of both, told apart by the environment.
    """

    bootstrap: Stack
    main: Stack
    staging: Stack | None = None

    @property
    def all(self) -> tuple[Stack, Stack]:
        """Both, the first first."""
        return (self.bootstrap, self.main)

    @cached_property
    def written(self) -> tuple[Stack, Stack]:
        """Both as they are handed over: one text for each environment."""
        both = by_environment(self.main, self.staging) if self.staging else self.main
        return (self.bootstrap, both)


def stacks(service: Service, form: Form, budget: float) -> Stacks:
    """The stacks for a service in a form; `budget` in US dollars a month is what the alarm has."""
    main = _main(service, form, budget)
    first = Stack(
        folder=BOOTSTRAP,
        resources=(
            *without_standing(service, bootstrap(service, form, main)),
            *registry_there(service),
        ),
        variables=(*_common(service, form), *_of_first(service)),
        outputs=outputs_of(service, _first_outputs(service)),
        settings=(*_settings(None), (_NAMES, "locals", body(name=ref("var.name")))),
    )
    staging = _main(service, tried(form), budget) if form.staging else None
    return Stacks(bootstrap=first, main=main, staging=staging)


def _main(service: Service, form: Form, budget: float) -> Stack:
    compute = fargate if form.shape == "fargate" else function
    made = (
        *network(service, form),
        *stores(service, form),
        *compute(service, form),
        *alarms(service, form, budget),
        *_looked_up(service),
    )
    resources = (*without_standing(service, made), *referred(service))
    local = body(name="${var.name}-${var.environment}")
    stack = Stack(
        folder=MAIN,
        resources=resources,
        outputs=outputs_of(service, _outputs(service, form)),
        settings=(*_settings(body()), (_NAMES, "locals", local)),
    )
    known = (
        *_common(service, form),
        *_variables(),
        *_images(service),
        *_there(),
        *variables(),
        *_given(service),
    )
    return Stack(
        folder=MAIN,
        resources=resources,
        outputs=stack.outputs,
        settings=stack.settings,
        variables=tuple(v for v in known if v.name in stack.inputs),
    )


def _looked_up(service: Service) -> Iterator[Resource]:
    """What the first stack made, and the second refers to."""
    yield Resource(
        kind="aws_ecr_repository", name="app", mode="data", file=_NAMES,
        body=body(name=ref("var.registry" if "registry" in service.kept else "var.name")),
    )  # fmt: skip
    if app_secrets(service):
        yield Resource(
            kind="aws_secretsmanager_secret", name="app", mode="data", file=_NAMES,
            body=body(name="${var.name}/app"),
        )  # fmt: skip
    if service.kept & {"database", "outside"}:
        yield Resource(
            kind="aws_secretsmanager_secret", name="database_url", mode="data", file=_NAMES,
            body=body(name="${local.name}/database-url"),
        )  # fmt: skip
    yield Resource(kind="aws_caller_identity", name="here", mode="data", file=_NAMES, body=body())


def _settings(backend: Body | None) -> tuple[tuple[str, str, Body], ...]:
    terraform = Body(
        tuple(
            (name, value)
            for name, value in (
                ("required_version", ">= 1.11"),
                ("required_providers", body(aws=table(source="hashicorp/aws", version=PROVEN))),
                ('backend "s3"', backend),
            )
            if value is not None
        )
    )
    tags = body(tags=table(Service=ref("var.name"), ManagedBy="terraform"))
    provider = body(region=ref("var.region"), default_tags=tags)
    return ((_VERSIONS, "terraform", terraform), (_VERSIONS, 'provider "aws"', provider))


_REPOSITORY = Variable(
    name="repository",
    type="string",
    says="The repository on GitHub whose runs may take the roles on, as owner/name",
    checks=(
        (
            'can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))',
            "Write owner/name, without stars: a star would let other repositories in.",
        ),
    ),
)


_PROJECT = Variable(
    name="repository",
    type="string",
    says="The project on GitLab whose jobs may take the roles on, as group/project",
    checks=(
        (
            'can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$", var.repository))',
            "Write group/project, without stars: a star would let other projects in.",
        ),
    ),
)


def _of_first(service: Service) -> Iterator[Variable]:
    """What the first stack is told: whose runs it trusts, and what stands."""
    trusted = _PROJECT if service.forge else _REPOSITORY
    told = service.names.repository
    fits = bool(told) and (bool(service.forge) or told.count("/") == 1)
    yield replace(trusted, default=told) if fits else trusted
    if "cluster" in service.kept:
        yield cluster_variable()
    if "registry" in service.kept:
        yield registry_variable()


def _common(service: Service, form: Form) -> tuple[Variable, ...]:
    return (
        Variable(
            name="name", type="string", default=service.name,
            says="What everything is named after",
            checks=(
                (
                    'can(regex("^[a-z][a-z0-9-]{1,19}$", var.name))',
                    "At most 20 small letters, digits and hyphens.",
                ),
            ),
        ),
        Variable(
            name="region", type="string", default=form.region, says="Where it runs",
        ),
    )  # fmt: skip


def _variables() -> Iterator[Variable]:
    yield Variable(
        name="environment", type="string", default="production",
        says="staging or production: each has its own state, network and database",
        checks=(
            (
                'contains(["staging", "production"], var.environment)',
                "Write staging or production.",
            ),
        ),
    )  # fmt: skip
    yield Variable(
        name="image", type="string",
        says="The image to begin with, as repository@sha256:...; later ones come by the pipeline",
        checks=(
            (
                'can(regex("@sha256:[0-9a-f]{64}$", var.image))',
                "Name the image by its digest: a tag can be moved to another image.",
            ),
        ),
    )  # fmt: skip
    yield Variable(
        name="alarm_email", type="string", says="Who is told when something is wrong",
        checks=(('can(regex("@", var.alarm_email))', "Write an address."),),
    )  # fmt: skip
    yield Variable(name="domain", type="string", says="The API's name, such as api.example.com")
    yield Variable(name="zone", type="string", says="The hosted zone it is in, such as example.com")
    yield Variable(
        name="database_password", type="string", secret=True, ephemeral=True, default=ref("null"),
        says="Taken when the version below changes, and kept in no state file",
    )  # fmt: skip
    yield Variable(
        name="database_password_version", type="number", default=1,
        says="Raise it by one to set a new password",
    )  # fmt: skip


def _images(service: Service) -> Iterator[Variable]:
    """The first images of the other services of the repository."""
    for beside in service.besides:
        if not beside.shares_image:
            yield Variable(
                name=image_variable(beside), type="string",
                says=f"The image that {beside.name} begins with, as repository@sha256:...",
                checks=(
                    (
                        f'can(regex("@sha256:[0-9a-f]{{64}}$", var.{image_variable(beside)}))',
                        "Name the image by its digest: a tag can be moved to another image.",
                    ),
                ),
            )  # fmt: skip


def _there() -> Iterator[Variable]:
    """What stands already: the network, its subnets, the database's security group."""
    yield Variable(
        name=TAKES_TRAFFIC, type="bool", default=False,
        says="Whether the name leads here; false while people still use the place before",
    )  # fmt: skip
    yield Variable(
        name="vpc_id", type="string", says="The network that is there",
        checks=(('startswith(var.vpc_id, "vpc-")', "Write its id, vpc-..."),),
    )  # fmt: skip
    for side, way in (("public", "a way to the internet"), ("private", "no way in from outside")):
        yield Variable(
            name=f"{side}_subnets", type="list(string)",
            says=f"At least two of its subnets in different zones, with {way}",
            checks=((f"length(var.{side}_subnets) >= 2", "Name two or more."),),
        )  # fmt: skip
    yield Variable(
        name="database_security_group", type="string",
        says="The security group of the database that is there",
        checks=(('startswith(var.database_security_group, "sg-")', "Write its id, sg-..."),),
    )  # fmt: skip


def _given(service: Service) -> Iterator[Variable]:
    """The service's own settings: each must be decided, and none is secret."""
    names = given(service)
    yield Variable(
        name="settings", type=f"object({{ {', '.join(f'{n} = string' for n in names)} }})",
        says="The service's own settings, as its environment has them",
        checks=(
            (
                'alltrue([for value in values(var.settings) : value != "..."])',
                "Put your own values in the place of the dots.",
            ),
        ),
    )  # fmt: skip


def _first_outputs(service: Service) -> Iterator[Output]:
    for name, says in (
        ("plan", "AWS_PLAN_ROLE_ARN"), ("apply", "AWS_APPLY_ROLE_ARN"),
        ("deploy", "AWS_DEPLOY_ROLE_ARN"),
    ):  # fmt: skip
        yield Output(
            name=f"{name}_role", value=ref(f"aws_iam_role.{name}.arn"),
            says=f"The repository's variable {says}",
        )  # fmt: skip
    yield Output(
        name="repository_url", value=ref("aws_ecr_repository.app.repository_url"),
        says="The repository's variable ECR_REPOSITORY",
    )  # fmt: skip
    for name in registries(service):
        yield Output(
            name=f"repository_url_{name}", value=ref(f"aws_ecr_repository.{name}.repository_url"),
            says=f"The repository's variable ECR_REPOSITORY_{name.upper()}",
        )  # fmt: skip
    yield Output(
        name="state_bucket", value=ref("aws_s3_bucket.state.bucket"),
        says="The repository's variable STATE_BUCKET",
    )  # fmt: skip


def _outputs(service: Service, form: Form) -> Iterator[Output]:
    if form.shape == "fargate":
        yield Output(
            name="url", value="https://${var.domain}", says="The repository's variable API_URL"
        )
        subnets = service_subnets(service, form)
        if moves(service, form):
            yield Output(
                name="load_balancer", value=ref("aws_lb.main.dns_name"),
                says=f"Where it is asked before the name leads here: variable {BALANCER}",
            )  # fmt: skip
        yield Output(
            name="subnets", value=subnets, says="Where one-off tasks run: variable ECS_SUBNETS"
        )
        yield Output(
            name="security_group", value=ref("aws_security_group.service.id"),
            says="What one-off tasks have: variable ECS_SECURITY_GROUP",
        )  # fmt: skip
    else:
        yield Output(
            name="url", value=ref("aws_apigatewayv2_api.main.api_endpoint"),
            says="The repository's variable API_URL",
        )  # fmt: skip
    if service.makes_database:
        yield Output(
            name="database", value=ref("aws_db_instance.main.address"),
            says="The database's host; reachable from inside the network alone",
        )  # fmt: skip
