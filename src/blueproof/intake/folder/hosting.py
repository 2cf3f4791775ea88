"""The configuration of hosts: Fly, Render, Railway, Vercel, Netlify, Cloudflare, Heroku."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Text, feature, technology
from blueproof.intake.folder.packages import plain_version
from blueproof.intake.folder.processes import read_process_lines
from blueproof.intake.folder.tree import Tree, at, inside, is_there, read_json, read_toml, read_yaml

_PATH = re.compile(r"/[\w./-]{0,60}")
_RENDER_RUNTIMES = frozenset({"node", "python", "go", "ruby", "rust", "elixir"})
_FLY_REGION = re.compile(r"[a-z]{3}")
_PORT = re.compile(r"[1-9]\d{1,4}")
_NAME = re.compile(r"[a-z]{3}\d|[a-z]{4,10}")  # Vercel's fra1, Render's frankfurt
_BINDINGS = {  # of wrangler.toml, and what they are
    "d1_databases": "cloudflare-d1",
    "kv_namespaces": "cloudflare-kv",
    "r2_buckets": "cloudflare-r2",
    "queues": "cloudflare-queues",
    "durable_objects": "cloudflare-durable-objects",
    "hyperdrive": "cloudflare-hyperdrive",
}


def _port(tree: Tree) -> Iterator[Found]:
    if _PORT.fullmatch(tree.text):
        yield Found(key="port", value=float(tree.text), line=tree.line)


def _health(tree: Tree) -> Iterator[Found]:
    if _PATH.fullmatch(tree.text):
        yield Found(key="health-route", value=tree.text, line=tree.line)


def _region(tree: Tree, shape: re.Pattern[str] = _NAME) -> Iterator[Found]:
    for said in tree.each():
        if shape.fullmatch(said.text):
            yield Found(key="host-region", value=said.text, line=said.line)


def read_fly(file: Text) -> Iterator[Finding]:
    """What a fly.toml says."""
    tree = read_toml(file)
    yield technology("fly-io", 1)
    yield from _region(at(tree, "primary_region"), _FLY_REGION)
    services = (at(tree, "http_service"), *at(tree, "services").each())
    for service in services:
        yield from _port(at(service, "internal_port"))
        for kind in ("checks", "http_checks"):
            for check in at(service, kind).each():
                yield from _health(at(check, "path"))
    for check in inside(at(tree, "checks")):
        yield from _health(at(check, "path"))


def read_render(file: Text) -> Iterator[Finding]:
    """What a render.yaml says."""
    tree = read_yaml(file)
    yield technology("render", 1)
    for service in at(tree, "services").each():
        yield from _render_service(service)
    for database in at(tree, "databases").each():
        yield technology("postgresql", database.line)
        version = at(database, "postgresMajorVersion")
        if plain_version(version.text):
            value = plain_version(version.text)
            yield Found(key="version.postgresql", value=value, line=version.line)
        yield from _region(at(database, "region"))


def _render_service(service: Tree) -> Iterator[Finding]:
    kind = at(service, "type")
    yield Counted(
        metric="services", name=at(service, "name").text or str(kind.line), line=kind.line
    )
    if kind.text in {"redis", "keyvalue"}:
        yield technology("redis", kind.line)
    if kind.text == "cron":
        yield feature("scheduling", kind.line)
    runtime = at(service, "runtime")
    runtime = runtime if runtime.text else at(service, "env")
    if runtime.text in _RENDER_RUNTIMES:
        yield Found(key="runtime", value=runtime.text, line=runtime.line)
    yield from _health(at(service, "healthCheckPath"))
    yield from _region(at(service, "region"))


def read_railway(file: Text) -> Iterator[Finding]:
    """What a railway.json or railway.toml says."""
    tree = read_toml(file) if file.name.endswith(".toml") else read_json(file)
    yield technology("railway", 1)
    yield from _health(at(tree, "deploy", "healthcheckPath"))
    if is_there(at(tree, "deploy", "cronSchedule")):
        yield feature("scheduling", at(tree, "deploy", "cronSchedule").line)


def read_vercel(file: Text) -> Iterator[Finding]:
    """What a vercel.json says."""
    tree = read_json(file)
    yield technology("vercel", 1)
    yield from _region(at(tree, "regions"))
    for cron in at(tree, "crons").each():
        yield feature("scheduling", cron.line)
        name = at(cron, "path").text
        yield Counted(metric="crons", name=f"{name} {cron.line}", line=cron.line)


def read_netlify(file: Text) -> Iterator[Finding]:
    """What a netlify.toml says."""
    tree = read_toml(file)
    yield technology("netlify", 1)
    node = at(tree, "build", "environment", "NODE_VERSION")
    if plain_version(node.text):
        yield Found(key="version.node", value=plain_version(node.text), line=node.line)
    functions = at(tree, "functions")
    if is_there(functions):
        yield technology("netlify-functions", functions.line)


def read_wrangler(file: Text) -> Iterator[Finding]:
    """What a wrangler.toml or wrangler.jsonc says."""
    tree = read_toml(file) if file.name.endswith(".toml") else read_json(file)
    yield technology("cloudflare-workers", 1)
    for key, name in _BINDINGS.items():
        place = at(tree, key)
        if is_there(place):
            yield technology(name, place.line)
    crons = at(tree, "triggers", "crons")
    if is_there(crons):
        yield feature("scheduling", crons.line)


def read_procfile(file: Text) -> Iterator[Finding]:
    """What kinds of process a Procfile starts."""
    for process in re.finditer(r"^(\w[\w-]{0,30}):\s*(\w+)?", file.text, re.MULTILINE):
        line = file.line(process.start())
        yield Counted(metric="processes", name=process[1], line=line)
        if process[2] in {"celery", "rq"}:
            yield technology(process[2], line)
            yield feature("job-queue", line)
    yield from read_process_lines(file)


def read_nginx(file: Text) -> Iterator[Finding]:
    """What an nginx.conf says: that there is one, and the port of what lies behind it."""
    yield technology("nginx", 1)
    behind = re.search(r"^[ \t]*(?:proxy_pass[ \t]+https?://|server[ \t]+)[\w.-]+:(\d{2,5})",
                       file.text, re.MULTILINE)  # fmt: skip
    if behind:
        yield Found(key="port", value=float(behind[1]), line=file.line(behind.start()))


def read_eas(_: Text) -> Iterator[Finding]:
    """What the mere presence of an eas.json says."""
    yield technology("eas", 1)
    yield technology("expo", 1)
