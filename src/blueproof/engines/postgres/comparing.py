"""Whether two queries return the same rows, tried on generated ones.

An answer of the rewritten query is right if the original could have given it: as many rows, each
one a row that the original has without its LIMIT, and at each place the rank in the original's
ORDER BY that belongs there. So rows that tie may change places, and a page may hold any of them.
Where the original contradicts itself once its rows lie elsewhere on disk (DISTINCT ON with ties,
array_agg without an order), a difference is not held against the rewritten query: the trial is
undecided, as it is where an ORDER BY cannot be ranked and the sequences differ.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from blueproof.engines.postgres import asking, catalog, loading, rows, sampling, showing, values
from blueproof.engines.postgres.asking import Answer, Asked
from blueproof.engines.postgres.linking import with_parents
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.sql.editing import numbers
from blueproof.sql.schema import Schema

_MOST_SECONDS = 90.0  # for all trials of one comparison; those done by then count
_FILL_SECONDS = 3.0  # for one statement while rows are made
_DRAWS = 4  # choices of parameters for the rows of one trial
_PAGES = 8  # choices where most have no page before theirs
_SHUFFLES = 12  # two rows that tie keep their order through all of them once in 4,096 times
# What generated values may do to a query: bad input, two rows where one was expected, a key twice.
_BY_DATA = ("22", "21", "23")
_SWITCHES = ("hashjoin", "mergejoin", "nestloop", "hashagg", "sort", "indexscan", "seqscan")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the trials came to.

    `trials_with_rows` counts those in which some row was returned and compared: none proves
    nothing. `difference` is one readable line, `refused` the server's words if a query did not
    run; `undecided` counts trials whose outcome could be held neither for nor against.
    """

    same: bool
    trials: int
    rows_compared: int
    trials_with_rows: int
    difference: str
    refused: str
    undecided: int = 0


@dataclass(frozen=True, kw_only=True)
class Ran:
    """Whether a statement ran, how many rows it gave, and the server's words if it did not."""

    ok: bool
    rows: int
    refused: str


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """The rows of one trial."""

    rows: int
    few: bool = False


_TRIALS = (
    _Plan(rows=40),
    _Plan(rows=30, few=True),
    _Plan(rows=0),
    _Plan(rows=4),
    _Plan(rows=40),
    _Plan(rows=60),
)


def compare(  # noqa: PLR0913 (the claim has as many fields)
    server: Server,
    ddl: str,
    original: str,
    rewritten: str,
    *,
    seek: str = "",
    never_null: tuple[str, ...] = (),
    trials: int = 12,
    seed: int = 1,
) -> Comparison:
    """Run both queries on fresh random rows, trial after trial, until they differ.

    `seek` gives one row whose columns are the parameters that `rewritten` has beyond those of
    `original`; where it gives none there is nothing to compare.
    """
    known = max(numbers(original), default=0)
    pair = asking.Pair(original=original, rewritten=rewritten, seek=seek, known=known)
    with _scratch(server, ddl) as (guest, schema):
        try:
            asked = asking.prepare(guest, schema, asking.with_any_offset(pair))
        except ServerRefusal as refusal:
            return _none(str(refusal))
        return _try_all(_Bench(guest, schema, asked, frozenset(never_null), seed), trials)


def run(server: Server, ddl: str, statement: str, *, seed: int = 1) -> Ran:
    """Run one statement on generated rows with a few choices of parameters; nothing stays.

    A choice that only the generated values spoil (a key that is there already) is passed over,
    unless all of them are.
    """
    with _scratch(server, ddl) as (guest, schema):
        try:
            asked = asking.prepare_one(guest, statement)
        except ServerRefusal as refusal:
            return Ran(ok=False, rows=0, refused=str(refusal))
        bench = _Bench(guest, schema, asked, frozenset(), seed)
        try:
            with guest.rolled_back():
                offered = bench.begin(_TRIALS[0], random.Random(seed))  # noqa: S311 (test data)
                return _run_choices(bench, offered)
        except ServerRefusal as refusal:  # code in the schema that ends its own connection
            return Ran(ok=False, rows=0, refused=str(refusal))


