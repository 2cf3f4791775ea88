"""What in the service's own files will hurt once it runs in several copies on AWS."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.connections import migrates_at_start, pool_findings
from blueproof.advisors.deploy.languages import LINES, WHEELS, numbers
from blueproof.advisors.deploy.parts.gitlab import PATH as GITLAB
from blueproof.advisors.deploy.parts.patch import lifecycle
from blueproof.advisors.deploy.parts.workflows import PATHS
from blueproof.advisors.deploy.schema_changes import schema_findings
from blueproof.advisors.deploy.service import HEALTH, Service
from blueproof.core.advice import Finding
from blueproof.core.evidence import Citation
from blueproof.facts.retired import retirements

_STOP = Citation(
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html",
    checked=date(2026, 11, 25),
    says="a task that is stopped gets SIGTERM, and SIGKILL after the stop timeout, 30 s by default",
)
_IDLE = Citation(
    url="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "edit-load-balancer-attributes.html",
    checked=date(2026, 11, 25),
    says="the idle timeout of a load balancer is 60 s by default, and the target's keep-alive "
    "should be longer",
)


USUAL = LINES["python"]


def findings(deployment: Deployment) -> Iterator[Finding]:
    """The findings, the worst first; nothing where no file was read."""
    order = ("harm", "risk", "note")
    yield from sorted(_findings(deployment), key=lambda found: order.index(found.severity))


def _findings(deployment: Deployment) -> Iterator[Finding]:
    service = deployment.service
    if not service.has_files:
        return
    yield from _unheard(service)
    yield from _repeated(deployment)
    yield from pool_findings(deployment)
    yield from migrates_at_start(deployment)
    if not service.is_node:
        yield from _elsewhere(service)
        return
    yield from _loopback(service)
    yield from schema_findings(service)
    yield from _at_start(service)
    yield from _lock(service)
    yield from _unbuilt(service)
    yield from _keys(service)
    yield from _state(service)
    yield from _address(service)
    yield from _retired(service)
    yield from _of_image(service)
    yield from _in_the_way(service)
    if not service.sigterm:
        yield Finding(
            rule="stops-cleanly", where=service.told("service.entry") or service.entry or "source",
            says="no file read here handles SIGTERM: each deploy and each scale-in cuts off the "
            f"requests in flight; {lifecycle(service)} does it in three lines",
            severity="risk", evidence=(_STOP,),
        )  # fmt: skip
    if not service.keep_alive and deployment.shape == "fargate":
        yield Finding(
            rule="keep-alive", where=service.told("service.entry") or service.entry or "source",
            says="Node closes idle connections after 5 s and the load balancer after 60 s: now and "
            f"then a request meets a closed one and gets 502; {lifecycle(service)} sets 65 s",
            severity="risk", evidence=(_IDLE,),
        )  # fmt: skip
    elif service.websockets and service.lives:
        yield Finding(
            rule="keep-alive", where=service.told("service.keep-alive"),
            says="websockets may be silent for long, so the load balancer keeps idle connections "
            "for an hour: have keepAliveTimeout be longer still, by KEEP_ALIVE_SECONDS, which each "
            "task is given",
            severity="risk", evidence=(_IDLE,),
        )  # fmt: skip


def _unheard(service: Service) -> Iterator[Finding]:
    """Other services whose files name no route by which they say that they run."""
    for beside in service.besides:
        if beside.port and not beside.is_told and beside.health == HEALTH:
            yield Finding(
                rule="no-health-route", where=beside.where,
                says=f"no file names a route by which {beside.name} says that it runs: the load "
                f"balancer asks it for {HEALTH} and takes no task that does not answer there. Add "
                f"it, or put your own path into the target group {beside.key} in besides.tf",
                severity="harm",
            )  # fmt: skip


def _repeated(deployment: Deployment) -> Iterator[Finding]:
    """Timers in the process that answers requests, of which there are several."""
    form = deployment.chosen_form
    for name, where in deployment.service.timers:
        often = (
            f"with {form.tasks} to {form.most_tasks} tasks it is done so many times over, and "
            "again by each new task while a deploy overlaps"
            if deployment.shape == "fargate"
            else "a function sleeps between requests, so it is done now and then, or twice at once"
        )
        yield Finding(
            rule="timer-in-every-copy", where=where,
            says=f"{name} repeats its job in every copy of the service: {often}. Have a schedule "
            "of EventBridge start one task for it, or let only the copy work that gets a lock "
            "(pg_try_advisory_lock in PostgreSQL)",
            severity="risk",
        )  # fmt: skip


def _elsewhere(service: Service) -> Iterator[Finding]:
    """What hurts a service of another language."""
    yield from schema_findings(service)
    yield from _keys(service)
    yield from _of_image(service)
    yield from _in_the_way(service)
    if not service.health:
        yield Finding(
            rule="no-health-route", where=service.told("service.serve") or "source",
            says=f"no route says that it runs: the load balancer asks {HEALTH} and takes no task "
            "that does not answer 200 there. Add it, without asking the database",
            severity="harm",
        )  # fmt: skip
    yield from _of_python(service)
    if service.adds_gunicorn:
        yield Finding(
            rule="no-server", where=service.told("service.serve") or "source",
            says="what starts it in production is not among its packages: add gunicorn to them",
            severity="risk",
        )  # fmt: skip


def _of_python(service: Service) -> Iterator[Finding]:
    """Versions of Python and Django that have ended, and a driver without wheels for the image."""
    said = dict(service.versions)
    for name in ("python", "django"):
        gone = next((r for r in retirements() if r.what == name and r.ends <= r.checked
                     and name in said and r.covers(said[name])), None)  # fmt: skip
        if gone:
            taken = f" The image takes Python {service.line}." if name == "python" else ""
            yield Finding(
                rule=f"{name}-ended", where=service.told(f"version.{name}"),
                says=f"{name.capitalize()} {gone.version} has had no security fixes since "
                f"{gone.ends}: {gone.instead}.{taken}",
                severity="risk", evidence=(gone.citation,),
            )  # fmt: skip
    least = dict(WHEELS).get(service.line, ())
    pinned = numbers(said.get("psycopg2", ""))
    if pinned and pinned < least:
        wanted = ".".join(str(part) for part in least)
        yield Finding(
            rule="no-wheel", where=service.told("version.psycopg2"),
            says=f"psycopg2-binary {said['psycopg2']} has no wheel for Python {service.line} on "
            f"ARM, and this image has no compiler: pin {wanted} or later, else the build fails",
            severity="harm",
        )  # fmt: skip
    elif pinned and service.line != USUAL and not said.get("python", "").startswith(service.line):
        yield Finding(
            rule="older-python", where=service.told("version.psycopg2"),
            says=f"the image takes Python {service.line}, the newest that psycopg2-binary "
            f"{said['psycopg2']} has wheels for; with 2.9.10 it can be {USUAL}",
            severity="note",
        )  # fmt: skip


def _loopback(service: Service) -> Iterator[Finding]:
    """A server that only its own container reaches."""
    for host, where in service.loopback:
        who = "Fastify listens on 127.0.0.1 unless it is told otherwise" if " " in host else (
            f"it listens on {host}")  # fmt: skip
        yield Finding(
            rule="listens-to-itself", where=where,
            says=f"{who}: nothing outside of the container reaches it, every health check fails "
            "and no task ever becomes healthy. Have it listen on 0.0.0.0",
            severity="harm",
        )  # fmt: skip


def _at_start(service: Service) -> Iterator[Finding]:
    """Migrations that every copy of the service runs when it starts."""
    for how, where in service.at_start:
        if how.startswith(("synchronize", "sequelize.sync")):
            says = (
                f"{how} changes the tables to fit the code at every start: it drops columns of the "
                "version that still runs, with what is in them. Turn it off in production, and "
                "write migrations"
            )
        else:
            says = (
                f"`{how}` runs at every start: with several tasks each of them tries it, also when "
                "one is only replaced at night, and a migration that fails stops them all. "
            ) + ("Here the step Migrate runs it once before the switch, and the image starts node "
                 "alone: take it out of the start" if service.migrate else
                 "Run it once, before the switch")  # fmt: skip
        yield Finding(rule="migrates-at-start", where=where, says=says, severity="risk")


def _lock(service: Service) -> Iterator[Finding]:
    """No lock file: what installs exactly what it says has nothing to go by."""
    if not service.has_lock:
        yield Finding(
            rule="no-lock-file", where=service.told("service.name") or "package.json",
            says=f"there is no {service.lock}: `{service.install}` fails at once, in the checks "
            "and in the image. Make it and commit it before anything else",
            severity="harm",
        )  # fmt: skip


def _unbuilt(service: Service) -> Iterator[Finding]:
    """What nothing compiles, nothing tests, or another runtime was meant for."""
    if service.runs_types:
        yield Finding(
            rule="not-compiled", where=service.told("service.entry") or service.entry,
            says="no script builds the TypeScript, so node starts it as it is and only strips the "
            "types: enums, decorators and imports without an ending stop it. Add a script build "
            '("tsc", with outDir dist) and ask again: the image then runs what it makes',
            severity="harm",
        )  # fmt: skip
    if service.by_bun:
        yield Finding(
            rule="made-for-bun", where=service.told("package-manager"),
            says="what is written here installs with npm and runs on Node.js, which does not read "
            "bun.lock: `Bun.` and bun:test in the code fail there. Either keep to Node's own, or "
            "change the first and the last line of the Dockerfile to Bun's image and `bun`",
            severity="harm",
        )  # fmt: skip
    if not service.test and service.told("service.name"):
        yield Finding(
            rule="nothing-tested", where=service.told("service.name"),
            says="there is no script test: what is merged is built, scanned and deployed, and "
            "nothing says that it works. One test that starts it and asks its first route is a "
            "beginning",
            severity="risk",
        )  # fmt: skip


def _keys(service: Service) -> Iterator[Finding]:
    """Keys of AWS that a workflow takes from the repository's secrets."""
    if service.keys:
        names = ", ".join(dict.fromkeys(name for name, _ in service.keys))
        yield Finding(
            rule="keys-in-secrets", where=service.keys[0][1],
            says=f"{names}: a key that never ends, and any workflow of the repository can read it. "
            "The roles here take its place: delete the secrets, the key and its IAM user",
            severity="risk",
        )  # fmt: skip


