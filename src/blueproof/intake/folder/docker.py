"""Dockerfiles, and compose files with their services."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Part, Text, technology
from blueproof.intake.folder.processes import read_image_start, read_started
from blueproof.intake.folder.resources import image_technologies, read_image
from blueproof.intake.folder.tree import Tree, at, is_there, read_yaml
from blueproof.sql.secrets import masked

_FROM = re.compile(
    r"^[ \t]*FROM[ \t]+(?:--platform=\S+[ \t]+)?(\S+)(?:[ \t]+AS[ \t]+(\S+))?",
    re.MULTILINE | re.IGNORECASE,
)
_ARG = re.compile(r"^[ \t]*ARG[ \t]+(\w*VERSION\w*)=[\"']?([\w.-]+)", re.MULTILINE)
_EXPOSE = re.compile(r"^[ \t]*EXPOSE[ \t]+(\d{2,5})\b", re.MULTILINE | re.IGNORECASE)
_USER = re.compile(r"^[ \t]*USER[ \t]+(\S+)", re.MULTILINE | re.IGNORECASE)
_HEALTH = re.compile(r"^[ \t]*HEALTHCHECK\b(?:\\\n|[^\n])*", re.MULTILINE | re.IGNORECASE)
_ROUTE = re.compile(r"https?://[\w.-]+(?::\d+)?(/[\w./-]{1,60})")
_COMMENT = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
_SET = re.compile(r"^[ \t]*(?:ENV|ARG)[ \t]+(?P<name>\w+)(?:=|[ \t]+)(?P<value>\S+)", re.MULTILINE)
_SECRET = re.compile(r"SECRET|PASSW|TOKEN|API_?KEY|PRIVATE|CREDENTIAL", re.IGNORECASE)
_HELD = re.compile(
    r"[\"']?(?:\$|$|changeme|example|dummy|<)", re.IGNORECASE
)  # not the secret itself
_SHELL = re.compile(r"^[ \t]*(?:CMD|ENTRYPOINT)[ \t]+(?!\[)\S", re.MULTILINE)
_BY_NPM = re.compile(r"^[ \t]*(?:CMD|ENTRYPOINT)[^\n]*\b(?:npm|yarn|pnpm)\b", re.MULTILINE)
_INSTALL = re.compile(r"^[ \t]*RUN\b[^\n]*\bnpm (?:install|i)\b(?![^\n]*\s-g\b)", re.MULTILINE)
_ALL = re.compile(r"^[ \t]*(?:COPY|ADD)[ \t]+\.[ /\t]", re.MULTILINE)
_CONTAINER_PORT = re.compile(r"(\d{2,5})(?:/tcp)?$")


def read_dockerfile(file: Text) -> Iterator[Finding]:
    """What a Dockerfile says: the last stage is what runs."""
    bare = Text(path=file.path, text=_COMMENT.sub("", file.text))
    stages = list(_FROM.finditer(bare.text))
    if not stages:
        return
    yield technology("docker", bare.line(stages[0].start(1)))
    if file.path == "Dockerfile":
        yield Found(key="service.dockerfile", value=file.path, line=bare.line(stages[0].start(1)))
    yield from _base(bare, stages)
    for expose in _EXPOSE.finditer(bare.text):
        yield Found(key="port", value=float(expose[1]), line=bare.line(expose.start()))
    users = [u for u in _USER.finditer(bare.text) if u.start() > stages[-1].start()]
    if users and users[-1][1].partition(":")[0] not in {"root", "0"}:
        yield Found(key="container-user", value="not-root", line=bare.line(users[-1].start()))
    health = _HEALTH.search(bare.text)
    route = _ROUTE.search(health[0]) if health else None
    if health and route:
        yield Found(key="health-route", value=route[1], line=bare.line(health.start()))
    yield from _faults(bare)
    yield from read_image_start(Text(path=file.path, text=_HEALTH.sub(_emptied, bare.text)))
    if not users:
        yield Found(key="service.image-fault", value="root", line=bare.line(stages[-1].start(1)))


def _faults(file: Text) -> Iterator[Finding]:
    """What hurts in production: a secret in a layer, signals that npm swallows, no lock file."""
    for found in _SET.finditer(file.text):
        value = found["value"]
        secret = bool(_SECRET.search(found["name"])) and not _HELD.match(value)
        if secret or masked(value) != value:
            yield _fault(f"secret {found['name']}", file, found)
    # A health check has a CMD of its own; its lines stay as empty ones.
    started = Text(path=file.path, text=_HEALTH.sub(_emptied, file.text))
    shell = _SHELL.search(started.text) or _BY_NPM.search(started.text)
    if shell:
        yield _fault("signals", started, shell)
    install = _INSTALL.search(file.text)
    copied = _ALL.search(file.text)
    if install:
        yield _fault("no-lock", file, install)
    if install and copied and copied.start() < install.start():
        yield _fault("no-cache", file, copied)


def _emptied(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _fault(what: str, file: Text, found: re.Match[str]) -> Finding:
    return Found(key="service.image-fault", value=what, line=file.line(found.end() - 1))


def _base(file: Text, stages: list[re.Match[str]]) -> Iterator[Finding]:
    """The image below the last stage, or the last of the others that is a known runtime."""
    names = {stage[2].lower() for stage in stages if stage[2]}
    versions = dict(_ARG.findall(file.text))
    for stage in reversed(stages):
        image = re.sub(r"\$\{?(\w+)(?::-[^}]*)?\}?", lambda m: versions.get(m[1], ""), stage[1])
        found = () if image.lower() in names else tuple(read_image(image, file.line(stage.start())))
        if found:
            yield from found
            return


def read_compose(file: Text) -> Iterator[Finding]:
    """The services of a compose file: their images, their ports, and who needs whom."""
    services = at(read_yaml(file), "services")
    if not is_there(services):
        return
    yield technology("docker-compose", services.line)
    names = [name for name, _ in services.items()]
    for name, service in services.items():
        image = at(service, "image")
        yield Counted(metric="services", name=name, line=service.line)
        yield from read_image(_with_defaults(image.text), image.line)
        yield from _ports(service)
        yield from _health(service)
        yield from read_started(name, service, service.line)
        yield _part(name, service, names)


def _with_defaults(image: str) -> str:
    """An image's name with ${TAG:-16} as it is where nothing is set."""
    return re.sub(r"\$\{\w+:?-([^}]*)\}", r"\1", image)


