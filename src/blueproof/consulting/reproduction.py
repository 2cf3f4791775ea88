"""The consultation on a slow query without its schema: rebuilt from the words, then advised on."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from blueproof.advisors.known.reproduction.cures import read_cures
from blueproof.advisors.known.reproduction.listed import invents
from blueproof.advisors.known.reproduction.next_page import with_next_page
from blueproof.advisors.known.reproduction.pages import farther, page_indexes
from blueproof.advisors.known.reproduction.parents import with_parents
from blueproof.advisors.known.reproduction.proposals import join_settings, summary_indexes
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.reproduction import Proposal, Sketch
from blueproof.advisors.known.reproduction.shape import steeper
from blueproof.advisors.known.reproduction.taken_next import next_indexes
from blueproof.advisors.known.reproduction.telling import assumptions, rewritten, tell
from blueproof.advisors.known.reproduction.tried import Attempt, Built, Paged, Tried
from blueproof.advisors.plan.leading import Leading
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.idle import idle_indexes
from blueproof.consulting.database import Rebuilt, advise_database
from blueproof.consulting.designing import advised_designs
from blueproof.consulting.plan import leading_of, own_plan
from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Unproved
from blueproof.core.brief import Brief, Document, Fact
from blueproof.core.errors import BlueproofError
from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.clock import Clock, clock_at
from blueproof.engines.postgres.live import read_live
from blueproof.engines.postgres.made_pages import NO_PAGE, Pages
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.reproducing import ROWS_OF, filled, server_for_rows
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.intake.database import ROWS
from blueproof.sql.asking import asked
from blueproof.sql.guessing.rows import MOST_ROWS, Filling, Ground, fillings
from blueproof.sql.names import quote_table
from blueproof.sql.paging import skipped
from blueproof.sql.plan import Refused
from blueproof.sql.queries import read_queries
from blueproof.sql.ran import Run
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.schema import Schema

NAME = "the made rows"
_LONGEST_MS = 20_000.0
_MOST_ATTEMPTS = 5
_MOST_SECONDS = 30.0  # for all attempts: whoever asks waits
_FEWER = 0.1  # of the rows are made where a query does not end on all of them
_PARTITIONED = re.compile(
    r"\bpartitioned (?:monthly|daily|weekly|yearly|hourly|by|on)\b|\b\d+ partitions\b"
    r"|\b(?:all|every|each) (?:the |of the )?partitions?\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(r"\s*(?:DELETE|UPDATE)\b", re.IGNORECASE)
_CLEARLY = 2  # times faster, from which a change gains from an index that its plan does not read

Progress = Callable[[str], None]


def rebuilt(brief: Brief, progress: Progress) -> Blueprint | Unproved | None:
    """The blueprint of a slow query that the words tell of; None where they tell of none.

    Unproved where it could not be rebuilt here, with the reason.
    """
    if _PARTITIONED.search(brief.request) and brief.document("schema") is None:
        return None  # one plain table would show another plan than theirs
    sketch = read_sketch(brief)
    if sketch is None or invents(sketch, brief.request):
        return None
    sketch = with_parents(sketch)
    first = (*join_settings(sketch), *next_indexes(sketch))
    more = (*page_indexes(sketch), *summary_indexes(sketch))
    sketch = replace(sketch, proposals=(*first, *sketch.proposals, *more))
    progress("making tables from your words")
    try:
        return _advise(brief, sketch, progress)
    except (BlueproofError, Refused, ServerRefusal) as error:
        return Unproved(statement="tables and rows made from your words", why=str(error))


def _advise(brief: Brief, sketch: Sketch, progress: Progress) -> Blueprint:
    brief = _with_documents(brief, sketch)
    with server_for_rows() as server:
        with Twin(server, sketch.schema) as twin:
            schema = twin.schema
        if sketch.main not in schema.by_name:
            raise Refused(reason=f"the table {sketch.main} could not be made")
        waiting = [each for each in (sketch, steeper(sketch), farther(sketch)) if each]
        slowest = (0.0, sketch)
        first = leading_of(brief)
        while waiting:
            each = waiting.pop(0)
            with _on_rows(server, schema, each, progress) as (tried, clock, statistics):
                if _is_endless(tried) and each.part == 1:
                    waiting = [replace(s, part=_FEWER) for s in (each, *waiting)]
                    continue
                if not tried.before:
                    raise Refused(reason="; ".join(tried.refused) or "no query could be run")
                if each.spills and not any(" Disk: " in plan for plan in tried.plans):
                    raise Refused(reason="no sort is written to disk on the made rows, as yours is")
                shown = tried.is_shown and not tried.is_short
                if not (shown or waiting) and slowest[0] > tried.milliseconds * _CLEARLY:
                    waiting = [slowest[1]]  # of those that show little the one that shows most
                    slowest = (0.0, each)
                    continue
                if tried.milliseconds > slowest[0] and not tried.is_short:
                    slowest = (tried.milliseconds, each)
                if shown or not waiting:
                    made: list[Built] = []
                    cures = (*(c.advice for c in first), *(c.advice for c in read_cures(each)))
                    at = Rebuilt(
                        server=server,
                        clock=clock,
                        concluded=partial(_told, tried, made, first),
                        idle=partial(idle_indexes, clock),
                        beside=partial(_beside, cures, partial(advised_designs, clock, each, made)),
                    )
                    return advise_database(
                        _completed(brief, tried), progress, statistics=statistics, rebuilt=at
                    )
    raise AssertionError("the last sketch is always advised on")


def _beside(
    cures: tuple[Recommendation, ...],
    designed: Callable[[Draft, Database], tuple[Recommendation, ...]],
    draft: Draft,
    final: Database,
) -> tuple[Recommendation, ...]:
    """All advice: cures from figures that are told, then designs; a rewrite comes before those.

    What is to be kept ready is for queries that must read all they read; a query in other words
    that is faster shows that this one need not.
    """
    texts, designs = rewritten(draft), designed(draft, final)
    own = tuple(
        replace(r, because=(*r.because, f"it reads then: {texts[r.slot]}"))
        if r.slot in texts
        else r
        for r in draft.recommendations
    )
    changes = any(r.query_change for r in own)
    return (*cures, *own, *designs) if changes else (*cures, *designs, *own)


def _is_endless(tried: Tried) -> bool:
    """Whether a query did not end on the made rows, by the clock or by what it wrote to disk."""
    full = any("temp_file_limit" in why for why in tried.refused)
    return full or any(run.cut for run in tried.before)


def _told(
    tried: Tried,
    made: list[Built],
    first: tuple[Leading, ...],
    kept: Draft,
    conclusion: Conclusion,
) -> Conclusion:
    """What the made rows show, behind what the person's own plan says of most of its time."""
    slots = {each.advice.slot for each in first}
    rest = tuple(r for r in kept.recommendations if r.slot not in slots)
    own = own_plan(kept.brief, advised=bool(rest))
    rest_kept = replace(kept, recommendations=rest)
    shown = tell(replace(tried, built=tuple(made)), rest_kept, conclusion, own)
    if not any(r.query_change for r in rest):
        shown = with_next_page(shown, tried.sketch.queries, kept.brief.request)
    return replace(
        shown,
        answer=" ".join((*(each.says for each in first), shown.answer)),
        steps=(*(step for each in first for step in each.steps), *shown.steps),
    )


