"""The service that is to be deployed: what its files or the words say of it, and what is assumed.

Without a folder most of it is assumed; `assumed` names what.
"""

import re
from dataclasses import dataclass, field

from blueproof.core.brief import Assumption, Brief

FRAMEWORKS = ("nestjs", "fastify", "express", "hono", "koa", "hapi", "nextjs", "apollo-server")
ORMS = ("prisma", "drizzle-orm", "typeorm", "sequelize", "knex", "kysely", "mikroorm")
_SQL = ("postgresql", "amazon-rds", "amazon-aurora", "neon", "supabase")
_REDIS = ("redis", "valkey", "amazon-elasticache", "bullmq", "ioredis")
_OTHER_STORES = ("mongodb", "mysql", "mariadb", "microsoft-sql-server", "sqlite")
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
    for. `folder` is where it lies in a monorepo. `secrets` and `settings` are names of environment
    variables; `workers` other processes of the same code, each with its start command. Commands
    are as the scripts have them; "" where there is none. `where` says which file told a thing.
    """

    name: str = "api"
    folder: str = ""
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
    migrations: str = ""
    entry: str = ""
    output: str = ""
    port: int = PORT
    health: str = ""
    readiness: str = ""
    orm: str = ""
    database: str = "postgresql"
    other_store: str = ""
    redis: bool = False
    websockets: bool = False
    uploads: str = ""
    workers: tuple[tuple[str, str], ...] = ()
    scheduler: str = ""
    sessions: str = ""
    logger: str = ""
    external: tuple[str, ...] = ()
    native: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    sigterm: bool = False
    keep_alive: bool = False
    writes_files: str = ""
    workspaces: bool = False
    has_dockerfile: bool = False
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
    return Service(
        name=_slug(told.one("service.name", "api")),
        folder=told.one("service.folder"),
        has_files=told.has_files,
        framework=framework,
        typescript=told.one("service.language") == "typescript",
        esm=told.one("service.module") == "esm",
        node=told.one("version.node", NODE).partition(".")[0],
        manager=manager,
        lock=told.one("service.lockfile", _LOCKS[manager]),
        start=told.one("service.start"),
        build=told.one("service.build"),
        test=told.one("service.test"),
        lint=told.one("service.lint"),
        typecheck=told.one("service.typecheck"),
        migrate=told.one("service.migrate"),
        migrations=told.one("service.migrations"),
        entry=told.one("service.entry"),
        output=told.one("service.output"),
        port=_port(told),
        health=told.one("health-route"),
        readiness=told.one("service.readiness-route"),
        orm=told.technology(ORMS),
        database=database,
        other_store=other,
        redis=bool(told.technology(_REDIS)),
        websockets=bool(told.one("service.websockets") or told.technology(_SOCKETS)),
        uploads=told.one("service.upload"),
        workers=tuple((_slug(w.rpartition("/")[2]), w) for w in told.all("service.other")),
        scheduler=told.one("service.scheduler"),
        sessions=told.one("service.sessions"),
        logger=told.one("service.logger"),
        external=told.all("service.external"),
        native=told.all("service.native"),
        settings=tuple(n for n in told.all("env") if n not in told.all("env.secret")),
        secrets=told.all("env.secret"),
        sigterm=told.one("service.sigterm") == "handled",
        keep_alive=told.one("service.keep-alive") == "set",
        writes_files=told.one("service.writes-files"),
        workspaces=bool(told.one("service.folder")),
        has_dockerfile=bool(told.technology(("docker",))) and told.has_files,
        assumed=assumed,
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
