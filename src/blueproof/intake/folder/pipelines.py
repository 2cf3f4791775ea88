"""Continuous integration: GitHub Actions, GitLab CI, CircleCI and others."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Text, technology
from blueproof.intake.folder.packages import plain_version
from blueproof.intake.folder.resources import REGION, read_image
from blueproof.intake.folder.tree import Tree, at, inside, is_there, read_yaml

_ACTIONS = {  # actions that prove where the project is deployed to, or how it is built
    "amazon-ecs-deploy-task-definition": "amazon-ecs",
    "amazon-ecr-login": "amazon-ecr",
    "configure-aws-credentials": "aws",
    "setup-terraform": "terraform",
    "superfly/flyctl-actions": "fly-io",
    "expo/expo-github-action": "eas",
    "amondnet/vercel-action": "vercel",
    "nwtgck/actions-netlify": "netlify",
    "FirebaseExtended/action-hosting-deploy": "firebase-hosting",
    "supabase/setup-cli": "supabase",
    "cloudflare/wrangler-action": "cloudflare-workers",
    "docker/build-push-action": "docker",
    "aws-actions/setup-sam": "aws-sam",
}
_RUNS = (  # commands that prove the same
    (re.compile(r"\b(?:npx |bunx )?convex deploy\b"), "convex"),
    (re.compile(r"\beas (?:build|update|submit)\b"), "eas"),
    (re.compile(r"\bfirebase deploy\b|\bfirebase-tools\b"), "firebase"),
    (re.compile(r"\bsupabase (?:db push|functions deploy)\b"), "supabase"),
    (re.compile(r"\bterraform (?:plan|apply)\b"), "terraform"),
    (re.compile(r"\bcdk deploy\b"), "aws-cdk"),
    (re.compile(r"\b(?:serverless|sls) deploy\b"), "serverless-framework"),
    (re.compile(r"\bflyctl deploy\b|\bfly deploy\b"), "fly-io"),
)
_KEY = re.compile(
    r"\bsecrets\.(\w{0,40}(?:AWS\w{0,20}(?:ACCESS_KEY|SECRET)|ACCESS_KEY_ID|SECRET_ACCESS_KEY)\w{0,40})",
    re.IGNORECASE,
)
_VERSIONS = {"node-version": "node", "python-version": "python", "go-version": "go"}
_OTHERS = {
    ".gitlab-ci.yml": "gitlab-ci",
    "bitbucket-pipelines.yml": "bitbucket-pipelines",
    "azure-pipelines.yml": "azure-pipelines",
    "config.yml": "circleci",
    "buildspec.yml": "aws-codebuild",
    "Jenkinsfile": "jenkins",
    "codemagic.yaml": "codemagic",
}


def read_workflow(file: Text) -> Iterator[Finding]:
    """What a workflow of GitHub Actions says."""
    tree = read_yaml(file)
    jobs = at(tree, "jobs")
    if not is_there(jobs):
        return
    yield technology("github-actions", jobs.line)
    yield Counted(metric="workflows", name=file.path, line=1)
    yield Found(key="service.workflow", value=file.path, line=1)
    yield from _keys(file)
    for name, job in jobs.items():
        yield Counted(metric="ci-jobs", name=f"{file.path}:{name}", line=job.line)
        yield from _services(job)
        for step in at(job, "steps").each():
            yield from _step(step)


def _keys(file: Text) -> Iterator[Finding]:
    """The keys of AWS that a workflow takes from the repository's secrets, by name."""
    for found in _KEY.finditer(file.text):
        line = file.line(found.start(1))
        yield Found(key="service.workflow-key", value=found[1], line=line)


def _services(job: Tree) -> Iterator[Finding]:
    """The images of services beside a job: what tests run against."""
    for service in inside(at(job, "services")):
        image = at(service, "image")
        yield from read_image(image.text or service.text, image.line or service.line)


def _step(step: Tree) -> Iterator[Finding]:
    uses, run = at(step, "uses"), at(step, "run")
    for action, name in _ACTIONS.items():
        if action in uses.text:
            yield technology(name, uses.line)
    for pattern, name in _RUNS:
        if pattern.search(run.text):
            yield technology(name, run.line)
    for key, name in _VERSIONS.items():
        version = at(step, "with", key)
        if plain_version(version.text) and "${{" not in version.text:
            value = plain_version(version.text)
            yield Found(key=f"version.{name}", value=value, line=version.line)
    region = at(step, "with", "aws-region")
    if REGION.fullmatch(region.text):
        yield Found(key="host-region", value=region.text, line=region.line)


def read_other_pipeline(file: Text) -> Iterator[Finding]:
    """What another pipeline's file says: by its name which, by its commands where to."""
    yield technology(_OTHERS[file.name], 1)
    yield Counted(metric="workflows", name=file.path, line=1)
    for pattern, name in _RUNS:
        found = pattern.search(file.text)
        if found:
            yield technology(name, file.line(found.start()))
    image = re.search(r"^image:\s*[\"']?([\w./:-]+)", file.text, re.MULTILINE)
    if image:
        yield from read_image(image[1], file.line(image.start()))
