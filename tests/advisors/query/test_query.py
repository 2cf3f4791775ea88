"""Queries wished for in words: judged by the rows that they give on small data made by hand."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from query_grading import tables_of, verdict, written_for

from blueproof.engines.postgres.server import Server

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = [
    case
    for name in ("requests.yaml", "held_out.yaml")
    for case in yaml.safe_load((HERE / name).read_text("utf-8"))
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_query_gives_the_rows_that_are_wished_for(server: Server, case: dict[str, Any]) -> None:
    assert verdict(server, case) == "right"


UNREAD: list[dict[str, Any]] = yaml.safe_load((HERE / "unread.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", UNREAD, ids=lambda case: str(case["says"]))
def test_what_is_not_understood_is_never_passed_over(server: Server, case: dict[str, Any]) -> None:
    given = tables_of(case["words"])
    assert given
    made = written_for(server, given)
    assert case["says"] in " ".join(made.left)


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("8M orders.", ()),
        ("The table has 12,000,000 rows.", ()),
        ("40k parrots.", ("40k", "parrots")),
    ],
)
def test_how_many_rows_there_are_is_no_condition(
    server: Server, told: str, left: tuple[str, ...]
) -> None:
    wish = "I need a query for the number of orders per customer. "
    given = tables_of(f"{wish}customers(id, name), orders(id, customer_id, total). {told}")
    assert given
    made = written_for(server, given)
    said = " ".join(made.left)
    assert all(word in said for word in left)
    assert bool(made.left) == bool(left), made.left
