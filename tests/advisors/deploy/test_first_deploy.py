"""A first deploy of a folder as people have them: what stops it, what is there, what moves over."""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

from blueproof.advisors.deploy.advise import advise, bills, conclude, files
from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.steps import steps
from blueproof.core.claim import Upholds
from blueproof.engines import linters, terraform
from blueproof.engines.deployment.rules import judge
from blueproof.engines.deployment.rules import rules as judging
from blueproof.intake.paths import with_folder
from blueproof.intake.words.read import read_request

ASKED = (
    "Set up CI/CD for this API: GitHub Actions to AWS ECS Fargate, staging then production with an "
    "approval. "
)
SOURCE = {
    "package.json": '{"name": "vets", "type": "module", "scripts": {"start": "prisma migrate '
    'deploy && node src/server.js", "test": "node --test"}, "dependencies": {"express": "^4.21.0", '
    '"@prisma/client": "^6.1.0"}, "devDependencies": {"prisma": "^6.1.0"}}',
    "prisma/schema.prisma": 'datasource db { provider = "postgresql"\n  url = env("U") }\n',
    "prisma/migrations/1_init/migration.sql": "CREATE TABLE a (id int);\nALTER TABLE a DROP COLUMN "
    "b;\n",
    "prisma/migrations/2_rename/migration.sql": 'ALTER TABLE "A" RENAME COLUMN "phone" TO "tel";\n'
    "CREATE INDEX i ON a (x);\n",
    "src/server.js": "import express from 'express';\nconst app = express();\n"
    "app.listen(8081, '127.0.0.1');\n",
    "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm install\nEXPOSE 3000\nCMD npm start\n",
    ".github/workflows/ci.yml": "name: ci\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n"
    "    env:\n      AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n    steps:\n"
    "      - run: npm test\n",
}


def written(folder: Path, changed: dict[str, str]) -> Path:
    for path, text in {**SOURCE, **changed}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def deployed(folder: Path, words: str = "", **changed: str) -> Deployment:
    return Deployment(with_folder(read_request(ASKED + words), written(folder, changed)))


def rules(deployment: Deployment) -> dict[str, str]:
    found = advise(deployment, deployment.brief, "how").findings
    return {finding.rule: finding.where for finding in found}


def claimed(deployment: Deployment) -> set[str]:
    draft = advise(deployment, deployment.brief, "how")
    claims = [c for r in draft.recommendations for c in r.claims]
    return {claim.promise for claim in claims if isinstance(claim, Upholds)}


STOPPED = {
    "listens-to-itself": "src/server.js:3",
    "migration-breaks": "prisma/migrations/2_rename/migration.sql:1",
    "migration-locks": "prisma/migrations/2_rename/migration.sql:2",
    "migrates-at-start": "package.json:1",
    "no-lock-file": "package.json:1",
    "keys-in-secrets": ".github/workflows/ci.yml:7",
    "workflow-there": ".github/workflows/ci.yml:1",
}
# What is mended in the folder, and which finding is gone then.
MENDED = (
    ("listens-to-itself", "src/server.js", "const app = x();\napp.listen(8081, '0.0.0.0');\n"),
    ("migration-breaks", "prisma/migrations/2_rename/migration.sql", "SELECT 1;\n"),
    ("migration-locks", "prisma/migrations/2_rename/migration.sql", "SELECT 1;\n"),
    ("migrates-at-start", "package.json",
     SOURCE["package.json"].replace("prisma migrate deploy && ", "")),
    ("no-lock-file", "package-lock.json", '{"lockfileVersion": 3}'),
    ("keys-in-secrets", ".github/workflows/ci.yml", "name: ci\non: push\njobs: {t: {steps: []}}\n"),
)  # fmt: skip


def test_what_stops_a_first_deploy_is_named_with_its_place(tmp_path: Path) -> None:
    deployment = deployed(tmp_path)
    found = rules(deployment)
    assert {rule: found.get(rule) for rule in STOPPED} == STOPPED
    now = [step.do for step in steps(deployment) if step.horizon == "now"]
    assert now[0].startswith("Make package-lock.json")
    assert "src/server.js:3" in now[1]
    assert "2_rename/migration.sql:1" in now[2]
    answer = conclude(deployment, advise(deployment, deployment.brief, "how")).answer
    assert "does not deploy: there is no package-lock.json" in answer


