"""What a repository or a compose file holds: services, front ends, stores, tools; each with a plan.

One service is what the delivery is written for. What is told here is who else there is: a process
of the same image, a service with an image of its own, or something that AWS has another thing for.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Literal

import yaml

from blueproof.advisors.deploy.service import PORT
from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

Kind = Literal["service", "front end", "store", "tool", "edge", "once", "timed", "image"]
_COMPOSE = re.compile(r"(?:.*/)?(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml")
_IMAGE_FILE = re.compile(r"(?:.*/)?Dockerfile")
# What AWS has in the place of an image, by how the image's name ends; "" is written here.
STORES = {
    "postgres": "RDS for PostgreSQL", "postgis": "RDS for PostgreSQL, which has PostGIS",
    "timescaledb": "not written here: RDS has no TimescaleDB; keep it, or Timescale Cloud",
    "redis": "ElastiCache for Valkey", "valkey": "ElastiCache for Valkey",
    "redis-stack": "ElastiCache for Valkey, without the modules of Redis Stack",
    "mysql": "not written here: RDS for MySQL", "mariadb": "not written here: RDS for MariaDB",
    "mongo": "not written here: MongoDB Atlas, or DocumentDB",
    "rabbitmq": "not written here: Amazon MQ for RabbitMQ",
    "nats": "not written here: a task of its own",
    "kafka": "not written here: Amazon MSK", "cp-kafka": "not written here: Amazon MSK",
    "zookeeper": "not needed beside Amazon MSK", "cp-zookeeper": "not needed beside Amazon MSK",
    "elasticsearch": "not written here: Amazon OpenSearch Service",
    "opensearch": "not written here: Amazon OpenSearch Service",
    "memcached": "not written here: ElastiCache for Memcached",
    "minio": "not written here: a bucket of S3, by the AWS SDK",
}  # fmt: skip
_TOOLS = frozenset(
    "mailhog mailpit maildev mailcatcher adminer pgadmin4 phpmyadmin mongo-express "
    "redis-commander redisinsight localstack kibana opensearch-dashboards swagger-ui flower "
    "watchtower portainer portainer-ce dozzle pgweb stripe-cli ngrok wiremock selenium".split()
)
_EDGES = frozenset("nginx traefik caddy haproxy certbot nginx-proxy envoy swag".split())
_STATIC = frozenset(
    "vite react-scripts @angular/core @angular/cli vue svelte @vue/cli-service parcel gatsby "
    "astro preact solid-js".split()
)  # a front end whose output is files
_WEB = frozenset(
    "express fastify @nestjs/core koa hono @hapi/hapi next nuxt @remix-run/serve @remix-run/node "
    "@sveltejs/adapter-node apollo-server socket.io ws".split()
)
_SERVERS = _WEB | {"bullmq", "bull", "amqplib", "kafkajs"}
_ONCE = LatePattern(
    r"\b(?:migrat\w*|upgrade head|db:(?:migrate|seed|setup|prepare)|collectstatic|seed|init(?:db)?"
    r"|createsuperuser)\b"
)
_TIMED = LatePattern(r"\b(?:cron\w*|nightly|hourly|daily|weekly|scheduled?)\b")
_ALWAYS = LatePattern(r"\b(?:crond?|supercronic|beat|scheduler)\b")  # it keeps the time itself
_DEVELOPS = LatePattern(r"^(?:test|e2e|dev|lint|storybook|docs)\b")
_API = LatePattern(r"\b(?:api|server|backend|gateway|app|web)\b")
_EXPOSE = LatePattern(r"(?im)^[ \t]*EXPOSE[ \t]+(\d{2,5})")
_SERVES_FILES = LatePattern(r"(?im)^[ \t]*FROM[ \t]+(?:\S+/)?(?:nginx|caddy|httpd)\b")
_PLAIN = LatePattern(r"[\w./ -]*")  # paths stand in scripts
_PORT = LatePattern(r"(\d{2,5})(?:/tcp)?$")
_ROUTE = LatePattern(r"https?://[\w.-]+(?::\d+)?(/[\w./-]{1,60})")


@dataclass(frozen=True, kw_only=True)
class Member:
    """One thing that runs, or is built: `folder` is what its image is built from.

    `port` is 0 where nothing connects to it; `is_public` is whether it is published; `variables`
    are its environment with what a file gives them; `instead` is what AWS has in its place.
    """

    name: str
    kind: Kind
    where: str
    folder: str = ""
    image_file: str = ""
    is_built: bool = True
    command: tuple[str, ...] = ()
    port: int = 0
    is_public: bool = False
    health: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    instead: str = ""
    framework: str = ""
    lines: tuple[int, int] = (0, 0)

    @property
    def image(self) -> tuple[str, str]:
        """What tells its image from others: the folder and the Dockerfile in it."""
        return self.folder, self.image_file


def members_of(brief: Brief) -> tuple[Member, ...]:
    """All members, each name once: those of compose files first, then packages that run."""
    texts = tuple((d.parts[0][0], d.text) for d in brief.documents if d.role == "delivery")
    return _members(texts)


@cache
def _members(texts: tuple[tuple[str, str], ...]) -> tuple[Member, ...]:
    files = dict(texts)
    found: dict[str, Member] = {}
    composed = sorted((p for p in files if _COMPOSE.fullmatch(p)), key=lambda p: (len(p), p))
    for path in composed[:1]:
        for member in _of_compose(path, files):
            found.setdefault(member.name, member)
    folders = {m.folder for m in found.values() if m.is_built}
    for member in (*_of_packages(files), *_of_images(files)):
        if member.folder not in folders:
            folders.add(member.folder)
            found.setdefault(member.name, member)
    return tuple(m for m in found.values() if _PLAIN.fullmatch(f"{m.folder} {m.image_file}"))


def _of_compose(path: str, files: dict[str, str]) -> Iterator[Member]:
    try:
        tree = yaml.compose(files[path], Loader=yaml.SafeLoader)
        loaded = yaml.safe_load(files[path])
    except yaml.YAMLError:  # the reader of the folder has told of it
        return
    services = loaded.get("services") if isinstance(loaded, dict) else None
    if not isinstance(services, dict):
        return
    places = _places(tree)
    base = path.rpartition("/")[0]
    for name, said in services.items():
        if isinstance(said, dict):
            member = _composed(str(name), said, base, files)
            first, last = places.get(str(name), (1, 1))
            yield replace(member, where=f"{path}:{first}", lines=(first, last))


def _places(tree: yaml.Node | None) -> dict[str, tuple[int, int]]:
    """The first and last line of each service of a compose file."""
    pairs = tree.value if isinstance(tree, yaml.MappingNode) else []
    inside = next((v for k, v in pairs if k.value == "services"), None)
    if not isinstance(inside, yaml.MappingNode):
        return {}
    return {k.value: (k.start_mark.line + 1, v.end_mark.line) for k, v in inside.value}


def _composed(name: str, said: dict[str, Any], base: str, files: dict[str, str]) -> Member:
    build = said.get("build")
    if not build:
        return _of_image(name, said)
    given = build if isinstance(build, dict) else {"context": build}
    folder = _joined(base, str(given.get("context") or "."))
    image_file = _joined(folder, str(given.get("dockerfile") or "Dockerfile"))
    command = _words(said.get("command")) or _words(said.get("entrypoint"))
    ports = tuple(_ports(said.get("ports")))
    inside = (*ports, *_ports(said.get("expose")))
    port = next(iter(inside), 0) or _exposed(files.get(image_file, ""))
    package = _package(files.get(f"{folder}/package.json".lstrip("/"), ""))
    return Member(
        name=name, kind=_kind(name, command, package, files.get(image_file, ""), said),
        where="", folder=folder, image_file=image_file, command=command, port=port,
        is_public=bool(ports), variables=tuple(_variables(said.get("environment"))),
        health=_health(said), framework=_framework(package),
    )  # fmt: skip


def _of_image(name: str, said: dict[str, Any]) -> Member:
    """A service of somebody else's image."""
    image = str(said.get("image") or "").partition("@")[0].rpartition("/")[2].partition(":")[0]
    kind: Kind = "store" if image in STORES else "tool" if image in _TOOLS else (
        "edge" if image in _EDGES else "image")  # fmt: skip
    return Member(
        name=name, kind=kind, where="", is_built=False, framework=image,
        instead=STORES.get(image, ""), command=_words(said.get("command")),
    )  # fmt: skip


