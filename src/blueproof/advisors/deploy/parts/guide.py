"""The guide: from an empty account to a running service, in order, each step with its way back."""

from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.names import filled_in
from blueproof.advisors.deploy.parts import moving
from blueproof.advisors.deploy.parts.approving import approving
from blueproof.advisors.deploy.parts.besides import image_variable
from blueproof.advisors.deploy.parts.besiding import first_image, own_images
from blueproof.advisors.deploy.parts.bootstrap import FOLDER
from blueproof.advisors.deploy.parts.fargate import app_secrets
from blueproof.advisors.deploy.parts.forge import approving as by_merge
from blueproof.advisors.deploy.parts.forge import spoken
from blueproof.advisors.deploy.parts.grants import environments
from blueproof.advisors.deploy.parts.jobs import jobs_stage
from blueproof.advisors.deploy.parts.leaving import checked, destroyed
from blueproof.advisors.deploy.parts.patch import held, lifecycle, needs_lifecycle, patches, wiring
from blueproof.advisors.deploy.parts.stacks import MAIN, Stacks
from blueproof.advisors.deploy.parts.stage import Stage, written
from blueproof.advisors.deploy.parts.stores import given
from blueproof.advisors.deploy.parts.there import (
    address,
    finding,
    is_early,
    there,
    told_of_first_stack,
)
from blueproof.advisors.deploy.service import Service

PATH = "GUIDE.md"


def guide(service: Service, form: Form, made: Stacks, idle: Decimal) -> str:
    """The guide as Markdown; `idle` is what all of it costs a month without any request."""
    head = (
        f"# From an empty account to {service.name} in production\n\n"
        "You need Terraform 1.11 or later, the AWS CLI signed in as an administrator, Docker, jq "
        "and the GitHub CLI, in the root of your repository with these files copied into it. "
        f"Standing idle, all of it costs about ${idle:,.0f} a month.\n"
    )
    stages = tuple(_stages(service, form, made))
    parts = [written(number, stage) for number, stage in enumerate(stages, start=1)]
    text = spoken(told_of_first_stack("\n".join((head, *parts)), service), service)
    return filled_in(text, service.names)


def _stages(service: Service, form: Form, made: Stacks) -> Iterator[Stage]:
    if needs_lifecycle(service):
        yield _lifecycle(service, form)
    # What ends its jobs on SIGTERM already needs no step, unless they outlast the time for it.
    ends = service.is_node and service.sigterm and not service.protects
    if service.workers and form.shape == "fargate" and not ends:
        yield jobs_stage(service)
    if not service.is_node and not service.health:
        yield _health(service)
    found = [finding(service, made)] if there(made) else []
    early = is_early(service)
    yield from found if early else ()
    yield _first(service, form)
    yield _state()
    yield from () if early else found
    if service.database == "postgresql" and not service.makes_database:
        yield address(service, form)
    if app_secrets(service):
        yield _secrets(service)
    if form.shape == "lambda" and _reads_secrets(service):
        yield _sdk(service)
    yield _image()
    yield from (first_image(beside) for beside in own_images(service))
    yield _variables(service, form)
    yield by_merge(form) if service.forge else approving(form)
    if form.shape == "fargate":
        yield _domain()
    for environment in environments(form):
        yield _infrastructure(service, form, made, environment)
    yield _deploy(service, form)
    yield _alarm()
    yield from moving.stages(service, form)


def _lifecycle(service: Service, form: Form) -> Stage:
    asks, path = (
        ("the load balancer", service.start_path) if form.shape == "fargate"
        else ("Lambda", service.live_path)
    )  # fmt: skip
    own = f" Its own {service.health} stays as it is: {asks} asks {path}, and what runs is not "
    own += "replaced because the database is away."
    return Stage(
        title="Let the service stop, and say when it is ready",
        why=f"In {service.entry or 'the file that calls listen'}, where the server is started, and "
        f"in place of other handlers of SIGTERM, load {lifecycle(service)}."
        + (f" {held(service)}" if held(service) else "")
        + (own if service.health else ""),
        commands=wiring(service),
        language="ts" if service.typescript else "js",
        check=f"`curl localhost:{service.port}{service.ready_path}` answers 200, and `kill -TERM` "
        "in mid-request loses nothing",
        undo="take the lines out again",
    )


