"""The pool that the code sets, in all tasks together, against what the database takes."""

from collections.abc import Iterator

from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.parts.alarms import most_connections
from blueproof.advisors.deploy.parts.pools import pool
from blueproof.core.advice import Finding

_TWICE = 2  # a deploy starts the new tasks before it stops the old ones


def pool_findings(deployment: Deployment) -> Iterator[Finding]:
    """That a deploy at full load asks for more connections than the class of database has."""
    service, form = deployment.service, deployment.chosen_form
    each = service.pool
    if not each or deployment.shape != "fargate" or not service.makes_database:
        return
    most, fits = most_connections(form.db_class), pool(service, form)
    usual, deploying = each * form.tasks, _TWICE * each * form.most_tasks
    if each <= fits:
        return
    over = (
        f"already the usual {form.tasks} tasks hold up to {usual}"
        if usual > most
        else f"{form.tasks} tasks hold up to {usual}, {_TWICE * usual} while a deploy runs both "
        f"sets, {deploying} at {form.most_tasks} tasks"
    )
    yield Finding(
        rule="pool-too-large", where=service.told("service.pool"),
        says=f"it holds {each} connections in each task: {over}; {form.db_class} takes about "
        f'{most}, and what comes after gets "too many clients". '
        + (f"Set it to {fits}" if fits else "Take a larger class, or put RDS Proxy between")
        + (", the most that a deploy at full scale leaves room for" if fits else ""),
        severity="harm" if _TWICE * usual > most else "risk",
    )  # fmt: skip


def migrates_at_start(deployment: Deployment) -> Iterator[Finding]:
    """That a library of Java changes the schema while each task starts."""
    named = {str(f.value): f.where for f in deployment.brief.facts if f.key == "technology"}
    tool = next((n for n in ("flyway", "liquibase") if n in named), "")
    if deployment.service.language != "java" or not tool:
        return
    yield Finding(
        rule="schema-at-start", where=named[tool] or "source",
        says=f"{tool.capitalize()} changes the schema while a task starts, under a lock of its "
        "own, so two tasks do not do it twice; but the tasks of the version before run on beside "
        "it: a column is added in one release and dropped or renamed in a later one, and a change "
        "that takes longer than the health check's grace is run apart from the start",
        severity="risk",
    )  # fmt: skip
