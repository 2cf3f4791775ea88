"""The runbook: what to look at and to do when something is wrong, for exactly these resources."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.forge import spoken
from blueproof.advisors.deploy.parts.pools import held
from blueproof.advisors.deploy.parts.stacks import Stacks
from blueproof.advisors.deploy.parts.standing import in_cluster
from blueproof.advisors.deploy.schema_changes import breaking
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import as_text

PATH = "RUNBOOK.md"


def runbook(service: Service, form: Form, made: Stacks) -> str:
    """The runbook as Markdown: rolling back, each alarm, the database, leaving."""
    parts = [
        f"# When something is wrong with {service.name}\n",
        f"Names here are those of production: `{service.name}-production`.\n",
        *_sections(service, form, made),
    ]
    return spoken(in_cluster("\n".join(parts), service), service)


def _sections(service: Service, form: Form, made: Stacks) -> Iterator[str]:
    yield _section("Go back to the version before", _back(service, form))
    yield _section("Read the log", _log(service, form))
    for alarm in made.main.of("aws_cloudwatch_metric_alarm"):
        says = as_text(alarm.body.get("alarm_description"))
        yield _section(
            f"Alarm {alarm.name.replace('_', '-')}", (says + ".", *_for(alarm.name, service, form))
        )
    if service.makes_database:
        yield _section("Bring the database back", _restore(service))
        yield _section("Change the database's password", _password())


def _section(title: str, lines: tuple[str, ...]) -> str:
    return f"## {title}\n\n" + "\n\n".join(lines) + "\n"


def _back(service: Service, form: Form) -> tuple[str, ...]:
    fast = _back_to_task(service) if form.shape == "fargate" else _back_to_version(service)
    return (
        "A version that does not become healthy is rolled back by itself, and the run is red. One "
        "that is healthy and wrong is taken back by hand:",
        *fast,
        "It builds nothing, migrates nothing and waits for no approval. The next push to main "
        "deploys main again: revert the commit before, or the fault comes back with it.",
        "To go back to an image that is older than these, with all the checks of a deploy (and its "
        "approval, and the migrations again), run the workflow with its digest:",
        f"```sh\naws ecr describe-images --repository-name {service.name} --query "
        "'reverse(sort_by(imageDetails,&imagePushedAt))[:5].[imageTags[0],imageDigest]'\n"
        "gh workflow run deploy.yml --ref main -f digest=sha256:...\n```",
        *_schema_stays(service),
    )


def _back_to_task(service: Service) -> tuple[str, ...]:
    """The previous task definition put back, which is all that going back takes."""
    workers = "".join(
        f'\naws ecs update-service --cluster "$NAME" --service "$NAME-{name}" \\\n'
        f'  --task-definition "$NAME-{name}:THE-ONE-BEFORE" --query service.serviceName'
        for name in _names(service)
    )
    return (
        f"```sh\nNAME={service.name}-production\n{_cluster(service)}"
        'for ARN in $(aws ecs list-task-definitions --family-prefix "$NAME" --sort DESC \\\n'
        "  --no-paginate --max-results 5 --query 'taskDefinitionArns' --output text); do\n"
        '  aws ecs describe-task-definition --task-definition "$ARN" --output text --query \\\n'
        "    'taskDefinition.[revision,registeredAt,containerDefinitions[0].image]'\ndone\n"
        "REVISION=41 # the one before the fault, from that list\n"
        'aws ecs update-service --cluster "$NAME" --service "$NAME" \\\n'
        '  --task-definition "$NAME:$REVISION" --query service.serviceName'
        f'{workers}\naws ecs wait services-stable --cluster "$NAME" --services "$NAME"\n```',
        "About three minutes: new tasks start in about one, are healthy after two checks 10 s "
        "apart, and the old ones are drained for 15 s and stopped within 40 s.",
    )


def _cluster(service: Service) -> str:
    """The line that names the cluster, where it is not the service's own."""
    return "CLUSTER=your-cluster\n" if "cluster" in service.kept else ""


def _names(service: Service) -> tuple[str, ...]:
    """The names of what runs beside the service."""
    return (*(w.name for w in service.workers), *(b.name for b in service.besides))


