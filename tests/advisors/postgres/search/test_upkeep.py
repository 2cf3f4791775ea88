"""An index is weighed against what writes pay for it, where both are known in one time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.choice import Chosen
from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.advisors.postgres.rules.missing_index import RULE
from blueproof.advisors.postgres.search import choose, weigh
from blueproof.advisors.postgres.search.costs import Costs
from blueproof.advisors.postgres.search.library import Shelf
from blueproof.advisors.postgres.search.measured import choose_measured
from blueproof.advisors.postgres.search.pool import Pool
from blueproof.advisors.postgres.search.upkeep import entry_cost, payable, upkeep
from blueproof.advisors.postgres.search.written import (
    Added,
    TableWrites,
    Update,
    added,
    counted,
    held,
    told,
    weighed,
)
from blueproof.core.advice import Finding
from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.queries import read_queries
from blueproof.sql.scene_statistics import read_given_scene
from blueproof.sql.schema import Index

DDL = """
CREATE TABLE jobs (id bigint PRIMARY KEY, state text NOT NULL, owner bigint NOT NULL, note text);
CREATE INDEX jobs_state ON jobs (state);
CREATE TABLE log (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE log_a PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE log_b PARTITION OF log DEFAULT;
"""
RARE = "-- calls: {calls}{time}\nSELECT * FROM jobs WHERE owner = $1;\n"
UPDATES = """-- calls: 300{time}
UPDATE jobs SET note = $1 WHERE id = $2;
-- calls: 100{time}
UPDATE jobs SET owner = $1 WHERE id = $2;
-- calls: 50{time}
UPDATE jobs SET state = $1, owner = $2 WHERE id = $3;
"""
MONTH = ", days: 30"
OWNER = Candidate(table="jobs", keys=("owner",))


def statistics(jobs: str, counting: str = "-- counted: 10 days\n") -> str:
    relation = "SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180000'::integer, "
    column = (
        "SELECT * FROM pg_catalog.pg_restore_attribute_stats('schemaname', 'public', 'relname', "
        "'jobs', 'attname', '{}', 'inherited', 'f'::boolean, 'null_frac', '0'::real, 'avg_width', "
        "'8'::integer, 'n_distinct', '{}'::real);\n"
    )
    sizes = {"jobs": (9000, 900000), "jobs_pkey": (2500, 900000), "jobs_state": (800, 900000)}
    return (
        f"-- collected: 2026-06-30\n{counting}-- writes: public.jobs {jobs}\n"
        "-- writes: public.log_a ins=100 upd=40 hot=30 del=0\n"
        "-- writes: public.log_b ins=20 upd=0 hot=0 del=9\n"
        + "".join(
            f"{relation}'schemaname', 'public', 'relname', '{name}', 'relpages', "
            f"'{pages}'::integer, 'reltuples', '{rows}'::real, 'relallvisible', '0'::integer);\n"
            for name, (pages, rows) in {**sizes, "log_a": (5, 100), "log_b": (5, 20)}.items()
        )
        + column.format("id", -1) + column.format("owner", 90000) + column.format("state", 4)
    )  # fmt: skip


QUIET, HEAVY = "ins=9000 upd=0 hot=0 del=0", "ins=90000000 upd=0 hot=0 del=0"


@pytest.fixture(scope="module")
def twin(server: Server) -> Iterator[Twin]:
    with Twin(server, DDL) as made:
        yield made


def database(twin: Twin, queries: str, given: str) -> Database:
    excerpt = Excerpt(text=given, path="statistics.sql")
    known = read_given_scene(twin.schema, excerpt).statistics
    twin.set_statistics(known)
    read, _ = read_queries(queries, path="q.sql")
    planned = tuple(
        plan_query(twin, Planned(query=q, excerpt=Excerpt(text=q.written, name=q.name)))
        for q in read
    )
    assert all(q.plan for q in planned)
    return Database(
        schema=twin.schema, statistics=known, queries=planned, planner=twin, ddl=DDL, measured=True
    )


def taken(twin: Twin, queries: str, given: str) -> list[str]:
    return [choice.index.short for choice in choose(database(twin, queries, given))]


def test_a_rare_query_is_not_worth_an_entry_for_every_row_of_a_busy_table(twin: Twin) -> None:
    rare = RARE.format(calls=100, time=MONTH)
    assert taken(twin, rare, statistics(HEAVY)) == []
    assert taken(twin, rare, statistics(QUIET)) == ["jobs (owner)"]


def test_an_index_that_is_too_dear_is_named_with_what_it_would_save(twin: Twin) -> None:
    case = database(twin, RARE.format(calls=100, time=MONTH), statistics(HEAVY))
    (declined,) = weigh(case).declined
    assert declined.index.short == "jobs (owner)"
    assert declined.gain.factor > 100
    assert 0 < declined.saved < declined.owed
    (told_of,) = RULE.check(case)
    assert isinstance(told_of, Finding)
    assert "its 104 entries/s cost the writes of jobs more" in told_of.says
    quiet = database(twin, RARE.format(calls=100, time=MONTH), statistics(QUIET))
    assert weigh(quiet).declined == ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a query costs, and the indexes that its plan reads."""

    cost: float
    used: frozenset[str]


class Shown:
    """A room whose planner knows these plans of each query, each by the index that it reads."""

    def __init__(self, plans: dict[str, dict[str, float]]) -> None:
        self.plans = plans
        self.asked = 0

    def add(self, statements: dict[str, str]) -> dict[str, int]:
        return dict.fromkeys(statements, 9 << 20)

    def cost(self, query: str, shown: frozenset[str], among: frozenset[str]) -> Answer:
        known = self.plans[query] | {"": 10_000.0}
        best = min((n for n in known if n in shown & among or not n), key=lambda n: known[n])
        return Answer(cost=known[best], used=frozenset({best} - {""}))


TWO_QUERIES = (
    "-- calls: 1000, days: 30\nSELECT * FROM jobs WHERE owner = $1;\n"
    "-- calls: 1000, days: 30\nSELECT * FROM jobs WHERE note = $1;\n"
)


def chosen(case: Database, plans: tuple[dict[str, float], ...], limit: float) -> Chosen:
    """What is chosen of two indexes, `one` and `two`, where the queries have these plans."""
    both = frozenset({"one", "two"})
    texts = (q.query.text for q in case.queries)
    room = Shown(dict(zip(texts, plans, strict=True)))
    pool = Pool(
        found={"one": OWNER, "two": Candidate(table="jobs", keys=("note",))},
        sizes=dict.fromkeys(both, 9 << 20),
        costs=Costs(room=room, queries=case.queries, among=(both, both)),
        own=(both, both),
    )
    return choose_measured(case, pool, limit)


@pytest.mark.parametrize(("inserted", "wanted"), [(10, 2), (228_000, 1), (10_000_000, 0)])
def test_beside_another_an_index_has_to_save_what_is_left_to_save(
    twin: Twin, inserted: int, wanted: int
) -> None:
    """Alone each saves much; the second then brings 2,400 a run, and may owe 3,000 for each."""
    case = database(twin, TWO_QUERIES, statistics(f"ins={inserted} upd=0 hot=0 del=0"))
    found = chosen(case, ({"one": 100.0}, {"one": 4400.0, "two": 2000.0}), math.inf)
    assert len(found.taken) == wanted


def test_an_index_for_which_there_is_no_room_is_not_said_to_be_too_dear(twin: Twin) -> None:
    case = database(twin, TWO_QUERIES, statistics(QUIET))
    found = chosen(case, ({"one": 100.0}, {"two": 200.0}), 9 << 20)
    assert (len(found.taken), found.declined) == (1, ())


def test_a_query_that_runs_often_is_worth_it_on_the_same_table(twin: Twin) -> None:
    often = RARE.format(calls=1_000_000, time=MONTH)
    assert taken(twin, often, statistics(HEAVY)) == ["jobs (owner)"]


@pytest.mark.parametrize("time", ["", ", milliseconds: 3"])
def test_calls_in_no_known_time_are_not_held_against_the_counters(twin: Twin, time: str) -> None:
    rare = RARE.format(calls=100, time=time)
    assert taken(twin, rare, statistics(HEAVY)) == ["jobs (owner)"]


def test_counters_of_no_known_time_are_not_held_against_calls(twin: Twin) -> None:
    rare = RARE.format(calls=100, time=MONTH)
    assert taken(twin, rare, statistics(HEAVY, counting="")) == ["jobs (owner)"]


def test_queries_counted_over_several_times_have_none_together(twin: Twin) -> None:
    mixed = RARE.format(calls=100, time=MONTH) + RARE.format(calls=3, time=", days: 7")
    assert taken(twin, mixed, statistics(HEAVY)) == ["jobs (owner)"]


def test_the_workloads_own_writes_weigh_where_no_counter_does(twin: Twin) -> None:
    insert = "-- calls: 10000000\nINSERT INTO jobs VALUES ($1, $2, $3, $4);\n"
    rare = RARE.format(calls=100, time="")
    plain = statistics(QUIET, counting="")
    assert taken(twin, rare + insert, plain) == []
    assert taken(twin, rare + insert.replace("10000000", "10"), plain) == ["jobs (owner)"]


def test_where_nothing_was_counted_a_write_takes_no_index_away(twin: Twin) -> None:
    """A nightly job of many rows, and a query of which nobody says how often it runs."""
    select = "SELECT * FROM jobs WHERE owner = $1;\n"
    job = "INSERT INTO jobs SELECT id + 1, state, owner, note FROM jobs;\n"
    assert taken(twin, select + job, statistics(QUIET)) == ["jobs (owner)"]


def test_the_servers_counters_are_used_alone_and_in_the_time_of_the_calls(twin: Twin) -> None:
    writes = "ins=1000 upd=400 hot=300 del=0"
    insert = "-- calls: 500, days: 30\nINSERT INTO jobs VALUES ($1, $2, $3, $4);\n"
    found, by_server = weighed(database(twin, insert, statistics(writes)), "jobs")
    assert by_server
    assert (found.inserted, found.updated, found.hot) == pytest.approx((3000, 1200, 900))
    found, by_server = weighed(database(twin, insert, statistics(writes, counting="")), "jobs")
    assert not by_server
    assert (found.inserted, found.updated, found.hot) == (500, 0, None)


def test_what_partitions_count_is_added_up_for_the_table_they_are_of(twin: Twin) -> None:
    found = counted(database(twin, "SELECT 1;", statistics(QUIET)), "log")
    assert found is not None
    assert (found.inserted, found.updated, found.hot) == pytest.approx((12, 4, 3))


def test_updates_are_told_with_their_columns_and_rows(twin: Twin) -> None:
    upsert = (
        "-- calls: 7\nINSERT INTO jobs VALUES ($1, 'new', 1) ON CONFLICT (id) DO UPDATE "
        "SET note = EXCLUDED.note;\n"
        "-- calls: 2\nWITH x AS (UPDATE jobs SET note = '' WHERE id = $1 RETURNING id) "
        "SELECT * FROM x;\n-- calls: 9\nDELETE FROM jobs WHERE id = $1;\n"
    )
    found = told(database(twin, UPDATES.format(time="") + upsert, statistics(QUIET)), "jobs")
    assert (found.inserted, found.updated) == (7, 452)
    assert [(sorted(u.columns), u.rows, u.upsert) for u in found.updates] == [
        (["note"], 300, False),
        (["owner"], 100, False),
        (["owner", "state"], 50, False),
        (["note"], 7, True),
        (["note"], 2, False),
    ]


def test_a_lost_hot_update_pays_for_an_entry_in_every_index(twin: Twin) -> None:
    """600 of 1,000 updates are HOT; of those that can be, a quarter set the index's column."""
    given = statistics("ins=0 upd=1000 hot=600 del=0", counting="-- counted: 30 days\n")
    case = database(twin, UPDATES.format(time=MONTH), given)
    with_keys = [OWNER, Candidate(table="jobs", keys=("note",), include=("owner",))]
    by_owner, by_both = upkeep(case, [(each, 9 << 20) for each in with_keys])
    one = entry_cost("btree", 9 << 20)
    every = one + entry_cost("btree", 2500 * 8192) + entry_cost("btree", 800 * 8192)
    assert by_owner == pytest.approx(400 * one + 600 / 4 * every)
    assert by_both == pytest.approx(400 * one + 600 * every)


BUSY = TableWrites(inserted=10, updated=100, hot=60)
NOTE, KEY, STATE = (frozenset({name}) for name in ("note", "owner", "state"))
SHOWN = (
    Update(columns=NOTE, rows=30), Update(columns=KEY, rows=10), Update(columns=STATE, rows=60),
)  # fmt: skip
ADDED = {
    "no index gets an entry for a HOT update": (BUSY, SHOWN[:1], (50, 50), (0, 0)),
    "some of the HOT updates are lost": (BUSY, SHOWN, (65, 65), (15, 15)),
    "all of them are": (BUSY, SHOWN[1:], (110, 110), (60, 60)),
    "nobody shows an update": (BUSY, (), (50, 110), (0, 60)),
    "they set the key of an index, and yet some are HOT": (BUSY, SHOWN[2:], (50, 50), (0, 0)),
    "and the new one's too": (
        BUSY, (Update(columns=STATE | KEY, rows=1),), (50, 110), (0, 60),
    ),
    "nobody counted": (TableWrites(inserted=10, updated=100), SHOWN, (80, 110), (0, 10)),
}  # fmt: skip


@pytest.mark.parametrize("case", ADDED.values(), ids=ADDED)
def test_an_index_adds_entries_and_takes_hot_updates(
    case: tuple[TableWrites, tuple[Update, ...], tuple[float, float], tuple[float, float]],
) -> None:
    counts, updates, entries, lost = case
    writes = TableWrites(
        inserted=counts.inserted, updated=counts.updated, hot=counts.hot, updates=updates
    )
    assert added(writes, KEY, "btree", STATE) == Added(entries=entries, lost=lost)
    assert added(writes, KEY, "brin", STATE) == Added(entries=(0, 0), lost=(0, 0))


def test_a_columns_name_counts_wherever_an_index_holds_it(twin: Twin) -> None:
    updates = UPDATES.format(time=MONTH)
    given = statistics("ins=0 upd=1000 hot=1000 del=0", counting="-- counted: 30 days\n")
    case = database(twin, updates, given)
    shapes = [
        Candidate(table="jobs", keys=("abs(owner) DESC",)),
        Candidate(table="jobs", keys=("id",), include=("owner",)),
        OWNER,
    ]
    first, *rest = upkeep(case, [(shape, 1 << 20) for shape in shapes])
    assert rest == [first] * 2
    partial = Candidate(table="jobs", keys=("id",), where="owner > 5")
    assert 0 < upkeep(case, [(partial, 1 << 20)])[0] < first  # HOT is lost, whoever has the row
    assert upkeep(case, [(Candidate(table="jobs", keys=("id",)), 1 << 20)]) == [0.0]


HELD = {
    "keys and INCLUDE": (Index(name="i", table="jobs", keys=("id",), include=("note",),
                               definition=""), {"id", "note"}),
    "an expression": (Index(name="i", table="jobs", keys=("lower(note)",), definition=""),
                      {"note"}),
    "a predicate": (Index(name="i", table="jobs", keys=("id",), predicate="(state = 'owner'::text)",
                          definition=""), {"id", "state"}),
    "a summary": (Index(name="i", table="jobs", keys=("id",), method="brin", definition=""),
                  set[str]()),
}  # fmt: skip


@pytest.mark.parametrize("case", HELD.values(), ids=HELD)
def test_an_index_holds_the_columns_of_all_its_parts(
    twin: Twin, case: tuple[Index, set[str]]
) -> None:
    assert held(twin.schema, case[0]) == case[1]


def test_an_entry_costs_what_the_servers_own_settings_say() -> None:
    usual = entry_cost("btree", 1 << 30)
    assert entry_cost("btree", 1 << 30, (("random_page_cost", "1.1"),)) == pytest.approx(
        usual - 2.9
    )
    assert entry_cost("brin", 1 << 30) == 0.0


def test_an_index_that_can_never_save_what_it_owes_is_out_of_reach() -> None:
    shelf = Shelf()
    shelf.learn(0, 1000.0)
    shelf.learn(0b1, 400.0)
    shelf.learn(0b110, 100.0)
    shelf.learn(0b1000, 2000.0)
    paid = payable([7000.0, 7000.0, 7000.0, 1.0, 0.0], [shelf], [10.0])
    assert paid == [math.inf, 7000.0, 7000.0, math.inf, 0.0]


def test_counters_of_less_than_a_day_are_no_rate(twin: Twin) -> None:
    young = statistics(HEAVY, "-- counted: 0.5 days\n")
    case = database(twin, RARE.format(calls=100, time=MONTH), young)
    assert weigh(case).declined == ()
