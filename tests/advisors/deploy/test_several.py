"""Folders and words of more than one service: each is named, and written or said not to be."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from answering import Answer, answered, brief_of, holds

from blueproof.advisors.deploy.advise import advise
from blueproof.advisors.deploy.case import Deployment
from blueproof.core.brief import Brief
from blueproof.core.claim import Upholds
from blueproof.costs.aws_stack import unpriced
from blueproof.engines import linters
from blueproof.engines.deployment.rules import judge

CASES = {
    case["name"]: case
    for case in yaml.safe_load(Path(__file__).with_name("several.yaml").read_text("utf-8"))
}
ALONE = [name for name, case in CASES.items() if case.get("stays_one")]


@cache
def brief(name: str) -> Brief:
    with TemporaryDirectory() as folder:
        return brief_of(CASES[name], Path(folder))


@cache
def answer(name: str) -> Answer:
    found = answered(brief(name))
    assert found is not None
    return found


@pytest.mark.parametrize("name", CASES)
def test_every_part_is_named_and_written_or_said_not_to_be(name: str) -> None:
    case, said = CASES[name], answer(name)
    holds(case, said)


@pytest.mark.parametrize("name", ALONE)
def test_single_service_has_no_company(name: str) -> None:
    service = Deployment(brief(name)).service
    assert (service.besides, service.members, service.found) == ((), (), "")


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_keeps_its_promises_and_has_a_price(name: str) -> None:
    deployment = Deployment(brief(name))
    for stack in deployment.stacks.all:
        assert unpriced(stack) == ()
    for recommendation in advise(deployment, brief(name), "how").recommendations:
        for claim in recommendation.claims:
            if isinstance(claim, Upholds):
                found = judge(claim.promise, {file.path: file.text for file in claim.files})
                assert found, claim.promise
                assert [each.wrong for each in found if each.wrong] == []


@pytest.mark.parametrize("name", CASES)
def test_pipeline_and_images_are_read_by_their_own_tools(name: str) -> None:
    made = answer(name).files
    workflows = {p: t for p, t in made.items() if p.startswith(".github/workflows/")}
    assert linters.workflow_schema(workflows) in {(), None}
    assert linters.shellcheck(workflows) in {(), None}
    images = {p: t for p, t in made.items() if p.startswith("Dockerfile")}
    assert linters.hadolint(images) in {(), None}
