"""blueproof rules: Firebase Security Rules and Convex functions, attacked by what we read."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from blueproof.cli import rules_convex
from blueproof.cli.rules_report import (
    SIMULATED,
    attack_record,
    case_record,
    finding_record,
    gap_record,
    missing_case,
    survivor_record,
)
from blueproof.core.errors import InputError, UsageError
from blueproof.engines.firebase_rules.attacks import DELETED, Attack, attacks_of
from blueproof.engines.firebase_rules.coverage import Coverage, coverage
from blueproof.engines.firebase_rules.finding import Finding
from blueproof.engines.firebase_rules.lint import lint
from blueproof.engines.firebase_rules.mutants import Survivor, survivors, weakened
from blueproof.engines.firebase_rules.rules import Rules, read_rules
from blueproof.engines.firebase_rules.table import Outcome, Table, load_table, run_table

_PATH = click.Path(path_type=Path)


@click.group()
def command() -> None:
    """Check Firebase Security Rules (Firestore and Storage), and Convex functions: attacks."""


@command.command()
@click.argument("file", type=_PATH)
@click.option("--table", type=_PATH, help="Cases in YAML: who asks what, and what is expected.")
@click.option(
    "--weaken",
    is_flag=True,
    help="With --table: which guards could be taken away without a case noticing.",
)
@click.option(
    "--attack", is_flag=True, help="With --table: try on its documents what strangers would try."
)
@click.option(
    "--public",
    multiple=True,
    metavar="MODULE:NAME",
    help="For a convex/ folder: a function that is meant for everybody.",
)
@click.option(
    "--run",
    is_flag=True,
    help="For a convex/ folder: run your tests on copies, each with a guard taken out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the same content as JSON.")
@click.pass_context
def check(ctx: click.Context, file: Path, table: Path | None, public: tuple[str, ...], *,
          weaken: bool, attack: bool, run: bool, as_json: bool) -> None:  # fmt: skip
    """Lint the rules in FILE, or decide the cases of a table with them.

    FILE may be a folder of Convex functions: they are read, and attacked on paper.

    Exit code 1 if something is found or open, a case fails, a weakening goes unnoticed or an
    attack succeeds.
    """
    if file.is_dir():
        if weaken or attack or table:
            raise rules_convex.no_folder_option("--table" if table else "--attack, --weaken")
        ctx.exit(_functions(file, public, run=run, as_json=as_json))
    if public or run:
        raise UsageError("--public and --run are for a folder of Convex functions")
    if (weaken or attack) and table is None:
        raise UsageError("--weaken and --attack need the cases of a --table")
    rules = _read(file)
    if table is None:
        found = lint(rules)
        record: dict[str, Any] = {"findings": [finding_record(each) for each in found]}
        bad, lines = bool(found), _findings(found)
    else:
        cases = load_table(table)
        _check_service(rules, cases)
        bad, record, lines = _table(rules, cases, weaken=weaken, attack=attack)
    if as_json:
        whole = {"simulated": SIMULATED, "file": str(file), "service": rules.service, **record}
        click.echo(json.dumps(whole, indent=1, ensure_ascii=False))
    else:
        for line in (*lines, SIMULATED):
            click.echo(line)
    ctx.exit(1 if bad else 0)


def _functions(folder: Path, public: tuple[str, ...], *, run: bool, as_json: bool) -> int:
    """Shows what the functions of a folder let through; the exit code."""
    bad, record, lines = rules_convex.check(folder, public, run=run)
    if as_json:
        whole = {"read": rules_convex.READ, **record}
        click.echo(json.dumps(whole, indent=1, ensure_ascii=False))
    else:
        for line in (*lines, rules_convex.READ):
            click.echo(line)
    return 1 if bad else 0


def _read(file: Path) -> Rules:
    try:
        return read_rules(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{file} is no UTF-8 text") from None
    except InputError as error:
        raise InputError(f"{file}:{error}") from None


def _check_service(rules: Rules, table: Table) -> None:
    if rules.service != table.service:
        raise InputError(f"the rules are for {rules.service}, {table.name} for {table.service}")


def _table(
    rules: Rules, table: Table, *, weaken: bool, attack: bool
) -> tuple[bool, dict[str, Any], list[str]]:
    """Whether something is wrong, the record and the lines of all that was asked for."""
    outcomes = run_table(rules, table)
    covered = coverage(rules, (outcome.decision for outcome in outcomes))
    bad = not all(outcome.passed for outcome in outcomes)
    lines = [*_outcomes(outcomes), *_covered(covered)]
    record: dict[str, Any] = {
        "cases": [case_record(outcome) for outcome in outcomes],
        "conditions": covered.conditions,
        "not_covered": [gap_record(gap) for gap in covered.gaps],
    }
    if weaken:
        left = [*survivors(rules, table)]
        total = sum(1 for _ in weakened(rules))
        bad = bad or any(each.missing for each in left)
        record |= {"weakenings": total, "unnoticed": [survivor_record(each) for each in left]}
        lines += _unnoticed(left, total)
    if attack:
        tried = attacks_of(rules, table)
        bad = bad or any(each.succeeds for each in tried)
        record["attacks"] = [attack_record(each) for each in tried]
        lines += _attacked(tried)
    return bad, record, lines


def _findings(found: tuple[Finding, ...]) -> list[str]:
    if not found:
        return ["nothing found"]
    lines = list[str]()
    for each in found:
        lines += [
            f"line {each.line}: {each.what} ({each.id})", f"  why  {each.why}", f"  do   {each.do}",
        ]  # fmt: skip
    return lines


def _outcomes(outcomes: tuple[Outcome, ...]) -> Iterator[str]:
    passed = sum(outcome.passed for outcome in outcomes)
    yield f"{passed} of {len(outcomes)} cases are decided as expected"
    for outcome in outcomes:
        if not outcome.passed:
            record = case_record(outcome)
            yield (f"  {outcome.case.name}: expected {record['expected']}, is {record['decided']}")
            for reason in outcome.decision.why:
                place = f"line {reason.line}: " if reason.line else ""
                yield f"    {place}{reason.outcome}{f', {reason.says}' if reason.says else ''}"


def _covered(covered: Coverage) -> Iterator[str]:
    count = len(covered.gaps)
    yield f"{covered.conditions - count} of {covered.conditions} conditions were true and false"
    for gap in covered.gaps:
        yield f"  line {gap.line}: never {gap.never}: {gap.text}"


def _unnoticed(left: list[Survivor], total: int) -> Iterator[str]:
    yield f"{total - len(left)} of {total} weakenings are noticed"
    for each in sorted(left, key=lambda each: each.missing is None):
        yield f"  line {each.mutant.line}: not noticed: {each.mutant.what}"
        yield f"    {missing_case(each)}"


def _attacked(tried: tuple[Attack, ...]) -> Iterator[str]:
    through = [each for each in tried if each.succeeds]
    yield f"{len(tried) - len(through)} of {len(tried)} attacks are refused or meant to be allowed"
    for each in through:
        reason = each.decision.why[0] if each.decision.why else None
        line = f" (line {reason.line})" if reason and reason.line else ""
        yield f"  {each.kind}: {each.who} may {each.request.method} {each.request.path}{line}"
    kinds = Counter(each.kind for each in tried if each.decision.allowed is None)
    for kind, count in kinds.items():
        yield f"  {kind}: {count} not decidable here"
    deleted = sum(each.kind == DELETED and each.decision.allowed is True for each in tried)
    if deleted:
        yield f"  {deleted} writes of deleted users go through until their token ends (an hour)"
