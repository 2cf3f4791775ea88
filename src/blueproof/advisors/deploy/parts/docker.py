"""The image: built in stages, started without npm in between, not as root."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts import images
from blueproof.advisors.deploy.service import IMAGE, Service
from blueproof.facts.pinned import image

ADAPTER = "public.ecr.aws/awsguru/aws-lambda-adapter"
_TRUST = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
_IGNORED = ("**/node_modules", ".git", ".github", "infra", "**/dist", "**/coverage",
            "test", "tests", "**/.env", "**/.env.*", "**/*.log", "GUIDE.md", "RUNBOOK.md",
            "Dockerfile", ".dockerignore")  # fmt: skip
_PRUNE = {
    "npm": "npm prune --omit=dev",
    "pnpm": "pnpm prune --prod",
    # In a repository of several packages pnpm prunes none of them.
    "pnpm in workspaces": "CI=true pnpm install --prod --offline --no-frozen-lockfile",
    "yarn": "yarn workspaces focus --all --production",
    "yarn 1": "yarn install --production --frozen-lockfile --prefer-offline --ignore-scripts",
}
_WITH_VALUE = frozenset({"-r", "--require", "--import", "--loader", "--experimental-loader"})
_NEEDS_OPENSSL = ("prisma",)


def dockerfile(service: Service, form: Form) -> str:
    """The Dockerfile; of another language than Node.js where the service is written in one."""
    found = _lines(service, form) if service.is_node else images.lines(service)
    return "\n".join(found) + "\n"


def dockerignore(service: Service) -> str:
    """What is left out of the image; secrets above all."""
    others = () if service.is_node else images.ignored(service)
    return "\n".join((*_IGNORED, *others)) + "\n"


def base(service: Service) -> str:
    """The image that all is built on."""
    return image("node", service.node).name


def _lines(service: Service, form: Form) -> Iterator[str]:
    below = base(service)
    if service.orm in _NEEDS_OPENSSL:
        yield from _openssl(service)
        below = "base"
    yield "# What builds stays in the first stage; what runs is in the second."
    yield f"FROM {below} AS build"
    if service.manager != "npm":
        yield "ENV COREPACK_ENABLE_DOWNLOAD_PROMPT=0"
    yield f"WORKDIR {place(service.context)}"
    yield f"COPY {service.context} ./" if service.context else "COPY . ."
    yield from _says(service)
    yield "RUN " + " \\\n  && ".join(_built(service))
    yield ""
    yield f"FROM {below}"
    yield "ENV NODE_ENV=production"
    yield f"ENV PORT={service.port}"
    if service.database == "postgresql":
        yield "# The database's certificates are signed by an authority that Node does not know."
        yield f"ADD --chmod=444 {_TRUST} /etc/ssl/rds.pem"
        yield "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/rds.pem"
    if form.shape == "lambda":
        adapter = next(i for i in _images() if i.startswith(ADAPTER))
        yield "# Hands Lambda's events to the port, as requests; outside Lambda it does nothing."
        yield f"COPY --from={adapter} /lambda-adapter /opt/extensions/lambda-adapter"
    yield f"WORKDIR {place(service.context)}"
    yield f"COPY --from=build --chown=node:node {place(service.context)} ./"
    if service.uploads == "disk":
        yield "# Uploads are written below it."
        yield "RUN chown node:node ."
    if service.root != service.context:
        yield f"WORKDIR {place(service.root)}"
    yield "# node, by its number: a host need not know the name."
    yield "USER 1000"
    yield f"EXPOSE {service.port}"
    yield f"CMD [{', '.join(_quoted(word) for word in command(service, form))}]"


def _built(service: Service) -> Iterator[str]:
    """What makes the packages and the output, development's packages gone in the end."""
    if service.manager != "npm":
        yield "corepack enable"
    yield service.install
    if service.orm == "prisma":
        yield generates(service)
    if service.build:
        yield _run(service, "build", service.folder_of("build-command"))
    for name, wanted in service.tools:
        folder = _below(service, service.folder_of("service.migrate-tool"))
        inside = f" --prefix {folder}" if folder else ""
        yield f'npm{inside} pkg set "dependencies.{name}={wanted}"'
        yield f'npm{inside} pkg delete "devDependencies.{name}"'
    yield _pruned(service)


