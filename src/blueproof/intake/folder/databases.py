"""What tells of tables and their migrations: Supabase, Prisma, other ORMs, plain SQL."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Text, feature, technology
from blueproof.intake.folder.packages import plain_version
from blueproof.intake.folder.tree import Tree, at, inside, is_there, read_toml

_PROVIDERS = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "pg": "postgresql",
    "mysql": "mysql",
    "mysql2": "mysql",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "better-sqlite3": "sqlite",
    "mongodb": "mongodb",
    "sqlserver": "sql-server",
    "mssql": "sql-server",
    "cockroachdb": "cockroachdb",
    "turso": "turso",
}
_DATASOURCE = re.compile(r"^datasource\s+\w+\s*\{(.{0,2000}?)\}[ \t]*$", re.MULTILINE | re.DOTALL)
_PROVIDER = re.compile(r'(?:^|\{)[ \t]*provider\s*=\s*"([\w-]+)"', re.MULTILINE)
_MODEL = re.compile(r"^model\s+(\w+)\s*\{", re.MULTILINE)
_PRISMA_INDEX = re.compile(r"^[ \t]*@@(?:index|unique|fulltext)\s*\(", re.MULTILINE)
_DIALECT = re.compile(r"""\b(?:dialect|client|type|driver)['"]?\s*:\s*['"]([\w-]+)['"]""")
_OUT = re.compile(r"""\b(?:out|directory)['"]?\s*:\s*['"](\.{0,2}[\w./-]{1,80})['"]""")
_DRIZZLE_TABLE = re.compile(r"\b(pgTable|mysqlTable|sqliteTable)\s*\(\s*[\"'](\w+)[\"']")
_DRIZZLE_ENGINES = {"pgTable": "postgresql", "mysqlTable": "mysql", "sqliteTable": "sqlite"}
_ALEMBIC = re.compile(
    r"^[ \t]*script_location\s*=\s*(?:%\(here\)s/)?([\w./:-]{1,80})", re.MULTILINE
)
_ALEMBIC_URL = re.compile(r"^[ \t]*sqlalchemy\.url\s*=\s*(\w+)", re.MULTILINE)
_STATEMENT = re.compile(
    r"^[ \t]*(?:(?P<create>create)|(?P<drop>drop))[ \t]+"
    r"(?:(?:global|local|unlogged|foreign)[ \t]+)*table[ \t]+"
    r"(?:if[ \t]+(?:not[ \t]+)?exists[ \t]+)?"
    r"(?P<table>(?:[\w$]+|\"[^\"\n]{1,63}\"|`[^`\n]{1,64}`|\[[^\]\n]{1,64}\])"
    r"(?:\.(?:[\w$]+|\"[^\"\n]{1,63}\"|`[^`\n]{1,64}`|\[[^\]\n]{1,64}\]))?)",
    re.IGNORECASE | re.MULTILINE,
)
_INDEX = re.compile(r"^[ \t]*create[ \t]+(?:unique[ \t]+)?index\b", re.IGNORECASE | re.MULTILINE)
_POLICY = re.compile(r"^[ \t]*create[ \t]+policy\b", re.IGNORECASE | re.MULTILINE)
_MADE = re.compile(  # by Django, Alembic, Knex
    r"\b(CreateModel|DeleteModel|create_table|drop_table|createTable|dropTable(?:IfExists)?)"
    r"\(\s*(?:name=)?[\"'](\w+)[\"']"
)
_UNDONE = re.compile(
    r"^(?:def downgrade|exports\.down|export (?:async )?function down)\b", re.MULTILINE
)
_DIALECT_SIGNS = (  # words that only one database's SQL has
    (
        re.compile(r"\b(?:bigserial|jsonb|timestamptz|tsvector|plpgsql)\b", re.IGNORECASE),
        "postgresql",
    ),
    (re.compile(r"\bcreate extension\b", re.IGNORECASE), "postgresql"),
    (re.compile(r"\bENGINE\s*=\s*InnoDB\b", re.IGNORECASE), "mysql"),
    (re.compile(r"\bAUTOINCREMENT\b"), "sqlite"),
)


def engine(said: str) -> str:
    """The database behind a driver's or dialect's name; "" if we do not know it."""
    return _PROVIDERS.get(said.lower(), "")


def read_supabase(file: Text) -> Iterator[Finding]:
    """What supabase/config.toml says."""
    tree = read_toml(file)
    yield technology("supabase", 1)
    database = at(tree, "db")
    if is_there(database):
        yield technology("postgresql", database.line)
    major = at(database, "major_version")
    if major.text:
        yield Found(key="version.postgresql", value=plain_version(major.text), line=major.line)
    yield from _supabase_sections(tree)
    for name, function in at(tree, "functions").items():
        yield Counted(
            metric="functions", name=f"{file.folder}/functions/{name}", line=function.line
        )


def _supabase_sections(tree: Tree) -> Iterator[Finding]:
    """What the sections set up; `supabase init` writes all of them, so sign-in needs a provider."""
    for settings in inside(at(tree, "auth", "external")):
        if at(settings, "enabled").text == "true":
            yield technology("supabase-auth", settings.line)
            yield feature("authentication", settings.line)
    for name, bucket in at(tree, "storage", "buckets").items():
        yield technology("supabase-storage", bucket.line)
        yield Counted(metric="buckets", name=name, line=bucket.line)


def read_edge_function(file: Text) -> Iterator[Finding]:
    """A function below supabase/functions/."""
    yield technology("supabase-edge-functions", 1)
    yield Counted(metric="functions", name=file.folder, line=1)


def read_prisma(file: Text) -> Iterator[Finding]:
    """The models, indexes and database of a schema.prisma."""
    yield technology("prisma", 1)
    yield Found(key="orm", value="prisma", line=1)
    source = _DATASOURCE.search(file.text)
    provider = _PROVIDER.search(file.text, source.start(1) - 1, source.end(1)) if source else None
    if provider and engine(provider[1]):
        yield technology(engine(provider[1]), file.line(provider.start(1)))
    for model in _MODEL.finditer(file.text):
        yield Counted(metric="tables", name=model[1], line=file.line(model.start()))
    for index in _PRISMA_INDEX.finditer(file.text):
        line = file.line(index.end())
        yield Counted(metric="indexes", name=f"{file.path}:{line}", line=line)


def read_orm_config(file: Text) -> Iterator[Finding]:
    """A drizzle.config, a knexfile or an ormconfig: which database, and where migrations lie."""
    name = next(n for n in ("drizzle", "knex", "orm", "mikro-orm") if file.name.startswith(n))
    id_ = {"drizzle": "drizzle-orm", "orm": "typeorm", "mikro-orm": "mikroorm"}.get(name, name)
    yield technology(id_, 1)
    yield Found(key="orm", value=id_, line=1)
    for said in _DIALECT.finditer(file.text):
        if engine(said[1]):
            yield technology(engine(said[1]), file.line(said.start()))
    out = _OUT.search(file.text)
    if out:
        yield _migrations(file, out[1], file.line(out.start()))


def _migrations(file: Text, path: str, line: int) -> Found:
    """The folder of migrations, from the root."""
    plain = path.removeprefix("./").rstrip("/")
    inside = bool(file.folder) and not path.startswith("../")
    value = f"{file.folder}/{plain}" if inside else plain.replace("../", "")
    return Found(key="migrations", value=value, line=line)


def read_drizzle_tables(file: Text) -> Iterator[Finding]:
    """Tables that TypeScript declares for Drizzle."""
    for table in _DRIZZLE_TABLE.finditer(file.text):
        line = file.line(table.start())
        yield Counted(metric="tables", name=table[2], line=line)
        yield technology(_DRIZZLE_ENGINES[table[1]], line)


def read_alembic(file: Text) -> Iterator[Finding]:
    """An alembic.ini; of the database's address only the scheme is read."""
    yield technology("alembic", file.line_with("[alembic]"))
    place = _ALEMBIC.search(file.text)
    if place:
        path = f"{place[1].rstrip('/')}/versions"
        yield _migrations(file, path, file.line(place.start(1)))
    scheme = _ALEMBIC_URL.search(file.text)
    if scheme and engine(scheme[1]):
        yield technology(engine(scheme[1]), file.line(scheme.start(1)))


