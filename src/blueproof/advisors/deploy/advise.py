"""A deployment as a draft: where it runs, its infrastructure, image and pipeline."""

from collections.abc import Callable, Iterator

from blueproof.advisors.deploy import wording
from blueproof.advisors.deploy.case import NAMES, Deployment
from blueproof.advisors.deploy.drawing import drawn
from blueproof.advisors.deploy.findings import findings
from blueproof.advisors.deploy.forges import OF_GITHUB
from blueproof.advisors.deploy.load import SIZES, said
from blueproof.advisors.deploy.parts import guide, runbook
from blueproof.advisors.deploy.parts.docker import dockerfile, dockerignore
from blueproof.advisors.deploy.parts.gitlab import PATH as GITLAB
from blueproof.advisors.deploy.parts.gitlab import pipeline
from blueproof.advisors.deploy.parts.mocked import mocked
from blueproof.advisors.deploy.parts.moving import RESTORE, brings_data, restore
from blueproof.advisors.deploy.parts.patch import needs_lifecycle, patches
from blueproof.advisors.deploy.parts.stacks import NOT_KEPT
from blueproof.advisors.deploy.parts.workflows import workflows
from blueproof.advisors.deploy.plotting import crossing
from blueproof.advisors.deploy.steps import steps
from blueproof.cloud.hcl import print_stack
from blueproof.cloud.promises import promises
from blueproof.core.advice import Alternative, Artifact, Flip, Recommendation
from blueproof.core.blueprint import Conclusion, Draft, QuestionKind, Unproved
from blueproof.core.brief import Brief
from blueproof.core.claim import Claim, Deploys, Drains, SumsTo, Upholds, Validates
from blueproof.core.money import Bill
from blueproof.core.question import Question
from blueproof.core.scene import Excerpt, File
from blueproof.costs.bill_file import write_bills
from blueproof.facts.load import fact

BILL = "bill.yaml"
_APPLIED = {guide.PATH}  # what is followed, beside the infrastructure
_PARTS = 4  # decisions of a deployment


def advise(
    deployment: Deployment, brief: Brief, kind: QuestionKind, *, slow: bool = False
) -> Draft:
    """The draft: four decisions, each with what can be checked of it; `slow`: on AWS, simulated."""
    made = files(deployment)
    return Draft(
        brief=brief,
        question_kind=kind,
        recommendations=tuple(_recommendations(deployment, made, slow=slow)),
        findings=tuple(findings(deployment)),
        artifacts=tuple(
            Artifact(path=path, purpose=_purpose(path), text=text) for path, text in made.items()
        ),
        diagrams=(drawn(deployment),),
    )


def files(deployment: Deployment) -> dict[str, str]:
    """Everything that is handed over, by path."""
    service, form, made = deployment.service, deployment.chosen_form, deployment.stacks
    idle = deployment.bill(deployment.shape, deployment.tier, 1.0).total
    lifecycle = patches(service, form)
    return {
        **{path: text for stack in made.written for path, text in print_stack(stack).items()},
        **dict(mocked(stack) for stack in made.written),
        **({"Dockerfile": dockerfile(service, form)} if service.is_imaged else {}),
        **{b.image_file: dockerfile(b.built, form) for b in service.besides if b.built},
        ".dockerignore": dockerignore(service),
        "infra/.gitignore": NOT_KEPT,
        **(pipeline(service, form, made) if service.forge else workflows(service, form, made)),
        **lifecycle,
        **({RESTORE: restore(service)} if brings_data(service, form) else {}),
        guide.PATH: guide.guide(service, form, made, idle),
        runbook.PATH: runbook.runbook(service, form, made),
        BILL: write_bills(bills(deployment)),
    }


def _purpose(path: str) -> str:
    if path.startswith("infra/bootstrap"):
        return "what the pipeline rests on"
    if path.startswith("infra"):
        return "what runs"
    if path.startswith((".github", GITLAB)):
        return "the pipeline"
    return {
        "Dockerfile": "the image", ".dockerignore": "what the image leaves out",
        guide.PATH: "from an empty account, in order", runbook.PATH: "when something is wrong",
        BILL: "the bills, to be added up again",
    }.get(path, "for the service")  # fmt: skip


def _recommendations(
    deployment: Deployment, made: dict[str, str], *, slow: bool
) -> Iterator[Recommendation]:
    yield _place(deployment)
    parts: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        ("infrastructure", "two Terraform stacks", _why_infrastructure(deployment)),
        ("pipeline", f"{_forge(deployment)} with OpenID Connect", _why_pipeline(deployment)),
        ("image", "one image, several stages, not root", _WHY_IMAGE),
    )
    if not deployment.service.is_imaged:
        parts = parts[:2]
    for slot, choice, because in parts:
        yield Recommendation(
            slot=slot, choice=choice, because=because,
            claims=(*_claims(slot, made, slow=slow), *_promised(slot, deployment, made)),
        )  # fmt: skip


