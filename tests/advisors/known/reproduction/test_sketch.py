"""Slow queries told without a schema: the query, counts, indexes and types made of them."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.known.reproduction.counts import read_row_counts
from blueproof.advisors.known.reproduction.pasted import pasted
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.intake.words.read import read_request

HERE = Path(__file__).parent
STORIES: list[dict[str, Any]] = yaml_file.load((HERE / "stories.yaml").read_text(encoding="utf-8"))
WAYS: list[dict[str, Any]] = yaml_file.load((HERE / "ways.yaml").read_text(encoding="utf-8"))
TOLD: list[dict[str, Any]] = yaml_file.load((HERE / "told.yaml").read_text(encoding="utf-8"))
SILENT: list[str] = yaml_file.load((HERE / "silent.yaml").read_text(encoding="utf-8"))


def sketch_of(text: str) -> Sketch:
    found = read_sketch(read_request(text))
    assert found is not None, "no slow query was read"
    return found


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["text"][:50])
def test_a_story_becomes_a_query_with_its_tables(story: dict[str, Any]) -> None:
    sketch = sketch_of(story["text"])
    script = " ".join(sketch.script.split())
    assert [piece for piece in story["asks"] if " ".join(piece.split()) not in script] == [], script
    assert dict(sketch.rows) == story["rows"]
    there = [" ".join(each.split(" ON ")[1].split()) for each in sketch.there]
    assert there == story.get("there", [])
    types = {f"{t}.{c.name}": c.type for t, cs in sketch.guess.tables.items() for c in cs}
    assert {name: types.get(name) for name in story.get("columns", {})} == story.get("columns", {})


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story["text"][:50])
def test_prose_becomes_the_query_that_it_tells(story: dict[str, Any]) -> None:
    sketch = sketch_of(story["text"])
    script = " ".join(sketch.script.split())
    assert [piece for piece in story["asks"] if piece not in script] == [], script
    assert dict(sketch.rows) == story.get("rows", {})
    there = [" ".join(each.split(" ON ")[1].split()) for each in sketch.there]
    assert there == story.get("there", [])


@pytest.mark.parametrize("story", WAYS, ids=lambda story: story["text"][:50])
def test_each_way_of_telling_becomes_a_query(story: dict[str, Any]) -> None:
    sketch = sketch_of(story["text"])
    script = " ".join(sketch.script.split())
    assert [piece for piece in story["asks"] if piece not in script] == [], script
    assert [piece for piece in story.get("not", ()) if piece in script] == [], script
    assert dict(sketch.rows) == story.get("rows", {})
    there = [" ".join(each.split(" ON ")[1].split()) for each in sketch.there]
    assert there == story.get("there", [])


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["text"][:50])
def test_every_table_is_listed_as_assumed(story: dict[str, Any]) -> None:
    sketch = sketch_of(story["text"])
    said = " ".join(a.says for a in sketch.assumed)
    assert [table for table in sketch.guess.tables if f"{table} (id " not in said] == []
    assert all(a.why for a in sketch.assumed)


@pytest.mark.parametrize("text", SILENT, ids=lambda text: text[:50])
def test_nothing_is_rebuilt_where_no_slow_query_is_told(text: str) -> None:
    assert read_sketch(read_request(text)) is None


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("SELECT * FROM a WHERE b = 1 takes 3 s", "SELECT * FROM a WHERE b = 1"),
        ("slow: select x from t where d between '2026-01-01' and '2026-02-01'. 3 sec",
         "select x from t where d between '2026-01-01' and '2026-02-01'"),
        ("we run DELETE FROM m WHERE ts < now() - interval '30 days', it takes hours",
         "DELETE FROM m WHERE ts < now() - interval '30 days'"),
        ("SELECT * FROM a WHERE b = :tenant AND c = ? limps along here",
         "SELECT * FROM a WHERE b = :tenant AND c = ?"),
        ("```sql\nSELECT a\nFROM t\nWHERE c = ?\n```\nwhy?", "SELECT a\nFROM t\nWHERE c = ?"),
        ("SELECT count(*) FROM s WHERE account_id = ... after another",
         "SELECT count(*) FROM s WHERE account_id = ?"),
    ],
)  # fmt: skip
def test_a_statement_ends_where_prose_begins(text: str, query: str) -> None:
    assert pasted(text).queries == (query,)


def test_what_words_order_is_quoted_where_it_is_assumed() -> None:
    sketch = sketch_of(
        "tickets of a team (team_id), newest first, 20 per page, takes 3 s, postgres, 4M tickets"
    )
    assert "ORDER BY created_at DESC" in sketch.script
    assert ("sorted by created_at, newest first", '"newest first"') in {
        (a.says, a.why) for a in sketch.assumed
    }


def test_columns_of_an_index_alone_are_no_conditions() -> None:
    sketch = sketch_of(
        "We list jobs by state = 'failed', there is an index on owner_id, 9M jobs, postgres, 2 s"
    )
    assert "owner_id" not in sketch.script


def test_a_child_is_read_from_the_list_of_its_columns() -> None:
    sketch = sketch_of(
        "Deleting a project takes hours, everything goes with ON DELETE CASCADE, also "
        "rows in attachments (taskId, runId), 400k rows, postgres"
    )
    assert sketch.main == "projects"
    links = {(k.table, k.column, k.parent) for k in sketch.guess.links}
    assert {("attachments", "taskId", "tasks"), ("attachments", "runId", "runs")} <= links
    assert len(sketch.proposals[0].definitions) > 1


def test_prose_about_a_statement_is_no_statement() -> None:
    assert pasted("with my select statement from orders I get slow answers").queries == ()


def test_half_a_condition_is_no_statement() -> None:
    assert pasted("SELECT * FROM a WHERE f((( x takes 3 s").queries == ()


def test_ddl_beside_a_query_is_taken_as_it_is() -> None:
    text = (
        "CREATE TABLE users (id uuid primary key, email varchar(80));\n"
        "SELECT * FROM users u JOIN orders o ON o.user_id = u.id WHERE u.email = 'a' is slow, pg"
    )
    sketch = sketch_of(text)
    assert "email varchar(80)" in sketch.ddl
    assert set(sketch.guess.tables) == {"orders"}


def test_what_most_rows_are_is_read() -> None:
    sketch = sketch_of(
        "SELECT id FROM jobs WHERE status = 'queued' ORDER BY id LIMIT 1 takes 2s, 99% are done, pg"
    )
    assert dict(sketch.shape.shares) == {("jobs", "status"): {"done": 0.99}}


def test_one_large_tenant_is_read() -> None:
    sketch = sketch_of(
        "SELECT * FROM jobs WHERE tenant_id = $1 takes 2 s on postgres, one tenant has 80% of it"
    )
    assert sketch.shape.largest["jobs", "tenant_id"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("orders has 12M rows", {"orders": 12_000_000}),
        ("12M orders, 300k customers", {"orders": 12_000_000, "customers": 300_000}),
        ("a 9 million row table", {"orders": 9_000_000}),
        ("1,500,000 rows in customers", {"customers": 1_500_000}),
        ("page 3000 of the orders list", {}),
        ("offset 150000, limit 5000", {}),
        ("the last 5000 orders", {}),
        ("it takes 8000 ms on 16000 MB", {}),
    ],
)
def test_counts_are_of_their_tables(text: str, rows: dict[str, int]) -> None:
    assert read_row_counts(text, ("orders", "customers"), "orders") == rows


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("Our Rails app lists the latest message per conversation for a user, messages has 5M rows "
         "and the page takes 6 seconds. We group by conversation_id and take max(created_at).",
         "messages"),
        ("Our Rails app shows invoices, 3M rows, filter by customer_id takes 4 seconds",
         "invoices"),
    ],
)  # fmt: skip
def test_a_technology_is_no_table(text: str, table: str) -> None:
    sketch = sketch_of(text)
    assert sketch.main == table
    assert {a.why for a in sketch.assumed if a.says.startswith("the table is called")} <= {
        f'"{table}"'
    }
