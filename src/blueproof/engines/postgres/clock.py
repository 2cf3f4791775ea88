"""Queries timed on a copy of the database, with indexes that are really built there.

All happens in one transaction that is never committed: what is built is gone at the end, and until
then its tables take no writes. So it is for a copy, never for the server that people work with.
Queries run read-only, each bounded in time: as the role of the connection string, or where policies
do not bind that one, as a role that they bind.
"""

import contextlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from blueproof.core.errors import EngineError
from blueproof.engines.postgres.arguments import UnsuppliedError, drawn
from blueproof.engines.postgres.binding import Bound, passes, read_bound
from blueproof.engines.postgres.limits import Limits
from blueproof.engines.postgres.made_pages import Pages
from blueproof.engines.postgres.origin import Origin, read_origin
from blueproof.engines.postgres.passage import opened
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import STOPPED, Address, Row, Session
from blueproof.sql.editing import numbers
from blueproof.sql.names import quote_table
from blueproof.sql.paging import counting
from blueproof.sql.plan import Refused
from blueproof.sql.ran import Ran, Run, read_ran

_LONGEST_SECONDS = 600.0  # of one index, or of everything that ends at once
_ENOUGH_SECONDS = 2.0  # after so long a query is not run again
_RUNS = 3
_STATISTICS = "STATISTICS "
_POLICY = "POLICY "
_FLAT = "ANALYZE, TIMING OFF, BUFFERS, VERBOSE, FORMAT JSON"
_BEGUN = (
    "SET LOCAL lock_timeout = '2s'; SET LOCAL idle_in_transaction_session_timeout = 0; "
    "SET LOCAL plan_cache_mode = force_custom_plan"
)
# Expressions of an index have no statistics before the first ANALYZE.
_WITH_EXPRESSIONS = """
SELECT DISTINCT i.indrelid::pg_catalog.regclass::text FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indexprs IS NOT NULL AND c.relname::text = ANY ($1::pg_catalog.text[])
"""
_FIGURES = """
SELECT e.statistics_name::text, pg_catalog.json_build_object(
  'of', pg_catalog.json_build_array(e.schemaname, e.tablename),
  'null_frac', e.null_frac, 'avg_width', e.avg_width, 'n_distinct', e.n_distinct,
  'most_common_vals', e.most_common_vals::text, 'most_common_freqs', e.most_common_freqs::text,
  'histogram_bounds', e.histogram_bounds::text, 'correlation', e.correlation)
FROM pg_catalog.pg_stats_ext_exprs e
WHERE e.statistics_name = ANY ($1::pg_catalog.text[]) AND e.null_frac IS NOT NULL
ORDER BY e.inherited
"""
# An index on a partitioned table stands for those of its partitions.
_FAMILY = """
WITH RECURSIVE family AS (
  SELECT c.oid, c.relname::text AS root FROM pg_catalog.pg_class c
  WHERE c.relkind IN ('i', 'I') AND c.relname::text = ANY ($1::pg_catalog.text[])
  UNION ALL SELECT i.inhrelid, f.root FROM family f
  JOIN pg_catalog.pg_inherits i ON i.inhparent = f.oid
)
SELECT f.root, c.relname::text, pg_catalog.pg_relation_size(c.oid),
  pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM family f JOIN pg_catalog.pg_class c ON c.oid = f.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
"""


