"""A query from words to the folder: the answer, its files, and what it says it did not read."""

from pathlib import Path

import pytest

from blueproof import consult
from blueproof.core.blueprint import Blueprint
from blueproof.core.brief import Brief, Document
from blueproof.core.claim import Runs, SameRows
from blueproof.intake.answers import with_answers
from blueproof.intake.paths import with_paths

SHOP = "customers(id, name, email), orders(id, customer_id, created_at, total_cents, status)"
SPEND = f"I need a query for the total spend per customer this year, only paid orders. {SHOP}"


def asked(words: str) -> Blueprint:
    return consult(Brief(request=words))


def files(blueprint: Blueprint) -> dict[str, str]:
    return {a.path: a.text for a in blueprint.artifacts}


def test_answer_names_rows_and_what_is_assumed_and_the_query_is_proved() -> None:
    found = asked(SPEND)
    assert found.answer.startswith("One row per customer with total spend; only orders.status")
    assert "also those without orders" in found.answer
    assert "paid means orders.status = 'paid' (the schema does not list its values)" in found.answer
    kinds = {type(p.claim): p.verdict for p in found.proofs}
    assert kinds == {Runs: "proved", SameRows: "proved"}
    assert "LEFT JOIN orders_by_customer" in files(found)["query.sql"]


def test_sample_shows_rows_in_and_rows_out() -> None:
    sample = files(asked(SPEND))["sample.sql"]
    assert "INSERT INTO orders" in sample
    last = sample.rstrip().splitlines()[-1]
    assert [cell.strip() for cell in last.split("|")] == ["--   3", "customer 3", "0"]


def test_what_names_no_column_is_left_out_and_said() -> None:
    found = asked(f"Query: for each customer the number of orders and their shoe size. {SHOP}")
    assert 'Not in it: "their shoe size"' in found.answer
    assert "shoe" not in files(found)["query.sql"].split("\nWITH")[1]


def test_condition_that_is_not_understood_gives_no_query() -> None:
    found = asked(f"I need a query for the customers who never bought a blue chair. {SHOP}")
    assert found.answer.startswith("I have not written a query")
    assert not any(path.endswith(".sql") for path in files(found))


def test_query_without_tables_asks_for_them() -> None:
    found = asked("Write me a query for the top 3 products per category by revenue")
    assert "no tables are told" in found.answer
    assert not found.artifacts


def test_zone_that_is_answered_is_the_one_of_the_query() -> None:
    words = f"Write a query for revenue per day in the last 7 days. {SHOP}"
    brief = with_answers(Brief(request=words), ("query.zone=Europe/Berlin",))
    assert "AT TIME ZONE 'Europe/Berlin'" in files(consult(brief))["query.sql"]
    assert asked(words).open_questions[0].key == "query.zone"


def test_schema_from_a_file_is_read() -> None:
    ddl = (
        "CREATE TABLE teams (id int PRIMARY KEY, name text NOT NULL);\n"
        "CREATE TABLE goals (id int PRIMARY KEY, team_id int NOT NULL REFERENCES teams (id), "
        "scored_at timestamptz NOT NULL);\n"
    )
    document = Document(role="schema", text=ddl, parts=(("schema.sql", 1),))
    words = "Write a query with the number of goals per team this month"
    found = consult(Brief(request=words, documents=(document,)))
    assert found.answer.startswith("One row per team with goals; this month; also those without")


def test_migrations_of_a_folder_are_its_schema(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "001.sql").write_text(
        "CREATE TABLE goals (id int PRIMARY KEY, team text NOT NULL, scored_at timestamptz);"
    )
    brief = with_paths(Brief(request="Write a query with the goals per team"), (tmp_path,))
    assert brief.document("schema")
    other = with_paths(Brief(request="Deploy this to AWS with CI/CD"), (tmp_path,))
    assert other.document("schema") is None


@pytest.mark.parametrize(
    "words",
    [
        "customers(id, name), orders(id, customer_id): list customers without orders",
        "Query that lists all orders of the last week with the customer's name. "
        "customers(id, name), orders(id, customer_id, created_at, total)",
    ],
)
def test_lists_are_proved_too(words: str) -> None:
    found = asked(words)
    assert "query.sql" in files(found)
    assert {p.verdict for p in found.proofs} == {"proved"}
