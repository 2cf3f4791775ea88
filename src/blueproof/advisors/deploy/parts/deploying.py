"""What the role may do that deploys: push images, and let them run; it can change nothing else."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.besides import registries
from blueproof.advisors.deploy.parts.grants import ACCOUNT, HERE, NAMED, environments
from blueproof.advisors.deploy.parts.roles import grant
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import Body, ref


def deploy_grants(service: Service, form: Form) -> tuple[Body, ...]:
    """What it takes to push an image and let it run."""
    registry = (
        grant("Login", ("ecr:GetAuthorizationToken",), ("*",)),
        grant(
            "Push",
            ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
             "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload",
             "ecr:PutImage", "ecr:DescribeImages"),
            tuple(
                f"${{aws_ecr_repository.{name}.arn}}" for name in ("app", *registries(service))
            ),
        ),
    )  # fmt: skip
    rest = _to_tasks(service, form) if form.shape == "fargate" else _to_functions()
    return (*registry, *rest)


def _to_tasks(service: Service, form: Form) -> Iterator[Body]:
    yield grant(
        "Register", ("ecs:RegisterTaskDefinition", "ecs:DescribeTaskDefinition"), ("*",),
        test="StringEquals", variable="aws:RequestedRegion", values=(ref("var.region"),),
    )  # fmt: skip
    yield grant(
        "Update", ("ecs:UpdateService", "ecs:DescribeServices"),
        (f"arn:aws:ecs:{HERE}:service/{NAMED}/{NAMED}",),
    )  # fmt: skip
    if service.migrate:
        yield grant("Migrate", ("ecs:RunTask",), (f"arn:aws:ecs:{HERE}:task-definition/{NAMED}:*",))
        yield grant("Watch", ("ecs:DescribeTasks",), (f"arn:aws:ecs:{HERE}:task/{NAMED}/*",))
        yield grant(
            "ReadLog", ("logs:GetLogEvents", "logs:FilterLogEvents"),
            (f"arn:aws:logs:{HERE}:log-group:/ecs/{NAMED}:*",),
        )  # fmt: skip
    own = tuple(
        f"arn:aws:iam::{ACCOUNT}:role/${{local.name}}-{e}-{name}"
        for e in environments(form) for name in ("start", "run")
    )  # fmt: skip
    yield grant(
        "HandOver", ("iam:PassRole",), own,
        test="StringEquals", variable="iam:PassedToService", values=("ecs-tasks.amazonaws.com",),
    )  # fmt: skip


def _to_functions() -> Iterator[Body]:
    yield grant(
        "Update",
        ("lambda:UpdateFunctionCode", "lambda:GetFunction", "lambda:GetFunctionConfiguration",
         "lambda:PublishVersion", "lambda:GetAlias", "lambda:UpdateAlias", "lambda:InvokeFunction"),
        (f"arn:aws:lambda:{HERE}:function:{NAMED}",),
    )  # fmt: skip
