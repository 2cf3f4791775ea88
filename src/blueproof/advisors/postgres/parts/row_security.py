"""What row security promises: attacks on each table whose policies name an identity."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import get_args

from blueproof.advisors.postgres.parts.wording import count
from blueproof.core.advice import Finding, Step
from blueproof.core.blueprint import Proof
from blueproof.core.claim import AccessRefused, Attack
from blueproof.core.evidence import Citation
from blueproof.sql.identity import identity
from blueproof.sql.schema import Policy, Schema, Table

_NEEDS: dict[Attack, set[str]] = {"others-rows": {"UPDATE", "DELETE"}, "forged-row": {"INSERT"}}
RULE_ID = "pg-row-security"
DOCS = Citation(
    url="https://www.postgresql.org/docs/current/ddl-rowsecurity.html",
    checked=date(2026, 11, 24),
    says="with row security on and no policy, every row is hidden from all but the table's owner",
)


def policy_findings(schema: Schema) -> Iterator[Finding]:
    """A finding for each table whose policies compare a column with the session's identity."""
    for table in schema.tables:
        if not table.row_security:
            continue
        policies = [p for p in schema.policies if p.table == table.name]
        found = next((i for p in policies if (i := identity(p, table))), None)
        if found is None:
            yield _unattacked(table, policies)
            continue
        setting, column = found
        attacks = tuple(a for a in get_args(Attack) if _applies(a, policies))
        names = ", ".join(p.name for p in policies if identity(p, table) == found)
        others = [p for p in policies if identity(p, table) not in (None, found)]
        lax = ", ".join(p.name for p in policies if p.permissive and not identity(p, table))
        asks = f"; policy {lax} does not ask who it is" if lax else ""
        if others:
            asks += f"; {', '.join(p.name for p in others)} by another identity was not attacked"
        yield Finding(
            rule=RULE_ID,
            where=table.name,
            says=f"policy {names} holds {column} against {setting}{asks}",
            severity="note",
            claims=tuple(
                AccessRefused(table=table.name, attack=attack, setting=setting, column=column)
                for attack in attacks
            ),
        )


def _unattacked(table: Table, policies: list[Policy]) -> Finding:
    """What is said of row security that cannot be attacked by setting an identity."""
    names = ", ".join(p.name for p in policies)
    if not policies:
        says = "row security is on and there is no policy: nobody but the owner sees a row"
    else:
        says = (
            f"policy {names} holds no column of {table.name} against a session setting, so no "
            "attack was tried: read it yourself"
        )
    return Finding(rule=RULE_ID, where=table.name, says=says, severity="note", evidence=(DOCS,))


def _applies(attack: Attack, policies: list[Policy]) -> bool:
    """An attack is tried where some policy lets the command through that it needs."""
    needed = _NEEDS.get(attack, {"SELECT"})
    return any(p.command in {"ALL", *needed} for p in policies)


def judge(finding: Finding, proofs: tuple[Proof, ...]) -> Finding:
    """A finding on row security with the outcome of its attacks; any other as it is."""
    mine = [p for p in proofs if p.id in finding.proofs and isinstance(p.claim, AccessRefused)]
    if not mine:
        return finding
    through = "; ".join(p.reason for p in mine if p.verdict == "refuted")
    refused = sum(p.verdict == "proved" for p in mine)
    untried = sum(p.verdict == "unchecked" for p in mine)
    outcome = f"{count(len(mine), 'attack')}, {refused} refused"
    outcome += f", {untried} could not be tried" if untried else ""
    if not through:
        return replace(finding, says=f"{finding.says}: {outcome}")
    return replace(finding, says=f"{through} ({finding.says}: {outcome})", severity="harm")


def closing_steps(findings: tuple[Finding, ...]) -> Iterator[Step]:
    """For each table that lets others in: close it, before anything else."""
    for finding in findings:
        if finding.severity == "harm":
            yield Step(
                do=f"Close the row security of {finding.where}: {finding.says}",
                horizon="now",
                check="on the corrected schema, a new consultation has every attack refused",
                undo="bring the old policy back; no row is changed",
            )
