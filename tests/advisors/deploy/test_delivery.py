"""Requests for delivery as people write them, with the files that they hand over."""

import json
from pathlib import Path
from subprocess import run

import pytest
import yaml
from answering import answered, brief_of, holds

from blueproof.advisors.deploy.advise import advise, files
from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.owning import deploys
from blueproof.advisors.pipeline import advise as pipeline
from blueproof.advisors.pipeline.files import Files
from blueproof.advisors.pipeline.owning import mends
from blueproof.core.claim import Upholds
from blueproof.core.errors import InputError
from blueproof.engines import linters
from blueproof.engines.deployment.rules import judge
from blueproof.intake.paths import with_paths
from blueproof.intake.words.read import read_request

CASES = {
    case["name"]: case
    for case in yaml.safe_load(Path(__file__).with_name("delivery.yaml").read_text("utf-8"))
}
FAIR = [name for name, case in CASES.items() if not case.get("near_miss")]
NEAR = [name for name in CASES if name not in FAIR]


@pytest.mark.parametrize("name", FAIR)
def test_fair_request_is_answered_with_what_it_needs(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    answer = answered(brief_of(case, tmp_path))
    assert answer is not None
    holds(case, answer)


@pytest.mark.parametrize("name", NEAR)
def test_near_miss_is_left_to_others(name: str, tmp_path: Path) -> None:
    assert answered(brief_of(CASES[name], tmp_path)) is None


@pytest.mark.parametrize("name", FAIR)
def test_what_is_written_is_read_by_its_own_tools(name: str, tmp_path: Path) -> None:
    answer = answered(brief_of(CASES[name], tmp_path))
    assert answer is not None
    workflows = {p: t for p, t in answer.files.items() if p.startswith(".github/workflows/")}
    if workflows:
        assert linters.workflow_schema(workflows) in {(), None}
        assert linters.shellcheck(workflows) in {(), None}
    images = {p: t for p, t in answer.files.items() if p == "Dockerfile"}
    if images:
        assert linters.hadolint(images) in {(), None}
    for path, text in answer.files.items():
        if path.endswith(".json"):
            json.loads(text)
        if path.endswith(".py"):
            compile(text, path, "exec")


def test_secret_of_an_image_is_in_no_answer(tmp_path: Path) -> None:
    case = CASES["a Dockerfile alone, slow and leaky"]
    brief = brief_of(case, tmp_path)
    answer = answered(brief)
    assert answer is not None
    told = "\n".join((answer.text, *answer.files.values(), *(d.text for d in brief.documents)))
    assert "sk_live_51Habc" not in told


ALONE = {
    "Dockerfile": "FROM node:22\nCMD npm start\n",
    "release.yml": "name: r\non: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ls\n",
    "docker-compose.yml": "services:\n  api:\n    build: .\n    command: uvicorn a:b\n",
    "main.tf": 'resource "aws_ecs_cluster" "main" {}\n',
    "firestore.rules": "service cloud.firestore { match /a/{b} { allow read: if true; } }\n",
    "package.json": '{"dependencies": {"express": "4"}}\n',
    ".env.example": "STRIPE_SECRET_KEY=\n",
    "nginx.conf": "server {\n  location / {\n    proxy_pass http://127.0.0.1:8010;\n  }\n}\n",
}


@pytest.mark.parametrize("name", ALONE)
def test_single_file_is_read_like_a_folder_that_holds_just_it(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(ALONE[name], encoding="utf-8")
    brief = with_paths(read_request("What is wrong with this file?"), (tmp_path / name,))
    rules = any(d.role == "rules" for d in brief.documents)
    assert any(fact.source == "file" for fact in brief.facts) or rules
    assert rules is (name == "firestore.rules")


def test_file_that_nobody_reads_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"PK\x03\x04\0hello")
    with pytest.raises(InputError, match=r"notes\.docx: nothing reads such a file"):
        with_paths(read_request("What is wrong with this file?"), (tmp_path / "notes.docx",))


SOUND = """\
name: deploy
on:
  push:
    branches: [main]
permissions:
  contents: read
concurrency: deploy
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: make test
  deploy:
    needs: test
    runs-on: ubuntu-24.04
    environment: production
    permissions:
      id-token: write
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with:
          persist-credentials: false
      - uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c
        with:
          role-to-assume: arn:aws:iam::210987654321:role/portal-deploy
          aws-region: eu-west-1
      - run: cdk deploy --all
"""
TRUST = """\
{"Statement": [{"Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {
  "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
  "token.actions.githubusercontent.com:sub": "repo:kellerbau/portal:%s"}}}]}
"""


@pytest.mark.parametrize(
    ("subject", "rules"),
    [
        ("environment:production", set()),
        ("environment:staging", {"subject-does-not-match"}),
        ("*", {"subject-does-not-match", "subject-too-wide"}),
    ],
)
def test_trust_policy_is_held_against_the_job(
    subject: str, rules: set[str], tmp_path: Path
) -> None:
    (tmp_path / "deploy.yml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "trust.json").write_text(TRUST % subject, encoding="utf-8")
    request = read_request("Our deploy fails, what is wrong with the workflow?")
    found = mends(with_paths(request, (tmp_path / "deploy.yml", tmp_path / "trust.json")))
    assert {fault.rule for fault in found.faults} == rules if found else not rules


def test_files_of_delivery_are_let_be_where_something_else_is_asked(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(ALONE["Dockerfile"], encoding="utf-8")
    request = read_request("Should we take Convex or Firebase for the chat of our app?")
    assert mends(with_paths(request, (tmp_path,))) is None


def test_mended_workflow_keeps_what_stands_behind_a_command(tmp_path: Path) -> None:
    text = SOUND.replace(
        "      - run: cdk deploy --all\n",
        "      - run: docker push 1.dkr.ecr.eu-west-1.amazonaws.com/web:latest\n"
        "      - run: aws ecs update-service --cluster c --service web --task-definition web:7\n"
        "        env:\n          KEPT: yes\n      - run: echo kept\n",
    )
    (tmp_path / "deploy.yml").write_text(text, encoding="utf-8")
    brief = with_paths(
        read_request("Why does the deploy run the old image?"), (tmp_path / "deploy.yml",)
    )
    found = mends(brief)
    assert found is not None
    made = found.mended()[".github/workflows/deploy.yml"]
    steps = yaml.safe_load(made)["jobs"]["deploy"]["steps"]
    assert steps[-1] == {"run": "echo kept"}
    assert steps[-2]["env"] == {"KEPT": True}
    assert '--task-definition "$REVISION"' in steps[-2]["run"]
    assert ":latest" not in made


def test_command_that_is_wrapped_is_set_apart_as_terraform_does(tmp_path: Path) -> None:
    given = {
        "docker-compose.yml": "services:\n  api:\n    build: .\n    command: uvicorn app.main:app\n"
        "    ports: ['8000:8000']\n  worker:\n    build: .\n"
        "    command: celery -A app.celery worker -l info -c 4\n",
    }
    case = {"given": given, "request": "Deploy this compose file to AWS ECS with a pipeline."}
    answer = answered(brief_of(case, tmp_path))
    assert answer is not None
    lines = answer.files["infra/service/workers.tf"].splitlines()
    assert "      command = [" in lines
    assert not any(line.startswith("      command  ") for line in lines)


NODE = {
    "package.json": '{"name": "tickets", "type": "module", "scripts": {"build": "tsc", "start": '
    '"node dist/server.js", "test": "vitest run"}, "dependencies": {"express": "4.19.2", '
    '"@prisma/client": "5.18.0"}, "devDependencies": {"prisma": "5.18.0", "typescript": "5.5.4"}}',
    "tsconfig.json": "{}",
    "package-lock.json": "{}",
}


def node(tmp_path: Path, words: str, **changed: str) -> Deployment:
    request = "CI/CD from GitHub for our Express API to AWS Lambda, eu-west-1. " + words
    return Deployment(brief_of({"given": {**NODE, **changed}, "request": request}, tmp_path))


def test_all_that_the_image_needs_is_committed(tmp_path: Path) -> None:
    made = files(node(tmp_path, "Postgres by Prisma."))
    line = next(s for s in made["GUIDE.md"].splitlines() if s.startswith("git add "))
    needed = {path for path in made if path.startswith("app/")}
    assert {"app/entrypoint.mjs", "app/migrate-server.mjs"} <= needed
    assert {*needed, "package.json", "package-lock.json"} <= set(line.split())


def test_schema_of_prisma_is_not_looked_for_in_package_json(tmp_path: Path) -> None:
    made = files(node(tmp_path, "Postgres by Prisma."))
    assert "npx prisma generate" in made["Dockerfile"]
    assert "--schema package.json" not in "\n".join(made.values())


def test_function_without_a_way_out_says_so(tmp_path: Path) -> None:
    deployment = node(tmp_path, "Postgres by Prisma.")
    draft = advise(deployment, deployment.brief, "how")
    told = "\n".join(line for r in draft.recommendations for line in r.trade_offs)
    assert "no way to the internet" in told


def test_key_of_a_company_is_a_call_to_it(tmp_path: Path) -> None:
    source = "import express from 'express';\nexpress().listen(3000);\nprocess.env.STRIPE_KEY;\n"
    deployment = node(tmp_path, "Postgres by Prisma, no NAT.", **{"src/server.ts": source})
    assert deployment.service.calls_out
    assert deployment.shape == "fargate"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Uses Postgres on RDS via Prisma.", {"database", "network"}),
        ("It uses an RDS Postgres.", {"database", "network"}),
        ("Use Postgres on RDS for it.", set()),
    ],
)
def test_database_that_is_in_use_is_kept(words: str, kept: set[str], tmp_path: Path) -> None:
    assert node(tmp_path, words).service.kept == kept


OTHERS = {
    "uv and Arq": "CI/CD with GitHub Actions for a FastAPI app (uv, alembic, Postgres) with an arq "
    "worker on Redis to AWS ECS. Jobs take up to 30 s.",
    "poetry and Celery": "CI/CD with GitHub Actions to AWS ECS Fargate for a FastAPI app and a "
    "Celery worker (python 3.12, poetry), Redis, Postgres. Jobs take up to 12 minutes.",
    "Rails and Sidekiq": "We need CI/CD with GitHub Actions for a Rails API with "
    "Sidekiq on Redis, Postgres, to AWS ECS Fargate.",
}


@pytest.mark.parametrize("name", [*FAIR, *OTHERS])
def test_every_promise_of_a_delivery_is_kept(name: str, tmp_path: Path) -> None:
    brief = brief_of(CASES.get(name, {"request": OTHERS.get(name)}), tmp_path)
    if mends(brief) is not None:
        return
    assert deploys(brief)
    for recommendation in advise(Deployment(brief), brief, "how").recommendations:
        for claim in recommendation.claims:
            if isinstance(claim, Upholds):
                found = judge(claim.promise, {file.path: file.text for file in claim.files})
                assert found, claim.promise
                assert [each.wrong for each in found if each.wrong] == []


def test_secret_in_a_path_is_shown_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "password=hunter2zq"
    folder.mkdir()
    (folder / "Dockerfile").write_text(ALONE["Dockerfile"], encoding="utf-8")
    brief = with_paths(read_request("What is wrong with this Dockerfile?"), (tmp_path,))
    assert brief.documents
    assert "hunter2zq" not in repr(brief.documents)


def test_a_file_with_a_secret_is_mended_by_a_patch_that_applies(tmp_path: Path) -> None:
    workflow = (
        "name: deploy\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    env:\n"
        "      DATABASE_URL: postgres://app:geheim123@localhost:5432/app\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: npm install\n      - run: npm test\n"
    )
    place = tmp_path / ".github" / "workflows" / "deploy.yml"
    place.parent.mkdir(parents=True)
    place.write_text(workflow, encoding="utf-8")
    brief = with_paths(read_request("What is wrong with this workflow? It is slow."), (tmp_path,))
    draft = pipeline.advise(Files({d.parts[0][0]: d.text for d in brief.documents}, brief.request),
                            brief, "review")  # fmt: skip
    made = {a.path: a.text for a in draft.artifacts}
    assert list(made) == [".github/workflows/deploy.yml.patch"]
    patch = made[".github/workflows/deploy.yml.patch"]
    assert "geheim123" not in patch
    assert "***" not in patch
    (tmp_path / "a.patch").write_text(patch, encoding="utf-8")
    run(["git", "init", "-q"], cwd=tmp_path, check=True)
    run(["git", "apply", "--unidiff-zero", "a.patch"], cwd=tmp_path, check=True)
    text = place.read_text(encoding="utf-8")
    assert "geheim123" in text
    assert "npm ci" in text


def test_beat_inside_a_worker_becomes_a_process_of_its_own(tmp_path: Path) -> None:
    given = {
        "docker-compose.yml": "services:\n  api:\n    build: .\n    command: uvicorn app.main:app\n"
        "    ports: ['8000:8000']\n  worker:\n    build: .\n"
        "    command: celery -A shop worker -B -l info\n",
    }
    case = {"given": given, "request": "Deploy this compose file to AWS ECS with a pipeline."}
    answer = answered(brief_of(case, tmp_path))
    assert answer is not None
    text = answer.files["infra/service/workers.tf"]
    assert '"-B"' not in text
    assert '"beat"' in text


RUNS = """\
name: ci
on: [push]
jobs:
  test:
    runs-on: ubuntu-24.04
    services:
      db:
        image: postgres:16
    steps:
      - uses: actions/checkout@v4
      - run: npm ci && npm test
        env: {PGHOST: localhost}
  deploy:
    needs: test
    if: github.ref == 'main'
    runs-on: ubuntu-24.04
    steps:
      - run: aws s3 sync dist/ s3://web --delete
"""


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", {"ref-is-no-branch", "service-without-port", "nothing-checked-out"}),
        ("== 'main'", "== 'refs/heads/main'", {"service-without-port", "nothing-checked-out"}),
        ("postgres:16", "postgres:16\n        ports: ['5432:5432']",
         {"ref-is-no-branch", "nothing-checked-out"}),
        ("    services:", "    container: node:22\n    services:",
         {"ref-is-no-branch", "nothing-checked-out"}),
        ("      - run: aws", "      - uses: actions/download-artifact@v4\n      - run: aws",
         {"ref-is-no-branch", "service-without-port"}),
    ],
)  # fmt: skip
def test_what_keeps_a_job_from_running(before: str, after: str, found: set[str]) -> None:
    text = RUNS.replace(before, after, 1) if before else RUNS
    files = Files({".github/workflows/ci.yml": text}, "It is skipped and gets connection refused.")
    ours = {"ref-is-no-branch", "service-without-port", "nothing-checked-out"}
    assert {f.rule for f in files.faults} & ours == found
    mended = files.mended().get(".github/workflows/ci.yml", "")
    assert "github.ref == 'main'" not in mended
    assert ("5432:5432" in mended) or "container: node" in mended
