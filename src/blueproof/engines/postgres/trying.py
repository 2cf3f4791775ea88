"""One comparison under way: databases made one after another, and both queries asked on each.

A database is made in a transaction that never commits. Where nothing goes wrong, all answers on
one database are had in one go; where something does, one query after another is asked.
"""

import contextlib
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from blueproof.engines.postgres import asking, sampling, showing, values
from blueproof.engines.postgres.asking import Answer, Asked, Prepared
from blueproof.engines.postgres.domains import Shape, Wishes
from blueproof.engines.postgres.linking import with_parents
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.rows import Generator
from blueproof.engines.postgres.session import Session
from blueproof.sql.names import quote_table
from blueproof.sql.schema import Schema

_FILL_SECONDS = 3.0  # for one statement while rows are made
_SHUFFLES = 24  # two rows that tie keep their order through half of them once in 4,096 times
# An entry of an index stays where it is when its row is moved within a page.
_PLAINLY = (
    "SET LOCAL enable_seqscan = on; SET LOCAL enable_sort = on; SET LOCAL enable_indexscan = off; "
    "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexonlyscan = off; DISCARD PLANS"
)
_SWITCHES = ("hashjoin", "mergejoin", "nestloop", "hashagg", "sort", "indexscan", "seqscan")
_MOST_ROWS = 64  # of a table in one database
# What generated values may do to a query: bad input, two rows where one was expected, a key twice.
BY_DATA = ("22", "21", "23")
# Numbers, times and intervals beyond their types' ends.
_BEYOND = frozenset({"22003", "22008", "22015"})

