"""The sentences of a deployment's answer: the shape, its bill, and what would change it."""

import re

from blueproof.advisors.deploy.case import NAMES, SHORT, Deployment
from blueproof.advisors.deploy.load import Shape, said
from blueproof.advisors.deploy.schema_changes import breaking
from blueproof.advisors.deploy.skills import told_of_gaps
from blueproof.advisors.deploy.working import of_the_queue, told_of_jobs
from blueproof.costs.aws_stack import STAGING
from blueproof.facts.load import fact

_STORES = {"postgresql": "RDS for PostgreSQL", "dynamodb": "DynamoDB", "none": ""}
_ALB = re.compile(
    r"\b(?:existing|our|current|present|already (?:have|there)|keep)\b[^.;]{0,40}?"
    r"\b(?:albs?|load balancers?)\b|\b(?:alb|load balancer)s? (?:is|are) (?:there|already)",
    re.IGNORECASE,
)
_FAR = 1e9  # a crossing beyond this many requests a month is none


def dollars(amount: float) -> str:
    """An amount as it is said: cents only where they matter."""
    return f"${amount:,.2f}" if 0 < amount < 10 else f"${amount:,.0f}"  # noqa: PLR2004 (cents matter)


def what(deployment: Deployment) -> str:
    """The shape with its database."""
    service = deployment.service
    store = _STORES[service.database]
    if store and not service.makes_database and service.database == "postgresql":
        store = "the RDS that you have" if "database" in service.kept else "the database you have"
    name = NAMES[deployment.shape]
    if "balancer" in service.kept:
        name = f"{SHORT[deployment.shape]} behind the load balancer that you have"
    return name + (f", with {store}" if store else "")


def answer(deployment: Deployment) -> str:
    """The answer: the shape, the deciding number, and when another is right."""
    if deployment.is_over:
        return f"{_over(deployment)} {_pipeline(deployment)}"
    total = float(deployment.total(deployment.shape, deployment.tier))
    at = f"{said(deployment.load.monthly)} requests a month"
    assumed = "" if deployment.load.told else " (assumed)"
    first = f"{what(deployment)}: about {dollars(total)} a month at {at}{assumed}"
    first += _of_average(deployment)
    beside = f"{_yours(deployment)}{_of_staging(deployment)}{_unless(deployment)}"
    rest = (
        _stops(deployment),
        _siblings(deployment),
        deployment.service.found,
        told_of_jobs(deployment),
        _balancer(deployment),
        _pipeline(deployment),
        _elsewhere(deployment),
        told_of_gaps(deployment.brief),
    )
    return " ".join(filter(None, (f"{first}{beside}.", *rest)))


def _of_average(deployment: Deployment) -> str:
    """The average that the bill rests on where only a peak was told, and the bill at another."""
    load = deployment.load
    if not load.from_peak:
        return ""
    half = float(deployment.total_at(load.peak / 2))
    return (
        f" (the average is assumed: {load.mean:.3g} a second, a tenth of your peak of "
        f"{load.peak:.4g}; at half the peak on average it is {dollars(half)})"
    )


def _elsewhere(deployment: Deployment) -> str:
    """What differs where the repository is not on GitHub."""
    forge, told = deployment.service.forge, deployment.service.names.repository
    if not forge:
        return f"Its roles trust runs of {told} alone." if told else ""
    runner = (
        "jobs run on GitLab's own runners for ARM (saas-linux-small-arm64)"
        if forge == "https://gitlab.com"
        else "it needs a runner with the tag arm64 and privileged Docker, and AWS must reach "
        f"{forge}/.well-known/openid-configuration over the internet"
    )
    return (
        f"Its tokens (id_tokens) are trusted from {forge} for the subject "
        f"project_path:{told or 'GROUP/PROJECT'}:ref_type:branch:ref:main; {runner}."
    )


# One lock file at the root, and packages that several services share.
_WORKSPACES = re.compile(
    r"\b(?:pnpm|turbo(?:repo)?|nx|lerna|rush|(?:npm|yarn|bun) workspaces?)\b", re.IGNORECASE
)


def _siblings(deployment: Deployment) -> str:
    """How a repository of several services is delivered, and which of them the files are for."""
    names = deployment.service.siblings
    if not names:
        return ""
    first, others = names[0], " and ".join(names[1:])
    shared = bool(_WORKSPACES.search(deployment.brief.request))
    paths = f'"{first}/**", "packages/**" and the lock file' if shared else f'["{first}/**"]'
    built = f"docker build -f {first}/Dockerfile ." if shared else f"docker build {first}"
    why = ", from the root, where the lock file and the shared packages lie" if shared else ""
    return (
        f"From words alone the files are for {first}: set paths: {paths} under on.push of "
        f"its deploy.yml, so that a change there deploys it, and build with `{built}`{why}. Hand "
        f"over the repository's folder, and {others} is written too: from an image of its "
        "own, in the same cluster, behind the same load balancer, on the same database."
    )


