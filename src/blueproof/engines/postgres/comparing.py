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
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from blueproof.engines.postgres import asking, catalog, loading, sampling, shrinking, trying
from blueproof.engines.postgres.asking import Pair
from blueproof.engines.postgres.domains import Shape
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.showing import Counterexample
from blueproof.engines.postgres.trying import Bench, Found
from blueproof.sql.editing import numbers
from blueproof.sql.schema import Schema

TRIALS = 60  # databases of one comparison, as a rule
_MOST_SECONDS = 90.0  # for all trials of one comparison; those done by then count
_DRAWS = 4  # choices of parameters on one database
_PAGES = 8  # choices where most have no page before theirs
_FEW = 12  # databases that may leave their traces to the next comparison
_SWEPT = 100  # databases after which what they left on disk is thrown away

# Small databases above all: a difference that a large one shows, a small one shows as well.
_SHAPES = (
    Shape(rows=24),
    Shape(rows=14, few=True),
    Shape(rows=0),
    Shape(rows=4),
    Shape(rows=12, uneven=True),
    Shape(rows=40),
    Shape(rows=12, extreme=True),
    Shape(rows=8, few=True, uneven=True),
    Shape(rows=60),
    Shape(rows=12, infinite=True),
    Shape(rows=30, extreme=True),
    Shape(rows=6, few=True),
    Shape(rows=3, uneven=True),
)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the trials came to; a trial is one generated database.

    `trials_with_rows` counts those in which some row was returned and compared: none proves
    nothing. `difference` is one readable line, `refused` the server's words if a query did not
    run; `undecided` counts trials whose outcome could be held neither for nor against. `draws`
    are the choices of parameters, on all databases, with which both queries answered.
    `counterexample` is the smallest database found on which the answers differ. `but_infinite`
    is a difference too, one that was seen only where a day or moment is infinite, which hardly
    any real row has: it does not count as `difference`.
    """

    same: bool
    trials: int
    rows_compared: int
    trials_with_rows: int
    difference: str
    refused: str
    undecided: int = 0
    draws: int = 0
    counterexample: Counterexample | None = None
    but_infinite: str = ""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """Whether a statement ran, how many rows it gave, and the server's words if it did not."""

    ok: bool
    rows: int
    refused: str


