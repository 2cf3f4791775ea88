"""blueproof doctor: which engines are here, which are missing, and how to get them."""

import subprocess
import sys
from importlib.metadata import requires

import click
from packaging.requirements import Requirement

from blueproof.core.errors import EngineError, UsageError
from blueproof.engines.inventory import Engine, inventory
from blueproof.engines.postgres import extensions
from blueproof.engines.typescript import trees


@click.command()
@click.option("--install", "extra", metavar="EXTRA", help="Install the engines of this extra.")
def command(extra: str | None) -> None:
    """Say which engines are here and which are missing, and install those of an extra."""
    if extra:
        _install(extra)
    for engine in inventory():
        click.echo(_line(engine))


def _line(engine: Engine) -> str:
    if engine.version:
        return f"✓ {engine.name} {engine.version}: {engine.proves}"
    how = f"blueproof doctor --install {engine.extra}" if engine.extra else engine.how
    return f"✗ {engine.name} is missing: {engine.proves}; {engine.unless}. To get it: {how}"


def extras() -> dict[str, list[str]]:
    """What each extra of the installed package asks pip for."""
    found: dict[str, list[str]] = {}
    for text in requires("blueproof") or []:
        requirement = Requirement(text)
        for extra in {engine.extra for engine in inventory() if engine.extra}:
            if requirement.marker and requirement.marker.evaluate({"extra": extra}):
                bare = f"{requirement.name}{requirement.specifier}"
                found.setdefault(extra, []).append(bare)
    return found


# What no extra of pip's holds, and what fetches it.
_FETCHED = {"extensions": extensions.install, "starters": trees.install_all}


def _install(extra: str) -> None:
    known = extras()
    if extra in _FETCHED:
        click.echo(f"installed in {_FETCHED[extra]()}")
        return
    if extra not in known:
        names = ", ".join(sorted({*known, *_FETCHED}))
        raise UsageError(f"no extra {extra!r}: there is {names}")
    wanted = known[extra]
    click.echo(f"pip install {' '.join(wanted)}")
    done = subprocess.run(  # noqa: S603 (pip of this very Python, names from our own metadata)
        [sys.executable, "-m", "pip", "install", "--quiet", *wanted], check=False
    )
    if done.returncode:
        raise EngineError(f"pip could not install {' '.join(wanted)}: see its message above")