def _back_to_version(service: Service) -> tuple[str, ...]:
    """The alias put back on the version before."""
    return (
        f"```sh\nNAME={service.name}-production\n"
        'aws lambda list-versions-by-function --function-name "$NAME" \\\n'
        "  --query 'Versions[-5:].[Version,LastModified]' --output text\n"
        "VERSION=41 # the one before the fault, from that list\n"
        'aws lambda update-alias --function-name "$NAME" --name live \\\n'
        '  --function-version "$VERSION" --query FunctionVersion\n```',
        "It takes seconds: the alias is moved, and the version is there already.",
    )


def _schema_stays(service: Service) -> tuple[str, ...]:
    if not service.migrate:
        return ()
    places = breaking(service)
    said = (
        "Migrations are not rolled back: keep each one readable by the version before it (add, "
        "then fill, then use, then remove, in separate deploys)."
    )
    if not places:
        return (said,)
    named = ", ".join(places)
    return (f"{said} {named} is not: once it has run, going back to a version before it fails.",)


# How each library writes an error; src/lifecycle writes its level as a word.
_ERRORS = {
    "pino": ("Lines are JSON, an error of pino has level 50 or more",
             '{ ($.level = "error") || ($.level >= 50) }'),
    "winston": ("Lines are JSON", '{ $.level = "error" }'),
}  # fmt: skip
_ANY_ERROR = ("Lines are what the service writes", "?ERROR ?Error ?error")


def _log(service: Service, form: Form) -> tuple[str, ...]:
    group = (
        f"/ecs/{service.name}-production"
        if form.shape == "fargate"
        else (f"/aws/lambda/{service.name}-production")
    )
    beside = _names(service) if form.shape == "fargate" else ()
    lines, errors = _ERRORS.get(service.logger, _ANY_ERROR)
    return (
        f"{lines}, kept for {form.log_days} days:",
        f"```sh\naws logs tail {group} --since 15m --filter-pattern '{errors}'\n```",
        *(f"{name} writes to {group}-{name}." for name in beside),
    )  # fmt: skip


_ADVICE = {
    "errors": "Look for the first error line and its requestId. If it began with a deploy, go back "
    "first and look afterwards.",
    "no_healthy_task": "Stopped tasks say why: a missing secret, no memory, or a port that "
    "nobody listens on.",
    "slow": "Compare with the database's CPU and connections at that minute: if they are calm, the "
    "time is spent in the service or in another company's API.",
    "at_its_most": "Find out whether it is load or a loop before you raise max_capacity: each task "
    "takes its share of the database's connections.",
    "throttled": "Raise reserved_concurrent_executions only as far as the database has "
    "connections for it.",
    "database_full": "Storage grows by itself up to five times; this tells that it is under way. "
    "Look for the largest tables and for replication slots that hold WAL.",
    "database_cpu": "Statements of half a second and more are in its log; `blueproof pg` finds "
    "their index.",
    "table_throttled": "One key takes most of the traffic: look at the contributor insights of the "
    "table.",
}


_NO_WORKER = (
    "Stopped tasks of that ECS service say why. The API goes on without it, and what it put in the "
    "queue is not lost; how long it may wait is yours to know."
)


def _for(name: str, service: Service, form: Form) -> tuple[str, ...]:
    if name == "database_connections":
        return (held(service, form),)
    return (_ADVICE.get(name, _NO_WORKER),)


def _restore(service: Service) -> tuple[str, ...]:
    name = f"{service.name}-production"
    return (
        "To a minute of your choice, beside the one that is there:",
        "```sh\naws rds restore-db-instance-to-point-in-time "
        f"--source-db-instance-identifier {name} \\\n"
        f"  --target-db-instance-identifier {name}-restored --restore-time 2026-01-31T12:00:00Z "
        f"\\\n  --db-subnet-group-name {name} --no-publicly-accessible\n```",
        "Try it once before you need it, and note how long it took.",
    )


def _password() -> tuple[str, ...]:
    return (
        "Raise database_password_version by one in a pull request. The apply gives the new "
        "password to the database and to the secret in one run; then start the service anew, so "
        "that it reads it:",
        "```sh\ngh workflow run deploy.yml --ref main\n```",
    )
