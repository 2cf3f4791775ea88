"""The service that is to be deployed: what its files or the words say of it, and what is assumed.

Without a folder most of it is assumed; `assumed` names what.
"""

import re
from dataclasses import dataclass, field

from blueproof.core.brief import Assumption, Brief
from blueproof.facts.pinned import images

FRAMEWORKS = ("nestjs", "fastify", "express", "hono", "koa", "hapi", "nextjs", "apollo-server")
ORMS = ("prisma", "drizzle-orm", "typeorm", "sequelize", "knex", "kysely", "mikroorm")
_SQL = ("postgresql", "amazon-rds", "amazon-aurora", "neon", "supabase")
_REDIS = ("redis", "valkey", "amazon-elasticache", "bullmq", "ioredis")
_OTHER_STORES = ("mongodb", "mysql", "mariadb", "microsoft-sql-server", "sqlite")
# `--no`: what is not in the image is not fetched while it runs.
_BY_ORM = {
    "prisma": "npx --no prisma migrate deploy",
    "drizzle-orm": "npx --no drizzle-kit migrate",
    "knex": "npx --no knex migrate:latest",
    "sequelize": "npx --no sequelize-cli db:migrate",
}
_OUTSIDE = frozenset({
    "external-api-calls", "payments", "email", "sms", "push-notifications", "webhooks",
    "machine-learning",
})  # fmt: skip
_SET_UP = {"no-database": "none", "amazon-dynamodb": "dynamodb"}
_SOCKETS = ("websocket", "socket-io", "ws", "graphql-ws")
_INSTALL = {
    "npm": "npm ci",
    "pnpm": "pnpm install --frozen-lockfile",
    "yarn": "yarn install --immutable",
}
_LOCKS = {"npm": "package-lock.json", "pnpm": "pnpm-lock.yaml", "yarn": "yarn.lock"}
_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 20  # names of load balancers and target groups end at 32 characters
NODE, PORT, POSTGRES = "24", 3000, "17"


@dataclass(frozen=True, kw_only=True)
class Service:
    """A Node service as the deployment sees it.

    `database` is "postgresql", "dynamodb" or "none"; `other_store` a store that we set up none
    for. `secrets` are names of environment variables. `lint`, `typecheck`, `build` and `test` tell
    that there is such a script; `start` and `migrate` are commands. `calls_out` is whether it calls
    other companies. `where` says which file told a thing.
    """

    name: str = "api"
    has_files: bool = False
    framework: str = ""
    typescript: bool = False
    esm: bool = False
    node: str = NODE
    manager: str = "npm"
    lock: str = "package-lock.json"
    start: str = ""
    build: str = ""
    test: str = ""
    lint: str = ""
    typecheck: str = ""
    migrate: str = ""
    entry: str = ""
    port: int = PORT
    health: str = ""
    readiness: str = ""
    orm: str = ""
    database: str = "postgresql"
    other_store: str = ""
    redis: bool = False
    websockets: bool = False
    uploads: str = ""
    scheduler: str = ""
    sessions: str = ""
    calls_out: bool = False
    secrets: tuple[str, ...] = ()
    sigterm: bool = False
    keep_alive: bool = False
    assumed: tuple[Assumption, ...] = ()
    where: tuple[tuple[str, str], ...] = field(default=())

    @property
    def install(self) -> str:
        """The command that installs exactly what the lock file says."""
        return _INSTALL[self.manager]

    @property
    def runs(self) -> str:
        """How a script is run: "npm run", "pnpm run", "yarn run"."""
        return f"{self.manager} run"

    @property
    def reads_secrets(self) -> bool:
        """Whether it is started with secrets: the database's address, or its own."""
        return self.database == "postgresql" or bool(self.secrets)

    def told(self, key: str) -> str:
        """The file and line that told a fact; "" where none did."""
        return dict(self.where).get(key, "")