_ROUTES = {
    "fastapi": ('@app.get("/healthz")', "def healthz() -> dict[str, str]:",
                '    return {"status": "ok"}'),
    "flask": ('@app.get("/healthz")', "def healthz():", '    return {"status": "ok"}'),
    "django": ("# in urls.py; ALLOWED_HOSTS must let the load balancer's address in",
               'path("healthz", lambda request: HttpResponse("ok")),'),
    "spring-boot": ("# build.gradle or pom.xml: /actuator/health/liveness is then answered",
                    "implementation 'org.springframework.boot:spring-boot-starter-actuator'"),
    "ruby-on-rails": ("# config/environments/production.rb: /up is answered, and not sent to https",
                      'config.ssl_options = { redirect: { exclude: ->(r) { r.path == "/up" } } }',
                      'config.host_authorization = { exclude: ->(r) { r.path == "/up" } }'),
}  # fmt: skip


def _health(service: Service) -> Stage:
    path = service.ready_path
    usual = (f"// GET {path} answers 200",) if service.language == "go" else (
        f"# GET {path} answers 200",)  # fmt: skip
    return Stage(
        title="Let the service say that it runs",
        why=f"The load balancer asks {path} every 10 s and gives no request to a task that does "
        "not answer 200. It is not asked about the database: if that is away, every task would be "
        "replaced for nothing.",
        commands=_ROUTES.get(service.framework, usual),
        language="python" if service.language == "python" else "",
        check=f"`curl --fail localhost:{service.port}{path}` answers",
        undo="take the route out",
    )


def _reads_secrets(service: Service) -> bool:
    return service.database == "postgresql" or bool(app_secrets(service))


def _first(service: Service, form: Form) -> Stage:
    return Stage(
        title="Make what the pipeline rests on",
        why="The state bucket, the image registry and the roles that GitHub's runs take on. It is "
        "applied once, by you; the state lies in a file beside it until the next step. If the "
        "account knows GitHub already (`aws iam list-open-id-connect-providers` shows "
        "token.actions.githubusercontent.com), import that before you apply: `terraform "
        f'-chdir={FOLDER} import -var repository="$REPOSITORY" '
        "aws_iam_openid_connect_provider.github ARN`.",
        commands=(
            f"export AWS_REGION={form.region}",
            f"export NAME={service.name}",
            "export REPOSITORY=$(gh repo view --json nameWithOwner --jq .nameWithOwner)",
            f"terraform -chdir={FOLDER} init -backend=false",
            f'terraform -chdir={FOLDER} apply -var repository="$REPOSITORY"',
        ),
        check=f"`terraform -chdir={FOLDER} output` prints three roles, a registry and a bucket",
        undo=f'`terraform -chdir={FOLDER} destroy -var repository="$REPOSITORY"`, after taking '
        "prevent_destroy off the bucket and emptying it",
    )


def _state() -> Stage:
    return Stage(
        title="Keep the state where nobody loses it",
        why="Versioned, encrypted, and locked while somebody writes it (use_lockfile; no table is "
        "needed for that any more).",
        commands=(
            f"export STATE_BUCKET=$(terraform -chdir={FOLDER} output -raw state_bucket)",
            f"printf 'terraform {{\\n  backend \"s3\" {{}}\\n}}\\n' > {FOLDER}/backend.tf",
            f"terraform -chdir={FOLDER} init -migrate-state \\",
            '  -backend-config="bucket=$STATE_BUCKET" -backend-config="key=bootstrap.tfstate" \\',
            '  -backend-config="region=$AWS_REGION" -backend-config="use_lockfile=true"',
        ),
        check='`aws s3 ls "s3://$STATE_BUCKET"` lists bootstrap.tfstate',
        undo=f"remove {FOLDER}/backend.tf and run `terraform -chdir={FOLDER} init -migrate-state`",
    )


def _secrets(service: Service) -> Stage:
    names = app_secrets(service)
    pairs = ", ".join(f'"{name}": "..."' for name in names)
    return Stage(
        title="Put the service's own secrets in",
        why=f"{', '.join(names)}: read at start, never by Terraform, and in no file.",
        commands=(
            'aws secretsmanager put-secret-value --secret-id "$NAME/app" \\',
            f"  --secret-string '{{{pairs}}}'",
        ),
        check='`aws secretsmanager describe-secret --secret-id "$NAME/app"` shows a version that '
        "is AWSCURRENT",
        undo="put another value in; the one before stays readable as AWSPREVIOUS",
    )


def _sdk(service: Service) -> Stage:
    add = {"npm": "npm install", "pnpm": "pnpm add", "yarn": "yarn add"}[service.manager]
    return Stage(
        title="Let the function read its secrets",
        why="entrypoint.mjs reads them before your code starts, through AWS's own library.",
        commands=(
            f"(cd {service.root} && {add} @aws-sdk/client-secrets-manager)"
            if service.root
            else f"{add} @aws-sdk/client-secrets-manager",
        ),
        check=f"package.json and {service.lock} name it",
        undo="remove the package",
    )


