"""Indexes for a database whose statistics are known: within the space, told as data, and so."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.twin import Twin

DDL = """
CREATE TABLE shops (id bigint PRIMARY KEY, name text NOT NULL, deleted_at timestamptz);
CREATE TABLE orders (
  id bigint PRIMARY KEY, shop_id bigint NOT NULL, customer text NOT NULL, status text NOT NULL,
  total numeric NOT NULL, tags text[] NOT NULL, placed_at timestamptz NOT NULL
);
"""
ROWS = """
SELECT setseed(0.5);
INSERT INTO shops SELECT g, 'shop ' || g, CASE WHEN g % 50 = 0 THEN now() END
  FROM generate_series(1, 2000) g;
INSERT INTO orders SELECT g, 1 + (2000 * random() ^ 2)::int % 2000, 'c' || (random() * 20000)::int,
  (ARRAY['paid', 'paid', 'paid', 'sent', 'sent', 'sent', 'sent', 'sent', 'open'])[1 + g % 9],
  round((random() * 500)::numeric, 2), ARRAY['t' || g % 700, 'u' || g % 90],
  timestamptz '2025-01-01' + g * interval '3 minutes' FROM generate_series(1, 120000) g;
"""
QUERIES = """
-- name: page, calls: 500
SELECT id, total FROM orders WHERE shop_id = 7 ORDER BY placed_at DESC LIMIT 20;
-- name: of_customer, calls: 300
SELECT id FROM orders WHERE lower(customer) = 'c77';
-- name: tagged
SELECT id FROM orders WHERE tags @> ARRAY['t5'];
-- name: sums
SELECT shop_id, sum(total) FROM orders WHERE placed_at >= '2025-09-01' GROUP BY shop_id;
-- name: one
SELECT * FROM orders WHERE id = 5;
"""


@pytest.fixture(scope="module")
def full(server: Server) -> Iterator[tuple[Session, str]]:
    """A session on a database with rows, and its connection string."""
    with Twin(server, DDL) as twin:
        session = twin._guest  # noqa: SLF001 (rows are no business of a twin: the test makes them)
        session.run(ROWS)
        # 300 rows for each of 400: ANALYZE then counts every row, and the same each time.
        session.run("SET default_statistics_target = 400")
        session.run("VACUUM ANALYZE shops")
        session.run("VACUUM ANALYZE orders")
        yield session, f"host={server.data.parent} user=guest dbname={twin._name}"  # noqa: SLF001 (as above)


def advised(dsn: str, folder: Path, *more: str) -> dict[str, Any]:
    (folder / "queries.sql").write_text(QUERIES)
    done = subprocess.run(
        [sys.executable, "-m", "blueproof", "pg", "--dsn", dsn, "--queries", "queries.sql",
         "--json", "--no-input", *more],
        cwd=folder, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def built(session: Session, changes: list[dict[str, Any]]) -> None:
    for change in changes:
        for statement in change["ddl"]:
            session.run_one(statement.replace("CONCURRENTLY ", ""))


def test_what_is_foretold_is_what_the_full_database_does(
    full: tuple[Session, str], tmp_path: Path
) -> None:
    session, dsn = full
    answer = advised(dsn, tmp_path)
    queries = {q["id"]: q for q in answer["queries"]}
    assert queries["one"]["verdict"] == "already-good"
    assert {q["verdict"] for n, q in queries.items() if n != "one"} == {"improved"}
    assert queries["page"]["weight"] == 500
    with session.rolled_back():
        built(session, answer["changes"])
        for change in (c for c in answer["changes"] if c["kind"] == "index"):
            name = change["ddl"][0].split("IF NOT EXISTS ")[1].split()[0]
            ((size,),) = session.run(f"SELECT pg_relation_size('{name}')")
            assert change["size_bytes"] == pytest.approx(size, rel=0.1, abs=3 * 8192)
        for query in queries.values():
            ((plan,),) = session.run(f"EXPLAIN (FORMAT JSON) {query['sql']}")
            # What nobody has counted yet, values of an expression or pages of GIN, is estimated.
            near = 0.3 if query["id"] in {"of_customer", "tagged"} else 0.05
            assert plan[0]["Plan"]["Total Cost"] == pytest.approx(query["cost_after"], rel=near)


def test_a_limit_is_kept_by_all_changes_together(full: tuple[Session, str], tmp_path: Path) -> None:
    _, dsn = full
    whole = advised(dsn, tmp_path, "--out", "whole")
    needed = sum(c["size_bytes"] for c in whole["changes"])
    limit = needed // 2
    answer = advised(dsn, tmp_path, "--index-space", f"{limit}B", "--out", "half")
    assert 0 < sum(c["size_bytes"] for c in answer["changes"]) <= limit
    cost = [sum(q["cost_after"] * q["weight"] for q in a["queries"]) for a in (whole, answer)]
    before = sum(q["cost_before"] * q["weight"] for q in whole["queries"])
    assert cost[0] <= cost[1] < before / 2


def test_no_space_means_no_index(full: tuple[Session, str], tmp_path: Path) -> None:
    _, dsn = full
    answer = advised(dsn, tmp_path, "--index-space", "0B")
    assert [c for c in answer["changes"] if c["kind"] == "index"] == []


def test_a_size_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(DDL)
    done = subprocess.run(
        [sys.executable, "-m", "blueproof", "pg", "--schema", "schema.sql",
         "--index-space", "much"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--index-space: 'much' is no size" in done.stderr