def service_of(brief: Brief) -> Service:
    """The service of a brief, from its files first, its words next, and assumptions last."""
    told = _Told(brief)
    manager = told.one("package-manager", "npm")
    manager = manager if manager in _INSTALL else "npm"
    framework = told.technology(FRAMEWORKS)
    database, other, assumed = _database(told)
    typescript = bool(told.technology(("typescript",)))
    return Service(
        name=_slug(told.one("service.name", "api")),
        has_files=told.has_files,
        framework=framework,
        typescript=typescript,
        esm=told.one("service.module") == "esm",
        node=_node(told),
        manager=manager,
        lock=_LOCKS[manager],
        start=told.one("service.start"),
        build=told.one("build-command", _unseen(told, "build") if typescript else ""),
        test=told.one("test-command", _unseen(told, "test")),
        lint=told.one("service.lint"),
        typecheck=told.one("service.typecheck"),
        migrate=_migrate(told, database),
        entry=told.one("service.entry"),
        port=_port(told),
        health=told.one("health-route"),
        readiness=told.one("service.readiness-route"),
        orm=told.technology(ORMS),
        database=database,
        other_store=other,
        redis=bool(told.technology(_REDIS)),
        websockets=bool(told.one("service.websockets") or told.technology(_SOCKETS)),
        uploads=told.one("service.upload"),
        scheduler=told.one("service.scheduler"),
        sessions=told.one("service.sessions"),
        calls_out=told.has_feature(_OUTSIDE),
        secrets=told.all("service.secret"),
        sigterm=told.one("service.sigterm") == "handled",
        keep_alive=told.one("service.keep-alive") == "set",
        assumed=(*assumed, *_scripts(told, typescript=typescript)),
        where=told.where,
    )


class _Told:
    """The facts of a brief by key: of the files first, then of the words."""

    def __init__(self, brief: Brief) -> None:
        stated = [f for f in brief.facts if f.role != "negated"]
        self._facts = sorted(stated, key=lambda f: f.source != "file")
        self.has_files = any(f.source == "file" for f in brief.facts)

    def all(self, key: str) -> tuple[str, ...]:
        """All values of a key, each once."""
        found = (_written(f.value) for f in self._facts if f.key == key)
        return tuple(dict.fromkeys(found))

    def one(self, key: str, default: str = "") -> str:
        """The first value of a key."""
        return next(iter(self.all(key)), default)

    def technology(self, names: tuple[str, ...]) -> str:
        """The first of these technologies that is in use or wanted."""
        there = {
            str(f.value)
            for f in self._facts
            if f.key == "technology" and f.role not in {"rejected", "option"}
        }
        return next((n for n in names if n in there), "")

    def has_feature(self, names: frozenset[str]) -> bool:
        """Whether one of these features is wanted or there."""
        return any(f.key == "feature" and f.value in names for f in self._facts)

    @property
    def where(self) -> tuple[tuple[str, str], ...]:
        """Which file told which fact first."""
        found: dict[str, str] = {}
        for fact in self._facts:
            if fact.where:
                found.setdefault(fact.key, fact.where)
        return tuple(found.items())


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _unseen(told: _Told, script: str) -> str:
    """A script that is taken to be there where no package.json was seen."""
    return "" if told.has_files else script


def _scripts(told: _Told, *, typescript: bool) -> tuple[Assumption, ...]:
    if told.has_files:
        return ()
    names = "build, test" if typescript else "test"
    why = "no package.json was handed over; the image and the checks run them"
    return (Assumption(key="scripts", value=names, why=why),)


def _migrate(told: _Told, database: str) -> str:
    """The command that migrates, run in the image: the service's own script, else its ORM's."""
    script = told.one("service.migrate")
    if database != "postgresql":
        return ""
    if script:
        return f"node --run {script}"
    return _BY_ORM.get(told.technology(ORMS), "")


def _node(told: _Told) -> str:
    """The version line of Node: the one in use if there is an image of it, else the current."""
    said = told.one("version.node", NODE).partition(".")[0]
    known = {i.tag.partition(".")[0] for i in images() if i.image == "node"}
    return said if said in known else NODE


def _port(told: _Told) -> int:
    said = told.one("port", str(PORT))
    return int(float(said)) if said.replace(".", "", 1).isdigit() else PORT


def _database(told: _Told) -> tuple[str, str, tuple[Assumption, ...]]:
    """The database that is set up, another store in use, and what was assumed of either."""
    named = told.technology(("no-database", "amazon-dynamodb", *_SQL))
    if named:
        return _SET_UP.get(named, "postgresql"), "", ()
    other = told.technology(_OTHER_STORES)
    if other:
        return "none", other, ()
    if told.technology(ORMS):
        why = "the files use an ORM and name no database"
        return "postgresql", "", (Assumption(key="database", value="postgresql", why=why),)
    if told.has_files:
        return "none", "", ()
    why = "not said; most Node APIs keep their data in PostgreSQL"
    return "postgresql", "", (Assumption(key="database", value="postgresql", why=why),)


def _slug(name: str) -> str:
    """A name that every AWS service takes: lower case, digits and hyphens, short."""
    plain = _SLUG.sub("-", name.rpartition("/")[2].lower()).strip("-")
    return plain[:_LONGEST_NAME].strip("-") or "api"