@contextlib.contextmanager
def _on_rows(
    server: Server, schema: Schema, sketch: Sketch, progress: Progress
) -> Iterator[tuple[Tried, Clock, Excerpt]]:
    """The sketch with rows, timed as it is and with what is proposed; a clock; the figures."""
    told = {t: n for t, n in sketch.rows.items() if t in schema.by_name}
    given = {**sketch.supposed, **(told or {sketch.main: MOST_ROWS})}
    counts = {c.table: c.rows for c in count_rows(schema, given)}
    ground = Ground(
        schema=schema,
        seen=sketch.guess.seen,
        kinds=sketch.guess.tables,
        shape=sketch.shape,
        today=datetime.now(UTC).date(),
    )
    rows = tuple(_moved(filling, sketch) for filling in fillings(ground, counts, sketch.part))
    progress(f"making {sum(f.made for f in rows):,} rows")
    scripts = tuple((f.table, f.sql) for f in rows)
    part = next((f.made / f.told for f in rows if f.table == sketch.main), 1.0)
    with filled(server, sketch.tables, scripts, sketch.keys, part) as made:
        unfilled = [each for each in made.refused if each.startswith(ROWS_OF)]
        if unfilled:  # times of an empty table say nothing
            raise Refused(reason="; ".join(unfilled))
        statistics = Excerpt(text=read_live(made.dsn).statistics, path="statistics.sql")
        with clock_at(made.dsn) as clock:
            clock.name, clock.writes = NAME, True  # nobody else's rows
            clock.pages = Pages(part=part)
            progress("timing what you have and what you propose")
            yield _tried(sketch, clock, rows, frozenset(told), made.refused), clock, statistics


def _moved(filling: Filling, sketch: Sketch) -> Filling:
    if not sketch.moved or f" {quote_table(filling.table)};" not in sketch.moved:
        return filling
    return replace(filling, sql=f"{filling.sql}{sketch.moved}")


def _with_documents(brief: Brief, sketch: Sketch) -> Brief:
    schema = Document(role="schema", text=sketch.schema, parts=(("schema from your words", 1),))
    queries = brief.document("queries") or Document(
        role="queries", text=sketch.script, parts=(("queries from your words", 1),)
    )
    plans = (d for d in brief.documents if d.role == "plan")
    return replace(brief, documents=(schema, queries, *plans))


