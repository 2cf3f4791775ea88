"""Pages of made rows: the page asked for is among them, and an empty one is no timing."""

from collections.abc import Iterator

import pytest

from blueproof.engines.postgres.clock import Clock, clock_at
from blueproof.engines.postgres.made_pages import NO_PAGE, Pages
from blueproof.engines.postgres.reproducing import filled
from blueproof.engines.postgres.server import Server

DDL = "CREATE TABLE loans (id bigint PRIMARY KEY, branch int NOT NULL, state text NOT NULL);"
ROWS = """
INSERT INTO loans SELECT g, g % 10, CASE WHEN g % 4 = 0 THEN 'late' ELSE 'back' END
FROM generate_series(1, 4000) g;
"""
LATE = "SELECT id FROM loans WHERE state = 'late' ORDER BY id LIMIT 50 OFFSET {}"
OF_BRANCH = "SELECT id FROM loans WHERE branch = $1 ORDER BY id LIMIT 50 OFFSET 20000"
NONE = "SELECT id FROM loans WHERE state = 'lost' ORDER BY id LIMIT 50"
MOST = 20_000.0


@pytest.fixture(scope="module")
def dsn(server: Server) -> Iterator[str]:
    with filled(server, DDL, (("loans", ROWS),), "") as made:
        assert not made.refused
        yield made.dsn


@pytest.fixture
def clock(dsn: str) -> Iterator[Clock]:
    with clock_at(dsn) as opened:
        opened.pages = Pages(part=0.01)
        yield opened


@pytest.mark.parametrize(
    ("query", "offset"),
    [
        (LATE.format(20_000), 200),  # as large a part of the rows
        (LATE.format(99_900), 950),  # the last full page of 1,000 that match
        (OF_BRANCH, 200),
        (LATE.format(3), 0),
    ],
    ids=["as far", "the last page", "a value that is drawn", "the second page"],
)
def test_the_page_is_among_the_rows(clock: Clock, query: str, offset: int) -> None:
    run = clock.time({query: MOST}, frozenset())[query]
    assert clock.pages is not None
    assert clock.pages.standing == {query: offset}
    assert (run.plan.found, run.nearer) == (50, True)


def test_fewer_rows_than_a_page_are_the_first_page(clock: Clock) -> None:
    query = LATE.replace("state = 'late'", "id < 9").format(700)
    run = clock.time({query: MOST}, frozenset())[query]
    assert run.plan.found == 8


def test_an_empty_page_is_no_timing(clock: Clock) -> None:
    every = NONE.partition(" LIMIT")[0]
    timed = clock.time({NONE: MOST, every: MOST}, frozenset())
    assert set(timed) == {every}
    assert clock.refused == {NONE: NO_PAGE}
    assert not timed[every].nearer


def test_rows_of_somebody_are_asked_as_they_are(dsn: str) -> None:
    with clock_at(dsn) as copy:
        runs = copy.time({LATE.format(20_000): MOST, NONE: MOST}, frozenset())
    assert [(run.plan.found, run.nearer) for run in runs.values()] == [(0, False), (0, False)]
    assert not copy.refused
