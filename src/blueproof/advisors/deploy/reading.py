"""The service as its files and the words tell of it, and what is assumed of the rest.

Without a folder most of it is assumed; `assumed` names what.
"""

from dataclasses import replace

from blueproof.advisors.deploy.company import (
    Company,
    company_of,
    in_company,
    narrowed,
    with_built,
)
from blueproof.advisors.deploy.company import told as told_of_company
from blueproof.advisors.deploy.forges import forge_of
from blueproof.advisors.deploy.jobs import longest_job
from blueproof.advisors.deploy.kept import kept_of
from blueproof.advisors.deploy.languages import spoken
from blueproof.advisors.deploy.names import names_of
from blueproof.advisors.deploy.present import present_of
from blueproof.advisors.deploy.service import (
    FRAMEWORKS,
    IMAGE,
    INSTALL,
    NODE,
    ORMS,
    PORT,
    POSTGRES,
    Beside,
    Service,
    Worker,
)
from blueproof.advisors.deploy.timers import timers_of
from blueproof.advisors.deploy.told import Told, folder_of
from blueproof.core.brief import Assumption, Brief
from blueproof.facts.pattern import LatePattern
from blueproof.facts.pinned import images

_SQL = ("postgresql", "amazon-rds", "amazon-aurora", "neon", "supabase")
_ANY_SQL = ("amazon-rds", "amazon-aurora")  # they run several databases
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
# Other companies' APIs, by what their packages and their keys are called.
_COMPANIES = (
    "stripe",
    "twilio",
    "sendgrid",
    "mailgun",
    "openai",
    "anthropic",
    "slack",
    "paypal",
    "adyen",
    "mollie",
    "braintree",
    "resend",
    "postmark",
    "auth0",
    "clerk",
    "sentry",
    "datadog",
    "algolia",
    "google-maps",
    "firebase-cloud-messaging",
    "expo-push-notifications",
    "onesignal",
)
_VENDORS = "|".join(name.upper().replace("-", "_") for name in _COMPANIES)
_OTHERS_API = LatePattern(
    r"_API_(?:URL|KEY|TOKEN|SECRET)$|^[A-Z]+_API_|_WEBHOOK_URL$|^(?:" + _VENDORS + r")_"
)
_SOCKETS = ("websocket", "socket-io", "ws", "graphql-ws")
_LOCKS = {"npm": "package-lock.json", "pnpm": "pnpm-lock.yaml", "yarn": "yarn.lock"}
_SLUG = LatePattern(r"[^a-z0-9]+")
_MAIL = LatePattern(r"^(?:SMTP|MAIL(?:ER)?)_(?:URL|HOST|SERVER|PORT|USER)")
# What a driver is given in parts; here it is given whole, as DATABASE_URL.
_PARTS = LatePattern(
    r"(?:DB|DATABASE|POSTGRES(?:QL)?|PG|TYPEORM)_?"
    r"(?:HOST|PORT|USER(?:NAME)?|PASS(?:WORD)?|NAME|DATABASE|DB|SCHEMA|SSL(?:MODE)?)"
)
_BUCKET = LatePattern(r"BUCKET(?:_NAME)?$")
_PRIVATE = LatePattern(r"(?i)\b(?:private subnets?|nat(?: gateways?)?)\b")
_FOLDER = LatePattern(r"\b(?:apps|services|packages|backends?)/[a-z][\w-]+")
_HEALTH = LatePattern(r"(?<![\w/.])(/(?:healthz?|health-?check|livez|readyz|ping|status))\b(?!/)")
_LONGEST_NAME = 20  # names of load balancers and target groups end at 32 characters
_LONGEST_WORKER = 10  # an environment's name and this go behind the service's
_FASTIFY = "Fastify's default"


def service_of(brief: Brief) -> Service:
    """The service of a brief, from its files first, its words next, and assumptions last."""
    company = company_of(brief, Told(brief).root)
    service = _one(narrowed(brief, company), company)
    besides = tuple(_built(beside, brief, company) for beside in service.besides)
    kept = tuple(b for b in besides if b.shares_image or b.image_file)
    return told_of_company(replace(service, besides=kept), company)


def _built(beside: Beside, brief: Brief, company: Company) -> Beside:
    """Another service with what its own files tell, if it has no image of its own yet."""
    if beside.shares_image or beside.has_image:
        return beside
    member = next(m for m in company.members if m.where == beside.where)
    alone = Company(company.members, member)
    built = _one(narrowed(brief, alone), alone)
    return with_built(beside, built)