def _balancer(deployment: Deployment) -> str:
    """That a load balancer which is there is not used."""
    if "balancer" in deployment.service.kept:
        return ""
    if deployment.shape != "fargate" or not _ALB.search(deployment.brief.request):
        return ""
    lines = deployment.bill(deployment.shape, deployment.tier, deployment.load.monthly).lines
    cost = sum(float(line.amount) for line in lines if line.item.startswith("aws_lb."))
    return (
        "The load balancer you have is not taken over: the files make one of their own "
        f"({dollars(cost)} a month). To go behind yours, replace load_balancer.tf by an "
        "aws_lb_listener_rule on its listener for the host name, keep the target group, and let "
        "its security group in."
    )


def _yours(deployment: Deployment) -> str:
    """That what is there already is not in the bill."""
    service = deployment.service
    names = [said for part, said in _KEPT if part in service.kept]
    if names:
        return f" beside what {_listed(names)} cost{'s' if len(names) == 1 else ''} you already"
    if service.database == "postgresql" and not service.makes_database:
        return " beside what the database costs you already"
    return " beside your network" if "network" in service.kept else ""


_KEPT = (
    ("database", "the database"), ("balancer", "the load balancer"), ("registry", "the registry"),
)  # fmt: skip


def _listed(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1]) if names[1:] else names)


def _of_staging(deployment: Deployment) -> str:
    """What of it the staging costs, which is not production's size."""
    if not deployment.chosen_form.staging:
        return ""
    lines = deployment.bill(deployment.shape, deployment.tier, deployment.load.monthly).lines
    cost = sum(float(line.amount) for line in lines if line.item.startswith(STAGING))
    return f", {dollars(cost)} of it for a staging of the smallest size" if cost else ""


def _stops(deployment: Deployment) -> str:
    """What in the files keeps a first deploy from ending well."""
    service = deployment.service
    found = [f"there is no {service.lock}"] if not service.has_lock else []
    found += [f"{where} listens on its own container alone" for _, where in service.loopback[:1]]
    found += [f"{where} breaks the version that runs" for where in breaking(service)[:1]]
    if not found:
        return ""
    return f"As it stands it does not deploy: {'; '.join(found)}. Do says what to change first."


def _pipeline(deployment: Deployment) -> str:
    service = deployment.service
    migrates = "migrates, " if service.migrate else ""
    if service.migrate and not service.is_node:
        migrates = f"runs `{service.migrate}` as a task of its own, "
    forge, asked = ("GitLab CI", "merge") if service.forge else ("GitHub Actions", "pull")
    more = sum(not beside.shares_image for beside in service.besides)
    images = f"{more + 1} images" if more else "one image"
    return (
        f"{forge} builds {images}, {migrates}switches and rolls back by itself, plans "
        f"infrastructure on {asked} requests and applies it once you approve or start it; it holds "
        "no AWS key."
    )


def _unless(deployment: Deployment) -> str:
    """The condition under which the other shape is right."""
    if deployment.obstacles:
        first = deployment.obstacles[0]
        return (
            f". Lambda: {first}" if first.startswith("it was not") else f". Lambda is out: {first}"
        )
    other = float(deployment.total(deployment.other, deployment.tier))
    crossing = deployment.crossing
    if deployment.shape == "fargate":
        if other >= float(deployment.total("fargate", deployment.tier)):
            return f", and the same image with an adapter for Lambda would cost {dollars(other)}"
        where = (
            f"and less up to {said(crossing)} requests a month"
            if crossing < _FAR
            else f"and less at every load up to {said(_FAR)} requests a month"
        )
        cheaper = f"the image with an adapter for Lambda costs {dollars(other)} there, {where}"
        if deployment.wish:
            return f". Should the bill ever decide: {cheaper}"
        return f", unless the bill decides: {cheaper}"
    if crossing >= _FAR:
        return f", where Fargate costs {dollars(other)}"
    return (
        f", where Fargate costs {dollars(other)}; from {said(crossing)} requests a month on, or "
        "with websockets or a worker, Fargate is the better"
    )


def _over(deployment: Deployment) -> str:
    """What to do where the budget holds none of the two shapes."""
    total = float(deployment.total(deployment.shape, deployment.tier))
    budget = dollars(deployment.load.budget)
    server = float(fact("aws.lightsail-1gb-month").value)
    cheapest = f"the smallest of the managed shapes ({what(deployment)}) costs {dollars(total)}"
    if server <= deployment.load.budget:
        return (
            f"For {budget} a month: one Lightsail server with 1 GB ({dollars(server)}) that runs "
            f"the service and its database, because {cheapest}. You give up backups you did not "
            "make yourself, deploys without a gap, and a second machine. The files here are for "
            "the managed shape, when the budget allows it."
        )
    return (
        f"{budget} a month is below everything here: {cheapest}, a 1 GB server {dollars(server)}."
    )


