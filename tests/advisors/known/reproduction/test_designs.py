"""What is advised beside indexes: figures kept ready, other statements, pages, parents."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlglot

import yaml_file
from blueproof.advisors.known.reproduction.design import Design
from blueproof.advisors.known.reproduction.designing import design_files, worth_it
from blueproof.advisors.known.reproduction.designs import designs
from blueproof.advisors.known.reproduction.figures import read_figures
from blueproof.advisors.known.reproduction.keyed import paged_by_key, with_not_exists
from blueproof.advisors.known.reproduction.pages import farther, page_indexes, pages
from blueproof.advisors.known.reproduction.parents import with_parents
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.advisors.known.reproduction.searched import trigram_index
from blueproof.advisors.known.reproduction.tried import Built
from blueproof.consult import consult
from blueproof.consulting.designing import built
from blueproof.engines.postgres.clock import Clock, clock_at
from blueproof.engines.postgres.reproducing import filled, server_for_rows
from blueproof.intake.words.read import read_request
from blueproof.sql.batches import first_rows_only
from blueproof.sql.ran import Ran, Run

HERE = Path(__file__).parent
ADVISED: list[dict[str, Any]] = yaml_file.load((HERE / "advised.yaml").read_text(encoding="utf-8"))
TIMES = {"created_at": "timestamptz", "day": "date"}
TODAY = date(2026, 1, 1)


def sketch_of(text: str) -> Sketch:
    found = read_sketch(read_request(text))
    assert found is not None, "no slow query was read"
    return found


@pytest.mark.parametrize("story", ADVISED, ids=lambda story: story["text"][:50])
def test_each_query_has_its_designs(story: dict[str, Any]) -> None:
    assert [d.kind for d in designs(sketch_of(story["text"]))] == story["kinds"]


@pytest.mark.parametrize(
    ("query", "keys", "read"),
    [
        ("SELECT status, sum(total) FROM orders GROUP BY status", ("status",),
         "SELECT status, sum_total AS sum FROM {}"),
        ("SELECT count(*) FROM orders WHERE tenant_id = $1 AND status = 'paid'", ("tenant_id",),
         "SELECT coalesce(sum(row_count), 0)::bigint AS count FROM {} WHERE tenant_id = $1"),
        ("SELECT avg(total) AS mean FROM orders WHERE created_at >= now() - interval '7 days'",
         ("day",), "SELECT sum(sum_total) / nullif(sum(count_total), 0) AS mean FROM {} "
         "WHERE day >= date_trunc('day', (now() - '7 days'::interval))"),
        ("SELECT max(total) FROM orders WHERE day BETWEEN $1 AND $2", ("day",),
         "SELECT max(max_total) AS max FROM {} WHERE day BETWEEN $1 AND $2"),
        ("SELECT kind, count(*) AS n FROM orders GROUP BY 1 HAVING count(*) > 5 ORDER BY n DESC",
         ("kind",), "SELECT kind, row_count AS n FROM {} WHERE row_count > 5 ORDER BY n DESC"),
    ],
)  # fmt: skip
def test_a_query_is_read_from_kept_figures(query: str, keys: tuple[str, ...], read: str) -> None:
    figures = read_figures(query, TIMES)
    assert figures is not None
    assert tuple(k.name for k in figures.keys) == keys
    assert " ".join(figures.read.split()).replace("interval '7 days'", "'7 days'::interval") == read


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM orders WHERE status = 'open'",
        "SELECT count(*) FROM orders WHERE name ILIKE $1",
        "SELECT count(DISTINCT user_id) FROM orders WHERE created_at > now() - interval '1 day'",
        "SELECT status, count(*) OVER () FROM orders GROUP BY status",
        "SELECT count(*) FROM orders WHERE id IN (SELECT order_id FROM items)",
        "SELECT count(*) FILTER (WHERE total > $1) FROM orders",
        "SELECT sum(total * $1) FROM orders",
        "WITH x AS (SELECT 1) SELECT count(*) FROM x",
        "SELECT count(*) FROM a UNION ALL SELECT count(*) FROM b",
    ],
)
def test_what_no_cell_holds_is_not_kept(query: str) -> None:
    assert read_figures(query, TIMES) is None


KEPT = (
    ("SELECT country, count(*), sum(quantity) FROM sales GROUP BY country, 6M sales",
     "INSERT INTO sales (id, country, quantity) "
     "SELECT n, 'c' || n % 7, n % 90 FROM generate_series(1, 3000) AS n"),
    ("SELECT count(*) FROM sales, 9M sales",
     "INSERT INTO sales (id) SELECT n FROM generate_series(1, 3000) AS n"),
    ("SELECT date_trunc('day', created_at) AS day, count(*) FROM sales "
     "WHERE created_at >= now() - interval '30 days' GROUP BY 1, 9M sales",
     "INSERT INTO sales (id, created_at) SELECT n, timestamptz '2025-11-20 07:00' + "
     "n * interval '25 minutes' FROM generate_series(1, 3000) AS n"),
    ("DELETE FROM sales WHERE customer_id NOT IN (SELECT id FROM customers), 2M sales",
     "INSERT INTO customers (id) SELECT n FROM generate_series(1, 50) AS n; "
     "INSERT INTO sales (id, customer_id) SELECT n, n % 60 FROM generate_series(1, 300) AS n"),
)  # fmt: skip


@pytest.fixture(scope="module", params=KEPT, ids=lambda kept: kept[0][:40])
def on_rows(request: pytest.FixtureRequest) -> Iterator[tuple[Sketch, Clock]]:
    text, rows = request.param
    sketch = sketch_of(f"This is slow in postgres, 5 s: {text}")
    with server_for_rows() as server:
        scripts = tuple((sketch.main, each) for each in rows.split("; "))
        with filled(server, sketch.tables, scripts, "") as made:
            assert made.refused == ()
            with clock_at(made.dsn) as clock:
                clock.writes = True
                yield sketch, clock


@pytest.mark.slow
def test_what_is_kept_gives_the_rows_of_the_query(on_rows: tuple[Sketch, Clock]) -> None:
    sketch, clock = on_rows
    found = list(built(sketch, clock, TODAY))
    assert found
    assert [(b.design.kind, b.why) for b in found if b.why] == []
    checked = [b for b in found if b.design.checked]
    assert [b.design.kind for b in checked if b.same is not True] == []


@pytest.mark.slow
def test_a_trigger_that_forgets_deletes_is_seen(
    on_rows: tuple[Sketch, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    sketch, clock = on_rows
    kept = [d for d in designs(sketch) if d.writes]
    wrong = tuple(replace(d, made=d.made.replace("_delete AFTER DELETE", "_delete AFTER INSERT")
                          .replace("REFERENCING OLD TABLE AS old_rows FOR", "FOR"))
                  for d in kept)  # fmt: skip
    monkeypatch.setattr("blueproof.consulting.designing.designs", lambda _sketch: wrong)
    assert [b.is_sound for b in built(sketch, clock, TODAY)] == [False] * len(wrong)


def _design(**changed: Any) -> Design:
    sketch = sketch_of(
        "postgres, slow, 5 s: SELECT kind, sum(n) FROM facts GROUP BY kind, 5M facts"
    )
    return replace(next(designs(sketch)), **changed)


def _run(milliseconds: float, rows: float) -> Run:
    plan = Ran(node="Seq Scan", relation="facts", found=rows, loops=1.0)
    return Run(milliseconds=milliseconds, used=frozenset(), plan=plan)


def test_only_what_stays_slow_and_is_sound_is_kept_ready() -> None:
    sound = Built(design=_design(), before=90.0, milliseconds=0.1, same=True)
    (advice,) = worth_it((sound,), {1: _run(90.0, 200_000)})
    assert advice.files
    assert "90 ms before, 0.10 ms after; it gave the same rows" in advice.because[-1]
    assert worth_it((sound,), {1: _run(0.3, 20)}) == ()  # an index has made it fast
    assert worth_it((replace(sound, same=False),), {1: _run(90.0, 200_000)}) == ()
    assert worth_it((replace(sound, milliseconds=80.0),), {1: _run(90.0, 200_000)}) == ()
    assert worth_it((sound,), {2: _run(90.0, 200_000)}) == ()


def test_the_file_of_a_kept_table_takes_its_lock_first() -> None:
    sketch = sketch_of("postgres, slow, 5 s: SELECT count(*) FROM parcels, 50M parcels")
    made = {d.kind: tuple(design_files(d)) for d in designs(sketch)}
    first, undo = made["kept by a trigger"]
    assert first.text.index("LOCK TABLE parcels") < first.text.index("CREATE TABLE parcels_totals")
    assert "DROP TABLE IF EXISTS parcels_totals" in undo.text
    assert "reltuples" in made["estimate"][0].text


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT * FROM a WHERE b = 5 ORDER BY c DESC LIMIT 3", "b, c DESC"),
        ("SELECT * FROM a WHERE b = $1 AND d > 5 AND e = 'x' ORDER BY c, id LIMIT 3",
         "b, e, c, id"),
        ("SELECT * FROM a WHERE b = 5 ORDER BY c DESC", None),
        ("SELECT * FROM a WHERE b > 5 ORDER BY c LIMIT 3", None),
        ("SELECT * FROM a WHERE b = 5 ORDER BY b LIMIT 3", None),
        ("SELECT * FROM a WHERE b = 5 OR e = 6 ORDER BY c LIMIT 3", None),
        ("SELECT * FROM a JOIN f ON f.id = a.f_id WHERE b = 5 ORDER BY c LIMIT 3", None),
        ("SELECT * FROM a WHERE b = 5 ORDER BY lower(c) LIMIT 3", None),
    ],
)  # fmt: skip
def test_a_page_has_its_index(query: str, columns: str | None) -> None:
    assert [p.columns for p in pages((query,))] == ([columns] if columns else [])


def test_a_later_page_is_one_only_where_it_is_asked_for() -> None:
    query = "SELECT * FROM a WHERE b = 5 ORDER BY c DESC LIMIT 3 OFFSET 900"
    assert list(pages((query,))) == []
    assert [p.columns for p in pages((query,), later=True)] == ["b, c DESC"]


def test_the_index_of_a_page_that_is_there_is_not_tried() -> None:
    sketch = sketch_of("postgres: SELECT * FROM a WHERE b_id = 5 ORDER BY c DESC LIMIT 3 is slow")
    assert [p.definition for p in page_indexes(sketch)] == ["ON a (b_id, c DESC)"]
    there = replace(sketch, there=("CREATE INDEX ON a (b_id, c DESC)",))
    assert list(page_indexes(there)) == []
    moved = farther(sketch)
    assert moved is not None
    assert "lie together" in moved.assumed[0].says


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM a AS p WHERE p.b ILIKE '%x%' OR (p.c || p.d) LIKE '%y'",
         "ON a USING gin (b gin_trgm_ops, (c || d) gin_trgm_ops)"),
        ("SELECT * FROM a WHERE b ILIKE $1", "ON a USING gin (b gin_trgm_ops)"),
        ("SELECT * FROM a WHERE b LIKE 'x%'", None),
        ("SELECT * FROM a JOIN e ON e.id = a.e_id WHERE b ILIKE '%x%'", None),
    ],
)  # fmt: skip
def test_what_is_searched_has_an_index_of_trigrams(query: str, index: str | None) -> None:
    assert trigram_index(sqlglot.parse_one(query, read="postgres")) == index
    sketch = sketch_of(f"postgres, slow, 5 s: {query}")
    made = [d for d in designs(sketch) if d.kind == "trigram index"]
    assert bool(made) == bool(index)
    for design in made:
        text = next(design_files(design)).text
        assert text.index("CREATE EXTENSION") < text.index("CREATE INDEX CONCURRENTLY ON a")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("DELETE FROM a WHERE x = 1 AND id NOT IN (SELECT a_id FROM b WHERE c > 2)",
         "DELETE FROM a WHERE x = 1 AND NOT EXISTS(SELECT 1 FROM b WHERE c > 2 AND b.a_id = a.id)"),
        ("SELECT id FROM a AS p WHERE p.id NOT IN (SELECT DISTINCT q.a_id FROM b AS q)",
         "SELECT id FROM a AS p WHERE NOT EXISTS(SELECT 1 FROM b AS q WHERE q.a_id = p.id)"),
        ("DELETE FROM a WHERE id NOT IN (SELECT a_id FROM b LIMIT 5)", None),
        ("DELETE FROM a WHERE id NOT IN (1, 2)", None),
        ("DELETE FROM a WHERE id NOT IN (SELECT parent_id FROM a)", None),
        ("DELETE FROM a WHERE id NOT IN (SELECT max(a_id) FROM b)", None),
        ("SELECT a.id FROM a JOIN c ON c.id = a.c_id WHERE a.id NOT IN (SELECT a_id FROM b)", None),
    ],
)  # fmt: skip
def test_not_in_is_written_as_not_exists(query: str, text: str | None) -> None:
    found = with_not_exists(sqlglot.parse_one(query, read="postgres"))
    said = (
        " ".join(found[0].split()).replace("( SELECT", "(SELECT").replace(" )", ")")
        if found
        else None
    )
    assert said == text


def test_other_statements_keep_what_they_ask_for() -> None:
    page = sqlglot.parse_one("SELECT * FROM a WHERE b = $1 LIMIT 7 OFFSET 900", read="postgres")
    found = paged_by_key(page, "id")
    assert found is not None
    assert " ".join(found[0].split()) == (
        "SELECT * FROM a WHERE b = $1 AND id > $2 ORDER BY id LIMIT 7"
    )
    ordered = "SELECT * FROM a ORDER BY c LIMIT 7 OFFSET 900"
    assert paged_by_key(sqlglot.parse_one(ordered, read="postgres"), "id") is None
    batch = first_rows_only(sqlglot.parse_one("DELETE FROM a WHERE b < 5", read="postgres"), "id")
    assert batch is not None
    assert "id = ANY(ARRAY(SELECT id FROM a WHERE b < 5 LIMIT 5000))" in " ".join(batch.split())


def test_a_parent_is_made_where_a_name_speaks_of_one() -> None:
    text = (
        "postgres, slow, 9 s: SELECT DISTINCT ON (reply_id) * FROM notes ORDER BY reply_id, id DESC"
    )
    sketch = with_parents(sketch_of(text))
    assert "replies" in sketch.guess.tables
    assert any("there is a table replies" in a.says for a in sketch.assumed)
    assert with_parents(sketch) == sketch  # it is there now
    other = sketch_of(
        "postgres, slow, 9 s: SELECT DISTINCT ON (host) * FROM notes ORDER BY host, id"
    )
    assert with_parents(other) == other


@pytest.mark.slow
@pytest.mark.parametrize("start", ["SELECT count(*) FROM readings"])
def test_the_advice_is_what_wins_on_the_rows(start: str) -> None:
    story = next(s for s in ADVISED if s["text"].startswith(start))
    blueprint = consult(read_request(story["text"]))
    first = blueprint.answer.partition(" Tables and rows")[0]
    assert [piece for piece in story["first"] if piece not in first] == [], first


@pytest.mark.slow
def test_of_a_page_that_made_rows_do_not_slow_down_the_walk_is_suspected() -> None:
    story = next(s for s in ADVISED if s["text"].startswith("Postgres walks the wrong index"))
    answer = consult(read_request(story["text"])).answer
    assert "an index on photos (album_id, shot_at DESC)" in answer
