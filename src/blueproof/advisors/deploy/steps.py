"""The steps in short; GUIDE.md has them with every command."""

from collections.abc import Iterator

from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.parts.moving import brings_data, moves
from blueproof.advisors.deploy.parts.patch import lifecycle, needs_lifecycle
from blueproof.advisors.deploy.schema_changes import breaking
from blueproof.advisors.deploy.service import Service
from blueproof.core.advice import Step


def steps(deployment: Deployment) -> tuple[Step, ...]:
    """What to do now, next and later."""
    service = deployment.service
    found = [*_promised(deployment), *_of_the_service(service)]
    found += [
        Step(
            do="Copy the files into the repository and follow GUIDE.md: state, roles, registry, a "
            "first image, then production",
            horizon="now",
            check="each step of the guide says how to see that it worked",
            undo="each step of the guide has its way back",
        ),
        _approved(service),
        Step(
            do="Load-test one task before you trust the sizes: they assume 100 requests a second "
            "and vCPU",
            horizon="next",
            check="at the peak its CPU stays under 60 % and p95 under a second",
            undo="nothing is changed",
        ),
    ]
    found += _moved(deployment)
    found += _afterwards(service)
    if service.makes_database:
        found.append(
            Step(
                do="Restore the database once beside itself (RUNBOOK.md); note how long it took",
                horizon="next",
                check="the copy answers a query",
                undo="delete the copy",
            )
        )
    return tuple(found)


def _approved(service: Service) -> Step:
    """Who says that it goes to production."""
    if service.forge:
        return Step(
            do="Protect main: nobody pushes, maintainers merge; on Premium and Ultimate protect "
            "the environment production too. The jobs production and infrastructure-production "
            "wait until somebody starts them",
            horizon="now",
            check="a push to main is refused, and a merged change waits at production",
            undo="protect main as before",
        )
    return Step(
        do="Set required reviewers on the environments production and production-infra; where "
        "GitHub's plan has none (private on Pro or Team), set PRODUCTION_BY_HAND to true: then a "
        "push changes nothing there",
        horizon="now",
        check="a run on main waits for you",
        undo="take the reviewers off",
    )


_LOCKED = {"npm": "npm install", "pnpm": "pnpm install", "yarn": "yarn install"}


def _before_all(service: Service) -> Iterator[Step]:
    """Without these no first deploy can end well."""
    if not service.has_lock:
        yield Step(
            do=f"Make {service.lock} with `{_LOCKED[service.manager]}` and commit it: without it "
            f"`{service.install}` fails in the checks and in the image",
            horizon="now",
            check=f"`rm -rf node_modules && {service.install}` ends well",
            undo="none is needed",
        )
    if service.runs_types:
        yield Step(
            do=f"Add a script build that compiles {service.entry} to dist, and ask again: the "
            "image here starts the TypeScript as it is",
            horizon="now",
            check="`node dist/...` starts it",
            undo="take the script out",
        )
    for _, where in service.loopback:
        yield Step(
            do=f"In {where} {_open(service)}: as it stands no health check ever passes",
            horizon="now",
            check=f"`docker run -p {service.port}:{service.port} IMAGE` answers from outside of it",
            undo="give it the old address",
        )
    places = breaking(service)
    if places:
        yield Step(
            do=f"Change {_listed(places)} before it is deployed: the version that runs, and going "
            "back to it, fail on the new schema (section Seen says how)",
            horizon="now",
            check="the version before passes its tests on the migrated database",
            undo="put the migration back",
        )


_OPEN = {
    "fastify": "listen with host: `listen({ port, host: '0.0.0.0' })`",
    "nestjs": "listen with `app.listen(port, '0.0.0.0')`",
    "hono": "take the hostname out of `serve({ ... })`",
}


def _open(service: Service) -> str:
    return _OPEN.get(service.framework, "listen with `listen(port, '0.0.0.0')`")


def _listed(places: tuple[str, ...]) -> str:
    shown = ", ".join(places[:2])
    return shown + (f" and {len(places) - 2} more" if len(places) > len(places[:2]) else "")


