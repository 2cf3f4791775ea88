"""What stories tell in other words: keys, triggers, queues, many joins, indexes, estimates."""

import pytest

from blueproof.advisors.known.reproduction.proposals import join_settings
from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.advisors.known.reproduction.taken_next import next_indexes
from blueproof.advisors.known.slow.reading import read_told
from blueproof.intake.bill.pasted import read_pasted
from blueproof.intake.words.read import read_request


def sketch_of(text: str) -> Sketch:
    found = read_sketch(read_request(text))
    assert found is not None, "no slow query was read"
    return found


def there(sketch: Sketch) -> list[str]:
    return [each.split(" ON ")[1] for each in sketch.there]


@pytest.mark.parametrize(
    ("constraint", "table", "column"),
    [
        ("invoice_lines_invoice_id_fkey", "invoice_lines", "invoice_id"),
        ("ledger_invoice_id_fk", "ledger", "invoice_id"),
        ("audit_events_subject_fk", "audit_events", "subject"),
    ],
)
def test_the_trigger_of_a_constraint_tells_which_table_refers(
    constraint: str, table: str, column: str
) -> None:
    sketch = sketch_of(
        "DELETE FROM invoices WHERE paid_at < now() - interval '1 year' is slow in postgres:\n"
        "Delete on invoices (actual time=9.2..9.3 rows=0 loops=1)\n"
        "  ->  Index Scan using by_paid on invoices (actual time=1.2..8.2 rows=90 loops=1)\n"
        f"Trigger for constraint {constraint}: time=78842.057 calls=90\n"
        "Execution Time: 79787.323 ms"
    )
    links = {(k.table, k.column, k.parent) for k in sketch.guess.links}
    assert (table, column, "invoices") in links
    types = {c.name: c.type for c in sketch.guess.tables[table]}
    assert types[column] == "bigint"


def test_a_constraint_without_a_name_of_its_table_tells_nothing() -> None:
    sketch = sketch_of(
        "DELETE FROM invoices WHERE paid_at < now() - interval '1 year' is slow in postgres:\n"
        "Delete on invoices (actual time=9.2..9.3 rows=0 loops=1)\n"
        "  ->  Seq Scan on invoices (actual time=1.2..8.2 rows=90 loops=1)\n"
        "Trigger for constraint fk_rails_b9a3c50f6e: time=78842.057 calls=90\n"
        "Execution Time: 79787.323 ms"
    )
    assert set(sketch.guess.tables) == {"invoices"}


PLAN = (
    "Limit (actual time=2475.8..2475.8 rows=1 loops=1)\n"
    "  ->  Seq Scan on {} (actual time=0.1..9 rows=1 loops=1)"
)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM mails WHERE state IN ('new', 'again') AND due_at <= '2025-02-19 23:53:01' "
         "ORDER BY state = 'again', rank, id LIMIT 1 FOR UPDATE SKIP LOCKED",
         "mails ((state = 'again'), rank, id) WHERE state IN ('new', 'again')"),
        ("SELECT id FROM tasks WHERE host = 'a' AND done_at IS NULL AND (run_at <= now() OR "
         "run_at IS NULL) ORDER BY rank DESC NULLS LAST, created_at LIMIT 50",
         "tasks (host, rank DESC NULLS LAST, created_at) WHERE done_at IS NULL"),
    ],
)  # fmt: skip
def test_what_a_queue_takes_next_is_proposed_in_its_order(query: str, index: str) -> None:
    table = query.split(" FROM ")[1].split(maxsplit=1)[0]
    text = f"Our job queue in postgres takes its next job by\n{query};\n{PLAN.format(table)}"
    assert [p.definition for p in next_indexes(sketch_of(text))] == [f"ON {index}"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM mails WHERE state IN ('new', 'again') AND size > 9 ORDER BY rank LIMIT 1",
        "SELECT * FROM mails WHERE due_at <= now() ORDER BY rank LIMIT 1",
        "SELECT * FROM mails WHERE state IN ($1, $2) AND due_at <= now() ORDER BY rank LIMIT 1",
        "SELECT * FROM mails WHERE done_at IS NULL AND due_at <= now() ORDER BY rank",
    ],
)
def test_nothing_is_proposed_where_another_condition_may_fail(query: str) -> None:
    sketch = sketch_of(f"{query} takes 4 s, postgres, 9M mails")
    assert list(next_indexes(sketch)) == []


