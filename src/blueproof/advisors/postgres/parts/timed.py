"""The whole advice on rows: how long each query takes on the copy, without and with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.postgres.database import Clock, Database, Planned
from blueproof.advisors.postgres.parts.policy_change import policies_in
from blueproof.advisors.postgres.parts.setting import as_tried
from blueproof.advisors.postgres.parts.wording import count, listed, shown_time, times
from blueproof.advisors.postgres.search.clocked import LONGEST_MILLISECONDS, is_slower
from blueproof.core.advice import Artifact
from blueproof.core.blueprint import Bar, Chart, Draft, Unproved
from blueproof.core.scene import Excerpt
from blueproof.sql.asking import asked
from blueproof.sql.plan import Refused
from blueproof.sql.ran import Run
from blueproof.sql.statements import read_script

TIMINGS = "timings.csv"
_MADE = re.compile(
    r"CREATE INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?(?:\"(?:[^\"]|\"\")+\"|\S+) (?P<rest>ON .+)"
)
_TOLD = re.compile(r"CREATE (?P<what>STATISTICS )(?:IF NOT EXISTS )?\S+ (?P<rest>\(.+)")
_DROPPED = re.compile(r"DROP INDEX (?:CONCURRENTLY )?(?:IF EXISTS )?(?P<name>.+)")
_HEAD = "query,runs a unit,ms before,ms after,stopped before its end\n"
_MOST_BARS = 12
_FASTER = 1.1


@dataclass(frozen=True, kw_only=True)
class Timing:
    """One query on the copy's rows, as it is and with all advice followed."""

    query: Planned
    before: Run
    after: Run


@dataclass(frozen=True, kw_only=True)
class Timings:
    """All queries that could be timed on the copy of this name, and why others were not.

    `unbuilt` are indexes and statistics that the copy refused, with its words.
    """

    copy: str
    each: tuple[Timing, ...]
    untimed: tuple[tuple[str, str], ...] = ()
    unbuilt: tuple[tuple[str, str], ...] = ()
    nothing_built: bool = False

    @property
    def by_query(self) -> dict[str, Timing]:
        """Each timing by its query's name."""
        return {timing.query.name: timing for timing in self.each}

    @property
    def slower(self) -> tuple[Timing, ...]:
        """The queries that all advice together makes slower, the worst first."""
        found = [t for t in self.each if is_slower(t.before, t.after)]
        return tuple(sorted(found, key=lambda t: t.before.milliseconds - t.after.milliseconds))


def timings(before: Database, after: Database, draft: Draft) -> Timings | None:
    """Every query timed on the copy as it was, and with the kept advice; None without a copy."""
    if before.clock is None:
        return None
    clock, until = before.clock, before.statistics.until
    kept = {r.slot for r in draft.recommendations}
    new = {q.name: q for q in after.queries if q.slot in kept}
    old_texts = {q.name: asked(q.query.text, until) for q in before.queries if q.plan}
    new_texts = {
        q.name: asked(new.get(q.name, q).query.text, until) for q in before.queries if q.plan
    }
    try:
        old = clock.time(dict.fromkeys(old_texts.values(), LONGEST_MILLISECONDS), frozenset())
        done = _with_all(clock, draft, tuple(new_texts.values()))
    except Refused as refusal:
        lost = tuple((name, refusal.reason) for name in old_texts)
        return Timings(copy=clock.name, each=(), untimed=lost)
    each, untimed = [], []
    for query in before.queries:
        text, rewritten = old_texts.get(query.name, ""), new_texts.get(query.name, "")
        if text in old and rewritten in done:
            each.append(Timing(query=query, before=old[text], after=done[rewritten]))
        elif text:
            why = clock.refused.get(text) or clock.refused.get(rewritten) or "it could not be run"
            untimed.append((query.name, why))
    unbuilt = tuple((d, clock.refused[d]) for d in _advised(draft) if d in clock.refused)
    return Timings(
        copy=clock.name,
        each=tuple(each),
        untimed=tuple(untimed),
        unbuilt=unbuilt,
        nothing_built=bool(unbuilt) and len(unbuilt) == len(_advised(draft)),
    )


def _advised(draft: Draft) -> tuple[str, ...]:
    """What all kept advice together has built."""
    files = (r.schema_change for r in draft.recommendations if r.schema_change)
    return tuple(d for file in files for d in definitions(file))


