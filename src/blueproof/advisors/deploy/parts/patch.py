"""Files for the service's own code: what it lacks to be stopped, asked and started on AWS."""

from importlib import resources

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.function import migrates
from blueproof.advisors.deploy.service import Service

FOLDER = "app"


def patches(service: Service, form: Form) -> dict[str, str]:
    """The files by path: the lifecycle where the service has none, the starts that Lambda needs."""
    found = {}
    if needs_lifecycle(service):
        name = lifecycle(service)
        found[f"{FOLDER}/{name}"] = _whole(name)
    if form.shape == "lambda" and service.reads_secrets:
        found[f"{FOLDER}/entrypoint.mjs"] = _whole("entrypoint.mjs")
    if form.shape == "lambda" and migrates(service):
        found[f"{FOLDER}/migrate-server.mjs"] = _whole("migrate-server.mjs")
    return found


def needs_lifecycle(service: Service) -> bool:
    """Whether the service cannot yet stop cleanly and say that it is ready."""
    return not service.sigterm or not service.readiness


def lifecycle(service: Service) -> str:
    """The lifecycle file in the service's language; Node 22 can `require` the second as well."""
    return "lifecycle.ts" if service.typescript else "lifecycle.mjs"


def _whole(name: str) -> str:
    folder = resources.files("blueproof.advisors.deploy") / "node"
    return (folder / name).read_text(encoding="utf-8")


_SERVERS = {
    "fastify": "app.server",
    "nestjs": "app.getHttpServer()",
}


def wiring(service: Service) -> tuple[str, ...]:
    """The lines that put the lifecycle to work in the service's entry file."""
    up = "../" * service.entry.count("/") or "./"
    name = f"{up}{FOLDER}/{lifecycle(service)}".removesuffix(".ts")
    load = (
        f'const {{ withLifecycle }} = require("{name}");'
        if not service.esm and not service.typescript
        else f'import {{ withLifecycle }} from "{name}";'
    )
    server = _SERVERS.get(service.framework, f"app.listen({service.port})")
    return (load, f"const server = {server};", _options(service))


def _options(service: Service) -> str:
    if service.framework in _SERVERS:
        return "withLifecycle(server, { ready: () => true, close: () => app.close() });"
    if service.database == "postgresql" and service.orm == "":
        return _with('pool.query("SELECT 1")', "pool.end()")
    if service.orm == "prisma":
        return _with("prisma.$queryRaw`SELECT 1`", "prisma.$disconnect()")
    return "withLifecycle(server);"


def _with(ready: str, close: str) -> str:
    return f"withLifecycle(server, {{ ready: () => {ready}, close: () => {close} }});"
