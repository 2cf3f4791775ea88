"""Claims about rows, checked by running queries on generated ones."""

import re

from blueproof.core.claim import Runs, SameRows
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.engines.postgres import comparing
from blueproof.proof.bench import Bench, query_text
from blueproof.proof.outcome import Outcome
from blueproof.sql.asking import frozen_clock
from blueproof.sql.editing import numbers

_PARAMETER = re.compile(r"\$(\d+)")


def runs(claim: Runs, scene: DatabaseScene, bench: Bench) -> Outcome:
    """The statement ends without an error on generated rows."""
    today = bench.twin(scene).statistics.until
    statement = frozen_clock(query_text(claim.sql), today)
    ran = comparing.run(bench.server, scene.schema.text, statement)
    return Outcome(
        verdict="proved" if ran.ok else "refuted",
        basis="simulated",
        how="run on generated rows as a role without power, rolled back",
        measured=(Measurement(name="rows", value=ran.rows, unit="rows"),),
        reason=ran.refused,
    )


def same_rows(claim: SameRows, scene: DatabaseScene, bench: Bench) -> Outcome:
    """Both queries give the same rows in every trial, and some trial gives rows at all."""
    today = bench.twin(scene).statistics.until
    original = query_text(claim.original)
    rewritten = _in_terms_of(original, query_text(claim.rewritten), claim.parameters)
    found = comparing.compare(
        bench.server,
        scene.schema.text,
        frozen_clock(original, today),
        frozen_clock(rewritten, today),
        seek=frozen_clock(query_text(claim.seek), today) if claim.seek else "",
        never_null=claim.never_null,
    )
    proves = found.same and found.trials_with_rows > 0 and not found.refused
    nothing = "no trial returned a row, so nothing is shown" if found.same else ""
    return Outcome(
        verdict="proved" if proves else "refuted",
        basis="simulated",
        how="both queries run on generated rows with duplicates, NULLs and empty tables",
        measured=(
            Measurement(name="trials", value=found.trials, unit="trials"),
            Measurement(name="trials with rows", value=found.trials_with_rows, unit="trials"),
            Measurement(name="rows compared", value=found.rows_compared, unit="rows"),
        ),
        reason="" if proves else found.refused or found.difference or nothing,
        condition=_condition(claim) if proves else "",
    )


def _in_terms_of(original: str, rewritten: str, parameters: tuple[str, ...]) -> str:
    """The rewritten query with the original's parameter numbers; those of `seek` come after."""
    if not parameters:
        return rewritten
    known = max(numbers(original), default=0)
    places = {
        place: int(source[1:]) if source.startswith("$") else known + int(source.split()[1])
        for place, source in enumerate(parameters, start=1)
    }
    return _PARAMETER.sub(lambda m: f"${places[int(m[1])]}", rewritten)


def _condition(claim: SameRows) -> str:
    if not claim.never_null:
        return ""
    verb = "holds" if len(claim.never_null) == 1 else "hold"
    return f"as long as {' and '.join(claim.never_null)} {verb} no NULL"