def _ports(service: Tree) -> Iterator[Finding]:
    """The port of what is built here; a published database is no port of the app's."""
    if not is_there(at(service, "build")):
        return
    for port in at(service, "ports").each():
        found = _CONTAINER_PORT.search(port.text or at(port, "target").text)
        if found:
            yield Found(key="port", value=float(found[1]), line=port.line)


def _health(service: Tree) -> Iterator[Finding]:
    for said in at(service, "healthcheck", "test").each():
        route = _ROUTE.search(said.text)
        if route and is_there(at(service, "build")):
            yield Found(key="health-route", value=route[1], line=said.line)


def _part(name: str, service: Tree, names: list[str]) -> Part:
    image = at(service, "image").text
    return Part(
        name=name,
        technology=next(iter(image_technologies(_with_defaults(image))), ""),
        line=service.line,
        uses=tuple(other for other in names if other != name and _needs(service, other)),
        is_public=is_there(at(service, "ports")),
    )


def _needs(service: Tree, other: str) -> bool:
    """Whether a service waits for another, or is told its address."""
    waits = at(service, "depends_on")
    if other in {*(key for key, _ in waits.items()), *(said.text for said in waits.each())}:
        return True
    settings = at(service, "environment")
    said = [*(value.text for _, value in settings.items()), *(v.text for v in settings.each())]
    host = re.compile(rf"(?:^|[@/=,]){re.escape(other)}(?::\d|/|$)")
    return any(host.search(text) for text in said)
