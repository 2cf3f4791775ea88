"""A change of policies that lets people do what they could not is found, and ours never does."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.postgres.parts.mending import Mender
from blueproof.advisors.postgres.parts.policy_file import policy_file
from blueproof.engines.postgres.policies import Grounds, Target
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.access.groups import Access
from blueproof.sql.identity import SUPABASE_SETTING

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml_file.load((HERE / "widened.yaml").read_text())
OPEN: list[dict[str, Any]] = yaml_file.load((HERE / "cases.yaml").read_text())


@pytest.fixture
def grounds(server: Server) -> Iterator[Grounds]:
    with contextlib.closing(Grounds(server)) as found:
        yield found


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_what_more_people_may_do_is_found(grounds: Grounds, case: dict[str, Any]) -> None:
    target = Target(
        table=case["table"], setting=SUPABASE_SETTING, column="", after=(case["change"],)
    )
    made = grounds.attack(case["schema"], target, "widened")
    assert made.decided, made.said
    assert case["says"] in made.as_whom
    assert made.refused == (not case["says"]), made.as_whom


@pytest.mark.parametrize(
    ("name", "ddl"),
    [(c["name"], c["shared"] + c["wrong"]) for c in OPEN]
    + [(c["name"], c["schema"]) for c in CASES],
)
def test_our_files_never_do(server: Server, grounds: Grounds, name: str, ddl: str) -> None:
    with Twin(server, ddl) as twin:
        access = Access(twin.schema)
    mender = Mender(access=access, leader="skipper")
    mended = mender.mended()
    change = policy_file(mender, mended, name).change.text
    written = {p.table for p in access.schema.policies}
    for each in (m for m in mended if m.table in written):
        target = Target(table=each.table, setting=access.setting, column="", after=(change,))
        made = grounds.attack(ddl, target, "widened")
        assert made.refused, (each.table, made.as_whom or made.said)
