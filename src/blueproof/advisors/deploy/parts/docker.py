"""The image: built in stages, started without npm in between, not as root."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.service import Service
from blueproof.facts.pinned import image

ADAPTER = "public.ecr.aws/awsguru/aws-lambda-adapter"
_TRUST = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
_IGNORED = ("node_modules", "**/node_modules", ".git", ".github", "infra", "dist", "coverage",
            "test", "tests", ".env", ".env.*", "*.log", "GUIDE.md", "RUNBOOK.md", "Dockerfile",
            ".dockerignore")  # fmt: skip
_PRUNE = {
    "npm": "npm prune --omit=dev",
    "pnpm": "pnpm prune --prod",
    "yarn": "yarn workspaces focus --all --production",
}


def dockerfile(service: Service, form: Form) -> str:
    """The Dockerfile."""
    return "\n".join(_lines(service, form)) + "\n"


def dockerignore() -> str:
    """What is left out of the image; secrets above all."""
    return "\n".join(_IGNORED) + "\n"


def base(service: Service) -> str:
    """The image that all is built on."""
    return image("node", service.node).name


def _lines(service: Service, form: Form) -> Iterator[str]:
    yield "# What builds stays in the first stage; what runs is in the second."
    yield f"FROM {base(service)} AS build"
    yield "WORKDIR /app"
    yield "COPY . ."
    yield f"RUN {' && '.join(_built(service))}".replace(" && ", " \\\n  && ")
    yield ""
    yield f"FROM {base(service)}"
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
    yield "WORKDIR /app"
    yield "COPY --from=build --chown=node:node /app ./"
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
        yield "npx prisma generate"
    if service.build:
        yield f"{service.runs} build"
    yield _PRUNE[service.manager]


def _images() -> Iterator[str]:
    from blueproof.facts.pinned import images

    return (known.name for known in images())


def _quoted(word: str) -> str:
    return f'"{word}"'


def command(service: Service, form: Form) -> tuple[str, ...]:
    """How it is started: node itself, so that SIGTERM reaches it."""
    started = _started(service)
    if form.shape == "lambda" and service.reads_secrets:
        return ("node", "app/entrypoint.mjs", *started[1:])
    return started


def _started(service: Service) -> tuple[str, ...]:
    words = tuple(service.start.split())
    if words[:1] == ("node",):
        return words
    return ("node", service.entry or ("dist/server.js" if service.typescript else "src/server.js"))
