"""The pipeline: checks, infrastructure and deployment as workflows of GitHub Actions.

Built as plain data and printed once. Nothing that comes from outside stands in a script: it goes
there through the environment.
"""

import re
from typing import Any

import yaml

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts import releasing
from blueproof.advisors.deploy.parts.actions import (
    checkout,
    install,
    runs_in,
    scan,
    sign_in,
    step,
    use,
)
from blueproof.advisors.deploy.parts.approving import BY_HAND
from blueproof.advisors.deploy.parts.besides import image_variable
from blueproof.advisors.deploy.parts.besiding import IN_REVIEW, checks, images, own_images
from blueproof.advisors.deploy.parts.bootstrap import INFRA
from blueproof.advisors.deploy.parts.docker import generates
from blueproof.advisors.deploy.parts.grants import environments
from blueproof.advisors.deploy.parts.moving import TAKES_TRAFFIC
from blueproof.advisors.deploy.parts.stacks import MAIN, Stacks
from blueproof.advisors.deploy.parts.standing import in_cluster
from blueproof.advisors.deploy.parts.there import there
from blueproof.advisors.deploy.service import Service
from blueproof.facts.pinned import actions, image, programs

Data = dict[str, Any]
RUNNER = "ubuntu-24.04-arm"  # what is built runs on ARM
# A database that lives as long as a test run.
_TESTED_ON = "postgresql://app:checks@localhost:5432/app"
# What tests get for secrets: long enough for a schema that asks for 32 characters.
_IN_TESTS = "no-secret-but-long-enough-for-the-checks"
_USES = re.compile(r"^(\s*(?:- )?uses: )([\w./-]+)@([0-9a-f]{40})$", re.MULTILINE)


PATHS = tuple(f".github/workflows/{name}.yml" for name in ("ci", "infra", "deploy"))


def workflows(service: Service, form: Form, made: Stacks) -> dict[str, str]:
    """The workflows and the dependency updates, by path."""
    named = {
        "ci": _checks(service),
        "infra": _infra(service, form, made),
        "deploy": releasing.deploy(service, form),
    }
    found = {
        f".github/workflows/{name}.yml": in_cluster(print_workflow(data), service)
        for name, data in named.items()
    }
    return {**found, ".github/dependabot.yml": print_workflow(_updates(service))}


class _Printer(yaml.SafeDumper):
    """YAML with scripts as blocks."""


def _text(printer: yaml.SafeDumper, words: str) -> yaml.Node:
    style = "|" if "\n" in words else None
    return printer.represent_scalar("tag:yaml.org,2002:str", words, style=style)


_Printer.add_representer(str, _text)


def print_workflow(data: Data) -> str:
    """The workflow as YAML, each pinned action with its tag beside the hash."""
    text = yaml.dump(data, Dumper=_Printer, sort_keys=False, width=100, allow_unicode=True)
    text = re.sub(r"^'on':", "on:", text, flags=re.MULTILINE)
    return _USES.sub(lambda m: f"{m[0]} # {actions()[m[2]].tag}", text)


def _checks(service: Service) -> Data:
    job: Data = {
        "runs-on": RUNNER,
        "timeout-minutes": 20,
        "services": services(service),
        "env": test_environment(service),
        "steps": [
            checkout(),
            *install(service),
            *scripts(service),
            *checks(service),
            *_image_checks(service),
        ],
    }
    return {
        "name": "checks",
        "on": {"pull_request": None, "workflow_call": None},
        "permissions": {"contents": "read"},
        "concurrency": {
            "group": "checks-${{ github.ref }}-${{ github.event_name }}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
        },
        "jobs": {"checks": {key: value for key, value in job.items() if value}},
    }


def services(service: Service) -> Data:
    """The stores that tests run against."""
    found: Data = {}
    if service.database == "postgresql":
        found["postgres"] = {
            "image": image("postgres", service.postgres).name,
            "env": {"POSTGRES_USER": "app", "POSTGRES_PASSWORD": "checks", "POSTGRES_DB": "app"},
            "ports": ["5432:5432"],
            "options": "--health-cmd pg_isready --health-interval 5s --health-retries 10",
        }
    if service.redis:
        found["valkey"] = {
            "image": image("valkey/valkey", "8").name,
            "ports": ["6379:6379"],
            "options": '--health-cmd "valkey-cli ping" --health-interval 5s --health-retries 10',
        }
    return found


