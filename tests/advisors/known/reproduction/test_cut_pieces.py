"""What stands in prose in pieces: statements, keys and figures, each taken as it is meant."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.known.reproduction.pages import page_indexes
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.core.brief import Document
from blueproof.intake.words.read import read_request
from blueproof.sql.guessing.kinds import Column
from blueproof.sql.guessing.rows import end_of
from blueproof.sql.guessing.seen import Seen, read_seen
from blueproof.sql.guessing.values import Place, values_of

HERE = Path(__file__).parent
PIECES: list[dict[str, Any]] = yaml_file.load((HERE / "pieces.yaml").read_text(encoding="utf-8"))


def sketch_of(text: str) -> Sketch:
    found = read_sketch(read_request(text))
    assert found is not None, "no slow query was read"
    return found


@pytest.mark.parametrize("story", PIECES, ids=lambda story: story["text"][:50])
def test_each_piece_is_taken_as_it_is_meant(story: dict[str, Any]) -> None:
    sketch = sketch_of(story["text"])
    script = " ".join(sketch.script.split())
    assert [piece for piece in story.get("asks", ()) if piece not in script] == [], script
    assert [piece for piece in story.get("not", ()) if piece in script] == [], script
    types = {f"{t}.{c.name}": c.type for t, cs in sketch.guess.tables.items() for c in cs}
    assert {name: types.get(name) for name in story.get("columns", {})} == story.get("columns", {})
    assert dict(sketch.rows) == story.get("rows", dict(sketch.rows))
    there = [" ".join(each.split(" ON ")[1].split()) for each in sketch.there]
    assert there == story.get("there", there)
    refers = [f"{k.table}.{k.column} -> {k.parent}.{k.key}" for k in sketch.guess.links]
    assert refers == story.get("refers", refers)


def test_what_refers_to_a_row_that_is_deleted_goes_with_it_and_is_said() -> None:
    words = "DELETE FROM clients WHERE id = 4 takes 50 s in Postgres. visits.client_ref references"
    sketch = sketch_of(f"{words} clients.")
    assert [link.cascades for link in sketch.guess.links] == [True]
    says = [each.says for each in sketch.assumed]
    assert "rows of visits go with what they refer to" in says
    sketch = sketch_of(f"{words} clients, on delete cascade.")
    assert not [each for each in sketch.assumed if "go with" in each.says]
    for link in sketch.guess.links:
        wanted = f"ON {link.table} ({link.column})"
        assert wanted in [d for p in sketch.proposals for d in p.definitions]


def test_a_query_with_its_plan_is_asked_about_because_it_is_slow() -> None:
    query = "DELETE FROM songs WHERE file NOT IN (SELECT id FROM files)"
    plan = "Delete on songs  (cost=0.00..3387190.50 rows=13900 width=6)\n  ->  Seq Scan on songs\n"
    brief = read_request(f"Our player does this at night. {query};\nWhat for?")
    assert read_sketch(brief) is None
    with_both = replace(brief, documents=(Document(role="plan", text=plan),))
    assert read_sketch(with_both) is not None


def test_a_count_with_what_it_came_to_is_no_slow_query() -> None:
    words = "Since our app's update the calendar takes a minute, on Postgres."
    looked = "select count(*) from bookings where room_id is null"
    assert read_sketch(read_request(f"{words} {looked}; 14")) is None
    assert sketch_of(f"{words} {looked}").main == "bookings"


def test_a_column_named_in_passing_is_said_where_it_becomes_a_condition() -> None:
    sketch = sketch_of(
        "Postgres: the invoices page takes 4 s. invoices has 3M rows with shop_id, sorted by "
        "issued_at, newest first, 20 a page."
    )
    assert "shop_id = $1" in sketch.script
    assert ("by one shop_id", '"shop_id"') in [(a.says, a.why) for a in sketch.assumed]


@pytest.mark.parametrize(
    ("query", "definitions"),
    [
        (
            "UPDATE mails SET taken_at = now() WHERE id IN (SELECT id FROM mails WHERE taken_at IS "
            "NULL AND kind = 'news' ORDER BY queued_at LIMIT 1)",
            ["ON mails (queued_at) WHERE taken_at IS NULL AND kind = 'news'"],
        ),
        (
            "SELECT id FROM mails WHERE NOT done ORDER BY prio DESC, id LIMIT 5 FOR UPDATE",
            ["ON mails (prio DESC, id) WHERE NOT done"],
        ),
        ("SELECT id FROM mails WHERE taken_at IS NULL AND shop = $1 ORDER BY id LIMIT 5", []),
        ("SELECT id FROM mails WHERE taken_at IS NULL ORDER BY id", []),
    ],
)
def test_what_is_taken_next_has_its_partial_index(query: str, definitions: list[str]) -> None:
    sketch = sketch_of(f"{query}; is slow, 300 ms, seq scan, Postgres.")
    partial = [p.definition for p in page_indexes(sketch) if " WHERE " in p.definition]
    assert partial == definitions


@pytest.mark.parametrize(
    ("query", "ends"),
    [
        ("low <= 730022 AND 730022 <= high", ("first", "last")),
        ("730022 BETWEEN low AND high", ("first", "last")),
        ("high >= $1 AND low <= $1", ("first", "last")),
        ("low >= 730022 AND high >= 730022", ("", "")),
        ("low <= 730022 AND high >= 4", ("", "")),
    ],
)
def test_a_value_between_two_columns_makes_them_ends(query: str, ends: tuple[str, str]) -> None:
    seen = read_seen((f"SELECT id FROM lots WHERE {query}",), {})["lots"]
    assert (end_of(seen["low"], seen), end_of(seen["high"], seen)) == ends


def test_stretches_follow_one_another_up_to_twice_the_number_asked_for() -> None:
    column = Column(name="low", type="bigint", kind="count", why="")
    seen = Seen(name="low", literals=["5000"])
    place = Place(rows=1000, today=date(2026, 11, 30), end="first")
    assert values_of(column, seen, place) == "(floor((n) * 10.0000))::bigint"
    assert values_of(column, seen, replace(place, end="last")) == (
        "(floor((n + 1) * 10.0000) - 1)::bigint"
    )


@pytest.mark.parametrize(
    ("words", "prepared"),
    [
        ("With literals it's instant, as a prepared statement it takes 2 s.", True),
        ("Typed in by hand it is quick, slow with a bind variable, 3 s.", True),
        ("It is slow, 2 s, typed into psql.", False),
        ("It is slow with parameters, 2 s.", False),
    ],
)
def test_a_plan_that_knows_no_value_is_thought_of_where_words_say_so(
    words: str, *, prepared: bool
) -> None:
    query = "select id from crates where status = 'lost' and depot = 4"
    assert sketch_of(f"Postgres: {query}. {words}").prepared is prepared


def test_a_sort_that_spills_is_read() -> None:
    query = "SELECT id FROM crates WHERE depot = 4 ORDER BY weight is slow on Postgres."
    assert sketch_of(f"{query} Sort Method: external merge  Disk: 63072kB").spills
    assert not sketch_of(f"{query} Is it an external sort?").spills
