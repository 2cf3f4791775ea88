"""Migrations that run when the service starts: each copy of it tries them at the same time."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text

_COMMAND = re.compile(
    r"\b(?:prisma (?:migrate (?:deploy|dev)|db push)|drizzle-kit (?:migrate|push)"
    r"|knex migrate:latest|sequelize(?:-cli)? db:migrate|typeorm(?:-ts-node-\w+)? migration:run"
    r"|mikro-orm migration:up|node-pg-migrate up|dbmate up"
    r"|(?:npm|pnpm|yarn|bun)(?: run)? (?:(?:db|prisma|typeorm|knex):)?migrat[\w:-]*)"
)
_STARTED = re.compile(r"^[ \t]*(?:CMD|ENTRYPOINT)\b[^\n]*", re.MULTILINE | re.IGNORECASE)
_IN_CODE = (
    (re.compile(r"\bsynchronize\s*:\s*true\b"), "synchronize: true"),
    (re.compile(r"\bmigrationsRun\s*:\s*true\b"), "migrationsRun: true"),
    (re.compile(r"\bsequelize\.sync\(|\bdb\.sync\("), "sequelize.sync()"),
)
_MIGRATOR = re.compile(r"[\"'](?:drizzle-orm/[\w-]+/migrator)[\"']")
_SERVES = re.compile(r"\.listen\(|\bserve\(")


def migrates(script: str) -> str:
    """The command of a script that migrates; "" if none does."""
    found = _COMMAND.search(re.sub(r"[\"',\[\]]+", " ", script).replace("  ", " "))
    return found[0] if found else ""


def read_start(file: Text) -> Iterator[Finding]:
    """What a Dockerfile or a script that starts a container migrates first."""
    if file.name.endswith(".sh"):
        places = [(file.text, 0)]
    else:
        places = [(m[0], m.start()) for m in _STARTED.finditer(file.text)][-1:]
    for text, place in places:
        found = _COMMAND.search(text)
        said = found[0] if found else migrates(text)
        if said:
            at = place + (found.start() if found else 0)
            yield Found(key="service.migrates-at-start", value=said, line=file.line(at))


def read_schema_at_start(file: Text) -> Iterator[Finding]:
    """What the service's own source does to the schema when it starts."""
    for pattern, said in _IN_CODE:
        found = (
            pattern.search(file.text)
            if said.partition(":")[0].partition("(")[0] in file.text
            else None
        )
        if found:
            yield Found(key="service.migrates-at-start", value=said, line=file.line(found.start()))
    migrator = _MIGRATOR.search(file.text)
    if migrator and _SERVES.search(file.text):
        line = file.line(migrator.start())
        yield Found(key="service.migrates-at-start", value="Drizzle's migrate()", line=line)
