"""The answer on a reproduction: what won and by how much, what was assumed, what else was tried."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.known.reproduction.attempted import with_attempt
from blueproof.advisors.known.reproduction.cause import known_cause
from blueproof.advisors.known.reproduction.compared import compared
from blueproof.advisors.known.reproduction.cures import read_cures, without
from blueproof.advisors.known.reproduction.designing import SLOT, design_steps, shown_ms, statements
from blueproof.advisors.known.reproduction.elsewhere import (
    GENERIC,
    elsewhere,
    not_covered,
    told_of,
)
from blueproof.advisors.known.reproduction.files import reproduction_files
from blueproof.advisors.known.reproduction.misjudged import misjudged_unproved
from blueproof.advisors.known.reproduction.page_told import page_step, page_told
from blueproof.advisors.known.reproduction.small import small_table
from blueproof.advisors.known.reproduction.tried import Attempt, Tried
from blueproof.advisors.known.told import evidence, lowered, sentence
from blueproof.core.advice import Step
from blueproof.core.blueprint import Conclusion, Draft, Unproved
from blueproof.core.brief import Assumption
from blueproof.core.tuning import Change

_SHOWN, _MOST_TRIED, _MOST_ASSUMED = 0.1, 4, 3
_FELT_MS = 1.0
_FASTER = 1.5  # times, from which a gain is one
_SECOND = 1000.0
_MOST_OF_THEM = 0.2  # of the rows, from which an index must gain clearly
_LARGE_PART = 0.05  # of the rows, from which reading all of them is no mistake
_SHORT = 600  # letters of a statement that an answer shows
_CLEARLY = 3.0
_ASK = "What do \\d TABLE and EXPLAIN (ANALYZE, BUFFERS) of the query show?"
_WHY = "they show whether your tables and rows lie as the made ones do"


def assumptions(tried: Tried) -> tuple[Assumption, ...]:
    """Everything that was guessed, each with what it rests on."""
    said = [Assumption(key=a.says, value="", why=a.why) for a in tried.sketch.assumed]
    return (*said, *_of_rows(tried))


def _of_rows(tried: Tried) -> Iterator[Assumption]:
    for each in tried.fillings:
        if each.table not in tried.told:
            yield Assumption(
                key=f"{each.table}", value=f"{each.told:,} rows", why="you tell no number of rows"
            )


def tell(tried: Tried, kept: Draft, conclusion: Conclusion, own: str = "") -> Conclusion:
    """The conclusion of the advisor in the words of a reproduction, with its files.

    `own` is what the person's own timed plan says, for where the made rows show nothing.
    """
    cures = read_cures(tried.sketch)
    kept = without(kept, cures)
    after = _milliseconds(conclusion)
    better = _better(tried, tried.milliseconds if after is None else after)
    gained = after is not None and tried.milliseconds > after * _FASTER
    designed = _designed(tried, kept)
    if not (gained or better or designed or tried.is_shown):
        answer = _not_shown(tried, told_of(kept.brief.request), _of_plan(own, conclusion, kept))
    else:
        shown = tuple(_sentences(tried, conclusion, after, kept, better))
        first = _begins_with_design(kept)
        told = (*designed, *shown) if first else (*shown, *_if_not_enough(designed))
        answer = " ".join((*told, *known_cause(kept.brief)))
    if better:
        conclusion = with_attempt(conclusion, better)
    answer = " ".join((*(each.says for each in cures), answer))
    return replace(
        conclusion,
        answer=answer,
        open_questions=(evidence(_ASK, _WHY),),
        steps=(
            *(step for each in cures for step in each.steps),
            *page_step(answer),
            *_in_order(kept, conclusion.steps),
        ),
        artifacts=(*conclusion.artifacts, *reproduction_files(tried)),
        not_proved=(
            Unproved(
                statement="that your tables, rows and plan are like the made ones",
                why="they were made from your words; times are of this machine, data in memory",
            ),
            *misjudged_unproved(tried.sketch.misjudged),
            *(Unproved(statement="a part of the reproduction", why=w) for w in tried.refused),
            *conclusion.not_proved,
        ),
    )


def _begins_with_design(kept: Draft) -> bool:
    """Whether what is to be kept ready is the first advice."""
    return any(r.slot.startswith(SLOT) for r in kept.recommendations[:1])


def _if_not_enough(designed: tuple[str, ...]) -> Iterator[str]:
    """What is to be kept ready, said as the next thing to do."""
    yield from (f"If that is not fast enough: {lowered(each)}" for each in designed[:1])
    yield from designed[1:]


def _in_order(kept: Draft, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps of designs and of the rest, as the advice is ordered."""
    designs, others = design_steps(kept.recommendations), _shown_steps(steps, kept)
    return (*designs, *others) if _begins_with_design(kept) else (*others, *designs)