def test_the_order_of_many_joins_is_thought_of_longer() -> None:
    joins = " ".join(f"JOIN t{n} ON t{n}.id = o.t{n}_id" for n in range(9))
    many = sketch_of(f"SELECT * FROM orders o {joins} WHERE o.id = 7 takes 9 s, postgres")
    assert [p.definition for p in join_settings(many)] == ["join_collapse_limit = 16"]
    few = sketch_of("SELECT * FROM a JOIN b ON b.id = a.b_id WHERE a.x = 7 takes 9 s, postgres")
    assert list(join_settings(few)) == []


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("A look into (org_id, day), which has an index, would be quick.",
         ["visits (org_id, day)"]),
        ("(org_id, day) that is already indexed should do, should it not?",
         ["visits (org_id, day)"]),
        ("An index on (org_id, day) would be quick.", []),
        ("All foreign keys and day have indexes.",
         ["visits (org_id)", "visits (day)", "visits (staff_id)"]),
    ],
)  # fmt: skip
def test_indexes_are_read_in_other_words(text: str, indexes: list[str]) -> None:
    query = "SELECT * FROM visits WHERE org_id = $1 AND day = $2 AND staff_id = $3"
    found = there(sketch_of(f"{query}\ntakes 3 s in postgres. {text}"))
    assert sorted(found) == sorted(indexes)


@pytest.mark.parametrize("call", ["ST_Within(t.shape, $1)", "acme_match(t.name, $1)"])
def test_a_function_is_no_column(call: str) -> None:
    told = read_told(read_request(f"SELECT * FROM tracks t WHERE {call} is slow, postgres"))
    assert told is None or call.partition("(")[0] not in {f.column for f in told.filters}


def test_parameters_of_statements_are_no_money() -> None:
    query = "SELECT id FROM orders WHERE shop = $1 and paid_at between $3 and $4 and kind = $2"
    assert read_pasted(f"{query}, it takes minutes").lines == ()
    assert len(read_pasted("NAT gateway $412, CloudWatch $180 and S3 $95").lines) == 3
    told = f"{query}. The bill: NAT gateway $412, CloudWatch $180, S3 $95."
    assert [line.item for line in read_pasted(told).lines] == ["NAT gateway", "CloudWatch", "S3"]


@pytest.mark.parametrize(
    ("words", "statement"),
    [
        ("It estimates 12 rows of parcels, in reality there are 48,000.",
         "ALTER TABLE parcels ALTER COLUMN depot SET STATISTICS 1000"),
        ("rows=3 expected, the actual number is 900 times that.",
         "ALTER TABLE parcels ALTER COLUMN depot SET STATISTICS 1000"),
        ("It estimates 12 rows of parcels and gets 19.", ""),
        ("It returns 48,000 rows.", ""),
    ],
)  # fmt: skip
def test_what_the_planner_misjudges_is_read(words: str, statement: str) -> None:
    sketch = sketch_of(f"SELECT * FROM parcels WHERE depot = $1\nis slow in postgres. {words}")
    assert [m.statements[0] for m in sketch.misjudged] == [statement] * bool(statement)


def test_columns_that_hang_together_get_statistics_of_both() -> None:
    sketch = sketch_of(
        "SELECT * FROM parcels WHERE town = $1 AND street = $2\nis slow in postgres. The planner "
        "expects 2 rows and really there are 7000."
    )
    assert [m.statements[0] for m in sketch.misjudged] == [
        "CREATE STATISTICS (dependencies, ndistinct, mcv) ON town, street FROM parcels"
    ]
