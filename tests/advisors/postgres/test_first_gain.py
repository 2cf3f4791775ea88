"""The answer opens with what saves most, and names it; a second index beside a full one is rare."""

from pathlib import Path

from blueproof.consult import consult
from blueproof.intake.database import Handed, read_database

_SCHEMA = """
CREATE TABLE posts (id bigint PRIMARY KEY, author_id bigint NOT NULL, at timestamptz NOT NULL,
  status text NOT NULL CHECK (status IN ('draft', 'shown', 'hidden')));
CREATE TABLE likes (user_id bigint, post_id bigint NOT NULL, PRIMARY KEY (user_id, post_id));
CREATE TABLE follows (a bigint, b bigint NOT NULL, PRIMARY KEY (a, b));
"""
_QUERIES = """
-- followers
SELECT count(*) FROM follows WHERE b = $1;
-- feed
SELECT p.id, (SELECT count(*) FROM likes l WHERE l.post_id = p.id) FROM posts p
WHERE p.author_id = ANY ($1::bigint[]) ORDER BY p.id DESC LIMIT 20;
"""


def _advised(tmp_path: Path, schema: str, queries: str, rows: tuple[str, ...]) -> tuple[str, ...]:
    (tmp_path / "s.sql").write_text(schema)
    (tmp_path / "q.sql").write_text(queries)
    handed = Handed(schema=tmp_path / "s.sql", queries=tmp_path / "q.sql", rows=rows)
    found = consult(read_database(handed))
    return found.answer, *(r.slot for r in found.recommendations)


def test_the_largest_cost_comes_first_however_large_another_factor(tmp_path: Path) -> None:
    rows = ("posts=1M", "likes=160M", "follows=45M")
    answer, first, *_ = _advised(tmp_path, _SCHEMA, _QUERIES, rows)
    assert "feed gets" in answer
    assert "with an index on likes (post_id" in answer
    assert first.startswith("index on likes (post_id")


def test_no_second_index_in_the_order_of_a_full_one_for_some_states(tmp_path: Path) -> None:
    schema = _SCHEMA + "CREATE INDEX ON posts (author_id, at);"
    query = (
        "SELECT * FROM posts WHERE author_id = $1 AND status = 'draft' ORDER BY at DESC LIMIT 20;"
    )
    _, *slots = _advised(tmp_path, schema, query, ("posts=5M",))
    assert not [s for s in slots if " WHERE " in s]
