"""A set of indexes tried on rows: what the planner likes and the clock does not is given up.

Planner cost is not time. Where there is a copy with rows, indexes are built there and each query
whose plan reads a new index is run. What the clock says of a plan takes the place of its cost when
the set is selected anew; a plan never run is still taken at its cost, so that it is tried next.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from blueproof.advisors.postgres.choice import Cure, Slower, worth
from blueproof.advisors.postgres.database import Clock, Database
from blueproof.advisors.postgres.parts.estimates import Misjudged, misjudged
from blueproof.advisors.postgres.parts.policy_change import policies_in
from blueproof.advisors.postgres.search.explore import Explorer
from blueproof.advisors.postgres.search.library import bits
from blueproof.advisors.postgres.search.pool import definition
from blueproof.facts.load import fact
from blueproof.sql.asking import asked
from blueproof.sql.ran import Run

LONGEST_MILLISECONDS = 60_000.0
FELT_MILLISECONDS = 20.0  # a query that takes no longer is left alone if the planner finds it cheap
_ROUNDS = 4
_SECONDS = 900.0  # after so long no other set is tried
_CUT_FACTOR, _CUT_MORE = 1.5, 300.0  # a run is stopped that takes so much longer than before
_FASTER = 1.05  # times faster; less is what one run differs from the next
_SHUNNED = 1000.0  # how many times dearer a plan is taken for that makes its query slower


@dataclass(kw_only=True)
class Clocked:
    """The explorer's indexes tried on a copy; `select` finds a set around one, without some."""

    database: Database
    clock: Clock
    explorer: Explorer
    select: Callable[[int, int], int]
    harms: dict[int, dict[str, Slower]] = field(default_factory=dict)  # by index, by query
    cures: dict[str, Misjudged] = field(default_factory=dict)  # by what makes them

    def __post_init__(self) -> None:
        until = self.database.statistics.until
        costs = self.explorer.pool.costs
        self._texts = [asked(query.query.text, until) for query in costs.queries]
        self._begun = time.monotonic()
        policies = (p for c in self.database.changes for p in policies_in(c.file))
        self._policies = frozenset(self.clock.build(policies))  # as advised before
        found = self.clock.time(dict.fromkeys(self._texts, LONGEST_MILLISECONDS), self._policies)
        self.base = [found.get(text) for text in self._texts]
        self.rate = self._in_milliseconds()
        for at, run in enumerate(self.base):
            if run:
                self._cure(at, self._policies, run, partial(is_better, run))

    @property
    def slow(self) -> frozenset[int]:
        """The places of the queries that take long enough on rows to be noticed.

        None for whose tables changes were advised before: those were timed without them.
        """
        queries = self.explorer.pool.costs.queries
        return frozenset(
            at
            for at, run in enumerate(self.base)
            if run
            and run.milliseconds >= FELT_MILLISECONDS
            and not self.database.changes_for(queries[at])
        )

    def _in_milliseconds(self) -> float:
        """Have every shelf weigh in milliseconds; how many one unit of planner cost is on average.

        The planner's costs of plans that nobody ran are taken for as wrong as those of the one
        without new indexes.
        """
        costs = [max(self.explorer.ask(at, 0)[1], 0.01) for at in range(len(self.base))]
        pairs = [(run.milliseconds, c) for run, c in zip(self.base, costs, strict=True) if run]
        rate = sum(ms for ms, _ in pairs) / max(sum(c for _, c in pairs), 0.01) or 1.0
        for shelf, run, cost in zip(self.explorer.shelves, self.base, costs, strict=True):
            shelf.scale = run.milliseconds / cost if run else rate
            shelf.tell(0, shelf.scale * cost)
        return rate

    def best(self, chosen: int) -> int:
        """The best set found that makes no query slower; what is wanted at first is given.

        Indexes are added one after the other, those that promise most for their bytes first, and
        each stays if no query gets slower. What did not stay is no longer wanted, and the set is
        selected anew around what did.
        """
        kept = tried = 0
        for _ in range(_ROUNDS):
            for at in sorted(bits(chosen & ~kept & ~tried), key=self._promise(chosen)):
                tried |= 1 << at
                if time.monotonic() - self._begun < _SECONDS and not self._try(kept | 1 << at):
                    kept |= 1 << at
            chosen = self.select(kept, tried & ~kept)
            if not chosen & ~kept & ~tried:
                break
        return self._read(kept)

    def _promise(self, chosen: int) -> Callable[[int], float]:
        """What to sort by: an index's part in the set's worth for its bytes, the largest first."""
        whole = self._weight(chosen)
        gains = {at: self._weight(chosen & ~(1 << at)) - whole for at in bits(chosen)}
        return lambda at: -gains[at] / (self.explorer.sizes[at] + 1)

    def _read(self, chosen: int) -> int:
        """The set without what no plan on the copy reads, once statistics have mended some."""
        while chosen:
            read = 0
            for at, used in enumerate(self.reads(chosen)):
                read |= self.explorer.ask(at, chosen)[0] if used is None else used
            if not chosen & ~read:
                break
            chosen = self._harmless(chosen & read)
        return chosen

    def reads(self, chosen: int) -> list[int | None]:
        """Which indexes of a set each query's plan reads on the copy; None where it was not tried.

        So where it was not run, or would read an index that could not be built there. An index that
        is there already may be like one that is not of the set.
        """
        runs = self.clock.time(self._bounds(), self._there(chosen))
        unbuilt = self._unbuilt(chosen)
        return [
            self._mask(runs[text].used) & chosen
            if text in runs and not self.explorer.ask(at, chosen)[0] & unbuilt
            else None
            for at, text in enumerate(self._texts)
        ]

    def _unbuilt(self, chosen: int) -> int:
        """The indexes of a set that the copy refused to build."""
        return chosen & ~self._mask(self._there(chosen))

    def _mask(self, used: frozenset[str]) -> int:
        """Indexes known by their definitions, as a set of the explorer's."""
        found = self.explorer.numbers.items()
        return sum(1 << at for name, at in found if definition(self.explorer.pool, name) in used)

    def _there(self, chosen: int) -> frozenset[str]:
        """What is to be there on the copy: what could be built of a set, and the cures."""
        wanted = [definition(self.explorer.pool, name) for name in self.explorer.of(chosen)]
        return frozenset((*self.clock.build(wanted), *self.cures, *self._policies))

    def without(self, chosen: int, gone: int) -> int:
        """The set without some of its indexes, and without what then makes a query slower."""
        return self._read(self._harmless(chosen & ~gone))

    def _harmless(self, chosen: int) -> int:
        """The set without what its slower queries read, until none is slower."""
        while chosen and (harmful := self._try(chosen)):
            chosen &= ~harmful
        return chosen

    def _try(self, chosen: int) -> int:
        """Build the set, run what reads it, keep what that says; what slower queries read of it."""
        there, unbuilt = self._there(chosen), self._unbuilt(chosen)
        runs = self.clock.time(self._bounds(), there)
        harmful = 0
        for at, text in enumerate(self._texts):
            first, base = runs.get(text), self.base[at]
            used, _ = self.explorer.ask(at, chosen)
            if first is None or base is None or used & unbuilt:
                continue
            run = self._cured(at, base, self._again(text, base, first, there), there)
            harm = self._harm(at, base, run)
            harmful |= harm
            if used:
                weight = run.milliseconds * (_SHUNNED if harm else 1.0)
                self.explorer.shelves[at].tell(used, weight, harmful=bool(harm))
        return harmful

    def _bounds(self) -> dict[str, float]:
        """Each query that was timed, with the milliseconds after which it is stopped."""
        return {
            text: _bound(base) for text, base in zip(self._texts, self.base, strict=True) if base
        }

    def _again(self, text: str, base: Run, run: Run, there: frozenset[str]) -> Run:
        """The run, or where it was slower a second one, by the pace of the machine at this moment.

        The query is run as it was, too: what slows both is no fault of the set.
        """
        if not is_slower(base, run):
            return run
        with self.clock.changed(self._policies):
            now = self.clock.run(text, LONGEST_MILLISECONDS)
        if now is None:
            return run
        with self.clock.changed(there):
            again = self.clock.run(text, _bound(now))
        pace = min(base.milliseconds / max(now.milliseconds, 0.001), 1.0)
        paced = replace(again, milliseconds=again.milliseconds * pace) if again else run
        return min((run, paced), key=lambda each: each.milliseconds)

    def _cured(self, at: int, base: Run, run: Run, there: frozenset[str]) -> Run:
        """The run, or how it runs with statistics that take its slowness away."""
        if not is_slower(base, run):
            return run
        seen = base if run.cut else run  # of a run that was stopped no rows are known
        better = self._cure(at, there, seen, lambda found: not is_slower(base, found))
        return better or run

    def _cure(
        self, at: int, there: frozenset[str], run: Run, helps: Callable[[Run], bool]
    ) -> Run | None:
        """Statistics that help a query whose rows were foretold wrongly, and how it runs then."""
        query, text = self.explorer.pool.costs.queries[at], self._texts[at]
        for wrong in misjudged(query, run, self.database.home):
            if wrong.definition in self.cures or not self.clock.build([wrong.definition]):
                continue
            shown = frozenset((*there, *self.cures, wrong.definition))
            better = self.clock.time({text: LONGEST_MILLISECONDS}, shown).get(text)
            if better and helps(better):
                self.cures[wrong.definition] = wrong
                return better
        return None

    def idle(self, chosen: int) -> int:
        """The indexes of a set without which no query that reads them takes longer on rows."""
        found = 0
        for at, used in self._readers(chosen).items():
            texts = [self._texts[query] for query in used]
            bounds = {text: bound for text, bound in self._bounds().items() if text in texts}
            having = self.clock.time(bounds, self._there(chosen))
            lacking = self.clock.time(bounds, self._there(chosen & ~(1 << at)))
            both = {t: (lacking[t], having[t]) for t in texts if t in having and t in lacking}
            if len(both) == len(texts) and not any(map(_is_faster, both.values())):
                found |= 1 << at
                for query in used:
                    self._note(at, query, *both[self._texts[query]])
        return found

    def _note(self, at: int, place: int, before: Run, after: Run) -> None:
        """Keep what an index that was given up did to a query."""
        name = self.explorer.pool.costs.queries[place].name
        self.harms.setdefault(at, {})[name] = Slower(
            query=name, before=before.milliseconds, after=after.milliseconds, cut=after.cut
        )

    def _readers(self, chosen: int) -> dict[int, list[int]]:
        """By each index of a set that could be built: the queries that read it on the copy."""
        found: dict[int, list[int]] = {}
        for query, used in enumerate(self.reads(chosen)):
            for at in bits(used or 0):
                found.setdefault(at, []).append(query)
        return found

    def needed(self, chosen: int) -> tuple[Cure, ...]:
        """The statistics without which, all else there, their query takes far longer on rows."""
        names = (query.name for query in self.explorer.pool.costs.queries)
        texts = dict(zip(names, self._texts, strict=True))
        found = []
        for each, wrong in list(self.cures.items()):
            text = texts[wrong.query]
            every = self._there(chosen)
            having, lacking = self._anew(text, every), self._anew(text, every - {each})
            if having and lacking and is_better(lacking, having):
                ms = lacking.milliseconds
                found.append(Cure(of=wrong, without=ms, with_it=having.milliseconds))
            else:
                del self.cures[each]
        return tuple(found)

    def _anew(self, text: str, there: frozenset[str]) -> Run | None:
        """How a query runs now: its table was counted for the statistics, which may be the cure."""
        with self.clock.changed(there):
            return self.clock.run(text, LONGEST_MILLISECONDS)

    def _harm(self, at: int, base: Run, run: Run) -> int:
        """The indexes that a query reads which became slower for them; kept among the harms."""
        if not run.used or not is_slower(base, run):
            return 0
        guilty = self._mask(run.used)
        for number in bits(guilty):
            self._note(number, at, base, run)
        return guilty

    def _weight(self, chosen: int) -> float:
        queries = self.explorer.pool.costs.queries
        shelves = self.explorer.shelves
        return sum(q.query.weight * s.cost(chosen) for q, s in zip(queries, shelves, strict=True))


def _bound(run: Run) -> float:
    """The milliseconds after which a query is stopped that took so long before."""
    return min(run.milliseconds * _CUT_FACTOR + _CUT_MORE, LONGEST_MILLISECONDS)


def _is_faster(both: tuple[Run, Run]) -> bool:
    """Whether the second run took less time than the first, by more than they differ anyway."""
    before, after = both
    return before.milliseconds >= after.milliseconds * _FASTER


def is_better(before: Run, after: Run) -> bool:
    """Whether a query became faster by so much that it is worth a change.

    By a time that people notice, or where it took longer than a query that is left alone, by the
    factor that is worth a change: what takes a twentieth of a second may be asked all day.
    """
    by_far = before.milliseconds >= max(after.milliseconds * worth(), FELT_MILLISECONDS)
    return is_slower(after, before) or (by_far and not after.cut)


def is_slower(before: Run, after: Run) -> bool:
    """Whether a query became slower by more than a run differs from the next."""
    if before.cut:
        return False
    factor = after.milliseconds / max(before.milliseconds, 0.001)
    more = after.milliseconds - before.milliseconds
    return factor > float(fact("pg.slower-factor").value) and more > float(
        fact("pg.slower-milliseconds").value
    )