def _says(service: Service) -> Iterator[str]:
    """Why a package for development is kept, and how not to need that."""
    if service.tools:
        names = " and ".join(name for name, _ in service.tools)
        yield f"# Migrations run in this image with {names}, which must not go with development's"
        yield "# packages. Have it under dependencies in package.json, and `npm pkg` can go."


def _openssl(service: Service) -> Iterator[str]:
    """What Prisma's engines are linked with, and the slim image has not."""
    yield f"FROM {base(service)} AS base"
    yield "# Prisma's engines need OpenSSL. Debian's updates of it are wanted: no version is held."
    yield "# hadolint ignore=DL3008"
    yield "RUN apt-get update \\"
    yield "  && apt-get install --yes --no-install-recommends openssl \\"
    yield "  && rm -rf /var/lib/apt/lists/*"
    yield ""


def generates(service: Service) -> str:
    """The command that writes Prisma's client, from the root of the repository."""
    schema = service.told("orm").rpartition(":")[0]
    schema = schema.removeprefix(f"{service.context}/") if service.context else schema
    # Prisma finds these by itself; package.json tells that it is used, and not where its schema is.
    found = schema in {"schema.prisma", "prisma/schema.prisma"} or not schema.endswith(".prisma")
    return "npx prisma generate" + ("" if found else f" --schema {schema}")


def _below(service: Service, folder: str) -> str:
    """A folder as it is called from the one that the image is made of."""
    if not service.context:
        return folder
    return "" if folder == service.context else folder.removeprefix(f"{service.context}/")


def _run(service: Service, script: str, folder: str) -> str:
    folder = _below(service, folder)
    return f"npm --prefix {folder} run {script}" if folder else f"{service.runs} {script}"


def _pruned(service: Service) -> str:
    if service.classic_yarn:
        return _PRUNE["yarn 1"]
    inside = " in workspaces" if service.manager == "pnpm" and service.workspaces else ""
    return _PRUNE[service.manager + inside]


def place(folder: str) -> str:
    """Where a folder of the repository lies in the image."""
    return f"{IMAGE}/{folder}".rstrip("/")


def _images() -> Iterator[str]:
    from blueproof.facts import pinned

    return (known.name for known in pinned.images())


def _quoted(word: str) -> str:
    return f'"{word}"'


def command(service: Service, form: Form) -> tuple[str, ...]:
    """How it is started: node itself, so that SIGTERM reaches it."""
    started = _started(service)
    if form.shape == "lambda" and service.reads_secrets:
        flags = _flags(started[1:])
        return ("node", *started[1 : 1 + flags], "app/entrypoint.mjs", *started[1 + flags :])
    return started


def _flags(words: tuple[str, ...]) -> int:
    """How many of the words are for node itself, before the file that it runs."""
    number = 0
    while number < len(words) and words[number].startswith("-"):
        number += 2 if words[number] in _WITH_VALUE else 1
    return number


def plain(words: tuple[str, ...]) -> tuple[str, ...]:
    """A start without files of settings: there is none in the image, and node would not start."""
    return tuple(word for word in words if not word.startswith("--env-file="))


def _started(service: Service) -> tuple[str, ...]:
    words = plain(tuple(service.start.split()))
    if words[:1] == ("node",):
        return words
    entry = service.entry.removeprefix(f"{service.root}/")
    if service.build and entry.startswith("src/") and entry.endswith(".ts"):
        entry = f"dist/{entry.removeprefix('src/').removesuffix('.ts')}.js"
    return ("node", entry or ("dist/server.js" if service.typescript else "src/server.js"))
