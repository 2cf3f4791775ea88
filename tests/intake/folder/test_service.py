"""What a Node service's source proves of how it runs, and what a comment does not."""

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
    ],
)
def test_what_is_a_comment_or_harmless_proves_nothing(
    tmp_path: Path, source: str, key: str
) -> None:
    assert key not in read(tmp_path, source + "\n")
