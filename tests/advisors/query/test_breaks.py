"""A query that is broken on purpose is told from the plain one on generated databases."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from query_grading import tables_of, written_for

from blueproof.advisors.query.advise import with_moments
from blueproof.advisors.query.told import Written
from blueproof.engines.postgres.comparing import compare
from blueproof.engines.postgres.server import Server
from blueproof.sql.asking import frozen_clock

HERE = Path(__file__).parent
WISHES = {c["id"]: c for c in yaml.safe_load((HERE / "requests.yaml").read_text("utf-8"))}
BREAKS: list[dict[str, Any]] = yaml.safe_load((HERE / "breaks.yaml").read_text("utf-8"))
TODAY = date(2026, 1, 1)


@pytest.mark.parametrize("case", BREAKS, ids=lambda c: f"{c['wish']}: {c['names']}")
def test_broken_query_differs_from_the_plain_one(server: Server, case: dict[str, Any]) -> None:
    given = tables_of(WISHES[case["wish"]]["words"])
    assert given
    made = written_for(server, given)
    assert isinstance(made, Written)
    broken = re.sub(case["from"], case["to"], made.sql)
    assert broken != made.sql, made.sql
    plain = frozen_clock(with_moments(made, TODAY), TODAY)
    seen = compare(server, given.ddl, plain, frozen_clock(broken, TODAY), shrink=False)
    assert seen.difference, seen.refused
