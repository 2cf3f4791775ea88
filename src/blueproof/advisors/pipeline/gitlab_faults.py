"""What is wrong in a .gitlab-ci.yml: what keeps jobs from running first, then what is unsafe."""

import re
from collections.abc import Iterator
from datetime import date
from typing import TypedDict, Unpack

from rapidfuzz.process import extractOne

from blueproof.advisors.pipeline.fault import Edit, Fault, Rank, indent_of
from blueproof.advisors.pipeline.gitlab_pipeline import GitlabJob, GitlabPipeline
from blueproof.core.evidence import Citation

_DAY = date(2026, 12, 1)
_DOCS = "https://github.com/gitlabhq/gitlabhq/blob"  # the text behind docs.gitlab.com
YAML = Citation(
    url=f"{_DOCS}/6e370d70120dba1fb6e4a3542f44f3e7da3caff2/doc/ci/yaml/_index.md", checked=_DAY,
    says="a pipeline whose job needs one that was not added does not start; a job is not added "
    "if no rule matches; all jobs but triggers have a script or run; resource_group lets one job "
    "of the group run at a time",
)  # fmt: skip
RULES = Citation(
    url=f"{_DOCS}/01489edb5ba5f8f093efffad45ae80a552db8a8b/doc/topics/autodevops/"
    "troubleshooting.md",
    checked=_DAY, says="no pipeline is made where a job has both rules and only or except",
)  # fmt: skip
DIND = Citation(
    url=f"{_DOCS}/41946e65501d176230532ae34b16e64f5cdac462/doc/ci/docker/docker_in_docker.md",
    checked=_DAY,
    says="Docker-in-Docker needs the service docker:dind; with TLS port 2376 and /certs, without "
    "it port 2375 and DOCKER_TLS_CERTDIR empty",
)  # fmt: skip
TOKENS = Citation(
    url=f"{_DOCS}/017a6c129d6a9e4ad9fec792cd84f88641d7dbfe/doc/ci/cloud_services/aws/_index.md",
    checked=_DAY, says="a job takes a role of AWS on by an ID token, without a stored key",
)  # fmt: skip
_DOCKER = re.compile(r"\bdocker (?:build|push|login|info|run|pull|compose|buildx)\b")
_DEPLOYS = re.compile(
    r"\baws (?:ecs (?:update-service|deploy|run-task)|lambda update-function-code|s3 sync|deploy"
    r"|cloudformation deploy)|\bterraform apply\b|\b(?:sls|serverless|cdk|sam) deploy\b"
    r"|\bkubectl (?:apply|set image)\b|\bhelm upgrade\b|\brsync\b|\bssh\b"
)
# Images whose entry point is the tool itself, so that a script cannot be run in them.
_OWN_ENTRY = re.compile(
    r"^(?:docker\.io/)?(?:amazon/aws-cli|hashicorp/terraform|alpine/helm|bitnami/kubectl"
    r"|aquasec/trivy|gcr\.io/kaniko-project/executor|alpine/git)(?::|$)|public\.ecr\.aws/aws-cli/"
)
_SYNCED = re.compile(r"\baws s3 (?:sync|cp(?: --recursive)?) (?:\./)?(?P<made>[\w.-]+)/?[\w./-]*\s")
_BUILDS = re.compile(r"\b(?:npm|pnpm|yarn)(?: run)? build\b|\bmake\b|\bhugo\b|\bvite build\b")


def faults(pipeline: GitlabPipeline) -> Iterator[Fault]:
    """All faults of one pipeline."""
    names = {job.name for job in pipeline.jobs}
    for job in pipeline.jobs:
        yield from _needs(pipeline, job, names)
        yield from _invalid(pipeline, job)
        yield from _branch(pipeline, job)
        yield from _daemon(pipeline, job)
        yield from _entry(pipeline, job)
        yield from _handed_on(pipeline, job)
        yield from _released(pipeline, job)
        yield from _slow(pipeline, job)
    yield from _keys(pipeline)


