"""What a project folder tells: facts with their lines, the picture, and what was not read."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import yaml_file
from blueproof.core.brief import Fact
from blueproof.core.errors import InputError
from blueproof.decide.reading import needs_of
from blueproof.intake.folder import walk as walking
from blueproof.intake.folder.architecture import MOST_NODES
from blueproof.intake.folder.packages import catalogue
from blueproof.intake.folder.read import Folder, read_folder
from blueproof.intake.folder.readers import READERS
from blueproof.intake.paths import with_folder
from blueproof.intake.words.read import read_request
from clock import least_seconds

PROJECTS = sorted((Path(__file__).parent / "projects").glob("*.yaml"))


def project(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml_file.load(path.read_text(encoding="utf-8"))
    return loaded


def made(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def told(facts: tuple[Fact, ...]) -> list[str]:
    shown = ((f, f"{f.value:g}" if isinstance(f.value, float) else f.value) for f in facts)
    return [f"{fact.key} = {value} @ {fact.where}" for fact, value in shown]


def values(folder: Folder, key: str) -> set[float | str]:
    return {fact.value for fact in folder.facts if fact.key == key}


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.stem)
def test_project_is_read_into_exactly_these_facts(path: Path, tmp_path: Path) -> None:
    expected = project(path)
    folder = read_folder(made(tmp_path, expected["files"]))
    assert told(folder.facts) == expected["facts"]
    assert folder.not_read == ()


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.stem)
def test_project_is_drawn_as_exactly_this(path: Path, tmp_path: Path) -> None:
    expected = project(path)
    diagram = read_folder(made(tmp_path, expected["files"])).diagram
    assert diagram is not None
    lines = [": ".join([f"{n.kind} {n.label}", *filter(None, [", ".join(n.lines)])])
             for n in diagram.nodes]  # fmt: skip
    assert lines == expected["nodes"]
    assert [f"{e.source} -> {e.target}: {e.label}" for e in diagram.edges] == expected["edges"]


def test_there_are_enough_expected_facts_and_each_stands_in_a_file_at_a_line() -> None:
    expected = [
        (fact, project(path)["files"]) for path in PROJECTS for fact in project(path)["facts"]
    ]
    assert len(PROJECTS) >= 8
    assert len(expected) >= 150
    for fact, files in expected:
        name, _, line = fact.rpartition(" @ ")[2].rpartition(":")
        assert 1 <= int(line) <= max(files[name].count("\n"), 1), fact


def test_every_reader_has_a_file_in_the_projects() -> None:
    names = [name for path in PROJECTS for name in project(path)["files"]]
    assert [r.id for r in READERS if not any(r.path.fullmatch(name) for name in names)] == []


def test_facts_from_files_say_so(tmp_path: Path) -> None:
    folder = read_folder(made(tmp_path, {"fly.toml": "", "go.mod": "go 1.23\n"}))
    assert folder.facts[0] == Fact(
        key="technology", value="fly-io", role="current", source="file", where="fly.toml:1"
    )
    assert {(f.source, f.quote, f.span) for f in folder.facts} == {("file", "", None)}
    assert folder.files_read == ("fly.toml", "go.mod")


# What is not read


def test_empty_folder_tells_nothing(tmp_path: Path) -> None:
    assert read_folder(tmp_path) == Folder(facts=(), diagram=None, files_read=(), not_read=())


def test_folder_without_a_project_tells_nothing(tmp_path: Path) -> None:
    files = {"README.md": "PostgreSQL, AWS::Lambda::Function", "notes.txt": "expo", "a.json": "[1]"}
    assert read_folder(made(tmp_path, files)).facts == ()


def test_one_box_is_no_picture(tmp_path: Path) -> None:
    assert read_folder(made(tmp_path, {"convex/schema.ts": "defineSchema({})"})).diagram is None


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_root_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"give the folder of your project$"):
        read_folder(tmp_path / name)


DAMAGED = {
    "package.json": ('{"dependencies": {"expo": "52"', "not JSON (line 1, column 31)"),
    "app.json": ("[" * 100_000, "not JSON that can be read"),
    "fly.toml": ("app = \nx", "not TOML (line 1, column 7)"),
    "compose.yaml": ("services:\n  a: [b\nc: d", "not YAML (line 3)"),
    "serverless.yml": ("[" * 100_000, "not YAML (line 1)"),
    "render.yaml": ("- " * 50_000, "not YAML that can be read"),
    "pyproject.toml": ("a = " + "[" * 100_000, "not TOML"),
    "template.yaml": ("AWSTemplateFormatVersion: [\n", "not YAML (line 2)"),
}


def test_damaged_files_are_told_in_a_line_each_and_the_rest_is_read(tmp_path: Path) -> None:
    files = {name: text for name, (text, _) in DAMAGED.items()}
    folder = read_folder(made(tmp_path, {**files, "Dockerfile": "FROM node:22\n"}))
    assert sorted(folder.not_read) == sorted(f"{name}: {why}" for name, (_, why) in DAMAGED.items())
    assert values(folder, "version.node") == {"22"}
    assert folder.files_read == ("Dockerfile",)


def test_what_is_no_text_is_told_and_powershells_utf16_is_read(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    (tmp_path / "schema.sql").write_bytes(b"SQLite format 3\0")
    (tmp_path / "requirements.txt").write_bytes("fastapi==0.115.2\r\n".encode("utf-16"))
    folder = read_folder(tmp_path)
    assert folder.not_read == ("package.json: not UTF-8 text", "schema.sql: not text")
    assert values(folder, "version.fastapi") == {"0.115.2"}


def test_huge_file_is_passed_by(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"expo": "52"}}' + " " * (2 << 20))
    folder = read_folder(tmp_path)
    assert (folder.facts, folder.not_read) == ((), ("package.json: more than 2048 kB",))


def test_links_lead_nowhere_outside_and_circles_end(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    made(outside, {"package.json": '{"dependencies": {"expo": "52"}}'})
    made(root, {"config/env": "API_URL=\n"})
    (root / "around").symlink_to(root)
    (root / "package.json").symlink_to(outside / "package.json")
    (root / "apps").symlink_to(outside)
    (root / ".env.example").symlink_to("config/env")
    (root / "fly.toml").symlink_to("fly.toml")
    folder = read_folder(root)
    assert told(folder.facts) == [
        "environment-variable = API_URL @ .env.example:1",
        "service.setting = API_URL @ .env.example:1",
    ]
    assert folder.not_read == (
        "apps: a link out of the folder",
        "package.json: a link out of the folder",
    )


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "package.json")
    assert read_folder(tmp_path).facts == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_forbidden_file_and_folder_are_told(tmp_path: Path) -> None:
    made(tmp_path, {"package.json": "{}", "apps/a": ""})
    (tmp_path / "package.json").chmod(0)
    (tmp_path / "apps").chmod(0)
    told_ = read_folder(tmp_path).not_read
    (tmp_path / "apps").chmod(0o700)
    assert told_ == ("apps: permission denied", "package.json: permission denied")


def test_folders_of_others_and_ignored_ones_are_passed_by(tmp_path: Path) -> None:
    package = '{"dependencies": {"mongodb": "6"}}'
    folders = [
        "node_modules/a",
        "dist",
        ".next",
        "ios/Pods",
        "vendor/b",
        "venv",
        "old/x",
        "out-1",
        "c/gen",
    ]
    files = {f"{folder}/package.json": package for folder in folders}
    ignore = "# big ones\nold/\nout-*\n/c/gen\n*\n/kept\n!kept\n"
    kept = {"kept/package.json": '{"dependencies": {"redis": "4"}}', ".gitignore": ignore}
    folder = read_folder(made(tmp_path, {**files, **kept, "examples/package.json": package}))
    assert values(folder, "technology") == {"redis"}
    assert folder.not_read == ("examples: examples, taken for no part of the project",)


def test_manifests_are_read_four_folders_deep(tmp_path: Path) -> None:
    files = {
        "a/b/c/d/package.json": '{"dependencies": {"redis": "4"}}',
        "a/b/c/d/e/package.json": '{"dependencies": {"mongodb": "6"}}',
    }
    assert values(read_folder(made(tmp_path, files)), "technology") == {"redis"}


def test_near_files_are_read_first_and_the_bound_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "MOST_ENTRIES", 50)
    files = {f"a/{number}.md": "" for number in range(60)}
    folder = read_folder(made(tmp_path, {**files, "z/go.mod": "", "fly.toml": ""}))
    assert values(folder, "technology") == {"fly-io"}
    assert folder.not_read == (
        "a: only the first 50 entries are read",
        "z: only the first 50 entries are read",
    )


def test_three_thousand_files_take_less_than_half_a_second(tmp_path: Path) -> None:
    code = "import x from 'y';\nexport const f = () => fetch(`/api/${x}`);\n" * 20
    files = {f"src/{n % 60}/file{n}.ts": code for n in range(3000)}
    made(tmp_path, {**files, "package.json": json.dumps({"dependencies": {"expo": "52"}})})
    read_folder(tmp_path)  # what is read once for all, and the disk's cache
    assert least_seconds(lambda: read_folder(tmp_path)) < 0.6


# Secrets

PLANTED = "Zq7hunterZq7"


def test_secrets_stand_nowhere_in_what_is_told(tmp_path: Path) -> None:
    held = project(Path(__file__).parent / "planted.yaml")
    files = {name: text for name, text in held["files"].items() if PLANTED in name + text}
    assert files == held["files"]  # each file holds it
    files |= {f"password={PLANTED}/package.json": "{", f"fly.password={PLANTED}.toml": ""}
    folder = read_folder(made(tmp_path, files))
    assert PLANTED.lower() not in repr(folder).lower()
    assert values(folder, "environment-variable") == {"STRIPE_KEY", "PEM", "BUCKET"}
    assert {"terraform", "docker-compose", "redis", "postgresql"} <= values(folder, "technology")
    assert ".env" not in folder.files_read


# Whatever stands in the files

NAMES = sorted({name for path in PROJECTS for name in project(path)["files"]})
KEYS = (
    "expo services dependencies Resources Type Properties functions events provider jobs steps a "
    "crons project image build plugins scripts engines"
).split()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(name=st.sampled_from(NAMES), value=JSON)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_no_shape_of_document_is_a_traceback(tmp_path: Path, name: str, value: object) -> None:
    folder = read_folder(made(tmp_path, {name: json.dumps(value)}))
    assert [line for line in folder.not_read if len(line.splitlines()) != 1] == []


@given(path=st.sampled_from(PROJECTS), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_file_cut_short_is_a_traceback(tmp_path: Path, path: Path, data: st.DataObject) -> None:
    files = project(path)["files"]
    cut = {name: text[: data.draw(st.integers(0, len(text)))] for name, text in files.items()}
    read_folder(made(tmp_path, cut))


# The picture and the merging


def test_picture_is_bounded(tmp_path: Path) -> None:
    names = """stripe twilio resend openai ioredis mongodb pg mysql2 meilisearch typesense kafkajs
    @clerk/express @sentry/node algoliasearch cloudinary pusher ably nats amqplib minio express
    convex @supabase/supabase-js expo next postmark @sendgrid/mail livekit-server-sdk""".split()
    package = {"dependencies": dict.fromkeys(names, "1.0.0")}
    diagram = read_folder(made(tmp_path, {"package.json": json.dumps(package)})).diagram
    assert diagram is not None
    assert len(diagram.nodes) == MOST_NODES


def test_same_technology_is_told_once_where_it_is_told_best(tmp_path: Path) -> None:
    files = {
        "package.json": '{"dependencies": {"pg": "8.0.0"}}',
        "compose.yaml": "services:\n  db:\n    image: postgres:15\n",
    }
    folder = read_folder(made(tmp_path / "a", files))
    assert "technology = postgresql @ compose.yaml:3" in told(folder.facts)
    terraform = (
        'resource "aws_db_instance" "a" {\n  engine = "postgres"\n  engine_version = "16"\n}'
    )
    folder = read_folder(made(tmp_path / "b", {**files, "x/db.tf": terraform}))
    assert "technology = postgresql @ x/db.tf:1" in told(folder.facts)
    assert values(folder, "version.postgresql") == {"16"}


def test_store_of_production_stands_for_that_of_the_compose_file(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  api: {build: ., depends_on: [db]}\n  db: {image: postgres}\n",
        "db.tf": 'resource "aws_db_instance" "a" {\n  engine = "postgres"\n}\n',
    }
    diagram = read_folder(made(tmp_path, files)).diagram
    assert diagram is not None
    assert [node.label for node in diagram.nodes] == ["api", "Amazon RDS"]
    assert [(e.source, e.target, e.label) for e in diagram.edges] == [
        ("service-api", "amazon-rds", "SQL")
    ]


def test_one_compose_file_lies_over_another(tmp_path: Path) -> None:
    files = {
        "compose.deploy.yml": "services:\n  db: {restart: always}\n  web: {restart: always}\n",
        "compose.yml": "services:\n  api: {build: ., environment: [DB=pg://a@db/x]}\n"
        "  db: {image: mysql}\n  e2e: {build: e2e}\n  web: {build: web, depends_on: [api]}\n",
        "package.json": '{"dependencies": {"vite": "5.0.0", "koa": "2.0.0"}}',
    }
    diagram = read_folder(made(tmp_path, files)).diagram
    assert diagram is not None
    assert [(n.label, n.lines) for n in diagram.nodes] == [
        ("Web app", ("Vite",)),
        ("api", ("Koa",)),
        ("MySQL", ()),
    ]
    assert [(e.source, e.target) for e in diagram.edges] == [("service-api", "mysql")]


def test_locked_version_counts_where_the_package_is_wanted(tmp_path: Path) -> None:
    def lock(number: str) -> str:
        return json.dumps({"packages": {"node_modules/express": {"version": number}}})

    files = {
        "a/package-lock.json": lock("3.0.0"),
        "a/package.json": "{}",
        "server/package-lock.json": lock("4.17.1"),
        "server/package.json": '{"dependencies": {"express": "latest"}}',
    }
    assert values(read_folder(made(tmp_path, files)), "version.express") == {"4.17.1"}


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("django<6,>=5.1", "5.1"),
        ("django==5.2.1 ; python_version > '3'", "5.2.1"),
        ("Django~=4.2", "4.2"),
        ("django!=5.0", None),
        ("django", None),
    ],
)
def test_version_is_the_lower_end(tmp_path: Path, said: str, version: str | None) -> None:
    folder = read_folder(made(tmp_path, {"requirements.txt": said}))
    assert values(folder, "version.django") == ({version} if version else set())


def test_what_is_for_development_proves_no_feature(tmp_path: Path) -> None:
    package = '{"devDependencies": {"ws": "8.0.0", "stripe": "17.0.0", "vite": "5.4.0"}}'
    folder = read_folder(made(tmp_path, {"package.json": package}))
    assert told(folder.facts) == [
        "technology = vite @ package.json:1",
        "version.vite = 5.4.0 @ package.json:1",
    ]


def test_stage_of_a_dockerfile_is_no_image(tmp_path: Path) -> None:
    dockerfile = "FROM python:3.12 AS node\nFROM --platform=linux/amd64 node\n"
    assert values(read_folder(made(tmp_path, {"Dockerfile": dockerfile})), "runtime") == {"python"}


def test_merged_yaml_is_read(tmp_path: Path) -> None:
    compose = "x: &base\n  image: mongo:7\nservices:\n  a:\n    <<: *base\n"
    folder = read_folder(made(tmp_path, {"compose.yaml": compose}))
    assert "technology = mongodb @ compose.yaml:2" in told(folder.facts)


def test_service_that_is_told_of_no_store_is_joined_to_none(tmp_path: Path) -> None:
    compose = (
        "services:\n  api: {build: ., depends_on: [db]}\n  gate: {build: gate, ports: ['80:80']}\n"
        "  db: {image: postgres}\n"
    )
    diagram = read_folder(made(tmp_path, {"compose.yaml": compose})).diagram
    assert diagram is not None
    assert [(e.source, e.target) for e in diagram.edges] == [("service-api", "postgresql")]


def test_permissions_asked_in_code_are_read(tmp_path: Path) -> None:
    config = "export default { slug: 'a', ios: { infoPlist: {\nNSLocationWhenInUseUsageDescription"
    folder = read_folder(made(tmp_path, {"app.config.js": config}))
    assert "feature = location-tracking @ app.config.js:2" in told(folder.facts)


def test_what_a_migration_takes_back_is_not_dropped(tmp_path: Path) -> None:
    alembic = 'def upgrade():\n op.create_table("a")\n\ndef downgrade():\n op.drop_table("a")\n'
    django = 'migrations.CreateModel(\n  name="B",\n)\nmigrations.DeleteModel(name="C")\n'
    files = {"x/migrations/0001.py": alembic, "y/migrations/0001.py": django}
    assert values(read_folder(made(tmp_path, files)), "scale.tables") == {2.0}


@pytest.mark.parametrize(
    ("user", "expected"), [("app:app", {"not-root"}), ("root", set()), ("0:0", set())]
)
def test_user_of_a_container_is_told_unless_it_is_root(
    tmp_path: Path, user: str, expected: set[str]
) -> None:
    folder = read_folder(made(tmp_path, {"Dockerfile": f"FROM node:22\nUSER {user}\n"}))
    assert values(folder, "container-user") == expected


def vocabulary(name: str) -> set[str]:
    """The ids of one list, whether each line begins with its id or is a JSON object."""
    words = Path(walking.__file__).parents[1] / "words"
    texts = [path.read_text(encoding="utf-8") for path in words.glob(f"{name}.[!p]*")]
    return {
        id_
        for text in texts
        for id_ in re.findall(r'^(?:\{"id": ")?([a-z0-9-]+)', text, re.MULTILINE)
    }


def test_ids_are_those_that_words_are_read_into() -> None:
    known, features = vocabulary("technologies"), vocabulary("features")
    own = {"drizzle-orm", "fly-io", "cloudformation"}
    facts = [fact for path in PROJECTS for fact in project(path)["facts"]]
    told_ids = {f.split(" ")[2] for f in facts if f.startswith("technology = ")}
    told_features = {f.split(" ")[2] for f in facts if f.startswith("feature = ")}
    for registry in ("npm", "pypi", "go"):
        listed = catalogue(registry)
        told_ids |= {id_ for ids in listed.technologies.values() for id_ in ids}
        told_features |= {id_ for ids in listed.features.values() for id_ in ids}
    assert told_ids - known - own == set()
    assert told_features - features == set()


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.stem)
def test_what_a_folder_tells_breaks_no_choice(path: Path, tmp_path: Path) -> None:
    brief = read_request("Convex or Firebase for our chat app with 10,000 users?")
    beside = with_folder(brief, made(tmp_path, project(path)["files"]))
    assert set(needs_of(brief).known) <= set(needs_of(beside).known)