def _kind(
    name: str, command: tuple[str, ...], package: dict[str, Any], image: str, said: dict[str, Any]
) -> Kind:
    words = " ".join(command)
    if _DEVELOPS.search(name) and not said.get("ports"):
        return "tool"
    if _ONCE.search(f"{name.replace('_', ' ')} {words}") and not said.get("ports"):
        return "once"
    timed = _TIMED.search(name) or any("schedule" in str(label) for label in _each(said, "labels"))
    if timed and not _ALWAYS.search(words) and words:
        return "timed"
    return "front end" if _is_static(package, image) else "service"


def _each(said: dict[str, Any], key: str) -> tuple[object, ...]:
    held = said.get(key)
    return tuple(held) if isinstance(held, list | dict) else ()


def _is_static(package: dict[str, Any], image: str) -> bool:
    """Whether what is built are files for a browser, and nothing answers requests itself."""
    names = _needed(package)
    if names & _SERVERS:
        return False
    return bool(names & _STATIC) or (bool(_SERVES_FILES.search(image)) and not _only_proxy(image))


def _only_proxy(image: str) -> bool:
    return "npm" not in image and "COPY --from" not in image


def _of_packages(files: dict[str, str]) -> Iterator[Member]:
    """The packages of a repository that are started by themselves, or are built for browsers."""
    for path in sorted(p for p in files if p.endswith("/package.json")):
        package = _package(files[path])
        scripts = package.get("scripts")
        scripts = scripts if isinstance(scripts, dict) else {}
        folder = path.rpartition("/")[0]
        static = _is_static(package, "")
        runs = _needed(package) & _SERVERS and "start" in scripts
        if not (
            runs
            or (
                (static and "build" in scripts and {"dev", "start", "preview"} & {*scripts})
                or (static and _needed(package) & {"vite"} and "build" in scripts)
            )
        ):
            continue  # fmt: skip
        image_file = f"{folder}/Dockerfile"
        yield Member(
            name=PurePosixPath(folder).name, kind="front end" if static else "service",
            where=f"{path}:1", folder=folder, image_file=image_file,
            port=_exposed(files.get(image_file, "")) or _usual(package), is_public=True,
            framework=_framework(package),
        )  # fmt: skip


