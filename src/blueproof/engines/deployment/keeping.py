"""What must not be lost: the state, the data, the logs, and the word that something is wrong."""

from collections.abc import Iterator

from blueproof.cloud.stack import Body, Resource, Stack, as_text
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.project import Project, place
from blueproof.engines.deployment.values import records

_RUNS = ("aws_ecs_service", "aws_lambda_function")
_WEEK = 7  # days, the least that covers a holiday
_LOGGED = ("aws_ecs_task_definition", "aws_lambda_function")


def _state_locked(project: Project) -> Iterator[Judged]:
    """Whoever writes the state holds a lock, in every place that begins Terraform."""
    for stack in project.stacks:
        backend = _backend(stack)
        if backend is None:
            continue
        own = backend.get("use_lockfile") is True or backend.get("dynamodb_table") is not None
        for where, command in _inits(project, stack.folder):
            locked = own or any("use_lockfile=true" in word for word in command)
            yield Judged(where, "" if locked else f"{where} begins {stack.folder} without a lock")
        if not own and not any(True for _ in _inits(project, stack.folder)):
            yield Judged(stack.folder, f"{stack.folder} keeps its state without a lock")
    held = [s.folder for s in project.stacks if _backend(s) is not None]
    yield Judged("infra", "" if held else "no stack keeps its state in a backend")


def _backend(stack: Stack) -> Body | None:
    """The settings of the S3 backend; None where the state lies in a file."""
    for _, head, body in stack.settings:
        if head == "terraform":
            for entry in records(body.get("backend")):
                found = entry.get("s3")
                inner = found[0] if isinstance(found, tuple) and found else found
                return Body(getattr(inner, "entries", ()))
            if body.get('backend "s3"') is not None:
                return body.block('backend "s3"')
    return None


