"""blueproof explain: a rule's page, its cases run on the spot."""

from difflib import get_close_matches

import click

from blueproof.advisors.postgres.advise import all_rules
from blueproof.casebook import run_case
from blueproof.cli.pages import print_page
from blueproof.core.errors import UsageError
from blueproof.engines.postgres.server import Server
from blueproof.proof.bench import Bench
from blueproof.render.rule_page import rule_page


@click.command()
@click.argument("rule", required=False)
@click.pass_context
def command(ctx: click.Context, rule: str | None) -> None:
    """Show a rule's page and run its cases; without a name, list the rules.

    Exit code 1 if a case does not come out as it says.
    """
    rules = {r.id: r for r in all_rules()}
    if rule is None:
        for name, each in sorted(rules.items()):
            click.echo(f"{name:24} {each.title}")
        return
    if rule not in rules:
        near = get_close_matches(rule, rules, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(rules))}"
        raise UsageError(f"no rule {rule!r}: {hint}")
    chosen = rules[rule]
    with Server() as server, Bench() as bench:
        results = tuple(run_case(chosen, case, server, bench) for case in chosen.cases)
    print_page(rule_page(chosen, results))
    ctx.exit(0 if all(r.as_said for r in results) else 1)