def _with_all(clock: Clock, draft: Draft, texts: tuple[str, ...]) -> dict[str, Run]:
    files = [r.schema_change for r in draft.recommendations if r.schema_change]
    made = frozenset(clock.build(_advised(draft)))
    changes = ";\n".join(
        (
            *(s for file in files for s in _drops(file)),
            *(s for r in draft.recommendations for s in as_tried(r)),
        )
    )
    bounds = dict.fromkeys(texts, LONGEST_MILLISECONDS)
    if not changes:
        return clock.time(bounds, made)
    with clock.changed(made, changes):
        found = {text: clock.run(text, most) for text, most in bounds.items()}
    return {text: run for text, run in found.items() if run is not None}


def _statements(file: Excerpt) -> Iterator[str]:
    for statement in read_script(file.text, path=file.path).statements:
        yield " ".join(statement.text.split()).rstrip(";")


def definitions(file: Excerpt) -> Iterator[str]:
    """What a migration has built on a copy; of a partitioned table, for the whole of it."""
    found = [m["rest"] for s in _statements(file) if (m := _MADE.fullmatch(s))]
    whole = [rest.replace("ON ONLY ", "ON ", 1) for rest in found if rest.startswith("ON ONLY ")]
    yield from whole or found
    yield from (m["what"] + m["rest"] for s in _statements(file) if (m := _TOLD.fullmatch(s)))
    yield from policies_in(file)


def _drops(file: Excerpt) -> Iterator[str]:
    """The indexes that a migration drops, as it can be done inside a transaction."""
    for statement in _statements(file):
        dropped = _DROPPED.fullmatch(statement)
        if dropped:
            yield f"DROP INDEX IF EXISTS {dropped['name']}"


def said_of_times(found: Timings) -> str:
    """Half a sentence: how long the workload takes on rows, before and after; "" if unknown."""
    if not found.each or found.nothing_built:
        return ""
    before = sum(t.before.milliseconds * t.query.query.weight for t in found.each)
    after = sum(t.after.milliseconds * t.query.query.weight for t in found.each)
    cut = "more than " if any(t.before.cut for t in found.each) else ""
    some = count(len(found.each), "query takes", "queries take")
    faster = f" ({times(before / after)} times faster)" if before > after * _FASTER else ""
    worse = tuple(f"{t.query.name} ({_both(t)})" for t in found.slower)
    return (
        f"on the rows of {found.copy} {some} {shown_time(after)} in all in place of "
        f"{cut}{shown_time(before)}{faster}{_lacking(found)}, "
        + (f"but slower: {listed(worse)}" if worse else "and none is slower")
    )


def _shown(definition: str) -> str:
    rest = definition.removeprefix("ON ")
    return definition if rest == definition else f"the index on {rest}"


def _lacking(found: Timings) -> str:
    if not found.unbuilt:
        return ""
    return f", without {count(len(found.unbuilt), 'change')} that could not be made there"


def said_of_time(timing: Timing) -> str:
    """What the clock says of one query."""
    return f"{_both(timing)} on the copy's rows"


def _both(timing: Timing) -> str:
    return f"{shown_time(timing.before.milliseconds)} to {shown_time(timing.after.milliseconds)}"


def timing_file(found: Timings) -> Artifact:
    """The times as a table that other programs read."""
    lines = (
        f"{_cell(t.query.name)},{t.query.query.weight:g},{t.before.milliseconds:.3f},"
        f"{t.after.milliseconds:.3f},{_stopped(t)}\n"
        for t in found.each
    )
    purpose = (
        f"milliseconds of each query on {found.copy}, the shortest of a few, planning included"
    )
    return Artifact(path=TIMINGS, purpose=purpose, text=_HEAD + "".join(lines))


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text


def _stopped(timing: Timing) -> str:
    both = (("before", timing.before.cut), ("after", timing.after.cut))
    return " and ".join(word for word, cut in both if cut)


def timing_chart(found: Timings) -> Chart:
    """The queries that took longest, before and after."""
    longest = sorted(found.each, key=lambda t: -t.before.milliseconds)[:_MOST_BARS]
    return Chart(
        id="times",
        title=f"Time of a query on the rows of {found.copy}",
        unit="ms",
        bars=tuple(
            Bar(label=t.query.name, before=t.before.milliseconds, after=t.after.milliseconds)
            for t in longest
        ),
    )


def not_repeated(found: Timings) -> tuple[Unproved, ...]:
    """That times were taken once, and what could not be timed."""
    once = Unproved(
        statement=f"the times on {found.copy}",
        why="they were taken once, there; prove repeats what the planner says, not the clock",
    )
    untimed = (Unproved(statement=f"the time of {name}", why=why) for name, why in found.untimed)
    unbuilt = (
        Unproved(statement=f"on the rows of {found.copy}: {_shown(what)}", why=why)
        for what, why in found.unbuilt
    )
    timed = found.each and not found.nothing_built
    return (*((once,) if timed else ()), *untimed, *unbuilt)