def _run_choices(bench: "_Bench", offered: sampling.Offered) -> Ran:
    rng = random.Random(bench.seed)  # noqa: S311 (test data)
    best = Ran(ok=False, rows=0, refused="")
    for _ in range(_PAGES):
        found = asking.attempted(bench.guest, bench.asked.original, offered.draw(rng, 40))
        if isinstance(found, ServerRefusal):
            if not found.code.startswith(_BY_DATA):
                return Ran(ok=False, rows=0, refused=str(found))
            best = best if best.ok or best.refused else replace(best, refused=str(found))
        elif not best.ok or len(found) > best.rows:
            best = Ran(ok=True, rows=len(found), refused="")
    return best


@contextmanager
def _scratch(server: Server, ddl: str) -> Iterator[tuple[Session, Schema]]:
    """A guest in a new database with the schema, which is dropped at the end."""
    name = server.create_database()
    try:
        with closing(server.guest(name)) as guest:
            with closing(server.admin(name)) as admin:
                loading.load(ddl, path="schema", guest=guest, admin=admin)
            guest.run("RESET ALL")
            asking.settle(guest, catalog.read_schema(guest))
            yield guest, catalog.read_schema(guest)
    finally:
        server.drop_database(name)


def _none(refused: str) -> Comparison:
    return Comparison(
        same=False, trials=0, rows_compared=0, trials_with_rows=0, difference="", refused=refused
    )


class _Bench:
    """One comparison under way: the session, the schema and the prepared queries."""

    def __init__(
        self, guest: Session, schema: Schema, asked: Asked, never_null: frozenset[str], seed: int
    ) -> None:
        self.guest = guest
        self.schema = schema
        self.asked = asked
        self.seed = seed
        self._never_null = never_null
        self._readings = tuple(sampling.read(t, schema) for t in asked.texts)
        self._filled = self._needed()
        found = (*values.literals_in("\n".join(asked.texts)), *asking.moments(guest, asked.texts))
        self._literals = values.neighbours(found)

    def begin(self, plan: _Plan, rng: random.Random) -> sampling.Offered:
        """Make the rows of a trial; returns what they offer to the parameters."""
        usual = self.guest.limits.statement_seconds
        self._limit(min(_FILL_SECONDS, usual))
        rows.fill(
            self.guest,
            self._filled,
            seed=rng.randrange(1 << 30),
            rows_per_table=plan.rows,
            literals=self._literals,
            never_null=self._never_null,
            wanted=self._wanted(),
            few_values=plan.few,
        )
        self._limit(usual)
        drawer = sampling.Drawer(
            types=self.asked.types,
            readings=self._readings,
            literals=self._literals,
        )
        return drawer.offered(self.guest)

    def _needed(self) -> Schema:
        """The part of the schema that needs rows, so that a large one does not cost its size."""
        tables: frozenset[str] = frozenset().union(*(r.tables for r in self._readings))
        sure = all(r.tables for r in self._readings) and not self.asked.original.states
        if sure and asking.names_all(self.guest, self.schema, tables):
            return with_parents(self.schema, tables)
        return self.schema

    def _limit(self, seconds: float) -> None:
        self.guest.run(f"SET LOCAL statement_timeout = {round(seconds * 1000)}")

    def _wanted(self) -> Mapping[str, tuple[str, ...]]:
        wanted: dict[str, tuple[str, ...]] = {}
        for reading in self._readings:
            for name, texts in reading.wanted.items():
                wanted[name] = tuple(dict.fromkeys((*wanted.get(name, ()), *texts)))
        return wanted


def _try_all(bench: _Bench, trials: int) -> Comparison:
    total = Comparison(
        same=True, trials=0, rows_compared=0, trials_with_rows=0, difference="", refused=""
    )
    end = time.monotonic() + _MOST_SECONDS
    spoiled = ""
    for number in range(trials):
        if time.monotonic() > end:
            break
        rng = random.Random(bench.seed * 1_000 + number)  # noqa: S311 (test data)
        try:
            with bench.guest.rolled_back():
                one = _try_one(bench, _TRIALS[number % len(_TRIALS)], rng)
        except ServerRefusal as refusal:  # code in the schema that ends its own connection
            one = _Trial(refused=str(refusal))
        total = replace(
            total,
            trials=number + 1,
            rows_compared=total.rows_compared + one.rows,
            trials_with_rows=total.trials_with_rows + (one.rows > 0),
            undecided=total.undecided + one.undecided,
        )
        spoiled = spoiled or one.spoiled
        if one.difference or one.refused:
            return replace(total, same=False, difference=one.difference, refused=one.refused)
    if spoiled and not total.trials_with_rows:
        return replace(total, same=False, refused=spoiled)
    return total


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """What one trial came to: rows compared, and what went wrong if something did.

    `spoiled` is the server's word where the generated values did not suit the original.
    """

    rows: int = 0
    undecided: bool = False
    difference: str = ""
    refused: str = ""
    spoiled: str = ""


