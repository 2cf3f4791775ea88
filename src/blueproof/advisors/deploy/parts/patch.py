"""Files for the service's own code: what it lacks to be stopped, asked and started on AWS."""

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.function import migrates
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.code import handed

FOLDER = "app"


def patches(service: Service, form: Form) -> dict[str, str]:
    """The files by path: the lifecycle where the service has none, the starts that Lambda needs."""
    found = {}
    if protected(service):
        found[protection(service)] = handed(_HELD_AS.get(service.queue, PROTECTED[service.queue]))
    beside = f"{service.root}/{FOLDER}".strip("/")
    if needs_lifecycle(service):
        found[lifecycle(service)] = handed(lifecycle(service).rpartition("/")[2])
    if form.shape == "lambda" and service.reads_secrets:
        found[f"{beside}/entrypoint.mjs"] = handed("entrypoint.mjs")
    if form.shape == "lambda" and migrates(service):
        found[f"{beside}/migrate-server.mjs"] = handed("migrate-server.mjs")
    return found


PROTECTED = {"celery": "protection.py", "bullmq": "protection.mjs"}
_HELD_AS = {"celery": "protection.py.txt"}  # no part of this package, which imports no Celery


def protected(service: Service) -> bool:
    """Whether a file keeps workers running while they have jobs; Celery's tells of the queue."""
    return bool(service.workers) and service.queue in PROTECTED and (
        service.protects or service.queue == "celery"
    )  # fmt: skip


def protection(service: Service) -> str:
    """Where the file lies that keeps a worker running while it has a job."""
    return f"{FOLDER}/{PROTECTED.get(service.queue, '')}"


def needs_lifecycle(service: Service) -> bool:
    """Whether the service cannot yet stop cleanly and say that it is ready."""
    return not service.lives


def lifecycle(service: Service) -> str:
    """The lifecycle file in the service's language; Node 22 can `require` the second as well.

    TypeScript lies beside the file that uses it: what is outside of its root is not compiled.
    """
    if service.typescript:
        folder = service.entry.rpartition("/")[0] if service.entry else FOLDER
        return f"{folder}/lifecycle.ts".lstrip("/")
    return f"{service.root}/{FOLDER}/lifecycle.mjs".lstrip("/")


_HELD = {"pool": "your pool of connections", "prisma": "your PrismaClient"}
_SERVERS = {
    "fastify": "app.server",
    "nestjs": "app.getHttpServer()",
}
_LISTENS = {
    "hono": "serve({{ fetch: app.fetch, port: {port} }})",
}
# A server of these is made first and listens in a line of its own.
_OPENED = {
    "fastify": 'await app.listen({{ port: {port}, host: "0.0.0.0" }});',
    "nestjs": 'await app.listen({port}, "0.0.0.0");',
}


def wiring(service: Service) -> tuple[str, ...]:
    """The lines that put the lifecycle to work in the service's entry file."""
    name = _from_entry(service)
    load = (
        f'const {{ withLifecycle }} = require("{name}");'
        if not service.esm and not service.typescript
        else f'import {{ withLifecycle }} from "{name}";'
    )
    port = f"Number(process.env.PORT ?? {service.port})"
    listening = _LISTENS.get(service.framework, "app.listen({port})").format(port=port)
    opened = _OPENED.get(service.framework, "").format(port=port) if service.loopback else ""
    server = _SERVERS.get(service.framework, listening)
    source = ('import { DataSource } from "typeorm";',) if _by_source(service) else ()
    lines = (*source, load, opened, f"const server = {server};", _options(service))
    return tuple(line for line in lines if line)


def held(service: Service) -> str:
    """What the lines take to be there: the service's own connection, by its usual name."""
    name = next((n for n in _HELD if f"{n}." in _options(service)), "")
    return f"`{name}` is {_HELD[name]}: import it if it is not there yet." if name else ""


def _by_source(service: Service) -> bool:
    """Whether NestJS holds the connection as TypeORM's data source."""
    return (service.framework, service.orm, service.database) == ("nestjs", "typeorm", "postgresql")


def _from_entry(service: Service) -> str:
    """How the entry file names the lifecycle: as ES modules are named, where it is one."""
    depth = service.entry.removeprefix(f"{service.root}/").count("/")
    if service.typescript:
        up = "./" if service.entry else f"./{FOLDER}/"
        return f"{up}lifecycle" + (".js" if service.esm else "")
    return f"{'../' * depth or './'}{FOLDER}/lifecycle.mjs"


def _options(service: Service) -> str:
    if _by_source(service):
        return _with('app.get(DataSource).query("SELECT 1")', "app.close()")
    if service.framework in _SERVERS:
        return "withLifecycle(server, { ready: () => true, close: () => app.close() });"
    if service.database == "postgresql" and service.orm == "":
        return _with('pool.query("SELECT 1")', "pool.end()")
    if service.orm == "prisma":
        return _with("prisma.$queryRaw`SELECT 1`", "prisma.$disconnect()")
    return "withLifecycle(server);"


def _with(ready: str, close: str) -> str:
    return f"withLifecycle(server, {{ ready: () => {ready}, close: () => {close} }});"
