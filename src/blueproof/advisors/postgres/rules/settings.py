"""Give a query the memory that it spills for, and the planner the true price of a page.

Sorts and hashes that need more than work_mem go through temporary files. random_page_cost 4 is the
price of a disk that turns; with data in memory or on flash the planner shuns indexes that would be
faster. Neither can be told from a plan: both are tried on a copy with rows, where all else that is
advised is made, and changed only where a query gets faster and none slower.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from blueproof.advisors.postgres.database import Clock, Database
from blueproof.advisors.postgres.parts.setting import setting_files
from blueproof.advisors.postgres.parts.timed import definitions
from blueproof.advisors.postgres.parts.wording import listed, shown_time, size
from blueproof.advisors.postgres.search.clocked import (
    FELT_MILLISECONDS,
    LONGEST_MILLISECONDS,
    is_better,
    is_slower,
)
from blueproof.core.advice import Alternative, Recommendation
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.sql.asking import asked
from blueproof.sql.ran import Run

MEMORY = Citation(
    url="https://www.postgresql.org/docs/current/runtime-config-resource.html",
    checked=date(2026, 11, 29),
    says="work_mem is what one sort or hash may take before it writes temporary files; a query may "
    "run several, and many sessions do so at once",
)
PAGES = Citation(
    url="https://www.postgresql.org/docs/current/runtime-config-query.html",
    checked=date(2026, 11, 29),
    says="random_page_cost is 4 by default; lower, index scans are preferred, which is "
    "right where data is mostly in memory or on storage with cheap random reads",
)
_MB = 1 << 20
_MOST_MEMORY = 256 * _MB
_ROOM = 4  # what is spilled takes up to so many times more in memory
_CHEAP_PAGE, _DEAR_PAGE = "1.1", 2.0
_DEFAULTS = {"work_mem": "4MB", "random_page_cost": "4"}


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """A setting to be tried, and why."""

    name: str
    value: str
    purpose: str
    evidence: Citation
    price: str


def check(database: Database) -> Iterator[Recommendation]:
    """One recommendation for each setting that makes queries of the workload faster on rows."""
    if database.clock is None:
        return
    texts = {q.name: asked(q.query.text, database.statistics.until) for q in database.queries}
    shown = frozenset(
        database.clock.build(d for c in database.changes for d in definitions(c.file))
    )
    runs = database.clock.time(dict.fromkeys(texts.values(), LONGEST_MILLISECONDS), shown)
    felt = {n: runs[t] for n, t in texts.items() if t in runs and not runs[t].cut}
    felt = {name: run for name, run in felt.items() if run.milliseconds >= FELT_MILLISECONDS}
    for trial in _trials(database, felt):
        after = _tried(database.clock, trial, {n: texts[n] for n in felt}, shown)
        felt = _again(database.clock, felt, after, texts, shown)
        faster = [n for n, run in after.items() if is_better(felt[n], run)]
        # Once more with it: what is faster but once was a quiet moment of the machine.
        twice = _tried(database.clock, trial, {n: texts[n] for n in faster}, shown)
        faster = [n for n, run in twice.items() if is_better(felt[n], run)]
        slower = [
            n for n, run in after.items() if is_slower(felt[n], run) or is_better(run, felt[n])
        ]
        if faster and not slower and len(after) == len(felt):
            yield _advise(trial, {n: (felt[n], after[n]) for n in faster})


def _trials(database: Database, runs: dict[str, Run]) -> Iterator[_Trial]:
    settings = {**_DEFAULTS, **dict(database.statistics.settings)}
    spilling = {n: most for n, run in runs.items() if (most := _spilled(run))}
    if spilling and "setting work_mem" not in database.set:
        wanted = 1 << math.ceil(math.log2(min(max(spilling.values()) * _ROOM, _MOST_MEMORY)))
        value = f"{max(wanted // _MB, 8)}MB"
        yield _Trial(
            name="work_mem",
            value=value,
            purpose=f"{listed(tuple(spilling))} wrote up to {size(max(spilling.values()))} to "
            f"temporary files with work_mem = {settings['work_mem']}.",
            evidence=MEMORY,
            price=f"each sort or hash of each connection may take {value}: ten of them at once "
            f"{size(10 * wanted)}; see that this fits beside shared_buffers",
        )
    price = float(settings["random_page_cost"])
    if price > _DEAR_PAGE and "setting random_page_cost" not in database.set:
        yield _Trial(
            name="random_page_cost",
            value=_CHEAP_PAGE,
            purpose=f"Reading a page at random costs less here than random_page_cost = {price:g}.",
            evidence=PAGES,
            price="where data is far larger than memory and lies on a disk that turns, plans "
            "through indexes become too many: then put it back",
        )


def _spilled(run: Run) -> int:
    """The most bytes that one node of the plan wrote to temporary files."""
    return max((node.spilled for node in run.plan.walk()), default=0)


def _tried(
    clock: Clock, trial: _Trial, texts: dict[str, str], shown: frozenset[str]
) -> dict[str, Run]:
    with clock.changed(shown, f"SET LOCAL {trial.name} = '{trial.value}'"):
        found = {name: clock.run(text, LONGEST_MILLISECONDS) for name, text in texts.items()}
    return {name: run for name, run in found.items() if run}


def _again(
    clock: Clock,
    felt: dict[str, Run],
    after: dict[str, Run],
    texts: dict[str, str],
    shown: frozenset[str],
) -> dict[str, Run]:
    """The runs before, once more where one was slower: a busy moment is no setting's merit."""
    doubted = [n for n, run in after.items() if is_better(felt[n], run)]
    with clock.changed(shown):
        again = {n: clock.run(texts[n], LONGEST_MILLISECONDS) for n in doubted}
    return {
        n: min((run, again.get(n) or run), key=lambda each: each.milliseconds)
        for n, run in felt.items()
    }


