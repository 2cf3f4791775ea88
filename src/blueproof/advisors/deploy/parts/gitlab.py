"""The pipeline for GitLab CI: the same stages and the same commands as elsewhere, in one file.

Jobs sign in to AWS by GitLab's ID token, which the CLI and Terraform exchange for a role by
themselves. Nothing is nested in variables: what a script needs it exports itself.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts import releasing, workflows
from blueproof.advisors.deploy.parts.actions import install
from blueproof.advisors.deploy.parts.besiding import built, own_images
from blueproof.advisors.deploy.parts.grants import environments
from blueproof.advisors.deploy.parts.moving import TAKES_TRAFFIC
from blueproof.advisors.deploy.parts.stacks import MAIN, Stacks
from blueproof.advisors.deploy.parts.standing import in_cluster
from blueproof.advisors.deploy.service import Service
from blueproof.facts.pinned import image, images, programs

Data = dict[str, Any]
PATH = ".gitlab-ci.yml"
DIGEST = "IMAGE_DIGEST"  # the variable of a run that goes back to an older image
_RUNNER = "saas-linux-small-arm64"  # GitLab.com's own on ARM, on every plan
_OWN_RUNNER = "arm64"
_ID_FILE = '"$HOME/aws-id"'  # a job's container has no other user
_MERGE = '$CI_PIPELINE_SOURCE == "merge_request_event"'
_MAIN = '$CI_COMMIT_BRANCH == "main"'
_INSIDE = {
    "DOCKER_HOST": "tcp://docker:2376", "DOCKER_TLS_CERTDIR": "/certs", "DOCKER_TLS_VERIFY": "1",
    "DOCKER_CERT_PATH": "/certs/client",
}  # fmt: skip
_EXPRESSION = re.compile(r"\$\{\{\s*(?P<words>.*?)\s*\}\}")
_NAMED = re.compile(r"(?:vars|env)\.(\w+)")
_SAID = {"github.sha": "CI_COMMIT_SHA", "needs.build.outputs.digest": "DIGEST",
         "steps.task.outputs.revision": "REVISION", "steps.version.outputs.version": "VERSION",
         "steps.switch.outputs.before": "BEFORE"}  # fmt: skip
_OUTPUT = re.compile(r"^.*(?:GITHUB_OUTPUT|GITHUB_STEP_SUMMARY|::add-mask::).*\n?", re.MULTILINE)


def pipeline(service: Service, form: Form, made: Stacks) -> dict[str, str]:
    """The file by its path."""
    names = environments(form)
    jobs: Data = {"checks": _checks(service), "images": _image(service)}
    for name in names:
        jobs[f"plan-{name}"] = _plan(service, name, made)
    for name in names:
        jobs[f"infrastructure-{name}"] = _apply(service, made, name)
    same = releasing.deploy(service, form)["jobs"]
    jobs["build"] = _build(service, same["build"])
    before = "build"
    for name in names:
        jobs[name] = _release(service, name, before, same[name])
        before = name
    data = {
        "stages": ["check", "plan", "infrastructure", "build", *names],
        "workflow": {"rules": [{"if": _MERGE}, {"if": _MAIN}]},
        "variables": {
            DIGEST: {
                "value": "",
                "description": "sha256:... of an image that ran before, to go back to it",
            }
        },
        "default": {"tags": [_RUNNER if _is_hosted(service) else _OWN_RUNNER]},
        **{name: job for name, job in jobs.items() if job},
    }
    return {PATH: in_cluster(print_pipeline(data), service)}


def _is_hosted(service: Service) -> bool:
    return service.forge == "https://gitlab.com"


class _Printer(yaml.SafeDumper):
    """YAML with scripts as blocks, and nothing abbreviated by an anchor."""

    def ignore_aliases(self, _data: object) -> bool:
        """That nothing is written as a reference to what stands above."""
        return True


def _text(printer: yaml.SafeDumper, words: str) -> yaml.Node:
    style = "|" if "\n" in words else None
    return printer.represent_scalar("tag:yaml.org,2002:str", words, style=style)


_Printer.add_representer(str, _text)


def print_pipeline(data: Data) -> str:
    """The pipeline as YAML."""
    return yaml.dump(data, Dumper=_Printer, sort_keys=False, width=100, allow_unicode=True)


def _checks(service: Service) -> Data:
    """What a merge request, and main again, must pass; nothing where no test is known."""
    steps = [s for s in (*install(service), *workflows.scripts(service)) if "run" in s]
    if not steps or service.language not in _LANGUAGES:
        return {}
    stores = workflows.services(service)
    variables = {name: value.replace("app:checks@localhost:5432", "app@postgres:5432").replace(
        "localhost:6379", "valkey:6379") for name, value in
        workflows.test_environment(service).items()}  # fmt: skip
    for name in ("REDIS_HOST",):
        if name in variables:
            variables[name] = "valkey"
    for store in stores.values():
        variables |= store.get("env", {})
    if "POSTGRES_PASSWORD" in variables:  # the database of a run is reached by that run alone
        del variables["POSTGRES_PASSWORD"]
        variables["POSTGRES_HOST_AUTH_METHOD"] = "trust"
    openssl = ["apt-get update && apt-get install --yes openssl"] if service.orm == "prisma" else []
    return {
        "stage": "check",
        "image": image(_LANGUAGES[service.language], _line(service)).name,
        "services": [{"name": s["image"], "alias": name} for name, s in stores.items()],
        "variables": variables,
        "script": [*openssl, *(_placed(step) for step in steps)],
    }


_LANGUAGES = {"node": "node", "python": "python", "go": "golang"}


def _line(service: Service) -> str:
    return service.node if service.is_node else service.line


def _placed(step: Data) -> str:
    folder = str(step.get("working-directory", ""))
    run = str(step["run"]).strip()
    if not folder:
        return run
    if "\n" not in run:
        return f'(cd "{folder}" && {run})'
    return f'cd "$CI_PROJECT_DIR/{folder}"\n{run}\ncd "$CI_PROJECT_DIR"\n'


def _of_docker(part: str) -> str:
    """Docker's own image of its client ("cli") or its server ("dind")."""
    return next(i.name for i in images() if i.image == "docker" and i.tag.endswith(f"-{part}"))


