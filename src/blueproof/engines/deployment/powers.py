"""What roles may do: no more than is named, and nothing that makes them more than they are."""

from collections.abc import Iterator

from blueproof.engines.deployment.callers import Caller
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.policies import Role, Statement, reads_only
from blueproof.engines.deployment.project import REPOSITORY, Project
from blueproof.engines.deployment.trust import by_github, takes_on

# Actions that AWS cannot narrow to a resource, as its service authorization reference has them.
_WHOLE = frozenset({
    "ecr:GetAuthorizationToken", "ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition",
    "ecs:DescribeTaskDefinition", "iam:CreateServiceLinkedRole",
})  # fmt: skip
# Actions that read what is in the data, not about it.
_CONTENT = ("secretsmanager:GetSecretValue", "ssm:GetParameter", "s3:GetObject", "kms:Decrypt",
            "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "logs:GetLogEvents")  # fmt: skip
_SECRETS = ("secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters",
            "kms:Decrypt")  # fmt: skip
# Whoever may do one of these to a role may make it, or himself, anything.
_RAISES = ("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy",
           "iam:CreatePolicyVersion", "iam:DeleteRolePolicy", "iam:PassRole")  # fmt: skip
# Whoever may do one of these gives a role what it may do.
_GIVES = ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy")
_LIMIT = "iam:PermissionsBoundary"
_USERS = ("iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile",
          "iam:CreatePolicyVersion", "organizations:LeaveOrganization")  # fmt: skip


def _each(project: Project) -> Iterator[tuple[Role, Statement]]:
    for role in project.roles:
        for statement in role.grants:
            if statement.allows:
                yield role, statement


def _place(role: Role, statement: Statement) -> str:
    return f"{role.where} {statement.sid}".rstrip()


def _wild_actions(project: Project) -> Iterator[Judged]:
    for role, statement in _each(project):
        wild = [a for a in statement.actions if "*" in a and not reads_only(a)]
        if statement.inverted:
            wild = ["everything but what is named"]
        said = f"{role.address} may do {', '.join(wild)}" if wild else ""
        yield Judged(_place(role, statement), said)


def _wild_resources(project: Project) -> Iterator[Judged]:
    """On every resource only what AWS cannot narrow, or what a condition does."""
    for role, statement in _each(project):
        if "*" not in statement.resources or statement.conditions:
            yield Judged(_place(role, statement))
            continue
        wide = [
            a
            for a in statement.actions
            if a not in _WHOLE and (not reads_only(a) or _reads_content(a))
        ]
        wide = [a for a in wide if not _kept_from_code(role, a)]
        said = f"{role.address} may do {', '.join(wide)} on every resource" if wide else ""
        yield Judged(_place(role, statement), said)


def _kept_from_code(role: Role, action: str) -> bool:
    """Whether a function's own code is denied what Lambda needs the role for."""
    return any(
        not s.allows
        and s.covers(action)
        and any(c.key == "lambda:SourceFunctionArn" for c in s.conditions)
        for s in role.grants
    )


def _reads_content(action: str) -> bool:
    return any(Statement(actions=(action,)).covers(each) for each in _CONTENT)


def _content(project: Project) -> Iterator[Judged]:
    """A condition on the region makes no secret and no data a small thing."""
    for role, statement in _each(project):
        told = [a for a in statement.actions if _reads_content(a)]
        if told:
            wide = [r for r in statement.resources if r in {"*", "arn:aws:s3:::*"}]
            said = f"{role.address} may do {', '.join(told)} on every resource" if wide else ""
            yield Judged(_place(role, statement), said)


def _passes(project: Project) -> Iterator[Judged]:
    """A role is handed over only by name, and only to the service that runs it."""
    for role, statement in _each(project):
        if not statement.covers("iam:PassRole"):
            continue
        to = [c for c in statement.conditions if c.key == "iam:PassedToService"]
        wide = any(r == "*" or r.endswith("role/*") for r in statement.resources)
        lacks = "any role" if wide else "" if to else "roles to any service"
        said = f"{role.address} may pass {lacks}" if lacks else ""
        yield Judged(_place(role, statement), said)


def _raises(project: Project) -> Iterator[Judged]:
    """No role of the pipeline can change, or hand over, a role of the pipeline."""
    pipeline = [role for role in project.roles if by_github(role)]
    for role in pipeline:
        for other in pipeline:
            arn = f"arn:aws:iam::123456789012:role/{other.name}"
            able = [a for a in _RAISES if role.may(a, arn)]
            said = f"{role.address} may do {able[0]} to {other.address}" if able else ""
            yield Judged(f"{role.where} over {other.address}", said)
        users = [a for a in _USERS if role.may(a)]
        said = f"{role.address} may do {users[0]}" if users else ""
        yield Judged(f"{role.where} over users", said)


def _bounded(project: Project) -> Iterator[Judged]:
    """Who gives powers to a role can do so only within a boundary, and the roles have it."""
    writers = [
        (role, s)
        for role, s in _each(project)
        if by_github(role) and any(s.covers(a) for a in _GIVES)
    ]
    limits = {v for _, s in writers for c in s.conditions if c.key == _LIMIT for v in c.values}
    for role, statement in writers:
        held = any(c.key == _LIMIT for c in statement.conditions)
        said = f"{role.address} may give a role any power: no boundary holds it"
        yield Judged(_place(role, statement), "" if held else said)
    for role in project.roles:
        if not by_github(role) and limits:
            names = {limit.rpartition("/")[2] for limit in limits}
            fits = role.boundary.rpartition("/")[2] in names
            said = f"{role.address} is not held by the boundary that the pipeline must give it"
            yield Judged(role.where, "" if fits else said)


def _pull_requests(project: Project) -> Iterator[Judged]:
    """A role that a pull request can take on only reads, and reads no secret."""
    caller = Caller(who="a pull request", subject=f"repo:{REPOSITORY}:pull_request")
    for role in project.roles:
        if not takes_on(role, caller.claims):
            continue
        for statement in role.grants:
            changes = [a for a in statement.actions if statement.allows and not reads_only(a)]
            secret = [s for s in _SECRETS if statement.allows and statement.covers(s)]
            found = [*changes, *secret]
            said = f"{role.address}, open to pull requests, may do {found[0]}" if found else ""
            yield Judged(_place(role, statement), said)


RULES = (
    Rule(id="actions-named", check=_wild_actions),
    Rule(id="resources-named", check=_wild_resources),
    Rule(id="content-named", check=_content),
    Rule(id="roles-passed-by-name", check=_passes),
    Rule(id="no-role-raises-itself", check=_raises),
    Rule(id="roles-stay-bounded", check=_bounded),
    Rule(id="pull-requests-read", check=_pull_requests),
)
