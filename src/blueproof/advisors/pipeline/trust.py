"""Trust policies of roles that runs on GitHub take on: who the job is, whom the role lets in."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from blueproof.advisors.pipeline.fault import Edit, Fault, indent_of
from blueproof.advisors.pipeline.workflow import Job, Workflow
from blueproof.core.evidence import Citation

_ISSUER = "token.actions.githubusercontent.com"
_SUB = re.compile(rf"\"(?:{re.escape(_ISSUER)}:sub)\"\s*:\s*(?P<value>\"(?P<one>[^\"]*)\")?")
_QUOTED_SUB = re.compile(
    r"\"(?P<value>repo:(?P<repository>[\w.*?-]+/[\w.*?-]+):(?P<rest>[^\"]*))\""
)
_OPERATOR = re.compile(r"\"(?:ForAnyValue:|ForAllValues:)?String(?:Like|Equals)\"\s*:\s*\{")
_AUDIENCE = f"{_ISSUER}:aud"
OIDC = Citation(
    url="https://docs.github.com/en/actions/reference/security/oidc",
    checked=date(2026, 11, 30),
    says="the subject is repo:OWNER/REPO:environment:NAME for a job with an environment, else "
    "repo:OWNER/REPO:ref:refs/heads/BRANCH, and repo:OWNER/REPO:pull_request for pull requests",
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who a job is to AWS, less the repository; where in the workflow that is decided."""

    rest: str
    where: str
    why: str


def subjects(workflow: Workflow) -> Iterator[tuple[Job, Subject]]:
    """What the subject of each job that takes a role on ends in."""
    for job in workflow.jobs:
        if not takes_role(job):
            continue
        if job.environment:
            where = f"{workflow.path}:{job.environment.line}"
            why = f"the job {job.name} runs in the environment {job.environment.text}"
            yield job, Subject(rest=f"environment:{job.environment.text}", where=where, why=why)
        elif "push" in workflow.events and workflow.branches:
            for branch in workflow.branches:
                why = f"the job {job.name} runs on the branch {branch}"
                where = f"{workflow.path}:{job.line}"
                yield job, Subject(rest=f"ref:refs/heads/{branch}", where=where, why=why)


def takes_role(job: Job) -> bool:
    """Whether the job takes a role of AWS on by GitHub's token."""
    return any("role-to-assume" in step.given for step in job.steps)


def faults(path: str, text: str, workflows: tuple[Workflow, ...]) -> Iterator[Fault]:
    """What is wrong in a trust policy, for the jobs that take its role on."""
    if _ISSUER not in text or not _is_json(text):
        return
    found = list(_QUOTED_SUB.finditer(text))
    wanted = [subject for workflow in workflows for _, subject in subjects(workflow)]
    yield from _mismatch(path, text, found, wanted)
    if _AUDIENCE not in text:
        yield from _no_audience(path, text)
    for said in found:
        if "*" in said["repository"] or said["rest"] in {"*", "ref:*"}:
            yield _too_wide(path, text, said, wanted)
    if not found and not _SUB.search(text):
        yield Fault(
            rule="no-subject", path=path, line=_line(text, text.index(_ISSUER)), rank="security",
            says="any repository on GitHub can take this role on: nothing is asked of the subject",
            right=f'"{_ISSUER}:sub": "repo:OWNER/REPO:environment:production"',
            evidence=(OIDC,),
        )  # fmt: skip


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _mismatch(
    path: str, text: str, found: list[re.Match[str]], wanted: list[Subject]
) -> Iterator[Fault]:
    """Jobs whose subject the policy does not let in."""
    if not found:
        return
    like = _is_like(text, found[0].start())
    missing = [
        subject for subject in dict.fromkeys((w.rest, w.where, w.why) for w in wanted)
        if not any(_lets_in(said["rest"], subject[0], like=like) for said in found)
    ]  # fmt: skip
    if not missing:
        return
    said, line = found[0], _line(text, found[0].start())
    names = [f"repo:{said['repository']}:{rest}" for rest, _, _ in missing]
    value = f'"{names[0]}"' if len(names) == 1 else "[" + ", ".join(f'"{n}"' for n in names) + "]"
    alone = len(found) == 1
    new = text.splitlines()[line - 1].replace(said[0], value)
    why = "; ".join(f"{why} ({where})" for _, where, why in missing)
    yield Fault(
        rule="subject-does-not-match", path=path, line=line, rank="breaks",
        says=f"the role lets {said['value']} in, but {why}, so its token's subject is "
        f"{' or '.join(names)}: AWS refuses sts:AssumeRoleWithWebIdentity",
        right=new.strip(),
        edits=(Edit(first=line, last=line, lines=(new,)),) if alone else (),
        evidence=(OIDC,),
    )  # fmt: skip


def _lets_in(pattern: str, rest: str, *, like: bool) -> bool:
    return fnmatchcase(rest, pattern) if like else rest == pattern


def _is_like(text: str, at: int) -> bool:
    """Whether wildcards count where the subject stands."""
    before = text[:at]
    return before.rfind("StringLike") > before.rfind("StringEquals")


def _no_audience(path: str, text: str) -> Iterator[Fault]:
    operator = _OPERATOR.search(text)
    if operator is None:
        return
    line = _line(text, operator.start())
    lines = text.splitlines()
    inner = indent_of(lines[line]) if line < len(lines) else "  "
    new = f'{inner}"{_AUDIENCE}": "sts.amazonaws.com",'
    alone = lines[line - 1].rstrip().endswith("{")
    yield Fault(
        rule="no-audience", path=path, line=line, rank="security",
        says="the audience (aud) is not asked for: a token that a workflow fetched for another "
        "service is good for this role",
        right=new.strip(),
        edits=(Edit(first=line + 1, last=line, lines=(new,)),) if alone else (),
        evidence=(OIDC,),
    )  # fmt: skip


def _too_wide(path: str, text: str, said: re.Match[str], wanted: list[Subject]) -> Fault:
    rest = wanted[0].rest if wanted else "environment:production"
    line = _line(text, said.start())
    repository = said["repository"]
    right = f"repo:{repository if '*' not in repository else 'OWNER/REPO'}:{rest}"
    known = "*" not in repository
    new = text.splitlines()[line - 1].replace(said["value"], right)
    who = "every branch, tag and pull request" if known else "every repository of the owner"
    return Fault(
        rule="subject-too-wide", path=path, line=line, rank="security",
        says=f"{said['value']} lets {who} deploy",
        right=new.strip(),
        edits=(Edit(first=line, last=line, lines=(new,)),) if known else (),
        evidence=(OIDC,),
    )  # fmt: skip


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