def _one(brief: Brief, company: Company) -> Service:
    """The service that a brief tells of, if it is narrowed to that one."""
    told = Told(brief)
    manager = told.one("package-manager", "npm")
    manager = manager if manager in INSTALL else "npm"
    framework = told.technology(FRAMEWORKS)
    database, other, assumed = _database(told)
    typescript = bool(told.technology(("typescript",)))
    service = Service(
        name=_slug(_named(told, company)),
        root=told.root,
        workspaces=told.one("service.workspaces") == "yes",
        classic_yarn=manager == "yarn" and _is_classic(told),
        tools=_tools(told),
        workers=_workers(told),
        settings=_variables(told, "service.setting"),
        parts=_parts(told),
        buckets=tuple(n for n in told.all("service.setting") if _BUCKET.search(n)),
        node_said=told.one("version.node"),
        postgres=_postgres(told),
        prefix=told.own("service.prefix"),
        liveness=_routed(told, "service.liveness-route"),
        mails=_mails(told),
        has_files=told.has_files,
        framework=framework,
        typescript=typescript,
        esm=told.one("service.module") == "esm",
        node=_node(told),
        manager=manager,
        lock=_LOCKS[manager],
        start=told.own("service.start"),
        build=told.one("build-command", _unseen(told, "build") if typescript else ""),
        test=told.one("test-command", _unseen(told, "test")),
        lint=told.one("service.lint"),
        typecheck=told.one("service.typecheck"),
        migrate=_migrate(told, database),
        entry=told.own("service.entry"),
        port=_port(told),
        health=_routed(told, "health-route"),
        built_with=told.all("service.built-with"),
        runs_with=told.all("service.runs-with"),
        pool=int(float(told.own("service.pool") or 0)),
        readiness=_routed(told, "service.readiness-route"),
        orm=told.technology(ORMS),
        database=database,
        other_store=other,
        redis=bool(told.technology(_REDIS)),
        websockets=bool(told.one("service.websockets") or told.technology(_SOCKETS)),
        calls_out=told.has_feature(_OUTSIDE)
        or _names_others(told)
        or bool(told.technology(_COMPANIES)),
        secrets=_variables(told, "service.secret"),
        assumed=(*assumed, *_scripts(told, typescript=typescript)),
        where=told.where,
    )
    service = replace(service, forge=forge_of(brief, told))
    alone = spoken(_as_it_stands(service, told, brief), told, brief.request)
    return in_company(alone, company, brief)


def _as_it_stands(service: Service, told: Told, brief: Brief) -> Service:
    """The service with what is there already, and what would stop a first deploy."""
    kept = kept_of(brief)
    siblings = () if service.has_files else _siblings(brief.request)
    return replace(
        service,
        sigterm=told.own("service.sigterm") == "handled",
        keep_alive=told.own("service.keep-alive") == "set",
        image_faults=told.places("service.image-fault"),
        uploads=told.one("service.upload"),
        scheduler=told.own("service.scheduler"),
        logger=told.technology(("pino", "winston")),
        pool_in_address=service.orm == "prisma" and _is_before(told.one("version.prisma"), 7),
        timers=timers_of(brief, service, told),
        sessions=told.own("service.sessions"),
        loopback=_loopback(told),
        hosts=tuple(dict.fromkeys(n for n, _ in told.own_places("service.host-variable"))),
        changes=tuple(sorted(told.places("service.ddl"), key=_in_order)),
        at_start=told.own_places("service.migrates-at-start"),
        has_lock=not told.has_manifest or _has_lock(told),
        by_bun=told.one("package-manager") == "bun",
        pipelines=(*sorted(told.all("service.workflow")), *_of_gitlab(told)),
        keys=told.places("service.workflow-key"),
        kept=kept if service.database == "postgresql" else kept - {"database", "outside"},
        present=present_of(brief.request),
        names=names_of(brief.request),
        private=bool(_PRIVATE.search(brief.request)),
        longest=longest_job(brief.request),
        health=service.health or _health_in(brief.request),
        siblings=siblings,
        name=_slug(siblings[0]) if siblings else service.name,
    )


def _named(told: Told, company: Company) -> str:
    """What its package is called; among several services its own name, not the repository's."""
    own = [n for n, where in told.places("service.name") if folder_of(where) == told.root]
    several = bool(company.besides) and bool(told.root)
    return own[0] if several and own else told.one("service.name", "api")


def _of_gitlab(told: Told) -> tuple[str, ...]:
    """The pipeline of GitLab that is there."""
    places = (where.rpartition(":")[0] for name, where in told.places("technology")
              if name == "gitlab-ci")  # fmt: skip
    return tuple(path for path in places if path)


def _siblings(request: str) -> tuple[str, ...]:
    """The folders of several services that words name; none where they name one."""
    found = tuple(dict.fromkeys(said[0] for said in _FOLDER.compiled.finditer(request)))
    return found if len(found) > 1 else ()


def _health_in(request: str) -> str:
    """The route that words name as the one that says that it runs; "" if none."""
    found = _HEALTH.search(request)
    return found[1] if found else ""


def _loopback(told: Told) -> tuple[tuple[str, str], ...]:
    """Where it listens for itself alone: written down, or Fastify's way where no address is."""
    silent = told.own_places("service.no-address") if told.technology(("fastify",)) else ()
    return (*told.own_places("service.loopback"), *((_FASTIFY, where) for _, where in silent))


