"""Claims about texts alone: sums, limits, and what a linter says."""

import json
import subprocess
from decimal import Decimal

from blueproof.core.claim import Lints, SumsTo, WithinLimit
from blueproof.core.errors import InputError
from blueproof.core.evidence import Measurement
from blueproof.core.money import Bill, rounded
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.costs.bill_file import read_bills
from blueproof.engines.programs import tool
from blueproof.facts.load import load
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome, unchecked

_LINT_SECONDS = 20


def lints(claim: Lints, _scene: DatabaseScene, _bench: Bench) -> Outcome:
    """The linter reads the whole file and complains of nothing."""
    path = tool(claim.tool)
    if path is None:
        return unchecked(
            f"{claim.tool} is not installed: blueproof doctor --install lint", how=claim.tool
        )
    done = subprocess.run(  # noqa: S603 (a linter found beside us, reading text from our pipe)
        [path, "--reporter", "json", "--stdin-filepath", claim.file.path or "change.sql"],
        input=claim.file.text,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LINT_SECONDS,
    )
    try:
        complaints = json.loads(done.stdout or "null")
    except json.JSONDecodeError:
        complaints = None
    if not isinstance(complaints, list):
        return unchecked(f"{claim.tool} gave no answer: {done.stderr.strip()[:120]}", claim.tool)
    said = "; ".join(f"line {c['line'] + 1}: {c['rule_name']}" for c in complaints)
    return Outcome(
        verdict="refuted" if complaints else "proved",
        basis="real data",
        how=f"{claim.tool} read the file",
        measured=(Measurement(name="complaints", value=len(complaints), unit="complaints"),),
        reason=said,
    )


def within_limit(claim: WithinLimit, _scene: DatabaseScene, _bench: Bench) -> Outcome:
    """What is measured in the text is at most the limit in the facts."""
    limit = load()[claim.limit]
    found = _MEASURES[claim.measure](claim.text)
    fits = found <= limit.value
    return Outcome(
        verdict="proved" if fits else "refuted",
        basis="real data",
        how=f"counted, against {limit.source}",
        measured=(
            Measurement(name="found", value=found, unit=limit.unit),
            Measurement(name="limit", value=float(limit.value), unit=limit.unit),
        ),
        reason="" if fits else f"{found} {limit.unit}, and the limit is {limit.value}",
    )


def _identifier_bytes(text: Excerpt) -> int:
    return len(text.text.encode())


def _index_columns(text: Excerpt) -> int:
    from blueproof.sql.editing import split_commas  # sums need no SQL

    inner = text.text[text.text.find("(") + 1 : text.text.rfind(")")]
    return len(split_commas(inner))


_MEASURES = {"identifier-bytes": _identifier_bytes, "index-columns": _index_columns}


def sums_to(claim: SumsTo, _scene: DatabaseScene, _bench: Bench) -> Outcome:
    """Every price is the fact's, every amount quantity x price, every total the sum."""
    how = "added up again from the prices in the facts"
    try:
        bills = read_bills(claim.bill.text, path=claim.bill.path)
    except InputError as error:
        return Outcome(verdict="refuted", basis="real data", how=how, reason=str(error))
    faults = [fault for bill, amounts in bills for fault in _faults(bill, amounts)]
    return Outcome(
        verdict="refuted" if faults else "proved",
        basis="real data",
        how=how,
        measured=tuple(
            Measurement(
                name=f"total for {_named(bill)}", value=float(bill.total), unit="USD a month"
            )
            for bill, _ in bills
        ),
        reason="; ".join(faults[:3]),
    )


def _named(bill: Bill) -> str:
    return f"{bill.option}, {bill.size}" if bill.option else bill.size


def _faults(bill: Bill, amounts: tuple[Decimal, ...]) -> list[str]:
    """What is wrong in one bill, in words; empty if nothing is."""
    facts = load()
    faults = []
    for line, amount in zip(bill.lines, amounts, strict=True):
        known = facts.get(line.fact)
        if known is None or known.value != line.price:
            wanted = known.value if known else "in no fact"
            faults.append(f"{bill.size}: price of {line.item} is {line.price}, not {wanted}")
        if amount != line.amount:
            faults.append(f"{bill.size}: {line.item} comes to {line.amount}, not {amount}")
    total = rounded(sum((line.amount for line in bill.lines), Decimal(0)))
    if total != bill.total:
        faults.append(f"{bill.size}: the lines sum to {total}, not {bill.total}")
    return faults
