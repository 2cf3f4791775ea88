"""Claims about a change of tables in steps: nobody is stopped, undos work, at once it harms."""

from blueproof.core.claim import Upholds
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.engines.postgres.rehearsal_script import SCRIPT, Rehearsal, read_rehearsal
from blueproof.engines.postgres.rehearsing import MOST_SECONDS, at_once, rehearse, undo_each
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome, listed, texts

STEPS, UNDO, AT_ONCE = "change-steps", "change-undo", "change-at-once"
PROMISES = frozenset({STEPS, UNDO, AT_ONCE})
_HOW = "carried out on a private PostgreSQL 18 with made rows"
_MS = 1_000


def holds(claim: Upholds, _scene: DatabaseScene | None, bench: Bench) -> Outcome:
    """What the claim promises of the change is seen on a server."""
    files = texts(claim.files)
    found = read_rehearsal(files) if claim.promise in PROMISES else None
    if found is None or f"-- Shows that {claim.says}." not in files.get(SCRIPT, ""):
        reason = "no rehearsal that shows this, or a step's file is missing"
        return Outcome(verdict="refuted", basis="none", how=_HOW, reason=reason)
    check = {STEPS: _steps, UNDO: _undo, AT_ONCE: _at_once}[claim.promise]
    return check(found, bench)


def _steps(found: Rehearsal, bench: Bench) -> Outcome:
    seen = rehearse(bench.databases.server, found)
    apps = " and ".join(found.apps)
    return Outcome(
        verdict="refuted" if seen.wrong else "proved",
        basis="simulated",
        how=f"{_HOW}, while the {apps} app kept writing; locks, rows read and files were watched",
        measured=(
            Measurement(name="steps", value=seen.steps, unit=f"of {len(found.stages)}"),
            Measurement(name="statements", value=seen.statements, unit="statements"),
            Measurement(
                name="under a lock that stops writers", value=seen.stopping,
                unit="statements, none of which read or rewrote a row",
            ),
            Measurement(name="longest such lock below", value=MOST_SECONDS * _MS, unit="ms"),
            Measurement(name="went wrong", value=len(seen.wrong), unit="times"),
        ),
        reason=listed(tuple(seen.wrong)),
    )  # fmt: skip


def _undo(found: Rehearsal, bench: Bench) -> Outcome:
    seen = undo_each(bench.databases.server, found)
    wrong = tuple(seen.wrong) or (() if seen.undone else ("no step has an undo",))
    return Outcome(
        verdict="refuted" if wrong else "proved",
        basis="simulated",
        how=f"{_HOW}: each step, its undo, the step again; tables, keys, indexes, triggers and "
        "functions compared, validity of constraints aside",
        measured=(Measurement(name="undone", value=seen.undone, unit=f"of {seen.steps} steps"),),
        reason=listed(wrong),
    )


def _at_once(found: Rehearsal, bench: Bench) -> Outcome:
    seen = at_once(bench.databases.server, found)
    return Outcome(
        verdict="proved" if seen.harms else "refuted",
        basis="simulated",
        how=f"{_HOW}, in one transaction that was rolled back",
        measured=(
            Measurement(name="lock", value=seen.lock or "none that stops writers"),
            Measurement(name="rows read under it", value=seen.rows, unit="rows"),
            Measurement(name="rewritten", value="yes" if seen.rewritten else "no"),
            Measurement(name="refused", value=seen.refused or "no"),
            Measurement(name="the old app then", value=seen.breaks or "works"),
        ),
        reason="" if seen.harms else "it stops nobody for longer than a change of the catalogue",
    )
