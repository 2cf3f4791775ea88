"""What words tell of keys, references, look-ups and of rows that nobody reads, in the sketch."""

import pytest

from blueproof.advisors.known.reproduction.by_pairs import read_by_pairs
from blueproof.advisors.known.reproduction.counts import read_row_counts
from blueproof.advisors.known.reproduction.designs import designs
from blueproof.advisors.known.reproduction.modelled import read_calls
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.intake.words.read import read_request

DUE = "SELECT * FROM parcels WHERE sent = false ORDER BY due_at"
FEW = f"Postgres, 3M parcels, slow, 9 seconds: {DUE} LIMIT 500;"


def sketched(text: str) -> Sketch:
    found = read_sketch(read_request(text))
    assert found is not None
    return found


def less(text: str) -> list[str]:
    return [d.read for d in designs(sketched(text)) if d.kind in {"limit", "no order"}]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (f"Postgres, 3M parcels, slow, 9 s: {DUE}; the job reads only the first 200 of them.",
         "LIMIT 200"),
        (f"Postgres, 3M parcels, slow, 9 s: {DUE}; with setMaxRows(300).", "LIMIT 300"),
        (f"{FEW} We don't care in which order they come.", "FALSE LIMIT 500"),
        (f"{FEW} The order does not matter.", "FALSE LIMIT 500"),
    ],
)  # fmt: skip
def test_what_nobody_reads_is_not_asked_for(text: str, ends: str) -> None:
    (read,) = less(text)
    assert " ".join(read.split()).endswith(ends)


@pytest.mark.parametrize(
    "text",
    [
        f"Postgres, 3M parcels, slow, 9 s: {DUE}; the first 200 come fast.",
        FEW,
        f"{FEW} The order matters, as the oldest must go first.",
        f"{FEW} The orders table does not care about it.",
    ],
)
def test_what_is_wanted_stays(text: str) -> None:
    assert less(text) == []


def test_a_told_key_is_the_key() -> None:
    made = sketched(
        "Postgres, the entries table with 5M rows, page 9000 takes 70 s: SELECT * FROM entries "
        "ORDER BY seq LIMIT 25 OFFSET 4900000; seq is the primary key."
    ).guess.made
    assert "seq integer PRIMARY KEY" in made
    assert " id " not in made


def test_what_goes_with_a_deleted_row_is_looked_for_too() -> None:
    sketch = sketched(
        "Deleting one row (DELETE FROM drafts WHERE pk = 7) takes 20 s on postgres; "
        "clauses.parent_pk points to clauses itself. Trigger for "
        "constraint clauses_parent_pk_fkey on clauses: time=16122 calls=2401, and "
        "remarks_clause_pk_fkey on clauses: time=3788 calls=2401."
    )
    links = {(k.table, k.column, k.parent) for k in sketch.guess.links}
    assert links == {
        ("clauses", "draft_pk", "drafts"),
        ("clauses", "parent_pk", "clauses"),
        ("remarks", "clause_pk", "clauses"),
    }
    assert "each column that refers" in sketch.proposals[0].said


def test_each_table_is_looked_up_by_its_own_column() -> None:
    found = read_by_pairs(
        "it reads the newest rows of probe_runs by probe_id, then the rows in run_checks by run_id;"
        " run_checks has 2 million rows"
    )
    assert [q.partition(" ORDER")[0] for q in found] == [
        "SELECT * FROM run_checks WHERE run_id = $1",
        "SELECT * FROM probe_runs WHERE probe_id = $1",
    ]
    assert read_by_pairs("it reads the rows of probe_runs by probe_id and state_id") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("20 millions of unread entries in orders", {"orders": 20_000_000}),
        ("2.5k executions per second on orders", {}),
        ("a customer loses its 2401 orders", {}),
        ("12M orders", {"orders": 12_000_000}),
    ],
)
def test_a_rate_or_the_rows_of_one_are_no_tables(text: str, told: dict[str, int]) -> None:
    assert read_row_counts(text, ("orders",), "orders") == told


def test_alternatives_of_a_call_are_joined_by_or() -> None:
    text = "findFirst({ where: { OR: [{ iri: url }, { url }], gone: { isNull: true } } })"
    (sql,) = read_calls(text, ("post",))
    assert " ".join(sql.split()) == (
        "SELECT * FROM post WHERE (iri = $1 OR url = $2) AND gone IS NULL LIMIT 1"
    )
