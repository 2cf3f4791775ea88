"""The price of an index is told in terms of rows, entries and HOT updates, and as figures."""

from typing import cast

import pytest

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.database import Database, Planned, Planner
from blueproof.advisors.postgres.parts.write_price import said, write_price
from blueproof.core.scene import Excerpt
from blueproof.sql.plan import Plan
from blueproof.sql.queries import EPOCH, read_queries
from blueproof.sql.schema import Column, Index, Schema, Table
from blueproof.sql.statistics import Counting, Statistics, TableStatistics, Writes

MB = 1 << 20
DAY = 86_400
COLUMNS = ("id", "state", "owner", "note")
SCHEMA = Schema(
    tables=(
        Table(name="jobs", columns=tuple(Column(name=c, type="bigint") for c in COLUMNS)),
    ),
    indexes=tuple(
        Index(name=f"jobs_{c}", table="jobs", keys=(c,), definition="") for c in COLUMNS[:2]
    ),
)  # fmt: skip
MONTH = Counting(days=30)
WRITES = Writes(inserted=30 * DAY, updated=3000, hot=2400, deleted=7)
SHOWN = (
    "-- calls: 30, days: 7\nUPDATE jobs SET note = $1;\n"
    "-- calls: 10, days: 7\nUPDATE jobs SET owner = $1;\n"
)


def database(
    queries: str = "", writes: Writes | None = WRITES, counting: Counting | None = MONTH
) -> Database:
    table = TableStatistics(
        table="jobs", rows=1000, pages=9, basis="given", columns=(), writes=writes
    )
    plan = Plan(node="ModifyTable", cost=1, rows=0, relation="jobs")
    return Database(
        schema=SCHEMA,
        statistics=Statistics(tables=(table,), until=EPOCH, counting=counting),
        queries=tuple(
            Planned(query=q, excerpt=Excerpt(text=q.text), plan=plan)
            for q in read_queries(queries, path="q.sql")[0]
        ),
        planner=cast("Planner", None),  # what prices an index asks none
    )


OWNER = Candidate(table="jobs", keys=("owner",))
BY_ROW = (
    "about 1 MB on disk, and one more entry to write for every INSERT into jobs and every UPDATE "
    "of owner, which can no longer be a heap-only (HOT) update"
)
NOW = "jobs has 2 indexes: a row inserted makes 3 entries instead of 2"
UPDATED = "80% of the 100 updates/day of jobs are HOT"
WORDS = {
    "calls and counters": (
        database(SHOWN),
        f"{NOW}; by the writes counted over 30 days that is 1 entry/s more, 50% on top of "
        "today's; weighed against the queries, whose calls were counted over 7 days",
        f"{UPDATED}, with the index 60%: of those that can be, 25% set owner by the queries shown, "
        "and then make 3 entries each",
    ),
    "nobody shows an update": (
        database("-- calls: 9\nSELECT 1;"),
        f"{NOW}; by the writes counted over 30 days that is at least 1 entry/s more, 50% on top "
        "of today's; not weighed in the choice, as the time in which the queries run is not known",
        f"{UPDATED}; no query shown tells how many of them change owner: each that does makes 3 "
        "entries with the index, up to 240 entries/day more in all",
    ),
    "calls of writes in no known time": (
        database("-- calls: 9\nINSERT INTO jobs VALUES ($1);", writes=WRITES),
        f"{NOW}; by the writes counted over 30 days that is at least 1 entry/s more, 50% on top "
        "of today's; of them only the queries' own are weighed in the choice, as the time in which "
        "the queries run is not known",
        f"{UPDATED}; no query shown tells how many of them change owner: each that does makes 3 "
        "entries with the index, up to 240 entries/day more in all",
    ),
    "none sets the column": (
        database(SHOWN.replace("owner", "note"), counting=Counting(days=30, at_most=True)),
        f"{NOW}; by the writes counted over at most 30 days that is at least 1 entry/s more, 50% "
        "on top of today's; weighed against the queries, whose calls were counted over 7 days",
        f"{UPDATED} and stay so: no UPDATE among the queries sets owner",
    ),
    "no update at all": (
        database(writes=Writes(inserted=60, updated=0, hot=0, deleted=0)),
        f"{NOW}; by the writes counted over 30 days that is 2 entries/day more, 50% on top of "
        "today's; not weighed in the choice, as the time in which the queries run is not known",
    ),
    "no write at all": (
        database(writes=Writes(inserted=0, updated=0, hot=0, deleted=9)),
        f"{NOW}, but none was written in 30 days",
    ),
    "nobody counted": (database(SHOWN, writes=None),),
    "in no known time": (database(SHOWN, counting=None),),
}


@pytest.mark.parametrize("case", WORDS.values(), ids=WORDS)
def test_a_price_says_what_was_counted_and_whether_it_was_weighed(
    case: tuple[Database | str, ...],
) -> None:
    given, *words = case
    assert isinstance(given, Database)
    assert said(write_price(given, OWNER, MB), given, "about 1 MB") == (BY_ROW, *words)


def test_of_a_partial_index_only_the_most_is_known() -> None:
    given = database("-- calls: 9, days: 7\nUPDATE jobs SET note = $1;")
    partial = Candidate(table="jobs", keys=("owner",), where="state = 5")
    by_row, counted, _ = said(write_price(given, partial, MB), given, "about 1 MB")
    assert (
        "every INSERT into jobs of a row that it holds and every UPDATE of state and own" in by_row
    )
    assert "that is up to 1 entry/s more, 50% on top of today's" in counted


def test_a_summary_has_no_entry_for_a_row() -> None:
    given = database(SHOWN)
    price = write_price(given, Candidate(table="jobs", keys=("owner",), method="brin"), 24 << 10)
    (only,) = said(price, given, "about 24 kB")
    assert "no entry for each row" in only
    assert (price.others, price.own) == (2, 0)
    assert price.hot == (0.8, (0.8, 0.8))


def test_figures_say_entries_a_day_and_shares() -> None:
    price = write_price(database("-- calls: 9\nSELECT 1;"), OWNER, MB)
    assert (price.others, price.own) == (2, 1)
    assert price.entries == pytest.approx((86_400, 1.003 * 86_400), rel=1e-3)
    assert price.entries[0] / price.now == pytest.approx(0.5)
    assert price.hot
    assert (price.hot[0], *price.hot[1]) == pytest.approx((0.8, 0.0, 0.8))


def test_where_nobody_counted_there_are_figures_by_the_row_alone() -> None:
    price = write_price(
        database("-- calls: 9\nUPDATE jobs SET owner = $1;", counting=None), OWNER, MB
    )
    assert (price.others, price.own, price.daily, price.hot) == (2, 1, None, None)
    assert price.units > 9 * 4
