"""Other services of the repository in the guide and the checks: first image, names, tests."""

from blueproof.advisors.deploy.parts.actions import Data, step
from blueproof.advisors.deploy.parts.bootstrap import FOLDER
from blueproof.advisors.deploy.parts.stage import Stage
from blueproof.advisors.deploy.service import Beside, Service

IN_REVIEW = "github.event_name == 'pull_request'"


def own_images(service: Service) -> tuple[Beside, ...]:
    """Those whose image is not the service's own."""
    return tuple(beside for beside in service.besides if not beside.shares_image)


def built(beside: Beside, tag: str, options: str = "") -> str:
    """The command that builds its image."""
    return f"docker build {options}--file {beside.image_file} --tag {tag} {beside.folder or '.'}"


def checks(service: Service) -> list[Data]:
    """The tests of those whose packages are installed with the service's."""
    return [
        {**step(f"Test {beside.name}", "npm test"), "working-directory": beside.built.root}
        for beside in own_images(service)
        if beside.built is not None and beside.built.test and beside.built.workspaces
        and service.manager == "npm"
    ]  # fmt: skip


def images(service: Service) -> list[Data]:
    """That every other image builds, before a merge; the deploy builds what it pushes."""
    return [
        {
            "if": IN_REVIEW,
            **step(f"Build the image of {each.name}", built(each, f"checked-{each.name}")),
        }
        for each in own_images(service)
    ]


def first_image(beside: Beside) -> Stage:
    """The step that pushes the first image of another service, and names it."""
    key = beside.key.upper()
    url = f"ECR_REPOSITORY_{key}"
    own = "" if beside.built else (
        " Its Dockerfile is yours and stays as it is: what it starts must end on SIGTERM within "
        "40 s, listen on 0.0.0.0 and not be root."
    )  # fmt: skip
    asked = f" The load balancer asks it for {beside.health} every 10 s." if beside.port else ""
    return Stage(
        title=f"Push a first image of {beside.name}",
        why=f"It runs beside the service from an image of its own.{own}{asked}",
        commands=(
            f"export {url}=$(terraform -chdir={FOLDER} output -raw repository_url_{beside.key})",
            built(beside, f'"${url}:first"', "--platform linux/arm64 --provenance=false "),
            f'docker push "${url}:first"',
            f"export IMAGE_{key}=${url}@$(aws ecr describe-images "
            f'--repository-name "$NAME-{beside.name}" --image-ids imageTag=first \\',
            "  --query 'imageDetails[0].imageDigest' --output text)",
            f'gh variable set {url} --body "${url}"',
            f'gh variable set FIRST_IMAGE_{key} --body "$IMAGE_{key}"',
        ),
        check=f'`echo "$IMAGE_{key}"` ends in @sha256: and 64 digits',
        undo=f'`aws ecr batch-delete-image --repository-name "$NAME-{beside.name}" '
        "--image-ids imageTag=first`",
    )