Drawn = Mapping[int, str | None]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A difference: the parameters' values, what both gave, and in what they differ."""

    drawn: Drawn
    first: tuple[str, ...]
    second: tuple[str, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class Draw:
    """What one choice of parameters came to: rows compared, and what went wrong if it did.

    `compared` is whether both queries answered, `undecided` whether that could be held neither
    for nor against; `spoiled` is the server's word where the values did not suit the original.
    """

    rows: int = 0
    compared: bool = False
    undecided: bool = False
    found: Found | None = None
    refused: str = ""
    spoiled: str = ""


class Bench:
    """The session, the schema, the prepared queries, and what makes rows for them."""

    def __init__(
        self, guest: Session, schema: Schema, asked: Asked, never_null: frozenset[str]
    ) -> None:
        self.guest = guest
        self.asked = asked
        self.never_null = never_null
        self.made = 0  # databases since the last sweep
        self.trusting = False  # whether the original is taken not to contradict itself
        self._settings = ""  # by which the planner takes other ways than usual
        self._readings = tuple(sampling.read(t, schema) for t in asked.texts)
        found = (*values.literals_in("\n".join(asked.texts)), *asking.moments(guest, asked.texts))
        near = values.neighbours(found)
        literals = tuple(dict.fromkeys((*near, *values.variants(found))))
        drawer = sampling.Drawer(types=asked.types, readings=self._readings, literals=literals)
        with guest.rolled_back():
            self._limit(_FILL_SECONDS)
            self.schema = self._needed(schema)
            wishes = Wishes(literals=literals, by_column=self._wanted(), never_null=never_null)
            self.generator = Generator(guest, self.schema, wishes, _MOST_ROWS)
            self._drawer = drawer.settled(guest)

    def begin(self, shape: Shape, rng: random.Random) -> sampling.Offered:
        """Make the rows of a database; returns what they offer to the parameters."""
        self._limit(_FILL_SECONDS)
        self.guest.run("SAVEPOINT empty")
        self.generator.fill(rng, shape)
        self.made += 1
        offered = self._drawer.offered(self.guest, shape)
        switches = "; ".join(f"SET LOCAL enable_{s} = off" for s in rng.sample(_SWITCHES, 3))
        self._settings = f"{switches}; {self._usual}; DISCARD PLANS"
        self.guest.run(self._settings)
        return offered

    def plain(self, number: int) -> list[str]:
        """Values for a parameter, the plainest first."""
        return self._drawer.free.get(number, [])

    def clear(self) -> None:
        """Take back the rows of the database; the transaction and the ways to plan stay."""
        self.guest.run(f"ROLLBACK TO empty; {self._settings}")

    def sweep(self) -> None:
        """Throw away what the databases so far left on disk; outside of a transaction."""
        names = ", ".join(quote_table(t.name) for t in self.generator.order)
        with contextlib.suppress(ServerRefusal):  # a trigger refuses it: then the files stay
            if names:
                self.guest.run(f"TRUNCATE {names} CASCADE")
        self.made = 0

    def _needed(self, schema: Schema) -> Schema:
        """The part of the schema that needs rows, so that a large one does not cost its size."""
        tables: frozenset[str] = frozenset().union(*(r.tables for r in self._readings))
        sure = all(r.tables for r in self._readings) and not self.asked.original.states
        if sure and asking.names_all(self.guest, schema, tables):
            return with_parents(schema, tables)
        return schema

    @property
    def _usual(self) -> str:
        return f"SET LOCAL statement_timeout = {round(self.guest.limits.statement_seconds * 1000)}"

    def _limit(self, seconds: float) -> None:
        least = min(seconds, self.guest.limits.statement_seconds)
        self.guest.run(f"SET LOCAL statement_timeout = {round(least * 1000)}")

    def _wanted(self) -> Mapping[str, tuple[str, ...]]:
        wanted: dict[str, tuple[str, ...]] = {}
        for reading in self._readings:
            for name, texts in reading.wanted.items():
                wanted[name] = tuple(dict.fromkeys((*wanted.get(name, ()), *texts)))
        return wanted


def ask(bench: Bench, choices: Sequence[Drawn], *, beyond: bool = False) -> Iterator[Draw]:
    """Ask both queries with each choice of parameters, on the rows that are there.

    Where values lie `beyond` what is usual, it is not held against a query that they overflow.
    """
    asked = bench.asked
    if asked.seek is not None:
        places = _many(bench, [(asked.seek, drawn) for drawn in choices])
        yield from (_refused(place) for place in places if isinstance(place, ServerRefusal))
        choices = [
            _placed(drawn, place[0], asked.known)
            for drawn, place in zip(choices, places, strict=True)
            if not isinstance(place, ServerRefusal) and place
        ]
    whole = (asked.whole,) if asked.whole else ()
    queries = (asked.original, asked.rewritten, *whole)
    answers = _many(bench, [(query, drawn) for drawn in choices for query in queries])
    for number, drawn in enumerate(choices):
        at = number * len(queries)
        yield _held(bench, drawn, answers[at : at + len(queries)], beyond=beyond)


def _many(
    bench: Bench, asks: list[tuple[Prepared, Drawn]]
) -> Sequence[list[Answer] | ServerRefusal]:
    """The answers to several queries: in one go, or one by one where any is refused."""
    together = asking.all_attempted(bench.guest, asks)
    if together is not None:
        return together
    return [asking.attempted(bench.guest, prepared, drawn) for prepared, drawn in asks]


def _placed(drawn: Drawn, place: Answer, known: int) -> Drawn:
    """The parameters with those that the seek supplies."""
    cells = showing.fields(place.text)
    return {**drawn, **{known + n: cell for n, cell in enumerate(cells, start=1)}}


def _held(
    bench: Bench,
    drawn: Drawn,
    answers: Sequence[list[Answer] | ServerRefusal],
    *,
    beyond: bool,
) -> Draw:
    """The answers to the original, the rewritten query, and the original's whole held together."""
    first, second, whole = answers[0], answers[1], answers[-1] if answers[2:] else answers[0]
    if isinstance(first, ServerRefusal):
        return _refused(first)
    if isinstance(second, ServerRefusal):
        if beyond and second.code in _BEYOND:
            return Draw(undecided=True)
        words = f"{showing.given(drawn, bench.asked.known)}rewritten: {second}"
        return Draw(refused=words)
    if isinstance(whole, ServerRefusal):
        return _refused(whole)
    return _judge(bench, drawn, first, second, whole)


def _refused(refusal: ServerRefusal) -> Draw:
    words = str(refusal)
    return Draw(spoiled=words) if refusal.code.startswith(BY_DATA) else Draw(refused=words)


def _judge(
    bench: Bench,
    drawn: Drawn,
    first: list[Answer],
    second: list[Answer],
    whole: list[Answer],
) -> Draw:
    asked = bench.asked
    texts = [answer.text for answer in second]
    rows = max(len(first), len(second))
    if not could_be(first, whole, texts):
        if not bench.trusting and _unstable(bench, drawn, first, whole):
            return Draw(compared=True, undecided=True)
        shown = showing.difference(first, texts, limited=asked.whole is not None)
        found = Found(
            drawn=drawn,
            first=tuple(answer.text for answer in first),
            second=tuple(texts),
            words=f"{showing.given(drawn, asked.known)}{shown}",
        )
        return Draw(rows=rows, compared=True, found=found)
    if not asked.known_order and texts != [answer.text for answer in first]:
        return Draw(compared=True, undecided=True)
    return Draw(rows=rows, compared=True)


def could_be(first: list[Answer], whole: list[Answer], texts: list[str]) -> bool:
    """Whether a query that answered `first` out of `whole` might as well have answered `texts`."""
    if len(first) != len(texts):
        return False
    there = Counter((answer.text, answer.rank) for answer in whole)
    claimed = Counter((t, answer.rank) for t, answer in zip(texts, first, strict=True))
    return claimed <= there


def _unstable(bench: Bench, drawn: Drawn, first: list[Answer], whole: list[Answer]) -> bool:
    """Whether the original itself gives another answer once the rows lie in another order.

    Half of the time they are read as they lie, not through an index.
    """
    bench.guest.run("SAVEPOINT order_on_disk")
    try:
        for number in range(_SHUFFLES):
            if number == _SHUFFLES // 2:
                bench.guest.run(_PLAINLY)
            asking.shuffle(bench.guest, bench.schema, random.Random(number))  # noqa: S311 (test data)
            again = asking.attempted(bench.guest, bench.asked.original, drawn)
            if isinstance(again, ServerRefusal):
                return False
            if not could_be(first, whole, [answer.text for answer in again]):
                return True
        return False
    finally:
        bench.guest.run("ROLLBACK TO order_on_disk; RELEASE order_on_disk; DISCARD PLANS")