@pytest.mark.parametrize(("rule", "path", "text"), MENDED)
def test_what_is_mended_is_named_no_more(tmp_path: Path, rule: str, path: str, text: str) -> None:
    assert rule not in rules(deployed(tmp_path, **{path: text}))


def test_one_port_is_not_claimed_of_code_that_nobody_reaches(tmp_path: Path) -> None:
    assert "one-port" not in claimed(deployed(tmp_path / "a"))
    mended = deployed(tmp_path / "b", **{"src/server.js": "x();\napp.listen(8081);\n"})
    assert "one-port" in claimed(mended)


def test_the_port_is_the_one_that_the_code_listens_on(tmp_path: Path) -> None:
    assert deployed(tmp_path).service.port == 8081


def test_a_migration_long_applied_is_passed_over(tmp_path: Path) -> None:
    later = {f"prisma/migrations/{n}_x/migration.sql": "SELECT 1;" for n in (3, 4, 5)}
    assert "migration-breaks" not in rules(deployed(tmp_path, **later))


def test_the_key_is_taken_away_after_the_first_deploy(tmp_path: Path) -> None:
    said = [step.do for step in steps(deployed(tmp_path))]
    assert any("gh secret delete AWS_ACCESS_KEY_ID" in do and "IAM user" in do for do in said)


def test_the_way_back_is_the_task_definition_before(tmp_path: Path) -> None:
    runbook = files(deployed(tmp_path))["RUNBOOK.md"]
    back = runbook.split("## ")[1]
    assert "aws ecs update-service" in back
    assert "three minutes" in back
    assert "2_rename/migration.sql:1 is not" in back


def test_a_staging_is_one_small_task_and_the_smallest_database(tmp_path: Path) -> None:
    deployment = deployed(tmp_path, "We get 400 requests per second. ")
    assert deployment.tier == "large"
    found = files(deployment)
    assert "local.is_production ? " in found["infra/service/database.tf"]
    lines = {line.item: line for line in bills(deployment)[0].lines}
    own = lines["aws_ecs_service.service: vCPUs"].quantity
    assert lines["staging aws_ecs_service.service: vCPUs"].quantity * 8 <= own
    assert "staging aws_db_instance.main: db.t4g.micro, one copy" in lines
    assert 1e7 < deployment.crossing < 1e9


@cache
def kept() -> Deployment:
    return Deployment(read_request(ASKED + "NestJS with Prisma. Our Postgres is already on RDS."))


def test_a_database_that_is_there_is_referred_to() -> None:
    deployment = kept()
    found = files(deployment)
    kinds = {r.kind for r in deployment.stacks.main.made}
    assert not kinds & {"aws_db_instance", "aws_vpc", "aws_subnet", "aws_nat_gateway"}
    assert "var.database_security_group" in found["infra/service/network.tf"]
    assert "describe-db-instances" in found["GUIDE.md"]
    assert "TF_VAR_vpc_id: ${{ vars.VPC_ID }}" in found[".github/workflows/infra.yml"]
    assert not [line for line in bills(deployment)[0].lines if "aws_db_instance" in line.item]
    assert (
        "beside what the database costs you already"
        in conclude(deployment, advise(deployment, deployment.brief, "how")).answer
    )
    assert "ec2:DeleteVpc" not in found["infra/bootstrap/pipeline.tf"]


def wrong(deployment: Deployment) -> list[str]:
    """What the rules hold against everything that is handed over."""
    found = files(deployment)
    return [j.wrong for rule in judging() for j in judge(rule, found) if j.wrong]


MOVED = "Currently someone ssh's into a VPS and runs docker by hand, with Postgres."


def test_what_runs_today_is_taken_over_by_a_rehearsed_copy() -> None:
    deployment = Deployment(read_request(f"{ASKED}Express. {MOVED}"))
    found = files(deployment)
    guide = found["GUIDE.md"]
    order = ["-var takes_traffic=false", "Rehearse the move", "pg_dump", "restore.sh old.dump",
             "Switch over", "TTL", "gh variable set TAKES_TRAFFIC --body true"]  # fmt: skip
    places = [guide.index(words) for words in order]
    assert places == sorted(places)
    assert "var.takes_traffic ? 1 : 0" in found["infra/service/domain.tf"]
    assert '--connect-to "::$BALANCER:443"' in found[".github/workflows/deploy.yml"]
    assert any(
        step.do.startswith("Take over from the present server") for step in steps(deployment)
    )


