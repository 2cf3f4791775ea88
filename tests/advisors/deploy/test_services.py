"""Three services after the manner of well-known ones: each fact is read, and shown in the files.

`facts.yaml` beside each says what a reader must see, in which line, and which text in which of the
files stands for it. "answer" is what is said besides the files.
"""

import json
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.deploy.advise import advise, conclude, files
from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.findings import findings
from blueproof.advisors.deploy.load import Shape
from blueproof.advisors.deploy.parts.docker import dockerfile
from blueproof.core.brief import Brief
from blueproof.core.claim import Upholds
from blueproof.costs.aws_stack import unpriced
from blueproof.engines import linters, terraform
from blueproof.engines.deployment.rules import judge
from blueproof.intake.paths import with_folder
from blueproof.intake.words.read import read_request

SERVICES = Path(__file__).parent / "services"
NAMES = ("express-prisma", "fastify-drizzle", "nest-monorepo")
SHAPES: tuple[Shape, ...] = ("fargate", "lambda")
MOST_UNSHOWN = 5
Entry = dict[str, Any]


@cache
def brief(name: str) -> Brief:
    return with_folder(read_request("Bring this API to AWS with CI/CD"), SERVICES / name)


@cache
def deployment(name: str, shape: Shape) -> Deployment:
    """The deployment in a shape, also one that is ruled out for the service."""
    made = Deployment(brief(name))
    if made.shape != shape:
        vars(made)["chosen"] = (shape, "standard")
    return made


@cache
def made(name: str, shape: Shape) -> dict[str, str]:
    return files(deployment(name, shape))


@cache
def answered(name: str, shape: Shape) -> str:
    """All that is said: the answer, the reasons, what was found, the steps."""
    there = deployment(name, shape)
    draft = advise(there, brief(name), "how")
    concluded = conclude(there, draft)
    lines = [concluded.answer, *(f.says for f in draft.findings)]
    lines += [reason for r in draft.recommendations for reason in r.because]
    return "\n".join([*lines, *(step.do for step in concluded.steps)])


def entries(name: str) -> list[Entry]:
    loaded: list[Entry] = yaml_file.load((SERVICES / name / "facts.yaml").read_text("utf-8"))
    return loaded


def label(entry: Entry) -> str:
    return f"{entry.get('fact') or 'no ' + entry['absent']} {entry.get('value', '')}".strip()


ALL = [pytest.param(n, e, id=f"{n}: {label(e)}") for n in NAMES for e in entries(n)]


def plain(words: str) -> str:
    """The words without how they are set: columns of signs move with their neighbours."""
    return " ".join(words.split())


def text_of(name: str, shape: Shape, path: str) -> str:
    return answered(name, shape) if path == "answer" else made(name, shape).get(path, "")


@pytest.mark.parametrize(("name", "entry"), ALL)
def test_a_fact_is_read_where_it_stands(name: str, entry: Entry) -> None:
    facts = [f for f in brief(name).facts if f.source == "file"]
    if "absent" in entry:
        assert entry["absent"] not in {f.key for f in facts}
        return
    told = [
        f.where for f in facts
        if (f.key, f"{f.value:g}" if isinstance(f.value, float) else f.value)
        == (entry["fact"], str(entry["value"]))
    ]  # fmt: skip
    assert entry["where"] in told


@pytest.mark.parametrize(("name", "entry"), ALL)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_fact_is_shown(name: str, entry: Entry, shape: Shape) -> None:
    shown = entry["shown"]
    if shape == "lambda":
        shown = entry.get("on_lambda", shown)
    if shown == "none":
        assert entry["because"]
        return
    missing = {
        path: words for path, words in shown.items()
        if plain(words) not in plain(text_of(name, shape, path))
    }  # fmt: skip
    assert missing == {}


