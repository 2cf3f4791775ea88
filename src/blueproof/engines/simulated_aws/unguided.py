"""Stacks applied without a guide: the ones that keep their state beside them first."""

from collections.abc import Mapping
from pathlib import Path

from blueproof.cloud.stack import Stack, Variable
from blueproof.engines.simulated_aws.guide import put_image
from blueproof.engines.simulated_aws.serving import ACCOUNT, REGION, SimulatedAws
from blueproof.engines.simulated_aws.terraforming import Ran, Terraform

_ZONE = "example.com"
# What a variable of that name, or with that word in its name, is likely to take.
_LIKELY = (
    ("repository", "acme/api"),
    ("image", f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/api@sha256:{'0' * 64}"),
    ("email", "you@example.com"),
    ("domain", f"api.{_ZONE}"),
    ("zone", _ZONE),
    ("environment", "production"),
    ("region", REGION),
    ("password", "e" * 32),
    ("name", "api"),
)
_LOCAL = 'terraform {\n  backend "local" {}\n}\n'
Runs = list[tuple[str, Ran]]
States = list[tuple[str, str]]


def apply_all(
    aws: SimulatedAws,
    terraform: Terraform,
    stacks: tuple[Stack, ...],
    values: Mapping[str, Mapping[str, str]],
) -> tuple[Runs, States]:
    """The runs and the states of all stacks, in order; what needs a run that failed may fail."""
    runs, states = Runs(), States()
    for stack in sorted(stacks, key=lambda s: (_is_remote(s), s.folder)):
        given = {**likely(stack), **values.get(stack.folder, {})}
        if _is_remote(stack):
            Path(terraform.root, stack.folder, "state_override.tf").write_text(_LOCAL, "utf-8")
        if stack.data("aws_route53_zone"):
            zone = given.get("zone", _ZONE)
            aws.client("route53").create_hosted_zone(Name=zone, CallerReference=stack.folder)
        begun = terraform.run((f"-chdir={stack.folder}", "init"), {})
        flags = tuple(f"-var={name}={value}" for name, value in given.items())
        ran = begun
        if not begun.wrong:
            ran = terraform.run((f"-chdir={stack.folder}", "apply", *flags), {})
            states.append((stack.folder, terraform.state(stack.folder)))
        runs.append((stack.folder, ran))
        for repository in stack.of("aws_ecr_repository"):
            put_image(aws, repository.body.text("name"), "first")
    return runs, states


def likely(stack: Stack) -> dict[str, str]:
    """A value for each input that must be set, or that is kept in no state, by its name."""
    wanted = [v for v in stack.variables if v.must_be_set or v.ephemeral]
    return {v.name: value for v in wanted if (value := _value(v)) is not None}


def _value(variable: Variable) -> str | None:
    if variable.type == "number":
        return "1"
    return next((value for word, value in _LIKELY if word in variable.name), None)


def _is_remote(stack: Stack) -> bool:
    return any(head == "terraform" and body.blocks("backend") for _, head, body in stack.settings)
