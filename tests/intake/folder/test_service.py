"""What a Node service's source proves of how it runs, and what a comment does not."""

import json
from pathlib import Path

import pytest

from blueproof.intake.folder.read import read_folder

PACKAGE = """{"name": "shop", "type": "module", "scripts": {"start": "NODE_ENV=production node
src/main.js", "lint": "eslint .", "db:migrate": "node migrate.js", "test": "node --test"},
"dependencies": {"express": "^5.0.0", "pg": "^8.0.0"}}""".replace("\n", " ")


def read(folder: Path, source: str) -> dict[str, list[tuple[str, str]]]:
    (folder / "src").mkdir()
    (folder / "package.json").write_text(PACKAGE, encoding="utf-8")
    (folder / "src" / "main.js").write_text(source, encoding="utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for fact in read_folder(folder).facts:
        found.setdefault(fact.key, []).append((str(fact.value), fact.where))
    return found


def test_scripts_are_read_by_name_and_the_start_as_node_runs_it(tmp_path: Path) -> None:
    found = read(tmp_path, "app.listen(3000);\n")
    assert found["service.start"] == [("node src/main.js", "package.json:1")]
    assert found["service.lint"][0][0] == "lint"
    assert found["service.migrate"][0][0] == "db:migrate"
    assert found["service.module"][0][0] == "esm"
    assert found["service.entry"] == [("src/main.js", "src/main.js:1")]


@pytest.mark.parametrize(
    ("source", "key", "value"),
    [
        ('process.on("SIGTERM", stop);', "service.sigterm", "handled"),
        ("app.enableShutdownHooks();", "service.sigterm", "handled"),
        ("server.keepAliveTimeout = 65000;", "service.keep-alive", "set"),
        ('app.get("/ready", ok);', "service.readiness-route", "/ready"),
        ('const upload = multer({ dest: "up/" });', "service.upload", "disk"),
        ('import session from "express-session";\napp.use(session({ secret: s }));',
         "service.sessions", "memory"),
        ('import cron from "node-cron";', "service.scheduler", "node-cron"),
        ("const key = process.env.STRIPE_SECRET_KEY;", "service.secret", "STRIPE_SECRET_KEY"),
        ("const url = process.env.BASE_URL;", "service.setting", "BASE_URL"),
        ("const mail = process.env.SMTP_URL;", "service.secret", "SMTP_URL"),
        ("const ttl = process.env.ACCESS_TOKEN_TTL;", "service.setting", "ACCESS_TOKEN_TTL"),
        ('const key = config.getOrThrow<string>("API_KEY");', "service.secret", "API_KEY"),
        ("const schema = z.object({\n  BASE_URL: z.url(),\n});", "service.setting", "BASE_URL"),
        ("export default Joi.object({\n  PORT: Joi.number().default(3333),\n});", "port", "3333.0"),
        ('envSchema({ schema: {\n  PORT: { type: "number", default: 8080 },\n} });',
         "port", "8080.0"),
        ('app.setGlobalPrefix("api/v1");', "service.prefix", "api/v1"),
        ("const s3 = new S3Client({});", "service.upload", "bucket"),
        ('app.get("/health/live", ok);', "service.liveness-route", "/health/live"),
        ('app.get("/health/live", ok);', "health-route", "/health/live"),
        ('app.get("/health/ready", ok);', "service.readiness-route", "/health/ready"),
    ],
)  # fmt: skip
def test_the_source_proves(tmp_path: Path, source: str, key: str, value: str) -> None:
    assert [v for v, _ in read(tmp_path, source + "\n")[key]] == [value]


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ('// process.on("SIGTERM", stop);', "service.sigterm"),
        ('start(); // then process.on("SIGTERM", stop)', "service.sigterm"),
        ("// server.keepAliveTimeout = 65000", "service.keep-alive"),
        ("app.use(session({ store: redis, secret: s })); // express-session", "service.sessions"),
        ("const key = process.env.STRIPE_PUBLISHABLE_KEY;", "service.secret"),
        ("const mode = process.env.NODE_ENV;", "service.setting"),
        ("const here = process.env.AWS_REGION;", "service.setting"),
        ("await NestFactory.createApplicationContext(AppModule);", "service.entry"),
        ('app.get("/health/ready", ok);', "health-route"),
        ("const labels = {\n  PORT_NAME: z.string(),\n};", "service.setting"),
    ],
)
def test_what_is_a_comment_or_harmless_proves_nothing(
    tmp_path: Path, source: str, key: str
) -> None:
    assert key not in read(tmp_path, source + "\n")


