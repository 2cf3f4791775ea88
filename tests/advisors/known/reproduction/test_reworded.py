"""Queries in other words: the rows are the same, on a real server, and a wrong turn is seen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
import sqlglot

from blueproof.advisors.known.reproduction.designs import designs
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.advisors.known.reproduction.reworded import REWORDED
from blueproof.advisors.known.reproduction.turning import (
    apart_by_table,
    least_by_order,
    newest_by_lookups,
)
from blueproof.consulting.designing import built
from blueproof.engines.postgres.clock import Clock, clock_at
from blueproof.engines.postgres.reproducing import filled, server_for_rows
from blueproof.intake.words.read import read_request

TODAY = date(2026, 11, 29)
NEWEST = "SELECT DISTINCT ON (meter_id) * FROM readings ORDER BY meter_id, read_at DESC"
LEAST = (
    "SELECT min(r.value) FROM readings r JOIN meters m ON m.id = r.meter_id "
    "WHERE m.place ILIKE '%3%'"
)
APART = (
    "SELECT r.* FROM readings r JOIN meters m ON r.meter_id = m.id WHERE r.kind = 2 "
    "AND (r.note ILIKE '%77%' OR m.place ILIKE '%5%') ORDER BY r.read_at DESC, r.id LIMIT 15"
)
ROWS = (
    (
        "meters",
        "INSERT INTO meters (id, place) SELECT n, 'place ' || n FROM generate_series(1, 60) n",
    ),
    (
        "readings",
        "INSERT INTO readings (id, meter_id, read_at, value, kind, note) SELECT n, 1 + n % 57, "
        "timestamptz '2026-01-01' + n * interval '1 minute', (n * 7919) % 1009, n % 4, "
        "'note ' || n "
        "FROM generate_series(1, 3000) n",
    ),
)
ALL = f"postgres, slow, 5 s, 5M readings: {NEWEST}; {LEAST}; {APART};"


@pytest.fixture(scope="module")
def on_rows() -> Iterator[tuple[Sketch, Clock]]:
    sketch = read_sketch(read_request(ALL))
    assert sketch is not None
    with server_for_rows() as server, filled(server, sketch.tables, ROWS, "") as made:
        assert made.refused == ()
        with clock_at(made.dsn) as clock:
            clock.writes = True
            yield sketch, clock


@pytest.mark.slow
def test_other_words_give_the_same_rows(on_rows: tuple[Sketch, Clock]) -> None:
    found = [b for b in built(*on_rows, TODAY) if b.design.kind in REWORDED]
    assert [b.design.kind for b in found] == ["look-ups", "first in order", "union"]
    assert [(b.design.kind, b.why) for b in found if b.why or b.same is not True] == []


@pytest.mark.slow
def test_other_rows_are_seen(
    on_rows: tuple[Sketch, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    sketch, clock = on_rows
    wrong = tuple(
        replace(d, checked=d.checked.replace("read_at DESC LIMIT 1", "read_at LIMIT 1")
                .replace("ORDER BY r.value\nLIMIT", "ORDER BY r.value DESC\nLIMIT")
                .replace("'%77%'", "'%78%'"))
        for d in designs(sketch) if d.kind in REWORDED
    )  # fmt: skip
    monkeypatch.setattr("blueproof.consulting.designing.designs", lambda _sketch: wrong)
    assert [b.is_sound for b in built(sketch, clock, TODAY)] == [False] * len(REWORDED)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT DISTINCT ON (a) * FROM t ORDER BY a, b DESC LIMIT 5",
        "SELECT DISTINCT ON (a, b) * FROM t ORDER BY a, b, c DESC",
        "SELECT DISTINCT ON (a) * FROM t ORDER BY a",
        "SELECT min(a), max(a) FROM t JOIN s ON s.id = t.s_id",
        "SELECT min(a) FROM t",
        "SELECT t.* FROM t LEFT JOIN s ON s.id = t.s_id WHERE t.a ILIKE 'x' OR s.b ILIKE 'y'",
        "SELECT t.*, s.b FROM t JOIN s ON s.id = t.s_id WHERE t.a ILIKE 'x' OR s.b ILIKE 'y'",
        "SELECT t.* FROM t JOIN s ON s.t_id = t.id WHERE t.a ILIKE 'x' OR s.b ILIKE 'y'",
        "SELECT t.* FROM t JOIN s ON s.id = t.s_id WHERE t.a = 1 AND s.b = 2",
    ],
)
def test_what_would_give_other_rows_is_left(query: str) -> None:
    tree = sqlglot.parse_one(query, read="postgres")
    assert [turn(tree) for turn in (newest_by_lookups, least_by_order, apart_by_table)] == [
        None
    ] * 3