def _forge(deployment: Deployment) -> str:
    return "GitLab CI" if deployment.service.forge else "GitHub Actions"


def _why_pipeline(deployment: Deployment) -> tuple[str, ...]:
    if not deployment.service.forge:
        return _WHY_PIPELINE
    return (
        "one image is built, after the checks of its commit, and runs named by its digest; "
        + _WHOSE,
        "roles for an hour instead of keys, taken on by main alone; a merge request plans with a "
        "role that reads no secret, and one from a fork has none at all",
    )


_WHOSE = "Terraform decides size and settings, the pipeline the image, and neither the other's"
_WHY_PIPELINE = (
    "the image that was scanned is the one that is pushed and runs, named by its digest; the "
    f"checks of its commit end well before it is built; {_WHOSE}",
    "roles for an hour instead of keys; a pull request, from a fork too, can read no secret",
)
_WHY_IMAGE = ("what builds stays out of what runs, and SIGTERM reaches node itself",)


def _why_infrastructure(deployment: Deployment) -> tuple[str, ...]:
    made = deployment.stacks
    return (
        f"{len(made.bootstrap.made)} resources once by hand, {len(made.main.made)} by the "
        "pipeline; the data lies on the private side, open to the service alone",
        "no password in the state: it is written once, by an argument that is never read back",
    )


def _place(deployment: Deployment) -> Recommendation:
    other, tier = deployment.other, deployment.tier
    total = deployment.total(deployment.shape, tier)
    out = deployment.obstacles[0] if deployment.obstacles and other == "lambda" else ""
    price = wording.dollars(float(deployment.total(other, tier)))
    server = fact("aws.lightsail-1gb-month")
    sums = Excerpt(text=write_bills(bills(deployment)), path=BILL)
    return Recommendation(
        slot="where it runs",
        choice=wording.what(deployment),
        because=wording.because(deployment),
        instead_of=(
            Alternative(
                choice=NAMES[other],
                why_not=out or f"{price} a month at {said(deployment.load.monthly)} requests",
            ),
            Alternative(
                choice="one Lightsail or EC2 server",
                why_not=f"from {wording.dollars(float(server.value))} a month, but one machine: "
                "its updates, backups and restarts are yours",
            ),
        ),
        flips=tuple(_flips(deployment)),
        trade_offs=wording.given_up(deployment),
        cost=total,
        evidence=(server.citation, fact("aws.lambda-payload-mb").citation),
        claims=(SumsTo(bill=sums),),
    )


def _flips(deployment: Deployment) -> Iterator[Flip]:
    if deployment.obstacles:
        return
    crossing = round(deployment.crossing, -5)
    side = "below" if deployment.shape == "fargate" else "from"
    yield Flip(
        fact="requests", at=crossing, unit="requests a month",
        then=f"{NAMES[deployment.other]} costs less {side} {said(crossing)} requests a month",
    )  # fmt: skip


def _claims(slot: str, made: dict[str, str], *, slow: bool) -> Iterator[Claim]:
    """What is claimed of a part: the rules that it keeps, and the tools that accept it."""
    for tool, beginning in _READ.get(slot, ()):
        paths = {path for path in made if path.startswith(beginning)}
        read = _picked(made, paths.__contains__)
        if read:
            yield Validates(tool=tool, files=read)
    if slot == "infrastructure" and slow:
        paths = {path for path in made if path.startswith("infra/")}
        yield Deploys(files=_picked(made, lambda path: path in _APPLIED or path in paths))
    if slot == "image":
        started = _picked(made, lambda path: path.rpartition("/")[2].startswith("lifecycle."))
        if started:
            yield Drains(files=started)


# The tools that read each part, with how the paths of its files begin.
_READ = {
    "infrastructure": (
        ("terraform fmt", "infra/"), ("terraform validate", "infra/"), ("terraform test", "infra/"),
    ),
    "pipeline": (
        ("zizmor", ".github/workflows/"), ("workflow schema", ".github/workflows/"),
        ("shellcheck", ".github/workflows/"), ("gitlab schema", GITLAB),
        ("gitlab shellcheck", GITLAB),
    ),
    "image": (("hadolint", "Dockerfile"),),
}  # fmt: skip
_BY_CODE = "one-port"  # the promise that the service's own code can break


