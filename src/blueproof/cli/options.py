"""Options that every command which writes an answer shares."""

from pathlib import Path
from typing import Any

import click

DEFAULT_OUT = Path("blueproof-out")


def delivery_options(command: Any) -> Any:
    """The options of every command that writes an answer."""
    path = click.Path(path_type=Path)
    options = (
        click.option("--out", type=path, default=DEFAULT_OUT, help="Folder to write into.",
                     show_default=True),
        click.option("--force", is_flag=True, help="Write into a folder that is not ours."),
        click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON."),
        click.option("--no-input", is_flag=True, help="Ask nothing; assume and say so."),
        click.option("--prove", "slow", is_flag=True,
                     help="Proofs that take minutes, too: infrastructure applied on a simulated "
                     "AWS, as the guide says."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command