def _try_one(bench: _Bench, plan: _Plan, rng: random.Random) -> _Trial:
    offered = bench.begin(plan, rng)
    _set_switches(bench.guest, rng)
    trial = _Trial()
    for _ in range(_PAGES if bench.asked.seek else _DRAWS):
        found = _draw_once(bench, offered.draw(rng, plan.rows))
        trial = replace(
            found,
            rows=trial.rows + found.rows,
            undecided=trial.undecided or found.undecided,
            spoiled=trial.spoiled or found.spoiled,
        )
        if trial.difference or trial.refused:
            break
    return trial


def _set_switches(guest: Session, rng: random.Random) -> None:
    """Have the planner take other ways than usual, so that no order comes about by habit."""
    for name in rng.sample(_SWITCHES, 3):
        guest.run(f"SET LOCAL enable_{name} = off")
    guest.run("DISCARD PLANS")


def _draw_once(bench: _Bench, drawn: dict[int, str | None]) -> _Trial:
    guest, asked = bench.guest, bench.asked
    if asked.seek is not None:
        place = asking.attempted(guest, asked.seek, drawn)
        if isinstance(place, ServerRefusal):
            return _refused(place)
        if not place:
            return _Trial()
        cells = showing.fields(place[0].text)
        drawn = {**drawn, **{asked.known + n: cell for n, cell in enumerate(cells, start=1)}}
    first = asking.attempted(guest, asked.original, drawn)
    if isinstance(first, ServerRefusal):
        return _refused(first)
    second = asking.attempted(guest, asked.rewritten, drawn)
    if isinstance(second, ServerRefusal):
        return _Trial(refused=f"{showing.given(drawn, asked.known)}rewritten: {second}")
    return _judge(bench, drawn, first, second)


def _refused(refusal: ServerRefusal) -> _Trial:
    words = str(refusal)
    return _Trial(spoiled=words) if refusal.code.startswith(_BY_DATA) else _Trial(refused=words)


def _judge(
    bench: _Bench, drawn: dict[int, str | None], first: list[Answer], second: list[Answer]
) -> _Trial:
    asked = bench.asked
    whole = asking.attempted(bench.guest, asked.whole, drawn) if asked.whole else first
    if isinstance(whole, ServerRefusal):
        return _refused(whole)
    texts = [answer.text for answer in second]
    rows_ = max(len(first), len(second))
    if not could_be(first, whole, texts):
        if _unstable(bench, drawn, first, whole):
            return _Trial(undecided=True)
        shown = showing.difference(first, texts, limited=asked.whole is not None)
        return _Trial(rows=rows_, difference=f"{showing.given(drawn, asked.known)}{shown}")
    if not asked.known_order and texts != [answer.text for answer in first]:
        return _Trial(undecided=True)
    return _Trial(rows=rows_)


def could_be(first: list[Answer], whole: list[Answer], texts: list[str]) -> bool:
    """Whether a query that answered `first` out of `whole` might as well have answered `texts`."""
    if len(first) != len(texts):
        return False
    there = Counter((answer.text, answer.rank) for answer in whole)
    claimed = Counter((t, answer.rank) for t, answer in zip(texts, first, strict=True))
    return claimed <= there


def _unstable(
    bench: _Bench, drawn: dict[int, str | None], first: list[Answer], whole: list[Answer]
) -> bool:
    """Whether the original itself gives another answer once the rows lie in another order."""
    for number in range(_SHUFFLES):
        asking.shuffle(bench.guest, bench.schema, random.Random(number))  # noqa: S311 (test data)
        again = asking.attempted(bench.guest, bench.asked.original, drawn)
        if isinstance(again, ServerRefusal):
            return False
        if not could_be(first, whole, [answer.text for answer in again]):
            return True
    return False
