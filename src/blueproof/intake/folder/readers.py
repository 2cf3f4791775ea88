"""Which reader reads which file, the most telling reader first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.intake.folder import (
    beginning,
    cloudformation,
    convex,
    databases,
    ddl,
    docker,
    environment,
    expo,
    firebase,
    golang,
    hosting,
    java,
    linked,
    listening,
    manifest,
    pipelines,
    pools,
    python,
    python_service,
    service,
    source,
    terraform,
    variables,
)
from blueproof.intake.folder.found import Read
from blueproof.intake.folder.walk import MOST_BYTES

_DEEPEST_MANIFEST = 4
_MOST_SOURCE = 512 * 1024  # what is longer was made by a tool


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A reader and the files it is for: those of a name, or whose path fits."""

    id: str
    read: Read
    path: re.Pattern[str]


def _reader(id_: str, read: Read, path: str) -> Reader:
    return Reader(id=id_, read=read, path=re.compile(rf"(?:.*/)?(?:{path})"))


# What is deployed comes before what is declared, that before what is depended on.
READERS = (
    _reader("terraform", terraform.read_terraform, r"[^/]+\.tf"),
    _reader("template", cloudformation.read_template, r"[^/]+\.(?:ya?ml|json|template)"),
    _reader("serverless", cloudformation.read_serverless, r"serverless\.ya?ml"),
    _reader("sam", cloudformation.read_sam_config, r"samconfig\.toml"),
    _reader("cdk", cloudformation.read_cdk_json, r"cdk\.json"),
    _reader("fly", hosting.read_fly, r"fly(?:\.[\w-]+)?\.toml"),
    _reader("render", hosting.read_render, r"render\.ya?ml"),
    _reader("railway", hosting.read_railway, r"railway\.(?:json|toml)"),
    _reader("vercel", hosting.read_vercel, r"vercel\.json"),
    _reader("netlify", hosting.read_netlify, r"netlify\.toml"),
    _reader("wrangler", hosting.read_wrangler, r"wrangler\.(?:toml|jsonc?)"),
    _reader("convex-schema", convex.read_schema, r"convex/schema\.[tj]s"),
    _reader("convex-auth", convex.read_auth_config, r"convex/auth\.config\.[tj]s"),
    _reader("convex-components", convex.read_components, r"convex/convex\.config\.[tj]s"),
    _reader(
        "convex-functions", convex.read_functions, r"convex/(?!.*\.(?:test|config)\.).+\.[tj]s"
    ),
    _reader("firebase", firebase.read_firebase_json, r"firebase\.json"),
    _reader("rules", firebase.read_auth_in_rules, r"[^/]*\.rules"),
    _reader("firestore-indexes", firebase.read_indexes, r"firestore\.indexes\.json"),
    _reader("database-rules", firebase.read_database_rules, r"database\.rules\.jsonc?"),
    _reader(
        "firebase-project",
        firebase.read_project,
        r"\.firebaserc|google-services\.json|GoogleService-Info\.plist",
    ),
    _reader("supabase", databases.read_supabase, r"supabase/config\.toml"),
    _reader(
        "edge-function",
        databases.read_edge_function,
        r"supabase/functions/[^_/][^/]*/index\.[tj]sx?",
    ),
    _reader("prisma", databases.read_prisma, r"[^/]+\.prisma"),
    _reader(
        "orm",
        databases.read_orm_config,
        r"(?:drizzle\.config|knexfile|ormconfig|mikro-orm\.config)\.(?:[cm]?[tj]s|json)",
    ),
    _reader("alembic", databases.read_alembic, r"alembic\.ini"),
    _reader("settings", python.read_settings, r"settings(?:/[^/]+)?\.py"),
    _reader("manage", python.read_manage, r"manage\.py"),
    _reader(
        "dockerfile",
        docker.read_dockerfile,
        r"(?:[\w.-]+\.)?[Dd]ockerfile(?:\.[\w-]+)?|Containerfile",
    ),
    _reader("compose", docker.read_compose, r"(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml"),
    _reader(
        "lock",
        manifest.read_lock,
        r"package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml"
        r"|yarn\.lock|bun\.lock",
    ),
    _reader("binary-lock", manifest.read_binary_lock, r"bun\.lockb"),
    _reader("pip-lock", python.read_pip_lock, r"poetry\.lock|uv\.lock|Pipfile\.lock"),
    _reader("workspace", manifest.read_workspace, r"pnpm-workspace\.yaml"),
    _reader("node-version", manifest.read_node_version, r"\.nvmrc|\.node-version"),
    _reader("python-version", python.read_python_version, r"\.python-version|runtime\.txt"),
    _reader("app-json", expo.read_app_json, r"app\.json"),
    _reader("app-config", expo.read_app_config, r"app\.config\.[cm]?[tj]s"),
    _reader("eas", hosting.read_eas, r"eas\.json"),
    _reader("manifest", manifest.read_manifest, r"package\.json"),
    _reader("tsconfig", manifest.read_tsconfig, r"tsconfig\.json"),
    _reader(
        "requirements",
        python.read_requirements,
        r"requirements[\w.-]*\.txt|requirements/[\w.-]+\.txt",
    ),
    _reader("pyproject", python.read_pyproject, r"pyproject\.toml"),
    _reader("linked", linked.read_linked, r"requirements[\w.-]*\.txt|pyproject\.toml|Pipfile"),
    _reader("go", golang.read_go_mod, r"go\.mod"),
    _reader("java", java.read_build, r"build\.gradle(?:\.kts)?|pom\.xml"),
    _reader("java-project", java.read_project, r"settings\.gradle(?:\.kts)?"),
    _reader("java-settings", java.read_settings, r"application(?:-prod\w*)?\.(?:ya?ml|properties)"),
    _reader("nginx", hosting.read_nginx, r"nginx\.conf"),
    _reader("procfile", hosting.read_procfile, r"Procfile"),
    _reader("workflow", pipelines.read_workflow, r"\.github/workflows/[^/]+\.ya?ml"),
    _reader(
        "pipeline",
        pipelines.read_other_pipeline,
        r"\.gitlab-ci\.yml|\.circleci/config\.yml|bitbucket-pipelines\.yml|azure-pipelines\.yml"
        r"|buildspec\.yml|Jenkinsfile|codemagic\.yaml",
    ),
    _reader(
        "migration",
        databases.read_migration,
        r"(?:migrations(?:/versions)?|alembic/versions|drizzle)/(?!meta/|(?:__init__|env)\.py)"
        r"(?:\d[^/]*/)?[^/]+\.(?:sql|py|[cm]?[tj]s)",
    ),
    _reader(
        "changes",
        ddl.read_changes,
        r"(?:migrations|drizzle)/(?!meta/)(?:\d[^/]*/)?[^/]+\.(?:sql|[cm]?[tj]s)",
    ),
    _reader(
        "start",
        beginning.read_start,
        r"[Dd]ockerfile|Containerfile|(?:[\w-]*entrypoint|start|run)\.sh",
    ),
    _reader("sql", databases.read_sql, r"[^/]+\.sql"),
    _reader("models", python.read_models, r"models\.py|models/[^/]+\.py|[\w]*model[\w]*\.py"),
    _reader(
        "drizzle-tables",
        databases.read_drizzle_tables,
        r"[^/]*(?:schema|db|tables)[^/]*/?[^/]*\.ts",
    ),
    _reader(
        "environment",
        environment.read_environment,
        r"\.?env\.(?:example|sample|template|dist)"
        r"|\.env\.\w+\.(?:example|sample)|example\.env",
    ),
    _reader(
        "example",
        variables.read_example,
        r"\.?env\.(?:example|sample|template|dist)"
        r"|\.env\.\w+\.(?:example|sample)|example\.env",
    ),
    _reader("processes", manifest.read_processes, r"Procfile"),
    _reader("code", source.read_code, r"[^/]+\.(?:[cm]?[tj]sx?|py|go)"),
    _reader("python-service", python_service.read_python_service, r"[^/]+\.py"),
    _reader("service", service.read_service, r"[^/]+\.[cm]?[tj]s"),
    _reader("listening", listening.read_listening, r"[^/]+\.[cm]?[tj]s"),
    _reader("pool", pools.read_pool, r"[^/]+\.(?:[cm]?[tj]s|py|go)"),
    _reader("schema-at-start", beginning.read_schema_at_start, r"[^/]+\.[cm]?[tj]s"),
)
_PLAIN = frozenset({"code", "python-service", "service", "listening", "pool", "schema-at-start"})
# Most files are code that no other reader is for: one look tells them apart.
_CODE = tuple(reader for reader in READERS if reader.id in _PLAIN)
_NAMED = re.compile("|".join(f"(?:{r.path.pattern})" for r in READERS if r not in _CODE))
RANKS = {reader.id: rank for rank, reader in enumerate(READERS)}
_ALONE = (  # of these pairs the second reads nothing that the first has read
    ("migration", "sql"),
    ("migration", "code"),
    ("convex-schema", "convex-functions"),
    ("convex-auth", "convex-functions"),
    ("convex-components", "convex-functions"),
    ("convex-functions", "code"),
    ("lock", "template"),
)
_TESTS = re.compile(
    r"(?:.*/)?(?:(?:tests?|__tests__|e2e|spec|scripts|android|ios)/.*"
    r"|[^/]*[._](?:test|spec|stories)\.\w+|test_[^/]*|conftest\.py|[^/]*\.(?:d\.ts|min\.js))"
)
_SOURCE = frozenset({*_PLAIN, "models", "drizzle-tables"})
_EMPTY = frozenset({"binary-lock"})  # told by their name alone
_LIKELY = re.compile(  # endings and names that some reader is for; the rest is passed over at once
    r".*\.(?:sh|tf|ya?ml|jsonc?|template|toml|[cm]?[tj]sx?|py|go|sql|rules|gradle|kts|xml|properties|prisma|plist|ini|txt"
    r"|lockb?|mod"
    r"|example|sample|dist)|.*(?:ockerfile|ontainerfile)[^/]*|.*/?(?:\.nvmrc|\.node-version"
    r"|\.python-version|\.firebaserc|Procfile|nginx\.conf|Jenkinsfile|[^/]*env[^/]*)"
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A file and the readers that are for it."""

    path: str
    readers: tuple[Reader, ...]

    @property
    def is_named(self) -> bool:
        """Whether a reader is for the file's very name: not for any code, nor for any YAML."""
        return any(reader.id not in {*_PLAIN, "template"} for reader in self.readers)


def readings(paths: list[str]) -> Iterator[Reading]:
    """The files that somebody reads, in their order."""
    for path in paths:
        found = _for(path) if _LIKELY.fullmatch(path) else ()
        if found:
            yield Reading(path=path, readers=found)


def _for(path: str) -> tuple[Reader, ...]:
    likely = READERS if _NAMED.fullmatch(path) else _CODE
    found = {reader.id: reader for reader in likely if reader.path.fullmatch(path)}
    for first, second in _ALONE:
        if first in found:
            found.pop(second, None)
    if "manifest" in found and path.count("/") > _DEEPEST_MANIFEST:
        found.pop("manifest")
    if _TESTS.fullmatch(path):
        found = {i: reader for i, reader in found.items() if i not in {*_SOURCE, "template"}}
    return tuple(found.values())


def most_bytes(reading: Reading) -> int:
    """How much of a file is read at most; nothing of one that is told by its name alone."""
    ids = {reader.id for reader in reading.readers}
    if ids <= _EMPTY:
        return 0
    return _MOST_SOURCE if ids <= _SOURCE else MOST_BYTES
