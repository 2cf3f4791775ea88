"""Indexes tried in a room are shown and hidden one by one, plan as if made alone, and are gone."""

from datetime import date

import pytest

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin, built
from blueproof.sql.plan import Refused
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.statistics import Statistics, assume

DDL = """
CREATE TABLE t (id bigint PRIMARY KEY, a bigint NOT NULL, b bigint NOT NULL);
CREATE TABLE p (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
"""
QUERY = "SELECT * FROM t WHERE a = 5 AND b = 6"
A, B = "CREATE INDEX try_a ON t (a)", "CREATE INDEX try_b ON t (b)"
BOTH = frozenset({"try_a", "try_b"})


def statistics(twin: Twin) -> Statistics:
    counts = count_rows(twin.schema, {"t": 1_000_000, "p": 1_000_000, "p1": 1_000_000})
    return assume(twin.schema, counts, date(2026, 1, 1))


@pytest.mark.parametrize("shown", [frozenset(), frozenset({"try_a"}), frozenset({"try_b"}), BOTH])
def test_a_shown_index_plans_as_one_that_was_made(server: Server, shown: frozenset[str]) -> None:
    with built(server, DDL) as twin:
        twin.set_statistics(statistics(twin))
        made = tuple(text for name, text in (("try_a", A), ("try_b", B)) if name in shown)
        wanted = twin.cost(QUERY, made)
        with twin.trial() as room:
            assert set(room.add({"try_a": A, "try_b": B})) == BOTH
            found = room.cost(QUERY, shown, BOTH)
            assert found.cost == wanted
            assert found.used <= shown
            assert bool(found.used) == bool(shown)


def test_what_was_tried_is_gone_at_the_end(server: Server) -> None:
    with built(server, DDL) as twin:
        twin.set_statistics(statistics(twin))
        before = twin.cost(QUERY)
        with twin.trial((B.replace("try_b", "kept"),)) as room:
            room.add({"try_a": A})
            assert room.cost(QUERY, frozenset(), frozenset({"try_a"})).cost != before
        assert twin.cost(QUERY) == before
        assert twin.schema_after() == twin.schema


def test_one_that_the_server_refuses_leaves_the_others(server: Server) -> None:
    with built(server, DDL) as twin:
        twin.set_statistics(statistics(twin))
        with twin.trial() as room:
            wrong = "CREATE INDEX try_now ON t ((a + extract(epoch FROM now())))"
            assert set(room.add({"try_now": wrong, "try_a": A, "try_b": B})) == BOTH
            with pytest.raises(Refused):
                room.add_script(wrong)


def test_an_index_on_a_partitioned_table_stands_for_its_parts(server: Server) -> None:
    with built(server, DDL) as twin:
        twin.set_statistics(statistics(twin))
        with twin.trial() as room:
            name = frozenset(room.add({"try_p": "CREATE INDEX try_p ON p (id)"}))
            query = "SELECT * FROM p WHERE id = 7"
            assert room.cost(query, name, name).used == {"try_p"}
            assert room.cost(query, frozenset(), name).used == frozenset()