BROKEN = (
    ("express-prisma", "src/app.ts", ('"/healthz"', '"/status"'), "health-route"),
    ("express-prisma", "package.json", ('"lint": ', '"fix": '), "service.lint"),
    ("express-prisma", "package.json", ('    "prisma": "^6.19.0",\n', ""), "service.migrate-tool"),
    ("fastify-drizzle", "package.json", ('"worker": ', '"dev:jobs": '), "service.worker"),
    (
        "fastify-drizzle",
        "src/routes/health.ts",
        ("/health/ready", "/ok"),
        "service.readiness-route",
    ),
    ("fastify-drizzle", "src/plugins/storage.ts", ("new S3Client", "made"), "service.upload"),
    ("nest-monorepo", "apps/api/src/main.ts", (".setGlobalPrefix", ".get"), "service.prefix"),
    ("nest-monorepo", "apps/worker/package.json", ('"start": ', '"begin": '), "service.worker"),
)


@pytest.mark.parametrize(("name", "path", "edit", "key"), BROKEN)
def test_what_is_taken_out_of_the_source_is_missed(
    tmp_path: Path, name: str, path: str, edit: tuple[str, str], key: str
) -> None:
    folder = tmp_path / name
    shutil.copytree(SERVICES / name, folder)
    text = (folder / path).read_text("utf-8")
    assert edit[0] in text
    (folder / path).write_text(text.replace(*edit), encoding="utf-8")
    facts = with_folder(read_request("Bring this API to AWS with CI/CD"), folder).facts
    kept = {(f.key, f"{f.value:g}" if isinstance(f.value, float) else str(f.value)) for f in facts}
    listed = {(str(e["fact"]), str(e["value"])) for e in entries(name) if "fact" in e}
    assert key in {lost for lost, _ in listed - kept}


def test_a_place_where_a_fact_is_not_shown_is_told() -> None:
    assert plain("EXPOSE 4001") not in plain(text_of("express-prisma", "fargate", "Dockerfile"))
    assert text_of("express-prisma", "fargate", "infra/service/workers.tf") == ""


@pytest.mark.parametrize("name", NAMES)
def test_enough_facts_are_listed_and_few_are_unshown(name: str) -> None:
    listed = entries(name)
    assert len(listed) >= 25
    assert len([e for e in listed if e["shown"] == "none"]) <= MOST_UNSHOWN


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_of_how_it_runs_is_listed(name: str) -> None:
    listed = {(e.get("fact"), str(e.get("value"))) for e in entries(name)}
    own = {
        (f.key, str(f.value)) for f in brief(name).facts
        if f.key.startswith("service.") and f.source == "file" and f.key != "service.name"
    }  # fmt: skip
    assert own - listed == set()


@pytest.mark.parametrize("name", NAMES)
def test_lambda_is_out_and_the_answer_says_why(name: str) -> None:
    there = Deployment(brief(name))
    assert there.shape == "fargate"
    assert "Lambda is out: " in answered(name, "fargate")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_resource_is_priced_or_free(name: str, shape: Shape) -> None:
    for stack in deployment(name, shape).stacks.all:
        assert unpriced(stack) == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_package_manager_is_enabled_after_node_is_set_up(name: str) -> None:
    checks = made(name, "fargate")[".github/workflows/ci.yml"]
    if "corepack enable" in checks:
        assert checks.index("actions/setup-node") < checks.index("corepack enable")
        assert checks.index("corepack enable") < checks.index("name: Install")
    assert ("corepack enable" in checks) == (name != "express-prisma")


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_is_switched_after_the_service_and_billed(name: str) -> None:
    there = deployment(name, "fargate")
    deploy = made(name, "fargate")[".github/workflows/deploy.yml"]
    billed = {line.item for line in there.bill("fargate", "standard", 1e6).lines}
    for worker in there.service.workers:
        assert deploy.index("Switch, and see that it stayed") < deploy.index(
            f"Switch the process {worker.name}"
        )
        assert f"aws_ecs_service.{worker.name}: vCPUs" in billed
    assert "workers.tf" not in " ".join(made(name, "lambda"))