def rewritten(kept: Draft) -> dict[str, str]:
    """The statement that each rewrite puts in place of a query, by its slot, where it is short."""
    changed = ((r.slot, r.query_change) for r in kept.recommendations if r.query_change)
    flat = {slot: " ".join(change.rewritten.text.split()).rstrip(";") for slot, change in changed}
    return {slot: sql for slot, sql in flat.items() if len(sql) <= _SHORT}


def _shown_steps(steps: tuple[Step, ...], kept: Draft) -> Iterator[Step]:
    """The steps, those that put a statement in place of another with its text."""
    texts = rewritten(kept)
    for step in steps:
        text = next((texts[slot] for slot in step.needs if slot in texts), "")
        shown = text and step.do.startswith("Put ") and ": " not in step.do
        yield replace(step, do=f"{step.do}: {text}") if shown else step


def _designed(tried: Tried, kept: Draft) -> tuple[str, ...]:
    """What is advised to keep ready, with its time, and what else does the same."""
    chosen = {r.slot: r for r in kept.recommendations if r.slot.startswith(SLOT)}
    found = []
    for slot, advice in chosen.items():
        made = [b for b in tried.built if f"{SLOT} {b.design.table}" == slot and b.is_sound]
        first = next(b for b in made if advice.choice.startswith(b.design.choice))
        others = [b for b in made if b is not first and b.design.ordinal == first.design.ordinal]
        measured = advice.because[-1].removeprefix("on the made rows ")
        found.append(sentence(f"{advice.choice}: {_rows(tried)} {measured}"))
        found += [sentence(t) for t in (*statements(first.design), *first.design.trade_offs)]
        found += [
            sentence(f"Or {lowered(b.design.choice)}: {shown_ms(b.milliseconds)}") for b in others
        ]
    return tuple(found)


def _milliseconds(conclusion: Conclusion) -> float | None:
    """All queries that were timed, once the advice is followed."""
    known = [q.seconds_after * _SECOND for q in conclusion.queries if q.seconds_after is not None]
    return sum(known) if known else None


def _better(tried: Tried, advised: float) -> Attempt | None:
    """The attempt that the clock likes clearly better than the advice, if there is one.

    The planner's word is worth less than the clock's where it has no statistics: of an expression.
    """
    timed = [
        (a.milliseconds, a)
        for a in tried.attempts
        if a.milliseconds is not None and (a.used or _is_set(a)) and not a.cut
    ]
    best = min(timed, key=lambda each: each[0], default=None)
    if best is None or best[0] * _FASTER > advised:
        return None
    more = max(1.0, tried.main.told / max(tried.main.made, 1))  # rows than were made
    if advised - best[0] < max(_FELT_MS / more, _FELT_MS / 2):
        return None
    if tried.sketch.most:
        return None
    if tried.returned >= _MOST_OF_THEM and best[0] * _CLEARLY > advised:
        return None  # so many rows come that an index is not worth its price
    return best[1]


def _is_set(attempt: Attempt) -> bool:
    """Whether it is a setting of ours, which shows in no plan by name."""
    return attempt.proposal.kind == "setting" and attempt.proposal.ours


