"""Statistics collected from a full database make a twin that plans as it does, at its costs."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace

import full_database as shop
import pytest

from blueproof.engines.postgres import binaries
from blueproof.engines.postgres.live import Live, read_live
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.given import Given, read_given
from blueproof.sql.plan import Plan, outline

SETTINGS = (("random_page_cost", "1.3"), ("work_mem", "16MB"))


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A database with rows, what was read of it, and the twin made of that alone."""

    full: Twin
    live: Live
    dumped: str
    before: dict[str, Plan]
    twin: Twin
    given: Given


def address(server: Server, full: Twin) -> str:
    return f"host={server.data.parent} user=guest dbname={full._name}"  # noqa: SLF001 (its rows)


@pytest.fixture(scope="module")
def pair(server: Server) -> Iterator[Pair]:
    with Twin(server, shop.DDL) as full:
        full.set_statistics(replace(full.statistics, settings=SETTINGS))
        # Rows are no business of a twin: the test makes them.
        session, answered = full._guest, full._answered  # noqa: SLF001 (rows are made behind it)
        session.run(shop.ROWS)
        for table in shop.TABLES:
            session.run(f"VACUUM ANALYZE {table}")
        before = {query: full.plan(query) for query in shop.QUERIES}
        dumped = dump(server, full)
        session.run(shop.LATER)
        answered.forget()
        live = read_live(address(server, full))
        with Twin(server, live.schema) as twin:
            given = read_given(twin.schema, live.statistics, path="stats.sql")
            twin.set_statistics(given.statistics)
            yield Pair(full=full, live=live, dumped=dumped, before=before, twin=twin, given=given)


def dump(server: Server, full: Twin) -> str:
    tree = binaries.installed()
    assert tree is not None
    done = subprocess.run(
        [tree / "bin" / "pg_dump", "--statistics-only", "-d", address(server, full)],
        capture_output=True, text=True, check=True, env={"PATH": os.defpath, "LC_ALL": "C"},
    )  # fmt: skip
    return done.stdout


def same(twin: Plan, full: Plan) -> None:
    shapes = [[(n.node, n.relation, n.index) for n in plan.walk()] for plan in (twin, full)]
    assert shapes[0] == shapes[1], outline(full)
    assert twin.cost == pytest.approx(full.cost, rel=0.01), outline(twin)


@pytest.mark.parametrize("query", shop.QUERIES)
def test_the_twin_plans_as_the_database_it_was_collected_from(pair: Pair, query: str) -> None:
    same(pair.twin.plan(query), pair.full.plan(query))


def test_what_pg_dump_writes_makes_the_same_twin(server: Server, pair: Pair) -> None:
    with Twin(server, pair.live.schema) as twin:
        given = read_given(twin.schema, pair.dumped, path="stats.sql")
        settled = replace(given.statistics, settings=SETTINGS)  # pg_dump writes no settings
        twin.set_statistics(settled)
        for query, full in pair.before.items():
            if "kind" not in query:  # pg_dump leaves out extended statistics
                same(twin.plan(query), full)
        assert [item.what for item in twin.refused] == [
            "extended statistics status_of_kind of Orders"
        ]


def test_nothing_that_was_collected_is_left_out(pair: Pair) -> None:
    assert pair.live.name.startswith("twin_")
    assert pair.given.left_out == ()
    assert pair.twin.refused == ()
    assert pair.twin.left_out == ()
    assert pair.given.statistics.settings == SETTINGS
    assert pair.given.server.startswith("PostgreSQL 18")


def test_what_is_collected_comes_back_as_it_was(server: Server, pair: Pair) -> None:
    """The twin's own statistics, collected, are those that it was given."""
    again = read_live(address(server, pair.twin)).statistics
    wanted, found = (
        [line for line in text.splitlines() if "restore_attribute" in line]
        for text in (pair.live.statistics, again)
    )
    assert found == wanted


def test_uses_are_counted(pair: Pair) -> None:
    orders = pair.given.statistics.by_name["Orders"]
    assert orders.writes is not None
    assert orders.writes.inserted == 60_000
    # Nobody has reset the counters of this database: they began when its cluster was made.
    assert re.search(r"^-- counted: at most \d+\.\d+ days$", pair.live.statistics, re.MULTILINE)
    customers = pair.given.statistics.by_name["customers"]
    assert (customers.by_index["customers_pkey"].scans or 0) >= 60_000
    assert customers.counted is not None
    assert customers.rows > 50_000  # as dense as at the last ANALYZE, in the pages there are now


def test_inherited_statistics_are_kept_apart(pair: Pair) -> None:
    base = pair.given.statistics.by_name["base"]
    assert base.by_name["a"].distinct == -1
    assert next(c for c in base.inherited if c.column == "a").distinct != -1
    events = pair.given.statistics.by_name["billing.events"]
    assert (events.rows, events.inherited) == (40_000, ())
    assert events.by_name["kind"].distinct == 9


def test_a_new_index_is_estimated_from_what_was_given(pair: Pair) -> None:
    query = 'SELECT * FROM "Orders" WHERE note = $1'
    change = 'CREATE INDEX notes ON "Orders" (note)'
    assert pair.twin.cost(query, (change,)) == pytest.approx(
        pair.full.cost(query, (change,)), rel=0.3
    )  # the full one's twin estimates nothing: it has the rows


def test_an_index_made_anew_under_an_old_name_is_no_longer_the_one_given(pair: Pair) -> None:
    swap = 'DROP INDEX orders_open; CREATE INDEX orders_open ON "Orders" ("createdAt")'
    assert pair.twin.index_bytes(swap) > 5 * 8192 * 20


def test_settings_change_plans_and_go_with_the_statistics(server: Server) -> None:
    with Twin(server, "CREATE TABLE t (a int)") as twin:
        usual = twin.cost("SELECT * FROM t ORDER BY a")
        odd = replace(twin.statistics, settings=(("enable_sort", "off"), ("seq_page_cost", "7")))
        twin.set_statistics(odd)
        assert twin.cost("SELECT * FROM t ORDER BY a") != usual
        twin.set_statistics(replace(twin.statistics, settings=()))
        assert twin.cost("SELECT * FROM t ORDER BY a") == usual


def test_a_setting_that_is_none_of_the_planners_is_not_made(server: Server) -> None:
    with Twin(server, "CREATE TABLE t (a int)") as twin, pytest.raises(ValueError, match="no set"):
        twin.set_statistics(
            replace(twin.statistics, settings=(("session_preload_libraries", "x"),))
        )


def test_values_out_of_bounds_are_named(server: Server) -> None:
    with Twin(server, "CREATE TABLE t (a int)") as twin:
        twin.set_statistics(replace(twin.statistics, settings=(("geqo_effort", "999999"),)))
        assert [item.what for item in twin.refused] == ["geqo_effort=999999"]


def test_gin_and_other_methods_take_the_size_given(server: Server, pair: Pair) -> None:
    text = pair.live.statistics.replace("'customers_lower'", "'tags_gin'")
    ddl = pair.live.schema + "CREATE INDEX tags_gin ON public.customers USING gin (tags);"
    with Twin(server, ddl) as twin:
        given = read_given(twin.schema, text, path="stats.sql").statistics
        twin.set_statistics(given)
        pages = given.by_name["customers"].by_index["tags_gin"].pages
        assert pages > 100
        found = [r for r in twin._stating._relations({twin._catalog.tables["customers"]}).values()  # noqa: SLF001 (what lies on the disk)
                 if r.name == "tags_gin"]  # fmt: skip
        assert found[0].file is not None
        assert found[0].file.stat().st_size == pages * 8192