@pytest.mark.parametrize("name", NAMES)
def test_migrations_in_a_function_know_the_address_of_the_database(name: str) -> None:
    (migrate,) = (
        r for r in deployment(name, "lambda").stacks.main.of("aws_lambda_function")
        if r.name == "migrate"
    )  # fmt: skip
    command = migrate.body.block("image_config").texts("command")
    assert command == ("node", "app/entrypoint.mjs", "app/migrate-server.mjs")
    root = deployment(name, "lambda").service.root
    assert f"{root}/{command[1]}".lstrip("/") in made(name, "lambda")
    assert f"{root}/{command[2]}".lstrip("/") in made(name, "lambda")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_promise_is_kept(name: str, shape: Shape) -> None:
    draft = advise(deployment(name, shape), brief(name), "how")
    promised = [c for r in draft.recommendations for c in r.claims if isinstance(c, Upholds)]
    assert len(promised) > 40
    broken = {
        claim.promise: [each.wrong for each in judge(claim.promise, texts(claim)) if each.wrong]
        for claim in promised
    }
    if shape == "lambda":  # it is ruled out for these services, so no bill of it is shown
        broken.pop("bill-is-whole", None)
    assert {promise: wrong for promise, wrong in broken.items() if wrong} == {}


def texts(claim: Upholds) -> dict[str, str]:
    return {file.path: file.text for file in claim.files}


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_terraform_accepts_the_stacks(name: str, shape: Shape) -> None:
    infra = {path: text for path, text in made(name, shape).items() if path.startswith("infra/")}
    said = (terraform.formatted(infra), terraform.valid(infra), terraform.tested(infra))
    if None in said:
        pytest.skip("terraform or its provider is not there")
    assert said == ((), (), ())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "lint", [linters.zizmor, linters.workflow_schema, linters.shellcheck, linters.hadolint]
)
def test_the_linters_accept_pipeline_and_image(name: str, shape: Shape, lint: object) -> None:
    assert callable(lint)
    part = ("Dockerfile",) if lint is linters.hadolint else (".github/workflows/",)
    found = lint({p: text for p, text in made(name, shape).items() if p.startswith(part)})
    if found is None:
        pytest.skip("the linter is not installed: blueproof doctor --install deploy")
    assert found == ()


LISTENS = {"src/server.ts": 'app.listen(3000, () => console.log("up"));\n'}


