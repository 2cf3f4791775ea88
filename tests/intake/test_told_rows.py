"""Row counts told in words reach the table that they are of, and no other."""

import pytest

from blueproof.core.brief import Document
from blueproof.intake.told_rows import with_told_rows
from blueproof.intake.words.read import read_request

SCHEMA = "CREATE TABLE orders (id int);\nCREATE TABLE IF NOT EXISTS public.events (id int);\n"


def told(request: str) -> dict[str, float | str]:
    brief = read_request(request)
    schema = Document(role="schema", text=SCHEMA)
    found = with_told_rows(type(brief)(request=brief.request, facts=brief.facts,
                                       documents=(schema,)))  # fmt: skip
    return {f.key: f.value for f in found.facts if f.key.startswith("scale.rows.")}


@pytest.mark.parametrize(
    ("request_", "rows"),
    [
        ("orders has 40 million rows and is slow", {"scale.rows.orders": 40_000_000}),
        ("We have 12M orders and it is slow.", {"scale.rows.orders": 12_000_000}),
        ("There are 3k rows in events. The rest is small.", {"scale.rows.events": 3_000}),
        (
            "orders has 40 million rows, events has 3 million rows",
            {"scale.rows.orders": 40_000_000, "scale.rows.events": 3_000_000},
        ),
        (
            "orders has 40 million rows, events 3 million",
            {"scale.rows.orders": 40_000_000, "scale.rows.events": 3_000_000},
        ),
        (
            "the orders table has 1.5M rows and events has 20k",
            {"scale.rows.orders": 1_500_000, "scale.rows.events": 20_000},
        ),
        ("5M rows somewhere", {}),
        ("orders takes 5 seconds", {}),
    ],
)
def test_a_count_is_of_the_table_named_beside_it(request_: str, rows: dict[str, float]) -> None:
    assert told(request_) == rows