def _inits(project: Project, folder: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    scripts = [
        (f"{w.path}: {j.name}", s.commands)
        for w in project.workflows
        for j in w.jobs
        for s in j.steps
    ] + [(f"GUIDE.md: {s.title}", s.commands) for s in project.guide]
    for where, commands in scripts:
        for command in commands:
            if command.runs("terraform", "init") and command.option("-chdir") == folder:
                yield where, command.words


def _state_bucket(project: Project) -> Iterator[Judged]:
    """The state's bucket keeps versions, is encrypted, closed, and not deleted by accident."""
    for stack, bucket in project.of("aws_s3_bucket"):
        values = project.values(stack)
        closed = _of_bucket(stack, bucket, "aws_s3_bucket_public_access_block")
        every = ("block_public_acls", "block_public_policy", "ignore_public_acls",
                 "restrict_public_buckets")  # fmt: skip
        shut = any(all(c.body.get(name) is True for name in every) for c in closed)
        yield Judged(place(stack, bucket), "" if shut else f"{bucket.address} can be made public")
        ciphered = _of_bucket(stack, bucket, "aws_s3_bucket_server_side_encryption_configuration")
        yield Judged(place(stack, bucket), "" if ciphered else f"{bucket.address} says no cipher")
        if "terraform" not in values.text(bucket.body.get("bucket")):
            continue
        versions = any(
            v.body.block("versioning_configuration").text("status") == "Enabled"
            for v in _of_bucket(stack, bucket, "aws_s3_bucket_versioning")
        )
        yield Judged(
            place(stack, bucket), "" if versions else f"{bucket.address} keeps no versions"
        )
        yield Judged(place(stack, bucket), "" if _kept(bucket) else
                     f"{bucket.address} can be destroyed with all it holds")  # fmt: skip


def _of_bucket(stack: Stack, bucket: Resource, kind: str) -> list[Resource]:
    return [r for r in stack.of(kind) if bucket.address in r.references]


def _kept(resource: Resource) -> bool:
    return resource.body.block("lifecycle").get("prevent_destroy") is True


def _data(project: Project) -> Iterator[Judged]:
    """Databases are encrypted, backed up, and not deleted by accident."""
    for stack, store in project.of("aws_db_instance", "aws_rds_cluster"):
        days = as_text(store.body.get("backup_retention_period"))
        wrongs = (
            (days.isdigit() and int(days) >= _WEEK, "keeps backups for less than a week"),
            (store.body.get("storage_encrypted") is True, "is not encrypted"),
            (store.body.get("deletion_protection") is True, "can be deleted by one call"),
            (store.body.get("skip_final_snapshot") is not True, "is deleted without a snapshot"),
            (_kept(store), "can be destroyed by a plan"),
        )
        for fine, wrong in wrongs:
            yield Judged(place(stack, store), "" if fine else f"{store.address} {wrong}")
    for stack, table in project.of("aws_dynamodb_table"):
        safe = table.body.get("deletion_protection_enabled") is True and _kept(table)
        said = f"{table.address} can be deleted by one call or plan"
        yield Judged(place(stack, table), "" if safe else said)


def _logs(project: Project) -> Iterator[Judged]:
    """What runs writes to a log group that is declared, and forgets after a while."""
    for stack, group in project.of("aws_cloudwatch_log_group"):
        days = group.body.get("retention_in_days")
        fine = isinstance(days, int) and days > 0
        said = f"{group.address} keeps every line for ever, and bills it"
        yield Judged(place(stack, group), "" if fine else said)
    for stack, run in project.of(*_LOGGED):
        groups = {g.address for g in stack.of("aws_cloudwatch_log_group")}
        said = f"{run.address} writes to no log group that is declared here"
        yield Judged(place(stack, run), "" if groups & run.references else said)


def _alarms(project: Project) -> Iterator[Judged]:
    """Every alarm reaches a topic that somebody has subscribed to."""
    for stack, alarm in project.of("aws_cloudwatch_metric_alarm"):
        values = project.values(stack)
        topics = values.resources(alarm.body.get("alarm_actions"))
        heard = {
            t.address
            for s in stack.of("aws_sns_topic_subscription")
            if (t := values.resource(s.body.get("topic_arn")))
        }
        reaches = any(t.address in heard for t in topics)
        said = f"{alarm.address} reaches nobody"
        yield Judged(place(stack, alarm), "" if reaches else said)
    for stack, run in project.of(*_RUNS):
        front = stack.of("aws_lb_target_group") if run.kind == "aws_ecs_service" else ()
        watched = {ref for a in stack.of("aws_cloudwatch_metric_alarm") for ref in a.references}
        mine = {run.address, *(g.address for g in front)}
        if run.kind == "aws_lambda_function" and not _is_front(stack, run):
            continue
        yield Judged(place(stack, run), "" if mine & watched else
                     f"no alarm watches {run.address}")  # fmt: skip
    for stack, store in project.of("aws_db_instance"):
        metrics = {
            a.body.text("metric_name")
            for a in stack.of("aws_cloudwatch_metric_alarm")
            if store.address in a.references
        }
        for metric in ("FreeStorageSpace", "DatabaseConnections"):
            yield Judged(place(stack, store), "" if metric in metrics else
                         f"no alarm watches {metric} of {store.address}")  # fmt: skip


def _is_front(stack: Stack, function: Resource) -> bool:
    """Whether people reach the function: by an alias, a permission or an integration."""
    kinds = ("aws_lambda_alias", "aws_lambda_permission", "aws_apigatewayv2_integration")
    return any(function.address in r.references for r in stack.of(*kinds))


def _budget(project: Project) -> Iterator[Judged]:
    """A budget tells somebody before the month is over."""
    budgets = project.of("aws_budgets_budget")
    if not budgets:
        yield Judged("infra", "no budget tells anybody what the month costs")
    for stack, budget in budgets:
        notices = budget.body.blocks("notification")
        told = [
            bool(b.get("subscriber_email_addresses") or b.get("subscriber_sns_topic_arns"))
            for b in notices
        ]
        said = f"{budget.address} tells nobody"
        yield Judged(place(stack, budget), "" if told and all(told) else said)


RULES = (
    Rule(id="state-is-locked", check=_state_locked),
    Rule(id="buckets-are-closed", check=_state_bucket),
    Rule(id="data-is-kept", check=_data),
    Rule(id="logs-end", check=_logs),
    Rule(id="alarms-reach-somebody", check=_alarms),
    Rule(id="budget-tells", check=_budget),
)