def test_without_a_present_place_nothing_is_moved() -> None:
    found = files(Deployment(read_request(f"{ASKED}Express with Postgres.")))
    assert "restore.sh" not in "".join(found)
    assert "takes_traffic" not in "".join(found.values())


FAKE_AWS = """#!/bin/sh
echo "$*" >> "$LOG"
case "$*" in
  *get-caller-identity*) echo 123456789012 ;;
  *presign*) echo "https://example.com/dump?signed" ;;
  *describe-task-definition*) cat "$TASK_FILE" ;;
  *register-task-definition*) cp next.json "$KEPT"; echo arn:revision ;;
  *describe-services*) echo '{"awsvpcConfiguration": {"subnets": ["subnet-1"]}}' ;;
  *run-task*) echo arn:aws:ecs:task/cluster/abc ;;
  *lastStatus*) echo STOPPED ;;
  *exitCode*) echo "$EXIT_CODE" ;;
esac
"""


@pytest.mark.parametrize(("code", "ends"), [("0", 0), ("1", 1)])
def test_the_restore_puts_the_dump_in_by_a_task_of_the_service(
    tmp_path: Path, code: str, ends: int
) -> None:
    if not shutil.which("jq"):
        pytest.skip("jq is not there")
    script = files(Deployment(read_request(f"{ASKED}Express. {MOVED}")))["infra/moving/restore.sh"]
    (tmp_path / "restore.sh").write_text(script, "utf-8")
    (tmp_path / "aws").write_text(FAKE_AWS, "utf-8")
    (tmp_path / "aws").chmod(0o755)
    task = {"family": "api-production", "revision": 3, "containerDefinitions": [
        {"name": "app", "image": "ours", "secrets": [{"name": "DATABASE_URL"}],
         "portMappings": [{"containerPort": 3000}]}]}  # fmt: skip
    (tmp_path / "task-file.json").write_text(json.dumps(task), "utf-8")
    told = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "NAME": "api", "PAUSE": "0", "EXIT_CODE": code,
        "LOG": str(tmp_path / "log"), "TASK_FILE": str(tmp_path / "task-file.json"),
        "KEPT": str(tmp_path / "kept.json"),
    }  # fmt: skip
    done = subprocess.run(
        ["sh", "restore.sh", "old.dump"], cwd=tmp_path, env=told, capture_output=True, check=False,
        text=True,
    )  # fmt: skip
    assert done.returncode == ends, done.stderr
    kept_task = json.loads((tmp_path / "kept.json").read_text("utf-8"))
    (container,) = kept_task["containerDefinitions"]
    assert kept_task["family"] == "api-production-restore"
    assert "revision" not in kept_task
    assert container["image"].startswith("public.ecr.aws/docker/library/postgres:17")
    assert container["secrets"] == [{"name": "DATABASE_URL"}]
    assert "DROP SCHEMA public CASCADE" in container["command"][0]
    assert "s3 rb" in (tmp_path / "log").read_text("utf-8")


def test_the_restore_pleases_shellcheck() -> None:
    script = files(Deployment(read_request(f"{ASKED}Express. {MOVED}")))["infra/moving/restore.sh"]
    found = linters.shellcheck(
        {"w.yml": yaml.safe_dump({"jobs": {"a": {"steps": [{"run": script}]}}})}
    )
    if found is None:
        pytest.skip("shellcheck is not there")
    assert found == ()


WORDS = (
    "NestJS with Prisma. Our Postgres is already on RDS.",
    "Express. We have an existing VPC with private subnets and a NAT gateway. Postgres, Redis.",
    "Express with Neon Postgres.",
    f"Express. {MOVED}",
    f"Express. {MOVED} The database is already on RDS.",
    "How do I deploy my Koa API with Postgres to AWS Lambda? Our RDS is already there.",
)


@pytest.mark.parametrize("words", WORDS)
def test_every_rule_holds_of_what_is_handed_over(words: str) -> None:
    assert wrong(Deployment(read_request(ASKED + words))) == []


@pytest.mark.nightly
@pytest.mark.parametrize("words", WORDS)
def test_terraform_accepts_it(words: str) -> None:
    found = files(Deployment(read_request(ASKED + words)))
    infra = {path: text for path, text in found.items() if path.endswith((".tf", ".hcl"))}
    said = (terraform.formatted(infra), terraform.valid(infra))
    if None in said:
        pytest.skip("terraform or its provider is not there")
    assert said == ((), ())
