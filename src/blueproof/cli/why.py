"""blueproof why: the evidence behind one statement."""

from pathlib import Path

import click

from blueproof.cli.delivery import needs_folder
from blueproof.cli.options import DEFAULT_OUT
from blueproof.cli.pages import print_page
from blueproof.core.errors import UsageError
from blueproof.proof.replay import read_saved
from blueproof.render.why_page import why_page


@click.command()
@click.argument("name", metavar="ID")
@click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path),
    default=DEFAULT_OUT,
    show_default=True,
    help="Folder of the saved consultation.",
)
def command(name: str, folder: Path) -> None:  # fmt: skip
    """Show what stands behind a proof (p3), a recommendation (its number or slot), or the bill."""
    saved = read_saved(needs_folder(folder))
    page = why_page(saved.blueprint, name)
    if page is None:
        proofs = f"p1 to p{len(saved.blueprint.proofs)}" if saved.blueprint.proofs else "no proofs"
        advice = len(saved.blueprint.recommendations)
        raise UsageError(
            f"nothing called {name!r} in {folder}: it has {proofs}, recommendations 1 to {advice}, "
            "and bill"
        )
    print_page(page)