def _address(service: Service) -> Iterator[Finding]:
    """A database whose address is asked for in parts, and given whole."""
    if service.parts and service.database == "postgresql" and "DATABASE_URL" not in service.secrets:
        yield Finding(
            rule="address-in-parts", where=service.told("service.setting"),
            says=f"the database's address is read from {', '.join(service.parts)}, and what runs "
            "here is given DATABASE_URL: read that, or take it apart at the start",
            severity="harm",
        )  # fmt: skip


def _retired(service: Service) -> Iterator[Finding]:
    """A version of Node that has ended by the day on which its end was looked up."""
    ended = next(
        (r for r in retirements()
         if r.what == "node" and r.covers(service.node_said) and r.ends <= r.checked), None,
    ) if service.node_said else None  # fmt: skip
    if ended:
        yield Finding(
            rule="node-ended", where=service.told("version.node"),
            says=f"Node.js {ended.version} ended on {ended.ends}: the image and the checks take "
            f"{service.node}; raise it here and under engines, and read what changed in between",
            severity="risk", evidence=(ended.citation,),
        )  # fmt: skip


_FAULTS: dict[str, tuple[Literal["harm", "risk", "note"], str]] = {
    "secret": (
        "harm",
        "{name} stands in the Dockerfile with its value: every layer and the history of the "
        "repository hold it. Change that secret now; here the task gets it from Secrets Manager",
    ),
    "signals": (
        "risk",
        "a shell or npm is started in place of node and passes no SIGTERM on, so each deploy cuts "
        "off what is in flight; the Dockerfile here starts node itself",
    ),
    "no-lock": (
        "risk",
        "npm install takes newer versions than were tested; the Dockerfile here runs npm ci, "
        "which needs package-lock.json in the repository",
    ),
    "no-cache": (
        "note",
        "all files are copied before the packages are installed, so each change installs them "
        "again",
    ),
    "root": ("risk", "the container runs as root; the Dockerfile here sets USER 1000"),
}


