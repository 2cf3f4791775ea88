"""What the workflows do: in which order, with which rights, and what stands between them."""

import re
from collections.abc import Iterator

import yaml

from blueproof.engines.deployment.callers import events_of, signs_in
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.project import Project, place
from blueproof.engines.deployment.shell import Command
from blueproof.engines.deployment.workflow import Job, Step, Workflow
from blueproof.facts.pinned import actions

_COMMIT = re.compile(r"^[0-9a-f]{40}$")
_EXPRESSION = re.compile(r"\$\{\{")
_URL = re.compile(r"^\w+://(?P<user>[^:/@]+):(?P<password>[^@]*)@[^:/]+:(?P<port>\d+)/(?P<db>\w+)")
_MANAGERS = {"npm", "pnpm", "yarn", "node", "npx"}
_SWITCHES = (("aws", "ecs", "update-service"), ("aws", "lambda", "update-alias"))
_MIGRATES = (("aws", "ecs", "run-task"), ("aws", "lambda", "invoke"))
_ECOSYSTEMS = ("docker", "github-actions", "terraform")
_PACKAGES = {
    "node": {"npm"}, "python": {"pip", "uv"}, "golang": {"gomod"},
}  # fmt: skip


def _jobs(project: Project) -> Iterator[tuple[Workflow, Job]]:
    for workflow in project.workflows:
        for job in workflow.jobs:
            yield workflow, job


def _named(workflow: Workflow, job: Job) -> str:
    return f"{workflow.path}: {job.name}"


def _pinned(project: Project) -> Iterator[Judged]:
    """Each action at the commit that its maintainers released."""
    for workflow, job in _jobs(project):
        for used in (job.uses, *(s.uses for s in job.steps)):
            if not used or used.startswith("./"):
                continue
            name, _, commit = used.partition("@")
            yield Judged(f"{_named(workflow, job)} {name}", _unpinned(name, commit))


def _unpinned(name: str, commit: str) -> str:
    known = actions().get(name)
    if not _COMMIT.match(commit):
        return f"{name}@{commit} can be moved to other code: a commit cannot"
    if known is None:
        return f"{name} is no action that was looked up"
    if commit != known.commit:
        return f"{name}@{commit[:12]} is not the commit of {known.tag}"
    return ""


def _least(project: Project) -> Iterator[Judged]:
    """The token of a job reads the repository; only who signs in gets a token for AWS."""
    for workflow, job in _jobs(project):
        granted = workflow.granted(job)
        where = _named(workflow, job)
        if granted is None:
            yield Judged(where, f"{where} says no permissions, and may get all of them")
            continue
        writes = [name for name, level in granted.items() if level == "write"]
        spare = [w for w in writes if w != "id-token" or not signs_in(job)]
        said = f"{where} may write {spare[0]} and has no need to" if spare else ""
        lacks = signs_in(job) and "id-token" not in writes
        yield Judged(where, said or (f"{where} signs in without id-token: write" if lacks else ""))


def _from_outside(project: Project) -> Iterator[Judged]:
    """No expression stands in a script: what comes from outside goes through the environment."""
    for workflow, job in _jobs(project):
        for step in job.steps:
            if step.run:
                said = f"{_named(workflow, job)} pastes an expression into a script"
                yield Judged(f"{_named(workflow, job)} {step.name}",
                             said if _EXPRESSION.search(step.run) else "")  # fmt: skip


def _one_at_a_time(project: Project) -> Iterator[Judged]:
    """Runs that change something wait for one another, and are not cut off."""
    for workflow in project.workflows:
        if not any(_changes(workflow, job) for job in workflow.jobs):
            continue
        held = workflow.concurrency or {}
        cut = held.get("cancel-in-progress")
        said = "" if held.get("group") else f"{workflow.path} can run twice at once"
        if held.get("group") and cut not in {None, False}:
            said = f"{workflow.path} is cut off by the next run"
        yield Judged(workflow.path, said)


def _changes(workflow: Workflow, job: Job) -> bool:
    """Whether a job changes something on AWS: it signs in, and not for a pull request alone."""
    return signs_in(job) and set(events_of(workflow, job)) != {"pull_request"}


def _one_image(project: Project) -> Iterator[Judged]:
    """One job builds and pushes; all others run what it built, named by the digest."""
    for workflow in project.workflows:
        builds = [j for j in workflow.jobs if j.first("docker", "push") >= 0]
        runs = [j for j in workflow.jobs if _switch(j) >= 0]
        if not runs:
            continue
        said = f"{workflow.path} builds in {len(builds)} jobs what must be built once"
        yield Judged(workflow.path, "" if len(builds) == 1 else said)
        for job in runs:
            named = any(_by_digest(value, builds) for value in _settings(job))
            after = any(b.name in _before(workflow, job) for b in builds)
            where = _named(workflow, job)
            said = f"{where} does not run the image that was built, by its digest"
            yield Judged(where, "" if named and after else said)


