"""What one tenant has of all rows: read from words, kept as the most common value."""

from dataclasses import replace
from datetime import date

import pytest

from blueproof.core.brief import Document
from blueproof.core.errors import InputError
from blueproof.intake.database import ROWS
from blueproof.intake.told_rows import with_told_rows
from blueproof.intake.words.read import read_request
from blueproof.sql.counts_file import read_counts_text, write_counts
from blueproof.sql.guessing.one_part import one_parts
from blueproof.sql.largest import with_largest
from blueproof.sql.rowcounts import RowCount
from blueproof.sql.schema import Column, ForeignKey, Schema, Table
from blueproof.sql.statistics import assume

TASKS = Table(
    name="tasks",
    columns=(
        Column(name="id", type="bigint", not_null=True),
        Column(name="tenant_id", type="integer", not_null=True),
        Column(name="state", type="text"),
    ),
    primary_key=("id",),
)
SCHEMA = Schema(tables=(TASKS,))
UNTIL = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "who", "share"),
    [
        ("the biggest tenant has 3.2M of 40M orders", "tenant", 0.08),
        ("our largest customer alone holds about 1,500,000 of the 3,000,000 rows", "customer", 0.5),
        ("one account has half of the rows", "account", 0.5),
        ("a single device accounts for 12.5 % of readings", "device", 0.125),
        ("one big client owns a third of them", "client", 1 / 3),
        ("the busiest shop makes up three quarters", "shop", 0.75),
        ("the biggest tenant has 8,000,000 orders", "tenant", 0.2),
        ("orders has 40M rows, biggest tenant 2M. which indexes?", "tenant", 0.05),
        ("slow for the largest customer (4M)", "customer", 0.1),
    ],
)
def test_the_part_of_one_is_read(text: str, who: str, share: float) -> None:
    (part,) = one_parts(text)
    assert part.who == who
    assert part.of(40_000_000) == pytest.approx(share)


@pytest.mark.parametrize(
    "text",
    [
        "orders has 40M rows",
        "one query has 300 rows",
        "the largest table has 40M rows",
        "each tenant has 5 users",
        "one tenant has 12 orders",
        "two tenants share everything",
        "the busiest hour 1200 ms",
        "biggest table 40M",
        "largest tenant 12 users",
    ],
)
def test_what_is_no_part_of_one_is_left_alone(text: str) -> None:
    assert list(one_parts(text)) == []


def test_rows_of_one_beyond_all_are_no_part() -> None:
    (part,) = one_parts("the biggest tenant has 8M orders")
    assert part.of(5_000_000) == 0
    assert part.of(0) == 0


def test_the_part_becomes_the_most_common_value_and_the_rows_stay() -> None:
    counts = (RowCount(table="tasks", rows=40_000_000, basis="given"),)
    parts = tuple(one_parts("the biggest tenant has 3.2M of them"))
    told = with_largest(SCHEMA, counts, parts, ("SELECT 1 FROM tasks t WHERE t.tenant_id = 17",))
    assert told[0].largest == (("tenant_id", "17", 0.08),)
    column = assume(SCHEMA, told, UNTIL).tables[0].by_name["tenant_id"]
    assert (column.common, column.frequencies) == (("17",), (0.08,))
    assert column.distinct > 1
    assert read_counts_text(write_counts(told, UNTIL), path="x") == (told, UNTIL)
    assumed = (RowCount(table="tasks", rows=40_000_000, basis="assumed"),)
    assert with_largest(SCHEMA, assumed, parts, ()) == assumed
    other = tuple(one_parts("the biggest site has 3.2M of them"))
    assert with_largest(SCHEMA, counts, other, ()) == counts


@pytest.mark.parametrize("part", ["2.0", "0.0", "one", "1"])
def test_a_part_that_is_none_is_refused(part: str) -> None:
    told = f"{{rows: 9, basis: given, largest: {{a: {{value: '1', part: {part}}}}}}}"
    text = f"until: 2026-01-01\ntables:\n  tasks: {told}\n"
    with pytest.raises(InputError, match="not a file of row counts"):
        read_counts_text(text, path="x")


@pytest.mark.parametrize(
    "text",
    [
        "tasks has 40M rows, the biggest tenant has 3.2M rows",
        "the biggest tenant has 3.2M tasks; there are 40M tasks in all",
        "40M tasks in all, one tenant has 3.2M tasks",
    ],
)
def test_the_rows_of_one_never_take_the_place_of_all(text: str) -> None:
    schema = Document(role="schema", text="CREATE TABLE tasks (id int);", parts=(("s.sql", 1),))
    brief = with_told_rows(replace(read_request(text), documents=(schema,)))
    rows = {f.key: f.value for f in brief.facts if f.key.startswith(ROWS)}
    assert rows == {f"{ROWS}tasks": 40_000_000}


def test_each_count_of_a_list_is_told() -> None:
    ddl = "CREATE TABLE a (id int); -- 200,000 rows in a, 5,000,000 in b, 1.5M in c, 9 in d\n"
    ddl += "CREATE TABLE b (id int);\nCREATE TABLE c (id int);"
    schema = Document(role="schema", text=ddl, parts=(("s.sql", 1),))
    brief = with_told_rows(replace(read_request("slow"), documents=(schema,)))
    rows = {f.key: f.value for f in brief.facts if f.key.startswith(ROWS)}
    assert rows == {f"{ROWS}a": 200_000, f"{ROWS}b": 5_000_000, f"{ROWS}c": 1_500_000}


def test_parents_that_nobody_counted_are_so_many_that_the_largest_may_have_its_part() -> None:
    tenants = Table(
        name="tenants", columns=(Column(name="id", type="bigint", not_null=True),),
        primary_key=("id",),
    )  # fmt: skip
    key = ForeignKey(
        name="tasks_tenant_id_fkey", table="tasks", columns=("tenant_id",), references="tenants",
        referenced=("id",),
    )  # fmt: skip
    schema = Schema(tables=(TASKS, tenants), foreign_keys=(key,))
    parts = tuple(one_parts("tasks has 40M rows, biggest tenant 4M"))
    told = RowCount(table="tasks", rows=40_000_000, basis="given")
    assumed = RowCount(table="tenants", rows=4_000_000, basis="assumed")
    given = RowCount(table="tenants", rows=4_000_000, basis="given")
    for parents, rows in ((assumed, 1_000), (given, 4_000_000)):
        found = with_largest(schema, (told, parents), parts, ())
        assert found[0].largest == (("tenant_id", "1", 0.1),)
        assert found[1].rows == rows