@dataclass(frozen=True, kw_only=True)
class Scratch:
    """A database with a schema and no rows, for as many comparisons as wanted."""

    guest: Session
    schema: Schema


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How many databases to try, from which seed, for how many seconds at most.

    `shrink` is whether a difference is looked for on fewer rows; `draws` ends the trials too,
    once there were so many.
    """

    trials: int = TRIALS
    draws: int = 1 << 62
    seed: int = 1
    seconds: float = _MOST_SECONDS
    shrink: bool = True


def compare(  # noqa: PLR0913 (the claim has as many fields)
    server: Server,
    ddl: str,
    original: str,
    rewritten: str,
    *,
    seek: str = "",
    never_null: tuple[str, ...] = (),
    trials: int = TRIALS,
    seed: int = 1,
    seconds: float = _MOST_SECONDS,
    shrink: bool = True,
) -> Comparison:
    """Run both queries on fresh random rows, trial after trial, until they differ.

    `seek` gives one row whose columns are the parameters that `rewritten` has beyond those of
    `original`; where it gives none there is nothing to compare. Trials end after so many
    `seconds`; `shrink` is whether a difference is looked for on fewer rows.
    """
    bounds = Bounds(trials=trials, seed=seed, seconds=seconds, shrink=shrink)
    with scratch(server, ddl) as place:
        return compare_on(place, paired(original, rewritten, seek), never_null, bounds)


def paired(original: str, rewritten: str, seek: str = "") -> Pair:
    """Two queries to compare; what the rewritten one takes beyond the original is from `seek`."""
    known = max(numbers(original), default=0)
    return Pair(original=original, rewritten=rewritten, seek=seek, known=known)


def compare_on(
    place: Scratch, pair: Pair, never_null: tuple[str, ...] = (), bounds: Bounds | None = None
) -> Comparison:
    """As `compare`, on a schema that is there and stays, for the next two queries."""
    guest = place.guest
    try:
        guest.run("DEALLOCATE ALL")
        asked = asking.prepare(guest, place.schema, asking.with_any_offset(pair))
        bench = Bench(guest, place.schema, asked, frozenset(never_null))
    except ServerRefusal as refusal:
        return _none(str(refusal))
    try:
        return _try_all(bench, bounds or Bounds())
    finally:
        if bench.made > _FEW:
            bench.sweep()


def run(server: Server, ddl: str, statement: str, *, seed: int = 1) -> Ran:
    """Run one statement on generated rows with a few choices of parameters; nothing stays.

    A choice that only the generated values spoil (a key that is there already) is passed over,
    unless all of them are.
    """
    with scratch(server, ddl) as place:
        guest = place.guest
        try:
            asked = asking.prepare_one(guest, statement)
            bench = Bench(guest, place.schema, asked, frozenset())
            with guest.rolled_back():
                rng = random.Random(seed)  # noqa: S311 (test data)
                return _run_choices(bench, bench.begin(_SHAPES[0], rng), rng)
        except ServerRefusal as refusal:  # of the statement, or code that ends its connection
            return Ran(ok=False, rows=0, refused=str(refusal))


def _run_choices(bench: Bench, offered: sampling.Offered, rng: random.Random) -> Ran:
    best = Ran(ok=False, rows=0, refused="")
    for _ in range(_PAGES):
        found = asking.attempted(bench.guest, bench.asked.original, offered.draw(rng, 40))
        if isinstance(found, ServerRefusal):
            if not found.code.startswith(trying.BY_DATA):
                return Ran(ok=False, rows=0, refused=str(found))
            best = best if best.ok or best.refused else replace(best, refused=str(found))
        elif not best.ok or len(found) > best.rows:
            best = Ran(ok=True, rows=len(found), refused="")
    return best


@contextmanager
def scratch(server: Server, ddl: str) -> Iterator[Scratch]:
    """A new database with the schema, which is dropped at the end."""
    name = server.create_database()
    try:
        with closing(server.guest(name)) as guest:
            with closing(server.admin(name)) as admin:
                loading.load(ddl, path="schema", guest=guest, admin=admin)
            guest.run("RESET ALL")
            schema = catalog.read_schema(guest)
            if asking.settle(guest, schema):
                schema = catalog.read_schema(guest)
            yield Scratch(guest=guest, schema=schema)
    finally:
        server.drop_database(name)


def _none(refused: str) -> Comparison:
    return Comparison(
        same=False, trials=0, rows_compared=0, trials_with_rows=0, difference="", refused=refused
    )


def _try_all(bench: Bench, bounds: Bounds) -> Comparison:
    total = replace(_none(""), same=True)
    end = time.monotonic() + bounds.seconds
    spoiled = ""
    for number in range(bounds.trials):
        if time.monotonic() > end or total.draws >= bounds.draws:
            break
        if bench.made >= _SWEPT:
            bench.sweep()
        rng = random.Random(f"{bounds.seed} {number}")  # noqa: S311 (test data)
        try:
            with bench.guest.rolled_back():
                one = _try_one(bench, _SHAPES[number % len(_SHAPES)], rng, shrink=bounds.shrink)
        except ServerRefusal as refusal:  # code in the schema that ends its own connection
            one = _Trial(refused=str(refusal))
        total = _with(total, one)
        spoiled = spoiled or one.spoiled
        if not total.same:
            return total
    if spoiled and not total.trials_with_rows:
        return replace(total, same=False, refused=spoiled)
    return total


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """What one trial came to: rows and draws compared, and what went wrong if something did.

    `spoiled` is the server's word where the generated values did not suit the original.
    """

    rows: int = 0
    draws: int = 0
    undecided: bool = False
    found: Found | None = None
    refused: str = ""
    spoiled: str = ""
    counterexample: Counterexample | None = None
    but_infinite: str = ""


def _with(total: Comparison, one: _Trial) -> Comparison:
    return replace(
        total,
        same=not (one.found or one.refused),
        trials=total.trials + 1,
        rows_compared=total.rows_compared + one.rows,
        trials_with_rows=total.trials_with_rows + (one.rows > 0),
        undecided=total.undecided + one.undecided,
        draws=total.draws + one.draws,
        difference=one.found.words if one.found else "",
        refused=one.refused,
        counterexample=one.counterexample,
        but_infinite=total.but_infinite or one.but_infinite,
    )


def _try_one(bench: Bench, shape: Shape, rng: random.Random, *, shrink: bool) -> _Trial:
    offered = bench.begin(shape, rng)
    several = _PAGES if bench.asked.seek else _DRAWS if bench.asked.types else 1
    choices = [offered.draw(rng, shape.rows) for _ in range(several)]
    trial = _Trial()
    for draw in trying.ask(bench, choices, beyond=shape.extreme or shape.infinite):
        trial = replace(
            trial,
            rows=trial.rows + draw.rows,
            draws=trial.draws + draw.compared,
            undecided=trial.undecided or draw.undecided,
            spoiled=trial.spoiled or draw.spoiled,
            found=draw.found,
            refused=draw.refused,
        )
        if trial.found or trial.refused:
            break
    if trial.found and shape.infinite:
        return replace(trial, found=None, but_infinite=trial.found.words)
    if trial.found and shrink:
        found, counterexample = shrinking.shrink(bench, trial.found)
        return replace(trial, found=found, counterexample=counterexample)
    return trial
