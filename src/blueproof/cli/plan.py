"""blueproof plan: a plan that EXPLAIN printed, read and judged."""

from pathlib import Path

import click

from blueproof.cli.options import delivery_options


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE|-")
@delivery_options
def command(file: Path, out: Path, *, force: bool, as_json: bool, no_input: bool,
            slow: bool) -> None:  # fmt: skip
    """Read a plan that EXPLAIN (ANALYZE, BUFFERS) printed, and say what to do.

    FILE holds text, JSON, YAML or XML, as it was pasted; - reads standard input.
    """
    from blueproof.cli.delivery import Delivery, deliver  # not for --help
    from blueproof.intake.plans import read_plan_file

    how = Delivery(out=out, force=force, json=as_json, ask=not no_input, slow=slow)
    deliver(read_plan_file(file), how)