def _settings(job: Job) -> tuple[str, ...]:
    return (*job.env.values(), *(v for s in job.steps for v in s.env.values()))


def _by_digest(value: str, builds: list[Job]) -> bool:
    return any(
        re.search(r"@\$\{\{\s*needs\." + re.escape(b.name) + r"\.outputs\.\w+\s*\}\}$", value)
        for b in builds
    )


def _before(workflow: Workflow, job: Job) -> set[str]:
    """The names of all jobs that must have ended before this one begins."""
    found: set[str] = set()
    left = list(job.needs)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            before = workflow.job(name)
            left += before.needs if before else ()
    return found


def _switch(job: Job) -> int:
    """The step that lets people reach the new version; -1 if the job has none."""
    found = [n for words in _SWITCHES if (n := job.first(*words)) >= 0]
    return min(found, default=-1)


def _tested(project: Project) -> Iterator[Judged]:
    """What is not checked is not built: the build waits for the checks, and they test."""
    by_path = {w.path: w for w in project.workflows}
    for workflow in project.workflows:
        for job in workflow.jobs:
            if job.first("docker", "push") < 0:
                continue
            before = [workflow.job(name) for name in _before(workflow, job)]
            called = [by_path.get(b.uses.removeprefix("./")) for b in before if b and b.uses]
            checks = [j for w in called if w for j in w.jobs] + [b for b in before if b]
            tests = any(_tests(step) for j in checks for step in j.steps)
            where = _named(workflow, job)
            skips = "always()" in job.condition
            said = f"{where} pushes an image that nothing has tested"
            yield Judged(where, "" if tests and not skips else said)


_WRAPPERS = frozenset({"./gradlew", "./mvnw", "gradle", "mvn"})


def _tests(step: Step) -> bool:
    said = [c.words for c in step.commands if c.words]
    return any(
        "pytest" in words
        or (words[0] in {*_MANAGERS, "go"} and "test" in words)
        or (words[0] in _WRAPPERS and {"test", "check", "verify"} & {*words})
        for words in said
    )


def _migrated_first(project: Project) -> Iterator[Judged]:
    """Migrations end well before people reach the new version."""
    for workflow, job in _jobs(project):
        switch, where = _switch(job), _named(workflow, job)
        migrations = [n for n, s in enumerate(job.steps) if any(s.runs(*w) for w in _MIGRATES)]
        if switch < 0 or not migrations:
            continue
        first = migrations[0]
        said = f"{where} switches before it migrates"
        yield Judged(where, "" if first < switch else said)
        looked = any(c.words[:1] == ("test",) for c in _after_call(job.steps[first]))
        yield Judged(where, "" if looked else f"{where} does not look how the migration ended")


def _after_call(step: Step) -> tuple[Command, ...]:
    begin = next(n for n, c in enumerate(step.commands) if any(c.runs(*w) for w in _MIGRATES))
    return step.commands[begin + 1 :]


def _in_order(project: Project) -> Iterator[Judged]:
    """People's own environment comes after every other."""
    for workflow in project.workflows:
        runs = [j for j in workflow.jobs if _switch(j) >= 0]
        last = [j for j in runs if j.environment == "production"]
        for job in runs:
            others = {j.name for j in runs if j.environment != "production"}
            missed = others - _before(workflow, job) if job in last else set()
            said = f"{_named(workflow, job)} does not wait for {', '.join(sorted(missed))}"
            yield Judged(_named(workflow, job), said if missed else "")
        if runs and not last:
            yield Judged(workflow.path, f"{workflow.path} deploys to no environment production")


def _asked_after(project: Project) -> Iterator[Judged]:
    """After the switch the new version is asked, and an error stops the run."""
    for workflow, job in _jobs(project):
        switch = _switch(job)
        if switch < 0:
            continue
        asks = any(
            c.runs("curl") and {"--fail", "-f", "--fail-with-body"} & set(c.words)
            for step in job.steps[switch + 1 :]
            for c in step.commands
        )
        said = f"{_named(workflow, job)} never asks the new version anything"
        yield Judged(_named(workflow, job), "" if asks else said)


