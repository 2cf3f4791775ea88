"""Steps that several workflows have alike."""

from typing import Any

from blueproof.advisors.deploy.service import Service
from blueproof.facts.pinned import uses

Data = dict[str, Any]


def use(action: str) -> Data:
    """An action at its pinned commit."""
    return {"uses": uses(action)}


def step(name: str, script: str) -> Data:
    """A script under `bash -e -o pipefail`, which `shell: bash` asks for."""
    return {"name": name, "shell": "bash", "run": script}


def checkout() -> Data:
    """The repository's files; the token is not left on the disk."""
    return {**use("actions/checkout"), "with": {"persist-credentials": False}}


def install(service: Service) -> list[Data]:
    """Node and the packages exactly as locked; corepack is that of the Node just set up."""
    corepack = [step("Package manager", "corepack enable")] if service.manager != "npm" else []
    node = {**use("actions/setup-node"), "with": {"node-version": int(service.node)}}
    return [node, *corepack, step("Install", service.install)]


def sign_in(role: str) -> Data:
    """AWS credentials for the run, by the token that GitHub gives it."""
    return {
        **use("aws-actions/configure-aws-credentials"),
        "with": {
            "role-to-assume": f"${{{{ vars.{role} }}}}",
            "aws-region": "${{ vars.AWS_REGION }}",
        },
    }
