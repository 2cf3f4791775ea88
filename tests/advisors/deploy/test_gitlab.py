"""Deliveries by GitLab CI: one file that GitLab's schema takes, and roles that trust its tokens."""

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
from blueproof.engines import linters
from blueproof.engines.deployment.rules import judge

CASES = {
    case["name"]: case
    for case in yaml.safe_load(Path(__file__).with_name("gitlab.yaml").read_text("utf-8"))
}
WRITTEN = [name for name, case in CASES.items() if not case.get("stays_github")]
PATH = ".gitlab-ci.yml"


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
def test_pipeline_is_written_for_where_the_code_lies(name: str) -> None:
    case, said = CASES[name], answer(name)
    holds(case, said)


@pytest.mark.parametrize("name", WRITTEN)
def test_schema_and_shell_take_the_pipeline(name: str) -> None:
    made = {PATH: answer(name).files[PATH]}
    assert linters.gitlab_schema(made) in {(), None}
    assert linters.gitlab_scripts(made) in {(), None}


def test_schema_refuses_a_job_without_a_script() -> None:
    found = linters.gitlab_schema({PATH: "build:\n  stage: build\n  when: sometimes\n"})
    assert found is None or found


def test_script_that_loses_words_is_found() -> None:
    found = linters.gitlab_scripts({PATH: "build:\n  script:\n    - rm -r $HOME/$1\n"})
    assert found is None or found


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_of_github_is_left_in_the_files(name: str) -> None:
    for path, text in answer(name).files.items():
        assert "${{" not in text, path
        assert not re.search(r"\bgh (?:variable|run|workflow|secret|repo|api)\b", text), path
        assert "githubusercontent" not in text, path


@pytest.mark.parametrize("name", WRITTEN)
def test_only_main_may_change_anything(name: str) -> None:
    jobs = yaml.safe_load(answer(name).files[PATH])
    for job, held in jobs.items():
        script = "\n".join(str(line) for line in held.get("before_script", [])) if isinstance(
            held, dict) else ""  # fmt: skip
        if "AWS_DEPLOY_ROLE_ARN" in script or "AWS_APPLY_ROLE_ARN" in script:
            assert [rule["if"] for rule in held["rules"]] == ['$CI_COMMIT_BRANCH == "main"'], job
    assert jobs["production"]["rules"][0]["when"] == "manual"
    trusted = answer(name).files["infra/bootstrap/pipeline.tf"]
    assert trusted.count('ref:main"]') == 2
    assert trusted.count('ref:*"]') == 1


@pytest.mark.parametrize("name", WRITTEN)
def test_every_promise_that_is_not_about_workflows_is_kept(name: str) -> None:
    claimed = set()
    for recommendation in advise(Deployment(brief(name)), brief(name), "how").recommendations:
        for claim in recommendation.claims:
            if isinstance(claim, Upholds):
                claimed.add(claim.promise)
                found = judge(claim.promise, {file.path: file.text for file in claim.files})
                assert found, claim.promise
                assert [each.wrong for each in found if each.wrong] == [], claim.promise
    assert {"trust-named", "actions-named", "no-key-that-lasts"} <= claimed
