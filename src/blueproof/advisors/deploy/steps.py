"""The steps in short; GUIDE.md has them with every command."""

from collections.abc import Iterator

from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.parts.patch import lifecycle, needs_lifecycle
from blueproof.advisors.deploy.service import Service
from blueproof.core.advice import Step


def steps(deployment: Deployment) -> tuple[Step, ...]:
    """What to do now, next and later."""
    service = deployment.service
    found = list(_of_the_service(service))
    found += [
        Step(
            do="Copy the files into the repository and follow GUIDE.md: state, roles, registry, a "
            "first image, then production",
            horizon="now",
            check="each step of the guide says how to see that it worked",
            undo="each step of the guide has its way back",
        ),
        Step(
            do="Set required reviewers on the environments production and production-infra",
            horizon="now",
            check="a run on main waits for you",
            undo="take the reviewers off",
        ),
        Step(
            do="Load-test one task before you trust the sizes: they assume 100 requests a second "
            "and vCPU",
            horizon="next",
            check="at the peak its CPU stays under 60 % and p95 under a second",
            undo="nothing is changed",
        ),
    ]
    if service.database == "postgresql":
        found.append(
            Step(
                do="Restore the database once beside itself (RUNBOOK.md); note how long it took",
                horizon="next",
                check="the copy answers a query",
                undo="delete the copy",
            )
        )
    return tuple(found)


def _of_the_service(service: Service) -> Iterator[Step]:
    """What is to be changed in the service itself."""
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
