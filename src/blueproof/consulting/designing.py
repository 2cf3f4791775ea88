"""Designs made on a reproduction's rows: timed, and held against the query that they stand for."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from blueproof.advisors.known.reproduction.design import Design
from blueproof.advisors.known.reproduction.designing import stays_slow, worth_it
from blueproof.advisors.known.reproduction.designs import designs
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.advisors.known.reproduction.tried import Built
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.timed import definitions
from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Draft
from blueproof.engines.postgres.clock import Clock
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.sql.asking import asked

_NOT_EXISTS = re.compile(r"\bNOT EXISTS\b", re.IGNORECASE)
_LARGE = 1_000_000  # rows told, of which one statement should not change many at once
_LONGEST_MS = 20_000.0


def built(
    sketch: Sketch,
    clock: Clock,
    today: date,
    ordinals: frozenset[int] | None = None,
    said: frozenset[int] = frozenset(),
) -> Iterator[Built]:
    """Each design of a sketch, or for these of its queries, as it did on the rows.

    Of the queries in `said` the advice asks NOT EXISTS already.
    """
    for design in designs(sketch):
        if ordinals is not None and design.ordinal not in ordinals:
            continue
        if design.kind == "rewritten" and design.ordinal in said:
            continue
        try:
            yield _built(design, clock, today)
        except ServerRefusal as refusal:
            yield Built(design=design, before=0.0, why=str(refusal))


def _built(design: Design, clock: Clock, today: date) -> Built:
    query, read = asked(design.query, today), asked(design.read, today)
    before = clock.run(query, _LONGEST_MS)
    same = None
    with clock.changed(frozenset(), design.made):
        after = clock.run(read, _LONGEST_MS)
        if design.checked:
            same = _same(design, clock, today)
    if same and design.writes:
        with clock.changed(frozenset(), f"{design.made}{design.writes}"):
            same = _same(design, clock, today)
    if before is None or after is None:
        why = clock.refused.get(query if before is None else read, "it could not be run")
        return Built(design=design, before=0.0, why=why)
    return Built(
        design=design, before=before.milliseconds, milliseconds=after.milliseconds, same=same
    )


def _same(design: Design, clock: Clock, today: date) -> bool:
    """Whether what is kept gives the rows of the query, each as often.

    Raises ServerRefusal where that cannot be asked.
    """
    one, two = asked(design.compared, today), asked(design.checked, today)
    differing = (
        f"SELECT 1 FROM ((({one}) EXCEPT ALL ({two})) UNION ALL (({two}) EXCEPT ALL ({one}))) AS d"
    )
    run = clock.run(differing, _LONGEST_MS)
    if run is None or run.cut:
        raise ServerRefusal(code="", message=clock.refused.get(differing, "it took too long"))
    return run.plan.found == 0


def advised_designs(
    clock: Clock, sketch: Sketch, made: list[Built], draft: Draft, final: Database
) -> tuple[Recommendation, ...]:
    """The designs for queries that the rest of the advice leaves slow; `made` keeps what was tried.

    Only for those is anything made: it takes as long as an index does.
    """
    indexes = frozenset(
        d for r in draft.recommendations if r.schema_change for d in definitions(r.schema_change)
    )
    clock.build(indexes)
    advised = {}
    for query in final.queries:
        text = asked(query.query.text, final.statistics.until)
        run = clock.time({text: _LONGEST_MS}, indexes).get(text)
        if run:
            advised[query.query.ordinal] = run
    slow = frozenset(ordinal for ordinal, run in advised.items() if stays_slow(run))
    known = {each.design.ordinal for each in made}
    said = {q.query.ordinal for q in final.queries if q.slot and _NOT_EXISTS.search(q.query.text)}
    fresh = built(sketch, clock, datetime.now(UTC).date(), slow - known, frozenset(said))
    made += fresh
    again = tuple(_with(each, clock, indexes, final) for each in made if each.is_sound)
    large = sketch.rows.get(sketch.main, 0) >= _LARGE
    return worth_it(again, advised, large=large)


def _with(each: Built, clock: Clock, indexes: frozenset[str], final: Database) -> Built:
    """The design as it does with the indexes that are advised, where that is better."""
    design, until = each.design, final.statistics.until
    if not design.made:
        texts = (asked(design.query, until), asked(design.read, until))
        before, after = final.planner.costs(texts, final.made)
        each = replace(each, costs=(before, after))
    if not indexes:
        return each
    with clock.changed(indexes, design.made):
        run = clock.run(asked(design.read, until), _LONGEST_MS)
    faster = run is not None and run.milliseconds < each.milliseconds
    return replace(each, milliseconds=run.milliseconds) if run and faster else each