def read_migration(file: Text) -> Iterator[Finding]:
    """One migration, in whatever language; the folder is told with it."""
    folder = _migration_folder(file)
    if not _is_undone(file.name):
        yield Found(key="migrations", value=folder, line=1)
        yield Counted(metric="migrations", name=_migration_name(file, folder), line=1)
    if file.name.endswith(".sql"):
        yield from read_sql(file)
        return
    undone = _UNDONE.search(file.text)
    for made in _MADE.finditer(file.text, 0, undone.start() if undone else len(file.text)):
        name = f"{folder}:{made[2].lower()}"
        gone = made[1].lower().startswith("d")
        yield Counted(metric="tables", name=name, line=file.line(made.start()), gone=gone)


def _migration_folder(file: Text) -> str:
    parts = file.folder.split("/")
    last = max(n for n, part in enumerate(parts) if part in {"migrations", "versions", "drizzle"})
    return "/".join(parts[: last + 1])


def _migration_name(file: Text, folder: str) -> str:
    """What tells a migration apart: its folder, or its file less the direction and the ending."""
    below, _, deeper = file.path.removeprefix(f"{folder}/").partition("/")
    return f"{folder}/{below}" if deeper else re.sub(r"(?:\.up)?\.\w+$", "", file.path)


def _is_undone(name: str) -> bool:
    return bool(re.search(r"[._-]down\.\w+$", name.lower()))


def read_sql(file: Text) -> Iterator[Finding]:
    """The tables and indexes that SQL makes, less those it drops."""
    text = re.sub(
        r"--[^\n]*|/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), file.text, flags=re.DOTALL
    )
    bare = Text(path=file.path, text=text)
    if _is_undone(file.name):
        return
    for found in _STATEMENT.finditer(text):
        name = re.sub(r'["`\[\]]', "", found["table"]).lower().removeprefix("public.")
        line, gone = bare.line(found.start()), bool(found["drop"])
        yield Counted(metric="tables", name=name, line=line, gone=gone)
    for metric, pattern in (("indexes", _INDEX), ("policies", _POLICY)):
        for found in pattern.finditer(text):
            line = bare.line(found.start())
            yield Counted(metric=metric, name=f"{file.path}:{line}", line=line)
            if pattern is _POLICY:
                yield feature("row-level-security", line)
    yield from _dialect(bare)


def _dialect(file: Text) -> Iterator[Finding]:
    for pattern, name in _DIALECT_SIGNS:
        found = pattern.search(file.text)
        if found:
            yield technology(name, file.line(found.start()))
            return
