"""blueproof explain: a rule's page, its cases run on the spot."""

from difflib import get_close_matches

import click

from blueproof.advisors.plan.advise import all_rules as plan_rules
from blueproof.advisors.postgres.advise import all_rules
from blueproof.casebook import run_case, run_plan_case
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
    of_plans = {r.id: r for r in plan_rules()}
    titles = {n: r.title for n, r in rules.items()} | {n: r.title for n, r in of_plans.items()}
    if rule is None:
        for name, title in sorted(titles.items()):
            click.echo(f"{name:24} {title}")
        return
    if rule not in titles:
        near = get_close_matches(rule, titles, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(titles))}"
        raise UsageError(f"no rule {rule!r}: {hint}")
    if rule in of_plans:
        told = tuple(run_plan_case(of_plans[rule], case) for case in of_plans[rule].cases)
        print_page(rule_page(of_plans[rule], told))
        ctx.exit(0 if all(r.as_said for r in told) else 1)
    chosen = rules[rule]
    with Server() as server, Bench() as bench:
        results = tuple(run_case(chosen, case, server, bench) for case in chosen.cases)
    print_page(rule_page(chosen, results))
    ctx.exit(0 if all(r.as_said for r in results) else 1)