class _More(TypedDict, total=False):
    """What a fault has beside its rule, place and words."""

    rank: Rank
    edits: tuple[Edit, ...]
    evidence: tuple[Citation, ...]


def _fault(
    pipeline: GitlabPipeline, rule: str, line: int, says: str, right: str = "",
    **more: Unpack[_More],
) -> Fault:  # fmt: skip
    return Fault(
        rule=rule, path=pipeline.path, line=line, says=says, right=right,
        rank=more.get("rank", "breaks"), edits=more.get("edits", ()),
        evidence=more.get("evidence", ()),
    )  # fmt: skip


def _needs(pipeline: GitlabPipeline, job: GitlabJob, names: set[str]) -> Iterator[Fault]:
    for name, line in job.needs:
        if name in names or (pipeline.includes and name not in names):
            continue
        near = extractOne(name.replace("-", "_"), {n: n.replace("-", "_") for n in names},
                          score_cutoff=75)  # fmt: skip
        meant = near[2] if near else ""
        text = pipeline.lines[line - 1]
        edit = (Edit(first=line, last=line, lines=(text.replace(name, meant, 1),)),)
        yield _fault(
            pipeline, "needs-no-job", line,
            f"{job.name} needs the job {name}, which does not exist"
            + (f" ({meant} does)" if meant else "")
            + ": GitLab refuses the whole file, or drops the pipeline",
            f"needs: [{meant or 'a job of this file'}]", edits=edit if meant else (),
            evidence=(YAML,),
        )  # fmt: skip


def _invalid(pipeline: GitlabPipeline, job: GitlabJob) -> Iterator[Fault]:
    stage = str(job.told.get("stage", "test"))
    if stage not in pipeline.stages and not pipeline.includes:
        yield _fault(
            pipeline, "no-such-stage", job.at("stage"),
            f"{job.name} is of the stage {stage}, which stages does not list: GitLab refuses the "
            "file", f"stages: [{', '.join((*pipeline.stages[1:-1], stage))}]",
        )  # fmt: skip
    if "rules" in job.told and {"only", "except"} & {*job.told}:
        yield _fault(
            pipeline, "rules-and-only", job.at("only"),
            f"{job.name} has rules and only/except, which GitLab refuses together",
            "rules alone", evidence=(RULES,),
        )  # fmt: skip
    if not {"script", "trigger", "run"} & {*job.told} and "extends" not in job.told:
        yield _fault(pipeline, "no-script", job.line,
                     f"{job.name} has no script: GitLab refuses the file",
                     "script: [...]", evidence=(YAML,))  # fmt: skip


def _branch(pipeline: GitlabPipeline, job: GitlabJob) -> Iterator[Fault]:
    """A job for a branch on which what it needs, or all others, never run."""
    mine = job.branches
    if not mine:
        return
    needed = {name for name, _ in job.needs}
    close = {n.replace("-", "_") for n in needed}
    others = [j for j in pipeline.jobs if j is not job and j.branches and not j.branches & mine]
    clash = next((j for j in others if j.name in needed or j.name.replace("-", "_") in close), None)
    clash = clash or next((j for j in others if _pair(mine, j.branches)), None)
    if clash is None or not (_DEPLOYS.search(job.text) or clash.name in needed):
        return
    here, there = ", ".join(sorted(mine)), ", ".join(sorted(clash.branches))
    key = "rules" if "rules" in job.told else "only"
    line = next((n for n in range(job.at(key), job.last + 1)
                 if any(b in pipeline.lines[n - 1] for b in mine)), job.at(key))  # fmt: skip
    text = pipeline.lines[line - 1]
    new = text.replace(next(iter(mine)), next(iter(clash.branches)), 1)
    yield _fault(
        pipeline, "other-branch", line,
        f"{job.name} is for the branch {here} and {clash.name} for {there}: no pipeline has both, "
        f"so on {there} {job.name} is never added",
        new.strip().removeprefix("- ") + f" (or {here} in both, if that is your default branch; "
        "$CI_DEFAULT_BRANCH names it for you)",
        edits=(Edit(first=line, last=line, lines=(new,)),)
        if len(mine) == 1 and len(clash.branches) == 1 else (), evidence=(YAML,),
    )  # fmt: skip