def _sentences(
    tried: Tried,
    conclusion: Conclusion,
    after: float | None,
    kept: Draft,
    better: Attempt | None,
) -> Iterator[str]:
    rows = _rows(tried)
    made = tuple(c for c in conclusion.changes)
    others = tuple(r for r in kept.recommendations if not r.slot.startswith(SLOT))
    designed = len(others) < len(kept.recommendations)
    kept = replace(kept, recommendations=others)
    if better and better.milliseconds is not None:
        yield sentence(
            f"{better.proposal.said}: {shown_ms(tried.milliseconds)} become "
            f"{shown_ms(better.milliseconds)} {rows}"
        )
        if made and after is not None:
            yield sentence(f"{_named(made, kept)}, which the planner takes for the best, is not "
                           f"needed beside it: with that alone {shown_ms(after)}")  # fmt: skip
    elif kept.recommendations and after is not None and tried.milliseconds > after * _FASTER:
        yield sentence(
            f"{_named(made, kept)}: {shown_ms(tried.milliseconds)} become {shown_ms(after)} {rows}"
        )
        yield from (f"It reads then: {sql}." for sql in rewritten(kept).values())
    elif kept.recommendations and after is None:
        yield sentence(
            f"{_named(made, kept)}: by the planner's word alone, since {_untimed(tried)}"
        )
    elif kept.recommendations:
        yield sentence(f"{_named(made, kept)}; the clock shows no gain {rows}: "
                       f"{shown_ms(tried.milliseconds)}")  # fmt: skip
    elif not designed:
        yield from _unhelped(tried)
    yield from _paged(tried)
    yield _assumed(tried)
    if tried.scans and tried.sketch.there:
        yield sentence(f"With what you have, it reads all of {' and '.join(tried.scans)}")
    won = {_definition(d).lower() for c in made for d in c.ddl}
    won |= {f"an index {better.proposal.definition.lower()}"} if better else set()
    yield from compared(tried)
    yield from _attempts(tried, won)
    yield from _grown(tried)
    if kept.recommendations or better:
        yield from (sentence(f"Besides: {note}") for note in tried.sketch.notes)
    if tried.sketch.prepared:
        yield sentence(f"With the value as a parameter it may be {GENERIC}")


def _untimed(tried: Tried) -> str:
    """Why there is no time to show."""
    if tried.empty:
        return f"it gives no row {_rows(tried)} where it asks for a page of them"
    return f"it could not be timed {_rows(tried)}"


def _paged(tried: Tried) -> Iterator[str]:
    """Which OFFSET stood for the one told, as fewer rows were made."""
    for told, run in dict.fromkeys((each.told, each.run) for each in tried.paged):
        yield f"OFFSET {run:,} stands there for OFFSET {told:,}, as fewer rows match."


def _unhelped(tried: Tried) -> Iterator[str]:
    """That no index helps, after what does."""
    yield from (sentence(note) for note in tried.sketch.notes)
    if tried.empty:
        yield sentence(f"Whether anything makes it faster is not known: {_untimed(tried)}")
        return
    if tried.sketch.most:
        yield sentence(
            "Change nothing, or go through the rows in batches: you tell that most of them are "
            "wanted, and for so large a part a sequential scan is right as it is"
        )
        yield sentence(f"It takes {shown_ms(tried.milliseconds)} {_rows(tried)}")
        return
    yield sentence(
        f"No index or rewrite makes it faster {_rows(tried)}: it takes "
        f"{shown_ms(tried.milliseconds)}, since it goes through {tried.touched:,.0f} rows"
    )
    if tried.returned >= _LARGE_PART and tried.is_guessed:
        yield sentence(
            f"It gives {tried.returned:.0%} of the made rows of {tried.main.table}, which you do "
            "not tell: count how many of yours match. Of so many a sequential scan is right as it "
            f"is; where they are few, {tried.first_index} pays"
        )
    elif tried.returned >= _LARGE_PART:
        yield sentence(
            f"It gives {tried.returned:.0%} of the rows of {tried.main.table}: for so large a part "
            "a sequential scan is right as it is, and no index makes it faster. Change nothing, or "
            "ask for fewer rows or columns"
        )


def _rows(tried: Tried) -> str:
    main = tried.main
    if main.table not in tried.told:
        return f"on {main.made:,} made-up rows of {main.table} (you tell no number)"
    fewer = f" (you tell of {main.told:,})" if main.told > main.made else ""
    return f"on {main.made:,} made-up rows of {main.table}{fewer}"


def _named(changes: tuple[Change, ...], kept: Draft) -> str:
    """What is advised, as it is said: indexes by what they are on, rewrites by what they do."""
    rewrites = {r.slot: r.choice for r in kept.recommendations if r.query_change}
    others = [r.choice for r in kept.recommendations if not (r.schema_change or r.query_change)]
    plain = [
        _definition(d)
        for c in changes
        for d in c.ddl
        if c.id not in rewrites and d.upper().startswith(("CREATE INDEX", "CREATE STAT"))
    ]
    named = (*plain, *map(lowered, rewrites.values()), *map(lowered, others))
    return "; ".join(named) or "; ".join(r.slot for r in kept.recommendations)


def _definition(ddl: str) -> str:
    """An index by what it is on, as a person says it."""
    kind, _, rest = ddl.partition(" ON ")
    unique = "a statistics object" if "STATISTICS" in kind.upper() else "an index"
    return f"{unique} on {rest.removeprefix('ONLY ')}" if rest else ddl