def told(folder: Path, files: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for fact in read_folder(folder).facts:
        found.setdefault(fact.key, []).append((str(fact.value), fact.where))
    return found


def manifest(scripts: dict[str, str], **more: object) -> str:
    return json.dumps({"name": "shop", "scripts": scripts, **more}, indent=1)


@pytest.mark.parametrize(
    ("script", "command", "worker"),
    [
        ("worker", "node dist/worker.js", "worker: node dist/worker.js"),
        ("start:worker", "NODE_ENV=production node dist/worker.js", "worker: node dist/worker.js"),
        ("email-queue:start", "node dist/mail.js", "email-queue: node dist/mail.js"),
        ("worker:dev", "tsx watch src/worker.ts", ""),
        ("worker", "npm run build && node dist/worker.js", ""),
        ("network", "node net.js", ""),
    ],
)
def test_a_script_is_a_worker_by_its_name_if_node_runs_it(
    tmp_path: Path, script: str, command: str, worker: str
) -> None:
    found = told(tmp_path, {"package.json": manifest({script: command})})
    assert [v for v, _ in found.get("service.worker", [])] == ([worker] if worker else [])


def test_a_package_among_several_is_a_worker_by_its_folder(tmp_path: Path) -> None:
    start = manifest({"start": "node dist/main.js"})
    found = told(tmp_path, {"apps/api/package.json": start, "apps/jobs/package.json": start})
    assert found["service.start"] == [("node dist/main.js", "apps/api/package.json:4")]
    assert found["service.worker"] == [("jobs: node dist/main.js", "apps/jobs/package.json:4")]


def test_a_procfile_names_workers(tmp_path: Path) -> None:
    found = told(tmp_path, {"Procfile": "web: node server.js\nworker: node jobs.js\n"})
    assert found["service.worker"] == [("worker: node jobs.js", "Procfile:2")]


def test_what_starts_in_production_goes_before_what_starts_for_developers(tmp_path: Path) -> None:
    scripts = {"start": "nest start", "start:prod": "node dist/main"}
    found = told(tmp_path, {"package.json": manifest(scripts)})
    assert [v for v, _ in found["service.start"]] == ["node dist/main"]


@pytest.mark.parametrize(
    ("script", "dependencies", "developing", "tool"),
    [
        ("prisma migrate deploy", {}, {"prisma": "^6.1.0"}, "prisma ^6.1.0"),
        ("dotenv -- drizzle-kit migrate", {}, {"drizzle-kit": "0.31.0"}, "drizzle-kit 0.31.0"),
        ("tsx src/migrate.ts", {}, {"tsx": "^4.0.0"}, "tsx ^4.0.0"),
        ("prisma migrate deploy", {"prisma": "^6.1.0"}, {}, ""),
        ("node migrate.js", {}, {"prisma": "^6.1.0"}, ""),
        ("", {}, {"prisma": "^6.1.0"}, "prisma ^6.1.0"),
    ],
)
def test_what_migrates_and_is_there_for_development_alone_is_told(
    tmp_path: Path, script: str, dependencies: dict[str, str], developing: dict[str, str], tool: str
) -> None:
    text = manifest(
        {"migrate": script} if script else {},
        dependencies=dependencies, devDependencies=developing,
    )  # fmt: skip
    found = told(tmp_path, {"package.json": text})
    assert [v for v, _ in found.get("service.migrate-tool", [])] == ([tool] if tool else [])


def test_an_example_of_settings_gives_names_and_the_port_and_no_other_value(tmp_path: Path) -> None:
    text = 'PORT=4000\nLOG_LEVEL=debug\nAPI_TOKEN="abc"\nVITE_TITLE=x\nAWS_SECRET_ACCESS_KEY=y\n'
    found = told(tmp_path, {".env.example": text, "package.json": manifest({})})
    assert found["port"] == [("4000.0", ".env.example:1")]
    assert found["service.setting"] == [("LOG_LEVEL", ".env.example:2")]
    assert found["service.secret"] == [("API_TOKEN", ".env.example:3")]


def test_the_first_yarn_is_known_by_its_lock_file(tmp_path: Path) -> None:
    found = told(tmp_path, {"yarn.lock": "# yarn lockfile v1\n", "package.json": manifest({})})
    assert found["service.yarn"] == [("classic", "yarn.lock:1")]


def test_each_package_that_stops_cleanly_is_told(tmp_path: Path) -> None:
    start = manifest({"start": "node dist/main.js"})
    stops = 'process.on("SIGTERM", stop);\n'
    files = {f"apps/{app}/{file}": text for app in ("api", "mail") for file, text in
             (("package.json", start), ("main.js", stops))}  # fmt: skip
    found = told(tmp_path, files)
    assert [w for _, w in found["service.sigterm"]] == ["apps/api/main.js:1", "apps/mail/main.js:1"]
    assert len(found["service.start"]) == 2