def _pair(one: frozenset[str], other: frozenset[str]) -> bool:
    return {*one, *other} == {"main", "master"}


def _daemon(pipeline: GitlabPipeline, job: GitlabJob) -> Iterator[Fault]:
    if not _DOCKER.search(job.text) or "kaniko" in job.image or "buildah" in job.image:
        return
    variables = {**_variables(pipeline), **job.variables}
    host = variables.get("DOCKER_HOST", "")
    if not any("dind" in s for s in job.services):
        if "unix://" in host or "tags" in job.told:
            return  # a runner of one's own may share its daemon
        tag = job.image.partition(":")[2].partition("-")[0] or "27"
        inner = indent_of(pipeline.lines[job.line]) if job.line < len(pipeline.lines) else "  "
        block = (f"{inner}services:", f"{inner}  - docker:{tag}-dind")
        yield _fault(
            pipeline, "no-daemon", job.line,
            f"{job.name} runs docker and no Docker runs beside it: the image {job.image or 'used'} "
            "brings the client alone"
            + (f", and {host} is the address of a service that is not there" if host else ""),
            f"services: [docker:{tag}-dind]", evidence=(DIND,),
            edits=(Edit(first=job.line + 1, last=job.line, lines=block),),
        )  # fmt: skip
    if ":2375" in host and variables.get("DOCKER_TLS_CERTDIR") != "":
        line = next((n for n, t in enumerate(pipeline.lines, 1) if "DOCKER_HOST" in t), job.line)
        inner = indent_of(pipeline.lines[line - 1])
        yield _fault(
            pipeline, "tls-port", line,
            f"{job.name} talks to port 2375 without TLS, and docker:dind listens there only if "
            "DOCKER_TLS_CERTDIR is empty; else it is 2376 with certificates in /certs",
            'DOCKER_TLS_CERTDIR: ""', evidence=(DIND,),
            edits=(Edit(first=line + 1, last=line,
                        lines=(f'{inner}DOCKER_TLS_CERTDIR: ""',)),),
        )  # fmt: skip


def _variables(pipeline: GitlabPipeline) -> dict[str, str]:
    said = pipeline.told.get("variables")
    return {str(k): str(v) for k, v in said.items()} if isinstance(said, dict) else {}


def _entry(pipeline: GitlabPipeline, job: GitlabJob) -> Iterator[Fault]:
    if not _OWN_ENTRY.search(job.image) or job.has_entrypoint or "image" not in job.told:
        return
    line = job.at("image")
    text = pipeline.lines[line - 1]
    inner = indent_of(text)
    simple = "image" in job.nodes and text.strip() == f"image: {job.image}"
    block = (f"{inner}image:", f"{inner}  name: {job.image}", f'{inner}  entrypoint: [""]')
    yield _fault(
        pipeline, "entry-point", line,
        f"{job.name}: the image {job.image} starts its own tool, and GitLab's shell is handed to "
        "it as an argument: the job dies before its first line",
        f'image: {{name: {job.image}, entrypoint: [""]}}',
        edits=(Edit(first=line, last=line, lines=block),) if simple else (),
    )  # fmt: skip


def _handed_on(pipeline: GitlabPipeline, job: GitlabJob) -> Iterator[Fault]:
    """A folder that is uploaded and that no earlier job kept."""
    for line, words in job.script:
        found = _SYNCED.search(f"{words} ")
        if not found or _BUILDS.search(job.text) or found["made"] in {"s3:", "."}:
            continue
        made = found["made"]
        builder = next((j for j in pipeline.jobs if j is not job and _BUILDS.search(j.text)), None)
        keeps = any(made in str(j.told.get("artifacts", "")) for j in pipeline.jobs)
        if builder and not keeps:
            yield _fault(
                pipeline, "not-handed-on", line,
                f"{job.name} uploads {made}, which {builder.name} built in another container and "
                "did not keep: the folder is missing here, and with --delete an empty one empties "
                "the bucket",
                f"artifacts: {{paths: [{made}/]}} in {builder.name}",
            )  # fmt: skip