def _goes_back(project: Project) -> Iterator[Judged]:
    """A version that fails is taken back without anybody's help."""
    for stack, service in project.of("aws_ecs_service"):
        breaker = service.body.block("deployment_circuit_breaker")
        fine = breaker.get("enable") is True and breaker.get("rollback") is True
        said = f"{service.address} stays on a version that fails"
        yield Judged(place(stack, service), "" if fine else said)
    for workflow, job in _jobs(project):
        if job.first("aws", "ecs", "update-service") >= 0:
            looks = job.first("aws", "ecs", "wait") >= 0 and _compares(job)
            said = f"{_named(workflow, job)} calls a rolled-back deploy a success"
            yield Judged(_named(workflow, job), "" if looks else said)
        moves = [n for n, s in enumerate(job.steps) if s.runs("aws", "lambda", "update-alias")]
        if moves:
            back = any("failure()" in job.steps[n].condition for n in moves[1:])
            said = f"{_named(workflow, job)} leaves a version that fails in place"
            yield Judged(_named(workflow, job), "" if back else said)


def _compares(job: Job) -> bool:
    """Whether the service's revision is read after the wait, and compared."""
    step = next(s for s in job.steps if s.runs("aws", "ecs", "update-service"))
    names = [c.words[:3] for c in step.commands]
    read = ("aws", "ecs", "describe-services") in names
    return read and any(c.words[:1] == ("test",) for c in step.commands)


def _approved(project: Project) -> Iterator[Judged]:
    """Pull requests see the plan; what is applied is a saved plan, in an environment."""
    planned = False
    for workflow, job in _jobs(project):
        events = events_of(workflow, job)
        planned = planned or ("pull_request" in events and job.first("terraform", "plan") >= 0)
        for step in job.steps:
            for command in step.commands:
                if command.runs("terraform", "apply"):
                    yield Judged(_named(workflow, job), _unapproved(workflow, job, command))
    yield Judged("workflows", "" if planned else "no pull request shows what it would change")


def _unapproved(workflow: Workflow, job: Job, command: Command) -> str:
    where = _named(workflow, job)
    if not job.environment:
        return f"{where} applies without an environment: nobody is asked"
    if "pull_request" in events_of(workflow, job):
        return f"{where} applies what a pull request says"
    if job.first("terraform", "plan") >= 0:
        return f"{where} plans after the approval: what it applies nobody approved"
    saved = [w for w in command.words[2:] if not w.startswith("-") and w != "apply"]
    return "" if saved else f"{where} applies a plan that nobody saw"


def _test_stores(project: Project) -> Iterator[Judged]:
    """The database that tests run against starts, and is the one that they are told of."""
    for workflow, job in _jobs(project):
        for name, service in job.services.items():
            where = f"{_named(workflow, job)} {name}"
            if not str(service.get("image", "")).startswith("postgres:"):
                yield Judged(where)
                continue
            own = {str(k): str(v) for k, v in (service.get("env") or {}).items()}
            yield Judged(where, _unreached(where, own, service.get("ports") or [], job))


def _unreached(where: str, own: dict[str, str], ports: list[str], job: Job) -> str:
    if not own.get("POSTGRES_PASSWORD"):
        return f"{where} does not start: it has no POSTGRES_PASSWORD"
    told = _URL.match(job.env.get("DATABASE_URL", ""))
    if told is None:
        return f"{where} is there, and no DATABASE_URL leads to it"
    user = own.get("POSTGRES_USER", "postgres")
    meant = {
        "user": user, "password": own["POSTGRES_PASSWORD"], "db": own.get("POSTGRES_DB", user),
        "port": str(ports[0]).partition(":")[0] if ports else "",
    }  # fmt: skip
    wrong = [key for key, value in meant.items() if told[key] != value]
    return f"{where}: DATABASE_URL has another {wrong[0]} than the database" if wrong else ""


def _updates(project: Project) -> Iterator[Judged]:
    """Updates of packages, images, actions and providers come by themselves."""
    raw = yaml.safe_load(project.texts.get(".github/dependabot.yml", "")) or {}
    there = {str(u.get("package-ecosystem")) for u in raw.get("updates", [])}
    # The packages of the language that the image has; of one without an image, any of them.
    base = project.image[0].image.partition(":")[0] if project.image else ""
    for wanted in (*({name} for name in _ECOSYSTEMS), _PACKAGES.get(base, there)):
        names = " or ".join(sorted(wanted))
        said = f"no updates come for {names}"
        yield Judged(f".github/dependabot.yml {names}", "" if wanted & there else said)


RULES = (
    Rule(id="actions-exist", check=_pinned),
    Rule(id="jobs-may-little", check=_least),
    Rule(id="nothing-pasted", check=_from_outside),
    Rule(id="one-at-a-time", check=_one_at_a_time),
    Rule(id="built-once", check=_one_image),
    Rule(id="tested-first", check=_tested),
    Rule(id="migrated-first", check=_migrated_first),
    Rule(id="production-last", check=_in_order),
    Rule(id="asked-after", check=_asked_after),
    Rule(id="goes-back", check=_goes_back),
    Rule(id="applied-after-approval", check=_approved),
    Rule(id="tests-have-a-database", check=_test_stores),
    Rule(id="updates-come", check=_updates),
)
