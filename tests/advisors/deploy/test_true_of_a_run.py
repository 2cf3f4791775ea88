"""What is said of a run of the pipeline is what its files do: images, plans, logs, timers."""

import json
import re
from pathlib import Path

import pytest
import yaml
from answering import Answer, answered, brief_of

from blueproof.advisors.deploy.case import Deployment

GITHUB = "CI/CD from GitHub Actions for our Express API with Postgres to AWS ECS Fargate."


def files_of(*packages: str, lint: str = "", **sources: str) -> dict[str, str]:
    scripts = {"build": "tsc", "start": "node dist/server.js", "test": "vitest run"}
    scripts |= {"lint": lint} if lint else {}
    named = {"express": "4.19.2", "typescript": "5.5.4"}
    for package in packages:
        name, _, version = package.rpartition(" ")
        named[name or version] = version if name else "9.0.0"
    manifest = {"name": "tickets", "scripts": scripts, "dependencies": named}
    given = {"package.json": json.dumps(manifest, indent=2), "package-lock.json": "{}"}
    server = "import express from 'express';\nexpress().listen(3000, '0.0.0.0');\n"
    return {**given, "src/server.ts": server, **sources}


def said_of(folder: Path, given: dict[str, str] | None = None, request: str = GITHUB) -> Answer:
    found = answered(brief_of({"request": request, "given": given or {}}, folder))
    assert found is not None
    return found


def test_image_that_is_pushed_is_the_one_that_was_scanned(tmp_path: Path) -> None:
    made = said_of(tmp_path, files_of())
    job = yaml.safe_load(made.files[".github/workflows/deploy.yml"])["jobs"]["build"]
    builds = [n for n, s in enumerate(job["steps"]) if "docker build" in s.get("run", "")]
    scans = [n for n, s in enumerate(job["steps"]) if "scan-action" in s.get("uses", "")]
    pushes = [n for n, s in enumerate(job["steps"]) if "docker push" in s.get("run", "")]
    assert len(builds) == len(scans) == len(pushes) == 1
    assert builds < scans < pushes
    build, scan, push = (job["steps"][n[0]] for n in (builds, scans, pushes))
    assert scan["with"]["image"] == "${{ vars.ECR_REPOSITORY }}:${{ github.sha }}"
    assert job["env"]["REPOSITORY"] == "${{ vars.ECR_REPOSITORY }}"
    assert job["env"]["TAG"] == "${{ github.sha }}"
    assert '"$REPOSITORY:$TAG"' in build["run"]
    assert 'docker push "$REPOSITORY:$TAG"' in push["run"]
    assert job["outputs"]["digest"] == f"${{{{ steps.{push['id']}.outputs.digest }}}}"
    assert "continue-on-error" not in scan
    assert "if" not in push or "always" not in push["if"]


def test_own_checks_build_an_image_for_a_review_alone(tmp_path: Path) -> None:
    made = said_of(tmp_path, files_of())
    steps = yaml.safe_load(made.files[".github/workflows/ci.yml"])["jobs"]["checks"]["steps"]
    images = [s for s in steps if "docker build" in s.get("run", "") or "scan" in s.get("uses", "")]
    assert len(images) == 2
    assert {s["if"] for s in images} == {"github.event_name == 'pull_request'"}
    tests = [s for s in steps if s.get("run") == "npm run test"]
    assert [s.get("if") for s in tests] == [None]


def test_nothing_is_said_of_a_tested_image(tmp_path: Path) -> None:
    made = said_of(tmp_path, files_of())
    assert "image that was tested" not in made.text + made.below("infra/")
    assert "the image that was scanned is the one that is pushed" in made.text


def test_gitlab_is_not_said_to_scan(tmp_path: Path) -> None:
    request = "CI/CD with GitLab CI (gitlab.com) for our Express API with Postgres to AWS ECS."
    made = said_of(tmp_path, files_of(), request)
    text = made.files[".gitlab-ci.yml"]
    assert "scanned" not in made.text
    build = "\n".join(yaml.safe_load(text)["build"]["script"])
    assert build.index("docker build") < build.index("docker push") < build.index("build.env")
    assert "steps." not in build
    assert build.count('echo "DIGEST=$DIGEST" >> build.env') == 1


@pytest.mark.parametrize("more", ["", " With a staging environment."])
def test_two_approvals_are_told_of_where_there_are_two(more: str, tmp_path: Path) -> None:
    made = said_of(tmp_path, files_of(), GITHUB + more)
    jobs = yaml.safe_load(made.files[".github/workflows/deploy.yml"])["jobs"]
    asked = [name for name, job in jobs.items() if job.get("environment") == "production"]
    assert ("With reviewers a deploy asks twice" in made.files["GUIDE.md"]) is (len(asked) > 1)
    assert len(asked) == (1 if more else 2)


