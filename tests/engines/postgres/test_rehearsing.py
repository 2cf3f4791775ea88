"""A change rehearsed beside apps that write: what is harmless passes, each harm is seen."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from blueproof.engines.postgres.rehearsal_script import SCRIPT, Rehearsal, read_rehearsal
from blueproof.engines.postgres.rehearsing import at_once, rehearse, undo_each
from blueproof.engines.postgres.server import Server

STAGE = """\
-- Shows that it works.
-- Watched: items, owners
-- Tables:
CREATE TABLE owners (id bigint PRIMARY KEY);
CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner bigint, name text);
INSERT INTO owners SELECT n FROM generate_series(1, 50) n;
INSERT INTO items (owner, name) SELECT 1 + n % 50, 'n' FROM generate_series(1, 500) n;
-- Old app:
INSERT INTO items (owner, name) VALUES (7, 'old');
UPDATE items SET name = 'x' WHERE id = 1;
-- New app:
INSERT INTO items (owner, name) VALUES (8, 'new');
-- At once:
{at_once}
-- Differ:
{differ}
-- Steps:
-- migrations/01.sql beside old and new
"""
ALONE = "-- Not in a transaction.\n"
GOOD = "SET lock_timeout = '2s'; ALTER TABLE items ADD COLUMN more int;"
FK = "ALTER TABLE items ADD CONSTRAINT tie FOREIGN KEY (owner) REFERENCES owners (id)"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def staged(
    step: str, undo: str = "", check: str = "", *, once: str = "SELECT 1;", differ: str = ""
) -> Rehearsal:
    files = {SCRIPT: STAGE.format(at_once=once, differ=differ), "migrations/01.sql": step}
    files |= {"undo/01.sql": undo} if undo else {}
    files |= {"checks/01.sql": check} if check else {}
    found = read_rehearsal(files)
    assert found is not None
    return found


def test_a_step_that_reads_no_row_under_its_lock_passes(server: Server) -> None:
    seen = rehearse(server, staged(GOOD, check="SELECT 0;", differ="SELECT 0;"))
    assert seen.wrong == []
    assert (seen.steps, seen.stopping) == (1, 1)
    assert min(seen.written["old"], seen.written["new"]) >= 2


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (FK, "rows under"),
        ("ALTER TABLE items ADD CONSTRAINT c CHECK (id > 0)", "rows under"),
        ("ALTER TABLE items ALTER COLUMN owner TYPE numeric", "rows under|rewritten"),
        ("ALTER TABLE items ADD COLUMN u uuid DEFAULT gen_random_uuid()", "rewritten|rows under"),
        ("CREATE INDEX i ON items (name)", "rows under ShareLock"),
        ("ALTER TABLE items RENAME COLUMN name TO title", "the (?:old|new) app fails"),
        ("ALTER TABLE items ADD COLUMN must int NOT NULL", "contains null values"),
        ("ALTER TABLE items ADD COLUMN a int; SELECT pg_sleep(1.2)", "stops writers for 1"),
        (f"{ALONE}CREATE INDEX i ON items (name)", "rows under ShareLock"),
        (f"{ALONE}SELECT 1; {FK}", "rows under"),
        (f"{ALONE}DO $$ BEGIN COMMIT; LOCK TABLE items; PERFORM pg_sleep(0.6); END $$", "held for"),
        (
            f"{ALONE}DO $$ BEGIN LOCK TABLE items; PERFORM pg_sleep(1.2); END $$",
            "stops writers for 1",
        ),
    ],
)
def test_each_harm_is_seen(server: Server, step: str, said: str) -> None:
    seen = rehearse(server, staged(f"{step};"))
    assert re.search(said, " ".join(seen.wrong))


# A sequence keeps its count when a transaction is rolled back.
UNLOCKED = (
    "DO $$ BEGIN IF nextval('tries') < {n} THEN RAISE EXCEPTION 'busy' USING ERRCODE = '{code}';"
    " END IF; END $$;"
)


@pytest.mark.parametrize(
    ("n", "code", "then"), [(3, "55P03", "goes"), (99, "55P03", "fails"), (2, "40P01", "fails")]
)
def test_a_lock_that_was_not_had_is_tried_again(
    server: Server, n: int, code: str, then: str
) -> None:
    step = staged(f"{GOOD} {UNLOCKED.format(n=n, code=code)}")
    tables = f"{step.tables}CREATE SEQUENCE tries;"
    seen = rehearse(server, replace(step, tables=tables))
    assert (seen.wrong == []) is (then == "goes")
    assert seen.stopping <= 2  # of the try that went through alone


def test_what_validates_or_builds_concurrently_passes(server: Server) -> None:
    texts = f"{ALONE}{FK} NOT VALID; ALTER TABLE items VALIDATE CONSTRAINT tie;"
    assert rehearse(server, staged(texts)).wrong == []
    assert (
        rehearse(server, staged(f"{ALONE}CREATE INDEX CONCURRENTLY i ON items (name);")).wrong == []
    )


def test_a_check_or_an_end_that_is_not_zero_is_told(server: Server) -> None:
    assert "gives 3" in rehearse(server, staged(GOOD, check="SELECT 3;")).wrong[0]
    assert "5 rows" in rehearse(server, staged(GOOD, differ="SELECT 5;")).wrong[0]


def test_an_undo_must_bring_back_what_was_there(server: Server) -> None:
    right = "ALTER TABLE items DROP COLUMN more;"
    seen = undo_each(server, staged(GOOD, right))
    assert (seen.wrong, seen.undone) == ([], 1)
    left = undo_each(server, staged(f"{GOOD} CREATE TABLE left_over (a int);", right))
    assert "left_over" in left.wrong[0]
    assert undo_each(server, staged(GOOD, "SELECT 1;")).wrong
    assert undo_each(server, staged(GOOD)).undone == 0


def test_the_single_statement_is_seen_to_harm_or_not(server: Server) -> None:
    rewrites = at_once(
        server, staged(GOOD, once="ALTER TABLE items ALTER COLUMN owner TYPE numeric;")
    )
    assert rewrites.rewritten
    assert rewrites.harms
    reads = at_once(server, staged(GOOD, once=f"{FK};"))
    assert (reads.lock, reads.rows > 0) == ("ShareRowExclusiveLock", True)
    renames = at_once(server, staged(GOOD, once="ALTER TABLE items RENAME COLUMN name TO t;"))
    assert "does not exist" in renames.breaks
    moved = "ALTER TABLE items RENAME TO kept; CREATE TABLE items AS SELECT * FROM kept;"
    assert at_once(server, staged(GOOD, once=moved)).rows >= 500
    assert not at_once(server, staged(GOOD, once=GOOD)).harms


def test_a_script_without_steps_or_with_a_file_missing_is_none() -> None:
    assert read_rehearsal({SCRIPT: "-- Tables:\nSELECT 1;\n"}) is None
    assert read_rehearsal({SCRIPT: STAGE}) is None
