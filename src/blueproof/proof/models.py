"""Claims about a data model: its schema runs, and its rules refuse what they must."""

from blueproof.core.claim import Upholds
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.engines.postgres.upholding import read_trials, uphold
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome, listed, texts

_HOW = (
    "carried out on an empty PostgreSQL 18 as a role without power; each trial of a protection "
    "again without it, where it must fail"
)
_STANDS_IN = (
    "btree_gist is not here, so ranges of one key that overlap stand in for keys that are equal"
)


def refuses(claim: Upholds, _scene: DatabaseScene | None, bench: Bench) -> Outcome:
    """Every trial passes on the schema, and each fails once what it is about is taken away."""
    files = texts(claim.files)
    schema = next((t for p, t in files.items() if p.rpartition("/")[2] == "schema.sql"), "")
    script = next((t for t in files.values() if t.startswith(f"-- Shows that {claim.says}.")), "")
    trials = read_trials(script)
    if not schema or not trials:
        return Outcome(
            verdict="refuted",
            basis="none",
            how=_HOW,
            reason="no schema, or no trials that show this",
        )
    seen = uphold(bench.databases.server, schema, trials)
    stands_in = f"; {_STANDS_IN}" if seen.stands_in else ""
    return Outcome(
        verdict="refuted" if seen.wrong else "proved",
        basis="simulated",
        how=f"{_HOW}{stands_in}",
        measured=(
            Measurement(name="passed", value=seen.passed, unit=f"of {len(trials)} trials"),
            Measurement(name="failed without protection", value=seen.noticed, unit="trials"),
        ),
        reason=listed(seen.wrong),
    )
