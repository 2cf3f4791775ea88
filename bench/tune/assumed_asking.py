"""The advisor's side of assumed.py: runs where blueproof is installed, JSON in and out."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assumed_same import AGREE, Advised, classed

from blueproof.advisors.postgres.advise import all_rules, carry_out
from blueproof.advisors.postgres.database import Database, plan_query
from blueproof.advisors.postgres.parts.tempting import stay
from blueproof.core.advice import Recommendation
from blueproof.core.claim import CostFalls
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.proof.bench import Bench
from blueproof.proof.prove import check
from blueproof.sql.counts_file import write_counts
from blueproof.sql.queries import Query, held_constant, latest_date, read_queries
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.scene_statistics import masked_statistics, read_given_scene, with_changes
from blueproof.sql.statistics import Statistics, assume, few_values

_ALIKE = 1.2  # times the cost under the other set
_HARM = 1.05  # times the cost without any index
_STAGES = ("query", "workload")  # what the schema alone asks for is the same in every way


@dataclass(kw_only=True)
class _Way:
    """One kind of knowledge: its twin, and the statistics that a query is advised with."""

    twin: Twin
    ddl: str
    rows: dict[str, int] = field(default_factory=dict)
    given: Excerpt | None = None

    def scene(self, query: Query) -> tuple[DatabaseScene, Statistics]:
        schema = Excerpt(text=self.ddl, path="schema.sql")
        if self.given:
            scene = DatabaseScene(schema=schema, statistics=self.given, basis="given statistics")
            return scene, self.twin.statistics
        written, ours = (query.written,), self.twin.schema
        counts = few_values(ours, count_rows(ours, self.rows), held_constant(written))
        until = latest_date(written)
        text = Excerpt(text=write_counts(counts, until), path="statistics.yaml")
        return DatabaseScene(schema=schema, statistics=text), assume(ours, counts, until)

    def state(self, statistics: Statistics) -> None:
        """Have the twin see these; tables that are as before are left as they are."""
        known = self.twin.statistics
        if statistics is known:
            return
        if known.until != statistics.until:
            self.twin.set_statistics(statistics)
            return
        changed = (t for t in statistics.tables if known.by_name.get(t.table) != t)
        self.twin.restate(tuple(changed))


@dataclass(frozen=True, kw_only=True)
class _Advice:
    """What one way says of one query."""

    indexes: tuple[Advised, ...]
    ddl: tuple[str, ...]
    text: str
    made: tuple[Recommendation, ...]
    scene: DatabaseScene
    database: Database


def _advise(way: _Way, query: Query) -> _Advice:
    """Run the rules that look at queries, each on the database as the one before left it."""
    scene, statistics = way.scene(query)
    way.state(statistics)
    planned = plan_query(way.twin, _as_planned(query))
    start = database = Database(
        schema=way.twin.schema,
        statistics=statistics,
        queries=(planned,),
        planner=way.twin,
        measured=way.given is not None,
        ddl=way.ddl,
    )
    made: list[Recommendation] = []
    for rule in all_rules():
        if rule.stage in _STAGES:
            found = tuple(a for a in rule.check(database) if isinstance(a, Recommendation))
            database = carry_out(database, found)
            made += found
    final = database.queries[0]
    return _Advice(
        indexes=tuple(_read(start, database)),
        ddl=database.made,
        text=final.query.text,
        made=tuple(made),
        scene=scene,
        database=database,
    )


def _as_planned(query: Query) -> Any:
    from blueproof.advisors.postgres.database import Planned

    place = Excerpt(text=query.written, path="q.sql", statement=query.ordinal, name=query.name)
    return Planned(query=query, excerpt=place)


def _read(before: Database, after: Database) -> Iterator[Advised]:
    """The new indexes that the query's plan reads."""
    final = after.queries[0]
    known = {i.name for i in before.schema.indexes}
    read = set(final.plan.indexes) if final.plan else set()
    for index in after.schema.indexes:
        if index.name in known or index.name.rpartition(".")[2].strip('"') not in read:
            continue
        uses = [u for q in (before.queries[0], final) for u in q.uses if u.table == index.table]
        yield Advised(
            table=index.table,
            method=index.method,
            keys=index.keys,
            descending=index.descending,
            include=index.include,
            where=index.predicate,
            equal=frozenset(c for u in uses for c in (*u.equal, *u.joined)),
        )


def _flips(advice: _Advice, bench: Bench) -> Iterator[str]:
    """From what count on each index is worth it, as the proof prints it; or why it is refuted.

    Without an index: what would make the one that tempts most worth it.
    """
    left = stay(advice.database, list(advice.database.queries)) if not advice.indexes else {}
    for stays in (claim for claims in left.values() for claim in claims):
        outcome = check(stays, advice.scene, bench)
        turning = any(m.name.startswith("would pay") for m in outcome.measured)
        if turning or outcome.verdict != "proved":
            yield outcome.condition if turning else f"{outcome.verdict}: {outcome.reason}"
    for each in advice.made:
        for claim in each.claims:
            if isinstance(claim, CostFalls) and each.table:
                outcome = check(claim, advice.scene, bench)
                yield outcome.condition or f"{outcome.verdict}: {outcome.reason}"


def _compare(ways: dict[str, _Way], query: Query, bench: Bench) -> dict[str, Any]:
    """One query: the classes, costs under true statistics, and each difference in words."""
    said = {name: _advise(way, query) for name, way in ways.items()}
    twin = ways["true"].twin
    none = twin.cost(query.text) or 0.01
    costs = {name: twin.cost(a.text, a.ddl) or float("inf") for name, a in said.items()}
    found: dict[str, Any] = {"query": query.name, "without": none, "costs": costs}
    for name in ways.keys() - {"true"}:
        kind = classed(said["true"].indexes, said[name].indexes)
        found[name] = {
            "class": kind,
            "ratio": costs[name] / costs["true"],
            "harm": costs[name] > none * _HARM,
            "indexes": [str(i) for i in said[name].indexes],
            "flips": [] if kind in AGREE else list(_flips(said[name], bench)),
        }
    found["true"] = [str(i) for i in said["true"].indexes]
    return found


def _compare_all(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    ddl = (folder / f"{name}.schema.sql").read_text("utf-8")
    stats = (folder / f"{name}.stats.sql").read_text("utf-8")
    queries, _ = read_queries((folder / f"{name}.queries.sql").read_text("utf-8"), path="q.sql")
    until = latest_date(tuple(q.written for q in queries))
    text = with_changes(masked_statistics(stats), scale=1.0, rows={}, until=until)
    given = Excerpt(text=text, path="statistics.sql")
    with Server() as server, Bench() as bench, Twin(server, ddl) as true, Twin(server, ddl) as bare:
        known = read_given_scene(true.schema, given).statistics
        true.set_statistics(known)
        rows = {t.table: t.rows for t in known.tables}
        ways = {
            "true": _Way(twin=true, ddl=ddl, given=given),
            "ddl": _Way(twin=bare, ddl=ddl),
            "rows": _Way(twin=bare, ddl=ddl, rows=rows),
        }
        for query in queries:
            start = time.monotonic()
            row = _compare(ways, replace(query, weight=1.0), bench)
            sys.stderr.write(f"{name} {query.name}: {time.monotonic() - start:.1f} s\n")
            yield row


def main() -> None:
    """Read the task from stdin, compare every query, write the rows."""
    task = json.load(sys.stdin)
    rows = list(_compare_all(Path(task["folder"]), task["workload"]))
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
