"""Row security of many schemas: what is open is found, what is closed is left alone."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.postgres.parts.mending import Mender
from blueproof.advisors.postgres.parts.policy_file import policy_file
from blueproof.advisors.postgres.parts.row_security import attacks_on, policy_findings
from blueproof.core.claim import AccessRefused
from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.policies import Attacked, Grounds, Target
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.access.groups import Access

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml_file.load((HERE / "cases.yaml").read_text())
QUIET: list[dict[str, Any]] = yaml_file.load((HERE / "quiet.yaml").read_text())


@pytest.fixture
def grounds(server: Server) -> Iterator[Grounds]:
    with contextlib.closing(Grounds(server)) as found:
        yield found


def carried_out(grounds: Grounds, ddl: str, claim: AccessRefused) -> Attacked:
    target = Target(
        table=claim.table,
        setting=claim.setting,
        column=claim.column,
        after=tuple(change.text for change in claim.after),
    )
    return grounds.attack(ddl, target, claim.attack)


def opened(server: Server, grounds: Grounds, ddl: str) -> set[str]:
    """What is open in a schema, as "table: attack", by its findings and their attacks."""
    with Twin(server, ddl) as twin:
        assert [x for x in twin.left_out if "stand-ins" not in str(x)] == []
        findings = list(policy_findings(twin.schema))
    found = {f"{f.where.partition(',')[0]}: caught" for f in findings if "always true" in f.says}
    for claim in (c for f in findings for c in f.claims):
        assert isinstance(claim, AccessRefused)
        made = carried_out(grounds, ddl, claim)
        of = f" {claim.column}" if claim.attack == "raised-right" else ""
        if "42P17" in made.said:
            found.add(f"{claim.table}: 42P17")
        elif made.attackers_rows:
            found.add(f"{claim.table}: {claim.attack}{of}")
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_what_is_open_is_found(server: Server, grounds: Grounds, case: dict[str, Any]) -> None:
    assert opened(server, grounds, case["shared"] + case["wrong"]) == set(case["open"])


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_the_same_mended_is_quiet(server: Server, grounds: Grounds, case: dict[str, Any]) -> None:
    assert opened(server, grounds, case["shared"] + case["mended"]) == set()


@pytest.mark.parametrize("case", QUIET, ids=lambda c: c["name"])
def test_what_only_looks_open_is_left_alone(
    server: Server, grounds: Grounds, case: dict[str, Any]
) -> None:
    assert opened(server, grounds, case["schema"]) == set()


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.get("closed", True)], ids=lambda c: c["name"]
)
def test_our_file_closes_it_and_the_rightful_go_on(
    server: Server, grounds: Grounds, case: dict[str, Any]
) -> None:
    ddl = case["shared"] + case["wrong"]
    with Twin(server, ddl) as twin:
        access = Access(twin.schema)
        mender = Mender(access=access, leader="skipper")
        mended = mender.mended()
        file = policy_file(mender, mended, "test")
        after = twin.schema_after(file.ddl.text)
        assert Mender(access=Access(after), leader="skipper").mended() == ()
    assert {m.table for m in mended} >= {o.partition(":")[0] for o in case["open"]} - {"logbook"}
    change = Excerpt(text=file.change.text)
    for each in mended:
        for claim in attacks_on(access, access.schema.by_name[each.table], (change,)):
            made = carried_out(grounds, ddl, claim)
            assert made.refused, (claim.table, claim.attack, made)
            assert not made.broken, (claim.table, claim.attack, made.said)