def _tried(
    sketch: Sketch,
    clock: Clock,
    rows: tuple[Filling, ...],
    told: frozenset[str],
    refused: tuple[str, ...],
) -> Tried:
    """The reproduction timed as it is, then with each proposal that can be built."""
    queries, _ = read_queries(sketch.script, path="queries.sql")
    today = datetime.now(UTC).date()
    texts = tuple(asked(q.text, today) for q in queries)
    timed = clock.time(dict.fromkeys(texts, _LONGEST_MS), frozenset())
    empty = [t for t in texts if clock.refused.get(t) == NO_PAGE]
    found = {t: timed.get(t) or (clock.run(t, _LONGEST_MS) if t in empty else None) for t in texts}
    before = {text: run for text, run in found.items() if run}
    ends = {text: 1.0 if run.cut else _LONGEST_MS for text, run in before.items()}
    plans = tuple(clock.shown(text, most) for text, most in ends.items())  # before any is built
    attempts = tuple(_attempts(sketch, clock, timed))
    spoken = tuple(Attempt(proposal=p) for p in sketch.proposals if p.kind == "spoken")
    return Tried(
        sketch=sketch,
        fillings=rows,
        told=told,
        before=tuple(before.values()),
        attempts=(*attempts, *spoken),
        plans=plans,
        paged=tuple(_paged(clock, texts)),
        empty=bool(empty),
        refused=(*refused, *(f"{q.name}: {clock.refused[t]}" for q, t in
                             zip(queries, texts, strict=True) if t in clock.refused)),
    )  # fmt: skip


def _attempts(sketch: Sketch, clock: Clock, timed: dict[str, Run]) -> Iterator[Attempt]:
    """What is proposed, each tried, as far as the time allows; nothing where no query ends."""
    begun = time.monotonic()
    wanted = [p for p in sketch.proposals if p.kind != "spoken"][:_MOST_ATTEMPTS]
    if sketch.part == 1 and any(run.cut for run in timed.values()):
        return  # it is made again with fewer rows
    for each in wanted:
        if time.monotonic() - begun < _MOST_SECONDS:
            yield _attempt(each, clock, tuple(timed), timed)


def _paged(clock: Clock, texts: tuple[str, ...]) -> Iterator[Paged]:
    """The queries that were run with another OFFSET than they were told with."""
    run = clock.pages.standing if clock.pages else {}
    for place, text in enumerate(texts):
        if text in run and run[text] != skipped(text):
            told, part = skipped(text), clock.pages.part if clock.pages else 1.0
            short = run[text] < round(told * part)
            yield Paged(place=place, told=told, run=run[text], short=short)


def _attempt(
    proposal: Proposal, clock: Clock, texts: tuple[str, ...], before: dict[str, Run]
) -> Attempt:
    if not texts:
        return Attempt(proposal=proposal, why=NO_PAGE)
    bounds = {t: min(max(before[t].milliseconds * 3, 1000.0), _LONGEST_MS) for t in texts}
    if proposal.kind == "setting":
        with clock.changed(frozenset(), f"SET LOCAL {proposal.definition}"):
            found = {t: clock.run(t, most) for t, most in bounds.items()}
        runs = [run for run in found.values() if run is not None]
        return Attempt(proposal=proposal, milliseconds=sum(r.milliseconds for r in runs))
    definitions = proposal.definitions
    if not clock.build(definitions):
        return Attempt(proposal=proposal, why=clock.refused.get(definitions[0], ""))
    timed = _timed(clock, bounds, frozenset(definitions))
    if len(timed) < len(bounds):
        lost = next(t for t in bounds if t not in timed)
        return Attempt(proposal=proposal, why=clock.refused.get(lost, "it could not be run"))
    changed = [t for t, run in timed.items() if _CHANGES.match(t)
               and run.milliseconds * _CLEARLY < before[t].milliseconds]  # fmt: skip
    return Attempt(
        proposal=proposal,
        milliseconds=sum(run.milliseconds for run in timed.values()),
        used=any(run.used for run in timed.values()) or bool(changed),
        cut=any(run.cut for run in timed.values()),
    )


def _timed(clock: Clock, bounds: dict[str, float], shown: frozenset[str]) -> dict[str, Run]:
    """How the queries run with an index; what foreign keys make of it shows in no plan."""
    timed = clock.time(bounds, shown)
    again = {t: most for t, most in bounds.items() if _CHANGES.match(t) and t in timed}
    with clock.changed(shown):
        found = {t: run for t, most in again.items() if (run := clock.run(t, most))}
    return {**timed, **found}


def _completed(brief: Brief, tried: Tried) -> Brief:
    """The brief with the rows to be reckoned with, and everything that was guessed."""
    known = {f.key for f in brief.facts}
    facts = tuple(
        Fact(
            key=f"{ROWS}{f.table}",
            value=f.told,
            unit="rows",
            source="stated" if f.table in tried.told else "assumed",
        )
        for f in tried.fillings
        if f"{ROWS}{f.table}" not in known and f.told > f.made
    )
    return replace(
        brief,
        facts=(*brief.facts, *facts),
        assumptions=(*brief.assumptions, *assumptions(tried)),
    )