def written(
    folder: Path, files: dict[str, str], package: Mapping[str, object], shape: Shape = "fargate"
) -> tuple[Deployment, str]:
    """A service of these files, and its Dockerfile."""
    packed = {"name": "shop", "dependencies": {"express": "^5.1.0", "pg": "^8.16.0"}, **package}
    for path, text in {"package.json": json.dumps(packed), **LISTENS, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    there = Deployment(with_folder(read_request("Bring this API to AWS with CI/CD"), folder))
    return there, dockerfile(there.service, there.form(shape, "standard", 1e6))


def test_the_first_yarn_has_its_own_commands(tmp_path: Path) -> None:
    _, image = written(tmp_path, {"yarn.lock": "# yarn lockfile v1\n"}, {})
    assert "yarn install --frozen-lockfile" in image
    assert "yarn install --production --frozen-lockfile" in image
    assert "workspaces focus" not in image


def test_pnpm_removes_what_is_for_development_in_each_package(tmp_path: Path) -> None:
    locked = {
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
        "pnpm-workspace.yaml": "packages:\n  - apps/*\n",
    }
    _, image = written(tmp_path, locked, {})
    assert "CI=true pnpm install --prod --offline --no-frozen-lockfile" in image
    assert "pnpm prune" not in image


@pytest.mark.parametrize(
    ("start", "command"),
    [
        ("node --env-file=.env dist/server.js", '["node", "app/entrypoint.mjs", "dist/server.js"]'),
        ("node --import ./otel.mjs dist/server.js",
         '["node", "--import", "./otel.mjs", "app/entrypoint.mjs", "dist/server.js"]'),
        ("node -r dotenv/config dist/server.js --quiet",
         '["node", "-r", "dotenv/config", "app/entrypoint.mjs", "dist/server.js", "--quiet"]'),
    ],
)  # fmt: skip
def test_what_is_meant_for_node_stands_before_the_file(
    tmp_path: Path, start: str, command: str
) -> None:
    _, image = written(tmp_path, {}, {"scripts": {"start": start}}, "lambda")
    assert f"CMD {command}" in image


def test_without_a_start_the_compiled_entry_is_started(tmp_path: Path) -> None:
    _, image = written(tmp_path, {}, {"scripts": {"build": "tsc", "start": "nest start"}})
    assert 'CMD ["node", "dist/server.js"]' in image


def test_without_a_build_node_runs_the_source(tmp_path: Path) -> None:
    _, image = written(tmp_path, {}, {"scripts": {"start": "tsx src/server.ts"}})
    assert 'CMD ["node", "src/server.ts"]' in image


def test_of_several_that_listen_the_api_is_the_service(tmp_path: Path) -> None:
    package = {"scripts": {"start": "nest start", "build": "nest build"}}
    listens = "app.listen(3000);\n"
    beside = {
        "apps/admin/package.json": json.dumps({"name": "admin", **package}),
        "apps/api/package.json": json.dumps({"name": "api", **package}),
        "apps/admin/src/main.ts": listens,
        "apps/api/src/main.ts": listens,
    }  # fmt: skip
    (tmp_path / "src").mkdir()
    there, image = written(tmp_path, {**beside, "src/server.ts": ""}, {"workspaces": ["apps/*"]})
    assert there.service.root == "apps/api"
    assert "WORKDIR /app/apps/api" in image
    assert 'CMD ["node", "dist/main.js"]' in image
    assert "npm --prefix apps/api run build" in image


def test_openssl_comes_with_prisma_alone(tmp_path: Path) -> None:
    _, image = written(tmp_path, {}, {})
    assert "openssl" not in image
    assert "npx prisma" not in image


def test_a_migration_in_another_package_is_run_there(tmp_path: Path) -> None:
    package = {"name": "@shop/db", "scripts": {"db:migrate": "drizzle-kit migrate"},
               "devDependencies": {"drizzle-kit": "^0.31.0"}}  # fmt: skip
    beside = {"packages/db/package.json": json.dumps(package)}
    there, image = written(tmp_path, beside, {"scripts": {"start": "node dist/server.js"}})
    assert there.service.migrate == "npm --prefix /app/packages/db run db:migrate"
    assert 'npm --prefix packages/db pkg set "dependencies.drizzle-kit=^0.31.0"' in image
    checks = files(there)[".github/workflows/ci.yml"]
    assert "run: node --run db:migrate\n      working-directory: packages/db" in checks


def test_an_address_in_parts_is_told_and_asked_of_nobody(tmp_path: Path) -> None:
    example = "DB_HOST=localhost\nDB_PASSWORD=\nDB_NAME=shop\nLOG_LEVEL=info\n"
    there, _ = written(tmp_path, {".env.example": example}, {})
    assert there.service.settings == ("LOG_LEVEL",)
    assert there.service.secrets == ()
    assert "address-in-parts" in {f.rule for f in findings(there)}


def test_redis_in_parts_is_given_in_parts(tmp_path: Path) -> None:
    example = "REDIS_HOST=localhost\nREDIS_PORT=6379\n"
    package = {"dependencies": {"express": "^5.1.0", "ioredis": "^5.8.0"}}
    there, _ = written(tmp_path, {".env.example": example}, package)
    made = files(there)
    assert 'name  = "REDIS_HOST"' in made["infra/service/service.tf"]
    assert "settings" not in made["infra/service/variables.tf"]
    assert "REDIS_HOST: localhost" in made[".github/workflows/ci.yml"]