def test_what_is_applied_is_the_plan_that_was_approved(tmp_path: Path) -> None:
    made = said_of(tmp_path, files_of())
    jobs = yaml.safe_load(made.files[".github/workflows/infra.yml"])["jobs"]
    kept, fetched = jobs["plan"]["steps"][-1], jobs["apply"]["steps"][-2]
    assert "environment" not in jobs["plan"]
    assert "plan" in jobs["apply"]["needs"]
    assert kept["with"]["name"] == fetched["with"]["name"]
    scripts = [step.get("run", "") for step in jobs["apply"]["steps"]]
    assert not any("infra/service plan " in script for script in scripts)


def test_push_applies_infrastructure_only_where_somebody_approves(tmp_path: Path) -> None:
    made = said_of(tmp_path, files_of())
    apply = yaml.safe_load(made.files[".github/workflows/infra.yml"])["jobs"]["apply"]
    assert "github.event_name == 'push' && vars.PRODUCTION_BY_HAND == 'false'" in apply["if"]
    assert apply["environment"] == "production-infra"
    guide = made.files["GUIDE.md"]
    assert "gh variable set PRODUCTION_BY_HAND --body false" in guide
    assert "infrastructure until somebody starts `gh workflow run infra.yml --ref main`" in guide
    assert "the saved plan of that run is what is applied" in guide
    assert "applies it once you approve or start it" in made.text
    assert "applies it after approval" not in made.text


LOGGERS = [
    ("pino", '{ ($.level = "error") || ($.level >= 50) }'),
    ("winston", '{ $.level = "error" }'),
    ("zod", "?ERROR ?Error ?error"),  # no library whose lines are known
]


@pytest.mark.parametrize(("package", "pattern"), LOGGERS)
def test_log_is_searched_as_its_library_writes_it(
    package: str, pattern: str, tmp_path: Path
) -> None:
    runbook = said_of(tmp_path, files_of(package)).files["RUNBOOK.md"]
    assert re.findall(r"--filter-pattern '([^']+)'", runbook) == [pattern]
    assert ("Lines are JSON" in runbook) is (package != "zod")


@pytest.mark.parametrize(
    ("package", "in_address", "said"),
    [
        ("@prisma/client 5.22.0", True, "holds the pool to"),
        ("@prisma/client 7.1.0", False, "before Prisma 7"),
        ("knex 3.1.0", False, r"`pool\.max`"),
        ("pg 8.13.0", False, "`max` of your pool"),
    ],
)
def test_pool_is_set_or_said_to_be_unset_and_holds_in_a_deploy(
    package: str, *, in_address: bool, said: str, tmp_path: Path
) -> None:
    made = said_of(tmp_path, files_of(package, "pg 8.13.0"))
    runbook, terraform = made.files["RUNBOOK.md"], made.files["infra/service/database.tf"]
    found = re.search(r"about (\d+), and a deploy runs up to (\d+) tasks: (\d+) in each", runbook)
    assert found
    most, tasks, each = (int(number) for number in found.groups())
    assert int(re.search(r"max_capacity\s+= (\d+)", made.below("infra/service"))[1]) * 2 == tasks  # type: ignore[index]
    assert each * tasks <= most * 0.8 < (each + 1) * tasks
    assert re.search(said, runbook)
    assert (f"&connection_limit={each}" in terraform) is in_address
    assert ("Nothing here sets that" in runbook) is not in_address


def test_pool_leaves_room_for_all_the_workers_of_a_deploy(tmp_path: Path) -> None:
    request = (
        "CI/CD with GitHub Actions to AWS ECS Fargate for a FastAPI app and a Celery worker "
        "(python 3.12, poetry), Redis, Postgres. Jobs take up to 30 s."
    )
    made = said_of(tmp_path, request=request)
    found = re.search(
        r"about (\d+), and a deploy runs up to (\d+) tasks and (\d+) of its workers: (\d+) in each",
        made.files["RUNBOOK.md"],
    )
    assert found
    most, tasks, workers, each = (int(number) for number in found.groups())
    text = made.files["infra/service/workers.tf"]
    assert workers == 2 * sum(int(n) for n in re.findall(r"max_capacity\s+= (\d+)", text))
    assert each * (tasks + workers) <= most * 0.8
    assert "in the code, set `pool_size`" in made.files["RUNBOOK.md"]