_PLACES = {
    "heroku": "Heroku", "render": "Render", "railway": "Railway", "fly-io": "Fly.io",
    "server": "the present server",
}  # fmt: skip


def _promised(deployment: Deployment) -> Iterator[Step]:
    """What a law asks for beside the files."""
    if "hipaa" in deployment.load.constraints:
        yield Step(
            do="Accept AWS's Business Associate Addendum in AWS Artifact, for this account, before "
            "any patient's data is in it",
            horizon="now",
            check="Artifact shows the agreement as active",
            undo="none: it costs nothing",
        )
        yield Step(
            do="Keep patients' data out of what is not for it: no names or ids in log lines and "
            "URLs, made-up rows in staging, and turn a CloudTrail trail on for who did what",
            horizon="next",
            check="a search of the log for a known patient finds nothing; the trail has events",
            undo="none is needed",
        )


def _moved(deployment: Deployment) -> Iterator[Step]:
    """Taking over from the place where it runs today."""
    service, form = deployment.service, deployment.chosen_form
    if not service.present:
        return
    place = _PLACES[service.present]
    if not moves(service, form):
        yield Step(
            do=f"Keep {place} answering until your clients ask the new address: an HTTP API has a "
            "name of its own, and does not take over the old one here",
            horizon="next",
            check="the old place's log shows no more requests",
            undo="let the clients ask the old address again",
        )
        return
    data = brings_data(service, form)
    yield Step(
        do=f"Take over from {place} as GUIDE.md ends: "
        + ("rehearse the copy of its database and measure it, a day before set the record's TTL "
           "to 60 s, then stop writes, copy, switch the name: the measured time and about five "
           "minutes" if data else
           "a day before set the record's TTL to 60 s, then switch the name: about five minutes, "
           "and nobody is stopped, because both use the same data"),
        horizon="next",
        check="people's requests are in the new log, and the counts of rows agree" if data
        else "people's requests are in the new log",
        undo="give the name its old record; after the first new writes that loses them",
    )  # fmt: skip


def _afterwards(service: Service) -> Iterator[Step]:
    """What is taken away once the pipeline has deployed."""
    names = tuple(dict.fromkeys(name for name, _ in service.keys))
    delete = "glab variable delete" if service.forge else "gh secret delete"
    if names:
        yield Step(
            do="After the first green deploy delete the old key: "
            + "; ".join(f"`{delete} {name}`" for name in names)
            + "; then `aws iam delete-access-key` of it, and its IAM user if nothing else uses it",
            horizon="next",
            check="`gh secret list` shows none of them, and the pipeline is still green",
            undo="none is needed: a key that is gone is gone",
        )


def _of_the_service(service: Service) -> Iterator[Step]:
    """What is to be changed in the service itself."""
    yield from _before_all(service)
    if service.timers:
        name, where = service.timers[0]
        more = f" (and {len(service.timers) - 1} more)" if service.timers[1:] else ""
        yield Step(
            do=f"Take the job of {name} in {where}{more} out of the service, or put a lock around "
            "it: each task runs it, so with two tasks it is done twice",
            horizon="now",
            check="two copies beside each other do it once",
            undo="put the timer back",
        )
    if needs_lifecycle(service):
        yield Step(
            do=f"Put {lifecycle(service)} into the service: SIGTERM, /livez and /readyz, "
            "keep-alive, JSON log lines",
            horizon="now",
            check="`kill -TERM` in mid-request: the request is answered, the process exits 0",
            undo="take the lines out",
        )
    if service.tools:
        names = " and ".join(name for name, _ in service.tools)
        yield Step(
            do=f"Move {names} from devDependencies to dependencies: migrations run in the "
            "image. Until then its build does it for you, in two lines of `npm pkg`",
            horizon="next",
            check="the image builds without those lines, and the step Migrate is green",
            undo="move it back, and put the lines back",
        )
    elif service.migrate.startswith("npx"):
        tool = service.migrate.split()[2]
        yield Step(
            do=f"Have {tool} under dependencies, not devDependencies: `{service.migrate}` runs "
            "in the image",
            horizon="now",
            check="the first deploy's step Migrate is green",
            undo="move it back, and migrate some other way",
        )
