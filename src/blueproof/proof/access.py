"""Claims about row security, checked by attacking it."""

from blueproof.core.claim import AccessRefused
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.engines.postgres.policies import Target, attack
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome, unchecked

_HOW = "attacked on generated rows of two identities, as a role that owns nothing"


def access_refused(claim: AccessRefused, scene: DatabaseScene, bench: Bench) -> Outcome:
    """The attacker gets nothing, and the rows' owner does."""
    target = Target(table=claim.table, setting=claim.setting, column=claim.column)
    made = attack(bench.databases.server, scene.schema.text, target, claim.attack)
    if not made.decided:
        return unchecked(f"row security on {claim.table}: {made.said}", _HOW)
    return Outcome(
        verdict="proved" if made.refused else "refuted",
        basis="simulated",
        how=_HOW,
        measured=(
            Measurement(name="rows their owner sees", value=made.owners_rows, unit="rows"),
            Measurement(name="rows the attacker got", value=made.attackers_rows, unit="rows"),
        ),
        reason="" if made.refused else _got(claim, made.attackers_rows),
    )


def _got(claim: AccessRefused, count: int) -> str:
    who = {
        "no-identity": f"a session without {claim.setting}",
        "other-identity": f"a session with another {claim.setting}",
        "others-rows": f"a session with another {claim.setting}",
        "forged-row": "a session",
    }[claim.attack]
    if claim.attack == "others-rows":
        return f"{who} changes or deletes {count} rows of {claim.table} that are not its own"
    if claim.attack == "forged-row":
        return f"{who} could insert a row of {claim.table} in another's name"
    return f"{who} reads {count} rows of {claim.table} that are not its own"