def test_environment(service: Service) -> Data:
    """What tests find in their environment, nothing of it a secret."""
    found = {}
    if service.database == "postgresql":
        found["DATABASE_URL"] = _TESTED_ON
    if service.redis:
        found["REDIS_URL"] = "redis://localhost:6379"
        if "REDIS_HOST" in service.settings:
            found |= {"REDIS_HOST": "localhost", "REDIS_PORT": "6379"}
    for name in service.secrets:
        scheme = "smtp" if name.startswith(("SMTP", "MAIL")) else "http"
        nowhere = f"{scheme}://localhost:9"
        found.setdefault(name, nowhere if name.endswith(("_URL", "_URI")) else _IN_TESTS)
    for name in service.buckets:
        found[name] = "checks"
    return found


def scripts(service: Service) -> list[Data]:
    """The scripts that package.json has, cheap ones first; else what migrates and tests."""
    if not service.is_node:
        pairs = (("Migrate", service.migrate), ("Test", service.test))
        return [_in(service.context, step(n, runs_in(service, said))) for n, said in pairs if said]
    named = (
        ("lint", service.lint, "service.lint"),
        ("typecheck", service.typecheck, "service.typecheck"),
        ("build", "build" if service.build else "", "build-command"),
        ("migrate", service.migrate, "service.migrate"),
        ("test", "test" if service.test else "", "test-command"),
    )
    generate = _in(service.context, step("Generate", generates(service)))
    found = [generate] if service.orm == "prisma" else []
    found += [
        _in(service.folder_of(key), step(name.capitalize(), _command(service, name, script)))
        for name, script, key in named if script
    ]  # fmt: skip
    return found


def _command(service: Service, name: str, script: str) -> str:
    """How a script is run from the folder of its own package.json."""
    if name != "migrate":
        return f"{service.runs} {script}"
    return script if script.startswith("npx") else f"node --run {script.rpartition(' ')[2]}"


def _in(folder: str, made: Data) -> Data:
    return {**made, "working-directory": folder} if folder else made


def _image_checks(service: Service) -> list[Data]:
    """That the images build and pass the scan, before a merge; the deploy scans what it pushes."""
    found = [step("Build the image", "docker build --tag checked ."), scan("checked")]
    return [{"if": IN_REVIEW, **each} for each in found] + images(service)


def _infra(service: Service, form: Form, made: Stacks) -> Data:
    """Plans on pull requests and on main; what is applied is the saved plan that was approved.

    A push applies only where it was said that somebody must approve; else somebody starts it.
    """
    paths = {"paths": ["infra/**", ".github/workflows/infra.yml"]}
    return {
        "name": "infrastructure",
        "on": {
            "pull_request": paths,
            "push": {"branches": ["main"], **paths},
            "workflow_dispatch": None,
        },
        "permissions": {"contents": "read"},
        "concurrency": {"group": "infrastructure-${{ github.ref }}", "cancel-in-progress": False},
        "jobs": {
            "plan": {
                "if": "github.event_name != 'pull_request' || "
                "github.event.pull_request.head.repo.full_name == github.repository",
                **_terraform_job(service, form, made),
                "strategy": {"matrix": {"environment": list(environments(form))}},
                "steps": [*_begun("AWS_PLAN_ROLE_ARN"), *_planned(made)],
            },
            "apply": {
                "needs": "plan",
                "if": f"(github.event_name == 'push' && vars.{BY_HAND} == 'false') || "
                "github.event_name == 'workflow_dispatch'",
                "environment": INFRA,
                **_terraform_job(service, form, made),
                "strategy": {
                    "max-parallel": 1, "matrix": {"environment": list(environments(form))},
                },
                "steps": [*_begun("AWS_APPLY_ROLE_ARN"), *_applied(made)],
            },
        },
    }  # fmt: skip


def _terraform_job(service: Service, form: Form, made: Stacks) -> Data:
    return {
        "runs-on": RUNNER,
        "timeout-minutes": 60,
        "permissions": {"contents": "read", "id-token": "write"},
        "env": inputs(service, made, several=len(environments(form)) > 1),
    }


def inputs(service: Service, made: Stacks, *, several: bool = False) -> Data:
    """What Terraform finds in its environment; `several` is whether settings differ by place."""
    known = {v.name for v in made.main.variables}
    given = {
        "TF_IN_AUTOMATION": "1",
        "ENVIRONMENT": "${{ matrix.environment }}",
        "TF_VAR_environment": "${{ matrix.environment }}",
        "TF_VAR_alarm_email": "${{ vars.ALARM_EMAIL }}",
        "TF_VAR_image": "${{ vars.FIRST_IMAGE }}",
        "STATE_BUCKET": "${{ vars.STATE_BUCKET }}",
        "AWS_REGION": "${{ vars.AWS_REGION }}",
    }
    if "domain" in known:
        given["TF_VAR_domain"] = (
            "${{ matrix.environment == 'production' && vars.DOMAIN || "
            "format('{0}-{1}', matrix.environment, vars.DOMAIN) }}"
        )
        given["TF_VAR_zone"] = "${{ vars.ZONE }}"
    if TAKES_TRAFFIC in known:
        given[f"TF_VAR_{TAKES_TRAFFIC}"] = (
            "${{ matrix.environment != 'production' || vars.TAKES_TRAFFIC == 'true' }}"
        )
    given |= {f"TF_VAR_{name}": f"${{{{ vars.{said} }}}}" for name, said in there(made)}
    for beside in own_images(service):
        first = f"${{{{ vars.FIRST_IMAGE_{beside.key.upper()} }}}}"
        given[f"TF_VAR_{image_variable(beside)}"] = first
    if "settings" in known:
        given["TF_VAR_settings"] = "${{ vars.SETTINGS }}"
        if several:
            given["TF_VAR_settings"] = (
                "${{ matrix.environment == 'production' && vars.SETTINGS "
                "|| vars.SETTINGS_STAGING }}"
            )
    return given