def _has_lock(told: Told) -> bool:
    """Whether there is a lock file that what is written here can read; Bun's it cannot."""
    return any("bun.lock" not in path for path in told.all("service.lock"))


def _in_order(change: tuple[str, str]) -> tuple[str, int]:
    path, _, line = change[1].rpartition(":")
    return path, int(line) if line.isdigit() else 0


def _is_before(version: str, major: int) -> bool:
    """Whether a version is told, and is one before that."""
    said = version.partition(".")[0]
    return said.isdigit() and int(said) < major


def _workers(told: Told) -> tuple[Worker, ...]:
    """The processes beside the service, each name once."""
    found: dict[str, Worker] = {}
    for said, where in told.places("service.worker"):
        name, _, command = said.partition(": ")
        short = _slug(name)[:_LONGEST_WORKER].strip("-")
        words = tuple(command.split())
        folder = folder_of(where)
        schedules = next(
            (library for library, place in told.places("service.scheduler")
             if folder and place.startswith(f"{folder}/")), "",
        )  # fmt: skip
        found.setdefault(short, Worker(short, words, folder, where, schedules))
    return tuple(found.values())


def _variables(told: Told, key: str) -> tuple[str, ...]:
    """The names of variables of a kind, less those that hold the database's address in parts."""
    return tuple(name for name in told.all(key) if not _PARTS.fullmatch(name))


def _parts(told: Told) -> tuple[str, ...]:
    names = (*told.all("service.setting"), *told.all("service.secret"))
    return tuple(sorted(name for name in names if _PARTS.fullmatch(name)))


def _tools(told: Told) -> tuple[tuple[str, str], ...]:
    """The packages for development that its migrations run, each with its range."""
    pairs = (said.partition(" ") for said in told.all("service.migrate-tool"))
    return tuple((name, wanted) for name, _, wanted in pairs)


def _is_classic(told: Told) -> bool:
    """Whether it is Yarn 1, whose commands are others."""
    said = told.one("version.yarn")
    return said.partition(".")[0] == "1" if said else told.one("service.yarn") == "classic"


def _postgres(told: Told) -> str:
    """The major version of PostgreSQL: the one in use if there is an image of it."""
    said = told.one("version.postgresql", POSTGRES).partition(".")[0]
    known = {i.tag.partition(".")[0] for i in images() if i.image == "postgres"}
    return said if said in known else POSTGRES


def _routed(told: Told, key: str) -> str:
    """A route as it is called from outside: below the prefix of all routes."""
    path, prefix = told.one(key), told.own("service.prefix").strip("/")
    return f"/{prefix}{path}" if path and prefix and path != "/readyz" else path


def _mails(told: Told) -> bool:
    """Whether it sends mail by SMTP itself."""
    names = (*told.all("service.setting"), *told.all("service.secret"))
    return bool(told.technology(("nodemailer", "smtp"))) or any(_MAIL.search(n) for n in names)


def _names_others(told: Told) -> bool:
    """Whether a variable is the address or the key of another company's API."""
    names = (*told.all("service.setting"), *told.all("service.secret"))
    return any(_OTHERS_API.search(name) for name in names)


def _unseen(told: Told, script: str) -> str:
    """A script that is taken to be there where no package.json was seen."""
    return "" if told.has_files else script


def _scripts(told: Told, *, typescript: bool) -> tuple[Assumption, ...]:
    if told.has_files:
        return ()
    names = "build, test" if typescript else "test"
    why = "no package.json was handed over; the image and the checks run them"
    return (Assumption(key="scripts", value=names, why=why),)


def _migrate(told: Told, database: str) -> str:
    """The command that migrates, where the service is started: its own script, or its ORM's."""
    script = told.one("service.migrate")
    if database != "postgresql":
        return ""
    if script:
        folder = folder_of(dict(told.where)["service.migrate"])
        elsewhere = folder != told.root
        return (
            f"npm --prefix {IMAGE}/{folder} run {script}" if elsewhere else f"node --run {script}"
        )
    return _BY_ORM.get(told.technology(ORMS), "")


def _node(told: Told) -> str:
    """The version line of Node: the one in use if there is an image of it, else the current."""
    said = told.one("version.node", NODE).partition(".")[0]
    known = {i.tag.partition(".")[0] for i in images() if i.image == "node"}
    return said if said in known else NODE


def _port(told: Told) -> int:
    said = told.own("service.port") or told.one("port", str(PORT))
    return int(float(said)) if said.replace(".", "", 1).isdigit() else PORT


def _database(told: Told) -> tuple[str, str, tuple[Assumption, ...]]:
    """The database that is set up, another store in use, and what was assumed of either."""
    named = told.technology(("no-database", "amazon-dynamodb", *_SQL))
    other = told.technology(_OTHER_STORES)
    if named in _ANY_SQL and other:  # RDS of another kind
        return "none", other, ()
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
