"""The guide of a generated deployment holds together; broken on purpose, it is found out."""

from functools import cache
from pathlib import Path

import pytest

from blueproof.advisors.deploy.advise import files
from blueproof.advisors.deploy.case import Deployment
from blueproof.cloud.reading import folders, read_stack
from blueproof.cloud.stack import Stack
from blueproof.core.errors import EngineError
from blueproof.engines.simulated_aws import serving, terraforming
from blueproof.engines.simulated_aws.applying import apply_files, missing
from blueproof.engines.simulated_aws.guide import blocks, rehearse
from blueproof.engines.simulated_aws.terraforming import Terraform
from blueproof.intake.words.read import read_request

WORDS = {
    "fargate": "I need to deploy my Node.js API to AWS with proper CI/CD. What's best?",
    "lambda": "Side project: Express and DynamoDB, 20k requests a month, $5 a month. How do I "
    "deploy it to AWS Lambda with CI/CD?",
    "two environments": "How do I deploy my Express API with Postgres to AWS with CI/CD, with a "
    "staging environment?",
}


@cache
def made(case: str) -> dict[str, str]:
    return files(Deployment(read_request(WORDS[case])))


@cache
def stacks(case: str) -> tuple[Stack, ...]:
    return tuple(read_stack(made(case), folder) for folder in folders(made(case)))


def rehearsed(case: str, old: str = "", new: str = "") -> tuple[str, ...]:
    """What is wrong with a guide after a change of its text."""
    guide = made(case)["GUIDE.md"]
    assert old in guide
    return rehearse(guide.replace(old, new) if old else guide, stacks(case))


@pytest.mark.parametrize("case", WORDS)
def test_a_generated_guide_can_be_followed(case: str) -> None:
    assert rehearsed(case) == ()


BROKEN = {
    "an output renamed": ("output -raw plan_role", "output -raw planner", "has no output planner"),
    "a variable left out": (' -var zone="$ZONE"', "", "the variable zone is not given"),
    "a variable that there is not": ("-var zone=", "-var zones=", "there is no variable zones"),
    "an export left out": (
        "export ALARM_EMAIL=you@example.com", "", "ALARM_EMAIL is read before it is set",
    ),
    "another folder": ("-chdir=infra/service apply", "-chdir=infra/main apply", "infra/main"),
    "no init": ("infra/bootstrap init -backend", "infra/bootstrap validate -b", "before terraform"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_guide_is_found_out(case: str) -> None:
    old, new, said = BROKEN[case]
    found = rehearsed("fargate", old, new)
    assert any(said in sentence for sentence in found), found


def test_stages_in_another_order_are_found_out() -> None:
    guide = made("fargate")["GUIDE.md"]
    stages = guide.split("\n## ")
    number = next(n for n, stage in enumerate(stages) if "Make production" in stage)
    swapped = "\n## ".join([stages[0], stages[number], *stages[1:number], *stages[number + 1 :]])
    found = rehearse(swapped, stacks("fargate"))
    assert "8. Make production: STATE_BUCKET is read before it is set" in found
    assert "8. Make production: IMAGE is read before it is set" in found


def test_an_output_read_before_its_apply_is_found_out() -> None:
    apply = 'terraform -chdir=infra/bootstrap apply -var repository="$REPOSITORY"\n'
    found = rehearsed("lambda", apply, "")
    assert any("it is read before the stack is applied" in sentence for sentence in found)
    assert "infra/bootstrap is never applied" in found


def test_every_block_of_the_guide_is_read() -> None:
    guide = made("fargate")["GUIDE.md"]
    assert len(blocks(guide)) == guide.count("```sh")
    assert all(block.title[0].isdigit() for block in blocks(guide))


def test_a_guide_that_cannot_be_followed_is_not_begun() -> None:
    if missing():
        pytest.skip(missing())
    broken = {**made("lambda")}
    broken["GUIDE.md"] = broken["GUIDE.md"].replace("-raw url", "-raw address")
    found = apply_files(broken, {})
    assert found is not None
    assert (found.made, found.expected, found.seconds < 20) == (0, 0, True)
    assert found.failures == (
        "7. Make production: terraform -chdir=infra/service output -raw: infra/service has no "
        "output address",
    )


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (
            "infra/service/more.tf",
            'resource "aws_sns_topic" "x" {\n  provisioner "local-exec" {\n    command = "id"\n'
            "  }\n}\n",
            "aws_sns_topic.x runs a program: it is not applied",
        ),
        ("../outside.tf", "", "../outside.tf is outside of the repository"),
        ("infra/service/more.tf", "resource {", "infra/service/more.tf: is not valid HCL"),
    ],
)
def test_what_would_reach_beyond_the_simulation_is_refused(path: str, text: str, said: str) -> None:
    if missing():
        pytest.skip(missing())
    found = apply_files({**made("lambda"), path: text}, {})
    assert found is not None
    assert any(said in sentence for sentence in found.failures), found.failures


def test_what_is_missing_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "find_spec", lambda name: None if name == "moto" else name)
    assert missing() == "the simulated AWS needs moto: pip install 'blueproof[prove]'"
    assert apply_files(made("lambda"), {}) is None
    monkeypatch.setattr(serving, "find_spec", lambda name: name)
    monkeypatch.setattr(terraforming, "tool", lambda _: None)
    assert missing() == "terraform is missing"
    assert apply_files(made("lambda"), {}) is None


@pytest.mark.parametrize(
    "words",
    ["-chdir=/etc apply", "-chdir=infra/../.. init", "init -from-module=x", "plan -out=/x/y",
     "fmt /etc", "destroy", "console"],
)  # fmt: skip
def test_terraform_is_not_run_on_what_is_not_the_guide_s(words: str, tmp_path: Path) -> None:
    if missing():
        pytest.skip(missing())
    with pytest.raises(EngineError, match="is not replayed"):
        Terraform(tmp_path, "http://127.0.0.1:1").run(tuple(words.split()), {})