def _docker() -> Data:
    """A job that has a Docker of its own."""
    return {
        "image": _of_docker("cli"),
        "services": [{"name": _of_docker("dind"), "alias": "docker"}],
    }


def _image(service: Service) -> Data:
    """That every image builds, before a merge."""
    return {
        "stage": "check",
        **_docker(),
        "variables": dict(_INSIDE),
        "rules": [{"if": _MERGE}],
        "script": [
            "docker build --tag checked .",
            *(built(each, f"checked-{each.name}") for each in own_images(service)),
        ],
    }


def _signed_in(service: Service, role: str, packages: str) -> Data:
    """A job whose commands have a role of AWS for an hour."""
    return {
        "id_tokens": {"AWS_TOKEN": {"aud": service.forge}},
        "before_script": [
            f"apk add --no-cache {packages}",
            f"umask 077\nprintf '%s' \"$AWS_TOKEN\" > {_ID_FILE}\n",
            f'export AWS_ROLE_ARN="${role}" AWS_WEB_IDENTITY_TOKEN_FILE={_ID_FILE}',
            'export AWS_ROLE_SESSION_NAME="gitlab-$CI_PIPELINE_ID"',
        ],
    }


def _build(service: Service, job: Data) -> Data:
    """Builds and pushes once; the digests go to the jobs behind it."""
    script = ['aws ecr get-login-password | docker login --username AWS --password-stdin '
              '"${ECR_REPOSITORY%%/*}"']  # fmt: skip
    keys = {each.key for each in own_images(service)}
    for step in job["steps"]:
        if "run" not in step:
            continue
        script.append(_script({**job["env"], **step.get("env", {})}, str(step["run"])))
        own = str(step.get("id", ""))
        if own.startswith("built_"):
            continue  # its digest is known when it is pushed
        name = f"DIGEST_{own.upper()}" if own in keys else "DIGEST"
        script.append(f'echo "{name}=$DIGEST" >> build.env')
    return {
        "stage": "build",
        **_docker(),
        "variables": dict(_INSIDE),
        **_signed_in(service, "AWS_DEPLOY_ROLE_ARN", "aws-cli"),
        "rules": [{"if": _MAIN}],
        "resource_group": "deploy",
        "script": script,
        "artifacts": {"reports": {"dotenv": "build.env"}, "expire_in": "1 year"},
    }


def _release(service: Service, name: str, before: str, job: Data) -> Data:
    """Registers, migrates, switches and asks; production waits until somebody starts it."""
    steps = [step for step in job["steps"] if "run" in step]
    back = [s for s in steps if str(s.get("if", "")).startswith("failure()")]
    script = [_script(job["env"], "")]
    script += [_script(s.get("env", {}), str(s["run"])) for s in steps if s not in back]
    rule = {"if": _MAIN, "when": "manual"} if name == "production" else {"if": _MAIN}
    found = {
        "stage": name,
        "image": _of_docker("cli"),
        "needs": list(dict.fromkeys(("build", before))),
        **_signed_in(service, "AWS_DEPLOY_ROLE_ARN", "aws-cli curl jq"),
        "rules": [rule],
        "resource_group": "deploy",
        "environment": {"name": name},
        "timeout": "45 minutes",
        "script": [line for line in script if line],
    }
    if back:  # what was switched is put back where the request after it is not answered
        found["script"] = _with_way_back(found["script"], str(back[0]["run"]))
    return found