def _image() -> Stage:
    return Stage(
        title="Push a first image",
        why="What runs is begun with an image that is there; all later ones come by the pipeline. "
        "On an Intel machine without Docker Desktop, let it build for ARM first: `docker run "
        "--privileged --rm tonistiigi/binfmt --install arm64`.",
        commands=(
            f"export ECR_REPOSITORY=$(terraform -chdir={FOLDER} output -raw repository_url)",
            "aws ecr get-login-password | docker login --username AWS --password-stdin "
            '"${ECR_REPOSITORY%%/*}"',
            'docker build --platform linux/arm64 --provenance=false -t "$ECR_REPOSITORY:first" .',
            'docker push "$ECR_REPOSITORY:first"',
            "export IMAGE=$ECR_REPOSITORY@$(aws ecr describe-images "
            '--repository-name "$NAME" --image-ids imageTag=first \\',
            "  --query 'imageDetails[0].imageDigest' --output text)",
        ),
        check='`echo "$IMAGE"` ends in @sha256: and 64 digits',
        undo='`aws ecr batch-delete-image --repository-name "$NAME" --image-ids imageTag=first`',
    )


def _variables(service: Service, form: Form) -> Stage:
    pairs = [
        ("AWS_REGION", '"$AWS_REGION"'),
        ("STATE_BUCKET", '"$STATE_BUCKET"'),
        ("ECR_REPOSITORY", '"$ECR_REPOSITORY"'),
        ("FIRST_IMAGE", '"$IMAGE"'),
        ("AWS_PLAN_ROLE_ARN", f'"$(terraform -chdir={FOLDER} output -raw plan_role)"'),
        ("AWS_APPLY_ROLE_ARN", f'"$(terraform -chdir={FOLDER} output -raw apply_role)"'),
        ("AWS_DEPLOY_ROLE_ARN", f'"$(terraform -chdir={FOLDER} output -raw deploy_role)"'),
        ("ALARM_EMAIL", '"$ALARM_EMAIL"'),
    ]
    if moving.moves(service, form):
        pairs.append((moving.TAKES_TRAFFIC.upper(), "false"))
    if form.shape == "fargate":
        pairs += [("DOMAIN", '"$DOMAIN"'), ("ZONE", '"$ZONE"')]
    asked = ["export ALARM_EMAIL=you@example.com"]
    if given(service):
        pairs.append(("SETTINGS", '"$SETTINGS"'))
        asked += _settings(service)
        if form.staging:
            pairs.append(("SETTINGS_STAGING", '"$SETTINGS_STAGING"'))
            asked.append("export SETTINGS_STAGING=$SETTINGS # and what differs there")
    if form.shape == "fargate":
        asked += ["export DOMAIN=api.example.com ZONE=example.com"]
    return Stage(
        title="Tell GitHub the names",
        why="They are no secrets: the roles trust runs of your repository, not whoever knows them."
        + (" Your own values go in the place of the dots." if given(service) else ""),
        commands=(*asked, *(f"gh variable set {name} --body {value}" for name, value in pairs)),
        check="`gh variable list` shows them",
        undo="`gh variable delete` each",
    )


def _settings(service: Service) -> tuple[str, ...]:
    """The values of the service's own settings, for the person to fill in."""
    pairs = ", ".join(f'"{name}": "..."' for name in given(service))
    return (f"export SETTINGS='{{{pairs}}}'",)


def _domain() -> Stage:
    return Stage(
        title="Bring the domain to Route 53",
        why="The certificate is issued to whoever answers for the name, so its zone must be there "
        "first. Skip this if it is. If the name is in use elsewhere, copy all its records into the "
        "new zone before the registrar is told, those for mail too.",
        commands=(
            'aws route53 create-hosted-zone --name "$ZONE" --caller-reference "$(date +%s)" \\',
            "  --query 'DelegationSet.NameServers'",
        ),
        check='the registrar names those four servers, and `dig NS "$ZONE"` shows them',
        undo="name the old servers at the registrar, then delete the zone",
    )