def _assumed(tried: Tried) -> str:
    """What was made from words, and all that was guessed for it, the rows last."""
    what = "Tables and rows" if tried.sketch.guess.made else "The rows"
    says = [a.says for a in tried.sketch.assumed]
    says += [f"{a.value} in {a.key}" for a in _of_rows(tried)]
    more = len(says) - _MOST_ASSUMED
    shown = "; ".join(says[:_MOST_ASSUMED])
    rest = f"; and {more} more" if more > 0 else ""
    assumed = f" Assumed: {shown}{rest}; tell me if not." if says else ""
    return f"{what} were made from your words.{assumed}"


def _attempts(tried: Tried, won: set[str]) -> Iterator[str]:
    """The person's own proposals first, each with its time or a word; not what won."""
    theirs = [a for a in tried.attempts if not a.proposal.ours]
    others = [a for a in tried.attempts if a.proposal.ours and a.milliseconds is not None]
    timed = [
        a for a in (*theirs, *others)
        if a.milliseconds is not None and f"an index {a.proposal.definition.lower()}" not in won
    ][:_MOST_TRIED]  # fmt: skip
    if timed:
        yield sentence(f"Tried beside it: {'; '.join(map(_attempt, timed))}")
    for each in theirs:
        if each.proposal.kind == "spoken" and not _is_built(each, tried):
            yield sentence(f'"{each.proposal.said}": {each.proposal.answer}')
        elif each.milliseconds is None and each.proposal.kind != "spoken":
            yield sentence(f"{each.proposal.said} could not be tried: {each.why}")


def _is_built(spoken: Attempt, tried: Tried) -> bool:
    """Whether what somebody spoke of was made on the rows, and so has its time."""
    kinds = {b.design.kind for b in tried.built if b.is_sound}
    said = spoken.proposal.said.lower().replace("ised", "ized").removesuffix("s")
    return said in kinds


def _attempt(attempt: Attempt) -> str:
    assert attempt.milliseconds is not None, "the caller looked"
    over = "more than " if attempt.cut else ""
    unused = "" if attempt.used or attempt.proposal.kind != "index" else ", not used"
    return f"{attempt.proposal.said} {over}{shown_ms(attempt.milliseconds)}{unused}"


def _grown(tried: Tried) -> Iterator[str]:
    main = tried.main
    if main.told >= main.made * 2 and {main.table} <= tried.told & {*tried.scans}:
        times = main.told / main.made
        yield sentence(
            f"What reads the whole table takes about {times:,.0f} times as long on "
            f"{main.told:,} rows, more where they do not fit into memory"
        )


def _of_plan(own: str, conclusion: Conclusion, kept: Draft) -> str:
    """What the person's own plan says, behind what is advised."""
    advised = _named(conclusion.changes, kept) if own and kept.recommendations else ""
    return f"{sentence(advised)} {sentence(own)}" if advised else own


def _not_shown(tried: Tried, known: str, own: str) -> str:
    """That the words do not explain it, and where to look instead, `known` first.

    Where their own plan does, or the page's index is missing, that comes first: made rows lie as
    nobody told, and a short time on them is no proof that there is nothing to mend.
    """
    first = own or page_told(tried.sketch)
    if first and not (tried.sketch.misjudged or tried.sketch.dead or known):
        return (
            f"{sentence(first)} {_rows(tried)[:1].upper()}{_rows(tried)[1:]} it does not show: "
            f"{shown_ms(tried.milliseconds)}, since they lie otherwise than yours. "
            f"{_assumed(tried)}"
        )
    there = " with the indexes that you tell of" if tried.sketch.there else ""
    if tried.sketch.misjudged or tried.sketch.dead:
        return (
            f"Only your own figures show it: {_rows(tried)}{there} it takes "
            f"{shown_ms(tried.milliseconds)}. {_assumed(tried)}"
        )
    if known:
        return (
            f"{sentence(known)} By itself the statement takes {shown_ms(tried.milliseconds)} "
            f"{_rows(tried)}{there}, which know no locks, dead rows or other sessions. "
            f"{_assumed(tried)}"
        )
    if small := small_table(tried):
        return f"{small} {_assumed(tried)}"
    lacking = "".join(f"{sentence(each)} " for each in not_covered(tried.sketch))
    return (
        f"{lacking}{'For the rest, what' if lacking else 'What'} you tell does not make it slow: "
        f"it takes {shown_ms(tried.milliseconds)} {_rows(tried)}{there}, on PostgreSQL 18. "
        f"So the cause is elsewhere: {'; '.join(elsewhere(tried.sketch))}. "
        f"{_assumed(tried)}"
    )
