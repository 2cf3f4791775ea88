"""What must be there before the first pipeline runs: state, registry, secrets, GitHub's roles."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.deploying import deploy_grants
from blueproof.advisors.deploy.parts.fargate import app_secrets
from blueproof.advisors.deploy.parts.forge import bounds, by_forge
from blueproof.advisors.deploy.parts.grants import (
    apply_grants,
    environments,
    plan_grants,
)
from blueproof.advisors.deploy.parts.roles import by_github, role
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import Resource, Stack, Value, body, ref

FOLDER = "infra/bootstrap"
_STATE, _GITHUB, _REGISTRY = "state.tf", "pipeline.tf", "registry.tf"
_PROVIDER = "aws_iam_openid_connect_provider.github.arn"
INFRA = "production-infra"


def bootstrap(service: Service, form: Form, main: Stack) -> Iterator[Resource]:
    """The resources that the pipeline itself rests on; `main` is what it will apply."""
    yield from _state()
    yield from _registry()
    for beside in service.besides:
        if not beside.shares_image:
            yield from _registry_of(beside.key, f"${{local.name}}-{beside.name}")
    if app_secrets(service):
        yield Resource(
            kind="aws_secretsmanager_secret", name="app", file="secrets.tf",
            says="One secret holds all of the service's own, as JSON. Its value is put in by hand "
            "and stands in no file.",
            body=body(name="${local.name}/app", recovery_window_in_days=7),
        )  # fmt: skip
    if service.kept & {"database", "outside"}:
        for environment in environments(form):
            yield Resource(
                kind="aws_secretsmanager_secret", name=f"database_url_{environment}",
                file="secrets.tf",
                says=f"The address of the database that is there, for {environment}. Its value is "
                "put in by hand and stands in no file.",
                body=body(
                    name=f"${{local.name}}-{environment}/database-url", recovery_window_in_days=7
                ),
            )  # fmt: skip
    yield from _github(service, form, main)


def _state() -> Iterator[Resource]:
    yield Resource(
        kind="aws_s3_bucket", name="state", file=_STATE,
        says="Terraform's memory. Versions are kept, and nobody else can read it.",
        body=body(
            bucket="${local.name}-terraform-${data.aws_caller_identity.here.account_id}",
            lifecycle=body(prevent_destroy=True),
        ),
    )  # fmt: skip
    of = ref("aws_s3_bucket.state.id")
    yield Resource(
        kind="aws_s3_bucket_versioning", name="state", file=_STATE,
        body=body(bucket=of, versioning_configuration=body(status="Enabled")),
    )  # fmt: skip
    yield Resource(
        kind="aws_s3_bucket_server_side_encryption_configuration", name="state", file=_STATE,
        body=body(
            bucket=of,
            rule=body(apply_server_side_encryption_by_default=body(sse_algorithm="AES256")),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_s3_bucket_public_access_block", name="state", file=_STATE,
        body=body(
            bucket=of, block_public_acls=True, block_public_policy=True,
            ignore_public_acls=True, restrict_public_buckets=True,
        ),
    )  # fmt: skip
    yield Resource(kind="aws_caller_identity", name="here", mode="data", file=_STATE, body=body())


def _registry() -> Iterator[Resource]:
    yield from _registry_of("app", ref("local.name"))


def _registry_of(key: str, named: Value) -> Iterator[Resource]:
    yield Resource(
        kind="aws_ecr_repository", name=key, file=_REGISTRY,
        says="A tag is never given twice: it names one image for ever." if key == "app" else "",
        body=body(
            name=named,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=body(scan_on_push=True),
        ),
    )  # fmt: skip
    policy = (
        '{"rules": [{"rulePriority": 1, "description": "Keep the last 30 images", '
        '"selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 30}, '
        '"action": {"type": "expire"}}]}'
    )
    yield Resource(
        kind="aws_ecr_lifecycle_policy", name=key, file=_REGISTRY,
        body=body(repository=ref(f"aws_ecr_repository.{key}.name"), policy=policy),
    )  # fmt: skip


def _github(service: Service, form: Form, main: Stack) -> Iterator[Resource]:
    if service.forge:
        yield from by_forge(service, form, main, _GITHUB)
        return
    yield Resource(
        kind="aws_iam_openid_connect_provider", name="github", file=_GITHUB,
        says="GitHub's runs prove who they are by a token; no key of AWS is kept anywhere.",
        body=body(
            url="https://token.actions.githubusercontent.com",
            client_id_list=("sts.amazonaws.com",),
        ),
    )  # fmt: skip
    yield from bounds(main, _GITHUB)
    yield from role(
        "plan", _GITHUB, "Pull requests and main plan with it: it reads the state, changes "
        "nothing, and sees no secret.",
        by_github(_PROVIDER, (
            "repo:${var.repository}:pull_request", "repo:${var.repository}:ref:refs/heads/main",
        )),
        plan_grants(main),
    )  # fmt: skip
    yield from role(
        "apply", _GITHUB, "Changes the infrastructure, after somebody approved in GitHub.",
        by_github(_PROVIDER, (f"repo:${{var.repository}}:environment:{INFRA}",)),
        apply_grants(main, form),
    )  # fmt: skip
    yield from role(
        "deploy", _GITHUB, "Pushes an image and lets it run; it can change nothing else.",
        by_github(
            _PROVIDER,
            tuple(f"repo:${{var.repository}}:environment:{name}" for name in environments(form)),
        ),
        deploy_grants(service, form),
    )  # fmt: skip