def _with_way_back(script: list[str], back: str) -> list[str]:
    """The last command asks; where it is not answered, the version before is put back."""
    *first, asked = script
    undo = "\n".join(f"  {line}" for line in back.strip().splitlines())
    return [*first, f"if ! {asked.strip()}\nthen\n{undo}\n  exit 1\nfi\n"]


def _script(environment: Data, run: str) -> str:
    """A step's commands, behind what it finds in its environment."""
    pairs = ((name, _quoted(str(value))) for name, value in environment.items())
    lines = [f"export {name}={value}\n" for name, value in pairs if value != f'"${name}"']
    return "".join(lines) + _OUTPUT.sub("", _EXPRESSION.sub(_variable, run))


def _quoted(value: str) -> str:
    """A value for the shell: with its variables filled in, or as it is where it holds quotes."""
    said = _EXPRESSION.sub(_variable, value)
    return f"'{said}'" if '"' in said else f'"{said}"'


def _variable(found: re.Match[str]) -> str:
    words = found["words"]
    named = _NAMED.fullmatch(words)
    if named:
        return f"${named[1]}"
    if words.startswith("needs.build.outputs.") and words not in _SAID:
        return f"$DIGEST_{words.rpartition('.')[2].upper()}"
    if words.startswith("steps.built_"):
        return "$DIGEST"
    if words == "inputs.digest":
        return f"${DIGEST}"
    return f"${_SAID[words]}"


_CHANGED = ["infra/**/*", PATH]


def _terraform(service: Service, role: str, name: str, made: Stacks) -> Data:
    """A job with Terraform, its state begun, and all of its inputs."""
    job = _signed_in(service, role, "openssl")
    job["before_script"] += [
        f"export ENVIRONMENT={name} TF_IN_AUTOMATION=1",
        "".join(f"export {key}={value}\n" for key, value in _inputs(service, name, made)),
        workflows.begun(),
    ]
    terraform = f"hashicorp/terraform:{programs()['terraform'].line}"
    return {"image": {"name": terraform, "entrypoint": [""]}, **job}


def _inputs(service: Service, name: str, made: Stacks) -> Iterator[tuple[str, str]]:
    """What Terraform is told, from the project's variables."""
    is_production = name == "production"
    for key, value in workflows.inputs(service, made).items():
        if key == "TF_VAR_environment":
            yield key, f'"{name}"'
        elif key == "TF_VAR_domain":
            yield key, '"$DOMAIN"' if is_production else f'"{name}-$DOMAIN"'
        elif key == f"TF_VAR_{TAKES_TRAFFIC}":
            yield key, '"${TAKES_TRAFFIC:-false}"' if is_production else '"true"'
        elif key == "TF_VAR_settings":
            yield key, '"$SETTINGS"' if is_production else '"$SETTINGS_STAGING"'
        elif key.startswith("TF_VAR_"):
            yield key, _quoted(value)


_SAVED = f"{MAIN}/plan"


def _plan(service: Service, name: str, made: Stacks) -> Data:
    """What a merge request, or main behind it, would change; the plan is kept for its apply."""
    return {
        "stage": "plan",
        **_terraform(service, "AWS_PLAN_ROLE_ARN", name, made),
        "rules": [
            {"if": _MERGE, "changes": _CHANGED},
            {"if": _MAIN, "changes": _CHANGED},
        ],
        "script": [
            "terraform fmt -check -recursive infra",
            f"terraform -chdir={MAIN} validate",
            f"terraform -chdir={MAIN} test",
            *_one_time(made),
            f"terraform -chdir={MAIN} plan -input=false -lock=false -refresh=false -out=plan",
            f"terraform -chdir={MAIN} show -no-color plan",
        ],
        "artifacts": {"paths": [_SAVED], "access": "developer", "expire_in": "1 week"},
    }


def _one_time(made: Stacks) -> list[str]:
    """A password for this run: a new database takes it, one that is there does not look at it."""
    if not any(v.name == "database_password" for v in made.main.variables):
        return []
    return ['TF_VAR_database_password="$(openssl rand -hex 24)"\nexport TF_VAR_database_password\n']


def _apply(service: Service, made: Stacks, name: str) -> Data:
    """Applies the saved plan of one environment, when somebody who read it starts the job."""
    return {
        "stage": "infrastructure",
        "needs": [f"plan-{name}"],
        **_terraform(service, "AWS_APPLY_ROLE_ARN", name, made),
        "rules": [{"if": _MAIN, "changes": _CHANGED, "when": "manual", "allow_failure": True}],
        "resource_group": "infrastructure",
        "timeout": "60 minutes",
        "script": [
            *_one_time(made),
            f"terraform -chdir={MAIN} apply -input=false plan",
        ],
    }
