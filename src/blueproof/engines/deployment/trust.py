"""Who may take a role on: every role tried with the tokens of every kind of run."""

import fnmatch
from collections.abc import Iterator, Mapping

from blueproof.engines.deployment.callers import HOST, Caller, Use, callers, events_of, uses
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.policies import Condition, Role, Statement
from blueproof.engines.deployment.project import Project

_WEB = "sts:assumerolewithwebidentity"


def takes_on(role: Role, claims: Mapping[str, str]) -> bool:
    """Whether a token with these claims may take the role on."""
    fits = [s for s in role.trust if _is_web(s) and all(_met(c, claims) for c in s.conditions)]
    return any(s.allows for s in fits) and not any(not s.allows for s in fits)


def by_github(role: Role) -> bool:
    """Whether tokens of an identity provider can take the role on at all."""
    return any(_is_web(s) for s in role.trust)


def _is_web(statement: Statement) -> bool:
    return statement.covers(_WEB) and any(kind in {"Federated", "*"} for kind, _ in
                                          statement.principals)  # fmt: skip


def _met(condition: Condition, claims: Mapping[str, str]) -> bool:
    """Whether a condition is met; an operator or a key that is not known counts as met."""
    operator = condition.operator.rpartition(":")[2]
    every = condition.operator.startswith("ForAllValues:")
    if_there = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    if not condition.key.startswith(f"{HOST}:"):
        return True
    held = claims.get(condition.key)
    if held is None:
        return every or if_there or "Not" in operator
    return _holds(operator, held, condition.values)


def _holds(operator: str, held: str, values: tuple[str, ...]) -> bool:
    match operator:
        case "StringEquals":
            return held in values
        case "StringNotEquals":
            return held not in values
        case "StringEqualsIgnoreCase":
            return held.lower() in {v.lower() for v in values}
        case "StringLike":
            return any(_like(held, v) for v in values)
        case "StringNotLike":
            return not any(_like(held, v) for v in values)
        case _:
            return True


def _like(held: str, pattern: str) -> bool:
    # Of fnmatch's signs AWS knows * and ? alone.
    return fnmatch.fnmatchcase(held, pattern.replace("[", "[[]"))


def _matrix(project: Project) -> Iterator[Judged]:
    """Each role against each caller: allowed exactly where a job uses it."""
    used = uses(project)
    for role in project.roles:
        if not by_github(role):
            continue
        own = [u for u in used if u.role in {role.address, role.name}]
        meant = {subject for use in own for subject in use.subjects}
        for caller in callers(project):
            yield _cell(role, caller, meant)
        for use in own:
            yield from _can(role, use)
    for use in used:
        if not any(use.role in {r.address, r.name} for r in project.roles):
            yield Judged(use.job, f"{use.job} takes on a role that is not there")


def _cell(role: Role, caller: Caller, meant: set[str]) -> Judged:
    allowed = takes_on(role, caller.claims)
    wanted = caller.subject in meant and caller.audience == "sts.amazonaws.com"
    wrong = allowed and not wanted
    return Judged(
        f"{role.where} for {caller.who}",
        f"{caller.who} can take on {role.address}, and no job there is meant to" if wrong else "",
    )


def _can(role: Role, use: Use) -> Iterator[Judged]:
    for subject in use.subjects:
        able = takes_on(role, Caller(who=use.job, subject=subject).claims)
        yield Judged(use.job, "" if able else f"{use.job} cannot take on {role.address}")


def _open_trust(project: Project) -> Iterator[Judged]:
    """Trust in anybody, in a whole account, or in a service that does not run here."""
    for role in project.roles:
        anyone = [
            (kind, name)
            for s in role.trust
            if s.allows
            for kind, name in s.principals
            if name == "*" or kind == "AWS" or s.inverted
        ]
        said = f"{role.address} trusts {anyone[0][0]} {anyone[0][1]}" if anyone else ""
        yield Judged(role.where, said)


def _forks(project: Project) -> Iterator[Judged]:
    """What a stranger's pull request starts holds no token and no secret."""
    for workflow in project.workflows:
        for job in workflow.jobs:
            if "pull_request_target" in events_of(workflow, job):
                granted = workflow.granted(job) or {"id-token": "write"}
                risky = "write" in granted.values() or any("secrets." in t for t in job.texts)
                yield Judged(
                    f"{workflow.path}: {job.name}",
                    f"{workflow.path}: {job.name} runs for pull requests of strangers with the "
                    "repository's own rights (pull_request_target)" if risky else "",
                )  # fmt: skip
            elif "pull_request" in events_of(workflow, job):
                told = [t for t in job.texts if "secrets." in t and "GITHUB_TOKEN" not in t]
                yield Judged(
                    f"{workflow.path}: {job.name}",
                    f"{workflow.path}: {job.name} gives a secret to pull requests" if told else "",
                )


RULES = (
    Rule(id="trust-matrix", check=_matrix),
    Rule(id="trust-named", check=_open_trust),
    Rule(id="pull-requests-hold-nothing", check=_forks),
)
