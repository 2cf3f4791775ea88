"""Candidates for what a bare column's B-tree does not serve: computed orders, networks."""

import pytest

from blueproof.advisors.postgres.candidates import Candidate, candidates
from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.queries import EPOCH, read_queries
from blueproof.sql.rowcounts import count_rows, read_counts
from blueproof.sql.statistics import assume

DDL = """
CREATE TABLE events (
  id bigint PRIMARY KEY, kind text NOT NULL, made_at timestamp NOT NULL, valid_at timestamp,
  price integer NOT NULL, hash bit(64) NOT NULL, title text NOT NULL
);
CREATE TABLE nets (id bigint PRIMARY KEY, net inet NOT NULL, site cidr, shape box, flags int[]);
"""


def tried(server: Server, query: str) -> set[Candidate]:
    with Twin(server, DDL) as twin:
        counts = count_rows(twin.schema, read_counts(("events=5M", "nets=500k")))
        statistics = assume(twin.schema, counts, EPOCH)
        twin.set_statistics(statistics)
        ((read,), _) = read_queries(f"{query};", path="q.sql")
        planned = plan_query(twin, Planned(query=read, excerpt=Excerpt(text=read.written)))
        database = Database(
            schema=twin.schema, statistics=statistics, queries=(planned,), planner=twin
        )
        return set(candidates(database, planned))


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        (
            "SELECT e.* FROM events e ORDER BY coalesce(e.valid_at, e.made_at) DESC, e.id DESC "
            "LIMIT 50",
            ("(COALESCE(valid_at, made_at)) DESC", "id DESC"),
        ),
        (
            "SELECT id FROM events WHERE kind = 'a' ORDER BY lower(title), id LIMIT 5",
            ("kind", "(lower(title))", "id"),
        ),
        (
            "SELECT id FROM events ORDER BY title || kind DESC NULLS LAST LIMIT 5",
            ("((title || kind)) DESC NULLS LAST",),
        ),
    ],
)
def test_a_computed_order_is_one_of_an_index(
    server: Server, query: str, keys: tuple[str, ...]
) -> None:
    found = {each.keys for each in tried(server, query)}
    assert keys in found or tuple(k.replace("((", "(").replace("))", ")") for k in keys) in found


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM events ORDER BY abs(price - 123456) LIMIT 1",
        "SELECT id FROM events ORDER BY abs(price - $1) LIMIT 1",
        "SELECT id FROM events WHERE bit_count(hash # "
        "B'1101000110100000100110100111010010100001101000111110110111010001') <= 14",
        "SELECT id FROM events WHERE price > 5 ORDER BY lower(title) LIMIT 5",
    ],
)
def test_what_one_question_asks_or_a_filter_may_spoil_is_none(server: Server, query: str) -> None:
    assert not [k for each in tried(server, query) for k in each.keys if "(" in k]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("SELECT id FROM nets WHERE net >>= inet '10.0.0.1'", "net inet_ops"),
        ("SELECT id FROM nets WHERE net << inet '10.0.0.0/8'", "net inet_ops"),
        (
            "SELECT p.id, (SELECT count(*) FROM nets u WHERE u.net >> p.net) FROM nets p "
            "WHERE p.id < 9",
            "net inet_ops",
        ),
        ("SELECT a.id FROM nets a JOIN nets b ON a.site && b.site WHERE b.id = 1", "site inet_ops"),
        ("SELECT id FROM nets WHERE shape && box '((0,0),(1,1))'", "shape"),
    ],
)
def test_networks_and_shapes_are_searched_by_gist(server: Server, query: str, key: str) -> None:
    assert (key,) in {each.keys for each in tried(server, query) if each.method == "gist"}


def test_an_array_against_another_table_s_is_searched_by_gin(server: Server) -> None:
    query = "SELECT a.id FROM nets a JOIN nets b ON a.flags && b.flags WHERE b.id = 1"
    assert ("flags",) in {each.keys for each in tried(server, query) if each.method == "gin"}
