"""What the guide says of a first deploy that may fail, and of taking everything away again."""

from blueproof.advisors.deploy.parts.stacks import MAIN, Stacks
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import Resource


def destroyed(service: Service, made: Stacks) -> str:
    """How all of an environment is taken away, with what protects parts of it taken off first."""
    shielded = [r for r in made.main.made for n, v in r.body.entries
                if v is True and "deletion_protection" in n]  # fmt: skip
    kept = [r for r in made.main.made if r.body.block("lifecycle").get("prevent_destroy") is True]
    first = []
    if shielded:
        names = {n for r in shielded for n, v in r.body.entries if "deletion_protection" in n}
        first.append(f"set {' and '.join(sorted(names))} to false ({_files(shielded)})")
    if kept:
        first.append(f"take prevent_destroy out ({_files(kept)})")
    destroy = f"`terraform -chdir={MAIN} destroy` with the same variables"
    if any(r.kind == "aws_s3_bucket" for r in made.main.made):
        destroy = f"empty the bucket, {destroy}"
    if first:
        destroy = f"{', '.join(first)}, apply that as above, then {destroy}"
    left = "; the database leaves a final snapshot" if service.makes_database else ""
    return f"{destroy}{left}"


def _files(resources: list[Resource]) -> str:
    return ", ".join(sorted({r.file for r in resources}))


def checked(service: Service) -> str:
    """That a script which fails here stops the first deploy; a linter without rules is usual."""
    if not service.lint:
        return ""
    where = service.told("service.lint")
    return (
        f" The checks run the script {service.lint}{f' of {where}' if where else ''}: try `"
        f"{service.runs} {service.lint}` before you push. A linter without a configuration file "
        "fails, and with it the deploy: give it one, or take the step Lint out of the checks."
    )