def because(deployment: Deployment) -> tuple[str, ...]:
    """Why this shape, each reason with its number."""
    return tuple(
        _of_fargate(deployment) if deployment.shape == "fargate" else _of_lambda(deployment)
    )


def _of_fargate(deployment: Deployment) -> list[str]:
    form = deployment.chosen_form
    found = [*of_the_queue(deployment), *deployment.obstacles]
    if deployment.service.present and not deployment.wish:
        found.append(
            "people use it under a name today: the load balancer takes that name over, where an "
            "HTTP API begins with one of its own"
        )
    found.append(
        f"{form.tasks} {'task' if form.tasks == 1 else 'tasks'} of {form.cpu / 1024:g} vCPU "
        f"{'carries' if form.tasks == 1 else 'carry'} "
        f"{form.peak:,.0f} requests a second at the peak, and up to {form.most_tasks} start by "
        "themselves"
    )
    found += [
        f"the process {worker.name} (`{' '.join(worker.command)}`) runs from the same image as an "
        "ECS service of its own, without a way in"
        for worker in deployment.service.workers
    ]
    found += deployment.service.members
    found.append(
        "the process stays warm: no cold start, one pool of connections for each task, no time "
        "limit of 30 s"
    )
    return found


def _of_lambda(deployment: Deployment) -> list[str]:
    still, other = (dollars(_idle(deployment, shape)) for shape in ("lambda", "fargate"))
    found = [
        f"the function costs nothing while nobody calls: all of it standing idle is {still} a "
        f"month, against {other} with Fargate",
        "the same container image runs on either: moving later changes the Terraform, not the code",
    ]
    if deployment.service.database == "postgresql":
        found.append(
            "at most so many runs at once as the database has connections for; a burst beyond "
            "them gets 503 instead of taking the database down"
        )
    return found


def _idle(deployment: Deployment, shape: Shape) -> float:
    return float(deployment.bill(shape, deployment.tier, 1.0).total)


def _no_way_out(deployment: Deployment) -> list[str]:
    """That a function in the network reaches its stores and no other company's API."""
    form, service = deployment.chosen_form, deployment.service
    inside = service.redis or (service.database == "postgresql" and "outside" not in service.kept)
    gateway = dollars(float(fact("aws.nat-hour").value) * 730)
    if inside and "network" in service.kept and service.calls_out and not service.private:
        return [
            "it calls other companies' APIs, and from your private subnets that works only if they "
            f"lead out by a NAT gateway ({gateway} a month), which is not made here"
        ]
    if form.nat or not inside:
        return []
    return [
        "the function has no way to the internet: it reaches its database and AWS's secrets, and "
        "no other company's API (payments, mail, maps), whose calls would time out. If it calls "
        f"one, say so: that takes a NAT gateway ({gateway} a month), or Fargate, whose tasks have "
        "a way out without one"
    ]


def _left_alone(deployment: Deployment) -> list[str]:
    """What is yours already: not made, not billed, and not watched here."""
    kept = deployment.service.kept
    found = []
    if "database" in kept:
        found.append(
            "your RDS and its network are referred to by their ids: neither is changed or billed "
            "here, and no alarm of these watches the database, so keep yours"
        )
    elif "network" in kept:
        found.append("your network is referred to by its id, and neither changed nor billed here")
    if "balancer" in kept:
        found.append(
            "your load balancer gets one rule for the service's name and a certificate beside its "
            "own, behind its HTTPS listener; its other rules, and what it costs, stay as they are"
        )
    if "cluster" in kept:
        found.append("the service joins your cluster, whose other services are not touched")
    if "registry" in kept:
        found.append(
            "images go into your registry, which is not changed: set its tags immutable, or a tag "
            "can be moved to another image (deploys go by digest in any case)"
        )
    if "outside" in kept:
        found.append("your database stays where it is: its price is not in this bill")
    return found


def given_up(deployment: Deployment) -> tuple[str, ...]:
    """What the chosen size does without."""
    form, service = deployment.chosen_form, deployment.service
    found = list(_left_alone(deployment))
    if service.makes_database and not form.multi_az:
        found.append(
            "one copy of the database: a failed zone takes it away for an hour or more until it is "
            "restored; a second copy doubles its price"
        )
    if not form.staging:
        found.append(
            "no staging: what is merged goes to production after the checks and an approval; a "
            "staging adds one small task and the smallest database"
        )
    if form.shape == "fargate" and not form.nat:
        found.append(
            "tasks have public addresses, closed to all but the load balancer: a NAT gateway would "
            f"cost {dollars(float(fact('aws.nat-hour').value) * 730)} a month"
        )
    if form.shape == "fargate" and form.tasks == 1:
        found.append("one task: while it is replaced after a crash, people get 503 for a minute")
    if form.shape == "lambda":
        found.append("a first request after a pause waits for a cold start, a second or more")
        found.append("a request ends after 30 s, and a body over 6 MB is refused")
        found += _no_way_out(deployment)
    return tuple(found)
