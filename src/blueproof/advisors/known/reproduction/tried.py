"""What came of a reproduction: rows that were made, times as it is and with what was proposed."""

import re
from dataclasses import dataclass

from blueproof.advisors.known.reproduction.design import Design
from blueproof.advisors.known.reproduction.reproduction import Proposal, Sketch
from blueproof.sql.guessing.rows import Filling
from blueproof.sql.ran import Ran, Run

SLOW_MS = 15.0  # on made rows, from which a query is felt on many times as many
_READING = frozenset({"Seq Scan", "Gather", "Bitmap Heap Scan", "Bitmap Index Scan", "Index Scan"})
_WHERE = re.compile(r"\bWHERE\b", re.IGNORECASE)
MANY = 1_000.0  # rows that a query goes through; fewer are no matter


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A proposal with its time for all queries in milliseconds, and whether a plan uses it.

    `milliseconds` is None where it could not be tried; `why` says so.
    """

    proposal: Proposal
    milliseconds: float | None = None
    used: bool = False
    cut: bool = False
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A design as it was made on the rows: the query before and what is read in its place, in ms.

    `same` is whether both gave the same rows, after writes too; None where it is no exact figure.
    `costs` are the planner's, before and after, at the rows that are told; `why` says what could
    not be made.
    """

    design: Design
    before: float
    milliseconds: float = 0.0
    same: bool | None = None
    costs: tuple[float, float] = (0.0, 0.0)
    why: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether it could be made, and gave no other rows."""
        return not self.why and self.same is not False


@dataclass(frozen=True, kw_only=True)
class Paged:
    """A query, by its place, whose OFFSET was another on the made rows: as told, and as run.

    `short` is whether so few rows match that not even as large a part of them could be passed over.
    """

    place: int
    told: int
    run: int
    short: bool = False


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A filled reproduction after it was timed.

    `told` are the tables whose row counts the words tell; `before` the runs of the queries as
    things are; `refused` what could not be made or run, with the reason; `plans` what EXPLAIN
    prints of each query as things are; `paged` are those with another OFFSET; `empty` is whether
    some query asks for a page and gives no row, so that its time shows nothing.
    """

    sketch: Sketch
    fillings: tuple[Filling, ...]
    told: frozenset[str]
    before: tuple[Run, ...]
    attempts: tuple[Attempt, ...] = ()
    refused: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    built: tuple[Built, ...] = ()
    paged: tuple[Paged, ...] = ()
    empty: bool = False

    @property
    def milliseconds(self) -> float:
        """All queries once, as things are."""
        return sum(run.milliseconds for run in self.before)

    @property
    def touched(self) -> float:
        """The most rows that one step of a plan went through, whatever it gave in the end.

        A table that is read whole was gone through, also where no row of it was found.
        """
        steps = (n.found * max(n.loops, 1.0) for run in self.before for n in run.plan.walk())
        whole = (float(f.made) for f in self.fillings if f.table in self.scans)
        return max((*steps, *whole), default=0.0)

    @property
    def returned(self) -> float:
        """The part of the rows of the main table that the longest query gives out.

        0 where anything is done but to read rows of that table.
        """
        nodes = {n.node for n in self.plan.walk()} if self.plan else set()
        if self.plan is None or not nodes <= _READING:
            return 0.0
        return min(self.plan.found / max(self.main.made, 1), 1.0)

    @property
    def is_shown(self) -> bool:
        """Whether something is slow: by the clock, or by rows that grow with the table."""
        return self.milliseconds >= SLOW_MS or self.touched >= MANY

    @property
    def is_short(self) -> bool:
        """Whether fewer rows match than a page asks for that people have come to."""
        return self.empty or any(each.short for each in self.paged)

    @property
    def is_guessed(self) -> bool:
        """Whether how many rows match is a guess: the words say nothing of how values lie."""
        shape = self.sketch.shape
        filtered = any(_WHERE.search(query) for query in self.sketch.queries)
        return filtered and not (shape.shares or shape.largest or shape.steep or self.sketch.most)

    @property
    def first_index(self) -> str:
        """The first index that was tried, as it is said."""
        tries = (a.proposal.said for a in self.attempts if a.proposal.kind == "index")
        return next(tries, "an index on what it is asked by")

    @property
    def main(self) -> Filling:
        """The filling of the table that it is about."""
        return next(f for f in self.fillings if f.table == self.sketch.main)

    @property
    def scans(self) -> tuple[str, ...]:
        """The tables that are read whole as things are."""
        nodes = (n for run in self.before for n in run.plan.walk())
        return tuple(dict.fromkeys(n.relation for n in nodes if n.node == "Seq Scan"))

    @property
    def plan(self) -> Ran | None:
        """The plan of the longest query as things are."""
        return max(self.before, key=lambda r: r.milliseconds).plan if self.before else None