@dataclass(kw_only=True)
class Clock:
    """A session on a copy, within its one transaction; make it with `clock_at`.

    Queries are texts with $1, $2...; an index is known by its definition, what CREATE INDEX says
    after the name ("ON orders (user_id)"), statistics by "STATISTICS (mcv) ON a, b FROM orders", a
    changed policy by what follows ALTER ("POLICY own ON orders USING (...)"). `refused` says why
    what could not be built or timed was not. `writes` is whether queries may write, into rows of
    our own: what they do is rolled back. `pages` are there where rows were made: a page that is
    asked for is then among them, and one without a row is no timing.
    """

    session: Session
    name: str
    writes: bool = False
    pages: Pages | None = None
    refused: dict[str, str] = field(default_factory=dict)
    _built: dict[str, str] = field(default_factory=dict)
    _whole: dict[str, str] = field(default_factory=dict)  # their names with the schema
    _statistics: dict[str, str] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)
    _calls: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    _known: dict[tuple[str, frozenset[str]], Run] = field(default_factory=dict)
    _guarded: dict[str, bool] = field(default_factory=dict)
    _bound: Bound | None = None

    def __post_init__(self) -> None:
        self.session.begin()
        self.session.run(_BEGUN)
        bound = read_bound(self.session)
        if bound and bound.told:
            self.session.run(bound.told)
        self._bound = bound if bound and bound.role else None

    def described(self, expressions: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """What a sample of the rows says of each expression over a table, as ANALYZE counts it.

        One line each, as a text of statistics holds it; none for what the server cannot count.
        """
        found: list[str] = []
        for table, wanted in _by_table(expressions).items():
            made = [
                (name, key)
                for key in wanted
                for name in [f"blueproof_{next(self._numbers)}"]
                if not self._tried(f"CREATE STATISTICS {name} ON ({key}) FROM {quote_table(table)}")
            ]
            if made and not self._tried(f"ANALYZE {quote_table(table)}"):
                figures: dict[str, Any] = dict(
                    self.session.run_one(_FIGURES, ([name for name, _ in made],))
                )
                found += [_remark(figures[name], key) for name, key in made if name in figures]
            for name, _ in made:
                self.session.run(f"DROP STATISTICS {name}")
        return tuple(found)

    def build(self, definitions: Iterable[str]) -> dict[str, int]:
        """Build what is not there yet; bytes of each that is there.

        What begins with STATISTICS is made with CREATE STATISTICS, and its table counted.
        """
        wanted = list(definitions)
        made = {}
        for each in dict.fromkeys(wanted):
            if each in self.refused or each in self._sizes:
                continue
            name = f"blueproof_{next(self._numbers)}"
            refusal = self._tried(_making(each, name), undo=each.startswith(_POLICY))
            if refusal:
                self.refused[each] = refusal
            elif each.startswith(_POLICY):  # made anew wherever it is shown
                self._sizes[each] = 0
            elif each.startswith(_STATISTICS):
                self._statistics[name], self._sizes[each] = each, 0
            else:
                made[name] = each
        self._learn(made)
        return {each: self._sizes[each] for each in wanted if each in self._sizes}

    def _learn(self, made: dict[str, str]) -> None:
        """Keep the sizes of indexes just built, and whose each partition's share is."""
        names = list(made)
        for (table,) in self.session.run_one(_WITH_EXPRESSIONS, (names,)):
            self._tried(f"ANALYZE {table}")
        for root, name, size, whole in self.session.run_one(_FAMILY, (names,)):
            self._built[name], self._whole[name] = made[root], whole
            self._sizes[made[root]] = self._sizes.get(made[root], 0) + size

    def time(self, queries: dict[str, float], shown: frozenset[str]) -> dict[str, Run]:
        """How the queries run with only these of the built indexes there.

        Each is given with the milliseconds after which it is stopped. What cannot be timed is left
        out. A plan that reads the same indexes as before is not run again.
        """
        told = shown.intersection(self._statistics.values())
        told |= {each for each in shown if each.startswith(_POLICY)}
        with self.changed(shown):
            found = {query: self._once(query, most, told) for query, most in queries.items()}
        timed = {query: run for query, run in found.items() if run is not None}
        return self.pages.with_rows(timed, self.refused) if self.pages else timed

    def _once(self, query: str, most: float, told: frozenset[str]) -> Run | None:
        used = self._planned(query)
        if used is None:
            return None
        known = self._known.get((query, used | told))
        if known is None or (known.cut and known.milliseconds < most):
            known = self.run(query, most)
        if known is not None:
            self._known[query, used | told] = known
        return known

    @contextlib.contextmanager
    def changed(self, shown: frozenset[str], settings: str = "") -> Iterator[None]:
        """Only these of the built indexes are there meanwhile, and SQL of ours has been run."""
        self._mark("shown")
        try:
            hidden = ", ".join(
                self._whole[n] for n, each in self._built.items() if each not in shown
            )
            if hidden:
                self.session.run(f"DROP INDEX IF EXISTS {hidden}")
            untold = ", ".join(n for n, each in self._statistics.items() if each not in shown)
            if untold:
                self.session.run(f"DROP STATISTICS {untold}")
            for each in sorted(shown):
                if each.startswith(_POLICY):
                    self.session.run(f"ALTER {each}")
            if settings:
                self.session.run(settings)
            if not self.writes:
                self.session.run("SET LOCAL transaction_read_only = on")
            yield
        finally:
            self._back("shown")

    def _tried(self, sql: str, *, undo: bool = False) -> str:
        """Run a statement of ours, or only see if it runs; the refusal's words if it does not."""
        self._mark("tried")
        try:
            self.session.run(sql)
        except ServerRefusal as refusal:
            self._back("tried")
            return str(refusal)
        self.session.run("ROLLBACK TO tried; RELEASE tried" if undo else "RELEASE tried")
        return ""

    def _mark(self, savepoint: str) -> None:
        """Set a savepoint; Refused where the connection, and with it all, is lost."""
        try:
            self.session.run(f"SAVEPOINT {savepoint}")
        except ServerRefusal:
            raise Refused(reason=f"{self.name} no longer answers") from None

    def _back(self, savepoint: str) -> None:
        """Back to a savepoint; Refused where the connection, and with it all, is lost."""
        if self.session.renewed:
            raise Refused(reason=f"{self.name} no longer answers")
        self.session.run(f"ROLLBACK TO {savepoint}; RELEASE {savepoint}")

    def run(self, query: str, most: float) -> Run | None:
        """The shortest of a few runs: what else the machine does only ever adds to the time.

        Stopped after `most` milliseconds; None where it cannot be run, `refused` says why.
        """
        taken: list[float] = []
        plan, begun = None, time.monotonic()
        while len(taken) <= _RUNS and (not taken or time.monotonic() - begun < _ENOUGH_SECONDS):
            try:
                raw = self._explained(query, _FLAT, most)
            except ServerRefusal as refusal:
                if refusal.code == STOPPED:
                    return self._stopped(query, most)
                self.refused[query] = str(refusal)
                return None
            taken.append(float(raw["Execution Time"]) + float(raw["Planning Time"]))
            plan = read_ran(raw["Plan"])
        assert plan is not None, "the loop runs at least once"
        used = self._names(plan)
        return Run(milliseconds=min(taken), used=used, plan=plan, runs=len(taken))

    def _stopped(self, query: str, most: float) -> Run:
        plan = read_ran(self._explained(query, "VERBOSE, FORMAT JSON", 0)["Plan"])
        return Run(milliseconds=most, used=self._names(plan), plan=plan, cut=True)

    def _planned(self, query: str) -> frozenset[str] | None:
        try:
            raw = self._explained(query, "VERBOSE, FORMAT JSON", 0)
        except (ServerRefusal, UnsuppliedError) as refusal:
            self.refused[query] = str(refusal)
            return None
        return self._names(read_ran(raw["Plan"]))

    def _names(self, plan: Ran) -> frozenset[str]:
        """The tried indexes that a plan reads; of a partitioned table it names the partitions'."""
        return frozenset(self._built[n] for n in plan.indexes if n in self._built)

    def _explained(self, query: str, options: str, most: float) -> Any:
        """EXPLAIN's answer as JSON has it; see `_answered`."""
        return self._answered(query, options, most)[0][0][0]

    def shown(self, query: str, most: float) -> str:
        """The plan as EXPLAIN prints it: with what came, where that takes at most `most` ms."""
        for options, bound in (("ANALYZE", most), ("COSTS", 0.0)):
            try:
                rows = self._answered(query, options, bound)
            except ServerRefusal:
                continue
            return "\n".join(str(row[0]) for row in rows)
        return ""

    def _answered(self, query: str, options: str, most: float) -> list[Row]:
        """EXPLAIN's answer; the statement may take `most` milliseconds, 0 for as long as any."""
        call = self._call(query)
        self._mark("asked")
        try:
            if most:
                self.session.run(f"SET LOCAL statement_timeout = {max(round(most), 1)}")
            if self._bound and self._is_guarded(query, call, self._bound):
                self.session.run(self._bound.become)
            return self.session.run_one(f"EXPLAIN ({options}) {call}")  # which takes one alone
        finally:
            self._back("asked")

    def _is_guarded(self, query: str, call: str, bound: Bound) -> bool:
        """Whether it reads tables with row security, and whom that binds may run it."""
        if query not in self._guarded:
            explained = f"EXPLAIN (VERBOSE, FORMAT JSON) {call}"
            plan = read_ran(self.session.run_one(explained)[0][0][0]["Plan"])
            read = {
                n.relation if n.schema == "public" else f"{n.schema}.{n.relation}"
                for n in plan.walk()
                if n.relation
            }
            self._guarded[query] = bool(read & bound.tables) and passes(
                self.session, bound, explained
            )
        return self._guarded[query]

    def _call(self, query: str) -> str:
        """What is run for a query; of made rows, with an OFFSET that lies among them."""
        if query not in self._calls:
            text = self.pages.nearer(query, self._there) if self.pages else query
            self._calls[query] = self._prepared(text)
        return self._calls[query]

    def _there(self, query: str, most: int) -> int:
        """How many rows a query pages through, up to so many; that many where nobody can count."""
        self._mark("counted")
        try:
            self.session.run(f"SET LOCAL statement_timeout = {_ENOUGH_SECONDS * 1000:.0f}")
            return int(self.session.run_one(self._prepared(counting(query, most)))[0][0])
        except (ServerRefusal, UnsuppliedError):
            return most
        finally:
            self._back("counted")

    def _prepared(self, query: str) -> str:
        """The query itself, or the call of it prepared with values for its parameters."""
        if not numbers(query):
            return query
        name = f"blueproof_{next(self._numbers)}"
        self._mark("asked")
        try:
            self.session.run_one(f"PREPARE {name} AS {query}")
            values = drawn(self.session, name, max(numbers(query)))
        finally:
            self._back("asked")
        cells = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
        return f"EXECUTE {name}({cells})"


@contextlib.contextmanager
def clock_at(dsn: str) -> Iterator[Clock]:
    """A clock on the copy that a connection string names; all is rolled back at the end.

    Raises UsageError where the string cannot be read, EngineError in one line where nobody answers.
    """
    origin = read_origin(dsn)
    with opened(origin) as passage:
        try:
            session = Session(_address(origin, passage.folder), _limits(), _leave)
        except EngineError as error:
            raise EngineError(passage.failed or origin.hidden(f"{origin}: {error}")) from None
        with contextlib.closing(session):
            yield Clock(session=session, name=origin.database)


def _by_table(expressions: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, key in dict.fromkeys(expressions):
        found.setdefault(table, []).append(key)
    return found


def _remark(figures: dict[str, Any], key: str) -> str:
    told = {name: each for name, each in {**figures, "key": key}.items() if each is not None}
    return f"-- expression: {json.dumps(told, ensure_ascii=False)}"


def _making(definition: str, name: str) -> str:
    """The statements that make an index, statistics or a policy of a definition."""
    if definition.startswith(_POLICY):
        return f"ALTER {definition}"
    if not definition.startswith(_STATISTICS):
        return f"CREATE INDEX {name} {definition}"
    what = definition.removeprefix(_STATISTICS)
    return f"CREATE STATISTICS {name} {what}; ANALYZE {what.rpartition(' FROM ')[2]}"


def _address(origin: Origin, folder: Path) -> Address:
    return Address(
        socket=folder / ".s.PGSQL.5432",
        database=origin.database,
        user=origin.user,
        password=origin.password,
        data=folder,
    )


def _limits() -> Limits:
    return Limits(statement_seconds=_LONGEST_SECONDS, grace_seconds=10.0)


def _leave(_process: int) -> None:
    """A foreign server ends its own processes: the connection is closed, and its timeout holds."""
