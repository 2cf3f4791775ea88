"""What differs where the repository lies on GitLab: who may take the roles on, and the guide.

GitLab's token names the project and the branch, and not the environment: what may deploy is told
by the branch main, which is protected, and the approval is a job that somebody starts.
Source: https://docs.gitlab.com/ci/secrets/id_token_authentication/ (read 2026-11-30).
"""

import re
from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.deploying import deploy_grants
from blueproof.advisors.deploy.parts.grants import (
    apply_grants,
    boundary_grants,
    environments,
    plan_grants,
)
from blueproof.advisors.deploy.parts.roles import document, role
from blueproof.advisors.deploy.parts.stage import Stage
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import Body, Resource, Stack, body, ref

_PROVIDER = "aws_iam_openid_connect_provider.gitlab.arn"
_PROJECT = "project_path:${var.repository}:ref_type:branch:ref:"


def bounds(main: Stack, file: str) -> Iterator[Resource]:
    """The boundary of the service's roles."""
    yield document("boundary", file, boundary_grants(main))
    yield Resource(
        kind="aws_iam_policy", name="boundary", file=file,
        says="The most that a role of the service can be given, whoever changes it. A new kind of "
        "right is written here first, by you.",
        body=body(
            name="${local.name}-boundary",
            policy=ref("data.aws_iam_policy_document.boundary.json"),
        ),
    )  # fmt: skip


def by_forge(service: Service, form: Form, main: Stack, file: str) -> Iterator[Resource]:
    """The provider of GitLab's tokens, and the three roles that its jobs take on."""
    yield Resource(
        kind="aws_iam_openid_connect_provider", name="gitlab", file=file,
        says="GitLab's jobs prove who they are by a token; no key of AWS is kept anywhere.",
        body=body(url=service.forge, client_id_list=(service.forge,)),
    )  # fmt: skip
    yield from bounds(main, file)
    yield from role(
        "plan", file, "Merge requests plan with it, from any branch of this project: it reads the "
        "state, changes nothing, and sees no secret.",
        _trusted(service, "StringLike", f"{_PROJECT}*"), plan_grants(main),
    )  # fmt: skip
    yield from role(
        "apply", file, "Changes the infrastructure, from main alone, when somebody starts the job.",
        _trusted(service, "StringEquals", f"{_PROJECT}main"), apply_grants(main, form),
    )  # fmt: skip
    yield from role(
        "deploy", file, "Pushes an image and lets it run, from main alone; it can change nothing "
        "else.",
        _trusted(service, "StringEquals", f"{_PROJECT}main"), deploy_grants(service, form),
    )  # fmt: skip


def _trusted(service: Service, test: str, subject: str) -> Body:
    """Trust in jobs of this project whose token has such a subject, for this audience alone."""
    host = service.forge.removeprefix("https://")
    return body(
        actions=("sts:AssumeRoleWithWebIdentity",),
        principals=body(type="Federated", identifiers=(ref(_PROVIDER),)),
        condition=(
            body(test="StringEquals", variable=f"{host}:aud", values=(service.forge,)),
            body(test=test, variable=f"{host}:sub", values=(subject,)),
        ),
    )


def approving(form: Form) -> Stage:
    """Who may start what changes something, on each of GitLab's plans."""
    names = ", ".join(environments(form))
    return Stage(
        title="Say who may deploy",
        why="The roles that change something are taken on by jobs of main alone, so main is the "
        "gate: nobody may push to it, and only maintainers merge. The job production and those of "
        "the infrastructure wait until somebody starts them. On Premium and Ultimate protect the "
        f"environments {names} as well, which says who that may be; on Free it is everybody who "
        "may merge into main.",
        commands=(
            'export PROJECT=$(printf %s "$REPOSITORY" | sed "s|/|%2F|g")',
            'glab api -X DELETE "projects/$PROJECT/protected_branches/main"',
            'glab api -X POST "projects/$PROJECT/protected_branches" -f name=main '
            "-f push_access_level=0 -f merge_access_level=40",
            'glab api -X PUT "projects/$PROJECT" -f only_allow_merge_if_pipeline_succeeds=true',
        ),
        check='`glab api "projects/$PROJECT/protected_branches/main"` shows that nobody pushes and '
        "maintainers merge",
        undo="protect main as before: Settings, Repository, Protected branches",
    )


_COMMANDS = (
    (r"gh variable set (\w+) --env (\w+) --body ([^\n`]+)", r"glab variable set \1 \3 --scope \2"),
    (r"gh variable set (\w+) --body ([^\n`]+)", r"glab variable set \1 \2"),
    (r"gh variable get (\w+) --env (\w+)", r"glab variable get \1 --scope \2"),
    (r"gh variable (list|delete)", r"glab variable \1"),
    (r"\$\(gh repo view --json nameWithOwner --jq \.nameWithOwner\)",
     "$(glab repo view --output json | jq -r .path_with_namespace)"),
    (r"gh run watch \$\(gh run list [^\n]*\n?[^\n]*\[0\]\.databaseId'\)", "glab ci status --live"),
    (r"gh run watch", "glab ci status --live"),
    (r"gh workflow run deploy\.yml --ref main -f digest=(\S+)",
     r'glab ci run --branch main --variables "IMAGE_DIGEST:\1"'),
    (r"gh workflow run (?:deploy|infra)\.yml --ref main", "glab ci run --branch main"),
    (r"git push origin main",
     "git push origin HEAD:deploy-to-aws # main takes no push\n"
     "glab mr create --source-branch deploy-to-aws --fill --yes\n"
     "# merge it when its pipeline is green, and start the job production of the one on main"),
    (r"Deploy by pushing to main", "Deploy by merging into main"),
    (r"The next push to main", "The next merge into main"),
    (r"aws_iam_openid_connect_provider\.github\b", "aws_iam_openid_connect_provider.gitlab"),
    (r"git add \.github\b", "git add .gitlab-ci.yml"),
    (r"the deploy workflow", "the job of its environment"),
    (r"the GitHub CLI", "the GitLab CLI (glab)"),
    (r"GitHub", "GitLab"),
    (r"by pull request", "by merge request"),
    (r"run the workflow with its digest", "start a pipeline with its digest, and its job"),
)  # fmt: skip


def spoken(text: str, service: Service) -> str:
    """The guide or the runbook with GitLab's commands in the place of GitHub's."""
    if not service.forge:
        return text
    for pattern, instead in _COMMANDS:
        text = re.sub(pattern, instead, text)
    host = service.forge.removeprefix("https://")
    return text.replace("token.actions.githubusercontent.com", host)
