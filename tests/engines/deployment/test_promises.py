"""Each promise notices its faults, and finds none in files that are right."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.deploy.advise import files
from blueproof.advisors.deploy.case import Deployment
from blueproof.cloud.promises import promises
from blueproof.engines.deployment.rules import judge, rules
from blueproof.intake.words.read import read_request

SOUND = {
    "fargate": "We get 300 requests per second on our Fastify service with Prisma, Postgres and "
    "Redis and want zero downtime deploys with a staging environment on ECS with CI/CD on AWS",
    "lambda": "Express API with Postgres and Prisma, about 2 million requests a month, budget "
    "$40 a month. How should I deploy it to AWS with GitHub Actions?",
}
FAULTS: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8")
)
# What is about a load balancer or a table has nothing to be about in the other shape.
NOT_IN = {"lambda": {"one-port"}, "fargate": set()}


@cache
def sound(case: str) -> dict[str, str]:
    return files(Deployment(read_request(SOUND[case])))


def broken(fault: dict[str, Any], note: str = "") -> dict[str, str]:
    """The sound files with the fault in one of them."""
    found = dict(sound(fault["in"]))
    text = found[fault["file"]]
    for edit in (fault, *fault.get("and", ())):
        assert edit["cut"] in text, f"{fault['file']} does not hold {edit['cut']}"
        text = text.replace(edit["cut"], edit["put"], 1)
    return {**found, fault["file"]: note + text}


def complaints(promise: str, given: dict[str, str]) -> tuple[str, ...]:
    return tuple(each.wrong for each in judge(promise, given) if each.wrong)


def test_every_promise_has_its_judge() -> None:
    assert list(rules()) == list(promises())


@pytest.mark.parametrize("case", SOUND)
@pytest.mark.parametrize("promise", promises())
def test_sound_files_keep_every_promise(case: str, promise: str) -> None:
    found = judge(promise, sound(case))
    assert [each.wrong for each in found if each.wrong] == []
    assert bool(found) == (promise not in NOT_IN[case])


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f['promise']}: {f['fault']}")
def test_a_fault_is_noticed(fault: dict[str, Any]) -> None:
    found = complaints(fault["promise"], broken(fault))
    assert any(fault["says"] in each for each in found), found


@pytest.mark.parametrize(
    "fault",
    [f for f in FAULTS if f["file"] != "GUIDE.md"],
    ids=lambda f: f"{f['promise']}: {f['fault']}",
)
def test_the_right_words_in_a_comment_mend_nothing(fault: dict[str, Any]) -> None:
    """What was cut stands in a comment above: a search for words would be satisfied."""
    sign = "" if fault["file"] == ".dockerignore" else "# "
    note = "".join(f"# {line}\n" for line in fault["cut"].splitlines()) if sign else ""
    found = complaints(fault["promise"], broken(fault, note))
    assert any(fault["says"] in each for each in found), found


def test_every_promise_has_a_fault() -> None:
    assert {f["promise"] for f in FAULTS} == set(promises())
