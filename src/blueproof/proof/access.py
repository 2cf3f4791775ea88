"""Claims about row security, checked by attacking it."""

from blueproof.core.claim import AccessRefused
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.engines.postgres.policies import Attacked, Target
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome, unchecked
from blueproof.sql.identity import SUPABASE_SETTING

_HOW = "attacked on generated rows of two identities, as a role that owns nothing"


def access_refused(claim: AccessRefused, scene: DatabaseScene, bench: Bench) -> Outcome:
    """The attacker gets nothing, and the rows' owner does."""
    target = Target(
        table=claim.table,
        setting=claim.setting,
        column=claim.column,
        after=tuple(change.text for change in claim.after),
    )
    made = bench.databases.grounds.attack(scene.schema.text, target, claim.attack)
    if made.broken:
        return Outcome(verdict="refuted", basis="simulated", how=_HOW, reason=_broken(claim, made))
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
        reason="" if made.refused else _got(claim, made),
    )


def _broken(claim: AccessRefused, made: Attacked) -> str:
    """What stands in the way of the rightful: an error, or after a change that nobody may do it."""
    if claim.after and "any more" in made.said:
        return f"{claim.table}: {made.said}"
    return f"nobody can use {claim.table}: {made.said}"


def _got(claim: AccessRefused, made: Attacked) -> str:
    """What the attacker got, in a sentence without a capital."""
    supabase = claim.setting == SUPABASE_SETTING
    another = "a signed-in stranger" if supabase else f"a session with another {claim.setting}"
    nobody = "somebody not signed in" if supabase else f"a session without {claim.setting}"
    writer = nobody if "without signing in" in made.as_whom else "a signed-in user"
    who = writer if supabase else "a session"
    table, column, rows = claim.table, claim.column, made.attackers_rows
    said = {
        "no-identity": f"{nobody} reads {rows} rows of {table} that are not its own",
        "other-identity": f"{another} reads {rows} rows of {table} that are not its own",
        "others-rows": f"{another} changes or deletes {rows} rows of {table} that are not its own",
        "forged-row": f"{who} could insert a row of {table} in another's name ({column})",
        "planted-row": f"{who} could insert a row of {table} into a {column} that is not theirs",
        "joined-group": f"{who} can join any {column} of {table}{made.as_whom}",
        "raised-right": f"{who} can set {column} of their own row of {table}{made.as_whom}",
        "claimed-right": f"{who} can insert their own row of {table} with {column}"
        f"{made.as_whom or ' of others'}",
        "ownerless-row": f"{writer} reads{made.as_whom.removeprefix(' without signing in')} any "
        f"row of {table} that has no {column}",
        "owner-view": f"{writer} reads {rows} rows through {table} that row security keeps back"
        f"{made.as_whom.removeprefix(' without signing in')}",
        "owner-function": f"{writer} can call {table}, which runs with its owner's rights and "
        f"asks nobody who they are{made.as_whom.removeprefix(' without signing in')}",
        "widened": f"the change lets people do with {table} what they could not: {made.as_whom}",
        "no-security": f"anybody reads all rows of {table}{made.as_whom}: it has no row security",
    }
    return said[claim.attack]
