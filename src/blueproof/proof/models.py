"""Claims about a data model: its schema runs, and its rules refuse what they must."""

from dataclasses import replace

from blueproof.core.claim import Upholds
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.engines.postgres.upholding import read_trials, uphold
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome, listed, texts, unchecked

_HOW = (
    "carried out on an empty PostgreSQL 18 as a role without power; each trial of a protection "
    "again without it, where it must fail"
)


def refuses(claim: Upholds, _scene: DatabaseScene | None, bench: Bench) -> Outcome:
    """Every trial passes on the schema, and each fails once what it is about is taken away."""
    files = texts(claim.files)
    schema = next((t for p, t in files.items() if p.rpartition("/")[2] == "schema.sql"), "")
    script = next((t for t in files.values() if t.startswith(f"-- Shows that {claim.says}.")), "")
    trials = read_trials(script)
    if not schema or not trials:
        return Outcome(verdict="refuted", basis="none", how=_HOW,
                       reason="no schema, or no trials that show this")  # fmt: skip
    seen = uphold(bench.databases.server, schema, trials)
    if seen.lacking:
        return replace(unchecked(seen.lacking, _HOW), lacking=True)
    return Outcome(
        verdict="refuted" if seen.wrong else "proved",
        basis="simulated",
        how=_HOW,
        measured=(
            Measurement(name="passed", value=seen.passed, unit=f"of {len(trials)} trials"),
            Measurement(name="failed without protection", value=seen.noticed, unit="trials"),
        ),
        reason=listed(seen.wrong),
    )