def _usual(package: dict[str, Any]) -> int:
    """The port that a server gets by PORT where no file names one; 0 for what only takes jobs."""
    return PORT if _needed(package) & _WEB else 0


def _of_images(files: dict[str, str]) -> Iterator[Member]:
    """The folders that have a Dockerfile of their own."""
    for path in sorted(p for p in files if _IMAGE_FILE.fullmatch(p) and "/" in p):
        folder = path.rpartition("/")[0]
        name = PurePosixPath(folder).name
        if _DEVELOPS.search(name) or name in {".devcontainer", "docker", "nginx", "deploy"}:
            continue
        text = files[path]
        package = _package(files.get(f"{folder}/package.json", ""))
        static = _is_static(package, text)
        port = _exposed(text)
        yield Member(
            name=name, kind="front end" if static else "service", where=f"{path}:1", folder=folder,
            image_file=path, port=port, is_public=bool(port), framework=_framework(package),
        )  # fmt: skip


def _joined(base: str, path: str) -> str:
    """A path from the root of what was handed over; "" for the root itself."""
    parts: list[str] = []
    for part in f"{base}/{path}".split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _package(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def scripts_of(text: str) -> frozenset[str]:
    """The names of the scripts of a package.json, less those that only say that there is none."""
    held = _package(text).get("scripts")
    pairs = held.items() if isinstance(held, dict) else ()
    return frozenset(name for name, said in pairs if "no test specified" not in str(said))


def _needed(package: dict[str, Any]) -> set[str]:
    held = (package.get(key) for key in ("dependencies", "devDependencies"))
    return {name for each in held if isinstance(each, dict) for name in each}


def _framework(package: dict[str, Any]) -> str:
    names = _needed(package)
    return next((n for n in ("next", "nuxt", "vite", "@angular/core", "react-scripts", "express",
                             "fastify", "@nestjs/core") if n in names), "")  # fmt: skip


def _words(said: object) -> tuple[str, ...]:
    """A command as words, without a shell in front of it."""
    words = (
        tuple(str(w) for w in said) if isinstance(said, list) else tuple(str(said or "").split())
    )
    if words[1:2] == ("-c",) and words[0].rpartition("/")[2] in {"sh", "bash"}:
        return tuple(" ".join(words[2:]).strip("\"'").split())
    return words


def _ports(said: object) -> Iterator[int]:
    for port in said if isinstance(said, list) else ():
        text = str(port.get("target", "") if isinstance(port, dict) else port)
        found = _PORT.search(text)
        if found:
            yield int(found[1])


def _exposed(image: str) -> int:
    found = _EXPOSE.search(image)
    return int(found[1]) if found else 0


def _variables(said: object) -> Iterator[tuple[str, str]]:
    """The environment of a service: names, with what the file gives them."""
    if isinstance(said, dict):
        yield from (
            (str(name), str("" if value is None else value)) for name, value in said.items()
        )
    elif isinstance(said, list):
        for line in said:
            name, _, value = str(line).partition("=")
            yield name, value


def _health(said: dict[str, Any]) -> str:
    check = said.get("healthcheck")
    test = check.get("test") if isinstance(check, dict) else ""
    text = " ".join(str(t) for t in test) if isinstance(test, list) else str(test or "")
    found = _ROUTE.search(text)
    return found[1] if found else ""


def chief(members: tuple[Member, ...], root: str) -> Member | None:
    """The one that the delivery is written for: in the folder that listens, else by its name."""
    built = [m for m in members if m.is_built and m.kind == "service"]
    serving = [m for m in built if m.port] or built
    inside = [m for m in serving if root and (m.folder == root or root.startswith(f"{m.folder}/"))]

    def order(member: Member) -> tuple[bool, bool, bool]:
        browser = member.framework in {"next", "nuxt"}
        return browser, not _API.search(member.name.replace("_", " ")), not member.is_public

    ranked = sorted(inside or serving, key=order)
    return next(iter(ranked), None)