def _advise(trial: _Trial, faster: dict[str, tuple[Run, Run]]) -> Recommendation:
    because = tuple(
        f"{name} takes {shown_time(after.milliseconds)} in place of "
        f"{shown_time(before.milliseconds)} on the copy, all else made"
        for name, (before, after) in faster.items()
    )
    return Recommendation(
        slot=f"setting {trial.name}",
        rule=RULE.id,
        helps=tuple(faster),
        choice=f"Set {trial.name} = {trial.value} for the application's role",
        because=(
            trial.purpose.rstrip("."),
            *because,
            f"no query that takes longer than {FELT_MILLISECONDS:.0f} ms gets slower",
        ),
        instead_of=(
            Alternative(
                choice=f"SET LOCAL {trial.name} = '{trial.value}' in the transaction of "
                f"{listed(tuple(faster))} alone",
                why_not="safer, where you can change how the query is sent; take it if other "
                "queries than these run under the same role",
            ),
        ),
        trade_offs=(trial.price,),
        evidence=(trial.evidence,),
        files=setting_files(trial.name, trial.value, trial.purpose),
    )


_VISITS = """
CREATE TABLE visits (id bigint PRIMARY KEY, visitor bigint NOT NULL, page text NOT NULL);
CREATE TABLE guests (id bigint PRIMARY KEY);
"""
_MANY = """
INSERT INTO visits SELECT g, g, 'page ' || g % 50000 FROM generate_series(1, 300000) g;
INSERT INTO guests SELECT -g FROM generate_series(1, 30) g;
VACUUM ANALYZE visits;
VACUUM ANALYZE guests;
"""
_FEW = """
INSERT INTO visits SELECT g, g % 300, 'page ' || g % 50 FROM generate_series(1, 20000) g;
VACUUM ANALYZE visits;
"""
_ABSENT = "SELECT count(*) FROM guests WHERE id NOT IN (SELECT visitor FROM visits);"

RULE = Rule(
    id="pg-settings",
    stage="cleanup",
    title="Change a setting where it makes queries faster on rows",
    guide=__doc__ or "",
    evidence=(MEMORY, PAGES),
    check=check,
    cases=(
        Case(
            name="a list too long for memory is read from a file again for each guest",
            given=_VISITS,
            queries=_ABSENT,
            filled=_MANY,
        ),
        Case(
            name="the list fits into memory as it is",
            given=_VISITS,
            queries=_ABSENT,
            filled=_FEW,
            fires=False,
        ),
        Case(
            name="a read by key needs no memory",
            given=_VISITS,
            queries="SELECT * FROM visits WHERE id = 7;",
            filled=_FEW,
            fires=False,
        ),
        Case(
            name="without a copy nobody knows",
            given=_VISITS,
            queries=_ABSENT,
            fires=False,
        ),
    ),
)