def _promised(slot: str, deployment: Deployment, made: dict[str, str]) -> Iterator[Claim]:
    """The promises that the part gives, of those that are about something here."""
    read = _picked(made, lambda path: path != runbook.PATH)
    there = _there(deployment)
    for promise in promises().values():
        if promise.id == _BY_CODE and deployment.service.loopback:
            continue
        if deployment.service.forge and promise.id in OF_GITHUB:
            continue
        if promise.part == slot and promise.concerns(there):
            yield Upholds(promise=promise.id, says=promise.says, files=read)


def _there(deployment: Deployment) -> frozenset[str]:
    """What promises can be about: kinds of resources, and what the service does."""
    service = deployment.service
    does = {
        "migrate": bool(service.migrate), "test": bool(service.test), "node": service.is_node,
    }  # fmt: skip
    kinds = {r.kind for stack in deployment.stacks.all for r in stack.resources}
    return frozenset(kinds | {name for name, there in does.items() if there})


def _picked(made: dict[str, str], fits: Callable[[str], bool]) -> tuple[File, ...]:
    return tuple(File(text=text, path=path) for path, text in made.items() if fits(path))


def bills(deployment: Deployment) -> tuple[Bill, ...]:
    """The bills of both shapes: at the load known or assumed first, then the other sizes."""
    return tuple(
        deployment.bill(shape, deployment.tier, monthly)
        for monthly in _sizes(deployment)
        for shape in (deployment.shape, deployment.other)
        if shape != "lambda" or not deployment.obstacles
    )


def _sizes(deployment: Deployment) -> tuple[float, ...]:
    """The requests a month that are billed, each once, in order."""
    told = deployment.load.sizes
    return told if deployment.load.told else tuple(sorted({deployment.load.monthly, *SIZES}))


def conclude(deployment: Deployment, draft: Draft, *, slow: bool = False) -> Conclusion:
    """What is said once the claims held."""
    whole = len(draft.recommendations) == _PARTS
    return Conclusion(
        answer=wording.answer(deployment),
        bill=bills(deployment),
        plots=crossing(deployment),
        steps=steps(deployment) if whole else (),
        findings=draft.findings,
        open_questions=tuple(_questions(deployment)),
        not_proved=tuple(_not_proved(deployment, slow=slow)),
    )


_NOT_APPLIED = Unproved(
    statement="that AWS takes all of it",
    why="the guide was followed on paper; --prove carries it out on a simulated AWS, and takes "
    "minutes",
)
_NOT_RUN = Unproved(
    statement="that GitLab runs it so",
    why="the file is held against GitLab's schema and its scripts against shellcheck; the order of "
    "jobs, their rules and what a token may do are read by GitLab alone: CI lint of the project "
    "(Build, Pipeline editor) shows the first two before a merge",
)
_NOT_PROVED = (
    Unproved(
        statement="that the image builds, and that a second apply changes nothing",
        why="no container is built here, and a simulated AWS forgets some settings: "
        "the pipeline builds it, and its plan shows the rest",
    ),
    Unproved(
        statement="how many requests one task carries",
        why="only a load test of your own code tells; the sizes rest on an assumption",
    ),
)


def _not_proved(deployment: Deployment, *, slow: bool) -> Iterator[Unproved]:
    if not slow:
        yield _NOT_APPLIED
    if deployment.service.forge:
        yield _NOT_RUN
    for _, where in deployment.service.loopback:
        yield Unproved(
            statement="that the load balancer reaches the code",
            why=f"{where} listens for its own container alone: it is not reached as it stands",
        )
    yield Unproved(
        statement="that your own service stops without losing a request",
        why="the lifecycle file was tried around a small service of ours: try yours as GUIDE.md "
        "says" if needs_lifecycle(deployment.service) else
        "it stops by its own means, which were not started here: `kill -TERM` in mid-request tells",
    )  # fmt: skip
    yield from _NOT_PROVED


def _questions(deployment: Deployment) -> Iterator[Question]:
    load, number = deployment.load, 0
    if not load.told:
        number += 1
        yield Question(
            id=str(number), key="requests", ask="How many requests come in a month?",
            why="it sets how many tasks run, and the bill." if deployment.obstacles
            else f"below {said(deployment.crossing)} a month Lambda costs less.",
            options=("100k", "5M", "200M"), default=said(load.monthly), changes=("the shape",),
        )  # fmt: skip
    if not load.budget:
        number += 1
        yield Question(
            id=str(number), key="budget", ask="What may it cost in a month?",
            why="it decides how much is set up twice: tasks, the database, a staging.",
            options=("20", "100", "1000"), default="any", changes=("the files",),
        )  # fmt: skip
    if any(a.key == "database" for a in deployment.service.assumed):
        number += 1
        yield Question(
            id=str(number), key="database", ask="Which database does it use?",
            why="a database in the network decides what a function can reach.",
            options=("postgresql", "dynamodb", "none"), default="postgresql",
            changes=("the files",),
        )  # fmt: skip