def _of_image(service: Service) -> Iterator[Finding]:
    """What is wrong with the person's own Dockerfile."""
    for fault, where in service.image_faults:
        kind, _, name = fault.partition(" ")
        severity, says = _FAULTS[kind]
        yield Finding(
            rule=f"image-{kind}", where=where, says=says.format(name=name), severity=severity
        )


def _in_the_way(service: Service) -> Iterator[Finding]:
    """Files of the person's that have the place or the work of ours."""
    if service.told("service.dockerfile"):
        yield Finding(
            rule="dockerfile-there", where=service.told("service.dockerfile"),
            says="there is a Dockerfile: the one here takes its place; keep yours under another "
            "name if somebody works with it, such as Dockerfile.dev",
        )  # fmt: skip
    for path in service.pipelines:
        ours = path in {*PATHS, GITLAB}
        yield Finding(
            rule="workflow-there", where=f"{path}:1",
            says="there is one of the same name: the one here takes its place when it is copied, "
            "so carry over what only yours does (`git diff` shows it)" if ours else
            "it goes on running beside ci.yml, infra.yml and deploy.yml: take out of it what they "
            "do, above all a deploy",
            severity="risk" if ours else "note",
        )  # fmt: skip


def _state(service: Service) -> Iterator[Finding]:
    """What lives in one process or on one disk, and is lost or doubled with several."""
    if service.sessions == "memory":
        yield Finding(
            rule="sessions-in-memory", where=service.told("service.sessions"),
            says="sessions are kept in memory: with two tasks half of the requests find nobody "
            "signed in, and each deploy signs everybody out; until they lie in Redis or a table, "
            "the load balancer keeps each person on one task",
            severity="harm",
        )  # fmt: skip
    if service.uploads == "disk":
        yield Finding(
            rule="uploads-on-disk", where=service.told("service.upload"),
            says="uploads are written to the task's own disk, which is gone with the task: write "
            f"them to the bucket ({(*service.buckets, 'UPLOADS_BUCKET')[0]})",
            severity="harm",
        )  # fmt: skip
    if service.scheduler:
        yield Finding(
            rule="jobs-in-every-copy", where=service.told("service.scheduler"),
            says=f"{service.scheduler} runs its jobs in every copy: two tasks send each mail "
            "twice; take a lock in the database, or run them in one worker",
            severity="risk",
        )  # fmt: skip
