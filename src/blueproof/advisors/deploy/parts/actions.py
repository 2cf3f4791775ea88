"""Steps that several workflows have alike."""

from typing import Any

from blueproof.advisors.deploy.service import Service
from blueproof.facts.pinned import programs, uses

Data = dict[str, Any]


def use(action: str) -> Data:
    """An action at its pinned commit."""
    return {"uses": uses(action)}


def step(name: str, script: str) -> Data:
    """A script under `bash -e -o pipefail`, which `shell: bash` asks for."""
    return {"name": name, "shell": "bash", "run": script}


def scan(image: str, name: str = "") -> Data:
    """A scan of an image that lies on the runner; a critical hole that has a fix stops the run."""
    what = f"the image of {name}" if name else "it"
    return {
        "name": f"Scan {what} for known holes that have a fix",
        **use("anchore/scan-action"),
        "with": {
            "image": image, "fail-build": True, "severity-cutoff": "critical", "only-fixed": True,
        },
    }  # fmt: skip


def checkout() -> Data:
    """The repository's files; the token is not left on the disk."""
    return {**use("actions/checkout"), "with": {"persist-credentials": False}}


def install(service: Service) -> list[Data]:
    """The language and the packages exactly as locked; corepack is that of the Node just set up."""
    made = _steps_of(service)
    if not service.context:
        return made
    return [{**each, "working-directory": service.context} if "run" in each else each
            for each in made]  # fmt: skip


def _steps_of(service: Service) -> list[Data]:
    if not service.is_node:
        return _installed(service)
    corepack = [step("Package manager", "corepack enable")] if service.manager != "npm" else []
    node = {**use("actions/setup-node"), "with": {"node-version": int(service.node)}}
    return [node, *corepack, step("Install", service.install)]


_PYTHON = {
    "pip": "pip install -r {lock}",
    "poetry": "pip install poetry=={poetry}\npoetry install --no-root --no-interaction",
    "uv": "pip install uv=={uv}\nuv sync --locked --no-install-project",
}


def _installed(service: Service) -> list[Data]:
    """Python or Go, and what the tests need; of other languages the image alone is built."""
    if service.language == "python":
        python = {**use("actions/setup-python"), "with": {"python-version": service.line}}
        known = {name: programs()[name].line for name in ("uv", "poetry")}
        lock = (service.lock or "requirements.txt").removeprefix(f"{service.context}/")
        script = _PYTHON[service.manager].format(lock=lock, **known)
        return [python, step("Install", script)]
    if service.language == "go":
        return [{**use("actions/setup-go"), "with": {"go-version": service.line}}]
    if service.language == "java":
        given = {"distribution": "temurin", "java-version": service.line, "cache": service.manager}
        return [{**use("actions/setup-java"), "with": given}]
    return []


def runs_in(service: Service, command: str) -> str:
    """A command among the packages that were installed."""
    inside = {"poetry": "poetry run ", "uv": "uv run --no-sync "}
    return inside.get(service.manager, "") + command if service.language == "python" else command


def sign_in(role: str) -> Data:
    """AWS credentials for the run, by the token that GitHub gives it."""
    return {
        **use("aws-actions/configure-aws-credentials"),
        "with": {
            "role-to-assume": f"${{{{ vars.{role} }}}}",
            "aws-region": "${{ vars.AWS_REGION }}",
        },
    }