@pytest.mark.parametrize("lint", ["eslint src --ext .ts", ""])
def test_script_that_may_fail_is_tried_before_the_first_push(lint: str, tmp_path: Path) -> None:
    made = said_of(tmp_path, files_of(lint=lint))
    assert ("try `npm run lint` before you push" in made.files["GUIDE.md"]) is bool(lint)
    assert ("npm run lint" in made.files[".github/workflows/ci.yml"]) is bool(lint)


JOBS = {
    "rows and mails": "setInterval(async () => {\n  const late = await db.invoice.findMany();\n"
    "  await mail(late);\n}, 3_600_000);\n",
    "a word with ping in it": "setInterval(async () => { await shipping.push(); }, 5000);\n",
    "a named job": "setInterval(sendReminders, 60 * 60 * 1000);\n",
    "a call outside": "setInterval(() => { fetch('https://x.example/sync') }, 5000);\n",
    "a scheduler": "import schedule from 'node-schedule';\n"
    "schedule.scheduleJob('0 3 * * *', closeDay);\n",
}
NO_JOBS = {
    "a cache": "setInterval(() => cache.clear(), 60_000);\n",
    "a heartbeat": "setInterval(() => { for (const ws of all) ws.ping(); }, 30_000);\n",
    "a gauge": "setInterval(async () => gauge.set(await queueSize()), 10_000);\n",
    "a note": "// setInterval(async () => { await send(); }, 1000);\n",
    "a counter": "setInterval(() => { seen = 0; }, 1000);\n",
}


@pytest.mark.parametrize("name", [*JOBS, *NO_JOBS])
def test_job_in_the_process_is_named_where_it_stands(name: str, tmp_path: Path) -> None:
    text = "// jobs\n" + {**JOBS, **NO_JOBS}[name]
    made = said_of(tmp_path, files_of(**{"src/jobs.ts": text}))
    line = 3 if name == "a scheduler" else 2
    assert (f"src/jobs.ts:{line}: " in made.text) is (name in JOBS)
    assert ("repeats its job in every copy" in made.text) is (name in JOBS)
    assert ("out of the service, or put a lock around" in made.text) is (name in JOBS)


def test_scheduler_in_a_python_service_is_named_where_it_starts(tmp_path: Path) -> None:
    main = "from fastapi import FastAPI\napp = FastAPI()\nscheduler = BackgroundScheduler()\n"
    given = {"requirements.txt": "fastapi==0.115.0\nuvicorn==0.30.0\n", "app/main.py": main}
    made = said_of(tmp_path, given, "Deploy this FastAPI service to AWS ECS with GitHub Actions.")
    assert "app/main.py:3: BackgroundScheduler repeats its job in every copy" in made.text


@pytest.mark.parametrize("path", ["web/clock.tsx", "src/ticker.ts", "src/worker.ts"])
def test_timer_of_a_screen_or_a_worker_is_none_of_the_service(path: str, tmp_path: Path) -> None:
    screen = "import { useEffect } from 'react';\n" if "worker" not in path else ""
    given = files_of(**{path: f"{screen}setInterval(async () => {{ await send(); }}, 1000);\n"})
    manifest = json.loads(given["package.json"])
    manifest["scripts"]["start:worker"] = "node dist/worker.js"
    given["package.json"] = json.dumps(manifest)
    brief = brief_of({"request": GITHUB, "given": given}, tmp_path)
    assert Deployment(brief).service.timers == ()


def test_image_is_not_said_to_run_on_lambda_as_it_is(tmp_path: Path) -> None:
    made = said_of(tmp_path, files_of())
    assert "Lambda" in made.text.splitlines()[0]
    assert "the same image on Lambda" not in made.text
    assert "lambda-adapter" not in made.files["Dockerfile"]
    assert "with an adapter for Lambda" in made.text.splitlines()[0]


def test_all_that_refuses_to_be_destroyed_is_named(tmp_path: Path) -> None:
    made = said_of(tmp_path, files_of())
    back = next(s for s in made.files["GUIDE.md"].splitlines() if "infra/service destroy" in s)
    protected = {
        path.rpartition("/")[2]
        for path, text in made.files.items()
        if path.startswith("infra/service/")
        and re.search(r"deletion_protection\s+= true|prevent_destroy\s+= true", text)
    }
    assert len(protected) == 2
    assert all(name in back for name in protected)
    assert "enable_deletion_protection" in back
    assert back.index("prevent_destroy") < back.index("destroy`")