def begun() -> str:
    """The command by which Terraform takes up its state, which lies in a bucket."""
    return (
        f"terraform -chdir={MAIN} init -input=false \\\n"
        '  -backend-config="bucket=$STATE_BUCKET" \\\n'
        '  -backend-config="key=$ENVIRONMENT.tfstate" \\\n'
        '  -backend-config="region=$AWS_REGION" -backend-config="use_lockfile=true"\n'
    )


def _begun(role: str) -> list[Data]:
    return [
        checkout(),
        {
            **use("hashicorp/setup-terraform"),
            "with": {
                "terraform_version": f"~{programs()['terraform'].line}",
                "terraform_wrapper": False,
            },
        },
        sign_in(role),
        step("Begin", begun()),
    ]


_PLAN = "plan-${{ matrix.environment }}"  # how a run's saved plan is called, by environment


def _planned(made: Stacks) -> list[Data]:
    """A plan that reads the state and no secret: it changes nothing, and takes no lock.

    On main it is saved, so that what somebody approves is the file that is applied.
    """
    plan = (
        f"{_one_time(made)}"
        f"terraform fmt -check -recursive infra\nterraform -chdir={MAIN} validate\n"
        f"terraform -chdir={MAIN} test\n"
        f"terraform -chdir={MAIN} plan -input=false -lock=false -refresh=false -out=plan\n"
        f"terraform -chdir={MAIN} show -no-color plan | tee plan.txt\n"
        '{ echo "\\`\\`\\`"; cat plan.txt; echo "\\`\\`\\`"; } >> "$GITHUB_STEP_SUMMARY"\n'
    )
    kept = {
        "if": "github.event_name != 'pull_request'",
        "name": "Keep the plan for whoever approves it",
        **use("actions/upload-artifact"),
        "with": {"name": _PLAN, "path": f"{MAIN}/plan", "retention-days": 7},
    }
    return [step("Plan", plan), kept]


def _one_time(made: Stacks) -> str:
    """A password for this run: a new database takes it, one that is there does not look at it."""
    if not any(v.name == "database_password" for v in made.main.variables):
        return ""
    return (
        'TF_VAR_database_password="$(openssl rand -hex 24)"\n'
        'echo "::add-mask::$TF_VAR_database_password"\nexport TF_VAR_database_password\n'
    )


def _applied(made: Stacks) -> list[Data]:
    """The saved plan of this run; Terraform refuses it where the state has changed since."""
    fetched = {
        "name": "Fetch the plan that was approved",
        **use("actions/download-artifact"),
        "with": {"name": _PLAN, "path": MAIN},
    }
    apply = f"{_one_time(made)}terraform -chdir={MAIN} apply -input=false plan\n"
    return [fetched, step("Apply what was approved", apply)]


_ECOSYSTEMS = {
    "node": "npm", "python": "pip", "go": "gomod", "ruby": "bundler", "java": "maven",
    "rust": "cargo", "php": "composer", "dotnet": "nuget", "elixir": "mix",
}  # fmt: skip


def _updates(service: Service) -> Data:
    """Dependency updates, a week old before they come: most bad releases are found by then."""
    places = [
        (_packages(service), "/"), ("docker", "/"), ("github-actions", "/"),
        ("terraform", f"/{MAIN}"),
    ]  # fmt: skip
    return {
        "version": 2,
        "updates": [
            {
                "package-ecosystem": ecosystem,
                "directory": directory,
                "schedule": {"interval": "weekly"},
                "cooldown": {"default-days": 7},
                "groups": {"all": {"patterns": ["*"]}},
            }
            for ecosystem, directory in places
        ],
    }


def _packages(service: Service) -> str:
    """How dependabot calls what the service is installed with."""
    if service.manager in {"uv", "gradle", "maven"}:
        return service.manager
    return _ECOSYSTEMS.get(service.language, "npm")
