"""What stands on AWS already is referred to: nothing of it is made again, changed or billed."""

import re
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
    for case in yaml.safe_load(Path(__file__).with_name("standing.yaml").read_text("utf-8"))
}
MADE = {
    "balancer": "aws_lb.", "database": "aws_db_instance.", "registry": "aws_ecr_repository.",
}  # fmt: skip


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
def test_what_stands_is_kept_and_nothing_else(name: str) -> None:
    case, said = CASES[name], answer(name)
    assert sorted(Deployment(brief(name)).service.kept) == case["kept"]
    holds(case, said)


@pytest.mark.parametrize("name", CASES)
def test_only_what_is_new_is_billed(name: str) -> None:
    deployment = Deployment(brief(name))
    bill = deployment.bill(deployment.shape, deployment.tier, deployment.load.monthly)
    for part, beginning in MADE.items():
        billed = any(line.item.startswith(beginning) for line in bill.lines)
        assert billed is (part not in CASES[name]["kept"]), part
    for stack in deployment.stacks.all:
        assert unpriced(stack) == ()


@pytest.mark.parametrize("name", CASES)
def test_promises_hold_beside_what_stands(name: str) -> None:
    for recommendation in advise(Deployment(brief(name)), brief(name), "how").recommendations:
        for claim in recommendation.claims:
            if isinstance(claim, Upholds):
                found = judge(claim.promise, {file.path: file.text for file in claim.files})
                assert found, claim.promise
                assert [each.wrong for each in found if each.wrong] == [], claim.promise


@pytest.mark.parametrize("name", CASES)
def test_pipeline_asks_the_cluster_that_stands(name: str) -> None:
    made = answer(name).files
    flows = {p: t for p, t in made.items() if p.startswith(".github/workflows/")}
    assert linters.workflow_schema(flows) in {(), None}
    assert linters.shellcheck(flows) in {(), None}
    asked = set(re.findall(r'--cluster "(\$\w+)"', flows[".github/workflows/deploy.yml"]))
    assert asked == {"$CLUSTER" if "cluster" in CASES[name]["kept"] else "$NAME"}


def test_role_that_applies_cannot_remove_what_stands() -> None:
    text = answer("load balancer, cluster, registry, database and network are there").below(
        "infra/bootstrap/"
    )
    for action in ("DeleteLoadBalancer", "ecs:DeleteCluster", "rds:DeleteDBInstance"):
        assert action not in text
