"""Pages of one owner's rows: the right index, timed on a page that is there."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.intake.words.read import read_request

HERE = Path(__file__).parent
PAGED: list[dict[str, Any]] = yaml_file.load((HERE / "paged.yaml").read_text(encoding="utf-8"))
EMPTY = (
    "Postgres: SELECT id, amount FROM refunds WHERE shop_id = 9 AND amount < -5000 ORDER BY "
    "booked_at LIMIT 30 takes 7 s. refunds has 40M rows. CREATE TABLE refunds (id bigint PRIMARY "
    "KEY, shop_id bigint NOT NULL, amount numeric(12,2) NOT NULL, booked_at timestamptz NOT NULL);"
)


def files(blueprint: Blueprint) -> dict[str, str]:
    return {a.path: a.text for a in blueprint.artifacts}


@pytest.mark.parametrize("story", PAGED, ids=lambda story: story["text"][:30])
def test_the_owner_leads_and_the_page_is_there(story: dict[str, Any]) -> None:
    blueprint = consult(read_request(story["text"]))
    run, told = story["offset"]
    first, stands, rest = blueprint.answer.partition(f"OFFSET {run:,} stands there for")
    assert [piece for piece in story["first"] if piece not in first] == [], blueprint.answer
    assert " become " in first
    assert stands, blueprint.answer
    assert rest.startswith(f" OFFSET {told:,}, as fewer rows match. {story['says']}"), rest
    assert "Assumed: ;" not in blueprint.answer
    assert f"OFFSET {run};" in files(blueprint)["reproduction/queries.sql"]
    plan = files(blueprint)["reproduction/plans.txt"]
    assert "rows=0" not in plan.partition("\n")[0], plan


def test_an_empty_page_proves_no_gain() -> None:
    blueprint = consult(read_request(EMPTY))
    assert "by the planner's word alone, since it gives no row on" in blueprint.answer
    assert " become " not in blueprint.answer
    assert " ms" not in blueprint.answer
    assert not any(q.seconds_after for q in blueprint.queries)
    assert any("it gives no row of the made ones" in u.why for u in blueprint.not_proved)
