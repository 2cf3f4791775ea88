"""Claims about rows, checked by running queries on generated ones."""

import re
from collections.abc import Callable
from functools import partial

from blueproof.core.claim import Runs, SameRows
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.engines.postgres import comparing
from blueproof.proof.bench import Bench
from blueproof.proof.databases import query_text
from blueproof.proof.outcome import Outcome, unchecked
from blueproof.sql.asking import frozen_clock
from blueproof.sql.editing import numbers, remove_clause

_HOW = (
    "both queries run on generated databases with duplicates, NULLs, empty tables and the ends of "
    "each type"
)
_SPOILT = re.compile(r"\(23\w{3}\)")  # a constraint that random rows cannot keep
_MANY = 10  # times the usual trials, where those gave no row
_PARAMETER = re.compile(r"\$(\d+)")


def runs(claim: Runs, scene: DatabaseScene, bench: Bench) -> Outcome:
    """The statement ends without an error on generated rows."""
    today = bench.databases.twin(scene).statistics.until
    statement = frozen_clock(query_text(claim.sql), today)
    ran = comparing.run(bench.databases.server, scene.schema.text, statement)
    return Outcome(
        verdict="proved" if ran.ok else "refuted",
        basis="simulated",
        how="run on generated rows as a role without power, rolled back",
        measured=(Measurement(name="rows", value=ran.rows, unit="rows"),),
        reason=ran.refused,
    )


def same_rows(claim: SameRows, scene: DatabaseScene, bench: Bench) -> Outcome:
    """Both queries give the same rows in every trial, and some trial gives rows at all."""
    today = bench.databases.twin(scene).statistics.until

    def asked(excerpt: Excerpt | None) -> str:
        return frozen_clock(query_text(excerpt), today) if excerpt else ""

    original = asked(claim.original)
    rewritten = _in_terms_of(original, asked(claim.rewritten), claim.parameters)
    compare = partial(
        comparing.compare, bench.databases.server, scene.schema.text, never_null=claim.never_null
    )
    if claim.source:
        # Both skip alike; a page far behind the generated rows would show nothing of the order.
        pages = (remove_clause(asked(claim.source), "OFFSET"), remove_clause(original, "OFFSET"))
        ordered = _outcome(_with_rows(partial(compare, *pages)), claim)
        if ordered.verdict != "proved":
            return ordered
    sought = partial(compare, original, rewritten, seek=asked(claim.seek))
    return _outcome(_with_rows(sought), claim)


def _with_rows(compare: Callable[..., comparing.Comparison]) -> comparing.Comparison:
    """The comparison; with many more trials where none of the usual ones gave a row.

    A page behind the first, of one tenant and one status, is seldom met by random rows.
    """
    found = compare()
    if found.same and not found.refused and not found.trials_with_rows:
        return compare(trials=_MANY * comparing.TRIALS)
    return found


def _outcome(found: comparing.Comparison, claim: SameRows) -> Outcome:
    if not found.difference and _SPOILT.search(found.refused):
        return unchecked(f"the generated rows got in the way: {found.refused}", _HOW)
    if found.same and not found.refused and not found.trials_with_rows:
        return unchecked("no trial returned a row, so nothing is shown", _HOW)
    proves = found.same and not found.refused
    smallest = found.counterexample
    seen = f"; on {smallest.brief}" if smallest else ""
    shown = (Measurement(name="counterexample", value=smallest.text),) if smallest else ()
    return Outcome(
        verdict="proved" if proves else "refuted",
        basis="simulated",
        how=_HOW,
        measured=(
            Measurement(name="trials", value=found.trials, unit="trials"),
            Measurement(name="trials with rows", value=found.trials_with_rows, unit="trials"),
            Measurement(name="draws", value=found.draws, unit="draws"),
            Measurement(name="rows compared", value=found.rows_compared, unit="rows"),
            *shown,
        ),
        reason="" if proves else found.refused or f"{found.difference}{seen}",
        condition=_condition(claim, found) if proves else "",
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


def _condition(claim: SameRows, found: comparing.Comparison) -> str:
    verb = "holds" if len(claim.never_null) == 1 else "hold"
    columns = " and ".join(claim.never_null)
    rests = (
        f"as long as {columns} {verb} no NULL" if columns else "",
        "as long as no date or time is infinite" if found.but_infinite else "",
    )
    return " and ".join(filter(None, rests))
