"""A query for one key is written for an array of keys, whatever its shape."""

import pytest

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.at_once import batched

DDL = """
CREATE TABLE orders (id bigint PRIMARY KEY, buyer_id int NOT NULL);
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, name text);
"""


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("SELECT * FROM items WHERE order_id = $1", "order_id = ANY ($1::bigint[])"),
        ("SELECT name FROM items WHERE order_id = $1", "SELECT name, order_id"),
        ("SELECT name FROM items WHERE name = $1 AND order_id = $2", "ANY ($2::bigint[])"),
        ("SELECT name FROM items WHERE order_id = $1 ORDER BY name", "ORDER BY order_id, name"),
        ("SELECT count(*) FROM items WHERE order_id = $1", "CROSS JOIN LATERAL"),
        ("SELECT name FROM items WHERE order_id = $1 ORDER BY id LIMIT 1", "CROSS JOIN LATERAL"),
        ("SELECT name FROM items WHERE order_id > $1", ""),
        ("SELECT name FROM items WHERE order_id = $1 AND id <> $1", ""),
        ("SELECT name FROM items WHERE order_id = 7", ""),
        ("UPDATE items SET name = 'x' WHERE order_id = $1", ""),
    ],
)
def test_a_query_for_one_key_takes_all(query: str, written: str, server: Server) -> None:
    with Twin(server, DDL, path="schema.sql") as twin:
        found = batched(query, twin.schema)
        assert (found is not None) == bool(written)
        if found is not None:
            assert " ".join(written.split()) in " ".join(found.text.split())
            for text in (found.text, found.twice, found.both):
                twin.plan(text)
