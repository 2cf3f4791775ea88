"""The service that is to be deployed, as everything that is written for it sees it."""

from dataclasses import dataclass, field

from blueproof.advisors.deploy.kept import Part
from blueproof.advisors.deploy.names import Names
from blueproof.advisors.deploy.told import folder_of
from blueproof.core.brief import Assumption

FRAMEWORKS = ("nestjs", "fastify", "express", "hono", "koa", "hapi", "nextjs", "apollo-server")
ORMS = ("prisma", "drizzle-orm", "typeorm", "sequelize", "knex", "kysely", "mikroorm")
INSTALL = {
    "npm": "npm ci",
    "pnpm": "pnpm install --frozen-lockfile",
    "yarn": "yarn install --immutable",
    "yarn 1": "yarn install --frozen-lockfile",
}
IMAGE = "/app"  # where the repository lies in the image
HEALTH = "/healthz"  # where a service of another language says that it runs, unless it has its own
MOST_STOP = 120  # seconds that Fargate waits at most between SIGTERM and SIGKILL
IMAGED = frozenset(
    {"node", "python", "go", "ruby", "java"}
)  # languages that an image is written for
NODE, PORT, POSTGRES = "24", 3000, "17"


@dataclass(frozen=True)
class Worker:
    """A process beside the service: its name, how node starts it, in which folder.

    `schedules` is the library by which it runs jobs at set times; "" if it does not.
    """

    name: str
    command: tuple[str, ...]
    folder: str = ""
    where: str = ""
    schedules: str = ""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Another service of the repository, in the same cluster; `port` is 0 where nobody connects.

    Its image is built from `folder` by `image_file`, unless it shares the first one's. `stores`
    are its variables that get the address of the database or of redis, `is_told` whether its
    own files name the route `health`, `has_image` whether it has a Dockerfile. `built` is
    it as a service of its own where its Dockerfile is written here; None where it has one.
    """

    name: str
    where: str = ""
    folder: str = ""
    image_file: str = "Dockerfile"
    command: tuple[str, ...] = ()
    port: int = 0
    health: str = HEALTH
    shares_image: bool = False
    stores: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    is_told: bool = False
    has_image: bool = True
    built: "Service | None" = None

    @property
    def key(self) -> str:
        """How Terraform calls what belongs to it."""
        return self.name.replace("-", "_")


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service as the deployment sees it.

    `database` is "postgresql", "dynamodb" or "none"; `other_store` a store that we set up none
    for. `secrets` and `settings` are names of environment variables, `buckets` those of them that
    name a bucket. `root` is the folder of the service in a repository of several packages.
    `tools` are the packages, with their ranges, that migrate and are there for development alone.
    `node_said` is the version that the files name, `prefix` what stands before every route.
    `lint`, `typecheck`, `build` and `test` tell that there is such a script; `start` and `migrate`
    are commands. `calls_out` is whether it calls other companies, `mails` whether it speaks SMTP.
    `parts` are variables that hold the database's address in parts. `where` says which file told a
    thing. `image_faults` are what is wrong with its own Dockerfile, each with its place, `loopback`
    where it listens for itself alone, `by_bun` whether Bun installs and starts it,
    `hosts` variables that say where it listens, `changes` what
    its newest migrations do, `at_start` what migrates whenever it starts. `pipelines` are workflow
    files that are there, `keys` the keys of AWS that they take from the repository's secrets.
    `kept` is what stands on AWS already and is only referred to, `private` whether its network has
    a way out of its private side; `present` is where the service runs today, "" if nowhere.
    `language` is what it is written in, `line` that language's version where it is not Node.
    `queue` is the library by which workers take jobs, `longest` the seconds of the longest job, 0
    if nobody told. `redis_addresses` are variables that hold the address of Redis, `redis_places`
    those that hold its host and port. `siblings` are the folders of services of the same repository
    that words alone name, this one's first. `adds_gunicorn` is whether what starts it
    is not among its packages, `has_source_folder` whether its modules lie below src. `context` is
    the folder that its image is made of where the repository's root is no package, `besides` the
    other services of the repository that are written, `members` a clause for each that there is,
    `found` a sentence on all. `forge` is the address of the GitLab that it lies on, "" on GitHub.
    `logger` is the library that writes its lines where their form is known, `timers` are what its
    process repeats by itself, each with its place. `pool_in_address` is whether the size of its
    pool is read from the database's address.
    `versions` are those of Python, Django and psycopg2 that its files name.
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
    built_with: tuple[str, ...] = ()  # packages of Debian that its packages are built with
    runs_with: tuple[str, ...] = ()
    pool: int = 0  # connections of each process that its code sets
    readiness: str = ""
    orm: str = ""
    database: str = "postgresql"
    other_store: str = ""
    redis: bool = False
    websockets: bool = False
    uploads: str = ""
    scheduler: str = ""
    logger: str = ""
    pool_in_address: bool = False
    timers: tuple[tuple[str, str], ...] = ()
    sessions: str = ""
    calls_out: bool = False
    mails: bool = False
    secrets: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    workers: tuple[Worker, ...] = ()
    root: str = ""
    workspaces: bool = False
    classic_yarn: bool = False
    tools: tuple[tuple[str, str], ...] = ()
    node_said: str = ""
    postgres: str = POSTGRES
    prefix: str = ""
    liveness: str = ""
    sigterm: bool = False
    keep_alive: bool = False
    image_faults: tuple[tuple[str, str], ...] = ()
    loopback: tuple[tuple[str, str], ...] = ()
    hosts: tuple[str, ...] = ()
    changes: tuple[tuple[str, str], ...] = ()
    at_start: tuple[tuple[str, str], ...] = ()
    has_lock: bool = True
    by_bun: bool = False
    pipelines: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    kept: frozenset[Part] = frozenset()
    present: str = ""
    private: bool = False
    language: str = "node"
    line: str = ""
    queue: str = ""
    longest: int = 0
    redis_addresses: tuple[str, ...] = ()
    redis_places: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    adds_gunicorn: bool = False
    has_source_folder: bool = False
    context: str = ""
    besides: tuple[Beside, ...] = ()
    members: tuple[str, ...] = ()
    forge: str = ""
    names: Names = field(default_factory=Names)
    versions: tuple[tuple[str, str], ...] = ()
    found: str = ""
    assumed: tuple[Assumption, ...] = ()
    where: tuple[tuple[str, str], ...] = field(default=())

    @property
    def install(self) -> str:
        """The command that installs exactly what the lock file says."""
        return INSTALL["yarn 1" if self.classic_yarn else self.manager]

    @property
    def runs(self) -> str:
        """How a script is run: "npm run", "pnpm run", "yarn run"."""
        return f"{self.manager} run"

    @property
    def runs_types(self) -> bool:
        """Whether node itself is given TypeScript to start: nothing compiles it."""
        return (
            self.is_node
            and self.has_files
            and not self.build
            and self.entry.endswith((".ts", ".mts"))
        )

    @property
    def makes_database(self) -> bool:
        """Whether a database is set up for it."""
        return self.database == "postgresql" and not self.kept & {"database", "outside"}

    @property
    def reads_secrets(self) -> bool:
        """Whether it is started with secrets: the database's address, or its own."""
        return self.database == "postgresql" or bool(self.secrets)

    @property
    def is_node(self) -> bool:
        """Whether Node.js runs it."""
        return self.language == "node"

    @property
    def protects(self) -> bool:
        """Whether its jobs outlast what a task is given to stop, so that it must ask for more."""
        return bool(self.workers) and self.longest > MOST_STOP

    @property
    def measures(self) -> bool:
        """Whether its workers tell how many jobs wait, so that their number follows."""
        return self.queue == "celery" and any(not worker.schedules for worker in self.workers)

    @property
    def lives(self) -> bool:
        """Whether it can stop cleanly and say that it is ready, by its own means.

        Servers of other languages stop by theirs.
        """
        return not self.is_node or (self.sigterm and bool(self.readiness))

    @property
    def live_path(self) -> str:
        """Where it says that it runs, whatever it depends on."""
        if not self.is_node:
            return self.health or self.usual_health
        return (self.liveness or self.health or self.ready_path) if self.lives else "/livez"

    @property
    def ready_path(self) -> str:
        """Where it says that it can do its work."""
        if not self.is_node:
            return self.health or self.usual_health
        return self.readiness if self.lives else "/readyz"

    @property
    def is_imaged(self) -> bool:
        """Whether an image is written for it; for Java only where its build tool is known."""
        return self.language in IMAGED and (self.language != "java" or bool(self.manager))

    @property
    def usual_health(self) -> str:
        """Where a service of its framework says that it runs; Rails has /up from 7.1 on."""
        return "/up" if self.framework in {"ruby-on-rails", "rails"} else HEALTH

    @property
    def start_path(self) -> str:
        """Where it says that it has begun: ECS replaces a task that fails there."""
        return self.live_path if self.lives else "/startz"

    def told(self, key: str) -> str:
        """The file and line that told a fact; "" where none did."""
        return dict(self.where).get(key, "")

    def folder_of(self, key: str) -> str:
        """The folder of the package.json that told of a script; "" for the root."""
        return folder_of(self.told(key))
