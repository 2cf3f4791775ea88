"""Services of Java, the pool that code sets against the database, the average behind a bill."""

from pathlib import Path

import pytest
import yaml
from answering import answered, brief_of, holds

from blueproof.advisors.deploy.advise import advise
from blueproof.advisors.deploy.case import Deployment
from blueproof.core.claim import Upholds
from blueproof.engines import linters
from blueproof.engines.deployment.rules import judge

CASES = {
    case["name"]: case
    for case in yaml.safe_load(Path(__file__).with_name("java.yaml").read_text("utf-8"))
}


@pytest.mark.parametrize("name", CASES)
def test_service_is_answered_with_what_it_needs(name: str, tmp_path: Path) -> None:
    answer = answered(brief_of(CASES[name], tmp_path))
    assert answer is not None
    holds(CASES[name], answer)
    assert linters.hadolint({"Dockerfile": answer.files["Dockerfile"]}) in {(), None}


def test_promises_hold_for_a_service_of_java(tmp_path: Path) -> None:
    brief = brief_of(CASES["Spring Boot with Gradle"], tmp_path)
    draft = advise(Deployment(brief), brief, "how")
    promised = [
        claim for each in draft.recommendations for claim in each.claims
        if isinstance(claim, Upholds)
    ]  # fmt: skip
    broken = [
        (claim.promise, said.wrong)
        for claim in promised
        for said in judge(claim.promise, {file.path: file.text for file in claim.files})
        if said.wrong
    ]
    assert promised
    assert broken == []


def test_shell_that_stays_before_the_service_is_refused(tmp_path: Path) -> None:
    answer = answered(brief_of(CASES["Spring Boot with Gradle"], tmp_path))
    assert answer is not None
    stays = answer.files["Dockerfile"].replace("exec java", "java")
    assert any(said.wrong for said in judge("stops-in-time", {"Dockerfile": stays}))
