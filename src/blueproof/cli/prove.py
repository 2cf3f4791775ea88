"""blueproof prove: repeat the proofs of a saved folder."""

import json
from pathlib import Path

import click
from rich.console import Console

from blueproof.cli.delivery import needs_folder
from blueproof.cli.options import DEFAULT_OUT
from blueproof.proof.bench import Bench
from blueproof.proof.replay import Replayed, altered, read_saved, replay
from blueproof.render.claims import in_words

_SIGNS = {"holds": "✓", "broken": "✗", "unchecked": "?"}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=DEFAULT_OUT)
@click.option("--only", multiple=True, metavar="ID", help="Only this proof; as often as you like.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.pass_context
def command(ctx: click.Context, folder: Path, only: tuple[str, ...], *, as_json: bool) -> None:
    """Repeat every proof of a saved folder on fresh engines, on the files as they are now.

    Exit code 1 if one is broken, or if a report no longer says what was proved.
    """
    saved = read_saved(needs_folder(folder))
    console = Console(stderr=True, highlight=False)
    results: list[Replayed] = []
    with Bench(anew=True) as bench, console.status("starting") as status:
        for result in replay(saved, bench, only, status.update):
            results.append(result)
            if not as_json:
                _print(result)
    changes = () if only else tuple(altered(saved))
    if as_json:
        report = {"proofs": [_as_json(r) for r in results], "altered": list(changes)}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for change in changes:
            click.echo(f"✗ altered: {change}")
        _print_sum(results, folder)
    broken = changes or any(r.state == "broken" for r in results)
    ctx.exit(1 if broken else 0)


def _print(result: Replayed) -> None:
    why = f": {result.why}" if result.why else ""
    if result.state == "holds" and result.proof.verdict == "refuted":
        why = f": refuted, as recorded: {result.proof.reason}"
    claim = f"{type(result.proof.claim).__name__}, {in_words(result.proof.claim)}"
    click.echo(f"{_SIGNS[result.state]} {result.proof.id} {result.state}: {claim}{why}")


def _print_sum(results: list[Replayed], folder: Path) -> None:
    counts = {state: sum(r.state == state for r in results) for state in _SIGNS}
    said = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
    click.echo(f"{len(results)} proofs in {folder}: {said or 'none'}")


def _as_json(result: Replayed) -> dict[str, str]:
    return {
        "id": result.proof.id,
        "claim": type(result.proof.claim).__name__,
        "says": in_words(result.proof.claim),
        "state": result.state,
        "why": result.why,
    }