def _released(pipeline: GitlabPipeline, job: GitlabJob) -> Iterator[Fault]:
    """How it deploys: latest, two at once, nothing to go back to, a plan nobody saw."""
    if not _DEPLOYS.search(job.text):
        return
    variables = {**_variables(pipeline), **job.variables}
    latest = any(v.endswith(":latest") for v in variables.values()) or ":latest" in pipeline.text
    if latest and "--force-new-deployment" in job.text:
        line = next((n for n, t in enumerate(pipeline.lines, 1) if ":latest" in t and
                     "image:" not in t), job.line)  # fmt: skip
        text = pipeline.lines[line - 1]
        new = text.replace(":latest", ":$CI_COMMIT_SHA")
        yield _fault(
            pipeline, "image-latest", line,
            f"the image is pushed as :latest and {job.name} starts it anew: there is no earlier "
            "version to go back to, and a task that restarts may run another image than its "
            "neighbour. A tag by commit needs a new task definition that names it",
            new.strip(),
        )  # fmt: skip
    applied = re.search(r"terraform (?:\S+ )*?apply\b(?P<rest>.*)", job.text)
    if (
        applied
        and "auto-approve" in applied["rest"]
        and not re.search(r"\b[\w./-]*plan[\w.-]*\s*$|\.tfplan", applied["rest"])
    ):
        yield _fault(
            pipeline, "unseen-plan", job.line,
            f"{job.name} makes its own plan and applies it without asking: what was reviewed in "
            "the merge request is another one",
            "plan -out=plan.tfplan in a job before with artifacts, then apply plan.tfplan behind "
            "when: manual",
        )  # fmt: skip
    if "resource_group" not in job.told:
        inner = indent_of(pipeline.lines[job.line]) if job.line < len(pipeline.lines) else "  "
        yield _fault(
            pipeline, "no-resource-group", job.line,
            f"two pipelines may run {job.name} at once, and the older may end last and stay",
            "resource_group: production", evidence=(YAML,),
            edits=(Edit(first=job.line + 1, last=job.line,
                        lines=(f"{inner}resource_group: production",)),),
        )  # fmt: skip
    if "environment" not in job.told:
        yield _fault(
            pipeline, "no-environment", job.line,
            f"{job.name} names no environment: GitLab shows no deploys, offers no roll-back, and "
            "the secrets of production cannot be kept from other jobs",
            "environment: production", rank="security",
        )  # fmt: skip


def _keys(pipeline: GitlabPipeline) -> Iterator[Fault]:
    uses = next((j for j in pipeline.jobs if re.search(r"\baws \w|\bterraform \w", j.text)), None)
    if uses and "id_tokens" not in pipeline.text and not pipeline.includes:
        yield _fault(
            pipeline, "stored-key", uses.line,
            f"{uses.name} signs in to AWS without an ID token, so by a key that never ends in the "
            "project's variables, or by the runner's own role",
            "id_tokens: {AWS_TOKEN: {aud: https://gitlab.com}} and a role that trusts this project "
            "and branch", rank="security", evidence=(TOKENS,),
        )  # fmt: skip


def _slow(pipeline: GitlabPipeline, job: GitlabJob) -> Iterator[Fault]:
    cached = str(job.told.get("cache", ""))
    if "node_modules" in cached and re.search(r"\bnpm ci\b", job.text):
        yield _fault(
            pipeline, "cache-deleted", job.at("cache"),
            f"{job.name} caches node_modules, and npm ci deletes that folder first: the cache "
            "costs time and saves none",
            "cache: {key: {files: [package-lock.json]}, paths: [.npm/]} and npm ci --cache .npm",
            rank="speed",
        )  # fmt: skip