def _infrastructure(service: Service, form: Form, made: Stacks, environment: str) -> Stage:
    variables = [f"-var environment={environment}", '-var image="$IMAGE"',
                 '-var alarm_email="$ALARM_EMAIL"']  # fmt: skip
    known = {v.name for v in made.main.variables}
    if "domain" in known:
        name = '"$DOMAIN"' if environment == "production" else f'"{environment}-$DOMAIN"'
        variables += [f"-var domain={name}", '-var zone="$ZONE"']
    if moving.TAKES_TRAFFIC in known:
        takes = str(environment != "production").lower()
        variables.append(f"-var {moving.TAKES_TRAFFIC}={takes}")
    variables += [f'-var {name}="${said}"' for name, said in there(made)]
    variables += [
        f'-var {image_variable(each)}="$IMAGE_{each.key.upper()}"' for each in own_images(service)
    ]
    if "settings" in known:
        of = "SETTINGS_STAGING" if environment == "staging" else "SETTINGS"
        variables.append(f'-var settings="${of}"')
    password: tuple[str, ...] = ()
    if "database_password" in known:
        password = ('export TF_VAR_database_password="$(openssl rand -hex 24)"',)
    minutes = "15" if service.makes_database else "5"
    return Stage(
        title=f"Make {environment}",
        why=f"About {minutes} minutes. "
        + ("The password is made here, given to the database and to the secret, and kept nowhere "
           "else; a later run's password is not looked at." if password else
           "Later changes come by pull request."),
        commands=(
            f"terraform -chdir={MAIN} init -reconfigure \\",
            f'  -backend-config="bucket=$STATE_BUCKET" '
            f'-backend-config="key={environment}.tfstate" \\',
            '  -backend-config="region=$AWS_REGION" -backend-config="use_lockfile=true"',
            *password,
            f"terraform -chdir={MAIN} apply {' '.join(variables)}",
            *_told(service, form, environment),
        ),
        check="a mail of AWS Notifications asks you to confirm: until you do, no alarm reaches you",
        undo=destroyed(service, made),
    )  # fmt: skip


def _told(service: Service, form: Form, environment: str) -> tuple[str, ...]:
    """What the deploy workflow must know of an environment: where to ask, where tasks run."""
    said = {"API_URL": f"terraform -chdir={MAIN} output -raw url"}
    if moving.moves(service, form):
        said[moving.BALANCER] = f"terraform -chdir={MAIN} output -raw load_balancer"
    if form.shape == "fargate" and service.migrate:
        list_of = f"terraform -chdir={MAIN} output -json subnets | jq -r 'join(\",\")'"
        said["ECS_SUBNETS"] = list_of
        said["ECS_SECURITY_GROUP"] = f"terraform -chdir={MAIN} output -raw security_group"
    return tuple(
        f'gh variable set {name} --env {environment} --body "$({command})"'
        for name, command in said.items()
    )


def _deploy(service: Service, form: Form) -> Stage:
    path = " Staging first, then production, with the same image." if form.staging else ""
    return Stage(
        title="Deploy by pushing to main",
        why=f"Checks, one image, migrations, then the new version{_beside(service, form)}.{path}"
        + checked(service),
        commands=(
            f"git add {' '.join(_handed(service, form))}",
            'git commit -m "Deploy to AWS by a pipeline"',
            "git push origin main",
            "gh run watch $(gh run list --workflow deploy.yml --limit 1 --json databaseId "
            "--jq '.[0].databaseId')",
        ),
        check=f'`curl --fail "$(gh variable get API_URL --env production){service.ready_path}"` '
        "answers 200",
        undo="the version before takes over in minutes (RUNBOOK.md)",
    )


def _handed(service: Service, form: Form) -> tuple[str, ...]:
    """What is committed: everything that was handed over, and what it made you change."""
    beside = [lifecycle(service)] if needs_lifecycle(service) else []
    beside += [service.entry or "src"] if needs_lifecycle(service) else []
    beside += [] if service.has_lock else [service.lock]
    beside += [path for path in patches(service, form) if path not in beside]
    # The function's own library is named there.
    adds = form.shape == "lambda" and _reads_secrets(service)
    beside += _named(service) if adds else []
    written = [each.image_file for each in own_images(service) if each.built is not None]
    image = ("Dockerfile", *written) if service.is_imaged else tuple(written)
    found = (".github", "infra", *image, ".dockerignore", PATH, "RUNBOOK.md", *beside)
    return tuple(dict.fromkeys(found))


def _named(service: Service) -> list[str]:
    """The files that a new package of npm is named in."""
    return [f"{service.root}/package.json".lstrip("/"), service.lock]


def _beside(service: Service, form: Form) -> str:
    """The workers that are switched after the service."""
    if form.shape != "fargate":
        return ""
    names = ", ".join(w.name for w in service.workers)
    others = ", ".join(each.name for each in service.besides)
    after = [f"the process {names}"] if names else []
    after += [f"the service {others}"] if others else []
    return f" and after it {' and '.join(after)}" if after else ""


def _alarm() -> Stage:
    return Stage(
        title="Hear an alarm once",
        why="An alarm that nobody has ever heard is a guess.",
        commands=(
            'aws cloudwatch set-alarm-state --alarm-name "$NAME-production-errors" \\',
            '  --state-value ALARM --state-reason "trying it"',
        ),
        check="the mail arrives within two minutes",
        undo="the alarm goes back to OK by itself",
    )
